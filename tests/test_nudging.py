"""A small change of one number, predicted and actual, against numbers computed by hand; and its plot."""

from __future__ import annotations

import pytest

from graphtutor.explain import written
from graphtutor.explain.nudging import curve, nudge
from graphtutor.expr import parse
from graphtutor.tui.nudge_card import enough
from graphtutor.tui.plot import Plot


@pytest.mark.parametrize(("epsilon", "actual"), [(0.5, 3.25), (-0.5, -2.75)])
def test_a_nudge_either_way_predicts_the_slope_and_misses_the_square(epsilon: float, actual: float) -> None:
    found = nudge(parse("f = x*x").run(x=3), "x", (), epsilon)
    assert (found.predicted, found.actual, found.difference) == (6 * epsilon, actual, 0.25)
    assert found.bends == () and found.corners == ()


def test_corners_on_the_way_and_underfoot_are_named() -> None:
    graph = parse("f = relu(x)")
    assert nudge(graph.run(x=-0.5), "x", (), 1.0).bends == ("f",)
    assert nudge(graph.run(x=0), "x", (), 1.0).corners == ("f",)
    assert nudge(graph.run(x=2), "x", (), 1.0).bends == ()


def test_a_curve_passes_through_the_values() -> None:
    assert curve(parse("f = x*x").run(x=1), "x", (), -1, 1, 3) == [(-1, 1), (0, 0), (1, 1)]


def test_a_plot_draws_a_diagonal_and_leaves_out_what_is_not_finite() -> None:
    plot = Plot(2, 1, (0, 1), (0, 1))
    plot.curve([(0, 0), (1, 1)], "red")
    assert [line.plain for line in plot.lines()] == ["⡠⠊"]
    empty = Plot(2, 1, (0, 1), (0, 1))
    empty.curve([(0, 0), (1, float("nan"))], "red")
    empty.mark((1, 0), "●", "red")
    empty.mark((5, 0), "◆", "red")
    assert [line.plain for line in empty.lines()] == [" ●"]


@pytest.mark.parametrize("before", [0.7310585786, -12345.678, 1e-9, 0.0])
@pytest.mark.parametrize("change", [1.0, -1e-3, 1e-6, 2.5e-8])
def test_the_digits_that_are_written_show_the_difference(before: float, change: float) -> None:
    digits = enough(before, before + change)
    apart = float(written(before + change, digits)) - float(written(before, digits))
    assert apart == pytest.approx(change, rel=2e-3, abs=2e-15 * abs(before))


def test_equal_and_infinite_numbers_take_four_digits() -> None:
    assert enough(2.0, 2.0) == enough(1.0, float("inf")) == enough(float("nan"), 1.0) == 4
