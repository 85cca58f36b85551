"""What a value was made of, and the graph recorded that way."""

from __future__ import annotations

from typing import Any

from graphtutor.engine.run import as_float64, plain
from graphtutor.engine.value import CONSTANT, COPY, GENERAL, SOURCE, Value
from graphtutor.errors import InputError
from graphtutor.graph import Builder, Graph


def feeds_of(value: Value) -> tuple[Any, ...]:
    """Return what feeds the slots of a value: values, and plain numbers or arrays for constants."""
    first, second = value._a, value._b
    if second is GENERAL:
        feeds: tuple[Any, ...] = first
        return feeds
    if first is None and second is None:
        return ()
    one = value._da if first is None else first
    if len(value._gate.inputs) == 1:
        return (one,)
    return one, value._db if second is None else second


def options_of(value: Value) -> dict[str, Any]:
    """Return the options that a value was made with."""
    return (value._da or {}) if value._b is GENERAL else {}


def ancestors(*roots: Value) -> list[Value]:
    """Return everything the values were made of, inputs before what they feed, root after root. No recursion."""
    order: list[Value] = []
    done: set[int] = set()
    stack = list(reversed(roots))
    while stack:
        value = stack[-1]
        waiting = []
        if id(value) not in done:
            waiting = [feed for feed in feeds_of(value) if isinstance(feed, Value) and id(feed) not in done]
        if waiting:
            stack.extend(reversed(waiting))
            continue
        stack.pop()
        if id(value) not in done:
            done.add(id(value))
            order.append(value)
    return order


def record(root: Value) -> tuple[Graph, list[Any]]:
    """Return the graph that ends in this value, and the number that stands behind each of its nodes.

    Named values stand in the order in which they were named.
    """
    order = ancestors(root)
    marks = sorted((value._name for value in order if value.name is not None), key=lambda mark: mark[0])
    if len(marks) > 1:
        named_at = {mark: value for value in order if (mark := getattr(value, "_name", None)) is not None}
        order = ancestors(*(named_at[mark] for mark in marks), root)
    builder = Builder()
    position: dict[int, int] = {}
    behind: list[Any] = []
    named: dict[str, Value] = {}

    def constant(feed: Any) -> int:
        behind.append(feed)
        return builder.constant(plain(as_float64(feed)))

    for value in order:
        name = value.name
        if value._gate is CONSTANT:
            at = constant(value._data)
        elif value._gate is SOURCE:
            if name is not None and named.setdefault(name, value) is not value:
                raise InputError(f"two inputs are called {name!r}; give each variable a name of its own")
            if name is None:  # an unnamed leaf of a derivative in the making
                at = constant(value._data)
            else:
                at = builder.input(name)
                behind.append(value._data)
        elif value._gate is COPY:
            at = position[id(value._a[0])]
        else:
            feeds = feeds_of(value)
            args = tuple(position[id(feed)] if isinstance(feed, Value) else constant(feed) for feed in feeds)
            at = builder.gate(value._gate, args, None, options_of(value))
            behind.append(value._data)
            if name is not None:
                builder.name(name, at)
        position[id(value)] = at
    at = position[id(root)]
    output = root.name
    if output is None:
        taken = {value.name for value in order}
        output = next(n for n in ("f", "out", *(f"f{i}" for i in range(len(taken) + 1))) if n not in taken)
        builder.name(output, at)
    return builder.finish(at, output), [behind[index] for index in builder.origins]
