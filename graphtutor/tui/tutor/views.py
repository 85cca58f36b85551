"""Other views of the same run: the backward pass as a graph of its own, and forward mode with tangents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from math import prod
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType

from graphtutor.engine.run import Run
from graphtutor.engine.tangents import Tangents, tangents
from graphtutor.explain.formula import gradient_called, output_called
from graphtutor.explain.words import sentence
from graphtutor.layout import Tell, nobody
from graphtutor.timeline import Pushed, SeededTangent, Step, TangentTimeline, Timeline
from graphtutor.tui import intro, raster
from graphtutor.tui.cells import clip
from graphtutor.tui.palette import GOLD, TEXT
from graphtutor.tui.study import Study
from graphtutor.tui.tutor.tools import Tools


class Views(Tools):
    """Look at the run in another way."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "s",
            "second",
            "Second order",
            show=False,
            tooltip="second derivatives: the backward pass as a graph; esc comes back",
        ),
        Binding("t", "tangents", "Tangents", show=False, tooltip="forward mode: tangents of one input; again to leave"),
        Binding("T", "another", "Another", tooltip="forward mode: the selected input moves, or else the next number"),
    ]

    heading: str = ""
    """What the graph is, where it is not what was typed."""
    _seed: str | None = None
    """The input whose tangent is 1, in forward mode."""
    _pushed: Tangents | None = None
    _backward_at = 0
    """Where in the run one was before forward mode."""
    _asked: tuple[str, str] | None = None
    """The output and what its derivative is called, where the graph is that of a backward pass."""

    # Second order

    def action_second(self) -> None:
        """Open the backward pass for the selected input, or the first, as a graph."""
        name = self.selected_input()
        if name is None:
            return
        before = self.study.run

        def work(tell: Tell) -> tuple[Study, Timeline]:
            graph = before.backward_graph(name)
            self.refuse_too_large(graph, "too_large_second", input=name)
            run = graph.run()
            return Study(str(graph.with_given({})).replace("\n", "; "), graph, run.inputs, (), run), Timeline(run)

        def show(made: tuple[Study, Timeline]) -> None:
            if self.app.screen is not self:
                return  # one looks at something else meanwhile
            screen = self.another(*made)
            output = output_called(self.study.graph)
            screen._asked = output, gradient_called(self.study.graph, name)
            screen.heading = screen.titled()
            self.player.playing = False
            self.app.push_screen(screen)

        self.aside(sentence(self.lang, "beside", "second", input=name), work, show)

    def another(self, study: Study, steps: Timeline) -> Views:
        """Return a screen like this one on another study."""
        return type(self)(study, self.lang, self._clock, steps=steps)

    def titled(self) -> str:
        """Return what the graph is, where it is not what was typed."""
        if self._asked is None:
            return ""
        output, derivative = self._asked
        return sentence(self.lang, "views", "second", output=output, derivative=derivative)

    def retell(self) -> None:
        """Say anew what the graph is."""
        self.heading = self.titled()
        super().retell()

    # Forward mode

    def action_tangents(self) -> None:
        """Show tangents of the selected input, or the first, below the edges; or gradients again."""
        if self._seed is not None:
            self._push(None)
            return
        name = self.selected_input()
        if name is not None:
            self._push(name)

    def action_another(self) -> None:
        """Let the selected input move, or else the next number: of the same array, then of the next input."""
        assert self._seed is not None
        name = self.selected_input() if self.chosen in self.study.graph.inputs else self._seed
        if name == self._seed:
            name = self.another_number(name, 1)
        if name is not None:
            self._push(name)

    def _push(self, seed: str | None) -> None:
        def show(steps: Timeline) -> None:
            self.close_tool()
            self.chosen = None
            cursor = self.player.timeline.cursor
            if self._seed is None:
                self._backward_at, cursor = cursor, 0
            elif seed is None:
                cursor = self._backward_at
            self._seed, self._made = seed, steps
            self.player = self.player.on(self.steps())
            self.player.seek(cursor)
            self.lay_out()
            self.moved()

        doing = sentence(self.lang, "beside", "gradients" if seed is None else "tangents")
        self.aside(doing, partial(self._steps, self.study, seed), show)

    def steps_of(self, study: Study) -> Callable[[], Timeline]:
        """Return what makes the steps of another study: in forward mode, of its tangents."""
        return partial(self._steps, study, self._seed if self._seed in study.graph.inputs else None)

    def _steps(self, study: Study, seed: str | None, tell: Tell = nobody) -> Timeline:
        if seed is None:
            return super().steps_of(study)()
        return TangentTimeline(tangents(study.run, seed, self.element_of(seed, study), tell))

    def viewed(self) -> Run:
        """Return the numbers on the canvas: in forward mode values and tangents."""
        run = self.study.run
        if self._seed is None:
            return super().viewed()
        if self._made is not None and isinstance(self._made.run, Tangents):
            self._pushed = self._made.run
        moving, found = (self._seed, self.element_of(self._seed)), self._pushed
        if self.under_way and found is not None and found.run is run:
            return found  # until the tangents of another number are there
        if found is None or found.run is not run or (found.seed, found.element) != moving:
            self._pushed = found = tangents(run, *moving)
        return found

    def adopt(self, study: Study) -> None:
        """Show another study; forward mode stays while its input is there."""
        if self._seed is not None and self._seed not in study.graph.inputs:
            self._seed = None
        super().adopt(study)

    def leave(self) -> bool:
        """Leave forward mode."""
        if super().leave():
            return True
        if self._seed is None:
            return False
        self._push(None)
        return True

    def refused(self, action: str) -> str:
        """Outside forward mode there is no number that another one could take the place of."""
        if action == "another" and self._seed is None:
            return sentence(self.lang, "views", "no_seed")
        return super().refused(action)

    def narration(self) -> Text:
        """Say at the start what this view is about."""
        if self.step is not None:
            return super().narration()
        if self._seed is not None and self._pushed is not None:
            text = intro.press(self.lang, tangents=True)
            if self._pushed.element:
                count, seed = prod(self.study.run.shape(self.study.graph.inputs[self._seed])), self._pushed.label
                said = sentence(self.lang, "views", "element", name=self._seed, count=count, seed=seed)
                text = Text(f"{said} ", TEXT).append_text(text)
            return text
        if self._asked is None:
            return super().narration()
        _, derivative = self._asked
        text = Text(sentence(self.lang, "views", "second_note", derivative=derivative), TEXT)
        count = prod(self.study.run.shape(self.study.graph.output))
        if count > 1:
            text.append(f" {sentence(self.lang, 'views', 'second_sum', derivative=derivative, count=count)}", TEXT)
        return text

    def inspection(self, step: Step | None) -> Text:
        """Say at the start what the numbers of forward mode are."""
        if step is not None or self.chosen or self._seed is None or self._pushed is None:
            return super().inspection(step)
        compact = not self.has_class("-wide")
        return intro.welcome(self.study.graph, compact, self.lang, self._pushed.label, whole=self.whole)

    def marks(self, step: Step | None) -> raster.Marks:
        """Let the tangents that a step brought stand out, too."""
        marks = super().marks(step)
        if not isinstance(step, Pushed | SeededTangent) or self.player.flight is not None:
            return marks
        brought = {(i, "gradient") for i, wire in enumerate(self.scene.wires) if wire.node == step.node}
        return replace(marks, new={*marks.new, *brought})

    def head(self, columns: int) -> Text:
        """Write what the view is before the expression."""
        label = self.heading
        if self._seed is not None and self._pushed is not None:
            label = sentence(self.lang, "views", "forward", seed=self._pushed.label)
        if not label:
            return super().head(columns)
        text = Text(clip(label, columns), f"bold {GOLD}", no_wrap=True)
        if columns - text.cell_len > 24:
            text.append("  ", TEXT)
            text.append_text(super().head(columns - text.cell_len))
        return text
