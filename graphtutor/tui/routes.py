"""Paths from the output to a node, as text. Pure: it reads what `explain.paths` found and computes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from rich.text import Text

from graphtutor.explain.formula import gradient_called, joined, label, output_called
from graphtutor.explain.forward import partial
from graphtutor.explain.numerals import written
from graphtutor.explain.paths import Path, Paths
from graphtutor.explain.words import sentence
from graphtutor.tui.cells import clip, width
from graphtutor.tui.palette import ACCENT, FAINT, GOLD, GRADIENT, SOFT, TEXT

SIDE = 140
"""Columns from which the factors of a path stand beside the list."""
LISTED = 12
"""Paths in sight at once where there is room."""
ABOUT = 6
"""Rows above and below them: what is listed, and the sum."""


def card(found: Paths, at: int, lang: str, columns: int, rows: int, compact: bool) -> Text:
    """Write the paths, the one at `at` with its factors, and their sum."""
    if compact or columns < SIDE or not found.count:
        text = _listing(found, at, lang, columns, rows, compact)
        if not compact and found.count:
            text.append("\n\n").append_text(factors(found, found.listed[at], at, lang, columns))
        return text
    half = columns // 2
    text = Text(no_wrap=True)
    left = _listing(found, at, lang, half - 4, rows, compact=False).split("\n", allow_blank=True)
    right = factors(found, found.listed[at], at, lang, columns - half).split("\n", allow_blank=True)
    for one, other in zip_longest(left, right, fillvalue=Text()):
        line = one.copy()
        line.pad_right(half - line.cell_len)
        text.append_text(line).append_text(other).append("\n")
    text.right_crop(1)
    return text


def _listing(found: Paths, at: int, lang: str, columns: int, rows: int, compact: bool) -> Text:
    graph = found.run.graph
    name = label(graph, found.node)
    text = Text(sentence(lang, "routes", "title", output=output_called(graph), node=name), f"bold {TEXT}")
    if not found.count:
        text.append("\n" + sentence(lang, "routes", "none", node=name), SOFT)
        return text
    room = max(1, rows - 2) if compact else min(LISTED, max(4, rows - ABOUT))
    first = max(0, min(at - room // 2, len(found.listed) - room))
    many = counted(found.count, lang)
    if len(found.listed) > room:
        many += f", {first + 1}-{first + room}"
    text.append(f"   {many}" if compact else f"\n{many}", SOFT)
    if len(found.listed) > 1:
        text.append(f"  {sentence(lang, 'routes', 'keys')}", FAINT)
    text.append("\n" if compact else "\n\n")
    for n, path in list(enumerate(found.listed))[first : first + room]:
        _row(text, found, n, path, n == at, columns, compact, sentence(lang, "screen", "slot"))
    if not compact and not found.complete:
        more = sentence(lang, "routes", "more", count=_count(found.count - len(found.listed)), rest=written(found.rest))
        text.append(f"  {more}\n", SOFT)
    if compact:
        free = rows - 2 - min(room, len(found.listed))
        product = _product(found, found.listed[at])
        if free > 0 and width(product) > columns // 2:  # it was cut above
            text.append(f"{_cut(product, free * columns - 1)}\n", GRADIENT)
    _sum(text, found, lang, columns)
    return text


def counted(count: int, lang: str) -> str:
    """Write how many paths there are: `1 path`, `1,024 paths`, `about 10^60 paths`."""
    return sentence(lang, "routes", "one" if count == 1 else "many", count=_count(count))


def _count(count: int) -> str:
    return f"{count:,}" if count < 10**12 else f"10^{len(str(count)) - 1}"


def _row(text: Text, found: Paths, n: int, path: Path, chosen: bool, columns: int, compact: bool, slot: str) -> None:
    style = f"bold {GOLD}" if chosen else SOFT
    product = _cut(_product(found, path), columns // 2) if compact else clip(written(path.product), columns // 2)
    way = _way(found.stops(path, slot), max(8, columns - width(product) - 8))
    left = f"{'▸' if chosen else ' '} {n + 1:>2}  {way}"
    text.append(left, style)
    text.append(" " * max(1, columns - width(left) - width(product)))
    text.append(f"{product}\n", f"bold {GRADIENT}" if chosen else GRADIENT)


def _way(stops: Sequence[str], columns: int) -> str:
    """Write a path; where it is too long, without what comes after the output: paths differ more towards the input."""
    whole = " ← ".join(stops)
    if width(whole) <= columns:
        return whole
    widths = [width(stop) for stop in stops]
    needed = sum(widths) + len(stops) - 1
    for left_out in range(len(stops) - 1):
        if needed + 2 * (left_out > 0) <= columns:
            return "←".join([stops[0], *["…"] * (left_out > 0), *stops[1 + left_out :]])
        needed -= widths[1 + left_out] + 1
    return clip(whole, columns)


def _product(found: Paths, path: Path) -> str:
    """Write a path's factors and product on one line: `1 * (-4) * 1 = -4`; copies, which hand on, are left out."""
    if any(factor is None for factor in path.factors):
        return written(path.product)
    graph = found.run.graph
    factors = [
        written(factor)
        for factor, edge in zip(path.factors, path.edges, strict=True)
        if graph.nodes[edge.target].gate.name != "copy"
    ]
    return joined(["1", *factors], "*") + f" = {written(path.product)}"


def _cut(product: str, columns: int) -> str:
    """Shorten a product that is too long, but not its result."""
    factors, equals, result = product.rpartition(" = ")
    if width(product) <= columns or not equals:
        return clip(product, columns)
    return f"{clip(factors, max(1, columns - width(result) - 3))} = {result}"


def _sum(text: Text, found: Paths, lang: str, columns: int) -> None:
    left = gradient_called(found.run.graph, label(found.run.graph, found.node))
    parts = [written(path.product) for path in found.listed]
    if not found.complete:
        parts.append(written(found.rest))
    total = written(found.total)
    summed = joined(parts, "+")
    line = f"{sentence(lang, 'routes', 'sum')}  {left} = {summed} = {total}"
    if len(parts) == 1 or width(line) > columns:
        line = f"{sentence(lang, 'routes', 'sum')}  {left} = {total}"
    text.append(line, f"bold {ACCENT}")


def factors(found: Paths, path: Path, at: int, lang: str, columns: int) -> Text:
    """Write one path gate by gate: each local gradient, and what has come through so far."""
    run, graph = found.run, found.run.graph
    text = Text(sentence(lang, "routes", "path", number=at + 1), f"bold {TEXT}")
    text.append("\n")
    if not found.scalar:
        text.append(sentence(lang, "routes", "arrays") + "\n", SOFT)
    rows: list[tuple[str, str, str]] = [(gradient_called(graph, output_called(graph)), "", _seed(found))]
    for edge, factor, sent in zip(path.edges, path.factors, path.sent, strict=True):
        node = graph.nodes[edge.target]
        if node.gate.name == "copy":
            continue
        key = output_called(graph) if edge.target == graph.output else node.key
        slope = partial(node, edge.slot, label(graph, edge.source), key)
        local: Any = factor if factor is not None else run.local_at(edge.target, edge.slot)
        rows.append((f"* {slope}", f"{written(local)}" if local is not None else node.gate.symbol, written(sent)))
    heads = ("", sentence(lang, "routes", "local"), sentence(lang, "routes", "so_far"))
    room = max(10, columns - 4)
    wide = [min(room // 3 + 6 * (i == 0), max(width(row[i]) for row in [heads, *rows])) for i in range(3)]
    for n, row in enumerate([heads, *rows]):
        for i, (cell, style) in enumerate(zip(row, (TEXT, SOFT, GRADIENT), strict=True)):
            shown = clip(cell, wide[i])
            pad = " " * (wide[i] - width(shown))
            text.append((shown + pad if i == 0 else pad + shown) + "  ", style if n else FAINT)
        text.append("\n")
    text.right_crop(1)
    return text


def _seed(found: Paths) -> str:
    return written(found.run.grad_at(found.run.graph.output))
