"""Turn the rules that gates declare as text into functions. Compiled on first use."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from functools import cache
from types import CodeType
from typing import Any

import numpy as np

from graphtutor.gates import Gate, Wrong, functions

Rule = Callable[..., Any]


@cache
def _vocabulary() -> dict[str, Any]:
    """Return what a name in a rule means: the gates' own forward functions, two constants, and the sums over copies."""
    names: dict[str, Any] = {name: choices[0].forward for name, choices in functions().items()}
    names |= {"pi": math.pi, "e": math.e, "nan": math.nan, "floor": np.floor}
    names |= {"sum": np.sum, "mean": np.mean, "prod": np.prod}
    return {**names, "__builtins__": {}}


@cache
def _code(text: str, names: tuple[str, ...]) -> CodeType:
    tree = ast.parse(f"lambda {', '.join(names)}: ({text})", mode="eval")
    known = {*names, *_vocabulary()}
    unknown = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - known
    if unknown:
        raise ValueError(
            f"the rule {text!r} uses {', '.join(sorted(unknown))}, which is neither an input nor a function"
        )
    return compile(tree, f"<rule {text}>", "eval")


@cache
def rule(text: str, names: tuple[str, ...]) -> Rule:
    """Return the function of `names` that computes `text`, a rule of our own (never a user's text)."""
    function: Rule = eval(_code(text, names), _vocabulary())
    return function


@cache
def locals_of(gate: Gate) -> tuple[Rule | None, ...]:
    """Return the local gradients of an elementwise gate, as functions of its inputs and `out`."""
    names = (*gate.inputs, "out")
    return tuple(None if text is None else rule(text, names) for text in gate.local)


@cache
def contributions_of(gate: Gate, wrong: Wrong | None = None) -> tuple[Rule | None, ...]:
    """Return the contributions per input, by the right or a wrong rule, as functions of the inputs, `out` and `g`."""
    names = (*gate.inputs, "out", "g")
    texts = gate.rules if wrong is None else wrong.rule
    return tuple(None if text is None else rule(text, names) for text in texts)


def in_domain(gate: Gate, arguments: tuple[Any, ...]) -> bool:
    """Whether every element of the arguments is where the gate is defined."""
    if gate.domain is None:
        return True
    with np.errstate(all="ignore"):
        return bool(np.all(rule(gate.domain, gate.inputs)(*arguments)))


def kink_distance(gate: Gate, arguments: tuple[Any, ...]) -> float:
    """Return how far the arguments are from where the gate is not differentiable; infinite if it is everywhere."""
    if not gate.kinks:
        return math.inf
    return float(min(np.min(np.abs(rule(text, gate.inputs)(*arguments))) for text in gate.kinks))
