# SPDX-License-Identifier: GPL-2.0
"""The view that stays: the picture on a whole terminal, with keys.

next_interval(), which the caller gives, looks at the target; it may say that
there is nothing to see.
"""
import curses
import time

from .sample import Unavailable
from .text import Options, picture

HELP = "q quit  s stages  c connections  d details  t totals/rates  +/- interval  arrows scroll"
FIRST_INTERVAL = 0.5
KEYS = {"s": "stages", "c": "connections", "d": "details"}


class Top:
    """State of the view."""

    def __init__(self, window, source, options, seconds):
        self.window = window
        self.source = source
        self.options = Options(options.width, options.stages, options.connections,
                               options.details)
        self.seconds = seconds
        self.totals = False
        self.offset = 0
        self.lines = ["looking ..."]
        self.interval = None

    def run(self):
        """Until q; KeyboardInterrupt is the caller's."""
        self._hide_cursor()
        self._look(True)
        due = time.monotonic() + min(FIRST_INTERVAL, self.seconds)
        while True:
            self._draw()
            left = max(0.0, due - time.monotonic())
            self.window.timeout(max(1, int(left * 1000)))
            if not self._key(self.window.getch()):
                return
            if time.monotonic() >= due:
                self._look()
                due = max(due + self.seconds, time.monotonic())

    def _hide_cursor(self):
        try:
            curses.curs_set(0)
        except curses.error:
            pass

    def _look(self, totals=False):
        try:
            self.interval = self.source.next_interval(totals or self.totals)
        except Unavailable as reason:
            self.interval = None
            self.lines = [f"iserstat: {reason}"]

    def _key(self, code):
        """False for the end."""
        key = chr(code) if 0 <= code < 128 else ""
        rows = self.window.getmaxyx()[0]
        if key in ("q", "Q", "\x1b"):
            return False
        if key in KEYS:
            setattr(self.options, KEYS[key], not getattr(self.options, KEYS[key]))
        elif key == "t":
            self.totals = not self.totals
            self._look()
        elif key == "+":
            self.seconds = min(60.0, self.seconds * 2)
        elif key == "-":
            self.seconds = max(0.25, self.seconds / 2)
        moves = {curses.KEY_DOWN: 1, curses.KEY_UP: -1, curses.KEY_NPAGE: rows - 3,
                 curses.KEY_PPAGE: 3 - rows}
        self.offset = max(0, self.offset + moves.get(code, 0))
        return True

    def _draw(self):
        rows, columns = self.window.getmaxyx()
        self.options.width = max(20, columns - 1)
        if self.interval is not None:
            self.lines = picture(self.interval, self.options)
            self.lines += ["", *self.interval.now.notes] if self.interval.now.notes else []
            if self.interval.now.mismatch:
                self.lines += ["", self.interval.now.mismatch]
        self.offset = min(self.offset, max(0, len(self.lines) - rows + 1))
        self.window.erase()
        for row, line in enumerate(self.lines[self.offset:self.offset + rows - 1]):
            heading = bool(line) and not line.startswith(" ")
            self._put(row, line, curses.A_BOLD if heading else curses.A_NORMAL)
        self._put(rows - 1, f"{HELP}  ({self.seconds:g} s)", curses.A_REVERSE)
        self.window.refresh()

    def _put(self, row, line, attribute):
        try:
            self.window.addstr(row, 0, line[:self.window.getmaxyx()[1] - 1], attribute)
        except curses.error:
            pass  # the window has become smaller in between


def usable():
    """Does this terminal have what curses needs?"""
    try:
        curses.setupterm()
        return bool(curses.tigetstr("cup"))
    except (curses.error, TypeError):
        return False


def run(source, options, seconds):
    """The view until the user has seen enough."""
    curses.wrapper(lambda window: Top(window, source, options, seconds).run())
