"""Short remarks over the screen: one at a time, as written, and not over the words of the step."""

from __future__ import annotations

import re

import pytest
from screens import SMALL, SUM_TIMES, opened, press, shown, tutor
from textual.pilot import Pilot
from textual.widgets._toast import Toast

from graphtutor.tui.app import GraphtutorApp
from graphtutor.tui.study import study
from graphtutor.tui.transport import Transport


async def noticed(pilot: Pilot[None], *keys: str) -> list[Toast]:
    await pilot.pause()
    await press(pilot, *keys)
    await pilot.pause()
    return list(pilot.app.screen.query(Toast))


async def test_the_newest_takes_the_place_of_the_one_before() -> None:
    async with GraphtutorApp(study(SUM_TIMES), clock=lambda: 0.0).run_test(size=SMALL, notifications=True) as pilot:
        assert len(await noticed(pilot, "z", "Z", "Z")) == 1
        assert "small boxes" in shown(pilot) and "what each gate computes" not in shown(pilot)


@pytest.mark.parametrize("keys", ["Z", "end Z", "right F"])
async def test_on_a_small_screen_the_words_of_the_step_stay_in_sight(keys: str) -> None:
    async with GraphtutorApp(study(SUM_TIMES), clock=lambda: 0.0).run_test(size=SMALL, notifications=True) as pilot:
        (toast,) = await noticed(pilot, *keys.split())
        assert toast.region.bottom <= tutor(pilot).query_one(Transport).region.y


@pytest.mark.parametrize("text", ["v[0] is [x]", "[/b] closes nothing", "[2, 1]"])
async def test_brackets_are_shown_as_they_are(text: str) -> None:
    async with GraphtutorApp(study(SUM_TIMES), clock=lambda: 0.0).run_test(size=SMALL, notifications=True) as pilot:
        tutor(pilot).notify(text)
        await pilot.pause()
        await pilot.pause()
        assert text in shown(pilot)


async def test_folding_says_so_where_there_is_nothing_to_fold() -> None:
    async with GraphtutorApp(study(SUM_TIMES), clock=lambda: 0.0).run_test(size=SMALL, notifications=True) as pilot:
        await noticed(pilot, "i")
        assert "nothing to fold" in shown(pilot) and not tutor(pilot).folded
        assert "copies folded" not in shown(pilot)


TWO = "f = x*y; x=3; y=-2"
SQUARE = "f = x*x; x=3"
ONE = "f = exp(x); x=1"


@pytest.mark.parametrize(
    ("text", "keys", "said"),
    [
        (TWO, "T", "T moves another number in forward mode"),
        (TWO, "d T", "T moves another number in forward mode"),
        (TWO, "w left_square_bracket", "x is one number, it has no other elements"),
        (TWO, "w right_square_bracket", "x is one number, it has no other elements"),
        (TWO, "w backspace", "nothing is typed that could be erased"),
        (TWO, "w h", "no gate further that way"),
        (TWO, "w k", "no gate further that way"),
        (TWO, "w c", "the whole graph is in sight"),
        (TWO, "pagedown", "all of the panel is in sight"),
        (TWO, "b b", "the backward pass begins here"),
        (TWO, "d down down down down down", "epsilon gets no smaller"),
        (TWO, "d up up", "epsilon gets no larger"),
        (TWO, "d l", "f is selected; only inputs are nudged"),
        (TWO, "a e", "the question comes first"),
        (TWO, "a x", "the question comes first"),
        (TWO, "a right", "the question comes first"),
        (TWO, "e f1", "closes the line first"),
        (TWO, "v tab", "closes the line first"),
        (TWO, "t a", "the questions are about gradients"),
        (ONE, "d tab", "this is the only number"),
        (ONE, "end tab r down", "no other path to walk"),
    ],
)
async def test_a_key_that_can_do_nothing_says_why(text: str, keys: str, said: str) -> None:
    async with opened(text, SMALL) as pilot:
        *before, key = keys.split()
        await press(pilot, *before)
        pilot.app.clear_notifications()
        await press(pilot, key)
        assert said in str([note.message for note in pilot.app._notifications])


@pytest.mark.parametrize(("keys", "said"), [("c", "nothing is selected yet"), ("right c c", "as near the middle")])
async def test_in_a_large_graph_the_key_for_the_middle_says_why_nothing_moves(keys: str, said: str) -> None:
    async with opened("; ".join(f"a{i + 1} = a{i} + exp(a{i})" for i in range(9)) + "; a0 = 0", SMALL) as pilot:
        await press(pilot, *keys.split())
        assert said in str([note.message for note in pilot.app._notifications])


async def test_in_a_nudge_tab_goes_to_the_next_number() -> None:
    async with opened("f = x*y; x=3; y=[2, 5]", SMALL) as pilot:
        await press(pilot, "d")
        nudged = []
        for _ in range(4):
            nudged += re.findall(r"Nudge (\S+) by", shown(pilot))
            await press(pilot, "tab")
        assert nudged == ["x", "y[0]", "y[1]", "x"]


async def test_a_remark_that_ends_while_it_is_put_up_sets_no_timer_of_less_than_no_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with GraphtutorApp(study(SUM_TIMES), clock=lambda: 0.0).run_test(size=SMALL, notifications=True) as pilot:
        await noticed(pilot, "z")
        (remark,) = pilot.app._notifications
        end = remark.raised_at + remark.timeout
        moments = iter([end - 1e-6, end + 1e-3, end + 1e-3])
        monkeypatch.setattr("textual.notifications.time", lambda: next(moments))
        assert not remark.has_expired and Toast(remark)._timeout > 0
        assert remark.has_expired
        monkeypatch.undo()
