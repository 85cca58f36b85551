"""The steps of a run in order, with a cursor that moves both ways. Screen, export, explanation, exercises read it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, overload

from graphtutor.engine.run import Run
from graphtutor.graph import Edge

if TYPE_CHECKING:
    from graphtutor.engine.tangents import Tangents
    from graphtutor.explain import Explanation


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens in a run."""

    run: Run
    index: int
    """The position in the timeline, from 0."""
    node: int
    """The position of the gate that acts."""
    kind: ClassVar[str] = ""

    def explain(self, lang: str = "en") -> Explanation:
        """Say what happens: a sentence, the formula, the numbers. Raise `InputError` for an unknown language."""
        from graphtutor.explain import explain

        return explain(self, lang)

    def edges(self) -> tuple[Edge, ...]:
        """Return the edges along which something moves in this step."""
        return ()

    def __str__(self) -> str:
        said = self.explain()
        return f"{self.index + 1:>3}  {self.kind:<8}  {said.numbers}\n     {said.text}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.run.graph.nodes[self.node].key}>"


@dataclass(frozen=True, slots=True, repr=False)
class Computed(Step):
    """A gate computed its value from the values in its slots."""

    kind: ClassVar[str] = "computed"

    def edges(self) -> tuple[Edge, ...]:
        """Return the edges into the gate."""
        args = self.run.graph.nodes[self.node].args
        return tuple(Edge(source, self.node, slot) for slot, source in enumerate(args))


@dataclass(frozen=True, slots=True, repr=False)
class Seeded(Step):
    """The output's gradient was set to 1: d(output)/d(output)."""

    kind: ClassVar[str] = "seeded"


@dataclass(frozen=True, slots=True, repr=False)
class Sent(Step):
    """A gate sent a contribution back along one of its edges."""

    slot: int = 0
    kind: ClassVar[str] = "sent"

    @property
    def edge(self) -> Edge:
        """The edge, in its forward direction; the contribution travels against it."""
        return Edge(self.run.graph.nodes[self.node].args[self.slot], self.node, self.slot)

    def edges(self) -> tuple[Edge, ...]:
        """Return the one edge."""
        return (self.edge,)


@dataclass(frozen=True, slots=True, repr=False)
class Summed(Step):
    """A copy gate added up the contributions that came back."""

    kind: ClassVar[str] = "summed"

    def edges(self) -> tuple[Edge, ...]:
        """Return the edges on which the contributions arrived."""
        return tuple(self.run.graph.uses[self.node])


@dataclass(frozen=True, slots=True, repr=False)
class SeededTangent(Step):
    """In forward mode: the tangent of one number of an input was set to 1, every other input's to 0."""

    kind: ClassVar[str] = "seeded"


@dataclass(frozen=True, slots=True, repr=False)
class Pushed(Computed):
    """In forward mode: a gate computed its value and, along with it, its tangent."""

    kind: ClassVar[str] = "pushed"


Act = tuple[type[Step], int, int]
"""What a step is before anybody looks at it: its kind, the gate that acts, the slot of a `Sent`."""


class Timeline(Sequence[Step]):
    """The steps of a run, and a cursor: how many of them have happened. A step is made when it is looked at."""

    def __init__(self, run: Run, acts: Iterable[Act] | None = None) -> None:
        self.run = run
        self.acts = tuple(_acts(run) if acts is None else acts)
        """What happens in every step, in order."""
        self._made: dict[int, Step] = {}
        self._cursor = 0
        self._value_known = [-1] * len(run.graph.nodes)
        self._grad_known: list[int | None] = [None] * len(run.graph.nodes)
        self._sent: dict[tuple[int, int], int] = {}
        nodes = run.graph.nodes
        for index, (kind, node, slot) in enumerate(self.acts):
            if kind is Computed or kind is Pushed:
                self._value_known[node] = index
            elif kind is Sent:
                self._sent[node, slot] = index
                source = nodes[node].args[slot]
                if nodes[source].gate.name != "copy":
                    self._grad_known[source] = index
            elif kind is Seeded or kind is Summed:
                self._grad_known[node] = index

    def __len__(self) -> int:
        return len(self.acts)

    @overload
    def __getitem__(self, index: int) -> Step: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Step, ...]: ...
    def __getitem__(self, index: int | slice) -> Step | tuple[Step, ...]:
        if isinstance(index, slice):
            return tuple(self._step(i) for i in range(*index.indices(len(self.acts))))
        return self._step(range(len(self.acts))[index])

    def __iter__(self) -> Iterator[Step]:
        return map(self._step, range(len(self.acts)))

    def _step(self, index: int) -> Step:
        step = self._made.get(index)
        if step is None:
            kind, node, slot = self.acts[index]
            step = Sent(self.run, index, node, slot) if kind is Sent else kind(self.run, index, node)
            self._made[index] = step
        return step

    def at(self, cursor: int) -> Timeline:
        """Return the same steps with a cursor of their own, set to where `cursor` steps have happened."""
        other = copy(self)
        other.seek(cursor)
        return other

    @property
    def cursor(self) -> int:
        """How many steps have happened: 0 before the first, `len(timeline)` after the last."""
        return self._cursor

    @property
    def current(self) -> Step | None:
        """The step that happened last; `None` at the start."""
        return self._step(self._cursor - 1) if self._cursor else None

    def seek(self, cursor: int) -> Step | None:
        """Go to where `cursor` steps have happened, kept within the timeline; return the step that happened last."""
        self._cursor = max(0, min(len(self.acts), cursor))
        return self.current

    def forward(self) -> Step | None:
        """Let the next step happen and return it; `None` at the end."""
        if self._cursor == len(self.acts):
            return None
        return self.seek(self._cursor + 1)

    def back(self) -> Step | None:
        """Undo the last step and return it; `None` at the start."""
        undone = self.current
        self.seek(self._cursor - 1)
        return undone

    @cached_property
    def turn(self) -> int:
        """How many steps the forward pass has."""
        return next((index for index, (kind, _, _) in enumerate(self.acts) if kind is Seeded), len(self.acts))

    def value_known(self, node: int) -> bool:
        """Whether the value of this node is known at the cursor; inputs and constants are from the start."""
        return self._value_known[node] < self._cursor

    def grad_known(self, node: int) -> bool:
        """Whether the whole gradient of this node has arrived at the cursor."""
        known = self._grad_known[node]
        return known is not None and known < self._cursor

    def sent(self, target: int, slot: int) -> bool:
        """Whether the contribution of this slot's edge has been sent at the cursor."""
        known = self._sent.get((target, slot))
        return known is not None and known < self._cursor


class TangentTimeline(Timeline):
    """The steps of a forward pass that computes values and tangents together. What is below an edge is its tangent."""

    def __init__(self, tangents: Tangents) -> None:
        super().__init__(tangents, _tangent_acts(tangents))

    def grad_known(self, node: int) -> bool:
        """Whether the tangent of this node is known at the cursor; a copy gate's is its source's."""
        return self._cursor > 0 and self.value_known(node) and self.run.graph.nodes[node].gate.name != "copy"

    def sent(self, target: int, slot: int) -> bool:
        """Whether the tangent that this slot's edge carries is known at the cursor."""
        return self._cursor > 0 and self.value_known(self.run.graph.nodes[target].args[slot])


def _tangent_acts(tangents: Tangents) -> Iterator[Act]:
    yield SeededTangent, tangents.graph.inputs[tangents.seed], 0
    for node in tangents.graph.nodes:
        if not node.gate.is_source:
            yield Pushed, node.index, 0


def _acts(run: Run) -> Iterator[Act]:
    graph = run.graph
    for node in graph.nodes:
        if not node.gate.is_source:
            yield Computed, node.index, 0
    if not graph.depends[graph.output]:
        return
    yield Seeded, graph.output, 0
    for node in reversed(graph.nodes):
        if node.gate.is_source or run.grad_at(node.index) is None:
            continue
        if node.gate.name == "copy":
            yield Summed, node.index, 0
        for slot in range(len(node.args)):
            if run.contribution_at(node.index, slot) is not None:
                yield Sent, node.index, slot
