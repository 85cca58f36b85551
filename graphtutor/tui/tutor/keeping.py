"""The tutor's memory: every change can be taken back, and one comes back to where one was."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from itertools import takewhile
from typing import Any, ClassVar

from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType

from graphtutor.explain.words import sentence
from graphtutor.timeline import Timeline
from graphtutor.tui.memory import Memory, Saved, Session
from graphtutor.tui.player import SPEEDS
from graphtutor.tui.study import Study, written_values
from graphtutor.tui.tutor.base import TutorBase
from graphtutor.tui.tutor.history import History, Point


class Keeping(TutorBase):
    """Undo, redo, and come back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("u", "undo", "Undo", show=False, tooltip="take the last change of the expression or the values back"),
        Binding("U", "redo", "Redo", show=False, tooltip="make the change again that was taken back"),
    ]

    heading: str = ""
    """What the graph is, where it is not what was typed; such a view of another graph is not remembered."""

    def __init__(
        self,
        study: Study,
        lang: str = "en",
        clock: Callable[[], float] = time.monotonic,
        view: Mapping[str, Any] | None = None,
        steps: Timeline | None = None,
    ) -> None:
        super().__init__(study, lang, clock, steps=steps)
        self.history = History()
        self._view = view
        self._waiting: list[str] = []
        """What is to be taken back or made again, in order; the first may be under way."""

    @property
    def memory(self) -> Memory:
        """What is remembered from one start to the next."""
        found: Memory = getattr(self.app, "memory", None) or Memory()
        return found

    def begin(self) -> None:
        """Show the start of the run, or what was seen before."""
        super().begin()
        if not self.heading:
            self.memory.opened(Saved.of(self.study.text, self.study.values))
        self.prefer(self.memory)
        if self._view is not None:
            self.restore(self._view)

    def draw(self) -> None:
        """Draw the moment, and remember it."""
        super().draw()
        remember = getattr(self.app, "remember", None)
        if remember is not None:
            remember()

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Leave, having written down where one was: the home screen offers it at once."""
        save = getattr(self.app, "save", None)
        if save is not None:
            save()
        return super().dismiss(result)

    # What is remembered; a module that has more to remember extends these

    def session(self) -> Session | None:
        """Return where one is; a view of another graph is nothing to come back to."""
        if self.heading or not self.is_mounted:
            return None
        return Session(Saved.of(self.study.text, self.study.values), self.snapshot())

    def snapshot(self) -> dict[str, Any]:
        """Return what brings one back to this moment, as JSON has it."""
        return {
            "cursor": self.player.timeline.cursor,
            "chosen": self.chosen,
            "assumed": list(self.study.assumed),
        }

    def restore(self, view: Mapping[str, Any]) -> None:
        """Go where `snapshot` was taken; what no longer makes sense is left out."""
        cursor, chosen = view.get("cursor"), view.get("chosen")
        if isinstance(cursor, int):
            self.player.seek(max(0, min(cursor, len(self.player.timeline))))
        if chosen in [node.key for node in self.study.graph.nodes]:
            self.chosen = chosen

    def preferences(self) -> dict[str, Any]:
        """Return the settings that were made here."""
        found: dict[str, Any] = {"speed": self.player.speed}
        if self.app.animation_level == "full":  # otherwise it is the environment that stills the picture
            found["motion"] = self.player.animated
        return found

    def prefer(self, memory: Memory) -> None:
        """Take the settings that were made before."""
        speed = memory.setting("speed", 1.0)
        if speed in SPEEDS:
            self.player.pace = SPEEDS.index(speed)
        self.player.animated &= memory.setting("motion", True)

    # Changes

    @property
    def point(self) -> Point:
        """What is studied, and how far the run has come."""
        return Point(self.study, self.player.timeline.cursor)

    def kept(self, before: Point) -> None:
        """Note the change since then, so that it can be taken back as one: call it when what was tried is kept."""
        if before.study is not self.study:
            self.history.keep(before)
            self.memory.opened(Saved.of(self.study.text, self.study.values))

    def action_undo(self) -> None:
        """Take the last change back."""
        self._change_back("undo")

    def action_redo(self) -> None:
        """Make the change again that was taken back."""
        self._change_back("redo")

    def _change_back(self, way: str) -> None:
        if self.going_back:
            self._waiting.append(way)  # a key that is held down is heard every time
            return
        self._waiting = [way]
        self._travel()

    @property
    def going_back(self) -> bool:
        """Whether it is a change that is being taken back or made again."""
        return self.under_way in [sentence(self.lang, "beside", way) for way in DONE]

    def _travel(self) -> None:
        points: list[Point] = []
        while self._waiting and not points:
            way = self._waiting[0]
            points, go = {
                "undo": (self.history.past, self.history.back),
                "redo": (self.history.future, self.history.forth),
            }[way]
            if not points:
                self.notify(sentence(self.lang, "editing", f"nothing_to_{way}"), timeout=2)
                del self._waiting[0]
        if not points:
            return
        self.player.playing = False
        self.trials.stop()

        def arrive(steps: Timeline) -> None:
            old, point = self.study, go(self.point)
            if point is not None:
                self._made = steps
                self.adopt(point.study)
                self.player.seek(point.cursor)
                self.moved()
                said = sentence(self.lang, "editing", DONE[way], what=difference(old, self.study, self.lang))
                self.notify(said, timeout=3)
            del self._waiting[0]
            self._travel()

        steps = self.steps_of(points[-1].study)
        self.aside(sentence(self.lang, "beside", way), lambda tell: steps(), arrive)


DONE = {"undo": "undone", "redo": "redone"}
"""What is said of a change that was taken back, or made again."""


def difference(old: Study, new: Study, lang: str) -> str:
    """Say what a change leads to: the expression, the values that are not as they were, what is open or closed now."""
    if old.text != new.text or set(old.values) != set(new.values):
        return sentence(lang, "editing", "to_expression", expression=new.text)
    names = [name for name in new.graph.inputs if str(new.values[name]) != str(old.values[name])]
    if names:
        return sentence(lang, "editing", "to_values", values=written_values(names, new.values))
    before, after = old.graph.changes, new.graph.changes
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False)))
    found: dict[str, list[str]] = {"to_open": [], "to_closed": []}
    for changes, done in ((before[same:], False), (after[same:], True)):
        for way, keys in changes:
            found["to_open" if (way == "expand") == done else "to_closed"] += keys
    return "; ".join(sentence(lang, "editing", entry, keys=", ".join(keys)) for entry, keys in found.items() if keys)
