"""What-if: sliders for the inputs, by keys, by typing and by the mouse; and how a slider is drawn."""

from __future__ import annotations

import math
import re

import pytest
from rich.text import Text
from test_tui_screens import LARGE, SMALL, SUM_TIMES, lines, opened, press, shown, tutor
from textual.pilot import Pilot
from textual.widgets import Static

from graphtutor.tui import scene
from graphtutor.tui.slider_board import SliderBoard
from graphtutor.tui.sliders import Row, Slider, bar, board, rounded_up, slider
from graphtutor.tui.study import study

ARRAY = "W=[[1,2],[3,4]]; f = sum(W**2)"


def sliders(pilot: Pilot[None]) -> SliderBoard:
    tool = tutor(pilot).tool
    assert isinstance(tool, SliderBoard)
    return tool


def number(pilot: Pilot[None], name: str) -> float:
    return float(tutor(pilot).study.run.inputs[name])


def places(pilot: Pilot[None]) -> list[object]:
    return [card.place for card in tutor(pilot).scene.cards.values()]


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_arrows_move_a_number_and_everything_follows_in_its_place(size: tuple[int, int]) -> None:
    async with opened(SUM_TIMES, size) as pilot:
        await press(pilot, "w")
        text = shown(pilot)
        assert "▸ x" in text and "f = -12" in text and re.search(r"value +gradient", text)
        assert "step 7/7" in text, "all that is known is shown while one tries"
        where = places(pilot)
        await press(pilot, "right", "right")  # reaches from -5 to 5: a fine step is 0.05
        assert number(pilot, "x") == -1.9
        assert "f = -12.4" in shown(pilot) and places(pilot) == where
        assert any(" 3.1 " in line[:66] for line in lines(pilot))
        await press(pilot, "left", "left", "left", "shift+right", "pageup", "pagedown", "shift+left", "shift+left")
        assert number(pilot, "x") == -2.55
        await press(pilot, "down", "down", "left")
        assert tutor(pilot).chosen == "z" and number(pilot, "z") == -4.1
        x = next(line for line in lines(pilot) if " x ─" in line)
        assert x.rstrip().endswith("-4.1"), "its gradient is z"
        await press(pilot, "down", "up", "up")
        assert tutor(pilot).chosen == "y"


async def test_enter_and_w_keep_as_one_change_and_escape_takes_everything_back() -> None:
    async with opened(SUM_TIMES, LARGE) as pilot:
        screen = tutor(pilot)
        await press(pilot, "right", "w")
        before = screen.study
        adopted = []
        adopt = screen.adopt
        screen.adopt = lambda study, *rest, **more: (adopted.append(study), adopt(study, *rest, **more))  # type: ignore
        await press(pilot, "right", "down", "right", "escape")
        assert screen.study is before and screen.tool is None and not adopted
        assert screen.player.timeline.cursor == 0 and screen.player.timeline.run is before.run
        assert screen.chosen is None
        await press(pilot, "right")
        screen.advance(0.2)
        screen.advance(5.0)
        for close in ("enter", "w"):
            await press(pilot, "w")
            await press(pilot, "right", "right", close)
            assert screen.tool is None and screen.player.timeline.cursor == 1
        assert [study.values["x"] for study in adopted] == [-1.9, -1.8]
        await press(pilot, "w")
        await press(pilot, "right", "left", "enter")
        assert len(adopted) == 2, "nothing changed"


async def test_a_number_is_typed_with_fractions_and_mistakes_are_said() -> None:
    async with opened(SUM_TIMES, SMALL) as pilot:
        await press(pilot, "w")
        await press(pilot, "1", "/", "4")
        assert "1/4▏" in shown(pilot) and number(pilot, "x") == -2
        await press(pilot, "enter")
        assert number(pilot, "x") == 0.25 and sliders(pilot).typed == ""
        await press(pilot, "-", ".", "5", "1", "backspace", "enter")
        assert number(pilot, "x") == -0.5
        await press(pilot, "1", "/", "enter")
        assert "is no number" in shown(pilot) and number(pilot, "x") == -0.5
        await press(pilot, "escape")
        assert tutor(pilot).tool is not None and sliders(pilot).typed == "", "escape first gives up what is typed"
        await press(pilot, "1", "2", "3", "enter")
        assert number(pilot, "x") == 123 and "f = -512" in shown(pilot)
        await press(pilot, "right")
        assert number(pilot, "x") == 125, "the range widened to 200"


async def test_a_slider_is_dragged_and_beside_its_bar_only_chosen() -> None:
    async with opened(SUM_TIMES, LARGE) as pilot:
        await press(pilot, "w")
        tool = sliders(pilot)
        drawn = tool.drawn
        assert drawn is not None
        region = tool.query_one("#told", Static).region
        middle, end = drawn.left + drawn.columns // 2, drawn.left + drawn.columns - 1
        row = drawn.top + 1  # y
        at = (region.x + middle, region.y + row)
        await pilot.mouse_down(offset=at)
        assert tutor(pilot).chosen == "y" and number(pilot, "y") == 0
        await pilot.hover(offset=(region.x + end, region.y + row + 3))
        assert number(pilot, "y") == 10 and "f = -32" in shown(pilot)
        await pilot.mouse_up(offset=(region.x + end, region.y + row))
        await pilot.hover(offset=at)
        assert number(pilot, "y") == 10, "let go"
        assert tutor(pilot)._sliders[1].reach > 10
        await pilot.click(offset=(region.x + 1, region.y + drawn.top))
        assert tutor(pilot).chosen == "x" and number(pilot, "x") == -2


async def test_arrays_are_changed_element_by_element() -> None:
    async with opened(ARRAY, LARGE) as pilot:
        await press(pilot, "w")
        await pilot.pause()
        assert "W[0, 0]" in shown(pilot) and "[ ] another element" in shown(pilot)
        await press(pilot, "right_square_bracket", "right_square_bracket", "right_square_bracket", "5", "enter")
        assert tutor(pilot).study.run.inputs["W"].tolist() == [[1, 2], [3, 5]]
        assert "W[1, 1]" in shown(pilot) and "f = 39" in shown(pilot)
        await press(pilot, "right_square_bracket", "left_square_bracket", "left_square_bracket", "enter")
        assert tutor(pilot).study.run.value() == 39


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_what_is_not_finite_is_said_in_words(size: tuple[int, int]) -> None:
    async with opened("f = log(x) / y; x=1; y=1", size) as pilot:
        await press(pilot, "w")
        await press(pilot, "-", "1", "enter")
        assert "log" in shown(pilot) and "nan" in shown(pilot) and "x > 0" in shown(pilot)
        await press(pilot, "1", "enter", "down", "0", "enter")
        assert "y = 0" in shown(pilot) and tutor(pilot).study.run.faults
        await press(pilot, "1", "enter", "enter")
        assert tutor(pilot).study.run.value() == 0


async def test_keys_that_have_to_wait_say_so_and_the_other_tools_keep_the_values() -> None:
    async with opened(SUM_TIMES, LARGE) as pilot:
        await press(pilot, "w", "right")
        for key in ("space", "n", "e", "v", "x", "g"):
            pilot.app.clear_notifications()
            await press(pilot, key)
            assert "enter keeps these values" in str([note.message for note in pilot.app._notifications]), key
            assert tutor(pilot).tool is not None and tutor(pilot).player.timeline.cursor == 7
        await press(pilot, "d")
        assert number(pilot, "x") == -1.95 and not isinstance(tutor(pilot).tool, SliderBoard)
        await press(pilot, "w", "right", "t")
        assert number(pilot, "x") == -1.9 and "forward mode" in shown(pilot)
        await press(pilot, "w", "right")
        assert "step 3/3" in shown(pilot) and number(pilot, "x") == -1.85
        await press(pilot, "enter", "t", "w", "right", "a")
        assert tutor(pilot).predicting and number(pilot, "x") == -1.8


async def test_the_scrub_bar_waits_too() -> None:
    async with opened(SUM_TIMES, LARGE) as pilot:
        await pilot.click("Transport", offset=(45, 1))
        assert 0 < tutor(pilot).player.timeline.cursor < 7, "a click on the bar goes there"
        await press(pilot, "w", "right")
        await pilot.click("Transport", offset=(45, 1))
        assert tutor(pilot).player.timeline.cursor == 7 and number(pilot, "x") == -1.95
        assert [note.message for note in pilot.app._notifications] == [
            "enter keeps these values, esc takes them back; then this works again"
        ]


@pytest.mark.parametrize("ascii", [False, True])
@pytest.mark.parametrize("level", list(scene.Level))
async def test_values_follow_at_every_distance_and_in_ascii(level: scene.Level, ascii: bool) -> None:
    async with opened(SUM_TIMES, SMALL, ascii=ascii) as pilot:
        await press(pilot, "z", *"Z" * (max(scene.Level) - level), "w", "right", "right")
        assert tutor(pilot).level is level and number(pilot, "x") == -1.9
        canvas = [line for line in lines(pilot)[1:15] if line.strip()]
        assert ("-12.4" in "".join(canvas)) == (level is not scene.Level.DOTS)
        assert "f = -12.4   was -12" in shown(pilot)
        await press(pilot, "Z", "z", "z", "right")
        assert tutor(pilot).tool is not None and number(pilot, "x") == -1.85
        await press(pilot, "escape")
        assert number(pilot, "x") == -2 and tutor(pilot).tool is None


async def test_nothing_opens_without_inputs_and_while_one_is_asked() -> None:
    async with opened("f = 2 + 3", SMALL) as pilot:
        await press(pilot, "w")
        assert tutor(pilot).tool is None and "has no inputs" in str([n.message for n in pilot.app._notifications])
    async with opened(SUM_TIMES, LARGE) as pilot:
        await press(pilot, "a")
        for key in ("w", "r", "d", "t", "s"):
            pilot.app.clear_notifications()
            await press(pilot, key)
            assert "give the answer away" in str([n.message for n in pilot.app._notifications]), key
            assert tutor(pilot).tool is None and tutor(pilot).predicting


async def test_numbers_that_need_more_room_get_it_and_keep_it() -> None:
    async with opened("f = x * y; x=2; y=3", LARGE) as pilot:
        await press(pilot, "w")
        await press(pilot, *"123456789", "enter")
        wide = places(pilot)
        assert all(room in shown(pilot) for room in ("123456789", "370370367"))
        await press(pilot, "1", "enter")
        assert places(pilot) == wide


def test_numbers_are_cut_where_the_arrangement_stays() -> None:
    before, after = study("f = x * y; x=2; y=3"), study("f = x * y; x=123456; y=3")
    small = scene.compose(before.run)
    carried = scene.carried(small, after.run)
    assert scene.fits(small) and not scene.fits(carried)
    assert [text.value for text in map(carried.texts, range(3))] == ["1…", "3", "3…"]
    assert scene.fits(scene.compose(after.run, before=small))


def test_a_slider_reaches_twice_as_far_as_its_number_and_widens() -> None:
    assert [rounded_up(reach) for reach in (0, 1, 1.1, 3, 5, 7, 11, 999)] == [1, 1, 2, 5, 5, 10, 20, 1000]
    assert slider("x", (), -3.0).reach == 10 and slider("x", (), 0.01).reach == 1
    assert slider("x", (), math.nan).reach == 1 and math.isfinite(slider("x", (), 1e308).reach)
    found = slider("x", (), 0.3)
    assert [Slider("x", (), reach).further().reach for reach in (1, 2, 5, 10, 50)] == [2, 5, 10, 20, 100]
    assert found.holding(-1.0) is found and found.holding(1.01).reach == 2 and found.holding(math.inf) is found
    assert found.stepped(0.1, 20) == 0.3 and found.stepped(math.nan, -1) == -0.01
    assert math.copysign(1, found.stepped(0.01, -1)) == 1


def test_a_bar_marks_zero_and_where_the_number_stands() -> None:
    found = slider("x", (), 0.5)
    assert bar(found, 0.5, 9, False).plain == "────┿━●──"
    assert bar(found, -1.0, 9, True).plain == "●━━━┿────"
    assert bar(found, 0.0, 9, True).plain == "────●────"
    assert bar(found, math.nan, 9, True).plain == "────┼────"
    assert [found.number_at(column, 9) for column in (-5, 0, 4, 6, 8, 50)] == [-1, -1, 0, 0.5, 1, 1]
    assert all(found.column_of(found.number_at(column, 9), 9) == column for column in range(9))


def test_a_board_shows_the_sliders_around_the_chosen_one_in_its_columns() -> None:
    rows = [Row(slider(f"x{n}", (), n), float(n), None if n else 2.0) for n in range(20)]
    drawn = board(rows, 10, "", Text("f = 1"), ("value", "gradient"), 60, 6)
    found = drawn.text.plain.split("\n")
    assert len(found) == 6 and drawn.first == 8 and drawn.row_at(0) is None and drawn.row_at(3) == 10
    assert found[3].startswith("▸ x10 ") and found[0].endswith("gradient")
    assert {len(line) for line in found} == {len(found[0])} and len(found[0]) <= 60
    assert drawn.row_at(6) is None


def test_a_board_tells_of_the_sliders_that_are_out_of_sight() -> None:
    rows = [Row(slider(f"x{n}", (), 1.0), 1.0, 0.5) for n in range(6)]

    def seen(at: int, lines: int = 5) -> list[str]:
        drawn = board(rows, at, "", Text("f = 1"), ("value", "gradient"), 60, lines)
        return [line[:4] for line in drawn.text.plain.splitlines()[1:]]

    assert seen(0) == ["▸ x0", "  x1", "  x2", " ▾x3"]
    assert seen(3) == [" ▴x1", "  x2", "▸ x3", " ▾x4"]
    assert seen(5) == [" ▴x2", "  x3", "  x4", "▸ x5"]
    assert [seen(at, 2) for at in (0, 2, 5)] == [["▸▾x0"], ["▸↕x2"], ["▸▴x5"]]
    assert seen(0, 7) == ["▸ x0", "  x1", "  x2", "  x3", "  x4", "  x5"]


async def test_a_wide_panel_says_how_far_a_slider_reaches() -> None:
    async with opened(SUM_TIMES, LARGE) as pilot:
        await press(pilot, "w")
        assert "from -5 to 5, 0 in the middle" in shown(pilot)
        await press(pilot, "down")
        assert "from -10 to 10, 0 in the middle" in shown(pilot)
