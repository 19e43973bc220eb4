# SPDX-License-Identifier: GPL-2.0
"""Figures as people read them, and tables that fit. ASCII, for any terminal."""

# Microseconds at which the last bucket of a histogram begins; it has no end.
LONGEST = 1 << 23


def count(value):
    """An amount: 950, 12345, 123k, 4.56M; - for None."""
    if value is None:
        return "-"
    for least, scale, unit in ((1e12, 1e12, "T"), (1e9, 1e9, "G"), (1e6, 1e6, "M"),
                               (1e5, 1e3, "k")):
        if value >= least:
            return _three(value / scale) + unit
    return f"{value:.1f}" if isinstance(value, float) and value < 9.95 else f"{value:.0f}"


def _three(value):
    """Three significant digits."""
    if value < 9.995:
        return f"{value:.2f}"
    return f"{value:.1f}" if value < 99.95 else f"{value:.0f}"


def size(value, suffix=""):
    """Bytes: 512 B, 1.25 MiB; suffix may be /s."""
    if value is None:
        return "-"
    for unit in ("B", "KiB", "MiB", "GiB", "TiB"):
        if value < 1023.5 or unit == "TiB":
            break
        value /= 1024
    text = f"{value:.0f}" if unit == "B" else _three(value)
    return f"{text} {unit}{suffix}"


def latency(value):
    """Microseconds: 0.5 us, 85 us, 1.25 ms, 3.10 s."""
    if value is None:
        return "-"
    if value >= LONGEST:
        return f"> {LONGEST / 1e6:.1f} s"
    if value < 10:
        return f"{value:.1f} us"
    if value < 999.5:
        return f"{value:.0f} us"
    if value < 999500:
        return _three(value / 1e3) + " ms"
    return _three(value / 1e6) + " s"


def age(seconds):
    """12s, 4m10s, 3h05m, 2d04h."""
    if seconds is None:
        return "-"
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    if days:
        return f"{days}d{hour:02d}h"
    if hours:
        return f"{hours}h{minute:02d}m"
    return f"{minutes}m{second:02d}s" if minutes else f"{second}s"


def shorten(text, width):
    """At most width characters; the end of a name tells more than its beginning."""
    if len(text) <= width:
        return text
    head = max(0, (width - 2) // 4)
    tail = max(0, width - 2 - head)
    return (text[:head] + ".." + (text[-tail:] if tail else ""))[:width]


def wrap(words, width, indent):
    """Words in lines of at most width behind an indent; two blanks between."""
    lines, line = [], ""
    for word in words:
        if line and len(indent) + len(line) + 2 + len(word) > width:
            lines.append(indent + line)
            line = ""
        line += ("  " if line else "") + word
    return lines + [indent + line] if line else lines


def table(titles, rows, width, elastic=(), left=(0,), least=(), indent="  "):
    """Lines of a table; columns in elastic give way, in that order, until it
    fits width; those in left are flush left, the others flush right; least has
    the widths that the columns have at least."""
    cells = [list(titles), *[list(row) for row in rows]]
    least = [*least, *[0] * (len(titles) - len(least))]
    widths = [max(least[i], *[len(row[i]) for row in cells]) for i in range(len(titles))]
    excess = len(indent) + sum(widths) + 2 * (len(widths) - 1) - width
    for i in elastic:
        give = max(0, min(excess, widths[i] - max(12, len(titles[i]))))
        widths[i] -= give
        excess -= give
    lines = []
    for row in cells:
        parts = [_cell(text, widths[i], i in left) for i, text in enumerate(row)]
        lines.append((indent + "  ".join(parts)).rstrip())
    return lines


def _cell(text, width, left):
    text = shorten(text, width)
    return text.ljust(width) if left else text.rjust(width)
