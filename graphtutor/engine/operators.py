"""The gates as recording functions on scalar values, written out per gate so that one operation is one short function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphtutor.engine import scalar
from graphtutor.gates import Gate

UNARY = """
def record(self):
    if self.__class__ is Value:
        x = self._data
        try:
            n = new(Value)
            n._data = out = {forward}
            n._da = {local[0]}
        except FAULTS:
            return apply(GATE, self)
        n._gate = GATE
        n._a = self
        n._b = n._grad = None
        n._k = 0
        return n
    return apply(GATE, self)
"""

BINARY = """
def record(self, other):
    if self.__class__ is Value:
        x = self._data
        if other.__class__ is Value:
            y = other._data
            try:
                n = new(Value)
                n._data = out = {forward}
                n._da = {local[0]}
                n._db = {local[1]}
            except FAULTS:
                return apply(GATE, self, other)
            n._gate = GATE
            n._a = self
            n._b = other
            n._grad = None
            n._k = 0
            return n
        if other.__class__ is float or other.__class__ is int:
            try:
                y = float(other)
                n = new(Value)
                n._data = out = {forward}
                n._da = {local[0]}
                n._db = y
            except FAULTS:
                return apply(GATE, self, other)
            n._gate = GATE
            n._a = self
            n._b = n._grad = None
            n._k = 0
            return n
        if not isinstance(other, NUMBERS):
            return NotImplemented
    return apply(GATE, self, other)


def reflected(self, other):
    if self.__class__ is Value and (other.__class__ is float or other.__class__ is int):
        y = self._data
        try:
            x = float(other)
            n = new(Value)
            n._data = out = {forward}
            n._da = x
            n._db = {local[1]}
        except FAULTS:
            return apply(GATE, other, self)
        n._gate = GATE
        n._a = n._grad = None
        n._b = self
        n._k = 0
        return n
    return apply(GATE, other, self)
"""


def recording(gate: Gate, environment: dict[str, Any]) -> tuple[Callable[..., Any], Callable[..., Any] | None]:
    """Return the gate as a function of its inputs and, for two inputs, of them the other way around.

    `environment` holds `Value`, `apply` and `new`. A gate without a form on floats is always applied in general.
    """
    if not scalar.is_scalar(gate) or len(gate.inputs) > 2:
        apply = environment["apply"]
        return (lambda *args: apply(gate, *args)), (lambda self, other: apply(gate, other, self))
    put = {**dict(zip(gate.inputs, ("x", "y"), strict=False)), "out": "out"}
    source = (UNARY if len(gate.inputs) == 1 else BINARY).format(
        forward=scalar.forward(gate, put), local=[scalar.local(gate, slot, put) for slot in range(len(gate.inputs))]
    )
    space: dict[str, Any] = {**scalar.names(), **_BUILTINS, **environment, "GATE": gate, "FAULTS": scalar.FAULTS}
    exec(compile(source, f"<record {gate.name}>", "exec"), space)
    return space["record"], space.get("reflected")


_BUILTINS = {"float": float, "int": int, "isinstance": isinstance, "__builtins__": {}}

