"""Functions that put arrays together and take them apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from graphtutor.engine.numpy_api.moving import atleast_1d, atleast_2d, atleast_3d, concatenate, moveaxis, reshape
from graphtutor.engine.numpy_api.table import apply_gate, array, implements


@implements("stack")
def stack(arrays: Sequence[Any], axis: int = 0) -> Any:
    return apply_gate("stack", *(array(part) for part in arrays), axis=int(axis))


@implements("vstack", "row_stack")
def vstack(tup: Sequence[Any]) -> Any:
    return concatenate([atleast_2d(part) for part in tup], 0)


@implements("hstack")
def hstack(tup: Sequence[Any]) -> Any:
    parts = [atleast_1d(part) for part in tup]
    return concatenate(parts, 0 if parts[0].ndim == 1 else 1)


@implements("dstack")
def dstack(tup: Sequence[Any]) -> Any:
    return concatenate([atleast_3d(part) for part in tup], 2)


@implements("column_stack")
def column_stack(tup: Sequence[Any]) -> Any:
    parts = [array(part) for part in tup]
    return concatenate([reshape(part, (-1, 1)) if part.ndim < 2 else part for part in parts], 1)


@implements("block")
def block(arrays: Any) -> Any:
    def depth(part: Any) -> int:
        return 1 + max(map(depth, part)) if isinstance(part, list) else 0

    def rank(part: Any) -> int:
        return max(map(rank, part)) if isinstance(part, list) else np.ndim(part)

    def joined(part: Any, level: int) -> Any:
        if isinstance(part, list):
            return concatenate([joined(inner, level - 1) for inner in part], -level)
        part = array(part)
        return reshape(part, (*(1,) * (whole - part.ndim), *part.shape))

    whole = max(depth(arrays), rank(arrays))
    return joined(arrays, depth(arrays))


@implements("append")
def append(arr: Any, values: Any, axis: Any = None) -> Any:
    return concatenate([arr, values], axis)


@implements("array_split")
def array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    return _split(np.array_split, ary, indices_or_sections, axis)


@implements("split")
def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    return _split(np.split, ary, indices_or_sections, axis)


def _split(splitter: Callable[..., Any], ary: Any, indices_or_sections: Any, axis: int) -> Any:
    x = array(ary)
    lead = (slice(None),) * (axis % x.ndim)
    pieces = splitter(np.arange(x.shape[axis]), indices_or_sections)
    return [x[(*lead, slice(int(piece[0]), int(piece[-1]) + 1) if len(piece) else slice(0, 0))] for piece in pieces]


@implements("vsplit")
def vsplit(ary: Any, indices_or_sections: Any) -> Any:
    return split(ary, indices_or_sections, 0)


@implements("hsplit")
def hsplit(ary: Any, indices_or_sections: Any) -> Any:
    return split(ary, indices_or_sections, 0 if np.ndim(ary) == 1 else 1)


@implements("dsplit")
def dsplit(ary: Any, indices_or_sections: Any) -> Any:
    return split(ary, indices_or_sections, 2)


@implements("unstack")
def unstack(x: Any, /, *, axis: int = 0) -> Any:
    return tuple(moveaxis(x, axis, 0))
