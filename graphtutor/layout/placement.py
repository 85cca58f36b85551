"""Choose the row of every node, in a given order of layers, so that links run straight."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from .layers import Hop, Net
from .ordering import Rows
from .types import Tell

SWEEPS = 10
FAR = 10**9
Pulls = list[list[tuple[int, int, int]]]
"""Per node, for each hop on one side: the other node, the rows its port is below ours, and how hard it pulls."""


def place_rows(net: Net, rows: Rows, heights: Sequence[int], tell: Tell) -> list[int]:
    """Return the top row of every node; the topmost is 0."""
    tops = [0] * len(net.layer)
    packed = [_pack(net, row, heights) for row in rows]
    for row, offsets in zip(rows, packed, strict=True):
        for node, offset in zip(row, offsets, strict=True):
            tops[node] = offset
    left: Pulls = [[(h.source, h.leaves - h.enters, _weight(net, h)) for h in hops] for hops in net.ins]
    right: Pulls = [[(h.target, h.enters - h.leaves, _weight(net, h)) for h in hops] for hops in net.outs]
    both: Pulls = [a + b for a, b in zip(left, right, strict=True)]
    layers = list(zip(rows, packed, strict=True))
    for sweep in range(SWEEPS):
        tell(sweep / SWEEPS)
        rightwards = sweep % 2 == 0
        near, far = (left, right) if rightwards else (right, left)
        if sweep >= SWEEPS - 4:
            near = both
        for row, offsets in layers if rightwards else reversed(layers):
            _settle(row, offsets, tops, near, far)
    room = _Room(net, rows, heights, tops)
    for _ in range(2):
        _align_boxes(net, rows, left, right, room)
        _straighten(net, room)
    highest = min(tops, default=0)
    return [top - highest for top in tops]


def _weight(net: Net, hop: Hop) -> int:
    """Pull hardest where both ends are waypoints: a long line that bends is read worst."""
    return (1, 2, 8)[(hop.source >= net.boxes) + (hop.target >= net.boxes)]


def _gap(net: Net, above: int, below: int) -> int:
    return net.gap if above < net.boxes or below < net.boxes else 0


def _pack(net: Net, row: list[int], heights: Sequence[int]) -> list[int]:
    """Return the tops of a layer's nodes when they stand as close as they may."""
    offsets = [0]
    for above, below in pairwise(row):
        offsets.append(offsets[-1] + heights[above] + _gap(net, above, below))
    return offsets


def _settle(row: list[int], offsets: list[int], tops: list[int], near: Pulls, far: Pulls) -> None:
    """Move a layer to where the near side pulls it, in order and with its gaps: isotonic regression by pooling.

    Counted from its packed place, a node must stand no higher than the one above it; nodes that want otherwise
    pool and settle together on their mean.
    """
    pools: list[tuple[float, float, int]] = []
    for node, offset in zip(row, offsets, strict=True):
        want, weight = _wanted(near[node] or far[node], tops)
        if not weight:
            want, weight = tops[node], 0.01
        total, count = (want - offset) * weight, 1
        while pools and pools[-1][0] * weight > total * pools[-1][1]:
            above = pools.pop()
            total, weight, count = total + above[0], weight + above[1], count + above[2]
        pools.append((total, weight, count))
    i = 0
    for total, weight, count in pools:
        shift = round(total / weight)
        for _ in range(count):
            tops[row[i]] = offsets[i] + shift
            i += 1


def _wanted(pulls: list[tuple[int, int, int]], tops: list[int]) -> tuple[float, float]:
    """Return the weighted mean of the tops at which each hop would be straight, and the weight of them all."""
    total = weight = 0
    for other, lower, pull in pulls:
        total += (tops[other] + lower) * pull
        weight += pull
    return (total / weight if weight else 0.0), weight


class _Room:
    """Tell how far a node may move before it meets its neighbours."""

    def __init__(self, net: Net, rows: Rows, heights: Sequence[int], tops: list[int]) -> None:
        self.net, self.heights, self.tops = net, heights, tops
        self.above: dict[int, int] = {}
        self.below: dict[int, int] = {}
        for row in rows:
            for upper, lower in pairwise(row):
                self.above[lower], self.below[upper] = upper, lower

    def of(self, node: int) -> tuple[int, int]:
        """Return the highest and the lowest row at which the node's top may stand."""
        first, last = -FAR, FAR
        if node in self.above:
            upper = self.above[node]
            first = self.tops[upper] + self.heights[upper] + _gap(self.net, upper, node)
        if node in self.below:
            lower = self.below[node]
            last = self.tops[lower] - _gap(self.net, node, lower) - self.heights[node]
        return first, last


def _align_boxes(net: Net, rows: Rows, left: Pulls, right: Pulls, room: _Room) -> None:
    """Move boxes with one hop on a side level with it, where that leaves fewer hops bent.

    A gate of several slots keeps its place between its arguments: its slots alone never move it.
    """
    tops = room.tops
    for row in [*rows, *reversed(rows)]:
        for node in row:
            if node >= net.boxes:
                continue
            first, last = room.of(node)
            single = [side[node][0] for side in (left, right) if len(side[node]) == 1]
            levels = [tops[other] + lower for other, lower, _ in single]
            every = [tops[other] + lower for other, lower, _ in (*left[node], *right[node])]
            tops[node] = max(
                [tops[node], *(top for top in levels if first <= top <= last)],
                key=every.count,
            )


def _straighten(net: Net, room: _Room) -> None:
    """Move the waypoints of every long link, within the room they have, so that it bends as seldom as possible."""
    tops = room.tops
    for chain in net.chains:
        if len(chain) == 1:
            continue
        start = tops[chain[0].source] + chain[0].leaves
        end = tops[chain[-1].target] + chain[-1].enters
        run: list[int] = []
        low = high = start
        for hop in chain[:-1]:
            first, last = room.of(hop.target)
            # One row serves the run for as long as some row is free in every layer it passes.
            if max(low, first) > min(high, last):
                _lay(run, low, high, end, tops)
                run, low, high = [], first, last
            low, high = max(low, first), min(high, last)
            run.append(hop.target)
        _lay(run, low, high, end, tops)


def _lay(run: list[int], low: int, high: int, end: int, tops: list[int]) -> None:
    row = min(max(low, end), high)
    for node in run:
        tops[node] = row
