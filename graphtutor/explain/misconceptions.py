"""The wrong rules that no single gate owns, and what a whole backward pass gives when somebody follows a wrong rule."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import numpy as np

from graphtutor.engine.rules import contributions_of, rule
from graphtutor.engine.run import Run
from graphtutor.gates import Wrong, all_gates

GENERIC = (
    Wrong(
        "any.upstream_only",
        ("g",),
        {
            "en": "pass the upstream gradient on without multiplying by the local gradient",
            "ko": "국소 기울기를 곱하지 않고 위에서 온 기울기를 그대로 보낸 것",
        },
    ),
    Wrong(
        "any.local_only",
        ("local",),
        {
            "en": "write the local gradient alone, without multiplying by the upstream gradient",
            "ko": "위에서 온 기울기를 곱하지 않고 국소 기울기만 쓴 것",
        },
    ),
    Wrong(
        "any.adds_upstream",
        ("g + local",),
        {
            "en": "add the upstream and the local gradient; along a path they multiply",
            "ko": "위에서 온 기울기와 국소 기울기를 더한 것 (한 경로 안에서는 곱합니다)",
        },
    ),
    Wrong(
        "any.divides",
        ("g / local",),
        {
            "en": "divide the upstream gradient by the local gradient; along a path they multiply",
            "ko": "위에서 온 기울기를 국소 기울기로 나눈 것 (한 경로 안에서는 곱합니다)",
        },
    ),
    Wrong(
        "any.sign",
        ("-g * local",),
        {"en": "turn the sign of the gradient", "ko": "기울기의 부호를 뒤집은 것"},
    ),
)
"""Mistakes that can be made at every gate, over the upstream gradient `g` and the local gradient `local`."""

SEED_IS_VALUE = Wrong(
    "bp.seed_is_value",
    ("out",),
    {
        "en": "start the backward pass with the output's value; it starts with 1",
        "ko": "역전파를 1 이 아니라 출력의 값으로 시작한 것",
    },
)

_OVER = ("g", "local")


@cache
def misconceptions() -> MappingProxyType[str, Wrong]:
    """Return every known wrong rule by id: those the gates declare, then the generic ones."""
    found = {wrong.id: wrong for gate in all_gates().values() for wrong in gate.wrong}
    found |= {wrong.id: wrong for wrong in (SEED_IS_VALUE, *GENERIC)}
    return MappingProxyType(found)


def generic(wrong: Wrong, upstream: float, local: float) -> float:
    """Return what a generic rule gives."""
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


@dataclass(frozen=True, slots=True)
class Followed:
    """The numbers of a backward pass by a wrong rule."""

    contributions: dict[tuple[int, int], float]
    """By (target, slot)."""
    totals: dict[int, float]
    """By the position of the copy gate."""


def follow(run: Run, rule_id: str) -> Followed:
    """Go backward as somebody who follows this wrong rule everywhere. Numbers only, no arrays.

    Raise `KeyError` for an unknown rule.
    """
    wrong = misconceptions()[rule_id]
    graph = run.graph
    sent: dict[tuple[int, int], float] = {}
    totals: dict[int, float] = {}
    for node in reversed(graph.nodes):
        if node.gate.is_source or run.grad_at(node.index) is None:
            continue
        if node.index == graph.output:
            upstream = float(run.value_at(node.index)) if wrong is SEED_IS_VALUE else 1.0
        else:
            parts = [
                sent[edge.target, edge.slot] for edge in graph.uses[node.index] if (edge.target, edge.slot) in sent
            ]
            if node.gate.name == "copy":
                totals[node.index] = combined(run, node.index, parts, wrong if wrong in node.gate.wrong else None)
                sent[node.index, 0] = totals[node.index]
                continue
            upstream = parts[0]
        for slot in range(len(node.args)):
            if run.contribution_at(node.index, slot) is None:
                continue
            local = run.local_at(node.index, slot)
            value: float | None
            if wrong in node.gate.wrong:
                value = declared(run, wrong, node.index, slot, upstream)
            elif wrong in GENERIC and local is not None:
                value = generic(wrong, upstream, local)
            else:
                value = right(run, node.index, slot, upstream)
            sent[node.index, slot] = math.nan if value is None else value
    return Followed(sent, totals)
