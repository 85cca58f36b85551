"""Rows of cells as Textual takes them: mostly drawn whole, so that what it needs to cut one is not made beforehand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

_TEXT = "\0"
"""Stands for the text in what surrounds it on its way to the terminal."""
_NONE = Strip([], 0)


class Row(Strip):
    """A row of a widget, which is mostly drawn whole.

    Textual's own remembers that it is its own only piece; then only the collector can free it, after a pause that is
    felt.
    """

    __slots__ = ()

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        """Return the pieces between the cuts."""
        cuts = [cut for cut in cuts if cut <= self.cell_length]
        return [self] if cuts == [self.cell_length] else super().divide(cuts)

    def crop(self, start: int, end: int | None = None) -> Strip:
        """Return the cells from `start` to `end`; Textual asks for none of the row beside one that is drawn again."""
        return _NONE if end is not None and end <= max(0, start) else super().crop(start, end)


class Pens:
    """The styles of a theme's inks, and what is written to the terminal around text in each of them."""

    def __init__(self, styles: Sequence[Style]) -> None:
        self.styles = tuple(styles)
        self._around: list[tuple[str, str]] = []

    def around(self, console: Console) -> list[tuple[str, str]]:
        """Return, by ink, what is written before and after a text; there is one terminal, as for Textual."""
        if not self._around:
            written = (Strip([Segment(_TEXT, style)]).render(console) for style in self.styles)
            self._around = [(before, after) for before, _, after in (text.partition(_TEXT) for text in written)]
        return self._around


class Inked(Row):
    """A row of runs of one ink each, which is a strip of segments only for those who ask for more than its text.

    To make the segments of all rows, and the caches that a strip has, takes longer than to write them.
    """

    __slots__ = ("_columns", "_pens", "_runs", "_written")

    def __init__(self, runs: Sequence[tuple[str, int]], columns: int, pens: Pens) -> None:
        self._runs = runs
        self._columns = columns
        self._pens = pens
        self._written: str | None = None

    def __getattr__(self, name: str) -> Any:
        """Become a whole strip when a part of one is missed."""
        if name not in Strip.__slots__:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        styles = self._pens.styles
        super().__init__([Segment(text, styles[ink]) for text, ink in self._runs], self._columns)
        return getattr(self, name)

    @property
    def cell_length(self) -> int:
        """The columns it takes."""
        return self._columns

    def render(self, console: Console) -> str:
        """Return what is written to the terminal."""
        if self._written is None:
            around = self._pens.around(console)
            self._written = "".join([around[ink][0] + text + around[ink][1] for text, ink in self._runs])
        return self._written
