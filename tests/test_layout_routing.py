"""One channel between two layers, alone: any rows may be joined to any rows."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import example, given, settings
from hypothesis import strategies as st

from graphtutor.layout.routing import Channel, route_channel

Hops = list[tuple[int, int]]


@st.composite
def channels(draw: st.DrawFn) -> Hops:
    """Draw distinct rows on the left, distinct rows on the right: few rows, so that many are on both sides."""
    count = draw(st.integers(1, 12))
    rows = st.lists(st.integers(0, count + 2), min_size=count, max_size=count, unique=True)
    return list(zip(draw(rows), draw(rows), strict=True))


def drawn(hops: Hops, channel: Channel) -> dict[tuple[int, int], list[str]]:
    """Return how each cell is used, by following every hop from the column before the tracks to the one behind."""
    cells: defaultdict[tuple[int, int], list[str]] = defaultdict(list)
    for (start, end), turns in zip(hops, channel.turns, strict=True):
        x, y = -1, start
        for turn in turns:
            assert turn.start == y
            assert x < turn.track < channel.tracks
            for column in range(x + 1, turn.track):
                cells[column, y].append("across")
            x, y = turn.track, turn.end
            cells[x, turn.start].append("corner")
            cells[x, turn.end].append("corner")
            for row in range(min(turn.start, turn.end) + 1, max(turn.start, turn.end)):
                cells[x, row].append("upright")
        assert y == end
        for column in range(x + 1, channel.tracks + 1):
            cells[column, y].append("across")
    return cells


@given(channels())
@settings(max_examples=300, deadline=None)
@example([(0, 1), (1, 0)])
@example([(0, 1), (1, 2), (2, 0)])
@example([(0, 3), (1, 2), (2, 1), (3, 0)])
def test_hops_meet_only_at_right_angles(hops: Hops) -> None:
    channel = route_channel(hops)
    shared = [sorted(uses) for uses in drawn(hops, channel).values() if len(uses) > 1]
    assert all(uses == ["across", "upright"] for uses in shared)
    assert channel.crossings == len(shared)


def test_hops_that_trade_rows_take_one_detour() -> None:
    channel = route_channel([(0, 4), (4, 0)])
    assert sorted(len(turns) for turns in channel.turns) == [1, 2]
    assert channel.crossings == 1


def test_parallel_hops_do_not_cross() -> None:
    for hops in ([(i, i + 3) for i in range(6)], [(i + 3, i) for i in range(6)]):
        assert route_channel(hops).crossings == 0


def test_straight_hops_need_no_track() -> None:
    assert route_channel([(0, 0), (3, 3)]) == Channel([[], []], 0, 0)


def test_turns_that_do_not_meet_share_a_track() -> None:
    assert route_channel([(0, 2), (3, 5), (9, 7)]).tracks == 1
