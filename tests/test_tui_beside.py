"""Long work is done beside the screen: only the newest, with its progress, and not when nobody waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from threading import Event
from typing import Any

import pytest
from screens import LARGE, opened, press, shown, tutor
from textual.app import App
from textual.pilot import Pilot

from graphtutor.engine.run import Run
from graphtutor.layout import Tell as Share
from graphtutor.tui import scene
from graphtutor.tui.beside import Beside, Job, Stopped, Tell
from graphtutor.tui.home import HomeScreen
from graphtutor.tui.tutor import base


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

    def endless(run: Run, lang: str, *, level: scene.Level, tell: Share) -> scene.Scene:
        try:
            while True:
                tell(0.25)
        except Stopped:
            ended.set()
            raise

    monkeypatch.setattr(base, "LARGE", 4)
    monkeypatch.setattr(scene, "compose", endless)
    async with opened() as pilot:
        await until(pilot, lambda: "arranging 5 nodes ... 20%" in shown(pilot))
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, HomeScreen)
        await until(pilot, ended.is_set)


async def test_other_values_stand_in_the_old_arrangement_until_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    go, compose, asked = Event(), scene.compose, list[float]()

    def slow(run: Run, lang: str, *, level: scene.Level, tell: Share) -> scene.Scene:
        asked.append(run.inputs["x"])
        assert len(asked) == 1 or go.wait(30)
        return compose(run, lang, level=level, tell=tell)

    monkeypatch.setattr(base, "LARGE", 4)
    monkeypatch.setattr(scene, "compose", slow)
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
