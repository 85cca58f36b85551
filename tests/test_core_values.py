"""Values that compute eagerly, and the run behind them: the interface for programmers."""

from __future__ import annotations

import math
import operator

import numpy as np
import pytest

import graphtutor as gt
from graphtutor.errors import InputError


def test_readme_example():
    graph = gt.parse("f = (x + y) * z")
    run = graph.run(x=-2, y=5, z=-4)
    assert (run.value("f"), run.grad("x"), run.grad("y"), run.grad("z")) == (-12.0, -4.0, -4.0, 3.0)
    assert run.inputs == {"x": -2.0, "y": 5.0, "z": -4.0}
    assert str(graph) == "f = (x + y) * z"
    assert [step.kind for step in run.timeline] == ["computed"] * 2 + ["seeded"] + ["sent"] * 4
    assert "switcher" in str(run.timeline[3]) and "교환기" in run.timeline[3].explain(lang="ko").text


def test_values_are_floats_and_gradients_start_at_none():
    x, y = gt.var("x", 2), gt.var("y", 3)
    f = x * y + x
    assert (f.value, type(f.value), x.grad, f.grad) == (8.0, float, None, None)
    f.backward()
    assert (x.grad, y.grad, f.grad) == (4.0, 2.0, 1.0)
    assert f.graph.run(x=1.0, y=2.0).value() == 3.0


@pytest.mark.parametrize(
    ("operation", "text"),
    [
        (operator.add, "{} + {}"),
        (operator.sub, "{} - {}"),
        (operator.mul, "{} * {}"),
        (operator.truediv, "{} / {}"),
        (operator.pow, "{} ** {}"),
        (operator.gt, "{} > {}"),
        (operator.le, "{} <= {}"),
    ],
)
def test_operators_take_numbers_on_either_side(operation, text):
    for left, right in ((gt.var("x", 3), 2), (3, gt.var("x", 2)), (np.float64(3), gt.var("x", 2))):
        assert operation(left, right).value == float(operation(3.0, 2.0)), text


@pytest.mark.parametrize(
    ("ufunc", "arguments"),
    [
        (np.exp, (0.5,)),
        (np.log, (0.5,)),
        (np.sqrt, (0.5,)),
        (np.sin, (0.5,)),
        (np.tanh, (0.5,)),
        (np.square, (0.5,)),
        (np.negative, (0.5,)),
        (np.absolute, (-0.5,)),
        (np.maximum, (0.5, 2.0)),
        (np.minimum, (0.5, 2.0)),
        (np.add, (0.5, 2.0)),
        (np.multiply, (0.5, 2.0)),
        (np.power, (0.5, 2.0)),
    ],
)
def test_functions_of_numpy_are_recorded(ufunc, arguments):
    values = [gt.var(f"x{i}", argument) for i, argument in enumerate(arguments)]
    made = ufunc(*values)
    assert isinstance(made, gt.Value) and made.value == pytest.approx(float(ufunc(*arguments)), rel=1e-15)
    h = 1e-6
    slope = (ufunc(arguments[0] + h, *arguments[1:]) - ufunc(arguments[0] - h, *arguments[1:])) / (2 * h)
    made.backward()
    assert values[0].grad == pytest.approx(slope, rel=1e-6, abs=1e-9)


def test_functions_of_numpy_without_a_gate_are_refused():
    with pytest.raises(InputError, match="nextafter"):
        np.nextafter(gt.var("x", 1), 2.0)
    with pytest.raises(InputError, match=r"subtract\.reduce"):
        np.subtract.reduce(gt.var("x", [1, 2]))


def test_accumulation_is_asked_for():
    x = gt.var("x", 3.0)
    (x * x).backward()
    (x * 2).backward()
    assert x.grad == 2.0
    (x * x).backward(accumulate=True)
    assert x.grad == 8.0


def test_python_can_branch_on_a_value():
    x = gt.var("x", 3.0)
    with pytest.warns(UserWarning, match="keeps the branch that was taken"):
        assert bool(x > 2) is True
    with pytest.warns(UserWarning, match="where"):
        assert bool(x < 2) is False
    assert float(x) == 3.0


@pytest.mark.parametrize("bad", [None, "abc", object(), [1, [2]], 1j, {}])
def test_what_is_no_number_is_refused(bad):
    with pytest.raises(InputError):
        gt.var("x", bad)
    with pytest.raises(InputError, match="'x'"):
        gt.parse("f = x").run(x=bad)


def test_two_variables_with_one_name_are_refused():
    with pytest.raises(InputError, match="two inputs are called 'x'"):
        _ = (gt.var("x", 1) + gt.var("x", 2)).graph
    with pytest.raises(InputError, match="cannot be a name"):
        gt.var("2x", 1)


@pytest.mark.parametrize("name", ["nothing", "_hidden", "numpy"])
def test_the_package_has_only_its_vocabulary(name):
    with pytest.raises(AttributeError):
        getattr(gt, name)
    assert "sigmoid" in dir(gt) and "parse" in dir(gt)


def test_a_function_counts_its_inputs():
    with pytest.raises(TypeError, match="exp"):
        gt.exp(1, 2)


def test_unknown_names_of_a_run():
    run = gt.parse("total = x + 1").run(x=1)
    with pytest.raises(InputError, match="did you mean 'total'"):
        run.value("totl")
    assert run.value("n0") == run.value("x") == 1.0
    assert run.value("add1") == 2.0 if "add1" in {n.key for n in run.graph.nodes} else run.value("total") == 2.0


def test_the_graph_holds_no_numbers_of_a_run():
    graph = gt.parse("f = x * y; y = 2")
    first, second = graph.run(x=1), graph.run(x=5, y=3)
    assert (first.value(), second.value(), first.value()) == (2.0, 15.0, 2.0)
    assert (first.grad("x"), second.grad("x")) == (2.0, 3.0)


def test_naming_a_value_shows_in_its_graph():
    x = gt.var("x", 1.0)
    q = x + 1
    q.name = "q"
    f = q * q
    f.name = "loss"
    assert str(f.graph) == "q = x + 1; loss = q * q"
    assert f.graph.output_name == "loss"
    q.name = "x"
    assert f.graph.run(x=2).value() == 9.0
    assert gt.parse(str(f.graph)) == f.graph


def test_a_value_may_be_nan_without_noise():
    made = gt.log(gt.var("x", -1.0))
    made.backward()
    assert math.isnan(made.value)


def test_what_a_gate_without_a_value_sends_back_is_said_to_be_undefined_too() -> None:
    run = gt.parse("f = log(x) + y").run(x=-1, y=2)
    sent = next(step for step in run.timeline if step.explain().formula.startswith("df/dx"))
    assert "needs x > 0, and x = -1" in sent.explain().text
