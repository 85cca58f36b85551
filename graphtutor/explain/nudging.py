"""Move one number of one input a little: what the gradient predicts, what happens, and which bends are in between."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from graphtutor.engine.rules import kinks_of
from graphtutor.engine.run import Run, as_float64
from graphtutor.engine.tangents import Tell

Element = tuple[int, ...]
"""Which number of an input: an index of its array, `()` of a number."""


@dataclass(frozen=True, slots=True)
class Nudge:
    """What a small change does. Of an output with many elements, all is said of their sum."""

    name: str
    element: Element
    at: float
    """The number before."""
    epsilon: float
    before: float
    after: float
    """The output at `at` and at `at + epsilon`."""
    gradient: float
    """The slope that the backward pass gives; 0 where no gradient arrives."""
    behind: float
    """The output at `at - epsilon`."""
    bends: tuple[str, ...]
    """The gates that turn a corner between `at` and `at + epsilon`."""
    corners: tuple[str, ...]
    """The gates that stand on a corner at `at`."""

    @property
    def predicted(self) -> float:
        """Gradient times epsilon."""
        return self.gradient * self.epsilon

    @property
    def actual(self) -> float:
        """How much the output really changes."""
        return self.after - self.before

    @property
    def difference(self) -> float:
        """What the straight line misses."""
        return self.actual - self.predicted

    @property
    def slopes(self) -> tuple[float, float]:
        """The average slopes over one step to the left, and one to the right."""
        return (self.before - self.behind) / self.epsilon, self.actual / self.epsilon


def nudge(run: Run, name: str, element: Element, epsilon: float) -> Nudge:
    """Nudge an input by `epsilon`, which is not 0."""
    at = float(as_float64(run.inputs[name])[element])
    moved, back = moved_run(run, name, element, at + epsilon), moved_run(run, name, element, at - epsilon)
    gradient = run.grad(name)
    here, there = _corners(run), _corners(moved)
    bends = tuple(key for key in here if key in there and np.any(here[key] * there[key] < 0))
    corners = tuple(key for key, kink in here.items() if np.any(kink == 0) and np.any((kink == 0) & (there[key] != 0)))
    slope = 0.0 if gradient is None else float(as_float64(gradient)[element])
    return Nudge(name, element, at, epsilon, total(run), total(moved), slope, total(back), bends, corners)


def curve(
    run: Run, name: str, element: Element, low: float, high: float, count: int, tell: Tell | None = None
) -> list[tuple[float, float]]:
    """Return the output for so many values of one number, evenly spaced; `tell` is told which share is done."""
    program = run.graph.compile(wrt=())
    inputs = dict(run.inputs)
    whole = as_float64(inputs[name])
    found = []
    with np.errstate(all="ignore"):
        for i in range(count):
            if tell is not None:
                tell(i / count)
            x = low + (high - low) * i / (count - 1)
            inputs[name] = placed(whole, element, x)
            found.append((x, float(np.sum(program.value_and_grad(inputs)[0]))))
    return found


def moved_run(run: Run, name: str, element: Element, number: float) -> Run:
    """Return the run with one number of one input changed."""
    return run.graph.run({**run.inputs, name: placed(as_float64(run.inputs[name]), element, number)})


def placed(whole: Any, element: Element, number: float) -> Any:
    """Return a value with one number changed; a number becomes the other number."""
    if not element:
        return float(number)
    changed = np.array(whole, dtype=np.float64)
    changed[element] = number
    return changed


def total(run: Run) -> float:
    """Return the output, or the sum of its elements."""
    return float(np.sum(run.value()))


def window(at: float, epsilon: float) -> tuple[float, float]:
    """Return the stretch of an axis that shows a point and its nudge: at least a fifth of its width is the nudge."""
    reach = 2.5 * abs(epsilon)
    middle = at + epsilon / 2
    return middle - reach, middle + reach


def span(values: list[float]) -> tuple[float, float]:
    """Return the lowest and the highest of the finite values, a little apart where they are equal."""
    finite = [value for value in values if math.isfinite(value)] or [0.0]
    low, high = min(finite), max(finite)
    room = (high - low) * 0.06 or max(1e-9, abs(low) * 1e-6)
    return low - room, high + room


def _corners(run: Run) -> dict[str, Any]:
    """Return for every gate that depends on an input and has corners, what is zero on a corner."""
    found: dict[str, Any] = {}
    for node in run.graph.nodes:
        if node.gate.kinks and run.graph.depends[node.index]:
            with np.errstate(all="ignore"):
                kinks = kinks_of(node.gate, run.arguments(node.index), node.settings)
            found[node.key] = np.concatenate([np.ravel(np.asarray(kink, dtype=np.float64)) for kink in kinks])
    return found
