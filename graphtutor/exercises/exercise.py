"""An exercise, ready to be played: its text, its graph and run, its items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from graphtutor.engine.run import Run
from graphtutor.exercises.items import EDGE, TOTAL, VALUE, Item
from graphtutor.explain.diagnosis import Tolerance, gradient_tolerance, value_tolerance
from graphtutor.graph import Edge, Graph


@dataclass(frozen=True, slots=True)
class Hint:
    """A sentence that helps."""

    text: str
    when: str = "request"
    """`request`, or `diagnosed:<misconception>`: shown when that one is found."""
    cost: float = 0.0
    """The share of the points that asking for it costs; a diagnosed one is free."""


@dataclass(frozen=True, eq=False)
class Exercise:
    """One exercise with its numbers. Made by `graphtutor.exercises.load`; it holds no answer but what the run computes.

    To play it: ask `items` in their order; `check_item(exercise, answers, item.id)` judges one answer, with everything
    answered so far, so that a later number may build on an earlier mistake; `grade_answers(exercise, answers)` judges all.
    Answers are texts as typed. `answer(item)` is the right one, for the reveal.
    """

    id: str
    version: int
    kind: str
    """`forward_values`, `edge_gradients` or `gate_roles`."""
    title: str
    prompt: str
    points: float
    skills: tuple[str, ...]
    run: Run
    items: tuple[Item, ...]
    """In the order of asking: forward for values and roles, backward for gradients."""
    hints: tuple[Hint, ...] = ()
    targets: tuple[str, ...] = ()
    """The misconceptions that its numbers are chosen to tell apart."""
    rtol: float = 0.01
    carry_forward: bool = True
    carry_credit: float = 1.0
    attempts: tuple[float, ...] = (1.0,)
    """The share of the points that can still be had at each attempt; the last holds for all further ones."""
    weights: Mapping[str, float] = field(default_factory=dict)
    """Of items that do not weigh 1."""
    words: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Title, prompt and hints per further language."""
    path: Path | None = None
    number: int | None = None
    """The number its file name begins with."""
    student: str = ""
    reroll: int = 0
    variant: str = ""
    """The tag of a variant drawn for the student; empty where the numbers are fixed."""

    @property
    def graph(self) -> Graph:
        """The graph; `str(graph)` is the expression."""
        return self.run.graph

    @cached_property
    def _by_id(self) -> dict[str, Item]:
        return {item.id: item for item in self.items}

    @cached_property
    def accept(self) -> Tolerance:
        """When two numbers of this exercise count as the same."""
        tolerance = value_tolerance if self.kind == "forward_values" else gradient_tolerance
        return tolerance(self.run, self.rtol)

    def item(self, item_id: str) -> Item:
        """Return the item; `KeyError` when it is not asked."""
        return self._by_id[item_id]

    def weight(self, item: Item) -> float:
        """Return what the item weighs among all."""
        return self.weights.get(item.id, 1.0)

    def answer(self, item: Item) -> float | str:
        """Return the right answer: a number, or the name of a role."""
        match item.what:
            case "value":
                return float(self.run.value_at(item.node))
            case "edge":
                assert item.slot is not None
                return float(self.run.contribution_at(item.node, item.slot))
            case "total":
                return float(self.run.grad_at(item.node))
        return str(self.graph.nodes[item.node].gate.role)

    @cached_property
    def asked(self) -> dict[tuple[str, int, int], Item]:
        """The items by what they refer to: (what, node, slot), slot 0 where there is none."""
        return {(item.what, item.node, item.slot or 0): item for item in self.items}

    def upstream_item(self, target: int) -> Item | None:
        """Return the item whose answer is the upstream gradient of this gate; `None` at the output or if not asked."""
        uses = self.graph.uses[target]
        if target == self.graph.output or not uses:
            return None
        edge = uses[0]
        if self.graph.nodes[edge.target].gate.name == "copy":
            return self.asked.get((TOTAL, edge.target, 0))
        return self.edge_item(edge)

    def edge_item(self, edge: Edge) -> Item | None:
        """Return the item that asks for this edge's gradient."""
        return self.asked.get((EDGE, edge.target, edge.slot))

    def value_item(self, node: int) -> Item | None:
        """Return the item that asks for the value that arrives from this node."""
        return self.asked.get((VALUE, self.graph.origin(node).index, 0))

    def said(self, lang: str = "en") -> tuple[str, str, tuple[Hint, ...]]:
        """Return title, prompt and hints in this language, in English where they are not translated."""
        own = self.words.get(lang, {})
        texts = list(own.get("hints", ()))
        hints = tuple(
            Hint(texts[i] if i < len(texts) else hint.text, hint.when, hint.cost) for i, hint in enumerate(self.hints)
        )
        return own.get("title") or self.title, own.get("prompt") or self.prompt, hints
