"""One gate of a drawing and its wires, and what can be drawn over them: text, tokens, heavy and dashed lines."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import pairwise

from graphtutor.tui.palette import Ink
from graphtutor.tui.raster import DOWN, LEFT, RIGHT, TOKEN, UP, Ground
from graphtutor.tui.scene import Card, Scene, Wire

Cell = tuple[int, int]
Overlay = dict[Cell, tuple[str, Ink]]
Piece = tuple[str, Ink]

CLOSED = "✕"
_HEAVY = " ╹╻┃╸┛┓┫╺┗┏┣━┻┳╋"
"""The heavy line for every set of arms."""
_TRAIN = 3
"""Tokens that stand for an array; a number is one."""
_GAP = 2
"""Cells from one token of a train to the next."""
_TOKENS = (Ink.TOKEN_FORWARD, Ink.TOKEN_BACKWARD)


class Stage:
    """The cells of a gate's box and wires, found once, and an overlay that is drawn again for every picture."""

    def __init__(self, scene: Scene, card: Card, base: Ground) -> None:
        self.scene = scene
        self.card = card
        self.base = base
        self.cells: Overlay = {}
        place = card.place
        self.left, self.right = place.x + 1, place.x + place.width - 2
        self.top, self.bottom = place.y + 1, place.y + place.height - 2
        self.width = place.width - 2
        self.middle = place.y + (place.height - 1) // 2
        self.name = self.left + (self.width - len(card.label)) // 2
        """Where the gate's symbol begins."""
        self.ins = [scene.wires[i] for i in scene.into(card.id)]
        self.outs = [scene.wires[i] for i in scene.out_of(card.id)]
        self._routes: dict[int, list[Cell]] = {}

    @property
    def hub(self) -> int:
        """The column in which the ways to the slots part: left of the symbol."""
        return max(self.left, self.name - 2)

    @property
    def fan(self) -> int:
        """The column in which the ways out of a copy gate part: right of the symbol."""
        return min(self.right, self.name + len(self.card.label) + 1)

    @property
    def trunk(self) -> int:
        """The row in which the gate's value leaves."""
        return out_row(self.outs[0]) if self.outs else self.middle

    def slot_row(self, slot: int) -> int:
        """Return the row in which a slot's wire ends."""
        return next((in_row(wire) for wire in self.ins if wire.edge and wire.edge.slot == slot), self.middle)

    def centred(self, text: str) -> int:
        """Return where a text begins that stands in the middle of the box."""
        return self.left + (self.width - len(text)) // 2

    def route(self, wire: Wire) -> list[Cell]:
        """Return the cells of a wire from its source."""
        found = self._routes.get(id(wire))
        if found is None:
            found = self._routes[id(wire)] = list(wire.route.cells())
        return found

    def path(self, row: int, trunk: int, hub: int) -> list[Cell]:
        """Return the cells inside the box from the right in row `trunk`, over column `hub`, to the left in `row`."""
        path = [(x, trunk) for x in range(self.right, hub, -1)]
        path += [(hub, y) for y in range(trunk, row, 1 if row > trunk else -1)]
        path += [(x, row) for x in range(hub, self.left - 1, -1)]
        return path

    def text(self, x: int, y: int, text: str, ink: Ink) -> None:
        """Write from a cell rightwards; what falls outside the drawing is left out."""
        if not 0 <= y < self.scene.height:
            return
        for at, character in enumerate(text, x):
            if 0 <= at < self.scene.width:
                self.cells[at, y] = character, ink

    def pieces(self, x: int, y: int, pieces: Iterable[Piece]) -> None:
        """Write pieces of different inks, one after the other."""
        for text, ink in pieces:
            self.text(x, y, text, ink)
            x += len(text)

    def clear(self) -> None:
        """Make the inside of the box blank."""
        for row in range(self.top, self.bottom + 1):
            self.text(self.left, row, " " * self.width, Ink.BLANK)

    def tokens(self, cells: Sequence[Cell], at: float, ink: Ink, many: bool) -> Cell:
        """Draw a token on its way along cells, or a train of them for an array; return where its head is."""
        head = round(at * (len(cells) - 1))
        for i in range(_TRAIN if many else 1):
            if head - _GAP * i >= 0:
                self.cells[cells[head - _GAP * i]] = TOKEN, ink
        return cells[head]

    def over(self, wire: Wire, head: Cell, number: str, back: bool) -> None:
        """Write a travelling number over the wire behind its token, where the wire runs straight for long enough."""
        cells = self.route(wire)
        at = cells.index(head)
        first, last = self._straight(cells, at)
        start = head[0] + 1 if back else head[0] - len(number)
        if first <= last and cells[first][0] <= start and start + len(number) - 1 <= cells[last][0]:
            self.text(start, head[1], number, _TOKENS[back])

    def beside_sign(self, text: str) -> Cell | None:
        """Return where a text can begin near a gate that is a sign only and cover nothing; `None` without room."""
        x = self.card.place.x
        for row in (self.middle + down for down in (-1, 1, -2, 2, -3, 3)):
            for start in (x - len(text), x + 2):
                inside = 0 <= row < self.scene.height and 0 <= start <= self.scene.width - len(text)
                if inside and self._free(start, row, len(text), None):
                    return start, row
        return None

    def turn(self, x: int, row: int) -> None:
        """Lead a heavy line on to the left where it ends at a box's border."""
        arms = LEFT | (RIGHT if row == self.middle else DOWN if row < self.middle else UP)
        self.cells[x, row] = _HEAVY[arms], Ink.BACKWARD

    @staticmethod
    def _straight(cells: Sequence[Cell], at: int) -> tuple[int, int]:
        """Return the first and the last cell of the level piece of a wire around a cell, without corners and arrows."""
        first = last = at
        while first and cells[first - 1][1] == cells[at][1]:
            first -= 1
        while last < len(cells) - 1 and cells[last + 1][1] == cells[at][1]:
            last += 1
        return first + 1, last - 1

    def beside(self, wire: Wire, head: Cell, number: str, back: bool, known: bool) -> None:
        """Write a travelling number beside its token where it covers no wire, no box and no other number.

        Its place at the wire is kept clear meanwhile, unless it stands there already (`known`).
        """
        x, y = head
        goal_x, goal_y = wire.route.label
        side = 1 if back else -1
        first = goal_x + (len(number) + 1 if known else 0)
        if not known:
            self.text(goal_x, goal_y + side, " " * len(number), Ink.BLANK)
        for row in (y + side, y - side):
            if row == goal_y - side:
                continue
            for start in range(x, x - len(number), -1):
                if row == goal_y + side and start < first:
                    break
                if self._free(start, row, len(number), wire):
                    self.text(start, row, number, Ink.TOKEN_BACKWARD if back else Ink.TOKEN_FORWARD)
                    return

    def _free(self, x: int, y: int, columns: int, wire: Wire | None) -> bool:
        """Whether nothing is drawn or kept for a number there, but for the place of this wire's own."""
        if not 0 <= y < self.scene.height:
            return True
        cells = range(max(0, x), min(self.scene.width, x + columns))
        drawn = [self.cells[at, y][0] for at in cells if (at, y) in self.cells]
        drawn += [self.base.read(at, y) for at in cells]
        if any(character != " " for character in drawn) or any(self.scene.card_at(at, y) for at in cells):
            return False
        spots = self.scene.rows.get(y, ())
        first = bisect_left(spots, x - self.scene.widest, key=lambda spot: spot.x)
        for spot in spots[first : bisect_left(spots, x + columns, key=lambda spot: spot.x)]:
            mine = isinstance(spot.of, int) and self.scene.wires[spot.of] is wire
            if spot.x + spot.room > x and not mine:
                return False
        return True

    def shut(self, wire: Wire) -> None:
        """Draw a wire dark: dashed, with a closed mark where it meets the gate."""
        cells = self.route(wire)
        for before, (x, y), after in zip([cells[0], *cells], cells, [*cells[1:], cells[-1]], strict=False):
            if before[1] == y == after[1]:
                self.cells[x, y] = "╌", Ink.UNKNOWN
            elif before[0] == x == after[0]:
                self.cells[x, y] = "╎", Ink.UNKNOWN
        self.cells[cells[-1]] = CLOSED, Ink.TOKEN_BACKWARD

    def lines(
        self,
        paths: Sequence[Sequence[Cell]],
        at: float,
        ink: Ink,
        token: Ink,
        heads: bool,
        symbol: range | None = None,
    ) -> None:
        """Draw heavy lines as far as they have come, a token at the head of each; the columns of the symbol stay free.

        Those are the card's own if nothing is said.
        """
        arms: dict[Cell, int] = {}
        tips: list[Cell] = []
        for path in paths:
            if not path:
                continue
            reached = path[: 1 + round(at * (len(path) - 1))]
            for (ax, ay), (bx, by) in pairwise(reached):
                arms[ax, ay] = arms.get((ax, ay), 0) | _arm(bx - ax, by - ay)
                arms[bx, by] = arms.get((bx, by), 0) | _arm(ax - bx, ay - by)
            arms.setdefault(reached[0], LEFT | RIGHT)
            tips.append(reached[-1])
            for x, y in (path[0], path[-1]):  # through the border, where a wire meets it
                if (x, y) in arms and x in (self.left, self.right):
                    arms[x, y] |= LEFT if x == self.left else RIGHT
                    self.cells[x - 1 if x == self.left else x + 1, y] = "╋", Ink.ACTING
        if symbol is None:
            end = self.name + len(self.card.label)
            symbol = range(self.name - (self.hub < self.name - 1), end + (end < self.right))
        for (x, y), arm in arms.items():
            if y != self.middle or x not in symbol:
                self.cells[x, y] = _HEAVY[arm], ink
        for cell in tips if heads else ():
            self.cells[cell] = TOKEN, token


def in_row(wire: Wire) -> int:
    """Return the row in which a wire ends."""
    return wire.route.points[-1][1]


def out_row(wire: Wire) -> int:
    """Return the row in which a wire begins."""
    return wire.route.points[0][1]


def _arm(dx: int, dy: int) -> int:
    if dx:
        return RIGHT if dx > 0 else LEFT
    return DOWN if dy > 0 else UP
