"""From a run to what stands on the canvas: cards, wires, and the numbers of every wire. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from graphtutor.engine.run import Run
from graphtutor.explain import written
from graphtutor.explain.words import sentence
from graphtutor.gates import Role
from graphtutor.graph import Edge, Node
from graphtutor.layout import Box, Layout, Link, Placed, Route, arrange
from graphtutor.timeline import Computed, Seeded, Sent, Step, Summed, Timeline
from graphtutor.tui.cells import clip, width

DASH = "–"
"""What stands for a number that has not been computed; wider than a minus sign."""
OUTPUT = "output"
"""The id of the name box behind the last gate."""
LONGEST_NAME = 18
LONGEST_NUMBER = 16
HIDDEN_ROLE = 13
ROOMY = 60
"""Nodes up to which wires are made longer where there is room."""


@dataclass(frozen=True, slots=True)
class Card:
    """One box: a gate, an input, a constant, or the output's name."""

    id: str
    node: int
    """The node's position in the graph; the output box has the output gate's."""
    kind: str
    """`gate`, `copy`, `input`, `constant` or `output`."""
    title: str
    """Stands in the upper border: the role."""
    label: str
    """Stands in the middle: a symbol or a name."""
    foot: str
    """Stands in the lower border: what the explanations call the gate."""
    role: Role
    place: Placed


@dataclass(frozen=True, slots=True)
class Wire:
    """One line: an edge of the graph, or the stub from the last gate to the output's name."""

    edge: Edge | None
    """`None` for the stub."""
    node: int
    """The node whose value it carries."""
    route: Route
    room: int
    """Columns reserved for the numbers."""
    source: str
    target: str


class Numbers(NamedTuple):
    """What is written at a wire; `None` while it is not computed."""

    value: str | None
    gradient: str | None


@dataclass(frozen=True, slots=True)
class Scene:
    """A finished arrangement of one run."""

    run: Run
    cards: dict[str, Card]
    wires: tuple[Wire, ...]
    width: int
    height: int

    def card_of(self, node: int) -> Card:
        """Return the box of a node."""
        return self.cards[self.run.graph.nodes[node].id]

    def card_at(self, x: int, y: int) -> Card | None:
        """Return the box that covers a cell, or `None`."""
        for card in self.cards.values():
            at = card.place
            if at.x <= x < at.x + at.width and at.y <= y < at.y + at.height:
                return card
        return None

    def wires_of(self, step: Step | None) -> tuple[int, ...]:
        """Return the wires on which something happens in a step."""
        if step is None:
            return ()
        if isinstance(step, Seeded):
            return (len(self.wires) - 1,)
        moved = set(step.edges())
        return tuple(i for i, wire in enumerate(self.wires) if wire.edge in moved)

    def numbers(self, timeline: Timeline) -> list[Numbers]:
        """Return the numbers of every wire as far as the timeline's cursor knows them."""
        return [self._numbers(wire, timeline) for wire in self.wires]

    def _numbers(self, wire: Wire, timeline: Timeline) -> Numbers:
        run = self.run
        value = shown(run.value_at(wire.node)) if timeline.value_known(wire.node) else None
        if wire.edge is None:
            return Numbers(value, shown(run.grad_at(wire.node)) if timeline.grad_known(wire.node) else None)
        _, target, slot = wire.edge
        return Numbers(value, shown(run.contribution_at(target, slot)) if timeline.sent(target, slot) else None)

    def totals(self, timeline: Timeline) -> dict[str, str]:
        """Return, for every copy gate whose contributions have been added up, the sum as it stands in its box."""
        return {
            card.id: "= " + shown(self.run.grad_at(card.node))
            for card in self.cards.values()
            if card.kind == "copy" and timeline.grad_known(card.node)
        }


def shown(number: object) -> str:
    """Write a number as it stands on the canvas."""
    return clip(written(number), LONGEST_NUMBER)


def compose(run: Run, lang: str = "en", show_roles: bool = True, least: int = 2) -> Scene:
    """Arrange the cards and wires of a run, with at least so many columns for the numbers of a wire.

    The room for numbers does not depend on the cursor, so nothing ever jumps.
    """
    graph = run.graph
    faces = [_face(node, run, lang, show_roles) for node in graph.nodes]
    boxes = [_box(run, node.id, face) for node, face in zip(graph.nodes, faces, strict=True)]
    out = clip(graph.output_name, LONGEST_NAME)
    boxes.append(Box(OUTPUT, width(out) + 4, 3, 1))

    ends: list[tuple[Edge | None, int, str, str, int]] = []
    for edge in graph.edges():
        room = max(least, _room(run.value_at(edge.source), run.contribution_at(edge.target, edge.slot)))
        ends.append((edge, edge.source, graph.nodes[edge.source].id, graph.nodes[edge.target].id, room))
    room = max(least, _room(run.value_at(graph.output), run.grad_at(graph.output)))
    ends.append((None, graph.output, graph.nodes[graph.output].id, OUTPUT, room))
    links = [Link(source, target, edge.slot if edge else 0, room) for edge, _, source, target, room in ends]

    layout: Layout = arrange(boxes, links)
    cards = {
        node.id: Card(node.id, node.index, *face, node.gate.role, layout.boxes[node.id])
        for node, face in zip(graph.nodes, faces, strict=True)
    }
    cards[OUTPUT] = Card(OUTPUT, graph.output, "output", "", out, "", Role.SOURCE, layout.boxes[OUTPUT])
    wires = tuple(
        Wire(edge, node, route, room, source, target)
        for (edge, node, source, target, room), route in zip(ends, layout.routes, strict=True)
    )
    return Scene(run, cards, wires, layout.width, layout.height)


def role_word(role: Role, lang: str) -> str:
    """Return the role as one word of the language."""
    return sentence(lang, "roles", role).partition("(")[0].strip()


def _face(node: Node, run: Run, lang: str, show_roles: bool) -> tuple[str, str, str, str]:
    """Return the kind, title, label and foot of a node's card."""
    label = clip(node.label, LONGEST_NAME)
    if node.gate.is_source:
        return node.gate.name, "", label, ""
    title = role_word(node.gate.role, lang) if show_roles else ""
    if node.gate.name == "copy":
        return "copy", title, label, ""
    return "gate", title, label, clip(node.key, LONGEST_NAME)


def _box(run: Run, id: str, face: tuple[str, str, str, str]) -> Box:
    kind, title, label, foot = face
    hidden = 0 if title else HIDDEN_ROLE  # a box whose role is asked must not tell it by its width
    node = run.graph.node(id)
    slots = len(node.args)
    if kind == "copy":
        total = width(shown(run.grad_at(node.index))) + 4
        return Box(id, max(width(title), width(label), total, hidden - 2) + 2, 3, slots)
    wide = max(width(title) + 2, width(label) + 4, width(foot) + 4, hidden if kind == "gate" else 0)
    return Box(id, wide, 5 if slots > 1 else 3, slots)


def _room(value: object, gradient: object) -> int:
    return max(width(shown(value)), width(shown(gradient)))


def reveals(scene: Scene, step: Step | None) -> Iterator[tuple[int, str]]:
    """Yield which numbers a step brings: the wire and `value` or `gradient`."""
    match step:
        case Computed(node=node):
            yield from ((i, "value") for i, wire in enumerate(scene.wires) if wire.node == node)
        case Seeded() | Sent():
            yield from ((i, "gradient") for i in scene.wires_of(step))
        case Summed() | None:
            return


def fitting(run: Run, lang: str, columns: int, show_roles: bool = True, least: int = 2) -> Scene:
    """Compose a scene with wires as long as the room allows, up to a comfortable length."""
    found = compose(run, lang, show_roles, least)
    if len(run.graph.nodes) > ROOMY:
        return found
    for room in (12, 10, 8, 6, 5, 4):
        if room <= least:
            break
        wider = compose(run, lang, show_roles, room)
        if wider.width <= columns:
            return wider
    return found
