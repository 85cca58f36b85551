"""Graphs of numbers as straight-line Python: one line per gate forward, one per contribution backward, nothing else.

The lines are made of the gates' own texts (see `scalar`). Every line fills one cell of a list, so that the list holds
the whole run; where a contribution is the upstream gradient itself no line is needed and both share a cell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from graphtutor.engine import scalar
from graphtutor.gates import Gate
from graphtutor.graph import Graph

LOCALS = 250
"""Beyond 255 local variables every access takes one more instruction; a function has at most so many."""


def fits(graph: Graph) -> bool:
    """Whether every gate of the graph has a form on plain floats."""
    kinds = {node.gate for node in graph.nodes}
    constants = (node.constant for node in graph.nodes if node.gate.name == "constant")
    return all(kind.is_source or kind.name == "copy" or scalar.is_scalar(kind) for kind in kinds) and all(
        isinstance(value, float | int) for value in constants
    )


class Straight:
    """A graph as a function from the inputs, floats in order, to a list of cells."""

    def __init__(self, graph: Graph, wanted: Sequence[int] | None = None) -> None:
        """Keep every number, or with `wanted` (positions of nodes) only the output and the gradients of those."""
        self._lines: list[tuple[str, str, tuple[str, ...]]] = []
        names = {f"x{i}": i for i in range(len(graph.inputs))}
        values = self._forward(graph)
        grads, self.parts = self._backward(graph, values)
        if wanted is None:
            keep = [name for name, _, _ in self._lines]
        else:
            keep = [name for name in (values[graph.output], *(grads[i] for i in wanted)) if name is not None]
            self._lines = _needed(self._lines, set(keep))
        self._parts: list[Callable[[list[float]], None]] = []
        self.cells = _cells(self._lines, names, set(keep), self._parts)
        self.values = values
        self.grads = grads

    def __call__(self, inputs: Sequence[float]) -> list[float]:
        """Run. Raise one of `scalar.FAULTS` where `math` does: the caller then goes the NumPy way."""
        cells = list(inputs)
        for part in self._parts:
            part(cells)
        return cells

    def _forward(self, graph: Graph) -> list[str]:
        values: list[str] = []
        number = 0
        for node in graph.nodes:
            kind = node.gate
            if kind.name == "input":
                values.append(f"x{number}")
                number += 1
            elif kind.name == "constant":
                values.append(_literal(float(node.constant)))
            elif kind.name == "copy":
                values.append(values[node.args[0]])
            else:
                args = tuple(values[arg] for arg in node.args)
                name = f"v{node.index}"
                self._lines.append((name, _forward(kind).format(*args), args))
                values.append(name)
        return values

    def _backward(self, graph: Graph, values: list[str]) -> tuple[list[str | None], list[tuple[str | None, ...]]]:
        grads: list[str | None] = [None] * len(values)
        parts: list[tuple[str | None, ...]] = [(None,) * len(node.args) for node in graph.nodes]
        uses, depends = graph.uses, graph.depends
        if depends[graph.output]:
            grads[graph.output] = "1.0"
        for node in reversed(graph.nodes):
            index = node.index
            if index != graph.output:
                came = [part for part in (parts[edge.target][edge.slot] for edge in uses[index]) if part is not None]
                if len(came) > 1:
                    grads[index] = f"g{index}"
                    self._lines.append((f"g{index}", " + ".join(came), tuple(came)))
                elif came:
                    grads[index] = came[0]
            upstream = grads[index]
            if upstream is None or node.gate.is_source:
                continue
            if node.gate.name == "copy":
                parts[index] = (upstream,)
                continue
            args = tuple(values[arg] for arg in node.args)
            sent: list[str | None] = []
            for slot, (arg, text) in enumerate(zip(node.args, _backward(node.gate), strict=True)):
                if not depends[arg]:
                    sent.append(None)
                elif text == "{g}":
                    sent.append(upstream)
                else:
                    name = f"c{index}_{slot}"
                    self._lines.append(
                        (name, text.format(*args, out=values[index], g=upstream), (*args, values[index], upstream))
                    )
                    sent.append(name)
            parts[index] = tuple(sent)
        return grads, parts

    def read(self, cells: list[float], name: str) -> float:
        """Return the number that a name of the source stands for."""
        cell = self.cells.get(name)
        return _number(name) if cell is None else cells[cell]


Line = tuple[str, str, tuple[str, ...]]
"""What a line fills, its expression, and the names that the expression reads."""


def _needed(lines: list[Line], wanted: set[str]) -> list[Line]:
    """Leave out the lines that nothing wanted depends on."""
    kept = []
    for line in reversed(lines):
        if line[0] in wanted:
            wanted.update(line[2])
            kept.append(line)
    return kept[::-1]


def _cells(
    lines: list[Line], cells: dict[str, int], keep: set[str], parts: list[Callable[[list[float]], None]]
) -> dict[str, int]:
    """Compile the lines to functions that append to a list of cells; return each kept name's place in that list."""
    chunks: list[list[Line]] = []
    room = 0
    here: set[str] = set()
    for line in lines:
        new = {line[0], *line[2]} - here
        if room < len(new):
            chunks.append([])
            room, here = LOCALS, set()
            new = {line[0], *line[2]}
        chunks[-1].append(line)
        here |= new
        room -= len(new)
    last: dict[str, int] = {}  # the last part that reads each name
    for number, chunk in enumerate(chunks):
        for _, _, reads in chunk:
            last.update(dict.fromkeys(reads, number))
    space = dict(scalar.names())
    for number, chunk in enumerate(chunks):
        made = [name for name, _, _ in chunk]
        own = set(made)
        read = dict.fromkeys(name for _, _, reads in chunk for name in reads if name in cells and name not in own)
        left = [name for name in made if name in keep or last.get(name, -1) > number]
        source = ["def part(cells):"]
        if read:
            source.append(f" {','.join(read)}, = {','.join(f'cells[{cells[name]}]' for name in read)},")
        source += [f" {name} = {text}" for name, text, _ in chunk]
        if left:
            source.append(f" cells += {','.join(left)},")
        exec(compile("\n".join(source), "<straight>", "exec"), space)
        parts.append(space["part"])
        for name in left:
            cells[name] = len(cells)
    return cells


@cache
def _forward(gate: Gate) -> str:
    """Return the gate's value as a template over its inputs, `{0}` and `{1}`."""
    return _template(scalar.forward(gate, {name: f"{name}_" for name in gate.inputs}), gate)


@cache
def _backward(gate: Gate) -> tuple[str, ...]:
    """Return the contribution per slot as a template over the inputs, `{out}` and `{g}`."""
    put = {name: f"{name}_" for name in (*gate.inputs, "out")}
    found = []
    for slot in range(len(gate.inputs)):
        slope = _template(scalar.local(gate, slot, put), gate)
        if slope == "1.0":
            found.append("{g}")
        elif slope == "-1.0":
            found.append("-{g}")
        else:
            found.append("{g} * " + (slope if re.fullmatch(r"\{\w+\}", slope) else f"({slope})"))
    return tuple(found)


def _template(text: str, gate: Gate) -> str:
    for place, name in enumerate(gate.inputs):
        text = re.sub(rf"\b{name}_(?!\w)", f"{{{place}}}", text)
    return re.sub(r"\bout_(?!\w)", "{out}", text)


def _literal(value: float) -> str:
    if value != value or value in (float("inf"), -float("inf")):
        return {"nan": "nan", "inf": "inf"}.get(repr(value), "(-inf)")
    return f"({value!r})" if repr(value).startswith("-") else repr(value)


def _number(literal: str) -> float:
    return float(literal.strip("()"))


class Cells:
    """The numbers of one run of a `Straight` graph."""

    def __init__(self, straight: Straight, cells: list[float]) -> None:
        self._straight = straight
        self._cells = cells

    def value(self, index: int) -> Any:
        """Return the value of the node at this position."""
        return self._straight.read(self._cells, self._straight.values[index])

    def grad(self, index: int) -> Any:
        """Return the gradient of the node at this position, or `None`."""
        name = self._straight.grads[index]
        return None if name is None else self._straight.read(self._cells, name)

    def contribution(self, target: int, slot: int) -> Any:
        """Return the contribution on the edge into this slot, or `None`."""
        name = self._straight.parts[target][slot]
        return None if name is None else self._straight.read(self._cells, name)
