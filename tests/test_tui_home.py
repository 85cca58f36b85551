"""The home screen: what it offers, under which headings, and what its keys and its words promise."""

from __future__ import annotations

import pytest
from screens import HUGE, LARGE, SMALL, lines, opened, press, shown, tutor
from textual.widgets import Input, OptionList

from graphtutor.examples import EXAMPLES, GROUPS
from graphtutor.explain.words import sentence
from graphtutor.tui.home import HomeScreen
from graphtutor.tui.memory import Memory, Saved


async def test_the_examples_stand_under_headings_that_keys_and_clicks_pass_over() -> None:
    async with opened(None) as pilot:
        options = pilot.app.screen.query_one("#examples", OptionList)
        heads = [str(option.prompt).strip("─ ") for option in options.options if option.disabled]
        assert heads == [sentence("en", "groups", group) for group in GROUPS]
        await press(pilot, "down")
        passed = []
        for _ in EXAMPLES:
            assert options.highlighted_option is not None
            passed.append(options.highlighted_option.id)
            assert any(line.startswith(" │ ─ ") or "x=-2 y=5" in line for line in lines(pilot))
            await press(pilot, "down")
        assert passed == [example.name for example in EXAMPLES], "each once, no heading"
        row = next(i for i, line in enumerate(lines(pilot)) if "─ gates ─" in line)
        await pilot.click(offset=(6, row))
        await pilot.pause()
        assert isinstance(pilot.app.screen, HomeScreen)


async def test_the_heading_above_an_example_is_in_sight_with_it() -> None:
    async with opened(None) as pilot:
        await press(pilot, "down", *["down"] * 12, *["up"] * 10)
        options = pilot.app.screen.query_one("#examples", OptionList)
        assert options.highlighted_option is not None and options.highlighted_option.id == "cs231n-max"
        await press(pilot, "down", *["down"] * 6, *["up"] * 6)
        assert options.highlighted_option.id == "cs231n-neuron" and "─ a neuron ─" in shown(pilot)
        await press(pilot, "up", "up", "up")
        assert options.highlighted_option.id == "add-mul" and "─ gates ─" in shown(pilot)
        await press(pilot, "up")
        assert pilot.app.focused is pilot.app.screen.query_one(Input)


async def test_home_at_80x24_shows_mostly_examples_under_the_first_heading() -> None:
    async with opened(None, memory=two_recent()) as pilot:
        text = shown(pilot)
        assert all(known.title in text for known in EXAMPLES[:3])
        heads = [line for line in lines(pilot) if line.startswith(" │ ─ ")]
        assert len(heads) <= 2 and "gates" in heads[0]
        between = lines(pilot)[8 : lines(pilot).index(heads[0])]
        assert len(between) == 5, "two recent expressions in their frame, then the frame of the lists"


def two_recent() -> Memory:
    memory = Memory()
    for text in ("g = exp(w)", "h = log(w)"):
        memory.opened(Saved.of(text, {"w": 0.5}))
    return memory


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("size", [SMALL, LARGE, HUGE])
async def test_enter_at_the_empty_prompt_opens_the_example_that_stands_there(size: tuple[int, int], lang: str) -> None:
    async with opened(None, size, lang=lang) as pilot:
        text = shown(pilot)
        assert EXAMPLES[0].text in text and sentence(lang, "home", "hint").split(".")[0] in text
        await press(pilot, "a")
        assert sentence(lang, "home", "typed").split("  ")[0] in shown(pilot)
        await press(pilot, "backspace")
        assert sentence(lang, "home", "hint").split(".")[0] in shown(pilot)
        await press(pilot, "enter")
        assert (tutor(pilot).study.text, tutor(pilot).study.run.inputs) == (
            "f = (x + y) * z",
            {"x": -2, "y": 5, "z": -4},
        )
