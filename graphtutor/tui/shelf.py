"""The exercises as the home screen lists them."""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text
from textual.message import Message

from graphtutor.tui.cells import clip
from graphtutor.tui.palette import SOFT, TEXT


@dataclass(frozen=True, slots=True)
class Entry:
    """One exercise on the list."""

    id: str
    title: str
    kind: str

    def text(self, columns: int) -> Text:
        """Write it on two lines."""
        text = Text(clip(self.title, columns), TEXT)
        text.append(f"\n{clip(self.kind.replace('_', ' '), columns)}", SOFT)
        return text


class Chosen(Message):
    """An exercise was chosen."""

    def __init__(self, id: str) -> None:
        super().__init__()
        self.id = id


def exercises() -> list[Entry]:
    """Return the exercises there are."""
    return []
