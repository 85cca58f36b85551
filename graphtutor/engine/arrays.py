"""Graphs of arrays as straight-line NumPy, for inputs of known shapes: one ufunc per line, into buffers of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from graphtutor.engine.operands import Operand
from graphtutor.engine.rules import arguments_of
from graphtutor.engine.run import Array, as_float64
from graphtutor.engine.writer import Writer
from graphtutor.graph import Graph


class Arrays:
    """A graph as a function. `make()` returns it, with buffers of its own that every call of it overwrites."""

    def __init__(self, graph: Graph, examples: Sequence[Array], wanted: Sequence[int] | None = None) -> None:
        """Write a function of the inputs that keeps every number.

        With `wanted` (positions of nodes), write a function of a mapping that returns the output and the gradients of
        those by name; or `None` when the inputs are not arrays and floats of the examples' shapes.
        """
        writer = Writer()
        examples = [as_float64(example) for example in examples]
        arguments = [f"x{i}" for i in range(len(examples))]
        values = forward(
            writer, graph, dict(zip(graph.inputs.values(), map(writer.argument, arguments, examples), strict=True))
        )
        grads, parts = backward(writer, graph, values)
        self._places: dict[str, int] = {}
        self._results: list[Operand] = []
        if wanted is None:
            self.values = [self._place(value) for value in values]
            self.grads = [self._place(grad) for grad in grads]
            self.parts = [tuple(self._place(part) for part in sent) for sent in parts]
            opening = [f"def run({', '.join(arguments)}):"]
            self.make = writer.source([*opening, *_numbers(arguments, examples)], self._results, fresh=False)
        else:
            keys = ", ".join(f"{graph.nodes[index].key!r}: {{}}" for index in wanted)
            results = [values[graph.output], *(grads[index] for index in wanted)]
            opening = ["def run(inputs):", *_checked(list(graph.inputs), arguments, examples)]
            self.make = writer.source(
                [*opening, *_numbers(arguments, examples)], results, closing=f"{{}}, {{{{{keys}}}}}", fresh=True
            )
        self.text = writer.text
        del self._places, self._results

    def _place(self, operand: Operand | None) -> int:
        """Return the operand's position among the results; -1 for none."""
        if operand is None:
            return -1
        if operand.name not in self._places:
            self._places[operand.name] = len(self._results)
            self._results.append(operand)
        return self._places[operand.name]


def _checked(names: Sequence[str], arguments: Sequence[str], examples: Sequence[Array]) -> list[str]:
    """Return the lines that take the inputs out of a mapping, and give up when they are not as the examples are."""
    lines = [f"if len(inputs) != {len(names)}: return None"]
    lines += [f"{argument} = inputs.get({name!r})" for name, argument in zip(names, arguments, strict=True)]
    for argument, example in zip(arguments, examples, strict=True):
        if np.ndim(example):
            is_so = f"type({argument}) is ndarray and {argument}.dtype is f8 and {argument}.shape == {example.shape}"
        else:
            is_so = f"type({argument}) is float"
        lines.append(f"if not ({is_so}): return None")
    return lines


def _numbers(arguments: Sequence[str], examples: Sequence[Array]) -> list[str]:
    return [
        f"{argument} = float64({argument})"
        for argument, example in zip(arguments, examples, strict=True)
        if not np.ndim(example)
    ]


def forward(writer: Writer, graph: Graph, inputs: dict[int, Operand]) -> list[Operand]:
    """Write the forward pass; return the value of every node."""
    values: list[Operand] = []
    for node in graph.nodes:
        if node.index in inputs:
            values.append(inputs[node.index])
        elif node.gate.name == "constant":
            values.append(writer.constant(node.constant))
        elif node.gate.name == "copy":
            values.append(values[node.args[0]])
        else:
            values.append(writer.call(node.gate, *(values[arg] for arg in node.args), **dict(node.options)))
    return values


def backward(
    writer: Writer, graph: Graph, values: Sequence[Operand]
) -> tuple[list[Operand | None], list[tuple[Operand | None, ...]]]:
    """Write the backward pass; return the gradient of every node and the contributions of its slots."""
    grads: list[Operand | None] = [None] * len(values)
    parts: list[tuple[Operand | None, ...]] = [(None,) * len(node.args) for node in graph.nodes]
    if graph.depends[graph.output]:
        grads[graph.output] = writer.broadcast(writer.constant(1.0), values[graph.output].shape)
    for node in reversed(graph.nodes):
        index = node.index
        if index != graph.output:
            came = [part for part in (parts[edge.target][edge.slot] for edge in graph.uses[index]) if part is not None]
            grads[index] = writer.total(came) if came else None
        upstream = grads[index]
        if upstream is None or node.gate.is_source:
            continue
        if node.gate.name == "copy":
            parts[index] = (upstream,)
            continue
        args = tuple(values[arg] for arg in node.args)
        names = (*node.gate.names, "out", "g")
        settings = node.settings if node.gate.options else {}
        parts[index] = tuple(
            None
            if text is None or not graph.depends[arg]
            else writer.sum_to(
                writer.rule(text, names, *arguments_of(node.gate, args, settings, slot), values[index], upstream),
                args[slot].shape,
            )
            for slot, (arg, text) in enumerate(
                zip(node.args, node.gate.rules(tuple(x.shape for x in args)), strict=True)
            )
        )
    return grads, parts


class Buffers:
    """The numbers of one run of an `Arrays` graph, and the function that owns the buffers they lie in."""

    def __init__(self, arrays: Arrays, run: Any, results: tuple[Array, ...]) -> None:
        self._arrays = arrays
        self.run = run
        self._results = results

    def value(self, index: int) -> Any:
        """Return the value of the node at this position."""
        return self._own(self._arrays.values[index])

    def grad(self, index: int) -> Any:
        """Return the gradient of the node at this position, or `None`."""
        return self._own(self._arrays.grads[index])

    def contribution(self, target: int, slot: int) -> Any:
        """Return the contribution on the edge into this slot, or `None`."""
        return self._own(self._arrays.parts[target][slot])

    def _own(self, place: int) -> Any:
        if place < 0:
            return None
        return np.array(self._results[place], dtype=np.float64)[()]
