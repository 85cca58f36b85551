"""Whether there are letters to draw with. Without fonts Graphviz draws a box for each letter and says nothing."""

from __future__ import annotations

import platform
import shutil
import subprocess
from functools import cache
from pathlib import Path

FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
SUFFIXES = frozenset({".ttf", ".otf", ".ttc", ".pfb"})
TIME_LIMIT = 5.0


@cache
def families(language: str | None = None) -> int | None:
    """Count the font families, of a language such as `ko` if given; `None` where it cannot be told."""
    program = shutil.which("fc-list")
    if program is None:
        return None
    try:
        done = subprocess.run(
            [program, f":lang={language}" if language else ":", "family"],
            capture_output=True,
            timeout=TIME_LIMIT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return len({line for line in done.stdout.splitlines() if line.strip()})


@cache
def missing() -> bool:
    """Whether there is no font at all. Systems other than Linux always have some."""
    if platform.system() != "Linux":
        return False
    count = families()
    if count is not None:
        return count == 0
    return not any(
        file.suffix.lower() in SUFFIXES for folder in FOLDERS for file in Path(folder).expanduser().rglob("*")
    )
