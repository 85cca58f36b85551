"""Products of vectors, matrices and stacks of them, and linear algebra."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphtutor.engine.numpy_api.joining import stack
from graphtutor.engine.numpy_api.moving import diagonal, moveaxis, ravel, reshape, swapaxes, transpose
from graphtutor.engine.numpy_api.reducing import SUM, maximum, minimum
from graphtutor.engine.numpy_api.table import apply_gate, array, implements, refused
from graphtutor.engine.value import Value


@implements("dot")
def dot(a: Any, b: Any) -> Any:
    return apply_gate("dot", a, b)


@implements("vdot")
def vdot(a: Any, b: Any) -> Any:
    return dot(ravel(a), ravel(b))


@implements("inner")
def inner(a: Any, b: Any) -> Any:
    if not np.ndim(a) or not np.ndim(b):
        return a * b
    return tensordot(a, b, ([-1], [-1]))


@implements("outer", "linalg.outer")
def outer(a: Any, b: Any) -> Any:
    return reshape(array(a), (-1, 1)) * reshape(array(b), (1, -1))


@implements("kron")
def kron(a: Any, b: Any) -> Any:
    a, b = array(a), array(b)
    rank = max(a.ndim, b.ndim)
    left = (*(1,) * (rank - a.ndim), *a.shape)
    right = (*(1,) * (rank - b.ndim), *b.shape)
    wide = reshape(a, [n for pair in zip(left, (1,) * rank, strict=True) for n in pair])
    tall = reshape(b, [n for pair in zip((1,) * rank, right, strict=True) for n in pair])
    return reshape(wide * tall, [m * n for m, n in zip(left, right, strict=True)])


@implements("tensordot", "linalg.tensordot")
def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    a, b = array(a), array(b)
    if isinstance(axes, int | np.integer):
        axes = (list(range(a.ndim - axes, a.ndim)), list(range(axes)))
    left, right = ([int(n) % r for n in np.atleast_1d(ax)] for ax, r in zip(axes, (a.ndim, b.ndim), strict=True))
    stay_a = [n for n in range(a.ndim) if n not in left]
    stay_b = [n for n in range(b.ndim) if n not in right]
    if [a.shape[n] for n in left] != [b.shape[n] for n in right]:
        raise ValueError(f"tensordot cannot sum the shapes {a.shape} and {b.shape} over the axes {left} and {right}")
    length = int(np.prod([a.shape[n] for n in left], dtype=int))
    rows = int(np.prod([a.shape[n] for n in stay_a], dtype=int))
    columns = int(np.prod([b.shape[n] for n in stay_b], dtype=int))
    matrix = apply_gate(
        "matmul",
        reshape(transpose(a, stay_a + left), (rows, length)),
        reshape(transpose(b, right + stay_b), (length, columns)),
    )
    return reshape(matrix, [a.shape[n] for n in stay_a] + [b.shape[n] for n in stay_b])


@implements("cross")
def cross(a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: Any = None) -> Any:
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = (moveaxis(array(x), at, -1) for x, at in ((a, axisa), (b, axisb)))
    if a.shape[-1] != 3 or b.shape[-1] != 3:
        raise refused("cross of vectors that do not have three elements")
    parts = [a[..., i] * b[..., j] - a[..., j] * b[..., i] for i, j in ((1, 2), (2, 0), (0, 1))]
    return moveaxis(stack(parts, -1), -1, axisc)


@implements("matvec")
def matvec(a: Any, b: Any, /) -> Any:
    return (array(a) @ array(b)[..., None])[..., 0]


@implements("vecmat")
def vecmat(a: Any, b: Any, /) -> Any:
    return (array(a)[..., None, :] @ array(b))[..., 0, :]


@implements("vecdot", "linalg.vecdot")
def vecdot(a: Any, b: Any, /, *, axis: int = -1) -> Any:
    return SUM(a * b, axis=axis)


@implements("trace")
def trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    return SUM(diagonal(a, offset, axis1, axis2), axis=-1)


@implements("linalg.trace")
def last_trace(x: Any, /, *, offset: int = 0) -> Any:
    return trace(x, offset, -2, -1)


@implements("linalg.matmul")
def matmul(a: Any, b: Any, /) -> Any:
    return apply_gate("matmul", a, b)


@implements("linalg.multi_dot")
def multi_dot(arrays: Any) -> Any:
    first, *rest = arrays
    for factor in rest:
        first = dot(first, factor)
    return first


@implements("linalg.matrix_power")
def matrix_power(a: Any, n: int) -> Any:
    if n < 0:
        return matrix_power(inverse(a), -n)
    power = np.eye(a.shape[-1]) + 0 * a if n == 0 else a
    for _ in range(n - 1):
        power = power @ a
    return power


@implements("linalg.norm")
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    x = array(x)
    axes = tuple(np.atleast_1d(axis)) if axis is not None else tuple(range(x.ndim))
    matrix = len(axes) == 2 and ord is not None
    if ord is None or (matrix and ord == "fro"):
        return apply_gate("sqrt", SUM(apply_gate("square", x), axis=axis, keepdims=keepdims))
    if matrix and ord in (1, np.inf, -1, -np.inf):
        along = axes[0] if abs(ord) == 1 else axes[1]
        extreme = maximum if ord > 0 else minimum
        whole = extreme(SUM(abs(x), axis=int(along), keepdims=True), axis=axes, keepdims=True)
        return (
            whole
            if keepdims
            else reshape(whole, [n for a, n in enumerate(x.shape) if a not in {b % x.ndim for b in axes}])
        )
    if len(axes) != 1 or isinstance(ord, str) or ord == 0:
        raise refused(f"linalg.norm with ord={ord!r}")
    return _vector_norm(x, ord, axis, keepdims)


def _vector_norm(x: Any, ord: float, axis: Any, keepdims: bool) -> Any:
    if abs(ord) == np.inf:
        return (maximum if ord > 0 else minimum)(abs(x), axis=axis, keepdims=keepdims)
    if ord == 1:
        return SUM(abs(x), axis=axis, keepdims=keepdims)
    if ord == 2:
        return apply_gate("sqrt", SUM(apply_gate("square", x), axis=axis, keepdims=keepdims))
    return SUM(abs(x) ** ord, axis=axis, keepdims=keepdims) ** (1 / ord)


@implements("linalg.vector_norm")
def vector_norm(x: Any, /, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Any:
    return _vector_norm(array(x), ord, axis, keepdims)


@implements("linalg.matrix_norm")
def matrix_norm(x: Any, /, *, keepdims: bool = False, ord: Any = "fro") -> Any:
    return norm(x, ord, (-2, -1), keepdims)


@implements("linalg.inv")
def inverse(a: Any) -> Any:
    return apply_gate("inv", a)


@implements("linalg.det")
def det(a: Any) -> Any:
    return apply_gate("det", a)


@implements("linalg.slogdet")
def slogdet(a: Any) -> tuple[Any, Any]:
    return np.linalg.slogdet(a._data)[0], apply_gate("logabsdet", a)


@implements("linalg.solve")
def solve(a: Any, b: Any) -> Any:
    return apply_gate("solve", a, b)


@implements("linalg.cholesky")
def cholesky(a: Any, /, *, upper: bool = False) -> Any:
    lower = apply_gate("cholesky", a)
    return swapaxes(lower, -1, -2) if upper else lower


@implements("linalg.pinv")
def pinv(a: Any, rcond: Any = None, hermitian: bool = False) -> Any:
    if rcond is not None or hermitian or not isinstance(a, Value):
        raise refused("linalg.pinv with such options")
    return apply_gate("pinv", a)
