"""A part of a graph closed into one gate: its value and gradients are those of the graph inside it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial, reduce
from typing import Any

import numpy as np

from graphtutor.engine.run import Array, Gather, Send, backward, forward, not_finite
from graphtutor.gates import Gate, Role, functions
from graphtutor.gates.gate import Shapes
from graphtutor.graph import Graph
from graphtutor.graph.text import expression

LONGEST = 60
"""Characters up to which a story quotes what is inside, and a local gradient is written out."""
READABLE = 300
"""Characters up to which a step shows the whole formula."""
MOST = 12
"""Gates up to which a local gradient is written out; inputs up to which they are listed."""


_UNWRITTEN = "g * slope"
"""Stands for a contribution that would be long to write."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Composite(Gate):
    """A gate whose forward and backward pass run the graph inside. Its slots are the inputs of that graph, in order."""

    inside: Graph

    def rules(self, shapes: Shapes) -> tuple[str | None, ...]:
        """Return the contribution per input for a reader; the numbers come from the graph inside."""
        if "" not in self.local:
            return super().rules(shapes)
        return tuple(None if slope is None else f"g * ({slope})" if slope else _UNWRITTEN for slope in self.local)

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """Pickle what it is made of; unlike other gates it cannot be found by name."""
        return composite, (self.name, self.symbol, self.inside)


def composite(kind: str, symbol: str, inside: Graph) -> Composite:
    """Return the gate that shows this graph as one box.

    `kind` is `statement`, `layer` or `neuron`. No gradient flows through a slot from which every way to the output
    leads through a gate that stops it.
    """
    formula = expression(inside, inside.output)
    if len(formula) > READABLE:
        formula = f"{inside.output_name}({', '.join(inside.inputs) if len(inside.inputs) <= MOST else '...'})"
    shown = formula if len(formula) <= LONGEST else formula[: LONGEST - 3] + "..."
    said = f"{symbol} = {shown}" if kind == "statement" else shown
    slopes = tuple(text if flows else None for text, flows in zip(local_texts(inside), _flows(inside), strict=True))
    return Composite(
        name=kind,
        role=_role(inside),
        symbol=symbol,
        inputs=tuple(inside.inputs),
        forward=partial(_forward, inside),
        formula=formula,
        functions=(),
        local=slopes if _elementwise(inside) else (),
        vjp=() if _elementwise(inside) else tuple(None if slope is None else _UNWRITTEN for slope in slopes),
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


def pull(
    gate: Gate, arguments: tuple[Array, ...], upstream: Array, send: Send | None = None, gather: Gather | None = None
) -> tuple[Array | None, ...]:
    """Return what the gate sends to each slot for this upstream gradient: the sum over all ways through the inside.

    `send` and `gather` are those of `run.backward`.
    """
    inside: Graph = gate.inside
    values, _ = _values(inside, arguments)
    run = backward(inside, values, seed=upstream, send=send, gather=gather)
    return tuple(run._grads[index] for index in inside.inputs.values())


def local_texts(inside: Graph) -> tuple[str, ...]:
    """Return the local gradient per input as text over the inputs and `out`.

    Along each way through the inside it is the product, between ways the sum, of the local gradients there. It is what
    a learner reads; the numbers come from the graph inside. Empty where it would be long, or where something inside is
    not elementwise.
    """
    none = ("",) * len(inside.inputs)
    gates = [node for node in inside.nodes if not node.gate.is_source and node.gate.name != "copy"]
    if len(gates) > MOST or not all(node.gate.local and "" not in node.gate.local for node in gates):
        return none
    if any(name == "out" or name in functions() for name in inside.inputs):
        return none
    ways: dict[int, list[ast.expr]] = {inside.output: [ast.Constant(1)]}
    for node in reversed(inside.nodes):
        if node.gate.is_source or node.index not in ways:
            continue
        above = reduce(lambda left, right: ast.BinOp(left, ast.Add(), right), ways[node.index])
        put = {name: _written(inside, arg) for name, arg in zip(node.gate.inputs, node.args, strict=True)}
        put["out"] = ast.Name("out") if node.index == inside.output else _written(inside, node.index)
        slopes = ("1",) if node.gate.name == "copy" else node.gate.local
        for slope, arg in zip(slopes, node.args, strict=True):
            if slope is not None and slope != "0":
                below = _Put(put).visit(ast.parse(slope, mode="eval").body)
                ways.setdefault(arg, []).append(_product(above, below))
    texts = []
    for index in inside.inputs.values():
        parts = ways.get(index, [ast.Constant(0)])
        text = ast.unparse(reduce(lambda left, right: ast.BinOp(left, ast.Add(), right), parts)).replace(" ** ", "**")
        texts.append(text if len(text) <= LONGEST else "")
    return tuple(texts)


class _Put(ast.NodeTransformer):
    def __init__(self, put: Mapping[str, ast.expr]) -> None:
        self.put = put

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.put.get(node.id, node)


def _written(inside: Graph, index: int) -> ast.expr:
    index = inside.origin(index).index
    return ast.parse(expression(inside, index, lambda _: False), mode="eval").body


def _product(left: ast.expr, right: ast.expr) -> ast.expr:
    for one, other in ((left, right), (right, left)):
        match one:
            case ast.Constant(value=1):
                return other
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=1)):
                return ast.UnaryOp(ast.USub(), other)
    return ast.BinOp(left, ast.Mult(), right)


def rules_of(gate: Gate) -> tuple[Callable[..., Array] | None, ...]:
    """Return the contribution per slot, as functions of the inputs, `out` and `g`."""

    def rule(slot: int) -> Callable[..., Array]:
        return lambda *given: pull(gate, given[:-2], given[-1])[slot]

    return tuple(None if text is None else rule(slot) for slot, text in enumerate(gate.local or gate.rules(())))


def slopes(gate: Gate, arguments: tuple[Array, ...]) -> tuple[Array | None, ...]:
    """Return the local gradient per slot where everything inside is elementwise, else `None` for each."""
    if not gate.local:
        return (None,) * len(arguments)
    shape = np.broadcast_shapes(*(np.shape(argument) for argument in arguments))
    wide = tuple(np.broadcast_to(argument, shape)[()] for argument in arguments)
    return pull(gate, wide, np.ones(shape)[()])


def fault(gate: Gate, arguments: tuple[Array, ...], result: Array) -> str:
    """Return the kind of a fault: the one inside where it began, but of a domain only the gates inside can tell."""
    _, faults = _values(gate.inside, arguments)
    kind = faults[0].kind if faults else not_finite(result)
    return "undefined" if kind == "domain" else kind


def _elementwise(inside: Graph) -> bool:
    """Whether every element of the output comes from one element of each input."""
    return all(node.gate.local or node.gate.is_source or node.gate.name == "copy" for node in inside.nodes)


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
