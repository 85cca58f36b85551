"""From a run to what stands on the canvas: cards, wires, and the numbers of every wire. Nothing is computed here."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import pairwise, repeat
from typing import NamedTuple, overload

from graphtutor.engine.expand import expandable
from graphtutor.engine.run import Run
from graphtutor.explain.formula import output_called
from graphtutor.gates import Role
from graphtutor.graph import Edge
from graphtutor.layout import Box, Layout, Link, Route, Tell, arrange, nobody
from graphtutor.timeline import Computed, Seeded, Sent, Step, Summed, Timeline
from graphtutor.tui.cards import BRIEF, LONGEST_NAME, LONGEST_NUMBER, SHORT, box, face, filled, span
from graphtutor.tui.cards import OUTPUT as OUTPUT
from graphtutor.tui.cards import SIGNS as SIGNS
from graphtutor.tui.cards import Card as Card
from graphtutor.tui.cards import Level as Level
from graphtutor.tui.cards import role_word as role_word
from graphtutor.tui.cards import shown as shown
from graphtutor.tui.cells import clip, width

DASH = "–"
"""What stands for a number that has not been computed; wider than a minus sign."""
LEAST = 2
"""Columns for the numbers of a wire at least."""
TIGHT = LEAST - 1
"""The same where it is for the wires' own sake and there is no room to spare: arrows only."""
TIGHTEST = 0
"""The same where boxes have hardly any room either: nothing blank beside names and numbers, fewer digits."""
LENGTHS = (20, 16, 14, 12, 10, 8, 6, 5, 4)
"""Columns for the numbers of a wire where there is room, the most first."""
GAPS = (4, 3, 2, 1)
"""Rows between boxes where there is room, the most first."""
MARGIN = 2
"""Columns on either side, and rows together, that stay free where wires and gaps are made longer."""
ROOMY = 60
"""Nodes up to which wires are made longer where there is room."""


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


@dataclass(frozen=True)
class Scene:
    """A finished arrangement of one run. What is asked of it costs what is asked for, not what is in the graph."""

    run: Run
    cards: dict[str, Card]
    wires: tuple[Wire, ...]
    width: int
    height: int
    level: Level = Level.FULL
    folded: bool = False
    """Whether a copy gate is a fork of its wire instead of a box."""
    brief: bool = False
    """Whether small boxes are as narrow as can be."""

    def index(self) -> None:
        """Work out now what is looked up later."""
        for name in (*GEOMETRY, "openable"):
            getattr(self, name)

    @cached_property
    def openable(self) -> frozenset[str]:
        """The keys of the gates that can be opened."""
        return frozenset(expandable(self.run))

    def card_of(self, node: int) -> Card:
        """Return the box of a node."""
        return self.cards[self.run.graph.nodes[node].id]

    def card_at(self, x: int, y: int) -> Card | None:
        """Return the box that covers a cell, or `None`."""
        lefts, columns = self._columns
        column = bisect_right(lefts, x) - 1
        if column < 0:
            return None
        tops, cards = columns[column]
        row = bisect_right(tops, y) - 1
        if row < 0:
            return None
        at = cards[row].place
        return cards[row] if x < at.x + at.width and y < at.y + at.height else None

    def end_at(self, x: int, y: int) -> Card | None:
        """Return the box at the nearer end of the wire that runs through a cell, or beside whose numbers it is."""
        found: dict[int, str] = {}
        for wire in self.wires:
            if not wire.route.points[0][0] <= x <= wire.route.points[-1][0]:
                continue
            at_x, at_y = wire.route.label
            number = self.level.whole and abs(y - at_y) == 1 and at_x <= x < at_x + wire.room
            gone, row = 0, at_y if number else y
            for (ax, ay), (bx, by) in pairwise(wire.route.points):
                if min(ax, bx) <= x <= max(ax, bx) and min(ay, by) <= row <= max(ay, by):
                    gone += abs(x - ax) + abs(row - ay)
                    left = wire.route.length - 1 - gone
                    found.setdefault(min(gone, left), wire.source if gone <= left else wire.target)
                    break
                gone += abs(bx - ax) + abs(by - ay)
        return self.cards[found[min(found)]] if found else None

    @cached_property
    def order(self) -> tuple[str, ...]:
        """The cards as one reads them: column by column, from top to bottom; forks are a part of their wires."""
        left_out = ("output", "fork")
        return tuple(card.id for _, cards in self._columns[1] for card in cards if card.kind not in left_out)

    @cached_property
    def _columns(self) -> tuple[list[int], list[tuple[list[int], list[Card]]]]:
        """The left edges of the layers, and for each its cards with their tops; cards of a layer start together."""
        found: dict[int, list[Card]] = {}
        for card in sorted(self.cards.values(), key=lambda card: (card.place.x, card.place.y)):
            found.setdefault(card.place.x, []).append(card)
        return list(found), [([card.place.y for card in cards], cards) for cards in found.values()]

    @cached_property
    def _wire_of(self) -> dict[tuple[int, int], int]:
        """The wire into every slot."""
        return {wire.edge[1:]: i for i, wire in enumerate(self.wires) if wire.edge}

    @cached_property
    def _carriers(self) -> dict[int, list[int]]:
        """The wires that carry the value of a node."""
        found: dict[int, list[int]] = {}
        for i, wire in enumerate(self.wires):
            found.setdefault(wire.node, []).append(i)
        return found

    @cached_property
    def _ends(self) -> dict[str, tuple[list[int], list[int]]]:
        """The wires into and out of every card, in the order of the wires."""
        found: dict[str, tuple[list[int], list[int]]] = {id: ([], []) for id in self.cards}
        for i, wire in enumerate(self.wires):
            found[wire.source][1].append(i)
            found[wire.target][0].append(i)
        return found

    def into(self, id: str) -> Sequence[int]:
        """Return the wires that enter a card."""
        return self._ends[id][0]

    def out_of(self, id: str) -> Sequence[int]:
        """Return the wires that leave a card."""
        return self._ends[id][1]

    def linked(self, id: str, forwards: bool) -> list[str]:
        """Return the cards to which wires lead, or from which they come; through a fork to what is behind it."""

        def ends(id: str) -> list[str]:
            if forwards:
                return [self.wires[i].target for i in self.out_of(id)]
            return [self.wires[i].source for i in self.into(id)]

        return [far for end in ends(id) for far in (ends(end) if self.cards[end].kind == "fork" else [end])]

    def wires_of(self, step: Step | None) -> tuple[int, ...]:
        """Return the wires on which something happens in a step."""
        if step is None:
            return ()
        if isinstance(step, Seeded):
            return (len(self.wires) - 1,)
        return tuple(self._wire_of[edge[1:]] for edge in step.edges())

    def carriers(self, node: int) -> Sequence[int]:
        """Return the wires that carry the value of a node."""
        return self._carriers.get(node, ())

    def numbers(self, timeline: Timeline) -> Sequence[Numbers]:
        """Return the numbers of every wire as far as the timeline's cursor knows them now."""
        return _Known(self, timeline.at(timeline.cursor))

    def totals(self, timeline: Timeline) -> Mapping[str, str]:
        """Return, for every copy gate whose contributions have been added up, the sum as it stands in its box."""
        return _Totals(self, timeline.at(timeline.cursor))

    @cached_property
    def _texts(self) -> dict[int, Numbers]:
        return {}

    def texts(self, wire: int) -> Numbers:
        """Return the numbers of a wire as they are at the end."""
        known = self._texts.get(wire)
        if known is None:
            of, run = self.wires[wire], self.run
            back = run.grad_at(of.node) if of.edge is None else run.contribution_at(*of.edge[1:])
            room = of.room
            if not room:
                card, most = self.cards[of.source], BRIEF if self.brief else LONGEST_NUMBER
                inside = card.place.width - (4 if card.framed else width(card.label) + 2)
                room = min(most, max(inside, SHORT - 1))
            known = self._texts[wire] = Numbers(filled(run.value_at(of.node), room), filled(back, room))
        return known

    @cached_property
    def widest(self) -> int:
        """The most cells that a place for a number has."""
        return max((spot.room for spots in self.rows.values() for spot in spots), default=0)

    @cached_property
    def starts(self) -> dict[int, list[int]]:
        """The columns in which the places for numbers start, row by row."""
        return {y: [spot.x for spot in spots] for y, spots in self.rows.items()}

    @cached_property
    def rows(self) -> dict[int, list[Spot]]:
        """The places for numbers, row by row and from left to right."""
        found: dict[int, list[Spot]] = {}
        if self.level is Level.DOTS:
            return found
        if self.level is Level.COMPACT:
            for card in self.cards.values():
                if card.kind in ("gate", "input"):
                    at, wire_ = card.place, self.out_of(card.id)[0]
                    inset = 1 if card.framed else width(card.label)
                    room = at.width - inset - card.framed
                    blank = 0 if self.brief and card.framed else 2
                    mark = card.kind == "gate" and self.run.graph.nodes[card.node].key in self.openable
                    above = Spot(at.x + inset, room, "value", wire_, blank)
                    below = Spot(at.x + inset, room - mark, "gradient", wire_, blank)
                    if self.brief and not card.framed:  # there is no line beside it: it may stand below the name too
                        below = Spot(at.x, at.width, "gradient", wire_)
                    found.setdefault(at.y, []).append(above)
                    found.setdefault(at.y + at.height - 1, []).append(below)
        for i, wire in enumerate(self.wires if self.level.whole else ()):
            x, y = wire.route.label
            found.setdefault(y - 1, []).append(Spot(x, wire.room, "value", i))
            found.setdefault(y + 1, []).append(Spot(x, wire.room, "gradient", i))
        for card in self.cards.values():
            if card.kind == "copy" and self.level.whole:
                at = card.place
                found.setdefault(at.y + at.height // 2 + 1, []).append(Spot(at.x + 1, at.width - 2, "total", card.id))
        for spots in found.values():
            spots.sort(key=lambda spot: spot.x)
        return found


GEOMETRY = ("order", "rows", "starts", "widest", "_columns", "_wire_of", "_carriers", "_ends")
"""What a scene looks up that has nothing to do with its numbers."""


class Spot(NamedTuple):
    """Cells kept for a number."""

    x: int
    room: int
    part: str
    """`value` or `gradient` of a wire, `total` of a card."""
    of: int | str
    """The wire's position, or the card's id."""
    blank: int | None = None
    """`None` but in a line; there so many cells stay blank, more where there are: a dash of it is no minus sign."""

    def fill(self, text: str) -> str:
        """Return what is written there, cut where it is too long."""
        if self.blank is None:
            return clip(text, self.room)
        text = clip(text, self.room - self.blank)
        free = self.room - width(text)
        return " " * (free > 0) + text + " " * (free > 1)


class _Known(Sequence[Numbers]):
    """The numbers of the wires at one moment, written down when they are looked at."""

    def __init__(self, scene: Scene, timeline: Timeline) -> None:
        self._scene = scene
        self._timeline = timeline

    def __len__(self) -> int:
        return len(self._scene.wires)

    @overload
    def __getitem__(self, index: int) -> Numbers: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Numbers]: ...
    def __getitem__(self, index: int | slice) -> Numbers | Sequence[Numbers]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        wire, timeline = self._scene.wires[index], self._timeline
        sent = timeline.grad_known(wire.node) if wire.edge is None else timeline.sent(*wire.edge[1:])
        if wire.edge is not None and self._scene.cards[wire.target].kind == "fork":  # there is no box for the total
            sent |= timeline.grad_known(wire.edge.target)
        value, gradient = self._scene.texts(index)
        return Numbers(value if timeline.value_known(wire.node) else None, gradient if sent else None)


class _Totals(Mapping[str, str]):
    """The totals that are known at one moment, by card."""

    def __init__(self, scene: Scene, timeline: Timeline) -> None:
        self._scene = scene
        self._timeline = timeline

    def __getitem__(self, id: str) -> str:
        card = self._scene.cards[id]
        if card.kind != "copy" or not self._timeline.grad_known(card.node):
            raise KeyError(id)
        return "= " + shown(self._scene.run.grad_at(card.node))

    def __iter__(self) -> Iterator[str]:
        return (id for id, card in self._scene.cards.items() if card.kind == "copy" and self.get(id) is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def compose(
    run: Run,
    lang: str = "en",
    show_roles: bool = True,
    least: int = LEAST,
    level: Level = Level.FULL,
    before: Scene | None = None,
    folded: bool = False,
    gap: int | None = None,
    tell: Tell = nobody,
) -> Scene:
    """Arrange the cards and wires of a run, with at least so many columns for the numbers of a wire.

    The room for numbers does not depend on the cursor, so nothing ever jumps. Where a scene of the same graph is given
    as `before`, nothing gets less room than there. With `folded` a copy gate is a fork of its wire. `gap`
    rows stay free between boxes, one between those that have an inside if nothing is said. `tell` is told now and then
    how much is done.
    """
    graph = run.graph
    opens = frozenset(expandable(run) if level is Level.COMPACT else ())
    brief = level is Level.COMPACT and least < TIGHT
    faces = [face(node, run, lang, show_roles, level, folded, brief) for node in graph.nodes]
    boxes = [
        box(run, node, said, level, before.cards[node.id].place.width if before else 0, least, node.key in opens)
        for node, said in zip(graph.nodes, faces, strict=True)
    ]
    tell(0.1)
    out = clip(output_called(graph), LONGEST_NAME)
    full = level.whole
    boxes.append(Box(OUTPUT, width(out) + 4, 3, 1) if full else Box(OUTPUT, width(out), 1, 1, bare=True))

    ends: list[tuple[Edge | None, int, str, str, int]] = []
    kept = iter(wire.room for wire in before.wires) if before else repeat(least)
    for edge in graph.edges():
        room = max(least, next(kept), span(run.value_at(edge.source), run.contribution_at(edge.target, edge.slot)))
        ends.append((edge, edge.source, graph.nodes[edge.source].id, graph.nodes[edge.target].id, room))
    room = max(least, next(kept), span(run.value_at(graph.output), run.grad_at(graph.output)))
    ends.append((None, graph.output, graph.nodes[graph.output].id, OUTPUT, room))
    if not full:
        ends = [(*end[:4], 0) for end in ends]
    longer, lead = (0, 1) if full else (max(0, least - LEAST), int(least >= LEAST))
    links = [Link(source, target, edge.slot if edge else 0, room + longer) for edge, _, source, target, room in ends]

    layout: Layout = arrange(
        boxes, links, gap=int(full) if gap is None else gap, lead=lead, tell=lambda share: tell(0.25 + 0.75 * share)
    )
    cards = {
        node.id: Card(node.id, node.index, *said, node.gate.role, layout.boxes[node.id], said.framed(level))
        for node, said in zip(graph.nodes, faces, strict=True)
    }
    cards[OUTPUT] = Card(OUTPUT, graph.output, "output", "", out, "", Role.SOURCE, layout.boxes[OUTPUT], full)
    wires = tuple(
        Wire(edge, node, route, room, source, target)
        for (edge, node, source, target, room), route in zip(ends, layout.routes, strict=True)
    )
    return Scene(run, cards, wires, layout.width, layout.height, level, folded, brief)


def reveals(scene: Scene, step: Step | None) -> Iterator[tuple[int, str]]:
    """Yield which numbers a step brings: the wire and `value` or `gradient`."""
    match step:
        case Computed(node=node):
            yield from ((i, "value") for i in scene.carriers(node))
        case Seeded() | Sent():
            yield from ((i, "gradient") for i in scene.wires_of(step))
        case Summed(node=node):
            if scene.card_of(node).kind == "fork":
                yield from ((i, "gradient") for i in scene.into(scene.card_of(node).id))


def carried(scene: Scene, run: Run) -> Scene:
    """Return the same arrangement with the numbers of another run of its graph, cut where they have too little room."""
    other = replace(scene, run=run)
    vars(other).update({name: known for name, known in vars(scene).items() if name in (*GEOMETRY, "openable")})
    return other


def fits(scene: Scene) -> bool:
    """Return whether all numbers have the room they need."""
    run = scene.run
    if not scene.level.whole:
        longest = BRIEF if scene.brief else SHORT
        spots = ((scene.wires[int(spot.of)].node, spot) for row in scene.rows.values() for spot in row)
        return all(
            span(run.value_at(node), run.grad_at(node), longest) + (spot.blank or 0) <= spot.room
            for node, spot in spots
        )
    for wire in scene.wires:
        back = run.grad_at(wire.node) if wire.edge is None else run.contribution_at(*wire.edge[1:])
        if span(run.value_at(wire.node), back) > wire.room:
            return False
    return all(
        width(shown(run.grad_at(card.node))) + 4 <= card.place.width
        for card in scene.cards.values()
        if card.kind == "copy"
    )


def fitting(
    run: Run,
    lang: str,
    columns: int,
    show_roles: bool = True,
    least: int = LEAST,
    level: Level = Level.FULL,
    before: Scene | None = None,
    folded: bool = False,
    rows: int | None = None,
) -> Scene:
    """Compose a scene with wires as long and boxes as far apart as the room allows, up to a comfortable measure.

    See `compose`. Where there is no room and wires carry no numbers, they are as short as can be, and then small boxes
    as narrow as can be; boxes that would not fit into so many `rows` stand without a row between them, where that
    helps.
    """
    made = partial(compose, run, lang, show_roles, level=level, before=before, folded=folded)
    found, gap = made(least), int(level.whole)
    if rows is not None and found.height > rows and level.whole:
        dense = made(least, gap=0)
        if dense.height <= rows:
            found, gap = dense, 0
    if found.width > columns and not level.whole and least > TIGHT:
        for length in (TIGHT, TIGHTEST)[: 1 + (level is Level.COMPACT)]:
            found, least = made(length), length
            if found.width <= columns:
                break
    if len(run.graph.nodes) > ROOMY:
        return found
    wide, high = columns - 2 * MARGIN, 0 if rows is None or level is Level.DOTS else rows - MARGIN
    for length in (length for length in LENGTHS if least < length <= least + wide - found.width):
        longer = made(length, gap=gap)
        if longer.width <= wide:
            found, least = longer, length
            break
    for free in (free for free in GAPS if gap < free <= gap + high - found.height):
        taller = made(least, gap=free)
        if taller.height <= high and taller.width <= max(columns, found.width):
            return taller
    return found
