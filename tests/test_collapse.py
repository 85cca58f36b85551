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
from graphtutor.engine.rules import rule
from graphtutor.gates import Role
from graphtutor.graph import Builder
from graphtutor.graph.build import rebuild
from graphtutor.report import as_json

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


def hides_names(graph: gt.Graph) -> bool:
    """Whether a layer or neuron has names inside; its text is one expression, without them."""
    boxes = [node.gate.inside for node in graph.nodes if node.gate.inside is not None]
    return any(set(inside.names) - set(inside.inputs) or hides_names(inside) for inside in boxes)


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
        if not hides_names(closed.graph):
            assert gt.parse(str(closed.graph)) == run.graph
        assert gt.parse(str(closed.graph)).run(run.inputs).value() == run.value()
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
    if not hides_names(at.graph):
        assert gt.parse(str(at.graph)) == opened(at.graph)


@given(programs())
def test_a_graph_made_again_is_the_same(program):
    graph = gt.parse(program)

    def put(builder: Builder, node: object, made: dict[int, int]) -> None:
        return None

    assert skeleton(rebuild(graph, put)) == skeleton(graph) and rebuild(graph, put).names == graph.names


def gates(run: gt.Run) -> list[tuple[str, str]]:
    return [(n.key, n.gate.symbol) for n in run.graph.nodes if not n.gate.is_source and n.gate.name != "copy"]


def test_a_statement_becomes_one_box_with_the_sums_on_its_edges():
    run = gt.parse("q = x*x + 2*x*y; f = q*z").run(x=3, y=-1, z=0.5)  # q = 9 - 6, dq/dx = 2x + 2y, dq/dy = 2x
    closed = run.collapse("q")
    assert gates(closed) == [("q", "q"), ("f", "*")]
    assert [node.key for node in closed.graph.nodes] == ["x", "y", "z", "q", "f"]
    box = closed.graph.node("q")
    assert closed.value("q") == 3.0 and closed.grad("q") == 0.5
    assert [closed.contribution_at(box.index, slot) for slot in range(2)] == [2.0, 3.0]
    assert [closed.local_at(box.index, slot) for slot in range(2)] == [4.0, 6.0]
    assert str(closed.graph) == "q = x * x + 2 * x * y; f = q * z"
    assert closed.graph.run(x=1, y=1, z=1).grad("x") == 4.0
    assert collapsible(run)["q"] == ("copy1", "mul1", "constant1", "mul2", "mul3", "q")


def test_what_goes_on_outside_keeps_its_copy():
    closed = gt.parse("q = x*x + y; f = q*x").run(x=3, y=-1).collapse("q")
    copied = next(node for node in closed.graph.nodes if node.gate.name == "copy")
    assert [closed.graph.nodes[e.target].key for e in closed.graph.uses[copied.index]] == ["q", "f"]
    assert closed.grad("x") == 26.0  # (x*x + y) + x * 2x
    assert closed.contribution_at(closed.graph.node("q").index, 0) == 18.0


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("q = x + y + 2", Role.DISTRIBUTOR),
        ("q = x*y", Role.SWITCHER),
        ("q = max(x, y)", Role.ROUTER),
        ("q = x + x + y", Role.SCALER),
        ("q = 3*x + y", Role.SCALER),
        ("q = exp(x + y)", Role.SCALER),
        ("q = where(x > y, x, 0) + where(x > y, y, 0)", Role.SCALER),
    ],
)
def test_role_of_a_box(text, role):
    closed = gt.parse(f"{text}; f = q*x").run(x=3, y=2).collapse("q")
    assert closed.graph.node("q").gate.role is role
    assert {step.explain(lang).text != "" for step in closed.timeline for lang in ("en", "ko")} == {True}


def test_a_network_of_numbers_is_shown_as_neurons():
    run = gt.parse(NET).run(NET_AT)
    closed = run.collapse("neuron")
    assert gates(closed) == [
        *[("h1", "relu neuron"), ("h2", "relu neuron"), ("h3", "relu neuron")],
        *[("y", "sigmoid neuron"), ("sub1", "-"), ("f", "**")],
    ]
    same_numbers(run, closed)
    check_steps(closed)
    assert closed.graph.node("h1").gate.inputs == ("a1", "x1", "a2", "x2", "b1")
    assert gt.parse(str(closed.graph)) == run.graph
    assert skeleton(closed.expand("neuron").graph) == skeleton(run.graph)
    assert gates(closed.expand("h2"))[1:6] == [
        ("mul3", "*"),
        ("mul4", "*"),
        ("add3", "+"),
        ("add4", "+"),
        ("h2", "relu"),
    ]


def test_a_layer_of_arrays_is_one_box():
    run = gt.parse(LAYERS).run(LAYERS_AT)
    closed = run.collapse("layer")
    assert gates(closed)[0] == ("z", "relu layer")
    box = closed.graph.node("z")
    assert [closed.graph.nodes[arg].key for arg in box.args] == ["W", "x", "b"]
    same_numbers(run, closed)
    for name in LAYERS_AT:
        close(closed.grad(name), run.grad(name), 1e-12)
    assert closed.local_at(box.index, 0) is None
    step = next(s for s in closed.timeline if s.kind == "sent" and s.node == box.index)
    assert step.explain().formula == "df/dW = df/dz * ∂z/∂W" and step.explain().text
    assert skeleton(closed.expand("z").graph) == skeleton(run.graph)


def test_a_layer_may_have_names_inside():
    run = gt.parse("a = W @ x; z = a + b; h = relu(z); f = sum(h**2)").run({k: LAYERS_AT[k] for k in "Wxb"})
    closed = run.collapse("layer")
    assert gates(closed)[0] == ("h", "relu layer") and "z" not in closed.graph.names
    assert str(closed.graph).startswith("h = relu(W @ x + b); f = ")
    back = closed.expand("h")
    assert skeleton(back.graph) == skeleton(run.graph) and back.graph.names == run.graph.names
    assert skeleton(back.collapse("h").graph) == skeleton(closed.graph)
    assert gates(run.collapse("h"))[2] == ("h", "h"), "as a statement, it ends at the named z"


@pytest.mark.parametrize("text", ["q = tanh(b) + X * y; f = sum(q)", "q = (X * y + y) * y + b; f = sum(q*q)"])
def test_arrays_are_broadcast_inside_a_box_as_outside(text):
    at = {"b": [0.1, -0.2], "X": [[1.0, 2.0], [3.0, 4.0], [0.5, -1.0]], "y": 0.7}
    run = gt.parse(text).run(at)
    closed = run.collapse("q")
    for name in at:
        close(closed.grad(name), run.grad(name), 1e-12)
        slot = closed.graph.node("q").gate.inputs.index(name)
        local = closed.local_at(closed.graph.node("q").index, slot)
        upstream = closed.grad("q")
        assert np.shape(local) == (3, 2)
        total = (upstream * local).sum(axis=0) if name == "b" else upstream * local
        close(total.sum() if name == "y" else total, run.grad(name), 1e-12)


@given(programs(), POINTS)
def test_the_written_local_gradient_is_the_number(program, point):
    _, _, run = usable(program, point)
    for key in collapsible(run):
        closed = run.collapse(key)
        node = closed.graph.node(key)
        for slot, text in enumerate(node.gate.local):
            if text:
                assert node.gate.rules(())[slot] == f"g * ({text})"
                names = (*node.gate.inputs, "out")
                said = rule(text, names)(*closed.arguments(node.index), closed.value_at(node.index))
                assert said == pytest.approx(closed.local_at(node.index, slot), rel=1e-9, abs=1e-9), text


def test_the_chain_rule_of_a_box_is_written_out():
    closed = gt.parse("h = sigmoid(w*x + b); f = 2*h").run(w=1, x=0, b=0).collapse("h")
    sent = [
        step.explain()
        for step in closed.timeline
        if step.kind == "sent" and step.edge.target == closed.graph.node("h").index
    ]
    assert [said.formula for said in sent] == [
        "df/dw = df/dh * h * (1 - h) * x",
        "df/dx = df/dh * h * (1 - h) * w",
        "df/db = df/dh * h * (1 - h)",
    ]


def test_a_box_runs_in_everything_that_takes_a_graph():
    run = gt.parse(NET).run(NET_AT)
    closed = run.collapse("neuron").collapse("f")
    program = closed.graph.compile()
    assert program.run(NET_AT).value() == run.value()
    value, grads = program.value_and_grad(NET_AT)
    assert value == run.value() and grads["a1"] == pytest.approx(run.grad("a1"), rel=1e-12)
    assert closed.backward_graph("a1", "v1") == run.backward_graph("a1", "v1")
    assert gt.check_grad(closed.graph, NET_AT)
    again = pickle.loads(pickle.dumps(closed.graph))
    assert again == closed.graph and again.run(NET_AT).value() == run.value() and again != run.graph
    assert copy.deepcopy(closed.graph) == closed.graph
    assert again.expand("neuron").expand("f").collapse("f") != closed.graph
    view = closed.graph.to_networkx(closed)
    assert {data["gate"] for _, data in view.nodes(data=True)} >= {"neuron", "statement"}
    with pytest.raises(gt.GraphtutorError, match="is a closed box, and a networkx view does not hold what is inside"):
        gt.from_networkx(view)


@pytest.mark.parametrize(
    "changes",
    [
        [("collapse", "q")],
        [("expand", "sigmoid2")],
        [("expand", None), ("expand", "neg1")],
        [("expand", "s"), ("collapse", "s"), ("collapse", "s"), ("expand", "sigmoid2")],
        [("collapse", "neuron"), ("collapse", "f"), ("expand", "f")],
    ],
)
def test_json_brings_back_what_is_open_and_closed(changes):
    run = gt.parse("q = 2*x + y; s = sigmoid(q*y); f = softplus(s) + sigmoid(w*x + y)").run(x=0.5, y=-1, w=2)
    at = run
    for way, key in changes:
        at = getattr(at, way)(key)
    data = as_json(at)
    assert at.graph != run.graph and data["expression"] == run.graph.text and data["changes"]
    back = gt.from_json(data)
    assert skeleton(back.graph) == skeleton(at.graph) and as_json(back) == data
    assert "changes" not in as_json(run)
    with pytest.raises(gt.GraphtutorError):
        gt.from_json({**data, "changes": [{"explode": ["q"]}]})


def test_a_fault_inside_a_box_is_told_at_the_box():
    closed = gt.parse("q = 1 + 1/x; f = q*y").run(x=0, y=1).collapse("q")
    assert [(closed.graph.nodes[f.node].key, f.kind) for f in closed.faults][:1] == [("q", "division by zero")]
    assert "q" in closed.timeline[0].explain().text
    closed = gt.parse("q = 1 + log(x); f = q*y").run(x=-1, y=1).collapse("q")
    assert [(closed.graph.nodes[f.node].key, f.kind) for f in closed.faults][:1] == [("q", "undefined")]
    assert all(step.explain().text for step in closed.timeline)


def test_opened_gates_close_from_the_inside_out():
    run = gt.parse("f = bce_logits(x*y, 1) * x").run(x=0.5, y=2)
    deeper = run.expand("bce_logits1").expand("softplus")
    boxes = collapsible(deeper)
    assert [key for key in boxes if key in ("softplus1", "bce_logits1")] == ["softplus1", "bce_logits1"]
    assert set(boxes["softplus1"]) < set(boxes["bce_logits1"])
    assert deeper.value("bce_logits1") == pytest.approx(run.value("bce_logits1"), rel=1e-12)
    assert skeleton(deeper.collapse("bce_logits1").graph) == skeleton(run.graph)
    mean = deeper.expand("mean")
    assert gates(mean.collapse("bce_logits1")) == gates(deeper), "the output of the loss is a mean: that closes first"
    assert skeleton(deeper.collapse().graph) == skeleton(run.graph)


def test_what_cannot_be_closed_is_said():
    run = gt.parse("q = x + y; f = q * z * 2").run(x=1, y=2, z=3)
    for word, says in {
        "qq": "there is no 'qq' in this graph; did you mean 'q'?",
        "x": "'x' cannot be closed into a box; there are q, f",
        "layer": "there is no layer in this graph",
    }.items():
        with pytest.raises(gt.GraphtutorError, match=says):
            run.collapse(word)
    assert run.collapse() is not run and run.collapse().graph is run.graph
    assert not collapsible(gt.parse("f = 2 + 3").run({}))


def test_shapes_that_do_not_fit_are_told_at_the_box():
    graph = gt.parse("h = relu(W @ x + b); f = sum(h)").collapse("layer")
    with pytest.raises(gt.GraphtutorError, match=r"the relu layer gate \(h\) cannot combine the shapes") as told:
        graph.run(W=[[1, 2]], x=[1, 2, 3], b=0)
    assert "h = relu(W @ x + b); f = sum(h)" in str(told.value) and "column 5" in str(told.value)


def test_a_graph_without_numbers_opens_and_closes():
    graph = gt.parse("q = x + y; f = sigmoid(q) * mean(z)")
    assert graph.collapse("q").expand("sigmoid").collapse("sigmoid1").expand("q") == graph
    assert expandable(graph) == ("sigmoid1", "mean1") and expandable(graph.collapse("q")) == ("q", "sigmoid1", "mean1")
    with pytest.raises(gt.GraphtutorError, match="depends on the shapes of the values"):
        graph.expand("mean")


def test_a_comparison_in_a_box_lets_no_gradient_through():
    x, y = gt.var("x", 3.0), gt.var("y", 2.0)
    larger = x > y
    larger.name = "q"
    closed = gt.where(larger, x * 2, y).graph.run(x=3, y=2).collapse("q")
    assert closed.graph.node("q").gate.role is Role.STOPPER
    assert closed.grad("x") == 2.0 and closed.grad("y") == 0.0
    check_steps(closed)


def test_long_chains_close():
    x = f = gt.var("x", 1.0)
    for _ in range(5000):
        f = f + x
    f.name = "f"
    closed = f.graph.run(x=1.0).collapse("f")
    assert closed.value() == 5001.0 and closed.grad("x") == 5001.0 and str(closed.graph) == str(f.graph)
    assert len(closed.graph.nodes) == 2
    assert closed.timeline[0].explain().formula == "f = f(x)"
    assert all(len(str(step.explain(lang))) < 500 for step in closed.timeline for lang in ("en", "ko"))
    assert closed.expand("f").graph == f.graph


def test_no_box_cuts_through_what_was_opened():
    run = gt.parse("f = logabsdet(A @ B) * 2").run(A=[[1, 2], [0, 1]], B=[[2, 0], [1, 1]])
    apart = run.expand("logabsdet").expand("abs")  # now det is used twice, so that it has a name of its own
    inner = next(node.key for node in apart.graph.nodes if node.gate.name == "det")
    assert apart.graph.node(inner).name == inner
    assert inner not in collapsible(apart), "it would take the product along, which was outside"
    assert skeleton(apart.collapse().graph) == skeleton(run.graph)
