"""Why a gradient is 0, 1, halved or tiny: the sentence is there when it is true, and only then."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from test_laws_graphs import POINTS, programs, usable

import graphtutor as gt
from graphtutor.engine.tangents import tangents
from graphtutor.examples import Example, gates_alone
from graphtutor.explain import explain, written
from graphtutor.explain.reasons import why_gradient
from graphtutor.timeline import Seeded, Sent, Summed


def said(text: str, kind: type = Sent, to: str | None = None, lang: str = "en", **values: object) -> str:
    """Return what the step of this kind says (the one that sends to a node)."""
    run = gt.parse(text).run(values)
    for step in run.timeline:
        if isinstance(step, kind) and (to is None or run.graph.nodes[step.edge.source].key == to):
            return explain(step, lang).text
    raise AssertionError(f"no {kind.__name__} step in {text}")


# expression, the node that is sent to, what the reason must say
REASONS = {
    "closed relu": ("f = relu(x); x=-2", "x", "the relu is closed, since x = -2 is negative"),
    "relu at its kink": ("f = relu(x); x=0", "x", "x = 0 sits on the kink of the relu"),
    "open relu": ("f = relu(x); x=3", "x", "f is x itself, so the local gradient is 1"),
    "lost max": ("f = max(x, y); x=1; y=5", "x", "x = 1 lost to the larger y = 5"),
    "won max": ("f = max(x, y); x=1; y=5", "y", "y = 5 wins against x = 1"),
    "lost against a constant": ("f = max(x, 4); x=1", "x", "x = 1 lost to the larger 4,"),
    "tie": ("f = max(x, y); x=2; y=2", "x", "A tie: both are 2, so each gets one half"),
    "lost min": ("f = min(x, y); x=7; y=5", "x", "x = 7 lost to the smaller y = 5"),
    "won min": ("f = min(x, y); x=7; y=5", "y", "y = 5 wins against x = 7"),
    "branch taken": ("f = where(x > 0, y, z); x=1; y=2; z=3", "y", "This branch was taken"),
    "branch not taken": ("f = where(x > 0, y, z); x=1; y=2; z=3", "z", "this branch was not taken"),
    "saturated sigmoid": ("f = sigmoid(x); x=-9", "x", "The sigmoid is saturated at x = -9"),
    "saturated tanh": ("f = tanh(x); x=6", "x", "The tanh is saturated at x = 6"),
    "add": ("f = x + y; x=1; y=2", "x", "when x grows a little, f grows by just as much"),
    "subtracted": ("f = x - y; x=1; y=2", "y", "when y grows a little, f shrinks by just as much"),
    "negated": ("f = -x; x=1", "x", "f shrinks by just as much"),
    "times zero": ("f = x*y; x=1; y=0", "x", "the other factor is 0 (y = 0)"),
    "abs at its kink": ("f = abs(x); x=0", "x", "x = 0 sits on the kink of abs"),
    "bottom of a square": ("f = square(x); x=0", "x", "at x = 0 the square gate is flat"),
    "nothing arrives": ("q = x*y; f = q*0; x=1; y=2", "x", "the upstream gradient is already 0"),
    "sum": ("f = sum(x); x=[1,2]", "x", "Each element counts once in a sum"),
    "mean": ("f = mean(x); x=[1,2,3,6]", "x", "Each of the 4 elements counts for 1/4"),
    "mean over an axis": ("f = sum(mean(x, axis=1)); x=[[1,2,3],[4,5,6]]", "x", "counts for 1/3"),
    "largest": ("f = max(x); x=[1,9,3]", "x", "The largest element, 9, stands at [1]"),
    "smallest": ("f = min(x); x=[[4,2],[3,5]]", "x", "The smallest element, 2, stands at [0, 1]"),
    "largest of rows": ("f = sum(max(x, axis=1)); x=[[4,2],[3,5]]", "x", "2 of 4 elements lost"),
    "closed relus": ("f = sum(relu(x)); x=[1,-2,-3]", "x", "The relu is closed for 2 of 3 elements"),
    "saturated units": ("f = sum(sigmoid(x)); x=[1,-12,30]", "x", "for 2 of 3 elements"),
    "lost elements": ("f = sum(max(x, y)); x=[1,5]; y=[2,4]", "x", "1 of 2 elements lost"),
    "picked": ("f = x[1]; x=[1,2,3]", "x", "2 of 3 elements were not picked"),
}


# what a loss multiplies by differs from input to input: expression, the node that is sent to, what is said, its value
WAYS = {
    "target of mse": ("C = mse(a, y); a=0.75; y=0.5", "y", "with a minus on the way to the target", -0.5),
    "target of bce": ("C = bce(p, y); p=0.2; y=1", "y", "by log((1-p)/p) on the way to the target", np.log(4)),
    "target of bce logits": ("C = bce_logits(z, y); z=2; y=1", "y", "by -z on the way to the target", -2),
    "target of softmax": (
        "C = softmax_cross_entropy(z, y); z=[0, 0]; y=[0, 1]",
        "y",
        "by -log softmax(z) on the way to the target",
        [np.log(2)] * 2,
    ),
    "truth of cross entropy": (
        "C = cross_entropy(p, q); p=[1]; q=[0.5]",
        "p",
        "by -log q on the way to p",
        [np.log(2)],
    ),
    "truth of KL": (
        "C = kl(p, q); p=[0.5]; q=[0.25]",
        "p",
        "by log(p/q) + 1 on the way to the truth p",
        [1 + np.log(2)],
    ),
}


@pytest.mark.parametrize(("text", "to", "way", "sent"), WAYS.values(), ids=WAYS)
def test_a_loss_says_what_goes_to_each_of_its_inputs(text: str, to: str, way: str, sent: object) -> None:
    assert way in said(text, to=to)
    assert np.allclose(gt.parse(text).run().grad(to), sent)


@pytest.mark.parametrize(("text", "to", "reason"), REASONS.values(), ids=REASONS)
def test_a_reason_names_what_happened(text, to, reason):
    assert reason in said(text, to=to)
    assert said(text, to=to, lang="ko").count(".") >= 2


PLAIN = {
    "a scaler in its bend": ("f = sigmoid(x); x=0.5", "x"),
    "a factor": ("f = x*y; x=1; y=3", "x"),
    "nothing lost among arrays": ("f = sum(relu(x)); x=[1,2]", "x"),
}


@pytest.mark.parametrize(("text", "to"), PLAIN.values(), ids=PLAIN)
def test_no_reason_where_nothing_is_remarkable(text, to):
    assert said(text, to=to).endswith(f"to {to}.")


def test_contributions_that_cancel_are_named():
    assert "cancel" in said("q = x*1; f = 2*q - 2*q; x=3", Summed)
    assert "cancel" not in said("q = x*1; f = 2*q - 3*q; x=3", Summed)


def test_the_seed_is_one_because_the_output_moves_with_itself():
    assert "When f changes, f changes by just as much" in said("f = x*2; x=1", Seeded)
    assert "a 1 for every element of f" in said("f = x*2; x=[1,2]", Seeded)


GRADIENTS = {
    "constant": ("f = x*3; x=1", "3", "A constant cannot change"),
    "constants only": ("c = 2*3; f = x*c; x=1", "c", "c depends on constants only"),
    "condition": ("c = x*2; f = where(c > 1, y, z); x=1; y=2; z=3", "c", "it only decides a condition"),
    "zero": ("f = relu(x)*y; x=-1; y=2", "x", "the relu is closed"),
    "zero through a copy": ("f = relu(x) + relu(2*x); x=-1", "x", "Every contribution that comes back is 0"),
    "cancelled": ("f = 2*x - 2*x; x=-1", "x", "The contributions cancel"),
    "some": ("f = 2*x; x=-1", "x", ""),
}


@pytest.mark.parametrize(("text", "key", "reason"), GRADIENTS.values(), ids=GRADIENTS)
def test_why_a_gradient_is_missing_or_zero(text, key, reason):
    run = gt.parse(text).run()
    node = next(node for node in run.graph.nodes if key in (node.key, node.label))
    why = why_gradient(run, node.index, "en")
    assert reason in why and bool(reason) == bool(why)


@given(programs(), POINTS)
def test_what_is_claimed_of_a_step_is_so(program, point):
    _, _, run = usable(program, point)
    for step in run.timeline:
        if not isinstance(step, Sent):
            continue
        text = explain(step).text
        local, sent = run.local_at(step.node, step.slot), run.contribution_at(step.node, step.slot)
        if "Nothing flows on" in text:
            assert sent == 0
        if sent == 0 and run.graph.nodes[step.node].gate.name != "copy":
            assert "Nothing flows on" in text or "saturated" in text or abs(local * run.grad_at(step.node)) < 1e-300
        for claim, slope in (("the local gradient is 1", 1), ("The local gradient is 1", 1), ("gradient is -1", -1)):
            if claim in text:
                assert local == slope
        if "A tie" in text:
            assert local == 0.5
        if "saturated at" in text:
            assert local < 0.01


def test_a_broadcast_value_s_gradient_is_shown_as_the_sum_that_it_is():
    run = gt.parse("f = sum(x * y)").run(x=2.0, y=[1.0, 2.0, 3.0])
    step = next(s for s in run.timeline if isinstance(s, Sent) and run.graph.nodes[s.edge.source].key == "x")
    assert explain(step).numbers == "sum([1, 1, 1] * [1, 2, 3]) = 6"
    run = gt.parse("f = sum(x * y)").run(x=[[1.0], [2.0]], y=[1.0, 2.0, 3.0])
    for step in run.timeline:
        if isinstance(step, Sent) and run.graph.nodes[step.node].gate.name == "mul":
            shown, _, result = explain(step).numbers.rpartition(" = ")
            shown = shown.replace("sum(", "np.sum(")
            for name, value in (("[[", "np.array([["), ("]]", "]])")):
                shown = shown.replace(name, value)
            shown = shown.replace("* [1, 2, 3]", "* np.array([1, 2, 3])")
            np.testing.assert_array_equal(eval(shown), eval(result))


def test_a_copy_gate_that_passes_its_total_on_says_of_what_it_is_the_sum() -> None:
    run = gt.parse("f = x*y + x; x=-2; y=3").run()
    last = run.timeline[-1].explain()
    assert last.text == "The copy gate passes the total, 4, on to x."
    assert last.formula == "df/dx = df/dx[via mul1] + df/dx[via f]"
    assert last.numbers == "3 + 1 = 4"
    assert last.stages == (last.formula, "df/dx = 3 + 1 = 4")


def test_a_long_array_is_not_written_like_a_single_number() -> None:
    assert written(np.arange(20.0)) == "array of 20"
    assert written(np.zeros((5, 4))) == "array 5x4"
    assert written(np.arange(13.0), many=13) == "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]"
    run = gt.parse(f"y = sum(x*w); x = {list(range(1, 21))}; w = 2").run()
    assert "sum(array of 20 * array of 20) = 210" in "\n".join(step.explain().numbers for step in run.timeline)


@pytest.mark.parametrize("example", gates_alone(), ids=lambda example: example.name)
@pytest.mark.parametrize("sign", [1, -1])
def test_a_minus_sign_after_another_sign_is_bracketed(example: Example, sign: int) -> None:
    graph = gt.parse(example.text)
    run = graph.run({name: sign * np.asarray(value) for name, value in graph.given.items()})
    steps = [*run.timeline, *(step for name in graph.inputs for step in tangents(run, name).timeline)]
    for said in (step.explain() for step in steps):
        for line in (said.formula, said.numbers, *said.stages):
            assert not re.search(r"[-+*/@] -", line), line
