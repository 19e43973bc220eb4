# SPDX-License-Identifier: GPL-2.0
"""The JSON document; iserstat(8) describes it. Names are added to a schema,
never changed or taken away: that makes another SCHEMA."""
from . import parse
from .rates import percentiles

SCHEMA = 1


def document(interval):
    """A dictionary for json.dumps()."""
    sample = interval.now
    return {
        "iserstat": SCHEMA,
        "time": sample.wall,
        "module": {"version": sample.version, "fabric": sample.fabric,
                   "exports": sample.exports,
                   "latency_sample": sample.latency_sample},
        "root": sample.root_view,
        "notes": sample.notes + ([sample.mismatch] if sample.mismatch else []),
        "targets": [_group(interval, key) for key in sorted(sample.groups)],
        "connections": [_connection(interval, name)
                        for name in sorted(sample.connections, key=_by_number)],
        "sessions": sample.sessions,
        "devices": [_device(interval, key) for key in sorted(sample.devices)],
    }


def _by_number(name):
    return (parse.number(name) or 0, name)


def _when(interval, counted, change):
    end = interval.now.wall_of(counted.stamp)
    return {"from": None if change.elapsed is None else end - change.elapsed,
            "to": end, "interval_seconds": change.elapsed}


def _group(interval, key):
    group, change = interval.now.groups[key], interval.groups[key]
    return {"target": key[0], "tpg": key[1], **group.attributes,
            **_when(interval, group, change), **_figures(group, change)}


def _connection(interval, name):
    connection, change = interval.now.connections[name], interval.connections[name]
    attributes = {key: _typed(key, value) for key, value in connection.attributes.items()
                  if not key.startswith("key_")}
    keys = {key[4:]: value for key, value in connection.attributes.items()
            if key.startswith("key_")}
    return {**attributes, "keys": keys,
            **_when(interval, connection, change), **_figures(connection, change)}


def _typed(key, value):
    number = parse.number(value) if key in parse.NUMBERS else None
    return value if number is None else number


def _figures(counted, change):
    kinds = {kind: _class(change, kind) for kind in parse.CLASSES}
    kinds["nodata"] = {"commands": change.commands("nodata"),
                       "iops": change.per_second(change.commands("nodata"))}
    kinds["all"] = _rates(change, change.all_commands(), change.all_bytes())
    kinds["all"]["latency_us"] = {"total": _latency(change.whole())}
    return {"counters": counted.counters, "changes": change.counts, "classes": kinds,
            "histograms": counted.latency}


def _class(change, kind):
    figures = _rates(change, change.commands(kind), change.bytes(kind))
    figures["latency_us"] = {stage: _latency(histogram) for stage, histogram
                             in change.latency.get(kind, {}).items()}
    return figures


def _rates(change, commands, data):
    return {"commands": commands, "bytes": data, "iops": change.per_second(commands),
            "bytes_per_second": change.per_second(data)}


def _latency(histogram):
    return {"count": sum(histogram), **percentiles(histogram)}


def _device(interval, key):
    port, change = interval.now.devices[key], interval.devices[key]
    return {"device": key[0], "port": key[1], "counters": port.counters,
            "changes": change.counts if change.elapsed is not None else {}}
