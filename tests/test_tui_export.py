"""The export menu and the clipboard, driven by keys and mouse."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from graphtutor import parse
from graphtutor.export import graphviz_engines
from graphtutor.expr import value
from graphtutor.tui.app import GraphtutorApp
from graphtutor.tui.export_menu import Choice, ExportMenu
from graphtutor.tui.study import study
from graphtutor.tui.tutor import TutorScreen

SUM_TIMES = "f = (x + y) * z; x = -2; y = 5; z = -4"


@asynccontextmanager
async def opened(text: str = SUM_TIMES, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Pilot[None]]:
    app = GraphtutorApp(study(text), clock=lambda: 0.0)
    app.animation_level = "none"
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        yield pilot


async def settled(pilot: Pilot[None]) -> None:
    for _ in range(3):
        await pilot.pause()
    while drawing(pilot) and not stuck:
        await pilot.pause()


stuck: list[str] = []
"""Why nobody waits for a drawing, in a test in which it never ends."""


def drawing(pilot: Pilot[None]) -> bool:
    return isinstance(pilot.app.screen, ExportMenu) and pilot.app.screen._beside.busy


async def press(pilot: Pilot[None], *keys: str) -> None:
    for key in keys:
        pilot.app.simulate_key(key)
        await settled(pilot)


def rows(pilot: Pilot[None]) -> list[str]:
    return ["".join(segment.text for segment in row) for row in pilot.app.screen._compositor.render_strips()]


def shown(pilot: Pilot[None]) -> str:
    return "\n".join(rows(pilot))


def said(pilot: Pilot[None]) -> str:
    return "\n".join(f"{toast.title} {toast.message}" for toast in pilot.app._notifications)


def told(pilot: Pilot[None]) -> str:
    """Return what the menu says, not broken into lines."""
    return str(pilot.app.screen.query_one("#told", Static).content)


def line(pilot: Pilot[None]) -> Input:
    return pilot.app.screen.query_one("#line", Input)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


async def test_enter_alone_writes_what_is_suggested_and_says_where(tmp_path: Path) -> None:
    async with opened() as pilot:
        await press(pilot, "x")
        assert line(pilot).value == "f.svg" and str(tmp_path)[:20] in shown(pilot)
        assert "[the whole run]" in shown(pilot) and "[svg]" in shown(pilot) and "this moment" not in shown(pilot)
        line(pilot).value = "out.dot"
        await settled(pilot)
        assert "[dot]" in shown(pilot)
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, TutorScreen)
        assert "digraph" in (tmp_path / "out.dot").read_text() and "out.dot" in said(pilot)


async def test_the_format_is_chosen_by_keys_and_by_mouse_and_the_name_follows() -> None:
    async with opened() as pilot:
        await press(pilot, "x", "shift+tab", "left", "left")
        assert line(pilot).value == "f.pdf"
        await press(pilot, "right")
        assert line(pilot).value == "f.png"
        row = next(i for i, text in enumerate(rows(pilot)) if "pdf" in text and "[png]" in text)
        await pilot.click(offset=(rows(pilot)[row].index("dot"), row))
        await settled(pilot)
        assert line(pilot).value == "f.dot" and "[dot]" in shown(pilot)
        line(pilot).value = "my/picture.dot"
        await press(pilot, "right")
        assert line(pilot).value == str(Path("my") / "picture.pdf")


async def test_the_moment_has_only_what_is_known_and_the_whole_run_has_all(tmp_path: Path) -> None:
    async with opened() as pilot:
        await press(pilot, "b", "x")
        assert "[this moment: step 2 of 7]" in shown(pilot) and line(pilot).value == "f-step2.svg"
        line(pilot).value = "moment.dot"
        await press(pilot, "enter", "x", "tab", "left")
        assert line(pilot).value == "f.svg" and "[the whole run]" in shown(pilot)
        line(pilot).value = "whole.dot"
        await press(pilot, "enter")
    moment, whole = ((tmp_path / f"{name}.dot").read_text() for name in ("moment", "whole"))
    assert "-12" in moment and "-12" in whole
    assert whole.count("-4") > moment.count("-4"), "gradients are not known at the turn"


async def test_a_file_is_replaced_only_after_asking(tmp_path: Path) -> None:
    (tmp_path / "f.dot").write_text("precious")
    async with opened() as pilot:
        await press(pilot, "x")
        line(pilot).value = "f.dot"
        await settled(pilot)
        assert "exists and would be replaced" in shown(pilot)
        await press(pilot, "enter")
        assert "enter once more" in shown(pilot) and (tmp_path / "f.dot").read_text() == "precious"
        line(pilot).value = "g.dot"
        await settled(pilot)
        line(pilot).value = "f.dot"
        await settled(pilot)
        await press(pilot, "enter")
        assert (tmp_path / "f.dot").read_text() == "precious", "what was agreed to was forgotten meanwhile"
        await press(pilot, "enter")
        assert "digraph" in (tmp_path / "f.dot").read_text() and "replaced" in said(pilot)


async def test_an_impossible_name_is_a_message_and_the_menu_stays() -> None:
    async with opened() as pilot:
        await press(pilot, "x")
        for name in ("", "f.nosuch", "/nowhere/at/all/f.dot", "\0.dot", "~nosuchuser/f.dot", "."):
            line(pilot).value = name
            await settled(pilot)
            await press(pilot, "enter")
            assert isinstance(pilot.app.screen, ExportMenu), name
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, TutorScreen) and not said(pilot)


async def test_a_name_without_an_ending_gets_that_of_the_format(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    async with opened() as pilot:
        await press(pilot, "x", "shift+tab", "left", "left", "left")
        assert "[dot]" in shown(pilot)
        line(pilot).value = "notes"
        await settled(pilot)
        assert str(tmp_path / "notes.dot") in told(pilot), "it is said under which name it will be found"
        await press(pilot, "enter")
        assert "digraph" in (tmp_path / "notes.dot").read_text() and "notes.dot" in said(pilot)
        await press(pilot, "x")
        for name in ("folder", "nowhere/"):
            line(pilot).value = name
            await settled(pilot)
            await press(pilot, "enter")
            assert isinstance(pilot.app.screen, ExportMenu), name
        assert "there is no folder 'nowhere'" in " ".join(told(pilot).split())
        assert sorted(path.name for path in tmp_path.rglob("*")) == ["folder", "notes.dot"]


async def test_what_takes_long_is_drawn_beside_the_screen_and_escape_stops_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forever = (sys.executable, "-c", "import threading; threading.Event().wait()")
    monkeypatch.setattr(graphviz_engines, "ENGINES", (graphviz_engines.Engine("stuck", lambda format: forever),))
    monkeypatch.setattr(sys.modules[__name__], "stuck", ["it waits for ever"])
    async with opened() as pilot:
        await press(pilot, "x", "enter")
        assert drawing(pilot) and "drawing f.svg ...  (esc stops it)" in shown(pilot)
        while not graphviz_engines._running:
            await pilot.pause()
        (process,) = graphviz_engines._running
        await press(pilot, "enter", "tab")
        assert list(graphviz_engines._running) == [process], "one drawing at a time"
        await press(pilot, "escape")
        assert process.wait(30) and not graphviz_engines._running
        assert isinstance(pilot.app.screen, ExportMenu) and "It will be" in shown(pilot) and not drawing(pilot)
        await press(pilot, "enter")
        while not graphviz_engines._running:
            await pilot.pause()
        (process,) = graphviz_engines._running
        pilot.app.screen.dismiss(None)
        await press(pilot)
        await pilot.pause()
        assert process.wait(30), "nothing goes on behind a menu that is gone"
    assert not list(tmp_path.iterdir())


async def test_the_menu_fits_the_smallest_terminal_and_its_keys_are_shown() -> None:
    async with opened() as pilot:
        await press(pilot, "right", "x", "tab", "tab", "tab")
        text = shown(pilot)
        assert line(pilot).has_focus
        for key in ("enter Write", "tab Next", "esc Close"):
            assert key in text
        assert max(map(len, rows(pilot))) == 80
        await press(pilot, "up")
        assert isinstance(pilot.app.focused, Choice) and pilot.app.focused.id == "format"
        await press(pilot, "down")
        assert line(pilot).has_focus


# Clipboard


async def copied(pilot: Pilot[None], *keys: str) -> str:
    pilot.app.copy_to_clipboard("nothing")
    await press(pilot, *keys)
    return pilot.app.clipboard


async def test_numbers_are_copied_with_every_digit_and_it_is_said_what_they_are() -> None:
    async with opened("f = (x + y) * z; x = 0.1; y = 0.2; z = -4") as pilot:
        assert await copied(pilot, "y") == "nothing" and "not known yet" in said(pilot)
        assert await copied(pilot, "tab", "y") == "0.1"
        assert "the value of x" in said(pilot)
        assert await copied(pilot, "tab", "tab", "y") == "nothing", "the gate has not computed yet"
        assert await copied(pilot, "escape", "right", "y") == "0.30000000000000004"
        assert await copied(pilot, "b", "right", "y") == "1"
        assert "the gradient of f" in said(pilot)
        assert await copied(pilot, "right", "y") == "-4"
        assert "what f sends to add1" in said(pilot)


async def test_the_total_of_a_copy_gate_is_called_the_gradient_of_what_it_copied() -> None:
    async with opened("f = x*x; x = 3") as pilot:
        assert await copied(pilot, "end", "y") == "6"
        assert "the gradient of x" in said(pilot) and "sends" not in said(pilot)


async def test_formulas_are_copied() -> None:
    async with opened() as pilot:
        assert await copied(pilot, "Y") == "f = (x + y) * z; x=-2; y=5; z=-4"
        assert study(pilot.app.clipboard).values == {"x": -2, "y": 5, "z": -4}, "it can be read again"
        assert await copied(pilot, "tab", "tab", "tab", "Y") == "add1 = x + y"
        assert await copied(pilot, "end", "Y") == "df/dy = df/dadd1 * 1"


async def test_what_is_copied_of_a_gate_or_an_input_is_read_again() -> None:
    async with opened("q = x * -2 - -y; f = sum(W[0, 1] * q); x = 3; y = 2; W = [[1, -2e-7], [3, 4]]") as pilot:
        await press(pilot, "end")
        screen, read = pilot.app.screen, 0
        assert isinstance(screen, TutorScreen)
        run = screen.study.run
        for node in run.graph.nodes:
            screen.choose(node.id)
            number = await copied(pilot, "y")
            assert np.array_equal(value(number), run.value_at(node.index), equal_nan=True)
            if not node.gate.is_source and node.gate.name != "copy":
                formula = await copied(pilot, "Y")
                assert str(parse(formula)) == formula
                read += formula == "mul1 = x * (-2)"
        assert read == 1
