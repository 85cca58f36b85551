"""What the words in a gate's rules mean that are no functions of the expression language: `spread`, `winners`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from graphtutor.explain.words import sentence

WORDS = {
    "spread": "spread(g, x, axis)",
    "winners": "winners(x, out, axis)",
    "others": "others(x, out, axis)",
    "count": "count(x, axis)",
    "size": "size(x)",
    "rows": "rows(x)",
    "dims": "dims(x)",
    "inverse": "inverse(axes)",
    "nats": "nats(base)",
    "order": "order(x, axis)",
    "part_of": "part_of(parts, i, axis)",
    "layer_of": "layer_of(out, i, axis)",
    "triangle": "triangle(x)",
    "symmetric": "symmetric(x)",
    "swap": "swap(x)",
    "row": "row(x)",
    "column": "column(x)",
    "unrow": "unrow(x)",
    "uncolumn": "uncolumn(x)",
    "dot_left": "dot_left(g, x, y)",
    "dot_right": "dot_right(g, x, y)",
    "scatter": "scatter(g, index, shape)",
    "collect": "collect(g, shape)",
    "broadcast": "broadcast(g, shape)",
    "outer": "outer(a, b)",
}
"""Each word as it is called."""
_CALL = re.compile(r"(?<![\w.])([a-z_]+)\(")


def glossary(texts: Iterable[str], lang: str = "en") -> list[str]:
    """Return a line for every such word in the texts, in the order in which they first stand there."""
    found = dict.fromkeys(word for text in texts for word in _CALL.findall(text) if word in WORDS)
    return [f"{WORDS[word]}: {sentence(lang, 'rule_words', word)}" for word in found]
