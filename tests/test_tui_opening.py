"""Gates are opened and closed in place: the numbers, the moment and the selection stay."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from screens import LARGE, SMALL, opened, press, shown, tutor

from graphtutor.tui.canvas import GraphCanvas
from graphtutor.tui.lines import Lines
from graphtutor.tui.raster import OPENS
from graphtutor.tui.scene import Level
from graphtutor.tui.study import study
from graphtutor.tui.tutor.opening import places, same_moment

TEXT = "q = x + y; f = sigmoid(q) * z; x = 1; y = 2; z = 3"
VALUE = 3 / (1 + math.exp(-3))


def keys(pilot) -> list[str]:  # type: ignore[no-untyped-def]
    return [node.key for node in tutor(pilot).study.graph.nodes]


def said(pilot) -> str:  # type: ignore[no-untyped-def]
    return "\n".join(note.message for note in pilot.app._notifications)


def select(pilot, key: str) -> None:  # type: ignore[no-untyped-def]
    screen = tutor(pilot)
    screen.choose(screen.study.graph.node(key).id)


async def test_enter_opens_the_selected_gate_and_backspace_closes_it() -> None:
    async with opened(TEXT, LARGE) as pilot:
        before = keys(pilot)
        select(pilot, "sigmoid1")
        await press(pilot, "enter")
        assert "exp1" in keys(pilot) and "exp1" not in before
        assert tutor(pilot).chosen == "sigmoid1"
        assert tutor(pilot).study.run.value() == pytest.approx(VALUE)
        assert "exp1" in shown(pilot) and "backspace closes it" in shown(pilot)
        select(pilot, "exp1")
        await press(pilot, "backspace")
        assert keys(pilot) == before
        assert tutor(pilot).chosen == "sigmoid1"


async def test_undo_and_redo_say_what_is_open_now() -> None:
    async with opened(TEXT, LARGE) as pilot:
        select(pilot, "sigmoid1")
        await press(pilot, "enter")
        for key, told in (("u", "undone: closed now: sigmoid1"), ("U", "done again: open now: sigmoid1")):
            pilot.app.clear_notifications()
            await press(pilot, key)
            assert said(pilot) == told
        select(pilot, "sigmoid1")
        await press(pilot, "backspace")
        pilot.app.clear_notifications()
        await press(pilot, "u")
        assert said(pilot) == "undone: open now: sigmoid1"


async def test_backspace_closes_a_named_statement_and_enter_opens_it_again() -> None:
    async with opened(TEXT, LARGE) as pilot:
        before = keys(pilot)
        select(pilot, "sigmoid1")
        await press(pilot, "backspace")
        assert set(before) - set(keys(pilot)) == {"sigmoid1"}
        assert tutor(pilot).chosen == "f" and tutor(pilot).study.run.grad("z") == pytest.approx(VALUE / 3)
        await press(pilot, "enter")
        assert sorted(keys(pilot)) == sorted(before)


async def test_what_cannot_be_opened_or_closed_says_why() -> None:
    async with opened(TEXT, LARGE) as pilot:
        before = keys(pilot)
        for key, answer in (("enter", "select the gate to open"), ("backspace", "select the gate to close")):
            await press(pilot, key)
            assert answer in said(pilot)
        select(pilot, "q")
        await press(pilot, "enter")
        assert "q is already a simple gate" in said(pilot)
        select(pilot, "x")
        await press(pilot, "backspace")
        assert "x belongs to nothing that can be closed" in said(pilot)
        assert keys(pilot) == before


@pytest.mark.parametrize("level", Level)
async def test_a_gate_that_can_be_opened_has_a_sign_and_opens_on_every_level(level: Level) -> None:
    async with opened(TEXT, LARGE) as pilot:
        screen = tutor(pilot)
        screen.look(level)
        await pilot.pause()
        signs = sum(row.count(OPENS) for row in _canvas_rows(pilot))
        assert signs == (level is not Level.DOTS)
        select(pilot, "sigmoid1")
        await press(pilot, "enter")
        assert screen.scene.level is level and "exp1" in keys(pilot)


def _canvas_rows(pilot) -> list[str]:  # type: ignore[no-untyped-def]
    canvas = tutor(pilot).query_one(GraphCanvas)
    return ["".join(s.text for s in canvas.render_line(y)) for y in range(canvas.size.height)]


async def test_the_panel_tells_how_to_open_the_selected_gate() -> None:
    async with opened(TEXT, LARGE) as pilot:
        select(pilot, "sigmoid1")
        assert "opens it" in tutor(pilot).query_one("#inspect", Lines).text.plain
        select(pilot, "q")
        assert "opens it" not in tutor(pilot).query_one("#inspect", Lines).text.plain


@pytest.mark.parametrize("text", [TEXT, "f = softmax_cross_entropy(W@x, y); W=[[1,2],[3,4]]; x=[1,2]; y=[0,1]"])
def test_the_moment_stays(text: str) -> None:
    run = study(text).run
    wide = run.expand()
    old, new = run.timeline, wide.timeline
    assert same_moment(old, 0, new, places(new), {}) == 0
    assert same_moment(old, len(old), new, places(new), {}) == len(new)
    for cursor in range(1, len(old)):
        step = old[cursor - 1]
        found = new[same_moment(old, cursor, new, places(new), {}) - 1]
        assert type(found) is type(step)
        assert wide.graph.nodes[found.node].key == run.graph.nodes[step.node].key


async def test_at_the_end_it_stays_the_end_and_undo_brings_the_box_back() -> None:
    async with opened(TEXT, SMALL) as pilot:
        screen, before = tutor(pilot), keys(pilot)
        await press(pilot, "end")
        select(pilot, "sigmoid1")
        await press(pilot, "enter")
        assert screen.player.timeline.cursor == len(screen.player.timeline)
        await press(pilot, "u")
        assert keys(pilot) == before
        await press(pilot, "U")
        assert "exp1" in keys(pilot)


async def test_other_values_leave_it_open_and_another_shape_does_not_break_it() -> None:
    opening = study("f = sum(softmax(x)); x = [1, 2]")
    run = opening.run.expand()
    wide = replace(opening, graph=run.graph, run=run)
    same, other = wide.with_values({"x": [3.0, 4.0]}), wide.with_values({"x": [1.0, 2.0, 3.0]})
    assert same.graph is run.graph
    assert same.run.value() == pytest.approx(1) and other.run.value() == pytest.approx(1)


async def test_while_it_asks_nothing_opens() -> None:
    async with opened(TEXT, LARGE) as pilot:
        screen, before = tutor(pilot), keys(pilot)
        await press(pilot, "a")
        select(pilot, "sigmoid1")
        screen.action_open()
        screen.action_close_box()
        assert keys(pilot) == before
