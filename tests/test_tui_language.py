"""The language changes in the app, at once and for the next start, and nothing else does."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest
from screens import LARGE, SMALL, lines, opened, press, shown, tutor
from test_tui_korean import english
from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static
from textual.widgets._toast import Toast

from graphtutor.cli.play import add_subject, application
from graphtutor.exercises import all_exercises
from graphtutor.tui.app import GraphtutorApp
from graphtutor.tui.canvas import GraphCanvas
from graphtutor.tui.exercise import Answer, ExerciseScreen
from graphtutor.tui.home import HomeScreen
from graphtutor.tui.memory import Memory

SUM = "f = (x + y) * sigmoid(z*x); x = -2; y = 5; z = -4"


async def settled(pilot: Pilot[None]) -> None:
    for _ in range(4):
        await pilot.pause()


async def speak(pilot: Pilot[None], lang: str = "ko") -> None:
    assert isinstance(pilot.app, GraphtutorApp)
    pilot.app.speak(lang)
    await settled(pilot)


async def walk(pilot: Pilot[None], keys: str) -> None:
    for key in keys.split():
        await press(pilot, key)
    await settled(pilot)


def told(pilot: Pilot[None]) -> dict[str, list[str]]:
    """Return the Korean words of everything that is shown outside the canvas."""
    return {
        str(widget.id or type(widget).__name__): re.findall("[가-힣]+", str(widget.render()))
        for widget in pilot.app.screen.query(Static)
        if widget.is_on_screen and not isinstance(widget, Toast)
    }


def state(pilot: Pilot[None]) -> dict[str, object]:
    """Return everything that a change of the language must leave alone."""
    screen = tutor(pilot)
    practice = screen.practice
    return {
        **screen.snapshot(),
        "study": screen.study,
        "past": list(screen.history.past),
        "level": screen.level,
        "tool": screen.tool,
        "seed": screen._seed,
        "focus": pilot.app.focused,
        "asks": (screen.predicting, screen.over, screen.player.limit),
        "score": (dict(practice.outcomes), practice.tries, practice.hints, practice.streak, dict(practice.slips)),
        "typed": [line.value for line in screen.query(Input)],
        "sight": screen.query_one(GraphCanvas).scroll_offset,
    }


# In the middle of a run


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=str)
@pytest.mark.parametrize(
    "keys",
    [
        "",
        "right right right",
        "b right right tab",
        "end z",
        "full_stop full_stop i",
        "a",
        "a 1 enter",
        "a 1 enter 1 enter 1 enter 1 enter",
        "a f2",
        "a 3 enter space",
        "w right right",
        "end r down",
        "d down",
        "t right",
        "s right",
        "e",
        "v",
        "slash z",
    ],
)
async def test_a_moment_is_told_as_by_a_tutor_that_spoke_korean_all_along(keys: str, size: tuple[int, int]) -> None:
    async with opened(SUM, size, lang="ko") as pilot:
        await walk(pilot, keys)
        wanted = told(pilot)
    async with opened(SUM, size) as pilot:
        await walk(pilot, keys)
        assert english(shown(pilot)) != [], "there is something to say"
        before = state(pilot)
        await speak(pilot)
        assert state(pilot) == before
        assert told(pilot) == wanted and english(shown(pilot)) == []


async def test_every_tutor_on_the_way_back_speaks_it_too() -> None:
    async with opened(SUM) as pilot:
        await walk(pilot, "right right s right")
        assert len(pilot.app.screen_stack) > 2
        await speak(pilot)
        assert "역전파" in shown(pilot)
        await walk(pilot, "escape")
        assert tutor(pilot).player.timeline.cursor == 2 and english(shown(pilot)) == []
        await walk(pilot, "escape")
        assert isinstance(pilot.app.screen, HomeScreen) and english(shown(pilot)) == []


async def test_what_was_opened_and_what_can_be_taken_back_stays() -> None:
    async with opened(SUM) as pilot:
        screen = tutor(pilot)
        screen.choose(screen.study.graph.node("sigmoid1").id)
        await walk(pilot, "enter end left Z")
        assert len(screen.study.graph.changes) == 1 and screen.history.past
        before = state(pilot)
        await speak(pilot)
        assert state(pilot) == before
        await walk(pilot, "u")
        assert tutor(pilot).study.graph.changes == ()


async def test_an_error_in_a_line_that_is_typed_is_said_anew() -> None:
    async with opened(SUM) as pilot:
        await walk(pilot, "e")
        pilot.app.screen.query_one("#line", Input).value = "f = sgmoid(x)"
        await settled(pilot)
        assert "did you mean" in shown(pilot)
        await speak(pilot)
        assert "모르는 함수입니다" in shown(pilot) and "did you mean" not in shown(pilot)
        assert pilot.app.screen.query_one("#line", Input).value == "f = sgmoid(x)"


async def test_a_large_graph_stays_in_sight_while_it_is_arranged_for_other_words() -> None:
    chain = "a0 = exp(x); " + "; ".join(f"a{i} = tanh(exp(a{i - 1}))" for i in range(1, 210)) + "; x = 0.1"
    async with opened(chain) as pilot:
        screen = tutor(pilot)
        for _ in range(500):
            await pilot.pause(0.01)
            if screen.ready:
                break
        await walk(pilot, "right right Z Z")
        for _ in range(500):
            await pilot.pause(0.01)
            if screen.ready and not screen._arranger.busy:
                break
        old, cursor = screen.scene, screen.player.timeline.cursor
        assert any(card.role == "scaler" for card in old.cards.values())
        await speak(pilot)
        for _ in range(500):
            assert screen.ready
            await pilot.pause(0.01)
            if screen.scene is not old:
                break
        assert screen.player.timeline.cursor == cursor and english(shown(pilot)) == []


# Elsewhere


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=str)
@pytest.mark.parametrize("keys", ["", "1 enter", "f2", "f2 f2 f2 f2", "1 enter 2 enter question_mark enter 3", "enter"])
async def test_a_half_answered_exercise_keeps_its_answers(keys: str, size: tuple[int, int]) -> None:
    async def at(lang: str) -> GraphtutorApp:
        return GraphtutorApp(None, all_exercises()[0], lang=lang, clock=lambda: 0.0)

    async with (await at("ko")).run_test(size=size) as pilot:
        await walk(pilot, keys)
        wanted = told(pilot)
    async with (await at("en")).run_test(size=size) as pilot:
        await walk(pilot, keys)
        screen = pilot.app.screen
        assert isinstance(screen, ExerciseScreen)
        quiz, typed, focused = screen.quiz, screen.query_one(Answer).value, pilot.app.focused
        before = dict(quiz.answers), quiz.attempt, quiz.hinted, list(quiz.queue), quiz.result().score
        await speak(pilot)
        assert (dict(quiz.answers), quiz.attempt, quiz.hinted, list(quiz.queue), quiz.result().score) == before
        assert screen.query_one(Answer).value == typed and pilot.app.focused is focused
        assert told(pilot) == wanted and english(shown(pilot)) == []


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=str)
async def test_the_home_screen_keeps_what_is_typed_and_chosen(size: tuple[int, int]) -> None:
    async with opened(None, size) as pilot:
        home = pilot.app.screen
        home.query_one(Input).value = "f = sgmoid(x)"
        await walk(pilot, "enter")
        assert "did you mean" in shown(pilot)
        await speak(pilot)
        assert "모르는 함수입니다" in shown(pilot) and english(shown(pilot)) == []
        await walk(pilot, "down down down")
        await speak(pilot, "en")
        assert home.query_one(Input).value == "f = sgmoid(x)"
        assert home.query_one("#examples", OptionList).highlighted == 3, "the third example, under a heading"
        assert pilot.app.focused is home.query_one("#examples") and "worked examples" in shown(pilot)


@pytest.mark.parametrize(("lang", "names"), [("en", "English · 한국어"), ("ko", "English · 한국어")])
async def test_the_home_screen_says_how_in_a_line(lang: str, names: str) -> None:
    async with opened(None, SMALL, lang=lang) as pilot:
        assert any(names in line and "ctrl+p" in line for line in lines(pilot))


@pytest.mark.parametrize(
    ("lang", "typed", "other"),
    [
        *[("en", typed, "ko") for typed in ("language", "언어", "korean", "한국어")],
        *[("ko", typed, "en") for typed in ("language", "언어", "english", "영어")],
    ],
)
async def test_the_palette_finds_a_language_by_its_name_in_either(lang: str, typed: str, other: str) -> None:
    async with opened(SUM, lang=lang) as pilot:
        await walk(pilot, "right right ctrl+p")
        assert isinstance(pilot.app.screen, CommandPalette)
        pilot.app.screen.query_one(Input).value = typed
        for _ in range(100):
            await pilot.pause(0.02)
            found = pilot.app.screen.query_one(OptionList)
            if found.option_count and pilot.app.screen.query_one(Input).value == typed and found.highlighted == 0:
                break
        await walk(pilot, "enter enter")
        for _ in range(100):
            await pilot.pause(0.02)
            if pilot.app.lang == other:  # type: ignore[attr-defined]
                break
        await settled(pilot)
        assert pilot.app.lang == other  # type: ignore[attr-defined]
        assert tutor(pilot).lang == other and tutor(pilot).player.timeline.cursor == 2


# The next start


def started(*words: str) -> GraphtutorApp:
    """Return the app of `graphtutor play` with these words."""
    parser = argparse.ArgumentParser()
    add_subject(parser)
    return application(parser.parse_args(words), served=False)


async def test_the_language_is_kept_and_the_command_line_wins_for_its_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRAPHTUTOR_STATE", str(tmp_path))
    assert started().lang == "en"
    async with opened(SUM, memory=Memory(tmp_path)) as pilot:
        await speak(pilot)
        await walk(pilot, "q")
    assert started().lang == "ko"
    app = started(SUM, "--lang", "en")
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        assert "forward" in shown(pilot)
        await walk(pilot, "right q")
    assert started().lang == "ko", "what is said on the command line is for one run"
    async with started(SUM).run_test(size=SMALL) as pilot:
        await settled(pilot)
        assert english(shown(pilot)) == []


@pytest.mark.parametrize("odd", ["tlh", 7, None, ["ko"], ""])
def test_a_language_that_is_not_there_is_not_taken(odd: object) -> None:
    memory = Memory()
    memory.settings["language"] = odd
    assert GraphtutorApp(memory=memory).lang == "en"
