"""The canvas: a window on a raster, with tokens flying over it. It knows no mathematics and no timeline."""

from __future__ import annotations

import gc
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from textual import events
from textual.cache import LRUCache
from textual.filter import ANSIToTruecolor
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.strip import Strip

from graphtutor.tui import grid
from graphtutor.tui.bars import Barred
from graphtutor.tui.grid import Cells, Drawing, Raster
from graphtutor.tui.palette import BACKGROUND, STYLES, Ink
from graphtutor.tui.rows import Inked, Pens, Row
from graphtutor.tui.scene import Scene

Cell = tuple[int, int]
Written = tuple[bytes, bytes]
"""The characters and the inks of a row of the window."""
LARGE = 200
"""Wires from which long collections would be felt while things move."""
ROWS = 500
"""Rows that are kept as they were drawn."""
MARGIN = Size(4, 2)
"""Cells kept in sight around what is followed."""


class Window(NamedTuple):
    """Which part of the drawing is seen, and where."""

    left: int
    top: int
    shift_x: int
    shift_y: int
    columns: int


class Inset(NamedTuple):
    """A picture in the window that stays where it is while the drawing moves under it."""

    place: Region
    """Where in the window it stands."""
    drawn: Raster

    def onto(self, ys: Sequence[int], cells: Cells) -> None:
        """Write it over some rows of the window."""
        at = [i for i, y in enumerate(ys) if self.place.y <= y < self.place.bottom]
        if at:
            rows = Cells(cells.chars[at], cells.inks[at])
            grid.lay(rows, self.place.x, self.drawn.rows([ys[i] - self.place.y for i in at], 0, self.drawn.width))
            cells.chars[at], cells.inks[at] = rows

    def changed(self, before: Inset) -> set[int]:
        """Return the rows of the window in which it is not as it was before."""
        rows = set(range(self.place.y, self.place.bottom))
        if self.place != before.place:
            return rows | set(range(before.place.y, before.place.bottom))
        same = (self.drawn.chars == before.drawn.chars) & (self.drawn.inks == before.drawn.inks)
        return {y for y, equal in zip(sorted(rows), same.all(axis=1).tolist(), strict=True) if not equal}


class GraphCanvas(Barred, can_focus=True, inherit_bindings=False):
    """Show a drawing, centred when it is small and scrolled when it is large. A click picks a card, a drag pans."""

    ALLOW_SELECT = False  # a drag pans; it must not select text
    DEFAULT_CSS = f"""
    GraphCanvas {{
        background: {BACKGROUND};
        scrollbar-size: 1 1;
    }}
    """

    class Picked(Message):
        """A card was clicked, or a wire of it; `card` is `None` for a click beside both."""

        def __init__(self, card: str | None, chain: int = 1) -> None:
            super().__init__()
            self.card = card
            self.chain = chain
            """How many clicks followed each other on the spot."""

    class Pointed(Message):
        """The mouse was pressed on a cell of the inset, or dragged on from there."""

        def __init__(self, cell: Offset) -> None:
            super().__init__()
            self.cell = cell

    class Zoomed(Message):
        """The wheel was turned with ctrl held: so many levels closer."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._scene: Scene | None = None
        self._drawing: Drawing = Raster(0, 0)
        self._tokens: dict[int, dict[int, tuple[str, Ink]]] = {}
        self._said: dict[int, object] = {}
        """What stood in the rows of the window when they were last compared."""
        self._kept: dict[int, Strip] = {}
        """Rows of the window that are as they were: Textual asks for all of them when one is drawn again."""
        self._frozen = False
        self._seen: Window | None = None
        """What was seen when they were kept."""
        self._pens = Pens(STYLES)
        """What the rows were drawn with."""
        self._strips: LRUCache[Written, Strip] = LRUCache(ROWS)
        self._grabbed: Cell | None = None
        self._dragged = False
        self._pointing = False
        """Whether the mouse has hold of the inset."""
        self.inset: Inset | None = None
        """What lies over the window."""

    def show(self, scene: Scene) -> None:
        """Show another scene; `paint` follows."""
        other = self._scene is None or self._scene.cards is not scene.cards
        self._scene = scene
        self._tokens = {}
        self._said = {}
        self._kept = {}
        self.virtual_size = Size(scene.width, scene.height)
        if other and len(scene.wires) > LARGE:
            self.call_after_refresh(self._freeze)

    def _freeze(self) -> None:
        """Take everything out of the collector's sight: no long collections while things move."""
        if self.is_attached:  # it may have been left meanwhile, and nobody would let go of it
            self._frozen = True
            gc.freeze()

    def on_unmount(self) -> None:
        """Let the collector see it again."""
        if self._frozen:
            gc.unfreeze()

    def wait(self, text: str) -> None:
        """Show a line of text until there is a scene."""
        self._scene = self.inset = None
        self._tokens = {}
        self._said = {}
        self._kept = {}
        self.virtual_size = Size(0, 0)
        raster = Raster(len(text), 1)
        raster.write(0, 0, text, Ink.KEY)
        self._drawing = raster
        self.refresh()

    def paint(self, drawing: Drawing) -> None:
        """Show another moment of the scene; only the rows in which something is different are drawn again."""
        resized = (drawing.width, drawing.height) != (self._drawing.width, self._drawing.height)
        self._drawing = drawing
        window = self._window
        if resized or window != self._seen:
            self._kept = {}
            self.refresh()
            return
        changed = []
        for y in range(self.size.height):
            said = self._what(y, window)
            if said != self._said.get(y):
                self._said[y] = said
                changed.append(y)
        strips = dict(zip(changed, self._draw(changed, window), strict=True))
        changed = [y for y in changed if strips[y] is not self._kept.get(y)]
        self._kept.update(strips)
        self._refresh_rows(changed, window)

    def fly(self, overlay: Mapping[Cell, tuple[str, Ink]]) -> None:
        """Draw these cells over the drawing; only the rows that change are drawn again."""
        before, self._tokens = self._tokens, {}
        for (x, y), cell in overlay.items():
            self._tokens.setdefault(y, {})[x] = cell
        window = self._window
        rows = [y for y in before.keys() | self._tokens.keys() if before.get(y) != self._tokens.get(y)]
        changed = [y + window.shift_y - window.top for y in rows]
        for y in changed:
            self._kept.pop(y, None)
        self._refresh_rows(changed, window)

    def lay(self, inset: Inset | None) -> None:
        """Lay another inset over the window, or none; to move it takes no layout of the screen."""
        before, self.inset = self.inset, inset
        if inset is None or before is None:
            one = inset or before
            changed = set(range(one.place.y, one.place.bottom)) if one else set()
        else:
            changed = inset.changed(before)
        for y in changed:
            self._kept.pop(y, None)
        self._refresh_rows(changed, self._window)

    def _refresh_rows(self, rows: Collection[int], window: Window) -> None:
        if rows:
            self.refresh(*(Region(0, y, window.columns, 1) for y in rows))

    @property
    def offset_of_drawing(self) -> Cell:
        """How far the drawing is moved right and down to stand in the middle."""
        room = self.outer_size
        return max(0, (room.width - self._drawing.width) // 2), max(0, (room.height - self._drawing.height) // 2)

    @property
    def _window(self) -> Window:
        """What is seen of the drawing; asking the widget for it costs as much as a row.

        Nothing is drawn where the scroll bar stands: the rows would have to be cut.
        """
        columns = self.outer_size.width - self.scrollbar_size_vertical
        return Window(*self.scroll_offset, *self.offset_of_drawing, columns)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return rows of the window.

        Rows that were made before are taken as they were; the widget has no border and no padding to add to them.
        """
        background = self.background_colors[1]
        filters = [found for found in self.get_line_filters() if not isinstance(found, ANSIToTruecolor)]
        if self._pens.styles[Ink.BLANK] is not STYLES[Ink.BLANK]:  # another theme
            self._pens = Pens(STYLES)
            self._strips.clear()
            self._kept = {}
        window = self._window
        if window != self._seen:
            self._seen = window
            self._kept = {}
            self._said = {}
        missing = [y for y in crop.line_range if y not in self._kept]
        self._kept.update(zip(missing, self._draw(missing, window), strict=True))
        strips = [self._kept[y] for y in crop.line_range]
        for found in filters:
            strips = [strip.apply_filter(found, background) for strip in strips]
        if crop.x > 0 or crop.right < window.columns:
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def render_line(self, y: int) -> Strip:
        """Return a row of the window."""
        return self.render_lines(Region(0, y, self.size.width, 1))[0]

    def _draw(self, ys: Sequence[int], window: Window) -> list[Strip]:
        """Draw some rows of the window, all at a time; a row that was drawn before is taken as it was."""
        if not ys or not window.columns:
            return [Row([], 0)] * len(ys)
        cells, columns = self._cells(ys, window), window.columns
        chars, inks = cells.chars.tobytes(), cells.inks.tobytes()
        ends = range(columns, len(inks) + 1, columns)
        rows = [(chars[4 * (end - columns) : 4 * end], inks[end - columns : end]) for end in ends]
        strips = {row: strip for row in rows if (strip := self._strips.get(row)) is not None}
        new = {row: i for i, row in enumerate(rows) if row not in strips}
        at = list(new.values())
        for row, runs in zip(new, grid.runs(Cells(cells.chars[at], cells.inks[at])), strict=True):
            strips[row] = Inked(runs, window.columns, self._pens)
            self._strips.set(row, strips[row])
        return [strips[row] for row in rows]

    def _piece(self, y: int, window: Window) -> tuple[int, int, int] | None:
        """Return which row of the drawing stands in a row of the window, and from where to where."""
        row = y + window.top - window.shift_y
        if not 0 <= row < self._drawing.height:
            return None
        end = min(self._drawing.width, window.left + window.columns - window.shift_x)
        return row, window.left, max(window.left, end)

    def _what(self, y: int, window: Window) -> object:
        """Return what tells a row of the window from the same row at another moment."""
        piece = self._piece(y, window)
        return piece and self._drawing.said(*piece)

    def _cells(self, ys: Sequence[int], window: Window) -> Cells:
        """Return the cells of some rows of the window: the drawing, what flies over it, and the inset."""
        cells = grid.blank(len(ys), window.columns)
        pieces = [(i, *piece) for i, y in enumerate(ys) if (piece := self._piece(y, window)) is not None]
        if pieces:
            at, rows, (left, *_), (right, *_) = zip(*pieces, strict=True)
            drawn = self._drawing.rows(rows, left, right)
            for row, chars, inks in zip(rows, *drawn, strict=True):
                for x, (character, ink) in self._tokens.get(row, {}).items():
                    if left <= x < right:
                        chars[x - left], inks[x - left] = ord(character), ink
            grid.halve(drawn.chars)
            shown = slice(window.shift_x, window.shift_x + right - left)
            cells.chars[at, shown], cells.inks[at, shown] = drawn
        if self.inset is not None:
            self.inset.onto(ys, cells)
        return cells

    def follow(self, cards: Collection[str], centre: str | None = None) -> None:
        """Scroll as little as needed to see these cards; when they do not fit, the one at the centre."""
        if self._scene is None or not cards:
            return
        room = self.scrollable_content_region.size
        region = _around(self._scene, cards)
        if centre is not None and (region.width > room.width or region.height > room.height):
            region = _around(self._scene, [centre])
        x, y = self.scroll_offset
        self.scroll_to(
            _nearest(x, room.width, region.x, region.right),
            _nearest(y, room.height, region.y, region.bottom),
            animate=False,
            force=True,  # before the scroll bars are there, too
        )

    def open_at(self, id: str) -> None:
        """Scroll to the corner of the drawing, or where that is empty so that a card is in the middle."""
        if self._scene is None:
            return
        room, at = self.scrollable_content_region.size, self._scene.cards[id].place
        if at.x + at.width <= room.width and at.y + at.height <= room.height:
            self.scroll_to(0, 0, animate=False, force=True)
        else:
            self.centre(id)

    def centre(self, id: str) -> bool:
        """Move the window so that a card stands in its middle; return whether it was elsewhere."""
        if self._scene is None:
            return False
        at = self._scene.cards[id].place
        return self.look_at((at.x + at.width // 2, at.y + at.height // 2))

    def look_at(self, place: Cell) -> bool:
        """Move the window so that a place of the drawing is in its middle; return whether it was elsewhere."""
        room = self.scrollable_content_region.size
        x, y = max(0, place[0] - room.width // 2), max(0, place[1] - room.height // 2)
        self.scroll_to(x, y, animate=False, force=True)
        return self.scroll_offset != (min(x, self.max_scroll_x), min(y, self.max_scroll_y))

    def pan(self, dx: int, dy: int) -> None:
        """Move the window."""
        x, y = self.scroll_offset
        self.scroll_to(x + dx, y + dy, animate=False)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Zoom in with ctrl held."""
        self._zoom(event, 1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Zoom out with ctrl held."""
        self._zoom(event, -1)

    def _zoom(self, event: events.MouseEvent, by: int) -> None:
        if event.ctrl:
            event.stop()
            event.prevent_default()
            self.post_message(self.Zoomed(by))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of the drawing, or of the inset."""
        self.capture_mouse()
        at = event.screen_offset - self.region.offset
        self._pointing = self._dragged = self.inset is not None and self.inset.place.contains_point(at)
        if self._pointing:
            self._point(event)
        else:
            self._grabbed = (event.screen_x, event.screen_y)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Pan with the hand."""
        if self._pointing:
            self._point(event)
        if self._grabbed is None:
            return
        dx, dy = self._grabbed[0] - event.screen_x, self._grabbed[1] - event.screen_y
        if dx or dy:
            self._grabbed = (event.screen_x, event.screen_y)
            self._dragged = True
            self.pan(dx, dy)

    def on_mouse_up(self) -> None:
        """Let go of the drawing."""
        self._grabbed = None
        self._pointing = False
        self.release_mouse()

    def _point(self, event: events.MouseEvent) -> None:
        if self.inset is not None:
            self.post_message(self.Pointed(event.screen_offset - self.region.offset - self.inset.place.offset))

    def on_click(self, event: events.Click) -> None:
        """Pick the card under the mouse, or the one to which the wire there leads; that opens nothing."""
        if self._dragged or self._scene is None:
            return
        left, top = self.scroll_offset
        shift_x, shift_y = self.offset_of_drawing
        cell = event.x + left - shift_x, event.y + top - shift_y
        card = self._scene.card_at(*cell)
        end = card or self._scene.end_at(*cell)
        self.post_message(self.Picked(end.id if end else None, event.chain if card else 1))


def _around(scene: Scene, cards: Collection[str]) -> Region:
    """Return the cells of some cards and of the numbers beside them."""
    regions = [
        Region(*(getattr(scene.cards[id].place, name) for name in ("x", "y", "width", "height"))) for id in cards
    ]
    regions += [
        Region(wire.route.label[0], wire.route.label[1] - 1, wire.room, 3)
        for wire in (scene.wires[i] for id in cards for i in scene.carriers(scene.cards[id].node))
        if wire.source in cards and wire.room
    ]
    return Region.from_union(regions)


def _nearest(at: int, room: int, start: int, end: int) -> int:
    """Return the scroll position nearest to `at` from which `start` to `end` is in sight: `at` where it is already."""
    if at <= start and end <= at + room:
        return at
    margin = max(0, min(MARGIN.width, (room - (end - start)) // 2))
    if end - start > room:
        return start
    return min(max(at, end + margin - room), max(0, start - margin))
