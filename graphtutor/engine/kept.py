"""Runs whose numbers stay where a compiled program left them, and are handed out when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Protocol

from graphtutor.engine.run import Array, Fault, Run, as_float64, finite, plain
from graphtutor.engine.run import run as right
from graphtutor.graph import Graph


class Kept(Protocol):
    """Where the numbers of one run are. What it hands out is the caller's own: nothing writes over it later."""

    def value(self, index: int) -> Array:
        """Return the value of the node at this position."""

    def grad(self, index: int) -> Array | None:
        """Return the gradient of the node at this position, or `None`."""

    def contribution(self, target: int, slot: int) -> Array | None:
        """Return the contribution on the edge into this slot, or `None`."""


class KeptRun(Run):
    """The run of a compiled program. It reads like any other run."""

    def __init__(
        self, graph: Graph, inputs: Sequence[Any], kept: Kept, done: Callable[[Kept], None] | None = None
    ) -> None:
        self.graph = graph
        self._inputs = inputs
        self._kept = kept
        self._done = done

    def __del__(self) -> None:
        done = getattr(self, "_done", None)
        if done is not None:
            done(self._kept)

    def value_at(self, index: int) -> Any:
        """Return the value of the node at this position."""
        return plain(self._kept.value(index))

    def grad_at(self, index: int) -> Any:
        """Return the gradient of the node at this position, or `None`; of a copy gate, the total."""
        return plain(self._kept.grad(index))

    def contribution_at(self, target: int, slot: int) -> Any:
        """Return upstream times local on the edge into this slot, or `None`."""
        return plain(self._kept.contribution(target, slot))

    @cached_property
    def _values(self) -> list[Array]:  # type: ignore[override]
        return [as_float64(self._kept.value(index)) for index in range(len(self.graph.nodes))]

    @cached_property
    def _grads(self) -> list[Array | None]:  # type: ignore[override]
        grads = (self._kept.grad(index) for index in range(len(self.graph.nodes)))
        return [None if grad is None else as_float64(grad) for grad in grads]

    @cached_property
    def _contributions(self) -> list[tuple[Array | None, ...]]:  # type: ignore[override]
        return [
            tuple(
                None if part is None else as_float64(part)
                for part in (self._kept.contribution(node.index, slot) for slot in range(len(node.args)))
            )
            for node in self.graph.nodes
        ]

    @cached_property
    def faults(self) -> tuple[Fault, ...]:  # type: ignore[override]
        """Where numbers stopped being finite, in order; the first is where it began."""
        parts = (part for sent in self._contributions for part in sent if part is not None)
        if all(map(finite, self._values)) and all(map(finite, parts)):
            return ()
        return right(self.graph, dict(zip(self.graph.inputs, self._inputs, strict=True))).faults
