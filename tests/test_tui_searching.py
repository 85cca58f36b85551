"""Search: what is found by which word, and which key leads where."""

from __future__ import annotations

import pytest
from test_tui_screens import HUGE, LARGE, SMALL, lines, opened, press, shown, tutor
from textual.pilot import Pilot

from graphtutor.tui import finding, scene
from graphtutor.tui.canvas import GraphCanvas
from graphtutor.tui.study import study
from graphtutor.tui.tutor.searching import SearchBar

NEURON = "s = w0*x0 + w1*x1 + w2; f = 1/(1 + exp(-s)); w0=2; x0=-1; w1=-3; x1=-2; w2=-3"
CHAIN = (
    "; ".join(f"s{i + 1} = s{i} * w{i} + relu(s{i})" for i in range(12))
    + "; s0=1; "
    + "; ".join(f"w{i}=0.{i + 1}" for i in range(12))
)


def hits(text: str, sought: str, lang: str = "en") -> list[str]:
    found = scene.compose(study(text).run, lang)
    return [found.run.graph.node(id).key for id in finding.found(found, sought, lang)]


@pytest.mark.parametrize(
    ("sought", "keys"),
    [
        ("x0", ["x0"]),
        ("X0", ["x0"]),
        (" exp ", ["exp1"]),
        ("mul", ["mul1", "mul2"]),
        ("switcher", ["f", "mul1", "mul2"]),
        ("*", ["mul1", "mul2"]),
        ("swit", ["f", "mul1", "mul2"]),
        ("mul2", ["mul2"]),
        ("s", ["s"]),
        ("x", ["x0", "x1"]),
        ("itch", ["f", "mul1", "mul2"]),
        ("nothing", []),
        ("", []),
    ],
)
def test_gates_are_found_by_name_key_gate_symbol_and_role(sought: str, keys: list[str]) -> None:
    assert sorted(hits(NEURON, sought)) == keys


def test_roles_are_found_in_both_languages_and_inputs_by_that_word() -> None:
    assert hits("f = x * y", "input") == ["x", "y"]
    assert hits("f = x * y", "output") == ["f"]
    word = scene.role_word(study("f = x * y").graph.node("f").gate.role, "ko")
    assert word != "switcher" and hits("f = x * y", word, "ko") == hits("f = x * y", "switcher", "ko") == ["f"]


async def search(pilot: Pilot[None], text: str) -> None:
    await press(pilot, "slash", *text)
    await pilot.pause()


def answer(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one("#hits").render())


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_search_selects_the_first_hit_and_says_how_many_there_are(size: tuple[int, int]) -> None:
    async with opened(NEURON, size) as pilot:
        room = pilot.app.screen.query_one(GraphCanvas).size
        await search(pilot, "mul")
        assert tutor(pilot).chosen == "mul1"
        assert "find mul" in shown(pilot) and "1 of 2" in shown(pilot) and "switcher" in answer(pilot)
        assert pilot.app.screen.query_one(GraphCanvas).size == room, "the drawing must not jump"
        for key in ("enter Next", "↑ Previous", "tab Keep", "esc Cancel"):
            assert key in lines(pilot)[-1]


async def test_enter_and_the_arrows_go_from_hit_to_hit_and_around() -> None:
    async with opened(NEURON) as pilot:
        await search(pilot, "input")
        order = hits(NEURON, "input")
        assert tutor(pilot).chosen == order[0]
        await press(pilot, "enter")
        assert tutor(pilot).chosen == order[1] and f"2 of {len(order)}" in answer(pilot)
        await press(pilot, "down")
        assert tutor(pilot).chosen == order[2]
        await press(pilot, "up", "up", "up")
        assert tutor(pilot).chosen == order[-1] and pilot.app.screen.query_one(SearchBar).display


async def test_enter_keeps_the_only_hit_and_tab_keeps_any() -> None:
    async with opened(NEURON) as pilot:
        await search(pilot, "exp")
        await press(pilot, "enter")
        assert tutor(pilot).chosen == "exp1" and not pilot.app.screen.query_one(SearchBar).display
        await search(pilot, "mul")
        await press(pilot, "enter", "tab")
        assert tutor(pilot).chosen == "mul2" and not pilot.app.screen.query_one(SearchBar).display
        await press(pilot, "right")
        assert "step 1" in shown(pilot), "the keys are the tutor's again"


async def test_escape_brings_back_what_was_selected_and_in_sight() -> None:
    async with opened(CHAIN) as pilot:
        await press(pilot, "tab")
        canvas = pilot.app.screen.query_one(GraphCanvas)
        before, offset = tutor(pilot).chosen, canvas.scroll_offset
        await search(pilot, "s12")
        assert tutor(pilot).chosen == "s12" and canvas.scroll_offset != offset
        at = canvas._scene.cards[tutor(pilot).study.graph.node("s12").id].place
        x, y = canvas.scroll_offset
        assert x <= at.x and at.x + at.width <= x + canvas.size.width
        assert y <= at.y and at.y + at.height <= y + canvas.size.height
        await press(pilot, "escape")
        assert tutor(pilot).chosen == before and canvas.scroll_offset == offset
        assert not pilot.app.screen.query_one(SearchBar).display


async def test_what_is_not_there_is_said_friendly_and_selects_nothing() -> None:
    async with opened(NEURON) as pilot:
        await search(pilot, "relu")
        assert answer(pilot) == "Nothing is called relu; try a role such as adder."
        assert tutor(pilot).chosen is None
        await press(pilot, "enter", "up", "escape")
        assert not pilot.app.screen.query_one(SearchBar).display
        await press(pilot, "right")
        assert "step 1" in shown(pilot), "the keys are the tutor's again"


async def test_the_other_hits_are_marked_while_one_searches() -> None:
    async with opened(NEURON, HUGE) as pilot:
        await search(pilot, "switcher")
        assert shown(pilot).count("╔") == 3
        await press(pilot, "tab")
        assert shown(pilot).count("╔") == 1


async def test_search_works_beside_an_open_tool_and_gives_the_keys_back_to_it() -> None:
    async with opened(NEURON, LARGE) as pilot:
        await press(pilot, "r")
        await search(pilot, "w1")
        assert tutor(pilot).chosen == "w1"
        await press(pilot, "enter")
        assert pilot.app.focused is tutor(pilot).tool


@pytest.mark.parametrize("there", ["h", "l"])
async def test_left_and_right_again_visit_every_wire_of_a_gate(there: str) -> None:
    async with opened("f = max(a, b) * a; a=2; b=1", HUGE) as pilot:
        start = "max1" if there == "h" else "copy1"
        await search(pilot, start)
        await press(pilot, "enter")
        graph = tutor(pilot).study.graph
        node = graph.node(start)
        ends = {graph.nodes[i].key for i in node.args}
        if there == "l":
            ends = {graph.nodes[use.target].key for use in graph.uses[node.index]}
        seen = []
        for _ in ends:
            await press(pilot, there)
            seen.append(tutor(pilot).chosen)
            await search(pilot, start)
            await press(pilot, "enter")
        assert set(seen) == ends and len(ends) == 2
