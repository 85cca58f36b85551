"""Gates that have a shorter way to be written in particular cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from graphtutor.engine.operands import Operand
from graphtutor.gates import gate

if TYPE_CHECKING:
    from graphtutor.engine.writer import Writer

REDUCE = {"max": "maximum", "min": "minimum", "prod": "multiply"}


def _power(writer: Writer, x: Operand, y: Operand) -> Any:
    exponent = None if y.number is None or y.ndim else float(y.number)
    if exponent == 2:
        return writer.call(gate("square"), x)
    return x if exponent == 1 else None


def _times(writer: Writer, x: Operand, y: Operand) -> Any:
    for one, other in ((x, y), (y, x)):
        if one.number is not None and np.all(one.number == 1):
            return writer.broadcast(other, np.broadcast_shapes(x.shape, y.shape))
        if one is writer.seed:
            return writer.seeded(other)
        if one.mask is not None:
            return writer.masked(other, one.mask)
    return None


def _divided(writer: Writer, x: Operand, y: Operand) -> Any:
    return x if y.number is not None and not y.ndim and y.number == 1 else None


def _where(writer: Writer, c: Operand, x: Operand, y: Operand) -> Any:
    if c.number is not None and not c.ndim:
        return writer.broadcast(x if c.number else y, np.broadcast_shapes(x.shape, y.shape))
    found = writer.whole(gate("where").forward, c, x, y)
    if c.example.dtype == bool and c.thin is None and not x.ndim + y.ndim and (x.number, y.number) == (1, 0):
        found.mask = c
    return found


def _reduce(function: str) -> Callable[..., Operand]:
    def reduce(writer: Writer, x: Operand, axis: Any, keepdims: bool) -> Operand:
        x = writer.solid(x)
        if axis is not None:
            axis = int(axis) if np.ndim(axis) == 0 else tuple(int(a) for a in axis)
        keepdims = bool(keepdims)
        ufunc = getattr(np, function)
        example = ufunc.reduce(x.example, axis=axis, keepdims=keepdims)
        call = writer.outside(ufunc.reduce)
        if not np.ndim(example):
            return writer.assign(f"{call}({x.name}, {axis})", example, (x.root,))
        found = writer.buffer(np.shape(example), example)
        start = f"{call}({x.name}, {axis}, None, "
        writer.line(
            found.name, f"{start}{found.name}, {keepdims})", f"{found.name} = {start}None, {keepdims})", (x.root,)
        )
        return found

    return reduce


_add_up = _reduce("add")


def _sum(writer: Writer, x: Operand, axis: Any, keepdims: bool) -> Operand:
    if not writer.late or x.ndim != 2 or axis not in (0, 1, -1, -2):
        return _add_up(writer, x, axis, keepdims)
    x = writer.solid(x)
    ones = writer.constant(np.ones(x.shape[axis]))  # a product with ones takes a tenth to two thirds of `reduce`'s time
    rows = axis in (1, -1)
    found = _dot(writer, x, ones) if rows else _dot(writer, ones, x)
    return _reshape(writer, found, (len(found.example), 1) if rows else (1, len(found.example))) if keepdims else found


def _matmul(writer: Writer, x: Operand, y: Operand) -> Operand:
    x, y = writer.solid(x), writer.solid(y)
    if x.ndim != 2 or y.ndim != 2:
        return writer.whole(np.matmul, x, y)
    return _dot(writer, x, y)


def _dot(writer: Writer, x: Operand, y: Operand) -> Operand:
    example = np.dot(x.example, y.example)
    found = writer.buffer(example.shape, example)
    call = f"{writer.outside(np.dot)}({x.name}, {y.name}"
    writer.line(found.name, f"{call}, {found.name})", f"{found.name} = {call})", (x.root, y.root))
    return found


def _transpose(writer: Writer, x: Operand, axes: Any) -> Operand:
    if x.ndim < 2:
        return x
    x = writer.solid(x)
    text = "{}.T" if axes is None else f"{{}}.transpose({tuple(int(a) for a in axes)})"
    return writer.view(x, text, x.example.transpose(axes))


def _reshape(writer: Writer, x: Operand, shape: Any) -> Operand:
    example = np.reshape(x.example, tuple(int(n) for n in np.atleast_1d(shape)))
    if example.shape == x.shape:
        return x
    if x.thin is not None and not x.thin.ndim:
        return writer.broadcast(x.thin, example.shape)
    x = writer.solid(x)
    if x.static and not np.shares_memory(example, x.example):  # a copy: to be made at every call
        return writer.assign(f"{x.name}.reshape({example.shape})", example, (x.root,))
    if not x.ndim:
        return writer.assign(f"{writer.outside(np.reshape)}({x.name}, {example.shape})", example, (x.root,))
    return writer.view(x, f"{{}}.reshape({example.shape})", example)


def _broadcast(writer: Writer, x: Operand, shape: Any) -> Operand:
    return writer.broadcast(x, tuple(int(n) for n in shape))


def _collect(writer: Writer, x: Operand, shape: Any) -> Operand:
    return writer.sum_to(x, tuple(int(n) for n in shape))


SPECIAL: Mapping[str, Callable[..., Any]] = {
    "broadcast": _broadcast,
    "collect": _collect,
    "div": _divided,
    "matmul": _matmul,
    "mul": _times,
    "pow": _power,
    "reshape": _reshape,
    "transpose": _transpose,
    "where": _where,
    **{name: _reduce(function) for name, function in REDUCE.items()},
    "sum": _sum,
}
"""Gates that have a shorter way in particular cases; `None` where this is not one of them."""
