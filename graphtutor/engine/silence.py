"""NumPy's warnings off for a moment, at a tenth of the price of `np.errstate`."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from typing import Any

import numpy as np


def _switch() -> tuple[Callable[[Any], Any], Callable[[Any], None], Any]:
    """Find the context variable in which NumPy 2 keeps what `np.errstate` says: it has no public name."""
    before = copy_context()
    with np.errstate(all="ignore"):
        inside = copy_context()
    changed = [(variable, value) for variable, value in inside.items() if before.get(variable) is not value]
    if len(changed) == 1:
        variable, silent = changed[0]
        return variable.set, variable.reset, silent
    return (lambda _: np.seterr(all="ignore")), (lambda earlier: np.seterr(**earlier) and None), None


hush, restore, SILENT = _switch()
"""`token = hush(SILENT)` turns the warnings off, `restore(token)` back to what they were: in `try` and `finally`."""
