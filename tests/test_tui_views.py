"""Paths, tangents and the backward pass as a graph, on the screen, driven by their keys."""

from __future__ import annotations

import re

import numpy as np
import pytest
from screens import HUGE, LARGE, SMALL, SUM_TIMES, lines, opened, press, shown, tutor
from textual.pilot import Pilot
from textual.widgets import Input

from graphtutor.examples import EXAMPLES
from graphtutor.exercises.questions import question
from graphtutor.explain.moments import announce
from graphtutor.tui.tutor.routes import RouteList

TWICE = "q = x*y; f = q*x; x=3; y=-2"
ARRAYS = "W=[[.1,.5],[-.3,.8]]; x=[.2,.4]; h=tanh(W@x); f=sum(h*x)"

MICROGRAD = next(example.text for example in EXAMPLES if example.name == "micrograd")


def heavy(pilot: Pilot[None]) -> int:
    """Count the cells of heavy lines on the canvas."""
    return sum(line.count("━") for line in lines(pilot)[1:30])


@pytest.mark.parametrize("size", [SMALL, LARGE, HUGE])
async def test_routes_list_every_path_its_product_and_the_sum(size: tuple[int, int]) -> None:
    async with opened(TWICE, size) as pilot:
        await press(pilot, "end", "r")
        await pilot.pause()
        text = shown(pilot)
        assert "Paths from f back to x" in text and "2 paths" in text
        assert "f ← q ← x" in text and "f ← x" in text
        assert "df/dx = -6 + (-6) = -12" in text
        if size == SMALL:
            assert "1 * 3 * (-2) = -6" in text
        else:
            assert "* ∂f/∂q" in text and "* ∂q/∂x" in text
        await press(pilot, "r")
        assert "Paths from" not in shown(pilot)


async def test_a_long_product_keeps_its_result_and_is_written_out_where_there_is_room() -> None:
    neuron = "f = 1/(1+exp(-(w0*x0+w1*x1+w2))); w0=2; x0=-1; w1=-3; x1=-2; w2=-3"
    async with opened(neuron, SMALL) as pilot:
        await press(pilot, "r")
        await pilot.pause()
        listed = next(line for line in lines(pilot) if "▸  1" in line)
        assert listed.rstrip().endswith("… = -0.1966")  # CS231n's gradient of w0
        factors = next(line for line in lines(pilot) if line.startswith(" 1 * "))
        assert factors.rstrip().endswith("* (-1) = -0.1966") and factors.count("*") == 7


async def test_more_paths_than_there_is_room_for_are_counted() -> None:
    async with opened("f = x*x*x*x*x*x*x; x=1", SMALL) as pilot:
        await press(pilot, "r")
        await pilot.pause()
        assert "7 paths, 1-5  up, down" in shown(pilot)
        await press(pilot, "up")
        assert "7 paths, 3-7  up, down" in shown(pilot)


async def test_up_down_and_tab_walk_the_paths_and_escape_leaves() -> None:
    async with opened(TWICE, LARGE) as pilot:
        await press(pilot, "r")
        screen = tutor(pilot)
        assert screen.walked is not None
        first, wires = screen.walked.edges, screen.marks(None).hot
        for key in ("down", "tab", "up", "shift+tab", "j", "k"):
            before = screen.walked.edges
            await press(pilot, key)
            assert screen.walked.edges != before, key
        assert screen.walked.edges == first
        await press(pilot, "down")
        assert set(screen.marks(None).hot) != set(wires)
        assert len(screen.marks(None).hot) == len(screen.walked.edges) + 1
        assert heavy(pilot) > 10
        await press(pilot, "escape")
        assert screen.tool is None and screen.focused is not None and "Paths from" not in shown(pilot)


async def test_routes_lead_to_what_is_selected_and_say_when_nothing_flows() -> None:
    async with opened("f = x*3; x=2", LARGE) as pilot:
        screen = tutor(pilot)
        three = next(node for node in screen.study.graph.nodes if node.label == "3")
        screen.choose(three.id)
        await press(pilot, "r")
        await pilot.pause()
        assert "No gradient reaches 3" in shown(pilot)
        screen.choose(screen.study.graph.node("x").id)
        await press(pilot)
        assert isinstance(screen.tool, RouteList) and "Paths from f back to x" in shown(pilot)


async def test_routes_through_arrays_are_vector_jacobian_products() -> None:
    async with opened(ARRAYS, LARGE, lang="en") as pilot:
        await press(pilot, "r")
        await pilot.pause()
        assert "vector-Jacobian" in shown(pilot)


async def test_routes_stay_true_while_values_change() -> None:
    async with opened(TWICE, LARGE) as pilot:
        await press(pilot, "r")
        screen = tutor(pilot)
        screen.adopt(screen.study.with_values({"x": 1.0}))
        await press(pilot)
        assert "df/dx = -2 + (-2) = -4" in shown(pilot)
        screen.adopt(screen.study.with_text("f = x*y*y; x=1; y=2"))
        await press(pilot)
        assert screen.tool is None


async def test_tangents_stand_below_the_edges_and_end_at_the_gradient() -> None:
    async with opened(SUM_TIMES, LARGE) as pilot:
        await press(pilot, "tab", "t")
        assert "forward mode: tangents d.../dx" in shown(pilot) and "step 0/3" in shown(pilot)
        await press(pilot, "end")
        text = shown(pilot)
        assert "end" in text and "df/dx = -4 * 1 + 3 * 0 = -4" in text
        assert "the same number that the backward pass gives" in tutor(pilot).narration().plain
        tutor(pilot).adopt(tutor(pilot).study.with_values({"z": 7.0}))
        await press(pilot)
        assert "= 7" in shown(pilot)
        await press(pilot, "t")
        assert "forward mode:" not in shown(pilot) and "step 0/7" in shown(pilot)
        await press(pilot, "b", "t", "escape")
        assert "forward mode:" not in shown(pilot) and tutor(pilot).is_current
        assert "step 2/7" in shown(pilot), "one comes back to where one was"


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_the_start_of_forward_mode_speaks_of_tangents(size: tuple[int, int]) -> None:
    for lang, words in (("en", "values and tangents flow forward"), ("ko", "값과 접선이 함께 앞으로")):
        async with opened(SUM_TIMES, size, lang=lang) as pilot:
            await press(pilot, "t")
            said = " ".join(shown(pilot).split())
            assert words in said and "d.../dx" in said
            assert "gradients flow back" not in said and "기울기가 뒤로" not in said


async def test_T_lets_every_number_of_every_input_move_in_turn() -> None:
    async with opened("W=[[.1,.5],[-.3,.8]]; b=2; f=sum(W**2)*b", SMALL) as pilot:
        screen = tutor(pilot)
        assert not screen.check_action("another", ()), "only in forward mode"
        await press(pilot, "end", "t", "end")
        found = []
        for _ in range(5):  # df/dW = 2 * W * b, df/db is the sum of the squares
            found.append(
                (
                    lines(pilot)[0].split("d.../d")[1].split("  ")[0],
                    float(screen.viewed().grad_at(screen.study.graph.output)),
                )
            )
            await press(pilot, "T")
        assert [name for name, _ in found] == ["W[0, 0]", "W[0, 1]", "W[1, 0]", "W[1, 1]", "b"]
        assert [number for _, number in found] == pytest.approx([0.4, 2.0, -1.2, 3.2, 0.99])
        assert "W has 4 numbers; W[0, 0] is the one that moves" not in shown(pilot), "said at the start only"
        await press(pilot, "home")
        assert "W has 4 numbers; W[0, 0] is the one that moves" in " ".join(shown(pilot).split())
        screen.choose(screen.study.graph.node("b").id)
        await press(pilot, "T")
        assert "d.../db" in lines(pilot)[0], "what is selected moves"


async def test_the_tools_keep_the_number_that_was_chosen_in_one_of_them() -> None:
    async with opened("W=[[.1,.5],[-.3,.8]]; f=sum(W**2)", LARGE) as pilot:
        await press(pilot, "w", "right_square_bracket", "right_square_bracket", "escape", "d")
        await pilot.pause()
        assert "Nudge W[1, 0] by 0.1" in shown(pilot)
        await press(pilot, "right_square_bracket", "escape", "t")
        assert "d.../dW[1, 1]" in lines(pilot)[0]
        tutor(pilot).adopt(tutor(pilot).study.with_values({"W": np.array([3.0])}))
        await press(pilot)
        assert "d.../dW[0]" in lines(pilot)[0], "an array of another shape has other numbers"


async def test_every_step_forward_with_tangents_is_drawn_and_said_in_both_languages() -> None:
    for lang in ("en", "ko"):
        async with opened(ARRAYS, SMALL, lang=lang) as pilot:
            await press(pilot, "t")
            for _ in range(len(tutor(pilot).player.timeline)):
                await press(pilot, "right")
                tutor(pilot).advance(0.2)
                tutor(pilot).advance(5.0)
            assert tutor(pilot).player.timeline.cursor == len(tutor(pilot).player.timeline)


async def test_the_backward_pass_opens_as_a_graph_and_escape_comes_back() -> None:
    async with opened("f = x*x*y; x=3; y=2", LARGE) as pilot:
        await press(pilot, "right", "s")
        assert "backward pass of f as a graph: its output is df/dx" in shown(pilot) and "Esc goes back" in shown(pilot)
        inner = tutor(pilot)
        assert inner.study.run.value() == 12.0 and inner.study.run.grad("x") == 4.0
        await press(pilot, "escape")
        assert tutor(pilot) is not inner and "step 1/" in shown(pilot) and "backward pass of" not in shown(pilot)


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("size", [SMALL, LARGE, HUGE])
async def test_second_derivatives_are_called_so_wherever_they_stand(size: tuple[int, int], lang: str) -> None:
    async with opened("f = sigmoid(w*x + b); w=2; x=-1; b=3", size, lang=lang) as pilot:
        await press(pilot, "s")
        seen = []
        for keys in ("end", "left", "tab", "r", "escape", "a", "f2", "a", "d", "w", "escape", "t", "end"):
            await press(pilot, *keys.split())
            seen.append("\n".join(lines(pilot)[1:]))  # under the expression, which is a text to be typed
        await press(pilot, "escape", "s")
        seen.append(lines(pilot)[0].partition("  f = ")[0])
        text = "\n".join(seen)
        assert "∂²f/∂" in text and "df/dw" in text and "df_dw" not in text and "ddf" not in text
        assert "∂²f/∂w²" in seen[-1]


async def test_remarks_and_events_call_a_derivative_so_too() -> None:
    async with opened("f = x**3; x=2", SMALL) as pilot:
        await press(pilot, "s", "b")
        screen, said = tutor(pilot), ""
        for keys in ("y", "d l l l l", "y", "escape escape r"):
            await press(pilot, *keys.split())
            said += "".join(f"{note.title}: {note.message}\n" for note in pilot.app._notifications)
        assert "the value of df/dx" in said and "df/dx is selected" in said
        player, run = screen.player, screen.study.run
        said += "\n".join(player.tell(cursor) for cursor in range(len(player.timeline) + 1))
        said += "\n".join(announce([step]) for step in run.timeline)
        said += "\n".join(asked.item.label for step in run.timeline if (asked := question(step)))
        assert "df_dx" not in said


async def test_in_ascii_a_second_derivative_reads_d2f() -> None:
    async with opened("f = x**3; x=2", SMALL, ascii=True) as pilot:
        await press(pilot, "s", "end")
        assert "d2f/dx2 = " in shown(pilot)


async def test_other_values_of_a_derivative_leave_it_one() -> None:
    async with opened("f = x**3; x=2", SMALL) as pilot:
        await press(pilot, "s", "v")
        tutor(pilot).query_one("#line", Input).value = "x=4"
        await press(pilot, "enter", "end")
        assert "∂²f/∂x² = " in shown(pilot) and tutor(pilot).study.run.grad("x") == 24


async def test_a_derivative_that_is_constant_opens_too() -> None:
    async with opened("f = 2*x; x=3", SMALL) as pilot:
        await press(pilot, "s")
        assert "df/dx" in lines(pilot)[0] and tutor(pilot).study.run.value() == 2.0


async def test_a_nudge_shows_the_predicted_and_the_actual_change() -> None:
    for size in (SMALL, LARGE):
        async with opened("f = x*x; x=3", size) as pilot:
            await press(pilot, "d")
            await pilot.pause()
            text = shown(pilot)
            assert "Nudge x by 0.1" in text and "6 * 0.1 = 0.6" in text and "9.61 - 9 = 0.61" in text
            assert "difference  0.01" in text
            canvas = "".join(line[:66] if size == LARGE else line for line in lines(pilot)[1:-3])
            assert "╔═══╗" in canvas, "the input that is nudged stands out"
            for sign, count in (("●", 2), ("◇", 1), ("◆", 2)):  # the two ends may fall into one cell
                assert text.count(sign) >= count, "in the plot and beside the number that it stands for"
            await press(pilot, "down")
            assert "6 * 0.01 = 0.06" in shown(pilot)
            await press(pilot, "up", "up")
            assert "6 * 1 = 6" in shown(pilot) and "16 - 9 = 7" in shown(pilot)
            await press(pilot, "minus")
            text = shown(pilot)
            assert "Nudge x by -1" in text and "6 * (-1) = -6" in text and "4 - 9 = -5" in text
            await press(pilot, "escape")
            assert "by -1" not in shown(pilot)


@pytest.mark.parametrize("size", [SMALL, LARGE, HUGE])
@pytest.mark.parametrize(
    ("text", "keys", "en", "ko"),
    [
        ("f = 1/x; x=0", "d", "At x = 0 the output is inf", "x = 0에서 출력이 inf입니다"),
        ("f = log(x); x=0", "d", "At x = 0 the output is -inf", "x = 0에서 출력이 -inf입니다"),
        ("f = sqrt(x); x=0", "d minus", "At x = -0.1 the output is nan", "x = -0.1에서 출력이 nan입니다"),
        ("f = sqrt(x); x=0", "d", "The gradient is inf here", "여기서 기울기가 inf입니다"),
        ("f = exp(x); x=709.7", "d up", "At x = 710.7 the output is inf", "x = 710.7에서 출력이 inf입니다"),
    ],
)
async def test_a_nudge_from_or_to_infinity_says_why_there_is_nothing_to_compare(
    text: str, keys: str, en: str, ko: str, size: tuple[int, int]
) -> None:
    for lang, said in (("en", en), ("ko", ko)):
        async with opened(text, size, lang=lang) as pilot:
            await press(pilot, *keys.split())
            panel = shown(pilot)
            assert said in panel and re.search("(difference|차이) +–", panel) and "rounding" not in panel


async def test_a_nudge_goes_to_what_is_selected_and_from_number_to_number() -> None:
    async with opened("f = x*y; x=3; y=[2, 5]", SMALL) as pilot:
        screen = tutor(pilot)
        await press(pilot, "d", "right_square_bracket")
        assert "Nudge y[0] by 0.1" in shown(pilot) and "0.3 = 0.3" not in shown(pilot)
        await press(pilot, "right_square_bracket", "right_square_bracket")
        assert "Nudge x by 0.1" in shown(pilot)
        await press(pilot, "left_square_bracket")
        assert "Nudge y[1] by 0.1" in shown(pilot)
        screen.choose(screen.study.graph.node("x").id)
        await press(pilot)
        assert "Nudge x by 0.1" in shown(pilot) and "gradient 7 * 0.1 = 0.7" in shown(pilot)


@pytest.mark.parametrize("size", [SMALL, LARGE, HUGE])
async def test_a_nudge_on_a_corner_stays_within_the_panel(size: tuple[int, int]) -> None:
    async with opened("f = relu(x)*y; x=0; y=-2", size) as pilot:
        await press(pilot, "d")
        await pilot.pause()
        tool = tutor(pilot).tool
        assert tool is not None and tool.max_scroll_y == 0 and "◆" in shown(pilot)
        assert "one of the choices between them" in " ".join(shown(pilot).split())


async def test_a_nudge_tells_of_corners() -> None:
    async with opened("f = relu(x); x=0", LARGE) as pilot:
        await press(pilot, "d")
        await pilot.pause()
        assert "Here is a corner of" in shown(pilot)
    async with opened("f = relu(x); x=-0.05", LARGE) as pilot:
        await press(pilot, "d")
        await pilot.pause()
        assert "there is a corner of" in shown(pilot)


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_words_of_a_rule_are_explained_in_the_panel(size: tuple[int, int]) -> None:
    async with opened("W=[[1,5],[3,2]]; f=sum(max(W, axis=1))", size) as pilot:
        await press(pilot, "end")
        screen = tutor(pilot)
        said = screen.inspection(screen.step).plain
        assert "winners(x, out, axis): 1 where x is the largest" in said
        assert ("winners(x, out, axis)" in shown(pilot)) == (size == LARGE), "in a small panel one scrolls to it"


async def test_a_long_list_of_routes_keeps_to_its_lines_and_is_scrolled_with_the_panel_keys() -> None:
    text = "a=-4; b=2; c = a + b; d = a*b + b**3; e = c*d + c*a + d*b + c*b; f = e*c + e*d + a*e; g = f*c + f*d"
    async with opened(text, (120, 24)) as pilot:
        await press(pilot, "r")
        for _ in range(3):
            await pilot.pause()
        screen = tutor(pilot)
        assert screen.tool is not None and screen.tool.max_scroll_y > 0
        listed = [line[66:] for line in lines(pilot) if " g ← " in line or " g←" in line]
        assert len(listed) == 12
        assert all(re.search(r" g ?← ?.* -?\d[\d.e+]* *$", line) for line in listed), (
            "the product is in the line of its path"
        )
        await press(pilot, "pagedown")
        assert screen.tool.scroll_offset.y > 0
        await press(pilot, "pageup")
        assert screen.tool.scroll_offset.y == 0


async def test_a_nudge_of_a_large_number_stays_on_its_lines() -> None:
    async with opened("f = 342662.401628 + 1e-6*x; x = 0.5", HUGE) as pilot:
        await press(pilot, "d", "down", "down")
        await pilot.pause()
        assert any(re.search(r"◆ actual +9\.895e-10 *$", line) for line in lines(pilot))


async def test_routes_that_were_looked_at_in_an_opened_graph_do_not_outlive_it() -> None:
    async with opened("f = sigmoid(x) * y; x = 1; y = 2") as pilot:
        await press(pilot, "end")
        screen = tutor(pilot)
        screen.choose(screen.study.graph.node("sigmoid1").id)
        await press(pilot, "enter")
        last = max(screen.study.graph.nodes, key=lambda node: node.index)
        screen.choose(last.id)
        await press(pilot, "r", "escape", "u", "U", "u")
        assert len(screen.study.graph.nodes) < last.index and screen.tool is None
        await press(pilot, "escape", "U")
        screen.choose(screen.study.graph.nodes[last.index].id)
        await press(pilot, "r")
        assert isinstance(screen.tool, RouteList)
        screen.action_undo()
        await press(pilot, "end")
        assert screen.tool is None or screen.walked is not None


async def test_paths_that_are_cut_can_still_be_told_apart() -> None:
    async with opened(MICROGRAD, LARGE) as pilot:
        await press(pilot, "tab", "r")
        ways = [line.split("←", 1)[1] for line in shown(pilot).splitlines() if line.count("←") > 3]
        assert len(ways) == len(set(ways)) >= 6
        assert "sum  dh/da = " in shown(pilot), "nothing has to be scrolled for it"


async def test_in_a_large_terminal_the_factors_of_a_path_stand_beside_the_list() -> None:
    async with opened(MICROGRAD, HUGE) as pilot:
        await press(pilot, "tab", "r")
        seen = shown(pilot)
        assert any("Paths from h back to a" in line and "Path 1, from" in line for line in seen.splitlines())
        assert "sum  dh/da = 138.8" in seen and "* ∂mul1/∂a" in seen, "nothing has to be scrolled"
        await pilot.resize_terminal(*LARGE)
        await pilot.pause()
        await pilot.pause()
        assert not any(
            "Paths from h back to a" in line and "Path 1, from" in line for line in shown(pilot).splitlines()
        )
