"""Predicting a run step by step: the ladder from a guess to the worked step, the score, and what comes back.

A question is settled when it is answered right or shown. What was not right at once comes back after some other
questions, or at the end, a few times at most, until it is right at once. Randomness is the `seed`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np

from graphtutor.engine.run import Run
from graphtutor.engine.wrong import misconceptions
from graphtutor.errors import InputError
from graphtutor.exercises.grading import ItemResult, Status
from graphtutor.exercises.questions import HINTS, Judge, Question, hint, question
from graphtutor.exercises.variants import Grid, draw
from graphtutor.explain.diagnosis import forward_text
from graphtutor.explain.words import in_language, sentence
from graphtutor.graph import Graph

GAP = 4
"""How many other questions are settled before one comes back."""
MOST = 3
"""How often a question comes back at most."""


class Outcome(StrEnum):
    """How a question was settled."""

    ONCE = "right at once"
    HINTED = "right with help"
    SHOWN = "shown"


class Settled(NamedTuple):
    """What became of a question."""

    outcome: Outcome
    returns: bool
    """Whether it is asked once more later."""


@dataclass(slots=True)
class Due:
    """A step that is to be asked once more."""

    step: int
    after: int
    """How many questions must be settled before."""
    times: int
    """How often it has come back already."""


@dataclass
class Practice:
    """A learner's session: it outlives a run, and a change of the run."""

    lang: str = "en"
    seed: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    """How the steps of the run were settled, each counted once."""
    returned: Counter[Outcome] = field(default_factory=Counter)
    """The same for those that came back."""
    streak: int = 0
    """How many were right at once in a row."""
    longest: int = 0
    slips: Counter[str] = field(default_factory=Counter)
    """How often each misconception gave a guess."""
    queue: list[Due] = field(default_factory=list)
    question: Question | None = None
    """What is being asked."""
    tries: int = 0
    """The wrong guesses at it."""
    hints: int = 0
    """The hints given for it."""
    settled: Settled | None = None
    """What became of the question that was settled last."""
    _settled: int = 0
    """Questions settled, without those that came back: while one of them waits, the run goes on."""
    _due: Due | None = None
    _judge: Judge | None = None
    _gates: dict[str, tuple[Graph, int]] = field(default_factory=dict)
    """Where each misconception gave a guess last."""

    def ask(self, asked: Question, due: Due | None = None) -> None:
        """Begin with a question; `due` when it comes back. Asking the same question again changes nothing."""
        if self.question is not None and (self.question.step, self._due) == (asked.step, due):
            return
        self.question, self._due = asked, due
        self.tries = self.hints = 0

    def speak(self, lang: str) -> None:
        """Ask in another language from now on."""
        self.lang = lang
        if self.question is not None:
            self.question = question(self.question.step, self.seed, lang)

    def judged_again(self, asked: Question, judged: ItemResult) -> ItemResult:
        """Return the judgement of the last guess in the language of now; it counts no more for it."""
        if self._judge is None:
            return judged
        return replace(self._judge, lang=self.lang, answers=dict(self._judge.answers)).judge(asked, judged.given)

    def drop(self) -> None:
        """Ask nothing; the question may be asked anew."""
        self.question = self._due = None

    def answer(self, text: str) -> ItemResult:
        """Judge a guess. A right one settles the question, and so does one wrong guess more than there are hints."""
        asked = self.question
        assert asked is not None
        run = asked.step.run
        if self._judge is None or self._judge.run is not run:
            self._judge = Judge(run, self.lang)
        self._judge.lang = self.lang
        judged = self._judge.judge(asked, text)
        if judged.status is Status.CORRECT:
            self._settle(Outcome.HINTED if self.tries or self.hints else Outcome.ONCE)
        elif judged.status in (Status.WRONG, Status.CARRIED):
            self.streak = 0
            self.tries += 1
            if judged.diagnosis:
                self.slips[judged.diagnosis.id] += 1
                self._gates[judged.diagnosis.id] = run.graph, judged.diagnosis.node
            self.hints = min(HINTS, self.hints + 1)
            if self.tries > HINTS:
                self.show()
        return judged

    def hint(self) -> bool:
        """Give one more hint; return whether there was one."""
        if self.hints >= HINTS:
            return False
        self.hints += 1
        return True

    @property
    def helped(self) -> list[str]:
        """The hints given for the question, the last one last."""
        asked = self.question
        if asked is None:
            return []
        said = (hint(asked, level, self.lang) for level in range(1, self.hints + 1))
        return list(dict.fromkeys(said))

    def show(self) -> None:
        """Settle the question as not known."""
        self.streak = 0
        self._settle(Outcome.SHOWN)

    def _settle(self, outcome: Outcome) -> None:
        assert self.question is not None
        due = self._due
        (self.returned if due else self.outcomes)[outcome] += 1
        self._settled += due is None
        if outcome is Outcome.ONCE:
            self.streak += 1
            self.longest = max(self.longest, self.streak)
        else:
            self.streak = 0
        times = due.times if due else 0
        self.settled = Settled(outcome, outcome is not Outcome.ONCE and times < MOST)
        if self.settled.returns:
            self.queue.append(Due(self.question.step.index, self._settled + GAP, times + 1))
        self.drop()

    def due(self, ended: bool) -> Due | None:
        """Take what comes back now: what has waited long enough, at the end of the run whatever is left."""
        for due in self.queue:
            if ended or due.after <= self._settled:
                self.queue.remove(due)
                return due
        return None

    def forget(self) -> None:
        """Leave the run: its questions do not come back. The score stays."""
        self.queue.clear()
        self.drop()

    @property
    def count(self) -> int:
        """How many steps were asked and settled."""
        return self.outcomes.total()

    def findings(self) -> list[tuple[int, str]]:
        """Return how often each misconception gave a guess, and what it is; the most frequent first."""
        return [(count, self._slip(name)) for name, count in self.slips.most_common()]

    def _slip(self, name: str) -> str:
        known = misconceptions()
        if name in known:
            return in_language(known[name].belief, self.lang)
        if name.startswith(("shape.", "array.")):
            return sentence(self.lang, "diagnosis", name.replace(".", "_"))
        return forward_text(name, *self._gates[name], self.lang)


LARGEST_ARRAY = 64
"""Elements of an array up to which it gets other numbers."""


def renewed(run: Run, step: int, seed: int = 0, lang: str = "en") -> Run | None:
    """Return a run of the same graph with other inputs, at which the step can be asked and brings another number.

    Whole inputs stay whole, others get one decimal; signs and sizes may change. Arrays of probabilities or labels (all
    from 0 to 1) and large ones stay as they are. The same seed gives the same numbers. `None` where none were found.
    """
    grids: dict[str, Grid] = {}
    places: dict[str, tuple[str, tuple[int, ...]]] = {}
    for name, value in run.inputs.items():
        array = np.asarray(value)
        if not np.isfinite(array).all() or array.size > LARGEST_ARRAY:
            continue
        if array.ndim and ((array >= 0) & (array <= 1)).all():
            continue
        whole = bool((array == np.round(array)).all())
        reach = max(3.0, float(np.ceil(np.abs(array).max()))) if whole else max(1.0, float(np.abs(array).max()))
        low = -min(reach, 9.0) if (array < 0).any() else 0.1
        for at in np.ndindex(array.shape):
            key = f"{name}{list(at)}"
            grids[key] = Grid(low, min(reach, 9.0), 0 if whole else 1, avoid=(0.0, float(array[at])))
            places[key] = name, at
    old = question(run.timeline[step], seed, lang)
    found: list[Run] = []

    def good(drawn: Mapping[str, float]) -> bool:
        made: dict[str, Any] = {name: np.array(value, dtype=np.float64) for name, value in run.inputs.items()}
        for key, number in drawn.items():
            name, at = places[key]
            made[name][at] = number
        try:
            other = run.graph.run(made)
        except InputError:
            return False
        if other.faults or len(other.timeline) != len(run.timeline):
            return False
        new = question(other.timeline[step], seed, lang)
        if new is None or old is None or (new.truth == old.truth and not new.shape):
            return False
        found.append(other)
        return True

    usable = {key: grid for key, grid in grids.items() if grid.values()}
    draw(f"predict|{seed}|{step}".encode(), usable, good)
    return found[0] if found else None
