"""What the tests of array gates and NumPy functions share: differences of arrays, and when two graphs are the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np


def slopes(function: Callable[..., Any], args: Sequence[Any], step: float = 1e-3) -> list[np.ndarray]:
    """Return the gradient of a number per argument by centred differences, extrapolated from two steps (Richardson)."""
    arrays = [np.array(arg, dtype=float) for arg in args]
    found = []
    for n, array in enumerate(arrays):
        gradient = np.zeros(array.shape)
        for index in np.ndindex(array.shape):

            def at(move: float, n: int = n, index: tuple[int, ...] = index) -> float:
                moved = [a.copy() for a in arrays]
                moved[n][index] += move
                return float(function(*(m[()] for m in moved)))

            h = step * max(1.0, abs(float(array[index])))
            wide, narrow = ((at(d) - at(-d)) / (2 * d) for d in (h, h / 2))
            gradient[index] = (4 * narrow - wide) / 3
        found.append(gradient)
    return found


def close(found: Any, expected: Any, rel: float = 1e-6) -> None:
    """Assert that two gradients agree in shape and, relative to the largest element, in value."""
    found, expected = np.asarray(found, dtype=float), np.asarray(expected, dtype=float)
    assert found.shape == expected.shape
    scale = max(1.0, float(np.max(np.abs(expected), initial=0.0)))
    np.testing.assert_allclose(found, expected, rtol=0, atol=rel * scale)


def written(value: Any) -> Any:
    """Return an option or a constant in a form that compares."""
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, slice):
        return ("slice", value.start, value.stop, value.step)
    if isinstance(value, list | tuple):
        return [written(part) for part in value]
    return repr(value)


def skeleton(graph: Any) -> list[Any]:
    """Return everything that makes two graphs the same, but for where they stand in a text."""
    nodes = [
        (
            node.gate.name,
            node.args,
            node.key,
            node.name,
            written(node.constant),
            written([list(o) for o in node.options]),
        )
        for node in graph.nodes
    ]
    given = {name: written(value) for name, value in graph.given.items()}
    return [nodes, graph.output, graph.output_name, list(graph.inputs), given]


def through_json(data: Any) -> Any:
    """Return what comes back when this is written to a file and read again."""
    return json.loads(json.dumps(data, allow_nan=False))
