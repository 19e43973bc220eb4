# SPDX-License-Identifier: GPL-2.0
"""What happened between two samples, and percentiles of it.

A counter of an object never goes back; where it seems to, because a connection
ended while the kernel added up, nothing happened. An object that is new, or has
taken the place of another, counts from zero.
"""
from dataclasses import dataclass, field

from . import parse

PERCENTILES = (("p50", 0.50), ("p95", 0.95), ("p99", 0.99), ("p99.9", 0.999))
LAST_BUCKET = 24


@dataclass
class Change:
    """Counts over an interval; elapsed is None for "since it was made"."""
    elapsed: float = None
    counts: dict = field(default_factory=dict)
    latency: dict = field(default_factory=dict)

    def per_second(self, count):
        """A rate, or None without an interval."""
        return count / self.elapsed if self.elapsed else None

    def commands(self, kind):
        """Commands of a class that completed."""
        return self.counts.get("commands_" + kind, 0)

    def bytes(self, kind):
        """Bytes they moved."""
        return self.counts.get("bytes_" + kind, 0)

    def histogram(self, kind, stage="total"):
        """Latencies of a stage of a class."""
        return self.latency.get(kind, {}).get(stage, [])

    def all_commands(self):
        """Commands of all classes."""
        return sum(count for name, count in self.counts.items()
                   if name.startswith("commands_"))

    def all_bytes(self):
        """Bytes of all classes."""
        return sum(self.bytes(kind) for kind in parse.CLASSES)

    def whole(self):
        """Latencies from receipt to acknowledgement, of all classes."""
        whole = []
        for kind in parse.CLASSES:
            whole = add(whole, self.histogram(kind))
        return whole


def add(one, other):
    """Two histograms as one."""
    if len(one) < len(other):
        one, other = other, one
    return [count + (other[i] if i < len(other) else 0)
            for i, count in enumerate(one)]


def _less(counts, before):
    """A histogram without what it held before."""
    return [max(0, count - (before[i] if i < len(before) else 0))
            for i, count in enumerate(counts)]


def _highest(one, other):
    """Of two histograms the higher count in each bucket."""
    size = max(len(one), len(other))
    padded = [counts + [0] * (size - len(counts)) for counts in (one, other)]
    return [max(pair) for pair in zip(*padded)]


def since_made(now):
    """An object's whole life as a change."""
    return Change(None, dict(now.counters), dict(now.latency))


def between(before, now, start):
    """What happened to an object: before may be None, then it is newer than
    start, the moment of the sample that did not have it."""
    if before is not None and before.identity != now.identity:
        before, start = None, before.stamp
    if before is None:
        return Change(max(now.stamp - start, 0.0), dict(now.counters),
                      dict(now.latency))
    counts = {name: max(0, count - before.counters.get(name, 0))
              for name, count in now.counters.items() if name not in parse.GAUGES}
    latency = {kind: {stage: _less(histogram, before.latency.get(kind, {}).get(stage, []))
                      for stage, histogram in stages.items()}
               for kind, stages in now.latency.items()}
    return Change(now.stamp - before.stamp, counts, latency)


def hold(before, now):
    """Let the counters of now not be below what they have already been, so
    that a dip is not counted twice when it is over."""
    if before is None or before.identity != now.identity:
        return
    for name, count in before.counters.items():
        if name not in parse.GAUGES and now.counters.get(name, count) < count:
            now.counters[name] = count
    for kind, stages in now.latency.items():
        for stage, histogram in stages.items():
            held = before.latency.get(kind, {}).get(stage, [])
            stages[stage] = _highest(histogram, held)


class Interval:
    """Changes of everything from one sample to the next, or, without a sample
    to begin with, since it was made."""

    def __init__(self, before, now):
        self.before = before
        self.now = now
        self.groups = self._changes("groups", hold)
        self.connections = self._changes("connections", hold)
        # A device's counters may be reset, or be narrow and wrap.
        self.devices = self._changes("devices", lambda before, now: None)
        self.elapsed = now.stamp - before.stamp if before else None

    def _changes(self, what, keep):
        objects = getattr(self.now, what)
        if self.before is None:
            return {key: since_made(now) for key, now in objects.items()}
        known = getattr(self.before, what)
        for kind, key in self.now.unread:
            # Nothing is known of this moment; the next one has a longer interval.
            if kind == what and key in known:
                objects[key] = known[key]
        changes = {}
        for key, now in objects.items():
            changes[key] = between(known.get(key), now, self.before.stamp)
            keep(known.get(key), now)
        return changes


def percentile(histogram, share):
    """Microseconds below which this share of the counts is, None of nothing.

    Bucket i holds [2^(i-1), 2^i) us, bucket 0 what is shorter than 1 us. Within
    a bucket the counts are taken as evenly spread; of the last one, which has
    no end, the beginning is the answer.
    """
    total = sum(histogram)
    if not total:
        return None
    rank, below = share * total, 0
    for i, count in enumerate(histogram):
        if count and below + count >= rank:
            low = 0 if i == 0 else 1 << (i - 1)
            if i >= LAST_BUCKET:
                return float(low)
            return low + ((1 << i) - low) * (rank - below) / count
        below += count
    return None


def percentiles(histogram):
    """{name: microseconds} for those that are shown."""
    return {name: percentile(histogram, share) for name, share in PERCENTILES}
