# SPDX-License-Identifier: GPL-2.0
"""The picture for people: lines of text, made of an Interval."""
import time

from . import parse, units
from .rates import percentiles

ROWS = (("read", "read"), ("immediate", "write, immediate"),
        ("solicited", "write, solicited"))
CLASS_WIDTHS = (18, 9, 12, 8, 8, 8, 8)
AUTHENTICATION = {"none": "none", "chap": "CHAP", "mutual-chap": "mutual"}
# Counts that say that all goes well, and are no news.
ROUTINE_PREFIXES = ("commands_", "bytes_", "rdma_")
ROUTINE = {"sessions", "connections", "logins", "logouts", "discoveries", "rx_pdus",
           "tx_pdus", "held_pdus", "data_outs", "nopin_sent"}


class Options:
    """What belongs into the picture."""

    def __init__(self, width=100, stages=False, connections=False, details=False):
        self.width = width
        self.stages = stages
        self.connections = connections
        self.details = details


def picture(interval, options):
    """All lines."""
    lines = [_headline(interval)]
    sample = interval.now
    for key in sorted(sample.groups):
        lines += ["", *_group(interval, key, options)]
    lines += _strays(interval, options)
    lines += _devices(interval, options)
    return [line[:options.width] for line in lines]


def _plural(number, word):
    return f"{number} {word}" + ("" if number == 1 else "s")


def _headline(interval):
    sample = interval.now
    targets = len({target for target, _ in sample.groups})
    sessions = sum(_sessions(sample, key) for key in sample.groups)
    words = [f"tcm_iser {sample.version or ''}".strip(),
             _plural(targets, "target"), _plural(sessions, "session"),
             time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(sample.wall))]
    if sample.fabric != "iser":
        words.insert(1, "as fabric " + sample.fabric)
    if sample.mismatch is None:
        words.append("totals" if interval.elapsed is None
                     else f"over {interval.elapsed:.2f} s")
        words += _latency_sample(sample.latency_sample)
    return ", ".join(words)


def _latency_sample(every):
    """What the percentiles are made of, where it is not every command."""
    if every == 0:
        return ["no latencies (latency_sample is 0)"]
    return [f"latency of 1 in {every}"] if every and every > 1 else []


def _sessions(sample, key):
    gauge = sample.groups[key].counters.get("sessions")
    return gauge if gauge is not None else sum(
        (session["target"], session["tpg"]) == key for session in sample.sessions)


def _group(interval, key, options):
    sample = interval.now
    group, change = sample.groups[key], interval.groups[key]
    lines = [_title(sample, key, group)]
    if sample.mismatch is None:
        lines += _classes(change, options)
        lines += _events(group.counters, change, options.width)
    if sample.root_view:
        chosen = {name: connection for name, connection in sample.connections.items()
                  if _belongs(connection, key)}
        return lines + _apart(_connections(interval, chosen, options))
    return lines + _apart(_plain_sessions(
        [session for session in sample.sessions
         if (session["target"], session["tpg"]) == key], options))


def _apart(lines):
    return ["", *lines] if lines else []


def _belongs(connection, key):
    attributes = connection.attributes
    return attributes.get("target") == key[0] and attributes.get("tpg") == str(key[1])


def _title(sample, key, group):
    words = [_plural(_sessions(sample, key), "session")]
    extra = group.counters.get("connections", 0) - _sessions(sample, key)
    if extra > 0:
        words.append(_plural(extra, "other connection"))
    if not group.attributes.get("enabled"):
        words.append("DISABLED")
    return f"{key[0]} tpgt_{key[1]}: " + ", ".join(words)


def _classes(change, options, idle=True):
    """A row for each class, for those without commands only if idle."""
    per_second = change.elapsed is not None
    titles = ["", "IOPS" if per_second else "commands",
              "bandwidth" if per_second else "data", "p50", "p95", "p99", "p99.9"]
    rows = []
    for kind, label in ROWS:
        if not (idle or change.commands(kind)):
            continue
        rows.append(_row(label, change, change.commands(kind), change.bytes(kind),
                         change.histogram(kind)))
        if options.stages:
            rows += _stages(change, kind)
    if change.commands("nodata"):
        rows.append(_row("no data", change, change.commands("nodata"), None, []))
    rows.append(_row("all", change, change.all_commands(), change.all_bytes(),
                     change.whole()))
    return units.table(titles, rows, options.width, least=CLASS_WIDTHS)


def _row(label, change, commands, data, histogram):
    if not commands:
        return [label, "0", *["-"] * 5]
    if change.elapsed is None:
        figures = [units.count(commands), units.size(data)]
    else:
        figures = [units.count(change.per_second(commands)),
                   "-" if data is None else units.size(change.per_second(data), "/s")]
    return [label, *figures, *_latencies(histogram)]


def _latencies(histogram):
    return [units.latency(value) for value in percentiles(histogram).values()]


def _stages(change, kind):
    stages = change.latency.get(kind, {})
    known = [stage for stage in parse.STAGES if stage in stages and stage != "total"]
    known += sorted(set(stages) - set(parse.STAGES))
    return [["   " + stage, "", "", *_latencies(stages[stage])] for stage in known]


def is_routine(name):
    """Is a count of this name no event worth a word?"""
    return name in ROUTINE or name.startswith(ROUTINE_PREFIXES)


def _events(counters, change, width):
    words = _words(counters, change)
    return ["  events since the group was made:", *units.wrap(words, width, "    ")] if words else []


def _words(counters, change):
    return [_event(name, counters[name], change) for name in counters
            if counters[name] and not is_routine(name)]


def _event(name, total, change):
    more = change.counts.get(name, 0) if change.elapsed is not None else 0
    return f"{name} {total}" + (f" (+{more})" if more else "")


def _connections(interval, chosen, options):
    if not chosen:
        return []
    order = sorted(chosen, key=lambda name: (parse.number(name) or 0, name))
    states = any(_state(chosen[name]) != "LOGGED_IN" for name in order)
    titles = ["conn", "initiator", "from", "device", "auth"]
    titles += ["state"] if states else []
    left = (1, 2, 3, 4, 5) if states else (1, 2, 3, 4)
    titles += ["queue", "peak", "age"]
    rated = interval.elapsed is not None
    titles += ["IOPS", "bandwidth"] if rated else ["commands", "data"]
    rows = [_connection(chosen[name], interval.connections[name], states)
            for name in order]
    lines = units.table(titles, rows, options.width, elastic=(1, 2), left=left)
    if not (options.connections or options.details):
        return lines
    return _between(lines, [_more(chosen[name], interval.connections[name], options)
                            for name in order])


def _between(lines, extras):
    merged = lines[:1]
    for line, extra in zip(lines[1:], extras):
        merged += [line, *extra]
    return merged


def _connection(connection, change, states):
    get = connection.attributes.get
    # Given back while the connection ends.
    device = f"{get('device')}/{get('port', '?')}" if get("device") else "-"
    cells = [get("id", "-"), get("initiator") or "(in login)",
             _host(get("initiator_address", "-")), device,
             AUTHENTICATION.get(get("authentication"), get("authentication", "-"))]
    cells += [_state(connection)] if states else []
    cells += [f"{get('queue_used', '-')}/{get('queue_depth', '-')}",
              get("queue_max_used", "-"), units.age(parse.number(get("age_seconds", "")))]
    return cells + _row("", change, change.all_commands(), change.all_bytes(), [])[1:3]


def _state(connection):
    """Of a connection, without the prefix that the iscsi fabric's tools expect."""
    return connection.attributes.get("state", "-").replace("TARG_CONN_STATE_", "")


def _host(address):
    """Without the port, which is the initiator's choice of the moment."""
    return address.rpartition(":")[0].strip("[]") or address


def _more(connection, change, options):
    lines = []
    if options.connections:
        lines += ["    " + line for line in _classes(change, options, False)]
        lines += units.wrap(_words(connection.counters, change), options.width, " " * 6)
    if options.details:
        shown = {"id", "initiator", "target", "tpg", "device", "port", "age_seconds",
                 "queue_used", "queue_max_used", "queue_depth"}
        words = [f"{name} {value}" for name, value in connection.attributes.items()
                 if name not in shown and not name.startswith("key_") and value]
        keys = [f"{name[4:]}={value}" for name, value in connection.attributes.items()
                if name.startswith("key_")]
        lines += units.wrap(words + keys, options.width, " " * 8)
    return lines


def _plain_sessions(sessions, options):
    if not sessions:
        return []
    rows = [[session["initiator"], session.get("initiator_address", "-"),
             session.get("state", "(no ACL)"), session.get("tsih", "-"),
             session.get("queue_depth", "-")] for session in sessions]
    lines = units.table(["initiator", "from", "state", "TSIH", "depth"], rows,
                        options.width, elastic=(0, 1), left=(0, 1, 2))
    if not options.details:
        return lines
    return _between(lines, [units.wrap([f"{key}={value}" for key, value in
                                        session["keys"].items()],
                                       options.width, " " * 8) for session in sessions])


def _strays(interval, options):
    """Connections of no group that is shown: in login, or discovery."""
    sample = interval.now
    strays = {name: connection for name, connection in sample.connections.items()
              if not any(_belongs(connection, key) for key in sample.groups)}
    if not strays:
        return []
    return ["", "no target yet, or discovery:", *_connections(interval, strays, options)]


def _devices(interval, options):
    lines = []
    for key in sorted(interval.now.devices):
        port, change = interval.now.devices[key], interval.devices[key]
        words = [_event(name, total, change) for name, total in port.counters.items()
                 if total and parse.is_trouble(name)]
        if words:
            lines += ["", f"{key[0]} port {key[1]}, error counters:",
                      *units.wrap(words, options.width, "    ")]
    return lines
