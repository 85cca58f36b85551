"""Write the graph to a file, from the screen."""

from __future__ import annotations

import io
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphtutor.engine.run import Run
from graphtutor.errors import InputError
from graphtutor.graph import Graph

if TYPE_CHECKING:
    from textual.app import App


def suggestion(graph: Graph) -> str:
    """Return a file name to start from."""
    return f"{re.sub(r'[^0-9A-Za-z_-]', '', graph.output_name) or 'graph'}.svg"


def hint() -> str:
    """Say which suffixes there are."""
    from graphtutor.export import formats

    return f"The suffix decides: {', '.join(formats())}. enter writes, esc closes."


def write(run: Run, typed: str, lang: str = "en") -> str:
    """Write the whole run and say what was written where. Raise `GraphtutorError` where that does not work."""
    from graphtutor.export import export

    name = typed.strip()
    if not name:
        raise InputError("a file name is missing; write for example f.svg")
    path = Path(name).expanduser()
    existed = path.exists()
    export(run, path, lang=lang)
    size = path.stat().st_size
    return f"{path.resolve()} ({size:,} bytes){', replaced' if existed else ''}"


def deliver(app: App[Any], run: Run, typed: str, lang: str = "en") -> str:
    """Send the picture to the browser that shows the app, as a download; nothing is left on this machine."""
    name = re.sub(r"[^0-9A-Za-z._-]", "_", Path(typed.strip()).name)
    with tempfile.TemporaryDirectory() as folder:
        write(run, str(Path(folder) / name) if name else "", lang)
        content = (Path(folder) / name).read_bytes()
    app.deliver_binary(io.BytesIO(content), save_filename=name)
    return f"{name} ({len(content):,} bytes), in the browser's downloads"
