"""How one gate is computed and differentiated on arrays of certain shapes, written out as NumPy source.

The backward half finds what the forward half has computed already. A recipe is written when the same gate meets the
same shapes for the second time; before that the gate's own functions do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from graphtutor.engine.operands import Operand
from graphtutor.engine.rules import arguments_of
from graphtutor.engine.silence import SILENT, hush, restore
from graphtutor.engine.writer import Writer
from graphtutor.gates import Gate

LIMIT = 1000
"""How many recipes are kept."""

Recipe = Callable[..., Any]
"""One gate on inputs of certain shapes: makes a value of the tuple of what feeds its slots, and the arrays in them."""

Table = dict[tuple[tuple[int, ...], ...], Recipe | None]
"""Recipes by the inputs' shapes; `None` for shapes that were met once."""

_tables: dict[Any, Table] = {}


def table(kind: Gate, wanted: tuple[bool, ...], options: Any = ()) -> Table:
    """Return the recipes of a gate with these options; `wanted` says which slots are fed by values."""
    return _tables.setdefault((kind, wanted, options), {})


def recipe(kind: Gate, shapes: tuple[tuple[int, ...], ...], wanted: tuple[bool, ...], options: Any) -> Recipe | None:
    """Return the recipe, or `None` where none is kept."""
    known = table(kind, wanted, options)
    found = known.get(shapes)
    if found is None:
        if shapes not in known:
            if sum(map(len, _tables.values())) >= LIMIT:
                _forget()
            table(kind, wanted, options)[shapes] = None
            return None
        try:
            found = known[shapes] = _write(kind, shapes, wanted, dict(options))
        except (TypeError, ValueError, IndexError):  # the general way says what is wrong, or works
            return None
    return found


def _forget() -> None:
    """Forget all recipes. A gate without options keeps its tables: others hold on to them."""
    for key, known in list(_tables.items()):
        known.clear()
        if key[2]:
            del _tables[key]


def _write(
    kind: Gate, shapes: tuple[tuple[int, ...], ...], wanted: tuple[bool, ...], options: dict[str, Any]
) -> Recipe:
    from graphtutor.engine.value import GENERAL, ArrayValue, Value

    writer = Writer(eager=True)
    names = [f"x{n}" for n in range(len(shapes))]
    inputs = tuple(writer.argument(name, np.ones(shape)[()]) for name, shape in zip(names, shapes, strict=True))
    out = writer.solid(writer.operand(writer.call(kind, *inputs, **options)))
    turn = len(writer.lines)
    g = writer.argument("g", np.ones(out.shape)[()])
    writer.late = True
    writer.seed = None if out.ndim else g
    settings = {**kind.options, **options}
    flows = kind.flows
    parts: dict[int, Operand | None] = {}
    for slot, text in enumerate(kind.rules(shapes)):
        if wanted[slot] and text is not None:
            found = writer.rule(text, (*kind.names, "out", "g"), *arguments_of(kind, inputs, settings, slot), out, g)
            parts[slot] = writer.solid(writer.sum_to(found, shapes[slot]))
        elif wanted[slot] and (flows is None or flows[slot]):  # not for these shapes
            parts[slot] = None
    first, second, taken = writer.halves(names, out, turn, [part for part in parts.values() if part is not None])
    own = {part.name for part in parts.values() if part is not None} & set(writer.setup)
    targets = "feeds" if len(parts) == len(shapes) else f"({''.join(f'feeds[{slot}], ' for slot in parts)})"
    code = [
        f"def record(feeds, {', '.join(names)}):",
        " token = hush(SILENT)",
        " try:",
        *(f"  {line}" for line in first or ["pass"]),
        " finally:",
        "  restore(token)",
        " n = ArrayValue()" if out.ndim else " n = Value()",
        f" n._data = {out.name}" if out.ndim else f" n._data = float({out.name})",
        " n._gate = GATE",
        " n._a = feeds",
        " n._b = GENERAL",
        " n._da = None",
        f" n._db = send, {targets}, {''.join(f'{name}, ' for name in taken)}",
        " n._k = 0",
        " return n",
        "def send(n, ready):",
        f" _, targets, {''.join(f'{name}, ' for name in taken)} = n._db",
        " g = n._grad" if out.ndim else " g = float64(n._grad)",
        *(f" {line}" for line in second),
        *([f" {''.join(f'f{slot}, ' for slot in parts)} = targets"] if parts else []),
        *(f" {line}" for slot, part in parts.items() for line in _arrival(f"f{slot}", part, shapes[slot], own)),
    ]
    space = writer.space
    space |= {"hush": hush, "restore": restore, "SILENT": SILENT, "float": float, "float64": np.float64}
    space |= {"Value": Value, "ArrayValue": ArrayValue, "GATE": kind, "GENERAL": GENERAL, "zeros": np.zeros}
    exec(compile("\n".join(code), f"<recipe {kind.name}>", "exec"), space)
    return space["record"]  # type: ignore[no-any-return]


def _arrival(feed: str, part: Operand | None, shape: tuple[int, ...], own: set[str]) -> Sequence[str]:
    """Write how a contribution arrives at the value `feed`, which is handed on when it was the last."""
    code = []
    last = f"if not k: ready({feed})"
    if part is None:
        if shape:
            last = f"if not k:\n  if {feed}._grad is None: {feed}._grad = zeros({shape})\n  ready({feed})"
    elif not shape:
        code = [f"{feed}._grad += float({part.name})"]
    else:
        first = part.name
        if first not in own:  # a view, the upstream gradient itself, or sent before: nobody else's to write into
            first = f"{first}.copy() if {feed}._a is None else {first}"
        own.discard(part.name)
        code = [
            f"if {feed}._grad is None: {feed}._grad = {first}",
            f"else: {feed}._grad = {feed}._grad + {part.name}",
        ]
    return [*code, f"{feed}._k = k = {feed}._k - 1", last]
