"""The line of keys: what it says, when it is drawn anew, what a click on it does."""

from __future__ import annotations

from test_tui_screens import LARGE, lines, opened, press, tutor

from graphtutor.tui.footer import KeyLine


async def test_a_click_on_a_key_presses_it() -> None:
    async with opened("f = x*y; x=3; y=-2", LARGE) as pilot:
        row = LARGE[1] - 1
        await pilot.click(offset=(lines(pilot)[row].index("Step"), row))
        assert tutor(pilot).player.timeline.cursor == 1
        await pilot.click(offset=(lines(pilot)[row].index("Back") + 3, row))
        assert tutor(pilot).player.timeline.cursor == 0
        await pilot.click(offset=(LARGE[0] - 1, row))
        assert tutor(pilot).player.timeline.cursor == 0


async def test_it_is_drawn_anew_only_when_other_keys_can_be_pressed() -> None:
    async with opened("f = x*y; x=3; y=-2", LARGE) as pilot:
        line = pilot.app.screen.query_one(KeyLine)
        before, drawn = line.keys, []
        line.refresh = lambda *_, **__: drawn.append(line.keys)  # type: ignore[method-assign, assignment]
        await press(pilot, "right", "right")
        assert not drawn
        await press(pilot, "e")
        assert drawn
        assert "Help" in {key.does for key in before} - {key.does for key in line.keys}


async def test_the_key_under_the_mouse_says_more() -> None:
    async with opened("f = x*y; x=3; y=-2", LARGE) as pilot:
        line = pilot.app.screen.query_one(KeyLine)
        await pilot.hover(KeyLine, offset=(lines(pilot)[-1].index("Step"), 0))
        assert line.tooltip == "one step forward, edge by edge"
        assert any("underline" in str(span.style) for span in line.text.spans)
        await pilot.hover("#canvas")
        assert line.tooltip is None
