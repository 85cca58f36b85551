"""Put names and numbers into a gate's formulas."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from graphtutor.graph import Graph, Node


def label(graph: Graph, index: int) -> str:
    """Return what a value is called in a formula: its name or key, or a constant's number; a copy, as its source."""
    node = graph.origin(index)
    return node.label if node.gate.name == "constant" else node.key


def substitute(text: str, put: Mapping[str, str], *, choose: bool = True) -> str:
    """Return a rule with names replaced, bracketed where needed.

    With `choose`, a `where` whose condition is decided becomes the branch that is taken.
    """
    tree = _Substitute(put, choose).visit(ast.parse(text, mode="eval"))
    return ast.unparse(ast.fix_missing_locations(tree)).replace(" ** ", "**")


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
        return ast.BinOp(left, node.op, _bracketed(right) if isinstance(node.op, ast.Add | ast.Sub) else right)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        node.args = [self.visit(arg) for arg in node.args]
        match node:
            case ast.Call(func=ast.Name(id="where"), args=[condition, yes, no]) if self.choose:
                decided = _decide(condition)
                return node if decided is None else (yes if decided else no)
        return node


def _bracketed(node: ast.expr) -> ast.expr:
    """Keep a minus sign apart from the sign before it: `5 - (-3)`, `-(-3)`."""
    return ast.Name(f"({ast.unparse(node)})") if isinstance(node, ast.UnaryOp) else node


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


def simple(text: str) -> bool:
    """Whether a formula is one name or one number, so that putting values in leaves nothing to compute."""
    tree = ast.parse(text, mode="eval").body
    if isinstance(tree, ast.UnaryOp):
        tree = tree.operand
    return isinstance(tree, ast.Name | ast.Constant)


def names(graph: Graph, node: Node) -> dict[str, str]:
    """Return what each input of the gate, and `out`, is called."""
    put = {name: label(graph, arg) for name, arg in zip(node.gate.inputs, node.args, strict=True)}
    return put | {"out": node.key}
