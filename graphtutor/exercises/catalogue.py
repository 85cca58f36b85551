"""Which exercises there are: what a list of them shows, without making any of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from graphtutor.errors import FileError
from graphtutor.exercises.toml import read_toml


@dataclass(frozen=True, slots=True)
class Listed:
    """An exercise in a list; `graphtutor.exercises.load(path)` makes it."""

    path: Path
    id: str
    number: int | None
    kind: str
    title: str
    titles: Mapping[str, str]
    """The title in other languages."""

    def said(self, lang: str) -> str:
        """Return the title in this language, in English where it is not translated."""
        return self.titles.get(lang) or self.title


@cache
def shipped() -> tuple[Path, ...]:
    """Return the files of the exercises that come with graphtutor, in teaching order."""
    package = Path(__file__).parents[1]
    for folder in (package / "data" / "exercises", package.parent / "exercises"):
        if folder.is_dir() and (folder.parent == package / "data" or (package.parent / "pyproject.toml").is_file()):
            return tuple(sorted(folder.glob("*.toml")))
    return ()


@cache
def catalogue() -> tuple[Listed, ...]:
    """Return the exercises that come with graphtutor, in teaching order; a file that cannot be read is left out."""
    return tuple(listed for path in shipped() if (listed := _listed(path)) is not None)


def named(name: str) -> Listed | None:
    """Return the exercise of this id or file name (`bp.mul.01`, `02-mul`), `None` where there is none."""
    return next((listed for listed in catalogue() if name in (listed.id, listed.path.stem)), None)


def number_of(path: Path) -> int | None:
    """Return the number that a file's name begins with."""
    found = re.match(r"(\d+)", path.name)
    return int(found.group(1)) if found else None


def _listed(path: Path) -> Listed | None:
    try:
        table, _ = read_toml(path)
        titles = {lang: str(words["title"]) for lang, words in table.get("words", {}).items() if "title" in words}
        return Listed(path, str(table["id"]), number_of(path), str(table["kind"]), str(table["title"]), titles)
    except (FileError, KeyError, TypeError, AttributeError):
        return None
