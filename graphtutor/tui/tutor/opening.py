"""The tutor's lid: open composite gates in place, and close boxes again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType

from graphtutor.engine.collapse import collapsible
from graphtutor.engine.expand import expandable
from graphtutor.engine.run import Run
from graphtutor.explain.words import sentence
from graphtutor.layout import Tell
from graphtutor.timeline import Step, Timeline
from graphtutor.tui.intro import marked
from graphtutor.tui.study import Study
from graphtutor.tui.tutor.keeping import Keeping

Changed = tuple[Run, str, Collection[str]]
"""A run in which something was opened or closed, the gate that is selected then, and what was closed into it."""
Deed = tuple[type[Step], str]
"""What a step does: its kind, and the key of the gate."""
Places = dict[Deed, int]
"""The cursors at which something has just been done for the last time."""


class Opening(Keeping):
    """Look inside a gate, or put several into a box."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("backspace", "close_box", "Close", show=False, tooltip="collapse the box or the statement of the gate"),
    ]

    predicting = False

    def open(self) -> bool:
        """Open the selected gate in place."""
        if super().open():
            return True
        key = self._lid("open")
        if key is None:
            return False
        node = self.study.graph.node(key)
        if key not in expandable(self.study.run):
            self._tell(node.gate.name if node.gate.is_source else "simple", key=key)
            return False
        before = self.study

        def said() -> None:
            self._tell("opened", key=key, more=len(self.study.graph.nodes) - len(before.graph.nodes))

        self._change(lambda: (before.run.expand(key), key, ()), "opening", key, said)
        return True

    def action_close_box(self) -> None:
        """Close the innermost box that the selected gate belongs to."""
        key = self._lid("close")
        if key is None:
            return
        run = self.study.run

        def change() -> Changed | None:
            boxes = collapsible(run)
            box = next((box for box, members in boxes.items() if key in members), None)
            return None if box is None else (run.collapse(box), box, boxes[box])

        self._change(change, "closing", key, lambda: self._tell("closed", key=self.chosen))

    def _lid(self, what: str) -> str | None:
        """Return the selected gate; `None`, said why, where nothing can be opened or closed now."""
        if self.predicting:
            self._tell(f"asking_{what}")
        elif self.chosen is None:
            self._tell(f"select_{what}")
        else:
            return self.chosen
        return None

    def _tell(self, entry: str, **values: object) -> None:
        self.notify(sentence(self.lang, "opening", entry, **values), timeout=3)

    def _change(self, change: Callable[[], Changed | None], doing: str, key: str, said: Callable[[], None]) -> None:
        """Study the run with a gate opened or closed, at the same moment."""
        study = self.study

        def work(tell: Tell) -> tuple[Study, Timeline, Places, Changed] | None:
            found = change()
            if found is None:
                return None
            run = found[0]
            self.refuse_too_large(run.graph)
            other = replace(study, graph=run.graph, run=run)
            steps = self.steps_of(other)()
            return other, steps, places(steps), found

        def show(made: tuple[Study, Timeline, Places, Changed] | None) -> None:
            if made is None:
                self._tell("not_in_a_box", key=key)
                return
            other, self._made, known, (_, at, members) = made
            before, old = self.point, self.player.timeline
            self.player.playing = False
            if self.player.flight is not None:
                self.player.seek(old.cursor)
            self.chosen = at
            self.adopt(other)
            now = self.player.timeline
            self.player.seek(same_moment(old, before.cursor, now, known, dict.fromkeys(members, at)))
            self.kept(before)
            self.moved()
            said()

        self.aside(sentence(self.lang, "beside", doing, key=key), work, show)

    def inspection(self, step: Step | None) -> Text:
        """Say that the selected gate can be opened."""
        text = super().inspection(step)
        if self.chosen and not self.predicting and self.chosen in self.openable:
            text = text.copy()
            text.append("\n")
            text.append_text(marked(sentence(self.lang, "screen", "opens")))
        return text

    # What is open and closed is remembered

    def snapshot(self) -> dict[str, Any]:
        """Remember what was opened and closed."""
        return {**super().snapshot(), "changes": [[way, list(keys)] for way, keys in self.study.graph.changes]}

    @property
    def openable(self) -> Collection[str]:
        """The keys of the gates that can be opened."""
        return self.scene.openable


def places(timeline: Timeline) -> Places:
    """Return the cursors at which something has just been done."""
    return {_what(timeline, index, {}): index + 1 for index in range(len(timeline))}


def same_moment(old: Timeline, cursor: int, new: Timeline, known: Places, names: Mapping[str, str]) -> int:
    """Return the cursor in another timeline at which the same gate has just done the same.

    `known` are the places of the other one; `names` says what gates are called there. Where a step has no counterpart,
    the last one before it that has counts.
    """
    if cursor in (0, len(old)):
        return len(new) if cursor else 0
    for index in range(cursor - 1, -1, -1):
        found = known.get(_what(old, index, names))
        if found is not None:
            return found
    return 0


def _what(timeline: Timeline, index: int, names: Mapping[str, str]) -> Deed:
    kind, node, _ = timeline.acts[index]
    key = timeline.run.graph.nodes[node].key
    return kind, names.get(key, key)
