"""The graph: ordered gates and slots, without numbers; its text and its networkx view."""

from __future__ import annotations

from graphtutor.graph.build import Builder
from graphtutor.graph.graph import Edge, Graph, Node

__all__ = ["Builder", "Edge", "Graph", "Node"]
