"""`graphtutor play` without a terminal, its mistakes, and once in a real terminal."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from graphtutor.cli import main, parser
from graphtutor.cli.play import read_study

MODULE = [sys.executable, "-m", "graphtutor"]


def test_without_a_terminal_the_steps_are_printed_as_explain_prints_them(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["f = (x + y) * z", "x=-2", "y=5", "z=-4"]
    assert main(["explain", *words]) == 0
    expected = capsys.readouterr().out
    assert main(["play", *words]) == 0
    said = capsys.readouterr()
    assert said.out == expected
    assert (
        said.err.strip()
        == "graphtutor: this is not a terminal, so here are the steps as `graphtutor explain` prints them."
    )


def test_an_expression_that_carries_its_values_prints_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    main(["explain", "f = x*y; x = 2; y = 3"])
    expected = capsys.readouterr().out
    main(["play", "f = x*y; x = 2; y = 3"])
    assert capsys.readouterr().out == expected


def test_missing_values_are_made_up_and_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["play", "f = x*y", "x=2"]) == 0
    said = capsys.readouterr()
    assert "2 * (-3) = -6" in said.out or "2 * 2" in said.out
    assert "No values were given" in said.err and "y = " in said.err


@pytest.mark.parametrize("words", [[], ["play"]])
def test_the_home_screen_needs_a_terminal(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    said = capsys.readouterr()
    assert said.out == "" and "home screen needs a terminal" in said.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["f = x ^ 2"], "column"),
        (["f = x", "x=two"], "no number"),
        (["f = x", "q=2"], "not an input"),
        (["missing.txt"], "no file"),
        (["f = x", "--lang", "tlh"], "unknown language"),
        (["f = x", "--exercise", "1"], "not both"),
    ],
)
def test_mistakes_are_one_paragraph_and_exit_2(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["play", *words]) == 2
    error = capsys.readouterr().err
    assert said in error and "Traceback" not in error


def test_a_file_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "f.txt"
    path.write_text("f = x*y\nx = 2\ny = 3\n")
    assert main(["play", str(path)]) == 0
    assert "2 * 3 = 6" in capsys.readouterr().out


def test_textual_is_not_imported_without_a_terminal() -> None:
    code = (
        "import sys; from graphtutor.cli import main; main(['play', 'f = x*y', 'x=1']); print('textual' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.stdout.splitlines()[-1] == "False"


def test_what_is_opened_and_closed_is_played(capsys: pytest.CaptureFixture[str]) -> None:
    text = ["q = x + y; f = sigmoid(q)", "x=1", "--collapse", "q", "--expand", "f"]
    assert main(["play", *text]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("q = x + y; f = 1 / (1 + exp(-q))\n") and "The q gate computes q" in shown
    arguments = parser("play").parse_args(["play", *text])
    found = read_study(arguments)
    assert [node.key for node in found.graph.nodes if not node.gate.is_source] == ["q", "neg1", "exp1", "add1", "f"]
    moved = found.with_values({"x": 5.0})
    assert moved.run.value("q") == 5.0 + found.values["y"] and moved.graph is found.graph


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[list[str]]:
    """A tmux server of its own, 80x24."""
    tmux = shutil.which("tmux")
    if tmux is None:
        pytest.skip("tmux is not installed")
    command = [tmux, "-S", str(tmp_path / "tmux"), "-f", os.devnull]
    environment = {**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8"}
    for size in ("COLUMNS", "LINES"):  # set by pytest-xdist; they would stand above the terminal's own size
        environment.pop(size, None)
    started = subprocess.run([*command, "new-session", "-d", "-x", "80", "-y", "24", "sh"], env=environment)
    if started.returncode:
        pytest.skip("tmux cannot start here")
    yield command
    subprocess.run([*command, "kill-server"], capture_output=True)


def wait_for(command: list[str], *texts: str, seconds: float = 30) -> str:
    """Return the picture in which all the texts stand; a terminal may be seen while it is half painted."""
    end = time.monotonic() + seconds
    picture = ""
    while time.monotonic() < end:
        picture = subprocess.run([*command, "capture-pane", "-p"], capture_output=True, text=True).stdout
        if all(text in picture for text in texts):
            return picture
        time.sleep(0.05)
    raise AssertionError(f"{texts!r} did not appear in:\n{picture}")


def test_it_plays_in_a_real_terminal(terminal: list[str]) -> None:
    line = f"{sys.executable} -m graphtutor play 'f = (x + y) * z' x=-2 y=5 z=-4; echo code=$?"
    subprocess.run([*terminal, "send-keys", line, "Enter"])
    wait_for(terminal, "╭distributor╮", "step 0/7", "space Play")
    subprocess.run([*terminal, "send-keys", "End"])
    picture = wait_for(terminal, "-4 * 1 = -4", "-12", "┏distributor┓")
    assert max(map(len, picture.splitlines())) <= 80
    subprocess.run([*terminal, "send-keys", "q"])
    wait_for(terminal, "code=0")


def test_a_real_terminal_is_resized_and_nothing_is_lost(terminal: list[str]) -> None:
    line = f"{sys.executable} -m graphtutor play 'f = (x + y) * z' x=-2 y=5 z=-4; echo code=$?"
    subprocess.run([*terminal, "send-keys", line, "Enter"])
    wait_for(terminal, "space Play")
    subprocess.run([*terminal, "send-keys", "End", "Tab"])
    wait_for(terminal, "step 7/7")
    for columns, rows, shown in (
        (120, 40, "multiplies by its own slope"),
        (60, 15, "needs 80x24"),
        (80, 24, "step 7/7"),
    ):
        subprocess.run([*terminal, "resize-window", "-x", str(columns), "-y", str(rows)], check=True)
        picture = wait_for(terminal, shown)
        assert max(map(len, picture.splitlines())) <= columns
    wait_for(terminal, "╔═══╗")  # what was selected still is
    subprocess.run([*terminal, "send-keys", "q"])
    wait_for(terminal, "code=0")


def chain(statements: int, last: str) -> str:
    """Write an expression that is too long to be read at once."""
    lines = ["a0 = x*y", *(f"a{i} = tanh(a{i - 1}){' ' * 100}" for i in range(1, statements)), last]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("last", "said"), [("f = tahn(a9)", "did you mean `tanh`"), ("f = (a9", "a bracket is opened and never closed")]
)
def test_a_mistake_in_a_long_file_is_said_after_the_screen(
    last: str, said: str, tmp_path: Path, terminal: list[str]
) -> None:
    (tmp_path / "f.gt").write_text(chain(300, last))
    line = f"cd {tmp_path}; clear; {sys.executable} -m graphtutor play f.gt; echo code=$?"
    subprocess.run([*terminal, "send-keys", line, "Enter"])
    picture = wait_for(terminal, "code=2")
    assert said.split()[0] in picture and "Traceback" not in picture and "╭" not in picture


def test_a_long_file_is_read_beside_the_screen(tmp_path: Path, terminal: list[str]) -> None:
    (tmp_path / "f.gt").write_text(chain(300, "f = a299 + 1"))
    line = f"{sys.executable} -m graphtutor play {tmp_path}/f.gt x=1 y=2 --expand tanh; echo code=$?"
    subprocess.run([*terminal, "send-keys", line, "Enter"])
    wait_for(terminal, "space Play")
    assert "╭" in wait_for(terminal, "x=1  y=2")
    subprocess.run([*terminal, "send-keys", "q"])
    wait_for(terminal, "code=0")
