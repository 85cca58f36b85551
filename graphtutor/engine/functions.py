"""The vocabulary's functions on values: `gt.relu(x)`, `gt.softmax(z, axis=0)`."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from graphtutor.engine.rules import choose
from graphtutor.engine.value import Value, apply, recording
from graphtutor.gates import Gate, functions


@cache
def function(name: str) -> Callable[..., Any]:
    """Return the vocabulary's function of this name, for values and numbers; `KeyError` when there is none."""
    choices = functions()[name]
    if len(choices) == 1 and not choices[0].options and not choices[0].variadic:
        call = recording(choices[0]).call
    else:
        call = _function(choices, name)
    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"Record a {choices[0].name} gate: `{choices[0].formula}`."
    return call


def _function(choices: tuple[Gate, ...], name: str) -> Callable[..., Any]:
    def call(*arguments: Any, **options: Any) -> Any:
        kind = choose(choices, len(arguments))
        if kind.variadic:
            parts = arguments[0] if len(arguments) == 1 and not isinstance(arguments[0], Value) else arguments
            return apply(kind, *parts, **options)
        extra = arguments[len(kind.inputs) :]
        if len(arguments) < len(kind.inputs) or len(extra) > len(kind.options):
            counts = " or ".join(str(len(choice.inputs)) for choice in choices)
            raise TypeError(f"{name}() takes {counts} inputs, here are {len(arguments)}")
        unknown = set(options) - set(kind.options)
        if unknown:
            takes = f"it takes {', '.join(kind.options)}" if kind.options else "it takes none"
            raise TypeError(f"{name}() has no option {', '.join(sorted(unknown))}; {takes}")
        if not kind.options:
            return recording(kind).call(*arguments)
        options.update(zip(kind.options, extra, strict=False))
        return apply(kind, *arguments[: len(kind.inputs)], **options)

    return call


@cache
def recorder(kind: Gate) -> Callable[..., Any]:
    """Return how a rule calls this gate: recorded where a value takes part, with plain NumPy otherwise.

    Of a choice that is already made only the chosen side is recorded: `3 * x**2`, not `where(3 == 0, 0, 3 * x**2)`.
    """
    chooses = kind.name == "where"

    def call(*arguments: Any, **options: Any) -> Any:
        if any(isinstance(argument, Value) for argument in arguments):
            if chooses and not isinstance(arguments[0], Value) and not np.ndim(arguments[0]):
                chosen, other = arguments[1:] if arguments[0] else arguments[:0:-1]
                if np.shape(chosen) == np.broadcast_shapes(np.shape(chosen), np.shape(other)):
                    return chosen
            return apply(kind, *arguments, **options)
        return kind.forward(*arguments, **options)

    return call
