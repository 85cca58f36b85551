"""What if: sliders for the inputs; every value and every gradient follows at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import numpy as np
from rich.text import Text
from textual import on
from textual.binding import Binding, BindingType

from graphtutor.engine.run import Array, as_float64
from graphtutor.errors import InputError
from graphtutor.explain import fault_text, written
from graphtutor.explain.formula import output_called
from graphtutor.explain.nudging import placed
from graphtutor.explain.words import sentence
from graphtutor.expr.numbers import number as read_number
from graphtutor.timeline import Step
from graphtutor.tui import raster, scene
from graphtutor.tui.canvas import GraphCanvas
from graphtutor.tui.cells import told, width
from graphtutor.tui.palette import FAINT, GOLD, SOFT, TEXT, VALUE
from graphtutor.tui.player import Player
from graphtutor.tui.slider_board import SliderBoard
from graphtutor.tui.sliders import Row, Slider, board, slider
from graphtutor.tui.study import Study
from graphtutor.tui.tool import Tool
from graphtutor.tui.tutor.arranging import LARGE
from graphtutor.tui.tutor.tools import Tools

COARSE = 10
"""Fine steps in a coarse one."""
ROOM = 7
"""Columns kept for the numbers of a wire at least, so that boxes stay where they are: `-0.1234`."""
WAITING = frozenset(
    (
        "play",
        "pause",
        "forward",
        "back",
        "side",
        "first",
        "last",
        "turn",
        "seek",
        "edit",
        "values",
        "export",
        "undo",
        "redo",
    )
)
"""What waits until the values are kept or taken back."""


class WhatIf(Tools):
    """Try other values."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "whatif", "What if", show=False, tooltip="sliders for the inputs; again or enter keeps, esc not"),
    ]

    _start: Study
    """What was studied before."""
    _was: tuple[Player, int, str | None]
    """Who played the run, where in it one was, and what was selected."""
    _trial: dict[str, Array]
    """The inputs that have another value than at the start."""
    _sliders: list[Slider]
    _row = 0
    _wrong: InputError | None = None
    """What is wrong with what was typed."""

    def action_whatif(self) -> None:
        """Open the sliders at the selected input, or the first; or keep the values and close."""
        if isinstance(self.tool, SliderBoard):
            self.close_tool()
            return
        name = self.selected_input()
        if name is None or not self.ready:
            return
        self.close_tool()
        run = self.study.run
        self._trial = {}
        self._start, self._was = self.study, (self.player, self.player.visible, self.chosen)
        self._sliders = []
        for known, place in run.graph.inputs.items():
            whole = as_float64(run.value_at(place))
            if whole.size:
                element = self.element_of(known)
                self._sliders.append(slider(known, element, float(whole[element])))
        if not self._sliders:
            self.notify(sentence(self.lang, "whatif", "empty"), severity="warning")
            return
        self._row = next((n for n, found in enumerate(self._sliders) if found.name == name), 0)
        self._wrong = None
        self.chosen = self._sliders[self._row].name
        self.player.seek(len(self.player.timeline))
        self.open_tool(SliderBoard())
        if len(run.graph.nodes) < LARGE:
            self.lay_out()

    @property
    def trying(self) -> bool:
        """Whether the sliders are open."""
        return isinstance(self.tool, SliderBoard)

    # Closing

    def leave(self) -> bool:
        """Take everything back."""
        if self.trying:
            self.study = self._start
            self._trial = {}
        return super().leave()

    def close_tool(self) -> None:
        """Keep the values as one change, and go back to where one was."""
        trying = self.trying
        super().close_tool()
        if not trying:
            return
        if self.large and self.trials.busy and self._trial:
            self._run_trial(self.adopt)
        else:
            self.trials.stop()
        (tried, steps), self.study = (self.study, self.player.timeline), self._start
        self.player, cursor, self.chosen = self._was
        self.player.seek(cursor)
        self.refresh_bindings()
        if tried is not self.study and changed(self.study, tried):
            self._made = steps
            self.adopt(tried)
        elif len(self.study.graph.nodes) < LARGE:
            self.lay_out()
        else:
            self._carry()
        self.moved(follow=False)

    # Trying

    def _try(self, number: float) -> None:
        """Let one number be another, and everything follow."""
        self._wrong = None
        held = self._sliders[self._row]
        whole = self._values(held.name)
        if whole[held.element] != number:
            self._trial[held.name] = placed(whole, held.element, number)
            if self.large:
                self._run_trial(self._tried)
            else:
                self._tried(self.study.with_values(self._trial))
        self.draw()

    def _values(self, name: str) -> Array:
        """Return an input's values as they are tried, be they run already or not."""
        return as_float64(self._trial[name] if name in self._trial else self.study.run.inputs[name])

    def _run_trial(self, done: Callable[[Study], object]) -> None:
        start, values = self._start, dict(self._trial)
        self.trial(lambda: start.with_values(values), done, self.fail)

    def _tried(self, study: Study) -> None:
        """Show the numbers of a run with other values."""
        if self.trying:
            self.study = study
            self.player = self.player.on(self.steps())
            self.player.seek(len(self.player.timeline))
            self._carry()
            self.draw()

    def _carry(self) -> None:
        """Show the new numbers in the old arrangement; where they have too little room, or there is none, arrange."""
        if not self.ready:
            self.lay_out()
            return
        carried = scene.carried(self.scene, self.viewed())
        if len(self.study.graph.nodes) < LARGE and not scene.fits(carried):
            self.lay_out()
        else:
            self.scene = carried

    def lay_out(self) -> None:
        """Arrange the graph; while one tries values, with room to change in."""
        if not self.trying or len(self.study.graph.nodes) >= LARGE:
            super().lay_out()
            return
        same = self.ready and self.scene.run.graph is self.viewed().graph and self.seen_as(self.scene)
        before = self.scene if same else None
        least = ROOM if self.level.whole else scene.LEAST
        found = self.composed(least, before)
        if found.width > self.spread.width and least > scene.LEAST:  # rather no room to change in than out of sight
            found = min(found, self.composed(scene.LEAST, before), key=lambda one: one.width)
        self.arranged(found, raster.draw(found))

    @property
    def _number(self) -> float:
        held = self._sliders[self._row]
        return float(self._values(held.name)[held.element])

    def _hold(self, number: float) -> None:
        self._sliders[self._row] = self._sliders[self._row].holding(number)

    def _select(self, row: int) -> None:
        self._row = row
        self._wrong = None
        self.chosen = self._sliders[row].name
        self.draw()
        self.follow()

    @on(Tool.Turned)
    def _turned_slider(self, event: Tool.Turned) -> None:
        if self.trying:
            self._select((self._row + event.by) % len(self._sliders))

    @on(SliderBoard.Stepped)
    def _stepped(self, event: SliderBoard.Stepped) -> None:
        number = self._sliders[self._row].stepped(self._number, event.steps)
        self._hold(number)
        self._try(number)

    @on(SliderBoard.Element)
    def _element(self, event: SliderBoard.Element) -> None:
        held = self._sliders[self._row]
        whole = as_float64(self.study.run.inputs[held.name])
        if whole.size == 1:
            self._remark_on("single", name=held.name)
        else:
            flat = (int(np.ravel_multi_index(held.element, whole.shape)) + event.by) % whole.size
            element = tuple(int(i) for i in np.unravel_index(flat, whole.shape))
            self.hold_element(held.name, element)
            self._sliders[self._row] = slider(held.name, element, float(whole[element]))
            self.draw()

    @on(SliderBoard.Vain)
    def _nothing_typed(self) -> None:
        self._remark_on("nothing_typed")

    def _remark_on(self, entry: str, **values: str) -> None:
        self.notify(sentence(self.lang, "whatif", entry, **values), timeout=3)

    @on(SliderBoard.Typed)
    def _typed_number(self, event: SliderBoard.Typed) -> None:
        self._wrong = None
        if event.done and isinstance(self.tool, SliderBoard):
            try:
                number = read_number(self.tool.typed)
            except InputError as error:
                self._wrong = error
            else:
                self.tool.typed = ""
                self._hold(number)
                self._try(number)
        self.refresh_tool()

    @on(SliderBoard.Pulled)
    def _pulled(self, event: SliderBoard.Pulled) -> None:
        if not isinstance(self.tool, SliderBoard) or self.tool.drawn is None:
            return
        if event.row != self._row:
            self._select(event.row)
        if event.column is None:
            return
        held = self._sliders[self._row]
        number = held.number_at(event.column, self.tool.drawn.columns)
        self._try(number)
        if event.done and abs(number) >= held.reach:  # the next pull gets further
            self._sliders[self._row] = held.further()
            self.draw()

    def choose(self, id: str | None) -> None:
        """Select a node; the slider of an input is taken, too."""
        super().choose(id)
        if self.trying and self.chosen is not None:
            row = next((n for n, found in enumerate(self._sliders) if found.name == self.chosen), None)
            if row is not None:
                self._select(row)

    def refused(self, action: str) -> str:
        """Let time and edits wait."""
        if self.trying and action in WAITING:
            return sentence(self.lang, "whatif", "waiting")
        return super().refused(action)

    # What is shown

    def marks(self, step: Step | None) -> raster.Marks:
        """Show the input that is moved, and no step."""
        if not self.trying:
            return super().marks(step)
        return raster.Marks(chosen=self._chosen_id)

    def fly(self) -> None:
        """Let nothing fly over the numbers."""
        if self.trying:
            self.query_one(GraphCanvas).fly({})
        else:
            super().fly()

    def narration(self) -> Text:
        """Say what the changes made of the output."""
        if not self.trying:
            return super().narration()
        run, name = self.study.run, output_called(self.study.graph)
        before, after = written(self._start.run.value()), written(run.value())
        if run.faults:
            return Text(fault_text(run, run.faults[0], self.lang), GOLD)
        entry = "same" if before == after else "moved"
        return Text(sentence(self.lang, "whatif", entry, output=name, before=before, after=after), TEXT)

    def inspection(self, step: Step | None) -> Text:
        """Leave the panel to the sliders."""
        return Text() if self.trying else super().inspection(step)

    def refresh_tool(self) -> None:
        """Draw the sliders."""
        tool = self.tool
        if not isinstance(tool, SliderBoard):
            super().refresh_tool()
            return
        columns, lines = self.tool_size
        if columns < 1:
            return
        run, name = self.study.run, output_called(self.study.graph)
        rows = []
        for found in self._sliders:
            place = run.graph.inputs[found.name]
            gradient = run.grad_at(place)
            slope = None if gradient is None else as_float64(gradient)[found.element]
            rows.append(Row(found, float(as_float64(run.value_at(place))[found.element]), slope))
        before, after = written(self._start.run.value()), written(run.value())
        title = Text(f"{name} = {after}", f"bold {VALUE}")
        if before != after:
            title.append(f"   {sentence(self.lang, 'whatif', 'was', before=before)}", SOFT)
        below = self._below(columns)
        words = (sentence(self.lang, "whatif", "value"), sentence(self.lang, "whatif", "gradient"))
        drawn = board(rows, self._row, tool.typed, title, words, columns, lines - len(below))
        for line in below:
            drawn.text.append("\n")
            drawn.text.append_text(line)
        tool.show(drawn)

    def _below(self, columns: int) -> list[Text]:
        """Write what is wrong, and how to go on."""
        run, wide = self.study.run, self.has_class("-wide")
        said = told(self._wrong, self.lang) if self._wrong else ""
        if not said and run.faults and not wide:
            said = fault_text(run, run.faults[0], self.lang)
        if said:
            return list(Text(said, GOLD).wrap(self.app.console, columns))
        held = self._sliders[self._row]
        keys = sentence(self.lang, "whatif", "keys", fine=written(held.step), coarse=written(COARSE * held.step))
        if wide:
            keys += f"   {sentence(self.lang, 'whatif', 'reach', low=written(-held.reach), high=written(held.reach))}"
        if held.element:
            keys += f"   {sentence(self.lang, 'whatif', 'element')}"
        parts = keys.split("   ")
        found = [Text() for _ in range(wide)]
        while parts:  # no part is broken
            line = parts.pop(0)
            while parts and width(line) + width(parts[0]) + 3 <= columns:
                line += f"   {parts.pop(0)}"
            found.append(Text(line, FAINT))
        return found


def changed(before: Study, after: Study) -> bool:
    """Return whether any input has another value."""
    one, other = before.run.inputs, after.run.inputs
    return any(not np.array_equal(one[name], other[name], equal_nan=True) for name in one)
