"""Turn the rules that gates declare as text into functions. Compiled on first use."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping
from functools import cache
from types import CodeType
from typing import Any

import numpy as np

from graphtutor.engine.shapes import STATIC, compounds
from graphtutor.gates import Gate, Wrong, functions
from graphtutor.gates.gate import Shapes

Rule = Callable[..., Any]
Call = Callable[..., Any]


def choose(choices: tuple[Gate, ...], count: int) -> Gate:
    """Return the gate that a name means with so many inputs (`max` of one array, or of two values)."""
    return next((gate for gate in choices if gate.variadic or len(gate.inputs) == count), choices[0])


def vocabulary(call: Callable[[Gate], Call]) -> dict[str, Any]:
    """Return what a name in a rule means, given how a gate is called: with plain NumPy, or recorded."""

    def of(choices: tuple[Gate, ...]) -> Call:
        if len(choices) == 1:
            return call(choices[0])
        calls = {gate: call(gate) for gate in choices}
        return lambda *inputs, **options: calls[choose(choices, len(inputs))](*inputs, **options)

    names: dict[str, Any] = {name: of(choices) for name, choices in functions().items()}
    return {
        **names,
        **STATIC,
        **compounds(names),
        "scatter": call(_gate("scatter")),
        "pi": math.pi,
        "e": math.e,
        "nan": math.nan,
    }


def _gate(name: str) -> Gate:
    from graphtutor.gates import gate

    return gate(name)


@cache
def _numeric() -> dict[str, Any]:
    return vocabulary(lambda gate: gate.forward)


@cache
def _code(text: str, names: tuple[str, ...]) -> CodeType:
    tree = ast.parse(f"lambda {', '.join(names)}: ({text})", mode="eval")
    known = {*names, *_numeric()}
    unknown = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - known
    if unknown:
        raise ValueError(
            f"the rule {text!r} uses {', '.join(sorted(unknown))}, which is neither an input nor a function"
        )
    return compile(tree, f"<rule {text}>", "eval")


def compiled(text: str, names: tuple[str, ...], meaning: Mapping[str, Any]) -> Rule:
    """Return the function of `names` that computes `text`, a rule of our own (never a user's text)."""
    function: Rule = eval(_code(text, names), dict(meaning))
    return function


@cache
def rule(text: str, names: tuple[str, ...]) -> Rule:
    """Return the NumPy function of `names` that computes `text`."""
    return compiled(text, names, _numeric())


@cache
def locals_of(gate: Gate) -> tuple[Rule | None, ...]:
    """Return the local gradients of an elementwise gate, as functions of its inputs, options and `out`."""
    names = (*gate.names, "out")
    return tuple(None if text is None else rule(text, names) for text in gate.local)


def contributions_of(gate: Gate, wrong: Wrong | None = None, shapes: Shapes = ()) -> tuple[Rule | None, ...]:
    """Return the contributions per input, by the right or a wrong rule.

    They are functions of the inputs (of a variadic gate: the tuple of its parts), the options, `out` and `g`.
    """
    if gate.inside is not None:
        from graphtutor.engine.composite import rules_of

        return rules_of(gate)
    if wrong is None and (gate.variadic or callable(gate.vjp)):
        return _rules(gate, gate.rules(shapes))
    return _fixed_rules(gate, wrong)


@cache
def _fixed_rules(gate: Gate, wrong: Wrong | None) -> tuple[Rule | None, ...]:
    return _rules(gate, gate.rules(()) if wrong is None else wrong.rule)


@cache
def _rules(gate: Gate, texts: tuple[str | None, ...]) -> tuple[Rule | None, ...]:
    names = (*gate.names, "out", "g")
    return tuple(None if text is None else rule(text, names) for text in texts)


def arguments_of(gate: Gate, arguments: tuple[Any, ...], settings: Mapping[str, Any], slot: int) -> tuple[Any, ...]:
    """Return the arguments of a gate's rules for one slot, up to `out` and `g`."""
    if not gate.options and not gate.variadic:
        return arguments
    if gate.variadic:
        return (arguments, *settings.values(), slot)
    return (*arguments, *settings.values())


def in_domain(gate: Gate, arguments: tuple[Any, ...]) -> bool:
    """Whether every element of the arguments is where the gate is defined."""
    if gate.domain is None:
        return True
    with np.errstate(all="ignore"):
        return bool(np.all(rule(gate.domain, gate.inputs)(*arguments)))


def kink_distance(gate: Gate, arguments: tuple[Any, ...], **options: Any) -> float:
    """Return how far the arguments are from the nearest point where the gate has no slope; infinite if none."""
    return min((float(np.min(np.abs(kink))) for kink in kinks_of(gate, arguments, options)), default=math.inf)


def kinks_of(gate: Gate, arguments: tuple[Any, ...], settings: Mapping[str, Any]) -> list[Any]:
    """Return what is zero where the gate has no slope, at these arguments."""
    said = {**gate.options, **settings}
    return [rule(text, gate.names)(*arguments, *said.values()) for text in gate.kinks]
