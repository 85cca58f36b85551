"""What the terminal was sent, piece by piece, adds up to what is on the screen: no row that changed is left out."""

from __future__ import annotations

import random
from typing import Any

from emulator import Emulator
from screens import HUGE, LARGE, tutor
from textual._compositor import CompositorUpdate
from textual.pilot import Pilot
from textual.screen import Screen

from graphtutor.tui.app import GraphtutorApp
from graphtutor.tui.study import study

WIDE = "\n".join(["가0 = 1", *(f"가{i + 1} = max(가{i} * x{i}, 가{i})" for i in range(8))])
KEYS = "right right left tab shift+tab down up h l shift+right shift+down n p . , ] [ home end z Z i r w s t f c escape"


class Sent(GraphtutorApp):
    """An app whose terminal is kept."""

    def __init__(self, text: str, size: tuple[int, int] = LARGE) -> None:
        super().__init__(study(text), clock=lambda: 0.0)
        self.terminal = Emulator(*size)
        self.pictures: list[str] = []
        """What was on the terminal after each thing that was sent."""

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        if isinstance(renderable, CompositorUpdate):
            self.terminal.feed(renderable.render_segments(self.console).encode())
            self.pictures.append(self.terminal.text)


async def drawn(pilot: Pilot[None]) -> list[str]:
    """Wait until everything is sent; return what should then be on the terminal."""
    await pilot.pause()
    screen = pilot.app.screen
    while screen._dirty_widgets or screen._layout_required or screen._repaint_required or screen._callbacks:
        await pilot.pause()
    return ["".join(segment.text for segment in strip).rstrip() for strip in screen._compositor.render_strips()]


async def test_the_terminal_shows_what_the_screen_shows_after_any_keys() -> None:
    keys = random.Random(5).choices(KEYS.split(), k=60)
    app = Sent(WIDE)
    async with app.run_test(size=LARGE) as pilot:
        await drawn(pilot)
        tutor(pilot).player.animated = False
        for i, key in enumerate(keys):
            await pilot.press(key)
            rows = await drawn(pilot)
            assert [row.rstrip() for row in app.terminal.text.split("\n")] == rows, keys[: i + 1]


async def test_a_step_or_a_selection_is_one_picture_and_no_moment_is_half_of_another() -> None:
    app = Sent(WIDE, HUGE)
    bars = str.maketrans("▁▂▃▄▅▆▇█", "        ")  # the panel's scroll bar comes and goes with the next layout
    async with app.run_test(size=HUGE) as pilot:
        await drawn(pilot)
        tutor(pilot).player.animated = False
        await pilot.press("z")
        for key in ["right"] * 12 + ["tab"] * 8 + ["left"] * 8:
            await drawn(pilot)
            app.pictures.clear()
            await pilot.press(key)
            await drawn(pilot)
            assert {picture.translate(bars) for picture in app.pictures} == {app.terminal.text.translate(bars)}, key
