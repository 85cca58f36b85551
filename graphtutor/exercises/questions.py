"""What can be asked before a step happens: a number, one element of an array, or a shape; and what a guess is worth."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any

import numpy as np

from graphtutor.engine.run import Run
from graphtutor.errors import InputError
from graphtutor.exercises.answers import is_blank, read_number
from graphtutor.exercises.exercise import Exercise
from graphtutor.exercises.grading import ItemResult, Status, check_item
from graphtutor.exercises.items import ASKED, EDGE, TOTAL, VALUE, Item
from graphtutor.explain.diagnosis import Diagnosis, Tolerance, tolerance
from graphtutor.explain.elements import diagnose_element, diagnose_element_total, diagnose_element_value
from graphtutor.explain.formula import called, gradient_called, label, names, written_formula
from graphtutor.explain.numerals import MANY, written
from graphtutor.explain.steps import contribution_label
from graphtutor.explain.words import in_language, sentence
from graphtutor.gates import Role
from graphtutor.graph.text import element_text
from graphtutor.timeline import Computed, Sent, Step, Summed

Shape = tuple[int, ...]
CLOSE = 0.05
"""How far off, of the true number, a wrong one is still told to be close."""
HINTS = 2
"""How many hints there are before the step itself: what the gate does, then the numbers put in."""


@dataclass(frozen=True, slots=True)
class Question:
    """The number that a step will bring, asked before it happens."""

    step: Step
    item: Item
    element: Shape | None = None
    """Which element of an array is asked; `None` for a number, and where the shape is."""
    shape: bool = False
    """Whether the array's shape is asked, because it has too many elements to work one out."""

    @property
    def array(self) -> Any:
        """What the step brings, whole."""
        run = self.step.run
        if self.item.what == VALUE:
            return run.value_at(self.item.node)
        if self.item.what == TOTAL:
            return run.grad_at(self.item.node)
        return run.contribution_at(self.item.node, self.item.slot or 0)

    @property
    def at(self) -> str:
        """The index of the element that is asked, as `[2, 1]`; empty where none is."""
        return element_text("", self.element or ())

    @property
    def truth(self) -> float | Shape:
        """The right answer: a number, or a shape."""
        whole = np.asarray(self.array)
        return whole.shape if self.shape else float(whole[self.element or ()])


def question(step: Step, seed: int = 0, lang: str = "en") -> Question | None:
    """Return what to ask before a step; `None` where there is nothing to predict.

    Nothing is asked of copy gates but their totals, of the 1 at the output, of comparisons, nor where a number is not
    finite. Of an array it is one element, drawn by `seed`, or from 13 elements on the shape.
    """
    item = _item(step, lang)
    if item is None:
        return None
    asked = Question(step, item)
    whole = np.asarray(asked.array)
    if not np.isfinite(whole).all():
        return None
    if max(_sizes(step, whole)) > MANY:
        return Question(step, _placed(item, "shape", lang), shape=True) if whole.ndim else None
    if not whole.ndim:
        return asked
    asked = Question(step, item, _drawn(whole, f"{seed}|{step.index}"))
    return replace(asked, item=_placed(item, "element", lang, at=asked.at))


def _item(step: Step, lang: str) -> Item | None:
    run, graph = step.run, step.run.graph
    node = graph.nodes[step.node]
    key = called(graph, node)
    match step:
        case Computed() if node.gate.name != "copy" and node.gate.role is not Role.STOPPER:
            formula = written_formula(node, names(graph, node))
            return Item(node.key, VALUE, sentence(lang, "predict", "value", key=key, formula=formula), node.index)
        case Sent(slot=slot) if node.gate.name != "copy":
            target = label(graph, node.args[slot])
            twice = [label(graph, arg) for arg in node.args].count(target) > 1
            text = sentence(lang, "predict", "sent_slot" if twice else "sent", key=key, target=target, slot=slot)
            return Item(contribution_label(run, step.edge), EDGE, text, node.index, slot)
        case Summed() if (
            sum(run.contribution_at(use.target, use.slot) is not None for use in graph.uses[node.index]) > 1
        ):
            target = label(graph, node.index)
            return Item(
                gradient_called(graph, target), TOTAL, sentence(lang, "predict", "total", target=target), node.index
            )
    return None


def _placed(item: Item, entry: str, lang: str, **values: str) -> Item:
    return Item(item.id, item.what, sentence(lang, "predict", entry, what=item.label, **values), item.node, item.slot)


def _sizes(step: Step, whole: Any) -> list[int]:
    run, node = step.run, step.run.graph.nodes[step.node]
    near = [run.value_at(arg) for arg in node.args] + ([run.grad_at(node.index)] if isinstance(step, Sent) else [])
    return [np.size(whole), *(np.size(part) for part in near)]


def _drawn(whole: Any, start: str) -> Shape:
    """Draw an element, where there is a choice one that is neither 0 nor 1: those are easily guessed."""
    places = list(np.ndindex(whole.shape))
    telling = [at for at in places if whole[at] not in (0.0, 1.0)] or places
    return telling[int.from_bytes(hashlib.sha256(start.encode()).digest()[:8], "big") % len(telling)]


# Hints and reasons


def hint(asked: Question, level: int, lang: str = "en") -> str:
    """Return a hint: 1 says what the gate does, 2 puts the numbers in and leaves the result open."""
    step = asked.step
    if asked.shape or level == 1:
        entry = "hint_" + {VALUE: "value", EDGE: "sent", TOTAL: "total"}[asked.item.what]
        if asked.shape:
            entry = "hint_shape_value" if asked.item.what == VALUE else "hint_shape"
        return sentence(lang, "predict", entry, **_words(asked, lang))
    said = step.explain(lang)
    open_numbers = said.numbers.rpartition(" = ")[0]
    return f"{said.formula}\n{open_numbers} = ?"


def why(asked: Question, lang: str = "en") -> str:
    """Say in a line of numbers, with a name before it, and a short sentence with the role why the answer is that.

    Of an array the element that was asked comes first.
    """
    entry = "why_" + {VALUE: "value", EDGE: "sent", TOTAL: "total"}[asked.item.what]
    numbers = f"{asked.item.id} = {asked.step.explain(lang).numbers}"
    if asked.element:
        numbers = f"{asked.item.id}{asked.at} = {written(asked.truth)}\n{numbers}"
    return f"{numbers}\n{sentence(lang, 'predict', entry, **_words(asked, lang))}"


def _words(asked: Question, lang: str) -> dict[str, str]:
    graph = asked.step.run.graph
    node = graph.nodes[asked.item.node]
    return {
        "gate": node.gate.symbol,
        "formula": written_formula(node, names(graph, node)),
        "role": sentence(lang, "roles", node.gate.role),
        "story": in_language(node.gate.story, lang),
    }


# Judging


@dataclass
class Judge:
    """Judges the guesses about one run, each with the learner's own earlier numbers."""

    run: Run
    lang: str = "en"
    answers: dict[str, str] = field(default_factory=dict)
    """The last guess at every item, as typed."""

    def judge(self, asked: Question, text: str) -> ItemResult:
        """Judge a guess and remember it, unless it cannot be read."""
        if is_blank(text):
            return ItemResult(asked.item, Status.BLANK, text, 0.0, 1.0)
        try:
            if asked.shape:
                found = self._shape(asked, text)
            elif self._numbers_only:
                found = self._number(asked, text)
            else:
                found = self._element(asked, text)
        except InputError as error:
            return ItemResult(asked.item, Status.FORMAT_ERROR, text, 0.0, 1.0, note=str(error))
        if found.status is Status.FORMAT_ERROR:
            return found
        self.answers[self._key(asked)] = text
        if found.status is Status.WRONG and found.text is None and not asked.shape:
            truth = asked.truth
            assert isinstance(truth, float)
            if abs(read_number(text).number - truth) <= CLOSE * abs(truth):
                return replace(found, note=sentence(self.lang, "predict", "close"))
        return found

    @cached_property
    def _numbers_only(self) -> bool:
        """Whether the judgement of exercises applies: numbers only, at gates without options."""
        nodes = self.run.graph.nodes
        return all(
            self.run.shape(node.index) == () and not node.gate.options and not node.gate.variadic for node in nodes
        )

    @cached_property
    def _sheets(self) -> dict[str, Exercise]:
        """The run as exercises on values and on gradients."""
        return {
            kind: Exercise("predict", 1, kind, "", "", 1.0, (), self.run, tuple(ASKED[kind](self.run)))
            for kind in ("forward_values", "edge_gradients")
        }

    def _sheet(self, asked: Question) -> Exercise:
        return self._sheets["forward_values" if asked.item.what == VALUE else "edge_gradients"]

    def _key(self, asked: Question) -> str:
        item = asked.item
        if not self._numbers_only:
            return item.id
        return self._sheet(asked).asked[item.what, item.node, item.slot or 0].id

    def _number(self, asked: Question, text: str) -> ItemResult:
        found = check_item(self._sheet(asked), {**self.answers, self._key(asked): text}, self._key(asked), self.lang)
        return ItemResult(asked.item, found.status, text, found.score, 1.0, found.diagnosis, found.note)

    def _element(self, asked: Question, text: str) -> ItemResult:
        answer, note = read_number(text)
        truth, accept = asked.truth, self._tolerances[asked.item.what == VALUE]
        assert isinstance(truth, float)
        if accept.near(answer, truth):
            return ItemResult(asked.item, Status.CORRECT, text, 1.0, 1.0, note=note)
        at, item = asked.element or (), asked.item
        if item.what == VALUE:
            found = diagnose_element_value(self.run, item.node, at, answer, accept, self.lang)
        elif item.what == TOTAL:
            found = diagnose_element_total(self.run, item.node, at, answer, accept, self.lang)
        else:
            found = diagnose_element(self.run, item.node, item.slot or 0, at, answer, accept, self.lang)
        return ItemResult(item, Status.WRONG, text, 0.0, 1.0, found, note)

    @cached_property
    def _tolerances(self) -> tuple[Tolerance, Tolerance]:
        """The tolerance for gradients, then for values."""
        run, nodes = self.run, self.run.graph.nodes
        sent = [run.contribution_at(node.index, slot) for node in nodes for slot in range(len(node.args))]
        made = [run.value_at(node.index) for node in nodes if not node.gate.is_source]
        return _tolerance(sent), _tolerance(made)

    def _shape(self, asked: Question, text: str) -> ItemResult:
        given, truth = read_shape(text), asked.truth
        assert isinstance(truth, tuple)
        if given == truth:
            return ItemResult(asked.item, Status.CORRECT, text, 1.0, 1.0)
        upstream = self.run.grad_at(asked.item.node)
        found: Diagnosis | None = None
        if asked.item.what == EDGE and given == np.shape(upstream):
            said = sentence(self.lang, "diagnosis", "shape_upstream")
            found = Diagnosis("shape.upstream", said, asked.item.node)
        elif sorted(given) == sorted(truth):
            said = sentence(self.lang, "diagnosis", "shape_turned")
            found = Diagnosis("shape.turned", said, asked.item.node)
        return ItemResult(asked.item, Status.WRONG, text, 0.0, 1.0, found)


def _tolerance(parts: list[Any]) -> Tolerance:
    numbers = [np.abs(np.asarray(part)) for part in parts if part is not None]
    return tolerance(float(np.max(number[np.isfinite(number)], initial=0.0)) for number in numbers)


@cache
def read_shape(text: str) -> Shape:
    """Read a shape as typed: `2x3`, `(2, 3)`, `2 3`, `5`. Raise `InputError` when it is none."""
    inner = text.strip().removeprefix("(").removesuffix(")").strip().removesuffix(",")
    if not re.fullmatch(r"\d{1,9}(\s*[x×*,\s]\s*\d{1,9})*", inner, re.ASCII):
        raise InputError(f"{text.strip()[:40]!r} is no shape; write for example 2x3, or 5 for a list of five")
    return tuple(map(int, re.findall(r"\d+", inner)))
