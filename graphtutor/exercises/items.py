"""What an exercise asks: one item per number or word, in the order in which one would work them out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from graphtutor.engine.run import Run
from graphtutor.explain.formula import label, names, substitute
from graphtutor.graph import Edge, Graph
from graphtutor.timeline import Sent, Summed

VALUE, EDGE, TOTAL, ROLE = "value", "edge", "total", "role"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is asked."""

    id: str
    """What stands on the answer sheet: `mul1` (a value or a role), `mul1.x` (an edge), `total.x` (a copy gate)."""
    what: str
    """`value`, `edge`, `total` or `role`."""
    label: str
    """What is asked, in symbols: `dL/dx on the edge x -> mul1`."""
    node: int
    """The position of the gate it is about: of an edge, the gate the edge leads into."""
    slot: int | None = None
    """The slot of that gate, where an edge is asked."""

    @property
    def edge(self) -> tuple[int, int] | None:
        """(target, slot) of the edge, as `run.contribution_at` takes them; `None` unless an edge is asked."""
        return None if self.slot is None else (self.node, self.slot)


def values(run: Run) -> Iterator[Item]:
    """Yield one item per computed gate, forward. A copy gate computes nothing."""
    graph = run.graph
    for node in graph.nodes:
        if node.gate.is_source or node.gate.name == "copy":
            continue
        formula = substitute(node.gate.formula, names(graph, node))
        yield Item(node.key, VALUE, f"{node.key} = {formula}", node.index)


def gradients(run: Run) -> Iterator[Item]:
    """Yield one item per edge that carries a gradient and one per copy gate, backward."""
    graph = run.graph
    for step in run.timeline:
        match step:
            case Summed(node=node):
                key = graph.origin(node).key
                yield Item(
                    f"total.{key}", TOTAL, f"d{graph.output_name}/d{key} in total, at the copy gate of {key}", node
                )
            case Sent(node=node, slot=slot) if graph.nodes[node].gate.name != "copy":
                yield _edge(graph, step.edge)


def roles(run: Run) -> Iterator[Item]:
    """Yield one item per gate that gradients flow through, forward."""
    graph = run.graph
    for node in graph.nodes:
        if node.gate.is_source or run.grad_at(node.index) is None or node.gate.role == "stopper":
            continue
        of = f" of {graph.origin(node.index).key}" if node.gate.name == "copy" else ""
        symbol = "" if node.gate.symbol in node.key else f" ({node.gate.symbol})"
        yield Item(node.key, ROLE, f"role of {node.key}{symbol}{of}", node.index)


def edge_id(graph: Graph, edge: Edge) -> str:
    """Return what an edge is called on a sheet: `mul1.x`, or `mul1.x#0` where one gate takes the same value twice."""
    target = graph.nodes[edge.target]
    sources = Counter(label(graph, arg) for arg in target.args)
    source = label(graph, edge.source)
    return f"{target.key}.{source}" + (f"#{edge.slot}" if sources[source] > 1 else "")


def _edge(graph: Graph, edge: Edge) -> Item:
    source, target = label(graph, edge.source), graph.nodes[edge.target].key
    name = edge_id(graph, edge)
    which = f" (slot {edge.slot})" if "#" in name else ""
    return Item(name, EDGE, f"d{graph.output_name}/d{source} on the edge {source} -> {target}{which}", *edge[1:])


ASKED = {"forward_values": values, "edge_gradients": gradients, "gate_roles": roles}
"""What each kind of exercise asks."""
