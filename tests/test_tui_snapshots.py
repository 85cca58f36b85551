"""Whole screens as they are to look: the characters of a dozen, and of some the colours, in `tests/snapshots/`.

`SNAPSHOTS=write pytest tests/test_tui_snapshots.py` writes them anew; look at the difference before keeping it.
"""

from __future__ import annotations

import difflib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

import graphtutor
from graphtutor.examples import EXAMPLES
from graphtutor.tui.app import GraphtutorApp
from graphtutor.tui.palette import COLOURS
from graphtutor.tui.player import TRAVEL
from graphtutor.tui.study import study

HERE = Path(__file__).parent / "snapshots"
EXAMPLE = {example.name: example.text for example in EXAMPLES}
FIRST = EXAMPLE["add-mul"]
NETWORK = (
    "; ".join(f"h{i} = tanh(w{i}1*x1 + w{i}2*x2 + b{i})" for i in range(1, 5))
    + "; p = sigmoid(v1*h1 + v2*h2 + v3*h3 + v4*h4 + c); x1 = 1; x2 = -1; c = 0.1; "
    + "; ".join(f"w{i}1 = {i / 4}; w{i}2 = {(i % 3 - 1) / 2}; b{i} = 0; v{i} = {1 - i / 2}" for i in range(1, 5))
)
SOFTMAX = (
    "z = X@W + b; loss = softmax_cross_entropy(z, Y); X = [[1, 2], [3, 1]]; W = [[0.5, -1, 0], [1, 0, 0.5]]; "
    "b = [0, 0.1, 0]; Y = [[1, 0, 0], [0, 0, 1]]"
)
SMALL, LARGE, HUGE = (80, 24), (120, 40), (200, 60)


@dataclass(frozen=True)
class Screen:
    """How one comes to a screen."""

    name: str
    text: str | None
    size: tuple[int, int]
    keys: str = ""
    flown: float = 0
    """How much of a flight has happened then, from 0 to 1."""
    lang: str = "en"
    ascii: bool = False
    colours: bool = False


SCREENS = (
    Screen("neuron", EXAMPLE["cs231n-sigmoid"], SMALL, "end", colours=True),
    Screen("micrograd", EXAMPLE["micrograd"], LARGE, "b full_stop full_stop full_stop full_stop full_stop", 1),
    Screen("network", NETWORK, HUGE, "b full_stop full_stop full_stop", 1),
    Screen("softmax", SOFTMAX, LARGE, "end"),
    Screen("home", None, SMALL),
    Screen("help", FIRST, LARGE, "question_mark"),
    Screen("predict", FIRST, SMALL, "b a enter 3 enter"),
    Screen("whatif", FIRST, LARGE, "end w"),
    Screen("flight", FIRST, SMALL, "b right full_stop", 0.4, colours=True),
    Screen(
        "ascii", "f = max(x, y) * z; x = 1; y = 3; z = 2", SMALL, "b full_stop full_stop full_stop", 0.8, ascii=True
    ),
    Screen("korean", "출력 = (가 + 나나) * z; 가 = 1; 나나 = 2; z = 3", SMALL, "end", lang="ko"),
    Screen("compact", EXAMPLE["olah"], SMALL, "end Z", colours=True),
)

CLASSES = {
    "value": "v",
    "gradient": "g",
    "token-forward": "f",
    "token-backward": "b",
    "wire": "w",
    "frame": "k",
    "acting": "x",
    "gold": "y",
    "blue": "u",
    "distributor": "d",
    "adder": "a",
    "router": "r",
    "switcher": "s",
    "scaler": "c",
    "thumb": "t",
    "foreground": ".",
    "soft": ".",
    "faint": ".",
}
"""The letter of each colour; a capital, or `:` for `.`, on a ground of that colour."""
LETTERS = {COLOURS["dark"][name]: letter for name, letter in CLASSES.items()}


def strips(pilot: Pilot[None]) -> list[list[Any]]:
    return [list(strip) for strip in pilot.app.screen._compositor.render_strips()]


def characters(pilot: Pilot[None]) -> list[str]:
    version = graphtutor.__version__
    rows = ["".join(segment.text for segment in row) for row in strips(pilot)]
    return [row.replace(version, "V" * len(version)).rstrip() for row in rows]


def colours(pilot: Pilot[None]) -> list[str]:
    rows = []
    for row in strips(pilot):
        letters = ""
        for text, style, _ in row:
            hue = style.color.triplet.hex if style and style.color and style.color.triplet else ""
            letter = LETTERS.get(hue, "?")
            letter = (":" if letter == "." else letter.upper()) if style and style.reverse else letter
            letters += "".join((" " if character.isspace() else letter) * cell_len(character) for character in text)
        rows.append(letters.rstrip())
    return rows


async def seen(screen: Screen) -> str:
    """Return a screen's characters, and its colours where they are asked for."""
    app = GraphtutorApp(
        study(screen.text) if screen.text else None, lang=screen.lang, clock=lambda: 0.0, ascii=screen.ascii
    )
    async with app.run_test(size=screen.size) as pilot:
        for key in ["", *screen.keys.split()]:
            if key:
                app.simulate_key(key)
            for _ in range(3):
                await pilot.pause()
            if key == "full_stop" and key != screen.keys.split()[-1]:
                app.screen.advance(TRAVEL)  # type: ignore[attr-defined]
        if screen.flown:
            app.screen.advance(TRAVEL * screen.flown)  # type: ignore[attr-defined]
            await pilot.pause()
        rows = characters(pilot)
        assert len(rows) == screen.size[1] and all(cell_len(row) <= screen.size[0] for row in rows)
        return "\n".join([*rows, *(["", *colours(pilot)] if screen.colours else []), ""])


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
async def test_the_screen_looks_as_it_did(screen: Screen) -> None:
    file = HERE / f"{screen.name}.txt"
    found = await seen(screen)
    if os.environ.get("SNAPSHOTS") == "write":
        file.write_text(found, encoding="utf-8")
    expected = file.read_text(encoding="utf-8") if file.exists() else ""
    if found != expected:
        changed = difflib.unified_diff(expected.split("\n"), found.split("\n"), "kept", "now", lineterm="")
        pytest.fail("\n".join([f"{file.name}: SNAPSHOTS=write writes what is seen now", *changed]), pytrace=False)
