# SPDX-License-Identifier: GPL-2.0
"""What is made of the module's text."""
import unittest

import fake
from iserstatlib import parse, tree


class Text(unittest.TestCase):
    """Lines of names and values."""

    def test_counters(self):
        version, counts = parse.counters("version 1\nrejects 3\nlogins 18446744073709551615\n")
        self.assertEqual((version, counts), (1, {"rejects": 3, "logins": 2 ** 64 - 1}))

    def test_counters_that_make_no_sense_are_left_out(self):
        text = "version 1\n\nrejects\nlogins many\nsessions -1\ntmfs 0x10\n  rx_pdus  7 \n"
        self.assertEqual(parse.counters(text), (1, {"rx_pdus": 7}))

    def test_no_version(self):
        self.assertEqual(parse.counters("rejects 3\n"), (None, {"rejects": 3}))

    def test_histograms(self):
        text = "total 0 1 2\nsend\nbackend 1 x\nfuture_stage 5\n"
        self.assertEqual(parse.histograms(text),
                         {"total": [0, 1, 2], "send": [], "future_stage": [5]})

    def test_connection(self):
        attributes, counters, latency = parse.connection(fake.lines(fake.CONNECTION))
        self.assertEqual(attributes["alias"], "left rack")
        self.assertEqual(attributes["key_HeaderDigest"], "None")
        self.assertEqual(attributes["isid"], "00023d000001")
        self.assertEqual(counters["commands_read"], 1000)
        self.assertNotIn("queue_used", counters)
        self.assertEqual(latency, {"read": {"total": [0, 0, 0, 0, 0, 0, 1000]}})

    def test_connection_with_what_nobody_knows(self):
        attributes, counters, latency = parse.connection(
            "mood fine\nfrobs 7\nalias\nlatency_read\nlatency_read total x\n"
            "latency_dataout total 1 2\n")
        self.assertEqual(attributes, {"mood": "fine", "alias": ""})
        self.assertEqual(counters, {"frobs": 7})
        self.assertEqual(latency, {"dataout": {"total": [1, 2]}})

    def test_session_info(self):
        info = parse.session_info(fake.INFO)
        self.assertEqual(info["initiator"], fake.INITIATOR)
        self.assertEqual(info["isid"], "00023d000001")
        self.assertEqual(info["state"], "LOGGED_IN")
        self.assertEqual((info["tsih"], info["queue_depth"]), ("9", "64"))
        self.assertEqual(info["initiator_address"], "10.0.0.2")

    def test_session_info_of_no_session(self):
        self.assertEqual(parse.session_info("No active iSCSI Session for Initiator "
                                            "Endpoint: x\n"), {})
        self.assertEqual(parse.session_info(""), {})

    def test_trouble(self):
        for name in ("rcvd_rnr_err", "send_rnr_err", "out_of_sequence", "local_ack_timeout_err",
                     "VL15_dropped", "duplicate_request", "link_downed", "symbol_error"):
            self.assertTrue(parse.is_trouble(name), name)
        for name in ("sent_pkts", "rcvd_pkts", "port_rcv_data", "unicast_xmit_packets",
                     "resp_cqe_flush_error"):
            self.assertFalse(parse.is_trouble(name), name)


class Printable(unittest.TestCase):
    """Bytes of strangers, on an administrator's terminal."""

    def test_no_utf8(self):
        self.assertEqual(tree.printable(b"a\xffb"), "a\\xffb")

    def test_control_characters(self):
        self.assertEqual(tree.printable(b"a\x1b[2Jb\x00\x7f"), "a\\x1b[2Jb\\x00\\x7f")
        self.assertEqual(tree.printable("\u009b".encode()), "\\x9b")

    def test_lines_and_text_stay(self):
        self.assertEqual(tree.printable("a\tb\nc\u00e9".encode()), "a b\nc\u00e9")


if __name__ == "__main__":
    unittest.main()
