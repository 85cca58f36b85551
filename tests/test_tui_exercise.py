"""Exercises played on the screen: the same judgements as the command line's, nothing given away."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from screens import settled
from textual.pilot import Pilot
from textual.widgets import OptionList, Static

from graphtutor.exercises import Exercise, Status, all_exercises, grade_answers, load
from graphtutor.tui import raster, scene
from graphtutor.tui.app import GraphtutorApp
from graphtutor.tui.canvas import GraphCanvas
from graphtutor.tui.exercise import Answer, ExerciseScreen, flowing
from graphtutor.tui.home import HomeScreen
from graphtutor.tui.memory import Memory
from graphtutor.tui.quiz import Quiz
from graphtutor.tui.tutor import TutorScreen

HEAD = 'format = 1\nid = "t.one"\nversion = 1\ntitle = "One of ours"\nprompt = "Answer all."\n'
FILES = {
    "forward_values": "points = 3\nkind = 'forward_values'\n"
    "[graph]\nexpr = 'f = (x + y) * (z - x)'\n[vars]\nx = -2\ny = 5\nz = -4\n",
    "edge_gradients": "points = 6\nkind = 'edge_gradients'\n"
    "[graph]\nexpr = 'L = 2 * (x*y + x)'\n[vars]\nx = -1.5\ny = 4\n"
    "[[hints]]\ntext = 'Add what comes back.'\ncost = 0.1\n"
    "[[hints]]\nwhen = 'diagnosed:mul.no_swap'\ntext = 'Look at the other input.'\n",
    "gate_roles": "points = 4\nkind = 'gate_roles'\n"
    "[graph]\nexpr = 'f = max(x*y, x) + exp(z)'\n[vars]\nx = 2\ny = 3\nz = 0\n",
}


@pytest.fixture(params=FILES)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def made(tmp_path: Path, kind: str) -> Exercise:
    path = tmp_path / "one.toml"
    path.write_text(HEAD + FILES[kind])
    return load(path)


def answers(exercise: Exercise) -> dict[str, str]:
    return {item.id: str(exercise.answer(item)) for item in exercise.items}


def lines(pilot: Pilot[None]) -> list[str]:
    return ["".join(segment.text for segment in strip) for strip in pilot.app.screen._compositor.render_strips()]


def shown(pilot: Pilot[None]) -> str:
    return "\n".join(lines(pilot))


@asynccontextmanager
async def playing(exercise: Exercise, size: tuple[int, int] = (80, 24), lang: str = "en") -> AsyncIterator[Pilot[None]]:
    app = GraphtutorApp(None, exercise, lang, clock=lambda: 0.0)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield pilot


def screen(pilot: Pilot[None]) -> ExerciseScreen:
    assert isinstance(pilot.app.screen, ExerciseScreen)
    return pilot.app.screen


async def answer(pilot: Pilot[None], text: str) -> None:
    screen(pilot).query_one(Answer).value = text
    pilot.app.simulate_key("enter")
    await pilot.pause()


async def test_every_kind_is_played_to_full_points_and_graded_as_on_the_command_line(tmp_path: Path, kind: str) -> None:
    exercise = made(tmp_path, kind)
    async with playing(exercise) as pilot:
        truth = answers(exercise)
        for item in exercise.items:
            assert screen(pilot).quiz.item is item and item.label in shown(pilot)
            await answer(pilot, truth[item.id])
            assert "✓ right" in shown(pilot)
        assert "That was all." in shown(pilot)
        assert f"{exercise.points:g} of {exercise.points:g} points" in shown(pilot)
        assert screen(pilot).quiz.result().score == grade_answers(exercise, truth).score == exercise.points


async def test_asked_numbers_and_roles_are_not_on_the_screen(tmp_path: Path, kind: str) -> None:
    exercise = made(tmp_path, kind)
    async with playing(exercise, (120, 40)) as pilot:
        at = screen(pilot).query_one("#canvas").region
        canvas = "\n".join(line[at.x : at.right] for line in lines(pilot)[at.y : at.bottom])
        if kind == "gate_roles":
            assert not any(role in canvas for role in ("distributor", "router", "switcher", "scaler", "adder"))
            assert "╔" in canvas
        else:
            assert "distributor" in canvas
        assert "?" in canvas
    quiz = Quiz(exercise)
    found = scene.compose(exercise.run, show_roles=kind != "gate_roles")
    for item in exercise.items:
        for wire, said in zip(found.wires, quiz.numbers(found), strict=True):
            if item.what == "value" and exercise.graph.origin(wire.node).index == item.node:
                assert said.value is None
            if item.what == "edge" and wire.edge and tuple(wire.edge[1:]) == item.edge:
                assert said.gradient is None
            if item.what == "total" and wire.edge and wire.edge.target == item.node:
                assert said.gradient is None
        assert item.what != "total" or found.card_of(item.node).id not in quiz.totals(found)


async def test_values_are_given_where_gradients_are_asked(tmp_path: Path) -> None:
    async with playing(made(tmp_path, "edge_gradients")) as pilot:
        assert "-7.5" in shown(pilot) and "-15" in shown(pilot)


async def test_a_wrong_answer_is_diagnosed_and_its_hint_is_free(tmp_path: Path) -> None:
    async with playing(made(tmp_path, "edge_gradients"), (120, 40)) as pilot:
        for text in ("2", "2", "2"):
            await answer(pilot, text)
        await answer(pilot, "-3")  # dL/dx at the mul gate: y is meant, x was taken
        text = " ".join(shown(pilot).split())
        assert "✗ not right" in text and "Look at the other input." in text
        assert screen(pilot).quiz.hinted == 0


async def test_an_unreadable_answer_does_not_count(tmp_path: Path, kind: str) -> None:
    exercise = made(tmp_path, kind)
    async with playing(exercise) as pilot:
        for text in ("two and a half", "[1, 2]", "1e999", "   "):
            await answer(pilot, text)
            assert screen(pilot).quiz.item is exercise.items[0] and not screen(pilot).quiz.answers
        assert "not counted" in shown(pilot) or "Type an answer" in shown(pilot)
        await answer(pilot, str(exercise.answer(exercise.items[0])))
        assert "✓ right" in shown(pilot)


async def test_a_number_that_follows_from_an_own_mistake_is_carried(tmp_path: Path) -> None:
    exercise = made(tmp_path, "forward_values")
    async with playing(exercise) as pilot:
        for text in ("3", "-6", "-18"):
            await answer(pilot, text)
        assert "right for your own earlier number" in shown(pilot) and "-18~" in shown(pilot)
        await pilot.press("w", "right")
        assert "✗ -6: This is z + x; the gate is z - x." in screen(pilot).words().plain
        result = screen(pilot).quiz.result()
        assert [item.status for item in result.items] == [Status.CORRECT, Status.WRONG, Status.CARRIED]
        assert "2 of 3 points" in shown(pilot)
        ids = [item.id for item in exercise.items]
        assert result.score == grade_answers(exercise, dict(zip(ids, ("3", "-6", "-18"), strict=True))).score


async def test_a_hint_is_shown_and_its_cost_counts(tmp_path: Path) -> None:
    exercise = made(tmp_path, "edge_gradients")
    async with playing(exercise) as pilot:
        await pilot.press("f2")
        assert "Add what comes back." in shown(pilot) and "10%" in shown(pilot)
        await pilot.press("f2")
        assert "no more hints" in shown(pilot)
        for item in exercise.items:
            await answer(pilot, str(exercise.answer(item)))
        assert (
            screen(pilot).quiz.result().score
            == grade_answers(exercise, answers(exercise), hints=1).score
            == pytest.approx(5.4)
        )


async def test_what_was_wrong_can_be_tried_again_and_the_worked_answers_shown(tmp_path: Path) -> None:
    exercise = made(tmp_path, "forward_values")
    async with playing(exercise) as pilot:
        for text in ("3", "?", "-6"):
            await answer(pilot, text)
        assert "skipped" in shown(pilot) or "2 of 3" in shown(pilot)
        await pilot.press("r")
        assert screen(pilot).quiz.item is exercise.items[1] and "attempt 2" in shown(pilot)
        await answer(pilot, "-2")
        assert "3 of 3 points" in shown(pilot)
        await pilot.press("w")
        text = shown(pilot)
        assert "answer 3" in text and "-2 + 5 = 3" in text
        await pilot.press("right")
        assert "answer -2" in shown(pilot) and "sub1 = z - x" in shown(pilot)
        await pilot.press("left", "n", "enter", "p")
        assert screen(pilot).quiz.review == 1
        await pilot.press("escape")
        assert screen(pilot).quiz.review is None and "3 of 3 points" in shown(pilot)
        await pilot.press("t")
        await pilot.pause()
        assert isinstance(pilot.app.screen, TutorScreen)
        await pilot.press("escape", "escape")
        await pilot.pause()
        assert isinstance(pilot.app.screen, HomeScreen)


async def test_roles_are_told_at_the_end(tmp_path: Path) -> None:
    exercise = made(tmp_path, "gate_roles")
    async with playing(exercise, (120, 40)) as pilot:
        for _ in exercise.items:
            await answer(pilot, "scaler")
        assert "✗" in shown(pilot)
        await pilot.press("w")
        assert f"answer {exercise.answer(exercise.items[0])}" in shown(pilot) and "yours scaler" in shown(pilot)


@pytest.mark.parametrize("lang", ["en", "ko"])
async def test_a_wrong_role_stands_on_its_gate_whole_and_with_its_sign(tmp_path: Path, lang: str) -> None:
    async with playing(made(tmp_path, "gate_roles"), (120, 40), lang) as pilot:
        for word in ("distributor", "x?", "scaler"):
            await answer(pilot, word)
        canvas = screen(pilot).query_one(GraphCanvas).region
        drawn = "\n".join(line[: canvas.right] for line in lines(pilot)[canvas.y : canvas.bottom])
        assert "distributor✗" in drawn and "…" not in drawn


async def test_what_is_typed_after_an_answer_that_cannot_be_read_takes_its_place(tmp_path: Path) -> None:
    async with playing(made(tmp_path, "forward_values")) as pilot:
        await answer(pilot, "three")
        await pilot.press("3")
        assert screen(pilot).query_one(Answer).value == "3"


async def test_every_key_is_in_the_help_and_resizing_loses_nothing(tmp_path: Path) -> None:
    async with playing(made(tmp_path, "edge_gradients")) as pilot:
        await answer(pilot, "2")
        screen(pilot).query_one(Answer).value = "1/"
        await pilot.press("f1")
        page = Console(width=100, record=True, file=StringIO())
        for part in pilot.app.screen.query(Static):
            page.print(part.content)
        text = page.export_text()
        assert "show the next hint" in text and "check the answer" in text and "leave the exercise" in text
        await pilot.press("escape")
        await pilot.resize_terminal(120, 40)
        await pilot.pause()
        assert screen(pilot).query_one(Answer).value == "1/" and screen(pilot).quiz.answers
        await pilot.press("ctrl+right", "ctrl+left", "ctrl+up", "ctrl+down", "up", "down", "tab", "tab")
        assert screen(pilot).query_one(Answer).has_focus


async def test_the_last_line_tells_the_way_back_from_the_canvas_to_the_answer(tmp_path: Path) -> None:
    async with playing(made(tmp_path, "edge_gradients")) as pilot:
        await settled(pilot)
        assert "enter Answer" in lines(pilot)[-1]
        await pilot.click(GraphCanvas)
        await settled(pilot)
        assert not screen(pilot).query_one(Answer).has_focus and "tab Answer" in lines(pilot)[-1]
        await pilot.press("tab")
        await settled(pilot)
        assert screen(pilot).query_one(Answer).has_focus and "enter Answer" in lines(pilot)[-1]


async def test_a_skipped_answer_has_one_sign_everywhere(tmp_path: Path) -> None:
    async with playing(made(tmp_path, "forward_values")) as pilot:
        await answer(pilot, "?")
        rows = [line.strip() for line in lines(pilot)]
        assert "○ skipped: add1 = x + y" in rows and any(row.startswith("2/3 ○?·") for row in rows)
        assert "✗" not in shown(pilot) and sum(row.count("○") for row in rows) == 3  # the third on the canvas


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_at_the_end_a_diagnosis_names_the_answer_it_is_about(tmp_path: Path, size: tuple[int, int]) -> None:
    async with playing(made(tmp_path, "forward_values"), size) as pilot:
        for text in ("3", "-6", "-3"):  # z + x for z - x; then a sum for the product
            await answer(pilot, text)
        screen(pilot)._verdict = None
        screen(pilot).draw()
        await settled(pilot)
        text = " ".join(screen(pilot).words().plain.split())
        assert "✗ sub1 = z - x = -6: This is z + x; the gate is z - x. ✗ f = add1 * sub1 = -3: This is" in text
        assert "fwd." not in text


async def test_the_canvas_has_keys_of_its_own_and_hands_on_what_is_typed() -> None:
    async with playing(load("20")) as pilot:
        await pilot.press("tab")
        await settled(pilot)
        canvas = screen(pilot).query_one(GraphCanvas)
        assert canvas.has_focus and canvas.max_scroll_x and "←↑↓→ View" in lines(pilot)[-1]
        start = canvas.scroll_offset
        await pilot.press("left")
        assert canvas.scroll_offset.x < start.x
        await pilot.press("shift+right", "home")
        assert canvas.scroll_offset == start
        await pilot.press("minus", "1", "slash", "3")
        line = screen(pilot).query_one(Answer)
        assert line.has_focus and line.value == "-1/3"


async def test_numbers_that_are_drawn_can_be_drawn_anew_and_are_kept() -> None:
    app = GraphtutorApp(None, load("21"), clock=lambda: 0.0, memory=Memory())
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        assert "--" not in screen(pilot).words().plain and "f4 New numbers" in lines(pilot)[-1]
        before = screen(pilot).quiz.exercise.run.inputs
        await answer(pilot, "2")
        await pilot.press("f4")
        await settled(pilot)
        drawn = screen(pilot).quiz.exercise
        assert drawn.run.inputs == load("21", reroll=1).run.inputs != before
        assert f"Other numbers: x={drawn.run.inputs['x']}" in shown(pilot) and not screen(pilot).quiz.answers
        await answer(pilot, "2")
        await pilot.press("escape")
        await settled(pilot)
        app.open_exercise(load("21"))
        await settled(pilot)
        assert screen(pilot).quiz.exercise.run.inputs == drawn.run.inputs and len(screen(pilot).quiz.answers) == 1
        await pilot.press("f5", "f4")
        assert screen(pilot).quiz.exercise.reroll == 2


async def test_numbers_that_are_fixed_are_not_drawn(tmp_path: Path) -> None:
    async with playing(made(tmp_path, "forward_values")) as pilot:
        await settled(pilot)
        assert "New numbers" not in lines(pilot)[-1]
        await pilot.press("f4")
        assert screen(pilot).quiz.exercise.run.inputs["x"] == -2


def test_answers_to_other_numbers_are_not_taken_up() -> None:
    quiz = Quiz(load("21", "kim"))
    quiz.answer("2")
    kept = quiz.snapshot()
    assert Quiz(load("21", "kim")).restore(kept)
    assert not Quiz(load("21", "lee")).restore(kept) and not Quiz(load("21", "kim", 1)).restore(kept)


async def test_an_exercise_is_chosen_from_the_home_screen() -> None:
    assert all_exercises()
    app = GraphtutorApp(clock=lambda: 0.0)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.pause()
        options = pilot.app.screen.query_one("#exercises", OptionList)
        assert options.option_count == len(all_exercises())
        options.focus()
        await pilot.press("enter")
        await pilot.pause()
        assert screen(pilot).quiz.exercise.id == all_exercises()[0].id
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(pilot.app.screen, HomeScreen)


@pytest.mark.parametrize("exercise", all_exercises(), ids=lambda exercise: exercise.id)
def test_every_shipped_exercise_can_be_played_and_explained(exercise: Exercise) -> None:
    for lang in ("en", "ko"):
        quiz = Quiz(exercise, lang)
        found = scene.compose(exercise.run, lang, exercise.kind != "gate_roles", 6)
        base = raster.draw(found)
        while quiz.item is not None:
            raster.paint(base, found, quiz.numbers(found), quiz.totals(found), quiz.marks(found))
            assert quiz.answer(str(exercise.answer(quiz.item))).status is Status.CORRECT
        assert quiz.result().score == exercise.points
        for i, item in enumerate(exercise.items):
            quiz.review = i
            raster.paint(base, found, quiz.numbers(found), quiz.totals(found), quiz.marks(found))
            assert quiz.explanation(item).text and quiz.truth(item)
            assert quiz.step(item).node == item.node


async def test_a_verdict_names_what_was_asked_and_speaks_the_language() -> None:
    for lang, asked, wrong in (("en", "df/dm on the edge m -> f", "✗ not right"), ("ko", "m -> f", "✗ 틀렸습니다")):
        app = GraphtutorApp(None, all_exercises()[4], clock=lambda: 0.0, lang=lang)
        async with app.run_test(size=(120, 40)) as pilot:
            for _ in range(3):
                await pilot.pause()
            question = next(line for line in shown(pilot).splitlines() if line.strip().endswith("= ?"))
            assert asked in question and ("on the edge" in question) == (lang == "en")
            await pilot.press("7", "enter")
            await pilot.pause()
            told = next(line for line in shown(pilot).splitlines() if wrong in line)
            assert asked in told and "= 7" in " ".join(shown(pilot).split())
            assert ("points" in shown(pilot)) == (lang == "en")


async def test_what_to_do_fills_the_lines_of_a_wide_panel() -> None:
    assert flowing("one\ntwo\n\nthree\n1. four\n- five") == "one two\n\nthree\n1. four\n- five"
    async with playing(all_exercises()[1], size=(120, 40)) as pilot:
        for _ in screen(pilot).quiz.exercise.items:
            await answer(pilot, "999")
        keys = [line[66:].split()[:1] for line in lines(pilot)]
        assert ["w"] in keys and ["t"] in keys and ["esc"] in keys, "one below the other"


async def test_answers_are_there_again_when_one_comes_back_later(tmp_path: Path) -> None:
    exercise = made(tmp_path, "edge_gradients")
    right = answers(exercise)
    first, second, third, *_ = exercise.items
    memory = Memory(tmp_path / "state")
    app = GraphtutorApp(exercise=exercise, memory=memory, clock=lambda: 0.0)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await answer(pilot, right[first.id])
        await answer(pilot, "77")
        await pilot.press("f2", "escape")
        await pilot.pause()
        assert isinstance(app.screen, HomeScreen)
        await pilot.press("ctrl+q")
    app = GraphtutorApp(exercise=exercise, memory=Memory(tmp_path / "state"), clock=lambda: 0.0)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        quiz = screen(pilot).quiz
        assert quiz.answers == {first.id: right[first.id], second.id: "77"} and quiz.item == third
        assert quiz.hinted == 1 and "as you left them" in shown(pilot)
        await answer(pilot, right[third.id])
        await pilot.press("f5")
        assert screen(pilot).quiz.item == first and not screen(pilot).quiz.answers
        await pilot.press("ctrl+q")
    assert not Memory(tmp_path / "state").settings["answers"], "what was begun anew leaves nothing behind"


def test_what_was_kept_of_another_exercise_or_is_damaged_is_not_taken(tmp_path: Path, kind: str) -> None:
    quiz = Quiz(made(tmp_path, kind))
    quiz.answer("?")
    kept = quiz.snapshot()
    back = Quiz(quiz.exercise)
    assert back.restore(kept)
    back.answer("?")
    assert kept == quiz.snapshot(), "to go on changes nothing of what was kept"
    (answered,) = kept["answers"]
    for part, other in [
        ("version", 2),
        ("answers", {"x": "1"}),
        ("answers", {answered: 1}),
        ("asked", [*kept["asked"], "z"]),
        ("asked", [*kept["asked"], []]),
        ("asked", [*kept["asked"], answered]),
        ("attempt", "1"),
        ("hinted", None),
    ]:
        again = Quiz(quiz.exercise)
        assert not again.restore({**kept, part: other}), part
        assert not again.answers and len(again.queue) == len(quiz.exercise.items)
    assert not Quiz(quiz.exercise).restore({})


async def test_the_last_hint_stays_when_there_are_no_more_and_it_is_said_how_to_skip(tmp_path: Path) -> None:
    async with playing(made(tmp_path, "edge_gradients")) as pilot:
        assert "? to skip" in shown(pilot)
        await pilot.press("f2", "f2")
        assert "Add what comes back." in shown(pilot) and "no more hints" in shown(pilot)


def test_no_marks_of_another_language_stand_in_what_is_asked() -> None:
    for exercise in all_exercises():
        for lang in ("en", "ko"):
            _, prompt, hints = exercise.said(lang)
            for text in (prompt, *(hint.text for hint in hints)):
                assert not re.search(r"(?<!\S)\*\w+\*(?![\w(*])|`", text), text


async def test_the_words_stand_below_a_graph_that_needs_the_columns(tmp_path: Path) -> None:
    wide, narrow = (next(one for one in all_exercises() if one.id == id) for id in ("roles.01", "bp.mul.01"))
    async with playing(wide, (120, 40)) as pilot:
        await pilot.pause()
        canvas = screen(pilot).query_one("#canvas")
        assert canvas.max_scroll_x == 0, "the whole graph is in sight"
        assert "Every gate treats the gradient" in "\n".join(lines(pilot)[25:])
    async with playing(narrow, (120, 40)) as pilot:
        assert "A product moves faster" in "\n".join(lines(pilot)[:10])
