"""The tutor's map: the whole of a large drawing in a corner, where it hides nothing that is talked about."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.geometry import Offset, Region, Size

from graphtutor.explain.words import sentence
from graphtutor.timeline import Computed, Step
from graphtutor.tui import miniature
from graphtutor.tui.canvas import GraphCanvas, Inset
from graphtutor.tui.miniature import Miniature, View
from graphtutor.tui.minimap import FRAME, Minimap
from graphtutor.tui.tutor.keeping import Keeping

ROOM = Size(90, 24)
"""The least canvas on which the map shows itself."""
MUCH = 4
"""How many times larger than the canvas a drawing is whose map shows itself."""


class Mapped(Keeping):
    """See where one is in a large drawing, and go elsewhere."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "m", "map", "Map", show=False, tooltip="the map of the whole drawing, on or off; a click on it goes there"
        ),
    ]
    mapped: bool | None = None
    """Whether the map is shown; `None` for where it is of use and there is room."""
    _corner = 0
    _late = False
    """Whether the view was scrolled after the map was drawn."""

    @cached_property
    def _map(self) -> Minimap:
        return Minimap(self.lang)

    def on_mount(self) -> None:
        """Let the map follow the view."""
        canvas = self.query_one(GraphCanvas)
        for what in ("scroll_x", "scroll_y", "show_horizontal_scrollbar", "show_vertical_scrollbar"):
            self.watch(canvas, what, self._scrolled, init=False)

    def retell(self) -> None:
        """Write on the map anew."""
        vars(self).pop("_map", None)
        super().retell()

    def _scrolled(self) -> None:
        """Bring the map up to date once: both ways may be scrolled at a time, and the moment drawn besides."""
        if not self._late:
            self._late = True
            self.call_later(self._catch_up)

    def _catch_up(self) -> None:
        if self._late:
            self._chart()

    def action_map(self) -> None:
        """Show the map, or put it away."""
        self.mapped = not self._wanted
        self._chart()
        if self.mapped and self.query_one(GraphCanvas).inset is None:
            self.notify(sentence(self.lang, "looking", "no_map"), timeout=2)

    @property
    def _wanted(self) -> bool:
        if self.mapped is not None:
            return self.mapped
        room = self.query_one(GraphCanvas).size
        large = self.scene.width * self.scene.height >= MUCH * room.area
        return large and room.width >= ROOM.width and room.height >= ROOM.height

    def draw(self) -> None:
        """Draw the moment, and the map of it."""
        super().draw()
        self._chart()

    def _chart(self) -> None:
        """Bring the map up to date, in a corner where it hides nothing of the step."""
        self._late = False
        if not self.ready:
            return
        canvas = self.query_one(GraphCanvas)
        room = canvas.scrollable_content_region.size
        window = Region.from_offset(canvas.scroll_offset, room)
        if not self._wanted:
            canvas.lay(None)
            return
        drawn = self._map.miniature
        size = miniature.sized(self.scene, Size(min(48, max(20, room.width // 3)), max(4, room.height // 4)))
        if drawn is None or drawn.scene.cards is not self.scene.cards or drawn.size != size:
            drawn = Miniature(self.scene, size)
        step = self.in_sight()
        corner = self._free(size + FRAME, room, window, step)
        if corner is None:
            canvas.lay(None)
            return
        self._corner = corner
        place = Region.from_offset(miniature.corners(size + FRAME, room)[corner], size + FRAME)
        acting = self.scene.card_of(step.node).id if step else None
        backward = step is not None and not isinstance(step, Computed)
        canvas.lay(Inset(place, self._map.draw(drawn, View(window, acting, backward, self._chosen_id))))

    def _free(self, box: Size, room: Size, window: Region, step: Step | None) -> int | None:
        cards, wires = {self._chosen_id} - {None}, set[int]()
        if step is not None:
            wires = {*self.scene.wires_of(step), *self.scene.carriers(step.node)}
            ends = {end for i in wires for end in (self.scene.wires[i].source, self.scene.wires[i].target)}
            cards |= {self.scene.card_of(step.node).id, *ends}
        shift = Offset(*self.query_one(GraphCanvas).offset_of_drawing) - window.offset
        kept, lines = miniature.told(self.scene, [card for card in cards if card is not None], wires)
        return miniature.corner(
            box, room, [part.translate(shift) for part in kept], [part.translate(shift) for part in lines], self._corner
        )

    @on(GraphCanvas.Pointed)
    def _pointed(self, event: GraphCanvas.Pointed) -> None:
        if self._map.miniature is not None:
            columns, rows = self._map.miniature.size
            x, y = event.cell - Offset(1, 1)
            place = self._map.miniature.point(min(columns - 1, max(0, x)), min(rows - 1, max(0, y)))
            self.query_one(GraphCanvas).look_at(place)

    # Whether there is a map is remembered

    def snapshot(self) -> dict[str, Any]:
        """Remember whether the map was put there, or away."""
        return {**super().snapshot(), "map": self.mapped}

    def restore(self, view: Mapping[str, Any]) -> None:
        """Come back to it."""
        super().restore(view)
        if isinstance(view.get("map"), bool):
            self.mapped = view["map"]
