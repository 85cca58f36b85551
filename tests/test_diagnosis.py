"""From a wrong answer to the misconception behind it. The numbers are worked out by hand."""

from __future__ import annotations

import gc
import weakref

import pytest

import graphtutor as gt
from graphtutor.engine.wrong import backward, combined, declared, misconceptions, right
from graphtutor.explain.diagnosis import Diagnosis, diagnose, diagnose_total, diagnose_value, findings, prefer


@pytest.fixture(scope="module")
def chain():
    return gt.parse("q = x + y; f = q * z").run(x=-2, y=5, z=-4)


@pytest.fixture(scope="module")
def fan():
    return gt.parse("a = x * y; b = 5 * x; f = a + b").run(x=3, y=-2)


def at(run, key):
    return run.graph.node(key).index


@pytest.mark.parametrize(
    ("gate", "slot", "answer", "upstream", "rule"),
    [
        ("f", 0, 3, None, "mul.no_swap"),  # its own value instead of z
        ("f", 0, 1, None, "mul.as_add"),
        ("f", 0, 48, None, "bp.seed_is_value"),  # -12 * -4
        ("q", 0, 1, None, "any.local_only"),
        ("q", 0, -2, None, "add.splits_half"),
        ("q", 0, -20, None, "add.as_mul"),  # -4 * 5
        ("q", 0, 4, None, "any.sign"),
        ("q", 1, -3, None, "any.adds_upstream"),  # -4 + 1
        ("q", 0, 1.5, 3, "add.splits_half"),  # half of the learner's own upstream
    ],
)
def test_names_the_rule_that_gives_exactly_this_number(chain, gate, slot, answer, upstream, rule):
    assert diagnose(chain, at(chain, gate), slot, answer, upstream).id == rule


def test_a_right_answer_a_carried_one_and_an_inexplicable_one_have_no_diagnosis(chain):
    assert diagnose(chain, at(chain, "q"), 0, -4.0) is None
    assert diagnose(chain, at(chain, "q"), 0, 3.0, upstream=3.0) is None
    assert diagnose(chain, at(chain, "q"), 0, 7.77) is None
    assert diagnose(chain, at(chain, "q"), 0, float("nan")) is None


def test_a_mistake_further_up_is_found_when_the_upstream_was_never_asked(chain):
    assert diagnose(chain, at(chain, "q"), 0, 3.0).id == "mul.no_swap"
    assert diagnose(chain, at(chain, "q"), 0, 3.0, upstream=-4.0) is None


@pytest.mark.parametrize(
    ("answer", "rule"),
    [(5, "fan.last_wins"), (-2, "fan.first_only"), (-10, "fan.product"), (1.5, "fan.mean"), (-3, "any.sign")],
)
def test_names_what_went_wrong_at_a_copy_gate(fan, answer, rule):
    uses = [fan.graph.nodes[edge.target].key for edge in fan.graph.uses[at(fan, "copy1")]]
    assert uses == ["a", "b"]  # the contributions -2 and 5, together 3
    found = diagnose_total(fan, at(fan, "copy1"), answer)
    assert found.id == rule


def test_a_total_is_judged_with_the_learners_own_contributions(fan):
    copy = at(fan, "copy1")
    assert diagnose_total(fan, copy, 8.0, [3.0, 5.0]) is None  # carried
    assert diagnose_total(fan, copy, 15.0, [3.0, 5.0]).id == "fan.product"


def test_right_size_wrong_sign_is_said(chain):
    assert diagnose(chain, at(chain, "q"), 0, 4.0).text == "Right size, wrong sign."
    run = gt.parse("f = x - y").run(x=7, y=2)
    found = diagnose(run, at(run, "f"), 1, 1.0)
    assert found.id == "sub.no_sign"
    assert found.text.startswith("Right size, wrong sign. This looks as if you forget the minus sign")


def test_rounding_to_three_figures_still_names_the_rule():
    run = gt.parse("s = sigmoid(x); f = 10 * s").run(x=1.2)
    assert diagnose(run, at(run, "s"), 0, -2.4).id == "sigmoid.uses_input"  # 10 * 1.2 * (1 - 1.2)
    assert diagnose(run, at(run, "s"), 0, 7.69).id == "sigmoid.as_value"  # 10 * 0.76852


def test_two_gates_that_agree_make_it_sure():
    run = gt.parse("a = x * y; f = a * z").run(x=2, y=5, z=-4)
    top = diagnose(run, at(run, "f"), 0, 10.0, None)  # its own value
    low = diagnose(run, at(run, "a"), 0, 20.0, 10.0)
    one, both = findings([top]), findings([top, low])
    assert (one[0].id, one[0].votes) == ("mul.no_swap", 1.0)
    assert one[0].text.startswith("This looks as if you multiply by the input's own value")
    assert (both[0].id, both[0].votes) == ("mul.no_swap", 2.0)
    assert both[0].text.startswith("You seem to multiply by the input's own value")


def test_two_edges_of_one_gate_are_one_vote(chain):
    found = [diagnose(chain, at(chain, "f"), 0, 3.0), diagnose(chain, at(chain, "f"), 1, -4.0)]
    assert findings(found)[0].votes == 1.0


def test_of_several_rules_those_least_contradicted_are_kept():
    run = gt.parse("f = 3 * max(x, y)").run(x=1.5, y=4)
    gate = at(run, "maximum1") if "maximum1" in {n.key for n in run.graph.nodes} else at(run, "max1")
    found = diagnose(run, gate, 0, 3.0)
    assert found.ids == ("max.both", "max.wrong_branch")
    assert prefer(found, {"max.both": 1, "max.wrong_branch": 0}.__getitem__).ids == ("max.wrong_branch",)
    assert prefer(found, lambda _: 0) is found


@pytest.mark.parametrize(
    ("answer", "rule"), [(-5.0, "fwd.swapped"), (3.5, "fwd.as_div"), (9.0, "fwd.as_add"), (14.0, "fwd.as_mul")]
)
def test_a_wrong_value_is_told_from_another_gate(answer, rule):
    run = gt.parse("f = x - y; x = 7; y = 2").run()
    assert diagnose_value(run, at(run, "f"), answer).id == rule


def test_every_misconception_reads_as_a_sentence_in_every_language(chain):
    from graphtutor.explain import languages

    for lang in languages():
        for rule_id in misconceptions():
            texts = [finding.text for finding in findings([Diagnosis(rule_id, "", 1)], lang)]
            assert len(texts) == 1 and texts[0].endswith(".") and "{" not in texts[0]


MANY = gt.parse(
    "a = max(x, y) * sigmoid(x); b = relu(x - y) / (1 + exp(-z)); c = log(z) + tanh(x * z) + square(y); f = a * b + c"
).run(x=1.3, y=0.4, z=2.1)
DECLARED = {wrong.id: wrong for node in MANY.graph.nodes for wrong in node.gate.wrong}


@pytest.mark.parametrize("rule", sorted(DECLARED))
def test_a_wrong_rule_is_followed_from_ones_own_upstream_at_every_gate(rule):
    found = backward(MANY, rule)
    wrong = misconceptions()[rule]
    assert found.graph is MANY.graph and found.value() == MANY.value()
    for node in reversed(MANY.graph.nodes):
        upstream = found.grad_at(node.index)
        if upstream is None or node.gate.is_source:
            continue
        sent = [found.contribution_at(e.target, e.slot) for e in MANY.graph.uses[node.index]]
        parts = [part for part in sent if part is not None]
        if node.gate.name == "copy":
            own = wrong if wrong in node.gate.wrong else None
            assert upstream == pytest.approx(combined(MANY, node.index, parts, own))
            continue
        for slot in range(len(node.args)):
            by = declared(MANY, wrong, node.index, slot, upstream) if wrong in node.gate.wrong else None
            by = right(MANY, node.index, slot, upstream) if by is None else by
            if MANY.contribution_at(node.index, slot) is not None:
                assert found.contribution_at(node.index, slot) == pytest.approx(by)


def test_starting_with_the_outputs_value_multiplies_every_gradient_by_it(chain):
    found = backward(chain, "bp.seed_is_value")
    edges = {chain.graph.nodes[e.target].key + str(e.slot): e for e in chain.graph.edges()}
    assert {name: found.contribution_at(e.target, e.slot) for name, e in edges.items()} == {
        "f0": 48.0,
        "f1": -36.0,
        "q0": 48.0,
        "q1": 48.0,
    }


def test_a_rule_that_is_right_on_this_edge_is_no_explanation_for_a_slip():
    run = gt.parse("q = x - y; f = 3 * q").run(x=7, y=2)
    assert diagnose(run, at(run, "q"), 0, 3.04, upstream=3.0) is None  # 3 by the right rule and by sub.no_sign


def test_what_was_diagnosed_is_let_go_of():
    run = gt.parse("q = x + y; f = q * z").run(x=-2, y=5, z=-4)
    assert diagnose(run, at(run, "q"), 0, 77.0) is None  # every rule was tried
    gone = weakref.ref(run)
    del run
    gc.collect()
    assert gone() is None


def test_a_wrong_value_is_compared_with_well_known_gates_and_told_by_the_names_in_the_graph():
    run = gt.parse("q = x + y; f = q * z").run(x=-2, y=5, z=4)
    found = diagnose_value(run, at(run, "f"), 7.0)
    assert found is not None and found.text == "This is q + z; the gate is q * z."
    assert diagnose_value(run, at(run, "f"), 5.0) is None  # hypot(3, 4), which nobody means
