"""The paths from the output back to a node: what each sends, and that their sum is the gradient. No recursion."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from graphtutor.engine.run import Run, as_float64, plain
from graphtutor.explain.formula import label, output_called
from graphtutor.graph import Edge

MOST = 50
"""Paths that are listed at most."""


@dataclass(frozen=True, slots=True)
class Path:
    """One way from the output back to a node."""

    edges: tuple[Edge, ...]
    """From the output on; each is walked from its target to its source."""
    factors: tuple[float | None, ...]
    """The local gradient on each edge; `None` where the gate or its values are arrays: there is no one number."""
    sent: tuple[Any, ...]
    """What has arrived after each edge, if the gradient came along this path alone."""
    product: Any
    """What the path sends to the node: the product of the factors; of arrays, vector-Jacobian products in turn."""


@dataclass(frozen=True, slots=True)
class Paths:
    """All paths from the output to a node: how many there are, and the ones that send most."""

    run: Run
    node: int
    count: int
    """All paths along which a gradient flows."""
    listed: tuple[Path, ...]
    """The largest by size, of numbers; of arrays the first found, largest first where all are listed."""
    scalar: bool
    """Whether every value on the way is a number, so that a path has a product of factors."""

    @property
    def complete(self) -> bool:
        """Whether every path is listed."""
        return len(self.listed) == self.count

    @property
    def total(self) -> Any:
        """The sum over all paths: the gradient of the node, `None` where none arrives."""
        return self.run.grad_at(self.node)

    @property
    def rest(self) -> Any:
        """What the paths that are not listed send together."""
        if self.total is None:
            return None
        return plain(as_float64(self.total) - sum(as_float64(path.product) for path in self.listed))

    def stops(self, path: Path, slot: str = "slot") -> tuple[str, ...]:
        """Return what one comes through from the output to the node, copy gates left out.

        Where a gate takes the same value twice, `x*x`, the `slot`, in these words, tells the ways apart: `x (slot 0)`.
        """
        graph = self.run.graph
        names, used = [output_called(graph)], ""
        for edge in path.edges:
            if graph.nodes[edge.target].gate.name != "copy":
                args = [label(graph, arg) for arg in graph.nodes[edge.target].args]
                used = f" ({slot} {edge.slot})" if args.count(args[edge.slot]) > 1 else ""
            if edge.source == self.node or graph.nodes[edge.source].gate.name != "copy":
                names.append(label(graph, edge.source) + used)
        return tuple(name for i, name in enumerate(names) if not i or name != names[i - 1] or i < len(names) - 1)


def paths(run: Run, node: int, most: int = MOST) -> Paths:
    """Find the paths from the output to the node at this position, at most so many of them listed."""
    graph = run.graph
    if run.grad_at(node) is None:
        return Paths(run, node, 0, (), True)
    reach = [False] * len(graph.nodes)
    reach[node] = True
    ways = [0] * len(graph.nodes)
    ways[graph.output] = 1
    for later in graph.nodes[node + 1 :]:
        reach[later.index] = any(reach[arg] for arg in later.args)
    for index in range(graph.output, node, -1):
        if not (reach[index] and ways[index]):
            continue
        for slot, arg in enumerate(graph.nodes[index].args):
            if reach[arg] and run.contribution_at(index, slot) is not None:
                ways[arg] += ways[index]
    on_the_way = [reach[i] and ways[i] > 0 for i in range(len(graph.nodes))]
    scalar = all(run.shape(i) == () for i, on in enumerate(on_the_way) if on)
    find = _largest if scalar else _first
    listed = find(run, node, on_the_way, most)
    if not scalar and len(listed) == ways[node]:
        listed.sort(key=lambda path: -_size(path.product))
    return Paths(run, node, ways[node], tuple(listed), scalar)


def _uses(run: Run, index: int, on_the_way: list[bool]) -> list[Edge]:
    return [
        edge
        for edge in run.graph.uses[index]
        if on_the_way[edge.target] and run.contribution_at(edge.target, edge.slot) is not None
    ]


def _size(number: Any) -> float:
    size = float(np.sqrt(np.sum(np.square(number))))
    return math.inf if math.isnan(size) else size


def _largest(run: Run, node: int, on_the_way: list[bool], most: int) -> list[Path]:
    """Find the paths with the largest products: the largest to a node extend the largest to what uses it."""
    output = run.graph.output
    best: dict[int, list[tuple[float, Edge | None, int, float]]] = {output: [(1.0, None, 0, 1.0)]}
    """Per node: the product, the last edge, which of its target's it extends, the last factor."""
    with np.errstate(all="ignore"):
        for index in range(output - 1, node - 1, -1):
            if not on_the_way[index]:
                continue
            found: list[tuple[float, Edge | None, int, float]] = []
            for edge in _uses(run, index, on_the_way):
                local = run.local_at(edge.target, edge.slot)
                factor = float(run.pulled(edge.target, edge.slot, np.float64(1.0)) if local is None else local)
                found += [(one[0] * factor, edge, rank, factor) for rank, one in enumerate(best[edge.target])]
            found.sort(key=lambda one: -math.inf if math.isnan(one[0]) else -abs(one[0]))
            best[index] = found[:most]
    listed: list[Path] = []
    for rank in range(len(best[node])):
        edges: list[Edge] = []
        factors: list[float] = []
        at, place = node, rank
        while (link := best[at][place])[1] is not None:
            edges.append(link[1])
            factors.append(link[3])
            at, place = link[1].target, link[2]
        listed.append(_path(tuple(reversed(edges)), tuple(reversed(factors))))
    return listed


def _path(edges: tuple[Edge, ...], factors: tuple[float, ...]) -> Path:
    sent: list[float] = []
    for factor in factors:
        sent.append((sent[-1] if sent else 1.0) * factor)
    return Path(edges, factors, tuple(sent), sent[-1] if sent else 1.0)


def _first(run: Run, node: int, on_the_way: list[bool], most: int) -> list[Path]:
    """Walk back from the output, one branch after the other, until so many paths are found."""
    graph = run.graph
    listed: list[Path] = []
    seed = as_float64(np.ones(run.shape(graph.output)))
    stack: list[tuple[int, tuple[Edge, ...], tuple[float | None, ...], tuple[Any, ...]]] = [(graph.output, (), (), ())]
    while stack and len(listed) < most:
        index, edges, factors, sent = stack.pop()
        upstream = as_float64(sent[-1]) if sent else seed
        if index == node:
            listed.append(Path(edges, factors, sent, plain(upstream)))
            continue
        for slot in reversed(range(len(graph.nodes[index].args))):
            arg = graph.nodes[index].args[slot]
            if not on_the_way[arg] or run.contribution_at(index, slot) is None:
                continue
            flat = run.shape(index) == () and run.shape(arg) == ()
            local = run.local_at(index, slot) if flat else None
            part = run.pulled(index, slot, upstream)
            stack.append((arg, (*edges, Edge(arg, index, slot)), (*factors, local), (*sent, part)))
    return listed
