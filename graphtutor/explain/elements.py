"""From a wrong element of an array to the misconception that gives it, as `diagnosis` does for numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from graphtutor.engine.rules import arguments_of, contributions_of
from graphtutor.engine.run import Run, as_float64, sum_to
from graphtutor.engine.wrong import combined
from graphtutor.explain.diagnosis import Diagnosis, Tolerance, by_other_gates, forward_text, matched, named
from graphtutor.explain.words import sentence
from graphtutor.graph.text import element_text

Index = tuple[int, ...]
"""Where an element stands; `()` for a number."""


def diagnose_element(
    run: Run, target: int, slot: int, index: Index, answer: float, accept: Tolerance, lang: str = "en"
) -> Diagnosis | None:
    """Name the misconception behind a wrong element of the contribution that this slot's edge carries.

    The upstream gradient is taken to be the true one. `None` when nothing known gives the answer.
    """
    whole = run.contribution_at(target, slot)
    if whole is None:
        return None
    correct = float(np.asarray(whole)[index])
    candidates = [
        ((name, _at(value, index)) for name, value in _declared(run, target, slot)),
        ((name, _at(value, index)) for name, value in _generic(run, target, slot)),
        [("any.sign", -correct)],
    ]
    found = matched(candidates, answer, correct, accept)
    if found:
        return named(found, target, lang, accept.near(-answer, correct))
    return _elsewhere(whole, target, index, answer, accept, lang)


def diagnose_element_total(
    run: Run, copy: int, index: Index, answer: float, accept: Tolerance, lang: str = "en"
) -> Diagnosis | None:
    """Name the misconception behind a wrong element of the total at a copy gate."""
    parts = [run.contribution_at(edge.target, edge.slot) for edge in run.graph.uses[copy]]
    elements = [float(np.asarray(part)[index]) for part in parts if part is not None]
    correct = float(np.asarray(run.grad_at(copy))[index])
    wrong = [(rule.id, combined(run, copy, elements, rule)) for rule in run.graph.nodes[copy].gate.wrong]
    found = matched([wrong, [("any.sign", -correct)]], answer, correct, accept)
    if found:
        return named(found, copy, lang, accept.near(-answer, correct))
    return _elsewhere(run.grad_at(copy), copy, index, answer, accept, lang)


def diagnose_element_value(
    run: Run, node: int, index: Index, answer: float, accept: Tolerance, lang: str = "en"
) -> Diagnosis | None:
    """Name what a wrong element of a forward value looks like: another gate, a sign, another element."""
    gate = run.graph.nodes[node].gate
    whole = run.value_at(node)
    correct = float(np.asarray(whole)[index])
    levels: list[Any] = [[("any.sign", -correct)]]
    if gate.local and not gate.options:
        shape = np.shape(whole)
        arguments = [float(np.broadcast_to(value, shape)[index]) for value in run.arguments(node)]
        levels.append(by_other_gates(gate, arguments, accept))
    found = matched(levels, answer, correct, accept)
    if not found:
        return _elsewhere(whole, node, index, answer, accept, lang)
    if found[0].startswith("fwd."):
        return Diagnosis(found[0], forward_text(found[0], run.graph, node, lang), node, tuple(found[1:]))
    return named(found, node, lang, accept.near(-answer, correct))


def _declared(run: Run, target: int, slot: int) -> Iterator[tuple[str, Any]]:
    """Yield what the gate's own wrong rules make of the true upstream gradient, where it has the right shape."""
    node, arguments, g = run.graph.nodes[target], run.arguments(target), run.grad_at(target)
    given = arguments_of(node.gate, arguments, node.settings if node.gate.options else {}, slot)
    shapes = tuple(np.shape(argument) for argument in arguments)
    for wrong in node.gate.wrong:
        rules = contributions_of(node.gate, wrong, shapes)
        rule = rules[slot] if slot < len(rules) else None
        if rule is None:
            continue
        made = _tried(rule, (*given, as_float64(run.value_at(target)), as_float64(g)), shapes[slot])
        if made is not None:
            yield wrong.id, made


def _tried(rule: Callable[..., Any], given: tuple[Any, ...], shape: Index) -> Any:
    try:
        with np.errstate(all="ignore"):
            made = sum_to(as_float64(rule(*given)), shape)
    except (ValueError, IndexError, TypeError):  # a wrong rule need not even fit the shapes
        return None
    return made if np.shape(made) == shape else None


def _generic(run: Run, target: int, slot: int) -> Iterator[tuple[str, Any]]:
    shape = np.shape(run.contribution_at(target, slot))
    local = run.local_at(target, slot)
    for name, value in (("any.upstream_only", run.grad_at(target)), ("any.local_only", local)):
        if value is not None and np.shape(value) in (shape, ()):
            yield name, np.broadcast_to(value, shape)


def _at(value: Any, index: Index) -> float:
    return float(np.asarray(value)[index])


def _elsewhere(whole: Any, node: int, index: Index, answer: float, accept: Tolerance, lang: str) -> Diagnosis | None:
    """Recognise another element of the same array, where just one is equal to the answer."""
    places = [at for at in np.ndindex(np.shape(whole)) if at != index and accept.near(answer, _at(whole, at))]
    if len(places) != 1 or not math.isfinite(answer) or accept.near(answer, 0.0):
        return None
    return Diagnosis(
        "array.other_element", sentence(lang, "diagnosis", "element", at=element_text("", places[0])), node
    )
