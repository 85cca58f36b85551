"""Results: one JSON object per submission. Every other report is a pure function of these records."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from graphtutor import __version__
from graphtutor.exercises.grading import ItemResult, Result, Status
from graphtutor.exercises.sheet import Sheet

FORMAT = 1
DIGITS = 5
"""Numbers are rounded here and nowhere before."""

LONG = ("student", "exercise", "version", "attempt", "item", "given", "status", "score", "max", "diagnosis")

Record = dict[str, Any]


def graded(sheet: Sheet, result: Result) -> Record:
    """Return the record of a graded sheet; the score is `None` where the grader itself failed."""
    exercise = result.exercise
    failed = any(item.status is Status.GRADER_ERROR for item in result.items)
    return {
        "format": FORMAT,
        "engine": f"graphtutor {__version__}",
        "file": str(sheet.path),
        "sha256": sheet.sha256,
        "student": sheet.student or sheet.path.stem,
        "exercise": exercise.id,
        "version": exercise.version,
        "kind": exercise.kind,
        "attempt": result.attempt,
        "variant": exercise.variant or None,
        "status": "grader_error" if failed else "graded",
        "reason": "the grader failed on an item; grade this sheet again" if failed else None,
        "score": None if result.score is None else round(result.score, DIGITS),
        "max_score": result.max_score,
        "items": [_item(item) for item in result.items],
        "findings": [
            {"id": finding.id, "votes": round(finding.votes, DIGITS), "text": finding.text}
            for finding in result.findings
        ],
        "notes": [*sheet.notes, *result.notes],
    }


def unusable(path: Path, reason: str, status: str = "unusable") -> Record:
    """Return the record of a sheet that could not be graded: no score, never a 0."""
    return {
        "format": FORMAT,
        "engine": f"graphtutor {__version__}",
        "file": str(path),
        "student": path.stem,
        "status": status,
        "reason": reason,
        "score": None,
        "max_score": None,
        "items": [],
        "findings": [],
        "notes": [],
    }


def _item(result: ItemResult) -> Record:
    diagnosis = result.diagnosis
    return {
        "item": result.item.id,
        "given": result.given,
        "status": str(result.status),
        "score": round(result.score, DIGITS),
        "max": result.max,
        "diagnosis": None
        if diagnosis is None
        else {"id": diagnosis.id, "also": list(diagnosis.also), "text": diagnosis.text},
        "note": result.note or None,
    }


def as_jsonl(records: Iterable[Record]) -> Iterator[str]:
    """Yield one line per record."""
    for record in records:
        yield json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n"


def as_long_csv(records: Iterable[Record]) -> Iterator[str]:
    """Yield a table with one row per item; a sheet that could not be graded is one row with its reason."""
    yield _row(LONG)
    for record in records:
        head = [record["student"], record.get("exercise", ""), record.get("version", ""), record.get("attempt", "")]
        if not record["items"]:
            yield _row([*head, "", record["file"], record["status"], "", "", record["reason"]])
        for item in record["items"]:
            wrong = item["status"] == "wrong"
            diagnosis = item["diagnosis"]["id"] if item["diagnosis"] else "unknown" if wrong else ""
            score = "" if item["status"] == "grader_error" else item["score"]
            yield _row([*head, item["item"], item["given"], item["status"], score, item["max"], diagnosis])


def as_wide_csv(records: Iterable[Record]) -> Iterator[str]:
    """Yield a table with one row per student and one column per exercise: the best score of all graded sheets."""
    best: dict[str, dict[str, float]] = {}
    exercises: dict[str, None] = {}
    for record in records:
        if record["score"] is None:
            continue
        exercises.setdefault(record["exercise"])
        scores = best.setdefault(record["student"], {})
        scores[record["exercise"]] = max(record["score"], scores.get(record["exercise"], 0.0))
    columns = sorted(exercises)
    yield _row(["student", *columns, "total"])
    for student, scores in sorted(best.items()):
        total = round(sum(scores.values()), DIGITS)
        yield _row([student, *(scores.get(name, "") for name in columns), total])


REPORTS: dict[str, dict[str, Callable[[Iterable[Record]], Iterator[str]]]] = {
    "jsonl": {},
    "csv": {".csv": as_long_csv, "-by-student.csv": as_wide_csv},
}
"""Per report format, the files it adds beside `results.jsonl`: the end of the name, and what writes it."""

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def safe_cell(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula."""
    text = str(value)
    if text[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") and not _NUMBER.fullmatch(text):
        return "'" + text
    return value


def _row(cells: Iterable[object]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([safe_cell(cell) for cell in cells])
    return line.getvalue()
