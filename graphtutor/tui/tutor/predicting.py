"""The tutor's questions: while it asks, every step stops before its number is shown, and the learner says it first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from graphtutor.exercises import Status
from graphtutor.exercises.practice import Due, Outcome, Practice, renewed
from graphtutor.exercises.questions import Question, question, why
from graphtutor.timeline import Computed, Step, Summed
from graphtutor.tui import raster, scene
from graphtutor.tui.asking import AskBar, Guess
from graphtutor.tui.canvas import GraphCanvas
from graphtutor.tui.palette import ACCENT, GOLD, GRADIENT, SOFT, TEXT, VALUE, Ink
from graphtutor.tui.study import Study
from graphtutor.tui.tutor.tools import Tools
from graphtutor.tui.tutor.zooming import Zooming
from graphtutor.tui.verdicts import verdict

MARK = "?"
FEW = 2
"""Steps without a question that are watched on the way to the next one; more are skipped."""
SIGNS = {Outcome.ONCE: ("✓", VALUE), Outcome.HINTED: ("~", GOLD), Outcome.SHOWN: ("○", GRADIENT)}
TELLING = frozenset({"routes", "whatif", "nudge", "second", "tangents", "copy_value"})
"""What would give numbers away."""
LATER = frozenset({"forward", "edit", "values", "export"})
"""What has to wait until the question is settled or left."""


@dataclass(frozen=True, slots=True)
class Return:
    """Where the run goes on when a question that came back is settled."""

    study: Study
    cursor: int


class Predicting(Tools, Zooming):
    """Ask for every number before it is shown."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "predict", "Ask", tooltip="ask me for every number before it is shown; once more to stop"),
        Binding("A", "backward_only", "Ask for", show=False, tooltip="ask for values and gradients, or gradients only"),
        Binding("N", "renew", "New numbers", show=False, tooltip="ask what comes back with new numbers, on or off"),
    ]
    DEFAULT_CSS = """
    Predicting.asking AskBar { display: block; }
    Predicting.asking #saying { display: none; }
    Predicting.asking #panel { height: 5; }
    Predicting.asking.-high AskBar { height: 4; padding: 1 1; }
    Predicting.asking.-wide #panel { height: 1fr; }
    Predicting.editing AskBar { display: none; }
    """

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
    _home: Return | None = None
    _told: Text | None = None

    def __init__(self, *args: object, seed: int = 0, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.practice = Practice(self.lang, seed)

    def under(self) -> ComposeResult:
        """Compose the line for the guess."""
        yield AskBar(id="ask")
        yield from super().under()

    # What is asked

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

    def action_predict(self) -> None:
        """Begin to ask, or stop."""
        if self.predicting:
            self.stop()
            return
        self.look(scene.Level.FULL)  # elsewhere the numbers have no places
        self.predicting = self.veiled = True
        self.over = False
        self._told = None
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

    def action_backward_only(self) -> None:
        """Ask for gradients only, or for values too."""
        self.backward_only = not self.backward_only
        self.notify("asks for gradients only" if self.backward_only else "asks for values and gradients")
        if self.predicting and self._home is None:
            self._aim()
            self._go_on()

    def action_renew(self) -> None:
        """Let what comes back have new numbers, or the same."""
        self.renewing = not self.renewing
        self.notify("steps come back with " + ("new numbers" if self.renewing else "the same numbers"))

    # Answers

    @on(AskBar.Guessed)
    def _guessed(self, event: AskBar.Guessed) -> None:
        asked = self.asked
        if asked is None:
            self._hurry()
        elif not event.text.strip() or event.text.strip() == MARK:
            self.practice.show()
            self._told = self._shown(asked)
            self._settled()
        else:
            self._judge(asked, event.text)

    def _judge(self, asked: Question, text: str) -> None:
        judged = self.practice.answer(text)
        if judged.status is not Status.FORMAT_ERROR:
            self.query_one(AskBar).clear()
        self._told = verdict(judged)
        if judged.status is Status.CORRECT:
            self._told = Text.assemble(("✓ right: ", f"bold {VALUE}"), (why(asked, self.lang), TEXT))
            if judged.note:
                self._told.append(f"\n{judged.note}", SOFT)
        elif judged.status is Status.CARRIED:
            self._told.append("\nThe numbers on the canvas are the true ones: use those.", GOLD)
        if self.practice.question is None:
            if judged.status is not Status.CORRECT:
                self._told.append("\n")
                self._told.append_text(self._shown(asked))
            self._settled()
        else:
            self.draw()
            self.query_one("#side").scroll_home(animate=False)

    def _shown(self, asked: Question) -> Text:
        text = Text.assemble(("○ shown: ", f"bold {GRADIENT}"), (why(asked, self.lang), TEXT))
        text.append("\nIt will come back.", SOFT)
        return text

    def _settled(self) -> None:
        """Let the step happen, and go on."""
        limit = self.player.limit
        assert limit is not None
        self.query_one(AskBar).clear()
        if self._home is None:
            self._open = limit + 1
            self._aim()
        else:
            self.player.limit = limit + 1
        self.unselect()
        self.player.playing = False
        self._fly()

    @on(Guess.Hinted)
    def _hinted(self) -> None:
        if self.asked is not None and not self.practice.hint():
            self.notify("there are no more hints; space on an empty line shows the answer")
        self._told = None
        self.draw()
        self.query_one("#side").scroll_home(animate=False)

    @on(AskBar.Begun)
    def _begun(self) -> None:
        if self.asked is None:
            self._hurry()

    # From question to question

    def _fly(self) -> None:
        self.player.forward()
        self._onward = self.player.timeline.cursor
        self.moved()
        if self.player.flight is None:
            self._go_on()

    def _hurry(self) -> None:
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
        self.refresh_bindings()
        super().moved(follow)

    # What is shown

    def fly(self) -> None:
        """Draw what the gate does, but not over a question: it would be the step before."""
        if self.asked is None:
            super().fly()
        else:
            self.query_one(GraphCanvas).fly({})

    def draw(self) -> None:
        """Draw the moment, with the question."""
        super().draw()
        if not self.has_class("asking"):
            return
        bar, asked = self.query_one(AskBar), self.asked
        columns = self.query_one(GraphCanvas).size.width - 2
        if asked is not None:
            again = "Again: " if self._due else ""
            bar.ask(f"{again}{asked.item.label}", self._symbol(asked), columns)
            if self.focused is not self.query_one(Guess):
                self.query_one(Guess).focus()
        elif self.player.flight is not None:
            bar.tell(self.player.flight.step.explain(self.lang).text, columns)

    def _symbol(self, asked: Question) -> str:
        if asked.element is not None or asked.shape or isinstance(asked.step, Computed):
            return ""
        return asked.item.id

    def marks(self, step: Step | None) -> raster.Marks:
        """Mark what is asked."""
        marks = super().marks(step)
        asked = self.asked
        if asked is None:
            return marks
        card = self.scene.card_of(asked.step.node)
        question_mark = (MARK, Ink.QUESTION)
        return replace(
            marks,
            acting=None,
            asked=[card.id],
            hot=self.scene.wires_of(asked.step),
            backward=not isinstance(asked.step, Computed),
            new=(),
            written=dict.fromkeys(scene.reveals(self.scene, asked.step), question_mark),
            totals={card.id: (f"= {MARK}", Ink.QUESTION)} if isinstance(asked.step, Summed) else {},
        )

    def in_sight(self) -> Step | None:
        """Bring what is asked into sight."""
        asked = self.asked
        return asked.step if asked is not None else super().in_sight()

    def inspection(self, step: Step | None) -> Text:
        """Write in the panel what became of the last guess, and the hints."""
        if self.chosen or not (self.has_class("asking") or self.over):
            return super().inspection(step)
        if self.over:
            return self._summary()
        text = Text()
        if self._told is not None:
            text.append_text(self._told)
        helped = self.practice.helped if self.asked else []
        wide = self.has_class("-wide")
        for said in helped if wide else helped[-1:]:
            text.append(("\n\n" if wide else "\n") if text else "")
            text.append(f"Hint: {said}", ACCENT)
        if not text:
            text.append("Type the number that will stand at the ", SOFT)
            text.append(MARK, f"bold {GOLD}")
            text.append(", before you see it. 1/3 and -4*3 are fine, and 1 % off is near enough.\n", SOFT)
            for outcome, (sign, colour) in SIGNS.items():
                text.append(sign, f"bold {colour}")
                text.append(f" {outcome.value}   ", SOFT)
            text.append("row", TEXT)
            text.append(" right at once in a row\n", SOFT)
            text.append_text(_keys(("space", "shows it"), ("f2", "hint"), ("A", "gradients only"), ("esc", "stops")))
        return text

    def narration(self) -> Text:
        """Write at the end that it is the end."""
        if not self.over:
            return super().narration()
        text = Text("That was the whole run. ", f"bold {GOLD}")
        text.append_text(self._score(True))
        text.append("\n")
        text.append_text(_keys(("a", "asks again"), ("N", "with new numbers"), ("←", "looks back"), ("esc", "stops")))
        return text

    def head(self, columns: int) -> Text:
        """Write the score at the end of the line."""
        if not self.practice.outcomes and not self.predicting:
            return super().head(columns)
        score = self._score(self.has_class("-wide"))
        text = super().head(columns - score.cell_len - 3)
        text.append("   ")
        text.append_text(score)
        return text

    def _score(self, full: bool) -> Text:
        practice = self.practice
        text = Text()
        for outcome, (sign, colour) in SIGNS.items():
            text.append(f"{sign} {practice.outcomes[outcome]}", f"bold {colour}")
            text.append(f" {outcome.value}  " if full else "  ", SOFT)
        text.append(f"{practice.streak} in a row" if full else f"row {practice.streak}", TEXT)
        return text

    def _summary(self) -> Text:
        practice = self.practice
        text = Text()
        back = practice.returned.total()
        if back:
            once = practice.returned[Outcome.ONCE]
            text.append(f"{back} came back, {once} of them right at once. ", TEXT)
        text.append(f"Longest row: {practice.longest}.", TEXT)
        for times, belief in practice.findings():
            text.append(f"\n{times}x ", f"bold {GRADIENT}")
            text.append(belief, TEXT)
        return text

    # Keys

    def refused(self, action: str) -> str:
        """Keep back what would give numbers away."""
        if self.predicting and action in TELLING:
            return "that would give the answer away; a stops asking"
        return super().refused(action)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keep back what would give the number away."""
        if self.predicting and action in LATER and self.has_class("asking"):
            return False
        if action == "predict" and self.viewed() is not self.study.run:  # forward mode has no gradients to ask for
            return False
        return super().check_action(action, parameters)

    def leave(self) -> bool:
        """Stop asking."""
        if not self.predicting or self.chosen or self.has_class("editing"):
            return super().leave()
        self.stop()
        return True


def _keys(*pairs: tuple[str, str]) -> Text:
    text = Text()
    for key, said in pairs:
        text.append(key, f"bold {GOLD}")
        text.append(f" {said}   ", SOFT)
    return text
