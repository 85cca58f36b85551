"""Functions that bring numbers into an order."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphtutor.engine.numpy_api.moving import ravel, take_along_axis
from graphtutor.engine.numpy_api.reducing import MEAN
from graphtutor.engine.numpy_api.table import apply_gate, array, data, implements, refused


@implements("sort")
def sort(a: Any, axis: Any = -1, kind: Any = None, order: Any = None) -> Any:
    if order is not None:
        raise refused("sort with order=")
    return apply_gate("sort", ravel(a), axis=-1) if axis is None else apply_gate("sort", array(a), axis=int(axis))


@implements("partition")
def partition(a: Any, kth: Any, axis: Any = -1, kind: Any = None) -> Any:
    if axis is None:
        a, axis = ravel(a), -1
    return take_along_axis(a, np.argpartition(data(a), kth, axis=axis), axis)


@implements("median")
def median(a: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, keepdims: bool = False) -> Any:
    if out is not None or isinstance(axis, tuple) or (axis is None and keepdims):
        raise refused("median with such options")
    ordered = sort(a, axis)
    at = -1 if axis is None else axis
    length = ordered.shape[at]
    middle = ordered[(*(slice(None),) * (at % ordered.ndim), slice((length - 1) // 2, length // 2 + 1))]
    return MEAN(middle, axis=at, keepdims=keepdims)
