"""Open composite gates: replace them by the simpler gates they are made of. Names, keys, values and gradients stay."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cache
from typing import Any

import numpy as np

from graphtutor.engine.rules import compiled, vocabulary
from graphtutor.engine.run import Run, as_float64, plain
from graphtutor.errors import InputError, near_misses
from graphtutor.gates import Gate, gate
from graphtutor.graph import Builder, Graph, Node
from graphtutor.graph.build import CONSTANT, COPY, INPUT, rebuild, with_change
from graphtutor.graph.graph import Whole


def expand(run: Run, which: Collection[str] | str | None = None) -> Run:
    """Return the run of the graph in which composite gates are spelled out; values and gradients stay the same.

    `which` names gates (`sigmoid`), nodes (`sigmoid1`, `f`) or kinds of closed boxes (`layer`); by default every
    composite gate, one level deep; closed boxes stay closed. The output of what was opened keeps the key and the name
    of the gate, so that `collapse` finds it again. Raise `InputError` for a name that is neither, or a gate that has no
    expansion.
    """
    return expand_graph(run.graph, which, run._values).run(run.inputs)


def expand_graph(graph: Graph, which: Collection[str] | str | None = None, values: list[Any] | None = None) -> Graph:
    """Do so with a graph alone. Raise `InputError` also where the expansion depends on the shapes of the values."""
    chosen = {node.index for node in _chosen(graph, which)}
    if not chosen:
        return graph

    def put(builder: Builder, node: Node, made: dict[int, int]) -> int | None:
        return _opened(graph, builder, node, made, values) if node.index in chosen else None

    keys = tuple(graph.nodes[index].key for index in sorted(chosen))
    found = rebuild(graph, put)
    found.changes = with_change(graph.changes, ("expand", keys))
    return found


def opened(graph: Graph) -> Graph:
    """Return the graph with every closed box opened, however deep."""
    while boxes := [node.key for node in graph.nodes if node.gate.inside is not None]:
        graph = expand_graph(graph, boxes)
    return graph


def expandable(of: Run | Graph) -> tuple[str, ...]:
    """Return the keys of the nodes that can be opened, in order."""
    graph = of.graph if isinstance(of, Run) else of
    return tuple(node.key for node in graph.nodes if _has_parts(graph, node))


def _has_parts(graph: Graph, node: Node) -> bool:
    """Whether there is something to see inside; with constants alone there is nothing left to compute."""
    if node.gate.expansion is None and node.gate.inside is None:
        return False
    return any(graph.nodes[arg].gate is not CONSTANT for arg in node.args)


def _chosen(graph: Graph, which: Collection[str] | str | None) -> list[Node]:
    able = [node for node in graph.nodes if _has_parts(graph, node)]
    if which is None:
        return [node for node in able if node.gate.expansion is not None and not node.gate.whole]
    words = (which,) if isinstance(which, str) else tuple(which)
    known = {word for node in graph.nodes for word in (node.key, node.gate.name)}
    for word in words:
        if word not in known:
            raise InputError(f"there is no gate {word!r} in this graph{near_misses(word, known)}")
        if not any(word in (node.key, node.gate.name) for node in able):
            raise InputError(f"{word!r} has no expansion into simpler gates")
    return [node for node in able if node.key in words or node.gate.name in words]


def _opened(graph: Graph, builder: Builder, node: Node, made: dict[int, int], values: list[Any] | None) -> int:
    """Add the parts of a gate, and return where its output is."""
    sources = [graph.origin(arg) for arg in node.args]
    feeds = tuple(source.constant if source.gate is CONSTANT else source.key for source in sources)
    whole = Whole(node.key, node.gate, feeds, node.options, node.place)
    start = len(builder)
    if node.gate.inside is not None:
        at = _inside(builder, node.gate.inside, [made[arg] for arg in node.args])
    else:
        assert node.gate.expansion is not None
        arguments = [
            as_float64(source.constant)
            if source.gate is CONSTANT
            else Symbol(builder, made[arg], None if values is None else values[arg])
            for source, arg in zip(sources, node.args, strict=True)
        ]
        function = compiled(node.gate.expansion, node.gate.names, vocabulary(_recorder))
        at = function(*arguments, *node.settings.values()).at
    for index in range(start, len(builder)):
        builder[index].within = (*node.within, whole, *builder[index].within)
        builder[index].place = node.place
    builder[at].key = node.key
    return at


def _inside(builder: Builder, inside: Graph, feeds: list[int]) -> int:
    made = dict(zip(inside.inputs.values(), feeds, strict=True))
    for node in inside.nodes:
        if node.gate is COPY:
            made[node.index] = made[node.args[0]]
        elif node.gate is not INPUT:
            made[node.index] = builder.again(node, [made[arg] for arg in node.args])
    for name, index in inside.names.items():
        if name not in inside.inputs:
            builder.name(name, made[index])
    return made[inside.output]


class Symbol:
    """Stands for a value in an expansion: what is computed with it is added to the builder."""

    __array_ufunc__ = None  # NumPy's numbers leave the operation to us

    def __init__(self, builder: Builder, at: int, value: Any) -> None:
        self.builder = builder
        self.at = at
        self._value = value

    @property
    def value(self) -> Any:
        """The number or array, where a run is expanded."""
        if self._value is None:
            raise InputError("this expansion depends on the shapes of the values; give values, and expand their run")
        return self._value

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the value."""
        return tuple(self.value.shape)


@cache
def _recorder(kind: Gate) -> Callable[..., Any]:
    def call(*arguments: Any, **options: Any) -> Any:
        symbols = [argument for argument in arguments if isinstance(argument, Symbol)]
        if not symbols:
            return kind.forward(*arguments, **options)
        builder = symbols[0].builder
        args = tuple(
            argument.at if isinstance(argument, Symbol) else builder.constant(plain(as_float64(argument)))
            for argument in arguments
        )
        value = None
        if all(symbol._value is not None for symbol in symbols):
            numbers = [x._value if isinstance(x, Symbol) else as_float64(x) for x in arguments]
            with np.errstate(all="ignore"):
                value = as_float64(kind.forward(*numbers, **options))
        return Symbol(builder, builder.gate(kind, args, None, options), value)

    return call


def _method(kind: str, *, reflected: bool = False) -> Callable[..., Any]:
    def method(*arguments: Any) -> Any:
        return _recorder(gate(kind))(*(reversed(arguments) if reflected else arguments))

    return method


for _name, _kind in {
    "add": "add",
    "sub": "sub",
    "mul": "mul",
    "truediv": "div",
    "pow": "pow",
    "matmul": "matmul",
}.items():
    setattr(Symbol, f"__{_name}__", _method(_kind))
    setattr(Symbol, f"__r{_name}__", _method(_kind, reflected=True))
for _name, _kind in {
    "neg": "neg", "abs": "abs", "gt": "greater", "ge": "greater_equal", "lt": "less", "le": "less_equal",
    "eq": "equal", "ne": "not_equal",
}.items():  # fmt: skip
    setattr(Symbol, f"__{_name}__", _method(_kind))
