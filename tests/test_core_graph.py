"""How an expression becomes a graph, how a graph is written, and when two graphs are the same."""

from __future__ import annotations

import numpy as np
import pytest

import graphtutor as gt
from graphtutor.graph.graph import constant_text, constant_value

CANONICAL = [
    "f = x - (y - z)",
    "f = x - y - z",
    "f = x / (y / z)",
    "f = x / (y * z)",
    "f = x * (y / z)",
    "f = x + (y + z)",
    "f = (x + y) * (x - y)",
    "f = -(x + y)",
    "f = -x**2",
    "f = (-x)**2",
    "f = (-2)**x",
    "f = 2**-x",
    "f = x**y**z",
    "f = (x**y)**z",
    "f = -x * y",
    "f = x * (-y)",
    "f = x - (-y)",
    "f = x + (-3) * y",
    "f = 2 * (-3)",
    "f = -(-x)",
    "f = x - (-2)",
    "f = where(x > y, x + 1, -y)",
    "f = where(x + 1 <= y * 2, x, y)",
    "f = exp(-(x - y))",
    "q = x + y; f = q * q",
    "t1 = x * y; f = t1 + t1",
    "f = 1e-07 * x",
    "f = 0.1 * x",
    "f = 1e+22 * x",
    "f = inf * x",
    "a = x * 2; f = a",
    "f = x",
    "f = 3",
    "f = x * y; x = 2; y = -0.5",
]


@pytest.mark.parametrize("text", CANONICAL)
def test_canonical_text_is_written_as_it_was_read(text):
    graph = gt.parse(text)
    assert str(graph) == text
    assert gt.parse(str(graph)) == graph


def test_values_shared_without_a_name_get_one():
    x = gt.var("x", 2.0)
    square = x * x
    f = square + square
    assert str(f.graph) == "t1 = x * x; f = t1 + t1"
    t1 = gt.var("t1", 2.0)
    square = t1 * t1
    assert str((square + square).graph) == "t2 = t1 * t1; f = t2 + t2"


UNEQUAL = [
    ("f = (x + y) * (x - y)", "f = (x + y) * (y - x)"),
    ("f = x + y", "f = x * y"),
    ("f = x + y", "f = x + z"),
    ("f = x + y", "g = x + y"),
    ("f = x + 1", "f = x + 2"),
    ("f = x * y; y = 1", "f = x * y; y = 2"),
    ("f = x * y; y = 1", "f = x * y"),
    ("f = x + (y + z)", "f = (x + y) + z"),
    ("q = x + 1; f = q * 2", "f = (x + 1) * 2"),
    ("a = x + 1; b = a * 2; f = a + b", "a = x + 1; b = a * 2; f = b + a"),
]


@pytest.mark.parametrize(("one", "other"), UNEQUAL)
def test_different_graphs_are_unequal(one, other):
    assert gt.parse(one) != gt.parse(other)
    assert gt.parse(one) == gt.parse(one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("f = x+y", "f  =  ( x + y )  # sum"),
        ("f = maximum(x, y)", "f = max(x, y)"),
        ("a = x + 1\nf = a", "a = x + 1; f = a"),
        ("y = 2; f = x*y", "f = x*y; y = 2"),
        ("f = +x * 2", "f = x * 2.0"),
    ],
)
def test_spelling_does_not_matter(one, other):
    assert gt.parse(one) == gt.parse(other) and hash(gt.parse(one)) == hash(gt.parse(other))


def test_a_graph_is_not_another_thing():
    assert gt.parse("f = x") != "f = x"


def test_constants_are_repeated_not_copied():
    graph = gt.parse("c = pi; f = c * x + c * y + c")
    assert [node.gate.name for node in graph.nodes].count("constant") == 3
    assert "copy" not in {node.gate.name for node in graph.nodes}
    assert graph.run(x=1, y=2).grad("x") == pytest.approx(3.141592653589793)


def test_unused_statements_are_left_out():
    graph = gt.parse("a = x + y; b = exp(a); c = 5; f = x * 2")
    assert list(graph.inputs) == ["x"] and graph.unused == ("a", "b", "c")
    assert len(graph.nodes) == 3


def test_every_gate_knows_its_place_in_the_text():
    text = "q = x + y\nf = sigmoid(q) * z"
    lines = text.split("\n")
    places = {node.key: node.place for node in gt.parse(text).nodes}
    found = {key: lines[at.line - 1][at.column : at.end_column] for key, at in places.items() if at}
    assert found["q"] == "x + y" and found["f"] == "sigmoid(q) * z"
    assert found["sigmoid1"] == "sigmoid(q)" and found["z"] == "z"


def test_nodes_are_found_by_name_key_and_id():
    graph = gt.parse("q = x + y; f = q * q")
    assert graph.node("q") is graph.node("n2") is graph.nodes[2]
    assert graph.node("f").gate.name == "mul" and graph.origin(graph.node("f").args[0]) is graph.node("q")
    with pytest.raises(KeyError):
        graph.node("nothing")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2.0, "2"),
        ([[1.0, 10.0], [2.5, 20.05]], "[[1, 10], [2.5, 20.05]]"),
        ([-0.0, 0.0, 1e300, -7.0], "[-0.0, 0, 1e+300, -7]"),
        ([float("inf"), -1.0], "[inf, -1]"),
    ],
)
def test_a_constant_is_written_without_needless_digits_and_read_back_bit_by_bit(value: object, text: str) -> None:
    array = np.asarray(value, dtype=np.float64)
    written = constant_text(array if array.ndim else value)
    assert written == text
    assert np.asarray(constant_value(written)).tobytes() == array.tobytes()
