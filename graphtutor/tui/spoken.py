"""What is written in flight: operands, factors, products and sums, as short as there is room. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from graphtutor.explain.formula import label, names, substitute
from graphtutor.gates import Role
from graphtutor.timeline import Sent, Step
from graphtutor.tui.cells import width
from graphtutor.tui.palette import Ink
from graphtutor.tui.raster import Ground, draw
from graphtutor.tui.scene import Scene, Wire, shown
from graphtutor.tui.stage import Piece, Stage, out_row

TIMES, SUM, LOCAL = "×", "Σ", "∂"


class Spoken:
    """Steps of one gate over a scene, and what is to be written of them. What does not change is looked up once.

    `base` is the drawing of the scene, made where it is not given: travelling numbers keep off what is drawn there.
    """

    def __init__(self, scene: Scene, steps: Sequence[Step], base: Ground | None = None) -> None:
        self.steps = steps
        self.scene = scene
        self.run = scene.run
        card = scene.cards.get(scene.run.graph.nodes[steps[0].node].id) if steps else None
        self.stage = Stage(scene, card, base or draw(scene)) if card else None
        self.wires = {step.index: [scene.wires[i] for i in scene.wires_of(step)] for step in steps}

    @cached_property
    def _sent(self) -> list[Sent]:
        return [step for step in self.steps if isinstance(step, Sent)]

    @cached_property
    def _swaps(self) -> bool:
        gate, stage = self.run.graph.nodes[self.steps[0].node].gate, self.stage
        two = len(self.run.graph.nodes[self.steps[0].node].args) == 2
        return stage is not None and gate.role is Role.SWITCHER and two and stage.bottom - stage.top >= 2

    @cached_property
    def _contributions(self) -> list[tuple[Wire, str]]:
        """The wires on which contributions come back to a copy gate, and the contributions."""
        assert self.stage is not None
        return [
            (wire, shown(number))
            for wire in sorted(self.stage.outs, key=out_row)
            if wire.edge is not None
            and (number := self.run.contribution_at(wire.edge.target, wire.edge.slot)) is not None
        ]

    @property
    def _sum(self) -> str:
        """The contributions as a sum, as the panel writes it."""
        first, *others = (number for _, number in self._contributions)
        return " + ".join([first, *(f"({number})" if number.startswith("-") else number for number in others)])

    def _factor(self, stage: Stage, step: Sent) -> str:
        """Write by what the gradient is multiplied on one way; empty where it is handed on as it is."""
        node = self.run.graph.nodes[step.node]
        local = self.run.local_at(step.node, step.slot)
        if local is None:
            return TIMES + LOCAL if node.gate.role in (Role.SCALER, Role.SWITCHER) else ""
        gathered = f" {SUM}" if self.run.shape(step.node) != self.run.shape(node.args[step.slot]) else ""
        if node.gate.role is not Role.SCALER and bool(np.all(local == 1)):
            return gathered.strip()
        text = TIMES + shown(local) + gathered
        return text if len(text) <= stage.width else TIMES + LOCAL + gathered

    def _operand(self, slot: int, room: int) -> str:
        """Write the value of a slot: where it is too long by its name, in two digits, or by the gate's name for it."""
        node = self.run.graph.nodes[self.steps[0].node]
        name = label(self.run.graph, node.args[slot])
        value = self.run.value_at(node.args[slot])
        brief = (f"{float(value):.2g}",) if np.ndim(value) == 0 else ()
        texts: tuple[str, ...] = (shown(value), name, *brief, node.gate.inputs[slot])
        return next((text for text in texts if len(text) == width(text) <= room), texts[-1][:room])

    def _product(self, step: Sent, other: str, room: int) -> list[Piece]:
        """Write what leaves on an edge as a product, as long as it fits."""
        run, node = self.run, self.run.graph.nodes[step.node]
        upstream, local = shown(run.grad_at(step.node)), run.local_at(step.node, step.slot)
        if local is None:
            shapes = tuple(run.shape(arg) for arg in node.args)
            rule = substitute(node.gate.rules(shapes)[step.slot] or "", {"g": "g"} | names(run.graph, node))
            text = rule.replace(" ", "")
            fits = len(text) == width(text) <= room
            return [(text, Ink.SYMBOL)] if fits else [(TIMES, Ink.SYMBOL), (other, Ink.VALUE)]
        factor = shown(local)
        if len(upstream) + len(factor) + 1 <= room:
            return [(upstream, Ink.GRADIENT), (TIMES, Ink.SYMBOL), (factor, Ink.VALUE)]
        return [(TIMES, Ink.SYMBOL), (factor if len(factor) < room else other, Ink.VALUE)]

    def _number(self, wire: Wire, back: bool) -> str:
        if not back:
            return shown(self.run.value_at(wire.node))
        return shown(self.run.grad_at(wire.node) if wire.edge is None else self.run.contribution_at(*wire.edge[1:]))

    def _many(self, wire: Wire, back: bool) -> bool:
        if back and wire.edge is not None:
            return np.ndim(self.run.contribution_at(*wire.edge[1:])) > 0
        return self.run.shape(wire.node) != ()
