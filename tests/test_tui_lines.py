"""Text that is kept as lines: what is drawn again, what is selected with the mouse, and where a long text leads."""

from __future__ import annotations

from rich.text import Text
from screens import LARGE, SMALL, lines, opened, press, tutor
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.pilot import Pilot

from graphtutor.tui.lines import Lines


class Page(App[None]):
    CSS = "Lines { width: 20; height: 5; padding: 0 1; scrollbar-gutter: stable; }"

    def compose(self) -> ComposeResult:
        yield Lines(Text("one\ntwo three four five six\n가나다라마바사아자차"))

    @property
    def page(self) -> Lines:
        return self.query_one(Lines)


def rows(pilot: Pilot[None]) -> list[str]:
    return [line[:20] for line in lines(pilot)[:5]]


async def test_text_is_wrapped_between_words_and_wide_characters() -> None:
    async with Page().run_test(size=(40, 10)) as pilot:
        assert [row.rstrip() for row in rows(pilot)] == [
            " one",
            " two three four",
            " five six",
            " 가나다라마바사아",
            " 자차",
        ]


async def test_a_name_with_an_index_is_not_broken_at_the_end_of_a_line() -> None:
    app = Page()
    async with app.run_test(size=(40, 10)) as pilot:
        app.page.update(Text("the gradient dX[1, 0] = [1, 2, 3, 4, 5, 6, 7]\ndf/dx[via mul1 slot 0]"))
        await pilot.pause()
        found = [row.strip() for row in rows(pilot)]
        assert found == ["the gradient", "dX[1, 0] = [1, 2,", "3, 4, 5, 6, 7]", "df/dx[via mul1", "slot 0]"]
        assert app.page.text.plain.startswith("the gradient dX[1, 0] = ")


async def test_only_lines_that_differ_are_drawn_again() -> None:
    app = Page()
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        drawn: list[Region] = []
        plain = app.page.refresh
        app.page.refresh = lambda *regions, **options: (drawn.extend(regions), plain(*regions, **options))[1]  # type: ignore[method-assign,assignment]
        app.page.update(Text("one\ntwo\n가나다라마바사아자차"))
        assert [region.y for region in drawn] == [1, 2, 3, 4]
        drawn.clear()
        app.page.update(Text("one\nTWO\n가나다라마바사아자차"))
        assert [region.y for region in drawn] == [1]
        await pilot.pause()
        assert [row.strip() for row in rows(pilot)] == ["one", "TWO", "가나다라마바사아", "자차", ""]


async def test_a_long_text_is_scrolled_and_a_short_one_stands_still_without_a_new_layout() -> None:
    app = Page()
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        laid_out: list[object] = []
        app.screen.screen_layout_refresh_signal.subscribe(app.page, laid_out.append)
        assert app.page.max_scroll_y == 0 and not thumb(app.page)
        app.page.update(Text("\n".join(f"line {i}" for i in range(9))))
        await pilot.pause()
        assert app.page.max_scroll_y == 4 and thumb(app.page)
        app.page.scroll_end(animate=False)
        await pilot.pause()
        assert [row[:18].strip() for row in rows(pilot)] == [f"line {i}" for i in range(4, 9)]
        app.page.update(Text("short"))
        await pilot.pause()
        assert app.page.max_scroll_y == 0 and not thumb(app.page)
        assert rows(pilot)[0].strip() == "short"
        assert not laid_out


def thumb(page: Lines) -> bool:
    """Return whether something else than the ground is seen where the bar is."""
    looks = {segment.style for row in page.vertical_scrollbar.render_lines(Region(0, 0, 1, 5)) for segment in row}
    return len(looks) > 1


async def test_the_mouse_selects_text_as_it_was_written() -> None:
    app = Page()
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.mouse_down(offset=(5, 1))
        await pilot.hover(offset=(5, 3))
        await pilot.mouse_up(offset=(5, 3))
        assert app.screen.get_selected_text() == "three four five six\n가나다"
        marked = {
            segment.text.strip()
            for strip in app.screen._compositor.render_strips()
            for segment in strip
            if segment.style and segment.style.bgcolor != app.page.rich_style.bgcolor
        }
        assert {"three four", "five six", "가나다"} <= marked


async def test_lines_follow_the_theme_and_the_size_of_the_terminal() -> None:
    async with opened(size=LARGE) as pilot:
        page = tutor(pilot).query_one("#inspect", Lines)
        before = page.render_lines(Region(0, 0, page.outer_size.width, 2))[1]
        await press(pilot, "ctrl+t")
        after = page.render_lines(Region(0, 0, page.outer_size.width, 2))[1]
        assert before.text == after.text
        assert before != after
        await pilot.resize_terminal(*SMALL)
        await pilot.pause()
        assert all(len(row) == 80 for row in lines(pilot))
        assert any("f: 2 gates, 3 inputs" in row for row in lines(pilot))


async def test_the_ground_of_a_text_reaches_all_its_edges() -> None:
    async with opened(size=LARGE) as pilot:
        panel = tutor(pilot).query_one("#inspect")
        rows = pilot.app.screen._compositor.render_strips()[panel.region.y : panel.region.bottom]
        cells = [row.crop(panel.region.x, panel.region.right) for row in rows]
        grounds = {segment.style.bgcolor for row in cells for segment in row if segment.style}
        assert len(grounds) == 1 and {row.cell_length for row in cells} == {panel.region.width}
