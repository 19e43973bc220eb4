# SPDX-License-Identifier: GPL-2.0
"""Trees of files that look like a target, for the tests."""
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.path.join(os.path.dirname(HERE), "iserstat")
sys.path.insert(0, os.path.dirname(HERE))

IQN = "iqn.2026-11.com.example:disk"
INITIATOR = "iqn.1993-08.org.debian:01:abcdef"

COUNTERS = {
    "sessions": 1, "connections": 2, "logins": 5, "logouts": 4,
    "login_failures_authentication": 2, "login_failures_timeout": 0,
    "endings_transport": 1, "commands_read": 1000, "commands_immediate": 300,
    "commands_solicited": 200, "commands_nodata": 7, "bytes_read": 4096000,
    "bytes_immediate": 1228800, "bytes_solicited": 13107200, "rx_pdus": 1600,
    "tx_pdus": 1590, "rdma_writes": 1000, "rdma_reads": 200, "rejects": 3,
    "check_conditions": 0, "nopin_sent": 11, "novelty": 42,
}
LATENCY = {
    "read": {"submit": [900, 100], "backend": [0, 0, 0, 0, 0, 500, 500],
             "send": [0, 0, 0, 1000], "total": [0, 0, 0, 0, 0, 0, 900, 90, 9, 1]},
    "immediate": {"submit": [300], "total": [0, 0, 300]},
    "solicited": {"rdma_read": [0, 0, 200], "total": [0] * 24 + [200]},
}
INFO = f"""InitiatorName: {INITIATOR}
InitiatorAlias: left rack
LIO Session ID: 5   ISID: 0x00 02 3d 00 00 01  TSIH: 9  SessionType: Normal
Session State: TARG_SESS_STATE_LOGGED_IN
ExpCmdSN: 0x00000010  MaxCmdSN: 0x0000004f  Window: 64
CID: 0  Connection State: TARG_CONN_STATE_LOGGED_IN
   Address 10.0.0.2 iSER  StatSN: 0x00000011
"""
CONNECTION = {
    "id": 5, "target": IQN, "tpg": 1, "initiator": INITIATOR, "alias": "left rack",
    "initiator_address": "10.0.0.2:51234", "target_address": "10.0.0.1:3260",
    "device": "rxe0", "port": 1, "qp": 17, "state": "LOGGED_IN",
    "session_type": "normal", "tsih": 9, "isid": "00023d000001", "cid": 0,
    "authentication": "chap", "authentication_algorithm": "SHA-256",
    "age_seconds": 3725, "key_MaxBurstLength": 262144, "key_HeaderDigest": "None",
    "queue_depth": 64, "queue_used": 3, "queue_max_used": 32,
    "commands_read": 1000, "bytes_read": 4096000, "rejects": 1,
    "latency_read total": "0 0 0 0 0 0 1000",
}


def lines(items):
    """The text of a file of names and values."""
    return "".join(f"{name} {value}\n" for name, value in items.items())


class Fake:
    """A root directory with a target in it, as the kernel would show it."""

    def __init__(self, fabric="iser"):
        self.root = tempfile.mkdtemp(prefix="iserstat-test.")
        self.fabric = fabric
        self.base = f"/sys/kernel/config/target/{fabric}"
        self.tpg = f"{self.base}/{IQN}/tpgt_1"
        self.conn = "/sys/kernel/debug/tcm_iser/conn"

    def close(self):
        """Remove it."""
        shutil.rmtree(self.root)

    def write(self, name, content):
        """A file, with the directories above it."""
        path = self.root + name
        os.makedirs(os.path.dirname(path), exist_ok=True)
        data = content if isinstance(content, bytes) else content.encode()
        with open(path, "wb") as file:
            file.write(data)

    def remove(self, name):
        """A file or everything below a directory."""
        path = self.root + name
        shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)

    def module(self):
        """Loaded, nothing configured."""
        self.write("/sys/module/tcm_iser/version", "0.1\n")
        self.write("/sys/module/tcm_iser/parameters/latency_sample", "16\n")
        os.makedirs(self.root + "/sys/kernel/config/target", exist_ok=True)
        return self

    def counters(self, version=1, **changes):
        """The group's counters, some of them changed."""
        head = "" if version is None else f"version {version}\n"
        self.write(self.tpg + "/counters", head + lines({**COUNTERS, **changes}))

    def latency(self, kind, **stages):
        """One class of the group's histograms."""
        self.write(f"{self.tpg}/latency_{kind}", "".join(
            f"{stage} {' '.join(map(str, counts))}\n" for stage, counts in stages.items()))

    def group(self):
        """A target with a session."""
        self.module()
        self.write(self.base + "/version", "tcm_iser 0.1\n")
        self.write(self.base + "/discovery_auth/userid", "NULL\n")
        self.write(self.tpg + "/enable", "1\n")
        self.counters()
        for kind, stages in LATENCY.items():
            self.latency(kind, **stages)
        self.write(f"{self.tpg}/acls/{INITIATOR}/info", INFO)
        self.write(f"{self.tpg}/acls/{INITIATOR}/param/MaxBurstLength", "262144\n")
        self.write(f"{self.tpg}/acls/iqn.2026-11.com.example:idle/info",
                   "No active iSCSI Session for Initiator Endpoint: x\n")
        self.write(self.tpg + "/dynamic_sessions", b"iqn.2026-11.com.example:guest\0")
        if self.fabric != "iser":
            self.write("/sys/module/tcm_iser/parameters/fabric", self.fabric + "\n")
        return self

    def connection(self, number=5, **changes):
        """What root sees of a connection."""
        self.write("/sys/kernel/debug/tcm_iser/version", "1\n")
        self.write(f"{self.conn}/{number}", lines({**CONNECTION, "id": number, **changes}))
        return self

    def device(self, **counters):
        """Counters of an RDMA device."""
        for name, value in {"sent_pkts": 10, "lifespan": 10, **counters}.items():
            self.write(f"/sys/class/infiniband/rxe0/ports/1/hw_counters/{name}", f"{value}\n")
        return self

    def everything(self):
        """All of the above."""
        return self.group().connection().device(rcvd_rnr_err=4)

    def run(self, *words, **options):
        """The program: (status, stdout, stderr)."""
        done = subprocess.run([sys.executable, PROGRAM, "--root", self.root, *words],
                              capture_output=True, timeout=120, check=False, **options)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def run_as(self, user, *words):
        """The same as another user, who may not reach the interpreter's files:
        a child that has loaded them already."""
        from iserstatlib import cli
        names = [self.root + "/stdout", self.root + "/stderr"]
        for name in names:
            open(name, "wb").close()
        pid = os.fork()
        if pid == 0:
            for number, name in enumerate(names, 1):
                os.dup2(os.open(name, os.O_WRONLY), number)
            os.setgroups([])
            os.setuid(user)
            os._exit(cli.main(["--root", self.root, *words]))
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        texts = []
        for name in names:
            with open(name, encoding="utf-8") as file:
                texts.append(file.read())
        return status, *texts
