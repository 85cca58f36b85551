"""Nudge: move the selected input a little and see what the gradient predicts beside what happens."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message

from graphtutor.engine.run import Run
from graphtutor.explain.formula import called
from graphtutor.explain.nudging import Element, Nudge, curve, nudge, window
from graphtutor.explain.words import sentence
from graphtutor.graph.text import element_text
from graphtutor.layout import Tell
from graphtutor.timeline import Step
from graphtutor.tui import nudge_card, raster
from graphtutor.tui.canvas import GraphCanvas
from graphtutor.tui.plot import Point
from graphtutor.tui.study import Study
from graphtutor.tui.tool import CLOSE, Tool
from graphtutor.tui.tutor.tools import Tools

EPSILONS = (1.0, 0.1, 0.01, 1e-3, 1e-4, 1e-5)
POINTS = 60
"""Of the curve."""
Wanted = tuple[Run, str, Element, float]
"""The run, the input, its element, epsilon."""
Moved = tuple[Wanted, Nudge, list[Point]]
"""What a nudge does, and the output around it."""


class NudgePad(Tool):
    """The small change in the panel."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "turn(1)", "Smaller", tooltip="make epsilon ten times smaller"),
        Binding("up,k", "turn(-1)", "Larger", tooltip="make epsilon ten times larger"),
        Binding("minus", "flip", "Other way", tooltip="nudge the other way: the sign of epsilon changes"),
        Binding(
            "right_square_bracket,tab",
            "another(1)",
            "Another",
            tooltip="nudge the next number of the array, behind its last one the next input",
        ),
        Binding(
            "left_square_bracket,shift+tab", "another(-1)", "Before", show=False, tooltip="nudge the number before"
        ),
        CLOSE,
    ]

    class Flipped(Message):
        """Epsilon is to have the other sign."""

    class Another(Message):
        """Another number is to be nudged, so many places further."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    def action_flip(self) -> None:
        """Ask for the other sign."""
        self.post_message(self.Flipped())

    def action_another(self, by: int) -> None:
        """Ask for another number."""
        self.post_message(self.Another(by))


class Nudging(Tools):
    """Compare a prediction with what happens."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "d", "nudge", "Nudge", show=False, tooltip="move the selected input by epsilon: predicted, actual change"
        ),
    ]

    _about: Wanted | None = None
    _moved: Moved | None = None
    """What is known of a nudge."""
    _nudged = ""
    _epsilon = 1
    _way = 1

    def action_nudge(self) -> None:
        """Open the nudge of the selected input, by default the first; or close it."""
        if isinstance(self.tool, NudgePad):
            self.close_tool()
            return
        name = self.selected_input()
        if name is not None:
            self._nudged = name
            self.open_tool(NudgePad())
            self._follow_nudged()

    def _follow_nudged(self) -> None:
        """Bring the input that is nudged into sight."""
        id = self.study.graph.node(self._nudged).id
        self.query_one(GraphCanvas).follow([id], id)

    @on(NudgePad.Flipped)
    def _flipped(self) -> None:
        self._way = -self._way
        self.refresh_tool()

    @on(NudgePad.Another)
    def _another_nudged(self, event: NudgePad.Another) -> None:
        if not isinstance(self.tool, NudgePad):
            return
        before = self._nudged, self.element_of(self._nudged)
        self._nudged = self.another_number(self._nudged, event.by)
        if before == (self._nudged, self.element_of(self._nudged)):
            self.notify(sentence(self.lang, "nudge", "no_other"), timeout=2)
        self.draw()
        self._follow_nudged()

    @property
    def stands_at(self) -> str | None:
        """While an input is nudged, that one."""
        nudged = isinstance(self.tool, NudgePad) and self.chosen is None
        return self.study.graph.node(self._nudged).id if nudged else super().stands_at

    def choose(self, id: str | None) -> None:
        """Select a node; an input is nudged at once, and only an input can be."""
        super().choose(id)
        node = self.study.graph.node(self.chosen) if self.chosen else None
        if not isinstance(self.tool, NudgePad) or node is None:
            return
        if node.gate.name == "input":
            self._nudged = node.key
            self.draw()
        else:
            key = called(self.study.graph, node)
            self.notify(sentence(self.lang, "nudge", "no_input", key=key), timeout=2)

    def adopt(self, study: Study) -> None:
        """Show another study; where the input is not there any more, the nudge closes."""
        if isinstance(self.tool, NudgePad) and self._nudged not in study.graph.inputs:
            self.close_tool()
        super().adopt(study)

    def marks(self, step: Step | None) -> raster.Marks:
        """Mark the input that is nudged."""
        marks = super().marks(step)
        if not isinstance(self.tool, NudgePad):
            return marks
        return replace(marks, chosen=self.study.graph.node(self._nudged).id)

    def refresh_tool(self) -> None:
        """Write the prediction and what happens, and draw the slope."""
        if not isinstance(self.tool, NudgePad):
            super().refresh_tool()
            return
        run, name, element = self.study.run, self._nudged, self.element_of(self._nudged)
        wanted = (run, name, element, self._way * EPSILONS[self._epsilon])
        if self._moved is None or self._moved[0] != wanted:
            self.tool.tell(Text())
            self._move(wanted)
            return
        _, found, points = self._moved
        called = element_text(name, element)
        columns, rows = self.tool_size
        if columns > 0:
            self.tool.tell(
                nudge_card.card(
                    found,
                    called,
                    lambda low, high: points,
                    self.lang,
                    columns,
                    rows,
                    self.app.console,
                )
            )

    def _move(self, wanted: Wanted) -> None:
        """Find out what a nudge does."""
        if self._about == wanted and self.under_way:
            return
        self._about = wanted
        run, name, element, _ = wanted

        def work(tell: Tell) -> Moved:
            found = nudge(*wanted)
            low, high = window(found.at, found.epsilon)
            return wanted, found, curve(run, name, element, low, high, POINTS, tell)

        def show(moved: Moved) -> None:
            self._moved = moved
            if isinstance(self.tool, NudgePad) and self._about == moved[0]:
                self.refresh_tool()

        self.aside(sentence(self.lang, "beside", "nudge", name=name), work, show)

    @on(Tool.Turned)
    def _turned_nudge(self, event: Tool.Turned) -> None:
        if not isinstance(self.tool, NudgePad):
            return
        before = self._epsilon
        self._epsilon = max(0, min(len(EPSILONS) - 1, self._epsilon + event.by))
        if self._epsilon == before:
            self.notify(sentence(self.lang, "nudge", "smallest" if event.by > 0 else "largest"), timeout=2)
        self.refresh_tool()
