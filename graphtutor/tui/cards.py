"""What stands for a node on the canvas: what is written on its card, and how large the card has to be."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import NamedTuple

import numpy as np

from graphtutor.engine.run import Run
from graphtutor.explain import written
from graphtutor.explain.formula import called
from graphtutor.explain.words import sentence
from graphtutor.gates import Role
from graphtutor.graph import Graph, Node
from graphtutor.graph.text import expression
from graphtutor.layout import Box, Placed
from graphtutor.tui.cells import clip, width

OUTPUT = "output"
"""The id of the name box behind the last gate."""
LONGEST_NAME = 18
SHORT_NAME = 8
LONGEST_NUMBER = 16
SHORT = 12
"""The longest number where there is no room to spare, ..."""
BRIEF = 8
"""... and where there is hardly any: with fewer digits, and of an array little more than its shape."""
LONGEST_FORMULA = 32
SPELLED = 12
"""Gates that are spelled out in a formula at most; the others are written by their names."""
ELEMENTS = 12
"""Columns in which elements of a large array are written at least."""
FORK = "•"
HIDDEN_ROLE = 14
"""Columns of a box whose role is asked: the longest role between its corners, with the sign of a wrong answer."""


class Level(IntEnum):
    """How closely one looks."""

    DOTS = 0
    """Every gate a sign for its role, and the wires."""
    COMPACT = 1
    """Small boxes with symbol and name, the value in the upper border, the gradient in the lower; plain wires."""
    FULL = 2
    """Boxes with roles and names, a value and a gradient at every wire."""
    FORMULAS = 3
    """The same, with what each gate computes in place of its symbol."""

    @property
    def whole(self) -> bool:
        """Whether boxes have an inside, and wires their numbers."""
        return self >= Level.FULL


SIGNS = {
    Role.DISTRIBUTOR: "+",
    Role.ADDER: "Σ",
    Role.ROUTER: "Y",
    Role.SWITCHER: "×",
    Role.SCALER: "ƒ",
    Role.SOURCE: "○",
    Role.STOPPER: "0",
}
"""What stands for a gate where there is room for one cell."""


@dataclass(frozen=True, slots=True)
class Card:
    """One box: a gate, an input, a constant, or the output's name."""

    id: str
    node: int
    """The node's position in the graph; the output box has the output gate's."""
    kind: str
    """`gate`, `copy`, `fork` (a copy gate that is folded), `input`, `constant` or `output`."""
    title: str
    """Stands in the upper border: the role."""
    label: str
    """Stands in the middle: a symbol or a name."""
    foot: str
    """Stands in the lower border: what the explanations call the gate."""
    role: Role
    place: Placed
    framed: bool = True
    """Whether it has a border; without one its label stands where the box begins."""

    @property
    def written(self) -> tuple[int, int]:
        """Where the label begins."""
        at = self.place
        inset = 1 + (at.width - 2 - width(self.label)) // 2 if self.framed else 0
        return at.x + inset, at.y + (at.height - 1) // 2


def shown(number: object, room: int = LONGEST_NUMBER) -> str:
    """Write a number as it stands on the canvas: where there is no room with fewer digits, an array with its shape."""
    room = min(room or LONGEST_NUMBER, LONGEST_NUMBER)
    text = written(number)
    if width(text) <= room:
        return text
    shape: tuple[int, ...] = getattr(number, "shape", ())
    if shape:
        size = "x".join(map(str, shape))
        if "[" in text and room > BRIEF:
            return clip(f"{size}: {text}", room)
        return clip(size if "x" in size else f"{size}: […]", room)
    shorter = (f"{number:.{digits}g}" for digits in (4, 3, 2, 1))  # a cut would leave another number
    return clip(next((one for one in shorter if width(one) <= room), text), room)


def filled(number: object, room: int) -> str:
    """Write a number as `shown`; of an array that is known by its shape only, as many elements as fit."""
    text = shown(number, room)
    shape: tuple[int, ...] = getattr(number, "shape", ())
    if not shape or "[" in text or room < ELEMENTS:
        return text
    first = np.asarray(number)[tuple(slice(0, room) for _ in shape)]
    values = written(first, many=first.size).rstrip("]")
    return clip(f"{'x'.join(map(str, shape))}: {values}, …", room)


def span(value: object, gradient: object, room: int = LONGEST_NUMBER) -> int:
    """Return how many columns the longer of two numbers takes on the canvas, of so many."""
    return max(width(shown(value, room)), width(shown(gradient, room)))


@cache
def role_word(role: Role, lang: str) -> str:
    """Return the role as one word of the language."""
    return sentence(lang, "roles", role).partition("(")[0].strip()


def formula(graph: Graph, index: int, gates: int = SPELLED) -> str:
    """Write what a gate computes from inputs and named gates, with at most so many gates spelled out."""
    left = iter(range(gates))
    return expression(graph, index, lambda _: next(left, None) is None)


class Face(NamedTuple):
    """What is written on a card; see `Card`."""

    kind: str
    title: str
    label: str
    foot: str

    def framed(self, level: Level) -> bool:
        """Return whether the card has a border."""
        return (level.whole and self.kind != "fork") or (level is Level.COMPACT and self.kind == "gate")


def face(
    node: Node, run: Run, lang: str, show_roles: bool, level: Level, folded: bool = False, brief: bool = False
) -> Face:
    """Return what is written on a node's card; where copy gates are folded, a copy gate's is the dot of a fork.

    Where cards are `brief` the last gate's has no name: it stands behind it, where the wire ends.
    """
    label = clip(node.label, SHORT_NAME if level is Level.DOTS else LONGEST_NAME)
    if folded and node.gate.name == "copy":
        return Face("fork", "", FORK, "")
    if node.gate.name != "input" and (level is Level.DOTS or (level is Level.COMPACT and node.gate.name == "copy")):
        label = "·" if node.gate.name == "constant" else SIGNS[node.gate.role]
    if node.gate.is_source:
        return Face(node.gate.name, "", label, "")
    title = role_word(node.gate.role, lang) if show_roles else ""
    if node.gate.name == "copy":
        return Face("copy", title, label, "")
    if level is Level.FORMULAS:
        label = clip(formula(run.graph, node.index), LONGEST_FORMULA)
    key = clip(called(run.graph, node), LONGEST_NAME)
    if level is Level.COMPACT:
        if brief and node.index == run.graph.output:
            return Face("gate", title, label, "")
        return Face("gate", title, key if key.startswith(label) else f"{label} {key}", "")
    return Face("gate", title, label, key)


def box(run: Run, node: Node, said: Face, level: Level, wide: int, least: int, opens: bool = False) -> Box:
    """Return the room that a card takes, with at least `wide` columns where it has an inside.

    `opens` keeps a cell for the mark of a gate that can be opened.
    """
    id, slots = node.id, len(node.args)
    kind, title, label, foot = said
    if kind == "fork":
        return Box(id, 1, 1, slots, bare=not level.whole)
    if not level.whole:
        if level is Level.DOTS or kind not in ("gate", "input"):
            return Box(id, width(label), 1, slots, bare=True)
        blanks, longest = (0, BRIEF) if not least else (1, SHORT if least == 1 else LONGEST_NUMBER)
        value, gradient = run.value_at(node.index), run.grad_at(node.index)
        number = span(value, gradient, longest)
        if kind == "input":
            if not least:
                number = max(width(shown(value, longest)), width(shown(gradient, longest)) - width(label) - 2)
            return Box(id, max(width(label) + 2 + number, wide), 2, slots, bare=True)
        inside = max(width(label) + 2 * blanks, number + 2 * blanks + opens, 3)
        return Box(id, max(inside + 2, wide), 3, slots, bare=True)
    hidden = 0 if title else HIDDEN_ROLE  # a box whose role is asked must not tell it by its width
    if kind == "copy":
        added = [run.contribution_at(use.target, use.slot) for use in run.graph.uses[node.index]]
        total = max(width(shown(number)) for number in (run.grad_at(node.index), *added)) + 6  # with its `=` or `+`
        return Box(id, max(width(title) + 2, width(label) + 2, total, least + 4, hidden, wide), 3, slots)
    ways = 2 * (slots > 1)  # they part left of the symbol, and not at the border
    wide = max(width(title) + 2, width(label) + 4 + ways, width(foot) + 4, hidden if kind == "gate" else 0)
    return Box(id, wide, 5 if slots > 1 else 3, slots)
