# SPDX-License-Identifier: GPL-2.0
"""Differences, rates and percentiles."""
import unittest

import fake
from iserstatlib import rates
from iserstatlib.sample import Counted, Sample


def counted(stamp, identity=1, latency=None, **counters):
    """A portal group at some moment."""
    return Counted(stamp, identity, dict(counters), latency or {})


class Percentile(unittest.TestCase):
    """Interpolation in buckets [2^(i-1), 2^i) us."""

    def test_nothing(self):
        self.assertIsNone(rates.percentile([], 0.5))
        self.assertIsNone(rates.percentile([0, 0], 0.5))

    def test_within_a_bucket(self):
        self.assertEqual(rates.percentile([0, 0, 0, 0, 100], 0.5), 12.0)
        self.assertEqual(rates.percentile([0, 0, 0, 0, 100], 1.0), 16.0)

    def test_below_a_microsecond(self):
        self.assertEqual(rates.percentile([100], 0.5), 0.5)

    def test_across_buckets(self):
        histogram = [0, 0, 0, 0, 0, 0, 900, 90, 9, 1]
        self.assertAlmostEqual(rates.percentile(histogram, 0.5), 32 + 32 * 500 / 900)
        self.assertAlmostEqual(rates.percentile(histogram, 0.95), 64 + 64 * 50 / 90)
        self.assertAlmostEqual(rates.percentile(histogram, 0.99), 128.0)
        self.assertAlmostEqual(rates.percentile(histogram, 0.999), 256.0)

    def test_the_last_bucket_has_no_end(self):
        self.assertEqual(rates.percentile([0] * 24 + [7], 0.5), float(1 << 23))

    def test_buckets_of_a_newer_module(self):
        self.assertEqual(rates.percentile([0] * 30 + [7], 0.5), float(1 << 29))

    def test_sum_of_histograms(self):
        self.assertEqual(rates.add([1, 2], [1, 1, 5]), [2, 3, 5])
        self.assertEqual(rates.add([], []), [])


class Between(unittest.TestCase):
    """What happened from one sample to the next."""

    def test_rate_is_over_the_time_between_the_reads(self):
        change = rates.between(counted(10.0, commands_read=100),
                               counted(12.5, commands_read=1100), 9.0)
        self.assertEqual(change.elapsed, 2.5)
        self.assertEqual(change.per_second(change.commands("read")), 400.0)

    def test_a_counter_that_goes_back_is_no_rate(self):
        change = rates.between(counted(1.0, commands_read=100, rejects=4),
                               counted(2.0, commands_read=90, rejects=5), 0.0)
        self.assertEqual(change.counts, {"commands_read": 0, "rejects": 1})

    def test_a_histogram_that_goes_back_is_no_rate(self):
        change = rates.between(counted(1.0, latency={"read": {"total": [5, 5]}}),
                               counted(2.0, latency={"read": {"total": [3, 9, 1]}}), 0.0)
        self.assertEqual(change.histogram("read"), [0, 4, 1])

    def test_a_new_object_counts_from_zero(self):
        change = rates.between(None, counted(3.0, commands_read=40), 1.0)
        self.assertEqual((change.elapsed, change.counts["commands_read"]), (2.0, 40))

    def test_an_object_in_the_place_of_another_counts_from_zero(self):
        change = rates.between(counted(1.0, identity=1, commands_read=100),
                               counted(3.0, identity=2, commands_read=40), 0.0)
        self.assertEqual((change.elapsed, change.counts["commands_read"]), (2.0, 40))

    def test_gauges_do_not_change(self):
        change = rates.between(counted(1.0, sessions=4), counted(2.0, sessions=5), 0.0)
        self.assertNotIn("sessions", change.counts)

    def test_no_time_no_rate(self):
        change = rates.between(counted(1.0, rejects=1), counted(1.0, rejects=2), 0.0)
        self.assertIsNone(change.per_second(1))


class OverTime(unittest.TestCase):
    """Samples one after the other."""

    def interval(self, before, group, stamp):
        """A sample with this group, and what happened since the last one."""
        sample = Sample(stamp=stamp, groups={(fake.IQN, 1): group})
        return sample, rates.Interval(before, sample).groups[fake.IQN, 1]

    def test_a_dip_is_not_counted_twice(self):
        first, _ = self.interval(None, counted(0.0, commands_read=1000), 0.0)
        second, change = self.interval(first, counted(1.0, commands_read=400), 1.0)
        self.assertEqual(change.counts["commands_read"], 0)
        _, change = self.interval(second, counted(2.0, commands_read=1010), 2.0)
        self.assertEqual(change.counts["commands_read"], 10)

    def test_a_dip_of_a_histogram_is_not_counted_twice(self):
        def latency(*counts):
            return {"read": {"total": list(counts)}}
        first, _ = self.interval(None, counted(0.0, latency=latency(9, 9)), 0.0)
        second, _ = self.interval(first, counted(1.0, latency=latency(1)), 1.0)
        _, change = self.interval(second, counted(2.0, latency=latency(9, 10)), 2.0)
        self.assertEqual(change.histogram("read"), [0, 1])

    def test_a_group_that_could_not_be_read_waits_for_the_next_time(self):
        first, _ = self.interval(None, counted(0.0, commands_read=1000), 0.0)
        second = Sample(stamp=1.0, unread={("groups", (fake.IQN, 1)), ("groups", "other")})
        change = rates.Interval(first, second).groups[fake.IQN, 1]
        self.assertIsNone(change.per_second(change.commands("read")))
        _, change = self.interval(second, counted(2.0, commands_read=1010), 2.0)
        self.assertEqual((change.counts["commands_read"], change.elapsed), (10, 2.0))

    def test_a_group_that_is_gone_is_gone(self):
        first, _ = self.interval(None, counted(0.0, rejects=1), 0.0)
        self.assertEqual(rates.Interval(first, Sample(stamp=1.0)).groups, {})

    def test_totals(self):
        _, change = self.interval(None, counted(0.0, commands_read=7, commands_nodata=2), 0.0)
        self.assertEqual((change.elapsed, change.all_commands()), (None, 9))


if __name__ == "__main__":
    unittest.main()
