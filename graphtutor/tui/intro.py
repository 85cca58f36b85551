"""What stands on the tutor's screen before the first step: what to press, and what the numbers mean. Pure."""

from __future__ import annotations

import re

from rich.text import Text

from graphtutor.explain.formula import output_called
from graphtutor.explain.words import sentence
from graphtutor.graph import Graph
from graphtutor.tui.cards import Level
from graphtutor.tui.palette import FAINT, GOLD, GRADIENT, SOFT, TEXT, VALUE

_MARKED = re.compile(r"`([^`]+)`|«([^»]+)»|‹([^›]+)›")
_STYLES = (f"bold {GOLD}", f"bold {VALUE}", f"bold {GRADIENT}")


def marked(words: str, style: str = SOFT) -> Text:
    """Return words with `keys`, «what is a value» and ‹what is a gradient› in their colours."""
    text, at = Text(), 0
    for found in _MARKED.finditer(words):
        text.append(words[at : found.start()], style)
        group = found.lastindex or 1
        text.append(found[group], _STYLES[group - 1])
        at = found.end()
    text.append(words[at:], style)
    return text


def press(lang: str, tangents: bool = False) -> Text:
    """Write what to press first."""
    return marked(sentence(lang, "intro", "press_forward" if tangents else "press"))


def welcome(
    graph: Graph,
    compact: bool,
    lang: str = "en",
    seed: str = "",
    level: Level = Level.FULL,
    folded: bool = False,
    low: bool = False,
    whole: bool = True,
) -> Text:
    """Write what the numbers on the canvas mean, in forward mode below the edges d.../d`seed`; and how to go on.

    Where they stand depends on how closely one looks, the `level`; with `folded` copies none is seen as a gate.
    A `low` panel has few blank lines. How to see the rest is said where the graph is not in sight as a `whole`.
    """

    def counted(count: int, one: str, several: str) -> str:
        return sentence(lang, "intro", one if count == 1 else several, count=count)

    gates = counted(sum(not node.gate.is_source for node in graph.nodes), "one_gate", "gates")
    inputs = counted(len(graph.inputs), "one_input", "inputs")
    text = Text(
        sentence(lang, "intro", "size", output=output_called(graph), gates=gates, inputs=inputs), f"bold {TEXT}"
    )
    copies = not folded and any(node.gate.name == "copy" for node in graph.nodes)
    boxed = "boxed_copies" if copies else "boxed"
    where = "tangents" if seed else "numbers" if level.whole else "dots" if level is Level.DOTS else boxed
    text.append("   " if compact else "\n" if low else "\n\n")
    text.append_text(marked(sentence(lang, "intro", where, seed=seed)))
    text.append("\n" if compact or (low and not whole) else "\n\n")
    for n, entry in enumerate(("again", "ends", "keys") if seed else ("select", "change", "keys")):
        if n:
            text.append(" · " if compact else "\n", FAINT)
        text.append_text(marked(sentence(lang, "intro", entry)))
    if not (compact and seed):
        more = "sweep" if seed else "more_compact" if compact else "more"
        text.append("\n" if compact or low else "\n\n")
        text.append_text(marked(sentence(lang, "intro", more, seed=seed)))
    if not whole:
        text.append("\n" if compact or low else "\n\n")
        text.append_text(marked(sentence(lang, "intro", "larger_dots" if level is Level.DOTS else "larger")))
    return text
