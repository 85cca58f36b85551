"""How a number is written."""

from __future__ import annotations

from typing import Any

import numpy as np

MANY = 12
"""The most elements of an array that are written out."""
DASH = "-"
"""What stands for a gradient that has not been computed."""


def written(value: Any, digits: int = 4, many: int = MANY) -> str:
    """Write a number with so many significant digits; an array of up to `many` as a nested list; `None` as a dash.

    The digits before the point are all written below a million, and of whole numbers below 10**9: 12345, not 1.234e+04.
    """
    if value is None:
        return DASH
    if value.__class__ is float:
        return _number(value, digits)
    array = np.asarray(value, dtype=np.float64)
    if array.ndim == 0:
        return _number(float(array), digits)
    if array.size <= many:
        return "[" + ", ".join(written(part, digits, many) for part in array) + "]"
    return f"array {'x'.join(map(str, array.shape))}" if array.ndim > 1 else f"array of {array.size}"


def _number(number: float, digits: int) -> str:
    size, whole = abs(number), digits
    if 10**digits - 1 < size < (1e9 if number.is_integer() else 999_999.5):
        whole = len(f"{size:.0f}")
    text = f"{number:.{whole}g}"
    return "0" if text == "-0" else text
