"""The exercises as the home screen lists them."""

from __future__ import annotations

from functools import cache

from rich.text import Text

from graphtutor.errors import GraphtutorError
from graphtutor.exercises import Exercise, all_exercises
from graphtutor.tui.cells import clip, width
from graphtutor.tui.palette import FAINT, SOFT, TEXT

KINDS = {"forward_values": "forward values", "edge_gradients": "gradients", "gate_roles": "roles"}


@cache
def exercises() -> tuple[Exercise, ...]:
    """Return the exercises there are, in teaching order; none when they cannot be read."""
    try:
        return tuple(all_exercises())
    except GraphtutorError:
        return ()


def entry(exercise: Exercise, lang: str, columns: int) -> Text:
    """Write an exercise on two lines: its title, what it asks."""
    title, _, _ = exercise.said(lang)
    number = f"{exercise.number}. " if exercise.number is not None else ""
    text = Text(clip(number + title, columns), TEXT)
    kind = f"{' ' * len(number)}{KINDS.get(exercise.kind, exercise.kind)}"
    text.append(f"\n{clip(kind, columns)}", SOFT)
    count = f", {len(exercise.items)} questions"
    if width(kind + count) <= columns:
        text.append(count, FAINT)
    return text
