"""Where there is room for the graph: beside the panel or above it, and how closely one can look there. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from graphtutor.engine.run import Run
from graphtutor.tui import scene
from graphtutor.tui.scene import Level

BESIDE = 54
"""Columns of the panel beside the canvas."""
LOW = 4
"""Rows of the panel where the terminal is narrow."""
BELOW = 14
"""Rows of a panel below the canvas at least, ..."""
MOST = 20
"""... and at most."""
MORE = 1.25
"""How many times as much of a drawing that fits nowhere another place must show to be better."""
MARGIN = 2
"""Free rows around a drawing above it."""


class Place(NamedTuple):
    """Room for the canvas."""

    columns: int
    rows: int
    above: bool = False
    """Whether the panel stands below it although the terminal is wide."""


class Fit(NamedTuple):
    """How the whole drawing is in sight."""

    place: Place
    level: Level
    panel: int
    """The rows that a panel below the canvas can have."""


def closest(run: Run, lang: str, places: Sequence[Place], levels: Sequence[Level], folded: bool = False) -> Fit | None:
    """Return the first level at which the whole drawing fits a place, with that place; `None` where none does."""
    for level, least in [(one, room) for one in levels for room in _rooms(one)]:
        found = scene.compose(run, lang, least=least, level=level, folded=folded)
        dense = None
        for place in places:
            if found.width > place.columns:
                continue
            height = found.height
            if height > place.rows and level.whole:
                dense = dense or scene.compose(run, lang, level=level, folded=folded, gap=0)
                height = dense.height
            if height <= place.rows:
                return Fit(place, level, min(MOST, BELOW + max(0, place.rows - height - MARGIN)))
    return None


def _rooms(level: Level) -> tuple[int, ...]:
    """Return how much room for the numbers of a wire is tried, the most first."""
    if level.whole:
        return (scene.LEAST,)
    return (scene.TIGHT, scene.TIGHTEST) if level is Level.COMPACT else (scene.TIGHT,)


def roomiest(run: Run, lang: str, places: Sequence[Place], level: Level, folded: bool = False) -> Place:
    """Return the first place, or one at which clearly more is seen of a drawing that fits nowhere."""
    if len(places) == 1:
        return places[0]
    found = scene.compose(run, lang, least=_rooms(level)[-1], level=level, folded=folded)
    seen = [min(found.width, place.columns) * min(found.height, place.rows) for place in places]
    most = max(seen)
    return places[seen.index(most) if most > MORE * seen[0] else 0]
