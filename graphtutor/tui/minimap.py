"""The map of a large drawing, in a corner of the canvas; a click or a drag on it moves the view."""

from __future__ import annotations

from rich.segment import Segment
from textual import events
from textual.geometry import Offset, Size
from textual.message import Message
from textual.strip import Strip

from graphtutor.explain.words import sentence
from graphtutor.tui import grid
from graphtutor.tui.grid import Raster
from graphtutor.tui.lines import Kept
from graphtutor.tui.miniature import BACKWARD, FORWARD, SELECTED, Miniature, View
from graphtutor.tui.palette import STYLES

FRAME = Size(2, 2)
"""Cells that the border takes."""


class Minimap(Kept):
    """Show a miniature with what is laid over it."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Minimap {
        display: none; layer: above; position: absolute; background: $background;
        border: round $border; border-title-color: $accent; border-subtitle-color: $soft;
    }
    """

    class Sought(Message):
        """A place of the drawing was pointed at."""

        def __init__(self, place: Offset) -> None:
            super().__init__()
            self.place = place

    def __init__(self, lang: str = "en", *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.border_title = f"{sentence(lang, 'screen', 'map')} (m)"
        self._words = sentence(lang, "screen", "step"), sentence(lang, "screen", "picked")
        self.miniature: Miniature | None = None
        self._view: View | None = None
        self._drawn = Raster(0, 0)
        self._held = False

    def show(self, miniature: Miniature, view: View) -> None:
        """Show a miniature, or another view over the same."""
        if miniature is self.miniature and view == self._view:
            return
        self.miniature, self._view = miniature, view
        self._drawn = miniature.draw(view)
        step, picked = self._words
        self.border_subtitle = f"{BACKWARD if view.backward else FORWARD} {step} {SELECTED} {picked}"
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return a row of the map."""
        if y >= self._drawn.height:
            return Strip.blank(self.content_size.width, STYLES[0])
        segments = [Segment(text, STYLES[ink]) for text, ink in grid.cut(self._drawn, y, 0, self._drawn.width)]
        return Strip(segments, self._drawn.width)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Go to the place under the mouse, and hold on to it."""
        self._held = True
        self.capture_mouse()
        self._seek(event)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Let the view follow the mouse."""
        if self._held:
            self._seek(event)

    def on_mouse_up(self) -> None:
        """Let go."""
        self._held = False
        self.release_mouse()

    def _seek(self, event: events.MouseEvent) -> None:
        event.stop()
        if self.miniature is not None:
            columns, rows = self.miniature.size
            at = event.screen_offset - self.content_region.offset
            place = self.miniature.point(min(columns - 1, max(0, at.x)), min(rows - 1, max(0, at.y)))
            self.post_message(self.Sought(place))
