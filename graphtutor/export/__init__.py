"""Drawings of a graph or a run.

A module in this package that declares a `Format` at its top level adds it everywhere; nothing else is to be edited.
"""

from __future__ import annotations

import os
import pkgutil
import sys
from functools import cache
from importlib import import_module
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any

from graphtutor.errors import FileError

if TYPE_CHECKING:
    from graphtutor.engine.run import Run
    from graphtutor.export.format import Format
    from graphtutor.graph import Graph

__all__ = ["export", "format_of", "formats", "render"]


def export(drawn: Run | Graph, path: str | os.PathLike[str], **options: Any) -> Path:
    """Draw a run, or a graph without numbers, into a file; the suffix says the format. Return the path.

    Options: `copies=False` leaves the copy gates out, `roles=False` their words, `step=N` shows what is known after N
    steps; `title`, `rankdir` (`LR`, `TB`, `RL`, `BT`), `dpi` (PNG), `background` (`white`, `transparent`), `lang`.

    The file is there whole or as it was before. Raise `FileError` for a suffix that is no format or a file that cannot
    be written, `MissingExtraError` where Graphviz is needed and missing, `InputError` for an option's value.
    """
    from graphtutor.export.files import verify_writable, write_whole

    path = Path(path)
    verify_writable(path)
    write_whole(path, render(drawn, format_of(path), **options))
    return path


def format_of(path: Path) -> str:
    """Return the name of the format that a file's suffix says. Raise `FileError` for a suffix that says none."""
    return _find(path.suffix[1:].lower(), f"{str(path)!r} has {_suffix(path)}; name the file", ".").name


def render(drawn: Run | Graph, format: str, **options: Any) -> bytes:
    """Return a drawing without writing it; text is UTF-8. `formats()` lists the formats; options as in `export`."""
    return _render(drawn, _find(format, f"{format!r} is no format; write", ""), options)


@cache
def formats() -> MappingProxyType[str, Format]:
    """Return every declared format by name, found in the modules of this package."""
    from graphtutor.export.format import Format

    found: dict[str, Format] = {}
    for module in pkgutil.iter_modules(__path__):
        for declared in vars(import_module(f"{__name__}.{module.name}")).values():
            if isinstance(declared, Format):
                if declared.name in found:
                    raise ValueError(f"two formats are called {declared.name!r}")
                found[declared.name] = declared
    return MappingProxyType(dict(sorted(found.items())))


def _render(drawn: Run | Graph, format: Format, given: dict[str, Any]) -> bytes:
    from graphtutor.export.moment import Moment
    from graphtutor.export.options import options

    return format.render(Moment(drawn, options(given)))


def _find(name: str, problem: str, dot: str) -> Format:
    if name in formats():
        return formats()[name]
    legal = [dot + known for known in formats()]
    raise FileError(f"{problem} {', '.join(legal[:-1])} or {legal[-1]}")


def _suffix(path: Path) -> str:
    return f"the suffix {path.suffix}, which is no format" if path.suffix else "no suffix that says the format"


class _Callable(ModuleType):
    """Make `graphtutor.export` callable where an import of this package has put the module in the function's place."""

    def __call__(self, drawn: Run | Graph, path: str | os.PathLike[str], **options: Any) -> Path:
        return export(drawn, path, **options)


sys.modules[__name__].__class__ = _Callable
