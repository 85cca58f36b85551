"""Folded copies: the copy gate is a fork of its wire; everything that could be done can still be done."""

from __future__ import annotations

import pytest
from test_tui_screens import HUGE, LARGE, SMALL, lines, opened, press, shown, tutor
from textual import events

from graphtutor.examples import EXAMPLES
from graphtutor.explain.moments import at_fork
from graphtutor.timeline import Sent, Step, Summed
from graphtutor.tui import finding, motion, raster, scene, steer
from graphtutor.tui.canvas import GraphCanvas
from graphtutor.tui.player import TRAVEL
from graphtutor.tui.scene import Level, Scene
from graphtutor.tui.study import study

TEXT = "f = x*y + x; x = 3; y = -2"  # df/dx = y + 1 = -1
TEXTS = [example.text for example in EXAMPLES]
IDS = [example.title for example in EXAMPLES]


def folded(text: str, level: Level = Level.FULL) -> Scene:
    return scene.compose(study(text).run, level=level, folded=True)


def forks(found: Scene) -> list[scene.Card]:
    return [card for card in found.cards.values() if card.kind == "fork"]


def summed(found: Scene) -> Step:
    return next(step for step in found.run.timeline if isinstance(step, Summed))


# The drawing


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("text", TEXTS, ids=IDS)
def test_the_same_graph_with_a_dot_for_every_copy_gate(text: str, level: Level) -> None:
    run = study(text).run
    plain, found = (scene.compose(run, level=level, folded=fold) for fold in (False, True))
    copies = {node.id for node in run.graph.nodes if node.gate.name == "copy"}
    assert {card.id for card in forks(found)} == copies
    assert not any(card.kind == "fork" for card in plain.cards.values())
    assert set(found.cards) == set(plain.cards) and len(found.wires) == len(plain.wires)
    assert found.width <= plain.width and (found.width < plain.width or not copies or not level.whole)
    base = raster.draw(found)
    for card in forks(found):
        assert card.place.width == 1 and base.read(*card.written) == "•"
        for i in found.out_of(card.id):  # the branches hang together with the dot
            x, y = found.wires[i].route.points[0]
            assert x == card.place.x + 1
            middle = card.written[1]
            column = [base.read(card.place.x, row) for row in range(min(y, middle), max(y, middle) + 1)]
            assert all(sign in "•╭╰├│" for sign in column)
        for i in found.into(card.id):
            assert base.read(*found.wires[i].route.points[-1]) != "►", "no arrow into a fork"


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("text", TEXTS, ids=IDS)
def test_boxes_wires_and_numbers_keep_off_each_other(text: str, level: Level) -> None:
    found = folded(text, level)
    cells: list[tuple[int, int]] = []
    for card in found.cards.values():
        at = card.place
        cells += [(x, y) for x in range(at.x, at.x + at.width) for y in range(at.y, at.y + at.height)]
    assert len(set(cells)) == len(cells)
    taken = set(cells)
    for wire in found.wires:
        assert not taken & set(wire.route.cells())
    for y, spots in found.rows.items():
        for spot in spots if level.whole else ():
            assert not taken & {(x, y) for x in range(spot.x, spot.x + spot.room) if isinstance(spot.of, int)}


def test_the_sum_stands_at_the_source_as_soon_as_it_is_made() -> None:
    found = folded(TEXT)
    timeline = found.run.timeline
    step = summed(found)
    stub = found.into(forks(found)[0].id)[0]
    branches = found.out_of(forks(found)[0].id)
    assert found.numbers(timeline.at(step.index))[stub].gradient is None
    known = found.numbers(timeline.at(step.index + 1))
    assert known[stub].gradient == "-1"
    assert sorted(known[i].gradient or "" for i in branches) == ["-2", "1"]
    assert list(scene.reveals(found, step)) == [(stub, "gradient")]
    plain = scene.compose(found.run)
    assert plain.numbers(timeline.at(step.index + 1))[stub].gradient is None, "a box has its own place for the total"


# Going about


def test_jumps_and_the_reading_order_pass_through_forks() -> None:
    found = folded(TEXT)
    graph, fork = found.run.graph, forks(found)[0].id
    x, mul, f = (graph.node(key).id for key in ("x", "mul1", "f"))
    assert fork not in found.order and set(found.order) == {graph.node(k).id for k in ("x", "y", "mul1", "f")}
    taken: steer.Taken = {}
    assert steer.towards(found, x, "right", taken) in (mul, f)
    assert {steer.towards(found, x, "right", taken) for _ in range(2)} == {mul, f}
    assert x in {steer.towards(found, mul, "left", taken) for _ in range(2)}
    assert x in {steer.towards(found, f, "left", taken) for _ in range(2)}
    assert steer.towards(found, fork, "left", taken) == x
    assert steer.towards(found, fork, "right", taken) in (mul, f)
    assert steer.after(found, fork, 1) == steer.after(found, x, 1)


def test_a_fork_is_found_by_its_role_and_name() -> None:
    found = folded(TEXT)
    assert finding.found(found, "copy") == finding.found(found, "adder") == [forks(found)[0].id]


# Time


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("text", TEXTS, ids=IDS)
def test_every_moment_of_every_step_can_be_drawn(text: str, level: Level) -> None:
    found = folded(text, level)
    timeline = found.run.timeline
    base = raster.draw(found)
    for step in timeline:
        flight = motion.Motion(found, [step], base)
        for at in (0.0, 0.3, 0.5, 0.8, 0.95, 1.0):
            assert all(0 <= x < found.width and 0 <= y < found.height for x, y in flight.at(at))
    for cursor in range(len(timeline) + 1):
        at = timeline.at(cursor)
        step = at.current
        marks = raster.Marks(acting=found.card_of(step.node).id if step else None, hot=found.wires_of(step))
        painted = raster.paint(base, found, found.numbers(at), found.totals(at), marks)
        for y in range(found.height):
            painted.rows([y], 0, found.width)


def test_contributions_come_back_along_the_branches_meet_and_add_up() -> None:
    found = scene.fitting(study(TEXT).run, "en", 100, folded=True)
    flight = motion.Motion(found, [summed(found)])
    fork = forks(found)[0]
    branches = [set(found.wires[i].route.cells()) for i in found.out_of(fork.id)]
    early = {cell for cell, (sign, _) in flight.at(0.1).items() if sign == "●"}
    assert all(early & branch for branch in branches)
    late = flight.at(0.8)
    assert late[fork.written][0] == "Σ"
    text = "".join(sign for (_, y), (sign, _) in sorted(late.items()) if y == fork.written[1] + 1)
    assert "-2 + 1 = -1" in text
    assert not flight.at(1.0)


def test_a_step_of_a_fork_stands_out_at_the_fork_and_at_its_source() -> None:
    found = folded(TEXT)
    timeline = found.run.timeline
    step = summed(found)
    fork, source = forks(found)[0], found.cards[found.run.graph.node("x").id]
    marks = raster.Marks(acting=fork.id, hot=found.wires_of(step), backward=True)
    at = timeline.at(step.index + 1)
    painted = raster.paint(raster.draw(found), found, found.numbers(at), found.totals(at), marks)
    assert painted.read(source.place.x, source.place.y) == "┏"
    x, y = fork.written
    assert {painted.read(x, row) for row in range(y - 1, y + 2)} == {"•", "┃"}
    assert all(painted.read(*found.wires[i].route.points[0]) in "━◄" for i in found.out_of(fork.id))


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_words_speak_of_the_source_and_bring_no_number_early(lang: str) -> None:
    run = study(TEXT).run
    for step in run.timeline:
        if run.graph.nodes[step.node].gate.name != "copy":
            continue
        early, late = (at_fork([step], lang, arrived) for arrived in (False, True))
        assert "x" in early and "x" in late
        if isinstance(step, Sent | Summed):
            assert "-1" in late and "-1" not in early
    never = study("f = x*y + x*0*0 + where(1 > 2, x, 1); x = 3; y = -2").run
    assert all(at_fork([step], lang) for step in never.timeline if never.graph.nodes[step.node].gate.name == "copy")


async def test_the_steps_of_a_folded_copy_are_told_at_its_source() -> None:
    async with opened(TEXT, SMALL) as pilot:
        screen = tutor(pilot)
        await press(pilot, "i", "right")
        assert "x is used in 2 places" in shown(pilot)
        index = summed(screen.scene).index
        screen.player.seek(index)
        await press(pilot, "right")
        screen.advance(TRAVEL)
        await pilot.pause()
        assert "its 2 contributions meet and add up to -1" in shown(pilot)
        row = next(y for y, line in enumerate(lines(pilot)) if "┃ x ┣" in line)
        assert "-1" in lines(pilot)[row + 1]


# The key


async def test_i_folds_and_shows_and_says_so_and_the_moment_and_the_selection_stay() -> None:
    async with opened(TEXT, SMALL) as pilot:
        screen = tutor(pilot)
        await press(pilot, "end", "tab")
        cursor, chosen = screen.player.timeline.cursor, screen.chosen
        assert "adder" in shown(pilot) and "copies folded" not in shown(pilot)
        await press(pilot, "i")
        canvas = "\n".join(lines(pilot)[1:16])
        assert "copies folded" in lines(pilot)[0] and "adder" not in canvas and "•" in canvas
        assert (screen.player.timeline.cursor, screen.chosen) == (cursor, chosen)
        await press(pilot, "i")
        assert "copies folded" not in shown(pilot) and "adder" in "\n".join(lines(pilot)[1:16])


async def test_a_click_on_a_fork_shows_what_meets_there() -> None:
    async with opened(TEXT, LARGE) as pilot:
        screen = tutor(pilot)
        await press(pilot, "i", "end")
        canvas = screen.query_one(GraphCanvas)
        x, y = forks(screen.scene)[0].written
        shift = canvas.offset_of_drawing
        await pilot.click(GraphCanvas, offset=(x + shift[0], y + shift[1]))
        assert screen.chosen == "copy1"
        assert "contribution" in shown(pilot) and "total" in shown(pilot)
        await press(pilot, "tab")
        assert screen.chosen != "copy1"


async def test_folded_copies_stay_folded_over_zoom_edits_opening_what_if_and_a_restart() -> None:
    async with opened("q = sigmoid(x); f = q*y + x; x = 3; y = -2", HUGE) as pilot:
        screen = tutor(pilot)
        await press(pilot, "i", "Z")
        assert screen.scene.folded and screen.scene.level is Level.COMPACT
        await press(pilot, "f", "z")
        assert screen.scene.folded
        await press(pilot, "w", "right", "right")
        assert screen.scene.folded and len(forks(screen.scene)) == 1
        await press(pilot, "enter")
        screen.choose(screen.study.graph.node("q").id)
        await press(pilot, "enter")
        assert len(screen.study.graph.nodes) > 6 and screen.scene.folded
        await press(pilot, "backspace", "u", "t")
        assert screen.scene.folded
        await press(pilot, "t")
        view = screen.snapshot()
    async with opened(TEXT, SMALL) as pilot:
        tutor(pilot).restore(view)
        tutor(pilot).lay_out()
        assert tutor(pilot).scene.folded


async def test_a_question_about_a_sum_stands_where_the_sum_will() -> None:
    async with opened(TEXT, SMALL) as pilot:
        screen = tutor(pilot)
        await press(pilot, "i")
        step = summed(screen.scene)
        screen.jump(step.index)
        await press(pilot, "a")
        assert screen.asked is not None and screen.asked.step == step
        row = next(y for y, line in enumerate(lines(pilot)) if "│ x ├" in line)
        assert "?" in lines(pilot)[row + 1] and "-1" not in lines(pilot)[row + 1]
        for key, character in (("minus", "-"), ("1", "1"), ("enter", None)):
            pilot.app.post_message(events.Key(key, character))
            await pilot.pause()
        await pilot.pause()
        screen.advance(TRAVEL)
        await pilot.pause()
        assert "-1" in lines(pilot)[row + 1]


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_the_panel_calls_a_folded_copy_gate_a_fork_too(size: tuple[int, int]) -> None:
    async with opened(TEXT, size) as pilot:
        await press(pilot, "right")
        assert tutor(pilot).step is not None and "copy adder" in shown(pilot)
        await press(pilot, "i")
        assert "fork (folded copy) adder" in shown(pilot) and "copy adder" not in shown(pilot)
