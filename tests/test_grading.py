"""Statuses, partial credit, carry-forward and its guard. Points are worked out by hand."""

from __future__ import annotations

import pytest

import graphtutor as gt
from graphtutor.errors import InputError
from graphtutor.exercises import Exercise, Hint, Status, check_item, grade_answers
from graphtutor.exercises.answers import read_number
from graphtutor.exercises.items import ASKED
from graphtutor.exercises.roles import SYNONYMS, read_role


def make(text, kind="edge_gradients", points=6.0, **more) -> Exercise:
    run = gt.parse(text).run()
    return Exercise("test", 1, kind, "t", "p", points, (), run, tuple(ASKED[kind](run)), **more)


@pytest.fixture(scope="module")
def chain() -> Exercise:
    return make("q = x + y; f = q * z; x = -2; y = 5; z = -4")


RIGHT = {"f.q": "-4", "f.z": "3", "q.x": "-4", "q.y": "-4"}


def statuses(result):
    return {item.item.id: str(item.status) for item in result.items}


def test_items_stand_in_the_order_of_the_backward_pass(chain):
    assert [item.id for item in chain.items] == ["f.q", "f.z", "q.x", "q.y"]
    assert chain.items[0].label == "df/dq on the edge q -> f"
    assert [chain.answer(item) for item in chain.items] == [-4.0, 3.0, -4.0, -4.0]


def test_a_copy_gate_has_a_total_and_a_slot_taken_twice_has_a_number():
    exercise = make("f = x * x * y; x = 3; y = 2")
    assert [item.id for item in exercise.items] == ["f.mul1", "f.y", "mul1.x#0", "mul1.x#1", "total.x"]
    assert [exercise.answer(item) for item in exercise.items] == [2.0, 9.0, 6.0, 6.0, 12.0]


def test_constants_and_copies_compute_nothing():
    exercise = make("f = 2 * (x * y + max(x, 1)); x = 3; y = -4", "forward_values")
    assert [(item.id, exercise.answer(item)) for item in exercise.items] == [
        ("mul1", -12.0),
        ("max1", 3.0),
        ("add1", -9.0),
        ("f", -18.0),
    ]
    assert exercise.items[0].label == "mul1 = x * y"


def test_everything_right_is_all_points(chain):
    result = grade_answers(chain, RIGHT)
    assert result.ok and result.score == 6.0 and not result.findings


def test_an_error_costs_where_it_starts_and_what_follows_from_it_is_carried(chain):
    result = grade_answers(chain, RIGHT | {"f.q": "3", "q.x": "3", "q.y": "3"})
    assert statuses(result) == {"f.q": "wrong", "f.z": "correct", "q.x": "carried", "q.y": "carried"}
    assert result.score == 4.5 and not result.ok


def test_carrying_can_be_switched_off_or_worth_less():
    answers = RIGHT | {"f.q": "3", "q.x": "3", "q.y": "3"}
    text = "q = x + y; f = q * z; x = -2; y = 5; z = -4"
    assert grade_answers(make(text, carry_forward=False), answers).score == 1.5
    assert grade_answers(make(text, carry_credit=0.5), answers).score == 3.0


@pytest.mark.parametrize("same", ["0", "1", "-1", "1000000"])
def test_a_sheet_of_one_number_earns_at_most_what_is_right_by_itself(chain, same):
    assert grade_answers(chain, dict.fromkeys(RIGHT, same)).score == 0


def test_zeros_earn_nothing_until_something_else_is_right():
    exercise = make("f = 3 * max(x, y); x = 1.5; y = 4", points=3.0)
    zeros = grade_answers(exercise, {item.id: "0" for item in exercise.items})
    assert zeros.score == 0 and statuses(zeros)["max1.x"] == "correct"
    assert "A 0 earns its credit once" in zeros.notes[0]
    mixed = grade_answers(exercise, {"f.max1": "3", "max1.x": "0", "max1.y": "7"})
    assert mixed.score == 2.0


def test_blank_and_missing_answers_are_told_apart_and_score_nothing(chain):
    result = grade_answers(chain, {"f.q": "", "f.z": " ? "})
    assert statuses(result) == {"f.q": "blank", "f.z": "blank", "q.x": "not_reached", "q.y": "not_reached"}
    assert result.score == 0


def test_one_unreadable_answer_costs_one_answer(chain):
    result = grade_answers(chain, RIGHT | {"q.x": "four"})
    assert statuses(result)["q.x"] == "format_error" and result.score == 4.5
    assert "is no number" in result.items[2].note


def test_a_failing_grader_gives_no_score_and_never_a_zero(chain, monkeypatch):
    monkeypatch.setattr(Exercise, "answer", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        check_item(chain, RIGHT, "f.q")
    monkeypatch.undo()
    import graphtutor.exercises.grading as grading

    monkeypatch.setattr(grading, "right", lambda *_: 1 / 0)
    result = grade_answers(chain, RIGHT | {"f.q": "3", "q.x": "17"})
    assert statuses(result)["q.x"] == "grader_error" and result.score is None


@pytest.mark.parametrize(
    ("text", "ok"),
    [
        ("-4", 1),
        ("-3.97", 1),
        ("-4.03", 1),
        ("-3.9", 0),
        ("\u22124", 1),
        ("-8/2", 1),
        ("2*-2", 1),
        ("-4,0", 1),
        ("4", 0),
    ],
)
def test_three_significant_figures_fractions_and_products_are_near_enough(chain, text, ok):
    assert check_item(chain, {"f.q": text}, "f.q").ok == ok


def test_near_zero_the_tolerance_is_a_share_of_the_largest_gradient():
    exercise = make("f = a * x + b * y; a = 1000; x = 1; b = 0.1; y = 1")
    assert check_item(exercise, {"mul2.y": "0.5"}, "mul2.y").status is Status.CORRECT  # 5e-4 * 1000
    assert check_item(exercise, {"mul2.y": "0.7"}, "mul2.y").status is Status.WRONG


def test_rounding_at_every_step_is_carried_with_more_room():
    exercise = make("a = exp(x); b = a * a; f = b * b; x = 1")
    answers = {"f.b#0": "7.4"}
    assert check_item(exercise, answers, "f.b#0").ok


def test_the_screen_asks_one_item_at_a_time(chain):
    first = check_item(chain, {"f.q": "3"}, "f.q")
    assert first.status is Status.WRONG and first.diagnosis.id == "mul.no_swap"
    assert first.text == first.diagnosis.text
    second = check_item(chain, {"f.q": "3", "q.x": "3"}, "q.x")
    assert second.status is Status.CARRIED and second.text is None
    assert check_item(chain, {}, "q.y").status is Status.NOT_REACHED
    with pytest.raises(KeyError):
        check_item(chain, {}, "q.nothing")


def test_the_other_input_of_a_gate_decides_between_two_rules():
    exercise = make("f = 3 * max(x, y); x = 1.5; y = 4")
    both = grade_answers(exercise, {"f.max1": "3", "max1.x": "3", "max1.y": "3"})
    swapped = grade_answers(exercise, {"f.max1": "3", "max1.x": "3", "max1.y": "0"})
    assert [f.id for f in both.findings] == ["max.both"]
    assert swapped.findings[0].id == "max.wrong_branch"


def test_attempts_and_hints_lower_what_can_be_had(chain):
    hints = (Hint("a", cost=0.1), Hint("b", cost=0.6), Hint("c", "diagnosed:mul.no_swap", 0.3))
    exercise = make("q = x + y; f = q * z; x = -2; y = 5; z = -4", points=10, attempts=(1.0, 0.8), hints=hints)
    assert grade_answers(exercise, RIGHT, attempt=2).score == pytest.approx(8)
    assert grade_answers(exercise, RIGHT, attempt=9).score == pytest.approx(8)
    assert grade_answers(exercise, RIGHT, hints=1).score == pytest.approx(9)
    assert grade_answers(exercise, RIGHT, hints=2).score == pytest.approx(5)  # hints cost at most half
    assert exercise.hint_for("mul.no_swap") == "c"


def test_weights_share_the_points(chain):
    exercise = make("q = x + y; f = q * z; x = -2; y = 5; z = -4", weights={"f.z": 3.0})
    assert grade_answers(exercise, {"f.z": "3"}).score == 3.0


def test_values_are_carried_through_a_forward_pass():
    exercise = make("q = x + y; f = q * z; x = -2; y = 5; z = -4", "forward_values", points=2.0)
    result = grade_answers(exercise, {"q": "-7", "f": "28"})
    assert statuses(result) == {"q": "wrong", "f": "carried"} and result.score == 1.0
    assert result.items[0].diagnosis.id == "fwd.as_sub"  # -2 - 5


def test_guessing_roles_gains_nothing():
    exercise = make("p = x * y; m = max(p, z); f = m + exp(x); x = 0.5; y = 3; z = 1", "gate_roles", points=5.0)
    right = {item.id: exercise.answer(item) for item in exercise.items}
    assert right == {"copy1": "adder", "p": "switcher", "m": "router", "exp1": "scaler", "f": "distributor"}
    assert grade_answers(exercise, right).score == 5.0
    wrong = grade_answers(exercise, right | {"p": "scaler"})
    assert wrong.score == pytest.approx(4 - 1 / 3)
    assert wrong.items[1].diagnosis.id == "role.scaler_for_switcher"
    assert "the value of the other input" in wrong.items[1].text
    assert grade_answers(exercise, dict.fromkeys(right, "router")).score == 0  # one hit, four misses
    assert grade_answers(exercise, right | {"p": "?"}).score == 4.0
    assert statuses(grade_answers(exercise, {"p": "banana"}))["p"] == "format_error"


@pytest.mark.parametrize(
    ("word", "role"),
    [
        ("Distributor", "distributor"),
        ("gradient adder", "adder"),
        ("a router.", "router"),
        ("switch", "switcher"),
        ("분배기", "distributor"),
        ("교환기(switcher)", "switcher"),
        ("라우터 게이트", "router"),
    ],
)
def test_roles_go_by_many_names(word, role):
    assert read_role(word) == role


def test_no_word_means_two_roles():
    words = [word for text in SYNONYMS.values() for word in text.split()]
    assert len(words) == len(set(words))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (".5", 0.5),
        ("1/3", 1 / 3),
        ("2*0.25", 0.5),
        ("-1e-3", -1e-3),
        ("0,125", 0.125),
        ("-,5", -0.5),
        ("½", 0.5),
        ("３", 3.0),
    ],
)
def test_numbers_are_read_as_people_type_them(text, number):
    assert read_number(text).number == pytest.approx(number)


def test_a_decimal_comma_is_reported_and_an_ambiguous_one_refused():
    assert read_number("2,5").note == "2,5 was read as 2.5"
    with pytest.raises(InputError, match=r"may be 1\.234 or 1234"):
        read_number("1,234")


@pytest.mark.parametrize(
    "text", ["inf", "nan", "1e999", "[1,2]", "x", "1;2", "__import__('os')", "9" * 300, "(" * 150, "10**400"]
)
def test_what_is_no_finite_number_is_refused(text):
    with pytest.raises(InputError):
        read_number(text)
