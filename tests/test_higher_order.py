"""Derivatives of derivatives, and the transforms against differences and known answers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from arrays import close, slopes

import graphtutor as gt

X = np.array([0.4, -0.7, 1.1])
A = np.array([[2.0, 0.5, -0.3], [0.1, 1.5, 0.2], [0.7, -0.4, 1.0]])


def test_derivatives_of_sin_go_around():
    f = np.sin
    for expected in (math.cos(0.3), -math.sin(0.3), -math.cos(0.3), math.sin(0.3)):
        f = gt.grad(f)
        assert f(0.3) == pytest.approx(expected, rel=1e-14)


def test_the_derivative_of_a_power_with_a_number_is_recorded_without_a_choice():
    assert str(gt.trace(gt.grad(lambda x, y: x**3 * y), 2.0, 3.0)[0]) == "f = 1 * y * (3 * x**2)"
    assert "where" in str(gt.trace(gt.grad(lambda x, y: x**y), 2.0, 3.0)[0])
    for power, slope in ((0, 0.0), (1, 1.0), (2, 0.0)):  # of x**power at 0
        assert gt.grad(lambda x, n=power: x**n)(0.0) == slope
    assert gt.grad(gt.grad(lambda x: x**2))(0.0) == 2
    assert gt.grad(gt.grad(lambda x: x**1))(0.0) == 0
    assert list(gt.grad(lambda x: np.sum(gt.grad(lambda z: np.sum(z**2))(x) ** 2))(np.array([0.0, 3.0]))) == [0, 24]


@pytest.mark.parametrize("order", range(1, 6))
def test_derivatives_of_a_power(order):
    f = lambda x: x**5  # noqa: E731
    for _ in range(order):
        f = gt.grad(f)
    assert f(1.3) == pytest.approx(math.factorial(5) / math.factorial(5 - order) * 1.3 ** (5 - order), rel=1e-12)


def test_derivatives_of_tanh_keep_their_closed_form():
    t = math.tanh(0.6)
    third = gt.grad(gt.grad(gt.grad(np.tanh)))
    assert third(0.6) == pytest.approx((1 - t * t) * (6 * t * t - 2), rel=1e-12)


def test_fan_out_in_the_gradient():
    f = lambda x: np.sin(np.sin(x) + np.sin(x))  # noqa: E731
    df = gt.grad(f)
    close(gt.grad(df)(0.8), slopes(df, (0.8,))[0], 1e-9)
    assert gt.grad(gt.grad(lambda x: x))(2.0) == 0
    assert gt.grad(gt.grad(lambda x: 1.0))(2.0) == 0


def test_hessian_of_a_quadratic_form():
    close(gt.hessian(lambda x: x @ A @ x)(X), A + A.T, 1e-14)
    close(gt.hessian(lambda x: np.sum(3 * x))(X), np.zeros((3, 3)))
    assert gt.hessian(lambda x: x**3)(2.0) == 12


ROSENBROCK = lambda x: np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)  # noqa: E731


def test_hessian_of_the_rosenbrock_function():
    a, b, c = X
    expected = [
        [1200 * a * a - 400 * b + 2, -400 * a, 0],
        [-400 * a, 1200 * b * b - 400 * c + 202, -400 * b],
        [0, -400 * b, 200],
    ]
    close(gt.hessian(ROSENBROCK)(X), expected, 1e-12)


SCALARS = {
    "softmax cross entropy": lambda w: gt.softmax_cross_entropy(A @ w, np.array([0.0, 1.0, 0.0])),
    "logistic": lambda w: gt.bce_logits(A @ w, np.array([1.0, 0.0, 1.0])) + 0.1 * np.sum(w**2),
    "network": lambda w: np.sum(np.tanh(A @ np.maximum(A @ w, 0.01 * w)) ** 2),
    "norm": lambda w: np.linalg.norm(w) * np.prod(w),
    "determinant": lambda w: np.linalg.slogdet(A + np.outer(w, w))[1] + np.linalg.det(A * w),
    "solution": lambda w: np.sum(np.linalg.solve(A + np.diag(w), w) ** 2),
    "concatenated": lambda w: np.sum(np.concatenate([w, w**2])[::2] ** 2) + np.stack([w, w * 2]).T[1] @ np.ones(2) ** 2,
    "shapes": lambda w: np.sum(np.reshape(np.outer(w, w**2), (9, 1)).T @ np.arange(9.0)) + np.sum(w[[0, 0, 2]] ** 3),
    "statistics": lambda w: np.var(w) * np.mean(w) + np.std(np.exp(w)) + np.max(w) * np.min(w),
    "sorted": lambda w: np.sort(w) @ np.array([1.0, 2.0, 3.0]) * np.sum(w) + np.cumsum(w)[1] ** 3,
    "information": lambda w: gt.entropy(gt.softmax(w)) + gt.kl(gt.softmax(w), np.array([0.2, 0.3, 0.5])),
}


@pytest.mark.parametrize("name", SCALARS)
def test_hessian_is_symmetric_and_the_slope_of_the_gradient(name):
    f = SCALARS[name]
    hessian = gt.hessian(f)(X)
    close(hessian, hessian.T, 1e-12)
    for i in range(3):
        close(hessian[i], slopes(lambda x, i=i: gt.grad(f)(x)[i], (X,))[0])


@pytest.mark.parametrize("name", SCALARS)
def test_forward_mode_agrees_with_the_hessian_and_the_gradient(name):
    f = SCALARS[name]
    way = np.array([0.3, -1.0, 0.5])
    value, slope = gt.jvp(f, (X,), (way,))
    assert value == pytest.approx(float(gt.value_and_grad(f)(X)[0]), rel=1e-14)
    assert slope == pytest.approx(gt.grad(f)(X) @ way, rel=1e-12)
    gradient, along = gt.jvp(gt.grad(f), (X,), (way,))
    close(gradient, gt.grad(f)(X), 1e-14)
    close(along, gt.hessian(f)(X) @ way, 1e-12)


def test_hessian_times_vector_is_the_gradient_of_a_product():
    way = np.array([0.3, -1.0, 0.5])
    product = gt.grad(lambda x: gt.grad(ROSENBROCK)(x) @ way)(X)
    close(product, gt.hessian(ROSENBROCK)(X) @ way, 1e-12)


def test_jacobian_has_the_shape_of_output_then_argument():
    f = lambda x: np.outer(np.sin(x), x[:2])  # noqa: E731
    found = gt.jacobian(f)(X)
    assert found.shape == (3, 2, 3)
    for index in np.ndindex(3, 2):
        close(found[index], slopes(lambda x, index=index: f(x)[index], (X,))[0])
    assert gt.jacobian(lambda x: x**2)(3.0) == 6
    close(gt.jacobian(lambda x: x * X)(3.0), X)
    close(gt.jacobian(np.sum)(A), np.ones((3, 3)))
    both = gt.jacobian(lambda a, b: a * b, (0, 1))(X, A[0])
    close(both[0], np.diag(A[0]))
    close(both[1], np.diag(X))
    assert gt.jacobian(lambda p: p["a"] * X[:1] + p["b"][0])({"a": 2.0, "b": [1.0]})["b"][0].tolist() == [1.0]


def test_jacobian_of_the_jacobian_is_the_third_derivative_of_a_scalar():
    f = lambda x: np.sum(np.exp(x) * x[::-1] ** 2)  # noqa: E731
    third = gt.jacobian(gt.hessian(f))(X)
    assert third.shape == (3, 3, 3)
    for index in np.ndindex(3, 3):
        close(third[index], slopes(lambda x, index=index: gt.hessian(f)(x)[index], (X,))[0], 1e-6)


def test_forward_mode_of_many_arguments_and_outputs():
    f = lambda a, b: np.stack([a * b, a**2])  # noqa: E731
    value, slope = gt.jvp(f, (2.0, 3.0), (1.0, 10.0))
    assert value.tolist() == [6, 4] and slope.tolist() == [23, 4]
    value, slope = gt.jvp(lambda a: 3.0, (2.0,), (1.0,))
    assert (value, slope) == (3, 0)
    value, slope = gt.jvp(lambda p: p["a"] * p["b"], ({"a": 2.0, "b": 3.0},), ({"a": 1.0, "b": 0.0},))
    assert (value, slope) == (6, 3)
    assert gt.jvp(lambda a, b: a, (1.0, X), (2.0, X)) == (1, 2)


def test_inner_derivatives_see_outer_values():
    f = lambda x: x * gt.grad(lambda y: x * y**2)(2.0)  # noqa: E731
    assert f(3.0) == 36
    assert gt.grad(f)(3.0) == 24
    assert gt.grad(gt.grad(f))(3.0) == 8


def test_inner_derivative_is_not_confused_with_the_outer_one():
    """Nested perturbations must stay apart: d/dx [x * d/dy (x + y)] = 1 (Siskind and Pearlmutter)."""
    assert gt.grad(lambda x: x * gt.grad(lambda y: x + y)(1.0))(1.0) == 1
    assert gt.grad(lambda x: gt.grad(lambda y: x * y)(x))(5.0) == 1
    assert gt.grad(lambda x: gt.grad(lambda y: gt.grad(lambda z: x * y * z**2)(y))(x))(1.0) == pytest.approx(8)


def test_mixed_derivatives_commute():
    f = lambda x, y: np.sin(x * y) * y**3  # noqa: E731
    one, other = gt.grad(gt.grad(f, 0), 1)(0.7, 1.2), gt.grad(gt.grad(f, 1), 0)(0.7, 1.2)
    assert one == pytest.approx(other, rel=1e-14)
    assert one == pytest.approx(float(slopes(lambda y: gt.grad(f, 0)(0.7, y), (1.2,))[0]), rel=1e-9)


def test_gradient_descent_inside_a_function_is_differentiated():
    def after(rate):
        w = 3.0
        for _ in range(4):
            w = w - rate * gt.grad(lambda v: (v - 1.0) ** 2)(w)
        return w

    assert gt.grad(after)(0.1) == pytest.approx(2.0 * 4 * (1 - 0.2) ** 3 * -2, rel=1e-12)


def test_value_and_gradient_nest():
    value, (first, second) = gt.value_and_grad(lambda x: gt.value_and_grad(lambda y: y**3)(x)[1] + x)(2.0), (13.0, 0.0)
    assert value == (14.0, 13.0) and (first, second) == (13.0, 0.0)


def test_second_derivatives_at_the_edges_of_a_definition():
    assert gt.grad(gt.grad(gt.relu))(1.0) == 0 and gt.grad(gt.grad(np.abs))(-2.0) == 0
    assert gt.grad(gt.grad(lambda x: x**2))(0.0) == 2
    assert gt.grad(gt.grad(lambda x: x**1))(0.0) == 0
    assert gt.grad(gt.grad(lambda x: gt.xlogy(x, x)))(0.5) == pytest.approx(2)
    assert gt.grad(gt.grad(np.sinc))(0.0) == pytest.approx(-(math.pi**2) / 3)


def test_the_gradient_as_a_graph_is_the_gradient():
    graph, _ = gt.trace(gt.grad(lambda x: np.sum(np.sin(x) * x)), X)
    assert {node.gate.name for node in graph.nodes} >= {"sin", "cos", "mul"}
    close(graph.run(x=X + 1).value(), np.cos(X + 1) * (X + 1) + np.sin(X + 1), 1e-14)


def test_names_tell_what_was_derived():
    def loss(w):
        return w

    assert "loss" in gt.grad(loss).__name__ and "gradient" in (gt.grad(loss).__doc__ or "")


def explained(graph):
    return "\n".join(line for step in graph.run().timeline for line in step.explain().stages)


def test_second_derivatives_are_called_so_and_the_graph_reads_back():
    first = gt.parse("f = x**2*exp(y); x = 3; y = 0").run().backward_graph("x")
    assert first.output_name == "df_dx" and gt.parse(str(first)) == first
    said = explained(first)
    assert "df/dx = " in said and "∂²f/∂y∂x = 6" in said and "∂²f/∂x² = 2" in said  # 2x exp(y), 2 exp(y)
    assert "d(df/dx)/d(df/dx) = 1" in said and "∂(df/dx)/∂" in said
    assert "df_d" not in said and "ddf" not in said
    second = first.run().backward_graph("x")
    assert "∂³f/∂y∂x² = 2" in explained(second) and gt.parse(str(second)) == second


def test_a_derivative_is_called_so_in_its_expansion_too():
    run = gt.parse("f = sigmoid(x); x = 1").run().backward_graph("x").run().expand()
    assert any("∂²f/∂x² = " in step.explain().numbers + step.explain().formula for step in run.timeline)


def test_a_name_that_only_looks_like_a_derivative_is_a_name():
    graph = gt.parse("data_dim = 2*x; x = 3")
    assert "ddata_dim/dx = 1 * 2 = 2" in explained(graph)
    both = gt.parse("f = x*y; x = 3; y = 2").run().backward_graph()
    assert both.output_name == "gradient" and "dgradient/dx" in explained(both)


def test_result_is_a_plain_number_wherever_no_outer_derivative_waits():
    f = lambda x: x * gt.grad(lambda y: x * y**2)(2.0) + gt.jvp(lambda y: x * y, (1.0,), (1.0,))[1]  # noqa: E731
    assert isinstance(gt.grad(f)(3.0), float) and isinstance(gt.value_and_grad(f)(3.0)[0], float)
    assert isinstance(gt.hessian(lambda x: np.sum(gt.jacobian(np.sin)(x) * x))(X), np.ndarray)


def test_forward_mode_inside_a_derivative():
    along = lambda x: gt.jvp(lambda y: x * y**3, (x,), (1.0,))[1]  # noqa: E731  3 x**3
    assert (
        along(2.0) == 24
        and gt.grad(along)(2.0) == pytest.approx(36)
        and gt.grad(gt.grad(along))(2.0) == pytest.approx(36)
    )
