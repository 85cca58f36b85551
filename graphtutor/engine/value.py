"""Values that compute eagerly and remember how: `gt.var("x", 2.0) * 3`."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import numpy as np

from graphtutor.engine.run import Array, as_float64, backward, plain
from graphtutor.errors import InputError
from graphtutor.gates import Gate, all_gates, functions, gate
from graphtutor.graph import Builder, Graph

_SOURCE = gate("input")
_serials = count()


class Value:
    """A number (or array) with the gate and the values it was made of. Made by `var` and by operators."""

    __slots__ = ("_args", "_data", "_gate", "_grad", "_serial", "name")
    __array_priority__ = 1000

    def __init__(self, data: Array, made_by: Gate, args: tuple[Value, ...], name: str | None = None) -> None:
        self._data = data
        self._gate = made_by
        self._args = args
        self._grad: Array | None = None
        self._serial = next(_serials)
        self.name = name
        """The name in the recorded graph; may be set on any value."""

    @property
    def value(self) -> Any:
        """The number, a float, or the array."""
        return plain(self._data)

    @property
    def grad(self) -> Any:
        """d(output)/d(this) of the last `backward()`, or `None` before one."""
        return plain(self._grad)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the value; `()` for a number."""
        return tuple(np.shape(self._data))

    @property
    def graph(self) -> Graph:
        """The recorded graph that ends here."""
        return self._record()[0]

    def backward(self, *, accumulate: bool = False) -> None:
        """Compute the gradient of this value with respect to everything it was made of.

        A second call gives the same gradients again; with `accumulate=True` they are added to the earlier ones.
        """
        graph, sources = self._record()
        run = backward(graph, [value._data for value in sources])
        for node, value in zip(graph.nodes, sources, strict=True):
            if node.gate.name in ("copy", "constant"):
                continue  # a copy gate has its source's gradient; no gradient flows to a constant
            fresh = run._grads[node.index]
            earlier = value._grad
            value._grad = earlier + fresh if accumulate and earlier is not None and fresh is not None else fresh

    def _record(self) -> tuple[Graph, list[Value]]:
        """Return the graph, and the value that stands behind each of its nodes."""
        order = _ancestors(self)
        builder = Builder()
        position: dict[int, int] = {}
        named: dict[str, Value] = {}
        for value in order:
            if value._gate is _SOURCE and value.name is not None:
                if named.setdefault(value.name, value) is not value:
                    raise InputError(f"two inputs are called {value.name!r}; give each variable a name of its own")
                position[id(value)] = builder.input(value.name)
            elif value._gate.is_source:
                position[id(value)] = builder.constant(value.value)
            else:
                position[id(value)] = builder.gate(value._gate, tuple(position[id(arg)] for arg in value._args))
                if value.name is not None:
                    builder.name(value.name, position[id(value)])
        name = self.name
        if name is None:
            taken = {value.name for value in order}
            name = next(n for n in ("f", "out", *(f"f{i}" for i in range(len(taken) + 1))) if n not in taken)
            builder.name(name, position[id(self)])
        graph, raw = builder.finish(position[id(self)], name), {v: k for k, v in position.items()}
        by_id = {id(value): value for value in order}
        return graph, [by_id[raw[index]] for index in builder.origins]

    def __repr__(self) -> str:
        name = f"{self.name} = " if self.name else ""
        return f"Value({name}{self.value}, grad={self.grad})"

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """Let NumPy's own functions record the gate whose forward they are."""
        known = _ufuncs().get(ufunc)
        if known is None or method != "__call__" or options:
            raise TypeError(f"numpy.{ufunc.__name__} ({method}) on a graphtutor value is not supported")
        return apply(known, *inputs)

    def __add__(self, other: Any) -> Value:
        return apply(_ADD, self, other)

    def __radd__(self, other: Any) -> Value:
        return apply(_ADD, other, self)

    def __sub__(self, other: Any) -> Value:
        return apply(_SUB, self, other)

    def __rsub__(self, other: Any) -> Value:
        return apply(_SUB, other, self)

    def __mul__(self, other: Any) -> Value:
        return apply(_MUL, self, other)

    def __rmul__(self, other: Any) -> Value:
        return apply(_MUL, other, self)

    def __truediv__(self, other: Any) -> Value:
        return apply(_DIV, self, other)

    def __rtruediv__(self, other: Any) -> Value:
        return apply(_DIV, other, self)

    def __pow__(self, other: Any) -> Value:
        return apply(_POW, self, other)

    def __rpow__(self, other: Any) -> Value:
        return apply(_POW, other, self)

    def __neg__(self) -> Value:
        return apply(_NEG, self)

    def __pos__(self) -> Value:
        return self

    def __abs__(self) -> Value:
        return apply(_ABS, self)

    def __gt__(self, other: Any) -> Value:
        return apply(gate("greater"), self, other)

    def __ge__(self, other: Any) -> Value:
        return apply(gate("greater_equal"), self, other)

    def __lt__(self, other: Any) -> Value:
        return apply(gate("less"), self, other)

    def __le__(self, other: Any) -> Value:
        return apply(gate("less_equal"), self, other)

    def __bool__(self) -> bool:
        return bool(self._data)

    def __float__(self) -> float:
        return float(self._data)


_ADD, _SUB, _MUL, _DIV, _POW, _NEG, _ABS = (gate(name) for name in ("add", "sub", "mul", "div", "pow", "neg", "abs"))


def _ufuncs() -> dict[Any, Gate]:
    return {known.forward: known for known in all_gates().values() if isinstance(known.forward, np.ufunc)}


def var(name: str, value: Any) -> Value:
    """Make an input with a name: a number or an array (nested lists are fine). Raise `InputError` for anything else."""
    if not name.isidentifier():
        raise InputError(f"{name!r} cannot be a name; use letters, digits and _, beginning with a letter")
    return Value(_data(value), _SOURCE, (), name)


def apply(kind: Gate, *arguments: Any) -> Value:
    """Compute a gate on values and plain numbers, and record it."""
    args = tuple(arg if isinstance(arg, Value) else Value(_data(arg), gate("constant"), ()) for arg in arguments)
    with np.errstate(all="ignore"):
        return Value(as_float64(kind.forward(*(arg._data for arg in args))), kind, args)


def function(name: str) -> Callable[..., Any]:
    """Return the vocabulary's function of this name, for values and numbers; `KeyError` when there is none."""
    choices = functions()[name]

    def call(*arguments: Any) -> Any:
        for kind in choices:
            if len(kind.inputs) == len(arguments):
                return apply(kind, *arguments)
        counts = " or ".join(str(len(kind.inputs)) for kind in choices)
        raise TypeError(f"{name}() takes {counts} inputs, here are {len(arguments)}")

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"Record a {choices[0].name} gate: `{choices[0].formula}`."
    return call


def _data(value: Any) -> Array:
    try:
        if value is None:  # NumPy would make NaN of it
            raise TypeError
        return as_float64(value)
    except (TypeError, ValueError, OverflowError):
        raise InputError(f"this is no number, nor a regular list of numbers: {value!r:.60}") from None


def _ancestors(root: Value) -> list[Value]:
    """Return everything the value was made of, in the order in which the program made it."""
    found = {id(root): root}
    stack = [root]
    while stack:
        for arg in stack.pop()._args:
            if id(arg) not in found:
                found[id(arg)] = arg
                stack.append(arg)
    return sorted(found.values(), key=lambda value: value._serial)
