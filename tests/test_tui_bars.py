"""The canvas' scroll bars work with the mouse, and equal cells of theirs are sent to the terminal once."""

from __future__ import annotations

from screens import SMALL, opened, tutor
from textual.geometry import Region

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
