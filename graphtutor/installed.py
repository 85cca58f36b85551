"""What is installed, and what that means: the findings of `graphtutor doctor`."""

from __future__ import annotations

import locale
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from graphtutor import __version__

OK, NOTE, BROKEN = "ok", "note", "broken"
"""How a finding is: fine; something is missing that one can do without; something required is missing."""

REQUIRED = ("graphviz", "networkx", "numpy", "pydantic", "textual")
TIME_LIMIT = 5.0
"""Seconds that a program may take to say its version."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    topic: str
    state: str
    text: str


def _graphtutor() -> Iterator[Finding]:
    yield Finding("graphtutor", OK, f"{__version__} in {Path(__file__).parent}")


def _python() -> Iterator[Finding]:
    text = (
        f"{platform.python_version()} ({platform.python_implementation()}) on {platform.system()} {platform.machine()}"
    )
    old = sys.version_info < (3, 11)
    yield Finding("python", BROKEN if old else OK, text + ("; 3.11 or newer is needed" if old else ""))


def _packages() -> Iterator[Finding]:
    for name in REQUIRED:
        version = _version(name)
        if version is None:
            yield Finding(name, BROKEN, f"missing; pip install {name}")
        elif not _importable(name):
            yield Finding(
                name, BROKEN, f"{version} is registered but its files are missing; pip install --force-reinstall {name}"
            )
        else:
            yield Finding(name, OK, version)


def _graphviz() -> Iterator[Finding]:
    program = shutil.which("dot")
    embedded = _version("pygraphviz") if _importable("pygraphviz") else None
    if program is not None:
        said = _said([program, "-V"])
        version = re.search(r"version (\S+)", said or "")
        if version:
            yield Finding("graphviz (drawing)", OK, f"dot {version[1]} in {program}: svg, png and pdf can be written")
            return
        yield Finding("graphviz (drawing)", NOTE, f"{program} is there but does not run")
    if embedded is not None:
        yield Finding(
            "graphviz (drawing)", OK, f"the one inside pygraphviz {embedded}: svg, png and pdf can be written"
        )
    else:
        how = "pip install pygraphviz, or install the system's graphviz (apt install graphviz, brew install graphviz)"
        yield Finding("graphviz (drawing)", NOTE, f"none: only dot files can be written; for svg, png and pdf: {how}")


def _fonts() -> Iterator[Finding]:
    from graphtutor.export import fonts

    if fonts.missing():
        how = "apt install fonts-dejavu-core"
        yield Finding("fonts", NOTE, f"none: letters in a png or pdf become boxes; {how}")
        return
    every, korean = fonts.families(), fonts.families("ko")
    if every is None:
        yield Finding("fonts", OK, "there are some (not counted: there is no fc-list)")
    elif korean:
        yield Finding("fonts", OK, f"{every} families, {korean} of them with Korean letters")
    else:
        yield Finding("fonts", NOTE, f"{every} families, none with Korean letters; apt install fonts-noto-cjk")


def _terminal() -> Iterator[Finding]:
    size = shutil.get_terminal_size()
    small = size.columns < 80 or size.lines < 24
    where = "" if sys.stdout.isatty() else " (standard output is no terminal here)"
    yield Finding(
        "terminal",
        NOTE if small else OK,
        f"{size.columns} x {size.lines}{where}{'; 80 x 24 shows more' if small else ''}",
    )
    term, colorterm = os.environ.get("TERM", ""), os.environ.get("COLORTERM", "")
    named = f"TERM={term or 'unset'}, COLORTERM={colorterm or 'unset'}"
    if os.environ.get("NO_COLOR"):
        yield Finding("colour", NOTE, f"off: NO_COLOR is set; roles are told by words ({named})")
    elif term in ("", "dumb") and platform.system() != "Windows":
        yield Finding("colour", NOTE, f"none ({named})")
    elif colorterm in ("truecolor", "24bit"):
        yield Finding("colour", OK, f"16 million ({named})")
    else:
        yield Finding("colour", OK, f"{'256' if '256' in term else '16'} ({named})")
    encoding = (sys.stdout.encoding or locale.getpreferredencoding(False)).lower()
    if encoding.replace("-", "").startswith("utf"):
        yield Finding("characters", OK, encoding)
    else:
        yield Finding("characters", NOTE, f"{encoding} cannot show lines and Korean; set LANG=C.UTF-8 or PYTHONUTF8=1")


def _browser() -> Iterator[Finding]:
    version = _version("textual-serve") if _importable("textual_serve") else None
    if version:
        yield Finding("browser", OK, f"textual-serve {version}: `graphtutor serve` works")
    else:
        yield Finding("browser", NOTE, "`graphtutor serve` needs pip install 'graphtutor[serve]'")


def _sandbox() -> Iterator[Finding]:
    yield Finding("sandbox", OK, "T0: no learner code is run by this version")


def _exercises() -> Iterator[Finding]:
    package = Path(__file__).parent  # counted here: the library reads them, and imports much for it
    for folder in (package / "data" / "exercises", package.parent / "exercises"):
        files = list(folder.glob("*.toml"))
        if files:
            yield Finding("exercises", OK, f"{len(files)} in {folder}")
            return
    yield Finding("exercises", NOTE, "none found; reinstall graphtutor")


CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    _graphtutor,
    _python,
    _packages,
    _graphviz,
    _fonts,
    _terminal,
    _browser,
    _sandbox,
    _exercises,
)


def _version(name: str) -> str | None:
    """Return the installed version of a package without importing it."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _importable(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def _said(command: Sequence[str]) -> str | None:
    """Return what a program writes to either stream, or `None` when it fails or hangs."""
    try:
        done = subprocess.run(command, capture_output=True, timeout=TIME_LIMIT, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return None if done.returncode else (done.stdout + done.stderr).decode(errors="replace")
