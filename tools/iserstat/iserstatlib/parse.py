# SPDX-License-Identifier: GPL-2.0
"""Text that the module exports, as dictionaries.

Names that nobody knows are kept, lines that make no sense are left out: the
module may be newer or older than this program.
"""
import re

EXPORTS = 1
CLASSES = ("read", "immediate", "solicited")
STAGES = ("submit", "rdma_read", "backend", "send", "total")
GAUGES = {"sessions", "connections"}

# Of a connection's file: what it is, rather than what it has done so far.
NUMBERS = {
    "id", "tpg", "port", "qp", "tsih", "cid", "age_seconds", "queue_depth",
    "queue_used", "queue_max_used", "expcmdsn", "maxcmdsn", "statsn", "sq_depth",
    "sq_used", "rx_bufs", "rx_bufs_held",
}
WORDS = {
    "target", "initiator", "alias", "initiator_address", "target_address", "device",
    "state", "session_type", "isid", "authentication", "authentication_algorithm",
}


def pairs(text):
    """(name, value) of each line, values without blanks around them."""
    for line in text.split("\n"):
        name, _, value = line.strip().partition(" ")
        if name:
            yield name, value.strip()


def number(word):
    """A decimal number without sign, or None."""
    return int(word) if word.isascii() and word.isdigit() else None


def buckets(words):
    """Counts of a histogram, or None if one of them is no number."""
    counts = [number(word) for word in words]
    return None if None in counts else counts


def counters(text):
    """(version, {name: count}) of a group; version is None if it has none."""
    version, counts = None, {}
    for name, value in pairs(text):
        count = number(value)
        if count is None:
            continue
        if name == "version":
            version = count
        else:
            counts[name] = count
    return version, counts


def histograms(text):
    """{stage: [count, ...]} of a file latency_CLASS."""
    stages = {}
    for name, value in pairs(text):
        counts = buckets(value.split())
        if counts is not None:
            stages[name] = counts
    return stages


def connection(text):
    """(attributes, counters, {class: {stage: counts}}) of a connection."""
    attributes, counts, latency = {}, {}, {}
    for name, value in pairs(text):
        if name.startswith("latency_"):
            stage, *words = value.split() or [""]
            histogram = buckets(words)
            if stage and histogram is not None:
                latency.setdefault(name[len("latency_"):], {})[stage] = histogram
        elif name in NUMBERS or name in WORDS or name.startswith("key_"):
            attributes[name] = value
        elif number(value) is not None:
            counts[name] = number(value)
        else:
            attributes[name] = value
    return attributes, counts, latency


_INFO = {
    "initiator": r"^InitiatorName: *(\S+)",
    "alias": r"^InitiatorAlias: *(.*\S)",
    "session_id": r"LIO Session ID: *(\d+)",
    "isid": r"ISID: *0x((?:[0-9a-fA-F]{2} ?){6})",
    "tsih": r"TSIH: *(\d+)",
    "session_state": r"Session State: *TARG_SESS_STATE_(\w+)",
    "queue_depth": r"Window: *(\d+)",
    "cid": r"CID: *(\d+)",
    "state": r"Connection State: *TARG_CONN_STATE_(\w+)",
    "initiator_address": r"^ *Address +(\S+)",
}
_INFO = {name: re.compile(pattern, re.MULTILINE) for name, pattern in _INFO.items()}


def session_info(text):
    """What acls/*/info says of a session, {} if it says that there is none."""
    found = {}
    for name, pattern in _INFO.items():
        match = pattern.search(text)
        if match:
            found[name] = match.group(1)
    if "session_id" not in found:
        return {}
    if "isid" in found:
        found["isid"] = found["isid"].replace(" ", "").lower()
    return found


_SUSPECT = re.compile(
    r"err|rnr|retry|retrans|timeout|discard|drop|dup|out_of|nak|violation|"
    r"link_down|fail|excessive|reject|abort|full|overflow|overrun|invalid|bad")
_ROUTINE = {"resp_cqe_flush_error", "req_cqe_flush_error", "lifespan"}


def is_trouble(name):
    """Does a counter of this name count what should not happen?"""
    return name not in _ROUTINE and bool(_SUSPECT.search(name.lower()))
