"""The tutor's eyes: what is selected, and which part of the graph is in sight."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType

from graphtutor.explain.words import sentence
from graphtutor.tui import steer
from graphtutor.tui.canvas import GraphCanvas
from graphtutor.tui.tool import Tool
from graphtutor.tui.tutor.base import TutorBase


class Viewing(TutorBase):
    """Select gates and move the view."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "choose(1)", "Gate", tooltip="select the next gate; the panel shows its numbers"),
        Binding("shift+tab", "choose(-1)", "Previous", show=False, tooltip="select the previous gate"),
        Binding("up,k", "steer('up')", "Above", show=False, tooltip="select the gate above"),
        Binding("down,j", "steer('down')", "Below", show=False, tooltip="select the gate below"),
        Binding("h", "steer('left')", "Left", show=False, tooltip="select the gate that feeds this one"),
        Binding("l", "steer('right')", "Right", show=False, tooltip="select the gate that this one feeds"),
        Binding("shift+left", "pan(-8,0)", "View left", show=False, tooltip="move the view left"),
        Binding("shift+right", "pan(8,0)", "View right", show=False, tooltip="move the view right"),
        Binding("shift+up", "pan(0,-4)", "View up", show=False, tooltip="move the view up"),
        Binding("shift+down", "pan(0,4)", "View down", show=False, tooltip="move the view down"),
        Binding("c", "centre", "Centre", show=False, tooltip="centre the view on the selected gate or the step"),
        Binding("F", "follow", "Follow", show=False, tooltip="let the view follow the steps, or stay where it is"),
        Binding("pageup", "leaf(-1)", "Panel up", show=False, tooltip="scroll the words and the panel up"),
        Binding("pagedown", "leaf(1)", "Panel down", show=False, tooltip="scroll the words and the panel down"),
    ]

    following = True
    """Whether the view goes where something happens."""

    @cached_property
    def _taken(self) -> steer.Taken:
        """Which wires one went along last."""
        return {}

    def follow(self) -> None:
        """Bring what acts, or what is selected, into sight, unless the view is to stay."""
        if self.following or self.chosen:
            super().follow()

    def notes(self) -> list[str]:
        """Say that the view stays where it is."""
        return [*super().notes(), *[sentence(self.lang, "screen", "fixed")] * (not self.following)]

    def action_centre(self) -> None:
        """Centre the view on what is selected, or on what acts."""
        id = self._chosen_id or self._acting_id
        if self._tell_whole():
            return
        if id is None:
            self._remark("nothing_to_centre")
        elif not self.query_one(GraphCanvas).centre(id):
            self._remark("centred")

    def action_follow(self) -> None:
        """Let the view follow the steps, or stay."""
        self.following = not self.following
        self.notify(sentence(self.lang, "looking", "follows" if self.following else "stays"))
        self.draw()
        self.follow()

    def action_choose(self, by: int) -> None:
        """Select the next gate in reading order."""
        self._go_to(steer.after(self.scene, self._chosen_id, by))

    def action_steer(self, direction: str) -> None:
        """Select the nearest gate in a direction."""
        to = steer.towards(self.scene, self.stands_at or self._acting_id, direction, self._taken)
        if to == self.stands_at:
            self._remark("last_card")
        self._go_to(to)

    def _go_to(self, id: str) -> None:
        """Bring a gate into sight and select it, in this order: nothing is drawn for a view that is left."""
        if id in self.scene.cards:
            self.query_one(GraphCanvas).follow([id], id)
        self.choose(id)
        self.follow()

    @property
    def _acting_id(self) -> str | None:
        step = self.step
        return self.scene.card_of(step.node).id if step else None

    def action_pan(self, dx: int, dy: int) -> None:
        """Move the view."""
        if not self._tell_whole():
            self.query_one(GraphCanvas).pan(dx, dy)

    def _tell_whole(self) -> bool:
        """Say so where the whole drawing is in sight, so that there is nowhere to move the view to."""
        canvas = self.query_one(GraphCanvas)
        if canvas.max_scroll_x or canvas.max_scroll_y:
            return False
        self._remark("whole")
        return True

    def _remark(self, entry: str) -> None:
        """Say why a key moves nothing."""
        self.notify(sentence(self.lang, "looking", entry), timeout=2)

    def action_leaf(self, by: int) -> None:
        """Scroll the panel; the words too, where they are longer than their room."""
        panels = (self.query_one("#say"), self.query_one("#inspect"), *self.query(Tool))
        if not any(panel.max_scroll_y for panel in panels):
            self._remark("whole_panel")
        for panel in panels:
            panel.scroll_relative(y=by * max(1, panel.size.height - 1), animate=False)

    @on(GraphCanvas.Picked)
    def _picked(self, event: GraphCanvas.Picked) -> None:
        self.choose(event.card)
        if event.chain == 2 and event.card is not None:
            self.open()
