"""The networkx view of a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import networkx as nx

from graphtutor.graph.graph import Graph

if TYPE_CHECKING:
    from graphtutor.engine.run import Run


def to_networkx(graph: Graph, run: Run | None = None) -> nx.MultiDiGraph[str]:
    """Return the graph as a `networkx.MultiDiGraph`; see `Graph.to_networkx`."""
    view: nx.MultiDiGraph[str] = nx.MultiDiGraph(name=graph.output_name)
    for node in graph.nodes:
        attributes: dict[str, Any] = {
            "gate": node.gate.name,
            "role": str(node.gate.role),
            "label": node.label,
            "name": node.name,
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
