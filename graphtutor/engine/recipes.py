"""How one gate is computed and differentiated on arrays of certain shapes, written out as NumPy source.

The backward function finds what the forward function has computed already. A recipe is written when the same gate meets
the same shapes for the second time; before that the gate's own functions do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from graphtutor.engine.operands import Operand
from graphtutor.engine.rules import arguments_of
from graphtutor.engine.writer import Writer
from graphtutor.gates import Gate

LIMIT = 1000
"""How many recipes are kept."""


class Recipe(NamedTuple):
    """One gate on arrays of certain shapes."""

    forward: Callable[..., tuple[Any, Any]]
    """From the inputs to the value and what `backward` wants to see again."""
    backward: Callable[..., tuple[Any, ...]]
    """From that, the upstream gradient and the inputs to the contribution of each wanted slot, in order."""


_recipes: dict[Any, Recipe | None] = {}


def recipe(kind: Gate, shapes: tuple[tuple[int, ...], ...], wanted: tuple[bool, ...], options: Any) -> Recipe | None:
    """Return the recipe, or `None` where none is kept; `wanted` says which slots are fed by values."""
    key = kind, shapes, wanted, options
    found = _recipes.get(key)
    if found is None:
        if key not in _recipes:
            if len(_recipes) >= LIMIT:
                _recipes.clear()
            _recipes[key] = None
            return None
        try:
            found = _recipes[key] = _write(kind, shapes, wanted, dict(options))
        except (TypeError, ValueError, IndexError):  # the general way says what is wrong, or works
            return None
    return found


def _write(
    kind: Gate, shapes: tuple[tuple[int, ...], ...], wanted: tuple[bool, ...], options: dict[str, Any]
) -> Recipe:
    writer = Writer(eager=True)
    names = [f"x{n}" for n in range(len(shapes))]
    inputs = tuple(writer.argument(name, np.ones(shape)[()]) for name, shape in zip(names, shapes, strict=True))
    out = writer.solid(writer.operand(writer.call(kind, *inputs, **options)))
    turn = len(writer.lines)
    g = writer.argument("g", np.ones(out.shape)[()])
    settings = {**kind.options, **options}
    texts = kind.rules(shapes)
    parts: list[Operand | None] = []
    for slot, (text, is_wanted) in enumerate(zip(texts, wanted, strict=True)):
        if is_wanted and text is not None:
            found = writer.rule(text, (*kind.names, "out", "g"), *arguments_of(kind, inputs, settings, slot), out, g)
            parts.append(writer.solid(writer.sum_to(found, shapes[slot])))
        elif is_wanted:
            parts.append(None)
    forward, backward = writer.pair(names, out, turn, parts)
    return Recipe(forward, backward)
