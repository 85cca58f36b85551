"""Values that compute eagerly and remember how: `gt.var("x", 2.0) * 3`."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np

from graphtutor.engine.rules import choose
from graphtutor.engine.run import Array, as_float64, backward, plain
from graphtutor.errors import InputError
from graphtutor.gates import Gate, all_gates, functions, gate
from graphtutor.graph import Builder, Graph

SOURCE = gate("input")
CONSTANT = gate("constant")
COPY = gate("copy")


class Value:
    """A number (or array) with the gate and the values it was made of. Made by `var`, by operators and by NumPy's functions."""

    __slots__ = ("__weakref__", "_args", "_data", "_gate", "_grad", "_options", "name")

    def __init__(
        self,
        data: Array,
        made_by: Gate,
        args: tuple[Value, ...],
        name: str | None = None,
        options: dict[str, Any] | None = None,
    ) -> None:
        self._data = data
        self._gate = made_by
        self._args = args
        self._options = options
        self._grad: Array | None = None
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
    def ndim(self) -> int:
        """The number of axes."""
        return int(np.ndim(self._data))

    @property
    def size(self) -> int:
        """The number of elements."""
        return int(np.size(self._data))

    @property
    def dtype(self) -> np.dtype[np.float64]:
        """Always float64."""
        return np.dtype(np.float64)

    @property
    def graph(self) -> Graph:
        """The recorded graph that ends here."""
        return record(self)[0]

    @property
    def T(self) -> Value:  # noqa: N802  NumPy's name
        """The transpose."""
        return apply(_TRANSPOSE, self)

    def backward(self, *, accumulate: bool = False) -> None:
        """Compute the gradient of this value with respect to everything it was made of.

        A second call gives the same gradients again; with `accumulate=True` they are added to the earlier ones.
        """
        graph, sources = record(self)
        run = backward(graph, [value._data for value in sources])
        for node, value in zip(graph.nodes, sources, strict=True):
            if node.gate is COPY or node.gate is CONSTANT:
                continue  # a copy gate has its source's gradient; no gradient flows to a constant
            fresh = run._grads[node.index]
            earlier = value._grad
            value._grad = earlier + fresh if accumulate and earlier is not None and fresh is not None else fresh

    def __repr__(self) -> str:
        name = f"{self.name} = " if self.name else ""
        return f"Value({name}{self.value}, grad={self.grad})"

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """Let NumPy's own elementwise functions record the gate whose forward they are."""
        from graphtutor.engine.numpy_api import call_ufunc

        return call_ufunc(ufunc, method, inputs, options)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        """Let NumPy's other functions record gates."""
        from graphtutor.engine.numpy_api import call_function

        return call_function(func, args, kwargs)

    def __getattr__(self, name: str) -> Any:
        """Return the array methods that NumPy has as functions too (`x.sum()`, `x.reshape(2, 3)`)."""
        from graphtutor.engine.numpy_api import method

        return method(self, name)

    def __len__(self) -> int:
        if not self.ndim:
            raise TypeError("a single number has no length")
        return int(self.shape[0])

    def __iter__(self) -> Iterator[Value]:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, index: Any) -> Value:
        return apply(_INDEX, self, index=static(index))

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

    def __matmul__(self, other: Any) -> Value:
        return apply(_MATMUL, self, other)

    def __rmatmul__(self, other: Any) -> Value:
        return apply(_MATMUL, other, self)

    def __mod__(self, other: Any) -> Value:
        return apply(gate("mod"), self, other)

    def __rmod__(self, other: Any) -> Value:
        return apply(gate("mod"), other, self)

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
        warnings.warn(
            "a traced value decides a Python `if`: the recorded graph keeps the branch that was taken; "
            "use `where(condition, a, b)` to keep both",
            stacklevel=2,
        )
        return bool(self._data)

    def __float__(self) -> float:
        return float(self._data)


_ADD, _SUB, _MUL, _DIV, _POW, _NEG, _ABS = (gate(name) for name in ("add", "sub", "mul", "div", "pow", "neg", "abs"))
_MATMUL, _TRANSPOSE, _INDEX = (gate(name) for name in ("matmul", "transpose", "index"))


def var(name: str, value: Any) -> Value:
    """Make an input with a name: a number or an array (nested lists are fine). Raise `InputError` for anything else."""
    if not name.isidentifier():
        raise InputError(f"{name!r} cannot be a name; use letters, digits and _, beginning with a letter")
    return Value(_data(value), SOURCE, (), name)


def apply(kind: Gate, *arguments: Any, **options: Any) -> Value:
    """Compute a gate on values and plain numbers, and record it."""
    args = tuple(arg if isinstance(arg, Value) else Value(_data(arg), CONSTANT, ()) for arg in arguments)
    with np.errstate(all="ignore"):
        data = as_float64(kind.forward(*(arg._data for arg in args), **options))
    return Value(data, kind, args, None, options or None)


def static(value: Any) -> Any:
    """Return an index or an option without values in it: their numbers, rounded to whole ones, are frozen."""
    if isinstance(value, tuple):
        return tuple(static(part) for part in value)
    if isinstance(value, Value):
        return np.asarray(value._data).astype(int)[()]
    return value


def record(root: Value) -> tuple[Graph, list[Value]]:
    """Return the graph that ends in this value, and the value that stands behind each of its nodes."""
    order = ancestors(root)
    builder = Builder()
    position: dict[int, int] = {}
    behind: dict[int, Value] = {}
    named: dict[str, Value] = {}
    for value in order:
        if value._gate is SOURCE and value.name is not None:
            if named.setdefault(value.name, value) is not value:
                raise InputError(f"two inputs are called {value.name!r}; give each variable a name of its own")
            at = builder.input(value.name)
        elif value._gate is CONSTANT:
            at = builder.constant(value.value)
        elif value._gate is COPY:
            at = position[id(value._args[0])]
        else:
            at = builder.gate(value._gate, tuple(position[id(arg)] for arg in value._args), None, value._options)
            if value.name is not None:
                builder.name(value.name, at)
        position[id(value)] = at
        behind.setdefault(at, value)
    at = position[id(root)]
    name = root.name
    if name is None:
        taken = {value.name for value in order}
        name = next(n for n in ("f", "out", *(f"f{i}" for i in range(len(taken) + 1))) if n not in taken)
        builder.name(name, at)
    graph = builder.finish(at, name)
    return graph, [behind[index] for index in builder.origins]


def function(name: str) -> Callable[..., Any]:
    """Return the vocabulary's function of this name, for values and numbers; `KeyError` when there is none."""
    return _function(functions()[name], name)


def _function(choices: tuple[Gate, ...], name: str) -> Callable[..., Any]:
    def call(*arguments: Any, **options: Any) -> Any:
        kind = choose(choices, len(arguments))
        if kind.variadic:
            parts = arguments[0] if len(arguments) == 1 and not isinstance(arguments[0], Value) else arguments
            return apply(kind, *parts, **options)
        extra = arguments[len(kind.inputs) :]
        if len(arguments) < len(kind.inputs) or len(extra) > len(kind.options):
            counts = " or ".join(str(len(choice.inputs)) for choice in choices)
            raise TypeError(f"{name}() takes {counts} inputs, here are {len(arguments)}")
        options.update(zip(kind.options, extra, strict=False))
        return apply(kind, *arguments[: len(kind.inputs)], **options)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"Record a {choices[0].name} gate: `{choices[0].formula}`."
    return call


@cache
def recorder(kind: Gate) -> Callable[..., Any]:
    """Return how a rule calls this gate: recorded where a value takes part, with plain NumPy otherwise."""

    def call(*arguments: Any, **options: Any) -> Any:
        if any(isinstance(argument, Value) for argument in arguments):
            return apply(kind, *arguments, **options)
        return kind.forward(*arguments, **options)

    return call


@cache
def ufuncs() -> dict[Any, Gate]:
    """Return the gate that each of NumPy's ufuncs is the forward of."""
    return {known.forward: known for known in all_gates().values() if isinstance(known.forward, np.ufunc)}


def _data(value: Any) -> Array:
    try:
        return as_float64(value)
    except (TypeError, ValueError, OverflowError):
        raise InputError(f"this is no number, nor a regular list of numbers: {value!r:.60}") from None


def ancestors(root: Value) -> list[Value]:
    """Return everything the value was made of, inputs before what they feed. No recursion."""
    order: list[Value] = []
    done: set[int] = set()
    stack = [root]
    while stack:
        value = stack[-1]
        waiting = [arg for arg in value._args if id(arg) not in done] if id(value) not in done else []
        if waiting:
            stack.extend(reversed(waiting))
            continue
        stack.pop()
        if id(value) not in done:
            done.add(id(value))
            order.append(value)
    return order
