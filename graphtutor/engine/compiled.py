"""Compile a graph once, run it many times."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from graphtutor.engine import lifted, scalar, straight
from graphtutor.engine.arrays import Arrays, Buffers
from graphtutor.engine.kept import KeptRun
from graphtutor.engine.run import Run, bind, plain, run
from graphtutor.errors import InputError, near_misses
from graphtutor.graph import Graph

MANY = 100
"""From so many gates on it pays to group them."""

Key = tuple[tuple[int, ...] | None, ...] | None
"""The shapes of the inputs, `None` for a number; `None` where all are numbers."""


def compile(graph_or_function: Graph | Callable[..., Any], *args: Any, wrt: Sequence[str] | None = None) -> Program:
    """Return a graph, or a NumPy function traced with example arguments, as a `Program`.

    `wrt` names the inputs whose gradients `Program.value_and_grad` computes; by default all of them.
    """
    if isinstance(graph_or_function, Graph):
        return Program(graph_or_function, wrt)
    from graphtutor.engine.transform import trace

    return Program(trace(graph_or_function, *args)[0], wrt)


class Program:
    """A graph compiled for reruns with new inputs. It gives the numbers of `Graph.run`, up to rounding.

    Inputs are numbers or arrays, as in `Graph.run`. It chooses by itself how to compute, and compiles at the first call
    with inputs of new shapes: numbers run as straight-line Python, arrays as straight-line NumPy. To run a graph of
    numbers over a batch, give arrays of one shape for the inputs that differ and numbers for those that are shared: all
    gates of one kind and level are then computed together, for all samples.
    """

    def __init__(self, graph: Graph, wrt: Sequence[str] | None = None) -> None:
        self.graph = graph
        for name in wrt or ():
            if name not in graph.inputs:
                raise InputError(f"there is no input {name!r}{near_misses(name, graph.inputs)}")
        self.wrt = tuple(graph.inputs if wrt is None else wrt)
        """The inputs whose gradients `value_and_grad` computes."""
        self._names = tuple(graph.inputs)
        self._wanted = tuple(graph.inputs[name] for name in self.wrt)
        self._kept: dict[Key, _Plan] = {}
        self._lean: dict[Key, _Plan] = {}
        self._last: _Plan | None = None
        self._floats = [float] * len(self._names)

    def run(self, inputs: Mapping[str, Any] | None = None, /, **values: Any) -> Run:
        """Run forward and backward and keep every number, as `Graph.run` does.

        The numbers stay where the program left them until they are read, and belong to the run as long as it lives.
        """
        given, key = self._bind({**(inputs or {}), **values} if values else inputs or {})
        plan = self._kept.get(key)
        if plan is None:
            plan = self._kept[key] = self._compile(given, None)
        return plan.run(given)

    def value_and_grad(self, inputs: Mapping[str, Any] | None = None, /, **values: Any) -> tuple[Any, dict[str, Any]]:
        """Return the output's value and the gradients of the inputs by name; nothing else is kept, which is faster.

        The gradient of an output with many elements is that of their sum, as in `Graph.run`. Numbers that are not
        finite flow, with NumPy's own warnings; `run` says where they began.
        """
        inputs = {**(inputs or {}), **values} if values else inputs or {}
        found = self._last.value_and_grad(inputs) if self._last is not None else None
        return found or self._first(inputs)

    def _first(self, inputs: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
        """Do so for inputs that are of other shapes than the last ones, or are still to be converted."""
        given, key = self._bind(inputs)
        self._last = self._lean.get(key)
        if self._last is None:
            self._last = self._lean[key] = self._compile(given, self._wanted)
        found = self._last.value_and_grad(dict(zip(self._names, given, strict=True)))
        assert found is not None
        return found

    def _bind(self, inputs: Mapping[str, Any]) -> tuple[list[Any], Key]:
        """Return the inputs in order, as floats and float64 arrays of our own, and the shapes of the arrays."""
        if len(inputs) == len(self._names):
            given: list[Any] = [inputs.get(name) for name in self._names]
            kinds = list(map(type, given))
            if kinds == self._floats:
                return given, None
            if set(kinds) == {float, np.ndarray} and all(map(_is_plain, given)):
                given = [value if value.__class__ is float else value.copy() for value in given]
                return given, tuple([None if value.__class__ is float else value.shape for value in given])
        given = [plain(value) for value in bind(self.graph, inputs).values()]
        if list(map(type, given)) == self._floats:
            return given, None
        return given, tuple(None if value.__class__ is float else value.shape for value in given)

    def _compile(self, given: list[Any], wanted: Sequence[int] | None) -> _Plan:
        if any(node.gate.inside is not None for node in self.graph.nodes):  # a closed box has no rule as text
            return _Right(self.graph, wanted)
        if self._is_scalar and list(map(type, given)) == self._floats:
            return _OnFloats(self.graph, wanted)
        shapes = {value.shape for value in given if value.__class__ is not float}
        if len(self.graph.nodes) >= MANY and len(shapes) == 1 and lifted.fits(self.graph):
            return _OnBatches(self.graph, given, wanted)
        try:
            return _OnArrays(self.graph, given, wanted)
        except (
            TypeError,
            ValueError,
            IndexError,
        ):  # shapes that do not fit, or a rule that no source can be written for
            return _Right(self.graph, wanted)

    @cached_property
    def _is_scalar(self) -> bool:
        return straight.fits(self.graph)


def _is_plain(value: Any) -> bool:
    return value.__class__ is float or (value.dtype == np.float64 and bool(value.ndim and value.size))


class _Plan(Protocol):
    """One way to compute, for inputs of certain shapes."""

    def run(self, given: list[Any]) -> Run:
        """Run with converted inputs, which are ours to keep, and keep every number."""

    def value_and_grad(self, inputs: Mapping[str, Any]) -> tuple[Any, dict[str, Any]] | None:
        """Return the output's value and the wanted gradients; `None` for inputs that are not as they must be here."""


class _OnFloats:
    """Straight-line Python. Where `math` raises, the run goes the NumPy way."""

    def __init__(self, graph: Graph, wanted: Sequence[int] | None) -> None:
        self.graph = graph
        self.names = tuple(graph.inputs)
        self.wanted = {graph.nodes[index].key: index for index in wanted or ()}
        self.straight = straight.Straight(graph, wanted)

    def run(self, given: list[float]) -> Run:
        try:
            cells = self.straight(given)
        except scalar.FAULTS:
            return run(self.graph, dict(zip(self.names, given, strict=True)))
        return KeptRun(self.graph, given, straight.Cells(self.straight, cells))

    def value_and_grad(self, inputs: Mapping[str, Any]) -> tuple[Any, dict[str, Any]] | None:
        given: list[Any] = [inputs.get(name) for name in self.names]
        if len(inputs) != len(given) or any(value.__class__ is not float for value in given):
            return None
        try:
            cells = self.straight(given)
        except scalar.FAULTS:
            right = run(self.graph, inputs)
            return right.value(), {name: right.grad_at(index) for name, index in self.wanted.items()}
        kept = straight.Cells(self.straight, cells)
        return kept.value(self.graph.output), {name: kept.grad(index) for name, index in self.wanted.items()}


class _Right:
    """`Graph.run`, gate by gate: always right, and it says what is wrong with the inputs."""

    def __init__(self, graph: Graph, wanted: Sequence[int] | None) -> None:
        self.graph = graph
        self.wanted = {graph.nodes[index].key: index for index in wanted or ()}

    def run(self, given: list[Any]) -> Run:
        return run(self.graph, dict(zip(self.graph.inputs, given, strict=True)))

    def value_and_grad(self, inputs: Mapping[str, Any]) -> tuple[Any, dict[str, Any]] | None:
        found = run(self.graph, inputs)
        return found.value(), {name: found.grad_at(index) for name, index in self.wanted.items()}


class _Pooled:
    """A plan whose function writes into buffers of its own. Those that nobody uses any more wait in a pool."""

    make: Callable[[], Callable[..., Any]]

    def __init__(self) -> None:
        self._pool: list[Callable[..., Any]] = []

    def take(self) -> Callable[..., Any]:
        return self._pool.pop() if self._pool else self.make()

    def give(self, function: Callable[..., Any]) -> None:
        if len(self._pool) < 4:
            self._pool.append(function)

    def done(self, kept: Any) -> None:
        self.give(kept.run)


class _OnArrays(_Pooled):
    """Straight-line NumPy."""

    def __init__(self, graph: Graph, given: list[Any], wanted: Sequence[int] | None) -> None:
        super().__init__()
        self.graph = graph
        self.arrays = Arrays(graph, given, wanted)
        self.make = self.arrays.make

    def run(self, given: list[Any]) -> Run:
        function = self.take()
        with np.errstate(all="ignore"):
            results = function(*given)
        return KeptRun(self.graph, given, Buffers(self.arrays, function, results), self.done)

    def value_and_grad(self, inputs: Mapping[str, Any]) -> tuple[Any, dict[str, Any]] | None:
        function = self.take()
        found: tuple[Any, dict[str, Any]] | None = function(inputs)
        self.give(function)
        return found


class _OnBatches(_Pooled):
    """Groups of gates over a batch."""

    def __init__(self, graph: Graph, given: list[Any], wanted: Sequence[int] | None) -> None:
        super().__init__()
        self.graph = graph
        batched = [value.__class__ is not float for value in given]
        (self.shape,) = {value.shape for value in given if value.__class__ is not float}
        self.names = tuple(graph.inputs)
        self.kinds = list(map(type, given))
        self.lifted = lifted.Lifted(graph, batched, int(np.prod(self.shape)), wanted)
        self.make = self.lifted.make
        self.wanted = [(graph.nodes[index].key, index) for index in wanted or ()]
        cells = [(name, self.lifted.grads[index]) for name, index in self.wanted]
        self.shared = [name for name, cell in cells if cell is not None and not cell.wide]
        self.rows = np.array([cell.row for _, cell in cells if cell is not None and not cell.wide], dtype=int)

    def run(self, given: list[Any]) -> Run:
        return KeptRun(self.graph, given, self._call(given), self.done)

    def value_and_grad(self, inputs: Mapping[str, Any]) -> tuple[Any, dict[str, Any]] | None:
        given: list[Any] = [inputs.get(name) for name in self.names]
        if len(inputs) != len(given) or list(map(type, given)) != self.kinds:
            return None
        if any(value.shape != self.shape for value in given if value.__class__ is not float):
            return None
        kept = self._call(given)
        shared = dict(zip(self.shared, kept.slopes[self.rows].tolist(), strict=True))
        grads = {name: shared[name] if name in shared else kept.grad(index) for name, index in self.wanted}
        value = kept.value(self.graph.output)
        self.done(kept)
        return value, grads

    def _call(self, given: list[Any]) -> lifted.Rows:
        numbers = [value for value in given if value.__class__ is float]
        arrays = [value.ravel() for value in given if value.__class__ is not float]
        function = self.take()
        with np.errstate(all="ignore"):
            return lifted.Rows(self.lifted, function, function(numbers, arrays), self.shape)
