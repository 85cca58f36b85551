"""The map of a large drawing, in a corner of the canvas; a click or a drag on it moves the view."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.filter import ANSIToTruecolor
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from graphtutor.explain.words import sentence
from graphtutor.tui import grid
from graphtutor.tui.cells import clip, width
from graphtutor.tui.grid import Raster
from graphtutor.tui.miniature import BACKWARD, FORWARD, SELECTED, Miniature, View
from graphtutor.tui.palette import STYLES, Ink

FRAME = Size(2, 2)
"""Cells that the border takes."""


class Minimap(Widget):
    """Show a miniature with what is laid over it, in a frame that is drawn with it: only rows that change are new."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Minimap { display: none; layer: above; position: absolute; background: $background; }
    """

    class Sought(Message):
        """A place of the drawing was pointed at."""

        def __init__(self, place: Offset) -> None:
            super().__init__()
            self.place = place

    def __init__(self, lang: str = "en", *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._title = f"─ {sentence(lang, 'screen', 'map')} (m) "
        self._words = sentence(lang, "screen", "step"), sentence(lang, "screen", "picked")
        self.miniature: Miniature | None = None
        self._view: View | None = None
        self._worn: Style | None = None
        """The blank style of the theme in which the rows were drawn."""
        self._rows: list[tuple[bytes, bytes]] = []
        self._strips: dict[int, Strip] = {}

    _held = False
    """Whether the mouse has hold of the map."""

    def show(self, miniature: Miniature, view: View) -> None:
        """Show a miniature, or another view over the same."""
        if miniature is self.miniature and view == self._view:
            return
        self.miniature, self._view = miniature, view
        step, picked = self._words
        below = f" {BACKWARD if view.backward else FORWARD} {step} {SELECTED} {picked} "
        raster = framed(miniature.draw(view), self._title, below)
        rows = [grid.padded(*raster.row(y, 0, raster.width), 0, raster.width) for y in range(raster.height)]
        before, self._rows = self._rows, rows
        if len(before) != len(rows):
            self._strips = {}
            self.refresh()
            return
        for y, row in enumerate(rows):
            if row != before[y]:
                self._strips.pop(y, None)
                self.refresh(Region(0, y, raster.width, 1))

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return rows as they were drawn."""
        if self._worn is not STYLES[Ink.BLANK]:  # another theme
            self._worn, self._strips = STYLES[Ink.BLANK], {}
        strips = [self._strip(y, crop.right) for y in crop.line_range]
        for found in self.get_line_filters():
            if not isinstance(found, ANSIToTruecolor):  # there is nothing for it in colours of our own
                strips = [strip.apply_filter(found, self.background_colors[1]) for strip in strips]
        return [strip.crop(*crop.column_span) for strip in strips]

    def _strip(self, y: int, columns: int) -> Strip:
        if y >= len(self._rows):
            return Strip.blank(columns, STYLES[Ink.BLANK])
        strip = self._strips.get(y)
        if strip is None:
            chars, inks = self._rows[y]
            strip = self._strips[y] = Strip(
                [Segment(text, STYLES[ink]) for text, ink in grid.runs(chars, inks)], len(inks)
            )
        return strip

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
            at = event.screen_offset - self.region.offset - Offset(1, 1)
            place = self.miniature.point(min(columns - 1, max(0, at.x)), min(rows - 1, max(0, at.y)))
            self.post_message(self.Sought(place))


def framed(inside: Raster, title: str, below: str) -> Raster:
    """Draw a frame around a map, with a title above and a remark below."""
    raster = Raster(inside.width + FRAME.width, inside.height + FRAME.height)
    right, bottom = raster.width - 1, raster.height - 1
    raster.write(0, 0, f"╭{'─' * inside.width}╮", Ink.FRAME)
    raster.write(0, bottom, f"╰{'─' * inside.width}╯", Ink.FRAME)
    raster.write(1, 0, clip(title, inside.width), Ink.SELECTED)
    remark = clip(below, inside.width)
    raster.write(right - width(remark), bottom, remark, Ink.KEY)
    for y in range(inside.height):
        raster.write(0, y + 1, "│", Ink.FRAME)
        raster.write(right, y + 1, "│", Ink.FRAME)
        raster.chars[y + 1, 1:right], raster.inks[y + 1, 1:right] = inside.chars[y], inside.inks[y]
    return raster
