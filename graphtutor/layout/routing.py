"""Lead the links through the channel between two layers, so that they meet only at right-angled crossings.

A hop leaves its layer on one row, runs down or up on a track (a column of the channel), and arrives on another row.
Rows of departure differ from each other, and so do rows of arrival; what can collide is a departure and an arrival on
the same row, or two hops on one track. Hence the hard rule: the hop that leaves on a row turns before the hop that
arrives on it. A ring of such hops is opened by leading one of them over a free row.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

FAR = 10**9


@dataclass(eq=False, slots=True)
class Turn:
    """Join two rows by a vertical run on one track."""

    hop: int
    """The index of the hop in its channel."""
    start: int
    end: int
    track: int = -1

    @property
    def span(self) -> tuple[int, int]:
        return (self.start, self.end) if self.start < self.end else (self.end, self.start)

    @property
    def down(self) -> bool:
        return self.start < self.end


@dataclass(frozen=True, slots=True)
class Channel:
    """Hold the turns of every hop of one channel."""

    turns: list[list[Turn]]
    """Per hop, from left to right: none when it is straight, two when it goes round a ring."""
    tracks: int
    crossings: int


def route_channel(hops: Sequence[tuple[int, int]]) -> Channel:
    """Give every hop, a pair of rows (left, right), its turns; tracks count from 0 at the left."""
    turns = [[Turn(i, start, end)] if start != end else [] for i, (start, end) in enumerate(hops)]
    _open_rings(turns, {row for hop in hops for row in hop})
    tracks = _assign_tracks(turns)
    return Channel(turns, tracks, _count_crossings(hops, turns, tracks))


def _open_rings(turns: list[list[Turn]], taken: set[int]) -> None:
    """Split one turn of every ring in two, with a row between them that no hop leaves or arrives on."""
    leaving = {hop[0].start: hop[0] for hop in turns if hop}
    done: set[int] = set()
    for hop in turns:
        ring: list[Turn] = []
        turn = hop[0] if hop else None
        while turn is not None and turn.hop not in done:
            done.add(turn.hop)
            ring.append(turn)
            turn = leaving.get(turn.end)
        if turn is None or not ring or turn is not ring[0]:
            continue
        widest = max(ring, key=lambda turn: turn.span[1] - turn.span[0])
        row = _free_row(widest, taken)
        taken.add(row)
        turns[widest.hop] = [Turn(widest.hop, widest.start, row), Turn(widest.hop, row, widest.end)]


def _free_row(turn: Turn, taken: set[int]) -> int:
    """Return the free row nearest to the middle of the turn; there is always one further down."""
    middle = sum(turn.span) // 2
    return next(row for d in count() for row in (middle + d, middle - d) if row >= 0 and row not in taken)


def _assign_tracks(turns: list[list[Turn]]) -> int:
    """Give every turn a track; return how many there are."""
    leaving = {hop[0].start: hop[0] for hop in turns if hop}
    every = [turn for hop in turns for turn in hop]
    before: dict[Turn, list[Turn]] = {turn: [leaving[turn.end]] if turn.end in leaving else [] for turn in every}
    for hop in turns:
        if len(hop) == 2:
            before[hop[1]].append(hop[0])
    tracks: list[_Track] = []
    for turn in _left_to_right(every, before):
        least = max([first.track + 1 for first in before[turn]], default=0)
        low, high = turn.span
        for t in range(len(tracks) - 1, least - 1, -1):
            if tracks[t].must_stay_left(low, high, turn.down):
                least = t + 1
                break
        while least < len(tracks) and tracks[least].blocks(low, high):
            least += 1
        if least == len(tracks):
            tracks.append(_Track())
        tracks[least].add(turn)
        turn.track = least
    return len(tracks)


def _left_to_right(every: list[Turn], before: dict[Turn, list[Turn]]) -> Iterator[Turn]:
    """Yield every turn after those that must be left of it.

    Where the hard rule leaves the choice: of two turns that go down the lower first, and of two that go up the
    higher, for then they need not cross.
    """
    down = sorted((turn for turn in every if turn.start < turn.end), key=lambda turn: -turn.start)
    up = sorted((turn for turn in every if turn.start > turn.end), key=lambda turn: turn.start)
    yielded: set[Turn] = set()
    while down or up:
        heads = [queue for queue in (down, up) if queue and yielded.issuperset(before[queue[0]])]
        if heads:
            turn = heads[0].pop(0)
        else:
            turn = next(turn for turn in (*down, *up) if yielded.issuperset(before[turn]))
            (down if turn in down else up).remove(turn)
        yielded.add(turn)
        yield turn


class _Track:
    """Remember which rows of a track are taken, by turns that go down and by turns that go up."""

    def __init__(self) -> None:
        self.spans: dict[bool, list[tuple[int, int]]] = {True: [], False: []}

    def add(self, turn: Turn) -> None:
        insort(self.spans[turn.down], turn.span)

    def blocks(self, low: int, high: int) -> bool:
        for spans in self.spans.values():
            i = bisect_right(spans, (high, FAR))
            if i and spans[i - 1][1] >= low:
                return True
        return False

    def must_stay_left(self, low: int, high: int, down: bool) -> bool:
        """Tell whether a turn of this track and the later one overlap, neither within the other.

        Going the same way, they would cross twice if the later one stood left of it.
        """
        spans = self.spans[down]
        i = bisect_left(spans, (low, 0))
        if i and low <= spans[i - 1][1] <= high:
            return True
        i = bisect_right(spans, (high, FAR))
        return bool(i) and spans[i - 1][0] >= low and spans[i - 1][1] > high


def _count_crossings(hops: Sequence[tuple[int, int]], turns: list[list[Turn]], tracks: int) -> int:
    """Count the rows that pass straight through a vertical run, track by track."""
    by_track: list[list[Turn]] = [[] for _ in range(tracks)]
    for hop in turns:
        for turn in hop:
            by_track[turn.track].append(turn)
    passing = sorted(start for start, _ in hops)
    crossings = 0
    for track in by_track:
        for turn in track:
            del passing[bisect_left(passing, turn.start)]
        for turn in track:
            low, high = turn.span
            crossings += bisect_left(passing, high) - bisect_right(passing, low)
        for turn in track:
            insort(passing, turn.end)
    return crossings
