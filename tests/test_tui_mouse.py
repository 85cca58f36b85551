"""The mouse: what it takes hold of, what it says, what it leaves behind."""

from __future__ import annotations

from screens import HUGE, LARGE, SMALL, lines, opened, press, settled, shown, tutor
from textual.pilot import Pilot
from textual.widgets import Input

from graphtutor.tui.canvas import GraphCanvas
from graphtutor.tui.export_menu import ExportMenu
from graphtutor.tui.footer import KeyLine
from graphtutor.tui.home import HomeScreen
from graphtutor.tui.prompt import PromptBar

WIDE = "; ".join(
    [f"g{n} = tanh(x{n % 7} * {n + 1}) + x{(n + 3) % 7}" for n in range(140)]
    + ["f = " + " + ".join(f"g{n}" for n in range(140))]
    + [f"x{n} = 0.{n}" for n in range(7)]
)


def row_of(pilot: Pilot[None], text: str) -> int:
    return next(y for y, line in enumerate(lines(pilot)) if text in line)


# The scrub bar


async def test_the_scrub_bar_says_where_one_is_once_it_is_let_go_beside_it() -> None:
    async with opened(size=SMALL) as pilot:
        y = row_of(pilot, "step 0/7")
        x = lines(pilot)[y].index("───┼")
        await pilot.mouse_down(offset=(x + 10, y))
        await pilot.hover(offset=(x + 20, y))
        assert "→ " in lines(pilot)[y], "while it is held, it says what happens there"
        await pilot.hover(offset=(0, 3))
        await pilot.mouse_up(offset=(0, 3))
        await settled(pilot)
        assert "step 0/7" in lines(pilot)[y]


async def test_the_scrub_bar_under_a_mouse_at_rest_says_where_keys_lead() -> None:
    async with opened(size=SMALL) as pilot:
        y = row_of(pilot, "step 0/7")
        x = lines(pilot)[y].index("───┴")
        await pilot.hover(offset=(x + 2, y))
        assert "→ 1/7" in lines(pilot)[y]
        await press(pilot, "end")
        assert "step 7/7" in lines(pilot)[y]
        await pilot.hover(offset=(x + 1, y))
        await press(pilot, "home", "space")
        assert "playing" in lines(pilot)[y]
        await pilot.hover(offset=(x + 2, y))
        assert "→ 1/7" in lines(pilot)[y], "what is under the mouse can be read while it plays"


# The canvas


async def test_a_double_click_beside_all_boxes_says_nothing() -> None:
    async with opened(size=LARGE) as pilot:
        await pilot.click("#canvas", offset=(1, 1), times=2)
        await settled(pilot)
        assert not pilot.app._notifications
        await pilot.click("#canvas", offset=(1, 1))
        at = next(line.index("│ x ├") for line in lines(pilot) if "│ x ├" in line)
        await pilot.click(offset=(at + 2, row_of(pilot, "│ x ├")), times=2)
        await settled(pilot)
        assert tutor(pilot).chosen == "x"


async def test_a_click_on_a_wire_or_its_numbers_selects_the_gate_at_the_nearer_end() -> None:
    async with opened(size=LARGE) as pilot:
        await press(pilot, "end")
        y = row_of(pilot, "│ z ├")
        line = lines(pilot)[y]
        left, right = line.index("│ z ├") + 5, line.rindex("╯")
        top = next(row for row in range(y) if lines(pilot)[row][right] == "╭")
        for x, row, chosen in (
            (left + 1, y, "z"),
            (left + 1, y - 1, "z"),
            (right, top, "f"),
            (3, 3, None),
        ):
            await pilot.click(offset=(x, row), times=2)
            await settled(pilot)
            assert tutor(pilot).chosen == chosen, (x, row)
            assert "value" not in tutor(pilot).query_one(PromptBar).purpose, "it opens nothing"


async def test_the_map_stands_whole_beside_the_scroll_bars_from_the_start() -> None:
    async with opened(WIDE, HUGE) as pilot:
        canvas = tutor(pilot).query_one(GraphCanvas)
        while not canvas.max_scroll_x or canvas.inset is None:
            await settled(pilot)
        await settled(pilot)
        room = canvas.scrollable_content_region.size
        assert canvas.show_horizontal_scrollbar
        assert canvas.inset.place.right <= room.width and canvas.inset.place.bottom <= room.height


# Lines of keys


async def test_the_tooltip_of_a_key_goes_when_the_key_is_pressed() -> None:
    async with opened(size=SMALL) as pilot:
        y = SMALL[1] - 1
        x = lines(pilot)[y].index("Edit")
        await pilot.hover(offset=(x, y))
        assert pilot.app.screen.query_one(KeyLine).tooltip
        await pilot.click(offset=(x, y))
        await settled(pilot)
        assert "expression" in shown(pilot)
        assert pilot.app.screen.query_one(KeyLine).tooltip is None


async def test_the_keys_of_the_home_screen_are_pressed_by_a_click() -> None:
    async with opened(None, SMALL) as pilot:
        y = SMALL[1] - 1

        async def click(word: str) -> None:
            await pilot.click(offset=(lines(pilot)[y].index(word) + 1, y))
            await settled(pilot)

        screen = pilot.app.screen
        assert isinstance(screen, HomeScreen) and isinstance(screen.focused, Input)
        await click("Choose")
        assert screen.focused is screen.query_one("#examples")
        await click("tab")
        assert screen.focused is screen.query_one("#exercises")
        await click("F1")
        assert pilot.app.screen is not screen
        await press(pilot, "escape", "escape")
        await pilot.click(offset=(lines(pilot)[y].index("Open") - 3, y))  # nothing is typed: the example is opened
        await settled(pilot)
        assert lines(pilot)[0].startswith(" f = (x + y) * z")


async def test_the_keys_of_the_export_menu_are_pressed_by_a_click() -> None:
    async with opened(size=SMALL) as pilot:
        await press(pilot, "x")
        assert isinstance(pilot.app.screen, ExportMenu)
        y = row_of(pilot, "enter Write")
        await pilot.click(offset=(lines(pilot)[y].index("Next"), y))
        await settled(pilot)
        assert not isinstance(pilot.app.screen.focused, Input)
        await pilot.click(offset=(lines(pilot)[y].index("Close"), y))
        await settled(pilot)
        assert not isinstance(pilot.app.screen, ExportMenu)
