"""Draw DOT text with Graphviz: the system's `dot`, or the one inside pygraphviz.

Both run as a child process with a time limit. For pygraphviz that is what keeps a crash of the C library, its messages
on standard error and its hold on the interpreter away from the program that asked.
"""

from __future__ import annotations

import atexit
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec

from graphtutor.errors import FileError, MissingExtraError

DRAWABLE = ("svg", "png", "pdf")
"""What both engines were seen to draw. Some other names crash pygraphviz."""

TIME_LIMIT = 60.0
"""Seconds."""

_EMBEDDED = """
import sys
import pygraphviz
drawing = pygraphviz.AGraph(string=sys.stdin.buffer.read().decode())
sys.stdout.buffer.write(drawing.draw(format=sys.argv[1], prog="dot"))
"""


@dataclass(frozen=True, slots=True)
class Engine:
    """A way to run Graphviz."""

    name: str
    command: Callable[[str], Sequence[str] | None]
    """The command line for a format; `None` where the engine is not installed."""


def _system(format: str) -> Sequence[str] | None:
    program = shutil.which("dot")
    return None if program is None else (program, f"-T{format}")


def _embedded(format: str) -> Sequence[str] | None:
    try:
        found = find_spec("pygraphviz") is not None
    except (ImportError, ValueError):
        found = False
    return (sys.executable, "-P", "-c", _EMBEDDED, format) if found and sys.executable else None


ENGINES = (Engine("dot", _system), Engine("pygraphviz", _embedded))
"""The engines, best first; when one fails the next is tried."""


def draw(dot: str, format: str) -> bytes:
    """Draw DOT text as `svg`, `png` or `pdf`.

    Raise `MissingExtraError` when no engine is installed, `FileError` when all that are installed fail.
    """
    if format not in DRAWABLE:
        raise ValueError(f"Graphviz draws {', '.join(DRAWABLE)} here, not {format!r}")
    reasons = []
    for engine in ENGINES:
        command = engine.command(format)
        if command is None:
            continue
        try:
            return _run(command, dot, format)
        except FileError:  # stopped
            raise
        except subprocess.TimeoutExpired:
            raise FileError(
                f"Graphviz did not finish the {format} within {TIME_LIMIT:.0f} seconds; the graph may be too large to "
                "draw. Write a .dot file instead, which takes no time"
            ) from None
        except (OSError, ValueError) as error:
            reasons.append(f"{engine.name}: {error}")
    if reasons:
        raise FileError(f"Graphviz could not draw the {format} ({'; '.join(reasons)}); a .dot file needs no Graphviz")
    raise MissingExtraError(
        f"a .{format} needs Graphviz, which is not installed here: pip install pygraphviz, or install the system's "
        "graphviz (apt install graphviz, brew install graphviz); a .dot file needs neither"
    )


_running: set[subprocess.Popen[bytes]] = set()


@atexit.register
def stop() -> None:
    """End whatever Graphviz is drawing, in whichever thread: `draw` raises `FileError` there."""
    for process in list(_running):  # each may end meanwhile
        _running.discard(process)
        process.kill()


def _run(command: Sequence[str], dot: str, format: str) -> bytes:
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        _running.add(process)
        try:
            drawn, errors = process.communicate(dot.encode(), TIME_LIMIT)
        except BaseException:
            process.kill()
            raise
        finally:
            stopped = process not in _running
            _running.discard(process)
    if stopped:
        raise FileError(f"the {format} was not drawn: it was stopped")
    said = errors.decode(errors="replace")
    if process.returncode:
        raise ValueError(_last_line(said) or f"it ended with code {process.returncode}")
    if "libexpat" in said:  # drawn, but with the markup of the labels as their text
        raise ValueError("it was built without expat, and cannot read labels with markup")
    if not drawn.lstrip().startswith(_MAGIC[format]):
        raise ValueError(_last_line(said) or "it wrote nothing")
    return drawn


_MAGIC = {"svg": (b"<?xml", b"<svg"), "png": (b"\x89PNG",), "pdf": (b"%PDF",)}


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("Fontconfig")]
    return lines[-1][:200] if lines else ""
