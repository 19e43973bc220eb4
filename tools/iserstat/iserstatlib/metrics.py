# SPDX-License-Identifier: GPL-2.0
"""OpenMetrics text, for node_exporter's textfile collector.

What its parser, which is that of the older Prometheus format, would stumble
over is avoided: no types but counter, gauge and histogram, no timestamps.
"""
import os
import re
import tempfile

from . import parse
from .rates import LAST_BUCKET

PREFIX = "tcm_iser_"
# Counters that become one metric with a label for the rest of their name.
LABELLED = (("commands_", "commands", "class", "commands completed"),
            ("bytes_", "payload_bytes", "class", "payload moved"),
            ("login_failures_", "login_failures", "reason", "logins that failed"),
            ("endings_", "endings", "reason",
             "connections that ended otherwise than by logout"))
KNOWN = {
    "logins": "logins completed", "logouts": "logouts completed",
    "rx_pdus": "PDUs received", "tx_pdus": "PDUs sent",
    "rdma_writes": "RDMA Writes", "rdma_reads": "RDMA Reads",
    "rejects": "Reject PDUs sent", "check_conditions": "commands that ended with "
    "CHECK CONDITION", "task_set_full": "commands that ended with TASK SET FULL",
    "tmfs": "task management requests", "aborted_tasks": "tasks aborted",
    "nopin_sent": "pings sent", "nopin_timeouts": "pings never answered",
    "discoveries": "discovery sessions", "data_outs": "unsolicited Data-Out PDUs",
    "held_pdus": "PDUs that waited for one before them",
    "dropped_pdus": "PDUs outside the window of CmdSN",
    "format_errors": "messages that broke a format, which ends the connection",
    "abnormal_logouts": "sessions that ended otherwise than by logout",
}
QUEUE = (("queue_depth", "commands the initiator may send"),
         ("queue_used", "commands in progress"),
         ("queue_max_used", "most commands that were in progress at a time"),
         ("age_seconds", "seconds since the connection was made"))


class Exposition:
    """Metric families in the order they were met, each sample under its own."""

    def __init__(self):
        self._families = {}

    def add(self, family, kind, text, labels, value, suffix=""):
        """One sample. kind is counter, gauge, histogram or None for unknown."""
        _, _, samples = self._families.setdefault(family, (kind, text, []))
        name = PREFIX + family + ("_total" if kind == "counter" else suffix)
        samples.append(f"{name}{_labels(labels)} {value}")

    def text(self):
        """The whole of it."""
        lines = []
        for family, (kind, text, samples) in self._families.items():
            if kind:
                lines.append(f"# TYPE {PREFIX}{family} {kind}")
            for unit in ("bytes", "seconds"):
                if kind and family.endswith("_" + unit):
                    lines.append(f"# UNIT {PREFIX}{family} {unit}")
            lines.append(f"# HELP {PREFIX}{family} {escape(text)}")
            lines += samples
        return "\n".join([*lines, "# EOF"]) + "\n"


def escape(text):
    """A label's value or a help text."""
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def _labels(labels):
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{escape(str(value))}"'
                          for name, value in labels.items()) + "}"


def exposition(sample):
    """The text for a sample, or for None: nothing could be read."""
    out = Exposition()
    out.add("up", "gauge", "1 if the module exports figures that iserstat can read", {},
            int(sample is not None and sample.mismatch is None))
    if sample is None:
        return out.text()
    out.add("build", "gauge", "always 1; what is loaded", {
        "version": sample.version or "", "fabric": sample.fabric}, 1)
    for key in sorted(sample.groups):
        if sample.mismatch is None:
            _group(out, key, sample.groups[key])
    for name in sorted(sample.connections, key=lambda name: (len(name), name)):
        _connection(out, sample.connections[name].attributes)
    for key in sorted(sample.devices):
        _device(out, key, sample.devices[key])
    return out.text()


def _group(out, key, group):
    labels = {"target": key[0], "tpg": key[1]}
    out.add("enabled", "gauge", "1 if the portal group accepts logins", labels,
            int(bool(group.attributes.get("enabled"))))
    for name, count in group.counters.items():
        _counter(out, labels, name, count)
    for kind in sorted(group.latency):
        for stage in sorted(group.latency[kind]):
            _histogram(out, {**labels, "class": kind, "stage": stage},
                       group.latency[kind][stage])


def _counter(out, labels, name, count):
    if name in parse.GAUGES:
        out.add(name, "gauge", name + " now", labels, count)
        return
    for prefix, family, label, text in LABELLED:
        if name.startswith(prefix) and len(name) > len(prefix):
            out.add(family, "counter", text,
                    {**labels, label: name[len(prefix):]}, count)
            return
    if name in KNOWN:
        out.add(name, "counter", KNOWN[name], labels, count)
    else:
        family = "other_" + re.sub(r"[^a-zA-Z0-9_]", "_", name)
        out.add(family, None, name + " of the portal group, see the module's "
                "documentation", labels, count)


def _histogram(out, labels, counts):
    text = ("how long commands took, of those that were timed (latency_sample); the "
            "sum is an estimate, of the middles of the buckets")
    total = estimate = 0
    for i in range(LAST_BUCKET + 1):
        count = sum(counts[i:]) if i == LAST_BUCKET else sum(counts[i:i + 1])
        total += count
        estimate += count * _middle(i)
        bound = "+Inf" if i == LAST_BUCKET else repr((1 << i) / 1e6)
        out.add("latency_seconds", "histogram", text, {**labels, "le": bound}, total,
                "_bucket")
    out.add("latency_seconds", "histogram", text, labels, repr(estimate / 1e6), "_sum")
    out.add("latency_seconds", "histogram", text, labels, total, "_count")


def _middle(i):
    """Microseconds in the middle of a bucket."""
    return 0.5 if i == 0 else 0.75 * (1 << i)


def _connection(out, attributes):
    labels = {name: attributes.get(name, "")
              for name in ("target", "tpg", "initiator", "device", "id")}
    for name, text in QUEUE:
        value = parse.number(attributes.get(name, ""))
        if value is not None:
            out.add("connection_" + name, "gauge", text, labels, value)


def _device(out, key, port):
    for name, count in port.counters.items():
        if parse.is_trouble(name):
            out.add("device_trouble", "counter", "error counters of RDMA devices",
                    {"device": key[0], "port": key[1], "counter": name}, count)


def write_atomically(path, text):
    """Whoever reads path finds the old text or the new, never a part. The
    temporary name does not end in .prom. Raises OSError."""
    directory, name = os.path.split(os.path.abspath(path))
    handle, temporary = tempfile.mkstemp(prefix=f".{name}.", suffix=".tmp", dir=directory)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            os.fchmod(file.fileno(), 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
