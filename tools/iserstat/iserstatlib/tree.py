# SPDX-License-Identifier: GPL-2.0
"""Files of sysfs, configfs and debugfs, wherever they are rooted.

Everything may vanish while it is looked at, belong to root, or hold bytes that
are no text: the answers are None, an empty list and escapes. Knows no meaning.
"""
import os
import stat

CONFIGFS = "/sys/kernel/config"
DEBUGFS = "/sys/kernel/debug"

# What an initiator calls itself must not move the cursor of who looks at it.
_CONTROL = {code: f"\\x{code:02x}"
            for code in [*range(0x20), *range(0x7f, 0xa0)] if code != 0x0a}
_CONTROL[0x09] = " "


def printable(data):
    """Bytes as text: no control characters but newline, no invalid UTF-8."""
    text = data.decode("utf-8", errors="backslashreplace")
    return text.translate(_CONTROL)


class Tree:
    """A file system below a directory."""

    def __init__(self, root="/"):
        self._root = root.rstrip("/")

    def path(self, name):
        """Where an absolute name is to be found."""
        return self._root + name

    def read_bytes(self, name):
        """Contents, or None for what is not there or may not be read."""
        try:
            with open(self.path(name), "rb") as file:
                return file.read()
        except OSError:
            return None

    def read(self, name):
        """Contents as printable text, or None."""
        data = self.read_bytes(name)
        return None if data is None else printable(data)

    def line(self, name):
        """First line without blanks around it, or None if there is none."""
        text = self.read(name)
        return text.split("\n", 1)[0].strip() or None if text else None

    def names(self, name):
        """Sorted names in a directory, none if it cannot be listed."""
        try:
            return sorted(os.fsdecode(entry)
                          for entry in os.listdir(os.fsencode(self.path(name))))
        except OSError:
            return []

    def exists(self, name):
        """Is it there, as far as this user may know?"""
        return os.path.lexists(self.path(name))

    def is_dir(self, name):
        """Is it a directory?"""
        return os.path.isdir(self.path(name))

    def identity(self, name):
        """A number that another directory of this name would not have."""
        try:
            status = os.stat(self.path(name))
        except OSError:
            return None
        return status.st_ino if stat.S_ISDIR(status.st_mode) else None
