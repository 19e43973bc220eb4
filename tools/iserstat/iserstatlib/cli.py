# SPDX-License-Identifier: GPL-2.0
"""Command line, modes and exit statuses."""
import argparse
import json
import math
import os
import shutil
import signal
import sys
import time

from . import VERSION
from .document import document
from .metrics import exposition, write_atomically
from .rates import Interval
from .sample import (MISMATCH, NO_OUTPUT, NOTHING, OK, Unavailable, collect)
from .text import Options, picture
from .tree import Tree

WIDTH = 100


def seconds(word):
    """argparse type: a time that can be slept."""
    value = float(word)
    if not math.isfinite(value) or not 0.05 <= value <= 86400:
        raise argparse.ArgumentTypeError("must be 0.05 to 86400 seconds")
    return value


def positive(word):
    """argparse type: an amount."""
    value = int(word)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value


def parse_arguments(words):
    """The command line; ends the program with status 2 if it is wrong."""
    parser = argparse.ArgumentParser(
        prog="iserstat", description="Shows what the iSER target tcm_iser is doing.",
        epilog="iserstat(8) describes it all.")
    parser.add_argument("mode", nargs="?", choices=("once", "watch", "top"),
                        default="once", help="one picture (default), one after the "
                        "other, or a screen of them")
    parser.add_argument("-i", "--interval", type=seconds, default=1.0, metavar="SECONDS",
                        help="what rates are taken over (default 1)")
    parser.add_argument("-n", "--count", type=positive, metavar="N",
                        help="end after this many pictures")
    parser.add_argument("-t", "--totals", action="store_true",
                        help="sums since each group was made, without waiting")
    parser.add_argument("-s", "--stages", action="store_true",
                        help="latency of each stage of a command")
    parser.add_argument("-c", "--connections", action="store_true",
                        help="rates, latency and events of each connection")
    parser.add_argument("-d", "--details", action="store_true",
                        help="negotiated values and all that is known of a connection")
    parser.add_argument("-w", "--wide", action="store_true",
                        help="shorten nothing, however long the lines")
    parser.add_argument("-T", "--target", metavar="TEXT",
                        help="only targets whose name contains TEXT")
    parser.add_argument("-j", "--json", action="store_true", help="a JSON document a line")
    parser.add_argument("-m", "--openmetrics", action="store_true",
                        help="totals for node_exporter's textfile collector")
    parser.add_argument("-o", "--output", metavar="FILE",
                        help="with --openmetrics: write FILE, all of it or nothing")
    parser.add_argument("--root", metavar="DIR", default=os.environ.get("ISERSTAT_ROOT", "/"),
                        help="find /sys below DIR; also $ISERSTAT_ROOT")
    parser.add_argument("--version", action="version", version="iserstat " + VERSION)
    arguments = parser.parse_args(words)
    _refuse(parser, arguments)
    return arguments


def _refuse(parser, arguments):
    if arguments.json and arguments.openmetrics:
        parser.error("--json and --openmetrics exclude each other")
    if arguments.output and not arguments.openmetrics:
        parser.error("--output is for --openmetrics")
    if arguments.openmetrics and arguments.mode != "once":
        parser.error("--openmetrics is for one look, without a mode")
    if arguments.mode == "top" and (arguments.json or arguments.totals):
        parser.error("top goes with neither --json nor --totals")


class Source:
    """Intervals of a tree, one after the other."""

    def __init__(self, arguments):
        self._tree = Tree(arguments.root)
        self._target = arguments.target
        self._last = None

    def sample(self):
        """Look, and remember it as the beginning of the next interval."""
        self._last = collect(self._tree, self._target)
        return self._last

    def next_interval(self, totals=False):
        """From the last sample to now; totals: from the beginning to now."""
        before = self._last
        return Interval(None if totals else before, self.sample())


class Reporter:
    """Writes pictures, and each note once, on stderr."""

    def __init__(self, arguments):
        self._arguments = arguments
        self._said = set()
        self._first = True

    def show(self, interval):
        """One picture."""
        if self._arguments.json:
            print(json.dumps(document(interval)))
        else:
            lines = picture(interval, self.options())
            print("\n".join(lines if self._first else ["", *lines]))
        self._first = False
        sys.stdout.flush()
        self.notes(interval.now)

    def notes(self, sample):
        """What the user should know, but for JSON, which has them itself."""
        lines = [] if self._arguments.json else list(sample.notes)
        lines += [sample.mismatch] if sample.mismatch else []
        for line in lines:
            if line not in self._said:
                self._said.add(line)
                complain(line)

    def options(self):
        """What belongs into a picture."""
        width = shutil.get_terminal_size((WIDTH, 0)).columns if sys.stdout.isatty() else WIDTH
        return Options(10 ** 6 if self._arguments.wide else max(width, 60),
                       self._arguments.stages, self._arguments.connections,
                       self._arguments.details)


def complain(message):
    """One line on stderr."""
    print(f"iserstat: {message}", file=sys.stderr, flush=True)


def status_of(sample):
    """The exit status for what was read."""
    return MISMATCH if sample.mismatch else OK


def once_or_watch(arguments, source, reporter):
    """Pictures; returns the exit status."""
    count = arguments.count or (1 if arguments.mode == "once" else None)
    due = time.monotonic()
    sample, shown = None, 0
    if not arguments.totals:
        sample = source.sample()
    while count is None or shown < count:
        hopeless = sample is not None and sample.mismatch and count == 1
        if shown or not (arguments.totals or hopeless):
            due = max(due + arguments.interval, time.monotonic())
            time.sleep(max(0.0, due - time.monotonic()))
        interval = source.next_interval(arguments.totals)
        sample = interval.now
        reporter.show(interval)
        shown += 1
    return status_of(sample)


def openmetrics(arguments, source, reporter):
    """The text, to stdout or a file; returns the exit status."""
    sample = reason = None
    try:
        sample = source.sample()
    except Unavailable as error:
        reason = error
    text = exposition(sample)
    if arguments.output:
        write_atomically(arguments.output, text)
    else:
        print(text, end="", flush=True)
    if sample is None:
        raise reason
    reporter.notes(sample)
    return status_of(sample)


def top(arguments, source, reporter):
    """The screen, or watch where there is none; returns the exit status."""
    sample = source.sample()
    if sys.stdin.isatty() and sys.stdout.isatty():
        try:
            from . import screen
        except ImportError:
            screen = None
        if screen and screen.usable():
            screen.run(source, reporter.options(), arguments.interval)
            return status_of(sample)
    complain("no terminal for top: watching instead")
    return once_or_watch(arguments, source, reporter)


def dispatch(arguments):
    """Run the mode that was asked for; returns the exit status."""
    source, reporter = Source(arguments), Reporter(arguments)
    if arguments.openmetrics:
        return openmetrics(arguments, source, reporter)
    if arguments.mode == "top":
        arguments.mode = "watch"
        return top(arguments, source, reporter)
    return once_or_watch(arguments, source, reporter)


def main(words=None):
    """The program; returns its exit status. See iserstat(8)."""
    # A reader that has seen enough ends us, silently, as it does any filter.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    _prepare_streams()
    arguments = None
    try:
        arguments = parse_arguments(words)
        return dispatch(arguments)
    except SystemExit:
        return _end_of_usage(sys.exc_info()[1].code)
    except Unavailable as reason:
        complain(reason)
        return NOTHING
    except KeyboardInterrupt:
        return OK if arguments and arguments.mode != "once" else 130
    except OSError as error:
        return _cannot_write(error)


def _prepare_streams():
    """Streams that exist, even when the caller closed them, and take any text."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))
    sys.stdout.reconfigure(errors="backslashreplace")
    sys.stderr.reconfigure(errors="backslashreplace")


def _end_of_usage(status):
    """argparse has answered; its answer may be what cannot be written."""
    try:
        sys.stdout.flush()
    except OSError as error:
        return _cannot_write(error)
    return status


def _cannot_write(error):
    """Say so; what is left in the buffer must not fail again at exit."""
    complain(f"cannot write {error.filename or 'the output'}: {error.strerror}")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return NO_OUTPUT
