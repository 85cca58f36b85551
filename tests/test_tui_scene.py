"""The pure half of the screen: scene, raster, player, study. No Textual application runs here."""

from __future__ import annotations

import itertools

import pytest
from rich.cells import cell_len

import graphtutor as gt
from graphtutor.errors import ExpressionError, GraphtutorError, InputError
from graphtutor.examples import EXAMPLES
from graphtutor.explain import languages
from graphtutor.gates import Role
from graphtutor.tui import grid, legend, motion, raster, scene, steer
from graphtutor.tui import study as studies
from graphtutor.tui.cells import clip, marked
from graphtutor.tui.palette import ROLE_COLOURS, STYLES, Ink
from graphtutor.tui.player import REST, TRAVEL, Player
from graphtutor.tui.study import read_assignments, study, written_values

GRAPHS = {
    **{example.title: example.text for example in EXAMPLES},
    "korean": "출력 = (가 + 나나) * z; 가 = 1; 나나 = 2; z = 3",
    "an input alone": "f = x; x = 2",
    "constants only": "f = 2 * 3",
    "where": "f = where(x > 0, x*y, y); x = 1; y = 2",
    "huge and tiny": "f = x*y + x; x = 1.23456e-200; y = -9.87654e150",
}
MOMENTS = {name: study(text) for name, text in GRAPHS.items()}


def drawn(
    name: str, cursor: int | None = None, lang: str = "en", **marks: object
) -> tuple[scene.Scene, raster.Picture]:
    run = MOMENTS[name].run
    found = scene.compose(run, lang)
    timeline = run.timeline
    timeline.seek(len(timeline) if cursor is None else cursor)
    numbers, totals = found.numbers(timeline), found.totals(timeline)
    return found, raster.paint(raster.draw(found), found, numbers, totals, raster.Marks(**marks))  # type: ignore[arg-type]


def cells(picture: raster.Ground | raster.Picture, x: int, y: int, count: int) -> str:
    return "".join(picture.read(x + i, y) for i in range(count))


@pytest.mark.parametrize("name", GRAPHS)
def test_every_value_stands_above_its_edge_and_every_gradient_below(name: str) -> None:
    found, picture = drawn(name)
    timeline = found.run.timeline
    for wire, said in zip(found.wires, found.numbers(timeline), strict=True):
        x, y = wire.route.label
        assert cells(picture, x, y - 1, wire.room).strip() == (said.value or scene.DASH)
        assert cells(picture, x, y + 1, wire.room).strip() == (said.gradient or scene.DASH)


@pytest.mark.parametrize("name", GRAPHS)
def test_no_number_overprints_a_line_or_a_box(name: str) -> None:
    found, _ = drawn(name)
    base = raster.draw(found)
    for wire in found.wires:
        x, y = wire.route.label
        for dy in (-1, 1):
            if 0 <= y + dy < base.height:
                assert cells(base, x, y + dy, wire.room).strip() == ""
        assert x + wire.room <= base.width


@pytest.mark.parametrize("level", scene.Level)
@pytest.mark.parametrize("name", GRAPHS)
def test_a_large_drawing_is_made_in_pieces_that_show_the_same(
    name: str, level: scene.Level, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = scene.compose(MOMENTS[name].run, level=level)
    hot = raster.Marks(hot=range(len(found.wires)), chosen=found.order[0], backward=True)

    def everything() -> list[list[list[int]]]:
        ground = raster.draw(found, opens=True)
        timeline = found.run.timeline
        picture = raster.paint(ground, found, found.numbers(timeline), found.totals(timeline), hot)
        views = (ground.rows(range(found.height), 0, found.width), picture.rows(range(0, found.height, 2), 3, 40))
        return [part.tolist() for cells in views for part in cells]

    whole = everything()
    monkeypatch.setattr(raster, "WHOLE", 0)
    monkeypatch.setattr(raster, "TILE", raster.Size(7, 3))
    monkeypatch.setattr(raster, "TILES", 4)
    assert everything() == whole


def test_pieces_that_were_looked_at_long_ago_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raster, "WHOLE", 0)
    monkeypatch.setattr(raster, "TILE", raster.Size(1, 1))
    base = raster.draw(scene.compose(MOMENTS["constants only"].run))
    assert not base._tiles
    for y in range(base.height):
        grid.text(base, y)
    assert len(base._tiles) == raster.TILES < base.width * base.height


@pytest.mark.parametrize("name", GRAPHS)
def test_every_row_is_exactly_as_wide_as_the_drawing(name: str) -> None:
    _, picture = drawn(name)
    assert {cell_len(grid.text(picture, y)) for y in range(picture.height)} == {picture.width}


@pytest.mark.parametrize("name", GRAPHS)
def test_every_cut_of_a_row_is_exactly_as_wide_as_asked(name: str) -> None:
    _, picture = drawn(name)
    for y, left in itertools.product(range(picture.height), range(min(24, picture.width - 9))):
        assert cell_len("".join(text for text, _ in grid.cut(picture, y, left, left + 9))) == 9


@pytest.mark.parametrize("lang", languages())
def test_gates_say_their_role_in_the_border(lang: str) -> None:
    found, picture = drawn("f = 2*(x*y + max(z, w))", lang=lang)
    for card in found.cards.values():
        if card.kind == "gate":
            assert scene.role_word(card.role, lang) in grid.text(picture, card.place.y)


def test_roles_are_hidden_where_they_are_asked_and_the_boxes_do_not_tell_them_by_their_width() -> None:
    run = MOMENTS["f = x*x"].run
    found = scene.compose(run, show_roles=False)
    picture = "\n".join(grid.text(raster.draw(found), y) for y in range(found.height))
    assert not any(role in picture for role in Role)
    assert len({card.place.width for card in found.cards.values() if card.kind in ("gate", "copy")}) == 1


def test_nothing_is_known_before_the_first_step_but_the_inputs() -> None:
    found, _ = drawn("f = (x + y) * z", 0)
    numbers = found.numbers(found.run.timeline)
    assert [said.value for said in numbers] == ["-2", "5", None, "-4", None]
    assert {said.gradient for said in numbers} == {None}


def test_a_step_forward_and_back_returns_to_the_same_drawing() -> None:
    run = MOMENTS["f = x*x"].run
    found, base = scene.compose(run), raster.draw(scene.compose(run))

    def picture() -> list[str]:
        made = raster.paint(base, found, found.numbers(run.timeline), found.totals(run.timeline), raster.Marks())
        return [grid.text(made, y) for y in range(made.height)]

    run.timeline.seek(0)
    forth = [picture()]
    while run.timeline.forward():
        forth.append(picture())
    back = [picture()]
    while run.timeline.back():
        back.append(picture())
    assert forth == back[::-1]


def test_the_copy_gate_shows_its_total_once_it_is_added_up() -> None:
    found, picture = drawn("f = x*x")
    text = "\n".join(grid.text(picture, y) for y in range(picture.height))
    assert "= 6" in text
    found.run.timeline.seek(found.run.timeline.turn)
    assert found.totals(found.run.timeline) == {}


def test_marks_are_shapes_and_not_only_colours() -> None:
    found, _ = drawn("f = (x + y) * z")
    ids = {card.foot or card.label: card.id for card in found.cards.values() if card.id != scene.OUTPUT}
    plain, heavy, double = (
        "".join(grid.text(picture, y) for y in range(picture.height))
        for picture in (
            drawn("f = (x + y) * z")[1],
            drawn("f = (x + y) * z", acting=ids["add1"], hot=[0])[1],
            drawn("f = (x + y) * z", chosen=ids["add1"], acting=ids["add1"])[1],
        )
    )
    assert "━" not in plain and "═" not in plain
    assert "┏distributor┓" in heavy and "━" in heavy
    assert "╔distributor╗" in double and "┏" not in double


def test_a_hot_wire_points_the_way_things_move() -> None:
    forward = drawn("f = x*x", hot=[0])[1]
    backward = drawn("f = x*x", hot=[0], backward=True)[1]
    assert "━►" in "".join(grid.text(forward, y) for y in range(forward.height))
    assert "◄━" in "".join(grid.text(backward, y) for y in range(backward.height))


@pytest.mark.parametrize("backward", [False, True])
def test_a_token_travels_the_whole_edge(backward: bool) -> None:
    found, _ = drawn("f = (x + y) * z")
    path = list(found.wires[0].route.cells())
    timeline = found.run.timeline
    step = next(
        s for s in timeline if s.kind == ("sent" if backward else "computed") and found.wires[0].edge in s.edges()
    )
    seen = [
        cell
        for at in range(200)
        for cell, (character, _) in motion.Motion(found, [step]).at(at / 200).items()
        if character == "●" and cell in path
    ]
    assert list(dict.fromkeys(seen)) == (path[::-1] if backward else path)


def test_wires_are_longer_where_there_is_room() -> None:
    run = MOMENTS["f = (x + y) * z"].run
    narrow, wide = scene.fitting(run, "en", 60), scene.fitting(run, "en", 120)
    assert narrow.width <= 60 < wide.width <= 120


def test_a_selection_moves_in_reading_order_and_along_wires() -> None:
    found, _ = drawn("f = (x + y) * z")
    name = {card.id: card.foot or card.label for card in found.cards.values()}
    walk = [steer.after(found, None, 1)]
    while len(walk) < 6:
        walk.append(steer.after(found, walk[-1], 1))
    assert [name[id] for id in walk] == ["x", "y", "add1", "z", "f", "x"]
    add = walk[2]
    assert name[steer.towards(found, add, "right")] == "f"
    assert name[steer.towards(found, add, "left")] in ("x", "y")
    assert name[steer.towards(found, add, "down")] == "z"
    assert name[steer.towards(found, walk[0], "up")] == "x"


def test_every_ink_has_a_style_and_every_role_a_colour_and_a_line_in_the_legend() -> None:
    assert len(STYLES) == len(Ink)
    assert set(ROLE_COLOURS) == set(Role)
    said = legend.roles("en").plain
    assert all(role in said for role in ("distributor", "adder", "router", "switcher", "scaler"))


# Player


def test_a_number_is_shown_only_when_its_token_arrives() -> None:
    player = Player(gt.parse("f = x*y").run(x=2, y=3).timeline)
    assert player.forward()
    assert (player.timeline.cursor, player.visible) == (1, 0)
    player.advance(TRAVEL / 2)
    assert player.flight is not None and player.visible == 0
    player.advance(TRAVEL)
    assert player.flight is None and player.visible == 1


def test_playing_goes_gate_by_gate_and_stops_at_the_end() -> None:
    player = Player(gt.parse("f = x*y").run(x=2, y=3).timeline)
    player.toggle()
    seen = set()
    for _ in range(200):
        player.advance(0.1)
        seen.add(player.timeline.cursor)
    assert seen == {1, 2, 4} and not player.playing, "what mul sends to x and to y goes together"
    player.toggle()
    assert player.playing and player.timeline.cursor == 0


def test_without_animation_nothing_flies_and_playing_still_works() -> None:
    player = Player(gt.parse("f = x*y").run(x=2, y=3).timeline, animated=False)
    player.forward()
    assert player.flight is None and player.visible == 1
    player.toggle()
    for _ in range(len(player.timeline)):
        player.advance(REST + TRAVEL)
    assert player.timeline.cursor == len(player.timeline)


def test_twice_the_speed_takes_half_the_time() -> None:
    player = Player(gt.parse("f = x*y").run(x=2, y=3).timeline)
    player.faster(1)
    player.forward()
    player.advance(TRAVEL / 2)
    assert player.speed == 2 and player.flight is None


# Study


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_every_worked_example_runs_with_its_own_values(example: object) -> None:
    found = study(example.text)  # type: ignore[attr-defined]
    assert not found.assumed and not found.run.faults and not found.graph.unused


def test_values_are_shown_beside_the_expression_and_not_in_it() -> None:
    assert study("x = -2; f = (x + y) * z; y = 5; z = -4").text == "f = (x + y) * z"
    assert study("q = x + y\n# a remark\nf = q * q\nx = 1\ny = 2").run.value() == 9


def test_inputs_without_a_value_get_distinct_ones_and_a_note_says_so() -> None:
    found = study("f = x*y + z", {"y": 7})
    assert found.assumed == ("x", "z") and found.run.inputs["y"] == 7
    assert len(set(found.run.inputs.values())) == 3
    assert "x = 2" in found.note()


def test_made_up_values_keep_a_logarithm_defined() -> None:
    assert not study("f = log(x) + log(y)").run.faults


def test_editing_the_expression_keeps_the_values_and_takes_new_ones_from_the_text() -> None:
    first = study("f = x*y; x = 2", {"y": 5})
    assert first.with_text("f = x*y + x; x = 2").run.inputs == {"x": 2, "y": 5}
    assert first.with_values({"x": 9}).with_text("f = x + y").run.inputs == {"x": 9, "y": 5}
    assert first.with_text("f = x*y; x = 3").run.inputs == {"x": 3, "y": 5}


def test_a_graph_too_large_for_the_screen_is_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studies, "LARGEST", 50)
    with pytest.raises(InputError, match="the screen shows up to"):
        study("f = " + " + ".join(["x"] * 60))


def test_values_are_written_as_they_are_read() -> None:
    values = {"x": -2.0, "y": 1 / 3}
    assert read_assignments(written_values(values, values)) == values
    assert read_assignments("x = 1/4, y=2*3;z=-1e-3") == {"x": 0.25, "y": 6, "z": -0.001}


@pytest.mark.parametrize("text", ["", "5", "x", "x=", "x=1 y=two", "x=1 x=2"])
def test_values_that_cannot_be_read_are_a_message(text: str) -> None:
    with pytest.raises(GraphtutorError):
        read_assignments(text)


# Cells


def test_the_mark_stands_under_the_column_also_behind_wide_characters() -> None:
    with pytest.raises(ExpressionError) as caught:
        gt.parse("출력 = 가 ^ 2")
    piece, _ = marked(caught.value, 40)
    source, mark = piece.split("\n")
    before = source[: source.index("가")]
    assert cell_len(before) <= len(mark) - 1 <= cell_len(source)


def test_clipped_text_says_so() -> None:
    assert clip("가나다라", 5) == "가나…" and clip("abc", 3) == "abc"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a = x*x\n  b = a + y;\n\nf = a*b\nx = -2; y = 3\n", "a = x*x; b = a + y; f = a*b"),
        ("x = 2; f = x*y; x = 3", "f = x*y"),
        ("x = 2; x = x*y; f = x + 1", "x2 = x * y; f = x2 + 1"),
        ("f = (x +\n y)*z; z = 3", "f = (x + y) * z"),
        ("f = x # the input; y\nx = 2", "f = x # the input; y"),
        ("f = x \f+ y; y = 2", "f = x + y"),
        ("e = 3; f = e*x", "f = e*x"),
    ],
)
def test_the_values_are_taken_out_of_the_text(text: str, left: str) -> None:
    found, graph = gt.parse(text, names=()), studies.study(text)
    assert graph.text == left and graph.graph.given == {}
    again = gt.parse(graph.text, names=graph.graph.inputs)
    assert studies.shape(again) == studies.shape(graph.graph) == studies.shape(found)
    assert {name: graph.values[name] for name in found.given} == found.given


@pytest.mark.parametrize("name", GRAPHS)
def test_every_contribution_fits_a_copy_gates_box_with_its_sign(name: str) -> None:
    found, _ = drawn(name)
    for card in found.cards.values():
        if card.kind == "copy":
            for use in found.run.graph.uses[card.node]:
                number = scene.shown(found.run.contribution_at(use.target, use.slot))
                assert cell_len(f"+ {number}") <= card.place.width - 2


def test_the_ways_to_the_slots_part_between_the_border_and_the_symbol() -> None:
    for text in ("f = max(x, y)", "f = where(x > 0, x*y, y)", "f = softmax_cross_entropy(x, y); x = [1]; y = [1]"):
        run = study(text).run
        found = scene.compose(run)
        for node in run.graph.nodes:
            card = found.cards[node.id]
            if card.kind == "gate" and len(node.args) > 1:
                stage = motion.Motion(found, [step for step in run.timeline if step.node == node.index][:1]).stage
                assert stage is not None and stage.left <= stage.hub < card.written[0] - 1
