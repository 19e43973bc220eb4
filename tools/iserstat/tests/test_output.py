# SPDX-License-Identifier: GPL-2.0
"""Text, JSON and OpenMetrics, from trees that do not change."""
import json
import os
import re
import stat
import unittest

import fake
from iserstatlib import metrics, units

NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
SAMPLE = re.compile(
    r'([a-zA-Z_][a-zA-Z0-9_]*)'
    r'(?:\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\n"])*",?)*)\})? '
    r'([0-9.e+-]+)')
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\n"])*)"')
SUFFIXES = {"counter": {"_total"}, "gauge": {""}, None: {""},
            "histogram": {"_bucket", "_sum", "_count"}}


class Families:
    """A reader of OpenMetrics that is pedantic about what we write."""

    def __init__(self, text):
        self.types, self.samples, self.order = {}, {}, []
        if not text.endswith("# EOF\n") or text.count("# EOF") != 1:
            raise ValueError("no # EOF at the end, or more")
        for line in text.splitlines()[:-1]:
            if line.startswith("# "):
                self._descriptor(line)
            else:
                self._sample(line)

    def _descriptor(self, line):
        _, word, name, *rest = line.split(" ", 3)
        if word not in ("TYPE", "UNIT", "HELP") or not NAME.fullmatch(name):
            raise ValueError(line)
        if word == "TYPE":
            if name in self.types or rest[0] not in SUFFIXES:
                raise ValueError("type again, or unknown: " + line)
            self.types[name] = rest[0]
        if word == "UNIT" and not name.endswith("_" + rest[0]):
            raise ValueError("unit is not in the name: " + line)
        if name not in self.order:
            self.order.append(name)
        elif self.order[-1] != name:
            raise ValueError("family is interrupted: " + line)

    def _sample(self, line):
        match = SAMPLE.fullmatch(line)
        family = self.order[-1]
        if not match or not match.group(1).startswith(family):
            raise ValueError("no sample of " + family + ": " + line)
        if match.group(1)[len(family):] not in SUFFIXES[self.types.get(family)]:
            raise ValueError("suffix: " + line)
        key = (match.group(1), tuple(sorted(LABEL.findall(match.group(2) or ""))))
        if key in self.samples:
            raise ValueError("sample again: " + line)
        self.samples[key] = float(match.group(3))

    def value(self, name, **labels):
        """Of the one sample with these labels, among others."""
        wanted = set(labels.items())
        values = [value for (sample, have), value in self.samples.items()
                  if sample == name and wanted <= set(have)]
        if len(values) != 1:
            raise KeyError((name, labels, values))
        return values[0]


class Output(unittest.TestCase):
    """Each test has its own tree."""

    def setUp(self):
        self.fake = fake.Fake()
        self.addCleanup(self.fake.close)

    def run_ok(self, *words):
        """stdout of a run that has nothing to complain of."""
        status, out, err = self.fake.run(*words)
        self.assertEqual((status, err), (0, ""), out)
        return out

    # Text

    def test_totals_picture(self):
        self.fake.everything()
        out = self.run_ok("--totals")
        self.assertRegex(out, r"read +1000 +3\.91 MiB +50 us +100 us +128 us +256 us")
        self.assertRegex(out, r"write, solicited +200 +12\.5 MiB +> 8\.4 s")
        self.assertRegex(out, r"no data +7 ")
        self.assertRegex(out, r"all +1507 ")
        self.assertRegex(out, r"5 +iqn\S+abcdef +10\.0\.0\.2 +rxe0/1 +CHAP +3/64 +32 +1h02m")
        self.assertIn("rejects 3", out)
        self.assertIn("rcvd_rnr_err 4", out)
        self.assertNotIn("check_conditions", out)
        self.assertLessEqual(max(map(len, out.splitlines())), 100)
        self.assertFalse([line for line in out.splitlines() if line != line.rstrip()])

    def test_rates_picture_of_an_idle_target(self):
        self.fake.everything()
        out = self.run_ok("-i", "0.05")
        self.assertRegex(out, r"over 0\.\d\d s")
        self.assertRegex(out, r"read +0 +- +-")

    def test_sampled_latencies(self):
        self.fake.everything()
        for value, text in (("16", "latency of 1 in 16"), ("0", "no latencies")):
            self.fake.write("/sys/module/tcm_iser/parameters/latency_sample", value)
            self.assertIn(text, self.run_ok("-t"))
        for value in "1", "many":
            self.fake.write("/sys/module/tcm_iser/parameters/latency_sample", value)
            self.assertNotIn("latenc", self.run_ok("-t"))

    def test_stages(self):
        self.fake.everything()
        self.assertRegex(self.run_ok("-t", "-s"), r"\n +rdma_read +3\.0 us")

    def test_connections(self):
        self.fake.everything()
        self.assertRegex(self.run_ok("-t", "-c"), r"\n {6}read +1000 .*\n {6}all +1000 .*"
                                                  r"\n {6}rejects 1\n")

    def test_details(self):
        self.fake.everything()
        out = self.run_ok("-t", "-d")
        self.assertIn("MaxBurstLength=262144", out)
        self.assertIn("target_address 10.0.0.1:3260", out)

    def test_wide(self):
        long = "iqn.2026-11.com.example:" + "x" * 199
        self.fake.everything().connection(initiator=long)
        self.assertIn(long, self.run_ok("-t", "-w"))
        self.assertNotIn(long, self.run_ok("-t"))

    def test_states_are_shown_when_they_differ(self):
        self.fake.everything()
        self.assertNotIn("LOGGED_IN", self.run_ok("-t"))
        self.fake.connection(6, state="TARG_CONN_STATE_IN_LOGOUT")
        self.assertRegex(self.run_ok("-t"), "(?s)LOGGED_IN.* IN_LOGOUT")

    def test_a_connection_without_a_target(self):
        self.fake.everything().connection(7, target="", tpg="", initiator="", state="IN_LOGIN")
        self.assertRegex(self.run_ok("-t"), r"(?s)discovery:.*7 +\(in login\)")

    def test_target_filter(self):
        self.fake.everything()
        self.assertIn(fake.IQN, self.run_ok("-t", "-T", "example:disk"))
        self.assertNotIn(fake.IQN, self.run_ok("-t", "-T", "nothing of the kind"))

    def test_stock_tools_mode(self):
        self.fake = fake.Fake("iscsi").everything()
        self.addCleanup(self.fake.close)
        out = self.run_ok("-t")
        self.assertIn("as fabric iscsi", out)
        self.assertRegex(out, r"read +1000 ")

    def test_bytes_of_a_stranger(self):
        self.fake.everything()
        self.fake.write(self.fake.conn + "/5", b"id 5\ntarget " + fake.IQN.encode() +
                        b"\ntpg 1\ninitiator a\xff\x1b[2Jb\nalias \xc3\n")
        status, out, err = self.fake.run("-t", "-d", env={**os.environ, "LC_ALL": "C"})
        self.assertEqual((status, err), (0, ""))
        self.assertIn("a\\xff\\x1b[2Jb", out)
        self.assertNotIn("\x1b", out)

    # JSON

    def test_json_schema(self):
        self.fake.everything()
        document = json.loads(self.run_ok("--json", "-i", "0.05"))
        self.assertEqual(list(document), [
            "iserstat", "time", "module", "root", "notes", "targets", "connections",
            "sessions", "devices"])
        self.assertEqual(document["iserstat"], 1)
        self.assertEqual(document["module"],
                         {"version": "0.1", "fabric": "iser", "exports": 1,
                          "latency_sample": 16})
        target, connection = document["targets"][0], document["connections"][0]
        figures = {"counters", "changes", "classes", "histograms", "from", "to",
                   "interval_seconds"}
        self.assertEqual(set(target), figures | {"target", "tpg", "enabled"})
        self.assertLessEqual(figures | {"id", "initiator", "keys"}, set(connection))
        for holder in (target, connection):
            self.assertEqual(set(holder["classes"]),
                             {"read", "immediate", "solicited", "nodata", "all"})
            for name in ("read", "immediate", "solicited", "all"):
                self.assertEqual(set(holder["classes"][name]), {
                    "commands", "bytes", "iops", "bytes_per_second", "latency_us"})
        self.assertAlmostEqual(target["to"] - target["from"], target["interval_seconds"], 3)
        self.assertEqual(document["devices"][0]["changes"], {"sent_pkts": 0, "rcvd_rnr_err": 0})

    def test_json_values(self):
        self.fake.everything()
        document = json.loads(self.run_ok("--json", "--totals"))
        target, connection = document["targets"][0], document["connections"][0]
        self.assertEqual(target["counters"]["novelty"], 42)
        self.assertIsNone(target["interval_seconds"])
        self.assertEqual(target["classes"]["read"]["latency_us"]["total"]["count"], 1000)
        self.assertEqual(target["classes"]["all"]["bytes"], 4096000 + 1228800 + 13107200)
        self.assertIsNone(target["classes"]["read"]["iops"])
        self.assertEqual(connection["keys"], {"MaxBurstLength": "262144", "HeaderDigest": "None"})
        self.assertEqual((connection["id"], connection["isid"]), (5, "00023d000001"))
        self.assertEqual(document["sessions"][0]["keys"], {"MaxBurstLength": "262144"})
        self.assertEqual(document["sessions"][1]["initiator"],
                         "iqn.2026-11.com.example:guest")

    def test_json_watch_is_a_document_a_line(self):
        self.fake.everything()
        out = self.run_ok("watch", "--json", "-n", "3", "-i", "0.05")
        self.assertEqual([json.loads(line)["iserstat"] for line in out.splitlines()], [1, 1, 1])

    # OpenMetrics

    def test_openmetrics(self):
        self.fake.everything()
        families = Families(self.run_ok("--openmetrics"))
        self.assertEqual(families.value("tcm_iser_up"), 1)
        self.assertEqual(families.value("tcm_iser_commands_total", **{
            "class": "read", "target": fake.IQN, "tpg": "1"}), 1000)
        self.assertEqual(families.value("tcm_iser_payload_bytes_total", **{
            "class": "solicited"}), 13107200)
        self.assertEqual(families.value("tcm_iser_login_failures_total",
                                        reason="authentication"), 2)
        self.assertEqual(families.value("tcm_iser_endings_total", reason="transport"), 1)
        self.assertEqual(families.value("tcm_iser_sessions"), 1)
        self.assertEqual(families.value("tcm_iser_other_novelty"), 42)
        self.assertEqual(families.value("tcm_iser_device_trouble_total",
                                        counter="rcvd_rnr_err", device="rxe0"), 4)
        self.assertEqual(families.value("tcm_iser_connection_queue_used", id="5"), 3)

    def test_openmetrics_histograms(self):
        self.fake.everything()
        families = Families(self.run_ok("--openmetrics"))

        def bucket(bound, kind="read"):
            return families.value("tcm_iser_latency_seconds_bucket",
                                  **{"class": kind, "stage": "total", "le": bound})
        self.assertEqual(bucket("3.2e-05"), 0)
        self.assertEqual(bucket("6.4e-05"), 900)
        self.assertEqual(bucket("0.000512"), 1000)
        self.assertEqual(bucket("+Inf"), 1000)
        self.assertEqual(bucket("8.388608", "solicited"), 0)
        self.assertEqual(bucket("+Inf", "solicited"), 200)
        self.assertEqual(families.value("tcm_iser_latency_seconds_count",
                                        **{"class": "read", "stage": "total"}), 1000)
        self.assertAlmostEqual(
            families.value("tcm_iser_latency_seconds_sum",
                           **{"class": "read", "stage": "total"}),
            (900 * 48 + 90 * 96 + 9 * 192 + 384) / 1e6)

    def test_openmetrics_labels_are_escaped(self):
        self.fake.everything().connection(initiator='a"b\\c')
        families = Families(self.run_ok("--openmetrics"))
        self.assertEqual(families.value("tcm_iser_connection_queue_used",
                                        initiator='a\\"b\\\\c'), 3)
        self.assertEqual(metrics.escape('a\n"\\'), 'a\\n\\"\\\\')

    def test_openmetrics_file(self):
        self.fake.everything()
        path = self.fake.root + "/iser.prom"
        self.fake.write("/iser.prom", "old")
        self.assertEqual(self.run_ok("--openmetrics", "--output", path), "")
        with open(path, encoding="utf-8") as file:
            Families(file.read())
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o644)
        self.assertEqual([name for name in os.listdir(self.fake.root) if "iser" in name],
                         ["iser.prom"])


class Units(unittest.TestCase):
    """Figures as people read them."""

    def test_counts(self):
        for value, text in ((0, "0"), (7, "7"), (0.5, "0.5"), (12345, "12345"),
                            (123456, "123k"), (4560000, "4.56M"), (None, "-")):
            self.assertEqual(units.count(value), text)

    def test_sizes(self):
        for value, text in ((0, "0 B"), (1023, "1023 B"), (1024, "1.00 KiB"),
                            (1.5 * 2 ** 40, "1.50 TiB"), (2 ** 60, "1048576 TiB")):
            self.assertEqual(units.size(value), text)

    def test_latencies(self):
        for value, text in ((0.5, "0.5 us"), (85.4, "85 us"), (999.6, "1.00 ms"),
                            (12345, "12.3 ms"), (3.1e6, "3.10 s"), (1 << 23, "> 8.4 s")):
            self.assertEqual(units.latency(value), text)

    def test_ages(self):
        for value, text in ((5, "5s"), (250, "4m10s"), (3725, "1h02m"), (190000, "2d04h")):
            self.assertEqual(units.age(value), text)

    def test_shortened_names(self):
        self.assertEqual(units.shorten("abcdefghij", 10), "abcdefghij")
        self.assertEqual(units.shorten("abcdefghijk", 10), "ab..fghijk")
        self.assertEqual(len(units.shorten("abcdefghijk", 3)), 3)


if __name__ == "__main__":
    unittest.main()
