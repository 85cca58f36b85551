"""What an index of a value may be: values, masks and lists in it, made whole numbers and slices."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphtutor.engine.value import Value
from graphtutor.gates import Role


def static(index: Any, shape: tuple[int, ...]) -> Any:
    """Return the index of an array of this shape as whole numbers and slices: values and masks in it are frozen."""
    parts = index if isinstance(index, tuple) else (index,)
    parts = tuple(_numbers(part) for part in parts)
    if any(isinstance(part, np.ndarray) and part.dtype == bool for part in parts):
        _ = np.broadcast_to(np.False_, shape)[parts]  # says so where a mask does not fit
    whole = tuple(found for part in parts for found in _whole(part))
    if len(whole) == 1 and isinstance(whole[0], np.ndarray) and not whole[0].size and whole[0].ndim == 1:
        return slice(0, 0)
    return whole[0] if len(whole) == 1 else whole or ...


def _numbers(part: Any) -> Any:
    if isinstance(part, Value):
        mask = part._gate.role is Role.STOPPER
        return np.asarray(part._data).astype(bool if mask else int)
    if isinstance(part, list):
        numbers = np.asarray([_numbers(inner) for inner in part])
        return numbers if numbers.size else numbers.astype(int)
    return part


def _whole(part: Any) -> tuple[Any, ...]:
    if isinstance(part, slice):
        bounds = (_numbers(bound) for bound in (part.start, part.stop, part.step))
        return (slice(*(None if bound is None else int(bound) for bound in bounds)),)
    if isinstance(part, np.ndarray) and part.dtype == bool and part.ndim:
        return np.nonzero(part)
    if isinstance(part, np.integer) or (isinstance(part, np.ndarray) and not part.ndim and part.dtype.kind in "iu"):
        return (int(part),)
    return (part,)
