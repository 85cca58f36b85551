"""Graphs of numbers over a batch: gates of one kind and level together, one NumPy call for them and all samples.

A number that is the same for every sample is an element of a vector, any other a row of a matrix with a column per
sample; there is one such pair for the values and one for the gradients. Rows are laid out group by group, so that what
a group reads is mostly a strided view: a layer written gate by gate is found again as the array operation it is. What
is irregular is gathered first. Where a contribution is the upstream gradient itself, both share a row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from graphtutor.engine.operands import Operand
from graphtutor.engine.run import Array
from graphtutor.engine.writer import Line, Setup, Writer
from graphtutor.gates import gate
from graphtutor.graph import Graph, Node

CHAIN = 4
"""Sums of at least so many shared numbers are computed as running totals."""


class Cell(NamedTuple):
    """Where a number is: a row of the matrix (`wide`) or an element of the vector."""

    wide: bool
    row: int


def fits(graph: Graph) -> bool:
    """Whether every gate is elementwise, and every constant a number."""
    for node in graph.nodes:
        kind = node.gate
        if kind.name == "copy":
            if graph.nodes[node.args[0]].gate is kind:
                return False
        elif kind.name == "constant":
            if np.ndim(node.constant):
                return False
        elif not kind.is_source and (kind.options or kind.variadic or not kind.local):
            return False
    return True


class Lifted:
    """A graph of numbers as a function over a batch. `make()` returns it, with buffers that every call overwrites."""

    def __init__(self, graph: Graph, batched: Sequence[bool], size: int, wanted: Sequence[int] | None = None) -> None:
        """`batched` says which inputs, in order, are arrays of `size` samples.

        Keep every number, or with `wanted` (positions of nodes) at least the output and the gradients of those.
        """
        self._graph = graph
        self._size = size
        self._writer = Writer()
        self._roots: dict[tuple[str, int], str] = {}
        self._rows = {"V": 0, "VW": 0, "G": 0, "GW": 0}
        self._views: dict[Any, Operand] = {}
        for name in self._rows:
            self._writer.setup[name] = Setup("")
        self.values: list[Cell] = []
        self._place_sources(batched)
        self._forward()
        self.grads: list[Cell | None] = [None] * len(graph.nodes)
        self.parts: list[list[Cell | None]] = [[None] * len(node.args) for node in graph.nodes]
        self._backward()
        self.make = self._source(sum(batched), wanted)
        self.text = self._writer.text
        del self._writer, self._views, self._roots, self._level, self._at, self._runs, self._copies

    # Where everything lies

    def _place_sources(self, batched: Sequence[bool]) -> None:
        """Lay out inputs and constants; find every other gate's level and group."""
        graph = self._graph
        narrow = [index for index, wide in zip(graph.inputs.values(), batched, strict=True) if not wide]
        constants = [node.index for node in graph.nodes if node.gate.name == "constant"]
        cells = {index: Cell(False, row) for row, index in enumerate([*narrow, *constants])}
        wides = [index for index, wide in zip(graph.inputs.values(), batched, strict=True) if wide]
        cells |= {index: Cell(True, row) for row, index in enumerate(wides)}
        self._rows |= {"V": len(narrow) + len(constants), "VW": len(wides)}
        self._shared = len(narrow)
        self._constants = np.array([graph.nodes[index].constant for index in constants], dtype=np.float64)

        self._wide = [False] * len(graph.nodes)
        self._level = [0] * len(graph.nodes)
        for node in graph.nodes:
            self._wide[node.index] = (
                cells[node.index].wide if node.gate.is_source else any(self._wide[arg] for arg in node.args)
            )
        found = self._find_chains()
        within = {node.index for chain in found for node in chain}
        ends = {chain[-1].index: chain for chain in found}
        groups: dict[Any, list[Node]] = defaultdict(list)
        runs: dict[Any, list[list[Node]]] = defaultdict(list)
        for node in graph.nodes:
            index = node.index
            if index in ends:
                chain = ends[index]
                level = 1 + max(self._level[arg] for link in chain for arg in link.args if arg not in within)
                for link in chain:
                    self._level[link.index] = level
                runs[level, len(chain)].append(chain)
            elif node.gate.name == "copy":
                self._level[index] = self._level[node.args[0]]
            elif node.args and index not in within:
                self._level[index] = level = 1 + max(self._level[arg] for arg in node.args)
                key = (
                    level,
                    node.gate,
                    tuple(self._wide[arg] for arg in node.args),
                    tuple(graph.depends[arg] for arg in node.args),
                )
                groups[key].append(node)
        self._at: dict[int, list[list[Node]]] = defaultdict(list)
        for (level, *_), group in groups.items():
            self._at[level].append(group)
        self._runs: dict[int, list[list[list[Node]]]] = defaultdict(list)
        for (level, _), chains in runs.items():
            self._runs[level].append(chains)
        self.values = [cells.get(node.index, Cell(False, -1)) for node in graph.nodes]

    def _find_chains(self) -> list[list[Node]]:
        """Find sums of shared numbers that were written one term after the other, `a + b + c + ...`."""
        graph = self._graph
        chains: dict[int, list[Node]] = {}
        for node in graph.nodes:
            if node.gate.name != "add" or self._wide[node.index]:
                continue
            chain = chains.pop(node.args[0], [])
            chain.append(node)
            chains[node.index] = chain
        return [chain for chain in chains.values() if len(chain) >= CHAIN]

    def _new(self, name: str, count: int) -> int:
        start = self._rows[name]
        self._rows[name] += count
        return start

    def _view(self, name: str, rows: Sequence[int], width: int, wide: bool) -> Operand:
        """Return the rows as an operand of the shape (rows / width, width), and for `wide` groups one more axis."""
        key = name, tuple(rows), width, wide
        if key not in self._views:
            matrix = name in ("VW", "GW")
            samples = (self._size,) if matrix else (1,) if wide else ()
            example = np.ones((len(rows) // width, width, *samples))
            roots = tuple(dict.fromkeys(self._roots.get((name, row), "") for row in rows))
            root = roots[0] if len(roots) == 1 else self._joined(roots)
            steps = _steps(rows, width)
            self._writer.space |= {"strided": _strided, "take": np.take}
            if steps is not None:
                text = f"strided({name}, {rows[0]}, {example.shape[:2]}, {steps})"
                self._views[key] = self._writer.placed(
                    example, text + ("[..., None]" if wide and not matrix else ""), (name,), root
                )
            else:
                buffer = self._writer.buffer(
                    (len(rows), *samples[: int(matrix)]), np.ones((len(rows), *samples[: int(matrix)]))
                )
                where = self._writer.outside(np.array(rows))
                text = f"take({name}, {where}, 0, {buffer.name}, 'clip')"
                self._writer.lines.append(Line(buffer.name, text, text, (root,)))
                self._views[key] = self._writer.view(buffer, f"{{}}.reshape({example.shape})", example)
        return self._views[key]

    def _joined(self, roots: tuple[str, ...]) -> str:
        """Return the name of a line that computes nothing and comes after all of these."""
        name = f"after{len(self._writer.lines)}"
        self._writer.lines.append(Line(name, "", "", roots))
        return name

    def _store(self, operand: Operand, name: str, count: int) -> int:
        """Let the operand be computed into new rows; return the first."""
        start = self._new(name, count)
        root = self._writer.store(operand, f"{name}[{start}:{start + count}].reshape({operand.shape})", (name,))
        self._roots |= dict.fromkeys(((name, row) for row in range(start, start + count)), root)
        return start

    # What is computed

    def _forward(self) -> None:
        nodes = self._graph.nodes
        copies: dict[int, list[Node]] = defaultdict(list)
        for node in nodes:
            if node.gate.name == "copy":
                copies[node.args[0]].append(node)
        self._copies = copies
        for index in (node.index for node in nodes if node.gate.is_source):
            self._hand_on(index)
        for level in range(max(self._level) + 1):
            for group in self._at.get(level, ()):
                self._compute(group)
            for chains in self._runs.get(level, ()):
                self._add_up(chains)

    def _hand_on(self, index: int) -> None:
        for copy in self._copies.get(index, ()):
            self.values[copy.index] = self.values[index]

    def _arguments(self, group: Sequence[Node], width: int, wide: bool) -> list[Operand]:
        columns = zip(*([self.values[arg] for arg in node.args] for node in group), strict=True)
        return [
            self._view("VW" if cells[0].wide else "V", [cell.row for cell in cells], width, wide) for cells in columns
        ]

    def _compute(self, group: list[Node]) -> None:
        wide = self._wide[group[0].index]
        width = _width([[self.values[node.args[slot]].row for node in group] for slot in range(len(group[0].args))])
        out = self._writer.operand(self._writer.call(group[0].gate, *self._arguments(group, width, wide)))
        shape = (len(group) // width, width, *((self._size,) if wide else ()))
        start = self._store(self._writer.broadcast(out, shape), "VW" if wide else "V", len(group))
        for row, node in enumerate(group):
            self.values[node.index] = Cell(wide, start + row)
            self._hand_on(node.index)

    def _add_up(self, chains: list[list[Node]]) -> None:
        """Compute the running totals of chains of one length; the first term is a total of its own."""
        length = len(chains[0]) + 1
        rows = [
            self.values[arg].row for chain in chains for arg in (chain[0].args[0], *(link.args[1] for link in chain))
        ]
        terms = self._view("V", rows, length, False)
        found = self._writer.buffer(terms.shape, terms.example)
        call = f"{self._writer.outside(np.add.accumulate)}({terms.name}, 1, None, {found.name})"
        self._writer.lines.append(Line(found.name, call, call, (terms.root,)))
        start = self._store(found, "V", len(rows))
        for number, chain in enumerate(chains):
            for place, link in enumerate(chain):
                self.values[link.index] = Cell(False, start + number * length + place + 1)
                self._hand_on(link.index)

    def _backward(self) -> None:
        graph = self._graph
        if not graph.depends[graph.output]:
            return
        wide = self._wide[graph.output]
        self.grads[graph.output] = Cell(wide, self._new("GW" if wide else "G", 1))
        copies: dict[int, list[Node]] = defaultdict(list)
        for node in graph.nodes:
            if node.gate.name == "copy":
                copies[self._level[node.index]].append(node)
        for level in reversed(range(max(self._level) + 1)):
            self._total(copies[level])
            links = [link for chains in self._runs.get(level, ()) for chain in chains for link in chain]
            for link in sorted(links, key=lambda link: -link.index):
                self._arrive(link)
                self.parts[link.index] = [self.grads[link.index] if graph.depends[arg] else None for arg in link.args]
            for group in self._at.get(level, ()):
                for node in group:
                    self._arrive(node)
                self._send([node for node in group if self.grads[node.index] is not None])
        for index in graph.inputs.values():
            self._arrive(graph.nodes[index])

    def _came(self, node: Node) -> list[Cell]:
        parts = (self.parts[edge.target][edge.slot] for edge in self._graph.uses[node.index])
        return [part for part in parts if part is not None]

    def _arrive(self, node: Node) -> None:
        came = self._came(node)
        if came:
            self.grads[node.index] = came[0]

    def _total(self, copies: list[Node]) -> None:
        """Add up what comes back to copy gates that have the same number of uses."""
        groups: dict[tuple[bool, int], list[tuple[Node, list[Cell]]]] = defaultdict(list)
        for node in copies:
            came = self._came(node)
            if len(came) > 1:
                groups[self._wide[node.index], len(came)].append((node, came))
            elif came:
                self.grads[node.index] = came[0]
                self.parts[node.index] = [came[0]]
        for (wide, count), group in groups.items():
            name = "GW" if wide else "G"
            if count <= 3:
                columns = [[came[n].row for _, came in group] for n in range(count)]
                width = _width(columns)
                out = self._writer.total([self._view(name, rows, width, wide) for rows in columns])
            else:
                rows = [cell.row for _, came in group for cell in came]
                out = self._writer.rule("sum(x, axis=1)", ("x",), self._view(name, rows, count, wide))
            start = self._store(out, name, len(group))
            for row, (node, _) in enumerate(group):
                self.grads[node.index] = Cell(wide, start + row)
                self.parts[node.index] = [self.grads[node.index]]

    def _send(self, group: list[Node]) -> None:
        """Compute the contributions of a group, slot by slot."""
        if not group:
            return
        first = group[0]
        wide = self._wide[first.index]
        upstream = [cell.row for cell in (self.grads[node.index] for node in group) if cell is not None]
        for slot, text in enumerate(first.gate.local):
            arg = first.args[slot]
            if text is None or not self._graph.depends[arg]:
                continue
            if text == "1" and self._wide[arg] == wide:
                for node in group:
                    self.parts[node.index][slot] = self.grads[node.index]
                continue
            columns = [[self.values[node.args[n]].row for node in group] for n in range(len(first.args))]
            name = "GW" if self._wide[arg] else "G"
            width = _width([upstream, *columns])
            g = self._view("GW" if wide else "G", upstream, width, wide)
            part = None
            if wide and not self._wide[arg]:
                part = self._contracted(g, upstream, width, text, first, columns)
            if part is None:
                out = self._view("VW" if wide else "V", [self.values[node.index].row for node in group], width, wide)
                part = self._writer.rule(
                    f"g * ({text})", (*first.gate.inputs, "out", "g"), *self._arguments(group, width, wide), out, g
                )
                part = self._writer.broadcast(part, (len(group) // width, width, *((self._size,) if wide else ())))
                if wide and not self._wide[arg]:
                    part = self._writer.rule("sum(x, axis=2)", ("x",), part)
            start = self._store(part, name, len(group))
            for row, node in enumerate(group):
                self.parts[node.index][slot] = Cell(self._wide[arg], start + row)

    def _contracted(
        self, g: Operand, upstream: list[int], width: int, text: str, first: Node, columns: list[list[int]]
    ) -> Operand | None:
        """Return the sum over all samples of upstream times another input as one matrix product, where it is one."""
        if text not in first.gate.inputs:
            return None
        other = first.gate.inputs.index(text)
        here, there = _steps(upstream, width), _steps(columns[other], width)
        if not self._wide[first.args[other]] or here is None or there is None or here[1] or there[0]:
            return None
        other_rows = self._view("VW", columns[other], width, True)
        left = self._writer.placed(g.example[:, 0], f"{g.name}[:, 0]", (g.name,), g.root)
        right = self._writer.placed(
            other_rows.example[0].T, f"{other_rows.name}[0].T", (other_rows.name,), other_rows.root
        )
        return self._writer.operand(self._writer.call(gate("matmul"), left, right))

    def _source(self, wides: int, wanted: Sequence[int] | None) -> Callable[[], Any]:
        writer = self._writer
        for name, count in self._rows.items():
            shape = (count, self._size) if name.endswith("W") else (count,)
            writer.setup[name] = Setup(f"zeros({shape})")
        seed = self.grads[self._graph.output]
        more = [f"V[{self._shared}:{self._shared + len(self._constants)}] = {writer.outside(self._constants)}"]
        if seed is not None:
            more.append(f"{'GW' if seed.wide else 'G'}[{seed.row}] = 1.0")
        opening = ["def run(numbers, arrays):", f"V[:{self._shared}] = numbers"]
        if wides:
            opening.append(f"for row, x in zip(VW[:{wides}], arrays): row[:] = x")
        if wanted is None:
            stored = set(self._roots.values())
        else:
            cells = [self.grads[index] for index in wanted]
            stored = {self._roots.get(("GW" if cell.wide else "G", cell.row), "") for cell in cells if cell is not None}
            value = self.values[self._graph.output]
            stored.add(self._roots.get(("VW" if value.wide else "V", value.row), ""))
        writer.space |= {"zip": zip, "zeros": np.zeros}
        matrices = [writer.placed(np.ones(1), name, (name,)) for name in self._rows]
        return writer.source(opening, matrices, fresh=False, stored=tuple(stored), once=more)


def _steps(rows: Sequence[int], width: int) -> tuple[int, int] | None:
    """Return the steps (a, b) with `rows[i * width + j] == rows[0] + i * a + j * b`, or `None`."""
    a = rows[width] - rows[0] if len(rows) > width else 0
    b = rows[1] - rows[0] if width > 1 else 0
    found = np.asarray(rows).reshape(-1, width)
    regular = rows[0] + a * np.arange(len(rows) // width)[:, None] + b * np.arange(width)
    return (a, b) if (found == regular).all() else None


def _width(columns: Sequence[Sequence[int]]) -> int:
    """Return the width at which the most columns are regular: the length of an evenly stepped run in one of them."""
    count = len(columns[0])
    choices = {count, 1}
    for rows in columns:
        steps = np.diff(rows)
        breaks = np.flatnonzero(steps != steps[:1]).tolist()
        if breaks and not count % (breaks[0] + 1):
            choices.add(breaks[0] + 1)
    return max(
        sorted(choices, reverse=True), key=lambda width: sum(_steps(rows, width) is not None for rows in columns)
    )


def _strided(matrix: Array, start: int, shape: tuple[int, int], steps: tuple[int, int]) -> Array:
    """Return rows of the matrix as a view, `steps` apart along two axes."""
    step = matrix.strides[0]
    return np.lib.stride_tricks.as_strided(
        matrix[start:], (*shape, *matrix.shape[1:]), (steps[0] * step, steps[1] * step, *matrix.strides[1:])
    )


class Rows:
    """The numbers of one run of a `Lifted` graph, and the function that owns the matrices they lie in."""

    def __init__(self, lifted: Lifted, run: Any, matrices: tuple[Array, ...], shape: tuple[int, ...]) -> None:
        self._lifted = lifted
        self.run = run
        self._numbers, self._arrays, self.slopes, self._fields = matrices
        self._shape = shape

    def value(self, index: int) -> Any:
        """Return the value of the node at this position."""
        cell = self._lifted.values[index]
        return self._arrays[cell.row].reshape(self._shape).copy() if cell.wide else float(self._numbers[cell.row])

    def grad(self, index: int) -> Any:
        """Return the gradient of the node at this position, or `None`."""
        return self._sent(self._lifted.grads[index])

    def contribution(self, target: int, slot: int) -> Any:
        """Return the contribution on the edge into this slot, or `None`."""
        return self._sent(self._lifted.parts[target][slot])

    def _sent(self, cell: Cell | None) -> Any:
        if cell is None:
            return None
        return self._fields[cell.row].reshape(self._shape).copy() if cell.wide else float(self.slopes[cell.row])
