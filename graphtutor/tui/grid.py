"""Cells: a character and an ink each, written as text, read in runs of one ink. Pure: no Textual, no app, no time."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice, pairwise
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len

from graphtutor.tui.palette import REVERSED, Ink

TAIL = 0
"""The code point in the second cell of a wide character."""
WIDE = 0x1100
"""The first code point of the characters that take two cells."""
BLANK = ord(" ")

Chars = NDArray[np.uint32]
Inks = NDArray[np.uint8]


class Cells(NamedTuple):
    """Rows of cells."""

    chars: Chars
    inks: Inks


CODEC = "utf-32-le" if sys.byteorder == "little" else "utf-32-be"
GROUND = np.array(REVERSED)
"""Whether an ink paints the ground of its cells, by ink."""


class Drawing(Protocol):
    """What the canvas can show: rows of cells, made when they are looked at."""

    @property
    def width(self) -> int:
        """Columns."""

    @property
    def height(self) -> int:
        """Rows."""

    def rows(self, ys: Sequence[int], left: int, right: int) -> Cells:
        """Return the cells of some rows from `left` to `right`, to be changed at will."""

    def said(self, y: int, left: int, right: int) -> object:
        """Return what tells such a piece of a row from the same piece at another moment."""

    def read(self, x: int, y: int) -> str:
        """Return the character in a cell; empty for the second cell of a wide one."""


class Raster:
    """A grid of cells that text is written into."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self.chars: Chars = np.full((height, width), BLANK, np.uint32)
        self.inks: Inks = np.zeros((height, width), np.uint8)

    def write(self, x: int, y: int, text: str, ink: Ink) -> None:
        """Write text from a cell rightwards; what falls outside is left out."""
        if 0 <= y < self.height:
            write(self.chars[y], self.inks[y], x, text, ink)

    def read(self, x: int, y: int) -> str:
        """Return the character in a cell; empty for the second cell of a wide one."""
        code = int(self.chars[y, x])
        return chr(code) if code else ""

    def rows(self, ys: Sequence[int], left: int, right: int) -> Cells:
        """Return the cells of some rows from `left` to `right`, to be changed at will."""
        ys = list(ys)
        return Cells(self.chars[ys, left:right], self.inks[ys, left:right])

    def said(self, y: int, left: int, right: int) -> object:
        """Return what tells such a piece of a row from the same piece at another moment."""
        return self.chars[y, left:right].tobytes(), self.inks[y, left:right].tobytes()


class Overlay:
    """Cells written over a drawing without changing it."""

    def __init__(self, base: Drawing) -> None:
        self.base = base
        self.rows: dict[int, dict[int, tuple[int, Ink]]] = {}

    def write(self, x: int, y: int, text: str, ink: Ink) -> None:
        """Write text from a cell rightwards; what falls outside is left out."""
        if not 0 <= y < self.base.height:
            return
        row = self.rows.setdefault(y, {})
        for at, code in enumerate(codes(text).tolist(), x):
            if 0 <= at < self.base.width:
                row[at] = code, ink

    def read(self, x: int, y: int) -> str:
        """Return the character in a cell; empty for the second cell of a wide one."""
        cell = self.rows.get(y, {}).get(x)
        if cell is None:
            return self.base.read(x, y)
        return chr(cell[0]) if cell[0] else ""

    def ink(self, x: int, y: int, ink: Ink) -> None:
        """Change the ink of a cell."""
        row = self.rows.setdefault(y, {})
        row[x] = (row[x][0] if x in row else ord(self.base.read(x, y) or chr(TAIL))), ink

    def onto(self, y: int, left: int, chars: Chars, inks: Inks) -> None:
        """Write a row's cells onto a piece of the row that starts at `left`."""
        row = self.rows.get(y)
        if row is None:
            return
        right = left + len(chars)
        for x, (code, ink) in row.items():
            if left <= x < right:
                chars[x - left] = code
                inks[x - left] = ink


@lru_cache(8192)
def codes(text: str) -> Chars:
    """Return the code points of a text cell by cell: a wide character has a tail, one without a width is left out."""
    found: list[int] = []
    for character in text:
        wide = cell_len(character)
        found += [ord(character), TAIL][:wide]
    return np.array(found, np.uint32)


def write(chars: Any, inks: Any, x: int, text: str, ink: Ink) -> None:
    """Write text into a row from a cell rightwards; what falls outside is left out."""
    put = codes(text)
    start, end = max(0, x), min(len(chars), x + len(put))
    if start < end:
        chars[start:end] = put[start - x : end - x]
        inks[start:end] = ink


def write_all(cells: Cells, words: Sequence[tuple[int, int, str, Ink]]) -> None:
    """Write texts into rows, each from a row's cell rightwards; what falls outside is left out."""
    if not words:
        return
    rows, starts, texts, inks = zip(*words, strict=True)
    put = [codes(text) for text in texts]
    lengths = np.array([len(part) for part in put])
    ys, xs, pens = np.repeat((rows, starts - lengths.cumsum() + lengths, inks), lengths, axis=1)
    xs = xs + np.arange(len(xs))
    inside = (xs >= 0) & (xs < cells.chars.shape[1])
    at = ys[inside], xs[inside]
    cells.chars[at] = np.concatenate(put)[inside]
    cells.inks[at] = pens[inside]


def blank(rows: int, columns: int) -> Cells:
    """Return so many rows of blanks."""
    return Cells(np.full((rows, columns), BLANK, np.uint32), np.zeros((rows, columns), np.uint8))


def halve(chars: Chars) -> None:
    """Let blanks stand for wide characters that the edges of some rows cut in half."""
    if chars.size:
        chars[chars[:, 0] == TAIL, 0] = BLANK
        for y in np.flatnonzero(chars[:, -1] >= WIDE):
            if cell_len(chr(chars[y, -1])) == 2:
                chars[y, -1] = BLANK


def lay(under: Cells, x: int, over: Cells) -> None:
    """Write rows over others from a column on, as far as they go; wide characters cut in half become blanks."""
    chars, inks = under
    end = min(chars.shape[1], x + over.chars.shape[1])
    if x >= end:
        return
    if x > 0:
        chars[chars[:, x] == TAIL, x - 1] = BLANK
    if end < chars.shape[1]:
        chars[chars[:, end] == TAIL, end] = BLANK
    chars[:, x:end] = over.chars[:, : end - x]
    inks[:, x:end] = over.inks[:, : end - x]


def runs(cells: Cells) -> list[list[tuple[str, int]]]:
    """Return rows as runs of one ink.

    Blanks take the ink on their left, which shortens the row on its way to the terminal, except after an ink that
    paints the ground.
    """
    chars, (rows, columns) = cells.chars, cells.chars.shape
    if not columns:
        return [[] for _ in range(rows)]
    own = np.where((chars == BLANK) & ~GROUND[cells.inks], 0, cells.inks)
    cells_before = np.arange(0, chars.size, columns)[:, None]
    inked = np.maximum.accumulate(np.where(own, np.arange(columns), 0), axis=1)
    inks = own.ravel()[inked + cells_before]
    inks[GROUND[inks] & (own == 0)] = 0
    new = np.ones(inks.shape, bool)
    new[:, 1:] = inks[:, 1:] != inks[:, :-1]
    starts = np.flatnonzero(new)
    text, cuts = chars.tobytes().decode(CODEC), [*starts.tolist(), chars.size]
    texts = [text[start:end] for start, end in pairwise(cuts)]
    if "\0" in text:
        texts = [text.replace("\0", "") for text in texts]
    found = zip(texts, inks.ravel()[starts].tolist(), strict=True)
    return [list(islice(found, count)) for count in new.sum(axis=1).tolist()]


def cut(drawing: Drawing, y: int, left: int, right: int) -> list[tuple[str, int]]:
    """Return a piece of a row as runs of one ink."""
    cells = drawing.rows([y], left, right)
    halve(cells.chars)
    return runs(cells)[0]


def text(drawing: Drawing, y: int) -> str:
    """Return a whole row as text."""
    return "".join(text for text, _ in cut(drawing, y, 0, drawing.width))
