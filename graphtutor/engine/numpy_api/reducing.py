"""Functions that make fewer numbers of many: sums and means, extremes, variances; and running sums."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from graphtutor.engine.numpy_api.moving import concatenate, ravel, reshape, swapaxes
from graphtutor.engine.numpy_api.table import TABLE, Implementation, apply_gate, array, implements, refused
from graphtutor.engine.value import Value


def _reducer(name: str) -> Implementation:
    def reduce(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False) -> Any:
        if out is not None:
            raise refused(f"{name} with out=")
        return apply_gate(name, array(a), axis=tuple(axis) if isinstance(axis, list) else axis, keepdims=bool(keepdims))

    return reduce


SUM, MEAN, PROD = (_reducer(name) for name in ("sum", "mean", "prod"))
TABLE.update({np.sum: SUM, np.mean: MEAN, np.prod: PROD})


@implements("max", "amax")
def maximum(a: Any, axis: Any = None, out: Any = None, keepdims: bool = False) -> Any:
    return _reducer("max")(a, axis, None, out, keepdims)


@implements("min", "amin")
def minimum(a: Any, axis: Any = None, out: Any = None, keepdims: bool = False) -> Any:
    return _reducer("min")(a, axis, None, out, keepdims)


@implements("ptp")
def ptp(a: Any, axis: Any = None, out: Any = None, keepdims: bool = False) -> Any:
    return maximum(a, axis, out, keepdims) - minimum(a, axis, out, keepdims)


@implements("var")
def var(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: float = 0,
    keepdims: bool = False,
    *,
    correction: Any = None,
) -> Any:
    error = a - MEAN(a, axis=axis, keepdims=True)
    total = SUM(apply_gate("square", error), axis=axis, keepdims=keepdims)
    number = a.size / max(1, total.size)
    return total / (number - (ddof if correction is None else correction))


@implements("std")
def std(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: float = 0,
    keepdims: bool = False,
    *,
    correction: Any = None,
) -> Any:
    variance = var(a, axis, ddof=ddof, keepdims=keepdims, correction=correction)
    if a.size == variance.size:  # of one number each: zero whatever it is, and so flat, where sqrt has no slope
        return variance
    return apply_gate("sqrt", variance)


@implements("average")
def average(a: Any, axis: Any = None, weights: Any = None, returned: bool = False, *, keepdims: bool = False) -> Any:
    a = array(a)
    if returned:
        raise refused("average with returned=True")
    if weights is None:
        return MEAN(a, axis=axis, keepdims=keepdims)
    weights = array(weights)
    if weights.shape != a.shape and weights.ndim == 1 and isinstance(axis, int):
        weights = reshape(weights, [-1 if n == axis % a.ndim else 1 for n in range(a.ndim)])
        weights = weights + np.zeros(a.shape)
    return SUM(a * weights, axis=axis, keepdims=keepdims) / SUM(weights, axis=axis, keepdims=keepdims)


@implements("cumsum")
def cumsum(a: Any, axis: Any = None, dtype: Any = None) -> Any:
    if axis is None:
        a, axis = ravel(a), 0
    return _along(a, axis, partial(np.cumsum, axis=-1))


def _along(a: Any, axis: int, linear: Callable[..., Any], *more: Any) -> Any:
    """Record a linear function of the numbers along an axis: its matrix is what it makes of the unit vectors."""
    moved = swapaxes(a, axis, -1)
    return swapaxes(apply_gate("matmul", moved, linear(np.eye(moved.shape[-1]), *more)), axis, -1)


@implements("gradient")
def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    f = array(f)
    if any(isinstance(distance, Value) for distance in varargs):
        raise refused("gradient with distances to differentiate by")
    axes = tuple(range(f.ndim)) if axis is None else tuple(int(n) for n in np.atleast_1d(axis))
    if len(varargs) not in (0, 1, len(axes)):
        raise ValueError(f"gradient along {len(axes)} axes takes as many distances, or one; here are {len(varargs)}")
    distances = varargs * len(axes) if len(varargs) == 1 else varargs or (1.0,) * len(axes)
    differences: Any = partial(np.gradient, axis=-1, edge_order=edge_order)
    slopes = [_along(f, along, differences, distance) for along, distance in zip(axes, distances, strict=True)]
    return slopes[0] if len(axes) == 1 else tuple(slopes)


@implements("cumprod")
def cumprod(a: Any, axis: Any = None, dtype: Any = None) -> Any:
    if axis is None:
        a, axis = ravel(a), 0
    moved = swapaxes(a, axis, -1)
    length = moved.shape[-1]
    rows = reshape(moved, (*moved.shape[:-1], 1, length))
    heads = apply_gate("where", np.tril(np.ones((length, length))), rows, 1.0)
    return swapaxes(PROD(heads, axis=-1), axis, -1)


@implements("diff")
def diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Any:
    a = array(a)
    ends = [end if end is None else _end(end, a, axis) for end in (prepend, append)]
    parts = [part for part in (ends[0], a, ends[1]) if part is not None]
    if len(parts) > 1:
        a = concatenate(parts, axis)
    lead = (slice(None),) * (axis % a.ndim)
    for _ in range(n):
        a = a[(*lead, slice(1, None))] - a[(*lead, slice(None, -1))]
    return a


def _end(end: Any, a: Any, axis: int) -> Any:
    end = array(end)
    return end if end.ndim else end + np.zeros([1 if n == axis % a.ndim else size for n, size in enumerate(a.shape)])


@implements("trapezoid", "trapz")
def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    lead = (slice(None),) * (axis % y.ndim)
    width = dx if x is None else diff(x, axis=axis if np.ndim(x) > 1 else -1)
    if x is not None and np.ndim(x) == 1:
        width = reshape(width, [-1 if n == axis % y.ndim else 1 for n in range(y.ndim)])
    return SUM((y[(*lead, slice(1, None))] + y[(*lead, slice(None, -1))]) * width, axis=axis) / 2
