"""From an answer sheet to a result: find its exercise, draw its numbers again, grade it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graphtutor.errors import FileError, GraphtutorError, InputError, near_misses
from graphtutor.exercises.answers import read_number
from graphtutor.exercises.exercise import Exercise
from graphtutor.exercises.grading import Result, grade_answers
from graphtutor.exercises.library import ids, read
from graphtutor.exercises.results import graded, unusable
from graphtutor.exercises.sheet import Sheet, read_sheet, unknown_items
from graphtutor.exercises.toml import read_toml
from graphtutor.exercises.variants import PRACTICE


@dataclass
class Grader:
    """Grades sheets; what they have in common is read once."""

    own: Iterable[Path] = ()
    """Exercise files, or folders of them, beside those that come with graphtutor."""
    key: bytes = PRACTICE
    """The course's key, from which variants are drawn."""
    lang: str = "en"
    _exercises: dict[tuple[str, str, int], Exercise] = field(default_factory=dict)
    _by_id: Mapping[str, Path] | None = None

    def grade(self, path: Path) -> tuple[Sheet, Result]:
        """Grade one sheet. Raise `FileError` when it cannot be graded as it is."""
        sheet = read_sheet(path)
        exercise = self._exercise(sheet)
        sheet.notes += unknown_items(sheet, exercise)
        sheet.notes += _edited(sheet, exercise)
        result = grade_answers(
            exercise,
            sheet.answers,
            attempt=sheet.attempt,
            hints=sheet.hints,
            lang=self.lang,
            unreadable=sheet.unreadable,
        )
        return sheet, result

    def records(self, paths: Iterable[Path]) -> Iterator[dict[str, Any]]:
        """Yield one record per sheet, in order; a sheet that cannot be graded says why and stops nothing."""
        for path in sheets(paths):
            try:
                yield graded(*self.grade(path))
            except GraphtutorError as error:
                yield unusable(path, str(error))
            except Exception as error:  # our failure must not cost the others their grades, nor this one a 0
                yield unusable(path, f"the grader failed ({type(error).__name__}: {error})", "grader_error")

    def _exercise(self, sheet: Sheet) -> Exercise:
        if self._by_id is None:
            self._by_id = {**ids(), **_own_ids(self.own)}
        path = self._by_id.get(sheet.exercise)
        if path is None:
            near = near_misses(sheet.exercise[:80], self._by_id)
            raise FileError(
                f"{sheet.path} answers exercise {sheet.exercise[:80]!r}, which is not known{near}; "
                "if the exercise is your own, add --exercises FILE"
            )
        source = read(path)
        if source.model.version != sheet.version:
            raise FileError(
                f"{sheet.path} answers version {sheet.version} of {sheet.exercise!r}, but here is version "
                f"{source.model.version}; start a new sheet with: graphtutor exercise start {sheet.exercise}"
            )
        student = sheet.student if source.grids else ""
        wanted = (sheet.exercise, student, sheet.reroll if source.grids else 0)
        exercise = self._exercises.get(wanted)
        if exercise is None:
            exercise = source.exercise(student, sheet.reroll, self.key)
            if not source.grids or len(self._exercises) < 1000:
                self._exercises[wanted] = exercise
        if exercise.variant != sheet.variant and source.grids:
            raise FileError(
                f"the numbers of {sheet.path} were not drawn for student {sheet.student!r} with this key; "
                "is it somebody else's sheet, or was the header edited?"
            )
        return exercise


def sheets(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the files, and every `*.toml` in and below the folders, in order. Raise `FileError` for a missing path."""
    for path in paths:
        if path.is_dir():
            found = [
                Path(folder, name)
                for folder, _, names in os.walk(path)
                for name in names
                if name.endswith(".toml") and not name.startswith(".")
            ]
            yield from sorted(found)
        elif path.exists() or path.is_symlink():
            yield path
        else:
            raise FileError(f"there is no file or folder {str(path)!r}")


def _own_ids(paths: Iterable[Path]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for path in sheets(paths):
        table, _ = read_toml(path)
        name = table.get("id")
        if not isinstance(name, str):
            if path.parent in paths:
                continue
            raise FileError(f"{path} is no exercise: it has no id")
        if name in found:
            raise FileError(f"two exercises have the id {name!r}: {found[name]} and {path}; ids must be unique")
        found[name] = path
    return found


def _edited(sheet: Sheet, exercise: Exercise) -> Iterator[str]:
    """Yield a sentence for every given number that was changed on the sheet."""
    for name, text in sheet.given.items():
        value = exercise.run.inputs.get(name)
        if value is None:
            continue
        try:
            same = read_number(text).number == float(value)
        except InputError:
            same = False
        if not same:
            yield f"[given] {name} was changed to {text[:40]!r}; it is {value:g}, and that is what was graded"
