"""The app survives being used at random; `tests/benchmarks/bench_soak.py` is the long version, with memory."""

from __future__ import annotations

import asyncio
import gc
import random
import weakref
from pathlib import Path

import pytest
from screens import lines, settled
from soaking import Deed, SoakedApp, do, go_home, next_deed, soaking
from textual._context import visible_screen_stack
from textual.widgets import Input

from graphtutor.tui.exercise import ExerciseScreen
from graphtutor.tui.help import HelpScreen
from graphtutor.tui.home import HomeScreen
from graphtutor.tui.study import study
from graphtutor.tui.tutor import TutorScreen


@pytest.mark.parametrize("seed", [1, 2])
async def test_random_keys_mouse_and_sizes_break_nothing(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # exports are written here
    for name in ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    rng = random.Random(seed)
    done = []
    async with soaking() as pilot:
        for _ in range(150):
            done.append(next_deed(pilot, rng))
            try:
                await do(pilot, done[-1])
            except Exception as error:
                raise AssertionError(f"after {done[-10:]}") from error
        await pilot.resize_terminal(80, 24)
        await go_home(pilot)
        assert "expression" in pilot.app.export_screenshot()


PRESSED: list[Deed] = [("open", 0), ("mouse", "MouseDown", 40, 6, False), ("mouse", "MouseUp", 40, 6, False)]
PALETTE: list[Deed] = [("key", "ctrl+p"), ("mouse", "MouseMove", 40, 12, False), ("key", "escape")]


@pytest.mark.parametrize("deeds", [[], [("key", "question_mark")], PALETTE[:1]])
async def test_a_screen_that_is_left_twice_at_a_time_is_left_once(deeds: list[Deed]) -> None:
    async with soaking() as pilot:
        for deed in [("open", 0), *deeds]:
            await do(pilot, deed)
        app, screen = pilot.app, pilot.app.screen
        below = app.screen_stack[-2]
        for _ in range(2):
            screen.dismiss()
        await settled(pilot)
        assert app.screen is below


async def test_a_double_click_in_the_palette_does_one_thing() -> None:
    async with soaking() as pilot:
        app = pilot.app
        worn: list[str] = []
        app.theme_changed_signal.subscribe(app, lambda theme: worn.append(theme.name))
        await do(pilot, ("key", "ctrl+p"))
        app.screen.query_one(Input).value = "Theme"
        async with asyncio.timeout(30):
            while not (found := [y for y, line in enumerate(lines(pilot)) if "the next theme:" in line]):
                await pilot.pause()
        await do(pilot, ("mouse", "twice", 20, found[0], False))
        await settled(pilot)
        assert len(worn) == 1 and isinstance(app.screen, HomeScreen)


@pytest.mark.parametrize(
    "deeds",
    [
        [("open", 0)],
        [("open", 5)],
        [("open", 0), ("key", "f1")],
        [("open", 0), *PALETTE],
        PRESSED,
        [("open", 0), ("size", 20, 5), ("size", 80, 24)],
    ],
)
async def test_a_screen_that_was_left_is_given_back_with_what_was_drawn(deeds: list[Deed]) -> None:
    async with soaking() as pilot:
        for deed in deeds:
            await do(pilot, deed)
        screen = pilot.app.screen
        assert isinstance(screen, TutorScreen | ExerciseScreen | HelpScreen)
        left = [weakref.ref(screen), *(weakref.ref(widget._styles_cache) for widget in screen.walk_children())]
        del screen
        for deed in (("open", 1), ("key", "right"), ("size", 120, 40)):
            await do(pilot, deed)
        await go_home(pilot)
        visible_screen_stack.set([])  # here, where the mouse is sent from
        async with asyncio.timeout(30):  # timers of a second or so know the screen on which they were set
            while any(found() is not None for found in left):
                await pilot.pause(0.1)
                gc.unfreeze()  # the canvas takes what it built out of the collector's sight
                gc.collect()


async def test_what_a_canvas_hid_from_the_collector_is_seen_again_when_it_is_left() -> None:
    before = gc.get_freeze_count()
    text = " + ".join(f"x{i}*y{i}" for i in range(70))  # more wires than are looked through, fewer nodes than are large
    async with soaking() as pilot:
        assert isinstance(pilot.app, SoakedApp)
        pilot.app.open_study(study(f"f = {text}"))
        async with asyncio.timeout(30):
            while gc.get_freeze_count() == before:
                await pilot.pause()
        await go_home(pilot)
        async with asyncio.timeout(30):
            while gc.get_freeze_count():
                await pilot.pause()
