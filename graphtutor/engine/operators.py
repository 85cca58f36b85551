"""The gates as recording functions on scalar values, written out per gate: one operation is one short function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from graphtutor.engine import scalar
from graphtutor.engine.recipes import table
from graphtutor.gates import Gate

# `_grad` is left unset until a backward pass: reading it then says that no gradient was computed.
UNARY = """
def record(self):
    if self.__class__ is Value:
        x = self._data
        try:
            n = Value()
            n._data = out = {forward}
            n._da = {local[0]}
        except FAULTS:
            return apply(GATE, self)
        n._gate = GATE
        n._a = self
        n._b = None
        n._k = 0
        return n
    return general(self)
"""

BINARY = """
def record(self, other):
    x = self._data
    if other.__class__ is Value:
        y = other._data
        try:
            n = Value()
            n._data = out = {forward}
            n._da = {local[0]}
            n._db = {local[1]}
        except FAULTS:
            return apply(GATE, self, other)
        n._gate = GATE
        n._a = self
        n._b = other
        n._k = 0
        return n
    if other.__class__ is float or other.__class__ is int:
        try:
            n = Value()
            n._db = y = float(other)
            n._data = out = {forward}
            n._da = {local[0]}
        except FAULTS:
            return apply(GATE, self, other)
        n._gate = GATE
        n._a = self
        n._b = None
        n._k = 0
        return n
    return apply(GATE, self, other) if isinstance(other, NUMBERS) else NotImplemented


def reflected(self, other):
    if other.__class__ is float or other.__class__ is int:
        y = self._data
        try:
            n = Value()
            n._da = x = float(other)
            n._data = out = {forward}
            n._db = {local[1]}
        except FAULTS:
            return apply(GATE, other, self)
        n._gate = GATE
        n._a = None
        n._b = self
        n._k = 0
        return n
    return apply(GATE, other, self)


def call(first, second):
    if first.__class__ is Value:
        found = record(first, second)
        if found is not NotImplemented:
            return found
    return general(first, second)
"""


class Recorder(NamedTuple):
    """A gate as functions that record."""

    call: Callable[..., Any]
    """Of any inputs."""
    method: Callable[..., Any]
    """The same as the operator of a scalar value."""
    reflected: Callable[..., Any]
    """The operator with two inputs the other way around."""


def general(gate: Gate, environment: dict[str, Any]) -> Recorder:
    """Return the gate as functions that work for arrays too."""
    apply, numbers = environment["apply"], environment["NUMBERS"]

    def call(*args: Any) -> Any:
        return apply(gate, *args)

    def method(*args: Any) -> Any:
        for arg in args:
            if not isinstance(arg, numbers):
                return NotImplemented
        return apply(gate, *args)

    if not gate.options and not gate.variadic and gate.flows is None and 1 <= len(gate.inputs) <= 2:
        arrays = _one if len(gate.inputs) == 1 else _two
        call, method = arrays(gate, environment, call), arrays(gate, environment, method)

    def reflected(self: Any, other: Any) -> Any:
        return call(other, self)

    return Recorder(call, method, reflected)


def _one(gate: Gate, environment: dict[str, Any], otherwise: Callable[..., Any]) -> Callable[..., Any]:
    """Return the gate of one input: by recipe where that is an array and there is one."""
    array_value = environment["ArrayValue"]
    find = table(gate, (True,)).get

    def call(x: Any) -> Any:
        if x.__class__ is array_value:
            data = x._data
            found = find((data.shape,))
            if found is not None:
                return found((x,), data)
        return otherwise(x)

    return call


def _two(gate: Gate, environment: dict[str, Any], otherwise: Callable[..., Any]) -> Callable[..., Any]:
    """Return the gate of two inputs: by recipe where they are arrays and there is one."""
    array_value = environment["ArrayValue"]
    ndarray, float64 = np.ndarray, np.dtype(np.float64)
    both, first, second = (table(gate, wanted).get for wanted in ((True, True), (True, False), (False, True)))

    def call(x: Any, y: Any) -> Any:
        if x.__class__ is array_value:
            a = x._data
            if y.__class__ is array_value:
                b, find = y._data, both
            elif y.__class__ is ndarray and y.dtype is float64 and y.ndim:
                b, find = y, first
            else:
                return otherwise(x, y)
        elif y.__class__ is array_value and x.__class__ is ndarray and x.dtype is float64 and x.ndim:
            a, b, find = x, y._data, second
        else:
            return otherwise(x, y)
        found = find((a.shape, b.shape))
        if found is None:
            return otherwise(x, y)
        return found((x, y), a, b)

    return call


def recording(gate: Gate, environment: dict[str, Any]) -> Recorder:
    """Return the gate as functions that record; `environment` says what a value is.

    A gate without a form on floats is always applied in general.
    """
    if not scalar.is_scalar(gate) or len(gate.inputs) > 2:
        return general(gate, environment)
    put = {**dict(zip(gate.inputs, ("x", "y"), strict=False)), "out": "out"}
    source = (UNARY if len(gate.inputs) == 1 else BINARY).format(
        forward=scalar.forward(gate, put), local=[scalar.local(gate, slot, put) for slot in range(len(gate.inputs))]
    )
    space: dict[str, Any] = {
        **scalar.names(),
        **_BUILTINS,
        **environment,
        "GATE": gate,
        "FAULTS": scalar.FAULTS,
        "general": general(gate, environment).call,
    }
    exec(compile(source, f"<record {gate.name}>", "exec"), space)
    return Recorder(space.get("call", space["record"]), space["record"], space.get("reflected", space["record"]))


_BUILTINS = {"float": float, "int": int, "isinstance": isinstance, "NotImplemented": NotImplemented, "__builtins__": {}}
