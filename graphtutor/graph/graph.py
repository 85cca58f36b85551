"""Gates in an order in which every gate stands after its inputs. Numbers live in a run, never here."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from graphtutor.gates import Gate

if TYPE_CHECKING:
    import networkx as nx

    from graphtutor.engine.compiled import Program
    from graphtutor.engine.run import Run


class Place(NamedTuple):
    """Where a gate stands in the text of the expression; lines count from 1, columns from 0."""

    line: int
    column: int
    end_line: int
    end_column: int


class Edge(NamedTuple):
    """One use of a value by one slot. `source` and `target` are positions in `Graph.nodes`."""

    source: int
    target: int
    slot: int


Change = tuple[str, tuple[str, ...]]
"""`("expand", keys)` or `("collapse", keys)`."""


@dataclass(frozen=True, slots=True, eq=False)
class Whole:
    """A gate that was opened: what its parts are folded back into. Its output is the node that has its key."""

    key: str
    gate: Gate
    feeds: tuple[Any, ...]
    """What feeds each slot: a node's key, or a constant."""
    options: tuple[tuple[str, Any], ...] = ()
    place: Place | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One gate of a graph."""

    index: int
    gate: Gate
    args: tuple[int, ...]
    """The position of the node that feeds each slot."""
    key: str
    """What the node is called where it must be told apart: its name, or its gate and a number (`mul1`)."""
    name: str | None = None
    """The name a statement or a variable gave it."""
    constant: Any = None
    """The number (or array) of a constant; `None` elsewhere."""
    place: Place | None = None
    options: tuple[tuple[str, Any], ...] = ()
    """What the call says beyond its inputs (`axis`, ...), where it differs from the gate's defaults."""
    within: tuple[Whole, ...] = ()
    """The opened gates that it is a part of, the outermost first."""

    @property
    def settings(self) -> dict[str, Any]:
        """All options of the gate, with the defaults."""
        return {**self.gate.options, **dict(self.options)}

    @property
    def id(self) -> str:
        """The node's id in files and in the networkx view: `n0`, `n1`, ..."""
        return f"n{self.index}"

    @property
    def label(self) -> str:
        """What is written on the node: an input's name, a constant's number, a gate's symbol."""
        if self.gate.name == "input":
            return self.name or self.key
        if self.gate.name == "constant":
            return constant_text(self.constant)
        return self.gate.symbol


_WHOLE = re.compile(r"(?<!-0)\.0(?=[,\]])")
"""What integers in an array have too much; a zero keeps its sign."""


def constant_text(value: Any) -> str:
    """Write a constant as it is written in an expression: as an integer where it is one, with every digit otherwise."""
    if isinstance(value, np.ndarray):
        return _WHOLE.sub("", str(value.tolist()))
    number = float(value)
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 and str(number) != "-0.0" else repr(number)


def constant_value(text: str) -> Any:
    """Read what `constant_text` wrote."""
    array = np.asarray(ast.literal_eval(text.replace("inf", "1e999").replace("nan", "'nan'")), dtype=np.float64)
    return float(array) if array.ndim == 0 else array


class Graph:
    """A computational graph. Build one with `graphtutor.parse`, or from recorded values.

    Every node but a copy gate feeds at most one slot: where a value is used several times there is a copy gate with one
    use per consumer. `nodes` is in an order in which every node stands after its inputs.
    """

    def __init__(
        self,
        nodes: tuple[Node, ...],
        output: int,
        output_name: str,
        names: Mapping[str, int],
        given: Mapping[str, Any] | None = None,
        unused: tuple[str, ...] = (),
        text: str | None = None,
        changes: tuple[Change, ...] = (),
        derivative: tuple[str, ...] = (),
    ) -> None:
        self.nodes = nodes
        self.output = output
        """The position of the output node."""
        self.output_name = output_name
        self.names = dict(names)
        """The position of the node that each name means."""
        self.given = dict(given or {})
        """Values that the text itself gives to inputs; a run may override them."""
        self.unused = unused
        """Statements of the text that the output does not depend on; they are left out of the graph."""
        self.text = text
        """The text it was parsed from."""
        self.changes = changes
        """What was done to the graph of the text, in order."""
        self.derivative = derivative
        """What the output is the derivative of, and the inputs in order: `("f", "x")` of df/dx; else empty."""

    @cached_property
    def inputs(self) -> dict[str, int]:
        """The inputs' names and positions, in order."""
        return {node.key: node.index for node in self.nodes if node.gate.name == "input"}

    @cached_property
    def uses(self) -> list[list[Edge]]:
        """The edges that leave each node, in the order of their consumers."""
        uses: list[list[Edge]] = [[] for _ in self.nodes]
        for edge in self.edges():
            uses[edge.source].append(edge)
        return uses

    @cached_property
    def depends(self) -> list[bool]:
        """Whether each node depends on an input: only there a gradient flows."""
        found: list[bool] = []
        for node in self.nodes:
            found.append(node.gate.name == "input" or any(found[arg] for arg in node.args))
        return found

    def edges(self) -> Iterator[Edge]:
        """Yield every edge, ordered by target and slot."""
        for node in self.nodes:
            for slot, source in enumerate(node.args):
                yield Edge(source, node.index, slot)

    def node(self, key: str) -> Node:
        """Return the node with this name, key (`mul1`) or id (`n3`); `KeyError` when there is none."""
        if key in self.names:
            return self.nodes[self.names[key]]
        return self._by_key[key]

    @cached_property
    def _by_key(self) -> dict[str, Node]:
        return {node.id: node for node in self.nodes} | {node.key: node for node in self.nodes}

    def origin(self, index: int) -> Node:
        """Return the node whose value arrives here: a copy gate's source, or the node itself."""
        node = self.nodes[index]
        while node.gate.name == "copy":
            node = self.nodes[node.args[0]]
        return node

    def run(self, inputs: Mapping[str, Any] | None = None, /, **values: Any) -> Run:
        """Run forward and backward. Values are numbers or arrays (nested lists are fine), by input name.

        Raise `InputError` for a missing value, an unknown name, or a value that is no number.
        """
        from graphtutor.engine.run import run

        return run(self, {**(inputs or {}), **values})

    def with_given(self, given: Mapping[str, Any]) -> Graph:
        """Return the same graph with other given values."""
        return Graph(
            self.nodes,
            self.output,
            self.output_name,
            self.names,
            given,
            self.unused,
            self.text,
            self.changes,
            self.derivative,
        )

    def expand(self, which: Collection[str] | str | None = None) -> Graph:
        """Return the graph with composite gates spelled out; see `graphtutor.engine.expand.expand`.

        Raise `InputError` also where that depends on the shapes of the values: then expand the run.
        """
        from graphtutor.engine.expand import expand_graph

        return expand_graph(self, which)

    def collapse(self, which: Collection[str] | str | None = None) -> Graph:
        """Return the graph with parts closed into one box each; see `graphtutor.engine.collapse.collapse`."""
        from graphtutor.engine.collapse import collapse_graph

        return collapse_graph(self, which)

    def compile(self, *, wrt: Sequence[str] | None = None) -> Program:
        """Return a `Program`: the graph made fast to run again with other inputs, or over a batch.

        `wrt` names the inputs whose gradients `Program.value_and_grad` computes; by default all of them.
        """
        from graphtutor.engine.compiled import Program

        return Program(self, wrt)

    def to_networkx(self, run: Run | None = None) -> nx.MultiDiGraph[str]:
        """Return a `networkx.MultiDiGraph`: nodes are gates, an edge's key is its slot; with a run, values, gradients.

        Node attributes: `gate`, `role`, `label`, `name`, `shape` (`None` without a run), with a run `value` and `grad`.
        Edge attributes: `slot`, with a run `value` and `grad` (the contribution; `None` where none was computed).
        """
        from graphtutor.graph.view import to_networkx

        return to_networkx(self, run)

    def __str__(self) -> str:
        """Write the graph as an expression that parses to an equal graph."""
        from graphtutor.graph.text import write

        return write(self)

    def __repr__(self) -> str:
        return f"<Graph {self.output_name}: {len(self.nodes)} nodes, inputs {', '.join(self.inputs) or 'none'}>"

    def __eq__(self, other: object) -> bool:
        """Compare gates, wiring, names, constants and given values; not the text they came from."""
        if not isinstance(other, Graph):
            return NotImplemented
        return self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash((len(self.nodes), self.output, self.output_name))

    def _identity(self) -> tuple[Any, ...]:
        return (
            [
                (node.gate.name, node.gate.inside, node.args, node.name, _exact(node.constant), repr(node.options))
                for node in self.nodes
            ],
            self.output,
            self.output_name,
            {name: _exact(value) for name, value in self.given.items()},
        )


def _exact(value: Any) -> Any:
    """Return something that compares equal exactly for the same numbers, NaN included."""
    if value is None:
        return None
    array = np.asarray(value, dtype=np.float64)
    return array.shape, array.tobytes()
