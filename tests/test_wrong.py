"""The whole backward pass by a wrong rule: numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

import graphtutor as gt
from graphtutor.engine.wrong import backward, misconceptions

# f = x*x + x*y at x = 3, y = -2: the contributions to x are 3, 3 and -2, in the order in which they are used
PATHS = gt.parse("f = x*x + x*y").run(x=3, y=-2)
# q = x + y = 3, f = q*z at z = -4: df/dq = -4, df/dz = 3
CHAIN = gt.parse("q = x + y; p = q*z; f = 2*p").run(x=-2, y=5, z=-4)


@pytest.mark.parametrize(
    ("rule", "total"),
    [("fan.last_wins", -2.0), ("fan.first_only", 3.0), ("fan.product", -18.0), ("fan.mean", 4 / 3)],
)
def test_what_is_made_of_parallel_paths(rule, total):
    assert backward(PATHS, rule).grad("x") == pytest.approx(total)
    assert backward(PATHS, rule).grad("y") == PATHS.grad("y") == 3.0


@pytest.mark.parametrize(
    ("rule", "x", "z"),
    [
        ("any.local_only", 1.0, 3.0),  # upstream forgotten
        ("any.upstream_only", 1.0, 1.0),
        ("any.adds_upstream", 0.0, 6.0),  # (1 + 2) + z + 1, (1 + 2) + q
        ("any.divides", -0.125, 1 / 6),  # 1 / 2 / z / 1, 1 / 2 / q
        ("any.sign", 8.0, 6.0),  # the sign turned three times, twice
        ("bp.seed_is_value", 192.0, -144.0),  # f = -24
        ("mul.no_swap", -36.0, 48.0),  # g times one's own value: at f -12, at p -12 * 3 and -12 * -4
    ],
)
def test_rules_along_a_path(rule, x, z):
    found = backward(CHAIN, rule)
    assert found.grad("x") == pytest.approx(x) and found.grad("z") == pytest.approx(z)
    assert found.value() == -24.0 and found.value("q") == 3.0


def test_arrays_go_the_wrong_way_too():
    run = gt.parse("f = sum(relu(W @ x) * y)").run(W=[[1, 2], [3, -4], [1, 1]], x=[1, 2], y=[2, 3, 4])
    off = backward(run, "relu.always_on")  # W @ x = [5, -5, 3]; upstream [2, 3, 4]
    np.testing.assert_allclose(off.grad("W"), np.outer([2, 3, 4], [1, 2]))
    np.testing.assert_allclose(off.grad("y"), [5, 0, 3])
    np.testing.assert_allclose(backward(run, "any.sign").grad("y"), [-5, 0, -3])


def test_a_rule_that_does_not_fit_the_shapes_sends_nan():
    run = gt.parse("f = sum(W @ x)").run(W=[[1, 2], [3, -4], [1, 1]], x=[1, 2])
    bad = [rule for rule in misconceptions() if rule.startswith("matmul.")]
    found = {rule: backward(run, rule) for rule in bad}
    for one in found.values():
        assert one.grad("W").shape == (3, 2) and one.grad("x").shape == (2,)
    assert bad and any(np.isnan(one.grad(name)).all() for one in found.values() for name in "Wx")


@pytest.mark.parametrize("rule", ["mul.no_swap", "fan.last_wins", "mul.as_add", "any.sign", "bp.seed_is_value"])
def test_inside_a_closed_box_the_same_mistake_is_made(rule):
    run = gt.parse("q = x*y*x; f = q*z").run(x=2, y=3, z=5)
    closed = run.collapse("q")
    for name in "xyz" if rule != "any.sign" else "z":
        if rule != "bp.seed_is_value" or name == "z":
            assert backward(closed, rule).grad(name) == pytest.approx(backward(run, rule).grad(name)), name


def test_an_unknown_rule_is_said():
    with pytest.raises(gt.GraphtutorError, match=r"there is no wrong rule 'mul\.noswap'; did you mean 'mul\.no_swap'"):
        backward(CHAIN, "mul.noswap")
