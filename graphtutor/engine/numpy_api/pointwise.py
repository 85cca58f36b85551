"""Functions that work on every element by itself and are no gate of their own."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphtutor.engine.numpy_api.table import TABLE, apply_gate, array, data, implements, refused
from graphtutor.engine.value import Value
from graphtutor.gates import Role


@implements("where")
def where(condition: Any, *branches: Any) -> Any:
    return apply_gate("where", condition, *branches) if branches else np.where(data(condition))


@implements("select")
def select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    chosen = default
    for condition, choice in reversed(list(zip(condlist, choicelist, strict=True))):
        chosen = where(condition, choice, chosen)
    return chosen


@implements("clip")
def clip(a: Any, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None) -> Any:
    low, high = (a_min if min is None else min), (a_max if max is None else max)
    if low is not None:
        a = where(a < low, low, a)
    return a if high is None else where(a > high, high, a)


@implements("round", "around")
def rounded(a: Any, decimals: int = 0) -> Any:
    return np.rint(a) if decimals == 0 else np.rint(a * 10.0**decimals) / 10.0**decimals


@implements("nan_to_num")
def nan_to_num(x: Any, copy: bool = True, nan: float = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    return where(np.isfinite(data(x)), x, np.nan_to_num(data(x), nan=nan, posinf=posinf, neginf=neginf))


@implements("sinc")
def sinc(x: Any) -> Any:
    zero = data(x) == 0
    angle = np.pi * where(zero, 1.0, x)
    return where(zero, 1.0 - (np.pi * x) ** 2 / 6, np.sin(angle) / angle)  # its series where the quotient is 0/0


@implements("polyval")
def polyval(p: Any, x: Any) -> Any:
    total: Any = 0.0
    for i in range(len(p)):
        total = total * x + p[i]
    return total


@implements("copy", "real", "conj", "conjugate", "positive", "real_if_close")
def same(x: Any) -> Any:
    return x


@implements("bitwise_and")
def both(x: Any, y: Any) -> Any:
    return np.logical_and(*_answers("bitwise_and", x, y))


@implements("bitwise_or")
def either(x: Any, y: Any) -> Any:
    return np.logical_or(*_answers("bitwise_or", x, y))


@implements("invert")
def negated(x: Any) -> Any:
    return np.logical_not(*_answers("invert", x))


def _answers(name: str, *xs: Any) -> tuple[Any, ...]:
    """Return what has been asked; bits of numbers that are no answers to a question do not exist."""
    for x in xs:
        yes_or_no = x._gate.role is Role.STOPPER if isinstance(x, Value) else np.asarray(x).dtype == bool
        if not yes_or_no:
            raise refused(name)
    return xs


TABLE.update(
    {
        np.true_divide: lambda x, y: x / y,
        np.floor_divide: lambda x, y: np.rint((array(x) - apply_gate("mod", x, y)) / y),  # x / y may round up to it
        np.fabs: abs,
        np.deg2rad: lambda x: x * (np.pi / 180),
        np.radians: lambda x: x * (np.pi / 180),
        np.rad2deg: lambda x: x * (180 / np.pi),
        np.degrees: lambda x: x * (180 / np.pi),
        np.fmax: lambda x, y: apply_gate("maximum", x, y),
        np.fmin: lambda x, y: apply_gate("minimum", x, y),
        np.float_power: lambda x, y: x**y,
        np.logaddexp2: lambda x, y: np.logaddexp(x * np.log(2), y * np.log(2)) / np.log(2),
    }
)
