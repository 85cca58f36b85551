"""Judge answers: status, partial credit with guarded carry-forward, and the misconception behind a wrong one.

A number is right within max(rtol * |truth|, 5e-4 * the largest number of the exercise). It is *carried* when it follows
correctly, by 1.5 times that, from the learner's own wrong numbers further up; the guard keeps sheets of zeros and ones
from carrying. A 0 that is right earns its credit once some number that is not 0 is right too.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from graphtutor.engine.wrong import combined, declared, misconceptions, right
from graphtutor.errors import InputError
from graphtutor.exercises.answers import is_blank, read_number
from graphtutor.exercises.exercise import Exercise
from graphtutor.exercises.items import EDGE, ROLE, TOTAL, VALUE, Item
from graphtutor.exercises.roles import read_role
from graphtutor.explain.diagnosis import (
    SLACK,
    Diagnosis,
    Finding,
    diagnose,
    diagnose_total,
    diagnose_value,
    findings,
    prefer,
)
from graphtutor.explain.words import in_language, sentence

FARTHEST = 50.0
"""A carried number may be so many times as large or as small as the true one."""
DEAREST_HINTS = 0.5
"""The largest share of the points that hints can cost together."""


class Status(StrEnum):
    """What became of an answer."""

    CORRECT = "correct"
    CARRIED = "carried"
    """Wrong in itself, and right for the learner's own earlier numbers."""
    WRONG = "wrong"
    BLANK = "blank"
    FORMAT_ERROR = "format_error"
    """Not readable as a number (or a role); this does not use up an attempt."""
    NOT_REACHED = "not_reached"
    """There is no answer: not asked yet, or the line is missing from the sheet."""
    GRADER_ERROR = "grader_error"
    """We failed, not the learner; never a 0."""


@dataclass(frozen=True, slots=True)
class ItemResult:
    """The judgement of one answer."""

    item: Item
    status: Status
    given: str
    """The answer as typed."""
    score: float
    """The credit earned, of `max`: the item's weight times 0 to 1."""
    max: float
    diagnosis: Diagnosis | None = None
    """The misconception behind a wrong answer, where one gives exactly this number."""
    note: str = ""
    """What else is to be said: why an answer is not readable, how it was read."""

    @property
    def text(self) -> str | None:
        """The diagnosis or the note, for showing; `None` when there is nothing to say."""
        return (self.diagnosis.text if self.diagnosis else "") or self.note or None

    @property
    def ok(self) -> bool:
        """Whether the answer counts as right."""
        return self.status in (Status.CORRECT, Status.CARRIED)


@dataclass(frozen=True, slots=True)
class Result:
    """The judgement of all answers."""

    exercise: Exercise
    items: tuple[ItemResult, ...]
    score: float | None
    """Points; `None` when the grader failed somewhere: to be graded again, not a 0."""
    max_score: float
    findings: tuple[Finding, ...] = ()
    """What the wrong answers have in common, the likeliest first."""
    attempt: int = 1
    notes: tuple[str, ...] = ()
    """About the answers as a whole."""

    @property
    def ok(self) -> bool:
        """Whether every single answer is correct (a carried one is not)."""
        return all(item.status is Status.CORRECT for item in self.items)

    def count(self, status: Status) -> int:
        """Return how many items have this status."""
        return sum(item.status is status for item in self.items)


def check_item(exercise: Exercise, answers: Mapping[str, str], item_id: str, lang: str = "en") -> ItemResult:
    """Judge one answer, given everything answered so far (item id -> text as typed).

    A screen that plays an exercise needs no more than this: answers to items that were not asked yet are simply absent.
    `KeyError` for an item that the exercise does not ask.
    """
    return _Sheet(exercise, answers, lang).judge(exercise.item(item_id))


def grade_answers(
    exercise: Exercise,
    answers: Mapping[str, str],
    *,
    attempt: int = 1,
    hints: int = 0,
    lang: str = "en",
    unreadable: Mapping[str, str] | None = None,
) -> Result:
    """Judge all answers (item id -> text as typed): one result per item in the order of asking, points, findings.

    points * ceiling of the attempt * sum(weight * credit) / sum(weight) * (1 - cost of the first `hints` hints on
    request). `unreadable` says per item why its answer could not even be read from the sheet. Answers to items that are
    not asked are ignored.
    """
    sheet = _Sheet(exercise, answers, lang, unreadable or {})
    judged = [sheet.judge_safely(item) for item in exercise.items]
    notes: list[str] = []
    if not any(result.ok and sheet.counts_alone(result.item) for result in judged):
        held = [result for result in judged if result.ok]
        judged = [_without_credit(result) if result.ok else result for result in judged]
        if held:
            notes.append(_NOTES["zeros"].get(lang, _NOTES["zeros"]["en"]))
    total = sum(result.max for result in judged)
    earned = sum(result.score for result in judged)
    if exercise.kind == "gate_roles":  # guessing among the roles gains nothing on average
        misses = sum(result.max for result in judged if result.status is Status.WRONG)
        earned = max(0.0, earned - misses / 3)
        if misses and judged:
            notes.append(_NOTES["guess"].get(lang, _NOTES["guess"]["en"]))
    score: float | None = None
    if not any(result.status is Status.GRADER_ERROR for result in judged):
        ceiling = exercise.attempts[min(max(attempt, 1), len(exercise.attempts)) - 1]
        asked = [hint.cost for hint in exercise.hints if hint.when == "request"]
        cost = min(DEAREST_HINTS, sum(asked[: max(hints, 0)]))
        score = exercise.points * ceiling * (earned / total if total else 0.0) * (1 - cost)
    found = findings((result.diagnosis for result in judged if result.diagnosis), lang)
    return Result(exercise, tuple(judged), score, exercise.points, tuple(found), attempt, tuple(notes))


class _Sheet:
    """The answers of one learner, read once."""

    def __init__(
        self, exercise: Exercise, answers: Mapping[str, str], lang: str, unreadable: Mapping[str, str] | None = None
    ) -> None:
        sentence(lang, "diagnosis", "wrong_sign")  # refuses an unknown language before anything else
        self.exercise = exercise
        self.run = exercise.run
        self.answers = answers
        self.lang = lang
        self.unreadable = unreadable or {}
        self._against: dict[str, int] = {}
        self._numbers: dict[str, float | None] = {}

    def judge_safely(self, item: Item) -> ItemResult:
        try:
            return self.judge(item)
        except Exception as error:
            note = f"the grader failed on this item ({type(error).__name__}: {error}); please report it"
            return self._result(item, Status.GRADER_ERROR, 0.0, note=note)

    def judge(self, item: Item) -> ItemResult:
        if item.id in self.unreadable:
            return self._result(item, Status.FORMAT_ERROR, 0.0, note=self.unreadable[item.id])
        text = self.answers.get(item.id)
        if text is None:
            return self._result(item, Status.NOT_REACHED, 0.0)
        if is_blank(text):
            return self._result(item, Status.BLANK, 0.0)
        try:
            return self._role(item, text) if item.what == ROLE else self._number(item, text)
        except InputError as error:
            return self._result(item, Status.FORMAT_ERROR, 0.0, note=str(error))

    def counts_alone(self, item: Item) -> bool:
        """Whether a right answer here shows anything by itself: every one but a zero."""
        truth = self.exercise.answer(item)
        return isinstance(truth, str) or not self.exercise.accept.near(0.0, truth)

    def _role(self, item: Item, text: str) -> ItemResult:
        given, truth = read_role(text), self.exercise.answer(item)
        if given == truth:
            return self._result(item, Status.CORRECT, 1.0)
        gate = self.run.graph.nodes[item.node].gate
        said = _NOTES["role"].get(self.lang, _NOTES["role"]["en"])
        text = said.format(gate=gate.symbol, story=in_language(gate.story, self.lang))
        return self._result(item, Status.WRONG, 0.0, Diagnosis(f"role.{given}_for_{truth}", text, item.node))

    def _number(self, item: Item, text: str) -> ItemResult:
        answer, note = read_number(text)
        truth = self.exercise.answer(item)
        assert isinstance(truth, float)
        if self.exercise.accept.near(answer, truth):
            return self._result(item, Status.CORRECT, 1.0, note=note)
        carried = self._carried(item)
        if carried is not None and self.exercise.accept.near(answer, carried, SLACK) and self._guard(carried, truth):
            credit = self.exercise.carry_credit if self.exercise.carry_forward else 0.0
            return self._result(item, Status.CARRIED, credit, note=note)
        return self._result(item, Status.WRONG, 0.0, self._diagnosis(item, answer), note)

    def _result(
        self, item: Item, status: Status, credit: float, diagnosis: Diagnosis | None = None, note: str = ""
    ) -> ItemResult:
        weight = self.exercise.weight(item)
        return ItemResult(item, status, self.answers.get(item.id, ""), credit * weight, weight, diagnosis, note)

    def number(self, item: Item | None) -> float | None:
        """Return the learner's own number, or `None` where there is none to build on."""
        if item is None:
            return None
        if item.id not in self._numbers:
            text = self.answers.get(item.id, "")
            try:
                self._numbers[item.id] = (
                    None if is_blank(text) or item.id in self.unreadable else read_number(text).number
                )
            except InputError:
                self._numbers[item.id] = None
        return self._numbers[item.id]

    def _carried(self, item: Item) -> float | None:
        """Return what is right for the learner's own numbers further up; `None` when those are right or missing."""
        run, near = self.run, self.exercise.accept.near
        match item.what:
            case "edge":
                assert item.slot is not None
                own = self.number(self.exercise.upstream_item(item.node))
                if own is None or near(own, float(run.grad_at(item.node))):
                    return None
                return right(run, item.node, item.slot, own)
            case "total":
                mine = self._contributions(item.node)
                true = self._true_contributions(item.node)
                if all(m is None or near(m, t) for m, t in zip(mine, true, strict=True)):
                    return None
                return combined(run, item.node, _filled(mine, true))
            case "value":
                given = self._arguments(item.node)
                values = [float(value) for value in run.arguments(item.node)]
                if all(m is None or near(m, t) for m, t in zip(given, values, strict=True)):
                    return None
                with np.errstate(all="ignore"):
                    arguments = (np.float64(value) for value in _filled(given, values))
                    return float(run.graph.nodes[item.node].gate.forward(*arguments))
        return None

    def _guard(self, carried: float, truth: float) -> bool:
        """Whether a carried number can count: zeros, ones and numbers out of all proportion cannot."""
        near = self.exercise.accept.near
        if not math.isfinite(carried) or near(carried, 0.0):
            return False
        if near(abs(carried), 1.0) and not near(abs(truth), 1.0):
            return False
        return abs(truth) <= FARTHEST * abs(carried) and abs(carried) <= FARTHEST * abs(truth)

    def _diagnosis(self, item: Item, answer: float) -> Diagnosis | None:
        judge: dict[str, Callable[[], Diagnosis | None]] = {
            EDGE: lambda: diagnose(
                self.run,
                item.node,
                item.slot or 0,
                answer,
                self.number(self.exercise.upstream_item(item.node)),
                self.lang,
                self.exercise.accept,
            ),
            TOTAL: lambda: diagnose_total(
                self.run, item.node, answer, self._contributions(item.node), self.lang, self.exercise.accept
            ),
            VALUE: lambda: diagnose_value(
                self.run, item.node, answer, self._arguments(item.node), self.lang, self.exercise.accept
            ),
        }
        found = judge[item.what]()
        return found and prefer(found, self._contradictions, self.lang)

    def _contradictions(self, rule_id: str) -> int:
        """Return how many of the learner's numbers at gates that know this wrong rule are not what it gives."""
        if rule_id not in self._against:
            self._against[rule_id] = sum(not agrees for agrees in self._agreements(rule_id))
        return self._against[rule_id]

    def _agreements(self, rule_id: str) -> Iterator[bool]:
        wrong = misconceptions().get(rule_id)
        for item in self.exercise.items if wrong else ():
            answer = self.number(item)
            if answer is None or wrong not in self.run.graph.nodes[item.node].gate.wrong:
                continue
            given: float | None
            if item.what == TOTAL:
                parts = _filled(self._contributions(item.node), self._true_contributions(item.node))
                given = combined(self.run, item.node, parts, wrong)
            else:
                own = self.number(self.exercise.upstream_item(item.node))
                upstream = float(self.run.grad_at(item.node)) if own is None else own
                given = declared(self.run, wrong, item.node, item.slot or 0, upstream)
            if given is not None:
                yield self.exercise.accept.near(answer, given, SLACK)

    def _contributions(self, copy: int) -> list[float | None]:
        """Return the learner's contributions that meet at this copy gate."""
        return [self.number(self._sender(edge.target, edge.slot)) for edge in self.run.graph.uses[copy]]

    def _sender(self, target: int, slot: int) -> Item | None:
        if self.run.graph.nodes[target].gate.name == "copy":
            return self.exercise.asked.get((TOTAL, target, 0))
        return self.exercise.asked.get((EDGE, target, slot))

    def _true_contributions(self, copy: int) -> list[float]:
        parts = [self.run.contribution_at(edge.target, edge.slot) for edge in self.run.graph.uses[copy]]
        return [0.0 if part is None else float(part) for part in parts]

    def _arguments(self, node: int) -> list[float | None]:
        return [self.number(self.exercise.value_item(arg)) for arg in self.run.graph.nodes[node].args]


def _filled(mine: Sequence[float | None], true: Sequence[float]) -> list[float]:
    return [t if m is None else m for m, t in zip(mine, true, strict=True)]


def _without_credit(result: ItemResult) -> ItemResult:
    return ItemResult(result.item, result.status, result.given, 0.0, result.max, result.diagnosis, result.note)


_NOTES = {
    "zeros": {
        "en": "A 0 earns its credit once an answer that is not 0 is right too.",
        "ko": "0 인 답은 0 이 아닌 답을 하나라도 맞혔을 때 점수가 됩니다.",
    },
    "guess": {
        "en": "Each wrong role takes back a third of a right one, so that guessing gains nothing.",
        "ko": "찍어서 얻는 점수가 없도록, 틀린 역할 하나마다 맞은 역할의 1/3 을 뺍니다.",
    },
    "role": {
        "en": "Think of what the {gate} gate does: it {story}.",
        "ko": "{gate} 게이트가 하는 일을 생각해 보세요: {story}.",
    },
}
