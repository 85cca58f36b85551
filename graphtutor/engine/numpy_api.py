"""NumPy's functions on values: each records the gates it is made of. What is not here is refused by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from graphtutor.engine.value import ARRAY_METHODS, Value, apply, function, recording, ufuncs
from graphtutor.errors import InputError
from graphtutor.gates import functions, gate

Implementation = Callable[..., Any]

TABLE: dict[Any, Implementation] = {}
"""What each supported NumPy function does with values."""

def implements(*functions: Any) -> Callable[[Implementation], Implementation]:
    """Enter the decorated function into the table for these NumPy functions."""

    def enter(implementation: Implementation) -> Implementation:
        for function in functions:
            TABLE[function] = implementation
        return implementation

    return enter


def call_ufunc(ufunc: Any, method: str, inputs: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """Record a ufunc, or its `reduce` and `outer`. Raise `InputError` for one that has no gate."""
    if options.get("out") is not None:
        raise InputError(f"numpy.{ufunc.__name__} with `out=` cannot be traced; write the result to a new name")
    if method == "reduce" and ufunc in _REDUCE:
        return TABLE[_REDUCE[ufunc]](*inputs, **{"axis": 0, **{k: v for k, v in options.items() if v is not None or k == "axis"}})
    if method == "outer":
        first, second = (x if isinstance(x, Value) else np.asarray(x) for x in inputs)
        wide = reshape(first, (*np.shape(first), *(1,) * np.ndim(second)))
        return call_ufunc(ufunc, "__call__", (wide, second), options)
    if method == "__call__" and not (set(options) - {"out"}):
        if ufunc in ufuncs():
            return recording(ufuncs()[ufunc]).call(*inputs)
        if ufunc in TABLE:
            return TABLE[ufunc](*inputs)
    raise refused(ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}.{method}")


def call_function(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Record any other NumPy function. Raise `InputError` for one that is not in the table."""
    known = TABLE.get(func)
    if known is None:
        raise refused(f"{getattr(func, '__module__', 'numpy').removeprefix('numpy.')}.{func.__name__}".removeprefix("numpy."))
    return known(*args, **{name: value for name, value in kwargs.items() if value is not np._NoValue})


def refused(name: str) -> InputError:
    """Return the error for a NumPy function that cannot be traced."""
    return InputError(f"numpy.{name} cannot be traced: graphtutor has no gate for it; write it with functions it has")


def method(value: Value, name: str) -> Any:
    """Return an array method of a value; `AttributeError` when there is none."""
    if name in ARRAY_METHODS:
        known = TABLE.get(getattr(np, {"flatten": "ravel", "item": "asarray"}.get(name, name), None))
        if name in ("astype", "copy"):
            return lambda *_, **__: value
        if name in ("tolist", "item"):
            return getattr(np.asarray(value._data), name)
        if name == "reshape":
            return lambda *shape, **options: reshape(value, shape[0] if len(shape) == 1 else shape, **options)
        if name == "transpose":
            return lambda *axes: transpose(value, axes[0] if len(axes) == 1 else axes or None)
        if known is not None:
            return lambda *args, **options: known(value, *args, **options)
        found = getattr(np, name, None)
        if found is not None:
            return lambda *args, **options: found(np.asarray(value._data), *args, **options)
    if name in functions() and len(functions()[name]) == 1:
        return lambda *args, **options: function(name)(value, *args, **options)
    raise AttributeError(f"a graphtutor value has no attribute {name!r}")


def data(value: Any) -> Any:
    """Return the numbers of a value, or of nested sequences of values."""
    if isinstance(value, Value):
        return value._data
    if isinstance(value, list | tuple):
        return type(value)(data(part) for part in value)
    return value


def _reducer(name: str) -> Implementation:
    kind = gate(name)

    def reduce(x: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False, **rest: Any) -> Value:
        if out is not None or set(rest) - {"where", "initial"} or any(v is not np._NoValue for v in rest.values()):
            raise refused(f"{name} with {', '.join(rest) or 'out'}")
        if not isinstance(x, Value):
            x = array(x)
        return apply(kind, x, axis=tuple(axis) if isinstance(axis, list) else axis, keepdims=bool(keepdims))

    return reduce


SUM, MEAN, PROD, MAX, MIN = (_reducer(name) for name in ("sum", "mean", "prod", "max", "min"))
TABLE.update({np.sum: SUM, np.mean: MEAN, np.prod: PROD, np.max: MAX, np.min: MIN, np.amax: MAX, np.amin: MIN})
_REDUCE = {np.add: np.sum, np.multiply: np.prod, np.maximum: np.max, np.minimum: np.min}

where_, concat_, stack_ = function("where"), gate("concat"), gate("stack")


@implements(np.array, np.asarray)
def array(x: Any, *_: Any, **__: Any) -> Any:
    """Make one value of nested lists of values and numbers."""
    if isinstance(x, Value):
        return x
    if isinstance(x, list | tuple) and _holds_value(x):
        return apply(stack_, *(array(part) for part in x), axis=0)
    return np.asarray(x, dtype=np.float64)


def _holds_value(x: Any) -> bool:
    return isinstance(x, Value) or (isinstance(x, list | tuple) and any(_holds_value(part) for part in x))


@implements(np.reshape)
def reshape(x: Any, shape: Any = None, order: str = "C", *, newshape: Any = None, copy: Any = None) -> Any:
    shape = newshape if shape is None else shape
    shape = (shape,) if isinstance(shape, int | np.integer) else tuple(int(n) for n in shape)
    if order not in ("C", "A"):
        if order != "F":
            raise refused(f"reshape with order={order!r}")
        return transpose(reshape(transpose(x), shape[::-1]))
    if not isinstance(x, Value):
        return np.reshape(x, shape)
    return apply(gate("reshape"), x, shape=tuple(np.empty(x.shape).reshape(shape).shape))


@implements(np.transpose, np.permute_dims)
def transpose(a: Any, axes: Any = None) -> Any:
    if not isinstance(a, Value):
        return np.transpose(a, axes)
    return apply(gate("transpose"), a, axes=None if axes is None else tuple(int(n) for n in axes))


@implements(np.ravel)
def ravel(a: Any, order: str = "C") -> Any:
    return reshape(a, (-1,), order)


@implements(np.swapaxes)
def swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    order = list(range(np.ndim(a)))
    order[axis1], order[axis2] = order[axis2], order[axis1]
    return transpose(a, order)


@implements(np.matrix_transpose)
def matrix_transpose(x: Any, /) -> Any:
    return swapaxes(x, -1, -2)


@implements(np.moveaxis)
def moveaxis(a: Any, source: Any, destination: Any) -> Any:
    return transpose(a, np.moveaxis(np.empty([*range(np.ndim(a))]), source, destination).shape)


@implements(np.rollaxis)
def rollaxis(a: Any, axis: int, start: int = 0) -> Any:
    return transpose(a, np.rollaxis(np.empty([*range(np.ndim(a))]), axis, start).shape)


@implements(np.expand_dims)
def expand_dims(a: Any, axis: Any) -> Any:
    return reshape(a, np.expand_dims(np.empty(np.shape(a)), axis).shape)


@implements(np.squeeze)
def squeeze(a: Any, axis: Any = None) -> Any:
    return reshape(a, np.squeeze(np.empty(np.shape(a)), axis).shape)


@implements(np.atleast_1d)
def atleast_1d(*xs: Any) -> Any:
    return _each(np.atleast_1d, xs)


@implements(np.atleast_2d)
def atleast_2d(*xs: Any) -> Any:
    return _each(np.atleast_2d, xs)


@implements(np.atleast_3d)
def atleast_3d(*xs: Any) -> Any:
    return _each(np.atleast_3d, xs)


def _each(shaper: Callable[..., Any], xs: tuple[Any, ...]) -> Any:
    done = [reshape(array(x), shaper(np.empty(np.shape(data(x)))).shape) for x in xs]
    return done[0] if len(done) == 1 else done


def _picked(x: Any, pick: Callable[[Any], Any]) -> Value:
    """Record a function that only moves elements: find out where each comes from, and index."""
    x = array(x)
    origin = pick(np.arange(x.size).reshape(x.shape))
    return apply(gate("index"), reshape(x, (-1,)), index=origin)


@implements(np.flip)
def flip(m: Any, axis: Any = None) -> Any:
    return _picked(m, lambda a: np.flip(a, axis))


@implements(np.flipud)
def flipud(m: Any) -> Any:
    return _picked(m, np.flipud)


@implements(np.fliplr)
def fliplr(m: Any) -> Any:
    return _picked(m, np.fliplr)


@implements(np.rot90)
def rot90(m: Any, k: int = 1, axes: Any = (0, 1)) -> Any:
    return _picked(m, lambda a: np.rot90(a, k, axes))


@implements(np.roll)
def roll(a: Any, shift: Any, axis: Any = None) -> Any:
    return _picked(a, lambda x: np.roll(x, shift, axis))


@implements(np.repeat)
def repeat(a: Any, repeats: Any, axis: Any = None) -> Any:
    return _picked(a, lambda x: np.repeat(x, repeats, axis))


@implements(np.tile)
def tile(A: Any, reps: Any) -> Any:  # noqa: N803
    return _picked(A, lambda x: np.tile(x, reps))


@implements(np.take)
def take(a: Any, indices: Any, axis: Any = None, out: Any = None, mode: str = "raise") -> Any:
    return _picked(a, lambda x: np.take(x, np.asarray(data(indices)), axis, mode=mode))


@implements(np.take_along_axis)
def take_along_axis(arr: Any, indices: Any, axis: Any) -> Any:
    return _picked(arr, lambda x: np.take_along_axis(x, np.asarray(data(indices)), axis))


@implements(np.diagonal)
def diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    return _picked(a, lambda x: np.diagonal(x, offset, axis1, axis2))


@implements(np.trace)
def trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, **_: Any) -> Any:
    return SUM(diagonal(a, offset, axis1, axis2), axis=-1)


@implements(np.diag)
def diag(v: Any, k: int = 0) -> Any:
    v = array(v)
    if v.ndim == 2:
        return diagonal(v, k)
    return _placed(v, np.diag(np.arange(1, v.size + 1), k))


def _placed(x: Any, where: Any) -> Value:
    """Put element number n (from 1) wherever `where` says n, zero where it says 0."""
    padded = concatenate([np.zeros(1), reshape(x, (-1,))])
    return apply(gate("index"), padded, index=where)


@implements(np.triu)
def triu(m: Any, k: int = 0) -> Any:
    return m * np.triu(np.ones(np.shape(m)), k)


@implements(np.tril)
def tril(m: Any, k: int = 0) -> Any:
    return m * np.tril(np.ones(np.shape(m)), k)


@implements(np.pad)
def pad(array: Any, pad_width: Any, mode: str = "constant", **options: Any) -> Any:
    if mode == "constant" and not set(options) - {"constant_values"} and not np.any(options.get("constant_values", 0)):
        x = array
        return _placed(x, np.pad(np.arange(1, x.size + 1).reshape(x.shape), pad_width))
    if mode in ("edge", "reflect", "symmetric", "wrap"):
        return _picked(array, lambda x: np.pad(x, pad_width, mode=mode, **options))
    raise refused(f"pad with mode={mode!r}")


@implements(np.sort)
def sort(a: Any, axis: Any = -1, **_: Any) -> Any:
    if axis is None:
        return sort(ravel(a))
    return take_along_axis(a, np.argsort(data(a), axis=axis, kind="stable"), axis)


@implements(np.partition)
def partition(a: Any, kth: Any, axis: int = -1, **_: Any) -> Any:
    return take_along_axis(a, np.argpartition(data(a), kth, axis=axis), axis)


@implements(np.broadcast_to)
def broadcast_to(array: Any, shape: Any, subok: bool = False) -> Any:
    return apply(gate("broadcast"), array, shape=(shape,) if isinstance(shape, int) else tuple(shape))


@implements(np.concatenate)
def concatenate(arrays: Sequence[Any], axis: Any = 0, **_: Any) -> Any:
    if axis is None:
        return concatenate([ravel(array(part)) for part in arrays])
    return apply(concat_, *(array(part) for part in arrays), axis=int(axis))


@implements(np.stack)
def stack(arrays: Sequence[Any], axis: int = 0, **_: Any) -> Any:
    return apply(stack_, *(array(part) for part in arrays), axis=int(axis))


@implements(np.vstack)
def vstack(tup: Sequence[Any], **_: Any) -> Any:
    return concatenate([atleast_2d(part) for part in tup], 0)


@implements(np.hstack)
def hstack(tup: Sequence[Any], **_: Any) -> Any:
    parts = [atleast_1d(part) for part in tup]
    return concatenate(parts, 0 if parts[0].ndim == 1 else 1)


@implements(np.dstack)
def dstack(tup: Sequence[Any]) -> Any:
    return concatenate([atleast_3d(part) for part in tup], 2)


@implements(np.column_stack)
def column_stack(tup: Sequence[Any]) -> Any:
    parts = [array(part) for part in tup]
    return concatenate([reshape(part, (-1, 1)) if part.ndim < 2 else part for part in parts], 1)


@implements(np.append)
def append(arr: Any, values: Any, axis: Any = None) -> Any:
    return concatenate([arr, values], axis)


@implements(np.array_split, np.split)
def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    x = array(ary)
    pieces = np.array_split(np.arange(x.shape[axis]), indices_or_sections)
    lead = (slice(None),) * (axis % x.ndim)
    return [x[(*lead, slice(int(p[0]), int(p[-1]) + 1) if len(p) else slice(0, 0))] for p in pieces]


@implements(np.vsplit)
def vsplit(ary: Any, indices_or_sections: Any) -> Any:
    return split(ary, indices_or_sections, 0)


@implements(np.hsplit)
def hsplit(ary: Any, indices_or_sections: Any) -> Any:
    return split(ary, indices_or_sections, 0 if np.ndim(ary) == 1 else 1)


@implements(np.where)
def where(condition: Any, *branches: Any) -> Any:
    if not branches:
        return np.where(data(condition))
    return where_(condition, *branches)


@implements(np.clip)
def clip(a: Any, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None, **_: Any) -> Any:
    low, high = (a_min if min is None else min), (a_max if max is None else max)
    if low is not None:
        a = where_(a < low, low, a)
    return a if high is None else where_(a > high, high, a)


@implements(np.var)
def var(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: float = 0, keepdims: bool = False, **_: Any) -> Any:
    error = a - MEAN(a, axis=axis, keepdims=True)
    total = SUM(apply(gate("square"), error), axis=axis, keepdims=keepdims)
    number = a.size / max(1, total.size)
    return total / (number - ddof)


@implements(np.std)
def std(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: float = 0, keepdims: bool = False, **_: Any) -> Any:
    return apply(gate("sqrt"), var(a, axis, ddof=ddof, keepdims=keepdims))


@implements(np.average)
def average(a: Any, axis: Any = None, weights: Any = None, **_: Any) -> Any:
    if weights is None:
        return MEAN(a, axis=axis)
    return SUM(a * weights, axis=axis) / (SUM(weights, axis=axis) if isinstance(weights, Value) else np.sum(weights, axis=axis))


@implements(np.cumsum)
def cumsum(a: Any, axis: Any = None, **_: Any) -> Any:
    if axis is None:
        a, axis = ravel(a), 0
    length = a.shape[axis]
    moved = swapaxes(a, axis, -1)
    return swapaxes(apply(gate("matmul"), moved, np.triu(np.ones((length, length)))), axis, -1)


@implements(np.diff)
def diff(a: Any, n: int = 1, axis: int = -1, **_: Any) -> Any:
    for _step in range(n):
        lead = (slice(None),) * (axis % a.ndim)
        a = a[(*lead, slice(1, None))] - a[(*lead, slice(None, -1))]
    return a


@implements(np.dot)
def dot(a: Any, b: Any, out: Any = None) -> Any:
    return apply(gate("dot"), a, b)


@implements(np.vdot)
def vdot(a: Any, b: Any) -> Any:
    return dot(ravel(array(a)), ravel(array(b)))


@implements(np.inner)
def inner(a: Any, b: Any) -> Any:
    if not np.ndim(a) or not np.ndim(b):
        return a * b
    return tensordot(a, b, ([-1], [-1]))


@implements(np.outer)
def outer(a: Any, b: Any, out: Any = None) -> Any:
    return reshape(array(a), (-1, 1)) * reshape(array(b), (1, -1))


@implements(np.kron)
def kron(a: Any, b: Any) -> Any:
    a, b = array(a), array(b)
    rank = max(a.ndim, b.ndim)
    left = (*(1,) * (rank - a.ndim), *a.shape)
    right = (*(1,) * (rank - b.ndim), *b.shape)
    wide = reshape(a, [n for pair in zip(left, (1,) * rank, strict=True) for n in pair])
    tall = reshape(b, [n for pair in zip((1,) * rank, right, strict=True) for n in pair])
    return reshape(wide * tall, [m * n for m, n in zip(left, right, strict=True)])


@implements(np.tensordot)
def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    a, b = array(a), array(b)
    if isinstance(axes, int | np.integer):
        axes = (list(range(a.ndim - axes, a.ndim)), list(range(axes)))
    left, right = ([int(n) % r for n in np.atleast_1d(ax)] for ax, r in zip(axes, (a.ndim, b.ndim), strict=True))
    stay_a = [n for n in range(a.ndim) if n not in left]
    stay_b = [n for n in range(b.ndim) if n not in right]
    length = int(np.prod([a.shape[n] for n in left], dtype=int))
    rows = int(np.prod([a.shape[n] for n in stay_a], dtype=int))
    columns = int(np.prod([b.shape[n] for n in stay_b], dtype=int))
    matrix = apply(
        gate("matmul"),
        reshape(transpose(a, stay_a + left), (rows, length)),
        reshape(transpose(b, right + stay_b), (length, columns)),
    )
    return reshape(matrix, [a.shape[n] for n in stay_a] + [b.shape[n] for n in stay_b])


@implements(np.cross)
def cross(a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: Any = None) -> Any:
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = (moveaxis(array(x), at, -1) for x, at in ((a, axisa), (b, axisb)))
    parts = [a[..., i] * b[..., j] - a[..., j] * b[..., i] for i, j in ((1, 2), (2, 0), (0, 1))]
    return moveaxis(stack(parts, -1), -1, axisc)


@implements(np.linalg.norm)
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    if ord not in (None, 2, 1, np.inf) or (ord is not None and x.ndim > 1 and axis is None):
        raise refused(f"linalg.norm with ord={ord!r}")
    if ord == 1:
        return SUM(abs(x), axis=axis, keepdims=keepdims)
    if ord == np.inf:
        return MAX(abs(x), axis=axis, keepdims=keepdims)
    return apply(gate("sqrt"), SUM(apply(gate("square"), x), axis=axis, keepdims=keepdims))




for _maker in (np.full_like, np.zeros_like, np.ones_like, np.empty_like):
    TABLE[_maker] = lambda a, *args, _maker=_maker, **options: _maker(np.asarray(data(a)), *args, **options)

for _plain in (
    np.shape, np.ndim, np.size, np.argmax, np.argmin, np.argsort, np.isclose, np.allclose, np.array_equal, np.all, np.any,
    np.nonzero, np.argwhere, np.searchsorted, np.count_nonzero, np.iscomplexobj, np.isrealobj, np.array_repr, np.array_str,
    np.argpartition, np.flatnonzero, np.result_type, np.around, np.round,
):  # fmt: skip
    TABLE[_plain] = lambda *args, _plain=_plain, **options: _plain(*data(args), **options)

for _flat in (np.isfinite, np.isnan, np.isinf, np.logical_and, np.logical_or, np.logical_not, np.ceil, np.trunc, np.rint, np.signbit):
    TABLE[_flat] = lambda *args, _flat=_flat: _flat(*(np.asarray(data(a)) for a in args))

TABLE.update(
    {
        np.true_divide: lambda x, y: x / y,
        np.positive: lambda x: x,
        np.fabs: abs,
        np.deg2rad: lambda x: x * (np.pi / 180),
        np.radians: lambda x: x * (np.pi / 180),
        np.rad2deg: lambda x: x * (180 / np.pi),
        np.degrees: lambda x: x * (180 / np.pi),
        np.fmax: lambda x, y: apply(gate("maximum"), x, y),
        np.fmin: lambda x, y: apply(gate("minimum"), x, y),
        np.float_power: lambda x, y: x**y,
        np.logaddexp2: lambda x, y: np.logaddexp(x * np.log(2), y * np.log(2)) / np.log(2),
        np.matvec: lambda a, b: (a @ b[..., None])[..., 0],
        np.vecdot: lambda a, b: SUM(a * b, axis=-1),
        np.copy: lambda a, *_, **__: a,
        np.real: lambda x: x,
        np.conj: lambda x: x,
        np.conjugate: lambda x: x,
        np.nan_to_num: lambda x, *_, **__: where_(np.isfinite(data(x)), x, np.nan_to_num(data(x))),
        np.sinc: lambda x: where_(data(x) == 0, 1.0, np.sin(np.pi * x) / where_(data(x) == 0, 1.0, np.pi * x)),
        np.dtype: lambda *_: np.dtype(np.float64),
        np.linalg.vector_norm: lambda x, axis=None, keepdims=False, ord=2: norm(x, ord, axis, keepdims),
        np.linalg.trace: trace,
        np.linalg.outer: outer,
    }
)
