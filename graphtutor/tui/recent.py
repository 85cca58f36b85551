"""The expressions that the home screen offers again: where one was, and what was opened lately."""

from __future__ import annotations

from typing import NamedTuple

from rich.text import Text

from graphtutor.examples import EXAMPLES
from graphtutor.explain.words import sentence
from graphtutor.tui.cells import clip, one_line, width
from graphtutor.tui.memory import Memory, Saved
from graphtutor.tui.palette import GOLD, SOFT, TEXT, VALUE

SHOWN = 1000
"""Characters of an expression that may have room on a line."""


class Entry(NamedTuple):
    """A line of the list."""

    saved: Saved
    resumes: bool = False
    """Whether it leads back to the step at which one was."""


def entries(memory: Memory) -> list[Entry]:
    """Return the last session, then what was typed or changed lately; the worked examples are listed elsewhere."""
    known = {(example.title, frozenset(example.values)) for example in EXAMPLES}
    found = [Entry(memory.session.saved, True)] if memory.session else []
    return found + [
        Entry(saved)
        for saved in memory.recent
        if (saved.text, frozenset(saved.values.items())) not in known
        and (memory.session is None or saved != memory.session.saved)
    ]


def line(entry: Entry, columns: int, lang: str = "en") -> Text:
    """Write an entry on one line: the expression, then the values as far as there is room."""
    text = Text(no_wrap=True)
    if entry.resumes:
        text.append(f"{sentence(lang, 'home', 'continue')} ", f"bold {GOLD}")
    text.append(clip(one_line(entry.saved.text[:SHOWN]), columns - text.cell_len), TEXT)
    values = " ".join(f"{name}={number}" for name, number in entry.saved.values.items())
    room = columns - text.cell_len - 2
    if room > 8:
        values = clip(one_line(values), room)
        text.append(" " * (columns - text.cell_len - width(values)))
        text.append(values, VALUE)
    return text


def remark(entry: Entry, memory: Memory, lang: str = "en") -> Text:
    """Say what opening an entry does."""
    if not entry.resumes or memory.session is None:
        return Text(sentence(lang, "home", "again"), SOFT)
    step = memory.session.view.get("cursor")
    at = "_at" if isinstance(step, int) and step else ""
    if memory.session.ended:
        return Text(sentence(lang, "home", f"resumes{at}", step=step), SOFT)
    return Text(sentence(lang, "home", f"cut_off{at}", step=step), GOLD)
