"""The table of NumPy's functions, and what their implementations share."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from operator import attrgetter
from typing import Any

import numpy as np

from graphtutor.engine.value import Value, apply, array_of, holds_value
from graphtutor.errors import InputError
from graphtutor.gates import gate

Implementation = Callable[..., Any]

TABLE: dict[Any, Implementation] = {}
"""What each supported NumPy function does with values."""

HARMLESS = frozenset({"casting", "dtype", "kind", "like", "stable", "subok"})
"""Options that change nothing about float64 numbers."""


def implements(*names: str) -> Callable[[Implementation], Implementation]:
    """Enter the decorated function into the table for the functions of these names that this NumPy has."""

    def enter(implementation: Implementation) -> Implementation:
        for name in names:
            try:
                TABLE[attrgetter(name)(np)] = implementation
            except AttributeError:
                continue
        return implementation

    return enter


def call(name: str, known: Implementation, args: tuple[Any, ...], options: Mapping[str, Any]) -> Any:
    """Call an implementation. Raise `InputError` for an option that it does not know."""
    said = {
        option: value
        for option, value in options.items()
        if value is not np._NoValue and not (value is None and option in ("out", "where", "initial"))
    }
    if "out" in said:
        raise InputError(f"numpy.{name} with `out=` cannot be traced; write the result to a new name")
    if said.get("dtype") is not None and np.dtype(said["dtype"]).kind != "f":
        raise refused(f"{name} with dtype={np.dtype(said['dtype'])}")
    said = {option: value for option, value in said.items() if option not in HARMLESS}
    try:
        _signature(known).bind(*args, **said)
    except TypeError:
        raise refused(f"{name} with {', '.join(f'{option}=' for option in said) or f'{len(args)} arguments'}") from None
    return known(*args, **said)


@cache
def _signature(function: Implementation) -> inspect.Signature:
    return inspect.signature(function)


def refused(name: str) -> InputError:
    """Return the error for a NumPy function that cannot be traced."""
    return InputError(f"numpy.{name} cannot be traced: graphtutor has no gate for it; write it with functions it has")


def apply_gate(name: str, *inputs: Any, **options: Any) -> Any:
    """Record the gate of this name."""
    return apply(gate(name), *inputs, **options)


def data(value: Any) -> Any:
    """Return the numbers of a value, or of nested sequences of values."""
    if isinstance(value, Value):
        return value._data
    if isinstance(value, list | tuple):
        return type(value)(data(part) for part in value)
    return value


def array(x: Any) -> Any:
    """Return a value as it is; make one value of nested lists of values and numbers, an array of plain numbers."""
    if isinstance(x, Value):
        return x
    return array_of(x) if holds_value(x) else np.asarray(x, dtype=np.float64)
