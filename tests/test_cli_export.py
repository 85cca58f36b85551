import json
import subprocess
import sys

import pytest

from graphtutor import installed
from graphtutor.cli import main
from graphtutor.export import fonts

EXPRESSION = ["f = (x + y) * z", "x=-2", "y=5", "z=-4"]


@pytest.mark.parametrize("format", ["dot", "svg", "png", "pdf"])
def test_export_writes_the_file_and_prints_its_path(format, tmp_path, capsys):
    path = tmp_path / f"f.{format}"
    assert main(["export", *EXPRESSION, "-o", str(path)]) == 0
    assert capsys.readouterr().out == f"{path}\n"
    assert path.stat().st_size > 500


def test_export_reads_the_expression_from_a_file(tmp_path, capsys):
    (tmp_path / "f.txt").write_text("f = x * y; x = 2; y = 3")
    assert main(["export", str(tmp_path / "f.txt"), "-o", str(tmp_path / "f.dot")]) == 0
    assert ">6<" in (tmp_path / "f.dot").read_text()


@pytest.mark.parametrize("format", ["dot", "svg"])
def test_export_writes_to_standard_output(format, capsysbinary):
    assert main(["export", *EXPRESSION, "-o", "-", "--format", format]) == 0
    assert capsysbinary.readouterr().out[:7] in (b"digraph", b"<?xml v")


def test_export_passes_its_options_on(capsysbinary):
    words = ["--no-copies", "--no-roles", "--step", "2", "--title", "A title", "--rankdir", "TB", "--transparent"]
    assert main(["export", "f = x*x", "x=3", "-o", "-", "--format", "dot", *words]) == 0
    out = capsysbinary.readouterr().out.decode()
    assert "A title" in out and "rankdir=TB" in out and "bgcolor=transparent" in out
    assert "copy" not in out and "switcher" not in out and ">9<" in out and ">6<" not in out


def test_without_values_the_graph_is_drawn_and_that_is_said(tmp_path, capsys):
    assert main(["export", "f = (x + y) * z", "-o", str(tmp_path / "f.dot")]) == 0
    assert "no values are given" in capsys.readouterr().err
    assert "e3_0" not in (tmp_path / "f.dot").read_text()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([*EXPRESSION], "-o f.svg"),
        ([*EXPRESSION, "-o", "-"], "--format svg"),
        ([*EXPRESSION, "-o", "-", "--format", "jpg"], "dot, pdf, png or svg"),
        ([*EXPRESSION, "-o", "f.jpg"], ".dot, .pdf, .png or .svg"),
        ([*EXPRESSION, "-o", "f.png", "--format", "svg"], "contradict"),
        ([*EXPRESSION, "-o", "/nowhere/at/all/f.svg"], "no folder"),
        ([*EXPRESSION, "-o", "f.svg", "--step", "99"], "steps 0 to 7"),
        ([*EXPRESSION[:-1], "-o", "f.svg"], "no value is given for z"),
        (["f = (x + ", "-o", "f.svg"], "column"),
    ],
)
def test_a_mistake_is_one_paragraph_and_exit_code_2(words, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["export", *words]) == 2
    out, error = capsys.readouterr()
    assert said in error and out == ""
    assert list(tmp_path.iterdir()) == []


def test_without_graphviz_the_error_says_what_to_install(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    assert main(["export", *EXPRESSION, "-o", str(tmp_path / "f.png")]) == 2
    assert "pip install pygraphviz" in capsys.readouterr().err


def test_without_fonts_a_png_comes_with_a_warning(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(fonts, "missing", lambda: True)
    assert main(["export", *EXPRESSION, "-o", str(tmp_path / "f.png")]) == 0
    assert "no fonts" in capsys.readouterr().err
    assert main(["export", *EXPRESSION, "-o", str(tmp_path / "f.svg")]) == 0
    assert capsys.readouterr().err == ""


@pytest.fixture
def doctor(capsys):
    def call() -> tuple[int, dict[str, tuple[str, str]]]:
        code = main(["doctor", "--json"])
        report = json.loads(capsys.readouterr().out)
        assert report["format"] == 1
        assert report["ok"] is (code == 0)
        return code, {one["topic"]: (one["state"], one["text"]) for one in report["findings"]}

    return call


def test_doctor_reports_every_topic(doctor, capsys):
    code, found = doctor()
    assert code == 0
    assert {"graphtutor", "python", "numpy", "networkx", "textual", "fonts", "terminal", "colour", "sandbox"} <= set(
        found
    )
    assert main(["doctor"]) == 0
    assert all(topic in capsys.readouterr().out for topic in ("sandbox",))


def test_doctor_needs_neither_dot_nor_fonts_nor_colour(doctor, monkeypatch):
    fonts.families.cache_clear()
    fonts.missing.cache_clear()
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(fonts, "missing", lambda: True)
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    code, found = doctor()
    fonts.families.cache_clear()
    assert code == 0
    assert "pip install pygraphviz" in found["graphviz (drawing)"][1]
    assert "boxes" in found["fonts"][1]
    assert "NO_COLOR" in found["colour"][1]


def test_doctor_fails_when_something_required_is_missing(doctor, monkeypatch):
    monkeypatch.setattr(installed, "REQUIRED", ("numpy", "no_such_package"))
    code, found = doctor()
    assert code == 1
    assert found["no_such_package"] == ("broken", "missing; pip install no_such_package")


def test_doctor_survives_a_dot_that_does_not_run(doctor, monkeypatch, tmp_path):
    program = tmp_path / "dot"
    program.write_text("#!/bin/sh\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    code, found = doctor()
    assert code == 0
    assert found["graphviz (drawing)"][0] == "note"


def test_doctor_imports_nothing_heavy():
    code = (
        "import sys; from graphtutor.cli import main; main(['doctor']);"
        "sys.exit(any(m in sys.modules for m in ('numpy', 'textual', 'networkx', 'pygraphviz')))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0


def test_values_may_stand_after_the_options(tmp_path, capsys):
    assert main(["export", "f = x*y", "x=2", "-o", str(tmp_path / "f.dot"), "y=3"]) == 0
    assert ">6<" in (tmp_path / "f.dot").read_text()
    with pytest.raises(SystemExit, match="2"):
        main(["export", "f = x*y", "-o", "f.dot", "--bogus", "x=2"])


def test_what_is_opened_and_closed_is_drawn(tmp_path, capsys):
    target = tmp_path / "f.dot"
    text = "q = x + y; f = q * sigmoid(z)"
    assert main(["export", text, "x=1", "y=2", "z=0", "--collapse", "q", "--expand", "sigmoid", "-o", str(target)]) == 0
    drawn = target.read_text()
    assert ">q<" in drawn and ">exp<" in drawn and ">sigmoid<" not in drawn
    assert main(["export", text, "--collapse", "q", "--expand", "-o", str(target)]) == 0
    drawn = target.read_text()
    assert ">q<" in drawn and ">exp<" in drawn
    assert main(["export", "f = mean(x)", "--expand", "mean", "-o", str(target)]) == 2
    assert "depends on the shapes of the values" in capsys.readouterr().err
