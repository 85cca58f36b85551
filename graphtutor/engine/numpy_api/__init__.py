"""NumPy's functions on values: each records the gates it is made of. What is not here is refused by name."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphtutor.engine.functions import function
from graphtutor.engine.numpy_api import einsum, frozen, joining, linear, moving, pointwise, reducing, sorting  # noqa: F401  they fill TABLE
from graphtutor.engine.numpy_api.moving import reshape, transpose
from graphtutor.engine.numpy_api.table import TABLE, array, call, refused
from graphtutor.engine.value import ARRAY_METHODS, Value, recording, ufuncs
from graphtutor.gates import functions

_REDUCE = {
    np.add: np.sum,
    np.multiply: np.prod,
    np.maximum: np.max,
    np.minimum: np.min,
    np.logical_and: np.all,
    np.logical_or: np.any,
}


def call_ufunc(ufunc: Any, method: str, inputs: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """Record a ufunc, or its `reduce` and `outer`. Raise `InputError` for one that has no gate."""
    name = ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}.{method}"
    if method == "reduce" and ufunc in _REDUCE:
        return call(name, TABLE[_REDUCE[ufunc]], inputs, {"axis": 0} | options)
    if method == "outer":
        first, second = map(array, inputs)
        wide = reshape(first, (*first.shape, *(1,) * second.ndim))
        return call_ufunc(ufunc, "__call__", (wide, second), options)
    if method == "__call__" and ufunc in ufuncs():
        return call(name, recording(ufuncs()[ufunc]).call, inputs, options)
    if method == "__call__" and ufunc in TABLE:
        return call(name, TABLE[ufunc], inputs, options)
    raise refused(name)


def call_function(func: Any, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """Record any other NumPy function. Raise `InputError` for one that is not in the table."""
    name = f"{getattr(func, '__module__', None) or 'numpy'}.{func.__name__}".removeprefix("numpy.")
    if func not in TABLE:
        raise refused(name)
    return call(name, TABLE[func], args, options)


def method(value: Value, name: str) -> Any:
    """Return an array method of a value; `AttributeError` when there is none."""
    match name:
        case "copy" | "conj" | "conjugate":
            return lambda *_, **__: value
        case "astype":
            return lambda dtype, *_, **__: (
                value if np.dtype(dtype).kind == "f" else np.asarray(value._data).astype(dtype)
            )
        case "tolist" | "item":
            return getattr(np.asarray(value._data), name)
        case "reshape":
            return lambda *shape, **options: reshape(value, shape[0] if len(shape) == 1 else shape, **options)
        case "transpose":
            return lambda *axes: transpose(value, axes[0] if len(axes) == 1 else axes or None)
    if name in ARRAY_METHODS:
        known = getattr(np, {"flatten": "ravel"}.get(name, name))
        return lambda *args, **options: call_function(known, (value, *args), options)
    if name in functions() and len(functions()[name]) == 1:
        return lambda *args, **options: function(name)(value, *args, **options)
    raise AttributeError(f"a graphtutor value has no attribute {name!r}")


__all__ = ["TABLE", "call_function", "call_ufunc", "method"]
