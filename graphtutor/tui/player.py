"""Playing a timeline: what is in the air, how far it has come, what comes next. Time is an argument."""

from __future__ import annotations

from dataclasses import dataclass

from graphtutor.timeline import Seeded, Sent, Step, Timeline

TRAVEL = 0.7
"""Seconds that a token travels at normal speed."""
REST = 1.3
"""Seconds between two steps while playing, to read what happened."""
SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
NORMAL = SPEEDS.index(1.0)


@dataclass(slots=True)
class Flight:
    """A step whose tokens are on their way."""

    step: Step
    undo: bool
    """Whether the step is being taken back."""
    progress: float = 0.0

    @property
    def backward(self) -> bool:
        """Whether the tokens travel against the direction of the wires."""
        return isinstance(self.step, Seeded | Sent) is not self.undo


class Player:
    """Move a timeline's cursor, at once or with tokens in between."""

    def __init__(self, timeline: Timeline, animated: bool = True) -> None:
        self.timeline = timeline
        self.animated = animated
        self.playing = False
        self.pace = NORMAL
        """The position in `SPEEDS`."""
        self.flight: Flight | None = None
        self.limit: int | None = None
        """How many steps may happen; `None` for all. A question stands before the next one."""
        self._rested = 0.0

    @property
    def speed(self) -> float:
        """How much faster than normal."""
        return SPEEDS[self.pace]

    @property
    def visible(self) -> int:
        """How many steps have brought their numbers: what is still in the air has not."""
        flying = self.flight is not None and not self.flight.undo
        return self.timeline.cursor - flying

    @property
    def moving(self) -> bool:
        """Whether time changes anything."""
        return self.playing or self.flight is not None

    def forward(self) -> bool:
        """Take the next step; return whether there was one, and it may happen."""
        if self.limit is not None and self.timeline.cursor >= self.limit:
            return False
        step = self.timeline.forward()
        self._launch(step, undo=False)
        return step is not None

    def back(self) -> bool:
        """Take the last step back; return whether there was one."""
        step = self.timeline.back()
        self._launch(step, undo=True)
        return step is not None

    def seek(self, cursor: int) -> None:
        """Jump, without tokens."""
        self.flight = None
        self._rested = 0.0
        self.timeline.seek(cursor if self.limit is None else min(cursor, self.limit))

    def toggle(self) -> None:
        """Play or pause; at the end, play from the start."""
        self.playing = not self.playing
        if self.playing and self.timeline.cursor == len(self.timeline):
            self.seek(0)
        self._rested = REST  # the first step follows at once

    def faster(self, by: int) -> None:
        """Change the speed by so many notches."""
        self.pace = max(0, min(len(SPEEDS) - 1, self.pace + by))

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        seconds *= self.speed
        if self.flight is not None:
            self.flight.progress += seconds / TRAVEL
            if self.flight.progress >= 1:
                self.flight = None
                self._rested = 0.0
        elif self.playing:
            self._rested += seconds
            if self._rested >= REST + (0 if self.animated else TRAVEL):
                self.playing = self.forward()
        if self.playing and self.flight is None and self.timeline.cursor == len(self.timeline):
            self.playing = False

    def _launch(self, step: Step | None, undo: bool) -> None:
        self.flight = Flight(step, undo) if step is not None and self.animated else None
        self._rested = 0.0
