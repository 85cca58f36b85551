"""The canvas' scroll bars work with the mouse, and equal cells of theirs are sent to the terminal once."""

from __future__ import annotations

import pytest
from rich.color import Color
from rich.style import Style
from screens import HUGE, LARGE, SMALL, SUM_TIMES, opened, press, shown, tutor
from textual.color import Color as Shade
from textual.geometry import Region, Size
from textual.pilot import Pilot
from textual.scrollbar import ScrollBarRender

from graphtutor.explain.words import sentence
from graphtutor.tui.bars import _strips
from graphtutor.tui.canvas import GraphCanvas
from graphtutor.tui.lines import Lines
from graphtutor.tui.palette import THEMES

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
        assert 3 <= len(strip) <= 9  # before the thumb, its ends and its middle, after it; the signs at both ends
        assert bar.render_lines(Region(0, 0, bar.size.width, 1))[0] is strip


def _bar(pilot: Pilot[None]) -> str:
    bar = tutor(pilot).query_one(GraphCanvas).horizontal_scrollbar
    return bar.render_lines(Region(0, 0, bar.size.width, 1))[0].text


async def test_a_bar_says_on_which_side_there_is_more_and_which_key_goes_there() -> None:
    async with opened(LONG, SMALL) as pilot:
        canvas = tutor(pilot).query_one(GraphCanvas)
        assert _bar(pilot).endswith(" shift+→ ▶ ") and "◀" not in _bar(pilot)
        await press(pilot, "shift+right")
        assert canvas.scroll_x > 0 and _bar(pilot).startswith(" ◀ shift+← ") and _bar(pilot).endswith(" shift+→ ▶ ")
        canvas.scroll_to(canvas.max_scroll_x, 0, animate=False)
        await pilot.pause()
        assert _bar(pilot).startswith(" ◀ shift+← ") and "▶" not in _bar(pilot)


async def test_a_bar_names_its_keys_in_ascii_too() -> None:
    async with opened(LONG, SMALL, ascii=True) as pilot:
        await press(pilot, "shift+right")
        assert "< shift+left" in shown(pilot) and "shift+right >" in shown(pilot)


@pytest.mark.parametrize("theme", THEMES)
async def test_the_words_of_a_bar_can_be_read_on_its_thumb(theme: str) -> None:
    async with opened(LONG, SMALL) as pilot:
        pilot.app.theme = theme
        canvas = tutor(pilot).query_one(GraphCanvas)
        canvas.scroll_to(2, 0, animate=False)  # the thumb is under the words
        await pilot.pause()
        bar = canvas.horizontal_scrollbar
        (strip,) = bar.render_lines(Region(0, 0, bar.size.width, 1))
        words = [segment for segment in strip if any(letter in segment.text for letter in "◀shift")]
        assert len({segment.style.bgcolor for segment in words if segment.style}) == 2
        for _, style, _ in words:
            assert style and style.color and style.bgcolor and not style.reverse
            fore, back = (Shade.from_rich_color(one) for one in (style.color, style.bgcolor))
            assert abs(fore.brightness - back.brightness) > 0.25


async def test_an_upright_bar_says_whether_there_is_more_above_or_below() -> None:
    tall = "\n".join([f"a{i} = sin(x{i})" for i in range(12)] + ["f = " + " + ".join(f"a{i}" for i in range(12))])
    async with opened(tall, SMALL) as pilot:
        canvas = tutor(pilot).query_one(GraphCanvas)
        bar = canvas.vertical_scrollbar

        def ends() -> str:
            strips = bar.render_lines(Region(0, 0, 1, bar.size.height))
            return strips[0].text + strips[-1].text

        canvas.scroll_to(0, 0, animate=False)
        await pilot.pause()
        assert "▼" in ends() and "▲" not in ends()
        canvas.scroll_to(0, 4, animate=False)
        await pilot.pause()
        assert ends() == "▲▼"
        canvas.scroll_to(0, canvas.max_scroll_y, animate=False)
        await pilot.pause()
        assert "▲" in ends() and "▼" not in ends()


@pytest.mark.parametrize("size", [SMALL, LARGE, HUGE])
@pytest.mark.parametrize("lang", ["en", "ko"])
async def test_the_first_words_say_how_to_see_the_rest_of_a_graph(size: tuple[int, int], lang: str) -> None:
    for text, whole in ((SUM_TIMES, True), (LONG, False)):
        async with opened(text, size, lang=lang) as pilot:
            words = tutor(pilot).query_one("#inspect", Lines).text.plain
            assert (sentence(lang, "intro", "larger").replace("`", "") in words) is not whole


async def test_a_graph_whose_corner_is_empty_opens_with_its_first_node_in_the_middle() -> None:
    wide = "f = x" + "".join(f" + sin(x * {i})" for i in range(2, 30))
    async with opened(wide, SMALL) as pilot:
        screen = tutor(pilot)
        canvas, first = screen.query_one(GraphCanvas), screen.scene.cards[screen.scene.order[0]].place
        assert first.y > canvas.size.height
        assert abs(first.y - canvas.scroll_offset.y - canvas.size.height // 2) <= 2


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
