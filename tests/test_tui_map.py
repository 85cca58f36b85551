"""The map: what it draws, where it stands, what it hides, what a click on it does."""

from __future__ import annotations

import pytest
from test_tui_screens import HUGE, LARGE, SMALL, lines, opened, press, shown, tutor
from textual._compositor import Compositor
from textual.geometry import Offset, Region, Size, Spacing
from textual.pilot import Pilot

from graphtutor.tui import grid, scene
from graphtutor.tui.ascii import translate
from graphtutor.tui.canvas import GraphCanvas
from graphtutor.tui.miniature import Miniature, View, corner, sized, told
from graphtutor.tui.palette import Ink
from graphtutor.tui.study import study

CHAIN = "; ".join(["a1 = x * y", *(f"a{i} = tanh(a{i - 1} + {i})" for i in range(2, 40))])
TINY = "f = x * y; x = 2; y = 3"


def drawn(made: Miniature, view: View) -> list[str]:
    raster = made.draw(view)
    return [grid.text(raster, y) for y in range(raster.height)]


def chart(pilot: Pilot[None]) -> Region | None:
    """Return where on the screen the map is."""
    canvas = tutor(pilot).query_one(GraphCanvas)
    return canvas.inset.place.translate(canvas.region.offset) if canvas.inset else None


def chain() -> scene.Scene:
    return scene.compose(study(CHAIN).run)


# What it draws


def test_where_something_stands_there_are_dots_and_elsewhere_there_are_none() -> None:
    found = chain()
    wide, high = 30, 6
    made = Miniature(found, Size(wide, high))
    rows = drawn(made, View(Region(found.width - 1, found.height - 1, 1, 1)))
    assert rows[high - 1].endswith("[]")
    cells = {cell for wire in found.wires for cell in wire.route.cells()}
    for card in found.cards.values():
        at = card.place
        cells |= {(x, y) for x in range(at.x, at.x + at.width) for y in range(at.y, at.y + at.height)}
    near = {
        (x * wide // found.width + i, y * high // found.height + j)
        for x, y in cells
        for i in (-1, 0, 1)
        for j in (-1, 0, 1)
    }
    taken = {made.cell(id) for id in found.cards}
    for x in range(wide - 2):
        for y in range(high):
            assert (x, y) not in taken or rows[y][x] != " "
            assert (x, y) in near or rows[y][x] == " "
    assert len(near) < wide * high


def test_what_is_in_sight_is_framed_and_the_marks_tell_step_and_selection_apart_without_colour() -> None:
    found = chain()
    made = Miniature(found, Size(40, 8))
    half = Region(0, 0, found.width // 2, found.height)
    rows = drawn(made, View(half))
    assert rows[0].startswith("┌") and rows[7].startswith("└")
    assert rows[0].rstrip().endswith("┐") and rows[0].index("┐") in (19, 20)
    first, last = found.order[0], found.order[-1]
    for backward, sign in ((False, "►"), (True, "◄")):
        rows = drawn(made, View(half, acting=last, backward=backward, chosen=first))
        x, y = made.cell(last)
        assert rows[y][x] == sign
        x, y = made.cell(first)
        assert rows[y][x] == "◆"
    signs = [translate(sign) for sign in "►◄◆"]
    braille = {translate(chr(code)) for code in range(0x2800, 0x2900)}
    assert len(set(signs)) == 3 and not braille & set(signs)


def test_a_small_window_is_still_seen() -> None:
    made = Miniature(chain(), Size(20, 4))
    rows = drawn(made, View(Region(0, 0, 10, 3)))
    assert rows[0].startswith("[]")
    rows = drawn(made, View(Region(made.scene.width - 1, made.scene.height - 1, 1, 1)))
    assert rows[-1].endswith("[]")


@pytest.mark.parametrize("text", [CHAIN, TINY, f"f = sum(stack([{', '.join(f'x{i}' for i in range(80))}]))"])
@pytest.mark.parametrize("room", [Size(20, 4), Size(48, 13)])
def test_the_map_keeps_to_its_room(text: str, room: Size) -> None:
    found = scene.compose(study(text).run)
    size = sized(found, room)
    assert size.width <= room.width and size.height <= room.height
    rows = drawn(Miniature(found, size), View(Region(0, 0, found.width, found.height)))
    assert all(len(row) == size.width for row in rows) and len(rows) == size.height


def test_a_cell_and_the_place_it_stands_for_are_the_same_place() -> None:
    made = Miniature(chain(), Size(30, 6))
    for x in range(30):
        for y in range(6):
            place = made.point(x, y)
            assert (place.x * 30 // made.scene.width, place.y * 6 // made.scene.height) == (x, y)


# Where it stands


def test_it_stands_where_it_hides_nothing() -> None:
    box, room = Size(20, 6), Size(80, 20)
    assert corner(box, room, [], []) == 0
    assert corner(box, room, [Region(70, 18, 5, 1)], []) == 1
    assert corner(box, room, [Region(0, 19, 80, 1)], []) == 2
    assert corner(box, room, [Region(0, 19, 80, 1), Region(3, 3, 4, 4)], []) == 3
    assert corner(box, room, [Region(0, 0, 80, 20)], []) is None
    assert corner(box, room, [], [Region(0, 19, 80, 1)]) == 2, "wires are spared where they can be"
    assert corner(box, room, [], [Region(0, 0, 80, 20)]) == 0, "but not at any price"
    assert corner(box, room, [], [], now=2) == 2, "it does not wander about"


@pytest.mark.parametrize("size", [SMALL, LARGE, HUGE])
async def test_the_map_never_hides_a_gate_or_a_number_of_the_step(size: tuple[int, int]) -> None:
    async with opened(CHAIN, size) as pilot:
        screen = tutor(pilot)
        canvas = screen.query_one(GraphCanvas)
        screen.mapped = True
        seen = 0
        for cursor in range(0, len(screen.player.timeline) + 1, 3):
            screen.jump(cursor)
            await pilot.pause()
            step = screen.step
            if step is None or canvas.inset is None:
                continue
            seen += 1
            at = canvas.inset.place
            wires = screen.scene.wires_of(step)
            cards = {screen.scene.card_of(step.node).id, *(screen.scene.wires[i].target for i in wires)}
            shift = Offset(*canvas.offset_of_drawing) - canvas.scroll_offset
            kept, _ = told(screen.scene, cards, wires)
            assert not any(at.overlaps(part.translate(shift)) for part in kept)
        assert seen > 10


# When it is there


async def test_it_is_there_by_itself_only_for_a_large_graph_where_there_is_room() -> None:
    for text, size, there in ((CHAIN, HUGE, True), (TINY, HUGE, False), (CHAIN, SMALL, False)):
        async with opened(text, size) as pilot:
            assert (chart(pilot) is not None) is there
            await press(pilot, "m")
            assert (chart(pilot) is not None) is not there
            assert ("map (m)" in shown(pilot)) is not there
            await press(pilot, "m")
            assert (chart(pilot) is not None) is there


async def test_what_was_asked_for_stays_over_an_edit_another_size_and_a_restart() -> None:
    async with opened(CHAIN, HUGE) as pilot:
        screen = tutor(pilot)
        await press(pilot, "m")
        screen.adopt(screen.study.with_text(f"{CHAIN}; b = a39 * 2"))
        await pilot.resize_terminal(*LARGE)
        await pilot.pause()
        assert chart(pilot) is None
        view = screen.snapshot()
    async with opened(CHAIN, HUGE) as pilot:
        tutor(pilot).restore(view)
        tutor(pilot).draw()
        assert chart(pilot) is None


# What it does


async def test_a_click_and_a_drag_move_the_view_and_select_nothing() -> None:
    async with opened(CHAIN, HUGE) as pilot:
        screen = tutor(pilot)
        canvas, place = screen.query_one(GraphCanvas), chart(pilot)
        assert place is not None
        at = place.shrink(Spacing.all(1))
        await pilot.click(offset=(at.right - 1, at.y))
        assert canvas.scroll_offset.x == canvas.max_scroll_x
        assert screen.chosen is None
        await pilot.mouse_down(offset=(at.right - 1, at.y))
        await pilot.hover(offset=(at.x + at.width // 2, at.y))
        middle = canvas.scroll_offset.x + canvas.size.width // 2
        assert abs(middle - screen.scene.width // 2) <= screen.scene.width // at.width
        await pilot.hover(offset=(0, 0))
        await pilot.mouse_up(offset=(0, 0))
        assert canvas.scroll_offset.x == 0
        await pilot.hover(offset=(at.right - 1, at.y))
        assert canvas.scroll_offset.x == 0


async def test_the_frame_follows_the_view() -> None:
    async with opened(CHAIN, HUGE) as pilot:
        at = chart(pilot)
        assert at is not None
        before = [row[at.x : at.right] for row in lines(pilot)[at.y : at.bottom]]
        await press(pilot, *["shift+right"] * 20)
        at = chart(pilot)
        assert at is not None
        after = [row[at.x : at.right] for row in lines(pilot)[at.y : at.bottom]]
        assert before != after and any("[" in row or "┌" in row for row in after)


@pytest.mark.parametrize(("x", "said"), [(0, "mm값  "), (1, " mm   "), (2, "글mm  "), (3, "글 mm "), (4, "글값mm")])
def test_no_half_of_a_wide_character_is_left_beside_the_map(x: int, said: str) -> None:
    under = grid.Raster(6, 1)
    under.write(0, 0, "글값", Ink.KEY)
    over = grid.Raster(2, 1)
    over.write(0, 0, "mm", Ink.FRAME)
    cells = under.rows([0], 0, 6)
    grid.lay(cells, x, over.rows([0], 0, 2))
    assert "".join(text for text, _ in grid.runs(cells)[0]) == said


async def test_the_map_moves_without_a_layout_of_the_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(CHAIN, HUGE) as pilot:
        screen = tutor(pilot)
        before, laid = chart(pilot), []
        reflow = Compositor.reflow
        monkeypatch.setattr(Compositor, "reflow", lambda *args: laid.append(1) or reflow(*args))
        monkeypatch.setattr(screen, "_free", lambda *args: 2)
        await press(pilot, "right")
        assert chart(pilot) != before and not laid


async def test_the_gates_are_set_once_for_a_scene_and_not_for_every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(CHAIN, HUGE) as pilot:
        screen = tutor(pilot)
        filled: list[int] = []
        dots = Miniature._dots
        monkeypatch.setattr(Miniature, "_dots", lambda *args: filled.append(1) or dots(*args))
        await press(pilot, "end", "tab", "shift+right", "home")
        assert not filled
        screen.adopt(screen.study.with_text(f"{CHAIN}; b = a39 * 2"))
        await pilot.pause()
        assert filled
