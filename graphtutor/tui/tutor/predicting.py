"""The tutor's questions: while it asks, every step stops before its number is shown, and the learner says it first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from graphtutor.exercises import ItemResult, Status
from graphtutor.exercises.practice import Settled
from graphtutor.exercises.questions import Question, question, why
from graphtutor.explain.words import error_words, sentence
from graphtutor.timeline import Computed, Step, Summed
from graphtutor.tui import raster, scene, score
from graphtutor.tui.asking import AskBar, Guess
from graphtutor.tui.canvas import GraphCanvas
from graphtutor.tui.cells import width
from graphtutor.tui.palette import GOLD, SOFT, Ink
from graphtutor.tui.scene import Level
from graphtutor.tui.score import MARK
from graphtutor.tui.tutor.course import Course
from graphtutor.tui.verdicts import verdict

TELLING = frozenset({"routes", "whatif", "nudge", "second", "tangents", "copy_value"})
"""What would give numbers away."""
LATER = frozenset({"forward", "edit", "values", "export"})
"""What has to wait until the question is settled or left."""


class Predicting(Course):
    """Ask for every number before it is shown."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "predict", "Ask", tooltip="predict every number before it is shown; once more to stop"),
        Binding("A", "backward_only", "Ask for", show=False, tooltip="ask for values and gradients, or gradients only"),
        Binding("N", "renew", "New numbers", show=False, tooltip="ask what comes back with new numbers, on or off"),
    ]
    DEFAULT_CSS = """
    Predicting.asking AskBar { display: block; }
    Predicting.asking #say { display: none; }
    Predicting.asking.-narrow #panel { height: 5; }
    Predicting.asking.-high AskBar { height: 4; padding: 1 1; }
    Predicting.editing AskBar { display: none; }
    """

    _told: Text | None = None
    """What became of the last guess."""
    _guess: tuple[Question, ItemResult | None, Settled | None] | None = None
    """What it was a guess at, how it was judged (`None` where the answer was shown instead), whether that was all."""

    def under(self) -> ComposeResult:
        """Compose the line for the guess."""
        yield AskBar(id="ask")
        yield from super().under()

    def action_predict(self) -> None:
        """Begin to ask, or stop."""
        if self.predicting:
            self.stop()
            return
        self._told = self._guess = None
        if not self.level.whole:  # elsewhere the numbers have no places
            self.level = scene.Level.FULL
            self.lay_out()
        self.start()
        self.lay_out()

    @property
    def levels(self) -> Sequence[Level]:
        """While it asks, only levels at which numbers have places at the wires."""
        found = super().levels
        return tuple(level for level in found if level.whole) or (Level.FULL,) if self.predicting else found

    def stop(self) -> None:
        """Ask nothing more, and look as before, once the canvas is as high as before."""
        super().stop()
        self.call_after_refresh(self.lay_out)

    def action_backward_only(self) -> None:
        """Ask for gradients only, or for values too."""
        self.turn_to(not self.backward_only)
        self.notify(sentence(self.lang, "asking", "asks_gradients" if self.backward_only else "asks_all"))

    def action_renew(self) -> None:
        """Let what comes back have new numbers, or the same."""
        self.renewing = not self.renewing
        self.notify(sentence(self.lang, "asking", "new_numbers" if self.renewing else "same_numbers"))

    # Answers

    @on(AskBar.Guessed)
    def _guessed(self, event: AskBar.Guessed) -> None:
        asked = self.asked
        if asked is None:
            self.hurry()
        elif not event.text.strip():  # enter once too often gives nothing away
            self.notify(sentence(self.lang, "asking", "empty"), timeout=3)
        elif event.text.strip() == MARK:
            self.practice.show()
            self._guess = asked, None, self.practice.settled
            self._told = self._verdict(*self._guess)
            self._settle()
        else:
            self._judge(asked, event.text)

    def _judge(self, asked: Question, text: str) -> None:
        judged = self.practice.answer(text)
        if judged.status is not Status.FORMAT_ERROR:
            self.query_one(AskBar).clear()
        else:
            self.query_one(Guess).select_all()
        settled = self.practice.settled if self.practice.question is None else None
        self._guess = asked, judged, settled
        self._told = self._verdict(*self._guess)
        if settled:
            self._settle()
        else:
            self._told_anew()

    def _verdict(self, asked: Question, judged: ItemResult | None, settled: Settled | None) -> Text:
        """Write what became of a guess, and the answer where that is settled without it."""
        answer = score.settled(settled, why(asked, self.lang), self.lang) if settled else Text()
        if judged is None:
            return answer
        if judged.status is Status.CORRECT:
            text = answer
            return text.append(f"\n{error_words(self.lang, judged.note)}", SOFT) if judged.note else text
        part = f"{asked.item.id}{asked.at}" if asked.element else asked.item.label if asked.shape else ""
        text = verdict(judged, lang=self.lang, name=part)
        if judged.status is Status.CARRIED:
            text.append(f"\n{sentence(self.lang, 'asking', 'carried')}", GOLD)
        return text.append("\n").append_text(answer) if settled else text

    def speak(self, lang: str) -> None:
        """Say in another language what became of the last guess, too."""
        super().speak(lang)
        if self._guess is None or self._told is None:
            return
        asked, judged, settled = self._guess
        asked = question(asked.step, self.practice.seed, lang) or asked
        judged = self.practice.judged_again(asked, judged) if judged else None
        self._guess = asked, judged, settled
        self._told = self._verdict(*self._guess)
        self.draw()

    def _settle(self) -> None:
        self.query_one(AskBar).clear()
        self.settled()

    @on(Guess.Hinted)
    def _hinted(self) -> None:
        if self.asked is None:
            return  # the last verdict stays until the next question
        if not self.practice.hint():
            self.notify(sentence(self.lang, "asking", "no_more_hints"))
        elif not self.has_class("-wide"):
            self._told = None  # there is no room for both
        self._told_anew()

    def _told_anew(self) -> None:
        self.draw()
        self.query_one("#inspect").scroll_home(animate=False)

    @on(AskBar.Begun)
    def _begun(self) -> None:
        if self.asked is None:
            self.hurry()

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
            again = f"{sentence(self.lang, 'asking', 'once_more')}: " if self._due else ""
            bar.ask(f"{again}{asked.item.label}", self._symbol(asked), columns)
            if self.focused is not self.query_one(Guess):
                self.query_one(Guess).focus()
        elif self.player.flight is not None:
            said = self.player.flight.step.explain(self.lang)
            bar.tell(next((line for line in (said.text, said.formula) if width(line) <= columns), ""))

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
        wide = self.has_class("-wide")
        if self.over:  # with what became of the last guess, below where there is little room
            both = [part for part in (self._told, score.summary(self.practice, self.lang)) if part]
            return Text("\n\n").join(both) if wide else Text("\n").join(both[::-1])
        helped = self.practice.helped if self.asked else []
        parts = [part for part in (self._told, score.hints(helped if wide else helped[-1:], self.lang)) if part]
        return Text("\n\n" if wide else "\n").join(parts) if parts else score.how_to(self.lang, self.asked)

    def narration(self) -> Text:
        """Write at the end that it is the end."""
        return score.end(self.practice, self.lang) if self.over else super().narration()

    def head(self, columns: int) -> Text:
        """Write the score at the end of the line."""
        if not self.practice.outcomes and not self.predicting:
            return super().head(columns)
        scored = score.score(self.practice, self.lang, self.has_class("-wide"))
        text = super().head(columns - scored.cell_len - 3)
        text.append("   ")
        text.append_text(scored)
        return text

    # Keys

    def refused(self, action: str) -> str:
        """Keep back what would give numbers away, and questions in forward mode, which has no gradients."""
        if self.predicting and action in TELLING:
            return sentence(self.lang, "asking", "telling")
        if self.predicting and action in LATER and self.has_class("asking"):
            return sentence(self.lang, "asking", "later")
        if action == "predict" and self.viewed() is not self.study.run:
            return sentence(self.lang, "asking", "forward_mode")
        return super().refused(action)

    def leave(self) -> bool:
        """Stop asking."""
        if not self.predicting or self.chosen or self.has_class("editing"):
            return super().leave()
        self.stop()
        return True
