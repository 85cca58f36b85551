"""Choose the row of every node, in a given order of layers, so that links run straight."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain as chained
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .layers import Hop, Net
from .ordering import Rows
from .types import Tell

SWEEPS, FEW = 10, 5
LARGE = 1000
"""Nodes from which a few sweeps do: the first one rightwards, the others with the pull of both sides."""
WIDE = 40
"""Nodes in a layer, on average, from which a layer is settled as arrays; that takes longer for a few."""
FAR = 10**9
Pulls = list[list[tuple[int, int, int]]]
"""Per node, for each hop on one side: the other node, the rows its port is below ours, and how hard it pulls."""
Ints = NDArray[np.int64]


def place_rows(net: Net, rows: Rows, heights: Sequence[int], tell: Tell) -> list[int]:
    """Return the top row of every node; the topmost is 0."""
    if not rows:
        return []
    order = np.fromiter(chained.from_iterable(rows), np.int64, len(net.layer))
    ends = np.cumsum([0, *map(len, rows)])
    tall, boxed = np.array(heights, np.int64)[order], order < net.boxes
    apart = tall[:-1] + net.gap * (boxed[:-1] | boxed[1:])
    """How many rows the tops of neighbours differ at least."""
    room = _Room(order, ends, apart)
    left: Pulls = [[(h.source, h.leaves - h.enters, _weight(net, h)) for h in hops] for hops in net.ins[: net.boxes]]
    right: Pulls = [[(h.target, h.enters - h.leaves, _weight(net, h)) for h in hops] for hops in net.outs[: net.boxes]]
    packed = np.concatenate(([0], np.cumsum(apart)))
    packed -= np.repeat(packed[ends[:-1]], np.diff(ends))
    settling = _Arrays if len(order) > WIDE * len(rows) else _Lists
    settled = settling(net, order, ends, packed)
    sweeps = SWEEPS if len(order) < LARGE else FEW
    for sweep in range(sweeps):
        tell(sweep / sweeps)
        rightwards = sweep % 2 == 0
        settled.sweep(BOTH if sweep >= sweeps - 4 else LEFT if rightwards else RIGHT, rightwards)
    tops = room.tops
    tops[: len(order)] = settled.tops()
    boxes = [[node for node in row if node < net.boxes] for row in rows]
    for _ in range(2):
        _align_boxes(boxes, left, right, room)
        _straighten(net, room)
    highest = min(tops[: len(order)])
    return [top - highest for top in tops[: len(order)]]


def _weight(net: Net, hop: Hop) -> int:
    """Pull hardest where both ends are waypoints: a long line that bends is read worst."""
    return WEIGHTS[(hop.source >= net.boxes) + (hop.target >= net.boxes)]


WEIGHTS = 1, 2, 8
LEFT, RIGHT, BOTH = range(3)
"""Which hops pull at a node: those on the left and, where it has none, on the right; the other way about; all."""


class _Lists:
    """The tops of all nodes, settled layer by layer. This is the way for layers of a few nodes."""

    def __init__(self, net: Net, order: Ints, ends: Ints, packed: Ints) -> None:
        nodes, offsets = order.tolist(), packed.tolist()
        cuts = list(pairwise(ends.tolist()))
        self.layers = [(nodes[start:end], offsets[start:end]) for start, end in cuts]
        self._tops = [0] * len(nodes)
        for row, tops in self.layers:
            for node, top in zip(row, tops, strict=True):
                self._tops[node] = top
        left: Pulls = [[(h.source, h.leaves - h.enters, _weight(net, h)) for h in hops] for hops in net.ins]
        right: Pulls = [[(h.target, h.enters - h.leaves, _weight(net, h)) for h in hops] for hops in net.outs]
        sides = list(zip(left, right, strict=True))
        self.pulls = [a or b for a, b in sides], [b or a for a, b in sides], [a + b for a, b in sides]

    def tops(self) -> list[int]:
        """Return the top of every node."""
        return self._tops

    def sweep(self, which: int, rightwards: bool) -> None:
        """Move every layer to where it is pulled by the layers as they stand."""
        pulls, tops = self.pulls[which], self._tops
        for row, offsets in self.layers if rightwards else reversed(self.layers):
            wants: list[tuple[float, float]] = []
            for node, offset in zip(row, offsets, strict=True):
                want = heavy = 0.0
                for other, lower, pull in pulls[node]:
                    want += (tops[other] + lower - offset) * pull
                    heavy += pull
                wants.append((want, heavy) if heavy else ((tops[node] - offset) * STILL, STILL))
            i = 0
            for shift, count in _pooled(wants):
                for _ in range(count):
                    tops[row[i]] = offsets[i] + shift
                    i += 1


STILL = 0.01
"""How hard a node without hops holds on to its place."""


class _Arrays:
    """The same for wide layers, as arrays in the order of the nodes' places; all that must, pools at once."""

    def __init__(self, net: Net, order: Ints, ends: Ints, packed: Ints) -> None:
        self.place = np.empty_like(order)
        self.place[order] = np.arange(len(order))
        self.cuts = list(pairwise(ends.tolist()))
        self.packed, self._tops = packed, packed.copy()
        hops = [hop for chain in net.chains for hop in chain]
        source = np.fromiter((hop.source for hop in hops), np.int64, len(hops))
        target = np.fromiter((hop.target for hop in hops), np.int64, len(hops))
        lower = np.fromiter((hop.enters - hop.leaves for hop in hops), np.int64, len(hops))
        pull = np.array(WEIGHTS)[(source >= net.boxes).astype(int) + (target >= net.boxes)]
        source, target = self.place[source], self.place[target]
        left, right = np.stack((target, source, -lower, pull)), np.stack((source, target, lower, pull))
        entered, left_from = (np.bincount(side[0], minlength=len(order)) > 0 for side in (left, right))
        alone = np.flatnonzero(~entered & ~left_from)
        still = np.stack((alone, alone, np.zeros_like(alone), np.zeros_like(alone)))
        every = (left, right[:, ~entered[source]]), (right, left[:, ~left_from[target]]), (left, right)
        self.pulls = [self._by_layer(np.concatenate((*some, still), axis=1), ends) for some in every]

    def _by_layer(self, pulls: Ints, ends: Ints) -> list[tuple[Any, ...]]:
        """Cut the pulls, each a node, the other one, the rows that its port is lower, and a weight, into layers."""
        node, other, lower, pull = pulls[:, np.argsort(pulls[0], kind="stable")]
        weight = np.where(pull, pull, STILL)
        heavy = np.bincount(node, weights=weight, minlength=len(self.packed))
        cuts = pairwise(np.searchsorted(node, ends).tolist())
        return [
            (node[a:b] - first, other[a:b], lower[a:b] - self.packed[node[a:b]], weight[a:b], heavy[first:last])
            for (a, b), (first, last) in zip(cuts, self.cuts, strict=True)
        ]

    def tops(self) -> list[int]:
        """Return the top of every node."""
        found: list[int] = self._tops[self.place].tolist()
        return found

    def sweep(self, which: int, rightwards: bool) -> None:
        """Move every layer to where it is pulled by the layers as they stand."""
        layers = list(zip(self.cuts, self.pulls[which], strict=True))
        for (first, last), (node, other, lower, weight, heavy) in layers if rightwards else reversed(layers):
            want = np.bincount(node, weights=(self._tops[other] + lower) * weight, minlength=last - first)
            counts = np.ones(last - first, np.int64)
            while (falls := want[:-1] * heavy[1:] > want[1:] * heavy[:-1]).any():
                pools = np.flatnonzero(np.concatenate(([True], ~falls)))
                want, heavy, counts = (np.add.reduceat(each, pools) for each in (want, heavy, counts))
            self._tops[first:last] = self.packed[first:last] + np.repeat(np.rint(want / heavy).astype(int), counts)


def _pooled(wants: Iterable[tuple[float, float]]) -> list[tuple[int, int]]:
    """Return by how much the nodes of a layer move from where they are packed, in order and with their gaps.

    This is isotonic regression by pooling. Each node wants the mean of the shifts at which its hops would be straight,
    given as their weighted sum and the weight. It must not be moved less than the one above it; nodes that want
    otherwise pool and settle together on their mean. Each pool is a shift and how many nodes make it.
    """
    pools: list[tuple[float, float, int]] = []
    sum_, weight, count = -1.0, 0.0, 0  # of the last pool; this one is above all, and nothing joins it
    for want, heavy in wants:
        if sum_ * heavy <= want * weight:
            pools.append((sum_, weight, count))
            sum_, weight, count = want, heavy, 1
            continue
        sum_, weight, count = sum_ + want, weight + heavy, count + 1
        while pools[-1][0] * weight > sum_ * pools[-1][1]:
            above = pools.pop()
            sum_, weight, count = sum_ + above[0], weight + above[1], count + above[2]
    pools.append((sum_, weight, count))
    return [(round(sum_ / weight), count) for sum_, weight, count in pools[1:]]


class _Room:
    """Tell how far a node may move before it meets its neighbours."""

    def __init__(self, order: Ints, ends: Ints, apart: Ints) -> None:
        count = len(order)
        self.tops = [*[0] * count, -FAR, FAR]
        """Of every node; the last two stand above all and below all."""
        inner = np.ones(max(0, count - 1), bool)
        inner[ends[1:-1] - 1] = False
        upper, lower, apart = order[:-1][inner], order[1:][inner], apart[inner]
        above, below = np.full(count, count), np.full(count, count + 1)
        down, up = np.zeros(count, np.int64), np.zeros(count, np.int64)
        above[lower], down[lower], below[upper], up[upper] = upper, apart, lower, apart
        self.above: list[int] = above.tolist()
        """Per node, the one above it, and how many rows the tops of the two differ at least; below it likewise."""
        self.down: list[int] = down.tolist()
        self.below: list[int] = below.tolist()
        self.up: list[int] = up.tolist()

    def of(self, node: int) -> tuple[int, int]:
        """Return the highest and the lowest row at which the node's top may stand."""
        return self.tops[self.above[node]] + self.down[node], self.tops[self.below[node]] - self.up[node]

    def along(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Return the same for a range of nodes."""
        tops = self.tops
        highest = [tops[i] + rows for i, rows in zip(self.above[start:end], self.down[start:end], strict=True)]
        lowest = [tops[i] - rows for i, rows in zip(self.below[start:end], self.up[start:end], strict=True)]
        return zip(highest, lowest, strict=True)


def _align_boxes(rows: Rows, left: Pulls, right: Pulls, room: _Room) -> None:
    """Move boxes with one hop on a side level with it, where that leaves fewer hops bent.

    A gate of several slots keeps its place between its arguments: its slots alone never move it.
    """
    tops = room.tops
    for row in [*rows, *reversed(rows)]:
        for node in row:
            first, last = room.of(node)
            single = [side[node][0] for side in (left, right) if len(side[node]) == 1]
            levels = [tops[other] + lower for other, lower, _ in single]
            levels = [top for top in levels if first <= top <= last and top != tops[node]]
            if levels:
                every = [tops[other] + lower for other, lower, _ in (*left[node], *right[node])]
                tops[node] = max([tops[node], *levels], key=every.count)


def _straighten(net: Net, room: _Room) -> None:
    """Move the waypoints of every long link, within the room they have, so that it bends as seldom as possible."""
    tops = room.tops
    for chain in net.chains:
        if len(chain) == 1:
            continue
        start = tops[chain[0].source] + chain[0].leaves
        end = tops[chain[-1].target] + chain[-1].enters
        begun = chain[0].target  # its waypoints have numbers in a row
        behind = begun + len(chain) - 1
        low = high = start
        for node, (first, last) in enumerate(room.along(begun, behind), begun):
            # One row serves the run for as long as some row is free in every layer it passes.
            if first > high or last < low:
                _lay(begun, node, min(max(low, end), high), tops)
                begun, low, high = node, first, last
            elif first > low or last < high:
                low, high = max(low, first), min(high, last)
        _lay(begun, behind, min(max(low, end), high), tops)


def _lay(begun: int, behind: int, row: int, tops: list[int]) -> None:
    tops[begun:behind] = [row] * (behind - begun)
