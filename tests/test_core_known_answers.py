"""Published and hand-computed examples through the command line, and through the oracles of this suite."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from oracles import by_duals, by_python, differences, strict_json

from graphtutor.cli import main

CASES = Path(__file__).parent / "cases"
KNOWN = json.loads((CASES / "known_answers.json").read_text(encoding="utf-8"))
PUBLISHED = json.loads((CASES / "published.json").read_text(encoding="utf-8"))


def explained(case, capsys):
    values = [f"{name}={value!r}" for name, value in case["inputs"].items()]
    assert main(["explain", "--json", case["expression"], *values]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    return strict_json(said.out)


@pytest.mark.parametrize("case", KNOWN, ids=lambda case: case["name"])
def test_known_answer(case, capsys):
    found = explained(case, capsys)
    assert found["output"]["value"] == pytest.approx(case["value"], rel=1e-9)
    assert {name: at["value"] for name, at in found["inputs"].items()} == case["inputs"]
    grads = {name: at["grad"] for name, at in found["inputs"].items()}
    assert grads == pytest.approx(case["grads"], rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("case", PUBLISHED, ids=lambda case: case["name"])
def test_published_example(case, capsys):
    found = explained(case, capsys)
    near = 10.0 ** -case["digits"]
    assert found["output"]["value"] == pytest.approx(case["value"], rel=max(near, 1e-9))
    grads = {name: at["grad"] for name, at in found["inputs"].items()}
    assert grads == pytest.approx(case["grads"], rel=10.0 ** -case.get("grad_digits", case["digits"]), abs=1e-12)
    by_two = by_duals(case["expression"], case["inputs"])
    assert found["output"]["value"] == pytest.approx(by_two[0], rel=1e-12)
    assert grads == pytest.approx(by_two[1], rel=1e-9, abs=1e-12)
    assert grads == pytest.approx(
        differences(lambda point: by_python(case["expression"], point), case["inputs"]), rel=1e-7, abs=1e-9
    )


def test_the_e_of_colah_is_a_name_not_the_constant(capsys):
    case = next(case for case in KNOWN if case["name"].startswith("colah"))
    found = explained(case, capsys)
    assert found["output"] == {"name": "e", "value": 6.0}
    assert [node["name"] for node in found["nodes"] if node["gate"] == "mul"] == ["e"]


def test_known_answer_as_a_command():
    argv = [sys.executable, "-m", "graphtutor", "explain", "--json", "f = (x + y) * z", "x=-2", "y=5", "z=-4"]
    done = subprocess.run(argv, capture_output=True, text=True, encoding="utf-8", check=True)
    found = strict_json(done.stdout)
    assert found["output"] == {"name": "f", "value": -12.0}
    assert {name: at["grad"] for name, at in found["inputs"].items()} == {"x": -4.0, "y": -4.0, "z": 3.0}
