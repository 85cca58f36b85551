"""The whole drawing in a few cells: gates as dots, what is in sight as a frame, two marks. Pure.

The dots are set once for a scene; a frame costs what the map has, not what the graph has.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from textual.geometry import Offset, Region, Size

from graphtutor.tui.grid import Raster
from graphtutor.tui.palette import Ink
from graphtutor.tui.scene import Scene

LEAST = Size(18, 4)
"""Cells that a map has at least, whatever the shape of the drawing."""
FORWARD, BACKWARD, SELECTED = "►", "◄", "◆"
WIRED = 150
"""Wires up to which they are drawn too; more would be one dark spot."""
_BITS = np.array([[1, 8], [2, 16], [4, 32], [64, 128]], np.uint32)
"""The bit of each dot of a Braille cell, by row and column."""
_BRAILLE = 0x2800

Dots = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class View:
    """What is laid over the map."""

    window: Region
    """What is in sight, in cells of the drawing."""
    acting: str | None = None
    """The card of the current step."""
    backward: bool = False
    chosen: str | None = None
    """The selected card."""


@dataclass(frozen=True)
class Miniature:
    """A scene drawn in a few cells, each of which stands for a rectangle of the drawing."""

    scene: Scene
    size: Size

    @cached_property
    def _base(self) -> Raster:
        places = [card.place for card in self.scene.cards.values()]
        gates = self._dots([(at.x, at.y, at.x + at.width, at.y + at.height) for at in places])
        few = self.scene.wires if len(self.scene.wires) <= WIRED else ()
        wires = self._dots(
            [
                (min(ax, bx), min(ay, by), max(ax, bx) + 1, max(ay, by) + 1)
                for wire in few
                for (ax, ay), (bx, by) in pairwise(wire.route.points)
            ]
        )
        raster = Raster(*self.size)
        codes = _cells(gates | wires)
        raster.chars[codes > 0] = _BRAILLE + codes[codes > 0]
        raster.inks[:] = np.where(_cells(gates) > 0, Ink.FRAME, Ink.WIRE)
        return raster

    def _dots(self, corners: Sequence[tuple[int, int, int, int]]) -> Dots:
        """Return the dots whose middle is in a rectangle of the drawing, and those in which the middle of one is.

        A rectangle is its left, top, right and lower edge; the last two are outside.
        """
        high, wide = 4 * self.size.height, 2 * self.size.width
        x, y, right, low = np.array(corners, np.int64).reshape(-1, 4).T
        across, down = self.scene.width, self.scene.height
        column, row = (x + right) // 2 * wide // across, (y + low) // 2 * high // down
        edges = np.zeros((high + 1, wide + 1), np.int64)
        """Where a rectangle begins and ends: summed up both ways, how many cover a dot."""
        lefts = np.minimum(column, np.rint(x * wide / across).astype(np.int64))
        tops = np.minimum(row, np.rint(y * high / down).astype(np.int64))
        rights = np.minimum(wide, np.maximum(column + 1, np.rint(right * wide / across).astype(np.int64)))
        lows = np.minimum(high, np.maximum(row + 1, np.rint(low * high / down).astype(np.int64)))
        for rows, columns, by in ((tops, lefts, 1), (tops, rights, -1), (lows, lefts, -1), (lows, rights, 1)):
            np.add.at(edges, (rows, columns), by)
        covered: Dots = edges.cumsum(axis=0).cumsum(axis=1)[:high, :wide] > 0
        return covered

    def draw(self, view: View) -> Raster:
        """Draw the map with what is in sight and the marks."""
        raster = Raster(*self.size)
        raster.chars[:], raster.inks[:] = self._base.chars, self._base.inks
        if self.scene.cards:
            _frame(raster, self._window(view.window))
        for id, sign, ink in (
            (view.acting, BACKWARD if view.backward else FORWARD, Ink.BACKWARD if view.backward else Ink.FORWARD),
            (view.chosen, SELECTED, Ink.SELECTED),
        ):
            if id is not None:
                raster.write(*self.cell(id), sign, ink)
        return raster

    def cell(self, card: str) -> Offset:
        """Return the cell of the map in which the middle of a card is."""
        at = self.scene.cards[card].place
        return self._cell(at.x + at.width // 2, at.y + at.height // 2)

    def point(self, x: int, y: int) -> Offset:
        """Return the place in the drawing for which the middle of a cell of the map stands."""
        return Offset(
            (2 * x + 1) * self.scene.width // (2 * self.size.width),
            (2 * y + 1) * self.scene.height // (2 * self.size.height),
        )

    def _cell(self, x: int, y: int) -> Offset:
        columns, rows = self.size
        return Offset(
            min(columns - 1, max(0, x * columns // self.scene.width)),
            min(rows - 1, max(0, y * rows // self.scene.height)),
        )

    def _window(self, window: Region) -> Region:
        """Return the cells of the map that are in sight: two columns and a row at least."""
        left, top = self._cell(window.x, window.y)
        right, bottom = self._cell(window.right - 1, window.bottom - 1)
        left = min(left, self.size.width - 2)
        return Region.from_corners(left, top, max(left + 2, right + 1), bottom + 1)


def _cells(dots: Dots) -> NDArray[np.uint32]:
    """Return the Braille bits of every cell of four rows and two columns of dots."""
    high, wide = dots.shape
    parts = dots.reshape(high // 4, 4, wide // 2, 2).transpose(0, 2, 1, 3)
    return np.asarray((parts * _BITS).sum(axis=(2, 3)), np.uint32)


def _frame(raster: Raster, at: Region) -> None:
    right, bottom = at.right - 1, at.bottom - 1
    if at.height == 1:
        raster.write(at.x, at.y, "[", Ink.SYMBOL)
        raster.write(right, at.y, "]", Ink.SYMBOL)
        return
    raster.write(at.x, at.y, f"┌{'─' * (at.width - 2)}┐", Ink.SYMBOL)
    raster.write(at.x, bottom, f"└{'─' * (at.width - 2)}┘", Ink.SYMBOL)
    for y in range(at.y + 1, bottom):
        raster.write(at.x, y, "│", Ink.SYMBOL)
        raster.write(right, y, "│", Ink.SYMBOL)


def sized(scene: Scene, room: Size) -> Size:
    """Return the size of a map of the scene in its proportions, as large as the room allows."""
    across = max(1.0, scene.width / room.width, scene.height / room.height)
    return Size(
        min(room.width, max(LEAST.width, round(scene.width / across))),
        min(room.height, max(LEAST.height, round(scene.height / across))),
    )


def corner(box: Size, room: Size, kept: Sequence[Region], spared: Iterable[Region], now: int = 0) -> int | None:
    """Return the corner of the room in which a box hides nothing that is to be seen; `None` where it always would.

    Corners are counted from the lower right one, clockwise. No region of `kept` is touched; of `spared` as little as
    possible is. The corner where the box is now is kept where it is as good as the others.
    """
    spared = list(spared)
    found: list[tuple[int, bool, int]] = []
    for number, offset in enumerate(corners(box, room)):
        region = Region.from_offset(offset, box)
        if not any(region.overlaps(part) for part in kept):
            hidden = sum(region.intersection(part).area for part in spared)
            found.append((hidden, number != now, number))
    return min(found)[2] if found else None


def corners(box: Size, room: Size) -> tuple[Offset, ...]:
    """Return where a box stands in each corner of a room."""
    right, low = max(0, room.width - box.width), max(0, room.height - box.height)
    return Offset(right, low), Offset(0, low), Offset(0, 0), Offset(right, 0)


def told(scene: Scene, cards: Iterable[str], wires: Iterable[int]) -> tuple[list[Region], list[Region]]:
    """Return the cells of some cards and of the numbers at some wires, and the cells of the wires themselves."""
    places = [scene.cards[id].place for id in cards]
    kept = [Region(at.x, at.y, at.width, at.height) for at in places]
    lines = []
    for wire in (scene.wires[i] for i in wires):
        x, y = wire.route.label
        if wire.room:
            kept.append(Region(x, y - 1, wire.room, 3))
        lines += [
            Region.from_corners(min(ax, bx), min(ay, by), max(ax, bx) + 1, max(ay, by) + 1)
            for (ax, ay), (bx, by) in pairwise(wire.route.points)
        ]
    return kept, lines
