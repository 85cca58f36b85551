"""A small change of one number as text and as a plot: what the gradient predicts beside what happens. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable

from rich.console import Console
from rich.text import Text

from graphtutor.explain import written
from graphtutor.explain.formula import bracketed
from graphtutor.explain.nudging import Nudge, span, window
from graphtutor.explain.words import sentence
from graphtutor.tui.cells import width
from graphtutor.tui.palette import FAINT, GOLD, GRADIENT, SOFT, TEXT, VALUE
from graphtutor.tui.plot import Plot, Point
from graphtutor.tui.scene import DASH

HERE, PREDICTED, ACTUAL = "●", "◇", "◆"
LEAST = 3
"""Rows below which there is no plot."""
BESIDE = 16
"""Columns from which the plot stands beside the words, where there is too little room below them."""
NARROW = 44
"""Columns of the words beside a plot at least."""
HIGHEST = 14
ROUNDING = 1e-15
"""What two float64 numbers may be off by, as a share of the larger."""
LONGEST = 15
"""Digits of a number at most: a float64 has no more."""

Curve = Callable[[float, float], list[Point]]
"""The output between two values of the number."""


def card(found: Nudge, called: str, curve: Curve, lang: str, columns: int, rows: int, console: Console) -> Text:
    """Write the nudge of the number that is called so, on so many columns and rows."""
    title = Text(sentence(lang, "nudge", "title", name=called, epsilon=written(found.epsilon)), f"bold {TEXT}")
    title.append(f"   {HERE} {called} = {written(found.at)}", f"bold {GOLD}")
    numbers = _numbers(found, lang, columns)
    notes = [Text(infinite(found, called, lang), GOLD)] if infinite(found, called, lang) else []
    notes += [
        Text(sentence(lang, "nudge", entry, gates=", ".join(gates)), SOFT)
        for gates, entry in ((found.corners, "corner"), (found.bends, "bend"))
        if gates
    ]
    keys = Text(sentence(lang, "nudge", "keys"), FAINT)
    below = rows - 4 - sum(len(note.wrap(console, max(1, columns))) for note in notes) - 2
    if below >= LEAST or columns < BESIDE + NARROW:
        lines = [title, *numbers, *notes]
        if below >= LEAST and columns > BESIDE:
            lines += _plot(found, curve, columns, min(HIGHEST, below))
        return Text("\n").join([*lines, keys])
    lines = [title, *numbers]
    wide = max(NARROW, *(line.cell_len for line in lines))
    for part in (*notes, keys):  # no part is broken off
        found_room = part.wrap(console, wide)
        if len(lines) + len(found_room) <= rows:
            lines += found_room
    room = columns - wide - 3
    if room < BESIDE:
        return Text("\n").join(lines)
    plot = _plot(found, curve, room, rows)
    text = Text(no_wrap=True)
    for n in range(max(len(lines), len(plot))):
        line = lines[n].copy() if n < len(lines) else Text()
        line.pad_right(wide + 3 - line.cell_len)
        text.append_text(line)
        text.append_text(plot[n] if n < len(plot) else Text())
        text.append("\n")
    text.right_crop(1)
    return text


def infinite(found: Nudge, called: str, lang: str) -> str:
    """Say why there is nothing to compare, where a number is not finite; empty elsewhere."""
    for at, output in ((found.at, found.before), (found.at + found.epsilon, found.after)):
        if not math.isfinite(output):
            return sentence(lang, "nudge", "no_difference", name=called, at=written(at), output=written(output))
    if not math.isfinite(found.gradient):
        return sentence(lang, "nudge", "no_line", gradient=written(found.gradient))
    return ""


def _numbers(found: Nudge, lang: str, columns: int) -> list[Text]:
    digits = enough(found.before, found.after)
    rows = (
        (PREDICTED, "predicted", found.gradient, "*", written(found.epsilon), found.predicted, GRADIENT),
        (ACTUAL, "actual", found.after, "-", written(found.before, digits), found.actual, VALUE),
        (" ", "difference", None, "", "", found.difference, GOLD),
    )
    wide = max(width(sentence(lang, "nudge", entry)) for _, entry, *_ in rows)
    lines = []
    for mark, entry, left, sign, right, result, style in rows:
        word = sentence(lang, "nudge", entry)
        line = Text(f"{mark} ", f"bold {style}")
        line.append(word + " " * (wide - width(word) + 2), FAINT)
        if entry == "predicted":
            line.append(f"{sentence(lang, 'nudge', 'gradient')} ", FAINT)
        sum_ = "" if left is None else f"{written(left, digits if sign == '-' else 4)} {sign} {bracketed(right)} = "
        if line.cell_len + width(sum_ + written(result)) <= columns:
            line.append(sum_, f"bold {style}")
        if entry == "difference" and not math.isfinite(result):
            line.append(DASH, f"bold {style}")
        elif entry == "difference" and abs(result) <= ROUNDING * max(abs(found.before), abs(found.after)):
            line.append(sentence(lang, "nudge", "rounding" if result else "none"), f"bold {style}")
        else:
            line.append(written(result), f"bold {style}")
        lines.append(line)
    return lines


def enough(before: float, after: float) -> int:
    """Return the digits with which two numbers are written so that their difference can be seen in them."""
    apart, size = abs(after - before), max(abs(after), abs(before))
    if not (0 < apart < math.inf) or not math.isfinite(size):
        return 4
    return min(LONGEST, 4 + max(0, math.floor(math.log10(size)) - math.floor(math.log10(apart))))


def _plot(found: Nudge, curve: Curve, columns: int, rows: int) -> list[Text]:
    low, high = window(found.at, found.epsilon)
    points = curve(low, high)
    line = [(x, found.before + found.gradient * (x - found.at)) for x in (low, high)]
    plot = Plot(columns, rows, (low, high), span([y for _, y in [*points, *line]]))
    plot.curve(line, GRADIENT)
    plot.curve(points, VALUE)
    to = found.at + found.epsilon
    plot.mark((to, found.before + found.predicted), PREDICTED, f"bold {GRADIENT}")
    plot.mark((to, found.after), ACTUAL, f"bold {VALUE}")
    plot.mark((found.at, found.before), HERE, f"bold {GOLD}")
    return plot.lines()
