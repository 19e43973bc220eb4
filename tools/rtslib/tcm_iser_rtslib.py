# SPDX-License-Identifier: GPL-2.0
"""Teaches rtslib the LIO fabric "iser", and through it targetcli, targetctl
and every other program that configures LIO with rtslib.

rtslib keeps its fabrics in one dictionary of rtslib.fabric and asks nobody for
more. Debian 12 and 13 install the library twice, as rtslib and as rtslib_fb,
with a dictionary each; later releases once. Whichever is imported gets the
fabric right after its own code has run.

Two ways lead here. tcm-iser.pth calls install() when Python starts, which only
puts a finder in front of the others. An rtslib that looks for fabrics of other
packages calls fabric_class() through the entry point "iser" of the group
"rtslib.fabric_modules". An rtslib that knows a fabric "iser" keeps its own.

A program that never imports rtslib notices nothing, and one that does, on a
machine where nobody uses iSER, must not either: listing, saving and clearing
the other fabrics loads no module and never fails because of this one.
"""
import os
import sys

FABRIC = "iser"
KERNEL_MODULE = "tcm_iser"
EXTENDED = ("rtslib.fabric", "rtslib_fb.fabric")

SYS_MODULE = "/sys/module"
LIB_MODULES = "/lib/modules"

# What rtslib asks of every fabric when it lists or saves, and the answer for
# one that is not in use.
DISCOVERY = {
    "discovery_enable_auth": False,
    "discovery_authenticate_target": False,
    "discovery_userid": "",
    "discovery_password": "",
    "discovery_mutual_userid": "",
    "discovery_mutual_password": "",
}


def complain(what, why):
    """One line for the administrator; nothing here may do worse than that."""
    try:
        sys.stderr.write("tcm-iser: %s: %s: %s\n"
                         % (what, type(why).__name__, why))
    except Exception:
        pass


def _module_answers_to_iser():
    """Is the module loaded, and not told to stand in for "iscsi"?"""
    try:
        with open("%s/%s/parameters/fabric" % (SYS_MODULE, KERNEL_MODULE)) as file:
            return file.read().strip() == FABRIC
    except OSError:
        return os.path.isdir("%s/%s" % (SYS_MODULE, KERNEL_MODULE))


def _module_is_installed():
    """Would modprobe find the module for the running kernel?"""
    directory = "%s/%s" % (LIB_MODULES, os.uname().release)
    name = ("/%s.ko" % KERNEL_MODULE).encode()
    for listing in ("modules.dep", "modules.builtin"):
        try:
            with open("%s/%s" % (directory, listing), "rb") as file:
                if name in file.read():
                    return True
        except OSError:
            pass
    return False


def is_available():
    """Can targets be created, were somebody to ask?"""
    if os.path.isdir("%s/%s" % (SYS_MODULE, KERNEL_MODULE)):
        return _module_answers_to_iser()
    return _module_is_installed()


def _when_in_use(base, name, absent):
    """A property of the base class that is only read if configfs has the fabric."""
    inherited = getattr(base, name)

    def read(self):
        if not self.exists:
            return absent
        try:
            return inherited.fget(self)
        except Exception as why:
            complain("cannot read %s" % name, why)
            return absent

    return property(read, inherited.fset, doc=inherited.__doc__)


def fabric_class(base):
    """The class of the fabric, given rtslib's _BaseFabricModule."""

    class ISERFabricModule(base):
        """iSER targets: named and laid out like those of the iscsi fabric."""

        def __init__(self):
            super().__init__(FABRIC)
            self.wwn_types = ("iqn", "naa", "eui")
            self.kernel_module = KERNEL_MODULE

        @property
        def wwns(self):
            """None for any name. targetcli hides a fabric that has an empty list."""
            return None if self.exists or is_available() else []

        def clear_discovery_auth_settings(self):
            """Part of clearing everything: nothing to do for an unused fabric."""
            if self.exists:
                super().clear_discovery_auth_settings()

    for name, absent in DISCOVERY.items():
        setattr(ISERFabricModule, name, _when_in_use(base, name, absent))
    return ISERFabricModule


def register(fabric):
    """Adds the fabric to a loaded module rtslib.fabric, unless it has one."""
    try:
        if FABRIC not in fabric.fabric_modules:
            fabric.ISERFabricModule = fabric_class(fabric._BaseFabricModule)
            fabric.fabric_modules[FABRIC] = fabric.ISERFabricModule
    except Exception as why:
        complain("%s does not get the fabric" % fabric.__name__, why)


def _register_after(loader):
    """Has loader register the fabric in what it has loaded."""
    load = loader.exec_module

    def exec_module(module):
        load(module)
        if module.__name__ in EXTENDED:
            register(module)

    loader.exec_module = exec_module


class Finder:
    """Leaves finding to the others, and has what they find extended."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name not in EXTENDED:
            return None
        for other in sys.meta_path:
            if other is Finder or not hasattr(other, "find_spec"):
                continue
            spec = other.find_spec(name, path, target)
            if spec is not None:
                break
        else:
            return None
        try:
            _register_after(spec.loader)
        except Exception as why:
            complain("%s does not get the fabric" % name, why)
        return spec


def install():
    """Extends the rtslib that this interpreter imports, or has imported."""
    if Finder not in sys.meta_path:
        sys.meta_path.insert(0, Finder)
    for name in EXTENDED:
        if name in sys.modules:
            register(sys.modules[name])
