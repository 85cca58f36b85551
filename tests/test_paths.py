"""Paths and tangents: the sum over all paths, and the push forward, give the gradient of the backward pass."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from arrays import close, slopes
from hypothesis import assume, given
from test_laws_graphs import POINTS, programs, usable

import graphtutor as gt
from graphtutor.engine.tangents import tangents
from graphtutor.errors import InputError
from graphtutor.explain import languages
from graphtutor.explain.paths import paths
from graphtutor.gates import all_gates
from graphtutor.timeline import Pushed, SeededTangent

GATES = [gate for gate in all_gates().values() if not gate.is_source and gate.name != "copy"]
ARRAYS = "W=[[.1,.5],[-.3,.8]]; x=[.2,.4]; b=.3; h=tanh(W@x+b); f=sum(h*softmax(h)) + max(x*2) - mean(concat([h,x]))"


def run_of(text: str, **values: object) -> gt.Run:
    return gt.parse(text).run(values)


def by_walking(run: gt.Run, node: int) -> int:
    """Count the paths one by one."""
    found, stack = 0, [run.graph.output]
    while stack:
        at = stack.pop()
        found += at == node
        args = enumerate(run.graph.nodes[at].args)
        stack += [arg for slot, arg in args if run.contribution_at(at, slot) is not None]
    return found


@given(programs(), POINTS)
def test_sum_over_paths_is_the_gradient(program, point):
    graph, _, run = usable(program, point)
    for node in graph.nodes:
        count = by_walking(run, node.index) if run.grad_at(node.index) is not None else 0
        assume(count <= 300)
        found = paths(run, node.index, most=300)
        assert found.count == count == len(found.listed) and found.complete and found.scalar
        scale = max([1.0, *(abs(path.product) for path in found.listed)])
        assert sum(path.product for path in found.listed) == pytest.approx(
            run.grad_at(node.index) or 0.0, rel=1e-9, abs=1e-9 * scale
        )
        for path in found.listed:
            assert np.prod([1.0, *path.factors]) == pytest.approx(path.product, rel=1e-9, abs=1e-300)
            ends = [graph.output, *(edge.source for edge in path.edges)]
            assert ends[-1] == node.index
            assert all(edge.target == before for edge, before in zip(path.edges, ends, strict=False))
        sizes = [abs(path.product) for path in found.listed]
        assert all(a >= b for a, b in pairwise(sizes))


@given(programs(), POINTS)
def test_the_largest_paths_are_the_largest_of_all(program, point):
    graph, _, run = usable(program, point)
    for node in graph.inputs.values():
        assume(run.grad_at(node) is None or by_walking(run, node) <= 300)
        all_of_them = [abs(path.product) for path in paths(run, node, most=300).listed]
        few = [abs(path.product) for path in paths(run, node, most=3).listed]
        assert few == pytest.approx(all_of_them[:3], rel=1e-9, abs=1e-300)


def test_more_paths_than_atoms_are_counted_and_the_rest_is_said():
    doubled = "; ".join(f"a{i + 1} = a{i} + 0.5*a{i}" for i in range(200))
    run = run_of(f"a0 = x*1; {doubled}; f = a200*1", x=1.0)
    found = paths(run, run.graph.inputs["x"], most=10)
    assert found.count == 2**200 and len(found.listed) == 10 and not found.complete
    assert [path.product for path in found.listed] == [1.0, *[0.5] * 9]
    assert found.total == pytest.approx(1.5**200)
    assert found.rest == pytest.approx(1.5**200 - 5.5)


def test_a_chain_of_many_thousand_gates_has_one_path():
    x = gt.var("x", 1.0)
    f = x
    for _ in range(20_000):
        f = f * 1.0
    run = f.graph.run(x=2.0)
    found = paths(run, run.graph.inputs["x"])
    assert found.count == 1 and found.listed[0].product == 1.0 and len(found.listed[0].edges) == 20_000


def test_paths_of_the_textbook_product():
    run = run_of("q = x*y; f = q*x", x=3.0, y=-2.0)
    found = paths(run, run.graph.inputs["x"])
    assert [found.stops(path) for path in found.listed] == [("f", "q", "x"), ("f", "x")]
    assert [path.product for path in found.listed] == [-6.0, -6.0]
    assert [path.factors for path in found.listed] == [(3.0, -2.0, 1.0), (-6.0, 1.0)]
    assert found.total == -12.0
    whole = paths(run, run.graph.output)
    assert (whole.count, whole.listed[0].product, whole.stops(whole.listed[0])) == (1, 1.0, ("f",))


def test_no_gradient_no_path():
    run = run_of("c = 2*3; f = x*c", x=1.0)
    assert paths(run, run.graph.node("c").index).count == 0


def test_paths_through_arrays_send_vector_jacobian_products_that_sum_to_the_gradient():
    run = run_of(ARRAYS)
    for node in run.graph.nodes:
        if run.grad_at(node.index) is None:
            continue
        found = paths(run, node.index)
        assert found.complete
        close(sum(np.asarray(path.product) for path in found.listed), run.grad_at(node.index))
    found = paths(run, run.graph.inputs["x"])
    assert found.count == by_walking(run, run.graph.inputs["x"]) > 3 and not found.scalar
    few = paths(run, run.graph.inputs["x"], most=2)
    assert len(few.listed) == 2 and few.count == found.count
    close(few.rest + sum(path.product for path in few.listed), run.grad("x"))


# Forward mode


@given(programs(), POINTS)
def test_tangent_at_the_output_is_the_gradient_of_the_seed(program, point):
    graph, _, run = usable(program, point)
    largest = max([1.0, *(abs(run.contribution_at(e.target, e.slot) or 0) for e in graph.edges())])
    for name in graph.inputs:
        pushed = tangents(run, name)
        assert pushed.tangent_at(graph.output) == pytest.approx(run.grad(name) or 0.0, rel=1e-9, abs=1e-9 * largest)


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.name)
def test_every_gate_pushes_what_its_slope_says(gate):
    from test_laws_arrays import cases, graph_of

    for n in range(len(list(cases(gate)))):
        graph, values = graph_of(gate, n)
        run = graph.run(values)
        if run.faults:
            continue
        for name, value in run.inputs.items():
            whole = run.grad(name)
            for element in np.ndindex(np.shape(value)):
                pushed = tangents(run, name, element)
                tangent = pushed.tangent_at(graph.output)
                assert np.shape(tangent) == run.shape(graph.output)
                expected = 0.0 if whole is None else float(np.asarray(whole)[element])
                assert np.sum(tangent) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_tangents_of_every_value_are_the_slopes_by_differences():
    run = run_of(ARRAYS)
    names = list(run.inputs)
    for element in ((0, 0), (1, 1)):
        pushed = tangents(run, "W", element)
        for node in run.graph.nodes:
            for index in np.ndindex(run.shape(node.index)):

                def at(*values, node=node, index=index):
                    moved = run.graph.run(dict(zip(names, values, strict=True)))
                    return np.asarray(moved.value_at(node.index))[index]

                measured = slopes(at, list(run.inputs.values()))[names.index("W")][element]
                tangent = np.asarray(pushed.tangent_at(node.index))[index]
                assert tangent == pytest.approx(measured, abs=1e-6), node.key


def test_a_closed_box_pushes_what_the_graph_inside_does():
    whole = run_of("W=[[.1,.5],[-.3,.8]]; x=[.2,.4]; h = tanh(W@x); g = h*h + 1; f = sum(g)")
    closed = whole.collapse(["h", "g"])
    assert any(node.gate.inside is not None for node in closed.graph.nodes)
    for name, element in (("W", (0, 1)), ("x", (1,))):
        pushed = tangents(closed, name, element)
        assert pushed.tangent_at(closed.graph.output) == pytest.approx(whole.grad(name)[element], rel=1e-9)
        close(sum(np.asarray(p.product) for p in paths(closed, closed.graph.inputs[name]).listed), whole.grad(name))
        for step in pushed.timeline:
            assert step.explain().text


def test_what_does_not_move_has_tangent_zero_even_beside_an_infinite_slope():
    run = run_of("f = sqrt(y)*1 + x", x=2.0, y=0.0)
    assert tangents(run, "x").tangent_at(run.graph.output) == 1.0
    assert tangents(run, "x").gradient == 1.0


def test_an_unknown_seed_and_a_missing_element_are_refused():
    run = run_of(ARRAYS)
    with pytest.raises(InputError, match="is not an input"):
        tangents(run, "q")
    with pytest.raises(InputError, match="no element"):
        tangents(run, "x", (2,))


@given(programs(), POINTS)
def test_the_timeline_of_tangents_makes_everything_known_in_order(program, point):
    graph, _, run = usable(program, point)
    name = next(iter(graph.inputs))
    timeline = tangents(run, name).timeline
    assert isinstance(timeline[0], SeededTangent) and all(isinstance(step, Pushed) for step in timeline[1:])
    assert timeline.turn == len(timeline)
    for step in timeline[1:]:
        timeline.seek(step.index)
        node = graph.nodes[step.node]
        assert not timeline.grad_known(node.index)
        assert all(timeline.value_known(arg) and timeline.sent(node.index, slot) for slot, arg in enumerate(node.args))
    timeline.seek(0)
    assert not any(timeline.grad_known(index) for index in graph.inputs.values())
    for step in timeline:
        for lang in languages():
            said = step.explain(lang)
            assert said.text and "{" not in said.text


def test_the_slot_tells_ways_apart_that_lead_through_the_same_gates():
    run = run_of("q = x + x; f = q*q", x=3.0)
    found = paths(run, run.graph.inputs["x"])
    assert {found.stops(path) for path in found.listed} == {
        ("f", f"q (slot {i})", f"x (slot {j})") for i in (0, 1) for j in (0, 1)
    }
    assert [path.product for path in found.listed] == [6.0] * 4 and found.total == 24.0
