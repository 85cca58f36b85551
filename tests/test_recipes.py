"""Eager arrays by written NumPy source: the first time, later, when it is forgotten; NumPy's warnings meanwhile."""

from __future__ import annotations

import threading
import warnings

import numpy as np
import pytest
from arrays import close, slopes

import graphtutor as gt
from graphtutor.engine import recipes, silence
from graphtutor.engine.value import apply
from graphtutor.gates import Gate, Role, gate

DRAW = np.random.default_rng(3)
M, N, V = DRAW.normal(size=(2, 3)), DRAW.normal(size=(3, 2)), DRAW.normal(size=3)
SQUARE = DRAW.normal(size=(2, 3, 3)) + 3 * np.eye(3)

TIMES = 4
"""The first time a gate computes by its own functions, the second time its recipe is written, then it is only used."""


@pytest.fixture(autouse=True)
def nothing_written_yet():
    recipes._forget()


CASES = {
    "one input": (np.exp, (M,)),
    "two inputs": (lambda x, y: x * y, (M, M + 1)),
    "broadcast to the right": (lambda x, y: x * y, (M, V)),
    "broadcast to the left": (lambda x, y: x / (2 + y**2), (V, M)),
    "a column and a row": (lambda x, y: x - y, (M[:, :1], V)),
    "an array and a number": (lambda x, y: x * y, (M, 1.5)),
    "a number and an array": (lambda x, y: x / y, (1.5, M)),
    "a number used by two arrays": (lambda x, y: x * y + y / x, (M, 1.5)),
    "a plain array on either side": (lambda x: (V - x) * (x + V), (M,)),
    "a plain number on either side": (lambda x: (2 - x) * (x + 3), (M,)),
    "the same value twice": (lambda x: x * x + x, (M,)),
    "a power": (lambda x: x**2 + abs(x) ** 1.5, (M,)),
    "matrices": (np.matmul, (M, N)),
    "a matrix and a vector": (np.matmul, (M, V)),
    "a vector and a matrix": (np.matmul, (V, N)),
    "vectors": (np.matmul, (V, V + 1)),
    "a stack and a matrix": (np.matmul, (SQUARE, N)),
    "a reduction": (lambda x: np.sum(x * x), (M,)),
    "reductions along axes": (lambda x: x.sum(axis=0) * x.mean(axis=0) + x.max(axis=0), (M,)),
    "a reduction that keeps its axis": (lambda x: x / np.sum(np.exp(x), axis=1, keepdims=True), (M,)),
    "softmax": (lambda x: gt.softmax(x, axis=0) * gt.log_softmax(x, axis=1), (M,)),
    "slices": (lambda x: x[1:, ::2] * x[0, 1], (M,)),
    "index arrays": (lambda x: x[:, [0, 0, 2]], (M,)),
    "shapes": (lambda x: np.reshape(x.T, (2, 3)) * x, (M,)),
    "transposed axes": (lambda x: np.transpose(x, (2, 0, 1)) ** 2, (SQUARE,)),
    "parts put together": (lambda x, y: np.concatenate([x, x * y]) * 2, (M, V)),
    "one of two": (lambda x, y: np.where(x > y, x * y, y), (M, V)),
    "a loss": (lambda x: gt.softmax_cross_entropy(x, np.eye(3)[:2]), (M,)),
    "equations": (np.linalg.solve, (SQUARE[0], V)),
    "a stack of equations, one right side": (np.linalg.solve, (SQUARE, N)),
    "one matrix, a stack of right sides": (np.linalg.solve, (SQUARE[0], SQUARE)),
    "an inverse and a determinant": (lambda x: np.linalg.inv(x) * np.linalg.det(x)[:, None, None], (SQUARE,)),
}


@pytest.mark.parametrize("name", CASES)
def test_every_time_the_gradient_is_the_slope_of_the_value(name):
    function, args = CASES[name]
    weights = np.random.default_rng(5).uniform(0.5, 1.5, np.shape(plain(function(*args))))

    def loss(*inputs):
        return np.sum(weights * plain(function(*inputs)))

    measured = slopes(loss, args, 1e-4)
    for time in range(TIMES):
        inputs = [gt.var(f"x{n}", arg) for n, arg in enumerate(args)]
        out = function(*inputs)
        close(out.value, plain(function(*args)), 1e-12)
        np.sum(weights * out).backward()
        for x, slope in zip(inputs, measured, strict=True):
            assert np.shape(x.grad) == np.shape(slope), time
            close(x.grad, slope)
        again = {x.name: np.multiply(x.value, 1.1) for x in inputs}
        rerun = out.graph.run(again)
        close(rerun.value(), plain(function(*again.values())), 1e-12)


def plain(found):
    return found.value if isinstance(found, gt.Value) else found


def test_an_array_may_be_huge_where_the_last_was_not():
    """A recipe knows shapes, never values: nothing of what it was written with comes back."""
    for x in (M, M, M, M * 1e3, -M, np.full((2, 3), np.nan), np.full((2, 3), np.inf), M):
        value = gt.var("x", x)
        out = np.sum(np.maximum(value, 0) * value)
        out.backward()
        with np.errstate(invalid="ignore"):
            expected = np.maximum(x, 0) * x
        np.testing.assert_array_equal(out.value, np.sum(expected))
        np.testing.assert_allclose(value.grad, 2 * np.maximum(x, 0))


def test_backward_again_and_from_elsewhere_starts_from_nothing():
    for _ in range(TIMES):
        x, w = gt.var("x", V), gt.var("w", N)
        h = np.tanh(x @ w)
        loss, other = np.sum(h**2), np.sum(h)
        slope = 1 - np.tanh(V @ N) ** 2
        for _ in range(2):
            loss.backward()
            close(x.grad, N @ (2 * h.value * slope), 1e-12)
            other.backward()
            close(x.grad, N @ slope, 1e-12)
            close(w.grad, np.outer(V, slope), 1e-12)
        loss.backward(accumulate=True)
        close(x.grad, N @ slope + N @ (2 * h.value * slope), 1e-12)


@pytest.mark.parametrize(
    "function",
    [
        lambda x, y: x + y,
        lambda x, y: x - y,
        lambda x, y: x + y + x,
        lambda x, y: np.exp(x) + x + y,
        lambda x, y: (h := np.exp(x)) + y + h,
        lambda x, y: np.reshape(x, (3, 2)).T + y.T.T,
        lambda x, y: np.stack([x, y]),
        lambda x, y: x[:] + y[...],
        lambda x, y: np.broadcast_to(x, (2, 2, 3)) + y,
    ],
)
def test_gradients_and_inputs_share_no_memory(function):
    for _ in range(TIMES):
        x, y = gt.var("x", M), gt.var("y", M)
        out = function(x, y)
        total = np.sum(out)
        total.backward()
        np.testing.assert_array_equal(out.grad, np.ones(out.shape))
        kept = y.grad.copy()
        arrays = [x.grad, y.grad, out.grad, total.grad, x.value, y.value, M]
        x.grad[...] = 77.0
        np.testing.assert_array_equal(y.grad, kept)
        assert not any(np.shares_memory(x.grad, other) for other in arrays[1:])
        assert not np.shares_memory(y.grad, out.grad)


def test_what_does_not_fit_is_said_every_time_and_spoils_nothing():
    for _ in range(TIMES):
        with pytest.raises(gt.GraphtutorError, match=r"\(2, 3\) and \(2,\)"):
            gt.var("x", M) * gt.var("y", M[:, 0])
        with pytest.raises(gt.GraphtutorError, match=r"\(2, 3\) and \(2, 3\)"):
            gt.var("x", M) @ M
        x = gt.var("x", M)
        np.sum(x * M).backward()
        np.testing.assert_array_equal(x.grad, M)


def test_a_gradient_that_no_path_carries_is_zero_where_it_was_looked_for():
    for _ in range(TIMES):
        x, y = gt.var("x", M), gt.var("y", M)
        np.sum(np.where(x > 0, y, 0.0)).backward()
        assert x.grad is None
        np.testing.assert_array_equal(y.grad, M > 0)


@pytest.mark.parametrize("y", [M, 2.0])
def test_an_input_that_gets_nothing_for_these_shapes_has_a_gradient_of_zero(y):
    first = Gate(
        name="first",
        role=Role.ROUTER,
        symbol="first",
        inputs=("x", "y"),
        forward=lambda x, y: x + 0 * y,
        vjp=lambda shapes: ("g", None),
    )
    for _ in range(TIMES):
        inputs = gt.var("x", M), gt.var("y", y)
        np.sum(apply(first, *inputs) * M).backward()
        close(inputs[0].grad, M, 1e-12)
        close(inputs[1].grad, np.zeros(np.shape(y)))


def test_a_condition_does_not_keep_the_gradient_of_an_earlier_pass():
    for _ in range(TIMES):
        c, y = gt.var("c", M > 0), gt.var("y", M)
        np.sum(c * y).backward()
        np.testing.assert_array_equal(c.grad, M)
        np.sum(np.where(c, y, 0.0)).backward()
        assert c.grad is None


def test_recipes_are_forgotten_when_there_are_many_and_written_again(monkeypatch):
    monkeypatch.setattr(recipes, "LIMIT", 5)
    held = recipes.table(gate("tanh"), (True,))
    for size in (*range(1, 12), *range(1, 4)):
        for _ in range(3):
            x = gt.var("x", np.arange(1.0, size + 1))
            np.sum(np.tanh(x) * x).backward()
            t = np.tanh(x.value)
            np.testing.assert_allclose(x.grad, t + x.value * (1 - t**2))
    assert sum(map(len, recipes._tables.values())) <= 6
    assert recipes.table(gate("tanh"), (True,)) is held, "the gate's own function looks into this one"


def test_a_recipe_is_written_the_second_time_and_kept():
    shapes = ((5, 7), (7,))
    kind = gate("hypot")
    assert recipes.recipe(kind, shapes, (True, True), ()) is None
    written = recipes.recipe(kind, shapes, (True, True), ())
    assert written is not None and recipes.recipe(kind, shapes, (True, True), ()) is written
    assert recipes.recipe(kind, shapes, (True, False), ()) is None, "another recipe where only one input is a value"


# NumPy's warnings


def test_warnings_are_off_inside_and_back_afterwards():
    with np.errstate(all="raise"):
        before = np.geterr()
        token = silence.hush(silence.SILENT)
        try:
            assert set(np.geterr().values()) == {"ignore"}
            assert np.isinf(np.float64(1.0) / np.float64(0.0))
        finally:
            silence.restore(token)
        assert np.geterr() == before
        with pytest.raises(FloatingPointError):
            np.float64(1.0) / np.float64(0.0)


def test_silence_nests():
    with np.errstate(all="warn"):
        outer = silence.hush(silence.SILENT)
        inner = silence.hush(silence.SILENT)
        silence.restore(inner)
        assert np.geterr()["divide"] == "ignore"
        silence.restore(outer)
        assert np.geterr()["divide"] == "warn"


def test_silence_in_one_thread_is_not_silence_in_another():
    found = []
    token = silence.hush(silence.SILENT)
    try:
        other = threading.Thread(target=lambda: found.append(np.geterr()["divide"]))
        other.start()
        other.join()
    finally:
        silence.restore(token)
    assert found == ["warn"]


def test_a_numpy_that_keeps_its_settings_elsewhere_is_asked_in_public(monkeypatch):
    class Empty:
        def items(self):
            return ()

        def get(self, _):
            return None

    monkeypatch.setattr(silence, "copy_context", Empty)
    hush, restore, silent = silence._switch()
    with np.errstate(all="raise"):
        before = np.geterr()
        token = hush(silent)
        assert set(np.geterr().values()) == {"ignore"}
        restore(token)
        assert np.geterr() == before


@pytest.mark.parametrize("bad", [0.0, -1.0, np.inf, np.nan])
def test_a_fault_makes_no_noise_and_leaves_the_settings(bad):
    with np.errstate(all="raise"), warnings.catch_warnings():
        warnings.simplefilter("error")
        before = np.geterr()
        for _ in range(TIMES):
            x = gt.var("x", np.array([bad, 2.0]))
            np.sum(np.log(x) / (x - x) * np.exp(x * 1e4)).backward()
            assert not np.isfinite(x.grad).all()
            assert np.geterr() == before


def test_an_interrupted_pass_leaves_settings_and_counts_as_they_were():
    def interrupted(n, ready):
        raise KeyboardInterrupt

    with np.errstate(all="raise"):
        before = np.geterr()
        for _ in range(2):
            x = gt.var("x", V)
            out = np.exp(x)
            total = np.sum(x * out + x)
        known = out._db
        out._db = (interrupted, *known[1:])
        with pytest.raises(KeyboardInterrupt):
            total.backward()
        assert np.geterr() == before
        out._db = known
        total.backward()
        close(x.grad, (1 + V) * np.exp(V) + 1, 1e-12)


def test_an_interrupted_pass_over_numbers_can_be_repeated():
    class Interrupted(float):
        def __mul__(self, other):
            raise KeyboardInterrupt

        __rmul__ = __mul__

    x = gt.var("x", 2.0)
    y = x * 3.0
    total = y * y + y + x
    y._da = Interrupted(3.0)
    with pytest.raises(KeyboardInterrupt):
        total.backward()
    y._da = 3.0
    total.backward()
    assert x.grad == 2 * 9 * 2 + 3 + 1
