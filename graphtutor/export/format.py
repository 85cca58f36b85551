"""What a format is: a value that says how a moment of a graph becomes bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from graphtutor.export.moment import Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """Declare one format."""

    name: str
    """What it is called; `.name` is the suffix of its files."""
    says: str
    """What it is, in a few words."""
    render: Callable[[Moment], bytes]
    """Draw. Pure, but for the programs it may start; writing the file is the caller's."""
    binary: bool = False
    """Whether it is no text."""
