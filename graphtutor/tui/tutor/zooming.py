"""The tutor's distance: how closely one looks at the graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from rich.text import Text
from textual import on
from textual.binding import Binding, BindingType
from textual.geometry import Offset, Size

from graphtutor.explain.words import sentence
from graphtutor.graph import Graph
from graphtutor.timeline import Step
from graphtutor.tui import scene
from graphtutor.tui.canvas import GraphCanvas
from graphtutor.tui.cards import formula
from graphtutor.tui.palette import SOFT
from graphtutor.tui.place import BELOW, BESIDE, LOW, Place, closest, roomiest
from graphtutor.tui.raster import Ground
from graphtutor.tui.scene import Level
from graphtutor.tui.transport import Transport
from graphtutor.tui.tutor.keeping import Keeping

WHOLE = 300
"""Gates of a formula that are spelled out in the panel."""


UNASKED = (Level.FULL, Level.COMPACT)
"""What one sees unasked: the first at which the whole graph fits; where none does the last, which shows most of it."""


class Zooming(Keeping):
    """Look more closely, or from further away; the moment, the selection and the place stay."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "z", "zoom(1)", "Zoom in", show=False, tooltip="closer: dots, compact, full, formulas; also ctrl+wheel"
        ),
        Binding(
            "Z", "zoom(-1)", "Zoom out", show=False, tooltip="further: formulas, full, compact, dots; also ctrl+wheel"
        ),
        Binding("f", "fit", "Fit", show=False, tooltip="the closest zoom at which the whole graph is in sight"),
    ]

    zoomed: Level | None = None
    """The level that was asked for; `None` for the closest at which the whole graph is in sight."""
    _place: Place | None = None
    """Where the canvas is, or is about to be; `None` before there is a graph."""
    _settled: Graph | None = None
    """The graph for which that was decided."""
    _considered: tuple[object, ...] = ()
    """What else was considered then."""
    predicting = False
    _centre: str | None = None
    """What is to stay in the middle while the graph is arranged at another level."""

    def action_zoom(self, by: int) -> None:
        """Go one level closer, or further away."""
        if self.predicting:
            self.tell_level("asking")
            return
        level = Level(min(max(Level), max(min(Level), self.level + by)))
        if level is self.level:
            self.tell_level("closest" if by > 0 else "furthest")
        else:
            self.look(level)
            self.tell_level()

    def tell_level(self, entry: str = "") -> None:
        """Say how closely one looks, and what is to be said about it."""
        level = sentence(self.lang, "looking", self.level.name.lower())
        self.notify(sentence(self.lang, "looking", entry, level=level) if entry else level, timeout=2)

    def look(self, level: Level) -> None:
        """Show the graph at a level, with the same things in the middle."""
        self.zoomed = level
        if level is not self.level:
            self._centre = self._middle()
            self.lay_out()

    def action_fit(self) -> None:
        """Look as closely as the whole graph can be seen."""
        if self.predicting:
            self.action_zoom(0)
            return
        run = self.viewed()
        found = closest(run, self.lang, self._places(), tuple(reversed(Level)), self.folded) if self.small else None
        self.look(found.level if found else Level.DOTS)
        self.tell_level("" if found or not self.small else "larger")

    # How closely one looks unasked, and where the panel stands

    @property
    def levels(self) -> Sequence[Level]:
        """The levels to choose from, the best first."""
        if self.zoomed is None:
            return UNASKED
        return (self.zoomed,)

    @property
    def spread(self) -> Size:
        """The room that the canvas has for the graph, or is about to have."""
        return Size(self._place.columns, self._place.rows) if self._place else super().spread

    def _places(self) -> list[Place]:
        """Return where the canvas can be, the best first."""
        body, main = self.query_one("#body").size, self.query_one("#main").size
        words = self.query_one(GraphCanvas).outer_size.height + self.query_one(Transport).outer_size.height
        rows = body.height - (main.height - words)
        if not self.has_class("-wide"):
            return [Place(body.width, rows - 1 - LOW)]
        if not self.has_class("-high"):
            return [Place(body.width - BESIDE, rows - 1)]
        return [Place(body.width - BESIDE, rows - 2), Place(body.width, rows - 1 - BELOW, above=True)]

    def lay_out(self) -> None:
        """Arrange the graph where and as closely as it is seen as a whole; nothing moves while only numbers change."""
        run = self.viewed()
        now = (self.size, *self.levels, self.folded)
        if self._settled is not run.graph or self._considered != now:
            self._settled, self._considered = run.graph, now
            places = self._places()
            found = closest(run, self.lang, places, self.levels, self.folded) if self.small else None
            self.level = found.level if found else self.levels[-1]
            if found:
                place, panel = found.place, found.panel
            else:
                place = roomiest(run, self.lang, places, self.level, self.folded) if self.small else places[0]
                panel = BELOW
            self.query_one("#panel").styles.height = panel if place.above else None
            self._place = place._replace(rows=place.rows - (panel - BELOW)) if place.above else place
            if self.has_class("-above") is not self._place.above:
                self.set_class(self._place.above, "-above")
                self.call_after_refresh(self.follow)
        super().lay_out()

    def reword(self, sight: Offset) -> None:
        """Arrange the graph where it is; elsewhere only if it was seen as a whole and with these words is not."""
        whole = self._whole
        super().reword(sight)
        if whole and not self._whole and not self.classes & {"tooling", "editing", "asking"}:
            self._settled = None
            self.lay_out()

    @property
    def _whole(self) -> bool:
        room = self.query_one(GraphCanvas).size
        return self.ready and self.scene.width <= room.width and self.scene.height <= room.height

    def _middle(self) -> str | None:
        """Return the card that is selected, or acts, or is nearest to the middle of what is in sight."""
        if not self.ready:
            return None
        if self.chosen:
            return self.study.graph.node(self.chosen).id
        if self.step is not None:
            return self.scene.card_of(self.step.node).id
        canvas = self.query_one(GraphCanvas)
        x = canvas.scroll_offset.x + canvas.size.width // 2
        y = canvas.scroll_offset.y + canvas.size.height // 2

        def far(id: str) -> int:
            at = self.scene.cards[id].place
            return abs(at.x + at.width // 2 - x) + 2 * abs(at.y + at.height // 2 - y)

        return min(self.scene.order, key=far)

    def arranged(self, found: scene.Scene, base: Ground) -> None:
        """Show the graph as it has been arranged, with the same card in the middle as before."""
        super().arranged(found, base)
        id, self._centre = self._centre, None
        if id in found.cards:
            canvas = self.query_one(GraphCanvas)
            canvas.centre(id)
            self.call_after_refresh(canvas.centre, id)  # scroll bars may have come or gone

    @on(GraphCanvas.Zoomed)
    def _zoomed(self, event: GraphCanvas.Zoomed) -> None:
        if self.check_action("zoom", (event.by,)):
            self.action_zoom(event.by)

    def inspection(self, step: Step | None) -> Text:
        """Write a formula that is cut on its card as a whole."""
        text = super().inspection(step)
        index = self.study.graph.node(self.chosen).index if self.chosen else step.node if step else None
        if not self.ready or self.level is not Level.FORMULAS or index is None:
            return text
        card = self.scene.card_of(index)
        if card.label.endswith("…"):
            text = text.copy()
            text.append(f"\n{card.foot} = {formula(self.scene.run.graph, index, WHOLE)}", SOFT)
        return text

    # The level is remembered

    def snapshot(self) -> dict[str, Any]:
        """Remember the level that was asked for."""
        return {**super().snapshot(), "level": self.zoomed.name if self.zoomed is not None else None}

    def restore(self, view: Mapping[str, Any]) -> None:
        """Come back to the level."""
        super().restore(view)
        if view.get("level") in Level.__members__:
            self.zoomed = Level[view["level"]]
