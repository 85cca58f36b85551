"""How each role looks in flight: cells over the drawing. Pure: time is an argument.

A flight has three acts: tokens arrive at the gate, the gate does what its role says, tokens leave. An adder stacks the
contributions to a sum, a distributor forks, a switcher lets the values of its slots change places, a router opens one
way and closes the other, a scaler multiplies. Taken back, the same pictures come in the opposite order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from graphtutor.gates import Role
from graphtutor.timeline import Computed, Seeded, Sent, Step, Summed
from graphtutor.tui.palette import Ink
from graphtutor.tui.raster import TOKEN
from graphtutor.tui.scene import Level, Scene, Wire, shown
from graphtutor.tui.spoken import SUM, Spoken
from graphtutor.tui.stage import Overlay, Stage, in_row, out_row

CROSS = "╳"


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


def closed(step: Step) -> bool:
    """Whether a router lets nothing through on this step's edge."""
    if not isinstance(step, Sent) or step.run.graph.nodes[step.node].gate.role is not Role.ROUTER:
        return False
    local = step.run.local_at(step.node, step.slot)
    return local is not None and not np.any(local)


def hot(scene: Scene, steps: Iterable[Step]) -> set[int]:
    """Return the wires along which something moves: all of the steps' but those that a router closed."""
    return {wire for step in steps if not closed(step) for wire in scene.wires_of(step)}


class Motion(Spoken):
    """What is drawn over a scene while steps of one gate happen."""

    def at(self, at: float) -> Overlay:
        """Return the cells when `at` (0 to 1) has happened; at 1 the picture that stays until the next step."""
        stage = self.stage
        if stage is None:
            return {}
        stage.cells = {}
        at = min(1.0, max(0.0, at))
        if not self.scene.level.whole:
            self._plain(stage, at)
            return stage.cells
        if stage.card.kind == "fork":
            self._meet(stage, at)
            return stage.cells
        match self.steps[0]:
            case Seeded() if at < 1:
                self._travel(stage, self.wires[self.steps[0].index], at, back=True)
            case Computed():
                self._compute(stage, at)
            case Summed() | Sent() if stage.card.kind == "copy":
                self._add_up(stage, at)
            case Sent():
                self._send(stage, at)
        return stage.cells

    def _plain(self, stage: Stage, at: float) -> None:
        """Draw tokens and their numbers, and ways that are closed, where a gate has no room inside.

        By what a gradient is multiplied stands in front of the gate; a switcher's sign is a cross.
        """
        first, gate = self.steps[0], self.run.graph.nodes[self.steps[0].node].gate
        now = acts(at, 0.3, 0.5)
        if isinstance(first, Computed):
            self._ride(stage, stage.ins if at < 0.5 else stage.outs, at * 2 % 1 if at < 1 else 1)
            return
        if isinstance(first, Seeded):
            self._ride(stage, stage.outs, at, back=True)
            return
        alone = isinstance(first, Sent) and gate.name == "copy"  # the sum is made already
        now = Acts(1, 1, at) if alone else now if self._sent else Acts(at, 0, 0)
        if now.arrive < 1:
            self._ride(stage, stage.outs, now.arrive, back=True, near=isinstance(first, Sent))
            return
        if gate.name == "copy" and not alone:
            if self._sum_beside:
                stage.text(*self._sum_beside, Ink.NEW_GRADIENT)
        elif stage.card.framed and now.leave < 1:
            self._small(stage, now.act)
        elif gate.role is Role.SWITCHER and now.leave < 1:
            stage.text(stage.name, stage.middle, CROSS, Ink.SYMBOL)
        for step in self._sent:
            for wire in self.wires[step.index]:
                if closed(step):
                    stage.shut(wire)
                elif now.act >= 1:
                    self._ride(stage, [wire], now.leave, back=True)

    def _small(self, stage: Stage, act: float) -> None:
        """Draw in a small box the ways that the gradient takes, and on them what the gate does to it."""
        at = stage.card.place
        ways = [
            [(x, stage.middle) for x in range(stage.right, at.x, -1)]
            + [(at.x, y) for y in range(stage.middle, row, 1 if row > stage.middle else -1)]
            + [(at.x, row)]
            for row in (stage.slot_row(step.slot) for step in self._sent if not closed(step))
        ]
        node = self.run.graph.nodes[self.steps[0].node]
        text = node.label if ways else stage.card.label
        if node.gate.role is Role.SWITCHER and len(node.args) == 2:
            room = (stage.width - len(CROSS)) // 2
            left, right = (self._operand(slot, room) for slot in (1, 0))  # they have changed places
            text = f"{left}{CROSS}{right}" if act >= 0.5 else f"{right}{CROSS}{left}"
        elif len(factors := {self._factor(stage, step) for step in self._sent if not closed(step)}) == 1:
            text = factors.pop() or text
        text = text[: stage.width]
        start = stage.centred(text)
        stage.clear()
        stage.lines(ways, act, Ink.BACKWARD, Ink.TOKEN_BACKWARD, heads=act < 1, symbol=range(start, start + len(text)))
        for row in {stage.slot_row(step.slot) for step in self._sent if not closed(step)} if act >= 1 else ():
            stage.turn(at.x, row)
        stage.text(start, stage.middle, text, Ink.SYMBOL)

    @cached_property
    def _sum_beside(self) -> tuple[int, int, str] | None:
        """The sum of the contributions and where it stands, if there is room beside a copy gate that is a sign only."""
        total = self.run.grad_at(self.steps[0].node)
        for text in (f" {self._sum} = {shown(total)} ", f" = {shown(total)} ") if np.ndim(total) == 0 else ():
            if self.stage and (cell := self.stage.beside_sign(text)):
                return *cell, text
        return None

    def _ride(self, stage: Stage, wires: Iterable[Wire], at: float, back: bool = False, near: bool = False) -> None:
        """Move a token along each wire until it is there; `near`: only the last cells on the way back into a gate."""
        for wire in wires if at < 1 else ():
            cells = stage.route(wire)[: 4 if near else None]
            ink, many = Ink.TOKEN_BACKWARD if back else Ink.TOKEN_FORWARD, self._many(wire, back)
            head = stage.tokens(cells[::-1] if back else cells, at, ink, many)
            if self.scene.level is Level.COMPACT and not many and not near:
                stage.over(wire, head, self._number(wire, back), back)

    # The kinds of steps

    def _compute(self, stage: Stage, at: float) -> None:
        """Draw values coming in, the gate computing, the result going out: of a copy gate, to several places."""
        if at >= 1:
            return
        now = acts(at, 0.55, 0.85)
        if now.arrive < 1:
            self._travel(stage, stage.ins, now.arrive)
            return
        rows = [in_row(wire) for wire in stage.ins]
        if stage.card.kind == "copy":
            paths = [stage.path(rows[0], out_row(wire), stage.fan)[::-1] for wire in stage.outs]
        else:
            paths = [stage.path(row, stage.trunk, stage.hub)[::-1] for row in rows]
        stage.lines(paths, now.act, Ink.FORWARD, Ink.TOKEN_FORWARD, heads=now.act < 1)
        if stage.card.kind != "copy" and stage.bottom > stage.top:
            for row, wire in zip(rows, stage.ins, strict=True):
                stage.text(stage.left, row, self._operand(wire.edge.slot, stage.width) if wire.edge else "", Ink.VALUE)
        if now.act >= 1:
            self._travel(stage, stage.outs, now.leave, short=True)

    def _send(self, stage: Stage, at: float) -> None:
        """Draw the upstream gradient coming in, the role acting, a contribution going out on each edge."""
        now = acts(at, 0.15, 0.6)
        if now.arrive < 1:
            for wire in stage.outs:
                self._approach(stage, wire, now.arrive)
            return
        if self._swaps:
            self._swap(stage, now.act)
        else:
            self._fork(stage, now.act)
        for step in self._sent:
            if closed(step):
                for wire in self.wires[step.index] if now.act >= 0.5 else ():
                    stage.shut(wire)
            elif now.act >= 1 and at < 1:
                self._travel(stage, self.wires[step.index], now.leave, back=True)

    def _add_up(self, stage: Stage, at: float) -> None:
        """Draw contributions coming in, stacked and added up, and the total going out."""
        summing, leaving = isinstance(self.steps[0], Summed), bool(self._sent)
        if not summing:
            now = Acts(1, 1, at)
        else:
            now = acts(at, 0.15, 0.6) if leaving else acts(at, 0.2, 0.999)
        if now.arrive < 1:
            for wire, _ in self._contributions:
                self._approach(stage, wire, now.arrive)
            return
        self._stack(stage, now.act)
        if leaving and now.act >= 1 and at < 1:
            self._travel(stage, self.wires[self.steps[-1].index], now.leave, back=True)

    def _meet(self, stage: Stage, at: float) -> None:
        """Draw what happens where a wire forks: a value goes both ways; contributions come back, meet and add up."""
        if isinstance(self.steps[0], Computed):
            if at < 1:
                self._travel(stage, *((stage.ins, at * 2) if at < 0.5 else (stage.outs, at * 2 - 1)))
            return
        leaving = bool(self._sent)
        now = Acts(1, 1, at) if not isinstance(self.steps[0], Summed) else acts(at, 0.3, 0.6 if leaving else 0.999)
        if now.arrive < 1:
            for wire, _ in self._contributions:
                self._approach(stage, wire, now.arrive)
        elif leaving and now.act >= 1 and at < 1:
            self._travel(stage, self.wires[self.steps[-1].index], now.leave, back=True)
        elif at < 1:
            text = f"{self._sum} = {shown(self.run.grad_at(self.steps[0].node))}"
            room = stage.card.place.x - stage.ins[0].route.points[-2][0]
            if len(text) <= room:
                stage.text(stage.card.place.x - len(text), stage.middle + 1, text, Ink.NEW_GRADIENT)
            stage.cells[stage.card.written] = SUM, Ink.TOKEN_BACKWARD

    # Arriving and leaving

    def _travel(self, stage: Stage, wires: Iterable[Wire], at: float, back: bool = False, short: bool = False) -> None:
        """Move a token along each wire, its number beside it; `short`: only to where a gate's value stands."""
        for wire in wires:
            cells = stage.route(wire)
            if short:
                goal = wire.route.label
                cells = cells[: cells.index(goal) + 1] if goal in cells else cells[:1]
            head = stage.tokens(
                cells[::-1] if back else cells,
                at,
                Ink.TOKEN_BACKWARD if back else Ink.TOKEN_FORWARD,
                self._many(wire, back),
            )
            stage.beside(wire, head, self._number(wire, back), back, known=not back and not short)

    def _approach(self, stage: Stage, wire: Wire, at: float) -> None:
        """Move a gradient from its place at a wire, next to the gate, into the gate."""
        cells = stage.route(wire)
        start = cells.index(wire.route.label) if wire.route.label in cells else 0
        stage.tokens(cells[: start + min(4, wire.room)][::-1], at, Ink.TOKEN_BACKWARD, self._many(wire, back=True))

    # What the roles do

    def _fork(self, stage: Stage, act: float) -> None:
        """Split the token over the edges; write by what it is multiplied. Closed ways get nothing."""
        rows = {step.slot: stage.slot_row(step.slot) for step in self._sent}
        paths = {step.slot: stage.path(rows[step.slot], stage.trunk, stage.hub) for step in self._sent}
        ways = [paths[step.slot] for step in self._sent if not closed(step)]
        stage.lines(ways, act, Ink.BACKWARD, Ink.TOKEN_BACKWARD, heads=act < 1)
        if not ways:  # everything is closed: the token gets as far as the symbol
            stopped = [path[: max(1, len(path) // 3)] for path in paths.values()]
            stage.lines(stopped, act, Ink.BACKWARD, Ink.TOKEN_BACKWARD, heads=True)
        for step in self._sent if act >= 0.5 else ():
            factor = "" if closed(step) else self._factor(stage, step)
            if factor and stage.bottom > stage.top:
                x = max(stage.left, min(stage.hub + 1, stage.right + 1 - len(factor)))
                stage.text(x, rows[step.slot], factor, Ink.SYMBOL)
            elif factor:
                stage.text(stage.left, stage.bottom + 1, "━" * stage.width, Ink.ACTING)
                stage.text(stage.centred(factor), stage.bottom + 1, factor, Ink.SYMBOL)

    def _swap(self, stage: Stage, act: float) -> None:
        """Let the values of the two slots change places, then multiply each by the upstream gradient."""
        rows = [stage.slot_row(0), stage.slot_row(1)]
        values = [self._operand(slot, stage.width // 2) for slot in (0, 1)]
        if act < 0.7:
            moved = min(1.0, max(0.0, (act - 0.2) / 0.5))
            down = round(rows[0] + moved * (rows[1] - rows[0]))
            up = round(rows[1] - moved * (rows[1] - rows[0]))
            stage.text(stage.left, down, values[0], Ink.NEW_VALUE)
            stage.text(stage.right + 1 - len(values[1]), up, values[1], Ink.NEW_VALUE)
            stage.cells.setdefault((stage.right, stage.trunk), (TOKEN, Ink.TOKEN_BACKWARD))
        else:
            for step in self._sent:
                stage.pieces(stage.left, rows[step.slot], self._product(step, values[1 - step.slot], stage.width))
        if act >= 0.2 and stage.name - 2 >= stage.left:
            stage.cells.setdefault((stage.name - 2, stage.middle), (CROSS, Ink.SYMBOL))

    def _stack(self, stage: Stage, act: float) -> None:
        """Slide the contributions under each other and write their sum, as one adds on paper."""
        numbers = self._contributions
        room = stage.width
        total = stage.card.place.y + stage.card.place.height // 2 + 1
        result = ("= " + shown(self.run.grad_at(stage.card.node)))[:room]
        edge = stage.centred(result) + len(result)
        if len(numbers) > 1:
            wide = min(room, 2 + max(len(number) for _, number in numbers))
            edge = max(edge, stage.left + (room - wide) // 2 + wide)
            first = total - len(numbers)
            fits = first >= stage.top
            if fits:
                stage.clear()
            moved = min(1.0, act / 0.6)
            for i, (wire, number) in enumerate(numbers):
                start = out_row(wire)
                row = round(start + moved * (first + i - start)) if fits else start
                sign = "+ " if i and moved >= 1 else ""
                text = (sign + number if len(sign + number) <= room else sign.strip() + number)[:room]
                stage.text(max(stage.left, edge - len(text)), row, text, Ink.TOKEN_BACKWARD)
        if act >= 0.8:
            stage.text(edge - len(result), total, result, Ink.NEW_GRADIENT)
