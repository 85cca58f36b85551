"""The steps of forward mode in words: a value and its tangent, computed together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphtutor.explain.formula import (
    as_one,
    called,
    gradient_called,
    joined,
    label,
    names,
    numbers,
    substitute,
    written_formula,
)
from graphtutor.explain.numerals import written
from graphtutor.explain.words import sentence
from graphtutor.graph import Node
from graphtutor.timeline import Pushed, SeededTangent, Step

if TYPE_CHECKING:
    from graphtutor.engine.tangents import Tangents

Parts = tuple[str, str, str, tuple[str, ...]]
"""Text, formula, numbers, stages."""


def seeded(step: SeededTangent, lang: str) -> Parts:
    """Explain where the tangents start."""
    seed = tangents_of(step).label
    text = sentence(lang, "forward", "seeded", seed=seed)
    return text, f"d{seed}/d{seed}", "1", (f"d{seed}/d{seed} = 1",)


def pushed(step: Pushed, lang: str) -> Parts:
    """Explain how a gate's tangent is made of those of its inputs."""
    tangents = tangents_of(step)
    graph = tangents.graph
    node = graph.nodes[step.node]
    seed = tangents.label
    tangent = written(tangents.tangent_at(step.node))
    if node.gate.name == "copy":
        source = label(graph, step.node)
        text = sentence(lang, "forward", "copy", source=source, count=len(graph.uses[step.node]), tangent=tangent)
        return text, f"d{source}/d{seed}", tangent, (f"d{source}/d{seed} = {tangent}",)
    value = written(tangents.value_at(step.node))
    values = [written(tangents.value_at(arg)) for arg in node.args]
    filled = written_formula(node, numbers(graph, node, values, value), choose=False)
    key = called(graph, node)
    head = (f"{key} = {written_formula(node, names(graph, node))}", f"{key} = {filled} = {value}")
    left = gradient_called(graph, seed) if node.index == graph.output else f"d{node.key}/d{seed}"
    common = {"gate": node.gate.symbol, "key": key, "seed": seed, "tangent": tangent}
    slots = [slot for slot, arg in enumerate(node.args) if graph.depends[arg] and _flows(node, slot)]
    still = not any(_moves(tangents, node.args[slot]) for slot in slots)
    text = sentence(lang, "forward", "still" if still else "one" if len(slots) == 1 else "several", **common)
    if node.index == graph.output:
        text += _arrived(tangents, lang)
    if not slots:
        return text, left, tangent, (*head, f"{left} = {tangent}")
    terms = [
        f"{partial(node, slot, graph_label, key)} * d{graph_label}/d{seed}"
        for slot, graph_label in _labels(node, slots, tangents)
    ]
    formula = f"{left} = {' + '.join(terms)}"
    locals_ = [tangents.local_at(node.index, slot) for slot in slots]
    if any(local is None for local in locals_):
        return text, formula, tangent, (*head, formula, f"{left} = {tangent}")
    rules = []
    for slot, name in _labels(node, slots, tangents):
        rule = node.gate.local[slot]  # a closed box has no text of its own
        ways = [
            *((substitute(rule, names(graph, node)),) if rule else ()),
            written(tangents.local_at(node.index, slot)),
        ]
        rules.append(" = ".join([partial(node, slot, name, key), *dict.fromkeys(ways)]))
    products = [
        joined((written(local), written(tangents.tangent_at(node.args[slot]))), "*")
        for slot, local in zip(slots, locals_, strict=True)
    ]
    sum_ = joined(products, "+")
    return text, formula, f"{sum_} = {tangent}", (*head, formula, *rules, f"{left} = {sum_} = {tangent}")


def partial(node: Node, slot: int, name: str, key: str | None = None) -> str:
    """Write a gate's own slope in one slot: `∂q/∂x`, told apart where the same value stands in two slots."""
    twice = node.args.count(node.args[slot]) > 1
    return f"∂{as_one(key or node.key)}/∂{name}" + (f"[slot {slot}]" if twice else "")


def _labels(node: Node, slots: list[int], tangents: Tangents) -> list[tuple[int, str]]:
    return [(slot, label(tangents.graph, node.args[slot])) for slot in slots]


def _flows(node: Node, slot: int) -> bool:
    return node.gate.flows is None or node.gate.flows[slot]


def _moves(tangents: Tangents, index: int) -> bool:
    return bool(np.any(tangents.tangent_at(index)))


def _arrived(tangents: Tangents, lang: str) -> str:
    """Say that the output's tangent is the gradient of the seed, where the numbers of this run say so."""
    tangent, gradient = tangents.tangent_at(tangents.graph.output), tangents.gradient
    if gradient is None or not np.allclose(np.sum(tangent), gradient, rtol=1e-9, atol=1e-12):
        return ""
    entry = "gradient" if np.ndim(tangent) == 0 else "gradient_of_sum"
    left = gradient_called(tangents.graph, tangents.label)
    return " " + sentence(lang, "forward", entry, left=left, seed=tangents.label, gradient=written(gradient))


def tangents_of(step: Step) -> Tangents:
    """Return the numbers that a step of forward mode is about."""
    from graphtutor.engine.tangents import Tangents  # explaining a backward pass does not wait for it

    assert isinstance(step.run, Tangents)
    return step.run
