"""The table of all numbers, where there is room for it."""

from __future__ import annotations

import pytest
from screens import HUGE, LARGE, SUM_TIMES, lines, opened, press, shown, tutor
from textual.pilot import Pilot

import graphtutor as gt
from graphtutor.examples import EXAMPLES
from graphtutor.tui.ledger import Ledger
from graphtutor.tui.lines import Lines
from graphtutor.tui.memory import Memory

SHARED = "f = (a + b) * max(a, c); a=2; b=-1; c=0.5"
MICROGRAD = next(example.text for example in EXAMPLES if example.name == "micrograd")


def rows(text: str, cursor: int | None = None, room: int = 40, **how: object) -> list[list[str]]:
    """Return the cells of the table once so many steps have happened."""
    run = gt.parse(text).run()
    timeline = run.timeline
    timeline.seek(len(timeline) if cursor is None else cursor)
    written = Ledger(run.graph).lines(timeline, 60, room, "en", **how)  # type: ignore[arg-type]
    return [line.plain.split() for line in written]


def test_every_input_and_gate_has_its_value_and_its_gradient() -> None:
    # by hand: f = (a + b) * a at a = 2, b = -1: df/da = 2a + b = 3, df/db = a = 2, the max lets nothing through to c
    assert rows(SHARED)[1:] == [
        ["a", "given", "2", "3"],
        ["b", "given", "-1", "2"],
        ["c", "given", "0.5", "0"],
        ["add1", "a", "+", "b", "1", "2"],
        ["max1", "max(a,", "c)", "2", "1"],
        ["f", "add1", "*", "max1", "2", "1"],
    ]


async def test_a_graph_of_a_constant_alone_has_an_empty_table() -> None:
    async with opened("f = 3", HUGE) as pilot:
        assert len(tutor(pilot).query_one("#ledger", Lines).text.plain.splitlines()) == 1


def test_what_is_not_computed_is_a_dash() -> None:
    assert rows(SHARED, cursor=0)[-1] == ["f", "add1", "*", "max1", "–", "–"]
    assert rows(SHARED, cursor=0)[1] == ["a", "given", "2", "–"]


def test_a_long_table_shows_the_page_of_what_acts_or_is_selected() -> None:
    run = gt.parse(MICROGRAD).run()
    last = run.graph.output
    assert [row[0] for row in rows(MICROGRAD, room=10)][1:3] == ["a", "b"]
    page = rows(MICROGRAD, room=10, acting=last)
    assert ["►", "h"] in [row[:2] for row in page] and len(page) == 10
    assert page[-1][:3] == ["20-27", "of", "27:"]
    assert [row[0] for row in rows(MICROGRAD, room=10, acting=last, chosen="b")][2] == "b"


def test_a_copy_gate_stands_for_its_source() -> None:
    graph = gt.parse(MICROGRAD).run().graph
    copies = [node.index for node in graph.nodes if node.gate.name == "copy"]
    table = [row[0] for row in rows(MICROGRAD, room=6, acting=copies[-1])]
    source = graph.nodes[copies[-1]]
    while source.gate.name == "copy":
        source = graph.nodes[source.args[0]]
    assert source.key in table


async def test_the_table_is_there_where_there_is_room_and_follows_the_steps() -> None:
    async with opened(SUM_TIMES, HUGE) as pilot:
        before = shown(pilot)
        await press(pilot, "end")
        row = next(line for line in lines(pilot) if "add1 * z" in line)
        assert row.split()[-2:] == ["-12", "1"] and "add1 * z" in before
        await press(pilot, "w")
        assert "add1 * z" not in shown(pilot), "a tool has the panel for itself"
        await press(pilot, "escape")
        await pilot.resize_terminal(*LARGE)
        await pilot.pause()
        await pilot.pause()
        assert "add1 * z" not in shown(pilot)


async def test_V_puts_the_table_away_and_back_and_that_is_remembered() -> None:
    memory = Memory()
    async with opened(SUM_TIMES, HUGE, memory=memory) as pilot:
        await press(pilot, "V")
        assert "add1 * z" not in shown(pilot)
        tutor(pilot).app.save()  # type: ignore[attr-defined]
    async with opened(SUM_TIMES, HUGE, memory=memory) as pilot:
        assert "add1 * z" not in shown(pilot)
        await press(pilot, "end", "V")
        assert next(line for line in lines(pilot) if "add1 * z" in line).split()[-2:] == ["-12", "1"]


@pytest.mark.parametrize("lang", ["en", "ko"])
async def test_where_there_is_no_room_for_the_table_V_says_why(lang: str) -> None:
    def said(pilot: Pilot[None]) -> str:
        return " ".join(note.message for note in pilot.app._notifications)

    async with opened(SUM_TIMES, LARGE, lang=lang) as pilot:
        await press(pilot, "V")
        assert "160x45" in said(pilot) and "120x40" in said(pilot)
    async with opened(SUM_TIMES, HUGE, lang=lang) as pilot:
        await press(pilot, "V", "V", "w")
        assert not said(pilot)
        await press(pilot, "V")
        assert "esc" in said(pilot) and "add1 * z" not in shown(pilot)
        await press(pilot, "escape")
        assert "add1 * z" in shown(pilot)


async def test_the_table_does_not_give_an_answer_away() -> None:
    async with opened(SUM_TIMES, HUGE) as pilot:
        await press(pilot, "a")
        assert tutor(pilot).predicting
        row = next(line for line in lines(pilot) if line.rstrip().endswith("–") and "x + y" in line)
        assert row.split()[-2:] == ["–", "–"]


@pytest.mark.parametrize("text", [SUM_TIMES, MICROGRAD])
async def test_in_forward_mode_the_table_shows_tangents(text: str) -> None:
    async with opened(text, HUGE) as pilot:
        await press(pilot, "t", "end")
        head = next(line for line in lines(pilot) if "computes  " in line)
        assert head.split("computes")[1].split()[:2] == ["value", "tangent"]


@pytest.mark.parametrize("text", [SUM_TIMES, MICROGRAD])
async def test_the_table_fits_the_panel_after_the_terminal_was_resized(text: str) -> None:
    async with opened(text, LARGE) as pilot:
        await press(pilot, "z", "Z", "end")
        for size in (HUGE, (170, 48), HUGE):
            await pilot.resize_terminal(*size)
            for _ in range(4):
                await pilot.pause()
            table = tutor(pilot).query_one("#ledger", Lines)
            written = table.render().plain.splitlines()
            assert table.max_scroll_y == 0 and len(written) <= table.content_size.height
            assert max(map(len, written[:2])) == table.content_size.width, "as wide as its room"


def test_of_a_large_array_the_table_writes_the_first_elements() -> None:
    found = rows("f = sum(X*2); X = [[1, 2, 3], [4, 5, 6], [7, 8, 9], [10, 11, 12], [13, 14, 15]]")
    assert ["X", "given", "5x3:", "[[1,", "2…", "5x3:", "[[2,", "2…"] in found
