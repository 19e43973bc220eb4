# SPDX-License-Identifier: GPL-2.0
"""One look at the target: reads what the kernel exports.

Each object carries the moment at which its counters were read, halfway between
the beginning and the end of that read. Rates are taken over these moments, not
over the time a program slept.
"""
import os
import time
from dataclasses import dataclass, field

from . import parse
from .tree import CONFIGFS, DEBUGFS, printable

MODULE = "tcm_iser"
SYSFS_MODULE = "/sys/module/" + MODULE
INFINIBAND = "/sys/class/infiniband"
CONN_DIR = DEBUGFS + "/" + MODULE + "/conn"
NO_SESSION = "No Active iSCSI Session"

# Exit statuses, see iserstat(8).
OK, NO_OUTPUT, USAGE, NOTHING, MISMATCH = 0, 1, 2, 3, 4


class Unavailable(Exception):
    """There is nothing to read, for the reason given."""


@dataclass
class Counted:
    """Anything with counters: a portal group, a connection, a device's port."""
    stamp: float = 0.0
    identity: object = None
    counters: dict = field(default_factory=dict)
    latency: dict = field(default_factory=dict)
    attributes: dict = field(default_factory=dict)


@dataclass
class Sample:
    """All of it."""
    stamp: float = 0.0
    wall: float = 0.0
    version: str = None
    fabric: str = "iser"
    exports: int = None
    latency_sample: int = None
    mismatch: str = None
    root_view: bool = False
    groups: dict = field(default_factory=dict)
    connections: dict = field(default_factory=dict)
    sessions: list = field(default_factory=list)
    devices: dict = field(default_factory=dict)
    notes: list = field(default_factory=list)
    unread: set = field(default_factory=set)

    def wall_of(self, stamp):
        """Unix time of a moment."""
        return self.wall + stamp - self.stamp


def collect(tree, target=None):
    """Read everything; target limits it to names that contain this text.

    Raises Unavailable when there is nothing to read.
    """
    sample = Sample(stamp=time.monotonic(), wall=time.time())
    _module(tree, sample)
    for name in _targets(tree, sample):
        if target is None or target in name:
            _target(tree, sample, name)
    _connections(tree, sample, target)
    _devices(tree, sample)
    return sample


def _module(tree, sample):
    if not tree.is_dir(SYSFS_MODULE):
        raise Unavailable(f"the module {MODULE} is not loaded")
    if not tree.is_dir(CONFIGFS + "/target"):
        raise Unavailable(f"no {CONFIGFS}/target: configfs is not mounted, or "
                          "target_core_mod not loaded")
    sample.version = tree.line(SYSFS_MODULE + "/version")
    sample.latency_sample = parse.number(
        tree.line(SYSFS_MODULE + "/parameters/latency_sample") or "")
    fabric = tree.line(SYSFS_MODULE + "/parameters/fabric")
    if fabric and "/" not in fabric:
        sample.fabric = fabric


def _targets(tree, sample):
    base = f"{CONFIGFS}/target/{sample.fabric}"
    if not tree.is_dir(base):
        sample.notes.append(f"nothing is configured: there is no {base}")
        return []
    return [name for name in tree.names(base)
            if name != "discovery_auth" and tree.is_dir(f"{base}/{name}")]


def _target(tree, sample, name):
    base = f"{CONFIGFS}/target/{sample.fabric}/{name}"
    for entry in tree.names(base):
        tag = parse.number(entry[len("tpgt_"):])
        if entry.startswith("tpgt_") and tag is not None:
            _group(tree, sample, name, tag, f"{base}/{entry}")


def _group(tree, sample, name, tag, base):
    group = Counted(identity=tree.identity(base))
    if group.identity is None:
        return
    text, group.stamp = _timed(tree, base + "/counters")
    if text is None and tree.exists(base + "/counters"):
        sample.unread.add(("groups", (name, tag)))
        return
    version, group.counters = parse.counters(text or "")
    if tree.is_dir(base):
        _compare_version(sample, version)
    if version != parse.EXPORTS:
        group.counters = {}
    else:
        sample.exports = version
        for kind in parse.CLASSES:
            text = tree.read(f"{base}/latency_{kind}")
            if text is not None:
                group.latency[kind] = parse.histograms(text)
    group.attributes = {"enabled": tree.line(base + "/enable") == "1"}
    sample.groups[name, tag] = group
    _sessions(tree, sample, name, tag, base)


def _timed(tree, name):
    begin = time.monotonic()
    text = tree.read(name)
    return text, (begin + time.monotonic()) / 2


def _compare_version(sample, version):
    if version == parse.EXPORTS or sample.mismatch:
        return
    if version is None or version < parse.EXPORTS:
        sample.mismatch = (f"{MODULE} {sample.version or 'of unknown version'} is "
                           "older than iserstat and counts nothing: sessions only")
    else:
        sample.mismatch = (f"{MODULE} exports figures in format {version}, iserstat "
                           f"knows {parse.EXPORTS}: a newer iserstat is needed; "
                           "sessions only")


def _sessions(tree, sample, name, tag, base):
    for initiator in tree.names(base + "/acls"):
        acl = f"{base}/acls/{initiator}"
        info = parse.session_info(tree.read(acl + "/info") or "")
        if not info:
            continue
        session = {"target": name, "tpg": tag, "initiator": initiator, **info}
        session["keys"] = _keys(tree, acl + "/param")
        sample.sessions.append(session)
    dynamic = tree.read_bytes(base + "/dynamic_sessions") or b""
    for word in dynamic.replace(b"\n", b"\0").split(b"\0"):
        if word:
            sample.sessions.append({"target": name, "tpg": tag, "keys": {},
                                    "initiator": printable(word)})


def _keys(tree, base):
    keys = {}
    for key in tree.names(base):
        value = tree.line(f"{base}/{key}")
        if value is not None and value != NO_SESSION:
            keys[key] = value
    return keys


def _connections(tree, sample, target):
    if sample.mismatch:
        return
    if not tree.is_dir(CONN_DIR):
        sample.notes.append(_why_no_debugfs(tree))
        return
    sample.root_view = True
    for name in tree.names(CONN_DIR):
        text, stamp = _timed(tree, f"{CONN_DIR}/{name}")
        if text is None and tree.exists(f"{CONN_DIR}/{name}"):
            sample.unread.add(("connections", name))
        if not text:
            continue
        attributes, counters, latency = parse.connection(text)
        if target is None or target in attributes.get("target", ""):
            sample.connections[name] = Counted(
                stamp, name, counters, latency, attributes)


def _why_no_debugfs(tree):
    added = "device, address, authentication, queue and rates of each connection"
    if os.geteuid() != 0:
        return f"root also sees {added}"
    if not tree.names(DEBUGFS):
        return f"debugfs is not mounted at {DEBUGFS}; it would add {added}"
    return f"{DEBUGFS}/{MODULE}/conn is missing; it would add {added}"


def _devices(tree, sample):
    for device in tree.names(INFINIBAND):
        for port in tree.names(f"{INFINIBAND}/{device}/ports"):
            base = f"{INFINIBAND}/{device}/ports/{port}"
            counted = Counted(stamp=time.monotonic())
            for kind in ("counters", "hw_counters"):
                _device_counters(tree, f"{base}/{kind}", counted.counters)
            sample.devices[device, port] = counted


def _device_counters(tree, base, counters):
    for name in tree.names(base):
        count = parse.number(tree.line(f"{base}/{name}") or "")
        if count is not None and name != "lifespan":
            counters[name] = count
