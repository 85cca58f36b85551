"""Values that compute eagerly and remember how: `gt.var("x", 2.0) * 3`."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np

from graphtutor.engine import operators
from graphtutor.engine.recipes import recipe
from graphtutor.engine.run import Array, as_float64, misfit, plain
from graphtutor.errors import InputError
from graphtutor.gates import Gate, Role, all_gates, functions, gate

if TYPE_CHECKING:
    from graphtutor.graph import Graph

_serials = count()
_NAMELESS = (0, None)
FLOAT64 = np.dtype(np.float64)
NDARRAY = np.ndarray
SOURCE = gate("input")
COPY = gate("copy")
CONSTANT = gate("constant")

tracing: ContextVar[bool] = ContextVar("tracing", default=False)
"""Whether a function is being traced: a value that then becomes a plain number loses its gradient."""


class Value:
    """A number with the gate and the values it was made of. Made by `var`, by operators and by NumPy's functions.

    A value made by an elementwise gate from numbers keeps what feeds it in `_a` and `_b`, and its local gradients in
    `_da` and `_db`; where a plain number feeds a slot, it stands there instead. Any other value has `_b = GENERAL`, the
    tuple of what feeds its slots in `_a`, its options in `_da`, and where its gate has a recipe for the inputs' shapes
    in `_db` the function that sends its gradient on, the values that it sends to, and what else that needs.
    """

    __slots__ = ("_a", "_b", "_da", "_data", "_db", "_gate", "_grad", "_k", "_name")
    __array_priority__ = 1000

    _a: Any
    _b: Any
    _da: Any
    _db: Any
    _data: Array
    _gate: Gate
    _grad: Any
    _k: int
    _name: tuple[int, str | None]

    @property
    def name(self) -> str | None:
        """The name in the recorded graph; may be set on any value."""
        return getattr(self, "_name", _NAMELESS)[1]

    @name.setter
    def name(self, name: str | None) -> None:
        self._name = (next(_serials), name)

    @property
    def value(self) -> Any:
        """The number, a float, or the array."""
        return plain(self._data)

    @property
    def grad(self) -> Any:
        """d(output)/d(this) of the last `backward()`, or `None` before one."""
        return plain(getattr(self, "_grad", None))

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
    def graph(self) -> Graph:
        """The recorded graph that ends here."""
        from graphtutor.engine.history import record

        return record(self)[0]

    @property
    def T(self) -> Value:
        """The transpose."""
        return apply(_TRANSPOSE, self)

    def backward(self, *, accumulate: bool = False) -> None:
        """Compute the gradient of this value with respect to everything it was made of.

        A second call gives the same gradients again; with `accumulate=True` they are added to the earlier ones.
        """
        global _backward
        if _backward is None:
            from graphtutor.engine.tape import backward as _backward
        _backward(self, accumulate)

    def __repr__(self) -> str:
        name = f"{self.name} = " if self.name else ""
        return f"Value({name}{self.value}, grad={self.grad})"

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """Let NumPy's own elementwise functions record the gate whose forward they are."""
        if method == "__call__" and not options:
            known = _CALLS.get(ufunc) or _call_of(ufunc)
            if known is not None:
                return known(*inputs)
        from graphtutor.engine.numpy_api import call_ufunc

        return call_ufunc(ufunc, method, inputs, options)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        """Let NumPy's other functions record gates."""
        from graphtutor.engine.numpy_api import call_function

        return call_function(func, args, kwargs)

    def __len__(self) -> int:
        if not self.ndim:
            raise TypeError("a single number has no length")
        return int(self.shape[0])

    def __iter__(self) -> Iterator[Value]:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, index: Any) -> Value:
        from graphtutor.engine.indexing import static

        return apply(_INDEX, self, index=static(index, self.shape))

    def __setitem__(self, index: Any, value: Any) -> None:
        raise TypeError("an element of a value cannot be replaced; make a new value with where, concatenate or stack")

    def __pos__(self) -> Value:
        return self

    if TYPE_CHECKING:  # made below, one short function per gate

        def __add__(self, other: Any) -> Value: ...
        def __radd__(self, other: Any) -> Value: ...
        def __sub__(self, other: Any) -> Value: ...
        def __rsub__(self, other: Any) -> Value: ...
        def __mul__(self, other: Any) -> Value: ...
        def __rmul__(self, other: Any) -> Value: ...
        def __truediv__(self, other: Any) -> Value: ...
        def __rtruediv__(self, other: Any) -> Value: ...
        def __pow__(self, other: Any) -> Value: ...
        def __rpow__(self, other: Any) -> Value: ...
        def __matmul__(self, other: Any) -> Value: ...
        def __rmatmul__(self, other: Any) -> Value: ...
        def __floordiv__(self, other: Any) -> Value: ...
        def __rfloordiv__(self, other: Any) -> Value: ...
        def __mod__(self, other: Any) -> Value: ...
        def __rmod__(self, other: Any) -> Value: ...
        def __neg__(self) -> Value: ...
        def __abs__(self) -> Value: ...

        def __gt__(self, other: Any) -> Value: ...
        def __ge__(self, other: Any) -> Value: ...
        def __lt__(self, other: Any) -> Value: ...
        def __le__(self, other: Any) -> Value: ...
        def __and__(self, other: Any) -> Value: ...
        def __rand__(self, other: Any) -> Value: ...
        def __or__(self, other: Any) -> Value: ...
        def __ror__(self, other: Any) -> Value: ...
        def __invert__(self) -> Value: ...

    def __eq__(self, other: object) -> Any:
        return apply(gate("equal"), self, other) if isinstance(other, NUMBERS) else NotImplemented

    def __ne__(self, other: object) -> Any:
        return apply(gate("not_equal"), self, other) if isinstance(other, NUMBERS) else NotImplemented

    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        warnings.warn(
            "a traced value decides a Python `if`: the recorded graph keeps the branch that was taken; "
            "use `where(condition, a, b)` to keep both",
            stacklevel=2,
        )
        return bool(self._data)

    def __float__(self) -> float:
        if tracing.get():
            warnings.warn(
                "a traced value becomes a plain number here, so no gradient flows back through it; "
                "use NumPy's functions instead of math's, and make arrays of values with np.array or np.stack",
                stacklevel=2,
            )
        return float(self._data)

    def __int__(self) -> int:
        return int(self._data)

    def __format__(self, spec: str) -> str:
        return format(self.value, spec) if spec else repr(self)


_backward: Any = None
"""`tape.backward`, imported when it is first called."""

GENERAL: Any = object()
"""Stands in `_b` of a value that was applied in general."""


class ArrayValue(Value):
    """A value that holds an array. Every operation on it is applied in general."""

    __slots__ = ()

    @property
    def dtype(self) -> np.dtype[np.float64]:
        """Always float64. A number has none, as Python's have none: NumPy's `mean` would make plain numbers with it."""
        return FLOAT64


def make(data: Array, made_by: Gate, feeds: tuple[Any, ...] | None, options: dict[str, Any] | None = None) -> Value:
    """Make a value; `feeds` is what feeds its slots (values, numbers and arrays), `None` for an input."""
    if isinstance(data, np.ndarray) and data.ndim:
        value: Value = ArrayValue()
        value._data = data
    else:
        value = Value()
        value._data = float(data)
    value._gate = made_by
    value._a = feeds
    value._b = None if feeds is None else GENERAL
    value._da = options
    value._db = None
    value._k = 0
    return value


def var(name: str, value: Any) -> Value:
    """Make an input with a name: a number or an array (nested lists are fine). Raise `InputError` for anything else."""
    if not name.isidentifier():
        raise InputError(f"{name!r} cannot be a name; use letters, digits and _, beginning with a letter")
    if value.__class__ is float:  # what `make` does, at a tenth of its price
        made = Value()
        made._data = value
        made._gate = SOURCE
        made._a = made._b = made._da = None
        made._k = 0
    elif value.__class__ is NDARRAY and value.dtype is FLOAT64 and value.ndim:
        made = ArrayValue()
        made._data = value.copy()
        made._gate = SOURCE
        made._a = made._b = made._da = None
        made._k = 0
    elif holds_value(value):
        raise InputError(f"the value of {name!r} is already recorded; set its `.name` instead")
    else:
        made = make(np.array(_data(value))[()], SOURCE, None)
    made._name = next(_serials), name
    return made


@contextmanager
def without_collection() -> Iterator[None]:
    """Pause Python's cyclic garbage collection while values are recorded; it goes on afterwards, also after an error.

    Values hold no cycles, so nothing leaks; but every new one counts towards the next collection, and looking through
    many thousands of them takes longer than making them.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def apply(kind: Gate, *arguments: Any, **options: Any) -> Value:
    """Compute a gate on values and plain numbers, and record it. Raise `InputError` where the shapes do not fit."""
    feeds = []
    inputs = []
    wanted = []
    for arg in arguments:
        if not isinstance(arg, Value) and (arg.__class__ is not np.ndarray or arg.dtype is not FLOAT64 or not arg.ndim):
            arg = _data(arg)  # a list of values becomes a value
        feeds.append(arg)
        if isinstance(arg, Value):
            data = arg._data
            inputs.append(np.float64(data) if data.__class__ is float else data)
            wanted.append(True)
        else:
            inputs.append(arg)
            wanted.append(False)
    try:
        shapes = tuple([x.shape for x in inputs])
        found = recipe(kind, shapes, tuple(wanted), tuple(options.items()) if options else ())
    except (TypeError, AttributeError):  # options that cannot be told apart quickly, such as index arrays
        found = None
    if found is not None:
        made: Value = found(tuple(feeds), *inputs)
        if options:
            made._da = options
        return made
    inputs = [as_float64(x._data) if isinstance(x, Value) else x for x in inputs]
    try:
        with np.errstate(all="ignore"):
            data = as_float64(kind.forward(*inputs, **options))
    except (ValueError, TypeError) as error:  # an IndexError ends a loop over elements, and stays one
        raise InputError(misfit(f"the {kind.symbol} gate", tuple(inputs), error)) from None
    return make(data, kind, tuple(feeds), options or None)


_TRANSPOSE, _INDEX, _STACK = gate("transpose"), gate("index"), gate("stack")
NUMBERS = (Value, int, float, np.ndarray, np.generic, list, tuple)
_ENVIRONMENT = {"Value": Value, "ArrayValue": ArrayValue, "apply": apply, "NUMBERS": NUMBERS}


@cache
def recording(kind: Gate) -> operators.Recorder:
    """Return the gate as functions that record."""
    return operators.recording(kind, _ENVIRONMENT)


for _method, _kind in {
    "add": "add", "sub": "sub", "mul": "mul", "truediv": "div", "pow": "pow", "matmul": "matmul", "mod": "mod",
    "neg": "neg", "abs": "abs", "gt": "greater", "ge": "greater_equal", "lt": "less", "le": "less_equal",
}.items():  # fmt: skip
    _recorder = recording(gate(_kind))
    setattr(Value, f"__{_method}__", _recorder.method)
    _general = operators.general(gate(_kind), _ENVIRONMENT)
    setattr(ArrayValue, f"__{_method}__", _general.method)
    if len(gate(_kind).inputs) == 2 and gate(_kind).role is not Role.STOPPER:
        setattr(Value, f"__r{_method}__", _recorder.reflected)
        setattr(ArrayValue, f"__r{_method}__", _general.reflected)


def _ask(name: str, turned: bool = False) -> Callable[..., Any]:
    def ask(*values: Any) -> Any:
        return getattr(np, name)(*(values[::-1] if turned else values))

    return ask


for _method, _ufunc in {
    "and": "bitwise_and", "or": "bitwise_or", "invert": "invert", "floordiv": "floor_divide",
}.items():  # fmt: skip
    setattr(Value, f"__{_method}__", _ask(_ufunc))
    setattr(Value, f"__r{_method}__", _ask(_ufunc, turned=True))


def _method_of(name: str) -> Callable[..., Any]:
    def call(self: Value, *arguments: Any, **options: Any) -> Any:
        from graphtutor.engine.numpy_api import method

        return method(self, name)(*arguments, **options)

    call.__name__ = call.__qualname__ = name
    return call


# The array methods that NumPy has as functions too (`x.sum()`), and the vocabulary's of one value (`x.relu()`).
# Not `__getattr__`: a class that has it reads every attribute the slow way.
# fmt: off
ARRAY_METHODS = [
    "sum", "mean", "prod", "max", "min", "std", "var", "reshape", "transpose", "ravel", "flatten", "squeeze",
    "swapaxes", "dot", "repeat", "clip", "cumsum", "diagonal", "trace", "take", "argmax", "argmin", "argsort", "all",
    "any", "round", "astype", "copy", "conj", "conjugate", "item", "tolist", "nonzero",
]
# fmt: on
for _name in {*ARRAY_METHODS, *(name for name, choices in functions().items() if len(choices[0].inputs) == 1)}:
    if not hasattr(Value, _name):
        setattr(Value, _name, _method_of(_name))


def holds_value(x: Any) -> bool:
    """Whether this is a value, or a nested sequence or array of objects with values in it."""
    if isinstance(x, np.ndarray):
        return x.dtype == object and any(isinstance(part, Value) for part in x.flat)
    return isinstance(x, Value) or (isinstance(x, list | tuple) and any(map(holds_value, x)))


def array_of(x: Any) -> Any:
    """Make one value of a nested sequence with values in it."""
    if isinstance(x, np.ndarray):
        x = x.tolist()
    if isinstance(x, Value):
        return x
    return apply(_STACK, *(array_of(part) for part in x), axis=0) if holds_value(x) else _data(x)


_CALLS: dict[Any, Callable[..., Any]] = {}


def _call_of(ufunc: Any) -> Callable[..., Any] | None:
    kind = ufuncs().get(ufunc)
    if kind is None:
        return None
    found = _CALLS[ufunc] = recording(kind).call
    return found


@cache
def ufuncs() -> dict[Any, Gate]:
    """Return the gate that each of NumPy's ufuncs is the forward of."""
    return {known.forward: known for known in all_gates().values() if isinstance(known.forward, np.ufunc)}


def _data(value: Any) -> Any:
    if isinstance(value, list | tuple | np.ndarray) and holds_value(value):
        return array_of(value)
    try:
        if value is None:  # NumPy would make NaN of it
            raise TypeError
        return as_float64(value)
    except (TypeError, ValueError, OverflowError):
        raise InputError(f"this is no number, nor a regular list of numbers: {value!r:.60}") from None
