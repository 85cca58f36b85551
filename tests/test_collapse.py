"""Parts of a graph closed into one box: the same values and gradients, and the way back."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from arrays import close, skeleton
from hypothesis import given
from hypothesis import strategies as st
from test_laws_graphs import INPUTS, OPERATIONS, POINTS, built, check_steps, programs, usable

import graphtutor as gt
from graphtutor.engine.collapse import collapsible
from graphtutor.engine.expand import expandable, opened
from graphtutor.gates import Role
from graphtutor.graph import Builder
from graphtutor.graph.build import rebuild

NET = (
    "h1 = relu(a1*x1 + a2*x2 + b1); h2 = relu(c1*x1 + c2*x2 + b2); h3 = relu(d1*x1 + d2*x2); "
    "y = sigmoid(v1*h1 + v2*h2 + v3*h3 + 1); f = (y - t)**2"
)
NET_AT = {name: (i % 7 - 2.7) / 3 for i, name in enumerate(gt.parse(NET).inputs)}
LAYERS = "z = relu(W @ x + b); y = softmax(V @ z + c); f = cross_entropy([0, 1], y)"
LAYERS_AT = {
    "W": [[0.1, -0.5], [0.7, 0.2], [-0.3, 0.4]],
    "x": [1.0, 2.0],
    "b": [0.5, 0.1, 0.2],
    "V": [[1, -2, 0.5], [0.3, 0.2, 0.1]],
    "c": [0.1, -0.1],
}


def same_numbers(run: gt.Run, other: gt.Run) -> None:
    """Compare what stands at every node that both graphs have."""
    mine = {node.key: node.index for node in run.graph.nodes if not node.gate.is_source and node.gate.name != "copy"}
    theirs = {node.key: node.index for node in other.graph.nodes}
    shared = [key for key in mine if key in theirs] + list(run.graph.inputs)
    assert run.graph.output_name == other.graph.output_name and len(shared) > len(run.graph.inputs)
    mine |= run.graph.inputs
    for key in shared:
        close(run.value_at(mine[key]), other.value_at(theirs[key]), 1e-12)
        if run.grad_at(mine[key]) is None:
            assert other.grad_at(theirs[key]) is None, key
        else:
            close(run.grad_at(mine[key]), other.grad_at(theirs[key]), 1e-12)


def sent_by(run: gt.Run, members: set[int]) -> dict[str, float]:
    """Add up, per value that comes from outside, what the members send back to it."""
    found: dict[str, list[float]] = {}
    for edge in run.graph.edges():
        source = run.graph.origin(edge.source)
        part = run.contribution_at(edge.target, edge.slot)
        inside = edge.target in members and run.graph.nodes[edge.target].gate.name != "copy"
        if inside and source.index not in members and part is not None:
            found.setdefault(source.key, []).append(part)
    return {key: sum(parts) for key, parts in found.items()}


def largest(run: gt.Run) -> float:
    return max([1.0, *(abs(run.contribution_at(e.target, e.slot) or 0.0) for e in run.graph.edges())])


def check_box(run: gt.Run, key: str, members: tuple[str, ...]) -> gt.Run:
    inner = {run.graph._by_key[member].index for member in members}
    closed = run.collapse(key)
    same_numbers(run, closed)
    box = closed.graph.node(key)
    sums = sent_by(run, inner)
    sent = {closed.graph.origin(arg).key: closed.contribution_at(box.index, i) for i, arg in enumerate(box.args)}
    assert {name for name, part in sent.items() if part is not None} == set(sums)
    for name, total in sums.items():
        assert sent[name] == pytest.approx(total, rel=1e-12, abs=1e-12 * largest(run)), name
    check_steps(closed)
    return closed


@given(programs(), POINTS)
def test_every_box_sends_the_sum_over_its_inner_paths(program, point):
    _, _, run = usable(program, point)
    for key, members in collapsible(run).items():
        closed = check_box(run, key, members)
        assert skeleton(closed.expand(key).graph) == skeleton(run.graph)
        assert gt.parse(str(closed.graph)) == run.graph
        assert closed.graph.run(run.inputs).value() == run.value()


@given(OPERATIONS, POINTS)
def test_boxes_of_recorded_graphs_open_and_close(operations, point):
    values, _ = built(operations, point)
    graph = values[-1].graph
    if not graph.inputs or abs(values[-1].value) > 1e6:
        return
    run = graph.run({name: point[name] for name in graph.inputs})
    for key in collapsible(run):
        closed = run.collapse(key)
        same_numbers(run, closed)
        assert skeleton(closed.expand(key).graph) == skeleton(graph)
        assert skeleton(closed.expand(key).collapse(key).graph) == skeleton(closed.graph)
    assert INPUTS


@given(programs(), POINTS, st.lists(st.integers(0), max_size=8))
def test_opening_and_closing_in_any_order_keeps_the_numbers(program, point, choices):
    _, _, run = usable(program, point)
    at = run
    for choice in choices:
        doors = [*(("expand", key) for key in expandable(at)), *(("collapse", key) for key in collapsible(at))]
        if not doors or len(at.graph.nodes) > 400:
            break
        way, key = doors[choice % len(doors)]
        before, at = at, getattr(at, way)(key)
        if way == "expand":
            assert skeleton(at.collapse(key).graph) == skeleton(before.graph), key
        else:  # what was open inside is closed when it is opened again
            assert skeleton(at.expand(key).collapse(key).graph) == skeleton(at.graph), key
    for node in run.graph.nodes:
        if node.key in {n.key for n in at.graph.nodes} and not node.gate.is_source and node.gate.name != "copy":
            assert at.value(node.key) == pytest.approx(run.value_at(node.index), rel=1e-7, abs=1e-7 * largest(run))
    for name in run.inputs:
        assert (at.grad(name) or 0) == pytest.approx(run.grad(name) or 0, rel=1e-6, abs=1e-6 * largest(at))
    assert gt.parse(str(at.graph)) == opened(at.graph)


@given(programs())
def test_a_graph_made_again_is_the_same(program):
    graph = gt.parse(program)

    def put(builder: Builder, node: object, made: dict[int, int]) -> None:
        return None

    assert skeleton(rebuild(graph, put)) == skeleton(graph) and rebuild(graph, put).names == graph.names
