"""The worked examples run, and what they say is so."""

from __future__ import annotations

import ast
import itertools

import numpy as np
import pytest

import graphtutor as gt
from graphtutor.cli import main, parser
from graphtutor.cli.play import read_subject
from graphtutor.examples import EXAMPLES, GROUPS, example, gates_alone, named
from graphtutor.explain.words import sentence
from graphtutor.gates import all_gates

ALL = (*EXAMPLES, *gates_alone())


def run(name):
    return gt.parse(example(name).text).run()


@pytest.mark.parametrize("known", ALL, ids=lambda known: known.name)
def test_example_runs_and_every_input_gets_a_gradient(known):
    found = gt.parse(known.text).run()
    assert not found.faults
    assert all(found.grad(name) is not None for name in found.graph.inputs if name != "c")
    assert known.about and known.story


def test_names_are_unique_and_every_gate_of_numbers_is_there():
    names = [known.name for known in ALL]
    assert len(set(names)) == len(names)
    assert {"add", "mul", "maximum", "sigmoid", "softplus", "where"} <= set(names) & set(all_gates())


@pytest.mark.parametrize(
    ("name", "of", "value"),
    [
        ("add-mul", "x", -4), ("add-mul", "y", -4), ("add-mul", "z", 3),
        ("x-squared", "x", 6),
        ("cs231n-max", "z", 2), ("cs231n-max", "w", 0), ("cs231n-max", "x", -8), ("cs231n-max", "y", 6),
        ("cs231n-neuron", "w2", 0.1966), ("cs231n-sigmoid", "w2", 0.1966),
        ("baydin", "x1", 5.5), ("olah", "b", 5), ("micrograd", "a", 138.8338), ("micrograd", "b", 645.5773),
        ("linear-regression", "w", -28), ("linear-regression", "b", -8),
        ("logistic-regression", "x", [0.0238, 0.0538, 0.1, -0.0538, -0.0238]),
        ("softmax-cross-entropy", "z", [0.659, -0.7576, 0.0986]),
        ("cross-entropy", "q", [-2, -1, -0.5]), ("kl", "q", [-2, -1, -0.5]),
        ("saturated-mse", "w", 0.0049), ("saturated-cross-entropy", "w", 0.9975),
    ],
)  # fmt: skip
def test_gradient_that_a_story_tells(name, of, value):
    assert run(name).grad(of) == pytest.approx(np.asarray(value, dtype=float), rel=5e-3, abs=6e-5)


@pytest.mark.parametrize(
    ("name", "of", "value"),
    [
        ("xor", "loss", 0.057), ("xor", "z", [-2.9, 2.8, 2.8, -2.9]), ("entropy", "H", 1.04),
        ("cross-entropy", "H", 1.213), ("kl", "D", 0.1733), ("saturated-mse", "a", 0.9975),
    ],
)  # fmt: skip
def test_value_that_a_story_tells(name, of, value):
    assert run(name).value(of) == pytest.approx(np.asarray(value, dtype=float), rel=2e-2)


def test_other_facts_of_the_stories():
    made_with = run("linear-regression-features")
    assert np.array_equal(made_with.value("X") @ [2, 3] + 1, made_with.value("y"))
    error = made_with.value("prediction") - made_with.value("y")
    assert made_with.grad("w") == pytest.approx(made_with.value("X").T @ (2 * error / 5))
    assert 180 < run("saturated-cross-entropy").grad("w") / run("saturated-mse").grad("w") < 220
    assert gt.parse("H = entropy(p, base=2)").run(p=[0.5, 0.25, 0.25]).value() == pytest.approx(1.5)
    logit = gt.parse("z = w*x + b; loss = bce_logits(z, y)").run(x=[-2, -1, 0, 1, 2], y=[0, 0, 0, 1, 1], w=1, b=0)
    z, y = logit.value("z"), logit.value("y")
    assert logit.grad("z") == pytest.approx((1 / (1 + np.exp(-z)) - y) / 5)
    units = run("xor").value("H")
    assert (units[:, 0] > 0).tolist() == [False, True, True, True] and (units[:, 1] > 0).tolist() == [
        True,
        True,
        True,
        False,
    ]


def test_the_command_lists_and_plays_them(capsys):
    assert main(["play", "--list"]) == 0
    listed = capsys.readouterr().out
    assert all(known.name in listed for known in ALL)
    assert main(["play", "--example", "x-squared"]) == 0
    assert "dx = df/dx[via f slot 0] + df/dx[via f slot 1]" in capsys.readouterr().out
    assert main(["play", "--example", "x-sqared"]) == 2
    assert "did you mean 'x-squared'" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["play", "explain", "export", "check"])
@pytest.mark.parametrize("name", ["cs231n-neuron", "micrograd", "xor", "mod"])
def test_a_name_stands_for_its_expression(command, name, capsys, tmp_path):
    more = ["-o", str(tmp_path / "f.dot")] if command == "export" else []
    said = []
    for word in (name, example(name).text):
        assert main([command, word, *more]) == 0
        written = "".join(path.read_text() for path in tmp_path.iterdir())
        said.append((capsys.readouterr(), written))
    assert said[0] == said[1]


def test_values_beside_a_name_override_those_of_the_example(capsys):
    assert main(["explain", "x-squared", "x=5"]) == 0
    assert "5 * 5 = 25" in capsys.readouterr().out


def test_values_are_taken_beside_the_option_as_beside_the_name(capsys):
    assert main(["play", "--example", "add-mul", "x=6", "z=2"]) == 0
    assert "6 + 5 = 11" in (said := capsys.readouterr().out) and "11 * 2 = 22" in said
    assert main(["play", "--example", "add-mul", "x=six"]) == 2
    assert "the value of 'x'" in capsys.readouterr().err
    assert main(["play", "--example", "add-mul", "x = 6", "z=2"]) == 0
    assert "6 + 5 = 11" in capsys.readouterr().out
    for other in ("f = x", "f=x*y", "x*y"):
        assert main(["play", "--example", "add-mul", other]) == 2
        said = capsys.readouterr().err
        assert f"--example add-mul or the expression '{other}', not both" in said and "name=number" in said
    assert main(["play", "--example", "add-mul", "--exercise", "3"]) == 2
    assert "give --example add-mul or --exercise 3, not both" in capsys.readouterr().err
    assert main(["play", "--exercise", "bp.mul.01", "x=1"]) == 2
    assert "numbers of its own" in capsys.readouterr().err


def test_a_file_of_that_name_comes_first(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("xor", "bp.mul.01"):
        (tmp_path / name).write_text("f = 2*x; x = 21")
        assert main(["play", name]) == 0
        assert "2 * 21 = 42" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("neuron", "'cs231n-neuron'?"),
        ("mlp", "'mlp-221'?"),
        ("cs231n-neurn", "'cs231n-neuron'?"),
        ("regression", "'linear-regression' or 'logistic-regression' or 'linear-regression-features'?"),
        ("sigmoi", "'sigmoid'?"),
    ],
)
def test_what_is_nearly_a_name_says_which_is_meant(text, meant, capsys):
    assert main(["play", text]) == 2
    said = capsys.readouterr().err
    assert meant in said and f"f = {text}" in said


@pytest.mark.parametrize("text", ["x", "x-y", "w0-x0", "loss-target", "foo", "2", "e", "pi", "x - squared", "f = xor"])
def test_an_expression_is_no_name(text):
    assert named(text) is None


@pytest.mark.parametrize("text", ["neuron", "sigmoid", "x-squared", "cs231n-max"])
def test_a_name_with_a_value_is_an_input(text):
    assert named(text, text.split("-")) is None


def test_the_examples_are_listed_under_their_headings_as_a_course_goes(capsys):
    assert [group for group, _ in itertools.groupby(EXAMPLES, key=lambda known: known.group)] == list(GROUPS)
    assert main(["play", "--list"]) == 0
    listed = capsys.readouterr().out
    at = [listed.index(f"{sentence('en', 'groups', group)}:\n  ") for group in (*GROUPS, "alone")]
    assert at == sorted(at)
    for known in EXAMPLES:
        place = listed.index(f"  {known.name} ")
        assert at[GROUPS.index(known.group)] < place < at[GROUPS.index(known.group) + 1]


def test_an_exercise_is_played_by_its_id_alone(capsys):
    arguments = parser("play").parse_args(["play", "bp.mul.01"])
    _, exercise, _ = read_subject(arguments, terminal=True)
    assert exercise is not None and exercise.id == "bp.mul.01"
    assert main(["play", "bp.mul.01", "x=1"]) == 2
    assert "numbers of its own" in capsys.readouterr().err
    assert main(["explain", "bp.mul.01"]) == 2
    assert "graphtutor play bp.mul.01" in capsys.readouterr().err
    assert main(["explain", "11-cs231n-max", "cs231n=1", "max=2"]) == 0
    assert "11 - 1 = 10" in capsys.readouterr().out


def test_the_written_values_are_the_inputs_values():
    for known in EXAMPLES:
        graph = gt.parse(known.text)
        written = {name: np.asarray(ast.literal_eval(value), dtype=float) for name, value in known.values}
        assert set(written) == set(graph.given) == set(graph.inputs), known.name
        for name, value in graph.given.items():
            np.testing.assert_array_equal(written[name], value)
