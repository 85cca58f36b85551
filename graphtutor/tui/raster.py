"""From a scene to cells: what never changes is drawn once, a moment is written over what is looked at. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len

from graphtutor.tui import grid
from graphtutor.tui.cards import FORK
from graphtutor.tui.cells import clip
from graphtutor.tui.grid import Cells, Inks, Overlay, Raster
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
_HEAVY_CROSSING = {True: "┿", False: "╂"}


def draw(scene: Scene, opens: bool = False) -> Raster:
    """Draw everything that does not change while the run is played: lines and boxes; and which can be opened."""
    raster = Raster(scene.width, scene.height)
    arms = np.zeros((scene.height, scene.width), np.uint8)
    _trace(arms, scene.wires)
    np.multiply(arms > 0, np.uint8(Ink.WIRE), out=raster.inks)
    for card in scene.cards.values():
        if card.framed:
            _frame(arms, raster.inks, card)
    for wire in scene.wires:
        if scene.cards[wire.source].framed:
            x, y = wire.route.points[0]
            arms[y, x - 1] |= RIGHT
    np.take(np.array([ord(c) for c in _LINES], np.uint32), arms, out=raster.chars, mode="clip")
    for card in scene.cards.values():
        if card.framed:
            _write_card(raster, card, scene.level)
        else:
            _draw_bare(raster, scene, card)
    for key in scene.openable if opens else ():
        card = scene.card_of(scene.run.graph.node(key).index)
        if card.framed:
            raster.write(card.place.x + card.place.width - 2, card.place.y + card.place.height - 1, OPENS, Ink.SYMBOL)
    if scene.level is not Level.DOTS:
        for wire in scene.wires:
            if scene.cards[wire.target].kind != "fork":
                x, y = wire.route.points[-1]
                raster.chars[y, x] = ord(ARROW)
    return raster


def _trace(arms: NDArray[np.uint8], wires: Sequence[Wire]) -> None:
    """Draw the wires: in every cell, in which directions lines leave it. They share cells only where they cross."""
    upright: list[tuple[int, int, int]] = []
    for wire in wires:
        (x, y), *rest = wire.route.points
        back = LEFT
        for to_x, to_y in rest:
            if to_y == y:
                arms[y, x + 1 : to_x] = LEFT | RIGHT
                ahead, behind = RIGHT, LEFT
            elif to_y > y:
                upright.append((x, y + 1, to_y))
                ahead, behind = DOWN, UP
            else:
                upright.append((x, to_y + 1, y))
                ahead, behind = UP, DOWN
            arms[y, x] = back | ahead
            x, y, back = to_x, to_y, behind
        arms[y, x] = back | RIGHT
    for x, top, bottom in upright:
        arms[top:bottom, x] |= UP | DOWN


def _frame(arms: NDArray[np.uint8], inks: Inks, card: Card) -> None:
    """Draw the border of a card."""
    at = card.place
    left, right, top, bottom = at.x, at.x + at.width - 1, at.y, at.y + at.height - 1
    inks[top : bottom + 1, left : right + 1] = _frame_ink(card)
    arms[top, left + 1 : right] = arms[bottom, left + 1 : right] = LEFT | RIGHT
    arms[top + 1 : bottom, left] = arms[top + 1 : bottom, right] = UP | DOWN
    arms[top, left], arms[top, right] = RIGHT | DOWN, LEFT | DOWN
    arms[bottom, left], arms[bottom, right] = RIGHT | UP, LEFT | UP


def _frame_ink(card: Card) -> Ink:
    if card.kind in ("gate", "copy"):
        return ROLE_INKS[card.role] if card.title else Ink.FRAME
    return Ink.CONSTANT if card.kind == "constant" else Ink.FRAME


def _draw_bare(raster: Raster, scene: Scene, card: Card) -> None:
    """Draw a card without a border: its label, and a line that gathers its wires where there are several."""
    at = card.place
    if card.kind == "input":
        raster.write(at.x, at.y, "─" * at.width, Ink.WIRE)
    elif at.height > 1:
        ports = {scene.wires[i].route.points[-1][1]: LEFT for i in scene.into(card.id)}
        for i in scene.out_of(card.id):
            y = scene.wires[i].route.points[0][1]
            ports[y] = ports.get(y, 0) | RIGHT
        first, last = min(ports), max(ports)
        for y in range(first, last + 1):
            arms = ports.get(y, 0) | (UP if y > first else 0) | (DOWN if y < last else 0)
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
        self, base: Raster, scene: Scene, numbers: Sequence[Numbers], totals: Mapping[str, str], marks: Marks
    ) -> None:
        self.base = base
        self.scene = scene
        self.numbers = numbers
        self.totals = totals
        self.marks = marks
        self.width = base.width
        self.height = base.height
        self._over = Overlay(base)

    def rows(self, ys: Sequence[int], left: int, right: int) -> Cells:
        """Return the cells of some rows from `left` to `right`, to be changed at will."""
        cells = self.base.rows(ys, left, right)
        for y, chars, inks in zip(ys, *cells, strict=True):
            self._over.onto(y, left, chars, inks)
            for spot in self._spots(y, left, right):
                text, ink = self._said(spot)
                if text:
                    grid.write(chars, inks, spot.x - left, text, ink)
        return cells

    def said(self, y: int, left: int, right: int) -> object:
        """Return what tells such a piece of a row from the same piece at another moment."""
        return self.base, self._over.rows.get(y), [self._said(spot) for spot in self._spots(y, left, right)]

    def _spots(self, y: int, left: int, right: int) -> Sequence[Spot]:
        spots = self.scene.rows.get(y, ())
        first = bisect_left(spots, left - self.scene.widest, key=_left)
        return spots[first : bisect_right(spots, right, key=_left)]

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


def _left(spot: Spot) -> int:
    return spot.x


def paint(base: Raster, scene: Scene, numbers: Sequence[Numbers], totals: Mapping[str, str], marks: Marks) -> Picture:
    """Return the drawing of a moment: the lines and boxes, the numbers known by now, and what stands out."""
    picture = Picture(base, scene, numbers, totals, marks)
    over = picture._over
    for i in marks.hot:
        _heat(over, scene.wires[i], marks.backward)
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


def _heat(over: Overlay, wire: Wire, backward: bool) -> None:
    """Draw a wire heavy, with its arrow the way things move."""
    ink = Ink.BACKWARD if backward else Ink.FORWARD
    cells = list(wire.route.cells())
    for before, (x, y) in zip([cells[0], *cells], cells, strict=False):
        shape = over.read(x, y)
        if shape == "┼":
            shape = _HEAVY_CROSSING[before[1] == y]
        over.write(x, y, _HEAVY.get(shape, shape), ink)
    if not backward:
        over.write(*cells[-1], ARROW, ink)
    else:
        over.write(*cells[-1], "━", ink)
        over.write(*cells[0], BACK_ARROW, ink)


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
