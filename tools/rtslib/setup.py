# SPDX-License-Identifier: GPL-2.0
"""pyproject.toml says everything but this: tcm-iser.pth goes beside the module."""
from setuptools import setup
from setuptools.command.build_py import build_py

PTH = "tcm-iser.pth"


class BuildWithPth(build_py):
    def run(self):
        super().run()
        self.copy_file(PTH, self.build_lib)

    def get_outputs(self, include_bytecode=1):
        return super().get_outputs(include_bytecode) + ["%s/%s" % (self.build_lib, PTH)]


setup(cmdclass={"build_py": BuildWithPth})
