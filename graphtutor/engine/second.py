"""The backward pass as a graph of its own, to be drawn, explained and differentiated like any other."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphtutor.engine.expand import opened
from graphtutor.engine.functions import function
from graphtutor.engine.history import record
from graphtutor.engine.run import Run, as_float64
from graphtutor.engine.transform import pull
from graphtutor.engine.value import SOURCE, Value, apply, make, var
from graphtutor.errors import InputError, near_misses
from graphtutor.gates import gate
from graphtutor.graph import Graph

_RESHAPE = gate("reshape")


def backward_graph(run: Run, *names: str) -> Graph:
    """Return the graph that computes the gradient of the output with respect to the named inputs (by default all).

    With one input the output is its gradient, called `df_dx`; with several it is `gradient`, all of them stacked
    (arrays are laid out flat, one after the other). The run's inputs are given. Raise `InputError` for a name that is
    not an input.
    """
    graph = run.graph
    for name in names:
        if name not in graph.inputs:
            raise InputError(
                f"{name!r} is not an input{near_misses(name, graph.inputs) or ': ' + ', '.join(graph.inputs)}"
            )
    wanted = names or tuple(graph.inputs)
    output, inputs = _replay(run)
    grads = pull(output, np.ones(output.shape)[()], [inputs[name] for name in wanted], record=True)
    found = [_named(grads[id(inputs[name])], _derivative_name(graph, name)) for name in wanted]
    if len(found) > 1:
        if any(part.shape for part in found):
            found = [function("concat")([apply(_RESHAPE, part, shape=(-1,)) for part in found])]
        else:
            found = [function("stack")(found)]
        found[0].name = "gradient"
    recorded, _ = record(found[0])
    if len(wanted) == 1 and recorded.output_name == _derivative_name(graph, wanted[0]):
        recorded.derivative = (*(graph.derivative or (graph.output_name,)), wanted[0])
    return recorded.with_given({name: value for name, value in run.inputs.items() if name in recorded.inputs})


def _replay(run: Run) -> tuple[Value, dict[str, Value]]:
    """Compute a run once more on recording values, closed boxes opened; return the output and the inputs."""
    graph = opened(run.graph)
    inputs: dict[str, Value] = {}
    made: list[Any] = []
    for node in graph.nodes:
        args = [made[arg] for arg in node.args]
        match node.gate.name:
            case "input":
                value = inputs[node.key] = var(node.key, run.inputs[node.key])
            case "constant":
                value = as_float64(node.constant)
            case "copy":
                value = args[0]
            case _:
                value = apply(node.gate, *args, **node.settings)
                if node.name is not None:
                    value.name = node.name
        made.append(value)
    output = made[graph.output]
    if not isinstance(output, Value):
        raise InputError(f"{graph.output_name} does not depend on any input; there is nothing to follow")
    if output.name is None:
        output.name = graph.output_name
    return output, inputs


def _derivative_name(graph: Graph, name: str) -> str:
    """Return a name for the gradient that can stand in an expression."""
    return f"d{graph.output_name}_d{name}"


def _named(gradient: object, name: str) -> Value:
    """Return a gradient as a value with a name; one that depends on nothing is a constant."""
    value = gradient if isinstance(gradient, Value) else make(as_float64(gradient), SOURCE, None)
    if isinstance(gradient, Value) and value.name is None:
        value.name = name
    return value
