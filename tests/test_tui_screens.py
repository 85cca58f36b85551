"""The screens, driven by keys and mouse at fixed sizes. Time stands still unless a test lets it pass."""

from __future__ import annotations

import asyncio
from threading import Event

import pytest
from rich.cells import cell_len
from rich.console import Console
from screens import HUGE, LARGE, SMALL, SUM_TIMES, lines, opened, press, settled, shown, tutor
from textual.pilot import Pilot
from textual.types import AnimationLevel
from textual.widgets import Input, OptionList, Static

from graphtutor.engine.run import Run
from graphtutor.examples import EXAMPLES
from graphtutor.explain.words import sentence
from graphtutor.layout import Tell
from graphtutor.tui import scene
from graphtutor.tui.app import GraphtutorApp
from graphtutor.tui.canvas import GraphCanvas
from graphtutor.tui.exercise import ExerciseScreen
from graphtutor.tui.help import HelpScreen
from graphtutor.tui.home import HomeScreen
from graphtutor.tui.lines import Lines
from graphtutor.tui.player import REST, TRAVEL
from graphtutor.tui.prompt import PromptBar
from graphtutor.tui.study import study
from graphtutor.tui.tutor import TutorScreen, arranging

SIGMOID = next(example.text for example in EXAMPLES if "primitive" in example.about)


async def pass_time(pilot: Pilot[None], seconds: float) -> None:
    tutor(pilot).advance(seconds)
    await pilot.pause()


async def retype(pilot: Pilot[None], text: str) -> None:
    line = pilot.app.screen.query_one("#line", Input)
    line.value = text
    await pilot.pause()
    await pilot.pause()


# Tutor


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_the_screen_opens_at_the_start_and_says_what_to_press(size: tuple[int, int]) -> None:
    async with opened(size=size) as pilot:
        text = shown(pilot)
        assert "f = (x + y) * z" in text and "x=-2  y=5  z=-4" in text
        assert "distributor" in text and "switcher" in text
        assert "paused" in text and "step 0/7" in text and "start" in text
        assert "Press space" in text and "esc goes home" in " ".join(text.split())
        for key in ("space Play", "→ Step", "← Back", "tab Gate", "e Edit", "v Values", "x Export", "? Help", "q Quit"):
            assert key in lines(pilot)[-1]
        assert "-12" not in text


async def test_the_end_shows_every_value_and_gradient() -> None:
    async with opened() as pilot:
        await press(pilot, "end")
        for size in (SMALL, LARGE, HUGE):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            await pilot.pause()
            text = shown(pilot)
            assert "step 7/7" in text and "-12" in text
            assert "The + gate is a distributor" in text and "local 1 sends" in text
            assert "-4 * 1 = -4" in text
            assert ("df/dy = df/dadd1 * 1" if size == SMALL else "df/dy = df/dadd1 * ∂add1/∂y") in text
            assert "–" not in "".join(lines(pilot)[1:14])


async def test_steps_go_forward_and_back_and_the_numbers_follow_the_tokens() -> None:
    async with opened() as pilot:
        await press(pilot, "right")
        assert "step 1/7" in shown(pilot) and "forward pass" in shown(pilot)
        assert shown(pilot).count("●") == 2, "both inputs of a gate travel together"
        assert " 3 " not in "".join(lines(pilot)[1:14])
        await pass_time(pilot, TRAVEL)
        assert "●" not in shown(pilot) and " 3 " in "".join(lines(pilot)[1:14])
        await press(pilot, "right")
        await press(pilot, "right")
        assert "backward pass" in shown(pilot)
        await pass_time(pilot, TRAVEL)
        before = tutor(pilot).player.timeline.cursor
        await press(pilot, "left")
        assert tutor(pilot).player.timeline.cursor == before - 1
        assert "●" in shown(pilot)
        await pass_time(pilot, TRAVEL)
        assert "●" not in shown(pilot)


async def test_a_token_moves_with_time_forward_along_and_backward_against_the_edge() -> None:
    async with opened() as pilot:

        def where() -> int:
            return min(line.index("●") for line in lines(pilot) if "●" in line)

        await press(pilot, "right")
        start = where()
        await pass_time(pilot, TRAVEL / 2)
        assert where() > start
        await pass_time(pilot, TRAVEL)
        await press(pilot, "b", "right", "right")
        await pass_time(pilot, TRAVEL * 0.65)
        start = where()
        await pass_time(pilot, TRAVEL / 4)
        assert where() < start


async def test_playing_runs_to_the_end_and_space_pauses_and_starts_again() -> None:
    async with opened() as pilot:
        await press(pilot, "space")
        assert "playing" in shown(pilot)
        await pass_time(pilot, 0.1)
        await press(pilot, "space")
        assert "paused" in shown(pilot)
        await press(pilot, "space")
        for _ in range(40):
            await pass_time(pilot, max(TRAVEL, REST))
        assert "step 7/7" in shown(pilot) and "paused" in shown(pilot)
        await press(pilot, "space")
        assert "playing" in shown(pilot) and tutor(pilot).player.timeline.cursor <= 1


async def test_the_last_line_says_pause_while_it_plays_and_play_otherwise() -> None:
    async with opened() as pilot:
        for key, said in (("space", "Pause"), ("space", "Play"), ("space", "Pause"), ("right", "Play"), ("b", "Play")):
            await press(pilot, key)
            assert lines(pilot)[-1].startswith(f"space {said} ")
        await press(pilot, "space")
        await pass_time(pilot, 100)
        for _ in range(100):
            await pass_time(pilot, 10)
        await settled(pilot)
        assert not tutor(pilot).player.playing and lines(pilot)[-1].startswith("space Play ")
        await press(pilot, "space")
        assert tutor(pilot).player.playing and lines(pilot)[-1].startswith("space Pause ")
        await press(pilot, "e")
        assert not tutor(pilot).player.playing


async def test_while_it_plays_a_click_on_pause_stops_it() -> None:
    async with opened() as pilot:
        await press(pilot, "space")
        await pilot.click(offset=(8, SMALL[1] - 1))
        await settled(pilot)
        assert not tutor(pilot).player.playing and "‖ paused" in shown(pilot)


async def test_keys_move_the_position() -> None:
    places = {"end": 7, "G": 7, "end home": 0, "end g": 0, "b": 2, "n n n": 3, "right right left": 1, "n n p": 1}
    async with opened() as pilot:
        for keys, cursor in {**places, "left": 0, "end right": 7}.items():
            await press(pilot, "home", *keys.split())
            assert tutor(pilot).player.timeline.cursor == cursor, keys
            assert f"step {cursor}/7" in shown(pilot)


async def test_plus_and_minus_change_the_speed() -> None:
    async with opened() as pilot:
        await press(pilot, "plus")
        assert "2x" in shown(pilot)
        await press(pilot, "minus", "minus")
        assert "0.5x" in shown(pilot)
        await press(pilot, *["minus"] * 9)
        assert "0.25x" in shown(pilot)


async def test_tab_selects_gates_and_the_panel_shows_what_is_known_of_them() -> None:
    async with opened() as pilot:
        await press(pilot, "tab", "tab", "tab")
        assert tutor(pilot).chosen == "add1"
        assert "╔distributor╗" in shown(pilot) and "add1 = x + y" in shown(pilot)
        assert "upstream –" in shown(pilot)
        await press(pilot, "shift+tab")
        assert tutor(pilot).chosen == "y"
        await press(pilot, "escape")
        assert tutor(pilot).chosen is None and "═" not in shown(pilot)


async def test_the_panel_shows_every_number_of_a_gate_at_the_end() -> None:
    async with opened(size=LARGE) as pilot:
        await press(pilot, "end", "tab", "tab", "tab", "l")
        text = shown(pilot)
        assert tutor(pilot).chosen == "f"
        for said in (
            "f switcher",
            "f = add1 * z",
            "It gives each input",
            "gradient  1",
            "local",
            "sends",
        ):
            assert said in text


async def test_keys_move_the_selection_in_space() -> None:
    places = {"down": "y", "j": "y", "l": "add1", "tab tab h": "x", "tab up": "x", "tab k": "x"}
    async with opened() as pilot:
        for keys, chosen in places.items():
            await press(pilot, "home", "tab", *keys.split())
            assert tutor(pilot).chosen == chosen, keys


async def test_a_click_selects_a_gate_and_a_click_beside_it_lets_it_go() -> None:
    async with opened() as pilot:
        canvas = pilot.app.screen.query_one(GraphCanvas)
        at = tutor(pilot).scene.cards[tutor(pilot).study.graph.node("add1").id].place
        dx, dy = canvas.offset_of_drawing
        await pilot.click(GraphCanvas, offset=(at.x + dx + 3, at.y + dy + 2))
        await pilot.pause()
        assert tutor(pilot).chosen == "add1"
        await pilot.click(GraphCanvas, offset=(1, 0))
        await pilot.pause()
        assert tutor(pilot).chosen is None


async def test_a_click_on_the_bar_goes_there() -> None:
    async with opened() as pilot:
        row = next(i for i, line in enumerate(lines(pilot)) if "paused" in line)
        await pilot.click(offset=(lines(pilot)[row].rindex("─") - 1, row))
        await pilot.pause()
        assert tutor(pilot).player.timeline.cursor == 7


async def test_keys_move_by_gate_and_by_pass() -> None:
    places = {
        "full_stop": 1,
        "full_stop full_stop full_stop": 3,
        "b right full_stop": 5,
        "end comma": 5,
        "b right right comma": 3,
        "right_square_bracket": 2,
        "right_square_bracket right_square_bracket": 7,
        "end left_square_bracket": 2,
        "end left_square_bracket left_square_bracket": 0,
    }
    async with opened() as pilot:
        for keys, cursor in places.items():
            await press(pilot, "home", *keys.split())
            assert tutor(pilot).player.timeline.cursor == cursor, keys


async def test_all_edges_of_a_gate_are_in_the_air_together() -> None:
    async with opened() as pilot:
        await press(pilot, "b", "right", "full_stop")
        assert "receives the upstream gradient 1" in " ".join(shown(pilot).split()) and "sends" not in shown(pilot)
        await pass_time(pilot, TRAVEL * 0.8)
        assert shown(pilot).count("●") == 2
        await pass_time(pilot, TRAVEL)
        text = " ".join(shown(pilot).split())
        assert "sends -4 to add1" in text and "sends 3 to z" in text and "1×-4" in text


async def test_a_pause_holds_the_token_where_it_is() -> None:
    async with opened() as pilot:
        await press(pilot, "space")
        await pass_time(pilot, 0.01)
        await pass_time(pilot, TRAVEL / 4)
        await press(pilot, "space")
        before = shown(pilot)
        await pass_time(pilot, TRAVEL)
        assert shown(pilot) == before and "●" in before and "paused" in before


async def test_loop_and_reduced_motion_are_keys_and_the_bar_shows_them() -> None:
    async with opened() as pilot:
        await press(pilot, "o", "M")
        line = next(line for line in lines(pilot) if "paused" in line)
        assert "1x loop still" in line and tutor(pilot).player.looping and not tutor(pilot).animated
        await press(pilot, "b", "right", "full_stop")
        assert "●" not in shown(pilot) and "1×-4" in shown(pilot) and "╳" in shown(pilot)
        await press(pilot, "o", "M", "right")
        assert "loop" not in shown(pilot) and "still" not in shown(pilot) and "●" in shown(pilot)


async def test_the_bar_is_dragged_and_tells_the_step_under_the_mouse() -> None:
    async with opened() as pilot:
        row = next(i for i, line in enumerate(lines(pilot)) if "paused" in line)
        start, end = lines(pilot)[row].index("─"), lines(pilot)[row].rindex("─")
        await pilot.hover(offset=(end, row))
        await pilot.pause()
        assert "→ 7/7 add1 sends to y" in lines(pilot)[row] and lines(pilot)[row].index("─") == start
        await pilot.mouse_down(offset=(end, row))
        await pilot.pause()
        assert tutor(pilot).player.timeline.cursor == 7
        for x, cursor in ((start + (end - start) // 2, 4), (start, 0), (0, 0), (end, 7)):
            await pilot.hover(offset=(x, row))
            await pilot.pause()
            assert tutor(pilot).player.timeline.cursor == cursor
        await pilot.mouse_up(offset=(end, row))
        await pilot.hover(offset=(start, row))
        await pilot.pause()
        assert tutor(pilot).player.timeline.cursor == 7
        await pilot.hover(offset=(1, 3))
        await pilot.pause()
        assert "paused" in lines(pilot)[row]


async def test_a_large_graph_follows_the_step_and_can_be_moved_by_keys_and_by_hand() -> None:
    async with opened(SIGMOID) as pilot:
        await press(pilot, "z", *["shift+left"] * 6)
        canvas = pilot.app.screen.query_one(GraphCanvas)
        assert canvas.scroll_offset.x == 0
        await press(pilot, "b")
        assert canvas.scroll_offset.x > 0, "the acting gate is in sight"
        assert "┏switcher┓" in shown(pilot)
        x = canvas.scroll_offset.x
        await press(pilot, "shift+left")
        assert canvas.scroll_offset.x == x - 8
        await press(pilot, "shift+down", "shift+up", "shift+right")
        assert canvas.scroll_offset.x == x
        await pilot.mouse_down(GraphCanvas, offset=(20, 5))
        await pilot.hover(GraphCanvas, offset=(26, 5))
        await pilot.mouse_up(GraphCanvas, offset=(26, 5))
        await pilot.pause()
        assert canvas.scroll_offset.x == x - 6 and tutor(pilot).chosen is None
        assert max(map(len, lines(pilot))) == 80


async def test_long_words_can_be_scrolled() -> None:
    async with opened("f = " + "*".join(f"a_rather_long_name_{i}" for i in range(4))) as pilot:
        await press(pilot, "end", "tab", "pagedown", "pageup")
        assert "slot" in shown(pilot) or "given" in shown(pilot)


async def test_wide_names_stay_aligned() -> None:
    async with opened("출력 = (가 + 나나) * z; 가 = 1; 나나 = 2; z = 3", lang="ko") as pilot:
        await press(pilot, "end", "tab", "tab", "tab")
        text = shown(pilot)
        assert "분배기" in text and "출력" in text


# Editing


async def test_the_graph_follows_while_the_expression_is_typed() -> None:
    async with opened() as pilot:
        await press(pilot, "e")
        await pilot.press("plus", "x")
        assert [node.gate.name for node in tutor(pilot).scene.run.graph.nodes].count("copy") == 1
        assert "Σ" in shown(pilot), "what no longer fits is seen from further away"
        await press(pilot, "enter")
        assert tutor(pilot).study.graph.output_name == "f" and "Σ" in shown(pilot)
        assert tutor(pilot).focused is pilot.app.screen.query_one(GraphCanvas)


async def test_a_mistake_in_the_expression_is_marked_and_the_old_graph_stays() -> None:
    async with opened() as pilot:
        before = tutor(pilot).study
        await press(pilot, "e")
        await retype(pilot, "f = (x + y) * 2x")
        text = lines(pilot)
        row = next(i for i, line in enumerate(text) if line.strip() == "^")
        assert text[row - 1][text[row].index("^") :].startswith("2x") or text[row - 1][
            text[row].index("^") - 1 :
        ].startswith("2x")
        assert "column 15" in shown(pilot) and "2*x" in shown(pilot)
        assert tutor(pilot).study is before and "distributor" in shown(pilot)
        await press(pilot, "enter")
        assert pilot.app.screen.query_one(PromptBar).purpose, "a mistake keeps the line open"
        await press(pilot, "escape")
        assert tutor(pilot).study is before and "column" not in shown(pilot)


async def test_escape_takes_an_edit_back() -> None:
    async with opened() as pilot:
        await press(pilot, "e")
        await retype(pilot, "f = x*x")
        assert "adder" in shown(pilot)
        await press(pilot, "escape")
        assert "f = (x + y) * z" in lines(pilot)[0] and "adder" not in shown(pilot)


async def test_the_name_of_an_example_is_taken_where_one_edits() -> None:
    async with opened() as pilot:
        before = tutor(pilot).study
        await press(pilot, "e")
        await retype(pilot, "neuron")
        assert "did you mean" not in shown(pilot), "it may be an expression that is still being typed"
        await press(pilot, "enter")
        assert "did you mean 'cs231n-neuron'?" in shown(pilot) and pilot.app.screen.query_one(PromptBar).purpose
        await retype(pilot, " x-squared ")
        assert tutor(pilot).study.text == "f = x*x" and tutor(pilot).study.values == {"x": 3}
        await press(pilot, "enter")
        assert tutor(pilot).study.text == "f = x*x" and not pilot.app.screen.query_one(PromptBar).purpose
        await press(pilot, "u")
        assert tutor(pilot).study is before


async def test_the_name_of_an_input_is_no_example_where_one_edits() -> None:
    async with opened("f = 2*entropy; entropy = 3") as pilot:
        await press(pilot, "e")
        await retype(pilot, "entropy")
        await press(pilot, "enter")
        assert tutor(pilot).study.values == {"entropy": 3}


async def test_values_are_edited_together_and_the_position_stays() -> None:
    async with opened() as pilot:
        await press(pilot, "b", "v")
        await retype(pilot, "x=1/2 y=5 z=2*3")
        await press(pilot, "enter")
        assert "x=0.5  y=5  z=6" in lines(pilot)[0]
        assert tutor(pilot).player.timeline.cursor == 2 and "33" in shown(pilot)


async def test_a_mistake_in_the_values_is_a_message() -> None:
    async with opened() as pilot:
        await press(pilot, "v")
        for text in ("x=1 y=two", "q=3", "5", ""):
            await retype(pilot, text)
            await press(pilot, "enter")
            assert pilot.app.screen.query_one(PromptBar).purpose == "values"
            assert "x=-2  y=5  z=-4" in lines(pilot)[0]


@pytest.mark.parametrize("keys", ["tab enter", "tab v"])
async def test_the_selected_inputs_value_is_edited_alone(keys: str) -> None:
    async with opened() as pilot:
        await press(pilot, *keys.split())
        await retype(pilot, "1/4")
        await press(pilot, "enter")
        assert "x=0.25" in lines(pilot)[0]


async def test_an_end_stays_an_end_when_the_expression_changes() -> None:
    async with opened() as pilot:
        await press(pilot, "end", "e")
        await retype(pilot, "f = x*y*z*x")
        await press(pilot, "enter")
        timeline = tutor(pilot).player.timeline
        assert timeline.cursor == len(timeline) > 7


async def test_made_up_values_are_announced() -> None:
    async with opened("f = x * banana") as pilot:
        text = " ".join(shown(pilot).split())
        assert "No values were given" in text and "banana = -3" in text and "Press v to change" in text


async def test_without_inputs_there_is_nothing_to_edit_but_the_expression() -> None:
    async with opened("f = 2 * 3") as pilot:
        await press(pilot, "end", "tab", "v")
        assert not pilot.app.screen.query_one(PromptBar).purpose and " 6" in shown(pilot)


async def test_faults_are_said_and_nothing_breaks() -> None:
    async with opened("f = log(x) / y; x = -1; y = 0") as pilot:
        assert "undefined" in shown(pilot)
        await press(pilot, "end", "home", *["right"] * 6)
        assert "nan" in shown(pilot)


@pytest.mark.parametrize("text", ["f = x; x = 2", "f = x*x*x*x*x; x = 1e-300"])
async def test_odd_graphs_play(text: str) -> None:
    async with opened(text) as pilot:
        await press(pilot, "space", "right", "right", "end", "tab", "enter", "escape", "v", "escape", "home")
        assert "step 0/" in shown(pilot)


# Help, sizes, colours


async def test_help_lists_every_key_of_the_screen() -> None:
    async with opened(size=HUGE) as pilot:
        bound = [binding for binding in TutorScreen.BINDINGS if binding.tooltip]  # type: ignore[union-attr]
        await press(pilot, "question_mark")
        assert isinstance(pilot.app.screen, HelpScreen)
        page = Console(width=600)
        with page.capture() as printed:
            for part in pilot.app.screen.query(Static):
                page.print(part.content)
        text = printed.get()
        for binding in bound:
            assert binding.tooltip in text  # type: ignore[union-attr]
        for word in ("distributor", "adder", "router", "switcher", "scaler", "not computed yet", "drag", "wheel"):
            assert word in text
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, TutorScreen)


async def test_help_opens_and_scrolls_at_80x24() -> None:
    async with opened() as pilot:
        await press(pilot, "f1", "down", "pagedown", "j", "k", "up", "pageup")
        assert "Play and step" in shown(pilot)
        await press(pilot, "q")
        assert isinstance(pilot.app.screen, TutorScreen)


async def test_a_small_terminal_is_told_so_and_nothing_is_lost_by_resizing() -> None:
    async with opened() as pilot:
        await press(pilot, "right", "right", "tab", "tab")
        await pilot.resize_terminal(60, 15)
        await pilot.pause()
        assert "graphtutor needs 80x24" in shown(pilot) and "60x15" in shown(pilot)
        for size in (LARGE, SMALL):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            await pilot.pause()
            assert "step 2/7" in shown(pilot) and tutor(pilot).chosen == "y"
            assert max(map(len, lines(pilot))) == size[0]


async def test_without_colour_everything_is_still_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with opened() as pilot:
        await press(pilot, "end")
        styles = {
            segment.style
            for strip in pilot.app.screen._compositor.render_strips()
            for segment in strip
            if segment.text.strip() == "-4"
        }
        assert any(style is not None and style.reverse for style in styles), "the new number is reversed"
        for style in styles:
            assert style is not None and style.color is not None
            red, green, blue = style.color.get_truecolor()
            assert red == green == blue
        assert "┏" in shown(pilot) and "━" in shown(pilot)


@pytest.mark.parametrize("level", ["none", "basic"])
async def test_without_animation_the_result_is_there_at_once(level: AnimationLevel) -> None:
    app = GraphtutorApp(study(SUM_TIMES), clock=lambda: 0.0)
    app.animation_level = level
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        await press(pilot, "right")
        assert "●" not in shown(pilot) and " 3 " in "".join(lines(pilot)[1:14])


async def test_the_clock_moves_the_tokens() -> None:
    now = [0.0]
    app = GraphtutorApp(study(SUM_TIMES), clock=lambda: now[0])
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        await press(pilot, "right")
        for _ in range(10):
            now[0] += TRAVEL / 9
            tutor(pilot).tick()
        await pilot.pause()
        assert tutor(pilot).player.flight is None


# Home


async def test_home_shows_the_prompt_and_the_examples() -> None:
    async with opened(None) as pilot:
        for size in (SMALL, LARGE, HUGE):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            await pilot.pause()
            text = shown(pilot)
            for said in ("graphtutor", "expression", "worked examples", "exercises", "x=-2 y=5 z=-4", "f = x*x"):
                assert said in text
            assert "ctrl+q Quit" in lines(pilot)[-1]


async def test_an_expression_is_typed_and_played() -> None:
    async with opened(None) as pilot:
        await pilot.press("a", "asterisk", "b", "enter")
        await pilot.pause()
        assert tutor(pilot).study.text == "a*b" and "No values were given" in shown(pilot)
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, HomeScreen)
        assert pilot.app.screen.query_one(Input).value == "a*b"


async def test_the_prompt_takes_the_names_of_examples_and_exercises() -> None:
    async with opened(None) as pilot:
        prompt = pilot.app.screen.query_one(Input)
        prompt.value = " xor "
        await press(pilot, "enter")
        assert tutor(pilot).study.text.startswith("H = tanh(X@W + b)")
        await press(pilot, "escape")
        prompt.value = "neuron"
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, HomeScreen) and "did you mean 'cs231n-neuron'?" in shown(pilot)
        prompt.value = "bp.mul.01"
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, ExerciseScreen)


async def test_a_mistake_at_the_prompt_is_marked_under_it() -> None:
    async with opened(None) as pilot:
        pilot.app.screen.query_one(Input).value = "f = x ^ 2"
        await press(pilot, "enter")
        assert "column 9" in shown(pilot) and "**" in shown(pilot) and "^" in shown(pilot)
        await press(pilot, "backspace")
        assert "column 9" not in shown(pilot)


async def test_nothing_typed_at_the_prompt_can_crash() -> None:
    async with opened(None) as pilot:
        for text in ("(", "import os", "x =", "a" * 5000 + "(", "f = x +\t", "=", "f = '", "출력 = 가 +"):
            prompt = pilot.app.screen.query_one(Input)
            prompt.focus()
            prompt.value = text
            await press(pilot, "enter")
            assert pilot.app.is_running and isinstance(pilot.app.screen, HomeScreen)


async def test_an_example_is_chosen_by_keys_and_by_mouse() -> None:
    async with opened(None) as pilot:
        await press(pilot, "down", "down", "enter")
        assert tutor(pilot).study.graph.output_name == "f" and "f = x*x" in lines(pilot)[0]
        await press(pilot, "escape")
        row = next(i for i, line in enumerate(lines(pilot)) if "max(z, w)" in line)
        await pilot.click(offset=(10, row))
        await pilot.pause()
        assert "max(z, w)" in lines(pilot)[0]


async def test_the_largest_examples_can_be_opened_and_ended() -> None:
    async with opened(None) as pilot:
        for name in ("micrograd", "mlp-221"):
            options = pilot.app.screen.query_one("#examples", OptionList)
            options.focus()
            options.highlighted = options.get_option_index(name)
            await press(pilot, "enter", "end")
            assert f"step {len(tutor(pilot).player.timeline)}/" in shown(pilot)
            await press(pilot, "escape")


async def test_home_has_help() -> None:
    async with opened(None) as pilot:
        await press(pilot, "tab", "f1")
        assert isinstance(pilot.app.screen, HelpScreen)


@pytest.mark.parametrize(("text", "keys"), [(SUM_TIMES, "q"), (None, "ctrl+q")])
async def test_the_way_out(text: str | None, keys: str) -> None:
    async with opened(text) as pilot:
        await press(pilot, *keys.split())
        assert not pilot.app.is_running


async def test_the_palette_offers_what_the_keys_do() -> None:
    async with opened() as pilot:
        commands = {command.title: command.help for command in pilot.app.get_system_commands(pilot.app.screen)}
        assert "one step forward" in commands["Step"] and "Export" in commands


def held(monkeypatch: pytest.MonkeyPatch) -> Event:
    """Let even a small graph be arranged beside the screen, and only once the event is set."""
    go, compose = Event(), scene.compose

    def slow(run: Run, lang: str, *, level: scene.Level, folded: bool, tell: Tell) -> scene.Scene:
        assert go.wait(30)
        return compose(run, lang, level=level, tell=tell)

    monkeypatch.setattr(arranging, "LARGE", 4)
    monkeypatch.setattr(scene, "compose", slow)
    return go


async def arranged(pilot: Pilot[None]) -> None:
    async with asyncio.timeout(30):
        while not tutor(pilot).ready:
            await pilot.pause()
    await pilot.pause()


async def test_a_large_graph_is_arranged_while_the_screen_stays_awake(monkeypatch: pytest.MonkeyPatch) -> None:
    go, said = held(monkeypatch), sentence("en", "looking", "still_arranging")
    async with opened() as pilot:
        assert "arranging 5 nodes" in shown(pilot)
        for key in ("tab", "right", "space", "h", "Z"):
            pilot.app.clear_notifications()
            await press(pilot, key, key)
            assert [notice.message for notice in pilot.app._notifications] == [said], key
        assert "arranging 5 nodes" in shown(pilot)
        go.set()
        await arranged(pilot)
        assert "arranging" not in shown(pilot) and "+ add1" in shown(pilot)
        await press(pilot, "end")
        assert "step 7/7" in shown(pilot) and "-12" in shown(pilot)
        await pilot.resize_terminal(*LARGE)
        await pilot.pause()
        assert "distributor" in shown(pilot)


async def test_one_can_leave_while_a_large_graph_is_arranged(monkeypatch: pytest.MonkeyPatch) -> None:
    go = held(monkeypatch)
    async with opened() as pilot:
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, HomeScreen)
        go.set()
        await pilot.pause()
        assert isinstance(pilot.app.screen, HomeScreen)


async def test_only_the_newest_of_two_large_graphs_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    go = held(monkeypatch)
    async with opened() as pilot:
        tutor(pilot).adopt(study("f = x*y + x*z; x = 2; y = 3; z = 5"))
        go.set()
        await arranged(pilot)
        assert tutor(pilot).scene.run is tutor(pilot).study.run
        await press(pilot, "end")
        assert "16" in shown(pilot)


async def test_an_error_in_the_arrangement_of_a_large_graph_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(run: Run, lang: str, *, level: scene.Level, folded: bool, tell: Tell) -> scene.Scene:
        raise ZeroDivisionError("no room")

    monkeypatch.setattr(arranging, "LARGE", 4)
    monkeypatch.setattr(scene, "compose", fails)
    async with opened(sturdy=True) as pilot:
        async with asyncio.timeout(30):
            while "could not be arranged" not in shown(pilot):
                await pilot.pause()
        assert "no room" in " ".join(notice.message for notice in pilot.app._notifications)
        await press(pilot, "Z")
        assert "could not be arranged" in " ".join(notice.message for notice in pilot.app._notifications)
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, HomeScreen)


CHAIN = "f = " + "tanh(" * 12 + "x" + ")" * 12 + "; x = 1"


async def test_the_view_is_centred_on_the_step_and_follows_it_only_when_told() -> None:
    async with opened(CHAIN) as pilot:
        canvas = pilot.app.screen.query_one(GraphCanvas)
        await press(pilot, "n", "n", "n", "n", "n", "n", "n", "n")
        assert canvas.scroll_offset.x > 0
        await press(pilot, "c")
        tutors = tutor(pilot)
        step = tutors.player.timeline.current
        assert step is not None
        at = tutors.scene.card_of(step.node).place
        middle = canvas.scroll_offset.x + canvas.size.width // 2
        assert at.x <= middle <= at.x + at.width
        await press(pilot, "F")
        before = canvas.scroll_offset
        await press(pilot, "home")
        assert canvas.scroll_offset == before
        await press(pilot, "n")
        assert canvas.scroll_offset == before
        await press(pilot, "F")
        assert canvas.scroll_offset.x == 0


async def test_the_lists_of_the_home_screen_survive_keys_while_there_is_no_room_for_them() -> None:
    async with opened(None, SMALL) as pilot:
        listed = pilot.app.screen.query_one("#examples", OptionList)
        await pilot.resize_terminal(30, 5)
        await pilot.pause()
        listed.clear_options()
        listed.add_options(["one", "two"])  # as when a session is added to the recent ones
        listed.highlighted = 1
        await listed.run_action("page_up")
        assert listed.highlighted == 1


async def test_an_array_is_asked_for_in_brackets() -> None:
    async with opened("f = sum(a); a = [1, 2]") as pilot:
        tutor(pilot).choose(tutor(pilot).study.graph.node("a").id)
        await press(pilot, "v")
        assert "Numbers in brackets" in shown(pilot) and "A number, a fraction" not in shown(pilot)


async def test_where_nothing_can_be_shown_no_key_changes_anything() -> None:
    async with opened() as pilot:
        await press(pilot, "right")
        await pilot.resize_terminal(60, 20)
        await pilot.pause()
        await press(pilot, "right", "i", "a", "escape")
        await pilot.resize_terminal(*SMALL)
        await pilot.pause()
        await pilot.pause()
        assert "step 1/7" in shown(pilot) and not tutor(pilot).predicting
        assert "→ Step" in lines(pilot)[-1]
        await press(pilot, "right")
        assert "step 2/7" in shown(pilot)


async def test_where_there_is_no_room_for_stages_a_number_alone_says_whose_it_is() -> None:
    async with opened("f = x*x; x = 3") as pilot:
        await press(pilot, "right")
        assert any(line.strip() == "x = ?" for line in lines(pilot)), "it is on its way"
        await press(pilot, "b", "right")
        assert any(line.strip() == "df/df = ?" for line in lines(pilot))
        await press(pilot, "end")
        seen = [line.strip() for line in lines(pilot)]
        at = seen.index("df/dx = df/dx[via f slot 0] + df/dx[via f slot 1]")
        assert seen[at + 1] == "3 + 3 = 6"


async def test_every_number_of_a_selected_array_can_be_read() -> None:
    numbers = [round(0.37 * i, 2) for i in range(1, 21)]
    for size in (SMALL, LARGE):
        async with opened(f"y = sum(x*w); x = {numbers}; w = 2", size) as pilot:
            await press(pilot, "end", "tab")
            said = " ".join(tutor(pilot).query_one("#inspect", Lines).text.plain.split())
            assert str(numbers) in said and f"[{', '.join(['2'] * 20)}]" in said
    product = "f = sum((A@B)**2); A = [[1.23, 4.56], [7.89, 1.11]]; B = [[2.22, 3.33], [4.44, 5.55]]"
    async with opened(product, LARGE) as pilot:
        await press(pilot, "b", "end")
        said = tutor(pilot).query_one("#inspect", Lines).text.plain
        assert "…" not in said


@pytest.mark.parametrize("lang", ["en", "ko"])
async def test_arrays_that_need_lines_of_their_own_begin_in_one_column(lang: str) -> None:
    async with opened("y = sum(x*w); x = [1.25, 2.25, 3.25, 4.25, 5.25, 6.25]; w = 2", LARGE, lang=lang) as pilot:
        await press(pilot, "end", "tab", "tab", "tab")
        rows = tutor(pilot).query_one("#inspect", Lines).text.plain.splitlines()
        starts = [cell_len(row.partition("[")[0]) for row in rows if row.startswith("  ") and "[" in row]
        assert len(starts) == 3 and len(set(starts)) == 1


async def test_statements_that_the_last_one_does_not_use_are_not_left_out_in_silence() -> None:
    async with opened("f = x*y; x = 2; y = 3; z = 1") as pilot:
        assert "The output is z, the last statement. It does not use f: left out" in shown(pilot)
        await press(pilot, "right")
    async with opened("f = x*y; x = 2; y = 3") as pilot:
        assert "left out" not in shown(pilot)


async def test_two_slots_with_the_same_value_are_told_apart_in_the_panel() -> None:
    async with opened("f = x*x; x = 3", LARGE) as pilot:
        await press(pilot, "end")
        panel = tutor(pilot).query_one("#inspect", Lines).text.plain
        assert "from f slot 0   3" in panel and "from f slot 1   3" in panel
        assert "x -> f slot 0, f slot 1" in panel
        await press(pilot, "tab", "tab", "tab")
        panel = tutor(pilot).query_one("#inspect", Lines).text.plain
        assert "x (slot 0)       3       3       3" in panel and "x (slot 1)       3       3       3" in panel
