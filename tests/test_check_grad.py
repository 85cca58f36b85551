"""The gradient check must pass what is right, catch what is wrong, and say why it cannot tell."""

from __future__ import annotations

import dataclasses
import importlib
import math
import re

import numpy as np
import pytest

import graphtutor as gt
from graphtutor.cli import main
from graphtutor.engine import rules
from graphtutor.engine.check import PASSES, VERDICTS
from graphtutor.gates import gate

X = np.array([[0.5, -1.5], [2.0, 0.25]])
LOSS = "h = tanh(x @ [1, 2]); f = mse(h, [0.5, 1])"


def test_right_gradient_passes():
    found = gt.check_grad(gt.parse(LOSS), x=X)
    assert found and found.ok and [row.name for row in found.rows] == ["x"]
    assert all(row.error < 1e-7 and row.verdict == "right" and row.kinks == () for row in found.rows)


@pytest.mark.parametrize("factor", [0, -1, 0.5, 2, 1.001])
@pytest.mark.parametrize("element", [(0, 0), (1, 1)])
def test_planted_mistake_is_caught_at_its_element(factor, element):
    right = gt.parse(LOSS).run(x=X).grad("x")
    planted = right.copy()
    planted[element] *= factor
    found = gt.check_grad(gt.parse(LOSS), x=X, gradient={"x": planted})
    assert not found and found.rows[0].element == element
    assert found.rows[0].analytic == planted[element] and found.rows[0].numeric == pytest.approx(
        right[element], rel=1e-8
    )
    assert gt.check_grad(gt.parse(LOSS), x=X, gradient={"x": right})


@pytest.mark.parametrize("name", ["sin", "mul", "matmul", "softmax", "sum", "index"])
def test_a_gate_with_a_wrong_rule_is_caught(name, monkeypatch):
    graph = gt.parse("f = sum(softmax(sin(x * y) @ [[1, 2], [3, 4]])[0] * x[1])")
    assert gt.check_grad(graph, x=X, y=[1.0, 2.0])
    right = rules.contributions_of
    wrong = gate(name).wrong[0]

    def planted(kind, mistake=None, shapes=()):
        return right(kind, wrong if kind.name == name else mistake, shapes)

    monkeypatch.setattr(importlib.import_module("graphtutor.engine.run"), "contributions_of", planted)
    try:
        assert not gt.check_grad(graph, x=X, y=[1.0, 2.0])
    except ValueError:
        assert name == "matmul"  # without its transpose the shapes may not fit


@pytest.mark.parametrize(("limit", "word"), VERDICTS)
def test_verdict_tells_the_size_of_the_error(limit, word):
    error = min(limit * 0.5, 0.3)
    found = gt.check_grad(gt.parse("f = x**2"), x=3.0, gradient={"x": 6.0 * (1 + error)})
    assert found.rows[0].error == pytest.approx(error / (1 + error), rel=1e-2)
    assert found.rows[0].verdict == word
    assert found.ok == (error <= PASSES)


def test_difference_within_rounding_is_no_error():
    found = gt.check_grad(gt.parse("f = x * 0 + 1e9"), x=1.0)
    assert found and found.rows[0].error == 0
    assert gt.check_grad(gt.parse("f = 1e-12 * x"), x=1.0)
    assert not gt.check_grad(gt.parse("f = 1e-12 * x"), x=1.0, gradient={"x": 2e-12})


KINKS = {
    "f = sum(abs(x))": ("abs1", [0.0, 1.0]),
    "f = sum(relu(x - 1) * 3)": ("relu1", [1.0, 1.0]),
    "f = sum(maximum(x, 1))": ("max1", [1.0, 3.0]),
    "f = max(x)": ("max1", [2.0, 2.0, 2.0]),
    "f = sum(min(x, axis=0) * 2)": ("min1", [1.0, 1.0, 1.0]),
    "f = sum(where(x > 1, x**2, 3))": ("greater1", [1.0 + 1e-7, 5.0]),
    "f = sum(floor(x))": ("floor1", [2.0, 0.5]),
    "f = sum(sort(x) * [1, 5, 25])": ("sort1", [1.0, 1.0, 3.0]),
    "f = sum(sort(x) * [1, 5])": ("sort1", [1.0, 1.0 + 1e-7]),
}


@pytest.mark.parametrize("text", KINKS)
def test_kink_is_named_not_blamed(text):
    key, x = KINKS[text]
    graph = gt.parse(text)
    near = "f" if graph.nodes[graph.output].name == "f" and key[:-1] in graph.nodes[graph.output].gate.name else key
    planted = np.full(len(x), 77.0)
    found = gt.check_grad(graph, x=x, gradient={"x": planted})
    assert {key, near, "f"} & set(found.rows[0].kinks) or not found
    row = gt.check_grad(graph, x=x).rows[0]
    assert row.ok
    if row.error > PASSES:
        assert row.verdict == "at a kink" and row.kinks


def test_point_beside_a_kink_is_judged():
    for text, x in (
        ("f = sum(abs(x))", [0.1, -0.1]),
        ("f = max(x)", [1.0, 1.001]),
        ("f = sum(sort(x) * [1, 2])", [1.0, 1.001]),
    ):
        assert not gt.check_grad(gt.parse(text), x=x, gradient={"x": [0.3, 0.3]})
        assert gt.check_grad(gt.parse(text), x=x).rows[0].kinks == ()


def test_a_kink_does_not_excuse_what_is_not_finite():
    found = gt.check_grad(gt.parse("f = abs(x)"), x=0.0, gradient={"x": float("nan")})
    assert not found and found.rows[0].verdict == "not finite"


@pytest.mark.parametrize("text", ["f = log(x)", "f = 1 / x", "f = sqrt(x)"])
def test_point_outside_the_domain_fails_as_not_finite(text):
    found = gt.check_grad(gt.parse(text), x=0.0)
    assert not found and found.rows[0].verdict == "not finite"


def test_point_at_the_edge_of_a_domain_takes_a_smaller_step():
    found = gt.check_grad(gt.parse("f = log(x)"), x=1e-7)
    assert found and found.rows[0].numeric == pytest.approx(1e7, rel=1e-4)


def test_array_output_is_summed_and_unused_inputs_are_flat():
    assert gt.check_grad(gt.parse("f = x * y"), x=[1.0, 2.0], y=3.0)
    found = gt.check_grad(gt.parse("f = where(x > 0, y, 1)"), x=1.0, y=3.0)
    assert found and {row.name: row.analytic for row in found.rows} == {"x": 0, "y": 1}


def test_function_of_numpy_is_checked():
    assert gt.check_grad(lambda w, x: np.sum(np.tanh(x @ w)), np.array([0.1, 0.2]), X)
    found = gt.check_grad(lambda w: np.sum(np.abs(w) * w), np.array([0.0, 2.0]))
    assert found and found.rows[0].name == "w"


@pytest.mark.parametrize(
    ("function", "args", "numeric"),
    [
        (lambda x: math.exp(x) * x, (1.0,), {"x": 2 * math.e}),
        (lambda x, y: x * math.exp(y), (1.0, 0.0), {"x": 1.0, "y": 1.0}),
        (lambda x, y: x["w"] ** 2 + float(y[0]), ({"w": 2.0}, [3.0]), {"x_w": 4.0, "y": 1.0}),
    ],
)
@pytest.mark.filterwarnings("ignore:a traced value becomes a plain number")
def test_gradient_lost_on_the_way_into_the_graph_is_wrong(function, args, numeric):
    check = gt.check_grad(function, *args)
    assert not check
    assert {row.name: row.numeric for row in check.rows} == pytest.approx(numeric)
    assert check.rows[-1].verdict == "wrong"


def test_function_with_settings_and_functions_of_ours_is_checked():
    def function(x, kind, power=2):
        return (gt.relu if kind == "relu" else np.tanh)(x) ** power

    assert gt.check_grad(function, [0.5, -0.3], "relu", power=3)
    assert gt.check_grad(function, 0.5, "tanh")
    assert gt.check_grad(lambda x: [x[0] * x[1], np.exp(x[0])], (0.5, 2.0))


def test_inputs_may_have_any_name():
    graph = gt.parse("f = step * gradient**2 * function")
    assert gt.check_grad(graph, {"step": 2.0, "gradient": 3.0, "function": 1.0})


def test_what_does_not_fit_is_refused():
    with pytest.raises(gt.GraphtutorError, match="no input"):
        gt.check_grad(gt.parse("f = x"), x=1.0, gradient={"y": 1.0})
    with pytest.raises(gt.GraphtutorError, match="no value"):
        gt.check_grad(gt.parse("f = x * y"), x=1.0)


def test_table_has_a_row_per_input():
    lines = str(gt.check_grad(gt.parse("f = x * y"), x=[1.0, 2.0], y=3.0)).split("\n")
    assert lines[0].split() == ["input", "analytic", "numeric", "relative", "error", "verdict"]
    assert len(lines) == 3 and lines[2].split()[:2] == ["y", "3"] and lines[2].endswith("right")
    assert lines[1].split()[0].startswith("x[")
    row = gt.check_grad(gt.parse("f = x"), x=1.0).rows[0]
    assert dataclasses.replace(row, error=0.5).verdict == "wrong"


def test_command_exits_with_0_when_right(capsys):
    assert main(["check", "f = (x + y) * z", "x=-2", "y=5", "z=-4"]) == 0
    said = capsys.readouterr()
    assert said.out.count("right") == 3 and said.err == ""
    assert main(["check", "W=[[.1,.5],[-.3,.8]]; x=[.2,.4]; f=sum((W@x)**2)"]) == 0
    assert main(["check", "f = step**2", "step=3", "--step", "1e-4"]) == 0


def test_command_exits_with_1_when_wrong(capsys):
    assert main(["check", "f = log(x)", "x=0"]) == 1
    said = capsys.readouterr()
    assert "not finite" in said.out and "disagree" in said.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["f = x^2", "x=1"], r"\*\*"),
        (["f = x * y", "x=1"], "no value is given for y"),
        (["f = x", "x=1", "--step", "2"], "--step"),
        (["nowhere.py:f", "x=1"], "no file"),
        (["LOSS.py:los", "x=1"], "did you mean 'loss'"),
        (["LOSS.py:loss", "y=1"], "no parameter 'y'"),
        (["LOSS.py:loss"], "no value is given for w"),
        (["LOSS.py:fails", "x=1"], "stopped with ZeroDivisionError"),
        (["LOSS.py:text", "x=1"], "returned 'a'"),
        (["BROKEN.py:f", "x=1"], "cannot be run: SyntaxError"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_command_exits_with_2_at_a_mistake(words, said, tmp_path, capsys):
    files(tmp_path)
    words = [str(tmp_path / word) if ".py" in word else word for word in words]
    assert main(["check", *words]) == 2
    error = capsys.readouterr().err
    assert re.search(said, error) and "Traceback" not in error


def files(folder):
    (folder / "beside.py").write_text("TWO = 2.0\n")
    (folder / "LOSS.py").write_text(
        "import numpy as np\nfrom beside import TWO\n"
        "def loss(w, b=3.0, x=1.0):\n    return np.sum(w * x) ** TWO + b\n"
        "def fails(x):\n    return 1 / 0\n"
        "def text(x):\n    return 'a'\n"
    )
    (folder / "BROKEN.py").write_text("def f(:\n")


def test_command_checks_a_function_of_a_file(tmp_path, capsys):
    files(tmp_path)
    assert main(["check", f"{tmp_path / 'LOSS.py'}:loss", "w=[0.1,0.2]", "x=3"]) == 0
    rows = dict(row.split()[:2] for row in capsys.readouterr().out.strip().split("\n")[1:])
    assert len(rows) == 3 and (float(rows["b"]), float(rows["x"])) == (1, pytest.approx(0.54))
