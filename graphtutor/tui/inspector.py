"""The arithmetic of a step or of a gate, as text with styles. Pure: it reads the timeline and computes nothing."""

from __future__ import annotations

import textwrap
from functools import partial
from typing import Any

from rich.text import Text

from graphtutor.explain import Explanation, written
from graphtutor.explain.formula import called, label
from graphtutor.explain.glossary import glossary
from graphtutor.explain.numerals import MANY
from graphtutor.explain.reasons import why_gradient
from graphtutor.explain.steps import user_called
from graphtutor.explain.words import in_language, sentence
from graphtutor.gates import Role
from graphtutor.graph import Graph, Node
from graphtutor.graph.text import expression
from graphtutor.timeline import Computed, Step, TangentTimeline, Timeline
from graphtutor.tui import heat
from graphtutor.tui.cells import clip, padded, width
from graphtutor.tui.palette import FAINT, GRADIENT, ROLE_COLOURS, SOFT, TEXT, VALUE
from graphtutor.tui.scene import DASH, role_word

HEAD = f"bold {TEXT}"
PANEL = 48
"""Columns of a wide panel's text."""
PENDING = "?"
"""Stands for a result that is still on its way."""
LISTED = 100
"""The most elements of a selected gate's array that are written out."""
GAP = "   "
"""Between the columns of a table."""


def step_card(
    step: Step,
    said: Explanation,
    timeline: Timeline,
    lang: str,
    compact: bool,
    arrived: bool = True,
    veiled: bool = False,
    folded: bool = False,
) -> Text:
    """Write a step's formula and numbers; where there is room, the chain rule stage by stage.

    The result is left open until the token has arrived; `veiled` leaves out local gradients that are still to be used.
    Where copies are `folded`, a copy gate is a fork.
    """
    graph = step.run.graph
    node = graph.nodes[step.node]
    text = Text()
    if compact:
        _formula(text, said, arrived)
        text.append("\n")
        text.append_text(headline(node, graph, lang, folded))
        text.append(f"  {clip(computes(node, graph, lang), 24)}", SOFT)
        text.append_text(_known(step.node, timeline, lang))
        text.append_text(_words(said, lang))
        return text
    text.append_text(headline(node, graph, lang, folded))
    does = computes(node, graph, lang)
    text.append("\n\n" if does in said.stages else f"\n{does}\n\n", SOFT)
    *stages, last = said.stages or (said.formula, said.numbers)
    for stage in stages:
        text.append(f"{stage}\n", TEXT)
    left, equals, result = last.rpartition(" = ")
    text.append(f"{left}{equals}", HEAD)
    text.append(f"{result}\n" if arrived else f"{PENDING}\n", f"bold {_pass_colour(step)}")
    text.append("\n")
    text.append_text(slots(node, timeline, lang, compact=False, veiled=veiled))
    words = _words(said, lang)
    if words:
        text.append("\n")
        text.append_text(words)
    return text


def _words(said: Explanation, lang: str) -> Text:
    """Write what the words mean that stand in a rule and are not in the expression language."""
    text = Text()
    for line in glossary(said.stages or (said.formula,), lang):
        word, _, meaning = line.partition(": ")
        text.append(f"\n{word}", TEXT)
        text.append(f": {meaning}", SOFT)
    return text


def gate_card(
    node: Node, timeline: Timeline, lang: str, compact: bool, veiled: bool = False, folded: bool = False
) -> Text:
    """Write what a gate is, what it computes, and every number of it that is known.

    `veiled` leaves out local gradients that are still to be used.
    """
    graph = timeline.run.graph
    text = headline(node, graph, lang, folded)
    if compact:
        text.append(f"  {clip(computes(node, graph, lang), 34)}", SOFT)
        text.append_text(_known(node.index, timeline, lang, LISTED))
        text.append("\n")
        if node.args:
            text.append_text(slots(node, timeline, lang, compact=True, veiled=veiled))
        else:
            told = in_language(node.gate.story, lang)
            text.append(_reason(node, timeline, lang) or (f"It {told}." if lang == "en" else f"{told}."), SOFT)
        return text
    story = in_language(node.gate.story, lang)
    tells = bool(story) and not isinstance(timeline, TangentTimeline)
    text.append("\n\n" if tells and node.gate.is_source else f"\n{computes(node, graph, lang)}\n\n", SOFT)
    if tells:
        text.append(f"It {story}.\n\n" if lang == "en" else f"{story}.\n\n", TEXT)
    back = "tangent" if isinstance(timeline, TangentTimeline) else "gradient"
    text.append(padded(sentence(lang, "screen", "value"), 10), FAINT)
    text.append(f"{_value(node.index, timeline, LISTED)}\n", f"bold {VALUE}")
    text.append(padded(sentence(lang, "screen", back), 10), FAINT)
    text.append(f"{_gradient(node.index, timeline, LISTED)}\n\n", f"bold {GRADIENT}")
    text.append_text(heat.maps(*_both(node.index, timeline), PANEL, lang, back))
    text.append_text(slots(node, timeline, lang, compact=False, veiled=veiled))
    reason = _reason(node, timeline, lang)
    if reason:
        text.append(f"\n\n{reason}", SOFT)
    return text


def headline(node: Node, graph: Graph, lang: str, folded: bool = False) -> Text:
    """Write a gate's symbol, name and role; a folded copy gate is a fork on the canvas."""
    text = Text()
    if node.gate.is_source:
        text.append(f"{node.gate.name} ", SOFT)
        text.append(node.label, HEAD)
        return text
    fork = folded and node.gate.name == "copy"
    text.append(f"{sentence(lang, 'screen', 'fork') if fork else node.gate.symbol} ", HEAD)
    if node.gate.name != node.gate.symbol or node.name:
        text.append(f"{called(graph, node)} ", SOFT)
    text.append(role_word(node.gate.role, lang), f"bold {ROLE_COLOURS[node.gate.role]}")
    return text


def computes(node: Node, graph: Graph, lang: str = "en") -> str:
    """Write the gate as an assignment: `q = x + y`."""
    if node.gate.name == "input":
        return sentence(lang, "screen", "given", key=node.key)
    if node.gate.name == "constant":
        return sentence(lang, "screen", "constant")
    if node.gate.name == "copy":
        users = ", ".join(user_called(graph, use) for use in graph.uses[node.index])
        return f"{label(graph, node.index)} -> {users}"
    return f"{called(graph, node)} = {expression(graph, node.index, lambda _: True)}"


def slots(node: Node, timeline: Timeline, lang: str, compact: bool, veiled: bool = False) -> Text:
    """Write the table of a gate's slots: value in, local gradient, contribution out. Of a copy gate, its uses."""
    run, graph = timeline.run, timeline.run.graph
    if node.gate.is_source:
        return Text()
    rows: list[tuple[str, str, str, str]] = []
    forward = isinstance(timeline, TangentTimeline)
    word = partial(sentence, lang, "screen")
    if node.gate.name == "copy":
        for use in graph.uses[node.index]:
            sent = timeline.sent(use.target, use.slot)
            number = written(run.contribution_at(use.target, use.slot)) if sent else DASH
            to = sentence(lang, "screen", "to" if forward else "from", key=user_called(graph, use))
            rows.append((to, "", "", number))
        total = written(run.grad_at(node.index)) if timeline.grad_known(node.index) else DASH
        if not forward:
            rows.append((word("total"), "", "", total))
        heads = (word("tangent" if forward else "contribution"), "", "", "")
    else:
        names = [label(graph, arg) for arg in node.args]
        for slot, arg in enumerate(node.args):
            sent = timeline.sent(node.index, slot)
            usable = sent or (timeline.value_known(node.index) and not veiled)
            local = written(run.local_at(node.index, slot)) if usable else DASH
            number = written(run.contribution_at(node.index, slot)) if sent else DASH
            name = label(graph, arg)
            if names.count(name) > 1:
                name = f"{name} ({word('slot')} {slot})"
            rows.append((name, _value(arg, timeline), local, number))
        heads = (word("slot"), word("value"), word("local"), word("tangent" if forward else "sends"))
    text = Text()
    widths = [max(width(row[i]) for row in (*rows, heads)) for i in range(4)]
    if not compact and sum(wide + len(GAP) for wide in widths) - len(GAP) > PANEL:
        return _entries(rows, heads)
    styles = (TEXT, VALUE, SOFT, GRADIENT)
    if not (compact and len(rows) > 2):
        _row(text, heads, widths, (FAINT,) * 4)
    for row in rows:
        _row(text, row, widths, styles)
    text.right_crop(1)
    return text


def _row(text: Text, cells: tuple[str, ...], widths: list[int], styles: tuple[str, ...]) -> None:
    for i, (cell, wide, style) in enumerate(zip(cells, widths, styles, strict=True)):
        if not wide:
            continue
        pad = " " * (wide - width(cell))
        text.append((cell + pad if i == 0 else pad + cell) + GAP, style)
    text.append("\n")


def _entries(rows: list[tuple[str, str, str, str]], heads: tuple[str, ...]) -> Text:
    """Write a table that is too wide below each other: each slot, and what is known of it."""
    text = Text()
    wide = max(width(head) + 1 if head else 0 for head in heads[1:])
    for name, *cells in rows:
        text.append(f"{name}\n", TEXT)
        for head, cell, style in zip(heads[1:], cells, (VALUE, SOFT, GRADIENT), strict=True):
            if cell and cell != written(None):
                for i, line in enumerate(textwrap.wrap(cell, PANEL - 2 - wide)):
                    text.append("  " + padded("" if i else head, wide), FAINT)
                    text.append(f"{line}\n", style)
    text.right_crop(1)
    return text


def _formula(text: Text, said: Explanation, arrived: bool) -> None:
    equation = said.numbers
    if equation and " = " not in equation:  # a number alone: of what, the last stage says
        equation = said.stages[-1] if said.stages else equation
    left, equals, _ = equation.rpartition(" = ")
    if left != said.formula:
        text.append(f"{said.formula}\n" if equation else said.formula, TEXT)
    text.append(equation if arrived or not equation else f"{left}{equals}{PENDING}", HEAD)


def _value(node: int, timeline: Timeline, many: int = MANY) -> str:
    return written(timeline.run.value_at(node), many=many) if timeline.value_known(node) else DASH


def _both(node: int, timeline: Timeline) -> tuple[Any, Any]:
    """Return the value and the gradient as far as they are known."""
    value = timeline.run.value_at(node) if timeline.value_known(node) else None
    return value, timeline.run.grad_at(node) if timeline.grad_known(node) else None


def _gradient(node: int, timeline: Timeline, many: int = MANY) -> str:
    return written(timeline.run.grad_at(node), many=many) if timeline.grad_known(node) else DASH


def _reason(node: Node, timeline: Timeline, lang: str) -> str:
    """Say why the gradient is 0 or missing, once that is known; of what gets none, from the start."""
    if isinstance(timeline, TangentTimeline):
        return ""
    missing = timeline.run.grad_at(node.index) is None
    return why_gradient(timeline.run, node.index, lang) if missing or timeline.grad_known(node.index) else ""


def _known(node: int, timeline: Timeline, lang: str, many: int = MANY) -> Text:
    text = Text(f"  {sentence(lang, 'screen', 'value')} ", FAINT)
    text.append(_value(node, timeline, many), VALUE)
    source = timeline.run.graph.nodes[node].gate.role is Role.SOURCE
    tangent = isinstance(timeline, TangentTimeline)
    word = "tangent" if tangent else "gradient" if source else "upstream"
    text.append(f"  {sentence(lang, 'screen', word)} ", FAINT)
    text.append(_gradient(node, timeline, many), GRADIENT)
    return text


def _pass_colour(step: Step) -> str:
    return VALUE if isinstance(step, Computed) else GRADIENT
