"""The exercises as the home screen lists them."""

from __future__ import annotations

from rich.text import Text

from graphtutor.errors import GraphtutorError
from graphtutor.exercises import Exercise
from graphtutor.exercises.library import library
from graphtutor.tui.cells import clip
from graphtutor.tui.palette import FAINT, SOFT, TEXT

KINDS = {"forward_values": "forward values", "edge_gradients": "gradients", "gate_roles": "roles"}


def exercises() -> list[Exercise]:
    """Return the exercises there are, in teaching order; none when they cannot be read."""
    try:
        return library()
    except GraphtutorError:
        return []


def entry(exercise: Exercise, lang: str, columns: int) -> Text:
    """Write an exercise on two lines: its title, what it asks."""
    title, _, _ = exercise.said(lang)
    number = f"{exercise.number}. " if exercise.number is not None else ""
    text = Text(clip(number + title, columns), TEXT)
    text.append(f"\n{' ' * len(number)}{KINDS.get(exercise.kind, exercise.kind)}", SOFT)
    text.append(f", {len(exercise.items)} questions", FAINT)
    return text
