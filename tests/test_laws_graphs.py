"""Laws that hold for every graph, over random expressions and random programs of eager values."""

from __future__ import annotations

import copy
import math
import pickle
import re
from collections import Counter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from oracles import by_duals, by_python, differences

import graphtutor as gt
from graphtutor.gates import functions
from graphtutor.timeline import Computed, Seeded, Sent, Summed

INPUTS = ("x", "y", "z")
NUMBERS = ("1", "2", "0.5", "1e-3")
SMOOTH = (
    *("{a} + {b}", "{a} - {b}", "{a} - {b}", "{a}*{b}", "{a}*{b}", "-{a}", "+{a}", "({a})**2", "({a})**3", "({a})**1"),
    *("sin({a})", "cos({a})", "tanh({a})", "sigmoid({a})", "softplus({a})", "gelu({a})", "erf({a})", "square({a})"),
    *(
        "exp(tanh({a}))",
        "log(1 + ({a})**2)",
        "sqrt(({a})**2 + 0.5)",
        "{a} / (1 + ({b})**2)",
        "reciprocal(2 + sin({a}))",
    ),
    *("(1 + ({a})**2)**tanh({b})", "-({a})**2", "2**-tanh({a})", "tan(tanh({a}))", "xlogy({a}, 1 + ({b})**2)"),
)
BENT = (
    *("relu({a})", "leaky_relu({a})", "abs({a})", "max({a}, {b})", "minimum({a}, {b})"),
    *("where({a} < {b}, {a}, {c})", "where({a} >= {b}, {c}, {b})", "max({a}, {a})", "min({a}, 0.5)"),
)
POSITION = st.integers(0, 99)


@st.composite
def programs(draw: st.DrawFn, smooth: bool = False) -> str:
    """Draw statements that share names: each form takes earlier parts, bracketed or not; some parts get a name."""
    forms = st.sampled_from(SMOOTH if smooth else SMOOTH + BENT)
    recipe = st.tuples(forms, POSITION, POSITION, POSITION, st.booleans(), st.integers(0, 3))
    pool = [*INPUTS, *NUMBERS]
    lines = []
    for form, a, b, c, bracketed, named in draw(st.lists(recipe, min_size=1, max_size=12)):
        parts = [pool[-1 - position % len(pool)] for position in (a, b, c)]
        parts = [f"({part})" if bracketed and part not in INPUTS else part for part in parts]
        text = form.format(a=parts[0], b=parts[1], c=parts[2])
        if named == 0 or len(text) > 120:
            lines.append(f"v{len(lines)} = {text}" + ("" if uses_name(text) else " + x"))
            text = f"v{len(lines) - 1}"
        pool.append(text)
    lines.append(f"v{len(lines)} = {pool[-1]} - x*z")
    return draw(st.sampled_from(["; ", "\n"])).join(lines)


def uses_name(text: str) -> bool:
    return bool(re.search(r"\b([xyz]|v\d+)\b", text))


POINTS = st.fixed_dictionaries({name: st.integers(-15, 15).map(lambda i: i / 10) for name in INPUTS})


def usable(program: str, point: dict[str, float]) -> tuple[gt.Graph, dict[str, float], gt.Run]:
    """Return the graph, the values it needs, and the run; give the example up where numbers grow out of hand."""
    graph = gt.parse(program)
    values = {name: point[name] for name in graph.inputs}
    run = graph.run(values)
    numbers = [run.value_at(node.index) for node in graph.nodes]
    numbers += [run.contribution_at(edge.target, edge.slot) or 0.0 for edge in graph.edges()]
    assume(all(math.isfinite(number) and abs(number) < 1e6 for number in numbers))
    return graph, values, run


@given(programs())
def test_what_is_written_reads_back_as_the_same_graph(program):
    graph = gt.parse(program)
    again = gt.parse(str(graph))
    assert again == graph
    assert str(again) == str(graph)
    assert again.names.keys() >= graph.inputs.keys()


@given(programs(), POINTS)
def test_values_survive_being_written(program, point):
    graph, values, run = usable(program, point)
    assert gt.parse(str(graph)).run(values).value() == run.value()


@given(programs(), POINTS)
def test_reverse_mode_agrees_with_dual_numbers(program, point):
    graph, _, run = usable(program, point)
    try:
        value, gradient = by_duals(program, point)
    except (ValueError, ZeroDivisionError, OverflowError):
        assume(False)
    largest = max([1.0, *(abs(run.contribution_at(e.target, e.slot) or 0) for e in graph.edges())])
    assert run.value() == pytest.approx(value, rel=1e-9, abs=1e-9)
    for name in graph.inputs:
        assert (run.grad(name) or 0.0) == pytest.approx(gradient[name], rel=1e-9, abs=1e-9 * largest), name


@given(programs(smooth=True), POINTS)
def test_reverse_mode_agrees_with_centred_differences(program, point):
    graph, _, run = usable(program, point)
    measured = differences(lambda at: by_python(program, at), point)
    largest = max([1.0, *(abs(run.contribution_at(e.target, e.slot) or 0) for e in graph.edges())])
    for name in graph.inputs:
        assert (run.grad(name) or 0.0) == pytest.approx(measured[name], rel=1e-4, abs=1e-5 * largest), name


@given(programs(), POINTS)
def test_recorded_from_python_is_the_same_as_read_from_text(program, point):
    graph, values, run = usable(program, point)
    variables = {name: gt.var(name, value) for name, value in point.items()}
    names = {name: getattr(gt, name) for name in functions()} | variables
    exec(compile(program, "<program>", "exec"), names)
    last = names[graph.output_name]
    last.backward()
    assert last.value == pytest.approx(run.value(), rel=1e-12, abs=1e-12)
    for name, variable in variables.items():
        expected = run.grad(name) if name in values else None
        assert variable.grad == (None if expected is None else pytest.approx(expected, rel=1e-9, abs=1e-9))


@given(programs(), POINTS)
def test_recorded_graph_runs_again_from_its_text(program, point):
    _, values, run = usable(program, point)
    names = {name: getattr(gt, name) for name in functions()}
    names |= {name: gt.var(name, value) for name, value in point.items()}
    exec(compile(program, "<program>", "exec"), names)
    recorded = names[run.graph.output_name].graph
    assert gt.parse(str(recorded)) == recorded
    assert recorded.run({n: values[n] for n in recorded.inputs}).value() == pytest.approx(run.value(), rel=1e-12)


@given(programs(), POINTS, st.data())
def test_timeline_moves_both_ways(program, point, data):
    _, _, run = usable(program, point)
    timeline = run.timeline
    assert timeline.cursor == 0 and timeline.current is None
    walked = []
    states = [state(run)]
    while (step := timeline.forward()) is not None and len(walked) < len(timeline):
        walked.append(step)
        states.append(state(run))
        assert timeline.current is step
    assert walked == list(timeline) and [step.index for step in timeline] == list(range(len(timeline)))
    assert timeline.forward() is None and timeline.cursor == len(timeline)
    target = data.draw(st.integers(-2, len(timeline) + 2))
    timeline.seek(target)
    kept = min(max(target, 0), len(timeline))
    assert timeline.cursor == kept and state(run) == states[kept]
    undone = []
    timeline.seek(len(timeline))
    while (step := timeline.back()) is not None and len(undone) < len(timeline):
        undone.append(step)
        assert state(run) == states[timeline.cursor]
    assert undone[::-1] == walked
    assert timeline.cursor == 0 and timeline.back() is None and state(run) == states[0]


def state(run: gt.Run) -> tuple[list[bool], ...]:
    """What is known at the cursor."""
    line, nodes = run.timeline, range(len(run.graph.nodes))
    return (
        [line.value_known(i) for i in nodes],
        [line.grad_known(i) for i in nodes],
        [line.sent(edge.target, edge.slot) for edge in run.graph.edges()],
    )


@given(programs(), POINTS)
def test_steps_come_in_a_possible_order(program, point):
    _, _, run = usable(program, point)
    check_steps(run)


def check_steps(run: gt.Run) -> None:
    graph = run.graph
    nodes = graph.nodes
    known = {node.index for node in nodes if node.gate.is_source}
    settled: set[int] = set()  # nodes whose whole gradient has arrived
    sent: Counter[tuple[int, int]] = Counter()
    summed: Counter[int] = Counter()
    seeds = 0
    for step in run.timeline:
        match step:
            case Computed(node=node):
                assert not seeds, "a value after the turn"
                assert node not in known and set(nodes[node].args) <= known
                known.add(node)
            case Seeded(node=node):
                assert len(known) == len(nodes) and node == graph.output
                assert step.index == run.timeline.turn
                settled.add(node)
                seeds += 1
            case Summed(node=node):
                assert nodes[node].gate.name == "copy"
                parts = [e for e in graph.uses[node] if run.contribution_at(e.target, e.slot) is not None]
                assert parts and all(sent[e.target, e.slot] == 1 for e in parts)
                assert run.grad_at(node) == pytest.approx(
                    math.fsum(run.contribution_at(e.target, e.slot) for e in parts), rel=1e-9, abs=1e-9
                )
                assert not any(sent[node, slot] for slot in range(len(nodes[node].args)))
                settled.add(node)
                summed[node] += 1
            case Sent(node=node, slot=slot):
                assert node in settled, "a gradient is sent on before it is whole"
                sent[node, slot] += 1
                if nodes[step.edge.source].gate.name != "copy":
                    settled.add(step.edge.source)
        assert set(step.edges()) <= set(graph.edges())
    assert len(known) == len(nodes)
    carrying = {(e.target, e.slot) for e in graph.edges() if run.contribution_at(e.target, e.slot) is not None}
    assert set(sent) == carrying and set(sent.values()) <= {1}
    totals = {n.index for n in nodes if n.gate.name == "copy" and run.grad_at(n.index) is not None}
    assert set(summed) == totals and set(summed.values()) <= {1}
    assert seeds == bool(graph.depends[graph.output])
    assert settled == {node.index for node in nodes if run.grad_at(node.index) is not None}


@given(programs())
def test_fan_out_is_always_a_copy_gate(program):
    graph = gt.parse(program)
    for node in graph.nodes:
        uses = graph.uses[node.index]
        if node.gate.name == "copy":
            assert len(uses) > 1
            assert graph.nodes[node.args[0]].gate.name not in ("copy", "constant")
        else:
            assert len(uses) == (node.index != graph.output)
        assert all(arg < node.index for arg in node.args)
    assert [node.index for node in graph.nodes] == list(range(len(graph.nodes)))
    assert len({node.key for node in graph.nodes}) == len(graph.nodes)


@given(programs())
def test_graphs_travel(program):
    graph = gt.parse(program)
    for other in (copy.copy(graph), copy.deepcopy(graph), pickle.loads(pickle.dumps(graph))):
        assert other == graph and hash(other) == hash(graph) and str(other) == str(graph)


OPERATIONS = st.lists(
    st.tuples(st.sampled_from(["+", "-", "*", "neg", "tanh", "max", "sigmoid"]), st.integers(0), st.integers(0)),
    min_size=1,
    max_size=25,
)


def built(operations, start: dict[str, float]):
    """Build values by operations on earlier values, chosen by position: much is shared, much is never used."""
    values = [gt.var(name, start[name]) for name in INPUTS]
    lines = []
    names = list(INPUTS)
    for operation, i, j in operations:
        a, b = i % len(values), j % len(values)
        match operation:
            case "+":
                made, text = values[a] + values[b], f"{names[a]} + {names[b]}"
            case "-":
                made, text = values[a] - values[b], f"{names[a]} - {names[b]}"
            case "*":
                made, text = values[a] * values[b], f"{names[a]} * {names[b]}"
            case "neg":
                made, text = -values[a], f"-{names[a]}"
            case "max":
                made, text = gt.maximum(values[a], values[b]), f"max({names[a]}, {names[b]})"
            case _:
                made, text = getattr(gt, operation)(values[a]), f"{operation}({names[a]})"
        values.append(made)
        names.append(f"v{len(names)}")
        lines.append(f"{names[-1]} = {text}")
    return values, "; ".join(lines)


@given(OPERATIONS, POINTS)
def test_eager_programs_obey_the_same_laws(operations, point):
    values, program = built(operations, point)
    assume(all(abs(value.value) < 1e6 for value in values))
    last = values[-1]
    assert all(value.grad is None for value in values)
    last.backward()
    graph, from_text = last.graph, gt.parse(program)
    run = from_text.run({name: point[name] for name in from_text.inputs})
    check_steps(run)
    check_steps(graph.run({name: point[name] for name in graph.inputs}))
    _, gradient = by_duals(program, point)
    assert last.grad == 1.0
    for name, variable in zip(INPUTS, values, strict=False):
        if name in graph.inputs:
            assert variable.grad == pytest.approx(run.grad(name), rel=1e-12, abs=1e-12)
            assert variable.grad == pytest.approx(gradient[name], rel=1e-9, abs=1e-6)
        else:
            assert variable.grad is None and gradient[name] == 0


@given(OPERATIONS, POINTS)
def test_backward_twice_gives_the_same_and_accumulates_on_request(operations, point):
    values, _ = built(operations, point)
    last = values[-1]
    assume(all(abs(value.value) < 1e6 for value in values))
    last.backward()
    once = [value.grad for value in values]
    last.backward()
    assert [value.grad for value in values] == once
    last.backward(accumulate=True)
    assert [value.grad for value in values] == [None if g is None else 2 * g for g in once]


@given(OPERATIONS, POINTS)
def test_named_eager_values_are_the_text_program(operations, point):
    values, program = built(operations, point)
    for number, value in enumerate(values[3:], 3):
        value.name = f"v{number}"
    assert values[-1].graph == gt.parse(program)
