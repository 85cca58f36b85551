"""Write the graph to a file, from the screen."""

from __future__ import annotations

import io
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphtutor.engine.run import Run
from graphtutor.errors import InputError
from graphtutor.explain.words import sentence
from graphtutor.graph import Graph

if TYPE_CHECKING:
    from textual.app import App


def name(graph: Graph) -> str:
    """Return a file name without its suffix to start from."""
    return re.sub(r"[^0-9A-Za-z_-]", "", graph.output_name) or "graph"


def write(run: Run, typed: str, lang: str = "en", step: int | None = None) -> str:
    """Write what is known after so many steps, or all, and say what was written where. Raise `GraphtutorError`."""
    from graphtutor.export import export

    if not typed.strip():
        raise InputError("a file name is missing; write for example f.svg")
    path = Path(typed.strip()).expanduser()
    existed = path.exists()
    export(run, path, lang=lang, step=step)
    size = path.stat().st_size
    return sentence(lang, "export", "replaced" if existed else "size", path=path.resolve(), size=f"{size:,}")


def deliver(app: App[Any], run: Run, typed: str, lang: str = "en", step: int | None = None) -> str:
    """Send the picture to the browser that shows the app, as a download; nothing is left on this machine."""
    name = re.sub(r"[^0-9A-Za-z._-]", "_", Path(typed.strip()).name)
    with tempfile.TemporaryDirectory() as folder:
        write(run, str(Path(folder) / name) if name else "", lang, step)
        content = (Path(folder) / name).read_bytes()
    app.deliver_binary(io.BytesIO(content), save_filename=name)
    return sentence(lang, "export", "downloaded", path=name, size=f"{len(content):,}")
