"""Cut the graph into layers: which column a box stands in, and where a long link passes through columns between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from .types import Box, Link


@dataclass(eq=False, slots=True)
class Hop:
    """One link, or a piece of one, between neighbouring layers."""

    source: int
    target: int
    slot: int
    """The slot it enters, or 0 at a waypoint."""
    link: int
    leaves: int = 0
    """The row of its port within the source, known when the layers are in order."""
    enters: int = 0
    """The row of its port within the target."""


@dataclass(slots=True)
class Net:
    """The graph with every long link cut into hops by waypoints.

    Nodes are numbers. Those below `boxes` are boxes, in the caller's order; the others are waypoints.
    """

    boxes: int
    layer: list[int]
    ins: list[list[Hop]]
    """Per node, the hops that enter it, by slot."""
    outs: list[list[Hop]]
    chains: list[list[Hop]]
    """Per link, its hops from left to right."""
    gap: int
    """Free rows around a box. Two waypoints may stand on neighbouring rows."""


def build_net(boxes: Sequence[Box], links: Sequence[Link], gap: int = 1) -> Net:
    """Build the layered net: number the boxes and cut the links; raise ValueError for what cannot be drawn."""
    number = {box.id: i for i, box in enumerate(boxes)}
    _verify(boxes, links, number)
    arcs = [(number[link.source], number[link.target]) for link in links]
    layer = _assign_layers(len(boxes), arcs)
    chains: list[list[Hop]] = []
    for k, (source, target) in enumerate(arcs):
        between = range(layer[source] + 1, layer[target])
        nodes = [source, *range(len(layer), len(layer) + len(between)), target]
        layer.extend(between)
        hops = [Hop(a, b, 0, k) for a, b in pairwise(nodes[:-1])]
        chains.append([*hops, Hop(nodes[-2], target, links[k].slot, k)])
    net = Net(len(boxes), layer, [[] for _ in layer], [[] for _ in layer], chains, gap)
    for chain in chains:
        for hop in chain:
            net.outs[hop.source].append(hop)
            net.ins[hop.target].append(hop)
    for hops in net.ins:
        hops.sort(key=lambda hop: hop.slot)
    return net


def _verify(boxes: Sequence[Box], links: Sequence[Link], number: dict[str, int]) -> None:
    for i, box in enumerate(boxes):
        if number[box.id] != i:
            raise ValueError(f"two boxes have the id {box.id!r}; ids must differ")
        if box.width < 1 or box.height < 1 or box.slots < 0:
            raise ValueError(f"{box} needs a width and a height of at least 1 and no fewer than 0 slots")
    taken: set[tuple[str, int]] = set()
    for link in links:
        for end in (link.source, link.target):
            if end not in number:
                raise ValueError(f"{link} names {end!r}, which is not the id of a box")
        slots = boxes[number[link.target]].slots
        if not 0 <= link.slot < slots:
            raise ValueError(f"{link} enters slot {link.slot}, but {link.target!r} has {slots} slots, counted from 0")
        if (link.target, link.slot) in taken:
            raise ValueError(f"{link} enters a slot that another link fills; a slot takes one link")
        if link.label < 0:
            raise ValueError(f"{link} has a negative label width")
        taken.add((link.target, link.slot))


def _assign_layers(count: int, arcs: Sequence[tuple[int, int]]) -> list[int]:
    """Put every box right of its arguments, then pull boxes right where that shortens lines."""
    before: list[list[int]] = [[] for _ in range(count)]
    after: list[list[int]] = [[] for _ in range(count)]
    for source, target in arcs:
        before[target].append(source)
        after[source].append(target)
    order = _topological(before, after)
    layer = [0] * count
    for node in order:
        layer[node] = 1 + max((layer[source] for source in before[node]), default=-1)
    # A box can follow its only user for nothing when all that feeds it feeds nothing else and follows too.
    follows = [False] * count
    for node in order:
        follows[node] = all(follows[source] and len(after[source]) == 1 for source in before[node])
    for node in reversed(order):
        if after[node] and (follows[node] or len(before[node]) < len(after[node])):
            layer[node] = min(layer[target] for target in after[node]) - 1
    return layer


def _topological(before: list[list[int]], after: list[list[int]]) -> list[int]:
    waiting = [len(sources) for sources in before]
    order = [node for node, n in enumerate(waiting) if not n]
    for node in order:
        for target in after[node]:
            waiting[target] -= 1
            if not waiting[target]:
                order.append(target)
    if len(order) < len(before):
        raise ValueError("the links form a cycle; only an acyclic graph can be laid out in layers")
    return order
