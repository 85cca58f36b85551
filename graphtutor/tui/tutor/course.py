"""The way from question to question: what is asked next, what comes back, and how far time may run until then."""

from __future__ import annotations

from dataclasses import dataclass

from graphtutor.exercises.practice import Due, Practice, renewed
from graphtutor.exercises.questions import Question, question
from graphtutor.timeline import Computed
from graphtutor.tui.asking import Guess
from graphtutor.tui.canvas import GraphCanvas
from graphtutor.tui.study import Study
from graphtutor.tui.tutor.tools import Tools
from graphtutor.tui.tutor.zooming import Zooming

FEW = 2
"""Steps without a question that are watched on the way to the next one; more are skipped."""


@dataclass(frozen=True, slots=True)
class Return:
    """Where the run goes on when a question that came back is settled."""

    study: Study
    cursor: int


class Course(Tools, Zooming):
    """Stop before every step that can be asked for, and go on when it is settled."""

    predicting = False
    """Whether the tutor asks."""
    backward_only = False
    renewing = False
    """Whether what comes back has new numbers."""
    over = False
    """Whether the summary is shown."""
    _open = 0
    """The first step that is still to be asked or watched."""
    _onward: int | None = None
    """Where the cursor is while the tokens fly on to the next question by themselves."""
    _due: Due | None = None
    _allowed: tuple[bool, ...] = ()
    """What it depends on which keys can be pressed."""
    _home: Return | None = None

    def __init__(self, *args: object, seed: int = 0, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.practice = Practice(self.lang, seed)

    def speak(self, lang: str) -> None:
        """Ask in another language; score, guesses and hints stay."""
        self.practice.speak(lang)
        super().speak(lang)

    @property
    def asked(self) -> Question | None:
        """The question that stands: the cursor is where it belongs, and nothing is in the air."""
        if not self.predicting or self.player.flight or self._onward is not None or self.has_class("editing"):
            return None
        limit = self.player.limit
        return self._question(limit) if limit is not None and limit == self.player.timeline.cursor else None

    def _question(self, index: int) -> Question | None:
        step = self.player.timeline[index]
        if self.backward_only and self._home is None and isinstance(step, Computed):
            return None
        return question(step, self.practice.seed, self.lang)

    def _aim(self) -> None:
        """Let time run as far as the next question."""
        self.player.limit = None
        if self.predicting:
            steps = range(self._open, len(self.player.timeline))
            self.player.limit = next((i for i in steps if self._question(i) is not None), None)

    def _pass(self, cursor: int) -> None:
        """Ask for nothing that has happened already, whatever is asked for from now on."""
        self._open = max(self._open, cursor)

    # Begin and end

    def start(self) -> None:
        """Ask from here on; at the end of the run, from its start."""
        self.predicting = self.veiled = True
        self.over = False
        self.close_tool()
        self.unselect()
        if self.player.timeline.cursor == len(self.player.timeline):
            self.player.seek(0)
        self._open = self.player.visible
        self.player.seek(self._open)
        self._aim()
        self._go_on()

    def stop(self) -> None:
        """Ask nothing more; what was scored stays."""
        self._come_back()
        self.predicting = self.veiled = self.over = False
        self._onward = None
        self.practice.drop()
        self._aim()
        self.moved()

    def turn_to(self, backward_only: bool) -> None:
        """Ask for gradients only, or for values too, from the next question on."""
        self.backward_only = backward_only
        if self.predicting and self._home is None:
            self._pass(self.player.visible)
            self.player.seek(self.player.visible)
            self._aim()
            self._go_on()

    # From question to question

    def settled(self) -> None:
        """Let the step that was asked for happen, and go on."""
        limit = self.player.limit
        assert limit is not None
        if self._home is None:
            self._open = limit + 1
            self._aim()
        else:
            self.player.limit = limit + 1
        self.unselect()
        self.player.playing = False
        self._fly()

    def _fly(self) -> None:
        self.player.forward()
        self._onward = self.player.timeline.cursor
        self.moved()
        if self.player.flight is None:
            self._go_on()

    def hurry(self) -> None:
        """Do not wait for the tokens."""
        if self._onward is not None:
            self.player.seek(self.player.timeline.cursor)
            self._go_on(hurry=True)

    def _go_on(self, hurry: bool = False) -> None:
        """Go on to what is asked next: what comes back, the next question of the run, or the end."""
        self._onward = None
        if self._home is not None:
            self._come_back()
        timeline = self.player.timeline
        limit = len(timeline) if self.player.limit is None else self.player.limit
        due = self.practice.due(ended=self.player.limit is None and timeline.cursor == limit)
        if due is not None:
            self._go_back_to(due)
        elif timeline.cursor == limit:
            self.over = self.player.limit is None
        elif hurry or limit - timeline.cursor > FEW:
            self.player.seek(limit)
            self._go_on()
            return
        else:
            self._fly()
            return
        self.moved()

    def _go_back_to(self, due: Due) -> None:
        """Ask once more for a step of the past."""
        self._home = Return(self.study, self.player.timeline.cursor)
        self._due = due
        other = renewed(self.study.run, due.step, self.practice.seed + due.times, self.lang) if self.renewing else None
        if other is not None:
            values = {**self.study.values, **other.inputs}
            super().adopt(Study(self.study.text, self.study.graph, values, self.study.assumed, other))
        self.player.limit = due.step
        self.player.seek(due.step)

    def _come_back(self) -> None:
        """Go on where the run was left for a question that came back."""
        home, self._home, self._due = self._home, None, None
        if home is None:
            return
        self.player.limit = None
        super().adopt(home.study)
        self._pass(home.cursor)
        self._aim()
        self.player.seek(home.cursor)

    def adopt(self, study: Study) -> None:
        """Show another study; the questions go on where they were, or begin again where the graph is another."""
        before = self.study
        super().adopt(study)
        if study is before or not self.predicting:
            return
        self._home = self._due = self._onward = None
        self.over = False
        self.practice.forget()
        self._open = min(self._open, self.player.timeline.cursor) if study.graph is before.graph else 0
        self._aim()
        self.player.seek(self._open)
        self.draw()

    # Time

    def advance(self, seconds: float) -> None:
        """Let time pass; when the tokens have landed, go on."""
        super().advance(seconds)
        if self._onward is not None and self.player.flight is None:
            if self._onward == self.player.timeline.cursor:
                self._go_on()
            else:
                self._onward = None

    def moved(self, follow: bool = True) -> None:
        """Draw after the cursor moved, with the question that stands there."""
        asked = self.asked
        if asked is not None:
            self.practice.ask(asked, self._due)
            self.player.playing = False
        if self.predicting and self.player.timeline.cursor < len(self.player.timeline):
            self.over = False
        open_line = asked is not None or (self.predicting and self._onward is not None)
        if open_line != self.has_class("asking"):
            self.set_class(open_line, "asking")
            (self.query_one(Guess) if open_line else self.query_one(GraphCanvas)).focus()
        allowed = self.predicting, open_line, self.viewed() is self.study.run
        if allowed != self._allowed:
            self._allowed = allowed
            self.refresh_bindings()
        super().moved(follow)
