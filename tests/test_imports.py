"""What is imported when: help and the package root stay light, and heavy libraries wait until they are needed."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {"textual", "rich", "networkx", "pydantic", "graphviz", "pygraphviz"}


def loaded_after(code: str) -> set[str]:
    """Return the top-level modules that a fresh interpreter has after running the code."""
    tail = "\nimport sys; print(' '.join(sorted({name.partition('.')[0] for name in sys.modules})))"
    done = subprocess.run([sys.executable, "-c", code + tail], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def command(*argv: str) -> str:
    return f"""
from graphtutor.cli import main
try:
    main({list(argv)!r})
except SystemExit:
    pass
"""


@pytest.mark.parametrize("argv", [["--help"], ["--version"], ["explain", "--help"], ["--nothing"]], ids=" ".join)
def test_help_imports_nothing_heavy(argv):
    assert not loaded_after(command(*argv)) & (HEAVY | {"numpy", "asyncio", "tomllib"})


def test_the_package_root_imports_nothing_heavy():
    assert not loaded_after("import graphtutor") & (HEAVY | {"numpy"})


def test_explaining_imports_numpy_and_nothing_else_heavy():
    loaded = loaded_after(command("explain", "f = (x + y) * z", "x=-2", "y=5", "z=-4"))
    assert "numpy" in loaded and not loaded & HEAVY
    assert not loaded & {"graphtutor.engine.value", "graphtutor.engine.tangents"}, "nothing is recorded"


def test_eager_values_import_nothing_heavy_but_numpy():
    loaded = loaded_after("import graphtutor as gt\nx = gt.var('x', 2.0)\n(gt.sigmoid(x) * x).backward()")
    assert "numpy" in loaded and not loaded & HEAVY


def test_networkx_comes_with_its_view():
    assert "networkx" in loaded_after("import graphtutor as gt\ngt.parse('f = x').to_networkx()")


def test_the_home_screen_waits_neither_for_numpy_nor_for_pydantic():
    loaded = loaded_after("import graphtutor.cli.play, graphtutor.tui.app, graphtutor.tui.ascii")
    assert "textual" in loaded and not loaded & {"numpy", "pydantic", "networkx", "graphviz"}


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_painted_home_screen_has_not_waited_for_numpy(lang):
    loaded = loaded_after(f"""
import asyncio
from graphtutor.tui import home
from graphtutor.tui.app import GraphtutorApp

home.warm = lambda: None  # imports the tutor when everything is on the screen

async def start():
    async with GraphtutorApp(lang={lang!r}).run_test() as pilot:
        await pilot.pause()

asyncio.run(start())
""")
    assert "textual" in loaded and not loaded & {"numpy", "pydantic", "networkx", "graphviz"}
