"""Other views of the same run: the backward pass as a graph of its own, and forward mode with tangents."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType

from graphtutor.engine.run import Run
from graphtutor.engine.tangents import Tangents, tangents
from graphtutor.errors import GraphtutorError
from graphtutor.explain.words import sentence
from graphtutor.timeline import Pushed, SeededTangent, Step
from graphtutor.tui import raster
from graphtutor.tui.cells import clip
from graphtutor.tui.palette import GOLD, TEXT
from graphtutor.tui.study import Study
from graphtutor.tui.tutor.tools import Tools


class Views(Tools):
    """Look at the run in another way."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "s", "second", "Second order", show=False, tooltip="the backward pass itself as a graph; esc comes back"
        ),
        Binding("t", "tangents", "Tangents", show=False, tooltip="forward mode: tangents of one input; again to leave"),
    ]

    heading: str = ""
    """What the graph is, where it is not what was typed."""
    _seed: str | None = None
    """The input whose tangent is 1, in forward mode."""
    _pushed: Tangents | None = None

    # Second order

    def action_second(self) -> None:
        """Open the backward pass for the selected input, or the first, as a graph."""
        name = self.selected_input()
        if name is None:
            return
        try:
            graph = self.study.run.backward_graph(name)
            run = graph.run()
        except GraphtutorError as error:
            self.notify(str(error), severity="error")
            return
        screen = self.another(Study(str(graph).replace("\n", "; "), graph, run.inputs, (), run))
        screen.heading = sentence(
            self.lang, "views", "second", output=self.study.graph.output_name, input=name, text=self.study.text
        )
        self.player.playing = False
        self.app.push_screen(screen)

    def another(self, study: Study) -> Views:
        """Return a screen like this one on another study."""
        return type(self)(study, self.lang, self._clock)

    # Forward mode

    def action_tangents(self) -> None:
        """Show tangents of the selected input, or the first, below the edges; or gradients again."""
        if self._seed is not None:
            self._push(None)
            return
        name = self.selected_input()
        if name is not None:
            self._push(name)

    def _push(self, seed: str | None) -> None:
        self.close_tool()
        self.chosen = None
        self._seed = seed
        self.player = self.player.on(self.steps())
        self.player.seek(0)
        self.lay_out()
        self.moved()

    def viewed(self) -> Run:
        """Return the numbers on the canvas: in forward mode values and tangents."""
        run = self.study.run
        if self._seed is None:
            return super().viewed()
        if self._pushed is None or self._pushed.run is not run or self._pushed.seed != self._seed:
            self._pushed = tangents(run, self._seed)
        return self._pushed

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
