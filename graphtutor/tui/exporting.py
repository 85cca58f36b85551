"""Write the graph to a file, from the screen."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from graphtutor.engine.run import Run
from graphtutor.errors import InputError
from graphtutor.explain.words import sentence
from graphtutor.graph import Graph

if TYPE_CHECKING:
    from textual.app import App


class Picture(NamedTuple):
    """A picture that is to be made."""

    draw: Callable[[], bytes]
    """Draws it, which may take long; may be called beside the screen. Raises `GraphtutorError`."""
    save: Callable[[bytes], str]
    """Puts what was drawn where it is wanted, and says where. Raises `GraphtutorError`."""


def name(graph: Graph) -> str:
    """Return a file name without its suffix to start from."""
    return re.sub(r"[^0-9A-Za-z_-]", "", graph.output_name) or "graph"


def picture(run: Run, typed: str, lang: str = "en", step: int | None = None) -> Picture:
    """Return the picture, in a file, of what is known after so many steps, or of all.

    Raise `GraphtutorError` for a name under which none can be written.
    """
    from graphtutor.export import format_of, render
    from graphtutor.export.files import verify_writable, write_whole

    path = Path(_given(typed)).expanduser()
    verify_writable(path)
    format = format_of(path)

    def save(content: bytes) -> str:
        entry = "replaced" if path.exists() else "size"
        write_whole(path, content)
        return sentence(lang, "export", entry, path=path.resolve(), size=f"{len(content):,}")

    return Picture(lambda: render(run, format, lang=lang, step=step), save)


def download(app: App[Any], run: Run, typed: str, lang: str = "en", step: int | None = None) -> Picture:
    """Return a picture for the browser that shows the app, as a download; nothing is left on this machine."""
    from graphtutor.export import format_of, render

    name = re.sub(r"[^0-9A-Za-z._-]", "_", Path(_given(typed)).name)
    format = format_of(Path(name))

    def save(content: bytes) -> str:
        app.deliver_binary(io.BytesIO(content), save_filename=name)
        return sentence(lang, "export", "downloaded", path=name, size=f"{len(content):,}")

    return Picture(lambda: render(run, format, lang=lang, step=step), save)


def _given(typed: str) -> str:
    if not typed.strip():
        raise InputError("a file name is missing; write for example f.svg")
    return typed.strip()
