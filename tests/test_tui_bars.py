"""The canvas' scroll bars work with the mouse, and equal cells of theirs are sent to the terminal once."""

from __future__ import annotations

import pytest
from rich.color import Color
from rich.style import Style
from screens import SMALL, opened, tutor
from textual.geometry import Region, Size
from textual.scrollbar import ScrollBarRender

from graphtutor.tui.bars import _strips
from graphtutor.tui.canvas import GraphCanvas

LONG = "\n".join(["a0 = 1", *(f"a{i + 1} = tanh(a{i} * x{i})" for i in range(12))])


async def test_a_click_on_a_bar_scrolls_and_a_drag_takes_the_thumb_along() -> None:
    async with opened(LONG, SMALL) as pilot:
        canvas = tutor(pilot).query_one(GraphCanvas)
        bar = canvas.horizontal_scrollbar
        canvas.scroll_to(0, 0, animate=False)
        await pilot.pause()
        await pilot.click(bar, offset=(bar.size.width - 1, 0))
        await pilot.wait_for_scheduled_animations()
        clicked = canvas.scroll_x
        assert clicked > 0
        canvas.scroll_to(0, 0, animate=False)
        await pilot.pause()
        await pilot.mouse_down(bar, offset=(1, 0))
        await pilot.hover(bar, offset=(21, 0))
        await pilot.mouse_up(bar, offset=(21, 0))
        await pilot.wait_for_scheduled_animations()
        assert canvas.scroll_x > 20


async def test_a_bar_is_drawn_in_as_many_pieces_as_it_has_looks() -> None:
    async with opened(LONG, SMALL) as pilot:
        canvas = tutor(pilot).query_one(GraphCanvas)
        bar = canvas.horizontal_scrollbar
        canvas.scroll_to(30, 0, animate=False)
        await pilot.pause()
        (strip,) = bar.render_lines(Region(0, 0, bar.size.width, 1))
        assert strip.cell_length == bar.size.width
        assert 3 <= len(strip) <= 5  # before the thumb, its ends and its middle, after it
        assert bar.render_lines(Region(0, 0, bar.size.width, 1))[0] is strip


@pytest.mark.parametrize("vertical", [True, False])
@pytest.mark.parametrize(("length", "virtual"), [(1, 7), (10, 11), (23, 100), (23, 23), (40, 41), (40, 3000)])
def test_a_bar_looks_as_textual_draws_it(vertical: bool, length: int, virtual: int) -> None:
    ground, colours = Style(bold=True), (Color.parse("#123456"), Color.parse("#654321"))
    window = length if virtual > length else 0
    for position in (0, 0.125, 0.5, 1, 3.75, 17, virtual / 3, max(0, virtual - window - 0.25), virtual - window):
        bar = ScrollBarRender(virtual, window, position, 1, vertical, Style.from_color(*colours))
        size = Size(1, length) if vertical else Size(length, 1)
        cells = [
            (letter, segment.style)
            for strip in _strips(bar, size, ground)
            for segment in strip
            for letter in segment.text
        ]
        wanted = bar.render_bar(length, virtual, window, position, 1, vertical, colours[1], colours[0])
        assert cells == [(cell.text, ground + (cell.style or Style())) for cell in wanted.segments][:length]
