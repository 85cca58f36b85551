"""What the README shows runs, and says what it says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from graphtutor.cli import COMMANDS, main

README = Path(__file__).parents[1] / "README.md"
TEXT = README.read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("block", blocks("python"))
def test_python_block_runs(block, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    exec(compile(block, str(README), "exec"), {})


def test_each_shown_command_exists():
    shown = {line.split()[1] for block in blocks("") for line in block.splitlines() if line.startswith("graphtutor ")}
    shown -= {"#"}
    assert shown and shown <= set(COMMANDS)


@pytest.mark.parametrize(
    "line",
    [
        line
        for block in blocks("")
        for line in block.splitlines()
        if line.startswith(("graphtutor explain", "graphtutor export"))
    ],
)
def test_shown_command_line_runs(line, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(shlex.split(line, comments=True)[1:]) == 0


def test_expression_block_parses():
    import graphtutor as gt

    (block,) = [block for block in blocks("") if block.startswith("q = ")]
    assert gt.parse(block).run().value() == -12.0


def test_pictures_are_there():
    for picture in re.findall(r"!\[[^]]*]\(([^)]+)\)", TEXT):
        assert (README.parent / picture).is_file(), picture


def test_the_test_command_is_marked_for_continuous_integration():
    marked = TEXT.split("<!-- test command -->\n```\n")[1].split("\n```")[0]
    assert marked.endswith(".venv/bin/pytest") and "\n" not in marked
    assert "pytest" not in TEXT.split("<!-- test command -->")[0]


def test_the_keys_of_the_tutor_are_its_keys():
    from textual.binding import BindingsMap

    from graphtutor.tui.asking import Guess
    from graphtutor.tui.slider_board import SliderBoard
    from graphtutor.tui.tutor import TutorScreen
    from graphtutor.tui.tutor.nudging import NudgePad
    from graphtutor.tui.tutor.routes import RouteList

    section = TEXT.split("## The tutor")[1].split("### In a browser")[0]
    names = {"→": "right", "←": "left", "↑": "up", "↓": "down", "[": "left_square_bracket", "]": "right_square_bracket"}
    names |= {"/": "slash", "-": "minus", "?": "question_mark", "esc": "escape"}
    of = {"Ask me": Guess, "What if": SliderBoard, "Routes": RouteList, "Nudge": NudgePad}
    intro, *modes = re.split(r"\n\*\*", section)
    assert len(modes) == 6
    for text in (intro, *modes):
        tool = next((tool for title, tool in of.items() if text.startswith(title)), None)
        keys = set(BindingsMap(tool.BINDINGS).key_to_bindings) if tool else set()
        keys |= {
            key for kind in TutorScreen.__mro__ for key in BindingsMap(vars(kind).get("BINDINGS", ())).key_to_bindings
        }
        shown = re.findall(r"`([^`]+)`", text)
        assert shown
        for key in shown:
            known = names.get(key, key)
            assert known in keys | {"ctrl+p", "shift", "1", "3", "slash"}, (key, text[:20])


@pytest.mark.parametrize("picture", ["backprop", "home", "light", "predict", "tutor"])
def test_a_picture_of_the_screen_hides_no_words_under_a_ground_that_comes_later(picture):
    text = (README.parent / "docs" / f"{picture}.svg").read_text(encoding="utf-8")
    screen = text[text.index("<g transform=") :]
    assert 0 < screen.rindex("<rect ") < screen.index("<text ")
