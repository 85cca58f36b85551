"""Long work is done beside the screen: only the newest, with its progress, and not when nobody waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from threading import Event, current_thread
from typing import Any

import pytest
from screens import LARGE, SMALL, opened, press, shown, tutor
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input

from graphtutor.engine import tangents as tangents_module
from graphtutor.engine.run import Run
from graphtutor.engine.tangents import Tangents
from graphtutor.layout import Tell as Share
from graphtutor.tui import app as app_module
from graphtutor.tui import scene
from graphtutor.tui import study as studies
from graphtutor.tui.app import GraphtutorApp
from graphtutor.tui.beside import Beside, Job, Stopped, Tell
from graphtutor.tui.canvas import GraphCanvas
from graphtutor.tui.help import HelpScreen
from graphtutor.tui.home import HomeScreen
from graphtutor.tui.memory import Memory, Saved, Session
from graphtutor.tui.reading import ReadingScreen
from graphtutor.tui.tutor import TutorScreen, arranging, nudging, opening, routes, views, whatif, zooming


async def until(pilot: Pilot[Any], true: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not true():
            await pilot.pause()
    await pilot.pause()


async def test_of_the_jobs_that_wait_only_the_newest_is_done() -> None:
    go, heard = Event(), list[str]()

    def job(name: str) -> Job:
        return Job(lambda tell: go.wait(30) and name, heard.append, lambda error: None, lambda text: None)

    app: App[None] = App()
    async with app.run_test() as pilot:
        beside = Beside(app)
        for name in "abc":
            beside.start(job(name))
        assert beside.busy
        go.set()
        await until(pilot, lambda: not beside.busy)
        assert heard == ["a", "c"]


async def test_what_was_stopped_ends_and_is_not_heard_of() -> None:
    begun, ended, heard = Event(), Event(), list[Any]()

    def work(tell: Tell) -> None:
        try:
            for i in range(10**9):
                begun.set()
                tell(f"{i} done")
        except Stopped:
            ended.set()
            raise

    app: App[None] = App()
    async with app.run_test() as pilot:
        beside = Beside(app)
        beside.start(Job(work, heard.append, heard.append, lambda text: None))
        await until(pilot, begun.is_set)
        beside.stop()
        assert not beside.busy
        await until(pilot, ended.is_set)
        beside.start(Job(lambda tell: "next", heard.append, heard.append, lambda text: None))
        await until(pilot, lambda: heard)
        assert heard == ["next"]


async def test_progress_and_failure_are_heard_on_the_screen() -> None:
    told, failed = list[str](), list[Exception]()

    def work(tell: Tell) -> None:
        tell("half")
        tell("half")
        tell("nearly")
        raise ZeroDivisionError

    app: App[None] = App()
    async with app.run_test() as pilot:
        Beside(app).start(Job(work, lambda found: None, failed.append, told.append))
        await until(pilot, lambda: failed)
        assert told == ["half", "nearly"] and isinstance(failed[0], ZeroDivisionError)


async def test_leaving_ends_the_arranging(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = Event()

    def endless(run: Run, lang: str, *, level: scene.Level, folded: bool, tell: Share) -> scene.Scene:
        try:
            while True:
                tell(0.25)
        except Stopped:
            ended.set()
            raise

    monkeypatch.setattr(arranging, "LARGE", 4)
    monkeypatch.setattr(scene, "compose", endless)
    async with opened() as pilot:
        await until(pilot, lambda: "arranging 5 nodes ... 20%" in shown(pilot))
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, HomeScreen)
        await until(pilot, ended.is_set)


async def test_other_values_stand_in_the_old_arrangement_until_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    go, compose, asked = Event(), scene.compose, list[float]()

    def slow(run: Run, lang: str, *, level: scene.Level, folded: bool, tell: Share) -> scene.Scene:
        asked.append(run.inputs["x"])
        assert len(asked) == 1 or go.wait(30)
        return compose(run, lang, level=level, folded=folded, tell=tell)

    monkeypatch.setattr(arranging, "LARGE", 4)
    monkeypatch.setattr(scene, "compose", slow)
    monkeypatch.setattr(zooming, "UNASKED", (scene.Level.FULL,))
    async with opened(size=LARGE) as pilot:
        await until(pilot, lambda: tutor(pilot).ready)
        await press(pilot, "end")
        before = tutor(pilot).scene

        def written() -> str | None:
            found = tutor(pilot).scene
            return found.texts(found.carriers(found.run.graph.inputs["x"])[0]).value

        tutor(pilot).adopt(tutor(pilot).study.with_values({"x": -3}))
        await until(pilot, lambda: not tutor(pilot)._arranger.busy)
        assert tutor(pilot).scene.cards is before.cards and "-8" in shown(pilot) and asked == [-2]
        tutor(pilot).adopt(tutor(pilot).study.with_values({"x": -0.123456}))
        await pilot.pause()
        assert tutor(pilot).scene.cards is before.cards and written() == "-…"
        await press(pilot, "home", "right")  # the screen is awake
        assert "step 1/7" in shown(pilot)
        go.set()
        await until(pilot, lambda: tutor(pilot).scene.cards is not before.cards)
        assert written() == "-0.1235" and "step 1/7" in shown(pilot)


@pytest.mark.parametrize("keys", [["a"], ["escape"], ["right"], ["right", "enter"]])
async def test_values_are_tried_and_kept_while_the_graph_is_arranged_anew(
    keys: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    go, compose, level = Event(), scene.compose, scene.Level.COMPACT

    def slow(run: Run, lang: str, *, level: scene.Level, folded: bool, tell: Share) -> scene.Scene:
        while not go.wait(0.01) and level is not scene.Level.FULL:
            tell(0.5)
        return compose(run, lang, level=level, folded=folded, tell=tell)

    monkeypatch.setattr(arranging, "LARGE", 4)
    monkeypatch.setattr(whatif, "LARGE", 4)
    monkeypatch.setattr(scene, "compose", slow)
    monkeypatch.setattr(zooming, "UNASKED", (scene.Level.FULL,))
    async with opened(size=LARGE) as pilot:
        await until(pilot, lambda: tutor(pilot).ready)
        await press(pilot, "w", "Z")
        assert not tutor(pilot).ready and tutor(pilot).trying
        await press(pilot, *keys)
        await until(pilot, lambda: not tutor(pilot).trials.busy)
        go.set()
        await until(pilot, lambda: tutor(pilot).ready)
        assert tutor(pilot).level is level and tutor(pilot).scene.run is tutor(pilot).viewed()
        assert (tutor(pilot).viewed().inputs["x"] != -2) is ("right" in keys)


async def test_a_long_expression_is_read_while_the_screen_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    reads, run, study = Event(), Event(), studies.study

    def slow(text: str, values: dict[str, Any], tell: Tell, lang: str) -> studies.Study:
        tell("reading ...")
        assert reads.wait(30)
        tell("running 5 nodes ...")
        assert run.wait(30)
        return study(text, values, tell, lang)

    monkeypatch.setattr(app_module, "LONG", 10)
    monkeypatch.setattr(studies, "study", slow)
    async with opened(None) as pilot:
        pilot.app.screen.query_one(Input).value = "(x + y)*z*x*y"
        await press(pilot, "enter")
        await until(pilot, lambda: "reading ..." in shown(pilot) and "esc Cancel" in shown(pilot))
        await press(pilot, "question_mark")  # the screen is awake
        assert isinstance(pilot.app.screen, HelpScreen)
        reads.set()
        run.set()
        await until(pilot, lambda: not pilot.app.screen_stack[-2]._beside.busy)
        assert isinstance(pilot.app.screen, HelpScreen)
        await press(pilot, "escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, TutorScreen) and "add1" in shown(pilot))
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, HomeScreen)
        assert not [screen for screen in pilot.app.screen_stack if isinstance(screen, ReadingScreen)]


async def test_reading_can_be_left_and_nothing_comes_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    go, ended = Event(), Event()

    def read(tell: Tell) -> studies.Study:
        assert go.wait(30)
        try:
            tell("running ...")
        finally:
            ended.set()
        raise AssertionError("somebody still waits for it")

    app = GraphtutorApp(read=read)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: "reading ..." in shown(pilot))
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, HomeScreen)
        go.set()
        await until(pilot, ended.is_set)
        assert isinstance(pilot.app.screen, HomeScreen)


async def test_a_mistake_in_a_long_expression_is_said_where_it_was_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_module, "LONG", 3)
    async with opened(None) as pilot:
        await press(pilot, *"tahn(x)", "enter")
        await until(pilot, lambda: "unknown function 'tahn'" in shown(pilot))
        assert isinstance(pilot.app.screen, HomeScreen)


async def test_a_mistake_in_what_the_app_was_started_with_ends_it() -> None:
    def read(tell: Tell) -> studies.Study:
        return studies.study("f = tahn(x)", {}, tell)

    app = GraphtutorApp(read=read, sturdy=True)
    async with app.run_test(size=SMALL) as pilot:
        async with asyncio.timeout(30):
            while app.mistake is None:
                await pilot.pause()
        assert "tahn" in str(app.mistake) and app.return_code == 2


async def test_an_unexpected_error_while_reading_is_a_message(tmp_path: Path) -> None:
    def read(tell: Tell) -> studies.Study:
        raise ZeroDivisionError("by nought")

    app = GraphtutorApp(read=read, sturdy=True, memory=Memory(tmp_path))
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
        assert "by nought" in " ".join(notice.message for notice in pilot.app._notifications)


def held(monkeypatch: pytest.MonkeyPatch) -> Event:
    """Let even a small graph be run beside the screen, and other values only once the event is set."""
    go, run = Event(), studies.Study.with_values

    def slow(self: studies.Study, values: dict[str, Any]) -> studies.Study:
        assert go.wait(30)
        return run(self, values)

    monkeypatch.setattr(arranging, "LARGE", 4)
    monkeypatch.setattr(whatif, "LARGE", 4)
    monkeypatch.setattr(studies.Study, "with_values", slow)
    return go


async def test_what_is_typed_last_is_kept_and_can_be_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    go = held(monkeypatch)
    async with opened() as pilot:
        await until(pilot, lambda: tutor(pilot).ready)
        await press(pilot, "end", "tab", "v")
        await press(pilot, "1", "2", "enter")  # x = -2 becomes -212
        assert "running ..." in shown(pilot)
        go.set()
        await until(pilot, lambda: not tutor(pilot).has_class("editing"))
        assert tutor(pilot).study.values["x"] == -212 and "step 7/7" in shown(pilot)
        await press(pilot, "u")
        await until(pilot, lambda: tutor(pilot).study.values["x"] == -2)
        assert "-12" in shown(pilot)


async def test_escape_takes_back_what_is_still_running(monkeypatch: pytest.MonkeyPatch) -> None:
    go = held(monkeypatch)
    async with opened() as pilot:
        await until(pilot, lambda: tutor(pilot).ready)
        await press(pilot, "tab", "v")
        await press(pilot, "9", "escape")
        assert not tutor(pilot).has_class("editing")
        go.set()
        await until(pilot, lambda: tutor(pilot).trials._running is None)
        assert tutor(pilot).study.values["x"] == -2


async def test_other_values_are_tried_beside_the_screen_and_none_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    go = held(monkeypatch)
    async with opened(size=LARGE) as pilot:
        await until(pilot, lambda: tutor(pilot).ready)
        await press(pilot, "w")
        await press(pilot, "7", "enter", "down", "3", "enter", "w")  # both are kept although neither has been run
        go.set()
        await until(pilot, lambda: tutor(pilot).tool is None and not tutor(pilot).trials.busy)
        assert {name: tutor(pilot).study.values[name] for name in "xy"} == {"x": 7, "y": 3}


NEURON = "f = sigmoid(w*x + b); w = 2; x = -1; b = 3"
LONG_WORK = [
    ("enter", (Run, "expand"), "opening f", lambda screen: screen.study.graph.changes != ()),
    (
        "backspace",
        (opening, "collapsible"),
        "closing what f belongs to",
        lambda screen: screen.study.graph.changes != (),
    ),
    ("t", (views, "tangents"), "computing the tangents", lambda screen: isinstance(screen.viewed(), Tangents)),
    ("s", (Run, "backward_graph"), "computing the backward pass for w", lambda screen: screen.app.screen is not screen),
    ("r", (routes, "paths"), "finding the routes to f", lambda screen: screen._found is not None),
    ("d", (nudging, "nudge"), "nudging w", lambda screen: screen._moved is not None),
]
"""A key that may take long on a large graph, what takes long, what is said of it, and how one knows that it is done."""


def slowed(monkeypatch: pytest.MonkeyPatch, where: Any, name: str) -> tuple[Event, Event]:
    """Let work wait for an event even on a small graph, and set another when it is over."""
    go, over, work = Event(), Event(), getattr(where, name)

    def slow(*arguments: Any) -> Any:
        assert go.wait(30)
        try:
            return work(*arguments)
        finally:
            over.set()

    monkeypatch.setattr(arranging, "LARGE", 4)
    monkeypatch.setattr(where, name, slow)
    return go, over


@pytest.mark.parametrize(("key", "slow", "said", "is_done"), LONG_WORK)
async def test_the_screen_hears_keys_while_work_is_under_way(
    key: str, slow: tuple[Any, str], said: str, is_done: Callable[[TutorScreen], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    go, _ = slowed(monkeypatch, *slow)
    async with opened(NEURON, LARGE) as pilot:
        screen = tutor(pilot)
        await until(pilot, lambda: screen.ready)
        screen.choose(screen.study.graph.nodes[-1].id)
        await press(pilot, key)
        assert f"{said}" in shown(pilot) and "..." in shown(pilot)
        screen.query_one(GraphCanvas).focus()
        await press(pilot, "right", "right")
        assert "step 2/" in shown(pilot)
        await press(pilot, "U")
        assert any("esc stops it" in notice.message for notice in pilot.app._notifications)
        assert not is_done(screen)
        go.set()
        await until(pilot, lambda: is_done(screen) and not screen._arranger.busy)
        assert said not in shown(pilot)


@pytest.mark.parametrize(("key", "slow", "said", "is_done"), LONG_WORK)
async def test_work_under_way_is_given_up_with_escape_or_with_the_screen(
    key: str, slow: tuple[Any, str], said: str, is_done: Callable[[TutorScreen], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    go, over = slowed(monkeypatch, *slow)
    async with opened(NEURON, LARGE) as pilot:
        screen = tutor(pilot)
        await until(pilot, lambda: screen.ready)
        screen.choose(screen.study.graph.nodes[-1].id)
        await press(pilot, key)
        assert said in shown(pilot)
        await press(pilot, "escape")
        assert said not in shown(pilot) and screen.chosen == "f" and screen.tool is None
        go.set()
        await until(pilot, lambda: over.is_set() and screen.trials._running is None)
        assert not is_done(screen) and screen.app.screen is screen
        go.clear()
        over.clear()
        await press(pilot, key)
        screen.dismiss()
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
        go.set()
        await until(pilot, over.is_set)
        assert isinstance(pilot.app.screen, HomeScreen) and pilot.app._exception is None


async def test_the_backward_pass_does_not_push_itself_over_what_one_looks_at(monkeypatch: pytest.MonkeyPatch) -> None:
    go, over = slowed(monkeypatch, Run, "backward_graph")
    async with opened(NEURON, LARGE) as pilot:
        screen = tutor(pilot)
        await until(pilot, lambda: screen.ready)
        await press(pilot, "s", "question_mark")
        assert isinstance(pilot.app.screen, HelpScreen)
        go.set()
        await until(pilot, lambda: over.is_set() and not screen.trials.busy)
        assert isinstance(pilot.app.screen, HelpScreen)


async def test_every_undo_is_heard_while_the_steps_are_made_beside_the_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    go, over = slowed(monkeypatch, arranging, "Timeline")
    go.set()
    async with opened(NEURON, LARGE) as pilot:
        screen = tutor(pilot)
        await until(pilot, lambda: screen.ready)
        for value in (5, 6, 7):
            before = screen.point
            screen.adopt(screen.study.with_values({"b": value}))
            screen.kept(before)
        go.clear()
        await press(pilot, "u", "u", "u", "U")
        assert "taking the last change back ..." in shown(pilot) and screen.study.values["b"] == 7
        await press(pilot, "right")
        assert "step 1/" in shown(pilot)
        go.set()
        await until(pilot, lambda: not screen._waiting)
        assert screen.study.values["b"] == 5 and len(screen.history.past) == 1 and len(screen.history.future) == 2
        go.clear()
        await press(pilot, "u", "u", "escape")
        go.set()
        await until(pilot, lambda: over.is_set() and screen.trials._running is None)
        assert screen.study.values["b"] == 5
        await press(pilot, "U")
        await until(pilot, lambda: screen.study.values["b"] == 6)
        await until(pilot, lambda: not screen._waiting)
        go.clear()
        await press(pilot, "u", "u", "u", "U")  # the third has nothing to take back
        go.set()
        await until(pilot, lambda: not screen._waiting)
        assert len(screen.history.past) == 1, "the key after it is heard"


async def test_it_is_said_how_much_of_the_work_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    go, found = Event(), views.tangents

    def slow(run: Run, seed: str, element: tuple[int, ...], tell: Share) -> Tangents:
        tell(0.405)
        assert go.wait(30)
        return found(run, seed, element, tell)

    monkeypatch.setattr(arranging, "LARGE", 4)
    monkeypatch.setattr(views, "tangents", slow)
    async with opened(NEURON, LARGE) as pilot:
        screen = tutor(pilot)
        await until(pilot, lambda: screen.ready)
        await press(pilot, "t")
        await until(pilot, lambda: "computing the tangents, 40% ..." in shown(pilot))
        go.set()
        await until(pilot, lambda: screen.viewed() is not screen.study.run)
        assert "computing" not in shown(pilot)


def test_long_loops_tell_their_share() -> None:
    run = studies.study(" + ".join(f"x{i}*y" for i in range(200))).run
    said = list[float]()
    tangents_module.tangents(run, "y", None, said.append)
    assert said[0] == 0 and len(said) == -(-len(run.graph.nodes) // 100) and said == sorted(said) and said[-1] < 1
    said.clear()
    nudging.curve(run, "y", (), 0, 1, 5, said.append)
    assert said == [0, 0.2, 0.4, 0.6, 0.8]


async def test_a_session_with_opened_gates_is_brought_back_beside_the_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    go, _ = slowed(monkeypatch, Run, "expand")
    monkeypatch.setattr(app_module, "LONG", 40)
    memory = Memory()
    saved = Saved("f = sigmoid(w*x) + exp(b)", {"w": "2", "x": "-1", "b": "3"})
    memory.session = Session(saved, {"cursor": 2, "changes": [["expand", ["sigmoid1"]]]})
    async with opened(None, memory=memory) as pilot:
        pilot.app.resume()  # type: ignore[attr-defined]
        await until(pilot, lambda: "opening and closing gates as they were: 1 of 1 ..." in shown(pilot))
        assert isinstance(pilot.app.screen, ReadingScreen)
        go.set()
        await until(pilot, lambda: isinstance(pilot.app.screen, TutorScreen))
        assert tutor(pilot).study.graph.changes == (("expand", ("sigmoid1",)),)
        assert tutor(pilot).player.timeline.cursor == 2


async def test_a_backward_pass_that_is_too_large_is_refused_with_what_one_can_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(arranging, "LARGEST", 8)
    async with opened(NEURON) as pilot:
        await press(pilot, "s")
        (notice,) = [notice.message for notice in pilot.app._notifications]
        count = len(tutor(pilot).study.run.backward_graph("w").nodes)
        assert f"the backward pass for w as a graph has {count} nodes, and the screen shows up to 8" in notice
        assert "(e)" in notice and "run.backward_graph('w')" in notice


async def test_in_forward_mode_other_values_come_with_their_tangents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arranging, "LARGE", 4)
    made, tangents = list[str](), views.tangents

    def noted(*arguments: Any) -> Tangents:
        made.append(current_thread().name)
        return tangents(*arguments)

    monkeypatch.setattr(views, "tangents", noted)
    async with opened(NEURON, LARGE) as pilot:
        screen = tutor(pilot)
        await until(pilot, lambda: screen.ready)
        await press(pilot, "t")
        await until(pilot, lambda: screen.viewed() is not screen.study.run)
        screen.choose(screen.study.graph.node("b").id)
        await press(pilot, "v")
        await press(pilot, "1")
        await press(pilot, "enter")
        await until(pilot, lambda: not screen.has_class("editing"))
        assert screen.study.values["b"] == 31 and screen.player.timeline.run is screen.viewed()
        await press(pilot, "u")
        await until(pilot, lambda: screen.study.values["b"] == 3)
        assert screen.player.timeline.run is screen.viewed()
        await press(pilot, "t")
        await until(pilot, lambda: screen.viewed() is screen.study.run)
        assert made and "MainThread" not in made


def test_the_arranging_says_more_and_more_until_it_is_done() -> None:
    said = list[float]()
    scene.compose(studies.study("f = sigmoid(x*y + y*z) * tanh(z + x)").run, tell=said.append)
    assert said[0] < 0.3 and said[-1] > 0.8 and all(0 <= share <= 1 for share in said)
