"""Write a graph as an expression that parses to an equal graph."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from graphtutor.gates import Gate, Role
from graphtutor.graph.graph import Graph, Node, constant_text

# How tightly a form binds, loosest first; an operand is bracketed when it binds less tightly than its place asks.
CONDITION, COMPARISON, SUM, PRODUCT, SIGN, POWER, ATOM = range(-1, 6)
"""A comparison is written with its sign where a condition stands, as a call elsewhere."""

_BINDING = {ast.Add: SUM, ast.Sub: SUM, ast.Mult: PRODUCT, ast.Div: PRODUCT, ast.MatMult: PRODUCT, ast.Pow: POWER}

_SIGNS = ("-", " + ", " - ", " * ", " / ", " @ ")
"""After these a minus sign is bracketed: `2 * (-3)`."""

Piece = str | tuple[int, int]
"""Either text, or (slot, how tightly its operand must bind)."""


@cache
def pieces(gate: Gate) -> tuple[int, tuple[Piece, ...]]:
    """Return how tightly the gate's formula binds, and its text with holes for the inputs."""
    tree = gate.template
    slot = {name: number for number, name in enumerate(gate.inputs)}

    def hole(node: ast.expr, least: int) -> Piece:
        assert isinstance(node, ast.Name), f"the formula of {gate.name} must be made of its inputs"
        return slot[node.id], least

    match tree:
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return POWER, (hole(left, ATOM), "**", hole(right, SIGN))
        case ast.BinOp(left=left, op=op, right=right):
            binding = _BINDING[type(op)]
            return binding, (hole(left, binding), f" {gate.symbol} ", hole(right, binding + 1))
        case ast.UnaryOp(operand=operand):
            return SIGN, ("-", hole(operand, SIGN))
        case ast.Compare(left=left, comparators=[right]):
            return COMPARISON, (hole(left, SUM), f" {gate.symbol} ", hole(right, SUM))
        case ast.Call(func=ast.Name(id=name), args=args):
            filled: list[Piece] = [f"{name}("]
            for number, arg in enumerate(args):
                filled += [", "] if number else []
                asks = gate.role is Role.STOPPER or (gate.name == "where" and not number)
                filled.append(hole(arg, CONDITION if asks else COMPARISON))
            return ATOM, (*filled, ")")
        case ast.Subscript(value=value):
            return ATOM, (hole(value, ATOM), "[", "]")
    raise AssertionError(f"the formula of {gate.name} has no written form")


def filled(node: Node) -> tuple[int, tuple[Piece, ...]]:
    """Return the same for a node: with its options, and one hole per slot of a gate that takes any number."""
    said = [f"{name}={option_text(value)}" for name, value in node.options]
    if node.gate.variadic:
        holes = [piece for slot in range(len(node.args)) for piece in (", ", (slot, COMPARISON))][1:]
        return ATOM, (f"{node.gate.name}([", *holes, "]", *(f", {option}" for option in said), ")")
    binding, template = pieces(node.gate)
    if isinstance(node.gate.template, ast.Subscript):
        return binding, (template[0], f"[{index_text(node.settings['index'])}]")
    if not said:
        return binding, template
    return binding, (*template[:-1], *(f", {option}" for option in said), ")")


def option_text(value: Any) -> str:
    """Write an option as it is written in an expression: sequences as lists."""
    return str(list(value)) if isinstance(value, tuple) else str(value)


def index_text(index: Any) -> str:
    """Write what stands between the brackets of `x[...]`."""
    parts = index if isinstance(index, tuple) else (index,)
    written = []
    for part in parts:
        if isinstance(part, slice):
            bounds = ["" if bound is None else str(bound) for bound in (part.start, part.stop)]
            written.append(":".join(bounds) + ("" if part.step is None else f":{part.step}"))
        elif part is Ellipsis:
            written.append("...")
        else:
            written.append(str(np.asarray(part).tolist()) if part is not None else "None")
    return ", ".join(written)


def element_text(name: str, at: Sequence[int]) -> str:
    """Write one element of an array, `x[2, 1]`; a number, at `()`, by its name alone."""
    return f"{name}[{', '.join(map(str, at))}]" if at else name


def constant_binding(value: Any) -> int:
    """Return how tightly a written constant binds: a negative number has a sign."""
    return SIGN if constant_text(value).startswith("-") else ATOM


def write(graph: Graph) -> str:
    """Write one statement per named gate, then the values that the text gave."""
    statements = [
        f"{node.name} = {expression(graph, node.index)}"
        for node in graph.nodes
        if node.name is not None and node.gate.name != "input"
    ]
    output = graph.nodes[graph.output]
    if output.name is None:
        statements.append(f"{graph.output_name} = {expression(graph, graph.output)}")
    elif graph.output_name != output.name:
        statements.append(f"{graph.output_name} = {output.name}")
    statements += [f"{name} = {constant_text(value)}" for name, value in graph.given.items()]
    return "; ".join(statements)


def expression(graph: Graph, index: int, stop: Callable[[int], bool] | None = None) -> str:
    """Write the right side of one gate: its inputs by name where they have one, spelled out where they have none.

    A closed box is written as what is inside. `stop` says at which further nodes to write the key instead of going on.
    """
    text: list[str] = []
    todo: list[str | tuple[_Scope, int, int]] = [(_Scope(graph), index, COMPARISON)]
    while todo:
        item = todo.pop()
        if isinstance(item, str):
            text.append(item)
            continue
        scope, position, least = item
        first = scope.box is None and position == index
        node = scope.graph.nodes[position] if first else scope.graph.origin(position)
        if node.gate.inside is not None and (first or not _named(scope, node, stop)):
            todo.append((_Scope(node.gate.inside, node, scope), node.gate.inside.output, least))
            continue
        if node.gate.name == "input" and scope.box is not None and scope.outer is not None:
            feed = scope.box.args[list(scope.graph.inputs).index(node.key)]
            todo.append((scope.outer, feed, least))
            continue
        if node.gate.name == "constant":
            binding: int = constant_binding(node.constant)
            parts: list[str | tuple[int, int]] = [constant_text(node.constant)]
        elif not first and _named(scope, node, stop):
            binding, parts = ATOM, [node.name or node.key]
        elif node.gate.name == "input":
            binding, parts = ATOM, [node.key]
        else:
            binding, template = filled(node)
            if binding == COMPARISON and least > CONDITION:
                binding, template = ATOM, (f"{node.gate.name}(", (0, COMPARISON), ", ", (1, COMPARISON), ")")
            parts = [p if isinstance(p, str) else (node.args[p[0]], p[1]) for p in template]
        if binding < least or (binding == SIGN and text and text[-1] in _SIGNS):
            parts = ["(", *parts, ")"]
        todo.extend(part if isinstance(part, str) else (scope, *part) for part in reversed(parts))
    return "".join(text)


class _Scope(NamedTuple):
    """The graph that is being written, and the box it stands for in another."""

    graph: Graph
    box: Node | None = None
    outer: _Scope | None = None


def _named(scope: _Scope, node: Node, stop: Callable[[int], bool] | None) -> bool:
    """Whether a gate is written by its name; what is inside a box has none that is known outside."""
    return scope.box is None and (node.name is not None or bool(stop and stop(node.index)))
