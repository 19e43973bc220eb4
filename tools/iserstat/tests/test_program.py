# SPDX-License-Identifier: GPL-2.0
"""The program on trees that lack something, change, or vanish, and on the
terminals and pipes it is given. Whatever happens: no traceback, one line."""
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import threading
import time
import unittest

import fake


class Program(unittest.TestCase):
    """Each test has its own tree."""

    def setUp(self):
        self.fake = fake.Fake()
        self.addCleanup(self.fake.close)

    def check(self, status, pattern, *words, **options):
        """Status, and exactly one line on stderr (none for no pattern)."""
        actual, out, err = self.fake.run(*words, **options)
        self.assertNotIn("Traceback", err)
        self.assertEqual(actual, status, err)
        self.assertEqual(len(err.splitlines()), 1 if pattern else 0, err)
        if pattern:
            self.assertRegex(err, pattern)
        return out

    def start(self, *words, **options):
        """The program, beside the test."""
        return subprocess.Popen([sys.executable, fake.PROGRAM, "--root", self.fake.root, *words],
                                stderr=subprocess.PIPE, **options)

    # What is missing

    def test_no_module(self):
        for words in ((), ("--json",), ("watch",), ("top",), ("--totals",)):
            self.assertEqual(self.check(3, "tcm_iser is not loaded", *words), "")

    def test_no_configfs(self):
        self.fake.module()
        self.fake.remove("/sys/kernel")
        self.check(3, "configfs is not mounted")

    def test_nothing_configured(self):
        self.fake.module().connection()
        self.fake.remove(self.fake.conn + "/5")
        self.assertIn("0 targets", self.check(0, "nothing is configured", "-t"))

    def test_older_module(self):
        for version in None, 0:
            self.fake.everything().counters(version=version)
            out = self.check(4, "older than iserstat", "-t")
            self.assertIn("LOGGED_IN", out)
            self.assertNotIn("IOPS", out)

    def test_module_without_counters(self):
        self.fake.everything()
        self.fake.remove(self.fake.tpg + "/counters")
        self.assertIn(fake.INITIATOR, self.check(4, "older than iserstat"))

    def test_counters_that_cannot_be_read(self):
        self.fake.everything()
        self.fake.remove(self.fake.tpg + "/counters")
        os.mkdir(self.fake.root + self.fake.tpg + "/counters")
        self.check(0, "", "watch", "-n", "2", "-i", "0.05")

    def test_newer_module(self):
        self.fake.everything().counters(version=2)
        self.assertIn("10.0.0.2", self.check(4, "a newer iserstat is needed"))

    def test_json_of_a_newer_module(self):
        self.fake.everything().counters(version=2)
        document = json.loads(self.check(4, "newer iserstat", "--json"))
        self.assertRegex(document["notes"][0], "newer iserstat")
        self.assertEqual(document["targets"][0]["counters"], {})
        self.assertEqual(len(document["sessions"]), 2)

    def test_no_debugfs(self):
        self.fake.group()
        out = self.check(0, "debugfs is not mounted" if os.geteuid() == 0 else "root also",
                         "-t")
        self.assertRegex(out, r"read +1000 ")
        self.assertRegex(out, "abcdef +10.0.0.2 +LOGGED_IN +9 +64")
        self.assertRegex(out, r"guest +- +\(no ACL\)")

    def test_debugfs_without_the_module(self):
        self.fake.group().write("/sys/kernel/debug/other/file", "")
        self.check(0, "conn is missing" if os.geteuid() == 0 else "root also", "-t")

    def test_not_root(self):
        if os.geteuid() != 0:
            self.skipTest("the test is not root itself")
        self.fake.everything()
        os.chmod(self.fake.root, 0o755)
        os.chmod(self.fake.root + "/sys/kernel/debug", 0o700)
        status, out, err = self.fake.run_as(65534, "-t")
        self.assertEqual(status, 0)
        self.assertRegex(err, "^iserstat: root also sees device.*\n$")
        self.assertRegex(out, r"read +1000 ")
        self.assertRegex(out, "abcdef +10.0.0.2 +LOGGED_IN")

    def test_a_note_is_said_once(self):
        self.fake.group()
        self.check(0, "", "watch", "--json", "-n", "2", "-i", "0.05")
        self.check(0, "debugfs|root", "watch", "-n", "3", "-i", "0.05")

    def test_openmetrics_without_a_module(self):
        path = self.fake.root + "/x.prom"
        self.check(3, "not loaded", "--openmetrics", "--output", path)
        with open(path, encoding="utf-8") as file:
            self.assertRegex(file.read(), r"(?s)\ntcm_iser_up 0\n# EOF\n$")

    def test_openmetrics_of_a_newer_module(self):
        self.fake.everything().counters(version=2)
        out = self.check(4, "newer iserstat", "--openmetrics")
        self.assertIn("\ntcm_iser_up 0\n", out)
        self.assertNotIn("commands", out)

    # Command lines

    def test_wrong_usage(self):
        for words in (("--interval", "0"), ("-i", "nan"), ("-i", "soon"), ("-n", "0"),
                      ("--json", "--openmetrics"), ("--output", "x"), ("sideways",),
                      ("top", "--json"), ("watch", "--openmetrics")):
            status, out, err = self.fake.run(*words)
            self.assertEqual((status, out), (2, ""), words)
            self.assertIn("iserstat: error:", err)

    def test_manual_page_has_every_option(self):
        path = os.path.join(fake.HERE, "../../../Documentation/man/iserstat.8")
        with open(path, encoding="utf-8") as file:
            page = file.read()
        _, usage, _ = self.fake.run("--help")
        for option in set(re.findall(r"--([a-z]+)", usage)) - {"help"}:
            self.assertRegex(page, rf"\.It Fl (. , Fl )?Fl {option}\b")

    def test_root_by_environment(self):
        self.fake.everything()
        done = subprocess.run([sys.executable, fake.PROGRAM, "-t"], capture_output=True,
                              env={**os.environ, "ISERSTAT_ROOT": self.fake.root}, check=True)
        self.assertIn(fake.IQN.encode(), done.stdout)

    def test_installed_as_a_link(self):
        self.fake.everything()
        link = self.fake.root + "/iserstat"
        os.symlink(fake.PROGRAM, link)
        subprocess.run([sys.executable, link, "--version"], check=True, capture_output=True)

    # What changes meanwhile

    def test_rates(self):
        self.fake.everything()
        process = self.start("watch", "--json", "-i", "0.3", stdout=subprocess.PIPE)
        with process:
            json.loads(process.stdout.readline())
            self.fake.counters(commands_read=1600, bytes_read=4096000 + 600 * 4096)
            self.fake.latency("read", total=[0, 0, 0, 0, 0, 0, 900, 90, 9, 601])
            documents = [json.loads(process.stdout.readline()) for _ in range(3)]
            process.kill()
        targets = [document["targets"][0] for document in documents]
        changed = [target for target in targets if target["changes"]["commands_read"]]
        self.assertEqual(len(changed), 1)
        read = changed[0]["classes"]["read"]
        self.assertEqual((read["commands"], read["bytes"]), (600, 600 * 4096))
        self.assertAlmostEqual(read["iops"] * changed[0]["interval_seconds"], 600)

    def test_counters_that_go_back(self):
        self.fake.everything()
        process = self.start("watch", "--json", "-i", "0.2", "-n", "3", stdout=subprocess.PIPE)
        with process:
            json.loads(process.stdout.readline())
            self.fake.counters(commands_read=10, rejects=0)
            for line in process.stdout:
                for target in json.loads(line)["targets"]:
                    self.assertGreaterEqual(min(target["changes"].values()), 0)
            self.assertEqual(process.wait(), 0)

    def test_everything_vanishes_while_it_is_read(self):
        stop = threading.Event()

        def tremble():
            while not stop.is_set():
                self.fake.everything()
                for name in ("/sys/kernel/debug/tcm_iser/conn", self.fake.tpg + "/acls",
                             self.fake.base, "/sys/class/infiniband"):
                    self.fake.remove(name)
        self.fake.everything()
        thread = threading.Thread(target=tremble)
        thread.start()
        try:
            process = self.start("watch", "-c", "-d", "-s", "-i", "0.05", "-n", "20",
                                 stdout=subprocess.DEVNULL)
            error = process.communicate(timeout=120)[1].decode()
        finally:
            stop.set()
            thread.join()
        self.assertNotIn("Traceback", error)
        self.assertIn(process.returncode, (0, 4), error)

    def test_module_goes_while_watched(self):
        self.fake.everything()
        with self.start("watch", "-i", "0.1", stdout=subprocess.PIPE) as process:
            process.stdout.readline()
            self.fake.remove("/sys/module")
            process.stdout.read()
            self.assertEqual(process.wait(), 3)
            self.assertIn(b"not loaded", process.stderr.read())

    # Where it writes to

    def test_reader_goes_away(self):
        self.fake.everything()
        with self.start("watch", "-i", "0.05", stdout=subprocess.PIPE) as process:
            process.stdout.readline()
            process.stdout.close()
            self.assertEqual(process.wait(), -signal.SIGPIPE)
            self.assertEqual(process.stderr.read(), b"")

    def test_no_room(self):
        self.fake.everything()
        for words in ("-t",), ("-t", "-j"), ("-m",):
            with open("/dev/full", "wb") as full:
                with self.start(*words, stdout=full) as process:
                    self.assertEqual(process.wait(), 1, words)
                    self.assertRegex(process.stderr.read(), b"^iserstat: cannot write .*\n$")

    def test_output_that_cannot_be_written(self):
        self.fake.everything()
        self.check(1, "cannot write .*No such file", "--openmetrics", "--output",
                   self.fake.root + "/no/such/x.prom")

    def test_output_that_is_a_directory(self):
        self.fake.everything()
        os.mkdir(self.fake.root + "/d.prom")
        self.check(1, "cannot write", "--openmetrics", "--output", self.fake.root + "/d.prom")
        self.assertEqual([name for name in os.listdir(self.fake.root) if "tmp" in name], [])

    def test_closed_streams(self):
        self.fake.everything()
        command = f"exec {sys.executable} {fake.PROGRAM} --root {self.fake.root} -t <&- >&- 2>&-"
        self.assertEqual(subprocess.run(["sh", "-c", command], check=False).returncode, 0)

    def interrupted(self, after, *words):
        """Status and complaints of a program that is interrupted. Where tests run in
        the background the signal is ignored, and so it would be here."""
        default = lambda: signal.signal(signal.SIGINT, signal.default_int_handler)
        with self.start(*words, "-i", "60", stdout=subprocess.DEVNULL,
                        preexec_fn=default) as process:
            time.sleep(after)
            process.send_signal(signal.SIGINT)
            return process.wait(), process.stderr.read()

    def test_interrupt(self):
        self.fake.everything()
        for words, status in (((), 130), (("watch",), 0)):
            # Python itself complains when it has not come to the program yet.
            for after in (1, 4, 16):
                found = self.interrupted(after, *words)
                if found == (status, b""):
                    break
            self.assertEqual(found, (status, b""))

    def test_top_without_a_terminal(self):
        self.fake.everything()
        out = self.check(0, "no terminal", "top", "-n", "2", "-i", "0.05",
                         stdin=subprocess.DEVNULL)
        self.assertEqual(out.count("tcm_iser 0.1"), 2)

    def on_terminal(self, keys, wanted, term="xterm"):
        """top on a pseudo terminal: what it shows, after each of keys; ends
        when wanted has been seen and q was sent."""
        pid, terminal = pty.fork()
        if pid == 0:
            environment = {**os.environ, "TERM": term, "LINES": "40", "COLUMNS": "110"}
            os.execve(sys.executable, [sys.executable, fake.PROGRAM, "--root", self.fake.root,
                                       "top", "-i", "0.1", "-n", "3"], environment)
        shown, deadline = b"", time.monotonic() + 60
        for key, text in zip([*keys, "q"], wanted):
            while text not in shown and time.monotonic() < deadline:
                if select.select([terminal], [], [], 0.1)[0]:
                    try:
                        shown += os.read(terminal, 65536)
                    except OSError:
                        break
            self.assertIn(text, shown)
            if term != "dumb":
                os.write(terminal, key.encode())
        _, status = os.waitpid(pid, 0)
        os.close(terminal)
        return os.waitstatus_to_exitcode(status)

    def test_top(self):
        self.fake.everything()
        self.assertEqual(self.on_terminal("td", [b"IOPS", b"commands", b"MaxBurstLength"]), 0)

    def test_top_of_a_terminal_that_can_do_nothing(self):
        self.fake.everything()
        self.assertEqual(self.on_terminal("", [b"no terminal for top"], "dumb"), 0)


if __name__ == "__main__":
    unittest.main()
