"""Sliders for the inputs: ranges, steps, how a slider and a list of them are drawn. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text

from graphtutor.explain import written
from graphtutor.graph.text import element_text
from graphtutor.tui.cells import clip, width
from graphtutor.tui.palette import FAINT, GOLD, GRADIENT, SOFT, TEXT, VALUE

LEAST = 1.0
LARGEST = 1e300
"""A slider reaches at least, and at most, so far to both sides of zero."""
MARGIN = 1.5
"""How much further than a number beyond its end a slider is made to reach."""
MORE = {(False, False): " ", (True, False): "▴", (False, True): "▾", (True, True): "↕"}
"""What tells, beside the first and the last slider in sight, of more above and below."""
NAME, NUMBER = 12, 11
"""Columns for a name at most, and for a number."""


@dataclass(frozen=True, slots=True)
class Slider:
    """One number of an input, and the range around zero in which it is moved."""

    name: str
    element: tuple[int, ...]
    """An index of the input's array; `()` of a number."""
    reach: float
    """The range is from `-reach` to `reach`."""

    @property
    def label(self) -> str:
        """The name, with the index where it is an array."""
        return element_text(self.name, self.element)

    @property
    def step(self) -> float:
        """A fine step: a hundredth of the way from zero to the end."""
        return self.reach / 100

    def holding(self, number: float) -> Slider:
        """Return the slider, made to reach further where the number is beyond its end."""
        if not math.isfinite(number) or abs(number) <= self.reach:
            return self
        return Slider(self.name, self.element, rounded_up(MARGIN * abs(number)))

    def further(self) -> Slider:
        """Return the slider, made to reach about twice as far."""
        return Slider(self.name, self.element, rounded_up(1.5 * self.reach))

    def stepped(self, number: float, steps: int) -> float:
        """Return the number so many fine steps further; from a number that is not finite, from zero."""
        return tidy((number if math.isfinite(number) else 0.0) + steps * self.step)

    def column_of(self, number: float, columns: int) -> int:
        """Return the column, of so many, in which a number stands."""
        part = (min(self.reach, max(-self.reach, number)) / self.reach + 1) / 2
        return round(part * (columns - 1))

    def number_at(self, column: int, columns: int) -> float:
        """Return the number that stands in a column, a whole number of fine steps; beside the slider, its end."""
        part = min(1.0, max(0.0, column / (columns - 1)))
        return tidy(round((2 * part - 1) * 100) * self.step)


def slider(name: str, element: tuple[int, ...], number: float) -> Slider:
    """Return the slider of a number: it reaches about twice as far as the number, to both sides of zero."""
    return Slider(name, element, rounded_up(2 * abs(number) if math.isfinite(number) else LEAST))


def rounded_up(reach: float) -> float:
    """Return the next number, from 1 on, of 1, 2, 5, 10, 20, 50 ..."""
    reach = min(LARGEST, max(LEAST, reach))
    ten = math.floor(math.log10(reach))
    return next(nice for nice in (float(f"{digit}e{ten}") for digit in (1, 2, 5, 10, 20)) if nice >= reach)


def tidy(number: float) -> float:
    """Return the number without what adding up decimals leaves behind: 0.3, not 0.30000000000000004."""
    return float(f"{number:.12g}") + 0.0


def bar(slider: Slider, number: float, columns: int, chosen: bool) -> Text:
    """Draw a slider: from zero, marked in its middle, to the number. Of a number that is not finite only the line."""
    zero = slider.column_of(0.0, columns)
    at = slider.column_of(number, columns) if math.isfinite(number) else None
    text = Text()
    for column in range(columns):
        if column == at:
            text.append("●", f"bold {GOLD}" if chosen else f"bold {TEXT}")
        elif at is not None and min(at, zero) <= column <= max(at, zero):
            text.append("┿" if column == zero else "━", VALUE)
        else:
            text.append("┼" if column == zero else "─", SOFT if column == zero else FAINT)
    return text


@dataclass(frozen=True, slots=True)
class Row:
    """What is shown of one slider."""

    slider: Slider
    number: float
    gradient: object
    """The output's gradient with respect to the number; `None` where none arrives."""


@dataclass(frozen=True, slots=True)
class Board:
    """A list of sliders as it stands on the screen, with where to take hold of them."""

    text: Text
    first: int
    """The position of the first slider in sight."""
    top: int
    """The line on which it stands."""
    count: int
    """How many are in sight."""
    left: int
    columns: int
    """Where the bars begin, and how long they are."""

    def row_at(self, y: int) -> int | None:
        """Return the position of the slider on a line; `None` where there is none."""
        return self.first + y - self.top if 0 <= y - self.top < self.count else None


def board(
    rows: Sequence[Row], at: int, typed: str, title: Text, words: tuple[str, str], columns: int, lines: int
) -> Board:
    """Draw as many sliders as fit on so many lines, the one at `at` among them.

    The title stands on the first line, where there is room with the two words above the columns of numbers. What is
    typed stands in the place of the number. Arrows beside the first and the last tell of more above and below.
    """
    count = max(1, min(len(rows), lines - 1))
    first = max(0, min(at - count // 2, len(rows) - count))
    seen = rows[first : first + count]
    name = min(NAME, max(width(row.slider.label) for row in rows))
    length = max(5, columns - name - 2 * NUMBER - 4)
    length -= 1 - length % 2  # zero has a column of its own, in the middle
    text = Text(no_wrap=True)
    heads = "".join(" " * max(1, NUMBER - width(word)) + word for word in words)
    place = 3 + name + length + 2 * NUMBER
    text.append_text(title)
    if title.cell_len + width(heads) + 1 <= place:
        text.append(" " * (place - title.cell_len - width(heads)))
        text.append(heads, FAINT)
    for n, row in enumerate(seen, first):
        chosen = n == at
        label = clip(row.slider.label, name)
        text.append(f"\n{'▸' if chosen else ' '}", f"bold {GOLD}")
        above, below = n == first > 0, n == first + count - 1 < len(rows) - 1
        text.append(MORE[above, below], SOFT)
        text.append(label + " " * (name - width(label) + 1), f"bold {GOLD}" if chosen else TEXT)
        text.append_text(bar(row.slider, row.number, length, chosen))
        number = f"{typed}▏" if chosen and typed else clip(written(row.number), NUMBER - 1)
        number = number if width(number) < NUMBER else "…" + number[-(NUMBER - 2) :]
        text.append(f"{number:>{NUMBER}}", f"bold {GOLD}" if chosen and typed else f"bold {VALUE}")
        text.append(f"{clip(written(row.gradient), NUMBER - 1):>{NUMBER}}", f"bold {GRADIENT}")
    return Board(text, first, 1, count, 3 + name, length)
