"""Run backward by a wrong rule: one that a gate declares, or one that can be made at every gate or at the start."""

from __future__ import annotations

import math
from functools import cache, partial
from types import MappingProxyType
from typing import Any

import numpy as np

from graphtutor.engine.composite import pull, slopes
from graphtutor.engine.rules import Rule, arguments_of, contributions_of, locals_of, rule
from graphtutor.engine.run import Array, Run, as_float64, contributions, gathered, sum_to
from graphtutor.engine.run import backward as run_backward
from graphtutor.errors import InputError, near_misses
from graphtutor.gates import Wrong, all_gates
from graphtutor.gates.everywhere import GENERIC, SEED_IS_VALUE
from graphtutor.graph import Node

_OVER = ("g", "local")


@cache
def misconceptions() -> MappingProxyType[str, Wrong]:
    """Return every known wrong rule by id: those the gates declare, then those that no gate owns."""
    found = {wrong.id: wrong for gate in all_gates().values() for wrong in gate.wrong}
    found |= {wrong.id: wrong for wrong in (SEED_IS_VALUE, *GENERIC)}
    return MappingProxyType(found)


def backward(run: Run, wrong: Wrong | str) -> Run:
    """Return the run of somebody who follows this wrong rule wherever it applies; the values are those of the run.

    A rule of a gate (`mul.no_swap`) applies at every gate that declares it, inside closed boxes too; a rule of the copy
    gate (`fan.last_wins`, `fan.product`) where contributions meet; a rule of no gate (`any.local_only`: forget the
    upstream gradient) at every elementwise gate but the copy; `bp.seed_is_value` at the output. A wrong rule need not
    fit the shapes of arrays: what it sends is then NaN. Raise `InputError` for an unknown rule.
    """
    if isinstance(wrong, str):
        known = misconceptions()
        if wrong not in known:
            raise InputError(f"there is no wrong rule {wrong!r}{near_misses(wrong, known)}")
        wrong = known[wrong]
    seed = run._values[run.graph.output] if wrong is SEED_IS_VALUE else None
    faults = [fault for fault in run.faults if fault.direction == "forward"]
    return run_backward(
        run.graph, run._values, faults, seed=seed, send=partial(_send, wrong), gather=partial(_gather, wrong)
    )


def _send(
    wrong: Wrong, node: Node, arguments: tuple[Array, ...], out: Array, upstream: Array, depends: list[bool]
) -> tuple[Array | None, ...]:
    """Return what a gate sends to each slot by the wrong rule; by the right one where the wrong one says nothing."""
    gate = node.gate
    if gate.inside is not None and wrong not in GENERIC:
        sent = pull(gate, arguments, upstream, partial(_send, wrong), partial(_gather, wrong))
        return tuple(part if depends[arg] else None for part, arg in zip(sent, node.args, strict=True))
    right = contributions(node, arguments, out, upstream, depends)
    if wrong in gate.wrong:
        rules = contributions_of(gate, wrong)
        settings = node.settings if gate.options else {}
        return tuple(
            part
            if part is None
            else _tried(_of(rules, slot), (*arguments_of(gate, arguments, settings, slot), out, upstream), part)
            for slot, part in enumerate(right)
        )
    if wrong in GENERIC:
        over = rule(wrong.rule[0] or "g", _OVER)
        return tuple(
            part if part is None or local is None else _tried(over, (upstream, local), part)
            for part, local in zip(right, _locals(node, arguments, out), strict=True)
        )
    return right


def _gather(wrong: Wrong, node: Node, parts: list[Array]) -> Array | None:
    return gathered(node, parts, wrong if wrong in node.gate.wrong else None)


def _of(rules: tuple[Rule | None, ...], slot: int) -> Rule | None:
    """Return the rule of a slot; a gate that takes any number of inputs declares one for all."""
    return rules[slot if len(rules) > 1 else 0]


def _tried(function: Rule | None, given: tuple[Any, ...], right: Array) -> Array:
    shape = np.shape(right)
    try:
        made = None if function is None else sum_to(as_float64(function(*given)), shape)
    except (ValueError, IndexError, TypeError):
        made = None
    return made if made is not None and np.shape(made) == shape else np.full(shape, math.nan)[()]


def _locals(node: Node, arguments: tuple[Array, ...], out: Array) -> tuple[Array | None, ...]:
    if node.gate.inside is not None:
        return slopes(node.gate, arguments)
    found = locals_of(node.gate) or (None,) * len(arguments)
    return tuple(
        None if local is None else as_float64(local(*arguments, *node.settings.values(), out)) for local in found
    )


# What one edge, or one copy gate, gives by a rule, from the learner's own numbers.


def generic(wrong: Wrong, upstream: float, local: float) -> float:
    """Return what a rule of no gate gives."""
    with np.errstate(all="ignore"):
        return float(rule(wrong.rule[0] or "g", _OVER)(np.float64(upstream), np.float64(local)))


def declared(run: Run, wrong: Wrong, target: int, slot: int, upstream: float) -> float | None:
    """Return what a gate's own wrong rule gives on one edge, or `None` where the rule says nothing."""
    node = run.graph.nodes[target]
    function = contributions_of(node.gate, wrong)[slot]
    if function is None:
        return None
    with np.errstate(all="ignore"):
        return float(function(*run.arguments(target), np.float64(run.value_at(target)), np.float64(upstream)))


def right(run: Run, target: int, slot: int, upstream: float) -> float:
    """Return the right contribution on one edge for this upstream gradient, which need not be the true one."""
    node = run.graph.nodes[target]
    function = contributions_of(node.gate)[slot]
    if function is None:
        return math.nan
    with np.errstate(all="ignore"):
        return float(function(*run.arguments(target), np.float64(run.value_at(target)), np.float64(upstream)))


def combined(run: Run, copy: int, parts: list[float], wrong: Wrong | None = None) -> float:
    """Return the total at a copy gate, by the right or a wrong rule."""
    combine = contributions_of(run.graph.nodes[copy].gate, wrong)[0]
    assert combine is not None
    with np.errstate(all="ignore"):
        return float(combine(None, None, np.array(parts)))
