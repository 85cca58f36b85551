"""Check gradients against centred differences, with the verdicts of CS231n's notes on gradient checks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from graphtutor.engine.rules import kinks_of
from graphtutor.engine.run import Run, bind, forward
from graphtutor.engine.run import run as run_graph
from graphtutor.errors import InputError
from graphtutor.graph import Graph
from graphtutor.graph.text import element_text

STEP = 1e-5
"""The step of the centred difference, times max(1, |x|). (f(x + h) - f(x - h)) / 2h has an error of order h squared."""

VERDICTS = ((1e-7, "right"), (1e-4, "probably right"), (1e-2, "suspicious"), (np.inf, "wrong"))
"""Relative errors up to this are called this (https://cs231n.github.io/neural-networks-3/#gradcheck)."""

PASSES = 1e-4


@dataclass(frozen=True, slots=True)
class Checked:
    """The comparison for one input, at the element where it is worst."""

    name: str
    element: tuple[int, ...]
    """The worst element; `()` for a number."""
    analytic: float
    """The gradient of the backward pass there."""
    numeric: float
    """The centred difference there."""
    error: float
    """|analytic - numeric| / max(|analytic|, |numeric|); 0 where the difference is within rounding."""
    kinks: tuple[str, ...] = ()
    """The gates that have a kink within the step, where the two need not agree."""

    @property
    def verdict(self) -> str:
        """The error in words; a kink excuses it."""
        if not np.isfinite(self.error):
            return "not finite"
        if self.kinks and self.error > PASSES:
            return "at a kink"
        return next(word for limit, word in VERDICTS if not self.error > limit)

    @property
    def ok(self) -> bool:
        """Whether the gradient passes: a relative error of at most 1e-4, or a kink."""
        return self.error <= PASSES or (bool(self.kinks) and bool(np.isfinite(self.error)))


@dataclass(frozen=True, slots=True)
class GradCheck:
    """A gradient check: one row per input. True when all pass."""

    rows: tuple[Checked, ...]

    @property
    def ok(self) -> bool:
        """Whether every input passes."""
        return all(row.ok for row in self.rows)

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        return "\n".join(table(self.rows))


def check_grad(
    function: Graph | Callable[..., Any],
    /,
    *args: Any,
    gradient: Mapping[str, Any] | None = None,
    step: float = STEP,
    **inputs: Any,
) -> GradCheck:
    """Compare the gradient of a graph, or of a NumPy function at `args`, with centred differences.

    A graph takes its inputs by name, as `Graph.run` does, or in a mapping. `gradient` is a gradient of your own by
    input name, checked instead of the engine's. The differences are those of the function itself: a gradient that gets
    lost on the way into the graph is found. An output that is an array is summed. Raise `InputError` for inputs that do
    not fit.
    """
    if isinstance(function, Graph):
        graph, itself = function, None
        bound = bind(graph, {**(args[0] if args else {}), **inputs})
    else:
        from graphtutor.engine.transform import traced

        graph, values, itself = traced(function, args, inputs)
        bound = {name: np.array(value) for name, value in values.items()}
    return GradCheck(tuple(_rows(graph, bound, itself, gradient, step)))


Itself = Callable[[Mapping[str, Any]], Any] | None
"""A function of the inputs by name; `None` where the graph is what is checked."""


def _rows(
    graph: Graph, bound: Mapping[str, Any], itself: Itself, gradient: Mapping[str, Any] | None, step: float
) -> Iterable[Checked]:
    run = run_graph(graph, {name: bound[name] for name in graph.inputs})
    unknown = sorted(set(gradient or ()) - set(bound))
    if unknown:
        raise InputError(f"a gradient is given for {', '.join(unknown)}, which is no input")
    for name in bound:
        if gradient is not None and name not in gradient:
            continue
        claimed = gradient[name] if gradient is not None else run.grad(name) if name in graph.inputs else None
        claimed = np.broadcast_to(np.asarray(0.0 if claimed is None else claimed, dtype=np.float64), bound[name].shape)
        yield max(
            (
                _compare(graph, run, bound, itself, name, element, float(claimed[element]), step)
                for element in np.ndindex(bound[name].shape)
            ),
            key=lambda row: (not row.ok, np.nan_to_num(row.error, nan=np.inf)),
        )


def _compare(
    graph: Graph,
    run: Run,
    bound: Mapping[str, Any],
    itself: Itself,
    name: str,
    element: tuple[int, ...],
    analytic: float,
    step: float,
) -> Checked:
    x = float(bound[name][element])
    for h in (step * max(1.0, abs(x)), step * abs(x)):  # near the edge of a domain the smaller step may still fit
        moved = [_moved(bound, name, element, sign * h) for sign in (1, -1)]
        sides = [forward(graph, {name: values[name] for name in graph.inputs})[0] for values in moved]
        if itself is None:
            up, down = (float(np.sum(side[graph.output])) for side in sides)
        else:
            with np.errstate(all="ignore"):
                up, down = (float(np.sum(itself(values))) for values in moved)
        if h and np.isfinite(up) and np.isfinite(down):
            break
    else:
        return Checked(name, element, analytic, np.nan, np.nan, ())
    numeric = (up - down) / (2 * h)
    gap = abs(analytic - numeric)
    rounding = 64 * np.finfo(float).eps * max(abs(up), abs(down), 1e-300) / h
    largest = max(abs(analytic), abs(numeric))
    error = 0.0 if gap <= rounding else gap / largest
    return Checked(name, element, analytic, numeric, float(error), tuple(_kinks(graph, run, sides)))


def _moved(bound: Mapping[str, Any], name: str, element: tuple[int, ...], move: float) -> Mapping[str, Any]:
    moved = np.array(bound[name])
    moved[element] += move
    return {**bound, name: moved[()]}


def _kinks(graph: Graph, run: Run, sides: list[list[Any]]) -> Iterable[str]:
    """Yield the keys of the gates whose kink lies between the two sides, or right at the point."""
    for node in graph.nodes:
        if not node.gate.kinks:
            continue
        arguments = [tuple(np.asarray(side[arg]) for arg in node.args) for side in sides]
        with np.errstate(all="ignore"):
            signs = [
                [np.sign(kink) for kink in kinks_of(node.gate, at, node.settings)]
                for at in (*arguments, run.arguments(node.index))
            ]
        if any(
            np.any(before != after) or np.any((here == 0) & ((before != 0) | (after != 0)))
            for before, after, here in zip(*signs, strict=True)
        ):
            yield node.key


def table(rows: Iterable[Checked]) -> Iterable[str]:
    """Yield the lines of a table."""
    cells = [("input", "analytic", "numeric", "relative error", "verdict")]
    for row in rows:
        kinks = f" ({', '.join(row.kinks)})" if row.kinks else ""
        cells.append(
            (
                element_text(row.name, row.element),
                f"{row.analytic:.8g}",
                f"{row.numeric:.8g}",
                f"{row.error:.1e}",
                row.verdict + kinks,
            )
        )
    widths = [max(len(line[i]) for line in cells) for i in range(4)]
    for line in cells:
        yield "  ".join([*(cell.rjust(width) for cell, width in zip(line, widths, strict=False)), line[4]])
