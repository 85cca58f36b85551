"""A drawing as cells: a character and an ink each. Pure: no Textual, no app, no time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from rich.cells import cell_len

from graphtutor.tui.cells import clip
from graphtutor.tui.palette import ROLE_INKS, Ink
from graphtutor.tui.scene import DASH, Card, Numbers, Scene, Wire

TAIL = 0
"""The code point in the second cell of a wide character."""
ARROW, BACK_ARROW, TOKEN = "►", "◄", "●"

UP, DOWN, LEFT, RIGHT = 1, 2, 4, 8
_LINES = " ╵╷│╴╯╮┤╶╰╭├─┴┬┼"
"""The line character for every set of arms."""
_HEAVY = dict(zip("─│╭╮╰╯├┤", "━┃┏┓┗┛┣┫", strict=True))
_DOUBLE = dict(zip("─│╭╮╰╯├┤━┃┏┓┗┛┣┫", "═║╔╗╚╝╠╣" * 2, strict=True))
_HEAVY_CROSSING = {True: "┿", False: "╂"}


class Raster:
    """A grid of cells. Text is written into it; rows are read out of it in runs of one ink."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self.chars = np.full((height, width), ord(" "), np.uint32)
        self.inks = np.zeros((height, width), np.uint8)

    def copy(self) -> Raster:
        """Return a raster that can be written on without changing this one."""
        other = Raster.__new__(Raster)
        other.width, other.height = self.width, self.height
        other.chars, other.inks = self.chars.copy(), self.inks.copy()
        return other

    def write(self, x: int, y: int, text: str, ink: Ink) -> None:
        """Write text from a cell rightwards; what falls outside is left out."""
        if not 0 <= y < self.height:
            return
        for character in text:
            wide = cell_len(character)
            if wide and x >= 0 and x + wide <= self.width:
                self.chars[y, x] = ord(character)
                self.inks[y, x : x + wide] = ink
                if wide == 2:
                    self.chars[y, x + 1] = TAIL
            x += wide

    def read(self, x: int, y: int) -> str:
        """Return the character in a cell; empty for the second cell of a wide one."""
        code = int(self.chars[y, x])
        return chr(code) if code else ""

    def text(self, y: int) -> str:
        """Return a whole row as text."""
        return "".join(text for text, _ in self.runs(y, 0, self.width))

    def runs(
        self, y: int, left: int, right: int, over: Mapping[int, tuple[str, Ink]] = {}
    ) -> Iterator[tuple[str, Ink]]:
        """Yield a row's cells from `left` to `right` as runs of one ink; `over` replaces single cells.

        A wide character that is cut in half becomes a blank. Blanks take the ink on their left, which shortens the row
        on its way to the terminal, except after a reversed ink.
        """
        chars = self.chars[y, left:right]
        inks = self.inks[y, left:right]
        if over or (len(chars) and (chars[0] == TAIL or chars[-1] >= 0x1100)):
            chars, inks = chars.copy(), inks.copy()
            if chars[0] == TAIL:
                chars[0] = ord(" ")
            if chars[-1] >= 0x1100 and cell_len(chr(int(chars[-1]))) == 2:
                chars[-1] = ord(" ")
            for x, (character, ink) in over.items():
                if left <= x < min(right, left + len(chars)):
                    chars[x - left] = ord(character) if character else chars[x - left]
                    inks[x - left] = ink
        if not len(chars):
            return
        cuts = [0, *(np.flatnonzero(inks[1:] != inks[:-1]) + 1).tolist(), len(chars)]
        for start, end in pairwise(cuts):
            codes = chars[start:end]
            text = codes[codes != TAIL].astype("<u4").tobytes().decode("utf-32-le")
            yield text, Ink(int(inks[start]))


def draw(scene: Scene) -> Raster:
    """Draw everything that does not change while the run is played: lines and boxes."""
    raster = Raster(scene.width, scene.height)
    arms = np.zeros((scene.height, scene.width), np.uint8)
    for wire in scene.wires:
        cells = list(wire.route.cells())
        path = [(cells[0][0] - 1, cells[0][1]), *cells, (cells[-1][0] + 1, cells[-1][1])]
        for (ax, ay), (x, y), (bx, by) in zip(path, path[1:], path[2:], strict=False):
            arms[y, x] |= _arm(ax - x, ay - y) | _arm(bx - x, by - y)
    shapes = np.array([ord(c) for c in _LINES], np.uint32)
    raster.chars = shapes[arms]
    raster.inks[arms > 0] = Ink.WIRE
    for card in scene.cards.values():
        _draw_card(raster, card)
    for wire in scene.wires:
        cells = list(wire.route.cells())
        raster.write(*cells[-1], ARROW, Ink.WIRE)
        raster.write(cells[0][0] - 1, cells[0][1], "├", _frame_ink(scene.cards[wire.source]))
    return raster


def _arm(dx: int, dy: int) -> int:
    if dx:
        return RIGHT if dx > 0 else LEFT
    return DOWN if dy > 0 else UP


def _frame_ink(card: Card) -> Ink:
    if card.kind in ("gate", "copy"):
        return ROLE_INKS[card.role] if card.title else Ink.FRAME
    return Ink.CONSTANT if card.kind == "constant" else Ink.FRAME


def _draw_card(raster: Raster, card: Card) -> None:
    at, ink = card.place, _frame_ink(card)
    inner = at.width - 2
    raster.write(at.x, at.y, f"╭{_inset(card.title, inner)}╮", ink)
    for y in range(at.y + 1, at.y + at.height - 1):
        raster.write(at.x, y, f"│{' ' * inner}│", ink)
    foot = f" {card.foot} " if card.foot and cell_len(card.foot) + 2 <= inner else card.foot
    raster.write(at.x, at.y + at.height - 1, f"╰{_inset(foot, inner)}╯", ink)
    if foot:
        raster.write(at.x + 1 + (inner - cell_len(foot)) // 2, at.y + at.height - 1, foot, Ink.KEY)
    middle = at.y + (at.height - 1) // 2
    symbol = Ink.SYMBOL if card.kind in ("gate", "copy", "output") else Ink[card.kind.upper()]
    raster.write(at.x + 1 + (inner - cell_len(card.label)) // 2, middle, card.label, symbol)


def _inset(text: str, room: int) -> str:
    """Return a border with the text in its middle."""
    left = (room - cell_len(text)) // 2
    return "─" * left + text + "─" * (room - left - cell_len(text))


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


def paint(base: Raster, scene: Scene, numbers: Sequence[Numbers], totals: Mapping[str, str], marks: Marks) -> Raster:
    """Return the drawing of a moment: the lines and boxes, the numbers known by now, and what stands out."""
    raster = base.copy()
    for i in marks.hot:
        _heat(raster, scene.wires[i], marks.backward)
    for i, (wire, said) in enumerate(zip(scene.wires, numbers, strict=True)):
        x, y = wire.route.label
        for part, text, dy in (("value", said.value, -1), ("gradient", said.gradient, 1)):
            ink = _number_ink(part, text, (i, part) in marks.new)
            text, ink = marks.written.get((i, part), (text, ink))
            raster.write(x, y + dy, DASH if text is None else text, ink)
    for id, total in {**{id: (text, Ink.GRADIENT) for id, text in totals.items()}, **marks.totals}.items():
        at = scene.cards[id].place
        text = clip(total[0], at.width - 2)
        raster.write(at.x + 1 + (at.width - 2 - cell_len(text)) // 2, at.y + at.height // 2 + 1, text, total[1])
    for id, (word, ink) in marks.labelled.items():
        at = scene.cards[id].place
        word = clip(word, at.width - 2)
        raster.write(at.x + 1 + (at.width - 2 - cell_len(word)) // 2, at.y, word, ink)
    for id in marks.asked:
        _reframe(raster, scene.cards[id], _DOUBLE, Ink.ASKED)
    if marks.acting is not None:
        _reframe(raster, scene.cards[marks.acting], _HEAVY, Ink.ACTING)
    if marks.chosen is not None:
        card = scene.cards[marks.chosen]
        _reframe(raster, card, _DOUBLE, Ink.SELECTED)
        at = card.place
        x = at.x + 1 + (at.width - 2 - cell_len(card.label)) // 2 - 1
        raster.write(x, at.y + (at.height - 1) // 2, f" {card.label} ", Ink.CHOSEN)
    return raster


def _number_ink(part: str, text: str | None, new: bool) -> Ink:
    if text is None:
        return Ink.UNKNOWN
    if part == "value":
        return Ink.NEW_VALUE if new else Ink.VALUE
    return Ink.NEW_GRADIENT if new else Ink.GRADIENT


def _heat(raster: Raster, wire: Wire, backward: bool) -> None:
    """Draw a wire heavy, with its arrow the way things move."""
    ink = Ink.BACKWARD if backward else Ink.FORWARD
    cells = list(wire.route.cells())
    for before, (x, y) in zip([cells[0], *cells], cells, strict=False):
        shape = raster.read(x, y)
        if shape == "┼":
            shape = _HEAVY_CROSSING[before[1] == y]
        raster.write(x, y, _HEAVY.get(shape, shape), ink)
    if backward:
        raster.write(*cells[-1], "━", ink)
        raster.write(*cells[0], BACK_ARROW, ink)


def _reframe(raster: Raster, card: Card, shapes: Mapping[str, str], ink: Ink) -> None:
    """Redraw a card's border in another line; what is written in the border stays."""
    at = card.place
    right, bottom = at.x + at.width - 1, at.y + at.height - 1
    border = {(x, y) for x in range(at.x, right + 1) for y in (at.y, bottom)}
    border |= {(x, y) for y in range(at.y, bottom + 1) for x in (at.x, right)}
    for x, y in border:
        shape = raster.read(x, y)
        if shape in shapes:
            raster.write(x, y, shapes[shape], ink)
        elif y == at.y and shape:
            raster.inks[y, x : x + cell_len(shape)] = ink
