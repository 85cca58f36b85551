"""What was studied before, to go back to, and what was gone back from. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from graphtutor.tui.study import Study

LONGEST = 200
"""How many changes can be taken back."""
HEAVIEST = 1_000_000
"""Nodes in all that is kept: fewer changes of a large graph can be taken back."""


class Point(NamedTuple):
    """A study, and how far its run had come."""

    study: Study
    cursor: int


@dataclass(slots=True)
class History:
    """The changes that were kept, in both directions."""

    past: list[Point] = field(default_factory=list)
    future: list[Point] = field(default_factory=list)

    def keep(self, before: Point) -> None:
        """Note what was before a change; what was taken back until then is gone."""
        self.past = [*self.past[1 - LONGEST :], before]
        while len(self.past) > 1 and sum(len(point.study.graph.nodes) for point in self.past) > HEAVIEST:
            del self.past[0]
        self.future.clear()

    def back(self, now: Point) -> Point | None:
        """Return what was before the last change; `None` when there was none."""
        if not self.past:
            return None
        self.future.append(now)
        return self.past.pop()

    def forth(self, now: Point) -> Point | None:
        """Return what was taken back last; `None` when nothing was."""
        if not self.future:
            return None
        self.past.append(now)
        return self.future.pop()
