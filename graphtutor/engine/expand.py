"""Replace composite gates by the simpler gates they are made of, with the run carried along."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from graphtutor.engine.functions import recorder
from graphtutor.engine.history import record
from graphtutor.engine.rules import compiled, vocabulary
from graphtutor.engine.run import Run
from graphtutor.engine.value import COPY, SOURCE, Value, apply, var
from graphtutor.errors import InputError, near_misses
from graphtutor.graph import Node

# Gates whose expansion says the same in other words, but shows a learner nothing simpler, stay whole unless asked for.
WHOLE = frozenset(
    {"div", "neg", "square", "reciprocal", "sqrt", "maximum", "minimum", "abs", "sign", "relu", "leaky_relu"}
)


def expand(run: Run, which: Collection[str] | None = None) -> Run:
    """Return the run of the graph in which composite gates are spelled out; values and gradients stay the same.

    `which` names gates (`sigmoid`) or nodes (`sigmoid1`, `f`); by default every composite, one level deep. Raise
    `InputError` for a name that is neither, or a gate that has no expansion.
    """
    graph = run.graph
    which = (which,) if isinstance(which, str) else which
    chosen = [node for node in graph.nodes if _wanted(node, which)]
    if which is not None:
        known = {word for node in graph.nodes for word in (node.key, node.gate.name)}
        for word in which:
            if word not in known:
                raise InputError(f"there is no gate {word!r} in this graph{near_misses(word, known)}")
            if not any(word in (node.key, node.gate.name) for node in chosen):
                raise InputError(f"{word!r} has no expansion into simpler gates")
    picked = {node.index for node in chosen}
    output, _ = replay(run, lambda node: _spelled_out(node) if node.index in picked else None)
    return record(output)[0].run(run.inputs)


def replay(run: Run, instead: Callable[[Node], Callable[..., Any] | None]) -> tuple[Value, dict[str, Value]]:
    """Compute a run once more on recording values; return the output and the inputs.

    `instead` may give, for a node, what to compute in its place, as a function of its inputs and options.
    """
    graph = run.graph
    inputs: dict[str, Value] = {}
    made: list[Any] = []
    for node in graph.nodes:
        args = [made[arg] for arg in node.args]
        if node.gate is SOURCE:
            inputs[node.key] = var(node.key, run._values[node.index])
            made.append(inputs[node.key])
            continue
        if node.gate.name == "constant":
            made.append(run._values[node.index])
            continue
        if node.gate is COPY:
            made.append(args[0])
            continue
        other = instead(node)
        value = apply(node.gate, *args, **node.settings) if other is None else other(*args, *node.settings.values())
        if isinstance(value, Value) and node.name is not None:
            value.name = node.name
        made.append(value)
    output = made[graph.output]
    if not isinstance(output, Value):
        raise InputError(f"{graph.output_name} does not depend on any input; there is nothing to follow")
    if output.name is None:
        output.name = graph.output_name
    return output, inputs


def _wanted(node: Node, which: Collection[str] | None) -> bool:
    if node.gate.expansion is None:
        return False
    if which is None:
        return node.gate.name not in WHOLE
    return node.key in which or node.gate.name in which


def _spelled_out(node: Node) -> Callable[..., Any]:
    assert node.gate.expansion is not None
    return compiled(node.gate.expansion, node.gate.names, vocabulary(recorder))
