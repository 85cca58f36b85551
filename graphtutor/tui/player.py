"""Playing a timeline: what is in the air, how far it has come, what comes next. Time is an argument."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import pairwise

from graphtutor.explain.formula import label, output_called
from graphtutor.explain.words import sentence
from graphtutor.timeline import Computed, Seeded, Sent, Step, Summed, Timeline
from graphtutor.tui.transport import Situation

TRAVEL = 1.8
"""Seconds that a step takes at normal speed: arrive at the gate, be transformed, leave."""
REST = 1.2
"""Seconds between two steps while playing, to read what happened."""
NEARLY = 0.999
"""As far as a flight comes: at 1 it has landed."""
SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
NORMAL = SPEEDS.index(1.0)


@dataclass(slots=True)
class Flight:
    """Steps of one gate whose tokens are on their way."""

    steps: tuple[Step, ...]
    undo: bool
    """Whether the steps are being taken back."""
    progress: float = 0.0

    @property
    def step(self) -> Step:
        """The step that the panel is about."""
        return self.steps[-1]

    @property
    def at(self) -> float:
        """How much of the steps has happened, from 0 to just below 1; it falls while they are taken back."""
        return min(NEARLY, 1 - self.progress if self.undo else self.progress)

    def turned(self) -> Flight:
        """Return the flight the other way, from where it is."""
        return Flight(self.steps, not self.undo, 1 - self.progress)


class Player:
    """Move a timeline's cursor, at once or with tokens in between."""

    def __init__(self, timeline: Timeline, animated: bool = True) -> None:
        self.timeline = timeline
        self.animated = animated
        """Whether tokens travel; otherwise every step is there at once."""
        self.playing = False
        self.looping = False
        """Whether playing starts again at the end."""
        self.frozen = False
        """Whether what is in the air stands still."""
        self.pace = NORMAL
        """The position in `SPEEDS`."""
        self.flight: Flight | None = None
        self.limit: int | None = None
        """How many steps may happen; `None` for all. A question stands before the next one."""
        self.gates = ends(timeline)
        """The cursors at which everything that a gate does in a pass is done, from 0."""
        self._together = 1
        self._rested = 0.0

    def on(self, timeline: Timeline) -> Player:
        """Return a player of another timeline with the same settings."""
        other = Player(timeline, self.animated)
        other.pace, other.looping = self.pace, self.looping
        return other

    @property
    def speed(self) -> float:
        """How much faster than normal."""
        return SPEEDS[self.pace]

    @property
    def visible(self) -> int:
        """How many steps have brought their numbers: what is still in the air has not."""
        flying = len(self.flight.steps) if self.flight is not None and not self.flight.undo else 0
        return self.timeline.cursor - flying

    @property
    def moving(self) -> bool:
        """Whether time changes anything."""
        return self.playing or (self.flight is not None and not self.frozen)

    @property
    def moment(self) -> tuple[Step, ...]:
        """The steps in the air, or those that happened together last; empty at the start."""
        if self.flight is not None:
            return self.flight.steps
        cursor = self.timeline.cursor
        return self.timeline[max(0, cursor - self._together) : cursor]

    @property
    def at(self) -> float:
        """How much of the moment has happened, from 0 to 1."""
        return 1.0 if self.flight is None else self.flight.at

    @property
    def situation(self) -> Situation:
        """What the line under the canvas shows."""
        timeline = self.timeline
        return Situation(
            timeline.cursor,
            len(timeline),
            timeline.turn,
            self.gates,
            self.playing,
            self.speed,
            self.looping,
            self.animated,
        )

    def tell(self, cursor: int, lang: str = "en") -> str:
        """Say in a few words what happens in the step that leads to a cursor."""
        if not cursor:
            return sentence(lang, "event", "start")
        step = self.timeline[cursor - 1]
        graph = step.run.graph
        key = label(graph, step.node)
        match step:
            case Sent() if graph.nodes[step.node].gate.name == "copy":
                return sentence(lang, "event", "passed", key=key)
            case Sent():
                return sentence(lang, "event", "sent", key=key, target=label(graph, step.edge.source))
            case Seeded():
                return sentence(lang, "event", "seeded", key=output_called(graph))
            case Summed():
                return sentence(lang, "event", "summed", key=key)
            case _:
                entry = "copied" if graph.nodes[step.node].gate.name == "copy" else "computed"
                return sentence(lang, "event", entry, key=key)

    def forward(self, gate: bool = False) -> bool:
        """Take the next step, or all steps up to the end of a gate; return whether there was one, and it may happen.

        What is being taken back, or stands still in the air, goes forward from where it is.
        """
        flight = self.flight
        if flight is not None and flight.undo:
            self._land(self.timeline.cursor + len(flight.steps), flight.turned())
            return True
        if flight is not None and self.frozen:
            self.frozen = False
            return True
        cursor = self.timeline.cursor
        if self.limit is not None and cursor >= self.limit:
            return False
        end = self.gates[min(len(self.gates) - 1, bisect_right(self.gates, cursor))]
        end = min(end if gate else cursor + 1, end if self.limit is None else self.limit)
        return self._launch(cursor, end)

    def back(self, gate: bool = False) -> bool:
        """Take the last step back, or all steps of the last gate; return whether there was one.

        What goes forward in the air, or stands still there, goes back from where it is.
        """
        flight = self.flight
        if flight is not None and not flight.undo:
            self._land(self.timeline.cursor - len(flight.steps), flight.turned())
            return True
        if flight is not None and self.frozen:
            self.frozen = False
            return True
        cursor = self.timeline.cursor
        start = self.gates[max(0, bisect_left(self.gates, cursor) - 1)]
        return self._launch(cursor, start if gate else max(cursor - 1, start))

    def seek(self, cursor: int) -> None:
        """Jump, without tokens."""
        self.timeline.seek(cursor if self.limit is None else min(cursor, self.limit))
        self.flight = None
        self.frozen = False
        self._together = 1
        self._rested = 0.0

    def toggle(self) -> None:
        """Play or pause, in the air too; at the end, play from the start."""
        self.playing = not self.playing
        self.frozen = not self.playing and self.flight is not None
        if self.playing and self.flight is None and self.timeline.cursor == len(self.timeline):
            self.seek(0)
        self._rested = REST  # the first step follows at once

    def faster(self, by: int) -> None:
        """Change the speed by so many notches."""
        self.pace = max(0, min(len(SPEEDS) - 1, self.pace + by))

    def animate(self, animated: bool) -> None:
        """Let tokens travel from now on, or not; what is in the air arrives."""
        self.animated = animated
        if not animated:
            self.flight = None
            self.frozen = False

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        seconds *= self.speed
        if self.flight is not None:
            if self.frozen:
                return
            self.flight.progress += seconds / TRAVEL
            if self.flight.progress >= 1:
                self._together = 1 if self.flight.undo else len(self.flight.steps)
                self.flight = None
                self._rested = 0.0
        elif self.playing:
            self._rested += seconds
            if self._rested >= REST + (0 if self.animated else TRAVEL):
                if self.timeline.cursor == len(self.timeline) and self.looping:
                    self.seek(0)
                else:
                    self.playing = self.forward(gate=True)
        if self.flight is None and self.timeline.cursor == len(self.timeline) and not self.looping:
            self.playing = False

    def _launch(self, start: int, end: int) -> bool:
        if start == end:
            self.flight = None
            return False
        steps = self.timeline[min(start, end) : max(start, end)]
        self._land(end, Flight(steps, undo=end < start) if self.animated else None)
        self._together = len(steps) if end > start else 1
        return True

    def _land(self, cursor: int, flight: Flight | None) -> None:
        self.timeline.seek(cursor)
        self.flight = flight
        self.frozen = False
        self._together = 1
        self._rested = 0.0


def ends(timeline: Timeline) -> tuple[int, ...]:
    """Return 0 and the cursors behind the last step of each gate in each pass; the output's gradient stands alone."""
    groups = [(node, issubclass(kind, Computed), kind is Seeded) for kind, node, _ in timeline.acts]
    cuts = [index for index, (before, group) in enumerate(pairwise(groups), 1) if before != group]
    return (0, *cuts, len(timeline)) if len(timeline) else (0,)
