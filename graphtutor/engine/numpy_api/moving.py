"""Functions that move elements and change none: shapes, order of axes, copies, parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from graphtutor.engine.numpy_api.table import TABLE, apply_gate, array, data, implements, refused
from graphtutor.engine.value import Value

TABLE[np.array] = TABLE[np.asarray] = lambda x, *_, **__: array(x)


@implements("reshape")
def reshape(a: Any, /, shape: Any = None, order: str = "C", *, newshape: Any = None, copy: Any = None) -> Any:
    shape = newshape if shape is None else shape
    shape = (shape,) if isinstance(shape, int | np.integer) else tuple(int(n) for n in shape)
    if order == "F":
        return transpose(reshape(transpose(a), shape[::-1]))
    if order not in ("C", "A"):
        raise refused(f"reshape with order={order!r}")
    if not isinstance(a, Value):
        return np.reshape(a, shape)
    return apply_gate("reshape", a, shape=tuple(np.empty(a.shape).reshape(shape).shape))


@implements("transpose", "permute_dims")
def transpose(a: Any, axes: Any = None) -> Any:
    if not isinstance(a, Value):
        return np.transpose(a, axes)
    return apply_gate("transpose", a, axes=None if axes is None else tuple(int(n) for n in axes))


@implements("ravel")
def ravel(a: Any, order: str = "C") -> Any:
    return reshape(array(a), (-1,), order)


@implements("swapaxes")
def swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    return transpose(a, _order(a, lambda x: np.swapaxes(x, axis1, axis2)))


@implements("matrix_transpose", "linalg.matrix_transpose")
def matrix_transpose(x: Any, /) -> Any:
    return swapaxes(x, -1, -2)


@implements("moveaxis")
def moveaxis(a: Any, source: Any, destination: Any) -> Any:
    return transpose(a, _order(a, lambda x: np.moveaxis(x, source, destination)))


@implements("rollaxis")
def rollaxis(a: Any, axis: int, start: int = 0) -> Any:
    return transpose(a, _order(a, lambda x: np.rollaxis(x, axis, start)))


def _order(a: Any, move: Callable[[Any], Any]) -> tuple[int, ...]:
    """Find out where each axis goes: axis number n is n long."""
    return tuple(move(np.empty([*range(np.ndim(a))])).shape)


@implements("expand_dims")
def expand_dims(a: Any, axis: Any) -> Any:
    return reshape(a, np.expand_dims(np.empty(np.shape(a)), axis).shape)


@implements("squeeze")
def squeeze(a: Any, axis: Any = None) -> Any:
    return reshape(a, np.squeeze(np.empty(np.shape(a)), axis).shape)


@implements("atleast_1d")
def atleast_1d(*arys: Any) -> Any:
    return _each(np.atleast_1d, arys)


@implements("atleast_2d")
def atleast_2d(*arys: Any) -> Any:
    return _each(np.atleast_2d, arys)


@implements("atleast_3d")
def atleast_3d(*arys: Any) -> Any:
    return _each(np.atleast_3d, arys)


def _each(shaper: Callable[..., Any], arys: tuple[Any, ...]) -> Any:
    made = [array(a) for a in arys]
    done = [reshape(a, shaper(np.empty(a.shape)).shape) for a in made]
    return done[0] if len(done) == 1 else done


@implements("broadcast_to")
def broadcast_to(array: Any, shape: Any) -> Any:
    return apply_gate("broadcast", array, shape=(shape,) if isinstance(shape, int) else tuple(shape))


@implements("broadcast_arrays")
def broadcast_arrays(*args: Any) -> Any:
    shape = np.broadcast_shapes(*(np.shape(arg) for arg in args))
    return tuple(broadcast_to(arg, shape) for arg in args)


def picked(x: Any, pick: Callable[[Any], Any]) -> Any:
    """Record a function that only moves elements: find out where each comes from, and index."""
    x = array(x)
    origin = pick(np.arange(x.size).reshape(x.shape))
    return apply_gate("index", reshape(x, (-1,)), index=origin)


def placed(x: Any, where: Any) -> Any:
    """Put element number n (from 1) wherever `where` says n, zero where it says 0."""
    return apply_gate("index", concatenate([np.zeros(1), reshape(x, (-1,))]), index=where)


@implements("flip")
def flip(m: Any, axis: Any = None) -> Any:
    return picked(m, lambda a: np.flip(a, axis))


@implements("flipud")
def flipud(m: Any) -> Any:
    return picked(m, np.flipud)


@implements("fliplr")
def fliplr(m: Any) -> Any:
    return picked(m, np.fliplr)


@implements("rot90")
def rot90(m: Any, k: int = 1, axes: Any = (0, 1)) -> Any:
    return picked(m, lambda a: np.rot90(a, k, axes))


@implements("roll")
def roll(a: Any, shift: Any, axis: Any = None) -> Any:
    return picked(a, lambda x: np.roll(x, shift, axis))


@implements("fft.fftshift")
def fftshift(x: Any, axes: Any = None) -> Any:
    return picked(x, lambda a: np.fft.fftshift(a, axes))


@implements("fft.ifftshift")
def ifftshift(x: Any, axes: Any = None) -> Any:
    return picked(x, lambda a: np.fft.ifftshift(a, axes))


@implements("repeat")
def repeat(a: Any, repeats: Any, axis: Any = None) -> Any:
    return picked(a, lambda x: np.repeat(x, repeats, axis))


@implements("tile")
def tile(A: Any, reps: Any) -> Any:
    return picked(A, lambda x: np.tile(x, reps))


@implements("resize")
def resize(a: Any, new_shape: Any) -> Any:
    return picked(a, lambda x: np.resize(x, new_shape))


@implements("delete")
def delete(arr: Any, obj: Any, axis: Any = None) -> Any:
    return picked(arr, lambda x: np.delete(x, obj, axis))


@implements("take")
def take(a: Any, indices: Any, axis: Any = None, out: Any = None, mode: Any = "raise") -> Any:
    return picked(a, lambda x: np.take(x, _whole(indices), axis, mode=mode))


@implements("take_along_axis")
def take_along_axis(arr: Any, indices: Any, axis: Any = -1) -> Any:
    return picked(arr, lambda x: np.take_along_axis(x, _whole(indices), axis))


@implements("compress")
def compress(condition: Any, a: Any, axis: Any = None) -> Any:
    return picked(a, lambda x: np.compress(np.asarray(data(condition), dtype=bool), x, axis))


def _whole(indices: Any) -> Any:
    return np.asarray(data(indices)).astype(int)


@implements("linalg.diagonal")
def last_diagonal(x: Any, /, *, offset: int = 0) -> Any:
    return diagonal(x, offset, -2, -1)


@implements("diagonal")
def diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    return picked(a, lambda x: np.diagonal(x, offset, axis1, axis2))


@implements("diag")
def diag(v: Any, k: int = 0) -> Any:
    v = array(v)
    return diagonal(v, k) if v.ndim == 2 else placed(v, np.diag(np.arange(1, v.size + 1), k))


@implements("diagflat")
def diagflat(v: Any, k: int = 0) -> Any:
    return diag(ravel(v), k)


@implements("triu")
def triu(m: Any, k: int = 0) -> Any:
    return apply_gate("where", np.triu(np.ones(m.shape[-2:]), k), m, 0.0)


@implements("tril")
def tril(m: Any, k: int = 0) -> Any:
    return apply_gate("where", np.tril(np.ones(m.shape[-2:]), k), m, 0.0)


@implements("pad")
def pad(
    array: Any, pad_width: Any, mode: Any = "constant", *, constant_values: Any = 0, reflect_type: str = "even"
) -> Any:
    x = array
    if mode == "constant":
        moved = placed(x, np.pad(np.arange(1, x.size + 1).reshape(x.shape), pad_width))
        around = np.pad(np.zeros(x.shape), pad_width, constant_values=constant_values)
        return moved + around if np.any(around) else moved
    if mode in ("edge", "reflect", "symmetric", "wrap") and reflect_type == "even":
        return picked(x, lambda a: np.pad(a, pad_width, mode=mode))
    raise refused(f"pad with mode={mode!r}")


@implements("concatenate")
def concatenate(arrays: Sequence[Any], axis: Any = 0) -> Any:
    if axis is None:
        return concatenate([ravel(part) for part in arrays])
    return apply_gate("concat", *(array(part) for part in arrays), axis=int(axis))


@implements("linspace")
def linspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, *, axis: int = 0) -> Any:
    start, stop = array(start), array(stop)
    along = (-1, *(1,) * max(start.ndim, stop.ndim))
    share = np.linspace(0.0, 1.0, num, endpoint).reshape(along)
    return moveaxis(start * (1 - share) + stop * share, 0, axis)


@implements("meshgrid")
def meshgrid(*xi: Any, copy: bool = True, sparse: bool = False, indexing: str = "xy") -> Any:
    flat = [ravel(x) for x in xi]
    grids = np.meshgrid(*(np.arange(x.size) for x in flat), sparse=sparse, indexing=indexing)  # type: ignore[call-overload]
    made = [
        apply_gate("index", x, index=grid) if isinstance(x, Value) else x[grid]
        for x, grid in zip(flat, grids, strict=True)
    ]
    return made if isinstance(grids, list) else tuple(made)
