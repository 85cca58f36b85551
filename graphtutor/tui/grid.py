"""Cells: a character and an ink each, written as text, read in runs of one ink. Pure: no Textual, no app, no time."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Protocol

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
CODEC = "utf-32-le" if sys.byteorder == "little" else "utf-32-be"
RUN = re.compile(
    b"|".join((b"\\x%02x+" % ink) if REVERSED[ink] else (b"\\x%02x[\\x00\\x%02x]*" % (ink, ink)) for ink in Ink)
)
"""Cells of one ink, with the blank ones between and after them, except where the ink is a reversed one."""


class Drawing(Protocol):
    """What the canvas can show: rows of cells, made when they are looked at."""

    @property
    def width(self) -> int:
        """Columns."""

    @property
    def height(self) -> int:
        """Rows."""

    def row(self, y: int, left: int, right: int) -> tuple[Chars, Inks]:
        """Return a row's cells from `left` to `right`, to be changed at will."""

    def said(self, y: int, left: int, right: int) -> object:
        """Return what tells such a piece of a row from the same piece at another moment."""


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

    def row(self, y: int, left: int, right: int) -> tuple[Chars, Inks]:
        """Return a row's cells from `left` to `right`, to be changed at will."""
        return self.chars[y, left:right].copy(), self.inks[y, left:right].copy()

    def said(self, y: int, left: int, right: int) -> object:
        """Return what tells such a piece of a row from the same piece at another moment."""
        return self.row(y, left, right)[0].tobytes(), self.inks[y, left:right].tobytes()


class Overlay:
    """Cells written over a raster without changing it."""

    def __init__(self, base: Raster) -> None:
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
        row[x] = (row[x][0] if x in row else int(self.base.chars[y, x])), ink

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


def padded(chars: Chars, inks: Inks, left: int, columns: int) -> tuple[bytes, bytes]:
    """Return a piece of a row as bytes, with blanks before and after it; a wide character cut in half becomes one."""
    if len(chars):
        if chars[0] == TAIL:
            chars[0] = BLANK
        if chars[-1] >= WIDE and cell_len(chr(int(chars[-1]))) == 2:
            chars[-1] = BLANK
    before, after = blank(left), blank(columns - left - len(chars))
    return before[0] + chars.tobytes() + after[0], before[1] + inks.tobytes() + after[1]


def over(row: tuple[bytes, bytes], x: int, piece: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
    """Return a row with a piece over it, as far as it goes; wide characters cut in half become blanks."""
    chars, inks = np.frombuffer(row[0], np.uint32).copy(), row[1]
    room = max(0, len(chars) - x)
    put, end = np.frombuffer(piece[0], np.uint32)[:room], min(len(chars), x + len(piece[1]))
    for at in (x, end):
        if 0 < at < len(chars) and chars[at] == TAIL:
            chars[at - 1 if at == x else at] = BLANK
    chars[x:end] = put
    return chars.tobytes(), inks[:x] + piece[1][:room] + inks[end:]


@lru_cache(1024)
def blank(columns: int) -> tuple[bytes, bytes]:
    """Return so many blank cells as bytes."""
    return np.full(columns, BLANK, np.uint32).tobytes(), bytes(columns)


def runs(chars: bytes, inks: bytes) -> Iterator[tuple[str, int]]:
    """Yield a row's cells as runs of one ink.

    Blanks take the ink on their left, which shortens the row on its way to the terminal, except after a reversed ink.
    """
    row = chars.decode(CODEC)
    pending, last, start = "", -1, 0
    for match in RUN.finditer(inks):
        ink, end = inks[start], match.end()
        text = row[start:end]
        start = end
        if last >= 0 and (ink == last or (text.isspace() and not REVERSED[last])):
            pending += text
        else:
            if pending:
                yield pending.replace("\0", ""), last
            pending, last = text, ink
    if pending:
        yield pending.replace("\0", ""), last


def cut(drawing: Drawing, y: int, left: int, right: int) -> Iterator[tuple[str, int]]:
    """Yield a piece of a row as runs of one ink."""
    chars, inks = drawing.row(y, left, right)
    return runs(*padded(chars, inks, 0, len(chars)))


def text(drawing: Drawing, y: int) -> str:
    """Return a whole row as text."""
    return "".join(text for text, _ in cut(drawing, y, 0, drawing.width))
