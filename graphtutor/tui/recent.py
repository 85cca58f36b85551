"""The expressions that the home screen offers again: where one was, and what was opened lately."""

from __future__ import annotations

from typing import NamedTuple

from rich.text import Text

from graphtutor.examples import EXAMPLES
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


def line(entry: Entry, columns: int) -> Text:
    """Write an entry on one line: the expression, then the values as far as there is room."""
    text = Text(no_wrap=True)
    if entry.resumes:
        text.append("continue ", f"bold {GOLD}")
    text.append(clip(one_line(entry.saved.text[:SHOWN]), columns - text.cell_len), TEXT)
    values = " ".join(f"{name}={number}" for name, number in entry.saved.values.items())
    room = columns - text.cell_len - 2
    if room > 8:
        values = clip(one_line(values), room)
        text.append(" " * (columns - text.cell_len - width(values)))
        text.append(values, VALUE)
    return text


def remark(entry: Entry, memory: Memory) -> Text:
    """Say what opening an entry does."""
    if not entry.resumes or memory.session is None:
        return Text("opens it again with these values", SOFT)
    step = memory.session.view.get("cursor")
    where = f" at step {step}" if isinstance(step, int) and step else ""
    if memory.session.ended:
        return Text(f"goes on where you were{where}", SOFT)
    return Text(f"the last session was cut off; this goes on where you were{where}", GOLD)
