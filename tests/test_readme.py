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
