"""Gates as Python source on plain floats: what runs where no array takes part, made of the rules' texts."""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping
from functools import cache
from typing import Any

from graphtutor.gates import Gate, functions
from graphtutor.gates.gate import Role

FAULTS = (ZeroDivisionError, OverflowError, ValueError)
"""What `math` raises where NumPy answers inf or nan; whoever runs this source then goes the NumPy way."""


class NotScalarError(Exception):
    """The text uses something that has no form on plain floats."""


@cache
def names() -> Mapping[str, Any]:
    """Return what the source may call: functions of `math`, and gates that have a form on floats."""
    found: dict[str, Any] = {
        name: getattr(math, name) for name in ("exp", "log", "sqrt", "sin", "cos", "tan", "tanh", "erf", "log1p", "pow")
    }
    found |= {name: getattr(math, name) for name in ("sinh", "cosh", "floor")} | {
        "abs": abs,
        "inf": math.inf,
        "nan": math.nan,
    }
    for name, choices in functions().items():
        text = choices[0].scalar
        if text is not None and name not in found and len(choices) == 1:
            put = {argument: argument for argument in choices[0].inputs}
            found[name] = eval(f"lambda {', '.join(put)}: {inline(text, put)}", found)
    found["__builtins__"] = {}
    return found


_CONSTANTS = {"pi": math.pi, "e": math.e}
_CALLS = frozenset({"exp", "log", "sqrt", "sin", "cos", "tan", "tanh", "erf", "log1p", "sinh", "cosh", "floor", "abs"})


@cache
def is_scalar(gate: Gate) -> bool:
    """Whether the gate, forward and backward, has a form on plain floats."""
    if gate.options or gate.variadic or not gate.local or gate.role is Role.STOPPER or None in gate.local:
        return False
    put = {name: name for name in (*gate.inputs, "out")}
    try:
        forward(gate, put)
        for text in gate.local:
            inline(text or "", put)
    except NotScalarError:
        return False
    return True


def forward(gate: Gate, put: Mapping[str, str]) -> str:
    """Return the source of the gate's value, with its inputs replaced."""
    if gate.scalar is None and gate.functions:
        raise NotScalarError(gate.name)
    return inline(gate.scalar or gate.formula, put)


def local(gate: Gate, slot: int, put: Mapping[str, str]) -> str:
    """Return the source of the local gradient of one slot, with the inputs and `out` replaced."""
    text = gate.local[slot]
    if text is None:
        raise NotScalarError(gate.name)
    return inline(text, put)


def inline(text: str, put: Mapping[str, str]) -> str:
    """Return a rule's text as Python source on floats: `where` chooses, a power is `math.pow`, constants are folded."""
    tree = _Inline(put).visit(ast.parse(text, mode="eval").body)
    return ast.unparse(ast.fix_missing_locations(tree))


class _Inline(ast.NodeTransformer):
    def __init__(self, put: Mapping[str, str]) -> None:
        self.put = put

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in self.put:
            return ast.parse(self.put[node.id], mode="eval").body
        if node.id in _CONSTANTS:
            return ast.Constant(_CONSTANTS[node.id])
        if node.id in ("nan", "inf"):
            return node
        raise NotScalarError(node.id)

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        return ast.Constant(float(node.value)) if isinstance(node.value, int) else node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        left, right = self.visit(node.left), self.visit(node.right)
        if isinstance(node.op, ast.Pow):
            match left, right:
                case ast.Name(), ast.Constant(value=2.0):
                    return ast.BinOp(left, ast.Mult(), left)
                case ast.Constant(value=float() as base), ast.Constant(value=float() as exponent):
                    return ast.Constant(base**exponent)
            return ast.Call(ast.Name("pow"), [left, right], [])
        if not isinstance(node.op, ast.Add | ast.Sub | ast.Mult | ast.Div):
            raise NotScalarError(ast.unparse(node))
        return _folded(ast.BinOp(left, node.op, right))

    def visit_Call(self, node: ast.Call) -> ast.expr:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        args = [self.visit(arg) for arg in node.args]
        match name, args:
            case "where", [condition, yes, no]:
                return ast.IfExp(condition, yes, no)
            case "sign", [x]:
                zero: list[ast.expr] = [ast.Constant(0.0)]
                side = ast.BinOp(ast.Compare(x, [ast.Gt()], zero), ast.Sub(), ast.Compare(x, [ast.Lt()], zero))
                return ast.IfExp(ast.Compare(x, [ast.Eq()], [x]), side, x)  # NaN has no sign
        known = name in _CALLS or (name in functions() and functions()[name][0].scalar is not None)
        if not known or node.keywords:
            raise NotScalarError(name)
        return _folded(ast.Call(ast.Name(name), args, []))


def _folded(node: ast.expr) -> ast.expr:
    """Compute what does not depend on any input."""
    parts = [*getattr(node, "args", ()), *(getattr(node, side) for side in ("left", "right") if hasattr(node, side))]
    if all(isinstance(part, ast.Constant) for part in parts):
        source = ast.unparse(ast.fix_missing_locations(node))
        return ast.Constant(float(eval(source, {name: getattr(math, name, abs) for name in _CALLS})))
    return node
