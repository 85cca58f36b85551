"""Choose the row of every node, in a given order of layers, so that links run straight."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from .layers import Hop, Net
from .ordering import Rows
from .types import Tell

SWEEPS, FEW = 10, 5
LARGE = 1000
"""Nodes from which a few sweeps do: the first one rightwards, the others with the pull of both sides."""
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
    sides = list(zip(left, right, strict=True))
    mostly_left, mostly_right, both = [a or b for a, b in sides], [b or a for a, b in sides], [a + b for a, b in sides]
    layers = list(zip(rows, packed, strict=True))
    sweeps = SWEEPS if len(tops) < LARGE else FEW
    for sweep in range(sweeps):
        tell(sweep / sweeps)
        rightwards = sweep % 2 == 0
        pulls = both if sweep >= sweeps - 4 else mostly_left if rightwards else mostly_right
        for row, offsets in layers if rightwards else reversed(layers):
            _settle(row, offsets, tops, pulls)
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


def _settle(row: list[int], offsets: list[int], tops: list[int], pulls: Pulls) -> None:
    """Move a layer to where it is pulled, in order and with its gaps: isotonic regression by pooling.

    Each node wants the mean of the tops at which its hops would be straight. Counted from its packed place, it must
    stand no higher than the one above it; nodes that want otherwise pool and settle together on their mean.
    """
    pools: list[tuple[float, float, int]] = []
    sum_, weight, count = -1.0, 0.0, 0  # of the last pool; this one is above all, and nothing joins it
    for node, offset in zip(row, offsets, strict=True):
        ends = pulls[node]
        want: float
        heavy: float
        if len(ends) == 1:
            ((other, lower, heavy),) = ends
            want = (tops[other] + lower - offset) * heavy
        elif ends:
            want = heavy = 0
            for other, lower, pull in ends:
                want += (tops[other] + lower - offset) * pull
                heavy += pull
        else:
            heavy = 0.01
            want = (tops[node] - offset) * heavy
        if sum_ * heavy <= want * weight:
            pools.append((sum_, weight, count))
            sum_, weight, count = want, heavy, 1
            continue
        sum_, weight, count = sum_ + want, weight + heavy, count + 1
        while pools[-1][0] * weight > sum_ * pools[-1][1]:
            above = pools.pop()
            sum_, weight, count = sum_ + above[0], weight + above[1], count + above[2]
    pools.append((sum_, weight, count))
    i = 0
    for sum_, weight, count in pools[1:]:
        shift = round(sum_ / weight)
        for _ in range(count):
            tops[row[i]] = offsets[i] + shift
            i += 1


class _Room:
    """Tell how far a node may move before it meets its neighbours."""

    def __init__(self, net: Net, rows: Rows, heights: Sequence[int], tops: list[int]) -> None:
        self.tops = tops
        self.above: list[tuple[int, int]] = [(-1, 0)] * len(tops)
        """Per node, the one above it, and how many rows the tops of the two differ at least; below it likewise."""
        self.below = self.above.copy()
        for row in rows:
            for upper, lower in pairwise(row):
                apart = heights[upper] + _gap(net, upper, lower)
                self.above[lower], self.below[upper] = (upper, apart), (lower, apart)

    def of(self, node: int) -> tuple[int, int]:
        """Return the highest and the lowest row at which the node's top may stand."""
        (upper, down), (lower, up) = self.above[node], self.below[node]
        return self.tops[upper] + down if upper >= 0 else -FAR, self.tops[lower] - up if lower >= 0 else FAR


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
        run: list[int] = []
        low = high = start
        for hop in chain[:-1]:
            first, last = room.of(hop.target)
            # One row serves the run for as long as some row is free in every layer it passes.
            if first > high or last < low:
                _lay(run, low, high, end, tops)
                run, low, high = [], first, last
            elif first > low or last < high:
                low, high = max(low, first), min(high, last)
            run.append(hop.target)
        _lay(run, low, high, end, tops)


def _lay(run: list[int], low: int, high: int, end: int, tops: list[int]) -> None:
    row = min(max(low, end), high)
    for node in run:
        tops[node] = row
