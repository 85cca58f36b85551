"""Scroll bars that say where there is more, and of a few strips: equal cells are drawn, styled and sent once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import ceil
from typing import NamedTuple

from rich.cells import cell_len
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.color import Color as Shade
from textual.filter import ANSIToTruecolor
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar, ScrollBarCorner, ScrollBarRender
from textual.strip import Strip

from graphtutor.tui.lines import Kept
from graphtutor.tui.palette import STYLES, Ink
from graphtutor.tui.rows import Row

BEFORE, AFTER = ("▲", "◀"), ("▼", "▶")
"""What stands at an end of a bar behind which there is more: of an upright one, of a level one."""
KEYS = ("shift+left", "shift+right")
"""The keys that go there, which a level bar has room for."""
READABLE = 0.3
"""How much brighter or darker than the thumb a word on it is at least; both are from 0 to 1."""
APART = 6
"""Columns between the words at both ends at least."""


class Bar(ScrollBar):
    """A scroll bar whose equal cells are one strip."""

    _look: tuple[object, ...] = ()
    """What the strips follow from."""
    _strips: Sequence[Strip]

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the bar."""
        bar = self.render()
        assert isinstance(bar, ScrollBarRender)
        ground = self.visual_style.rich_style
        size = self.outer_size
        keys = ("", "") if bar.vertical else tuple(self.app.get_key_display(Binding(key, "")) for key in KEYS)
        ink = STYLES[Ink.ASKED]
        look = (*vars(bar).values(), size, ground, keys, ink)
        if look != self._look:
            self._look = look
            self._strips = _signed(_strips(bar, size, ground), bar, keys, ink)
        strips = list(self._strips[crop.y : crop.bottom])
        for found in self.get_line_filters():
            if not isinstance(found, ANSIToTruecolor):
                strips = [strip.apply_filter(found, self.background_colors[1]) for strip in strips]
        if crop.column_span != (0, size.width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips


class Looks(NamedTuple):
    """How the pieces of a bar look, and what the mouse does there."""

    before: Style
    head: Style
    """The first cell of the thumb where it is not a whole one."""
    thumb: Style
    tail: Style
    after: Style
    track: Style
    """All of it where there is nothing to scroll."""


@lru_cache(32)
def _looks(colour: Color | None, back: Color | None, ground: Style, vertical: bool) -> Looks:
    """Return the looks of a bar; a style with an action takes long to make."""
    track = ground + Style(bgcolor=back)
    before, after, grab = ({"@mouse.down": action} for action in ("scroll_up", "scroll_down", "grab"))
    part = ground + Style(color=colour, bgcolor=back, meta=grab)
    # The letters fill their cell from below or from the left; the other ends are their negatives.
    rest = part + Style(reverse=True)
    head, tail = (part, rest) if vertical else (rest, part)
    whole = ground + Style(color=colour, reverse=True, meta=grab)
    return Looks(track + Style(meta=before), head, whole, tail, track + Style(meta=after), track)


def _strips(bar: ScrollBarRender, size: Size, ground: Style) -> Sequence[Strip]:
    """Return the rows of a bar: a thumb as long and as far on as the window is in what it looks at."""
    style, length = bar.style, size.height if bar.vertical else size.width
    assert isinstance(style, Style)
    looks = _looks(style.color, style.bgcolor, ground, bar.vertical)
    pieces = [(looks.track, length, " ")]
    if bar.window_size and bar.virtual_size > bar.window_size:
        letters = bar.VERTICAL_BARS if bar.vertical else bar.HORIZONTAL_BARS
        parts = len(letters)  # of a cell
        thumb = max(1, bar.window_size * length / bar.virtual_size)
        start = int((length - thumb) * bar.position / (bar.virtual_size - bar.window_size) * parts)
        first, head = divmod(max(0, start), parts)
        last, tail = divmod(max(0, start + ceil(thumb * parts)), parts)
        pieces = [
            (looks.before, min(first, length), " "),
            (looks.head, int(head > 0 and first < length), letters[-1 - head]),
            (looks.thumb, min(last, length) - first - (head > 0), " "),
            (looks.tail, int(tail > 0 and last < length), letters[-1 - tail]),
            (looks.after, length - last - (tail > 0), " "),
        ]
    if not bar.vertical:
        segments = [Segment(letter * times, look) for look, times, letter in pieces if times > 0]
        return [Row(segments, length)] * bar.thickness
    return [
        row
        for look, times, letter in pieces
        for row in [Row([Segment(letter * bar.thickness, look)], bar.thickness)] * times
    ]


def _signed(rows: Sequence[Strip], bar: ScrollBarRender, keys: Sequence[str], ink: Style) -> Sequence[Strip]:
    """Return the rows of a bar with a sign at each end behind which there is more, and the key that goes there."""
    hidden = bar.virtual_size - bar.window_size
    if not bar.window_size or hidden <= 0 or len(rows) * rows[0].cell_length < APART:
        return rows
    there = bar.position >= 1, bar.position <= hidden - 1
    before, after = (sign[not bar.vertical] for sign in (BEFORE, AFTER))
    if bar.vertical:
        found = list(rows)
        for at, sign in ((0, before), (-1, after)):
            if there[at]:
                found[at] = _write(rows[at], 0, sign, ink)
        return found
    row, length = rows[0], rows[0].cell_length
    words = [f" {before} {keys[0]} ", f" {keys[1]} {after} "]
    if cell_len("".join(words)) + APART > length:
        words = [before, after]
    if there[0]:
        row = _write(row, 0, words[0], ink)
    if there[1]:
        row = _write(row, length - cell_len(words[1]), words[1], ink)
    return [row] * len(rows)


def _write(row: Strip, start: int, word: str, ink: Style) -> Strip:
    """Return a row of a bar with a word on it; the ground and what the mouse does there stay as they are."""
    end = start + cell_len(word)
    segments, at = list(row.crop(0, start)) if start else [], start
    for text, style, _ in row.crop(start, end):
        length = cell_len(text)
        segments.append(Segment(word[at - start : at - start + length], _worn(style or ink, ink)))
        at += length
    if end < row.cell_length:
        segments += row.crop(end, row.cell_length)
    return Row(segments, row.cell_length)


@lru_cache(64)
def _worn(style: Style, ink: Style) -> Style:
    """Return the style of a word on a piece of a bar."""
    colour, back, other = ink.color, *((style.color, style.bgcolor) if style.reverse else (style.bgcolor, None))
    if colour and back and other and abs(_bright(colour) - _bright(back)) < READABLE:
        colour = other
    return Style(color=colour, bgcolor=back, bold=True, meta=style.meta)


def _bright(colour: Color) -> float:
    return Shade.from_rich_color(colour).brightness


class Corner(Kept, ScrollBarCorner):
    """What is left free where two bars meet."""


class Barred(ScrollView):
    """A view with such bars."""

    @property
    def vertical_scrollbar(self) -> ScrollBar:
        """The vertical bar, made when it is first asked for."""
        if self._vertical_scrollbar is None:
            self._vertical_scrollbar = self._bar(vertical=True)
        return self._vertical_scrollbar

    @property
    def horizontal_scrollbar(self) -> ScrollBar:
        """The horizontal bar, made when it is first asked for."""
        if self._horizontal_scrollbar is None:
            self._horizontal_scrollbar = self._bar(vertical=False)
        return self._horizontal_scrollbar

    @property
    def scrollbar_corner(self) -> ScrollBarCorner:
        """The corner, made when it is first asked for."""
        if self._scrollbar_corner is None:
            self._scrollbar_corner = corner = Corner()
            self.app._start_widget(self, corner)
        return self._scrollbar_corner

    def _bar(self, vertical: bool) -> Bar:
        size = self.scrollbar_size_vertical if vertical else self.scrollbar_size_horizontal
        bar = Bar(vertical=vertical, name="vertical" if vertical else "horizontal", thickness=size)
        bar.display = False
        self.app._start_widget(self, bar)
        return bar
