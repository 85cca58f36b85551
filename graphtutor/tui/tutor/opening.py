"""The tutor's lid: open composite gates in place, and close boxes again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType

from graphtutor.engine.collapse import collapsible
from graphtutor.engine.expand import expandable
from graphtutor.engine.run import Run
from graphtutor.errors import GraphtutorError
from graphtutor.explain.words import sentence
from graphtutor.timeline import Step, Timeline
from graphtutor.tui.cells import told
from graphtutor.tui.intro import marked
from graphtutor.tui.study import LARGEST
from graphtutor.tui.tutor.keeping import Keeping


class Opening(Keeping):
    """Look inside a gate, or put several into a box."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("backspace", "close_box", "Close", show=False, tooltip="close the box or the statement of the gate"),
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
        before = len(self.study.graph.nodes)
        if not self._change(lambda run: run.expand(key), key, ()):
            return False
        more = len(self.study.graph.nodes) - before
        self._tell("opened", key=key, more=more)
        return True

    def action_close_box(self) -> None:
        """Close the innermost box that the selected gate belongs to."""
        key = self._lid("close")
        if key is None:
            return
        boxes = collapsible(self.study.run)
        box = next((box for box, members in boxes.items() if key in members), None)
        if box is None:
            self._tell("not_in_a_box", key=key)
        elif self._change(lambda run: run.collapse(box), box, boxes[box]):
            self._tell("closed", key=box)

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

    def _change(self, change: Callable[[Run], Run], key: str, members: Collection[str]) -> bool:
        """Study the run with a gate opened or closed, at the same moment; return whether it could be done."""
        before, old = self.point, self.player.timeline
        try:
            run = change(self.study.run)
        except GraphtutorError as error:
            self.notify(told(error, self.lang), severity="error")
            return False
        if len(run.graph.nodes) > LARGEST:
            self._tell("too_large", count=len(run.graph.nodes), most=LARGEST)
            return False
        self.player.playing = False
        if self.player.flight is not None:
            self.player.seek(old.cursor)
        self.chosen = key
        self.adopt(replace(self.study, graph=run.graph, run=run))
        self.player.seek(same_moment(old, before.cursor, self.player.timeline, dict.fromkeys(members, key)))
        self.kept(before)
        self.moved()
        return True

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

    def restore(self, view: Mapping[str, Any]) -> None:
        """Open and close it again; a change that is no longer possible is left out, and those after it."""
        run = self.study.run
        with suppress(GraphtutorError, TypeError, ValueError):
            for way, keys in view.get("changes") or ():
                found = run.expand(keys) if way == "expand" else run.collapse(keys)
                if len(found.graph.nodes) > LARGEST:
                    break
                run = found
        if run is not self.study.run:
            self.study = replace(self.study, graph=run.graph, run=run)
            self.player = self.player.on(self.steps())
        super().restore(view)

    @property
    def openable(self) -> Collection[str]:
        """The keys of the gates that can be opened."""
        return self.scene.openable


def same_moment(old: Timeline, cursor: int, new: Timeline, names: Mapping[str, str]) -> int:
    """Return the cursor in another timeline at which the same gate has just done the same.

    `names` says what gates are called there. Where a step has no counterpart, the last one before it that has counts.
    """
    if cursor in (0, len(old)):
        return len(new) if cursor else 0
    places = {_what(new, index, {}): index + 1 for index in range(len(new))}
    for index in range(cursor - 1, -1, -1):
        found = places.get(_what(old, index, names))
        if found is not None:
            return found
    return 0


def _what(timeline: Timeline, index: int, names: Mapping[str, str]) -> tuple[str, str]:
    step = timeline[index]
    key = timeline.run.graph.nodes[step.node].key
    return type(step).__name__, names.get(key, key)
