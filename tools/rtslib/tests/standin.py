# SPDX-License-Identifier: GPL-2.0
"""What rtslib/fabric.py looks like to a fabric: the stand-in tests import where
there is no rtslib. Its base class says when configfs is touched."""
import os

CONFIGFS = "/nonexistent"
touched = []


class _BaseFabricModule:
    def __init__(self, name):
        self.name = name
        self.features = ("discovery_auth", "acls", "auth", "nps", "tpgts",
                         "cpus_allowed_list")
        self.wwn_types = ("free",)
        self.kernel_module = "%s_target_mod" % name

    @property
    def path(self):
        return "%s/%s" % (CONFIGFS, self.name)

    @property
    def exists(self):
        return os.path.isdir(self.path)

    @property
    def wwns(self):
        return None

    def _touch(self, what):
        touched.append((self.name, what))
        if not self.exists:
            raise OSError("Module %s not found" % self.kernel_module)

    def _get(self, what):
        self._touch(what)
        with open("%s/%s" % (self.path, what)) as file:
            return file.read()

    def _set(self, what, value):
        self._touch(what)
        with open("%s/%s" % (self.path, what), "w") as file:
            file.write(value)

    def _discovery(what):
        return property(lambda self: self._get(what),
                        lambda self, value: self._set(what, value), doc=what)

    discovery_enable_auth = _discovery("enable")
    discovery_authenticate_target = property(
        lambda self: self._get("authenticate_target"))
    discovery_userid = _discovery("userid")
    discovery_password = _discovery("password")
    discovery_mutual_userid = _discovery("userid_mutual")
    discovery_mutual_password = _discovery("password_mutual")

    def clear_discovery_auth_settings(self):
        self.discovery_userid = ""


class ISCSIFabricModule(_BaseFabricModule):
    def __init__(self):
        super().__init__("iscsi")


fabric_modules = {"iscsi": ISCSIFabricModule}
