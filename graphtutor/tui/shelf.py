"""The exercises as the home screen lists them."""

from __future__ import annotations

from rich.text import Text

from graphtutor.exercises.catalogue import Listed
from graphtutor.tui.cells import clip
from graphtutor.tui.palette import SOFT, TEXT

KINDS = {"forward_values": "forward values", "edge_gradients": "gradients", "gate_roles": "roles"}


def entry(exercise: Listed, lang: str, columns: int) -> Text:
    """Write an exercise on two lines: its title, what it asks."""
    number = f"{exercise.number}. " if exercise.number is not None else ""
    text = Text(clip(number + exercise.said(lang), columns), TEXT)
    kind = f"{' ' * len(number)}{KINDS.get(exercise.kind, exercise.kind)}"
    text.append(f"\n{clip(kind, columns)}", SOFT)
    return text
