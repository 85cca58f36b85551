"""Short remarks over the screen: one at a time, as written, and not over the words of the step."""

from __future__ import annotations

import pytest
from screens import SMALL, SUM_TIMES, press, shown, tutor
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
