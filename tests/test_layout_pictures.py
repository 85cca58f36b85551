"""Graphs that must look right. `python tests/test_layout_pictures.py [NAME...]` draws them."""

from __future__ import annotations

import sys

import pytest

from graphtutor.layout import Box, Layout, Link, arrange

BENDS = {
    frozenset("LR"): "─", frozenset("UD"): "│",
    frozenset("LD"): "╮", frozenset("LU"): "╯", frozenset("RD"): "╭", frozenset("RU"): "╰",
}  # fmt: skip


def draw(layout: Layout, links: list[Link]) -> str:
    """Draw a layout in characters: boxes, routes, `v` and `g` in the label cells."""
    canvas = [[" "] * layout.width for _ in range(layout.height)]
    for name, box in layout.boxes.items():
        edge, inner = "─" * (box.width - 2), name[: box.width - 2].center(box.width - 2)
        sides = ["│" + " " * (box.width - 2) + "│"] * (box.height - 2)
        if sides:
            sides[len(sides) // 2] = f"│{inner}│"
        for dy, line in enumerate([f"┌{edge}┐", *sides, f"└{edge}┘"]):
            canvas[box.y + dy][box.x : box.x + box.width] = line
    for route, link in zip(layout.routes, links, strict=True):
        cells = list(route.cells())
        before, *_ = cells
        cells = [(before[0] - 1, before[1]), *cells, (cells[-1][0] + 1, cells[-1][1])]
        for (ax, ay), (x, y), (bx, by) in zip(cells, cells[1:], cells[2:], strict=False):
            ends = frozenset(
                {(-1, 0): "L", (1, 0): "R", (0, -1): "U", (0, 1): "D"}[px - x, py - y]
                for px, py in ((ax, ay), (bx, by))
            )
            canvas[y][x] = "┼" if canvas[y][x] in "─│" else BENDS[ends]
        canvas[cells[-2][1]][cells[-2][0]] = "▶"
        x, y = route.label
        for i in range(link.label):
            canvas[y - 1][x + i], canvas[y + 1][x + i] = "v", "g"
    return "\n".join("".join(row).rstrip() for row in canvas)


def graph(text: str, label: int = 6) -> tuple[list[Box], list[Link]]:
    """Read rules such as `q = x y; f = q z`: undefined names are inputs, and a value used twice goes by a copy gate."""
    rules = {name.strip(): args.split() for name, args in (rule.split("=") for rule in text.strip().split(";"))}
    uses = [arg for args in rules.values() for arg in args]
    boxes: list[Box] = []
    links: list[Link] = []
    for name in dict.fromkeys([*uses, *rules]):
        args = rules.get(name, [])
        boxes.append(Box(name, 13 if args else 5, 5 if len(args) > 1 else 3, len(args)))
        if uses.count(name) > 1:
            boxes.append(Box("c" + name, 6, 3, 1))
            links.append(Link(name, "c" + name, 0, label))
    for name, args in rules.items():
        for slot, arg in enumerate(args):
            links.append(Link("c" + arg if uses.count(arg) > 1 else arg, name, slot, label))
    return boxes, links


MICROGRAD = """
c = a b; d1 = a b; b2 = b b; b3 = b2 b; d2 = d1 b3; k1 = c one; c2 = c k1; k2 = one' c2; na = a; k3 = k2 na; c3 = c2 k3;
k4 = d2 two; ba = b a; r1 = ba; k5 = k4 r1; d3 = d2 k5; k6 = three d3; bma = b a; r2 = bma; k7 = k6 r2; d4 = d3 k7;
e = c3 d4; f = e e; g1 = f two'; k8 = ten f; g = g1 k8
"""
PERCEPTRON = "".join(
    f"p{j} = a{j} x; q{j} = b{j} y; s{j} = p{j} q{j}; t{j} = s{j} c{j}; h{j} = t{j}; o{j} = v{j} h{j};"
    for j in range(4)
)
GRAPHS = {
    "product of a sum": ("q = x y; f = q z", 0),
    "square": ("f = x x", 0),
    "neuron": ("a = w0 x0; b = w1 x1; d = a b; s = d w2; n = s; e = n; p = one e; f = p", 0),
    "quotient": ("a = w0 x0; b = w1 x1; d = a b; s = d w2; t = s; p = one t; f = t p", 1),
    "sum of a product and a sigmoid": ("a = x y; n = x; e = n; p = one e; s = p; q = a s; f = two q", 1),
    "micrograd": (MICROGRAD, 16),
    "perceptron": (PERCEPTRON + "u0 = o0 o1; u1 = u0 o2; u2 = u1 o3; u3 = u2 c; f = u3", 20),
}
"""Rules, and the crossings of the best drawing known."""


@pytest.mark.parametrize("name", GRAPHS)
def test_a_graph_crosses_itself_no_more_than_it_has_to(name: str) -> None:
    rules, crossings = GRAPHS[name]
    boxes, links = graph(rules)
    layout = arrange(boxes, links)
    assert layout.crossings <= crossings, draw(layout, links)


def test_two_arguments_stand_mirrored_and_an_input_next_to_its_gate() -> None:
    boxes, links = graph(GRAPHS["product of a sum"][0])
    assert draw(arrange(boxes, links), links).splitlines() == [
        "┌───┐ vvvvvv",
        "│ x │────────╮ ┌───────────┐",
        "└───┘ gggggg ╰▶│           │ vvvvvv",
        "               │     q     │────────╮ ┌───────────┐",
        "┌───┐ vvvvvv ╭▶│           │ gggggg ╰▶│           │",
        "│ y │────────╯ └───────────┘          │     f     │",
        "└───┘ gggggg                        ╭▶│           │",
        "               ┌───┐ vvvvvv         │ └───────────┘",
        "               │ z │────────────────╯",
        "               └───┘ gggggg",
    ]


def test_a_copy_gate_fans_out_without_crossing() -> None:
    boxes, links = graph(GRAPHS["square"][0])
    assert draw(arrange(boxes, links), links).splitlines() == [
        "              ┌────┐ vvvvvv",
        "              │    │────────╮ ┌───────────┐",
        "┌───┐ vvvvvv  │    │ gggggg ╰▶│           │",
        "│ x │────────▶│ cx │          │     f     │",
        "└───┘ gggggg  │    │ vvvvvv ╭▶│           │",
        "              │    │────────╯ └───────────┘",
        "              └────┘ gggggg",
    ]


if __name__ == "__main__":
    for name in sys.argv[1:] or GRAPHS:
        boxes, links = graph(GRAPHS[name][0])
        layout = arrange(boxes, links)
        print(f"{name}: {layout.width}x{layout.height}, {layout.crossings} crossings")
        print(draw(layout, links))
