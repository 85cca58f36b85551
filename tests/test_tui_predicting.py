"""The tutor's questions, by keys alone: nothing is shown before it is said, and time still goes both ways."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from screens import settled
from textual import events
from textual.pilot import Pilot
from textual.widgets import Static

from graphtutor.exercises.practice import Outcome
from graphtutor.tui.app import GraphtutorApp
from graphtutor.tui.asking import Guess
from graphtutor.tui.player import TRAVEL
from graphtutor.tui.study import study
from graphtutor.tui.tutor import TutorScreen

SIZES = [(80, 24), (120, 40), (200, 60)]
CS231N = "f = (x + y) * z; x = -2; y = 5; z = -4"
TRUTHS = ["3", "-12", "-4", "3", "-4", "-4"]
"""CS231n's numbers in the order of asking: q, f, df/dq, df/dz, df/dx, df/dy."""
ODD = "f = sigmoid(u * v) + w; u = 1.7; v = 0.9; w = 3.1"


def shown(pilot: Pilot[None]) -> str:
    rows = pilot.app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in rows)


def tutor(pilot: Pilot[None]) -> TutorScreen:
    assert isinstance(pilot.app.screen, TutorScreen)
    return pilot.app.screen


@asynccontextmanager
async def asking(
    text: str = CS231N, size: tuple[int, int] = (80, 24), lang: str = "en", begin: bool = True
) -> AsyncIterator[Pilot[None]]:
    app = GraphtutorApp(study(text), lang=lang, clock=lambda: 0.0)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        await pilot.pause()
        if begin:
            await press(pilot, "a")
        yield pilot


NAMED = {"minus": "-", "full_stop": ".", "slash": "/", "asterisk": "*"}


async def press(pilot: Pilot[None], *keys: str) -> None:
    for key in keys:
        pilot.app.post_message(events.Key(key, NAMED.get(key)))
        await pilot.pause()
    await settled(pilot)


async def answer(pilot: Pilot[None], text: str) -> None:
    names = {character: key for key, character in NAMED.items()}
    await press(pilot, *(names.get(character, character) for character in text))
    line = tutor(pilot).query_one(Guess)
    for _ in range(50):  # on a busy machine the keys take more than a pause to get there
        if line.value == text:
            break
        await pilot.pause()
    assert line.value == text
    await press(pilot, "enter")


async def land(pilot: Pilot[None]) -> None:
    """Let the tokens arrive, those of the steps without a question too."""
    while tutor(pilot).player.flight is not None:
        tutor(pilot).advance(TRAVEL)
        await pilot.pause()


async def told(pilot: Pilot[None], text: str) -> None:
    await answer(pilot, text)
    await land(pilot)


@pytest.mark.parametrize("size", SIZES)
async def test_a_whole_run_is_answered_with_the_keyboard_at_every_size(size: tuple[int, int]) -> None:
    async with asking(size=size) as pilot:
        assert "the value of add1 = x + y = ?" in shown(pilot)
        for number in TRUTHS:
            await answer(pilot, number)
            assert "✓ right" in shown(pilot)
            await land(pilot)
        text = shown(pilot)
        assert "That was the whole run." in text and "✓ 6" in text and "step 7/7" in text
        assert tutor(pilot).practice.outcomes == {Outcome.ONCE: 6}


@pytest.mark.parametrize("size", SIZES)
async def test_the_number_asked_for_is_nowhere_on_the_screen(size: tuple[int, int]) -> None:
    async with asking(ODD, size) as pilot:
        screen = tutor(pilot)
        checked = 0
        while (asked := screen.asked) is not None:
            digits = f"{abs(asked.truth):.4g}"
            run, timeline = screen.study.run, screen.player.timeline
            known = {f"{abs(run.value_at(n.index)):.4g}" for n in run.graph.nodes if timeline.value_known(n.index)}
            known |= {f"{abs(run.grad_at(n.index)):.4g}" for n in run.graph.nodes if timeline.grad_known(n.index)}
            checked += digits not in known
            for _ in range(8):
                assert "?" in shown(pilot)
                numbers = set(re.findall(r"\d+\.?\d*", shown(pilot)))
                if digits not in known:
                    assert digits not in numbers
                await press(pilot, "tab")
            await press(pilot, "escape", *(["a"] if not screen.predicting else []))
            assert screen.asked is not None
            screen.query_one(Guess).value = repr(asked.truth)
            await press(pilot, "enter")
            await land(pilot)
        assert screen.over and checked >= 5


async def test_the_end_cannot_be_reached_past_a_question() -> None:
    async with asking() as pilot:
        for key in ("end", "G", "b", "right", "n", "space"):
            assert tutor(pilot).player.timeline.cursor == 0 or key == "space"
            await press(pilot, key)
        assert tutor(pilot).practice.outcomes == {Outcome.SHOWN: 1}


async def test_looking_back_takes_the_question_away_and_going_forward_brings_it_again() -> None:
    async with asking() as pilot:
        await told(pilot, "3")
        await press(pilot, "left")
        await land(pilot)
        assert "= ?" not in shown(pilot) and tutor(pilot).player.timeline.cursor == 0
        await press(pilot, "right")
        await land(pilot)
        assert "the value of f = add1 * z = ?" in shown(pilot)
        await told(pilot, "-12")
        assert tutor(pilot).practice.outcomes == {Outcome.ONCE: 2}


async def test_wrong_guesses_lead_from_hint_to_hint_to_the_worked_step() -> None:
    async with asking() as pilot:
        await told(pilot, "3")
        await told(pilot, "12")
        assert "Right size, wrong sign." in shown(pilot) and "Hint:" in shown(pilot)
        await told(pilot, "-1")
        assert "3 * (-4) = ?" in shown(pilot)
        assert tutor(pilot).player.timeline.cursor == 1
        await told(pilot, "7")
        assert "○ shown (it will come back): f = 3 * (-4) = -12" in shown(pilot)
        assert "✓ 1  ~ 0  ○ 1  streak 0" in shown(pilot)


async def test_what_is_typed_after_an_answer_that_cannot_be_read_takes_its_place() -> None:
    async with asking() as pilot:
        await answer(pilot, "1/0")
        assert "not counted" in shown(pilot) and tutor(pilot).query_one(Guess).value == "1/0"
        await told(pilot, "3")
        assert tutor(pilot).practice.outcomes == {Outcome.ONCE: 1}


async def test_the_misconception_is_named() -> None:
    async with asking() as pilot:
        for number in TRUTHS[:3]:
            await told(pilot, number)
        await told(pilot, "-4")
        assert "multiply by the input's own value at a mul gate" in " ".join(shown(pilot).split())


async def test_enter_once_too_often_gives_nothing_away() -> None:
    async with asking() as pilot:
        await press(pilot, "enter", "enter")
        assert tutor(pilot).practice.outcomes == {} and tutor(pilot).asked is not None
        assert "space shows it" in str([note.message for note in pilot.app._notifications])


async def test_f2_hints_without_a_guess_and_space_shows() -> None:
    async with asking() as pilot:
        await press(pilot, "f2")
        assert "Hint: The + gate computes x + y" in shown(pilot)
        await press(pilot, "f2")
        assert "-2 + 5 = ?" in shown(pilot)
        await press(pilot, "space")
        await land(pilot)
        await press(pilot, "space")
        await land(pilot)
        assert tutor(pilot).practice.outcomes == {Outcome.SHOWN: 2}


@pytest.mark.parametrize("text", [CS231N, "l = softmax_cross_entropy(z, y); z = [2, 1, 0.1]; y = [0, 1, 0]"])
async def test_what_is_told_on_the_way_is_not_cut_off(text: str) -> None:
    async with asking(text) as pilot:
        for _ in range(6):
            await press(pilot, "space")
            question = str(pilot.app.screen.query_one("#question", Static).content)
            assert "…" not in question, question
            await land(pilot)


@pytest.mark.parametrize("text", ["1/0", "3..", "(2"])
async def test_what_cannot_be_read_stays_in_the_line_and_does_not_count(text: str) -> None:
    async with asking() as pilot:
        line = tutor(pilot).query_one(Guess)
        line.value = text
        await press(pilot, "enter")
        assert "! not counted" in shown(pilot) and line.value == text
        await press(pilot, "escape")
        assert line.value == "" and tutor(pilot).predicting
        await told(pilot, "9/3")
        assert tutor(pilot).practice.outcomes == {Outcome.ONCE: 1}


async def test_typing_does_not_wait_for_the_tokens() -> None:
    async with asking() as pilot:
        for number in TRUTHS:
            await answer(pilot, number)
        await land(pilot)
        assert tutor(pilot).practice.outcomes == {Outcome.ONCE: 6}


async def test_escape_stops_and_keeps_the_score_and_a_goes_on() -> None:
    async with asking() as pilot:
        await told(pilot, "3")
        await press(pilot, "escape")
        assert not tutor(pilot).predicting and "= ?" not in shown(pilot) and "✓ 1" in shown(pilot)
        await press(pilot, "a")
        assert "the value of f = add1 * z = ?" in shown(pilot)
        await press(pilot, "a")
        assert not tutor(pilot).predicting
        await press(pilot, "escape")
        assert not isinstance(pilot.app.screen, TutorScreen)


async def test_gradients_only_goes_straight_to_the_backward_pass() -> None:
    async with asking(begin=False) as pilot:
        await press(pilot, "A", "a")
        await land(pilot)
        assert "the gradient that f sends to add1   df/dadd1 = ?" in shown(pilot)
        await press(pilot, "escape", "A", "home", "a")
        assert "the value of add1" in shown(pilot)


async def test_values_asked_for_again_begin_with_what_has_not_happened_yet() -> None:
    async with asking(begin=False) as pilot:
        await press(pilot, "A", "a")
        await land(pilot)
        await pilot.app.run_action("screen.backward_only")  # from the command palette
        await pilot.pause()
        assert "the gradient that f sends to add1   df/dadd1 = ?" in shown(pilot)
        await told(pilot, "-4")
        assert not tutor(pilot).over and "the gradient that f sends to z" in shown(pilot)


@pytest.mark.parametrize("renewing", [False, True])
async def test_what_was_shown_comes_back_at_the_end_and_then_the_run_is_as_it_was(renewing: bool) -> None:
    async with asking() as pilot:
        screen = tutor(pilot)
        before = screen.study
        if renewing:
            await press(pilot, "N")
        for number in TRUTHS[:-1]:
            await told(pilot, number)
        await press(pilot, "space")
        await land(pilot)
        asked = screen.asked
        assert asked is not None and "Again: the gradient that add1 sends to y" in shown(pilot)
        assert (screen.study is not before) is renewing
        assert (asked.truth != -4) is renewing
        await told(pilot, repr(asked.truth))
        assert screen.study is before and screen.over
        assert "1 came back, 1 of them right at once." in shown(pilot) and "step 7/7" in shown(pilot)


async def test_the_summary_counts_the_misconceptions() -> None:
    async with asking() as pilot:
        for number in [*TRUTHS[:3], "-4", *TRUTHS[3:]]:
            await told(pilot, number)
        while (asked := tutor(pilot).asked) is not None:
            await told(pilot, repr(asked.truth))
        assert "1x multiply by the input's own value" in " ".join(shown(pilot).split())
        assert "✓ 5  ~ 1  ○ 0" in shown(pilot)


async def test_a_change_of_size_keeps_question_line_and_hints() -> None:
    async with asking() as pilot:
        await press(pilot, "f2", "1", "slash")
        for size in (*SIZES, (60, 20), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            await pilot.pause()
        assert tutor(pilot).query_one(Guess).value == "1/"
        assert "the value of add1" in shown(pilot) and "Hint:" in shown(pilot)


async def test_korean_questions_and_arrays() -> None:
    async with asking("f = sum(W @ x); W = [[1, 2], [3, 4]]; x = [5, 7]", lang="ko") as pilot:
        asked = tutor(pilot).asked
        assert asked is not None and "matmul1 = W @ x의 값 가운데 [" in " ".join(shown(pilot).split())
        assert "보기 전에 입력하세요" in shown(pilot)
        await told(pilot, "7")
        assert "✗ 틀렸습니다" in shown(pilot) and "힌트: " in shown(pilot)
        await told(pilot, repr(asked.truth))
        assert "~ 도움받아 맞음 (나중에 다시 묻습니다)" in shown(pilot) and "연속 0" in shown(pilot)


async def test_a_hint_wanted_while_tokens_fly_leaves_the_verdict() -> None:
    async with asking() as pilot:
        await answer(pilot, "3")
        assert tutor(pilot).player.flight is not None and "✓ right: add1 = -2 + 5 = 3" in shown(pilot)
        await press(pilot, "f2")
        assert "✓ right: add1 = -2 + 5 = 3" in shown(pilot)


async def test_what_the_score_says_is_explained_where_it_first_stands() -> None:
    async with asking() as pilot:
        text = shown(pilot)
        assert "streak 0" in text and "streak: ✓ in a row" in text
        for sign in ("✓ right at once", "~ right with help", "○ shown"):
            assert sign in text


async def test_without_animation_every_answer_is_followed_by_the_next_question() -> None:
    async with asking(begin=False) as pilot:
        tutor(pilot).player.animate(False)
        await press(pilot, "a")
        for number in TRUTHS:
            await answer(pilot, number)
        assert tutor(pilot).over


@pytest.mark.parametrize("size", SIZES)
async def test_what_became_of_the_last_guess_stands_beside_the_summary(size: tuple[int, int]) -> None:
    async with asking(begin=False, size=size) as pilot:
        tutor(pilot).player.animate(False)
        await press(pilot, "a")
        for number in TRUTHS:
            await answer(pilot, number)
        text = shown(pilot)
        assert "Longest streak: 6." in " ".join(text.split()) and "✓ right: df/dy = -4 * 1 = -4" in text


async def test_from_far_away_the_first_question_is_in_sight() -> None:
    text = "f = 1/(1+exp(-(w0*x0+w1*x1+w2))); w0=2; x0=-1; w1=-3; x1=-2; w2=-3"
    async with asking(text, (120, 40), begin=False) as pilot:
        await press(pilot, "Z", "a")
        for _ in range(3):
            await pilot.pause()
        canvas = "\n".join(line[:66] for line in shown(pilot).splitlines()[1:34])
        assert "the value of mul1 = w0 * x0 = ?" in shown(pilot)
        assert "╔switcher╗" in canvas and "║ ?" in canvas


async def test_a_wrong_element_is_told_with_its_place() -> None:
    async with asking("f = sum(W @ x); W = [[1, 2], [3, 4]]; x = [5, 7]") as pilot:
        asked = tutor(pilot).asked
        assert asked is not None and asked.element is not None
        await told(pilot, "1000")
        assert f"✗ not right: matmul1[{asked.element[0]}] = 1000" in shown(pilot)


async def test_the_number_of_another_element_is_told_at_once_and_in_the_summary() -> None:
    async with asking("f = sum(W @ x); W = [[1, 2], [3, 4]]; x = [5, 7]") as pilot:  # W @ x = [19, 43]
        asked = tutor(pilot).asked
        assert asked is not None and asked.element is not None
        assert "Indices start at 0." in shown(pilot)
        here, other = ("43", "19") if asked.element == (1,) else ("19", "43")
        await told(pilot, other)
        assert f"This is element [{1 - asked.element[0]}] of it; indices start at 0." in shown(pilot)
        await told(pilot, here)
        assert f"~ right with help (it will come back): matmul1[{asked.element[0]}] = {here}" in shown(pilot)
        tutor(pilot).player.animate(False)
        for _ in range(30):
            if tutor(pilot).over:
                break
            await press(pilot, "space")
        assert tutor(pilot).over and "1x This is another element of the same array" in shown(pilot)


async def test_how_a_shape_is_written_is_said_where_one_is_asked() -> None:
    async with asking(
        "f = sum(X @ W); X = [[0, 0], [0, 1], [1, 0], [1, 1]]; W = [[1, 2, 3, 4], [5, 6, 7, 8]]"
    ) as pilot:
        text = " ".join(shown(pilot).split())
        assert "the shape of the value of matmul1 = X @ W = ?" in text
        assert "2x3 is two rows of three" in text and "-4*3" not in text


async def test_the_graph_is_arranged_as_before_when_the_questions_end() -> None:
    neuron = "f = 1/(1 + exp(-(w0*x0 + w1*x1 + w2))); w0 = 2; x0 = -1; w1 = -3; x1 = -2; w2 = -3"
    async with asking(neuron, begin=False) as pilot:
        before = tutor(pilot).scene.height
        await press(pilot, "a", "escape")
        await pilot.pause()
        await pilot.pause()
        assert not tutor(pilot).predicting and tutor(pilot).scene.height == before
