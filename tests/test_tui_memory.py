"""What is remembered from one start to the next, what can be taken back, and what happens when something fails."""

from __future__ import annotations

import json
import math
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from graphtutor.errors import InputError
from graphtutor.tui.app import GraphtutorApp
from graphtutor.tui.memory import FILE, LOG, RECENT, Memory, Saved, Session, folder
from graphtutor.tui.study import Study, study
from graphtutor.tui.tutor import TutorScreen
from graphtutor.tui.tutor import history as history_module
from graphtutor.tui.tutor.history import LONGEST, History, Point

SUM_TIMES = "f = (x + y) * z; x = -2; y = 5; z = -4"


@asynccontextmanager
async def opened(
    text: str | None = SUM_TIMES, memory: Memory | None = None, **options: Any
) -> AsyncIterator[Pilot[None]]:
    app = GraphtutorApp(study(text) if text else None, clock=lambda: 0.0, memory=memory, **options)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        yield pilot


async def settled(pilot: Pilot[None]) -> None:
    for _ in range(3):
        await pilot.pause()


async def press(pilot: Pilot[None], *keys: str) -> None:
    for key in keys:
        pilot.app.simulate_key(key)
        await settled(pilot)


def tutor(pilot: Pilot[None]) -> TutorScreen:
    assert isinstance(pilot.app.screen, TutorScreen)
    return pilot.app.screen


def said(pilot: Pilot[None]) -> str:
    return "\n".join(toast.message for toast in pilot.app._notifications)


async def type_over(pilot: Pilot[None], key: str, text: str, done: str = "enter") -> None:
    await press(pilot, key)
    pilot.app.screen.query_one("#line", Input).value = text
    await settled(pilot)
    await press(pilot, done)


# The file


def test_everything_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "deep" / "er")
    numbers = {"x": 0.1 + 0.2, "y": math.inf, "가": np.array([[1.5, -math.inf], [0.0, math.nan]])}
    memory.settings["theme"] = "light"
    memory.opened(Saved.of("f = x*y", numbers))
    memory.session = Session(Saved.of("f = x*y", numbers), {"cursor": 3}, ended=True)
    memory.save()
    again = Memory(tmp_path / "deep" / "er")
    assert not memory.trouble and not again.trouble
    assert (again.settings, again.recent, again.session) == (memory.settings, memory.recent, memory.session)
    found = again.recent[0].numbers()
    assert found["x"] == numbers["x"] and found["y"] == math.inf
    np.testing.assert_array_equal(found["가"], numbers["가"])


def test_recent_expressions_are_few_and_each_is_there_once() -> None:
    memory = Memory()
    for i in range(2 * RECENT):
        memory.opened(Saved(f"f = x + {i}", {"x": "1"}))
    memory.opened(Saved("f = x + 20", {"x": "7"}))
    assert len(memory.recent) == RECENT
    assert memory.recent[0] == Saved("f = x + 20", {"x": "7"})
    assert len({saved.text for saved in memory.recent}) == RECENT


GOOD = {"format": 1, "settings": {}, "recent": [{"text": "f = x", "values": {"x": "2"}}], "session": None}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        "\x00\xff",
        json.dumps({**GOOD, "format": 2}),
        json.dumps({**GOOD, "settings": 3}),
        json.dumps({**GOOD, "recent": [{"text": "f = x"}]}),
        json.dumps({**GOOD, "recent": [{"text": 5, "values": {}}]}),
        json.dumps({**GOOD, "recent": [{"text": "f", "values": {"x": 5}}]}),
        json.dumps({**GOOD, "session": {"saved": None}}),
        json.dumps(GOOD)[:-9],
        "[" * 100_000,
    ],
)
def test_a_damaged_file_is_put_aside_and_said(content: str, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(content)
    memory = Memory(tmp_path)
    assert "damaged" in memory.trouble and not memory.recent and memory.session is None
    assert (tmp_path / "memory.damaged").read_text() == content
    memory.opened(Saved("f = x", {}))
    memory.save()
    assert Memory(tmp_path).recent == [Saved("f = x", {})]


def test_settings_of_another_kind_are_not_taken() -> None:
    memory = Memory()
    memory.settings = {"speed": "fast", "theme": 3, "pace": 2}
    assert memory.setting("speed", 1.0) == 1.0
    assert memory.setting("theme", "dark") == "dark"
    assert memory.setting("pace", 1.0) == 2


def test_where_nothing_can_be_written_it_is_said_once_and_nothing_else_happens(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    memory = Memory(tmp_path / "file" / "state")
    memory.trouble = ""
    memory.save()
    assert "nothing is remembered" in memory.trouble and str(tmp_path / "file" / "state") in memory.trouble
    memory.trouble = ""
    memory.save()
    assert not memory.trouble and memory.report("x") is None


def test_values_that_are_none_are_a_users_error() -> None:
    for text in ("", "two", "__import__('os')", "[1, [2]]", "(" * 500):
        with pytest.raises(InputError):
            Saved("f = x", {"x": text}).numbers()


def test_the_folder_is_told_by_the_environment_or_is_the_platforms(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GRAPHTUTOR_STATE", str(tmp_path))
    assert folder() == tmp_path
    monkeypatch.setenv("GRAPHTUTOR_STATE", "")
    assert folder() is None
    monkeypatch.delenv("GRAPHTUTOR_STATE")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "xdg"))
    found = folder()
    assert found is not None and found.name == "graphtutor"
    if os.name == "posix" and os.uname().sysname == "Linux":
        assert found == tmp_path / "xdg" / "graphtutor"


# The session


async def test_a_session_that_was_cut_off_is_resumed_where_it_was(tmp_path: Path) -> None:
    async with opened(memory=Memory(tmp_path)) as pilot:
        await type_over(pilot, "v", "x=1/2 y=5 z=7")
        await press(pilot, "b", "right", "tab", "tab")
        assert isinstance(pilot.app, GraphtutorApp)
        pilot.app.save()
        before = tutor(pilot).snapshot()
        (tmp_path / "kept").write_bytes((tmp_path / FILE).read_bytes())
    (tmp_path / FILE).write_bytes((tmp_path / "kept").read_bytes())  # as after the power went
    memory = Memory(tmp_path)
    assert memory.session is not None and not memory.session.ended
    async with opened(None, memory=memory) as pilot:
        assert isinstance(pilot.app, GraphtutorApp)
        pilot.app.resume()
        await settled(pilot)
        assert tutor(pilot).snapshot() == before
        assert tutor(pilot).study.values == {"x": 0.5, "y": 5.0, "z": 7.0}
        assert tutor(pilot).chosen == "y" and tutor(pilot).player.timeline.cursor == 3


async def test_opened_and_closed_boxes_come_back_with_the_session(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    async with opened("q = w*x + b; f = sigmoid(q)**2; w = 0.5; x = 2; b = -1", memory=memory) as pilot:
        screen = tutor(pilot)
        screen.choose(screen.study.graph.node("sigmoid1").id)
        await press(pilot, "enter")
        screen.choose(screen.study.graph.node("q").id)
        await press(pilot, "backspace", "end", "left")
        assert [way for way, _ in screen.study.graph.changes] == ["expand", "collapse"]
        graph, before = screen.study.graph, screen.snapshot()
        await press(pilot, "q")
    memory = Memory(tmp_path)
    assert memory.session is not None
    async with opened(None, memory=memory) as pilot:
        assert isinstance(pilot.app, GraphtutorApp)
        pilot.app.resume()
        await settled(pilot)
        assert tutor(pilot).study.graph == graph and tutor(pilot).snapshot() == before
        assert tutor(pilot).study.run.grad("w") == pytest.approx(0.5)  # 2 s * s(1-s) * x = 2 * .5 * .25 * 2


@pytest.mark.parametrize("changes", [[["expand", ["nothing"]]], [["expand", 3]], 7, [["x"]], "no"])
async def test_changes_that_make_no_sense_any_more_are_left_out(changes: Any) -> None:
    memory = Memory()
    memory.session = Session(Saved("f = exp(x)", {"x": "1.0"}), {"cursor": 1, "changes": changes})
    async with opened(None, memory=memory) as pilot:
        assert isinstance(pilot.app, GraphtutorApp)
        pilot.app.resume()
        await settled(pilot)
        assert tutor(pilot).player.timeline.cursor == 1 and len(tutor(pilot).study.graph.nodes) == 2


async def test_leaving_in_the_ordinary_way_is_noted(tmp_path: Path) -> None:
    async with opened(memory=Memory(tmp_path)) as pilot:
        await press(pilot, "right", "q")
    session = Memory(tmp_path).session
    assert session is not None and session.ended and session.view["cursor"] == 1


async def test_changes_are_written_down_soon_and_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(memory=Memory(tmp_path)) as pilot:
        assert isinstance(pilot.app, GraphtutorApp)
        pilot.app.save()
        waiting: list[Any] = []

        class Waiting:
            def __init__(self, _: float, callback: Any) -> None:
                waiting.append(callback)

            def stop(self) -> None:
                pass

        monkeypatch.setattr(pilot.app, "set_timer", Waiting)
        await press(pilot, "right", "right", "right")
        assert len(waiting) == 1, "one writing for all of them"
        before = Memory(tmp_path).session
        waiting.pop()()
        after = Memory(tmp_path).session
        assert before is not None and before.view["cursor"] == 0
        assert after is not None and after.view["cursor"] == 3
        await press(pilot, "left")
        assert len(waiting) == 1


async def test_made_up_values_are_still_announced_after_a_resume(tmp_path: Path) -> None:
    async with opened("f = x*y", memory=Memory(tmp_path)):
        pass
    memory = Memory(tmp_path)
    memory.session = Session(Saved.of("f = x*y", {"x": 2.0, "y": -3.0}), {"assumed": ["x", "y"]})
    async with opened(None, memory=memory) as pilot:
        assert isinstance(pilot.app, GraphtutorApp)
        pilot.app.resume()
        await settled(pilot)
        assert tutor(pilot).study.assumed == ("x", "y")


@pytest.mark.parametrize("view", [{}, {"cursor": 10**9, "chosen": "nosuch"}, {"cursor": "x", "chosen": []}])
async def test_a_view_that_makes_no_sense_is_left_out(view: dict[str, Any]) -> None:
    memory = Memory()
    memory.session = Session(Saved.of("f = x*y", {"x": 2.0, "y": -3.0}), view)
    async with opened(None, memory=memory) as pilot:
        assert isinstance(pilot.app, GraphtutorApp)
        pilot.app.resume()
        await settled(pilot)
        assert tutor(pilot).chosen is None and "f = x*y" in tutor(pilot).study.text


async def test_settings_come_back(tmp_path: Path) -> None:
    async with opened(memory=Memory(tmp_path)) as pilot:
        await press(pilot, "plus", "ctrl+t", "q")
    async with opened(memory=Memory(tmp_path)) as pilot:
        assert tutor(pilot).player.speed == 2 and pilot.app.theme == "light"


async def test_trouble_with_the_memory_is_said_on_the_screen(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("{")
    async with opened(None, memory=Memory(tmp_path)) as pilot:
        assert "damaged" in said(pilot)


# Undo


def points(count: int) -> list[Point]:
    return [Point(study(f"f = x + {i}; x = 1"), i) for i in range(count)]


def test_history_goes_back_and_forth_and_forgets_what_a_new_change_replaces() -> None:
    a, b, c, d = points(4)
    history = History()
    assert history.back(a) is None and history.forth(a) is None
    history.keep(a)
    history.keep(b)
    assert history.back(c) == b and history.back(b) == a and history.back(a) is None
    assert history.forth(a) == b
    history.keep(b)
    assert history.forth(d) is None and history.back(d) == b


def test_history_has_an_end() -> None:
    (point,) = points(1)
    history = History()
    for _ in range(LONGEST + 50):
        history.keep(point)
    assert len(history.past) == LONGEST


def test_of_a_large_graph_fewer_changes_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history_module, "HEAVIEST", 20)
    history, point = History(), Point(study(SUM_TIMES), 0)  # five nodes
    for cursor in range(9):
        history.keep(point._replace(cursor=cursor))
    assert [kept.cursor for kept in history.past] == [5, 6, 7, 8]
    monkeypatch.setattr(history_module, "HEAVIEST", 1)
    history.keep(point)
    assert history.past == [point]  # the last change can always be taken back


async def test_every_kept_edit_is_one_step_back() -> None:
    async with opened() as pilot:
        for key, answer in (("u", "nothing to undo"), ("U", "nothing to redo")):
            await press(pilot, key)
            assert answer in said(pilot)
        first = tutor(pilot).study
        await press(pilot, "e")
        await pilot.press("plus", "x", "plus", "x")  # every character is followed by the graph
        await press(pilot, "enter")
        second = tutor(pilot).study
        await type_over(pilot, "v", "x=9 y=5 z=-4")
        await type_over(pilot, "e", "f = x", done="escape")
        third = tutor(pilot).study
        assert len({first.text, second.text}) == 2 and third.values["x"] == 9

        async def go(key: str, to: Study) -> None:
            await press(pilot, key)
            assert tutor(pilot).study is to

        toasts = []
        for key, to in (("u", second), ("u", first), ("u", first), ("U", second), ("U", third), ("u", second)):
            await go(key, to)
            toasts.append(said(pilot))
        assert "now x=-2" in toasts[0] and "the expression is now" in toasts[1]


async def test_undo_goes_back_to_the_step_at_which_the_change_was_made() -> None:
    async with opened() as pilot:
        await press(pilot, "b", "right")
        await type_over(pilot, "e", "f = x*y*z + x")
        await press(pilot, "end", "u")
        assert tutor(pilot).player.timeline.cursor == 3
        await press(pilot, "U")
        assert tutor(pilot).player.timeline.cursor == len(tutor(pilot).player.timeline)


# Errors of the app itself


def broken(*_: object) -> None:
    raise ZeroDivisionError("planted")


async def test_an_error_in_an_action_is_a_message_and_the_session_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TutorScreen, "action_turn", broken)
    async with opened(memory=Memory(tmp_path), sturdy=True) as pilot:
        await press(pilot, "right", "b", "right")
        assert pilot.app.is_running and tutor(pilot).player.timeline.cursor == 2
        assert "ZeroDivisionError: planted" in said(pilot) and str(tmp_path / LOG) in said(pilot)
        assert "Traceback" in (tmp_path / LOG).read_text()


async def test_an_error_in_a_handler_is_a_message_and_the_session_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TutorScreen, "_typed", broken)
    async with opened(memory=Memory(tmp_path), sturdy=True) as pilot:
        monkeypatch.setattr(TutorScreen, "jump", broken)
        tutor(pilot).post_message(__import__("graphtutor.tui.transport", fromlist=["Transport"]).Transport.Sought(3))
        await settled(pilot)
        assert pilot.app.is_running and "planted" in said(pilot)
        await press(pilot, "right")
        assert tutor(pilot).player.timeline.cursor == 1


async def test_errors_without_end_end_the_app_and_nothing_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(memory=Memory(tmp_path), sturdy=True) as pilot:
        await type_over(pilot, "v", "x=3 y=5 z=7")
        monkeypatch.setattr(TutorScreen, "action_turn", broken)
        for _ in range(12):
            if pilot.app.is_running:
                pilot.app.simulate_key("b")
                await pilot.pause()
    assert pilot.app.return_code == 1
    session = Memory(tmp_path).session
    assert session is not None and session.saved.values["x"] == "3" and not session.ended


async def test_outside_of_a_terminal_session_an_error_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TutorScreen, "action_turn", broken)
    with pytest.raises(ZeroDivisionError):
        async with opened() as pilot:
            await press(pilot, "b")


# Home


def screen_text(pilot: Pilot[None]) -> str:
    rows = pilot.app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in row) for row in rows)


def lived(ended: bool = False) -> Memory:
    memory = Memory()
    memory.opened(Saved.of("f = x*x", {"x": 3.0}))  # a worked example
    memory.opened(Saved.of("g = exp(w)", {"w": 0.5}))
    memory.opened(Saved.of("f = a - b", {"a": 2.0, "b": 1.0}))
    memory.session = Session(memory.recent[0], {"cursor": 2}, ended)
    return memory


async def test_home_without_a_past_has_no_list_of_it() -> None:
    async with opened(None) as pilot:
        assert "recent" not in screen_text(pilot) and "continue" not in screen_text(pilot)
        await press(pilot, "down")
        assert pilot.app.focused is not None and pilot.app.focused.id == "examples"


@pytest.mark.parametrize(("ended", "told"), [(False, "was cut off"), (True, "goes on where you were at step 2")])
async def test_home_offers_to_continue_first(ended: bool, told: str) -> None:
    async with opened(None, memory=lived(ended)) as pilot:
        text = screen_text(pilot)
        assert text.count("f = a - b") == 1 and "continue f = a - b" in text and "a=2 b=1" in text
        await press(pilot, "down")
        assert told in screen_text(pilot)
        await press(pilot, "enter")
        assert tutor(pilot).player.timeline.cursor == 2 and "f = a - b" in tutor(pilot).study.text


async def test_home_opens_a_recent_expression_with_its_values_and_keeps_the_latest_first() -> None:
    async with opened(None, memory=lived()) as pilot:
        text = screen_text(pilot)
        assert "g = exp(w)" in text and text.count("f = x*x") == 1, "a worked example is not listed twice"
        await press(pilot, "down", "down", "enter")
        assert tutor(pilot).study.values == {"w": 0.5} and tutor(pilot).player.timeline.cursor == 0
        await type_over(pilot, "v", "w=2")
        await press(pilot, "right", "escape")
        assert "continue g = exp(w)" in screen_text(pilot) and "w=2" in screen_text(pilot)
        assert "f = a - b" in screen_text(pilot)


async def test_what_is_no_longer_understood_is_a_message() -> None:
    memory = Memory()
    memory.recent = [Saved("f = = x", {}), Saved("f = x", {"x": "two"})]
    memory.session = Session(Saved("f = (", {}))
    async with opened(None, memory=memory) as pilot:
        await press(pilot, "down", "enter")
        assert pilot.app.screen.id is None and "column" in said(pilot)
        await press(pilot, "down", "enter")
        assert "column" in screen_text(pilot)
        await press(pilot, "down", "enter")
        assert "cannot be read" in screen_text(pilot)


async def test_the_order_of_tab_is_the_order_on_the_screen() -> None:
    async with opened(None, memory=lived()) as pilot:
        seen = []
        for _ in range(5):
            assert pilot.app.focused is not None
            seen.append(pilot.app.focused.id)
            await press(pilot, "tab")
        assert seen == ["prompt", "recent", "examples", "exercises", "prompt"]
