"""The networkx view of a graph."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np

from graphtutor.errors import InputError
from graphtutor.gates import all_gates
from graphtutor.graph.build import Builder
from graphtutor.graph.graph import Graph, constant_text, constant_value

if TYPE_CHECKING:
    from graphtutor.engine.run import Run


def to_networkx(graph: Graph, run: Run | None = None) -> nx.MultiDiGraph[str]:
    """Return the graph as a `networkx.MultiDiGraph`; see `Graph.to_networkx`."""
    view: nx.MultiDiGraph[str] = nx.MultiDiGraph(
        name=graph.output_name,
        output=graph.nodes[graph.output].id,
        given={name: constant_text(value) for name, value in graph.given.items()},
        text=graph.text,
    )
    for node in graph.nodes:
        attributes: dict[str, Any] = {
            "gate": node.gate.name,
            "role": str(node.gate.role),
            "label": node.label,
            "name": node.name,
            "options": {name: _plain(value) for name, value in node.options},
            "shape": None if run is None else run.shape(node.index),
        }
        if run is not None:
            attributes |= {"value": run.value_at(node.index), "grad": run.grad_at(node.index)}
        view.add_node(node.id, **attributes)
    for source, target, slot in graph.edges():
        attributes = {"slot": slot}
        if run is not None:
            attributes |= {"value": run.value_at(source), "grad": run.contribution_at(target, slot)}
        view.add_edge(graph.nodes[source].id, graph.nodes[target].id, key=slot, **attributes)
    return view


def from_networkx(view: nx.MultiDiGraph[str]) -> Graph:
    """Return the graph that `to_networkx` gave this view of. Raise `InputError` where the view is not one of ours."""
    builder = Builder()
    made: dict[str, int] = {}
    try:
        for name in nx.lexicographical_topological_sort(view, key=list(view).index):
            node = view.nodes[name]
            args = {key: made[source] for source, _, key in view.in_edges(name, keys=True)}
            inputs = tuple(args[slot] for slot in range(len(args)))
            match node["gate"]:
                case "input":
                    made[name] = builder.input(node["label"])
                case "constant":
                    made[name] = builder.constant(constant_value(node["label"]))
                case "copy":
                    made[name] = inputs[0]
                case "statement" | "neuron" | "layer":
                    raise InputError(
                        f"{node.get('name') or name} is a closed box, and a networkx view does not hold what is "
                        "inside; expand it before `to_networkx`"
                    )
                case kind:
                    made[name] = builder.gate(all_gates()[kind], inputs, None, _options(node))
                    if node.get("name"):
                        builder.name(node["name"], made[name])
        output = made[view.graph["output"]]
        builder.name(view.graph["name"], output)
        given = {key: constant_value(value) for key, value in (view.graph.get("given") or {}).items()}
    except (KeyError, ValueError, IndexError, nx.NetworkXException) as error:
        raise InputError(
            f"this networkx graph is not a view of a graphtutor graph: {type(error).__name__} {error}"
        ) from None
    return builder.finish(output, view.graph["name"], given, view.graph.get("text"))


def _options(node: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _option(value) for name, value in (node.get("options") or {}).items()}


def _plain(value: Any) -> Any:
    """Return an option as plain JSON data."""
    if isinstance(value, tuple):
        return {"tuple": [_plain(part) for part in value]}
    if isinstance(value, slice):
        return {"slice": [value.start, value.stop, value.step]}
    if value is Ellipsis:
        return {"ellipsis": True}
    return value.tolist() if isinstance(value, np.ndarray) else value


def _option(value: Any) -> Any:
    match value:
        case {"tuple": parts}:
            return tuple(_option(part) for part in parts)
        case {"slice": bounds}:
            return slice(*bounds)
        case {"ellipsis": _}:
            return ...
    return value
