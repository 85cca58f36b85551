"""Put names and numbers into a gate's formulas."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

import numpy as np

from graphtutor.explain.numerals import MANY, written
from graphtutor.graph import Graph, Node
from graphtutor.graph.text import filled, option_text


def label(graph: Graph, index: int) -> str:
    """Return what a value is called: like its gate, or a constant's number; a copy, as its source."""
    node = graph.origin(index)
    if node.gate.name != "constant":
        return called(graph, node)
    return node.label if np.size(node.constant) <= MANY else written(node.constant)


def called(graph: Graph, node: Node) -> str:
    """Return what a node is called: its name or key; the output of a backward pass as a derivative."""
    return output_called(graph) if node.index == graph.output and graph.derivative else node.key


def output_called(graph: Graph) -> str:
    """Return what the output is called: its name; `df/dx`, `∂²f/∂y∂x` where it is a derivative."""
    if not graph.derivative:
        return graph.output_name
    of, *by = graph.derivative
    return f"d{of}/d{by[0]}" if len(by) == 1 else _higher(of, by)


def gradient_called(graph: Graph, by: str) -> str:
    """Return what d(output)/d(`by`) is called: `df/dx`; in a backward pass `∂²f/∂y∂x` for an input, `d(df/dx)/dmul1`.

    What is differentiated by first stands last, as in ∂/∂y (∂f/∂x).
    """
    if graph.derivative and by.partition("[")[0] in graph.inputs:
        return _higher(graph.derivative[0], [*graph.derivative[1:], by])
    return f"d{as_one(output_called(graph))}/d{as_one(by)}"


def as_one(name: str) -> str:
    """Bracket a derivative that is differentiated."""
    return f"({name})" if "/" in name else name


_POWERS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def _higher(of: str, by: Sequence[str]) -> str:
    def power(n: int) -> str:
        return str(n).translate(_POWERS) if n > 1 else ""

    below = "".join(f"∂{name}{power(len(list(same)))}" for name, same in groupby(reversed(by)))
    return f"∂{power(len(by))}{of}/{below}"


def substitute(text: str, put: Mapping[str, str], *, choose: bool = True) -> str:
    """Return a rule with names replaced, bracketed where needed.

    With `choose`, a `where` whose condition is decided becomes the branch that is taken.
    """
    tree = _Substitute(put, choose).visit(ast.parse(text, mode="eval"))
    return ast.unparse(tree).replace(" ** ", "**")


class _Substitute(ast.NodeTransformer):
    def __init__(self, put: Mapping[str, str], choose: bool) -> None:
        self.put = put
        self.choose = choose

    def visit_Name(self, node: ast.Name) -> ast.expr:
        text = self.put.get(node.id)
        if text is None:
            return node
        if text.startswith("-"):
            return ast.UnaryOp(ast.USub(), ast.Name(text[1:]))
        return ast.Name(text)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        return ast.UnaryOp(node.op, _bracketed(self.visit(node.operand)))

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        left, right = self.visit(node.left), self.visit(node.right)
        return ast.BinOp(left, node.op, right if isinstance(node.op, ast.Pow) else _bracketed(right))

    def visit_Call(self, node: ast.Call) -> ast.expr:
        node.args = [self.visit(arg) for arg in node.args]
        for keyword in node.keywords:
            keyword.value = self.visit(keyword.value)
        match node:
            case ast.Call(func=ast.Name(id="where"), args=[condition, yes, no]) if self.choose:
                decided = _decide(condition)
                return node if decided is None else (yes if decided else no)
        return node


def _bracketed(node: ast.expr) -> ast.expr:
    """Keep a minus sign apart from the sign before it: `5 - (-3)`, `2 * (-3)`, `-(-3)`."""
    first = node
    while isinstance(first, ast.BinOp):
        first = first.left
    if not isinstance(first, ast.UnaryOp):
        return node
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Name):
        return ast.Name(f"(-{node.operand.id})")  # the usual case; to write a tree takes long
    text = ast.unparse(node)
    return ast.Name(bracketed(text)) if text.startswith("-") else node


def _decide(condition: ast.expr) -> bool | None:
    sides = [condition.left, *condition.comparators] if isinstance(condition, ast.Compare) else [condition]
    try:
        left, *rest = (float(ast.unparse(side)) for side in sides)
    except ValueError:
        return None
    if not isinstance(condition, ast.Compare):
        return bool(left)
    right = rest[0]
    match condition.ops[0]:
        case ast.Gt():
            return left > right
        case ast.GtE():
            return left >= right
        case ast.Lt():
            return left < right
        case ast.LtE():
            return left <= right
        case ast.Eq():
            return left == right
    return left != right


def bracketed(text: str) -> str:
    """Bracket what begins with a minus sign, so that it can stand after another sign: `2 * (-3)`, `5 + (-3 * 2)`."""
    return f"({text})" if text.startswith("-") else text


def joined(parts: Iterable[str], sign: str) -> str:
    """Write a sum or a product; parts behind the first are bracketed where they begin with a minus sign."""
    return f" {sign} ".join(bracketed(part) if i else part for i, part in enumerate(parts))


def parsed(text: str) -> ast.expr:
    """Return the syntax tree of a formula in which arrays may stand as `array 3x4` or `array of 20`."""
    return ast.parse(re.sub(r"\barray (of )?[\dx]+", "array", text), mode="eval").body


def simple(text: str) -> bool:
    """Whether a formula is one name or one number, so that putting values in leaves nothing to compute."""
    tree = parsed(text)
    if isinstance(tree, ast.UnaryOp):
        tree = tree.operand
    return isinstance(tree, ast.Name | ast.Constant)


def names(graph: Graph, node: Node) -> dict[str, str]:
    """Return what each input of the gate, each option, and `out`, is called."""
    labels = [label(graph, arg) for arg in node.args]
    return _filled(node, labels) | {"out": node.key}


def numbers(graph: Graph, node: Node, values: list[str], out: str) -> dict[str, str]:
    """Return the written value of each input of the gate, each option, and `out`."""
    return _filled(node, values) | {"out": out}


def _filled(node: Node, labels: list[str]) -> dict[str, str]:
    if node.gate.variadic:
        put = {node.gate.inputs[0]: f"[{', '.join(labels)}]"}
    else:
        put = dict(zip(node.gate.inputs, labels, strict=True))
    return put | {name: option_text(value) for name, value in node.settings.items()}


def written_formula(node: Node, put: Mapping[str, str], *, choose: bool = True) -> str:
    """Return how the gate is written in an expression, with names or numbers put in."""
    if not node.options:
        return substitute(node.gate.formula, put, choose=choose)
    _, parts = filled(node)
    labels = [put[name] for name in node.gate.inputs] if not node.gate.variadic else None
    if labels is None:
        options = "".join(str(part) for part in parts[-1 - len(node.options) :])
        return f"{node.gate.name}({put[node.gate.inputs[0]]}{options}"
    return "".join(part if isinstance(part, str) else labels[part[0]] for part in parts)
