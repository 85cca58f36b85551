"""Compare our layout with Graphviz's `dot`: time, and crossings of the straight lines between box centres.

python tests/benchmarks/bench_layout.py
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Sequence

import numpy as np
import pygraphviz

from graphtutor.layout import Box, Link, arrange

Point = tuple[float, float]
LABEL = 6


def perceptron() -> tuple[list[Box], list[Link]]:
    """Build a 2-4-1 network with tanh, a squared error and a penalty on the weights: 72 gates."""
    boxes: dict[str, Box] = {}
    links: list[Link] = []

    def add(name: str, *args: str) -> str:
        boxes[name] = Box(name, 7, 5 if len(args) > 1 else 3, len(args))
        links.extend(Link(arg, name, slot, LABEL) for slot, arg in enumerate(args))
        return name

    copies = [add(f"copy {i}", add(f"x{i}")) for i in range(2)]
    hidden = []
    for j in range(4):
        terms = [add(f"w{j}{i} x{i}", add(f"w{j}{i}"), copies[i]) for i in range(2)]
        total = add(f"sum {j}", add(f"dot {j}", *terms), add(f"b{j}"))
        hidden.append(add(f"v{j} h{j}", add(f"v{j}"), add(f"tanh {j}", total)))
    total = hidden[0]
    for j, term in enumerate(hidden[1:]):
        total = add(f"out {j}", total, term)
    error = add("error", add("tanh", add("out", total, add("c"))), add("target"))
    twice = add("copy", error)
    square = add("square", twice, twice)
    penalties = [add(f"w{j}{i} squared", f"w{j}{i}") for j in range(4) for i in range(2)]
    rest = penalties[0]
    for j, term in enumerate(penalties[1:]):
        rest = add(f"rest {j}", rest, term)
    add("loss", square, add("scaled", rest, add("rate")))
    return list(boxes.values()), links


def layered(count: int, seed: int = 7) -> tuple[list[Box], list[Link]]:
    """Build a graph in layers of 25 whose gates take one or two arguments from nearby, mostly one layer back."""
    rng = random.Random(seed)
    wide = 25 if count <= 1000 else 60
    boxes: list[Box] = []
    links: list[Link] = []
    for i in range(count):
        layer, at = divmod(i, wide)
        args: list[int] = []
        if layer:
            for _ in range(rng.choice((1, 2, 2))):
                back = min(layer, rng.choice((1, 1, 1, 1, 2, 3)))
                near = min(max(at + rng.randint(-4, 4), 0), wide - 1)
                args.append((layer - back) * wide + near)
        boxes.append(Box(str(i), 7, 5 if len(args) > 1 else 3, len(args)))
        links.extend(Link(str(arg), str(i), slot, LABEL) for slot, arg in enumerate(args))
    return boxes, links


def ours(boxes: Sequence[Box], links: Sequence[Link]) -> dict[str, Point]:
    arrange([], [])  # so that nothing of the last time is known any more
    placed = arrange(boxes, links).boxes
    return {name: (at.x + at.width / 2, at.y + at.height / 2) for name, at in placed.items()}


def graphviz(boxes: Sequence[Box], links: Sequence[Link]) -> dict[str, Point]:
    graph = pygraphviz.AGraph(directed=True, strict=False, rankdir="LR")
    graph.node_attr.update(shape="box", fixedsize="true", label="")
    for box in boxes:
        graph.add_node(box.id, width=box.width / 6, height=box.height / 6)
    for link in links:
        graph.add_edge(link.source, link.target)
    graph.layout("dot")
    return {box.id: tuple(map(float, graph.get_node(box.id).attr["pos"].split(","))) for box in boxes}


def crossings(at: dict[str, Point], links: Sequence[Link]) -> int:
    """Count the pairs of straight segments that cross, those with a common end aside."""
    ends = {name: i for i, name in enumerate(at)}
    source = np.array([ends[link.source] for link in links])
    target = np.array([ends[link.target] for link in links])
    points = np.array(list(at.values()))
    a, b = points[source], points[target]

    def side(p: np.ndarray, q: np.ndarray, r: np.ndarray) -> np.ndarray:
        return np.sign(
            (q[..., 0] - p[..., 0]) * (r[..., 1] - p[..., 1]) - (q[..., 1] - p[..., 1]) * (r[..., 0] - p[..., 0])
        )

    total = 0
    for i in range(len(links) - 1):
        c, d = a[i + 1 :], b[i + 1 :]
        meet = (side(a[i], b[i], c) * side(a[i], b[i], d) < 0) & (side(c, d, a[i]) * side(c, d, b[i]) < 0)
        total += int(meet.sum())
    return total


def median_time(function, *args: object, times: int) -> float:  # type: ignore[no-untyped-def]
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        function(*args)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def main() -> None:
    print(
        f"{'gates':>6} {'links':>6} {'ours s':>8} {'dot s':>8} {'ratio':>6}   {'ours xs':>8} {'dot xs':>8} {'ratio':>6}"
    )
    for boxes, links in (perceptron(), layered(1000), layered(10_000)):
        huge = len(boxes) > 1000
        own = median_time(ours, boxes, links, times=1 if huge else 5)
        own_crossings = crossings(ours(boxes, links), links)
        row = f"{len(boxes):>6} {len(links):>6} {own:>8.3f} "
        if huge:
            print(f"{row}{'-':>8} {'-':>6}   {own_crossings:>8}")
            continue
        theirs = median_time(graphviz, boxes, links, times=3)
        their_crossings = crossings(graphviz(boxes, links), links)
        print(
            f"{row}{theirs:>8.3f} {own / theirs:>6.2f}   {own_crossings:>8} {their_crossings:>8}"
            f" {own_crossings / max(1, their_crossings):>6.2f}"
        )


if __name__ == "__main__":
    main()
