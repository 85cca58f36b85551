"""Playing an exercise: what is asked next, what is shown, what was earned. Every judgement is the exercises' own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphtutor.engine.wrong import misconceptions
from graphtutor.errors import InputError
from graphtutor.exercises import Exercise, ItemResult, Result, Status, check_item, grade_answers, load
from graphtutor.exercises.answers import is_blank, read_number
from graphtutor.exercises.exercise import Hint
from graphtutor.exercises.items import Item
from graphtutor.exercises.roles import read_role
from graphtutor.explain import Explanation, written
from graphtutor.timeline import Computed, Sent, Step, Summed
from graphtutor.tui.cells import clip
from graphtutor.tui.palette import Ink
from graphtutor.tui.raster import Marks
from graphtutor.tui.scene import Numbers, Scene, role_word, shown
from graphtutor.tui.verdicts import SKIPPED

QUESTION = "?"
SIGNS = {
    Status.CORRECT: "✓",
    Status.CARRIED: "~",
    Status.WRONG: "✗",
    Status.BLANK: SKIPPED,
    Status.NOT_REACHED: "·",
}


@dataclass(slots=True)
class Quiz:
    """An exercise being played: the answers so far and the place."""

    exercise: Exercise
    lang: str = "en"
    answers: dict[str, str] = field(default_factory=dict)
    attempt: int = 1
    hinted: int = 0
    """How many hints were asked for."""
    queue: list[Item] = field(default_factory=list)
    """What is still to be asked in this attempt, in order."""
    review: int | None = None
    """The item whose worked explanation is shown, after the end."""

    def __post_init__(self) -> None:
        self.queue = list(self.exercise.items)

    def snapshot(self) -> dict[str, Any]:
        """Return where one is, to come back to later; empty where nothing would be lost, or nothing is left to do."""
        begun = self.answers or self.hinted
        if not begun or (not self.queue and self.result().ok):
            return {}
        return {
            "version": self.exercise.version,
            "student": self.exercise.student,
            "reroll": self.exercise.reroll,
            "answers": dict(self.answers),
            "asked": [item.id for item in self.queue],
            "attempt": self.attempt,
            "hinted": self.hinted,
        }

    def restore(self, kept: Mapping[str, Any]) -> bool:
        """Come back to it; return whether that was possible: the file may be damaged, or the exercise another."""
        known = {item.id: item for item in self.exercise.items}
        if (kept.get("student", ""), kept.get("reroll", 0)) != (self.exercise.student, self.exercise.reroll):
            return False  # answers to other numbers
        match kept:
            case {
                "version": self.exercise.version,
                "answers": dict(answers),
                "asked": list(asked),
                "attempt": int(attempt),
                "hinted": int(hinted),
            } if (
                all(isinstance(text, str) for text in [*answers, *answers.values(), *asked])
                and {*answers, *asked} == {*known}
                and not {*answers} & {*asked}
            ):
                self.answers, self.queue = {**answers}, [known[id] for id in asked]
                self.attempt, self.hinted = max(1, attempt), max(0, min(hinted, len(self.on_request)))
                return True
        return False

    @property
    def item(self) -> Item | None:
        """What is asked now; `None` when everything was."""
        return self.queue[0] if self.queue else None

    @property
    def shown_item(self) -> Item | None:
        """What the drawing points at: the question, or the item under review."""
        return self.item if self.review is None else self.exercise.items[self.review]

    def answer(self, text: str) -> ItemResult:
        """Judge an answer to the current item; go on to the next one unless it cannot be read."""
        assert self.item is not None
        item = self.item
        judged = self.judged(item, text)
        if judged.status is not Status.FORMAT_ERROR:
            self.answers[item.id] = text
            self.queue.pop(0)
        return judged

    def judged(self, item: Item, text: str) -> ItemResult:
        """Judge an answer to an item; nothing changes."""
        return check_item(self.exercise, {**self.answers, item.id: text}, item.id, self.lang)

    def result(self) -> Result:
        """Grade what was answered so far, as the command line would."""
        return grade_answers(self.exercise, self.answers, attempt=self.attempt, hints=self.hinted, lang=self.lang)

    def again(self) -> bool:
        """Ask once more for what is not right; return whether there is anything."""
        wrong = [judged.item for judged in self.result().items if judged.status is not Status.CORRECT]
        if not wrong:
            return False
        for item in wrong:
            self.answers.pop(item.id, None)
        self.queue, self.review = wrong, None
        self.attempt += 1
        return True

    def hint(self) -> Hint | None:
        """Return the next hint on request; `None` when there are no more."""
        on_request = self.on_request
        if self.hinted >= len(on_request):
            return None
        self.hinted += 1
        return on_request[self.hinted - 1]

    @property
    def on_request(self) -> list[Hint]:
        """The hints that can be asked for, in order."""
        _, _, hints = self.exercise.said(self.lang)
        return [hint for hint in hints if hint.when == "request"]

    def diagnosed_hint(self, judged: ItemResult) -> str:
        """Return the hint that belongs to a wrong answer's diagnosis; empty when there is none."""
        ids = judged.diagnosis.ids if judged.diagnosis else ()
        _, _, hints = self.exercise.said(self.lang)
        return next((hint.text for hint in hints if hint.when.removeprefix("diagnosed:") in ids), "")

    def mistakes(self) -> list[tuple[str, list[ItemResult]]]:
        """Return what is wrong, the likeliest first, each with the answers that show it.

        What several answers show is said of them together; what a number looks like at its gate, of it alone.
        """
        result = self.result()
        wrong = [(judged, judged.diagnosis) for judged in result.items if judged.diagnosis]
        rules = misconceptions()
        found = [
            (finding.text, [judged for judged, diagnosis in wrong if finding.id in diagnosis.ids])
            for finding in result.findings
            if finding.id in rules
        ]
        return found + [(diagnosis.text, [judged]) for judged, diagnosis in wrong if diagnosis.id not in rules]

    def signs(self) -> list[tuple[str, Status, bool]]:
        """Return a sign per item, its status, and whether it is asked now."""
        now = self.shown_item
        return [(SIGNS.get(judged.status, "!"), judged.status, judged.item is now) for judged in self.result().items]

    def step(self, item: Item) -> Step:
        """Return the step of the run that answers an item."""
        timeline = self.exercise.run.timeline
        for step in timeline:
            match item.what, step:
                case "value", Computed(node=node) if node == item.node:
                    return step
                case "edge", Sent(node=node, slot=slot) if (node, slot) == item.edge:
                    return step
                case (("total" | "role"), Summed(node=node)) if node == item.node:
                    return step
                case "role", Sent(node=node) if node == item.node and not self._copies(node):
                    return step
        return timeline[-1]

    def _copies(self, node: int) -> bool:
        return self.exercise.graph.nodes[node].gate.name == "copy"

    def explanation(self, item: Item) -> Explanation:
        """Return the worked explanation of an item."""
        return self.step(item).explain(self.lang)

    def truth(self, item: Item) -> str:
        """Write the right answer."""
        answer = self.exercise.answer(item)
        if isinstance(answer, str):
            return role_word(self.exercise.graph.nodes[item.node].gate.role, self.lang)
        return written(answer)

    # What is shown on the canvas

    def numbers(self, scene: Scene) -> list[Numbers]:
        """Return the numbers that are given: all values where gradients or roles are asked, and all not asked for."""
        run = self.exercise.run
        open_book = self.review is not None
        found: list[Numbers] = []
        for wire in scene.wires:
            value: str | None = shown(run.value_at(wire.node))
            if wire.edge is None:
                gradient: object = run.grad_at(wire.node)
            else:
                gradient = run.contribution_at(wire.edge.target, wire.edge.slot)
            grad = None if gradient is None else shown(gradient)
            if self.exercise.kind == "forward_values":
                grad = None
            if not open_book:
                value = None if self._value_item(wire.node) else value
                grad = None if wire.edge and self._gradient_item(*wire.edge[1:]) else grad
            found.append(Numbers(value, grad))
        return found

    def totals(self, scene: Scene) -> dict[str, str]:
        """Return the totals of copy gates that are given."""
        if self.exercise.kind == "forward_values":
            return {}
        run = self.exercise.run
        return {
            card.id: "= " + shown(run.grad_at(card.node))
            for card in scene.cards.values()
            if card.kind == "copy"
            and run.grad_at(card.node) is not None
            and (self.review is not None or ("total", card.node, 0) not in self.exercise.asked)
        }

    def marks(self, scene: Scene) -> Marks:
        """Return the question, the learner's own answers, and what they are about."""
        now = self.shown_item
        numbers: dict[tuple[int, str], tuple[str, Ink]] = {}
        totals: dict[str, tuple[str, Ink]] = {}
        labelled: dict[str, tuple[str, Ink]] = {}
        hot: list[int] = []
        if self.review is None:
            for item in self.exercise.items:
                face = self._face(item)
                if face is None:
                    continue
                for i, wire in enumerate(scene.wires):
                    if item.what == "value" and self._value_item(wire.node) is item:
                        numbers[i, "value"] = face
                    elif wire.edge and self._gradient_item(*wire.edge[1:]) is item:
                        numbers[i, "gradient"] = face
                card = scene.card_of(item.node)
                if item.what == "total":
                    totals[card.id] = (f"= {face[0]}", face[1])
                elif item.what == "role":
                    labelled[card.id] = face
        else:
            for item in self.exercise.items:
                if item.what == "role":
                    labelled[scene.card_of(item.node).id] = (self.truth(item), Ink.RIGHT)
        if now is not None and now.what == "edge":
            hot = [i for i, wire in enumerate(scene.wires) if wire.edge and tuple(wire.edge[1:]) == now.edge]
        elif now is not None and now.what == "total":
            hot = [i for i, wire in enumerate(scene.wires) if wire.edge and wire.edge.source == now.node]
        return Marks(
            asked=[scene.card_of(now.node).id] if now else [],
            hot=hot,
            backward=bool(hot),
            written=numbers,
            totals=totals,
            labelled=labelled,
        )

    def _value_item(self, node: int) -> Item | None:
        return self.exercise.value_item(node)

    def _gradient_item(self, target: int, slot: int) -> Item | None:
        """Return the item whose answer is the number on this edge: an edge of its own, or a copy gate's total."""
        if self._copies(target):
            return self.exercise.asked.get(("total", target, 0))
        return self.exercise.asked.get(("edge", target, slot))

    def _face(self, item: Item) -> tuple[str, Ink] | None:
        """Return what stands for an item: a question, or the answer in the colour of its verdict."""
        if item is self.item:
            return QUESTION, Ink.QUESTION
        typed = self.answers.get(item.id)
        if typed is None:
            return None
        judged = check_item(self.exercise, self.answers, item.id, self.lang)
        ink = Ink.RIGHT if judged.ok else Ink.WRONG
        sign = "" if judged.status is Status.CORRECT else SIGNS.get(judged.status, SIGNS[Status.WRONG])
        if is_blank(typed):
            return SKIPPED, Ink.WRONG
        try:
            text = written(read_number(typed).number) if item.what != "role" else read_role(typed)
        except InputError:
            text = typed.strip()
        return clip(text + sign, 12), ink


def redrawn(exercise: Exercise, reroll: int) -> Exercise:
    """Return the exercise with other numbers, where they are drawn. Raise `FileError` when its file is gone."""
    assert exercise.path is not None
    return load(exercise.path, exercise.student, reroll)
