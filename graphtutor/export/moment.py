"""What is written on a drawing: the numbers of a run that are known after so many of its steps, as text."""

from __future__ import annotations

from collections.abc import Iterator

from graphtutor.engine.run import Run
from graphtutor.errors import InputError
from graphtutor.explain import written
from graphtutor.export.options import Options
from graphtutor.graph import Edge, Graph, Node
from graphtutor.timeline import Timeline


class Moment:
    """A graph, with the numbers of a run as far as they are known. Text that is not known yet is empty."""

    def __init__(self, drawn: Run | Graph, options: Options) -> None:
        if not isinstance(drawn, Run | Graph):
            raise TypeError(f"export draws a Run or a Graph, not {type(drawn).__name__}; for a value, give value.graph")
        self.run = drawn if isinstance(drawn, Run) else None
        self.graph = drawn.graph if isinstance(drawn, Run) else drawn
        self.options = options
        self._timeline = self._seek(options.step)

    def _seek(self, step: int | None) -> Timeline | None:
        if step is None:
            return None
        if self.run is None:
            raise InputError("a step can only be drawn of a run; give the inputs values")
        timeline = Timeline(self.run)  # the run's own cursor belongs to whoever watches it
        if not 0 <= step <= len(timeline):
            raise InputError(f"there is no step {step}; this run has the steps 0 to {len(timeline)}")
        timeline.seek(step)
        return timeline

    @property
    def numbers(self) -> bool:
        """Whether there are numbers at all."""
        return self.run is not None

    def nodes(self) -> Iterator[Node]:
        """Yield the nodes that are drawn."""
        for node in self.graph.nodes:
            if self.options.copies or node.gate.name != "copy":
                yield node

    def edges(self) -> Iterator[Edge]:
        """Yield the edges that are drawn; where copy gates are left out, from the value's origin."""
        for edge in self.graph.edges():
            if self.options.copies:
                yield edge
            elif self.graph.nodes[edge.target].gate.name != "copy":
                yield Edge(self.graph.origin(edge.source).index, edge.target, edge.slot)

    def value(self, index: int) -> str:
        """Return the value of a node."""
        if self.run is None or not (self._timeline is None or self._timeline.value_known(index)):
            return ""
        return written(self.run.value_at(index))

    def grad(self, index: int) -> str:
        """Return the whole gradient of a node."""
        if self.run is None:
            return ""
        grad = self.run.grad_at(index)
        return written(grad) if grad is None or self._timeline is None or self._timeline.grad_known(index) else ""

    def contribution(self, edge: Edge) -> str:
        """Return the gradient that was sent back along an edge."""
        if self.run is None:
            return ""
        sent = self.run.contribution_at(edge.target, edge.slot)
        known = sent is None or self._timeline is None or self._timeline.sent(edge.target, edge.slot)
        return written(sent) if known else ""

    def faulty(self, index: int) -> bool:
        """Whether a number stopped being finite at this node, as far as it has happened."""
        if self.run is None:
            return False
        return any(
            fault.node == index
            and (
                self._timeline is None
                or (self._timeline.value_known(index) if fault.slot is None else self._timeline.sent(index, fault.slot))
            )
            for fault in self.run.faults
        )
