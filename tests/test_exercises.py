"""The shipped exercises, and exercise files in general: found, read, refused, proved good."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from graphtutor.errors import FileError
from graphtutor.exercises import all_exercises, grade_answers, load
from graphtutor.exercises.catalogue import catalogue
from graphtutor.exercises.library import find, ids, read, shipped
from graphtutor.exercises.lint import SKILLS, lint, misled, problems_of, reference
from graphtutor.exercises.toml import LARGEST
from graphtutor.exercises.variants import Grid

EXERCISES = all_exercises()
BY_ID = {exercise.id: exercise for exercise in EXERCISES}
every = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)

GOOD = """
format = 1
id = "my.one"
version = 1
title = "Mine"
kind = "edge_gradients"
points = 2
prompt = "Fill in."
[graph]
expr = "f = x * y"
[vars]
x = 3.0
y = -4.0
"""


@pytest.fixture
def write(tmp_path):
    def write(text, name="mine.toml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_there_are_enough_of_every_kind_and_ids_and_numbers_are_unique():
    assert len(EXERCISES) >= 14
    assert {exercise.kind for exercise in EXERCISES} == {"forward_values", "edge_gradients", "gate_roles"}
    assert len(BY_ID) == len(EXERCISES) == len(ids())
    assert [exercise.number for exercise in EXERCISES] == list(range(1, len(EXERCISES) + 1))


def test_every_shipped_file_passes_the_linter():
    assert {path.name: problems for path, problems in lint(shipped()) if problems} == {}


@every
def test_the_right_answers_score_everything_and_an_empty_sheet_nothing(exercise):
    assert grade_answers(exercise, reference(exercise)).score == pytest.approx(exercise.points)
    assert grade_answers(exercise, {}).score == 0
    assert grade_answers(exercise, {item.id: "0" for item in exercise.items}).score <= 0.1 * exercise.points


@every
def test_every_target_misconception_costs_points_and_is_the_one_that_is_named(exercise):
    for rule in exercise.targets:
        result = grade_answers(exercise, misled(exercise, rule))
        assert result.score < exercise.points
        assert result.findings[0].id == rule


@every
def test_every_exercise_trains_something_known_and_speaks_korean(exercise):
    assert exercise.skills and set(exercise.skills) <= set(SKILLS)
    title, prompt, hints = exercise.said("ko")
    assert title != exercise.title and prompt != exercise.prompt
    assert all(re.search("[가-힣]", text) for text in (title, prompt, *(hint.text for hint in hints)))
    assert exercise.kind != "edge_gradients" or len(exercise.targets) >= 3
    assert any(hint.when == "request" for hint in exercise.hints)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # CS231n, "Backpropagation, intuitions": f = (x + y) z
        ("bp.chain.01", {"f.q": -4, "f.z": 3, "q.x": -4, "q.y": -4}),
        # CS231n, "Patterns in backward flow": 2 (x y + max(z, w))
        ("bp.cs231n.01", {"p.x": -8, "p.y": 6, "m.z": 2, "m.w": 0}),
        # CS231n, the sigmoid neuron: 0.2, -0.39, -0.59 ... to two figures there
        (
            "bp.neuron.01",
            {"f.z": 0.1966, "mul1.w0": -0.1966, "mul1.x0": 0.3932, "mul2.w1": -0.3932, "mul2.x1": -0.5898},
        ),
        ("bp.neuron.02", {"f.d": -0.5344, "d.e": -0.5344, "e.n": -0.1966, "n.z": 0.1966, "b.x1": -0.5898}),
        # micrograd lecture: tanh neuron
        ("bp.tanh.01", {"o.z": 0.5, "mul1.x1": -1.5, "mul1.w1": 1.0, "mul2.x2": 0.5, "mul2.w2": 0.0}),
        # Baydin et al. 2018, table 3: dy/dx1 = 5.5, dy/dx2 = 1.716
        ("bp.baydin.01", {"total.x1": 5.5, "total.x2": 1.716}),
    ],
)
def test_the_published_numbers_come_out(name, expected):
    exercise = BY_ID[name]
    found = {item.id: exercise.answer(item) for item in exercise.items}
    assert {key: found[key] for key in expected} == pytest.approx(expected, abs=5e-4)


def test_the_values_that_the_prompts_tell_are_those_of_the_run():
    for exercise in EXERCISES:
        texts = [exercise.prompt, *(words["prompt"] for words in exercise.words.values())]
        for name, told in re.findall(r"\b(\w+) = (-?\d+\.?\d*)", " ".join(texts)):
            if name in exercise.graph.names:
                unit = 10.0 ** -len(told.partition(".")[2])
                assert exercise.run.value(name) == pytest.approx(float(told), abs=0.5001 * unit), (exercise.id, name)


@pytest.mark.parametrize("name", ["6", "06", "bp.copy.01", "06-copy", "06-copy.toml", "copy"])
def test_an_exercise_goes_by_number_id_and_file_name(name):
    assert load(name).id == "bp.copy.01"


def test_an_exercise_is_found_by_path(write):
    path = write(GOOD)
    assert load(path).id == load(str(path)).id == "my.one"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("99", "numbered 1 to"),
        ("bp.mull.01", "did you mean 'bp.mul.01'"),
        ("no/such.toml", "there is no file"),
        ("\0", "there is no exercise"),
        ("x" * 5000, "there is no exercise"),
    ],
)
def test_an_unknown_name_says_what_there_is(name, said):
    with pytest.raises(FileError, match=said):
        find(name)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("points = 2", "", "the key `points` is missing"),
        ("points = 2", "points = inf", "line 7: `points`: input should be a finite number"),
        ("points = 2", "point = 2", "there is no key `point`; did you mean 'points'|the key `points` is missing"),
        ("version = 1", 'version = "1"', "line 4: `version`"),
        ("edge_gradients", "edge_gradient", "line 6: unknown kind 'edge_gradient'; did you mean 'edge_gradients'"),
        ('kind = "edge_gradients"', "", "the key `kind` is missing"),
        ("[vars]", "[grading]\ncary_forward = true\n[vars]", r"`grading.cary_forward`; did you mean 'carry_forward'"),
        ("x * y", "2x * y", r"write `2\*x`"),
        ("x = 3.0", "z = 3.0", "line 12: the expression has no input 'z'"),
        ("x = 3.0", "", "no value is given for x"),
        ("x = 3.0", "x = [1, 2]", "the value of x must be a single number"),
        ("x = 3.0", "X = [1, 2]", "the value of X must be a single number"),
        ("x = 3.0", "x = true", "the value of x must be a single number"),
        ("x = 3.0", "x = { uniform = [3.0, 1.0] }", "the first number must be the smaller"),
        ("x * y", "log(y) * x", "the log gate|log"),
        ("f = x * y", "total = x * y; f = total + x", "do not call a gate `total`"),
        ("[vars]", '[diagnose]\ntargets = ["mul.no_swp"]\n[vars]', "did you mean 'mul.no_swap'"),
        (
            "[vars]",
            '[ask]\nitems = ["f.z"]\n[vars]',
            "there is no item 'f.z'; did you mean|there is no item 'f.z'; there are",
        ),
        ("x = 3.0", "x = .5", "line 12, column 5: this is not TOML"),
        ('title = "Mine"', 'title = "Mine', "line 5, column 14: this is not TOML"),
        ("y = -4.0", "y = -4.0\ny = 2", "a key stands there twice"),
    ],
)
def test_a_mistake_in_a_file_is_one_sentence_with_the_place(write, old, new, said):
    assert old in GOOD
    with pytest.raises(FileError, match=said) as error:
        load(write(GOOD.replace(old, new)))
    assert "function-after" not in str(error.value) and "pydantic" not in str(error.value)


@pytest.mark.parametrize(
    "text",
    [
        "a" + ".a" * 20_000 + " = 1",
        "x = {" + "a." * 20_000 + "a = 1}",
        "[" + '"a" . ' * 20_000 + "a]",
        "x = " + "[" * 50_000,
        "x = " + "{a=" * 20_000,
        "x = " + "9" * 10_000,
        "a" * 250_000,
        '"' * 250_000,
        "#" * (LARGEST + 1),
        "\n".join(f"[a.b.c.d.e{i}]" for i in range(10_000)),
    ],
    ids=["dots", "inline dots", "header dots", "lists", "tables", "digits", "key", "quotes", "large", "many tables"],
)
def test_a_hostile_file_is_refused_fast(write, text):
    path = write(text)
    start = time.perf_counter()
    with pytest.raises(FileError):
        load(path)
    assert time.perf_counter() - start < 2


def test_what_is_no_file_is_refused(tmp_path, write):
    with pytest.raises(FileError, match="is a folder"):
        load(tmp_path)
    (tmp_path / "latin.toml").write_bytes(b"a = 1\nb = '\xe9'")
    with pytest.raises(FileError, match=r"latin.toml, line 2: this is not UTF-8"):
        load(tmp_path / "latin.toml")


def test_a_file_that_changes_is_read_again(write):
    path = write(GOOD)
    assert load(path).points == 2
    import os

    path.write_text(GOOD.replace("points = 2", "points = 3"))
    os.utime(path, ns=(1, 1))
    assert load(path).points == 3


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("prompt", "skills = ['mul.swp']\nprompt", "unknown skill"),
        ("y = -4.0", "y = -4.0\n[diagnose]\ntargets = ['any.local_only']", "any.local_only cannot be seen"),
        ("y = -4.0", "y = 3.0\n[diagnose]\ntargets = ['mul.no_swap']", "mul.no_swap cannot be seen"),
        ("y = -4.0", "y = 5.0\n[[hints]]\ntext = 'x is 3.0 and y gives 5.01'", "a hint contains the answer 5.01"),
        ("f = x * y", "f = relu(x * y)", "the right answers to 3 significant figures score 0"),
    ],
)
def test_the_linter_finds_what_makes_an_exercise_bad(write, old, new, said):
    ((_, problems),) = lint([write(GOOD.replace(old, new, 1))])
    assert any(re.search(said, problem) for problem in problems), problems


def test_the_linter_finds_an_id_that_is_taken(write):
    found = dict(lint([write(GOOD, "a.toml"), write(GOOD, "b.toml")]))
    assert [len(problems) for problems in found.values()] == [0, 1]


def test_variants_differ_between_students_and_are_the_same_every_time():
    one, again, two = load("21", "kim"), load("21", "kim"), load("21", "lee")
    assert one.run.inputs == again.run.inputs and one.variant == again.variant
    assert one.run.inputs != two.run.inputs and one.variant != two.variant
    assert load("21", "kim", reroll=1).run.inputs != one.run.inputs
    assert load("21", "kim", key=b"another key").run.inputs != one.run.inputs


def test_variants_are_drawn_as_they_were_last_year():
    assert load("21", "kim").run.inputs == {"x": 1.7, "y": 0.1}


def test_variants_stay_on_the_grid_and_avoid_what_they_should():
    assert [str(value) for value in Grid(-0.25, 0.25, 1, (0.1,)).values()] == ["-0.2", "-0.1", "0.0", "0.2"]
    for number in range(25):
        values = load("21", f"s{number}").run.inputs.values()
        assert all(abs(v) <= 3 and v not in (-1, 0, 1) and round(v, 1) == v for v in values)


def test_drawn_numbers_keep_away_from_kinks(write):
    path = write(
        GOOD.replace("x * y", "x * relu(y)").replace("y = -4.0", "y = { uniform = [-0.5, 0.5], decimals = 2 }")
    )
    source = read(path)
    assert all(abs(source.exercise(f"s{i}").run.value("y")) >= 0.2 for i in range(20))


def test_fixed_numbers_do_not_depend_on_the_student():
    assert load("6", "kim").variant == "" and load("6", "kim").run.inputs == load("6").run.inputs


def test_every_variant_is_as_good_as_the_file_promises():
    for number in range(30):
        assert list(problems_of(load("21", f"pupil {number}"))) == []


@pytest.mark.parametrize(
    "code",
    [
        "import graphtutor.exercises.sheet, graphtutor.exercises.grading, graphtutor.exercises.submission",
        "from graphtutor.cli import parser; parser().format_help()",
    ],
)
def test_pydantic_is_not_imported_before_a_file_is_read(code):
    check = f"{code}\nimport sys\nassert not [m for m in sys.modules if m.startswith(('pydantic', 'textual'))]"
    subprocess.run([sys.executable, "-c", check], check=True, cwd=Path(__file__).parent.parent)


def test_the_catalogue_lists_what_the_exercises_are():
    listed = {entry.path: entry for entry in catalogue()}
    assert list(listed) == list(shipped())
    for exercise in all_exercises():
        entry = listed[exercise.path]
        assert (entry.id, entry.number, entry.kind) == (exercise.id, exercise.number, exercise.kind)
        for lang in ("en", "ko", "nosuch"):
            assert entry.said(lang) == exercise.said(lang)[0]
