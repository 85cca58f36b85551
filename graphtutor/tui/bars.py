"""Scroll bars of a few strips: a cell that looks like its neighbour is not drawn, styled and sent once more."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from rich.segment import Segment
from rich.style import Style
from textual.filter import ANSIToTruecolor
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar, ScrollBarCorner, ScrollBarRender
from textual.strip import Strip

from graphtutor.tui.lines import Kept, Row


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
        look = (*vars(bar).values(), size, ground)
        if look != self._look:
            self._look = look
            self._strips = _strips(bar, size, ground)
        strips = list(self._strips[crop.y : crop.bottom])
        for found in self.get_line_filters():
            if not isinstance(found, ANSIToTruecolor):
                strips = [strip.apply_filter(found, self.background_colors[1]) for strip in strips]
        if crop.column_span != (0, size.width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips


def _strips(bar: ScrollBarRender, size: Size, ground: Style) -> Sequence[Strip]:
    style = bar.style
    assert isinstance(style, Style)
    assert style.color is not None
    assert style.bgcolor is not None
    cells = bar.render_bar(
        size=size.height if bar.vertical else size.width,
        virtual_size=bar.virtual_size,
        window_size=bar.window_size,
        position=bar.position,
        thickness=bar.thickness,
        vertical=bar.vertical,
        back_color=style.bgcolor,
        bar_color=style.color,
    ).segments
    # Cells that look alike are one object; to compare their styles takes longer than to draw them.
    if bar.vertical:
        made = {
            id(cell): Row([_on(ground, cell)], bar.thickness) for cell in {id(cell): cell for cell in cells}.values()
        }
        return [made[id(cell)] for cell in cells]
    runs = [list(same) for _, same in groupby(cells[: size.width], key=id)]
    return [Row([_on(ground, cell, len(more) + 1) for cell, *more in runs], size.width)] * bar.thickness


def _on(ground: Style, cell: Segment, times: int = 1) -> Segment:
    """Return a cell, repeated, on the ground of its bar."""
    return Segment(cell.text * times, ground if cell.style is None else ground + cell.style)


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
