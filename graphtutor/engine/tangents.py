"""Forward mode: how fast every value of a run changes with one number of one input, computed along with the values."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from graphtutor.engine.functions import recorder
from graphtutor.engine.run import Array, Run, as_float64, plain
from graphtutor.engine.transform import jvp
from graphtutor.errors import InputError, near_misses
from graphtutor.graph import Node
from graphtutor.graph.text import element_text

if TYPE_CHECKING:
    from graphtutor.timeline import Timeline


Tell = Callable[[float], object]
OFTEN = 100
"""Nodes after which it is told how much is done."""


class Tangents(Run):
    """The values of a run, and the tangent of each: d(value)/d(seed), of the value's shape.

    It reads like a run in which the tangents stand where the gradients would: `grad_at` is a node's tangent,
    `contribution_at` the tangent that an edge carries.
    """

    def __init__(self, run: Run, seed: str, element: tuple[int, ...] = (), tell: Tell | None = None) -> None:
        self.run = run
        """The run whose values these are, with its gradients."""
        self.seed = seed
        """The input that moves."""
        self.element = element
        """Which number of it moves, of an array."""
        values = [as_float64(run.value_at(node.index)) for node in run.graph.nodes]
        tangents = _forward(run, values, seed, element, tell)
        carried = [tuple(tangents[arg] for arg in node.args) for node in run.graph.nodes]
        super().__init__(run.graph, values, list(tangents), list(carried), run.faults)

    @property
    def label(self) -> str:
        """What moves, as it is written: `x`, or `x[0, 1]`."""
        return element_text(self.seed, self.element)

    def tangent_at(self, index: int) -> Any:
        """Return d(node)/d(seed) of the node at this position: a float or an ndarray of the value's shape."""
        return self.grad_at(index)

    @property
    def gradient(self) -> Any:
        """The run's own d(output)/d(seed), from its backward pass; `None` where no gradient arrives."""
        whole = self.run.grad(self.seed)
        return None if whole is None else plain(as_float64(as_float64(whole)[self.element]))

    @cached_property
    def timeline(self) -> Timeline:
        """The steps of the forward pass, values and tangents together."""
        from graphtutor.timeline import TangentTimeline

        return TangentTimeline(self)


def tangents(run: Run, seed: str, element: tuple[int, ...] | None = None, tell: Tell | None = None) -> Tangents:
    """Return every node's tangent for one moving number: `element` of the input `seed`, by default its first.

    Exact: local gradients for elementwise gates, each gate's own Jacobian-vector product for the others. Raise
    `InputError` for a name that is not an input, or an element that it does not have. `tell` is told now and then which
    share is done.
    """
    if seed not in run.graph.inputs:
        raise InputError(
            f"{seed!r} is not an input{near_misses(seed, run.graph.inputs) or ': ' + ', '.join(run.graph.inputs)}"
        )
    shape = run.shape(run.graph.inputs[seed])
    element = (0,) * len(shape) if element is None else element
    if len(element) != len(shape) or any(not 0 <= i < n for i, n in zip(element, shape, strict=True)):
        raise InputError(f"{seed} has the shape {shape}; there is no element {element}")
    return Tangents(run, seed, element, tell)


def _forward(run: Run, values: list[Array], seed: str, element: tuple[int, ...], tell: Tell | None) -> list[Array]:
    found: list[Array] = []
    moves: list[bool] = []
    """Whether each node depends on the seed; what does not stays at 0 even where a local gradient is infinite."""
    for node in run.graph.nodes:
        if tell is not None and node.index % OFTEN == 0:
            tell(node.index / len(run.graph.nodes))
        still = np.zeros(np.shape(values[node.index]))
        if node.key == seed and node.gate.name == "input":
            still[element] = 1.0
            moving, tangent = True, still
        else:
            moving = any(moves[arg] for arg in node.args)
            tangent = _pushed(run, node, values, found, moves) if moving else still
        moves.append(moving)
        found.append(as_float64(tangent))
    return found


def _pushed(run: Run, node: Node, values: list[Array], found: list[Array], moves: list[bool]) -> Array:
    """Return a gate's tangent from those of its inputs."""
    if node.gate.name == "copy":
        return found[node.args[0]]
    shape = np.shape(values[node.index])
    moving = [slot for slot, arg in enumerate(node.args) if moves[arg]]
    with np.errstate(all="ignore"):
        if node.gate.inside is not None:
            return _pushed_through(run, node, found, moving)
        if node.gate.local:
            total = np.zeros(shape)
            for slot in moving:
                local = run.local_at(node.index, slot)
                if local is not None:
                    total = total + local * found[node.args[slot]]
            return as_float64(np.broadcast_to(total, shape))
        arguments = [values[arg] for arg in node.args]

        def compute(*moved: Any) -> Any:
            inputs = list(arguments)
            for slot, value in zip(moving, moved, strict=True):
                inputs[slot] = value
            return recorder(node.gate)(*inputs, **node.settings)

        slots = [node.args[slot] for slot in moving]
        _, tangent = jvp(compute, [values[arg] for arg in slots], [found[arg] for arg in slots])
        return as_float64(np.broadcast_to(tangent, shape))


def _pushed_through(run: Run, node: Node, found: list[Array], moving: list[int]) -> Array:
    """Return a closed box's tangent, element by element of its output: what that element pulls back, times tangents."""
    tangent = np.zeros(run.shape(node.index))
    for index in np.ndindex(tangent.shape):
        one = np.zeros(tangent.shape)
        one[index] = 1.0
        pulled = [(run.pulled(node.index, slot, as_float64(one)), found[node.args[slot]]) for slot in moving]
        tangent[index] = sum(np.sum(part * moved) for part, moved in pulled if part is not None)
    return as_float64(tangent)
