"""What one sees right after opening: as much of the graph, as closely, as the terminal has room for."""

from __future__ import annotations

from itertools import pairwise

import pytest
from screens import HUGE, LARGE, SMALL, SUM_TIMES, lines, opened, press, shown, tutor
from textual.pilot import Pilot

from graphtutor.examples import EXAMPLES
from graphtutor.tui import scene
from graphtutor.tui.canvas import GraphCanvas
from graphtutor.tui.inspector import PANEL
from graphtutor.tui.place import BELOW, BESIDE, Place, closest
from graphtutor.tui.scene import Level
from graphtutor.tui.study import study

EXAMPLE = {example.name: example.text for example in EXAMPLES}
NEURON, MAX, MICROGRAD = EXAMPLE["cs231n-sigmoid"], EXAMPLE["cs231n-max"], EXAMPLE["micrograd"]
XOR = EXAMPLE["xor"]
SOFTMAX = (
    "z = X@W + b; loss = softmax_cross_entropy(z, Y); X = [[1, 2], [3, 1]]; W = [[0.5, -1, 0], [1, 0, 0.5]]; "
    "b = [0, 0.1, 0]; Y = [[1, 0, 0], [0, 0, 1]]"
)
BOTH = (Level.FULL, Level.COMPACT)


def whole(pilot: Pilot[None]) -> bool:
    canvas, found = pilot.app.screen.query_one(GraphCanvas), tutor(pilot).scene
    return found.width <= canvas.size.width and found.height <= canvas.size.height


def test_the_closest_level_comes_first_and_then_the_first_place() -> None:
    run = study(NEURON).run
    full, compact = (scene.compose(run, level=level) for level in BOTH)
    dense = scene.compose(run, gap=0)
    roomy, low = Place(full.width, full.height), Place(full.width, dense.height - 1)
    narrow = Place(compact.width, full.height)
    found = closest(run, "en", [roomy, roomy._replace(above=True)], BOTH)
    assert found is not None and (found.place, found.level) == (roomy, Level.FULL)
    for places in ([narrow, roomy], [low, roomy]):
        found = closest(run, "en", places, BOTH)
        assert found is not None and (found.place, found.level) == (roomy, Level.FULL)
    found = closest(run, "en", [narrow, low], BOTH)
    assert found is not None and (found.place, found.level) == (narrow, Level.COMPACT)
    assert closest(run, "en", [narrow, low], [Level.FULL]) is None
    found = closest(run, "en", [low._replace(rows=dense.height)], BOTH)
    assert found is not None and found.level is Level.FULL, "boxes stand closer before one looks from further away"
    assert closest(run, "en", [Place(20, 5)], BOTH) is None


def test_a_panel_below_gets_the_rows_that_the_drawing_leaves() -> None:
    run = study(NEURON).run
    full = scene.compose(run)
    panels = [
        found.panel
        for rows in (0, 2, 5, 50)
        if (found := closest(run, "en", [Place(full.width, full.height + rows, above=True)], [Level.FULL]))
    ]
    assert panels[0] == panels[1] == BELOW < panels[2] < panels[3] < 2 * BELOW


def test_the_words_of_the_panel_fit_beside_the_canvas() -> None:
    assert PANEL + 2 * 2 <= BESIDE


@pytest.mark.parametrize(
    ("text", "size", "level", "above"),
    [
        (SUM_TIMES, SMALL, Level.FULL, False),
        (NEURON, SMALL, Level.COMPACT, False),
        (EXAMPLE["cs231n-neuron"], SMALL, Level.COMPACT, False),
        (XOR, SMALL, Level.COMPACT, False),
        (XOR, LARGE, Level.COMPACT, True),
        (EXAMPLE["mlp-221"], LARGE, Level.COMPACT, True),
        (MAX, SMALL, Level.FULL, False),
        (SUM_TIMES, LARGE, Level.FULL, False),
        (NEURON, LARGE, Level.FULL, True),
        (MAX, LARGE, Level.FULL, True),
        (NEURON, HUGE, Level.FULL, False),
        (MICROGRAD, HUGE, Level.COMPACT, True),
        (SOFTMAX, SMALL, Level.COMPACT, False),
        (SOFTMAX, LARGE, Level.FULL, True),
    ],
)
async def test_the_whole_graph_is_in_sight_at_once(text: str, size: tuple[int, int], level: Level, above: bool) -> None:
    async with opened(text, size) as pilot:
        assert tutor(pilot).scene.level is level
        assert pilot.app.screen.has_class("-above") is above
        assert whole(pilot)
        assert tutor(pilot).query_one(GraphCanvas).max_scroll_x == 0
        for key in ("end", "home"):
            await press(pilot, key)
            assert whole(pilot), "nothing moves while the run is played"


async def test_of_what_fits_nowhere_as_much_is_seen_as_can_be_with_numbers_and_it_is_followed() -> None:
    async with opened(MICROGRAD, SMALL) as pilot:
        screen = tutor(pilot)
        canvas = screen.query_one(GraphCanvas)
        assert screen.scene.level is Level.COMPACT and not whole(pilot)
        seen = min(screen.scene.width, canvas.size.width) * min(screen.scene.height, canvas.size.height)
        assert 3 * seen > screen.scene.width * screen.scene.height
        for _ in range(40):
            await press(pilot, "right")
            at = screen.scene.card_of(screen.step.node).place
            assert 0 <= at.x - canvas.scroll_offset.x < canvas.size.width
            assert 0 <= at.y - canvas.scroll_offset.y < canvas.size.height


async def test_the_level_follows_the_room_until_one_is_asked_for() -> None:
    async with opened(NEURON, SMALL) as pilot:
        screen = tutor(pilot)
        for size, level in ((LARGE, Level.FULL), (SMALL, Level.COMPACT)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            await pilot.pause()
            assert screen.scene.level is level and whole(pilot)
        assert screen.snapshot()["level"] is None
        await press(pilot, "Z")
        for size in (LARGE, HUGE, SMALL):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            await pilot.pause()
            assert screen.scene.level is Level.DOTS
        await press(pilot, "f")
        await pilot.resize_terminal(*LARGE)
        await pilot.pause()
        assert screen.scene.level is Level.COMPACT, "what f found at 80 columns"
        assert screen.snapshot()["level"] == "COMPACT"


async def test_nothing_moves_to_another_place_while_only_numbers_change() -> None:
    async with opened(NEURON, LARGE) as pilot:
        screen = tutor(pilot)
        for number in (-0.123456, -123456.0, 1e-200):
            screen.adopt(screen.study.with_values(dict.fromkeys(screen.study.values, number)))
            await pilot.pause()
            assert screen.has_class("-above") and screen.scene.level is Level.FULL


async def test_questions_are_asked_where_numbers_stand_at_the_wires_and_then_one_looks_as_before() -> None:
    async with opened(NEURON, SMALL) as pilot:
        screen = tutor(pilot)
        await press(pilot, "a")
        assert screen.predicting and screen.scene.level is Level.FULL
        await pilot.resize_terminal(100, 24)
        await pilot.pause()
        assert screen.scene.level is Level.FULL
        await press(pilot, "escape")
        assert not screen.predicting and screen.scene.level is Level.COMPACT


async def test_a_selected_input_without_a_box_leaves_its_wire_as_it_is() -> None:
    async with opened(NEURON, SMALL) as pilot:
        await press(pilot, "tab")
        assert tutor(pilot).chosen == "w0"
        assert "═" not in shown(pilot)


async def test_a_panel_below_has_the_arithmetic_beside_the_roles() -> None:
    async with opened(NEURON, LARGE) as pilot:
        await press(pilot, "end")
        row = next(line for line in shown(pilot).splitlines() if "mul1 = w0 * x0" in line)
        assert "adds up the gradients" in row
        assert "w0         2" in shown(pilot) and "x0        -1" in shown(pilot), "the whole table"


async def test_numbers_that_grow_do_not_push_compact_boxes_about_once_they_have_room() -> None:
    async with opened(NEURON, SMALL) as pilot:
        screen = tutor(pilot)
        await press(pilot, "end", "w")
        before = {id: card.place.width for id, card in screen.scene.cards.items()}
        for _ in range(12):
            await press(pilot, "right")
            widths = {id: card.place.width for id, card in screen.scene.cards.items()}
            assert all(widths[id] >= before[id] for id in widths)
            before = widths
        assert screen.scene.level is Level.COMPACT


async def test_the_bar_has_a_line_for_itself_where_the_panel_stands_beside_the_canvas() -> None:
    async with opened(SUM_TIMES, LARGE) as pilot:
        place = tutor(pilot).query_one("#transport").region
        words, drawn = (lines(pilot)[row][place.x : place.right] for row in (place.y, place.bottom - 1))
        assert "step 0/7" in words and "full" in words and set(drawn.strip()) == {"─", "┴", "┼"}
        assert len(drawn.strip()) >= place.width - 2
        await pilot.click("#transport", offset=(place.width // 2, 1))
        half = tutor(pilot).player.timeline.cursor
        assert half in (3, 4)
        await pilot.click("#transport", offset=(place.width - 3, 0))
        assert tutor(pilot).player.timeline.cursor == half, "the words are no bar"


async def test_what_fits_nowhere_stands_where_more_of_it_is_seen() -> None:
    async with opened(MICROGRAD, LARGE) as pilot:
        assert pilot.app.screen.has_class("-above") and not whole(pilot)
        await press(pilot, "z")
        assert not pilot.app.screen.has_class("-above"), "beside, nearly as much of full boxes is seen"
    async with opened(XOR, LARGE) as pilot:
        await press(pilot, "z", "end")
        assert pilot.app.screen.has_class("-above") and not whole(pilot)
        assert "dloss/dW = X.T @ dloss/dmatmul1" in shown(pilot)


@pytest.mark.parametrize(
    ("key", "said"), [("", "value above each edge"), ("Z", "value on top"), ("Z Z", "A sign for each gate")]
)
async def test_what_the_numbers_mean_is_said_for_the_zoom_that_is_seen(key: str, said: str) -> None:
    async with opened(SUM_TIMES, LARGE) as pilot:
        await press(pilot, *key.split())
        assert said in shown(pilot)


async def test_what_stands_for_a_copy_is_said_where_no_word_says_it() -> None:
    async with opened("f = x*x; x = 3", SMALL) as pilot:
        assert "Σ copy" not in shown(pilot), "the box says it"
        await press(pilot, "Z")
        assert "Σ copy" in shown(pilot)
        await press(pilot, "i")
        assert "Σ" not in shown(pilot)
    async with opened(SUM_TIMES, SMALL) as pilot:
        await press(pilot, "Z")
        assert "Σ copy" not in shown(pilot)


@pytest.mark.parametrize("text", [XOR, MICROGRAD])
async def test_what_to_press_first_needs_no_scrolling(text: str) -> None:
    async with opened(text, LARGE) as pilot:
        assert pilot.app.screen.has_class("-above")
        assert tutor(pilot).query_one("#inspect").max_scroll_y == 0
        assert "/ search   z zoom   x export" in shown(pilot)


async def test_one_gate_is_no_gates() -> None:
    async with opened("f = exp(x); x = 1", LARGE) as pilot:
        assert "f: 1 gate, 1 input\n" in "\n".join(line.rstrip() for line in lines(pilot))


async def test_a_large_terminal_shows_keys_and_signs_of_the_help_side_by_side() -> None:
    async with opened(SUM_TIMES, HUGE) as pilot:
        await press(pilot, "f1")
        assert any("Play and step" in line and "Predict" in line and "Mouse" in line for line in lines(pilot))
        row = next(i for i, line in enumerate(lines(pilot)) if "one step forward" in line)
        assert any("On the canvas" in line for line in lines(pilot)[row - 3 : row + 3])


async def test_sliders_leave_a_drawing_in_sight_that_was() -> None:
    async with opened("f = (a + b) * max(a, c); a=2; b=-1; c=0.5", LARGE) as pilot:
        assert whole(pilot)
        await press(pilot, "w")
        assert whole(pilot), "room for longer numbers is not worth a scroll bar"


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("left", "this is the start"),
        ("home", "this is the start"),
        ("end right", "this is the end"),
        ("end end", "this is the end"),
        ("shift+left", "the whole graph is in sight"),
        ("end c", "the whole graph is in sight"),
    ],
)
async def test_a_key_that_has_nothing_to_do_says_why(keys: str, said: str) -> None:
    async with opened(SUM_TIMES, LARGE) as pilot:
        *first, last = keys.split()
        await press(pilot, *first)
        assert not pilot.app._notifications
        await press(pilot, last)
        assert said in str([note.message for note in pilot.app._notifications])


@pytest.mark.parametrize(
    ("keys", "typed"),
    [("e", "9"), ("w", "9"), ("slash", "z"), ("b a", "9"), ("d", "up"), ("tab r", "down")],
)
async def test_a_terminal_that_was_too_small_for_a_while_gives_the_keys_back(keys: str, typed: str) -> None:
    async with opened("f = x*x + z; x = 2; z = 3", LARGE) as pilot:
        await press(pilot, *keys.split())
        had, footer = pilot.app.focused, lines(pilot)[-1]
        for size in ((40, 10), (30, 8), LARGE):
            await pilot.resize_terminal(*size)
            for _ in range(3):
                await pilot.pause()
        assert pilot.app.focused is had and lines(pilot)[-1] == footer
        before = shown(pilot)
        await press(pilot, typed)
        assert shown(pilot) != before


@pytest.mark.parametrize("text", [SUM_TIMES, MAX, NEURON, EXAMPLE["cs231n-neuron"]])
@pytest.mark.parametrize("size", [SMALL, LARGE, (160, 45), HUGE])
async def test_what_is_spread_out_stays_whole(text: str, size: tuple[int, int]) -> None:
    async with opened(text, size) as pilot:
        await pilot.pause()
        assert whole(pilot)


async def test_a_small_graph_is_spread_over_a_large_terminal() -> None:
    found = study(MAX).run
    small, large = (scene.fitting(found, "en", columns, rows=rows) for columns, rows in ((66, 32), (146, 52)))
    assert large.width > 1.5 * small.width and large.width <= 146 - 4
    assert large.height <= 52 - 2
    apart = [
        below.place.y - above.place.y - above.place.height
        for above, below in [(large.cards[one], large.cards[other]) for one, other in _stacked(large)]
    ]
    assert min(apart) >= 4


def _stacked(found: scene.Scene) -> list[tuple[str, str]]:
    """Return the cards that stand in one column, each with the next below it."""
    cards = sorted(found.cards.values(), key=lambda card: (card.place.x, card.place.y))
    return [(above.id, below.id) for above, below in pairwise(cards) if above.place.x == below.place.x]
