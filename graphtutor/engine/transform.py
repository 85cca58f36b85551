"""Differentiate plain NumPy functions: `grad`, `value_and_grad`, `jacobian`, `hessian`, `jvp`, and `trace`."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from graphtutor.engine.functions import recorder
from graphtutor.engine.history import ancestors, feeds_of, options_of
from graphtutor.engine.rules import arguments_of, compiled, vocabulary
from graphtutor.engine.run import as_float64, plain, sum_to
from graphtutor.engine.tape import contribution
from graphtutor.engine.value import (
    COPY,
    SOURCE,
    Value,
    apply,
    array_of,
    holds_value,
    make,
    tracing,
)
from graphtutor.errors import InputError
from graphtutor.gates import gate
from graphtutor.graph import Graph

Function = Callable[..., Any]
COLLECT, BROADCAST, CONSTANT = gate("collect"), gate("broadcast"), gate("constant")


def grad(fn: Function, argnums: int | Sequence[int] = 0) -> Function:
    """Return the function that computes the gradient of `fn` with respect to argument `argnums`.

    `fn` returns one number. The gradient has the structure and shapes of the argument (numbers, arrays, or lists,
    tuples and dicts of them); with several `argnums`, a tuple. Nests: `grad(grad(fn))`. Raise `InputError` when the
    output is an array.
    """
    both = value_and_grad(fn, argnums)

    def gradient(*args: Any, **options: Any) -> Any:
        return both(*args, **options)[1]

    return _named(gradient, fn, "gradient")


def value_and_grad(fn: Function, argnums: int | Sequence[int] = 0) -> Function:
    """Return the function that computes the value of `fn` and its gradient; see `grad`."""

    def both(*args: Any, **options: Any) -> tuple[Any, Any]:
        output, leaves, boxes = _call(fn, argnums, args, options)
        if not isinstance(output, Value):
            return output, _unbox(boxes, {id(leaf): np.zeros(leaf.shape)[()] for leaf in leaves})
        if output.size != 1:
            raise InputError(
                f"grad needs a function that returns one number; this one returns an array of shape {output.shape}. "
                "Sum it, or use jacobian"
            )
        grads = pull(output, np.ones(output.shape)[()], leaves)
        value = _plain(output, leaves)
        _close(leaves)
        return value, _unbox(boxes, grads)

    return _named(both, fn, "value and gradient")


def elementwise_grad(fn: Function, argnums: int | Sequence[int] = 0) -> Function:
    """Return the gradient of the sum of the outputs: for an elementwise function, its derivative at every element."""
    return _named(grad(lambda *args, **options: np.sum(fn(*args, **options)), argnums), fn, "elementwise gradient")


def jacobian(fn: Function, argnums: int | Sequence[int] = 0) -> Function:
    """Return the function that computes the Jacobian: shape of the output, then shape of the argument.

    Of a list, tuple or dict, or of several arguments, the same structure of Jacobians.
    """

    def derivative(*args: Any, **options: Any) -> Any:
        output, leaves, boxes = _call(fn, argnums, args, options)
        if not isinstance(output, Value):
            return _unbox(boxes, {id(leaf): np.zeros((*np.shape(output), *leaf.shape))[()] for leaf in leaves})
        rows = []
        for index in np.ndindex(*output.shape):
            seed = np.zeros(output.shape)
            seed[index] = 1.0
            rows.append(pull(output, seed[()], leaves))
        whole = {}
        for leaf in leaves:
            column = [row[id(leaf)] for row in rows]
            stacked = array_of(column) if holds_value(column) else np.array(column)
            whole[id(leaf)] = np.reshape(stacked, (*output.shape, *leaf.shape))
        _close(leaves)
        return _unbox(boxes, whole)

    return _named(derivative, fn, "Jacobian")


def hessian(fn: Function, argnums: int = 0) -> Function:
    """Return the function that computes the matrix of second derivatives: shape of the argument twice."""
    return jacobian(grad(fn, argnums), argnums)


def jvp(fn: Function, args: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """Return the value of `fn(*args)` and its derivative along `tangents`, in forward mode.

    The derivative of the pulled-back gradient with respect to its seed: two reverse passes make a forward one.
    """
    output, leaves, _ = _call(fn, tuple(range(len(args))), tuple(args), {})
    if not isinstance(output, Value):
        return output, plain(np.zeros(np.shape(output)))
    seed = make(as_float64(np.zeros(output.shape)), SOURCE, None)
    pulled = pull(output, seed, leaves)
    flat = [t for tangent in tangents for t in _leaves(tangent)]
    total: Any = 0.0
    for leaf, tangent in zip(leaves, flat, strict=True):
        total = total + np.sum(pulled[id(leaf)] * np.asarray(tangent, dtype=np.float64))
    value = _plain(output, leaves)
    _close(leaves)
    if not isinstance(total, Value):
        return value, plain(np.zeros(output.shape))
    slope = pull(total, np.float64(1.0), [seed])[id(seed)]
    _close([seed])
    return value, slope


def trace(fn: Function, *args: Any, **options: Any) -> tuple[Graph, dict[str, Any]]:
    """Return the graph that `fn(*args)` records, and the inputs to run it with.

    Inputs are called as the parameters of `fn`; elements of a list or dict argument get the argument's name and a
    number or the key. Arguments that are no numbers (text, `True`, `None`, functions) are handed on. A Python `if` on
    a traced value warns: the graph keeps the branch that was taken.
    """
    graph, values, _ = traced(fn, args, options)
    return graph, {name: value for name, value in values.items() if name in graph.inputs}


def traced(
    fn: Function, args: Sequence[Any], options: Mapping[str, Any]
) -> tuple[Graph, dict[str, Any], Callable[[Mapping[str, Any]], Any]]:
    """Return the graph that `fn(*args)` records, all its arguments' numbers by name, and `fn` of such numbers.

    That function runs `fn` itself on plain numbers, whatever the graph has kept of it.
    """
    names = _parameter_names(fn, len(args))
    boxes = [arg if _setting(arg) else _box(arg, name) for arg, name in zip(args, names, strict=True)]
    taken: set[str] = set()
    for leaf in _leaves(boxes):
        if isinstance(leaf, Value):
            name = re.sub(r"\W", "_", leaf.name or "x")
            while name in taken:
                name += "_"
            taken.add(name)
            leaf.name = name
    output = _traced(fn, boxes, options)
    if not isinstance(output, Value):
        raise InputError("the function returns a value that does not depend on its arguments; there is nothing to draw")
    graph = output.graph
    leaves = [leaf for leaf in _leaves(boxes) if isinstance(leaf, Value)]

    def itself(values: Mapping[str, Any]) -> Any:
        output = fn(*_unbox(boxes, {id(leaf): values[str(leaf.name)] for leaf in leaves}), **options)
        output = array_of(output) if holds_value(output) else output
        return output.value if isinstance(output, Value) else plain(as_float64(output))

    return graph, {str(leaf.name): leaf.value for leaf in leaves}, itself


def pull(output: Value, seed: Any, leaves: Sequence[Value], record: bool | None = None) -> dict[int, Any]:
    """Pull `seed` (a gradient of the output's shape) back to the leaves; return the gradients by the leaves' `id`.

    With `record` every step of the backward pass is itself recorded as gates; by default where other variables take
    part, so that derivatives nest.
    """
    order = ancestors(output)
    own = {id(leaf) for leaf in leaves}
    if record is None:
        record = isinstance(seed, Value) or any(value._gate is SOURCE and id(value) not in own for value in order)
    live: set[int] = set()
    for value in order:
        if id(value) in own or any(id(feed) in live for feed in feeds_of(value) if isinstance(feed, Value)):
            live.add(id(value))
    grads: dict[int, Any] = {id(output): seed} if id(output) in live else {}
    with np.errstate(all="ignore"):
        for value in reversed(order):
            upstream = grads.get(id(value))
            if upstream is None or id(value) in own or id(value) not in live:
                continue
            feeds = feeds_of(value)
            for slot, feed in enumerate(feeds):
                if not isinstance(feed, Value) or id(feed) not in live:
                    continue
                part = (_recorded_contribution if record else contribution)(value, feeds, slot, upstream)
                if part is not None:
                    earlier = grads.get(id(feed))
                    grads[id(feed)] = part if earlier is None else earlier + part
    zero = {id(leaf): np.zeros(leaf.shape)[()] for leaf in leaves}
    return {key: _result(grads.get(key, zero[key])) for key in zero}


def _close(leaves: Sequence[Value]) -> None:
    """Make the variables of a finished derivative constants, so that an outer one does not take them for variables."""
    for leaf in leaves:
        if leaf._gate is SOURCE:
            leaf._gate = CONSTANT


def _recorded_contribution(value: Value, feeds: tuple[Any, ...], slot: int, upstream: Any) -> Any:
    kind = value._gate
    if kind is COPY:
        return upstream
    shapes = tuple(np.shape(feed) for feed in feeds)
    settings = {**kind.options, **options_of(value)}
    text = kind.rules(shapes)[slot]
    if text is None:
        return None
    rule = compiled(text, (*kind.names, "out", "g"), _recorded())
    part = rule(*arguments_of(kind, feeds, settings, slot), value, upstream)
    have, want = np.shape(part), shapes[slot]
    if have == want:
        return part
    if len(have) < len(want) or any(h < w for h, w in zip(have[::-1], want[::-1], strict=False)):
        return apply(BROADCAST, part, shape=want) if isinstance(part, Value) else np.broadcast_to(part, want)
    return apply(COLLECT, part, shape=want) if isinstance(part, Value) else sum_to(np.asarray(part), want)


def _recorded() -> Mapping[str, Any]:
    if not _RECORDED:
        _RECORDED.update(vocabulary(recorder))
    return _RECORDED


_RECORDED: dict[str, Any] = {}


def _result(gradient: Any) -> Any:
    return gradient if isinstance(gradient, Value) else plain(as_float64(gradient))


def _plain(output: Value, leaves: Sequence[Value]) -> Any:
    """Return the output as a number, or as a value where an outer derivative needs it."""
    own = {id(leaf) for leaf in leaves}
    outer = any(value._gate is SOURCE and id(value) not in own for value in ancestors(output))
    return output if outer else output.value


def _call(
    fn: Function, argnums: int | Sequence[int], args: tuple[Any, ...], options: Mapping[str, Any]
) -> tuple[Any, list[Value], Any]:
    """Call `fn` with the chosen arguments boxed; return the output, the leaves, and the boxes in their structure."""
    several = not isinstance(argnums, int | np.integer)
    chosen: list[int] = list(argnums) if isinstance(argnums, Sequence) else [argnums]
    if any(not -len(args) <= n < len(args) for n in chosen):
        raise InputError(f"argnums={argnums} does not fit: the function is called with {len(args)} arguments")
    boxed = list(args)
    for n in chosen:
        boxed[n] = _box(args[n], None)
    boxes: Any = tuple(boxed[n] for n in chosen) if several else boxed[chosen[0]]
    output = _traced(fn, boxed, options)
    leaves = [leaf for leaf in _leaves(boxes) if isinstance(leaf, Value)]
    return output, leaves, boxes


def _setting(arg: Any) -> bool:
    """Whether an argument of a traced function is no number, but says how to compute."""
    return arg is None or isinstance(arg, bool | str) or callable(arg)


def _traced(fn: Function, args: Sequence[Any], options: Mapping[str, Any]) -> Any:
    """Call `fn` on boxes; return one value, or plain numbers where the output depends on none."""
    before = tracing.set(True)
    try:
        output = fn(*args, **options)
    finally:
        tracing.reset(before)
    if isinstance(output, Value):
        return output
    if holds_value(output):
        return array_of(output)
    try:
        if output is None:
            raise TypeError
        return plain(as_float64(output))
    except (TypeError, ValueError):
        name = getattr(fn, "__name__", "the function")
        raise InputError(f"{name} must return a number or an array of numbers; it returned {output!r:.60}") from None


def _box(arg: Any, name: str | None) -> Any:
    """Put values in place of the numbers and arrays of an argument; a value of an outer derivative is boxed in."""
    if isinstance(arg, Value):
        return _leaf(arg._data, name, (arg,))
    if isinstance(arg, dict):
        return {key: _box(part, f"{name}_{key}" if name else None) for key, part in arg.items()}
    if isinstance(arg, list | tuple):
        if name is not None and type(arg) in (list, tuple) and _numeric(arg):
            return _leaf(arg, name)
        parts = [_box(part, f"{name}{i}" if name else None) for i, part in enumerate(arg)]
        return type(arg)(parts) if type(arg) in (list, tuple) else type(arg)(*parts)
    try:
        array = np.asarray(arg)
        if array.dtype.kind not in "fiub":
            raise TypeError
        return _leaf(array, name)
    except (TypeError, ValueError):
        raise InputError(f"an argument to differentiate by must be numbers; this is {arg!r:.60}") from None


def _leaf(data: Any, name: str | None, outer: tuple[Value, ...] | None = None) -> Value:
    leaf = make(as_float64(data), SOURCE if outer is None else COPY, outer)
    leaf.name = name
    return leaf


def _numeric(arg: Any) -> bool:
    try:
        return np.asarray(arg, dtype=np.float64).ndim > 0
    except (TypeError, ValueError):
        return False


def _leaves(tree: Any) -> list[Any]:
    if isinstance(tree, dict):
        return [leaf for part in tree.values() for leaf in _leaves(part)]
    if isinstance(tree, list | tuple):
        return [leaf for part in tree for leaf in _leaves(part)]
    return [tree]


def _unbox(boxes: Any, grads: Mapping[int, Any]) -> Any:
    if isinstance(boxes, dict):
        return {key: _unbox(part, grads) for key, part in boxes.items()}
    if isinstance(boxes, list | tuple):
        parts = [_unbox(part, grads) for part in boxes]
        return type(boxes)(parts) if type(boxes) in (list, tuple) else type(boxes)(*parts)
    return _result(grads[id(boxes)]) if isinstance(boxes, Value) else boxes


def _parameter_names(fn: Function, count: int) -> list[str]:
    try:
        parameters = list(inspect.signature(fn).parameters.values())
    except (TypeError, ValueError):
        return [f"x{i}" for i in range(count)]
    rest = next((p.name for p in parameters if p.kind is p.VAR_POSITIONAL), "x")
    own = [p.name.lstrip("_") for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return [own[i] if i < len(own) and own[i] else f"{rest}{i}" for i in range(count)]


def _named(derived: Function, fn: Function, what: str) -> Function:
    name = getattr(fn, "__name__", "fn")
    derived.__name__ = f"{what.split()[-1]}_of_{name}"
    derived.__doc__ = f"Compute the {what} of `{name}`."
    with suppress(TypeError, ValueError):  # some functions of C do not tell
        derived.__signature__ = inspect.signature(fn)  # type: ignore[attr-defined]
    return derived
