"""How the roles look in flight, and the player and the bar that move them. Pure: no Textual application runs here."""

from __future__ import annotations

import itertools

import pytest

import graphtutor as gt
from graphtutor.examples import EXAMPLES
from graphtutor.explain import languages
from graphtutor.explain.moments import announce, conclude
from graphtutor.timeline import Sent, Step, Summed
from graphtutor.tui import raster, scene
from graphtutor.tui.cells import width
from graphtutor.tui.grid import Overlay
from graphtutor.tui.motion import Motion, acts, closed, hot
from graphtutor.tui.palette import Ink
from graphtutor.tui.player import NEARLY, TRAVEL, Player, ends
from graphtutor.tui.study import study
from graphtutor.tui.transport import Situation, bar, sought

FLYING = (Ink.TOKEN_FORWARD, Ink.TOKEN_BACKWARD)
TIMES = [i / 40 for i in range(41)]


def moment(text: str, key: str, kind: type[Step] = Sent) -> tuple[scene.Scene, tuple[Step, ...]]:
    """Return the drawing of an expression, and what a gate does going back."""
    run = study(text).run
    steps = [step for step in run.timeline if run.graph.nodes[step.node].key == key]
    first = next(step for step in steps if isinstance(step, kind))
    return scene.compose(run), tuple(step for step in steps if step.index >= first.index)


def inside(found: scene.Scene, steps: tuple[Step, ...], at: float) -> list[str]:
    """Return the rows inside the box of the acting gate as they are drawn at a time."""
    place = found.card_of(steps[0].node).place
    picture = Overlay(raster.draw(found))
    for (x, y), (character, ink) in Motion(found, steps).at(at).items():
        picture.write(x, y, character, ink)
    return [
        "".join(picture.read(x, y) for x in range(place.x + 1, place.x + place.width - 1)).strip()
        for y in range(place.y + 1, place.y + place.height - 1)
    ]


def tokens(found: scene.Scene, steps: tuple[Step, ...], at: float) -> set[tuple[int, int]]:
    return {cell for cell, (character, _) in Motion(found, steps).at(at).items() if character == "●"}


# The roles


def test_a_copy_gate_stacks_the_contributions_and_adds_them_up_only_after_all_have_arrived() -> None:
    found, steps = moment("f = x*y + 3*x; x = 2; y = -4", "copy1", Summed)
    on_wires = {cell for i in found.wires_of(steps[0]) for cell in list(found.wires[i].route.cells())}
    totals = []
    for at in TIMES:
        rows = inside(found, steps, at)
        totals.append("= -1" in rows)
        if tokens(found, steps[:1], at) & on_wires:
            assert "= -1" not in rows, "a contribution is still on its way"
    assert not totals[0] and totals[-1] and totals == sorted(totals)
    rows = inside(found, steps, 1)
    assert [row for row in rows if row] in (["-4", "+ 3", "= -1"], ["3", "+ -4", "= -1"])


def test_the_total_leaves_a_copy_gate_after_the_sum_stands_there() -> None:
    found, steps = moment("f = x*y + 3*x; x = 2; y = -4", "copy1", Summed)
    way = {cell for i in found.wires_of(steps[-1]) for cell in found.wires[i].route.cells()}
    leaving = [at for at in TIMES if tokens(found, steps, at) & way]
    assert leaving and all("= -1" in inside(found, steps, at) for at in leaving)
    assert not any(tokens(found, steps[:1], at) & way for at in TIMES), "adding up alone sends nothing on"


def test_an_add_gate_splits_one_token_into_one_on_every_edge() -> None:
    found, steps = moment("f = x + y; x = 1; y = 2", "f")
    counts = [len(tokens(found, steps, at)) for at in TIMES[:-1]]
    assert list(dict.fromkeys(counts)) == [1, 2]
    leaving = Motion(found, steps).at(0.8)
    wires = [found.wires[i] for i in hot(found, steps)]
    assert len(wires) == 2 and all(set(wire.route.cells()) & leaving.keys() for wire in wires)


def test_the_values_of_a_mul_gate_change_places_and_are_multiplied() -> None:
    found, steps = moment("f = (x + y) * z; x = -2; y = 5; z = -4", "f")
    assert [row.split()[0] for row in inside(found, steps, 0.2)] == ["3", "*", "-4"]
    assert inside(found, steps, 1) == ["1×-4", "╳ *", "1×3"]
    seen = [inside(found, steps, at) for at in TIMES]
    crossing = [rows[1] for rows in seen if "3" in rows[1] and "-4" in rows[1]]
    assert crossing, "both values pass the middle at once"


def test_a_value_that_is_too_long_to_cross_is_cut_to_two_digits() -> None:
    found, steps = moment("f = (a + b) * sigmoid(2); a = 1; b = 2", "f")
    assert [row.split()[0] for row in inside(found, steps, 0.2)] == ["3", "*", "0.88"], (
        "no name that is not on the screen"
    )


@pytest.mark.parametrize(("text", "open_"), [("max(x, y)", "y"), ("min(x, y)", "x"), ("where(x > 0, y, x)", "y")])
def test_a_router_lights_one_way_and_closes_the_other(text: str, open_: str) -> None:
    found, steps = moment(
        f"f = {text} * 1; x = 1; y = 2",
        next(iter(node.key for node in gt.parse(f"f = {text} * 1").nodes if node.gate.role == "router")),
    )
    picture = Motion(found, steps).at(1)
    for step in steps:
        wire = next(found.wires[i] for i in found.wires_of(step))
        last = list(wire.route.cells())[-1]
        source = step.run.graph.nodes[wire.node]
        name = source.label if source.gate.name == "input" else step.run.graph.nodes[source.args[0]].label
        assert (picture.get(last, ("", 0))[0] == "✕") is (name != open_)
        assert closed(step) is (name != open_)
    dark = [wire for step in steps if closed(step) for wire in found.wires_of(step)]
    assert len(dark) == 1 and dark[0] not in hot(found, steps)
    assert any(character in "╌╎" for character, _ in picture.values())


def test_at_a_tie_both_ways_are_open_and_get_half() -> None:
    found, steps = moment("f = max(x, y); x = 2; y = 2", "f")
    assert not any(map(closed, steps)) and len(hot(found, steps)) == 2
    assert sum("×0.5" in row for row in inside(found, steps, 1)) == 2


def test_a_closed_relu_sends_no_token_on() -> None:
    found, steps = moment("f = relu(x); x = -1", "f")
    way = {cell for i in found.wires_of(steps[0]) for cell in found.wires[i].route.cells()}
    assert not any(tokens(found, steps, at) & way for at in TIMES)
    assert "✕" in {character for character, _ in Motion(found, steps).at(1).values()}


def test_a_scaler_shows_its_slope() -> None:
    found, steps = moment("f = sigmoid(x); x = 0", "f")
    place = found.card_of(steps[0].node).place
    picture = Overlay(raster.draw(found))
    for (x, y), (character, ink) in Motion(found, steps).at(0.7).items():
        picture.write(x, y, character, ink)
    bottom = place.y + place.height - 1
    assert "×0.25" in "".join(picture.read(x, bottom) for x in range(place.x, place.x + place.width))


def test_an_array_is_a_train_and_a_number_one_token() -> None:
    found, steps = moment("f = sum(x); x = [1, 2, 3]", "f")
    assert len(tokens(found, steps, 0.1)) == 1, "one upstream gradient"
    assert max(len(tokens(found, steps, at)) for at in TIMES[-12:-1]) == 3, "one for every element"


def test_a_broadcast_slot_gathers() -> None:
    found, steps = moment("f = sum(x + b); x = [1, 2, 3]; b = 1", "add1")
    assert [row for row in inside(found, steps, 1) if "Σ" in row]


def test_a_matrix_product_swaps_with_a_transpose() -> None:
    found, steps = moment("f = sum(X @ W); X = [[1, 2], [3, 4]]; W = [[1, 0], [2, 1]]", "matmul1")
    rows = inside(found, steps, 1)
    assert rows[0] == "g@W.T" and rows[2] == "X.T@g"


# The roles in small boxes


def small(text: str, key: str, kind: type[Step] = Sent) -> tuple[scene.Scene, tuple[Step, ...]]:
    found, steps = moment(text, key, kind)
    return scene.compose(found.run, level=scene.Level.COMPACT, least=14), steps


def box(found: scene.Scene, steps: tuple[Step, ...], at: float) -> list[str]:
    """Return the three rows of a small box, from its left border to its right one, at a time."""
    place = found.card_of(steps[0].node).place
    picture = Overlay(raster.draw(found))
    for (x, y), (character, ink) in Motion(found, steps).at(at).items():
        picture.write(x, y, character, ink)
    return ["".join(picture.read(x, place.y + y) for x in range(place.x, place.x + place.width)) for y in range(3)]


def test_in_a_small_add_gate_the_gradient_parts_into_both_ways() -> None:
    found, steps = small("f = (x + y)*3; x = 1; y = 2", "add1")
    top, middle, bottom = box(found, steps, 0.7)
    assert (top[0], middle[0], bottom[0]) == ("┓", "┣", "┛") and "━+━" in middle
    assert len(tokens(found, steps, 0.4)) == 1 and len(tokens(found, steps, 0.7)) == 2
    assert middle.strip("┣╋━") == "+", "no word is needed"


def test_in_a_small_max_gate_the_gradient_takes_one_way_and_the_other_goes_dark() -> None:
    found, steps = small("f = max(x, y)*3; x = 1; y = 2", "max1")
    top, middle, bottom = box(found, steps, 0.7)
    assert (top[0], middle[0], bottom[0]) == ("╭", "┏", "┛")
    assert len(tokens(found, steps, 0.7)) == 1
    assert [character for character, _ in Motion(found, steps).at(0.7).values()].count("✕") == 1


def test_the_values_of_a_small_mul_gate_change_places() -> None:
    found, steps = small("f = (x*y)*3; x = 25; y = 7", "mul1")
    assert "25╳7" in box(found, steps, 0.32)[1] and "7╳25" in box(found, steps, 0.45)[1]
    top, middle, bottom = box(found, steps, 0.7)
    assert (top[0], middle[0], bottom[0]) == ("┓", "┣", "┛") and "7╳25" in middle
    assert box(found, steps, 1)[1] == box(scene.compose(found.run, level=scene.Level.COMPACT, least=14), steps, 1)[1]


def test_a_small_scaler_shows_its_slope_and_a_small_tie_its_halves() -> None:
    assert "×0.25" in box(*small("f = sigmoid(x)*3; x = 0", "sigmoid1"), 0.7)[1]
    assert "×0.5" in box(*small("f = max(x, y)*3; x = 2; y = 2", "max1"), 0.7)[1]


def test_at_a_copy_sign_the_contributions_meet_and_their_sum_is_written() -> None:
    found, steps = small("f = x*y + 3*x; x = 2; y = -4", "copy1", Summed)
    at = found.card_of(steps[0].node).place

    def rows(moment: float) -> str:
        picture = Overlay(raster.draw(found))
        for (x, y), (character, ink) in Motion(found, steps).at(moment).items():
            picture.write(x, y, character, ink)
        return "\n".join("".join(picture.read(x, y) for x in range(found.width)) for y in range(found.height))

    assert len(tokens(found, steps, 0.15)) == 2 and "= -1" not in rows(0.15)
    assert " = -1 " in rows(0.5) and ("-4 + 3" in rows(0.5) or "3 + (-4)" in rows(0.5))
    assert len(tokens(found, steps, 0.8)) == 1 and min(x for x, _ in tokens(found, steps, 0.8)) < at.x


def test_a_number_rides_on_a_wire_that_is_long_enough() -> None:
    found, steps = small("f = x*y + 3*x; x = 2; y = -4", "f")
    written = {"".join(c for c, ink in Motion(found, steps).at(at).values() if c.isdigit()) for at in TIMES}
    assert "11" in written, "both ways carry a 1"


# All gates


@pytest.mark.parametrize("level", [scene.Level.DOTS, scene.Level.COMPACT])
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_every_gate_flies_within_a_small_drawing(example: object, level: scene.Level) -> None:
    run = study(example.text).run  # type: ignore[attr-defined]
    for found in (scene.compose(run, level=level), scene.compose(run, level=level, least=0)):
        base = raster.draw(found)
        for start, end in itertools.pairwise(ends(run.timeline)):
            steps = run.timeline[start:end]
            for some in {steps, *((step,) for step in steps)}:
                motion = Motion(found, some, base)
                for at in (0, 0.2, 0.32, 0.45, 0.5, 0.7, NEARLY, 1):
                    for (x, y), (character, _) in motion.at(at).items():
                        assert 0 <= x < found.width and 0 <= y < found.height and width(character) == 1
                assert not tokens(found, some, 1), "at rest nothing is in the air"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_every_gate_flies_within_the_drawing_one_cell_per_character(example: object) -> None:
    run = study(example.text).run  # type: ignore[attr-defined]
    found = scene.compose(run)
    base = raster.draw(found)
    for start, end in itertools.pairwise(ends(run.timeline)):
        steps = run.timeline[start:end]
        for some in {steps, *((step,) for step in steps)}:
            motion = Motion(found, some, base)
            acting = found.card_of(some[0].node)
            for at in (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, NEARLY, 1):
                for (x, y), (character, ink) in motion.at(at).items():
                    assert 0 <= x < found.width and 0 <= y < found.height and len(character) == 1
                    if ink in FLYING and character not in "●✕" and found.card_at(x, y) is not acting:
                        assert base.read(x, y) == " ", "a travelling number covers what is drawn"
            assert tokens(found, some, 1) <= stopped(found, some), "at rest nothing is in the air"
            assert tokens(found, some, 0.05)


def stopped(found: scene.Scene, steps: tuple[Step, ...]) -> set[tuple[int, int]]:
    """Return the cells in which a token may rest: those of a gate that lets nothing through."""
    place = found.card_of(steps[0].node).place
    if not all(map(closed, steps)):
        return set()
    return {(place.x + i, place.y + j) for i in range(place.width) for j in range(place.height)}


def test_a_wide_name_stays_out_of_the_gate() -> None:
    found, steps = moment("f = sum(가 * 나); 가 = [1.25, 2.5]; 나 = [3.125, 4.5]", "mul1")
    for at in TIMES:
        assert all(
            ord(character) < 0x1100 or character in "●╳" for character, _ in Motion(found, steps).at(at).values()
        )


def test_the_acts_follow_each_other() -> None:
    for at in TIMES:
        now = acts(at, 0.2, 0.6)
        assert now.act == 0 or now.arrive == 1
        assert now.leave == 0 or now.act == 1
    assert acts(1, 0.2, 0.6).leave == 1


# Player


def played(text: str = "f = x*y; x = 2; y = 3", **options: bool) -> Player:
    return Player(study(text).run.timeline, **options)


def test_taken_back_the_same_pictures_come_in_the_opposite_order() -> None:
    player = played("f = x*x; x = 3")
    found = scene.compose(player.timeline.run)
    player.seek(len(player.timeline) - 2)

    def pictures() -> list[object]:
        made = []
        while player.flight is not None:
            made.append(Motion(found, player.moment).at(player.at))
            player.advance(TRAVEL / 8)
        return made

    player.forward(gate=True)
    forth = pictures()
    player.back(gate=True)
    back = pictures()
    assert forth[1:] == back[:0:-1] and len(forth) == 8


def test_the_steps_of_a_gate_go_together() -> None:
    player = played("f = (x + y)*x; x = 2; y = 3", animated=False)
    graph = player.timeline.run.graph
    gates = []
    while player.forward(gate=True):
        gates.append(([graph.nodes[step.node].key for step in player.moment], len(player.moment)))
    assert [keys[0] for keys, _ in gates] == ["copy1", "add1", "f", "f", "f", "add1", "copy1"]
    assert [count for _, count in gates] == [1, 1, 1, 1, 2, 2, 2]
    while player.back(gate=True):
        assert player.timeline.cursor in player.gates


def test_in_the_middle_of_a_gate_the_rest_of_it_follows() -> None:
    player = played(animated=False)
    player.seek(3)
    player.forward(gate=True)
    assert player.timeline.cursor == 4
    player.seek(3)
    player.back(gate=True)
    assert player.timeline.cursor == 2


def test_a_pause_in_the_air_freezes_the_token_and_playing_goes_on_from_there() -> None:
    player = played()
    player.toggle()
    player.advance(0.01)
    player.advance(TRAVEL / 2)
    assert player.flight is not None
    progress = player.flight.progress
    player.toggle()
    player.advance(10)
    assert player.flight is not None and player.flight.progress == progress and not player.moving
    player.toggle()
    player.advance(TRAVEL / 4)
    assert player.flight is not None and player.flight.progress > progress


@pytest.mark.parametrize("forward", [True, False])
def test_a_step_from_a_frozen_flight_lets_it_land_on_that_side(forward: bool) -> None:
    player = played()
    player.toggle()
    player.advance(0.01)
    player.advance(TRAVEL / 2)
    player.toggle()
    (player.forward if forward else player.back)()
    player.advance(TRAVEL)
    assert player.flight is None and player.timeline.cursor == (1 if forward else 0)


def test_a_flight_turns_round_where_it_is() -> None:
    player = played()
    player.forward()
    player.advance(TRAVEL / 4)
    at = player.at
    player.back()
    assert player.at == pytest.approx(at) and player.timeline.cursor == 0
    player.forward()
    assert player.at == pytest.approx(at) and player.timeline.cursor == 1


def test_a_question_stops_a_gate_in_its_middle() -> None:
    player = played(animated=False)
    player.limit = 3
    player.seek(2)
    assert player.forward(gate=True) and player.timeline.cursor == 3
    assert not player.forward(gate=True) and player.timeline.cursor == 3


def test_looping_starts_again() -> None:
    player = played(animated=False)
    player.looping = True
    player.toggle()
    cursors = []
    for _ in range(200):
        player.advance(0.5)
        cursors.append(player.timeline.cursor)
    assert player.playing and sum(b < a for a, b in itertools.pairwise(cursors)) >= 2
    assert set(cursors) >= {1, 2, 4}


def test_the_settings_outlive_an_edit() -> None:
    player = played(animated=False)
    player.looping, player.pace = True, 0
    other = player.on(study("f = x").run.timeline)
    assert (other.looping, other.pace, other.animated) == (True, 0, False)


def test_every_step_is_told_in_a_few_words() -> None:
    player = played("f = x*x; x = 3")
    assert [player.tell(i) for i in range(len(player.timeline) + 1)] == [
        "start",
        "x is copied",
        "f is computed",
        "gradient of f is 1",
        "f sends to x",
        "f sends to x",
        "contributions to x add up",
        "total on to x",
    ]


# Bar


def test_the_bar_is_as_long_as_asked_and_full_at_the_end() -> None:
    for columns, total in itertools.product((4, 17, 40), (1, 7, 500)):
        for cursor in range(0, total + 1, max(1, total // 9)):
            text = bar(Situation(cursor, total, total // 2, tuple(range(0, total + 1, 2))), columns).plain
            assert len(text) == columns
        assert not set(bar(Situation(total, total, 1), columns).plain) & set("─┴┼")
        assert not set(bar(Situation(0, total, 1), columns).plain) & set("━┷╋")


def test_ticks_stand_where_a_click_on_them_leads() -> None:
    at = Situation(0, 7, 2, (0, 1, 2, 3, 5, 7))
    text = bar(at, 42).plain
    assert [sought(x, 42, 7) for x, character in enumerate(text) if character in "┴┼"] == [1, 2, 3, 5]
    assert text.index("┼") == 11


def test_both_ends_of_the_bar_can_be_reached() -> None:
    for total in (1, 7, 1500):
        assert sought(0, 30, total) == sought(-9, 30, total) == 0
        assert sought(29, 30, total) == sought(99, 30, total) == total


# Words


@pytest.mark.parametrize("lang", languages())
def test_no_number_is_named_before_it_has_arrived(lang: str) -> None:
    run = study("f = 7*x*y + max(x, z); x = 1.625; y = -3.375; z = 0.875").run
    for start, end in itertools.pairwise(ends(run.timeline)):
        steps = run.timeline[start:end]
        said = announce(steps, lang)
        brought = {scene.shown(run.value_at(steps[0].node))} if steps[0].kind == "computed" else set()
        upstream = scene.shown(run.grad_at(steps[0].node))
        brought |= {scene.shown(run.contribution_at(s.node, s.slot)) for s in steps if isinstance(s, Sent)}
        if isinstance(steps[0], Summed):
            brought.add(upstream)
        else:
            brought.discard(upstream)
        words = said.replace(",", " ").replace(":", " ").replace("?", " ").rstrip(".").replace(". ", " ").split()
        assert not brought & set(words), said


def test_what_holds_for_all_steps_of_a_gate_is_said_once() -> None:
    run = study("f = x*y; x = 2; y = 3").run
    said = conclude(run.timeline[2:4])
    assert said.count("switcher") == 1 and "sends 3 to x" in said and "sends 2 to y" in said


@pytest.mark.parametrize("name", ["micrograd", "baydin", "mlp-221", "olah"])
def test_what_is_added_up_in_a_copy_gate_touches_no_border(name: str) -> None:
    found = scene.compose(study(next(example.text for example in EXAMPLES if example.name == name)).run)
    for step in found.run.timeline:
        if isinstance(step, Summed):
            place = found.card_of(step.node).place
            cells = Motion(found, (step,)).at(1)
            for x in (place.x + 1, place.x + place.width - 2):
                assert {cells.get((x, y), " ")[0] for y in range(place.y + 1, place.y + place.height - 1)} <= {" "}
