"""What goes into the layout and what comes out: plain data, in whole terminal cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

Cell = tuple[int, int]
Tell = Callable[[float], object]
"""Is told which share of the work is done, from 0 to 1; what it raises ends the work."""


def nobody(share: float) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Box:
    """Describe a gate to be placed."""

    id: str
    width: int
    """Columns, border included."""
    height: int
    """Rows, border included. The placed box is taller when its slots or its outgoing links need the room."""
    slots: int
    """Arguments, each with a port of its own on the left side; 0 for an input."""
    bare: bool = False
    """Whether ports may stand on its first and last row too, and its outgoing links carry no label."""


@dataclass(frozen=True, slots=True)
class Link:
    """Describe one edge: one use of a value by one slot."""

    source: str
    target: str
    slot: int
    """The argument's position in the target; slot 0 is the topmost port."""
    label: int
    """Columns needed for the value written above the edge and the gradient written below it."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Say where a box stands: its top left cell and its size."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Route:
    """Trace one link through the cells between its two boxes."""

    points: tuple[Cell, ...]
    """The ends and corners, from the cell right of the source to the cell left of the target; runs are orthogonal."""
    label: Cell
    """The leftmost cell of the labelled run; the rows above and below it are kept free for the link's two numbers."""

    @property
    def length(self) -> int:
        """The number of cells."""
        return 1 + sum(abs(bx - ax) + abs(by - ay) for (ax, ay), (bx, by) in pairwise(self.points))

    def at(self, progress: float) -> Cell:
        """Return the cell that has been reached, from 0 (the first) to 1 (the last)."""
        left = round(min(1.0, max(0.0, progress)) * (self.length - 1))
        for (ax, ay), (bx, by) in pairwise(self.points):
            steps = abs(bx - ax) + abs(by - ay)
            if left <= steps:
                return ax + ((bx > ax) - (bx < ax)) * left, ay + ((by > ay) - (by < ay)) * left
            left -= steps
        return self.points[-1]

    def cells(self) -> Iterator[Cell]:
        """Yield every cell once, in the order in which a value travels."""
        x, y = self.points[0]
        yield x, y
        for to_x, to_y in self.points[1:]:
            step_x = (to_x > x) - (to_x < x)
            step_y = (to_y > y) - (to_y < y)
            while (x, y) != (to_x, to_y):
                x += step_x
                y += step_y
                yield x, y


@dataclass(frozen=True, slots=True)
class Layout:
    """Hold a finished drawing."""

    boxes: Mapping[str, Placed]
    routes: tuple[Route, ...]
    """In the order of the links."""
    width: int
    height: int
    crossings: int
    """Cells in which one route passes over another."""
