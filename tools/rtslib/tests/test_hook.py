# SPDX-License-Identifier: GPL-2.0
"""From tcm-iser.pth to the dictionary of rtslib, each time in a new interpreter:
with a stand-in for rtslib, and with each real one below RTSLIB_PATH."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGE = os.path.dirname(HERE)
SHIPPED = ("tcm_iser_rtslib.py", "tcm-iser.pth")

WITH_HOOK = "import site, sys; sys.path.insert(0, DIR); site.addsitedir(DIR)\n"
WITHOUT_HOOK = "import sys; sys.path.insert(0, DIR)\n"


class InterpreterCase(unittest.TestCase):
    """A directory with what is shipped, and interpreters that have it."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.dir = directory.name
        for name in SHIPPED:
            shutil.copy("%s/%s" % (PACKAGE, name), self.dir)

    def rtslib(self, name="rtslib", code=""):
        os.makedirs("%s/%s" % (self.dir, name))
        with open("%s/%s/__init__.py" % (self.dir, name), "w") as file:
            file.write("from .fabric import fabric_modules\n")
        with open(HERE + "/standin.py") as file:
            code = file.read() + code
        with open("%s/%s/fabric.py" % (self.dir, name), "w") as file:
            file.write(code)

    def python(self, code, start=WITH_HOOK):
        """What a new interpreter prints; stderr is kept in self.said."""
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", "DIR = %r\n" % self.dir + start + code],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
        self.said = done.stderr
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.strip()

    def assertQuiet(self):
        self.assertEqual(self.said, "")


class HookTest(InterpreterCase):
    def test_each_copy_gets_the_fabric(self):
        self.rtslib("rtslib")
        self.rtslib("rtslib_fb")
        for name in ("rtslib", "rtslib_fb"):
            self.assertEqual(self.python("import %s\nprint(sorted(%s.fabric_modules))"
                                         % (name, name)), "['iscsi', 'iser']")
            self.assertQuiet()

    def test_both_copies_in_one_program(self):
        self.rtslib("rtslib")
        self.rtslib("rtslib_fb")
        self.assertEqual(self.python(
            "import rtslib.fabric as a, rtslib_fb.fabric as b\n"
            "print(a.fabric_modules is not b.fabric_modules,"
            " 'iser' in a.fabric_modules, 'iser' in b.fabric_modules)"),
            "True True True")

    def test_imported_before(self):
        self.rtslib()
        self.assertEqual(self.python(
            "import rtslib, site\nsite.addsitedir(DIR)\nprint('iser' in rtslib.fabric_modules)",
            WITHOUT_HOOK), "True")

    def test_installed_twice(self):
        self.rtslib()
        self.assertEqual(self.python(
            "import tcm_iser_rtslib as t\nt.install()\n"
            "print(sys.meta_path.count(t.Finder))\nimport rtslib\nt.install()"), "1")

    def test_a_fabric_that_is_there_stays(self):
        self.rtslib(code="fabric_modules['iser'] = 'its own'\n")
        self.assertEqual(self.python("import rtslib\nprint(rtslib.fabric_modules['iser'])"),
                         "its own")
        self.assertQuiet()

    def test_an_rtslib_of_another_shape_costs_one_line(self):
        self.rtslib(code="del _BaseFabricModule\n")
        self.assertEqual(self.python("import rtslib\nprint(sorted(rtslib.fabric_modules))"),
                         "['iscsi']")
        self.assertRegex(self.said, r"\Atcm-iser: rtslib.fabric does not get the fabric: .*\n\Z")

    def test_an_error_of_rtslib_stays_its_own(self):
        self.rtslib(code="raise RuntimeError('broken by itself')\n")
        self.assertEqual(self.python(
            "try:\n import rtslib\nexcept RuntimeError as why:\n print(why)"),
            "broken by itself")
        self.assertQuiet()

    def test_no_rtslib(self):
        self.assertEqual(self.python(
            "try:\n import rtslib.fabric\nexcept ImportError:\n print('none')"), "none")
        self.assertQuiet()

    def test_a_broken_module_costs_one_line(self):
        self.rtslib()
        for content in ("syntax error", "install = None\n", "raise OSError('disk')\n"):
            with open(self.dir + "/tcm_iser_rtslib.py", "w") as file:
                file.write(content)
            shutil.rmtree(self.dir + "/__pycache__", ignore_errors=True)
            self.assertEqual(self.python("import rtslib\nprint(sorted(rtslib.fabric_modules))"),
                             "['iscsi']")
            self.assertRegex(self.said, r"\Atcm-iser: .*\n\Z")

    def test_source_can_still_be_read(self):
        self.rtslib()
        self.assertEqual(self.python(
            "import inspect, rtslib.fabric\n"
            "print('_BaseFabricModule' in inspect.getsource(rtslib.fabric))"), "True")

    def test_start_loads_nothing_else(self):
        loaded = "print(sorted(m for m in sys.modules if m != 'tcm_iser_rtslib'))"
        os.makedirs(self.dir + "/other")
        with open(self.dir + "/other/other.pth", "w") as file:
            file.write("import sys\n")
        self.assertEqual(self.python(loaded), self.python(
            "import site\nsite.addsitedir(DIR + '/other')\n" + loaded, WITHOUT_HOOK))

    def test_entry_point(self):
        self.rtslib(code="from importlib.metadata import entry_points\n"
                    "eps = entry_points()\n"
                    "group = 'rtslib.fabric_modules'\n"
                    "for ep in (eps.select(group=group) if hasattr(eps, 'select')"
                    " else eps.get(group, ())):\n"
                    "    fabric_modules[ep.name] = ep.load()(_BaseFabricModule)\n")
        for name in os.listdir(PACKAGE):
            if name.endswith(".dist-info"):
                shutil.copytree("%s/%s" % (PACKAGE, name), "%s/%s" % (self.dir, name))
        for start in (WITHOUT_HOOK, WITH_HOOK):
            self.assertEqual(self.python(
                "import rtslib\nprint(rtslib.fabric_modules['iser']().kernel_module)", start),
                "tcm_iser")
            self.assertQuiet()


class MetadataTest(unittest.TestCase):
    """The version is written in four places; they are one."""

    def read(self, path):
        with open("%s/%s" % (PACKAGE, path)) as file:
            return file.read()

    def test_versions(self):
        directory, = (name for name in os.listdir(PACKAGE) if name.endswith(".dist-info"))
        version = re.search(r'^version = "(.*)"$', self.read("pyproject.toml"), re.M).group(1)
        self.assertEqual(directory, "tcm_iser_rtslib-%s.dist-info" % version)
        self.assertIn("\nVersion: %s\n" % version, self.read(directory + "/METADATA"))

    @unittest.skipUnless(os.path.exists(PACKAGE + "/../../drivers/main.c"), "no module source")
    def test_version_of_the_module(self):
        version = re.search(r'MODULE_VERSION\("(.*)"\)', self.read("../../drivers/main.c")).group(1)
        self.assertIn('version = "%s"' % version, self.read("pyproject.toml"))

    def test_entry_points_are_the_same(self):
        directory, = (name for name in os.listdir(PACKAGE) if name.endswith(".dist-info"))
        self.assertIn('iser = "tcm_iser_rtslib:fabric_class"', self.read("pyproject.toml"))
        self.assertIn("iser = tcm_iser_rtslib:fabric_class\n",
                      self.read(directory + "/entry_points.txt"))


REAL = [path for path in os.environ.get("RTSLIB_PATH", "").split(":") if path]


@unittest.skipUnless(REAL, "RTSLIB_PATH names no real rtslib")
class RealRtslibTest(InterpreterCase):
    """rtslib as released: only what needs neither root nor configfs."""

    def real(self, path, code):
        return self.python("sys.path.insert(0, %r)\n" % path + code)

    def copies(self, path):
        return [name for name in ("rtslib", "rtslib_fb")
                if os.path.isdir("%s/%s" % (path, name)) or
                os.path.exists("%s/%s.py" % (path, name))]

    def test_fabric_is_listed_and_made(self):
        for path in REAL:
            for name in self.copies(path):
                with self.subTest(path=path, name=name):
                    self.assertEqual(self.real(
                        path, "import %s as r\nf = r.FabricModule('iser')\n"
                        "print(f.name, f.wwn_types, f.kernel_module, f.has_feature('acls_auth'),"
                        " 'iser' in [m.name for m in r.FabricModule.all()])" % name),
                        "iser ('iqn', 'naa', 'eui') tcm_iser True True")
                    self.assertQuiet()

    def test_unused_fabric_answers(self):
        if os.path.isdir("/sys/kernel/config/target/iser"):
            self.skipTest("the fabric is in use here")
        for path in REAL:
            for name in self.copies(path):
                with self.subTest(path=path, name=name):
                    self.assertEqual(self.real(
                        path, "import %s as r\nf = r.FabricModule('iser')\n"
                        "f.clear_discovery_auth_settings()\n"
                        "print(f.exists, f.discovery_enable_auth, list(f.targets))" % name),
                        "False False []")
                    self.assertQuiet()


if __name__ == "__main__":
    unittest.main()
