"""Choose the order of the nodes within each layer so that few links cross.

Barycentre and median sweeps (Sugiyama, Tagawa, Toda 1981; Gansner et al. 1993), each followed by swaps of neighbours.
An end at a box counts at the height of its slot, so that arguments arrive in order.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Sequence

from .layers import Net
from .types import Tell

Rows = list[list[int]]
Ends = list[list[tuple[int, float]]]
"""Per node, its neighbours on one side, each with the height of the port within the neighbour, from -0.5 to 0.5."""

SMALL = 300
"""Hops up to which several orders to start from are tried."""
THOROUGH = 20_000
"""Hops up to which every sweep is followed by swaps; beyond, only the last is."""


def order_layers(net: Net, slots: Sequence[int], tell: Tell) -> Rows:
    """Return the nodes of every layer from top to bottom. `slots` counts the ports of each box."""
    return _Ordering(net, slots, tell).best()


class _Ordering:
    def __init__(self, net: Net, slots: Sequence[int], tell: Tell) -> None:
        self.tell = tell
        self.left: Ends = [[(hop.source, 0.0) for hop in hops] for hops in net.ins]
        self.right: Ends = [
            [(h.target, (h.slot + 1) / (slots[h.target] + 1) - 0.5 if h.target < net.boxes else 0.0) for h in hops]
            for hops in net.outs
        ]
        self.net = net
        self.position = [0] * len(net.layer)
        self.rows: Rows = []

    def best(self) -> Rows:
        hops = sum(map(len, self.left))
        reading = _reading_order(self.net)
        starts = [reading]
        if hops <= SMALL:
            shuffled = random.Random(0)
            starts += [reading[::-1], *(shuffled.sample(reading, len(reading)) for _ in range(6))]
        best, kept = -1, self.rows
        for start in starts:
            self._begin(start)
            crossings = self._improve(24 if hops <= SMALL else 10, hops <= THOROUGH)
            if best < 0 or crossings < best:
                best, kept = crossings, self.rows
            if not best:
                break
        return kept

    def _begin(self, order: list[int]) -> None:
        self.rows = [[] for _ in range(max(self.net.layer, default=-1) + 1)]
        for node in order:
            self.rows[self.net.layer[node]].append(node)
        for row in self.rows:
            self._number(row)

    def _improve(self, sweeps: int, thorough: bool) -> int:
        """Sweep to and fro, keep the best order met, and return its crossings."""
        if thorough:
            self._swap()
        best, kept, stalled = self._crossings(), [list(row) for row in self.rows], 0
        for sweep in range(sweeps):
            self.tell(sweep / sweeps)
            if not best or stalled == 8:
                break
            self._sweep(rightwards=sweep % 2 == 0, median=sweep % 4 >= 2, flip=sweep % 8 >= 4)
            if thorough:
                self._swap()
            crossings = self._crossings()
            stalled += 1
            if crossings < best:
                best, kept, stalled = crossings, [list(row) for row in self.rows], 0
        self.rows = kept
        for row in kept:
            self._number(row)
        if not thorough:
            self._swap()
            best = self._crossings()
        return best

    def _number(self, row: list[int]) -> None:
        for i, node in enumerate(row):
            self.position[node] = i

    def _sweep(self, rightwards: bool, median: bool, flip: bool) -> None:
        """Sort each layer by where its neighbours in the layer before it stand. `flip` reverses ties."""
        side = self.left if rightwards else self.right
        position = self.position
        for row in self.rows[1:] if rightwards else reversed(self.rows[:-1]):
            height: dict[int, float] = {}
            for node in row:
                ends = side[node]
                if not ends:
                    continue
                if len(ends) == 1:
                    height[node] = position[ends[0][0]] + ends[0][1]
                elif median:
                    at = sorted(position[other] + port for other, port in ends)
                    height[node] = (at[(len(at) - 1) // 2] + at[len(at) // 2]) / 2
                else:
                    height[node] = sum(position[other] + port for other, port in ends) / len(ends)
            moved = iter(sorted(reversed(height) if flip else height, key=height.__getitem__))
            # A node without neighbours on this side has no reason to leave its place.
            row[:] = [next(moved) if node in height else node for node in row]
            self._number(row)

    def _swap(self) -> None:
        """Swap neighbours while that saves crossings; look again only where something next to it has changed."""
        changed = [True] * len(self.rows)
        for _ in range(6):
            if not any(changed):
                return
            now = [False] * len(self.rows)
            for i, row in enumerate(self.rows):
                if (changed[i] or now[i]) and len(row) > 1 and self._swap_row(row):
                    now[max(0, i - 1)] = now[i] = True
                    if i + 1 < len(now):
                        now[i + 1] = True
            changed = now

    def _swap_row(self, row: list[int]) -> bool:
        position = self.position
        left = [[position[other] for other, _ in self.left[node]] for node in row]
        right = [[position[other] + port for other, port in self.right[node]] for node in row]
        swapped = False
        i, last = 0, len(row) - 1
        while i < last:
            if _excess(left[i], left[i + 1]) + _excess(right[i], right[i + 1]) > 0:
                row[i], row[i + 1] = row[i + 1], row[i]
                left[i], left[i + 1] = left[i + 1], left[i]
                right[i], right[i + 1] = right[i + 1], right[i]
                swapped = True
                i = max(i - 1, 0)
            else:
                i += 1
        if swapped:
            self._number(row)
        return swapped

    def _crossings(self) -> int:
        position = self.position
        total = 0
        for row in self.rows[:-1]:
            seen: list[float] = []
            for node in row:
                ends = sorted([position[other] + port for other, port in self.right[node]])
                for end in ends:
                    total += len(seen) - bisect_right(seen, end)
                for end in ends:
                    seen.insert(bisect_right(seen, end), end)
        return total


def _excess(above: Sequence[float], below: Sequence[float]) -> int:
    """Count the crossings of two neighbours' hops on one side, less those they would have if swapped."""
    excess = 0
    for a in above:
        for b in below:
            if a > b:
                excess += 1
            elif a < b:
                excess -= 1
    return excess


def _reading_order(net: Net) -> list[int]:
    """List the nodes as one meets them walking back from each output, first slot first."""
    seen = [False] * len(net.layer)
    order: list[int] = []
    for sink in sorted((n for n in range(net.boxes) if not net.outs[n]), key=lambda n: -net.layer[n]):
        stack = [sink]
        while stack:
            node = stack.pop()
            if seen[node]:
                continue
            seen[node] = True
            order.append(node)
            stack.extend(hop.source for hop in reversed(net.ins[node]))
    return order
