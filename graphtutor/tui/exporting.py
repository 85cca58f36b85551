"""Write the graph to a file, from the screen."""

from __future__ import annotations

import re
from pathlib import Path

from graphtutor.engine.run import Run
from graphtutor.errors import InputError
from graphtutor.graph import Graph


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
