"""Choose the order of the nodes within each layer so that few links cross.

Barycentre and median sweeps (Sugiyama, Tagawa, Toda 1981; Gansner et al. 1993), each followed by swaps of neighbours.
An end at a box counts at the height of its slot, so that arguments arrive in order.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Sequence
from itertools import chain as chained
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .layers import Net
from .types import Tell

Rows = list[list[int]]
Ends = list[list[tuple[int, float]]]
"""Per node, its neighbours on one side, each with the height of the port within the neighbour, from -0.5 to 0.5."""
Ints = NDArray[np.int64]

WIDE = 40
"""Nodes in a layer, on average, from which layers are swept as arrays."""
SMALL = 300
"""Hops up to which several orders to start from are tried, and medians."""
EFFORT = ((1000, 24, 8), (20_000, 8, 4))
"""Hops up to which one sweeps so many times at most, and so many times without getting any better."""
LEAST = 4, 2
"""The same for more hops."""


_known: tuple[object, Rows] = (None, [])
"""The last order, and what it belongs to: the same graph is arranged with boxes of other sizes."""


def order_layers(net: Net, slots: Sequence[int], tell: Tell) -> Rows:
    """Return the nodes of every layer from top to bottom. `slots` counts the ports of each box.

    The sizes of the boxes have no part in it, so a graph that was ordered last is not ordered again.
    """
    global _known
    arcs = [(chain[0].source, chain[-1].target, chain[-1].slot) for chain in net.chains]
    asked, rows = _known
    if asked != (slots, arcs):
        rows = _Ordering(net, slots, tell).best()
        _known = (slots, arcs), rows
    return rows


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
        hops = [hop for chain in net.chains for hop in chain]
        self.hops = len(hops)
        self.sources = np.fromiter((hop.source for hop in hops), np.int64, len(hops))
        self.targets = np.fromiter((hop.target for hop in hops), np.int64, len(hops))
        self.slots = np.fromiter((hop.slot for hop in hops), np.int64, len(hops))
        self.layers = np.array(net.layer, np.int64)[self.sources]
        wide = self.hops > SMALL and len(net.layer) > WIDE * (max(net.layer, default=0) + 1)
        self.wide = (_Side(self.left, net.layer), _Side(self.right, net.layer)) if wide else None

    def best(self) -> Rows:
        small = self.hops <= SMALL
        effort = next(((sweeps, idle) for hops, sweeps, idle in EFFORT if self.hops <= hops), LEAST)
        reading = _reading_order(self.net)
        starts = [reading]
        if small:
            shuffled = random.Random(0)
            starts += [reading[::-1], *(shuffled.sample(reading, len(reading)) for _ in range(10))]
        best, kept = -1, self.rows
        for start in starts:
            self._begin(start)
            if small:
                self._swap()
            crossings = self._improve(*effort)
            if best < 0 or crossings < best:
                best, kept = crossings, self.rows
            if not best:
                break
        return kept

    def _begin(self, order: list[int]) -> None:
        self.rows = [[] for _ in range(max(self.net.layer, default=-1) + 1)]
        for node in order:
            self.rows[self.net.layer[node]].append(node)
        self._number()

    def _number(self) -> None:
        for row in self.rows:
            for i, node in enumerate(row):
                self.position[node] = i

    def _improve(self, sweeps: int, patience: int) -> int:
        """Sweep to and fro as long as that helps now and then, keep the best order met, and return its crossings."""
        best, kept, stalled = self._crossings(), [list(row) for row in self.rows], 0
        for sweep in range(sweeps):
            self.tell(sweep / sweeps)
            if not best or stalled == patience:
                break
            median = self.hops <= SMALL and sweep % 4 >= 2
            if self.wide:
                self._sweep_wide(self.wide, rightwards=sweep % 2 == 0, flip=stalled >= 3)
            else:
                self._sweep(rightwards=sweep % 2 == 0, median=median, flip=stalled >= 3)
            self._swap()
            crossings = self._crossings()
            stalled += 1
            if crossings < best:
                best, kept, stalled = crossings, [list(row) for row in self.rows], 0
        self.rows = kept
        self._number()
        return best

    def _sweep(self, rightwards: bool, median: bool, flip: bool) -> None:
        """Sort each layer by where its neighbours in the layer before it stand. `flip` reverses ties."""
        side = self.left if rightwards else self.right
        position = self.position
        for row in self.rows[1:] if rightwards else self.rows[-2::-1]:
            height: dict[int, float] = {}
            for node in row:
                ends = side[node]
                if len(ends) == 1:
                    ((other, port),) = ends
                    height[node] = position[other] + port
                elif ends and median:
                    at = sorted([position[other] + port for other, port in ends])
                    height[node] = (at[(len(at) - 1) // 2] + at[len(at) // 2]) / 2
                elif ends:
                    height[node] = sum([position[other] + port for other, port in ends]) / len(ends)
            moved = sorted(reversed(height) if flip else height, key=height.__getitem__)
            if len(moved) == len(row):
                row[:] = moved
            else:  # a node without neighbours on this side has no reason to leave its place
                left = iter(moved)
                row[:] = [next(left) if node in height else node for node in row]
            for i, node in enumerate(row):
                position[node] = i

    def _sweep_wide(self, sides: tuple[_Side, _Side], rightwards: bool, flip: bool) -> None:
        """Do the same, by the mean, with every layer as an array: that takes longer for a few nodes."""
        side = sides[not rightwards]
        position = np.array(self.position, np.int64)
        for at in range(1, len(self.rows)) if rightwards else range(len(self.rows) - 2, -1, -1):
            row, members = np.array(self.rows[at], np.int64), side.members[at]
            ends = slice(*side.cuts[at : at + 2])
            local = side.local[row]
            sums = np.bincount(
                side.local[side.nodes[ends]],
                weights=position[side.others[ends]] + side.ports[ends],
                minlength=len(row),
            )
            moving = members[local] > 0
            moved = local[moving][::-1] if flip else local[moving]
            found = row[moving][::-1] if flip else row[moving]
            row[moving] = found[np.argsort(sums[moved] / members[moved], kind="stable")]
            position[row] = np.arange(len(row))
            self.rows[at] = row.tolist()
        self.position = position.tolist()

    def _swap(self) -> None:
        """Swap neighbours while that saves crossings; look again only at those whose hops or places have changed."""
        position = self.position
        waiting = deque(self._crossing())
        known = set(waiting)
        while waiting:
            upper = waiting.popleft()
            known.discard(upper)
            row, i = self.rows[self.net.layer[upper]], position[upper]
            if i + 1 == len(row):
                continue
            lower = row[i + 1]
            excess = 0
            for side in (self.left, self.right):
                if side[upper] and side[lower]:
                    excess += self._excess(side[upper], side[lower])
            if excess <= 0:
                continue
            row[i], row[i + 1] = lower, upper
            position[lower], position[upper] = i, i + 1
            changed = [*row[max(0, i - 1) : i], upper]
            for side in (self.left, self.right):
                if len(side[lower]) == 1 == len(side[upper]):
                    (first, _), (second, _) = side[upper][0], side[lower][0]
                    apart = position[second] - position[first]
                    if abs(apart) == 1:
                        changed.append(first if apart == 1 else second)
                    continue
                ends = {position[other]: other for other, _ in side[lower]}
                for other, _ in side[upper]:
                    at = position[other]
                    if at + 1 in ends:
                        changed.append(other)
                    if at - 1 in ends:
                        changed.append(ends[at - 1])
            for node in changed:
                if node not in known:
                    known.add(node)
                    waiting.append(node)

    def _crossing(self) -> list[int]:
        """Return the nodes whose hops cross some of the node's below, layer by layer."""
        position = np.array(self.position, np.int64)
        order = np.fromiter(chained.from_iterable(self.rows), np.int64, len(position))
        upper, lower = order[:-1], order[1:]
        found = np.zeros(len(upper), bool)
        for nodes, heights in ((self.targets, position[self.sources]), (self.sources, self._ends(position))):
            first, last = np.full(len(order), 1 << 62), np.full(len(order), -1)
            np.minimum.at(first, nodes, heights)
            np.maximum.at(last, nodes, heights)
            found |= last[upper] > first[lower]
        crossing: list[int] = upper[found & (position[lower] > 0)].tolist()
        return crossing

    def _ends(self, position: Ints) -> Ints:
        """Return how high every hop ends: by the node, then by the slot."""
        ends: Ints = position[self.targets] * (self.slots.max(initial=0) + 1) + self.slots
        return ends

    def _excess(self, above: Sequence[tuple[int, float]], below: Sequence[tuple[int, float]]) -> int:
        """Count the crossings of two neighbours' hops on one side, less those they would have if swapped."""
        position = self.position
        if len(above) == 1 == len(below):
            ((a, up),), ((b, down),) = above, below
            start, end = position[a] + up, position[b] + down
            return (start > end) - (start < end)
        ends = [position[b] + port for b, port in below]
        excess = 0
        for a, port in above:
            start = position[a] + port
            for end in ends:
                if start > end:
                    excess += 1
                elif start < end:
                    excess -= 1
        return excess

    def _crossings(self) -> int:
        """Count all crossings: of the hops of a layer by where they start, the pairs that end in the other order."""
        position = np.array(self.position, np.int64)
        starts, ends = position[self.sources], self._ends(position)
        wide, tall = int(starts.max(initial=0)).bit_length(), int(ends.max(initial=0)).bit_length()
        hops = np.sort((((self.layers << wide) + starts) << tall) + ends)
        return _inversions((hops >> wide + tall << tall) + (hops & (1 << tall) - 1), tall)


class _Side:
    """The hops on one side of all nodes, layer by layer, as arrays."""

    def __init__(self, ends: Ends, layer: Sequence[int]) -> None:
        self.counts = np.fromiter(map(len, ends), np.int64, len(ends))
        layers = np.array(layer, np.int64)
        inside = np.argsort(layers, kind="stable")
        firsts = np.searchsorted(layers[inside], np.arange(layers.max(initial=-1) + 2))
        self.local = np.empty_like(inside)
        """The number of every node among those of its layer."""
        self.local[inside] = np.arange(len(inside)) - np.repeat(firsts[:-1], np.diff(firsts))
        self.members = [self.counts[inside[a:b]] for a, b in pairwise(firsts.tolist())]
        """Per layer, how many hops each of its nodes has."""
        flat = list(chained.from_iterable(ends))
        nodes = np.repeat(np.arange(len(ends)), self.counts)
        order = np.argsort(layers[nodes], kind="stable")
        self.nodes = nodes[order]
        self.others = np.fromiter((other for other, _ in flat), np.int64, len(flat))[order]
        self.ports = np.fromiter((port for _, port in flat), np.float64, len(flat))[order]
        self.cuts: list[int] = np.searchsorted(layers[self.nodes], np.arange(len(firsts))).tolist()
        """Where the hops of every layer begin, and where those of the last one end."""


def _inversions(keys: Ints, bits: int) -> int:
    """Count the pairs of keys that stand in the wrong order and differ in the last so many bits only.

    One bit after the other, from the highest, is sorted by. As all higher ones are sorted, a key in which the bit is 0
    moves past just those keys in which it is 1 and the higher ones are equal; as many steps back as those make forward.
    """
    places = np.arange(len(keys))
    found = 0
    for bit in reversed(range(bits)):
        order = np.argsort(keys >> bit, kind="stable")
        found += int(np.abs(order - places).sum()) // 2
        keys = keys[order]
    return found


def _reading_order(net: Net) -> list[int]:
    """List the nodes as one meets them walking back from each output, first slot first."""
    seen = [False] * net.boxes
    order: list[int] = []
    for sink in sorted((n for n in range(net.boxes) if not net.outs[n]), key=lambda n: -net.layer[n]):
        order.append(sink)
        stack = [hop.link for hop in reversed(net.ins[sink])]
        while stack:
            chain = net.chains[stack.pop()]
            order.extend(hop.source for hop in reversed(chain[1:]))
            node = chain[0].source
            if not seen[node]:
                seen[node] = True
                order.append(node)
                stack.extend(hop.link for hop in reversed(net.ins[node]))
    return order
