"""A curve as braille dots: 2 by 4 in a cell. Pure: numbers in, lines of styled text out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from rich.text import Text

Point = tuple[float, float]
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The braille dot for a row and a column within a cell."""


class Plot:
    """A rectangle of cells over a rectangle of numbers."""

    def __init__(self, columns: int, rows: int, xs: tuple[float, float], ys: tuple[float, float]) -> None:
        self.columns, self.rows = columns, rows
        self._left, self._right = xs
        self._low, self._high = ys
        self._dots: dict[tuple[int, int], int] = {}
        self._marks: dict[tuple[int, int], str] = {}
        self._styles: dict[tuple[int, int], str] = {}

    def curve(self, points: Sequence[Point], style: str) -> None:
        """Draw a line through the points; it breaks where a number is not finite. What is drawn later is on top."""
        for before, after in pairwise(points):
            if not all(map(math.isfinite, (*before, *after))):
                continue
            (ax, ay), (bx, by) = self._fine(before), self._fine(after)
            count = max(1, *(min(8 * (self.columns + self.rows), math.ceil(abs(d))) for d in (bx - ax, by - ay)))
            for i in range(count + 1):
                self._dot(ax + (bx - ax) * i / count, ay + (by - ay) * i / count, style)

    def mark(self, point: Point, sign: str, style: str) -> None:
        """Write a sign in the cell of a point, if it is in the picture."""
        if not all(map(math.isfinite, point)):
            return
        x, y = self._fine(point)
        cell = (math.floor(x / 2), math.floor(y / 4))
        if 0 <= cell[0] < self.columns and 0 <= cell[1] < self.rows:
            self._marks[cell] = sign
            self._styles[cell] = style

    def lines(self) -> list[Text]:
        """Return the rows from top to bottom."""
        found = []
        for y in range(self.rows):
            line = Text()
            for x in range(self.columns):
                dots = self._dots.get((x, y), 0)
                sign = self._marks.get((x, y)) or (chr(0x2800 + dots) if dots else " ")
                line.append(sign, self._styles.get((x, y), ""))
            found.append(line)
        return found

    def _fine(self, point: Point) -> Point:
        """Return a point in dots, right and down from the corner."""
        wide, high = self._right - self._left or 1.0, self._high - self._low or 1.0
        x = (point[0] - self._left) / wide * (2 * self.columns - 1)
        y = (self._high - point[1]) / high * (4 * self.rows - 1)
        return x, min(1e6, max(-1e6, y))

    def _dot(self, x: float, y: float, style: str) -> None:
        column, row = round(x), round(y)
        if 0 <= column < 2 * self.columns and 0 <= row < 4 * self.rows:
            cell = (column // 2, row // 4)
            self._dots[cell] = self._dots.get(cell, 0) | _DOTS[row % 4][column % 2]
            self._styles[cell] = style
