"""The panel as a workbench: one tool at a time in the place of the arithmetic, with the keys while it is open."""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np
from textual import events, on
from textual.geometry import Size
from textual.widget import Widget

from graphtutor.explain.nudging import Element
from graphtutor.explain.words import sentence
from graphtutor.tui.canvas import GraphCanvas
from graphtutor.tui.study import Study
from graphtutor.tui.tool import Tool
from graphtutor.tui.transport import Transport
from graphtutor.tui.tutor.base import WAITING, TutorBase

CHANGING = frozenset(
    "edit values undo redo open close_box predict tangents another second whatif routes nudge".split()  # noqa: SIM905
)
"""What waits while work on the study is done beside the screen."""

AWAY = frozenset(("choose", "help"))
"""What leads away from the line that one types in."""


class Tools(TutorBase):
    """Open a tool, close it, and keep it true to what is studied."""

    tool: Widget | None = None
    """What stands in the panel instead of the arithmetic."""

    def open_tool(self, tool: Widget) -> None:
        """Put a tool into the panel, in the place of another one, and give it the keys."""
        self.close_tool()
        self.player.playing = False
        self.tool = tool
        self.add_class("tooling")
        self.query_one("#panel").mount(tool)
        tool.focus()
        self.moved(follow=False)

    def close_tool(self) -> None:
        """Give the panel back to the arithmetic."""
        if self.tool is None:
            return
        if self.under_way:
            self.trials.stop()  # it was for the tool
        tool, self.tool = self.tool, None
        self.remove_class("tooling")
        tool.remove()
        self.query_one(GraphCanvas).focus()
        self.draw()

    @property
    def tool_size(self) -> Size:
        """How many columns and rows a tool has for its text."""
        if self.tool is None:
            return Size(0, 0)
        return self.tool.scrollable_content_region.size

    def leave(self) -> bool:
        """Close the tool, if one is open."""
        if self.tool is None:
            return super().leave()
        self.close_tool()
        return True

    def draw(self) -> None:
        """Draw the moment, and the tool."""
        super().draw()
        if self.tool is not None and self.tool.is_mounted:
            self.refresh_tool()

    @on(Tool.Ready)
    def _tool_ready(self) -> None:
        if self.tool is not None:
            self.refresh_tool()

    def refresh_tool(self) -> None:
        """Bring the tool up to date; each kind of tool does so for its own."""

    def choose(self, id: str | None) -> None:
        """Select a node; the open tool keeps the keys."""
        super().choose(id)
        if self.tool is not None:
            self.call_after_refresh(self.tool.focus)

    def adopt(self, study: Study) -> None:
        """Show another study; a tool for another graph is of no use."""
        if study.graph is not self.study.graph:
            self.close_tool()
        super().adopt(study)

    # Keys that have to wait

    def refused(self, action: str) -> str:
        """Say why an action has to wait; empty when it does not."""
        if action in AWAY and self.has_class("editing"):
            return sentence(self.lang, "editing", "line_first")
        if self._arranging is not None and action not in WAITING:
            return sentence(self.lang, "looking", "still_arranging" if self._arranger.busy else "not_arranged")
        heard = self.going_back and action in ("undo", "redo")
        doing = self.under_way if action in CHANGING and not heard else ""
        return sentence(self.lang, "beside", "under_way", doing=doing) if doing else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hold back what has to wait."""
        return False if self.refused(action) else super().check_action(action, parameters)

    def on_key(self, event: events.Key) -> None:
        """Say why a key has to wait, instead of nothing; what has the keys may mean something else by it."""
        for binding in self._bindings.key_to_bindings.get(event.key, ()):
            reason = self.refused(binding.action.partition("(")[0])
            if reason:
                if event.key in self.active_bindings:
                    return
                event.stop()
                self._tell_why(reason)
                return

    @on(Transport.Sought)
    def _sought_in_vain(self, event: Transport.Sought) -> None:
        reason = self.refused("seek")
        if reason:
            self._tell_why(reason)

    def _tell_why(self, reason: str) -> None:
        self.app.clear_notifications()  # a key that is held down, or a mouse that drags, asks often
        self.notify(reason, timeout=3)

    # Which number it is about

    @cached_property
    def _elements(self) -> dict[str, Element]:
        """The elements of inputs that were chosen."""
        return {}

    def element_of(self, name: str, study: Study | None = None) -> Element:
        """Return the element of an input that the tools are about: the one chosen in any of them, else the first."""
        study = study or self.study
        shape = study.run.shape(study.graph.inputs[name])
        element = self._elements.get(name, ())
        fits = len(element) == len(shape) and all(i < n for i, n in zip(element, shape, strict=True))
        return element if fits else (0,) * len(shape)

    def hold_element(self, name: str, element: Element) -> None:
        """Let the tools be about this element of an input."""
        self._elements[name] = element

    def another_number(self, name: str, by: int) -> str:
        """Go so many numbers further in an input, behind its last one to the next input; return which it is now."""
        run = self.study.run
        shapes = {known: run.shape(index) for known, index in run.graph.inputs.items()}
        sizes = {known: math.prod(shape) for known, shape in shapes.items()}
        before = sum(size for known, size in sizes.items() if list(sizes).index(known) < list(sizes).index(name))
        here = int(np.ravel_multi_index(self.element_of(name), shapes[name])) if shapes[name] else 0
        place = (before + here + by) % sum(sizes.values())
        for known, size in sizes.items():
            if place < size:
                self.hold_element(known, tuple(int(i) for i in np.unravel_index(place, shapes[known])))
                return known
            place -= size
        return name

    def selected_input(self) -> str | None:
        """Return the input that a tool is about: the selected one, else the first; `None` where there is none."""
        node = self.study.graph.node(self.chosen) if self.chosen else None
        if node is not None and node.gate.name == "input":
            return node.key
        first = next(iter(self.study.graph.inputs), None)
        if first is None:
            self.notify(sentence(self.lang, "editing", "no_inputs"), severity="warning")
        return first
