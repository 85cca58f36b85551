"""How each role looks in flight: cells over the drawing. Pure: time is an argument.

A flight has three acts: tokens arrive at the gate, the gate does what its role says, tokens leave. An adder stacks the
contributions to a sum, a distributor forks, a switcher lets the values of its slots change places, a router opens one
way and closes the other, a scaler multiplies. Taken back, the same pictures come in the opposite order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from graphtutor.engine.run import Run
from graphtutor.explain.formula import label, names, substitute
from graphtutor.gates import Role
from graphtutor.graph import Node
from graphtutor.layout import Placed
from graphtutor.timeline import Computed, Seeded, Sent, Step, Summed
from graphtutor.tui.palette import Ink
from graphtutor.tui.raster import DOWN, LEFT, RIGHT, TOKEN, UP
from graphtutor.tui.scene import Card, Level, Scene, Wire, shown

Cell = tuple[int, int]
Overlay = dict[Cell, tuple[str, Ink]]
Piece = tuple[str, Ink]

CLOSED, CROSS, TIMES, SUM = "✕", "╳", "×", "Σ"
_HEAVY = " ╹╻┃╸┛┓┫╺┗┏┣━┻┳╋"
"""The heavy line for every set of arms."""
_TRAIN = 3
"""Tokens that stand for an array; a number is one."""
_GAP = 2
"""Cells from one token of a train to the next."""


@dataclass(frozen=True, slots=True)
class Acts:
    """How far each act has come, each from 0 to 1."""

    arrive: float
    act: float
    leave: float


def acts(at: float, first: float, second: float) -> Acts:
    """Divide a flight: the first act ends at `first`, the second at `second`."""

    def part(start: float, end: float) -> float:
        return min(1.0, max(0.0, (at - start) / (end - start)))

    return Acts(part(0, first), part(first, second), part(second, 1))


def overlay(scene: Scene, steps: Sequence[Step], at: float) -> Overlay:
    """Return what is drawn over the scene when `at` (0 to 1) of these steps of one gate has happened.

    At 1 it is the picture that stays until the next step.
    """
    if not steps:
        return {}
    step = steps[0]
    card = scene.cards.get(scene.run.graph.nodes[step.node].id)
    if card is None:
        return {}
    if scene.level is not Level.FULL:
        return _plain(scene, card, steps, at)
    stage = _Stage(scene, card, min(1.0, max(0.0, at)))
    match step:
        case Seeded():
            stage.travel(scene.wires_of(step), stage.at, back=True)
        case Computed():
            stage.compute(step)
        case Summed() | Sent() if card.kind == "copy":
            stage.add_up(steps)
        case Sent():
            stage.send([other for other in steps if isinstance(other, Sent)])
    return stage.cells


def _plain(scene: Scene, card: Card, steps: Sequence[Step], at: float) -> Overlay:
    """Draw tokens alone, where a gate has no room inside: values come in and go out, gradients go back."""
    if at >= 1:
        return {}
    if isinstance(steps[0], Computed):
        wires, at = (scene.into(card.id), at * 2) if at < 0.5 else (scene.out_of(card.id), at * 2 - 1)
        return {scene.wires[i].route.at(at): (TOKEN, Ink.TOKEN_FORWARD) for i in wires}
    if isinstance(steps[0], Summed):
        wires = scene.out_of(card.id) if at < 0.5 or len(steps) == 1 else scene.into(card.id)
        at = at if len(steps) == 1 else at * 2 % 1
    else:
        wires = sorted(hot(scene, steps))
    return {scene.wires[i].route.at(1 - at): (TOKEN, Ink.TOKEN_BACKWARD) for i in wires}


def closed(step: Step) -> bool:
    """Whether a router lets nothing through on this step's edge."""
    if not isinstance(step, Sent) or step.run.graph.nodes[step.node].gate.role is not Role.ROUTER:
        return False
    local = step.run.local_at(step.node, step.slot)
    return local is not None and not np.any(local)


def hot(scene: Scene, steps: Iterable[Step]) -> set[int]:
    """Return the wires along which something moves: all of the steps' but those that a router closed."""
    return {wire for step in steps if not closed(step) for wire in scene.wires_of(step)}


class _Stage:
    """One gate and the cells drawn over it and its wires."""

    def __init__(self, scene: Scene, card: Card, at: float) -> None:
        self.scene = scene
        self.card = card
        self.at = at
        self.cells: Overlay = {}
        place = card.place
        self.left, self.right = place.x + 1, place.x + place.width - 2
        self.top, self.bottom = place.y + 1, place.y + place.height - 2
        self.middle = place.y + (place.height - 1) // 2
        self.name = self.left + (self.right - self.left + 1 - len(card.label)) // 2
        """Where the gate's symbol begins."""
        self.ins = [scene.wires[i] for i in scene.into(card.id)]
        self.outs = [scene.wires[i] for i in scene.out_of(card.id)]

    # The acts of each kind of step

    def compute(self, step: Step) -> None:
        """Draw values coming in, the gate computing, the result going out: of a copy gate, to several places."""
        acts_ = acts(self.at, 0.55, 0.85)
        if self.at >= 1:
            return
        moving = self.scene.into(self.card.id)
        if acts_.arrive < 1:
            self.travel(moving, acts_.arrive)
            return
        copy = self.card.kind == "copy"
        trunk = self._out_row(self.outs[0]) if self.outs else self.middle
        rows = [self._in_row(wire) for wire in self.ins]
        paths = (
            [self._path(rows[0], self._out_row(wire), self.middle_column)[::-1] for wire in self.outs]
            if copy
            else [self._path(row, trunk, self.hub)[::-1] for row in rows]
        )
        self._lines(paths, acts_.act, Ink.FORWARD, Ink.TOKEN_FORWARD, heads=acts_.act < 1)
        if not copy and self.bottom > self.top:
            for row, wire in zip(rows, self.ins, strict=True):
                self._text(self.left, row, shown(self._run.value_at(wire.node)), Ink.VALUE)
        if acts_.act >= 1:
            going = self.scene.out_of(self.card.id)
            self.travel(going, acts_.leave, short=True)

    def send(self, steps: Sequence[Sent]) -> None:
        """Draw the upstream gradient coming in, the role acting, a contribution going out on each edge."""
        acts_ = acts(self.at, 0.15, 0.6)
        if acts_.arrive < 1:
            self._enter(acts_.arrive)
        node = self._node
        crossing = node.gate.role is Role.SWITCHER and len(node.args) == 2 and self.bottom - self.top >= 2
        if crossing:
            self._swap(steps, acts_)
        else:
            self._fork(steps, acts_)
        moving = [i for step in steps if not closed(step) for i in self.scene.wires_of(step)]
        shut = [i for step in steps if closed(step) for i in self.scene.wires_of(step)]
        if acts_.act >= 0.5:
            for i in shut:
                self._shut(self.scene.wires[i])
        if acts_.act >= 1:
            self.travel(moving, acts_.leave, back=True)

    def add_up(self, steps: Sequence[Step]) -> None:
        """Draw contributions coming in, stacked and added up, and the total going out."""
        summing = isinstance(steps[0], Summed)
        leaving = isinstance(steps[-1], Sent)
        acts_ = acts(self.at, 0.15, 0.6) if leaving and summing else acts(self.at, 0.2, 0.999)
        if not summing:
            acts_ = Acts(1, 1, self.at)
        numbers = [
            (wire, shown(number))
            for wire in self.outs
            if wire.edge is not None
            and (number := self._run.contribution_at(wire.edge.target, wire.edge.slot)) is not None
        ]
        if acts_.arrive < 1:
            for wire, _ in numbers:
                self._approach(wire, acts_.arrive)
        else:
            self._stack(numbers, acts_.act)
        if leaving and acts_.act >= 1:
            self.travel(self.scene.wires_of(steps[-1]), acts_.leave, back=True)

    # Pieces

    def travel(self, wires: Iterable[int], at: float, back: bool = False, short: bool = False) -> None:
        """Move a token along each wire, its number beside it; at the end the number stands at its place.

        `short` goes only as far as the number's place, which is next to the gate that sends a value.
        """
        for i in wires:
            wire = self.scene.wires[i]
            cells = list(wire.route.cells())
            goal = wire.route.label
            if short:
                cells = cells[: cells.index(goal) + 1] if goal in cells else cells[:1]
            number = self._number(wire, back)
            if self.at >= 1:
                continue
            if back:
                cells.reverse()
            ink = Ink.TOKEN_BACKWARD if back else Ink.TOKEN_FORWARD
            head = self._train(cells, at, ink, self._many(wire, back))
            self._beside(wire, head, number, ink, back, known=not back and not short)

    def _beside(self, wire: Wire, head: Cell, number: str, ink: Ink, back: bool, known: bool) -> None:
        """Write a travelling number beside its token where it covers neither its wire nor a box."""
        x, y = head
        goal_x, goal_y = wire.route.label
        side = 1 if back else -1
        taken = set(wire.route.cells())
        ends = [self.scene.cards[id].place for id in (wire.source, wire.target)]
        first = goal_x + (len(number) + 1 if known else 0)  # where the number stands already, it does not stand twice
        if not known:
            self._text(goal_x, goal_y + side, " " * len(number), Ink.BLANK)
        for row in (y + side, y - side):
            for start in range(x, x - len(number), -1):
                spot = [(start + i, row) for i in range(len(number))]
                if row == goal_y + side and start < first:
                    break
                if row == goal_y - side or any(cell in taken or _inside(cell, end) for cell in spot for end in ends):
                    continue
                self._text(start, row, number, ink)
                return

    def _train(self, cells: Sequence[Cell], at: float, ink: Ink, many: bool) -> Cell:
        """Draw a token, or a train of them for an array; return where its head is."""
        head = round(at * (len(cells) - 1))
        for i in range(_TRAIN if many else 1):
            if head - _GAP * i >= 0:
                self.cells[cells[head - _GAP * i]] = TOKEN, ink
        return cells[head]

    def _enter(self, at: float) -> None:
        """Move the upstream gradient from its place at the gate's output into the gate."""
        for wire in self.outs:
            self._approach(wire, at)

    def _approach(self, wire: Wire, at: float) -> None:
        cells = list(wire.route.cells())
        reach = cells.index(wire.route.label) if wire.route.label in cells else 0
        run = cells[: reach + min(4, wire.room)][::-1]
        self._train(run, at, Ink.TOKEN_BACKWARD, self._many(wire, back=True))

    def _fork(self, steps: Sequence[Sent], acts_: Acts) -> None:
        """Split the token over the edges; write by what it is multiplied, and close what a router closes."""
        if acts_.arrive < 1 or not self.outs:
            return
        trunk = self._out_row(self.outs[0])
        rows = {step.slot: self._slot_row(step.slot) for step in steps}
        open_ = [self._path(rows[step.slot], trunk, self.hub) for step in steps if not closed(step)]
        dead = [self._path(rows[step.slot], trunk, self.hub) for step in steps if closed(step)]
        self._lines(open_, acts_.act, Ink.BACKWARD, Ink.TOKEN_BACKWARD, heads=acts_.act < 1)
        if not open_:  # a relu that is off: the token gets as far as the symbol
            self._lines([path[: len(path) // 3] for path in dead], acts_.act, Ink.BACKWARD, Ink.TOKEN_BACKWARD, True)
        if acts_.act < 0.5:
            return
        for step in steps:
            factor = self._factor(step)
            if not factor or closed(step):
                continue
            if self.bottom > self.top:
                self._text(min(self.hub + 1, self.right + 1 - len(factor)), rows[step.slot], factor, Ink.SYMBOL)
            else:
                self._text(self.left, self.bottom + 1, "━" * (self.right - self.left + 1), Ink.ACTING)
                self._text(self._centred(factor), self.bottom + 1, factor, Ink.SYMBOL)

    def _swap(self, steps: Sequence[Sent], acts_: Acts) -> None:
        """Let the values of the two slots change places, then multiply each by the upstream gradient."""
        if acts_.arrive < 1:
            return
        rows = [self._slot_row(0), self._slot_row(1)]
        width = self.right - self.left + 1
        moved = min(1.0, max(0.0, (acts_.act - 0.2) / 0.5))
        values = [self._operand(slot, width // 2) for slot in (0, 1)]
        if acts_.act < 0.7:
            down = round(rows[0] + moved * (rows[1] - rows[0]))
            up = round(rows[1] - moved * (rows[1] - rows[0]))
            self._text(self.left, down, values[0], Ink.NEW_VALUE)
            self._text(self.right + 1 - len(values[1]), up, values[1], Ink.NEW_VALUE)
            if self.outs and down != self.middle:
                self.cells[self.right, self._out_row(self.outs[0])] = TOKEN, Ink.TOKEN_BACKWARD
        else:
            for step in steps:
                self._pieces(self.left, rows[step.slot], self._product(step, values[1 - step.slot], width))
        if acts_.act >= 0.2 and self.name - 2 >= self.left:
            self.cells.setdefault((self.name - 2, self.middle), (CROSS, Ink.SYMBOL))

    def _stack(self, numbers: Sequence[tuple[Wire, str]], act: float) -> None:
        """Slide the contributions under each other and write their sum, as one adds on paper."""
        total = self.card.place.y + self.card.place.height // 2 + 1
        moved = min(1.0, act / 0.6)
        first = total - len(numbers)
        fits = first >= self.top
        longest = self.right - self.left + 1
        result = ("= " + shown(self._run.grad_at(self.card.node)))[:longest]
        edge = max(
            self._centred(result) + len(result), self.left + min(longest, 2 + max(len(number) for _, number in numbers))
        )
        if fits and len(numbers) > 1:
            for row in range(self.top, self.bottom + 1):
                self._text(self.left, row, " " * longest, Ink.BLANK)
        for i, (wire, number) in enumerate(numbers):
            if len(numbers) == 1:
                edge = self._centred(result) + len(result)
                break
            start = self._out_row(wire)
            row = round(start + moved * (first + i - start)) if fits else start
            sign = "+ " if i and moved >= 1 else ""
            text = sign + number if len(sign + number) <= longest else sign.strip() + number
            self._text(max(self.left, edge - len(text)), row, text[:longest], Ink.TOKEN_BACKWARD)
        if act >= 0.8:
            self._text(edge - len(result), total, result, Ink.NEW_GRADIENT)

    def _shut(self, wire: Wire) -> None:
        """Draw a wire dark: dashed, with a closed mark where it meets the gate."""
        cells = list(wire.route.cells())
        for before, cell in pairwise(cells):
            flat = before[1] == cell[1]
            self.cells[before] = ("╌" if flat else "╎"), Ink.UNKNOWN
        for (ax, ay), (x, y), (bx, by) in zip(cells, cells[1:], cells[2:], strict=False):
            if (ax - x == 0) != (bx - x == 0) or (ay - y == 0) != (by - y == 0):
                self.cells.pop((x, y), None)
        self.cells[cells[-1]] = CLOSED, Ink.TOKEN_BACKWARD

    def _lines(self, paths: Sequence[Sequence[Cell]], at: float, ink: Ink, token: Ink, heads: bool) -> None:
        """Draw heavy lines as far as they have come, a token at the head of each; the symbol stays readable."""
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
        for cell, arm in arms.items():
            if not self._on_symbol(cell):
                self.cells[cell] = _HEAVY[arm], ink
        for cell in tips if heads else ():
            self.cells[cell] = TOKEN, token

    def _path(self, row: int, trunk: int, hub: int) -> list[Cell]:
        """Return the cells inside the box from the right in row `trunk`, over column `hub`, to the left in `row`."""
        path = [(x, trunk) for x in range(self.right, hub, -1)]
        path += [(hub, y) for y in range(trunk, row, 1 if row > trunk else -1)]
        path += [(x, row) for x in range(hub, self.left - 1, -1)]
        return path

    @property
    def hub(self) -> int:
        """The column in which the ways to the slots part: left of the symbol."""
        return max(self.left, self.name - 2)

    @property
    def middle_column(self) -> int:
        """The column in which the ways out of a copy gate part: right of its symbol."""
        return min(self.right, self.name + len(self.card.label) + 1)

    def _on_symbol(self, cell: Cell) -> bool:
        x, y = cell
        return y == self.middle and self.name <= x < self.name + len(self.card.label)

    def _factor(self, step: Sent) -> str:
        """Write by what the gradient is multiplied on one way; empty where it is handed on as it is."""
        local = self._run.local_at(step.node, step.slot)
        narrow = self._run.shape(step.node) != self._run.shape(self._node.args[step.slot])
        gathered = f" {SUM}" if narrow and local is not None else ""
        if local is None:
            return f"{TIMES}∂" if self._node.gate.role in (Role.SCALER, Role.SWITCHER) else ""
        if self._node.gate.role is not Role.SCALER and bool(np.all(local == 1)):
            return gathered.strip()
        text = TIMES + shown(local) + gathered
        return text if len(text) <= max(self.right - self.left + 1, 8) else f"{TIMES}∂{gathered}"

    def _operand(self, slot: int, room: int) -> str:
        """Write the value of a slot, or its name where the value is too long."""
        text = shown(self._run.value_at(self._node.args[slot]))
        return text if len(text) <= room else label(self._run.graph, self._node.args[slot])[:room]

    def _product(self, step: Sent, other: str, room: int) -> list[Piece]:
        """Write what leaves on an edge as a product, as long as it fits."""
        run, node = self._run, self._node
        upstream, local = shown(run.grad_at(step.node)), run.local_at(step.node, step.slot)
        if local is None:
            shapes = tuple(run.shape(arg) for arg in node.args)
            rule = substitute(node.gate.rules(shapes)[step.slot] or "", {"g": "g"} | names(run.graph, node))
            text = rule.replace(" ", "")
            return [(text, Ink.SYMBOL)] if len(text) <= room else [(TIMES, Ink.SYMBOL), (other, Ink.VALUE)]
        factor = shown(local)
        if len(upstream) + len(factor) + 1 <= room:
            return [(upstream, Ink.GRADIENT), (TIMES, Ink.SYMBOL), (factor, Ink.VALUE)]
        return [(TIMES, Ink.SYMBOL), (factor if len(factor) < room else other, Ink.VALUE)]

    # Cells

    def _number(self, wire: Wire, back: bool) -> str:
        run = self._run
        if not back:
            return shown(run.value_at(wire.node))
        return shown(run.grad_at(wire.node) if wire.edge is None else run.contribution_at(*wire.edge[1:]))

    def _many(self, wire: Wire, back: bool) -> bool:
        if back and wire.edge is not None:
            return np.ndim(self._run.contribution_at(*wire.edge[1:])) > 0
        return self._run.shape(wire.node) != ()

    @property
    def _run(self) -> Run:
        return self.scene.run

    @property
    def _node(self) -> Node:
        return self.scene.run.graph.nodes[self.card.node]

    def _in_row(self, wire: Wire) -> int:
        return wire.route.points[-1][1]

    def _out_row(self, wire: Wire) -> int:
        return wire.route.points[0][1]

    def _slot_row(self, slot: int) -> int:
        return next((self._in_row(wire) for wire in self.ins if wire.edge and wire.edge.slot == slot), self.middle)

    def _centred(self, text: str) -> int:
        return self.left + (self.right - self.left + 1 - len(text)) // 2

    def _pieces(self, x: int, y: int, pieces: Iterable[Piece]) -> None:
        for text, ink in pieces:
            self._text(x, y, text, ink)
            x += len(text)

    def _text(self, x: int, y: int, text: str, ink: Ink) -> None:
        for i, character in enumerate(text):
            if 0 <= x + i < self.scene.width and 0 <= y < self.scene.height:
                self.cells[x + i, y] = character, ink


def _inside(cell: Cell, place: Placed) -> bool:
    return 0 <= cell[0] - place.x < place.width and 0 <= cell[1] - place.y < place.height


def _arm(dx: int, dy: int) -> int:
    if dx:
        return RIGHT if dx > 0 else LEFT
    return DOWN if dy > 0 else UP
