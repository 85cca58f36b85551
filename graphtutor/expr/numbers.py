"""Numbers as people type them: 0.5, .5, 1/3, 2*0.25, -1e-3, and nested lists of them."""

from __future__ import annotations

import ast
import re
from typing import Any

import numpy as np

from graphtutor.errors import ExpressionError, InputError, shorten
from graphtutor.expr import syntax

_SIGNS = str.maketrans({"\u2212": "-", "\u2013": "-", "\u00d7": "*", "\u00b7": "*", "\u00f7": "/"})
_LONGEST = 10_000
_OPERATORS = {ast.Add: np.add, ast.Sub: np.subtract, ast.Mult: np.multiply, ast.Div: np.divide, ast.Pow: np.power}


def number(text: str) -> float:
    """Return the number that a person typed; fractions, products and powers are fine.

    Raise `InputError` when it is no number, or not finite.
    """
    result = value(text)
    if isinstance(result, np.ndarray):
        raise InputError(f"{shorten(text)} is a list; one number is expected")
    if not np.isfinite(result):
        raise InputError(f"{shorten(text)} is not a finite number")
    return float(result)


def value(text: str) -> float | np.ndarray:
    """Return a number (a float) or a nested list of numbers (a float64 array). Raise `InputError` for anything else."""
    written = text.strip().translate(_SIGNS)
    if not written:
        raise InputError("a number is missing")
    if len(written) > _LONGEST:
        raise InputError(f"{shorten(text)} is too long for a number")
    if re.fullmatch(r"[+-]?(inf|nan)", written):
        return float(written)
    if re.fullmatch(r"[+-]?\d+,\d+", written):
        raise InputError(f"{shorten(text)} is no number; write a decimal point, not a comma")
    try:
        body = syntax.tree(written).body
        if len(body) == 1 and isinstance(body[0], ast.Expr):
            array = np.asarray(_fold(body[0].value), dtype=np.float64)
            return float(array) if array.ndim == 0 else array
    except (ExpressionError, ValueError, OverflowError, RecursionError, TypeError):
        pass
    raise InputError(f"{shorten(text)} is no number; write for example 0.5, 1/3, 2*0.25 or -1e-3")


def _fold(node: ast.expr) -> Any:
    match node:
        case ast.Constant(value=bool()):
            raise TypeError
        case ast.Constant(value=int() | float() as number):
            return np.float64(number)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_fold(operand)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _fold(operand)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            first, second = _fold(left), _fold(right)
            if isinstance(first, list) or isinstance(second, list):
                raise TypeError
            with np.errstate(all="ignore"):
                return _OPERATORS[type(op)](first, second)
        case ast.List(elts=elements) if elements:
            return [_fold(element) for element in elements]
    raise TypeError
