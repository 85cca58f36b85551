"""Zoom: three levels of one graph, on which everything else goes on working."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest
from screens import LARGE, SMALL, opened, press, shown, tutor
from textual.events import MouseScrollDown, MouseScrollUp

import graphtutor as gt
from graphtutor.examples import EXAMPLES
from graphtutor.gates import Role
from graphtutor.timeline import Timeline
from graphtutor.tui import motion, raster, scene
from graphtutor.tui.ascii import translate
from graphtutor.tui.canvas import GraphCanvas
from graphtutor.tui.cards import filled, formula
from graphtutor.tui.scene import SIGNS, Level
from graphtutor.tui.study import study

NEURON = "f = sigmoid(w0*x0 + w1*x1 + w2); w0=2; x0=-1; w1=-3; x1=-2; w2=-3"


def boxes(found: scene.Scene) -> list[tuple[int, int]]:
    cells = []
    for card in found.cards.values():
        at = card.place
        cells += [(x, y) for x in range(at.x, at.x + at.width) for y in range(at.y, at.y + at.height)]
    return cells


@pytest.mark.parametrize("gap, least", [(0, scene.LEAST), (1, scene.LEAST), (1, scene.TIGHTEST)])
@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("text", [example.text for example in EXAMPLES], ids=[e.title for e in EXAMPLES])
def test_on_every_level_boxes_and_wires_keep_off_each_other(level: Level, text: str, gap: int, least: int) -> None:
    run = study(text).run
    found = scene.compose(run, level=level, gap=gap, least=least)
    base = raster.draw(found)
    for row, spots in found.rows.items():
        for spot in () if level is Level.COMPACT else spots:
            if spot.part != "total" and 0 <= row < found.height:
                assert {base.read(x, row) for x in range(spot.x, spot.x + spot.room)} == {" "}
    taken = boxes(found)
    assert len(set(taken)) == len(taken)
    seen: dict[tuple[int, int], list[int]] = {}
    for i, wire in enumerate(found.wires):
        for cell in wire.route.cells():
            assert cell not in set(taken)
            seen.setdefault(cell, []).append(i)
    assert all(len(wires) <= 2 for wires in seen.values())
    ends = [wire.route.points[-1] for wire in found.wires] + [wire.route.points[0] for wire in found.wires]
    assert all(len(seen[cell]) == 1 or cell in {w.route.points[0] for w in found.wires} for cell in ends)


@pytest.mark.parametrize("text", [example.text for example in EXAMPLES], ids=[e.title for e in EXAMPLES])
def test_each_level_takes_less_room_than_the_next(text: str) -> None:
    run = study(text).run
    dots, compact, full, formulas = (scene.compose(run, level=level) for level in Level)
    assert dots.width < compact.width < full.width <= formulas.width
    assert dots.height <= compact.height <= full.height <= formulas.height


def test_dots_tell_the_five_roles_apart_without_colour() -> None:
    assert len({SIGNS[role] for role in Role}) == len({translate(SIGNS[role]) for role in Role}) == len(Role)
    assert all(translate(SIGNS[role]).isascii() for role in Role)
    found = scene.compose(study("f = max(x*y + x, exp(y)); x = 1; y = 2").run, level=Level.DOTS)
    base = raster.draw(found)
    for card in found.cards.values():
        if card.kind in ("gate", "copy"):
            assert card.place.width == 1
            assert base.read(*card.written) == SIGNS[card.role]


def test_compact_boxes_show_the_value_only_when_it_is_known() -> None:
    run = study(NEURON).run
    found = scene.compose(run, level=Level.COMPACT)
    timeline: Timeline = run.timeline

    def picture(cursor: int) -> str:
        timeline.seek(cursor)
        painted = raster.paint(
            raster.draw(found), found, found.numbers(timeline), found.totals(timeline), raster.Marks()
        )
        return "\n".join("".join(painted.read(x, y) for x in range(found.width)) for y in range(found.height))

    heavy = raster.Marks(acting=found.cards[run.graph.node("f").id].id)
    timeline.seek(len(timeline))
    over = raster.paint(raster.draw(found), found, found.numbers(timeline), found.totals(timeline), heavy)
    at = found.cards[heavy.acting or ""].place
    assert "0.7311" in "".join(over.read(x, at.y) for x in range(at.x, at.x + at.width))
    assert "0.7311" not in picture(0)  # sigmoid(1), as CS231n prints it: 0.73
    assert "0.7311" in picture(len(timeline))


def compact(text: str, cursor: int | None = None, **options: int) -> dict[str, list[str]]:
    """Return the rows of every compact card by key, as they are seen at a moment."""
    run = study(text).run
    found = scene.compose(run, level=Level.COMPACT, **options)
    timeline: Timeline = run.timeline
    timeline.seek(len(timeline) if cursor is None else cursor)
    painted = raster.paint(raster.draw(found), found, found.numbers(timeline), found.totals(timeline), raster.Marks())
    rows = {}
    for node in run.graph.nodes:
        at = found.cards[node.id].place
        rows[node.key] = [
            "".join(painted.read(x, y) for x in range(at.x, at.x + at.width)) for y in range(at.y, at.y + at.height)
        ]
    return rows


def test_a_compact_box_has_its_value_above_its_name_and_its_gradient_below() -> None:
    text = "f = (x + y) * z; x = -2; y = 5; z = -4"  # the gradients as CS231n prints them
    at_the_end = compact(text)
    assert at_the_end["add1"] == ["╭ 3 ─────╮", "│ + add1 ├", "╰ -4 ────╯"]
    assert [row.strip(" ─") for row in at_the_end["x"]] == ["x -2", "-4"]
    assert [row.strip(" ─") for row in at_the_end["z"]] == ["z -4", "3"]
    turn = study(text).run.timeline.turn
    assert compact(text, turn)["add1"][::2] == ["╭ 3 ─────╮", "╰ – ─────╯"]
    assert compact(text, turn)["x"][1].strip() == scene.DASH


def test_numbers_in_a_compact_drawing_keep_a_blank_from_the_line() -> None:
    for example in EXAMPLES:
        for rows in compact(example.text).values():
            assert not re.search("[─╭╰][-–\\d]|\\d[─╮╯]", "\n".join(rows).replace("Σ", ""))


def test_compact_wires_are_arrows_only_where_there_is_no_room_to_spare() -> None:
    run = study(NEURON).run
    found = scene.compose(run, level=Level.COMPACT)
    tight = scene.fitting(run, "en", found.width - 1, level=Level.COMPACT)
    assert tight.width < found.width
    assert scene.fitting(run, "en", found.width, level=Level.COMPACT).width == found.width
    wide = study(
        "z = X@W + b; L = sum(z); X = [[1.5, 2.5], [3.5, 1.5]]; W = [[0.5, -1, 0], [1, 0, 0.5]]; b = [1, 2, 3]"
    ).run
    roomy, tight = (scene.compose(wide, level=Level.COMPACT, least=least) for least in (scene.LEAST, scene.TIGHT))
    for key in ("X", "z"):
        assert tight.cards[wide.graph.node(key).id].place.width < roomy.cards[wide.graph.node(key).id].place.width
    assert all("…" in row for row in compact(wide.graph.text or "", least=scene.TIGHT)["X"])
    rows = compact(NEURON, least=scene.TIGHT)
    assert rows["f"][1] == compact(NEURON)["f"][1]


def test_the_narrowest_boxes_have_nothing_blank_beside_names_and_numbers() -> None:
    rows = compact("p = (x + y) * exp(z); x = -2.25; y = -5.125; z = -7.5", least=scene.TIGHTEST)
    assert rows["add1"] == ["╭ -7.375 ╮", "│ + add1 ├", "╰0.000553╯"], "exp(-7.5) = 0.000553084"
    assert [row.rstrip(" ─") for row in rows["y"]] == ["y -5.125", "0.000553"], "below the name, where no line is"
    tie = compact("p = (x + y) * z; x = -2.25; y = -5.125; z = -7.5", least=scene.TIGHTEST)
    assert tie["add1"] == ["╭-7.375╮", "│+ add1├", "╰ -7.5 ╯"]
    assert compact("p = (x + y) * z; x = 0; y = 0; z = 0", 0, least=scene.TIGHTEST)["add1"][0] == "╭ – ───╮"


@pytest.mark.parametrize(
    ("number", "room", "text"),
    [
        (-0.0003419, 8, "-0.00034"),
        (1.23449e-05, 8, "1.23e-05"),
        (-1234567.0, 7, "-1e+06"),
        (12345.678, 8, "12346"),
        (np.zeros((4, 2)), 8, "4x2"),
        (np.full(4, 0.25), 8, "4: […]"),
        (np.zeros((100, 100)), 8, "100x100"),
    ],
)
def test_a_number_is_rounded_and_never_cut_into_another(number: object, room: int, text: str) -> None:
    assert scene.shown(number, room) == text


@pytest.mark.parametrize("least", [scene.LEAST, scene.TIGHT, scene.TIGHTEST])
def test_a_gate_that_can_be_opened_says_so_whatever_its_number(least: int) -> None:
    run = study("p = sigmoid(-x); x = 0.123456789").run
    found = scene.compose(run, level=Level.COMPACT, least=least)
    timeline = run.timeline
    timeline.seek(len(timeline))
    painted = raster.paint(
        raster.draw(found, opens=True), found, found.numbers(timeline), found.totals(timeline), raster.Marks()
    )
    for key in ("neg1", "p"):
        at = found.card_of(run.graph.node(key).index).place
        assert painted.read(at.x + at.width - 2, at.y + at.height - 1) == raster.OPENS


def test_the_border_of_a_narrow_box_stays_when_it_is_selected() -> None:
    run = study("p = (x + y) * z; x = -2.25; y = -5.125; z = -7.5").run
    found = scene.compose(run, level=Level.COMPACT, least=scene.TIGHTEST)
    card = found.card_of(run.graph.node("add1").index)
    timeline = run.timeline
    painted = raster.paint(
        raster.draw(found), found, found.numbers(timeline), found.totals(timeline), raster.Marks(chosen=card.id)
    )
    at = card.place
    assert "".join(painted.read(x, at.y + 1) for x in range(at.x, at.x + at.width)) == "║+ add1╠"


@pytest.mark.parametrize("level", [Level.DOTS, Level.COMPACT])
@pytest.mark.parametrize("text", [NEURON, "f = max(x*y + x, exp(y)); x = 1; y = 2", "f = x; x = 2"])
def test_what_flies_covers_only_wires_and_the_gate_that_acts(level: Level, text: str) -> None:
    run = study(text).run
    found = scene.compose(run, level=level)
    base = raster.draw(found)
    wires = {cell for wire in found.wires for cell in wire.route.cells()}
    for step in run.timeline:
        flight, acting = motion.Motion(found, [step]), found.card_of(step.node)
        for at in (0.0, 0.3, 0.5, 0.8):
            for x, y in flight.at(at).keys() - wires:
                assert found.card_at(x, y) is acting or base.read(x, y) == " "
        resting = "".join(character for character, _ in flight.at(1.0).values())
        if step.kind == "summed" and level is Level.COMPACT:
            assert not resting or "=" in resting
        else:
            assert set(resting) <= (set("╌╎✕") if motion.closed(step) else set())


def test_of_a_large_array_as_many_elements_are_written_as_fit_and_it_looks_unfinished() -> None:
    assert filled(np.arange(15).reshape(5, 3), 16) == "5x3: [[0, 1, 2]…"
    assert filled(np.arange(20).reshape(20, 1), 40) == "20x1: [[0], [1], [2], [3], [4], [5], [6…"
    assert filled(np.arange(15).reshape(5, 3), 9) == "array 5x3"
    assert filled(np.ones((2, 2)), 16) == "[[1, 1], [1, 1]]" and filled(2.5, 16) == "2.5"
    wide = "Y = X * 2; f = sum(Y); X = [[1, 2, 3], [4, 5, 6], [7, 8, 9], [10, 11, 12], [13, 14, 15]]"
    for least, said in ((scene.LEAST, "array 5x3"), (20, "5x3: [[1, 2, 3], [4…")):
        found = scene.compose(study(wide).run, least=least)
        assert found.texts(0).value == said


def test_where_there_is_hardly_room_the_output_is_named_once() -> None:
    text = "loss = bce_logits(x*w, y); x = [1, 2]; w = 3; y = [0, 1]"
    for least, said in ((scene.TIGHT, "BCE logits loss"), (scene.TIGHTEST, "BCE logits")):
        found = scene.compose(study(text).run, level=Level.COMPACT, least=least)
        card = found.card_of(found.run.graph.output)
        assert card.label == said
        assert any(other.kind == "output" and other.label == "loss" for other in found.cards.values())


@pytest.mark.parametrize("level", [Level.DOTS, Level.COMPACT])
def test_the_roles_are_told_apart_from_afar(level: Level) -> None:
    run = study("f = max(x*y, x + z); x = 1; y = 2; z = 5").run
    found = scene.compose(run, level=level)
    seen = {}
    for key in ("mul1", "add1", "f", "copy1"):
        steps = [
            step for step in run.timeline if run.graph.nodes[step.node].key == key and step.kind in ("summed", "sent")
        ]
        pictures = [[c for c, _ in motion.Motion(found, steps).at(i / 40).values()] for i in range(41)]
        counts = [picture.count("●") for picture in pictures]
        signs = {c for picture in pictures for c in picture} & set("✕╳")
        seen[key] = [count for count, _ in itertools.groupby(filter(None, counts))], signs
    assert seen == {
        "mul1": ([1, 2], {"╳"}),  # values change places
        "add1": ([1, 2], set()),  # one becomes two
        "f": ([1], {"✕"}),  # one stays one, the other way goes dark
        "copy1": ([2, 1], set()),  # two meet and are one
    }


async def test_z_zooms_in_and_capital_z_out_and_the_moment_and_the_selection_stay() -> None:
    async with opened(NEURON, SMALL) as pilot:
        screen = tutor(pilot)
        await press(pilot, "end", "tab", "tab")
        cursor, chosen = screen.player.timeline.cursor, screen.chosen
        await press(pilot, "z")
        assert "distributor" in shown(pilot)
        await press(pilot, "Z")
        assert screen.scene.level is Level.COMPACT
        assert "* mul1" in shown(pilot)
        await press(pilot, "Z")
        assert screen.scene.level is Level.DOTS
        assert "* mul1" not in shown(pilot) and "×" in shown(pilot)
        await press(pilot, "Z")
        assert screen.scene.level is Level.DOTS
        await press(pilot, "z", "z")
        assert screen.scene.level is Level.FULL
        await press(pilot, "z", "z")
        assert screen.scene.level is Level.FORMULAS
        assert "w0 * x0" in shown(pilot)
        await press(pilot, "Z")
        assert screen.scene.level is Level.FULL
        assert (screen.player.timeline.cursor, screen.chosen) == (cursor, chosen)
        assert "distributor" in shown(pilot)


async def test_zooming_keeps_the_selected_gate_in_sight() -> None:
    async with opened(NEURON, SMALL) as pilot:
        screen = tutor(pilot)
        await press(pilot, "Z", "Z", *["tab"] * 8)
        assert screen.chosen is not None
        for key in ("z", "z", "Z"):
            await press(pilot, key)
            canvas = screen.query_one(GraphCanvas)
            at = screen.scene.cards[screen.study.graph.node(screen.chosen).id].place
            left = canvas.scroll_offset.x
            assert left <= at.x and at.x + at.width <= left + canvas.size.width


async def test_ctrl_and_the_wheel_zoom_and_the_wheel_alone_does_not() -> None:
    async with opened(NEURON, SMALL) as pilot:
        screen, canvas = tutor(pilot), pilot.app.screen.query_one(GraphCanvas)

        async def turn(kind: type[MouseScrollUp] | type[MouseScrollDown], ctrl: bool) -> None:
            canvas.post_message(kind(canvas, 5, 5, 0, 0, 0, False, False, ctrl))
            await pilot.pause()
            await pilot.pause()

        screen.look(Level.FULL)
        await turn(MouseScrollDown, False)
        assert screen.level is Level.FULL
        await turn(MouseScrollDown, True)
        assert screen.level is Level.COMPACT
        await turn(MouseScrollUp, True)
        assert screen.level is Level.FULL


@pytest.mark.parametrize(("text", "size"), [("f = x*y; x=1; y=2", SMALL), (NEURON, SMALL), (NEURON, LARGE)])
async def test_f_finds_the_closest_level_that_fits(text: str, size: tuple[int, int]) -> None:
    async with opened(text, size) as pilot:
        screen = tutor(pilot)
        await press(pilot, "f")
        room, run = screen.query_one(GraphCanvas).size, screen.study.run
        fits = [
            level
            for level in Level
            if (found := scene.fitting(run, "en", room.width, level=level)).width <= room.width
            and found.height <= room.height
        ]
        assert screen.scene.level is max(fits, default=Level.DOTS)


async def test_the_level_stays_over_an_edit_and_another_size() -> None:
    async with opened(NEURON, LARGE) as pilot:
        screen = tutor(pilot)
        await press(pilot, "Z")
        screen.adopt(screen.study.with_values({"w0": 5.0}))
        await pilot.resize_terminal(*SMALL)
        await pilot.pause()
        assert screen.scene.level is Level.COMPACT
        screen.adopt(screen.study.with_text("g = a*b"))
        assert screen.scene.level is Level.COMPACT


async def test_questions_bring_the_numbers_back_and_keep_them() -> None:
    async with opened(NEURON, LARGE) as pilot:
        screen = tutor(pilot)
        await press(pilot, "Z", "Z", "a")
        assert screen.scene.level is Level.FULL
        assert screen.predicting
        screen.action_zoom(-1)
        screen.action_fit()
        assert screen.scene.level is Level.FULL


async def test_playing_works_on_every_level() -> None:
    async with opened(NEURON, SMALL) as pilot:
        screen = tutor(pilot)
        for _ in range(2):
            await press(pilot, "Z", "home")
            for _ in range(len(screen.player.timeline)):
                await press(pilot, "right")
                for part in (0.1, 0.3, 5.0):
                    screen.advance(part)
            assert screen.player.timeline.cursor == len(screen.player.timeline)


# Formulas


def label(text: str, key: str) -> str:
    run = study(text).run
    return scene.compose(run, level=Level.FORMULAS).cards[run.graph.node(key).id].label


def test_a_card_writes_what_its_gate_computes_from_inputs_and_named_gates() -> None:
    assert label("f = (x + y) * z", "f") == "(x + y) * z"
    assert label("q = x + y; f = q * z", "f") == "q * z"
    assert label("f = exp(-x)", "f") == "exp(-x)"
    assert label("f = x*x + x", "f") == "x * x + x"
    found = scene.compose(study("f = x * 2; x = 3").run, level=Level.FORMULAS)
    assert [card.label for card in found.cards.values() if card.kind != "gate"] == ["x", "2", "f"]


def test_a_long_formula_is_cut_and_a_very_long_one_is_not_even_written() -> None:
    long = label("f = a*b + c*d + p*g + h*k + l*m", "f")
    assert long.startswith("a * b + c * d") and long.endswith("…") and len(long) <= 32
    deep = x = gt.var("x", 1.0)
    for _ in range(3000):
        deep = deep + x
    assert len(formula(deep.graph, deep.graph.output)) < 300


async def test_the_panel_writes_a_cut_formula_as_a_whole() -> None:
    text = "f = a*b + c*d + p*g + h*k + l*m"
    for size in (LARGE, SMALL):
        async with opened(text, size) as pilot:
            screen = tutor(pilot)
            screen.look(Level.FORMULAS)
            screen.choose(screen.study.graph.node("f").id)
            await pilot.pause()
            said = " ".join(screen.inspection(None).plain.split())
            assert said.endswith("f = a * b + c * d + p * g + h * k + l * m")
            await press(pilot, "Z")
            assert "p * g + h * k + l * m" not in screen.inspection(None).plain.rpartition("\n")[2]


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_the_level_is_always_in_sight(level: Level, size: tuple[int, int]) -> None:
    async with opened(NEURON, size) as pilot:
        tutor(pilot).look(level)
        await pilot.pause()
        row = next(line for line in shown(pilot).splitlines() if "paused" in line)
        assert f"1x │ {level.name.lower()}" in row
        await press(pilot, "F")
        assert "view fixed" in shown(pilot).splitlines()[0]
        await press(pilot, "F")
        assert "view fixed" not in shown(pilot)


# Room


@pytest.mark.parametrize("level", Level)
def test_wires_are_as_long_as_there_is_room_for_on_every_level(level: Level) -> None:
    run = study("f = (x + y) * z").run
    narrow = scene.fitting(run, "en", 10, level=level)
    wide = scene.fitting(run, "en", 200, level=level)
    assert narrow.width < wide.width <= 200
    least = scene.compose(run, level=level)
    assert narrow.width <= least.width
    just = scene.fitting(run, "en", least.width + 8, level=level)
    assert just.width <= least.width + 8


def test_as_dots_the_inputs_keep_their_names() -> None:
    run = study("f = width*x + 1; width = 2; x = 3").run
    found = scene.compose(run, level=scene.Level.DOTS)
    labels = {run.graph.node(key).key: found.cards[run.graph.node(key).id].label for key in ("width", "x")}
    assert labels == {"width": "width", "x": "x"}
