"""Prove an exercise good: solvable, not by zeros, its misconceptions visible and told apart, its hints no answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from graphtutor.engine.wrong import backward
from graphtutor.errors import GraphtutorError
from graphtutor.exercises.exercise import Exercise
from graphtutor.exercises.grading import grade_answers
from graphtutor.exercises.items import ROLE
from graphtutor.exercises.library import Source, read
from graphtutor.exercises.roles import SYNONYMS

SKILLS = (
    "forward.values",
    "add.distribute",
    "sub.sign",
    "mul.swap",
    "div.rule",
    "max.route",
    "relu.gate",
    "exp.slope",
    "log.slope",
    "trig.slope",
    "sigmoid.slope",
    "tanh.slope",
    "square.slope",
    "fanout.sum",
    "chain.upstream",
    "roles.name",
)
"""What exercises train; one name per idea, so that progress can be added up."""

VARIANTS = 50
"""How many variants are drawn and checked."""
MOST_FOR_ZEROS = 0.1
_PLAIN = {0.0, 1.0, -1.0, 2.0, 0.5}
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def lint(paths: Iterable[Path]) -> Iterator[tuple[Path, list[str]]]:
    """Yield every file with what is wrong with it."""
    seen: dict[str, Path] = {}
    for path in paths:
        try:
            source = read(path)
            problems = list(_problems(source))
            other = seen.setdefault(source.model.id, path)
            if other is not path:
                problems.append(f"the id {source.model.id!r} is taken by {other}")
        except GraphtutorError as error:
            problems = [str(error)]
        yield path, problems


def _problems(source: Source) -> Iterator[str]:
    for skill in source.model.skills:
        if skill not in SKILLS:
            yield f"unknown skill {skill!r}; known are {', '.join(SKILLS)}"
    for lang, words in source.model.words.items():
        if words.hints and len(words.hints) != len(source.model.hints):
            yield f"[words.{lang}] has {len(words.hints)} hints, the exercise has {len(source.model.hints)}"
    students = [f"student {number}" for number in range(VARIANTS)] if source.grids else [""]
    for student in students:
        found = list(problems_of(source.exercise(student)))
        for problem in found:
            yield f"{problem} (numbers of {student!r})" if student else problem
        if found:
            return


def problems_of(exercise: Exercise) -> Iterator[str]:
    """Yield what is wrong with an exercise and its numbers."""
    for digits in (3, 17):
        answers = reference(exercise, digits)
        result = grade_answers(exercise, answers)
        if not result.ok or result.score != exercise.points * exercise.attempts[0]:
            yield f"the right answers to {digits} significant figures score {result.score} of {exercise.points}"
    if grade_answers(exercise, {}).score != 0 or grade_answers(exercise, dict.fromkeys(answers, "")).score != 0:
        yield "an empty sheet scores points"
    zeros = grade_answers(exercise, dict.fromkeys(answers, "0")).score
    if zeros is None or zeros > MOST_FOR_ZEROS * exercise.points:
        yield f"a sheet of zeros scores {zeros} of {exercise.points}; ask for more that is not zero"
    yield from _targets(exercise)
    yield from _hints(exercise)


def reference(exercise: Exercise, digits: int = 3) -> dict[str, str]:
    """Return the right answers as text."""
    return {item.id: _text(exercise.answer(item), digits) for item in exercise.items}


def misled(exercise: Exercise, rule_id: str, digits: int = 3) -> dict[str, str]:
    """Return the answers of somebody who follows this wrong rule everywhere."""
    misled_run = backward(exercise.run, rule_id)
    return {
        item.id: _text(misled_run.contribution_at(*item.edge) if item.edge else misled_run.grad_at(item.node), digits)
        for item in exercise.items
    }


def _targets(exercise: Exercise) -> Iterator[str]:
    for rule_id in exercise.targets:
        result = grade_answers(exercise, misled(exercise, rule_id))
        if result.ok:
            yield f"{rule_id} cannot be seen: it gives the right numbers here"
            continue
        votes = {finding.id: finding.votes for finding in result.findings}
        best = max(votes.values(), default=0.0)
        named = [name for name, vote in votes.items() if vote == best]
        if named != [rule_id]:
            instead = f"{' and '.join(named)} explain the numbers as well" if named else "no misconception is found"
            yield f"{rule_id} is not named: {instead}; choose other numbers or drop the target"


def _hints(exercise: Exercise) -> Iterator[str]:
    shown = set(_PLAIN) | {float(value) for value in exercise.run.inputs.values()}
    shown |= {float(node.constant) for node in exercise.graph.nodes if node.gate.name == "constant"}
    words = {word for item in exercise.items if item.what == ROLE for word in (str(exercise.answer(item)),)}
    numbers = [truth for item in exercise.items if isinstance(truth := exercise.answer(item), float)]
    texts = [hint.text for hint in exercise.hints]
    texts += [text for words_of in exercise.words.values() for text in words_of.get("hints", ())]
    for text in texts:
        for written in map(float, _NUMBER.findall(text)):
            if written not in shown and any(exercise.accept.near(written, truth) for truth in numbers):
                yield f"a hint contains the answer {written:g}: {text[:60]!r}"
        for role in words & set(SYNONYMS):
            if re.search(rf"\b{role}s?\b", text, re.IGNORECASE):
                yield f"a hint contains the answer {role!r}: {text[:60]!r}"


def _text(answer: float | str, digits: int) -> str:
    return answer if isinstance(answer, str) else f"{answer:.{digits}g}"
