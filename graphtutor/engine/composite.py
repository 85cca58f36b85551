"""A part of a graph closed into one gate: its value and gradients are those of the graph inside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from graphtutor.engine.run import Array, backward, forward
from graphtutor.gates import Gate, Role
from graphtutor.graph import Graph
from graphtutor.graph.text import expression

LONGEST = 60
"""Characters up to which a story quotes what is inside."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Composite(Gate):
    """A gate whose forward and backward pass run the graph inside. Its slots are the inputs of that graph, in order."""

    inside: Graph

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """Pickle what it is made of; unlike other gates it cannot be found by name."""
        return composite, (self.name, self.symbol, self.inside)


def composite(kind: str, symbol: str, inside: Graph) -> Composite:
    """Return the gate that shows this graph as one box.

    `kind` is `statement`, `layer` or `neuron`. No gradient flows through a slot from which every way to the output
    leads through a gate that stops it.
    """
    formula = expression(inside, inside.output)
    shown = formula if len(formula) <= LONGEST else formula[: LONGEST - 3] + "..."
    said = f"{symbol} = {shown}" if kind == "statement" else shown
    return Composite(
        name=kind,
        role=_role(inside),
        symbol=symbol,
        inputs=tuple(inside.inputs),
        forward=partial(_forward, inside),
        formula=formula,
        functions=(),
        local=tuple("" if flows else None for flows in _flows(inside)),
        inside=inside,
        story={
            "en": f"shows {_WHAT['en'][kind]} {said} as one box; expand it to see inside",
            "ko": f"{_WHAT['ko'][kind]} {said} 을(를) 상자 하나로 보여 줍니다. 펼치면 안이 보입니다",
        },
    )


_WHAT = {
    "en": {"statement": "the statement", "layer": "the layer", "neuron": "the neuron"},
    "ko": {"statement": "문장", "layer": "층", "neuron": "뉴런"},
}


def pull(gate: Gate, arguments: tuple[Array, ...], upstream: Array) -> tuple[Array | None, ...]:
    """Return what the gate sends to each slot for this upstream gradient: the sum over all ways through the inside."""
    inside: Graph = gate.inside
    values, _ = _values(inside, arguments)
    run = backward(inside, values, seed=upstream)
    return tuple(run._grads[index] for index in inside.inputs.values())


def rules_of(gate: Gate) -> tuple[Callable[..., Array] | None, ...]:
    """Return the contribution per slot, as functions of the inputs, `out` and `g`."""

    def rule(slot: int) -> Callable[..., Array]:
        return lambda *given: pull(gate, given[:-2], given[-1])[slot]

    return tuple(None if slope is None else rule(slot) for slot, slope in enumerate(gate.local))


def slopes(gate: Gate, arguments: tuple[Array, ...]) -> tuple[Array | None, ...]:
    """Return the local gradient per slot where everything inside is elementwise, else `None` for each."""
    inside: Graph = gate.inside
    if not all(node.gate.is_source or node.gate.name == "copy" or _elementwise(node.gate) for node in inside.nodes):
        return (None,) * len(arguments)
    shape = np.broadcast_shapes(*(np.shape(argument) for argument in arguments))
    wide = tuple(np.broadcast_to(argument, shape)[()] for argument in arguments)
    return pull(gate, wide, np.ones(shape)[()])


def fault(gate: Gate, arguments: tuple[Array, ...]) -> str | None:
    """Return the kind of the first fault inside, or `None`."""
    _, faults = _values(gate.inside, arguments)
    return faults[0].kind if faults else None


def _elementwise(gate: Gate) -> bool:
    return bool(gate.local) and not gate.variadic


def _values(inside: Graph, arguments: tuple[Array, ...]) -> tuple[list[Array], list[Any]]:
    return forward(inside, dict(zip(inside.inputs, arguments, strict=True)))


def _forward(inside: Graph, *arguments: Array) -> Array:
    values, _ = _values(inside, arguments)
    return values[inside.output]


def _flows(inside: Graph) -> list[bool]:
    """Return for each input whether a gradient reaches it from the output."""
    reached = [False] * len(inside.nodes)
    reached[inside.output] = True
    for node in reversed(inside.nodes):
        if reached[node.index]:
            flows = node.gate.flows
            for slot, arg in enumerate(node.args):
                reached[arg] = reached[arg] or flows is None or node.gate.variadic or flows[slot]
    return [reached[index] for index in inside.inputs.values()]


def _role(inside: Graph) -> Role:
    """Return the role of the only gate inside, the one that all gates inside share, or in general: scaler."""
    roles = {node.gate.role for node in inside.nodes if not node.gate.is_source}
    if not any(_flows(inside)):
        return Role.STOPPER
    if len(roles) == 1 and (roles == {Role.DISTRIBUTOR} or sum(not n.gate.is_source for n in inside.nodes) == 1):
        return roles.pop()
    return Role.SCALER
