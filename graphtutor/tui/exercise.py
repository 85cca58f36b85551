"""The exercise screen: a question on the graph, an answer, a verdict at once, the explanation at the end."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any, ClassVar

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.widgets import Input, Static

from graphtutor.errors import GraphtutorError
from graphtutor.exercises import Exercise, ItemResult, Result, Status
from graphtutor.explain.words import sentence
from graphtutor.tui import raster, scene
from graphtutor.tui.canvas import GraphCanvas
from graphtutor.tui.cells import clip, one_line, told
from graphtutor.tui.footer import KeyLine
from graphtutor.tui.palette import ACCENT, FAINT, GOLD, GRADIENT, SOFT, TEXT, VALUE
from graphtutor.tui.quiz import SIGNS, Quiz, redrawn
from graphtutor.tui.room import Room
from graphtutor.tui.study import written_values
from graphtutor.tui.verdicts import verdict

COLOURS = {Status.CORRECT: VALUE, Status.CARRIED: VALUE, Status.WRONG: GRADIENT, Status.BLANK: GRADIENT}
LEAST_ROOM = 6
"""Columns at every wire, so that an answer fits and the room does not tell its length."""

MOST_DRAWN = 10**9
"""How often numbers are drawn anew at most; what was remembered may be damaged."""

BESIDE = 54
"""Columns of the words beside the canvas."""
BELOW = 17
"""Rows that are not the canvas's where the words stand below it."""


class Answer(Input):
    """Where the answer is typed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Answer", tooltip="check the answer; ? alone skips the question"),
        Binding("tab", "screen.swap", "Canvas", show=False, tooltip="go from the answer to the canvas and back"),
    ]


class Drawing(GraphCanvas, inherit_bindings=False):
    """The canvas: the arrows move the view, and what is typed goes to the answer."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-8,0)", "View", key_display="←↑↓→", tooltip="move the view"),
        Binding("right", "move(8,0)", "View right", show=False, tooltip="move the view right"),
        Binding("up", "move(0,-4)", "View up", show=False, tooltip="move the view up"),
        Binding("down", "move(0,4)", "View down", show=False, tooltip="move the view down"),
    ]
    asking = False
    """Whether an answer can be typed; afterwards the arrows are the screen's."""

    class Typed(Message):
        """A character was typed that is no key of the canvas."""

        def __init__(self, character: str) -> None:
            super().__init__()
            self.character = character

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the arrows to the screen once nothing is asked."""
        return self.asking or action != "move"

    async def action_move(self, dx: int, dy: int) -> None:
        """Move the view."""
        await self.run_action(f"screen.pan({dx},{dy})")

    def on_key(self, event: events.Key) -> None:
        """Hand on what an answer can be typed with."""
        if self.asking and event.is_printable and event.character and event.character.strip():
            self.post_message(self.Typed(event.character))


class ExerciseScreen(Room, inherit_bindings=False):
    """Answer one question after the other on a graph."""

    ABOUT = (
        "Answer for the place on the graph that shows ?. Numbers, fractions such as 1/3 and products such as 2*0.25 "
        "are fine; ? skips. Each answer is judged at once, and your own numbers count for what follows from them."
    )
    MOUSE = "exercise"
    CANVAS = True
    GROUPS: ClassVar[dict[str, str]] = {
        "exercise": "submit hint next previous again worked tutor swap renumber anew",
        "view": "return move pan leaf",
        **Room.GROUPS,
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "hint", "Hint", tooltip="show the next hint"),
        Binding("enter,right,n", "next", "Next", tooltip="next explanation"),
        Binding("left,p", "previous", "Back", tooltip="previous explanation"),
        Binding("r", "again", "Retry", tooltip="try again what is not right"),
        Binding("f4", "renumber", "New numbers", tooltip="draw other numbers and begin anew"),
        Binding("f5", "anew", "Begin anew", show=False, tooltip="forget all answers and begin anew"),
        Binding("w", "worked", "Worked answers", tooltip="show every answer and why"),
        Binding("t", "tutor", "Watch it", tooltip="watch this run in the tutor"),
        Binding("home", "return", "The question", show=False, tooltip="bring the question into sight"),
        Binding("up", "leaf(-1)", "Up", show=False, tooltip="scroll the words up"),
        Binding("down", "leaf(1)", "Down", show=False, tooltip="scroll the words down"),
        Binding("tab", "swap", "Answer", tooltip="go back to the answer"),
        Binding("shift+left,ctrl+left", "pan(-8,0)", "View left", show=False, tooltip="move the view left"),
        Binding("shift+right,ctrl+right", "pan(8,0)", "View right", show=False, tooltip="move the view right"),
        Binding("shift+up,ctrl+up", "pan(0,-4)", "View up", show=False, tooltip="move the view up"),
        Binding("shift+down,ctrl+down", "pan(0,4)", "View down", show=False, tooltip="move the view down"),
        Binding("escape", "leave", "Leave", tooltip="leave the exercise"),
        Binding("f1", "help", "Help", tooltip="show all keys and what the drawing means"),
        Binding("ctrl+q", "quit", "Quit", show=False, tooltip="leave graphtutor"),
    ]
    DEFAULT_CSS = """
    ExerciseScreen #head { height: 1; background: $surface; padding: 0 1; }
    ExerciseScreen #body { height: 1fr; layout: vertical; }
    ExerciseScreen #main { width: 1fr; height: 1fr; }
    ExerciseScreen GraphCanvas { height: 1fr; }
    ExerciseScreen #progress { height: 1; background: $surface; padding: 0 1; }
    ExerciseScreen #words { height: 5; padding: 0 1; scrollbar-size: 1 1; }
    ExerciseScreen #ask { height: 2; background: $panel; padding: 0 1; }
    ExerciseScreen #question { height: 1; }
    ExerciseScreen #line { height: 1; }
    ExerciseScreen #mark { width: 2; color: $accent; text-style: bold; }
    ExerciseScreen Answer, ExerciseScreen Answer:focus {
        width: 1fr; height: 1; border: none; padding: 0; background: $background;
    }
    ExerciseScreen.over #line { display: none; }
    ExerciseScreen.over #ask { height: 1; }
    ExerciseScreen.-wide #body { layout: horizontal; }
    ExerciseScreen.-wide #words { width: BESIDE; height: 1fr; padding: 1 2; background: $surface; }
    ExerciseScreen.-wide.below #body { layout: vertical; }
    ExerciseScreen.-wide.below #words { width: 1fr; height: 12; }
    """.replace("BESIDE", str(BESIDE))

    def __init__(self, exercise: Exercise, lang: str = "en", kept: Any = None) -> None:
        super().__init__()
        self.quiz = Quiz(_numbered(exercise, kept), lang)
        self.lang = lang
        self._verdict: Callable[[], Text] | None = None
        """Writes what became of the last answer, in the language of then."""
        self._hint: Callable[[], Text] | None = None
        if isinstance(kept, dict) and self.quiz.restore(kept):
            self._verdict = self._resumed
        self._phase: tuple[bool, bool] | None = None

    def content(self) -> ComposeResult:
        """Compose the screen."""
        yield Static(id="head")
        with Container(id="body"):
            with Vertical(id="main"):
                yield Drawing(id="canvas")
                yield Static(id="progress")
                with Vertical(id="ask"):
                    yield Static(id="question")
                    with Horizontal(id="line"):
                        yield Static("► ", id="mark")
                        hint = sentence(self.lang, "exercise", "type")
                        yield Answer(placeholder=hint, id="answer", select_on_focus=False)
            with VerticalScroll(id="words", can_focus=False):
                yield Static(id="say")
        yield KeyLine()

    def on_mount(self) -> None:
        """Ask the first question, or the one that was not answered last time."""
        (self.query_one(Answer) if self.quiz.item else self.query_one(GraphCanvas)).focus()

    def on_resize(self, event: events.Resize) -> None:
        """Arrange for the new size; nothing is lost."""
        super().on_resize(event)
        self.call_after_refresh(self.lay_out)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what can be done now."""
        asking = self.quiz.item is not None
        reviewing = self.quiz.review is not None
        match action:
            case "hint":
                return asking
            case "next" | "previous":
                return reviewing
            case "again":
                return not asking and not reviewing and not self.quiz.result().ok
            case "worked":
                return not asking and not reviewing
            case "tutor":
                return not asking
            case "swap":
                return asking
            case "return":
                return self.quiz.shown_item is not None
            case "renumber":
                return not reviewing and bool(self.quiz.exercise.variant)
            case "anew":
                return not reviewing and bool(self.quiz.answers or self.quiz.hinted)
        return True

    def speak(self, lang: str) -> None:
        """Ask in another language; answers, hints and points stay."""
        self.quiz.lang = lang
        super().speak(lang)

    def retell(self) -> None:
        """Write everything anew, in boxes for these words."""
        super().retell()
        self.query_one(Answer).placeholder = sentence(self.lang, "exercise", "type")
        self.lay_out()

    def lay_out(self) -> None:
        """Arrange the graph for the room there is."""
        columns = self.size.width - BESIDE * self.has_class("-wide")
        found = self._composed(columns)
        below = found.width > columns < self.size.width and found.height + BELOW <= self.size.height
        self.scene = self._composed(self.size.width) if below else found
        self.base = raster.draw(self.scene)
        self.query_one(GraphCanvas).show(self.scene)
        if below != self.has_class("below"):
            self.set_class(below, "below")
            self.call_after_refresh(self.draw)
        self.draw()

    def _composed(self, columns: int) -> scene.Scene:
        exercise = self.quiz.exercise
        return scene.fitting(exercise.run, self.lang, columns, exercise.kind != "gate_roles", LEAST_ROOM)

    def draw(self) -> None:
        """Draw the question on the graph, and the words."""
        if not hasattr(self, "scene"):
            return
        canvas = self.query_one(Drawing)
        quiz = self.quiz
        canvas.asking = quiz.item is not None
        canvas.paint(
            raster.paint(
                self.base, self.scene, quiz.numbers(self.scene), quiz.totals(self.scene), quiz.marks(self.scene)
            )
        )
        self._follow()
        self.query_one("#head", Static).update(self.head(), layout=False)
        self.query_one("#progress", Static).update(self.progress(), layout=False)
        self.query_one("#question", Static).update(self.question(), layout=False)
        self.query_one("#say", Static).update(self.words())
        self.set_class(quiz.item is None, "over")
        phase = (quiz.item is None, quiz.review is None)
        if phase != self._phase:
            self._phase = phase
            self.refresh_bindings()

    def _follow(self) -> None:
        """Bring the question, or what is explained, into sight."""
        item = self.quiz.shown_item
        if item is not None:
            centre = self.scene.card_of(item.node).id
            near = {wire.source for wire in self.scene.wires if wire.edge and tuple(wire.edge[1:]) == item.edge}
            self.query_one(GraphCanvas).follow({centre, *near}, centre)

    # Words

    def head(self) -> Text:
        """Write the title and the expression."""
        title, _, _ = self.quiz.exercise.said(self.lang)
        columns = self.size.width - 2
        text = Text(clip(title, columns), f"bold {TEXT}", no_wrap=True)
        room = columns - text.cell_len - 3
        if room > 8:
            expression = clip(one_line(self.quiz.exercise.graph.text or str(self.quiz.exercise.graph)), room)
            text.append(" " * (columns - text.cell_len - Text(expression).cell_len))
            text.append(expression, SOFT)
        return text

    def progress(self) -> Text:
        """Write a sign per question, and the points so far."""
        text = Text(no_wrap=True)
        result = self.quiz.result()
        signs = self.quiz.signs()
        place = next((i for i, (_, _, now) in enumerate(signs) if now), None)
        text.append(
            f"{place + 1}/{len(signs)} " if place is not None else f"{len(signs)}/{len(signs)} ", f"bold {TEXT}"
        )
        for sign, status, now in signs[:40]:
            style = COLOURS.get(status, FAINT)
            text.append(
                "?" if now and self.quiz.review is None else sign, f"bold reverse {GOLD}" if now else f"bold {style}"
            )
        if len(signs) > 40:
            text.append("…", FAINT)
        text.append(f"  {self.points(result)}", SOFT)
        if self.quiz.attempt > 1:
            text.append(f"  {sentence(self.lang, 'exercise', 'attempt', count=self.quiz.attempt)}", SOFT)
        return text

    def points(self, result: Result) -> str:
        """Write the points of so many."""
        score, whole = points(result.score), points(result.max_score)
        return sentence(self.lang, "exercise", "points", score=score, whole=whole)

    def question(self) -> Text:
        """Write what is asked."""
        item = self.quiz.shown_item
        if item is None:
            return Text(sentence(self.lang, "exercise", "done"), f"bold {GOLD}")
        text = Text(clip(item.label_in(self.lang), self.size.width - 4), f"bold {GOLD}", no_wrap=True)
        if self.quiz.review is None:
            text.append(" = ?" if item.what in ("edge", "total") else "  ?", GOLD)
        return text

    def words(self) -> Text:
        """Write the verdict, the hint and the task; at the end, the result or an explanation."""
        if self.quiz.review is not None:
            return self.explanation()
        text = Text()
        if self._verdict is not None:
            text.append_text(self._verdict())
            text.append("\n\n" if self.has_class("-wide") else "\n")
        if self._hint is not None:
            text.append_text(self._hint())
            text.append("\n\n" if self.has_class("-wide") else "\n")
        if self.quiz.item is None:
            text.append_text(self.summary())
            return text
        _, prompt, _ = self.quiz.exercise.said(self.lang)
        text.append(flowing(prompt), TEXT if self._verdict is None else SOFT)
        if self.quiz.exercise.variant:
            text.append("\n\nf4 ", f"bold {GOLD}").append(sentence(self.lang, "exercise", "renumber"), SOFT)
        return text

    def summary(self) -> Text:
        """Write the points, what went wrong, and what can be done now."""
        result = self.quiz.result()
        text = Text()
        text.append(self.points(result), f"bold {VALUE if result.ok else GOLD}")
        right = result.count(Status.CORRECT)
        text.append(f": {sentence(self.lang, 'exercise', 'right', right=right, all=len(result.items))}", TEXT)
        carried = result.count(Status.CARRIED)
        if carried:
            text.append(f", {sentence(self.lang, 'exercise', 'carried', count=carried)}", TEXT)
        text.append(".\n", TEXT)
        for said, shown in self.quiz.mistakes():
            where = "; ".join(f"{judged.item.label_in(self.lang)} = {judged.given.strip()}" for judged in shown)
            text.append(f"{SIGNS[Status.WRONG]} {where}: ", GRADIENT)
            text.append(f"{said}\n", GOLD)
        for note in result.notes:
            text.append(f"{note}\n", SOFT)
        keys = [("w", "worked"), ("t", "watch"), ("esc", "leave")]
        if not result.ok:
            keys.insert(0, ("r", "retry"))
        apart = "\n" if self.has_class("-wide") and not self.has_class("below") else "   "
        for key, entry in keys:
            text.append(key, f"bold {GOLD}")
            text.append(f" {sentence(self.lang, 'exercise', entry)}{apart}", SOFT)
        return text

    def explanation(self) -> Text:
        """Write the worked answer to the item under review."""
        assert self.quiz.review is not None
        item = self.quiz.exercise.items[self.quiz.review]
        judged = self.quiz.result().items[self.quiz.review]
        said = self.quiz.explanation(item)
        text = Text()
        text.append(f"{sentence(self.lang, 'exercise', 'answer')} ", SOFT)
        text.append(self.quiz.truth(item), f"bold {VALUE}")
        if not judged.ok and judged.given:
            text.append(f"   {sentence(self.lang, 'exercise', 'yours')} {judged.given}", f"bold {GRADIENT}")
        text.append("\n")
        text.append(f"{said.text}\n", TEXT)
        if item.what != "role":
            for line in said.stages if self.has_class("-wide") and said.stages else (said.formula, said.numbers):
                text.append(f"{line}\n", ACCENT)
        if judged.diagnosis:
            text.append(f"{SIGNS[Status.WRONG]} {judged.given.strip()}: ", GRADIENT).append(judged.diagnosis.text, GOLD)
        return text

    def verdict(self, judged: ItemResult) -> Text:
        """Write what became of an answer."""
        numbers = self.quiz.explanation(judged.item).numbers if judged.item.what != "role" else ""
        return verdict(judged, numbers, self.quiz.diagnosed_hint(judged), self.lang, judged.item.label_in(self.lang))

    # Keys

    @on(Drawing.Typed)
    def _typed(self, event: Drawing.Typed) -> None:
        answer = self.query_one(Answer)
        answer.focus()
        answer.insert_text_at_cursor(event.character)

    @on(Input.Submitted)
    def _answered(self, event: Input.Submitted) -> None:
        event.stop()
        if self.quiz.item is None:
            return
        if not event.value.strip():
            self._verdict = lambda: Text(sentence(self.lang, "exercise", "type"), GOLD)
        else:
            item, given = self.quiz.item, event.value
            judged = self.quiz.answer(given)
            self._verdict = lambda: self.verdict(self.quiz.judged(item, given))
            if judged.status is not Status.FORMAT_ERROR:
                self._hint = None
                event.input.value = ""
                self._keep()
            else:
                event.input.select_all()
        if self.quiz.item is None:
            self.query_one(GraphCanvas).focus()
        self.draw()
        self.query_one("#words").scroll_home(animate=False)

    def action_hint(self) -> None:
        """Show the next hint."""
        hint = self.quiz.hint()
        self._hint = self._no_hint if hint is None else self._last_hint
        self._verdict = None
        self._keep()
        self.draw()
        self.query_one("#words").scroll_home(animate=False)

    def _keep(self) -> None:
        """Let what was answered be remembered."""
        keep = getattr(self.app, "keep_answers", None)
        if keep is not None:
            keep(self.quiz.exercise.id, self.quiz.snapshot())

    def _resumed(self) -> Text:
        return Text(sentence(self.lang, "exercise", "resumed"), SOFT)

    def _no_hint(self) -> Text:
        if not self.quiz.hinted:
            return Text(sentence(self.lang, "exercise", "no_hints"), SOFT)
        return Text.assemble(self._last_hint(), "\n", (sentence(self.lang, "exercise", "no_more"), SOFT))

    def _last_hint(self) -> Text:
        hint = self.quiz.on_request[self.quiz.hinted - 1]
        cost = f" ({sentence(self.lang, 'exercise', 'costs', share=f'{hint.cost:.0%}')})" if hint.cost else ""
        return Text(f"{sentence(self.lang, 'asking', 'hint_is')}: {hint.text}{cost}", ACCENT)

    def action_worked(self) -> None:
        """Show the worked answers."""
        self.quiz.review = 0
        self.draw()

    def action_next(self) -> None:
        """Show the next worked answer."""
        self._review(1)

    def action_previous(self) -> None:
        """Show the previous worked answer."""
        self._review(-1)

    def _review(self, by: int) -> None:
        if self.quiz.review is not None:
            last = len(self.quiz.exercise.items) - 1
            self.quiz.review = max(0, min(last, self.quiz.review + by))
            self.draw()
            self.query_one("#words").scroll_home(animate=False)

    def action_again(self) -> None:
        """Ask once more for what is not right."""
        if self.quiz.again():
            self._ask_on()

    def action_anew(self) -> None:
        """Forget all answers."""
        self.quiz = Quiz(self.quiz.exercise, self.lang)
        self._ask_on()

    def action_renumber(self) -> None:
        """Draw other numbers."""
        exercise = self.quiz.exercise
        try:
            self.quiz = Quiz(redrawn(exercise, exercise.reroll + 1), self.lang)
        except GraphtutorError as error:
            self.notify(told(error, self.lang), severity="error")
            return
        self.lay_out()
        self._ask_on()
        self._verdict = self._renumbered
        self.draw()

    def _renumbered(self) -> Text:
        run = self.quiz.exercise.run
        values = written_values(run.graph.inputs, run.inputs)
        return Text(sentence(self.lang, "exercise", "renumbered", values=values), SOFT)

    def _ask_on(self) -> None:
        self._verdict = self._hint = None
        self._keep()
        self.draw()
        self.query_one(Answer).focus()

    def action_tutor(self) -> None:
        """Watch the run."""
        from graphtutor.tui.study import Study
        from graphtutor.tui.tutor import TutorScreen

        exercise = self.quiz.exercise
        text = str(exercise.graph)
        self.app.push_screen(TutorScreen(Study(text, exercise.graph, exercise.run.inputs, (), exercise.run), self.lang))

    def action_leaf(self, by: int) -> None:
        """Scroll the words."""
        self.query_one("#words").scroll_relative(y=by, animate=False)

    def action_swap(self) -> None:
        """Go from the answer to the canvas and back."""
        answer = self.query_one(Answer)
        (self.query_one(GraphCanvas) if answer.has_focus else answer).focus()

    def action_pan(self, dx: int, dy: int) -> None:
        """Move the view; say so where there is nothing more to see."""
        canvas = self.query_one(GraphCanvas)
        if canvas.max_scroll_x or canvas.max_scroll_y:
            canvas.pan(dx, dy)
        else:
            self.notify(sentence(self.lang, "looking", "whole"), timeout=2)

    def action_return(self) -> None:
        """Bring what is asked into sight."""
        self._follow()

    def action_leave(self) -> None:
        """Close the worked answers, or leave."""
        if self.quiz.review is not None:
            self.quiz.review = None
            self.draw()
        else:
            self.dismiss()


def _numbered(exercise: Exercise, kept: Any) -> Exercise:
    """Return the exercise with the numbers that were drawn when one was here last."""
    match kept:
        case {"reroll": int(reroll)} if exercise.variant and 0 < reroll < MOST_DRAWN and not exercise.reroll:
            with suppress(GraphtutorError):
                return redrawn(exercise, reroll)
    return exercise


def flowing(text: str) -> str:
    """Join the lines of a paragraph as it was written in a file, so that it fills the lines of the panel."""
    return re.sub(r"(?<=\S)\n(?=[^\W\d])", " ", text)


def points(score: float | None) -> str:
    """Write points without needless digits."""
    return "–" if score is None else f"{round(score, 2):g}"
