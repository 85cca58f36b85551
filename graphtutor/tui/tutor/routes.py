"""Routes: every path from the output back to a node, walked one by one; their products add up to its gradient."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.binding import Binding, BindingType

from graphtutor.explain.paths import Path, Paths, paths
from graphtutor.explain.words import sentence
from graphtutor.timeline import Step
from graphtutor.tui import raster, routes
from graphtutor.tui.palette import GOLD
from graphtutor.tui.study import Study
from graphtutor.tui.tool import CLOSE, Tool
from graphtutor.tui.tutor.tools import Tools


class RouteList(Tool):
    """The paths in the panel."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j,tab", "turn(1)", "Next path", tooltip="walk the next path"),
        Binding("up,k,shift+tab", "turn(-1)", "Previous", tooltip="walk the path before"),
        CLOSE,
    ]


class Routes(Tools):
    """Follow the gradient along single paths."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "r", "routes", "Routes", show=False, tooltip="paths from the output to what is selected, and their sum"
        ),
    ]

    _found: Paths | None = None
    _to = ""
    """The key of the node that they lead to."""

    _path = 0
    """The position of the path that is walked."""

    def action_routes(self) -> None:
        """Show the paths to the selected node, by default the first input; or close them."""
        if isinstance(self.tool, RouteList):
            self.close_tool()
            return
        key = self.chosen or self.selected_input()
        if key is not None:
            self.open_tool(RouteList())
            self._find(key)

    def _find(self, key: str, at: int = 0) -> None:
        """Find the paths to a node; the one at this position is walked."""
        node, run = self.study.graph.node(key), self.study.run
        self._found, self._to, self._path = None, node.key, 0

        def show(found: Paths) -> None:
            self._found = found
            self._path = max(0, min(at, len(found.listed) - 1))
            if isinstance(self.tool, RouteList):
                self.draw()

        self.aside(sentence(self.lang, "beside", "routes", key=node.key), lambda tell: paths(run, node.index), show)

    @property
    def walked(self) -> Path | None:
        """The path that stands out."""
        if not isinstance(self.tool, RouteList) or self._found is None or not self._found.listed:
            return None
        return self._found.listed[self._path]

    def choose(self, id: str | None) -> None:
        """Select a node; open routes lead there."""
        super().choose(id)
        if isinstance(self.tool, RouteList) and self.chosen:
            self._find(self.chosen)

    def adopt(self, study: Study) -> None:
        """Show another study; the paths are found again."""
        super().adopt(study)
        if not isinstance(self.tool, RouteList):
            return
        if self._to not in {node.key for node in study.graph.nodes}:
            self.close_tool()
            return
        self._find(self._to, self._path)

    def marks(self, step: Step | None) -> raster.Marks:
        """Let the wires of the path stand out instead of the step's."""
        marks = super().marks(step)
        path = self.walked
        if path is None:
            return marks
        edges = set(path.edges)
        hot = [i for i, wire in enumerate(self.scene.wires) if wire.edge is None or wire.edge in edges]
        return replace(marks, hot=hot, backward=True, acting=None)

    def refresh_tool(self) -> None:
        """Write the paths."""
        if not isinstance(self.tool, RouteList):
            super().refresh_tool()
            return
        if self._found is None:
            self.tool.tell(Text(f"{self.under_way} ...", GOLD) if self.under_way else Text())
            return
        columns, rows = self.tool_size
        compact = not self.has_class("-wide")
        self.tool.tell(routes.card(self._found, self._path, self.lang, columns, rows, compact))

    @on(Tool.Turned)
    def _turned_route(self, event: Tool.Turned) -> None:
        if not isinstance(self.tool, RouteList) or self._found is None:
            return
        if len(self._found.listed) < 2:
            self.notify(sentence(self.lang, "routes", "no_other"), timeout=2)
        else:
            self._path = (self._path + event.by) % len(self._found.listed)
            self.draw()
