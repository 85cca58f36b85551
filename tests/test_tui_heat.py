"""Arrays as heat maps."""

from __future__ import annotations

import numpy as np
import pytest
from test_tui_screens import HUGE, LARGE, lines, opened, press, shown

from graphtutor.tui.heat import heat
from graphtutor.tui.palette import GRADIENT, VALUE


def test_every_element_has_a_sign_and_a_shade_of_its_magnitude() -> None:
    assert heat([[1, -4, 0], [2, 3, -1.01]], 40).plain == "+░-█· \n+▒+▓-▒\n█ = 4"


def test_the_colours_say_the_sign_again() -> None:
    text = heat([4, -4], 40)
    assert [(text.plain[span.start : span.end], span.style) for span in text.spans[:2]] == [
        ("+█", VALUE),
        ("-█", GRADIENT),
    ]


def test_what_is_not_finite_is_told_apart_and_does_not_set_the_scale() -> None:
    assert heat([np.nan, np.inf, -np.inf, 1, -0.5], 40).plain == "? +█-█+█-▒\n█ = 1"
    assert heat([np.nan, np.inf], 40).plain.startswith("? +█\n")
    assert heat([0.0, -0.0], 40).plain == "· · \n█ = 0"


@pytest.mark.parametrize("columns", [8, 21, 50])
def test_a_large_array_is_cut_to_the_room_and_says_so(columns: int) -> None:
    rows = heat(np.ones((30, 40)), columns, 5).plain.split("\n")
    assert len(rows) == 6 and rows[4] == "..." and rows[0].endswith(" ...")
    assert max(map(len, rows)) <= columns


def test_leading_axes_run_down() -> None:
    assert heat(np.ones((2, 2, 3)), 40).plain == "+█+█+█\n" * 4 + "█ = 1"


async def test_the_panel_shows_value_and_gradient_of_the_selected_array_as_they_become_known() -> None:
    async with opened("W=[[1,-2],[4,0]]; x=[1,2]; f=sum(W@x)", LARGE) as pilot:
        await press(pilot, "tab")
        assert "+░-▒" in shown(pilot) and "+█· " in shown(pilot) and "+█+█" not in shown(pilot)
        await press(pilot, "end", "tab")
        assert "+▒+█" in shown(pilot), "df/dW has the rows of x"


async def test_the_numbers_of_wide_arrays_stand_below_each_other_and_are_whole_where_they_fit_a_line() -> None:
    async with opened("W=[[1.5,-2],[4,0]]; X=[[1,2,3],[4,5,6]]; f=sum(W@X)", HUGE) as pilot:
        await press(pilot, "end")
        panel = [line[146:] for line in lines(pilot)]
        names = [i for i, line in enumerate(panel) if line.strip() in ("W", "X") and line.startswith("  ")]
        assert len(names) == 2 and "slot " not in "".join(panel)
        for i, value in zip(names, ("[[1.5, -2], [4, 0]]", "[[1, 2, 3], [4, 5, 6]]"), strict=True):
            assert panel[i + 1].split(maxsplit=1)[0] == "value" and value in panel[i + 1]
            assert panel[i + 2].split(maxsplit=1)[0] == "sends"


async def test_in_forward_mode_the_second_map_is_the_tangent() -> None:
    async with opened("W=[[1,-2],[4,0]]; x=[1,2]; f=sum(W@x)", LARGE) as pilot:
        await press(pilot, "t", "end", "tab")
        assert "tangent  shape 2x2" in shown(pilot) and "gradient  shape 2x2" not in shown(pilot)


async def test_an_array_for_which_there_is_no_room_on_the_canvas_tells_its_shape() -> None:
    async with opened("W=[[1,-2],[4,0]]; x=[1.25,2.25,3.25]; f=sum(W)+sum(x)", LARGE) as pilot:
        assert "2x2: [[1, -2],…" in shown(pilot)
        assert "3: [1.25, 2.25,…" in shown(pilot)


async def test_an_input_says_once_that_it_is_given_and_what_the_shades_are() -> None:
    async with opened("W=[[1,-2],[4,0]]; f=sum(W)", LARGE) as pilot:
        await press(pilot, "tab")
        assert shown(pilot).count("is given") == 1
        assert "value  shape 2x2" in shown(pilot) and "░ to █ the size" in shown(pilot)
