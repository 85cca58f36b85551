"""Predicting: what is asked, what a wrong number is recognised as, the ladder, the score, what comes back."""

from __future__ import annotations

import numpy as np
import pytest

import graphtutor as gt
from graphtutor.engine.run import Run
from graphtutor.errors import InputError
from graphtutor.exercises import Status
from graphtutor.exercises.practice import GAP, MOST, Outcome, Practice, renewed
from graphtutor.exercises.questions import Question, hint, question, read_shape, why
from graphtutor.explain import languages
from graphtutor.timeline import Computed, Sent, Summed


def run_of(text: str) -> Run:
    return gt.parse(text).run()


def questions(text: str, lang: str = "en") -> list[Question]:
    return [asked for step in run_of(text).timeline if (asked := question(step, lang=lang))]


def ask(text: str, label: str) -> Question:
    return next(asked for asked in questions(text) if asked.item.label == label)


CS231N = "f = (x + y) * z; x = -2; y = 5; z = -4"
"""CS231n's notes, "Optimization: backpropagation": q = 3, f = -12, df/dz = 3, df/dq = -4, df/dx = df/dy = -4."""


def test_the_questions_of_cs231n_in_words_with_the_published_numbers() -> None:
    assert [(asked.item.label, asked.truth) for asked in questions(CS231N)] == [
        ("the value of add1 = x + y", 3),
        ("the value of f = add1 * z", -12),
        ("the gradient that f sends to add1", -4),
        ("the gradient that f sends to z", 3),
        ("the gradient that add1 sends to x", -4),
        ("the gradient that add1 sends to y", -4),
    ]


def test_copies_the_seed_and_comparisons_are_not_asked_but_totals_are() -> None:
    found = questions("f = where(x > 0, x*x, x); x = 3")
    kinds = [type(asked.step) for asked in found]
    assert Summed in kinds
    assert not any("copy" in asked.item.label and not isinstance(asked.step, Summed) for asked in found)
    assert not any(
        ">" in asked.item.label and isinstance(asked.step, Computed) and "where" not in asked.item.label
        for asked in found
    )
    assert all(not isinstance(asked.step, Sent) or asked.step.slot == asked.item.slot for asked in found)


def test_two_slots_of_one_value_are_told_apart() -> None:
    labels = [asked.item.label for asked in questions("f = x*x; x = 3")]
    assert "the gradient that f sends to x in slot 0" in labels
    assert "the gradient that f sends to x in slot 1" in labels
    assert "the total gradient of x, at its copy gate" in labels


@pytest.mark.parametrize(
    ("text", "label", "answer", "misconception"),
    [
        (CS231N, "the gradient that f sends to z", "-4", "mul.no_swap"),
        (CS231N, "the gradient that f sends to add1", "3", "mul.no_swap"),
        (CS231N, "the gradient that f sends to z", "-3", "any.sign"),
        (CS231N, "the gradient that add1 sends to x", "1", "any.local_only"),
        (CS231N, "the gradient that add1 sends to x", "-2", "add.splits_half"),
        (CS231N, "the gradient that add1 sends to x", "-20", "add.as_mul"),
        (CS231N, "the value of add1 = x + y", "-10", "fwd.as_mul"),
        ("f = x*x; x = 3", "the total gradient of x, at its copy gate", "3", "fan.last_wins"),
        ("f = 2*max(z, w); z = 2; w = -1", "the gradient that max1 sends to w", "2", "max.both"),
        ("f = 2*sigmoid(x); x = 1", "the gradient that sigmoid1 sends to x", "1.4621", "sigmoid.as_value"),
        (
            "f = W @ x; W = [[1, 2], [3, 4]]; x = [5, 7]",
            "element [0] of the value of f = W @ x",
            "38",
            "array.other_element",
        ),
    ],
)
def test_a_wrong_number_is_told_which_misconception_gives_it(
    text: str, label: str, answer: str, misconception: str
) -> None:
    practice = Practice()
    found = [asked for asked in questions(text) if asked.item.label.split("] of ")[-1] == label.split("] of ")[-1]]
    if misconception == "array.other_element":
        answer = str(float(next(n for at, n in np.ndenumerate(found[0].array) if at != found[0].element)))
    practice.ask(found[0])
    judged = practice.answer(answer)
    assert judged.status is Status.WRONG and judged.diagnosis
    assert misconception in judged.diagnosis.ids
    assert practice.slips[judged.diagnosis.id] == 1


def test_a_wrong_rule_at_an_array_gate_is_recognised_in_one_element() -> None:
    # f = sum((W @ x)**2): dL/dx = W.T @ g with g = 2*W@x = [38, 86]; without the transpose W @ g = [210, 458]
    run = run_of("f = sum((W @ x)**2); W = [[1, 2], [3, 4]]; x = [5, 7]")
    step = next(
        step
        for step in run.timeline
        if isinstance(step, Sent) and step.slot == 1 and run.graph.nodes[step.node].gate.name == "matmul"
    )
    asked = question(step)
    assert asked is not None and asked.element is not None
    assert asked.truth == [38 + 3 * 86, 2 * 38 + 4 * 86][asked.element[0]]
    practice = Practice()
    practice.ask(asked)
    judged = practice.answer(str([210, 458][asked.element[0]]))
    assert judged.diagnosis and "matmul.no_transpose" in judged.diagnosis.ids


def test_large_arrays_are_asked_for_their_shape() -> None:
    text = f"f = sum(X @ w); X = {[[1.0] * 3] * 5}; w = [1, 2, 3]"
    asked = ask(text, "the shape of the gradient that matmul1 sends to w")
    assert asked.truth == (3,)
    practice = Practice()
    practice.ask(asked)
    assert "upstream" in (practice.answer("5").text or "")
    assert practice.answer("three").status is Status.FORMAT_ERROR
    assert practice.answer("(3,)").status is Status.CORRECT


@pytest.mark.parametrize(("text", "shape"), [("2x3", (2, 3)), ("(2, 3)", (2, 3)), ("2 3", (2, 3)), (" 5 ", (5,))])
def test_shapes_are_read_as_people_write_them(text: str, shape: tuple[int, ...]) -> None:
    assert read_shape(text) == shape


@pytest.mark.parametrize("text", ["", "2x", "-1", "a", "2.5", "[2, 3"])
def test_what_is_no_shape_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_shape(text)


# The ladder and the score


def test_right_at_once_with_help_and_shown_are_counted_apart() -> None:
    practice = Practice()
    first, second, third, *_ = questions(CS231N)
    practice.ask(first)
    assert practice.answer("9/3").status is Status.CORRECT
    assert (practice.outcomes[Outcome.ONCE], practice.streak) == (1, 1)
    practice.ask(second)
    assert practice.answer("12").diagnosis is not None
    assert practice.streak == 0 and len(practice.helped) == 1
    assert practice.answer("3*-4").status is Status.CORRECT
    practice.ask(third)
    practice.show()
    assert practice.outcomes == {Outcome.ONCE: 1, Outcome.HINTED: 1, Outcome.SHOWN: 1}
    assert practice.longest == 1 and practice.question is None


def test_the_third_wrong_guess_shows_the_step() -> None:
    practice = Practice()
    practice.ask(questions(CS231N)[0])
    assert [bool(practice.answer("7") and practice.question) for _ in range(3)] == [True, True, False]
    assert practice.outcomes[Outcome.SHOWN] == 1


def test_a_hint_on_request_costs_the_at_once_and_then_there_are_no_more() -> None:
    practice = Practice()
    practice.ask(questions(CS231N)[0])
    assert practice.hint() and practice.hint() and not practice.hint()
    assert len(practice.helped) == 2 and practice.helped[1] == "add1 = x + y\n-2 + 5 = ?"
    practice.answer("3")
    assert practice.outcomes[Outcome.HINTED] == 1


@pytest.mark.parametrize("text", ["three", "1/0", "[1, 2]", "1e999", "(("])
def test_what_cannot_be_read_does_not_count(text: str) -> None:
    practice = Practice()
    practice.ask(questions(CS231N)[0])
    judged = practice.answer(text)
    assert judged.status is Status.FORMAT_ERROR and judged.text
    assert (practice.tries, practice.hints, practice.count) == (0, 0, 0) and practice.question


@pytest.mark.parametrize("lang", languages())
def test_no_hint_contains_the_result(lang: str) -> None:
    for asked in questions("f = 2*(x*y + max(z, w)); x = 3; y = -4; z = 2.5; w = -1", lang):
        assert hint(asked, 1, lang) and hint(asked, 2, lang).endswith("= ?")
        assert why(asked, lang).splitlines()[0].endswith(f"= {asked.truth:g}")
        assert why(asked, lang).startswith(f"{asked.item.id} = ")


def test_a_number_built_on_an_own_wrong_one_is_recognised() -> None:
    practice = Practice()
    by_label = {asked.item.label: asked for asked in questions("f = 3 * (x * y); x = 5; y = 7")}
    practice.ask(by_label["the gradient that f sends to mul1"])
    practice.answer("35")
    practice.show()
    practice.ask(by_label["the gradient that mul1 sends to x"])
    judged = practice.answer("245")  # 35 * 7 instead of 3 * 7
    assert judged.status is Status.CARRIED
    assert practice.tries == 1


# What comes back


def test_what_was_wrong_comes_back_after_some_others_and_what_is_left_at_the_end() -> None:
    practice = Practice()
    asked = questions("f = ((a + b) * c + d) * e; a = 2; b = 3; c = 4; d = 5; e = 6")
    practice.ask(asked[0])
    practice.show()
    for other in asked[1 : GAP + 1]:
        assert practice.due(ended=False) is None
        practice.ask(other)
        practice.answer(repr(other.truth))
    due = practice.due(ended=False)
    assert due is not None and due.step == asked[0].step.index
    practice.ask(asked[0], due)
    practice.answer("99")
    practice.answer(repr(asked[0].truth))
    assert practice.returned == {Outcome.HINTED: 1} and practice.count == GAP + 1
    assert practice.due(ended=False) is None
    again = practice.due(ended=True)
    assert again is not None and again.times == 2
    practice.ask(asked[0], again)
    practice.answer(repr(asked[0].truth))
    assert practice.due(ended=True) is None


def test_nothing_comes_back_for_ever() -> None:
    practice = Practice()
    first = questions(CS231N)[0]
    practice.ask(first)
    practice.show()
    times = 0
    while due := practice.due(ended=True):
        assert practice.settled is not None and practice.settled.returns
        times += 1
        practice.ask(first, due)
        practice.show()
    assert times == MOST
    assert practice.settled is not None and not practice.settled.returns


def test_the_summary_counts_each_misconception() -> None:
    practice = Practice()
    for asked in questions(CS231N)[2:4]:
        practice.ask(asked)
        practice.answer({"f sends to add1": "3", "f sends to z": "-4"}[asked.item.label[18:]])
        practice.show()
    [(count, belief)] = practice.findings()
    assert count == 2 and "own value" in belief


def test_the_summary_counts_the_numbers_of_other_elements() -> None:
    practice = Practice()
    asked = questions("f = sum(W @ x); W = [[1, 2], [3, 4]]; x = [5, 7]")[0]
    assert asked.element is not None
    practice.ask(asked)
    practice.answer({"[0]": "43", "[1]": "19"}[asked.at])  # W @ x = [19, 43]
    for lang, said in (("en", "another element of the same array"), ("ko", "같은 배열의 다른 원소")):
        practice.lang = lang
        [(count, belief)] = practice.findings()
        assert count == 1 and said in belief


def test_of_an_array_the_answer_names_the_element_that_was_asked() -> None:
    asked = questions("f = sum(W @ x); W = [[1, 2], [3, 4]]; x = [5, 7]")[0]
    assert why(asked).splitlines()[0] == f"matmul1{asked.at} = {({'[0]': 19, '[1]': 43})[asked.at]}"


# New numbers


@pytest.mark.parametrize(
    "text",
    [
        CS231N,
        "f = log(x) + sqrt(y); x = 2; y = 5.5",
        "loss = softmax_cross_entropy(W @ x, y); W = [[1, -2], [3, 4]]; x = [0.5, -0.7]; y = [0, 1]",
    ],
)
def test_new_numbers_keep_the_graph_and_change_the_answer(text: str) -> None:
    run = run_of(text)
    for step in run.timeline:
        asked = question(step)
        other = renewed(run, step.index, seed=3)
        if asked is None or other is None:
            continue
        assert other.graph is run.graph and not other.faults
        again = question(other.timeline[step.index])
        assert again is not None and again.truth != asked.truth
        same = renewed(run, step.index, seed=3)
        assert same is not None
        assert all(np.array_equal(same.inputs[name], other.inputs[name]) for name in run.inputs)
    if "softmax" in text:
        assert other is not None and np.array_equal(other.inputs["y"], [0, 1])
