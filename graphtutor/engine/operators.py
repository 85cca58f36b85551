"""The gates as recording functions on scalar values, written out per gate: one operation is one short function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from graphtutor.engine import scalar
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
    return apply(GATE, self)
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
    return apply(GATE, first, second)
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

    def method(*args: Any) -> Any:
        for arg in args:
            if not isinstance(arg, numbers):
                return NotImplemented
        return apply(gate, *args)

    def reflected(self: Any, other: Any) -> Any:
        return apply(gate, other, self)

    return Recorder(lambda *args: apply(gate, *args), method, reflected)


def recording(gate: Gate, environment: dict[str, Any]) -> Recorder:
    """Return the gate as functions that record; `environment` holds `Value`, `apply` and `NUMBERS`.

    A gate without a form on floats is always applied in general.
    """
    if not scalar.is_scalar(gate) or len(gate.inputs) > 2:
        return general(gate, environment)
    put = {**dict(zip(gate.inputs, ("x", "y"), strict=False)), "out": "out"}
    source = (UNARY if len(gate.inputs) == 1 else BINARY).format(
        forward=scalar.forward(gate, put), local=[scalar.local(gate, slot, put) for slot in range(len(gate.inputs))]
    )
    space: dict[str, Any] = {**scalar.names(), **_BUILTINS, **environment, "GATE": gate, "FAULTS": scalar.FAULTS}
    exec(compile(source, f"<record {gate.name}>", "exec"), space)
    return Recorder(space.get("call", space["record"]), space["record"], space.get("reflected", space["record"]))


_BUILTINS = {"float": float, "int": int, "isinstance": isinstance, "NotImplemented": NotImplemented, "__builtins__": {}}
