"""What every layout promises, checked cell by cell against the drawing alone."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphtutor.layout import Box, Layout, Link, Placed, arrange, ordering, placement
from graphtutor.layout.ordering import _inversions

Cell = tuple[int, int]
Graph = tuple[list[Box], list[Link]]


@st.composite
def graphs(draw: st.DrawFn, most: int = 60) -> Graph:
    """Draw a graph with boxes of all sizes; arguments come from anywhere before, so links are long and parallel."""
    rng = draw(st.randoms(use_true_random=False))
    count = draw(st.integers(1, most))
    reach = draw(st.sampled_from([2, 6, 60]))
    fan_in = draw(st.sampled_from([1, 2, 2, 3, 6]))
    return random_graph(rng, count, reach, fan_in)


def random_graph(rng: random.Random, count: int, reach: int, fan_in: int) -> Graph:
    boxes: list[Box] = []
    links: list[Link] = []
    for i in range(count):
        slots = rng.randint(0, fan_in)
        used = [slot for slot in range(slots) if i and rng.random() < 0.95]
        boxes.append(Box(f"n{i}", rng.randint(1, 15), rng.randint(1, 7), slots))
        links.extend(Link(f"n{rng.randint(max(0, i - reach), i - 1)}", f"n{i}", s, rng.randint(0, 9)) for s in used)
    rng.shuffle(links)
    return boxes, links


def layered_graph(count: int, wide: int = 25) -> Graph:
    rng = random.Random(7)
    boxes: list[Box] = []
    links: list[Link] = []
    for i in range(count):
        layer, at = divmod(i, wide)
        slots = rng.choice((1, 2, 2)) if layer else 0
        boxes.append(Box(f"n{i}", 9, 3, slots))
        for slot in range(slots):
            source = (layer - min(layer, rng.choice((1, 1, 1, 2, 4)))) * wide + (at + rng.randint(-4, 4)) % wide
            links.append(Link(f"n{source}", f"n{i}", slot, 6))
    return boxes, links


def arranged(graph: Graph) -> Layout:
    layout = arrange(*graph)
    check(layout, *graph)
    return layout


def check(layout: Layout, boxes: Sequence[Box], links: Sequence[Link]) -> None:
    assert list(layout.boxes) == [box.id for box in boxes]
    assert len(layout.routes) == len(links)
    body = box_cells(layout)
    check_boxes(layout, boxes, body)
    check_ports(layout, boxes, links)
    lines = check_routes(layout, body)
    check_labels(layout, links, body, lines)


def box_cells(layout: Layout) -> dict[Cell, str]:
    body: dict[Cell, str] = {}
    for name, at in layout.boxes.items():
        for x in range(at.x, at.x + at.width):
            for y in range(at.y, at.y + at.height):
                assert (x, y) not in body, f"{name} lies on {body[x, y]}"
                body[x, y] = name
    return body


def check_boxes(layout: Layout, boxes: Sequence[Box], body: dict[Cell, str]) -> None:
    for box in boxes:
        at = layout.boxes[box.id]
        assert at.width == box.width
        assert at.height >= box.height
        assert at.x >= 0
        assert at.y >= 0
        assert at.x + at.width <= layout.width
        assert at.y + at.height <= layout.height
    for (x, y), name in body.items():
        for beside in ((x + 1, y), (x, y + 1), (x + 1, y + 1), (x - 1, y + 1)):
            assert body.get(beside, name) == name, f"{name} touches {body[beside]}"


def check_ports(layout: Layout, boxes: Sequence[Box], links: Sequence[Link]) -> None:
    arrivals: defaultdict[str, dict[int, int]] = defaultdict(dict)
    departures: defaultdict[str, list[int]] = defaultdict(list)
    for link, route in zip(links, layout.routes, strict=True):
        source, target = layout.boxes[link.source], layout.boxes[link.target]
        (start_x, start_y), (end_x, end_y) = route.points[0], route.points[-1]
        assert start_x == source.x + source.width
        assert end_x == target.x - 1
        departures[link.source].append(start_y - source.y)
        arrivals[link.target][link.slot] = end_y - target.y
    for box in boxes:
        height = layout.boxes[box.id].height
        rows = [row for _, row in sorted(arrivals[box.id].items())]
        assert all(a < b for a, b in pairwise(rows))
        assert all(0 < row < height - 1 for row in rows)
        if len(rows) == box.slots and (height % 2 or box.slots % 2 == 0):
            assert [height - 1 - row for row in reversed(rows)] == rows
        out = sorted(departures[box.id])
        assert height >= 3 * len(out)
        assert all(b - a >= 3 for a, b in pairwise(out))
        assert all(0 < row < height - 1 for row in out)
        if height % 2 or len(out) % 2 == 0:
            assert [height - 1 - row for row in reversed(out)] == out


def check_routes(layout: Layout, body: dict[Cell, str]) -> dict[Cell, list[int]]:
    """Check the routes against boxes and each other; return the routes through each cell."""
    through: defaultdict[Cell, list[int]] = defaultdict(list)
    straight: dict[tuple[Cell, int], str] = {}
    for k, route in enumerate(layout.routes):
        for (ax, ay), (bx, by) in pairwise(route.points):
            assert (ax == bx) != (ay == by), f"route {k} has a slanted or empty piece"
        cells = list(route.cells())
        assert (cells[0], cells[-1]) == (route.points[0], route.points[-1])
        assert len(set(cells)) == len(cells)
        for cell in cells:
            assert cell not in body, f"route {k} passes through {body[cell]}"
            assert 0 <= cell[0] < layout.width
            assert 0 <= cell[1] < layout.height
            through[cell].append(k)
        for (ax, ay), cell, (bx, by) in zip(cells, cells[1:], cells[2:], strict=False):
            assert abs(ax - cell[0]) + abs(ay - cell[1]) == 1
            straight[cell, k] = "across" if ay == by else "upright" if ax == bx else "corner"
    crossings = 0
    for cell, routes in through.items():
        if len(routes) > 1:
            ways = sorted(straight.get((cell, k), "end") for k in routes)
            assert ways == ["across", "upright"], f"routes {routes} share {cell}: {ways}"
            crossings += 1
    assert layout.crossings == crossings
    return through


def check_labels(layout: Layout, links: Sequence[Link], body: dict[Cell, str], lines: dict[Cell, list[int]]) -> None:
    written: set[Cell] = set()
    for k, (link, route) in enumerate(zip(links, layout.routes, strict=True)):
        source = layout.boxes[link.source]
        left, y = route.label
        if not link.label:
            continue
        assert left == source.x + source.width + 1, "a label stands close behind its gate"
        for x in range(left, left + link.label):
            for cell in ((x, y - 1), (x, y + 1)):
                assert cell not in body
                assert cell not in written
                assert cell not in lines
                assert 0 <= cell[1] < layout.height
                written.add(cell)
        run = set(route.cells())
        assert {(x, y) for x in range(left - 1, left + link.label + 1)} <= run, f"label {k} leaves its line"


@given(graphs())
@settings(max_examples=150, deadline=None)
def test_every_graph_is_drawn_without_anything_on_anything(graph: Graph) -> None:
    arranged(graph)


@given(graphs(most=12))
@settings(max_examples=30, deadline=None)
def test_the_same_graph_is_drawn_the_same_way_whatever_was_drawn_before(graph: Graph) -> None:
    boxes, links = graph
    first = arrange(boxes, links)
    larger = [replace(box, width=box.width + 3, height=box.height + 2) for box in boxes]
    after = arrange(larger, links)
    assert arrange(boxes, links) == first
    arrange([], [])
    assert arrange(larger, links) == after
    arrange([], [])
    assert arrange(boxes, links) == first


@given(st.lists(st.integers(0, 63), unique=True, max_size=40))
def test_pairs_in_the_wrong_order_are_counted(keys: list[int]) -> None:
    wrong = sum(a > b for a, b in combinations(keys, 2))
    assert _inversions(np.array(keys, np.int64), 6) == wrong


def test_a_thousand_gates_in_layers_keep_the_promises() -> None:
    assert len(arranged(layered_graph(1000)).boxes) == 1000


@pytest.mark.parametrize("seed", range(8))
def test_wide_layers_are_laid_out_as_arrays_just_as_they_are_as_lists(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(seed)
    boxes, links = random_graph(rng, rng.choice([40, 150, 400]), rng.choice([6, 60, 400]), rng.choice([1, 2, 3]))
    found = []
    for wide in (10**9, 0):
        monkeypatch.setattr(ordering, "WIDE", wide)
        monkeypatch.setattr(placement, "WIDE", wide)
        monkeypatch.setattr(ordering, "_known", (None, []))
        found.append(arrange(boxes, links))
    assert found[0] == found[1]


def test_nothing_makes_an_empty_layout() -> None:
    assert arrange([], []) == Layout({}, (), 0, 0, 0)


def test_boxes_without_links_stand_in_one_column() -> None:
    layout = arranged(([Box(name, 5, 3, 0) for name in "abc"], []))
    assert layout.boxes["b"] == Placed(0, 4, 5, 3)
    assert (layout.width, layout.height) == (5, 11)


def test_two_hops_that_trade_rows_go_round_each_other() -> None:
    """Slots in an order that forces every value of one column to the other end of the next."""
    names = range(6)
    boxes = [Box(f"a{i}", 5, 3, 0) for i in names] + [Box("f", 5, 8, 6), Box("g", 5, 8, 6)]
    links = [Link(f"a{i}", "f", i, 4) for i in names] + [Link(f"a{i}", "g", 5 - i, 4) for i in names]
    arranged((boxes, links))


def test_a_chain_is_one_straight_line() -> None:
    boxes = [Box("b0", 5, 3, 0), *(Box(f"b{i}", 7 + i % 3, 3 + i % 2 * 2, 1) for i in range(1, 8))]
    links = [Link(f"b{i}", f"b{i + 1}", 0, 6) for i in range(7)]
    layout = arranged((boxes, links))
    assert [len(route.points) for route in layout.routes] == [2] * 7


def test_a_chain_far_deeper_than_the_recursion_limit_is_laid_out() -> None:
    count = 10_000
    boxes = [Box(str(i), 3, 3, min(i, 1)) for i in range(count)]
    layout = arrange(boxes, [Link(str(i), str(i + 1), 0, 0) for i in range(count - 1)])
    assert layout.height == 3


def test_the_first_example_fits_on_a_small_terminal() -> None:
    boxes = [Box(name, 5, 3, 0) for name in "xyz"] + [Box("add", 13, 5, 2), Box("mul", 13, 5, 2), Box("f", 5, 3, 1)]
    ends = [("x", "add", 0), ("y", "add", 1), ("add", "mul", 0), ("z", "mul", 1), ("mul", "f", 0)]
    layout = arranged((boxes, [Link(*end, 6) for end in ends]))
    assert layout.width <= 78
    assert layout.height <= 15
    assert layout.crossings == 0
    x, y, add = (layout.boxes[name] for name in ("x", "y", "add"))
    assert add.y - x.y == (y.y + y.height) - (add.y + add.height), "x and y stand mirrored about their sum"
    assert layout.boxes["z"].x == add.x, "an input stands next to its first consumer"


def test_a_taller_box_shares_its_rows_among_its_links() -> None:
    boxes = [Box("x", 5, 3, 0), Box("copy", 6, 3, 1), Box("sum", 9, 3, 4)]
    links = [Link("x", "copy", 0, 5), *(Link("copy", "sum", slot, 5) for slot in range(4))]
    layout = arranged((boxes, links))
    assert {name: at.height for name, at in layout.boxes.items()} == {"x": 3, "copy": 13, "sum": 7}
    assert layout.crossings == 0


@pytest.mark.parametrize(
    ("boxes", "links", "complaint"),
    [
        ([Box("a", 1, 1, 1), Box("b", 1, 1, 1)], [Link("a", "b", 0, 0), Link("b", "a", 0, 0)], "cycle"),
        ([Box("a", 1, 1, 1)], [Link("a", "a", 0, 0)], "cycle"),
        ([Box("a", 1, 1, 0), Box("a", 1, 1, 0)], [], "two boxes have the id 'a'"),
        ([Box("a", 1, 1, 1)], [Link("z", "a", 0, 0)], "names 'z'"),
        ([Box("a", 1, 1, 0), Box("b", 1, 1, 1)], [Link("a", "b", 1, 0)], "has 1 slots"),
        ([Box("a", 1, 1, 0), Box("b", 1, 1, 1)], [Link("a", "b", 0, 0)] * 2, "another link fills"),
        ([Box("a", 1, 1, 0), Box("b", 1, 1, 1)], [Link("a", "b", 0, -1)], "negative label"),
        ([Box("a", 0, 1, 0)], [], "width and a height of at least 1"),
    ],
)
def test_a_graph_that_cannot_be_drawn_is_refused(boxes: list[Box], links: list[Link], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        arrange(boxes, links)
