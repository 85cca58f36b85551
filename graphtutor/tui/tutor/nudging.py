"""Nudge: move the selected input a little and see what the gradient predicts beside what happens."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual import on
from textual.binding import Binding, BindingType

from graphtutor.explain import written
from graphtutor.explain.nudging import curve, nudge, span, window
from graphtutor.explain.words import sentence
from graphtutor.tui.palette import FAINT, GOLD, GRADIENT, SOFT, TEXT, VALUE
from graphtutor.tui.plot import Plot
from graphtutor.tui.tool import CLOSE, Tool
from graphtutor.tui.tutor.tools import Tools

EPSILONS = (1.0, 0.1, 0.01, 1e-3, 1e-4, 1e-5)


class NudgePad(Tool):
    """The small change in the panel."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "turn(1)", "Smaller", tooltip="make epsilon ten times smaller"),
        Binding("up,k", "turn(-1)", "Larger", tooltip="make epsilon ten times larger"),
        CLOSE,
    ]


class Nudging(Tools):
    """Compare a prediction with what happens."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "d", "nudge", "Nudge", show=False, tooltip="move the selected input a little: predicted, actual change"
        ),
    ]

    _nudged = ""
    _epsilon = 1

    def action_nudge(self) -> None:
        """Open the nudge of the selected input, by default the first; or close it."""
        if isinstance(self.tool, NudgePad):
            self.close_tool()
            return
        name = self.selected_input()
        if name is not None:
            self._nudged = name
            self.open_tool(NudgePad())

    def refresh_tool(self) -> None:
        """Write the prediction and what happens, and draw the slope."""
        if not isinstance(self.tool, NudgePad):
            super().refresh_tool()
            return
        run, name = self.study.run, self._nudged
        element = (0,) * len(run.shape(run.graph.inputs[name]))
        found = nudge(run, name, element, EPSILONS[self._epsilon])
        called = f"{name}[{', '.join(map(str, element))}]" if element else name
        text = Text(sentence(self.lang, "nudge", "title", name=called, epsilon=written(found.epsilon)), f"bold {TEXT}")
        text.append("\n")
        rows = (
            (
                "predicted",
                f"{written(found.gradient)} * {written(found.epsilon)} = {written(found.predicted)}",
                GRADIENT,
            ),
            ("actual", f"{written(found.after)} - {written(found.before)} = {written(found.actual)}", VALUE),
            ("difference", written(found.difference), GOLD),
        )
        for entry, number, style in rows:
            text.append(f"{sentence(self.lang, 'nudge', entry)}  ", FAINT)
            text.append(f"{number}\n", f"bold {style}")
        for gates, entry in ((found.corners, "corner"), (found.bends, "bend")):
            if gates:
                text.append(sentence(self.lang, "nudge", entry, gates=", ".join(gates)) + "\n", SOFT)
        columns, rows_ = self.tool_size
        high = min(14, rows_ - len(text.plain.splitlines()) - 1)
        if columns > 10 and high >= 3:
            low, end = window(found.at, found.epsilon)
            points = curve(run, name, element, low, end, 60)
            line = [(x, found.before + found.gradient * (x - found.at)) for x in (low, end)]
            plot = Plot(columns, high, (low, end), span([y for _, y in [*points, *line]]))
            plot.curve(line, GRADIENT)
            plot.curve(points, VALUE)
            to = found.at + found.epsilon
            plot.mark((to, found.before + found.predicted), "◇", f"bold {GRADIENT}")
            plot.mark((to, found.after), "◆", f"bold {VALUE}")
            plot.mark((found.at, found.before), "●", f"bold {GOLD}")
            text.append(sentence(self.lang, "nudge", "signs") + "\n", FAINT)
            text.append_text(Text("\n").join(plot.lines()))
        self.tool.tell(text)

    @on(Tool.Turned)
    def _turned_nudge(self, event: Tool.Turned) -> None:
        if isinstance(self.tool, NudgePad):
            self._epsilon = max(0, min(len(EPSILONS) - 1, self._epsilon + event.by))
            self.refresh_tool()
