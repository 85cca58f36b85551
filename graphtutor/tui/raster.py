"""From a scene to cells: what never changes is drawn once, a moment is written over what is looked at. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len
from textual.geometry import Region, Size

from graphtutor.layout import Placed
from graphtutor.tui import grid
from graphtutor.tui.cards import FORK
from graphtutor.tui.cells import clip
from graphtutor.tui.grid import Cells, Chars, Inks, Overlay, Raster
from graphtutor.tui.palette import ROLE_INKS, Ink
from graphtutor.tui.scene import DASH, Card, Level, Numbers, Scene, Spot, Wire

ARROW, BACK_ARROW, TOKEN = "►", "◄", "●"
OPENS = "▸"
"""Stands in the lower border of a gate that can be opened."""

UP, DOWN, LEFT, RIGHT = 1, 2, 4, 8
_LINES = " ╵╷│╴╯╮┤╶╰╭├─┴┬┼"
"""The line character for every set of arms."""
_HEAVY = dict(zip("─│╭╮╰╯├┤", "━┃┏┓┗┛┣┫", strict=True))
_DOUBLE = dict(zip("─│╭╮╰╯├┤━┃┏┓┗┛┣┫", "═║╔╗╚╝╠╣" * 2, strict=True))
_HEATED = [np.arange(0x2600, dtype=np.uint32) for _ in "│─"]
"""What stands for every character in an upright and in a level heavy line."""
for _table, _crossing in zip(_HEATED, "╂┿", strict=True):
    for _light, _heavy in (*_HEAVY.items(), ("┼", _crossing)):
        _table[ord(_light)] = ord(_heavy)


WHOLE = 1 << 17
"""Cells up to which a drawing is made in one piece."""
TILE = Size(512, 64)
"""The pieces in which a larger one is made, each when it is looked at."""
TILES = 64
"""Pieces that are kept."""

Ints = NDArray[np.int32]


class Ground:
    """Everything that does not change while the run is played, lines and boxes; a large one is made piece by piece."""

    def __init__(self, scene: Scene, opens: bool) -> None:
        self.width, self.height, self.level = scene.width, scene.height, scene.level
        whole = scene.width * scene.height <= WHOLE
        self._tile = Size(max(1, scene.width), max(1, scene.height)) if whole else TILE
        self._tiles: dict[tuple[int, int], Raster] = {}
        self._lines = _Lines(scene)
        self._cards = list(scene.cards.values())
        places = [(at.y, at.x, at.y + at.height, at.x + at.width) for at in (card.place for card in self._cards)]
        self._places = np.array(places, np.int32).reshape(-1, 4)
        self._gathered = {card.id: _gathered(scene, card) for card in self._cards if not card.framed}
        self._opens = {scene.run.graph.node(key).id for key in scene.openable} if opens else set()
        if whole:
            self._piece(0, 0)

    def rows(self, ys: Sequence[int], left: int, right: int) -> Cells:
        """Return the cells of some rows from `left` to `right`, to be changed at will."""
        (wide, tall), right = self._tile, min(right, self.width)
        if wide >= self.width and tall >= self.height:
            return self._piece(0, 0).rows(ys, left, right)
        cells = grid.blank(len(ys), max(0, right - left))
        for down in {y // tall for y in ys}:
            at = [i for i, y in enumerate(ys) if y // tall == down]
            inside = [ys[i] - down * tall for i in at]
            for across in range(left // wide, (right - 1) // wide + 1):
                start, end = max(left, across * wide), min(right, (across + 1) * wide)
                part = self._piece(across, down).rows(inside, start - across * wide, end - across * wide)
                cells.chars[at, start - left : end - left], cells.inks[at, start - left : end - left] = part
        return cells

    def said(self, y: int, left: int, right: int) -> object:
        """Return what tells such a piece of a row from the same piece at another moment."""
        return self, y, left, right

    def read(self, x: int, y: int) -> str:
        """Return the character in a cell; empty for the second cell of a wide one."""
        across, down = x // self._tile.width, y // self._tile.height
        return self._piece(across, down).read(x - across * self._tile.width, y - down * self._tile.height)

    def _piece(self, across: int, down: int) -> Raster:
        key = across, down
        tile = self._tiles.pop(key, None)
        if tile is None:
            wide, tall = self._tile
            tile = self._draw(Region(across * wide, down * tall, wide, tall).intersection(Region(0, 0, *self._size)))
        self._tiles[key] = tile  # the last one looked at stands last
        if len(self._tiles) > TILES:
            del self._tiles[next(iter(self._tiles))]
        return tile

    @property
    def _size(self) -> Size:
        return Size(self.width, self.height)

    def _draw(self, window: Region) -> Raster:
        tile = _Tile(window)
        arms = np.zeros((window.height, window.width), np.uint8)
        self._lines.trace(arms, window)
        np.multiply(arms > 0, np.uint8(Ink.WIRE), out=tile.inks)
        np.take(np.array([ord(c) for c in _LINES], np.uint32), arms, out=tile.chars, mode="clip")
        tops, lefts, lows, rights = self._places.T
        seen = (tops < window.bottom) & (lefts < window.right) & (lows > window.y) & (rights > window.x)
        cards = [self._cards[i] for i in np.flatnonzero(seen).tolist()]
        for card in cards:
            if not card.framed:
                _draw_bare(tile, card, self._gathered[card.id])
                continue
            tile.fill(card.place, _frame_ink(card))
            _write_card(tile, card, self.level)
            if card.id in self._opens:
                at = card.place
                tile.write(at.x + at.width - 2, at.y + at.height - 1, OPENS, Ink.SYMBOL)
        if self.level is not Level.DOTS:
            ys, xs = self._lines.ends(window)
            tile.chars[ys, xs] = ord(ARROW)
        return tile


class _Tile(Raster):
    """A window on a drawing, written in the drawing's own coordinates."""

    def __init__(self, window: Region) -> None:
        super().__init__(*window.size)
        self.window = window

    def write(self, x: int, y: int, text: str, ink: Ink) -> None:
        """Write text from a cell rightwards; what falls outside is left out."""
        super().write(x - self.window.x, y - self.window.y, text, ink)

    def fill(self, place: Placed, ink: Ink) -> None:
        """Colour a rectangle."""
        x, y = place.x - self.window.x, place.y - self.window.y
        self.inks[max(0, y) : max(0, y + place.height), max(0, x) : max(0, x + place.width)] = ink


class _Lines:
    """The lines of a scene, of wires and of boxes: sorted, so that those in a window are found without the others.

    They share cells only where they cross.
    """

    def __init__(self, scene: Scene) -> None:
        level: list[tuple[int, int, int]] = []
        upright: list[tuple[int, int, int]] = []
        corners: list[tuple[int, int, int]] = []
        ports: list[tuple[int, int, int]] = []
        ends: list[tuple[int, int]] = []
        for wire in scene.wires:
            (x, y), *rest = wire.route.points
            if scene.cards[wire.source].framed:
                ports.append((y, x - 1, RIGHT))
            back = LEFT
            for to_x, to_y in rest:
                if to_y == y:
                    level.append((y, x + 1, to_x))
                    ahead, behind = RIGHT, LEFT
                elif to_y > y:
                    upright.append((x, y + 1, to_y))
                    ahead, behind = DOWN, UP
                else:
                    upright.append((x, to_y + 1, y))
                    ahead, behind = UP, DOWN
                corners.append((y, x, back | ahead))
                x, y, back = to_x, to_y, behind
            corners.append((y, x, back | RIGHT))
            if scene.cards[wire.target].kind != "fork":
                ends.append((y, x))
        for card in scene.cards.values():
            if card.framed:
                at = card.place
                left, right, top, low = at.x, at.x + at.width - 1, at.y, at.y + at.height - 1
                level += [(top, left + 1, right), (low, left + 1, right)]
                upright += [(left, top + 1, low), (right, top + 1, low)]
                corners += [(top, left, RIGHT | DOWN), (top, right, LEFT | DOWN)]
                corners += [(low, left, RIGHT | UP), (low, right, LEFT | UP)]
        self._level, self._upright, self._corners, self._ports = map(_sorted, (level, upright, corners, ports))
        self._ends = _sorted(ends, 2)

    def trace(self, arms: NDArray[np.uint8], window: Region) -> None:
        """Write for every cell of a window in which directions lines leave it."""
        left, top, right, bottom = window.x, window.y, window.right, window.bottom
        found = _between(self._level, top, bottom)
        for y, start, end in found[(found[:, 1] < right) & (found[:, 2] > left)].tolist():
            arms[y - top, max(0, start - left) : end - left] = LEFT | RIGHT
        ys, xs, way = _within(self._corners, window)
        arms[ys, xs] = way
        found = _between(self._upright, left, right)
        for x, start, end in found[(found[:, 1] < bottom) & (found[:, 2] > top)].tolist():
            arms[max(0, start - top) : end - top, x - left] |= UP | DOWN
        ys, xs, way = _within(self._ports, window)
        arms[ys, xs] |= way.astype(np.uint8)

    def ends(self, window: Region) -> tuple[Ints, Ints]:
        """Return the rows and columns of a window in which wires arrive."""
        ys, xs = _within(self._ends, window)
        return ys, xs


def _sorted(lines: Sequence[tuple[int, ...]], parts: int = 3) -> Ints:
    found = np.array(lines, np.int32).reshape(-1, parts)
    return found[np.argsort(found[:, 0], kind="stable")]


def _between(lines: Ints, first: int, end: int) -> Ints:
    """Return the lines whose row, or column where they are upright, is in a range."""
    start, stop = np.searchsorted(lines[:, 0], (first, end))
    return lines[start:stop]


def _within(cells: Ints, window: Region) -> Ints:
    """Return the rows, the columns, and what else is known of the cells in a window, counted from its corner."""
    found = _between(cells, window.y, window.bottom)
    found = found[(found[:, 1] >= window.x) & (found[:, 1] < window.right)]
    found[:, :2] -= window.y, window.x
    return found.T


def draw(scene: Scene, opens: bool = False) -> Ground:
    """Draw everything that does not change while the run is played: lines and boxes; and which can be opened."""
    return Ground(scene, opens)


def _frame_ink(card: Card) -> Ink:
    if card.kind in ("gate", "copy"):
        return ROLE_INKS[card.role] if card.title else Ink.FRAME
    return Ink.CONSTANT if card.kind == "constant" else Ink.FRAME


def _gathered(scene: Scene, card: Card) -> dict[int, int]:
    """Return the line that gathers the wires of a card without a border, where there are several: arms by row."""
    if card.place.height == 1 or card.kind == "input":
        return {}
    ports = {scene.wires[i].route.points[-1][1]: LEFT for i in scene.into(card.id)}
    for i in scene.out_of(card.id):
        y = scene.wires[i].route.points[0][1]
        ports[y] = ports.get(y, 0) | RIGHT
    first, last = min(ports), max(ports)
    return {y: ports.get(y, 0) | UP * (y > first) | DOWN * (y < last) for y in range(first, last + 1)}


def _draw_bare(raster: Raster, card: Card, gathered: Mapping[int, int]) -> None:
    """Draw a card without a border: its label, and a line that gathers its wires where there are several."""
    at = card.place
    if card.kind == "input":
        raster.write(at.x, at.y, "─" * at.width, Ink.WIRE)
    for y, arms in gathered.items():
        raster.write(at.x, y, _LINES[arms], _frame_ink(card))
    inks = {"output": Ink.SYMBOL, "constant": Ink.CONSTANT, "input": Ink.INPUT, "fork": Ink.WIRE}
    raster.write(*card.written, card.label, inks.get(card.kind, ROLE_INKS[card.role]))


def _write_card(raster: Raster, card: Card, level: Level) -> None:
    """Write the role into the upper border of a card, the key into the lower, the symbol into its middle."""
    at, inner = card.place, card.place.width - 2
    if card.title and level.whole:
        raster.write(at.x + 1 + (inner - cell_len(card.title)) // 2, at.y, card.title, _frame_ink(card))
    if card.foot:
        foot = f" {card.foot} " if cell_len(card.foot) + 2 <= inner else card.foot
        raster.write(at.x + 1 + (inner - cell_len(foot)) // 2, at.y + at.height - 1, foot, Ink.KEY)
    symbol = Ink.SYMBOL if card.kind in ("gate", "copy", "output") else Ink[card.kind.upper()]
    raster.write(*card.written, card.label, symbol)


@dataclass(frozen=True, slots=True)
class Marks:
    """What stands out at the moment."""

    acting: str | None = None
    """The card that acts in the current step: drawn heavy."""
    chosen: str | None = None
    """The card that the learner selected: drawn double."""
    hot: Collection[int] = ()
    """The wires on which something happens: drawn heavy."""
    backward: bool = False
    """Whether it happens against the direction of the wires."""
    new: Collection[tuple[int, str]] = ()
    """The numbers that the current step brought."""
    written: Mapping[tuple[int, str], tuple[str, Ink]] = field(default_factory=dict)
    """Numbers that are shown instead of the run's: a question, an answer."""
    labelled: Mapping[str, tuple[str, Ink]] = field(default_factory=dict)
    """Cards whose upper border shows something else than the role."""
    totals: Mapping[str, tuple[str, Ink]] = field(default_factory=dict)
    """What stands in copy gates instead of the run's totals."""
    asked: Collection[str] = ()
    """Cards that a question is about."""


class Picture:
    """The drawing of a moment: what stands out is written at once, the numbers of a row when the row is looked at."""

    def __init__(
        self, base: Ground, scene: Scene, numbers: Sequence[Numbers], totals: Mapping[str, str], marks: Marks
    ) -> None:
        self.base = base
        self.scene = scene
        self.numbers = numbers
        self.totals = totals
        self.marks = marks
        self.width = base.width
        self.height = base.height
        self._over = Overlay(base)
        self._written: dict[int, list[tuple[int, str, Ink] | None]] = {}
        """What was written into the rows that were looked at."""
        self._heat = _Heat([scene.wires[i] for i in marks.hot], Ink.BACKWARD if marks.backward else Ink.FORWARD)

    def rows(self, ys: Sequence[int], left: int, right: int) -> Cells:
        """Return the cells of some rows from `left` to `right`, to be changed at will."""
        cells = self.base.rows(ys, left, right)
        words: list[tuple[int, int, str, Ink]] = []
        for i, y in enumerate(ys):
            if y in self._heat.rows:
                self._heat.onto(y, left, cells.chars[i], cells.inks[i])
            if y in self._over.rows:
                self._over.onto(y, left, cells.chars[i], cells.inks[i])
            words += [(i, x - left, text, ink) for x, text, ink in self._words(y, left, right) if text]
        grid.write_all(cells, words)
        return cells

    def said(self, y: int, left: int, right: int) -> object:
        """Return what tells such a piece of a row from the same piece at another moment."""
        return (
            self.base,
            self._heat.rows.get(y),
            self._heat.ink,
            self._over.rows.get(y),
            self._words(y, left, right),
        )

    def _words(self, y: int, left: int, right: int) -> list[tuple[int, str, Ink]]:
        """Return what is written into a piece of a row: from which column, what, how. It is the same for the moment."""
        spots = self.scene.rows.get(y)
        if spots is None:
            return []
        starts = self.scene.starts[y]
        first, last = bisect_left(starts, left - self.scene.widest), bisect_right(starts, right)
        words = self._written.get(y)
        if words is None:
            words = self._written[y] = [None] * len(spots)
        found = words[first:last]
        if None in found:
            found = words[first:last] = [(spot.x, *self._said(spot)) for spot in spots[first:last]]
        return found  # type: ignore[return-value] # all are written

    def read(self, x: int, y: int) -> str:
        """Return the character in a cell; empty for the second cell of a wide one."""
        code = int(self.rows([y], x, x + 1).chars[0, 0])
        return chr(code) if code else ""

    def _said(self, spot: Spot) -> tuple[str, Ink]:
        """Return what is written in a place for a number."""
        if isinstance(spot.of, str):
            known = self.marks.totals.get(spot.of)
            text, ink = known or (self.totals.get(spot.of, ""), Ink.GRADIENT)
            text = clip(text, spot.room)
            return " " * ((spot.room - cell_len(text)) // 2) + text if text else "", ink
        said = self.numbers[spot.of]
        number = said.value if spot.part == "value" else said.gradient
        key = (spot.of, spot.part)
        found = number, _number_ink(spot.part, number, key in self.marks.new)
        text_, ink = self.marks.written.get(key, found) if self.marks.written else found
        text = DASH if text_ is None else text_
        return spot.fill(text), ink


def paint(base: Ground, scene: Scene, numbers: Sequence[Numbers], totals: Mapping[str, str], marks: Marks) -> Picture:
    """Return the drawing of a moment: the lines and boxes, the numbers known by now, and what stands out."""
    picture = Picture(base, scene, numbers, totals, marks)
    over = picture._over
    for i in marks.hot:
        start, *_, end = scene.wires[i].route.points
        if marks.backward:
            over.write(*end, "━", Ink.BACKWARD)
            over.write(*start, BACK_ARROW, Ink.BACKWARD)
        else:
            over.write(*end, ARROW, Ink.FORWARD)
    for id, (word, ink) in marks.labelled.items():
        at = scene.cards[id].place
        word = clip(word, at.width - 2)
        over.write(at.x + 1 + (at.width - 2 - cell_len(word)) // 2, at.y, word, ink)
    for id in marks.asked:
        _reframe(over, scene.cards[id], _DOUBLE, Ink.ASKED)
    if marks.acting is not None:
        _reframe(over, scene.cards[marks.acting], _HEAVY, Ink.ACTING)
        if scene.cards[marks.acting].kind == "fork":  # it acts for what it forks
            over.write(*scene.cards[marks.acting].written, FORK, Ink.ACTING)
            for id in scene.linked(marks.acting, forwards=False):
                _reframe(over, scene.cards[id], _HEAVY, Ink.ACTING)
    if marks.chosen is not None:
        card = scene.cards[marks.chosen]
        _reframe(over, card, _DOUBLE, Ink.SELECTED)
        x, y = card.written
        aside = card.framed and card.place.width > cell_len(card.label) + 3
        over.write(x - aside, y, f" {card.label} " if aside else card.label, Ink.CHOSEN)
    return picture


def _number_ink(part: str, text: str | None, new: bool) -> Ink:
    if text is None:
        return Ink.UNKNOWN
    if part == "value":
        return Ink.NEW_VALUE if new else Ink.VALUE
    return Ink.NEW_GRADIENT if new else Ink.GRADIENT


class _Heat:
    """Wires on which something happens, drawn heavy where they are looked at: they may be longer than any screen."""

    def __init__(self, wires: Sequence[Wire], ink: Ink) -> None:
        self.ink = ink
        self.rows: dict[int, list[tuple[int, int, bool]]] = {}
        """Per row, the pieces of wires in it: from where to where, and whether they are level."""
        for wire in wires:
            for (ax, ay), (bx, by) in pairwise(wire.route.points):
                if ay == by:
                    self.rows.setdefault(ay, []).append((ax, bx + 1, True))
                    continue
                for y in range(min(ay, by), max(ay, by) + 1):
                    self.rows.setdefault(y, []).append((ax, ax + 1, False))

    def onto(self, y: int, left: int, chars: Chars, inks: Inks) -> None:
        """Draw them in a piece of a row that starts at `left`."""
        for start, end, level in self.rows.get(y, ()):
            if end > left and start < left + len(chars):
                piece = slice(max(0, start - left), end - left)
                chars[piece] = _HEATED[level].take(chars[piece], mode="clip")
                inks[piece] = self.ink


def _reframe(over: Overlay, card: Card, shapes: Mapping[str, str], ink: Ink) -> None:
    """Redraw a card's border in another line; what is written in the border stays."""
    if card.kind == "input" and not card.framed:
        return  # the line behind its value is its wire's
    at = card.place
    right, bottom = at.x + at.width - 1, at.y + at.height - 1
    border = {(x, y) for x in range(at.x, right + 1) for y in (at.y, bottom)}
    border |= {(x, y) for y in range(at.y, bottom + 1) for x in (at.x, right)}
    for x, y in border:
        shape = over.read(x, y)
        if shape in shapes:
            over.write(x, y, shapes[shape], ink)
        elif y == at.y:
            over.ink(x, y, ink)
