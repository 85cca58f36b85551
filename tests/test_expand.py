"""Composite gates spelled out: the same numbers, simpler gates, the names kept."""

from __future__ import annotations

import numpy as np
import pytest
from arrays import close, skeleton

import graphtutor as gt
from graphtutor.engine.expand import expand
from graphtutor.gates import all_gates

COMPOSITE = {name for name, gate in all_gates().items() if gate.expansion and not gate.whole}
X = np.array([[0.5, -1.5, 0.3], [2.0, 0.25, -0.7]])
PROGRAMS = {
    "f = sigmoid(w * x + b)": {"w": 0.4, "x": 2.0, "b": -1.0},
    "q = x * y; f = sigmoid(q) * tanh(q) + softplus(q)": {"x": 0.3, "y": -2.0},
    "h = sigmoid(x @ W); f = mse(h, [0.2, 0.9])": {"x": X, "W": [[0.1, 0.2], [0.3, 0.4], [-0.5, 0.6]]},
    "f = softmax_cross_entropy(x, [[0, 1, 0], [1, 0, 0]])": {"x": X},
    "p = softmax(x, axis=0); f = entropy(p) + sum(logsumexp(x, axis=1, keepdims=True))": {"x": X},
    "f = mean(gelu(x), axis=[0, 1]) + sum(log_softmax(x)[0])": {"x": X},
    "a = [0.3, 0.7]; f = kl(a, q) + cross_entropy(a, q, base=2)": {"q": [0.4, 0.6]},
    "f = bce_logits(x, 1) + bce(sigmoid(x), 0)": {"x": X},
}


@pytest.mark.parametrize("text", PROGRAMS)
def test_expanded_run_has_the_same_numbers(text):
    run = gt.parse(text).run(PROGRAMS[text])
    apart = expand(run)
    assert len(apart.graph.nodes) > len(run.graph.nodes)
    close(apart.value(), run.value(), 1e-12)
    for name in run.graph.inputs:
        close(apart.grad(name), run.grad(name), 1e-10)
    assert apart.graph.output_name == run.graph.output_name and list(apart.inputs) == list(run.inputs)


@pytest.mark.parametrize("text", PROGRAMS)
def test_names_stay_and_the_text_says_it(text):
    run = gt.parse(text).run(PROGRAMS[text])
    apart = expand(run)
    for node in run.graph.nodes:
        if node.name is not None:
            close(apart.value(node.name), run.value(node.name), 1e-12)
            if run.grad(node.name) is not None:
                close(apart.grad(node.name), run.grad(node.name), 1e-10)
    assert gt.parse(str(apart.graph)) == apart.graph
    for step in apart.timeline:
        assert step.explain("en").text and step.explain("ko").text


@pytest.mark.parametrize("text", PROGRAMS)
def test_expanding_again_ends_in_gates_that_have_no_expansion(text):
    run = gt.parse(text).run(PROGRAMS[text])
    for _ in range(6):
        if not {node.gate.name for node in run.graph.nodes} & COMPOSITE:
            break
        run = expand(run)
    assert not {node.gate.name for node in run.graph.nodes} & COMPOSITE
    close(run.value(), gt.parse(text).run(PROGRAMS[text]).value(), 1e-10)


def gates(run):
    return sorted(node.gate.name for node in run.graph.nodes if not node.gate.is_source and node.gate.name != "copy")


def test_chosen_gates_are_expanded_and_the_others_stay():
    run = gt.parse("a = sigmoid(x); b = sigmoid(y); f = tanh(a) + b * x**2").run(x=0.5, y=2.0)
    assert gates(run) == ["add", "mul", "pow", "sigmoid", "sigmoid", "tanh"]
    assert gates(expand(run, ["sigmoid"])).count("sigmoid") == 0
    assert "tanh" in gates(expand(run, ["sigmoid"]))
    assert gates(expand(run, ["a"])) == ["add", "add", "div", "exp", "mul", "neg", "pow", "sigmoid", "tanh"]
    assert gates(expand(run, "tanh")) == gates(expand(run, ("tanh1",)))
    close(expand(run, ["a"]).grad("y"), run.grad("y"))


def test_small_gates_are_expanded_only_when_asked_for():
    run = gt.parse("f = x / y - relu(x)").run(x=2.0, y=3.0)
    assert skeleton(expand(run).graph) == skeleton(run.graph)
    assert "div" not in gates(expand(run, ["div"])) and "reciprocal" in gates(expand(run, ["div"]))


def test_what_cannot_be_expanded_is_said():
    run = gt.parse("f = sigmoid(x) * x").run(x=1.0)
    with pytest.raises(gt.GraphtutorError, match="did you mean 'sigmoid"):
        expand(run, ["sigmoi"])
    with pytest.raises(gt.GraphtutorError, match="'mul' has no expansion"):
        expand(run, ["mul"])


def test_faults_of_the_spelled_out_form_are_told():
    run = gt.parse("f = sigmoid(x)").run(x=-1000.0)
    assert not run.faults
    assert expand(run).faults[0].kind == "overflow" and expand(run).value() == 0


ROUND = "q = w * x + b; s = sigmoid(q); f = sigmoid(s - y)**2 + tanh(q * y)"
AT = {"w": 0.4, "x": 2.0, "b": -1.0, "y": 0.3}


@pytest.mark.parametrize("which", ["s", "sigmoid", "sigmoid2", "tanh1", ["s", "tanh1"], None])
def test_what_was_opened_closes_to_the_run_it_was(which):
    run = gt.parse(ROUND).run(AT)
    again = run.expand(which).collapse()
    assert again.graph == run.graph and again.graph.changes == ()
    assert skeleton(again.graph) == skeleton(run.graph) and again.graph.names == run.graph.names
    for node in run.graph.nodes:
        assert again.value_at(node.index) == run.value_at(node.index)
        assert again.grad_at(node.index) == run.grad_at(node.index)


@pytest.mark.parametrize("text", PROGRAMS)
def test_everything_that_opens_closes_again(text):
    run = gt.parse(text).run(PROGRAMS[text])
    apart = run.expand().expand()
    again = apart.collapse()
    assert skeleton(again.graph) == skeleton(run.graph) and again.graph.names == run.graph.names
    for node in run.graph.nodes:
        np.testing.assert_array_equal(again.value_at(node.index), run.value_at(node.index))
        if node.gate.name != "copy" and not node.gate.is_source:
            close(apart.value(node.key), run.value_at(node.index), 1e-10)


@pytest.mark.parametrize("text", ["f = max(x, y) * x", "f = min(x, y) * x", "f = abs(x) * y", "f = relu(x) + y"])
@pytest.mark.parametrize("at", [{"x": 0.0, "y": 0.0}, {"x": 2.0, "y": 2.0}, {"x": 2.0, "y": 3.0}, {"x": 3.0, "y": 2.0}])
def test_at_a_tie_the_spelled_out_form_has_the_same_gradient(text, at):
    run = gt.parse(text).run(at)
    apart = run.expand([node.key for node in run.graph.nodes if node.gate.expansion])
    assert len(apart.graph.nodes) > len(run.graph.nodes) and apart.value() == run.value()
    assert [apart.grad(name) for name in at] == [run.grad(name) for name in at]
