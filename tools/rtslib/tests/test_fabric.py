# SPDX-License-Identifier: GPL-2.0
"""The class of the fabric, on the stand-in for rtslib's base class."""
import contextlib
import io
import os
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]

import standin                                          # noqa: E402
import tcm_iser_rtslib as under_test                    # noqa: E402

SETTINGS = ("SYS_MODULE", "LIB_MODULES")


class FabricTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = directory.name
        for name in SETTINGS:
            self.addCleanup(setattr, under_test, name, getattr(under_test, name))
            setattr(under_test, name, "%s/%s" % (self.root, name))
        self.addCleanup(setattr, standin, "CONFIGFS", standin.CONFIGFS)
        standin.CONFIGFS = self.root + "/configfs"
        standin.touched.clear()
        self.fabric = under_test.fabric_class(standin._BaseFabricModule)()

    def make(self, path, content=""):
        path = "%s/%s" % (self.root, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(content)

    def module_is_installed(self, line, listing="modules.dep"):
        self.make("LIB_MODULES/%s/%s" % (os.uname().release, listing), line)

    def configfs_has_it(self, **files):
        os.makedirs(self.root + "/configfs/iser", exist_ok=True)
        for name, content in files.items():
            self.make("configfs/iser/" + name, content)

    def test_is_like_the_iscsi_fabric(self):
        iscsi = standin.ISCSIFabricModule()
        self.assertEqual(self.fabric.name, "iser")
        self.assertEqual(self.fabric.kernel_module, "tcm_iser")
        self.assertEqual(self.fabric.features, iscsi.features)
        self.assertEqual(self.fabric.wwn_types, ("iqn", "naa", "eui"))

    def test_hidden_without_module(self):
        self.assertEqual(self.fabric.wwns, [])

    def test_hidden_with_another_module(self):
        self.module_is_installed("updates/not_tcm_iser.ko:\nupdates/tcm_iser2.ko:\n")
        self.assertEqual(self.fabric.wwns, [])

    def test_shown_with_installed_module(self):
        for line in ("updates/tcm_iser.ko: kernel/target_core_mod.ko\n",
                     "updates/dkms/tcm_iser.ko.xz:\n"):
            self.module_is_installed(line)
            self.assertIsNone(self.fabric.wwns)

    def test_shown_with_builtin_module(self):
        self.module_is_installed("kernel/drivers/tcm_iser.ko\n", "modules.builtin")
        self.assertIsNone(self.fabric.wwns)

    def test_shown_with_loaded_module(self):
        self.make("SYS_MODULE/tcm_iser/refcnt", "0\n")
        self.assertIsNone(self.fabric.wwns)

    def test_shown_with_directory(self):
        self.configfs_has_it()
        self.assertIsNone(self.fabric.wwns)

    def test_hidden_when_the_module_stands_in_for_iscsi(self):
        self.module_is_installed("updates/tcm_iser.ko:\n")
        self.make("SYS_MODULE/tcm_iser/parameters/fabric", "iscsi\n")
        self.assertEqual(self.fabric.wwns, [])

    def test_shown_when_the_module_has_its_own_name(self):
        self.make("SYS_MODULE/tcm_iser/parameters/fabric", "iser\n")
        self.assertIsNone(self.fabric.wwns)

    def test_unused_fabric_is_left_alone(self):
        self.module_is_installed("updates/tcm_iser.ko:\n")
        for name, absent in under_test.DISCOVERY.items():
            self.assertEqual(getattr(self.fabric, name), absent, name)
        self.fabric.clear_discovery_auth_settings()
        self.assertEqual(standin.touched, [])

    def test_setting_of_an_unused_fabric_asks_for_the_module(self):
        with self.assertRaisesRegex(OSError, "Module tcm_iser not found"):
            self.fabric.discovery_userid = "somebody"

    def test_used_fabric_is_read_and_written(self):
        self.configfs_has_it(userid="somebody")
        self.assertEqual(self.fabric.discovery_userid, "somebody")
        self.fabric.discovery_userid = "else"
        self.assertEqual(self.fabric.discovery_userid, "else")
        self.fabric.clear_discovery_auth_settings()
        self.assertEqual(self.fabric.discovery_userid, "")

    def test_what_cannot_be_read_costs_one_line(self):
        self.configfs_has_it()
        said = io.StringIO()
        with contextlib.redirect_stderr(said):
            self.assertEqual(self.fabric.discovery_password, "")
        self.assertRegex(said.getvalue(),
                         r"\Atcm-iser: cannot read discovery_password: .*\n\Z")

    def test_documentation_of_properties_stays(self):
        self.assertEqual(type(self.fabric).discovery_userid.__doc__, "userid")


if __name__ == "__main__":
    unittest.main()
