"""Answer sheets: written as TOML, read line by line, so that one typo costs one answer and not the sheet."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from graphtutor.errors import FileError, near_misses
from graphtutor.exercises.exercise import Exercise
from graphtutor.exercises.toml import decode, read_capped
from graphtutor.graph.graph import constant_text

FORMAT = 1
MOST_ANSWERS = 200
LONGEST_LINE = 2000
HEADER = ("format", "exercise", "version", "student", "attempt", "hints", "reroll", "variant")

_PART = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([^\s."'=\[\]#]+))\s*""")
_BASIC = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(?:#.*)?')
_LITERAL = re.compile(r"'([^']*)'\s*(?:#.*)?")
_QUOTES = str.maketrans({"\u201c": '"', "\u201d": '"', "\u201e": '"', "\u201f": '"', "\u2018": "'", "\u2019": "'"})


@dataclass(slots=True)
class Sheet:
    """What a learner handed in."""

    path: Path
    exercise: str
    version: int
    student: str = ""
    attempt: int = 1
    hints: int = 0
    """How many hints on request were used."""
    reroll: int = 0
    variant: str = ""
    sha256: str = ""
    given: dict[str, str] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    unreadable: dict[str, str] = field(default_factory=dict)
    """Per answer that could not be read, why."""
    lines: dict[str, int] = field(default_factory=dict)
    """The line of each answer."""
    notes: list[str] = field(default_factory=list)


def blank_sheet(exercise: Exercise, student: str = "") -> Iterator[str]:
    """Yield the lines of an empty sheet for this exercise."""
    quoted = {item.id: json.dumps(item.id, ensure_ascii=False) for item in exercise.items}
    width = max(map(len, quoted.values()))
    what = (
        "roles: distributor, adder, router, switcher or scaler"
        if exercise.kind == "gate_roles"
        else ('Numbers, fractions ("1/3") and products ("2*0.25") are fine; three significant figures are enough')
    )
    yield f"# {exercise.title}\n"
    yield (
        "# Fill in the quotes"
        + (f" with {what}." if exercise.kind == "gate_roles" else f". {what}.")
        + ' "?" = skip.\n'
    )
    yield "# When you are done:  graphtutor exercise check THIS-FILE\n\n"
    yield f"format   = {FORMAT}\n"
    yield f"exercise = {json.dumps(exercise.id)}\n"
    yield f"version  = {exercise.version}\n"
    yield f"student  = {json.dumps(student or exercise.student, ensure_ascii=False)}\n"
    if exercise.variant:
        yield f"reroll   = {exercise.reroll}\n"
        yield f"variant  = {json.dumps(exercise.variant)}\n"
    yield f"\n# {exercise.graph.output_name} is computed by:\n"
    for statement in expression_of(exercise):
        yield f"#   {statement}\n"
    yield "\n[given] # for you to read; changing these changes nothing\n"
    for name, value in exercise.run.inputs.items():
        yield f'{name} = "{constant_text(value)}"\n'
    yield "\n[answers]\n"
    for item in exercise.items:
        yield f'{quoted[item.id]:<{width}} = ""    # {item.label}\n'


def expression_of(exercise: Exercise) -> list[str]:
    """Return the statements of the expression, without the values it gives to inputs."""
    graph = exercise.graph
    parts = (part.split("#")[0].strip() for line in (graph.text or str(graph)).split("\n") for part in line.split(";"))
    return [part for part in parts if part and part.partition("=")[0].strip() not in graph.given]


def read_sheet(path: Path) -> Sheet:
    """Read a sheet. A line that cannot be read is one unreadable answer; `FileError` when it is no sheet at all."""
    data = read_capped(path)
    text = decode(path, data)
    header: dict[str, str] = {}
    sheet = Sheet(path, "", 0, sha256=hashlib.sha256(data).hexdigest())
    section: list[str] = []
    sections = set()
    for number, line in enumerate(text.split("\n"), 1):
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        if len(bare) > LONGEST_LINE:
            sheet.notes.append(f"line {number} is too long and was left out")
            continue
        bare = bare.translate(_QUOTES) if line.isascii() is False else bare
        if bare.startswith("["):
            section = _section(bare)
            sections.add(section[0] if section else "")
            continue
        key, value = _split(bare)
        if not key:
            sheet.notes.append(f'line {number} is no `name = "answer"` and was left out: {bare[:40]!r}')
            continue
        name = ".".join([*section[1:], *key])
        if section[:1] == ["answers"]:
            _answer(sheet, name, value, number)
        elif section[:1] == ["given"]:
            sheet.given[name] = _value(value)[0] or ""
        elif not section:
            _head(path, header, name, value, number)
    _header(sheet, header)
    if "answers" not in sections:
        raise FileError(
            f"{path} has no [answers] table; start a new sheet with: graphtutor exercise start {sheet.exercise}"
        )
    return sheet


def _section(line: str) -> list[str]:
    return _split(line.strip("[").split("]")[0].strip() + " =")[0]


def _split(line: str) -> tuple[list[str], str]:
    """Return the parts of a dotted key and what stands after the `=`; no parts when there is no key."""
    parts: list[str] = []
    at = 0
    while True:
        found = _PART.match(line, at)
        if not found:
            return [], ""
        parts.append(next(group for group in found.groups() if group is not None))
        at = found.end()
        sign = line[at : at + 1]
        at += 1
        if sign == ".":
            continue
        return (parts, line[at:].strip()) if sign in ("=", ":") else ([], "")


def _value(text: str) -> tuple[str | None, str]:
    """Return the text between the quotes, or `None` and what is wrong."""
    if text.startswith(('"""', "'''")):
        return None, "write the answer on one line, between single double quotes"
    for pattern in (_BASIC, _LITERAL):
        found = pattern.fullmatch(text)
        if found:
            inner = found.group(1)
            if pattern is _BASIC and "\\" in inner:
                try:
                    return str(json.loads(f'"{inner}"')), ""
                except ValueError:
                    return None, "a backslash has no meaning here"
            return inner, ""
    bare = text.split("#")[0].strip()
    if '"' in bare or "'" in bare:
        return None, "a quote is missing or one too many; write the answer between two quotes"
    return bare, ""


def _answer(sheet: Sheet, name: str, text: str, number: int) -> None:
    value, wrong = _value(text)
    if name in sheet.lines:
        before = sheet.lines[name]
        if value is None or sheet.answers.get(name, "").strip() != value.strip():
            sheet.unreadable[name] = f"answered twice, on lines {before} and {number}; keep one"
        else:
            sheet.notes.append(f"{name!r} stands there twice, on lines {before} and {number}, with the same answer")
        return
    if len(sheet.lines) == MOST_ANSWERS:
        raise FileError(f"{sheet.path} has more than {MOST_ANSWERS} answers; that is no sheet of ours")
    sheet.lines[name] = number
    if value is None:
        sheet.answers[name] = text[:80]
        sheet.unreadable[name] = f"line {number}: {wrong}"
    else:
        sheet.answers[name] = value


def _head(path: Path, header: dict[str, str], name: str, text: str, number: int) -> None:
    value, wrong = _value(text)
    if name not in (*HEADER, "kind"):
        return
    if value is None:
        raise FileError(f"{path}, line {number}: `{name}` cannot be read: {wrong}")
    if name in header and header[name] != value:
        raise FileError(f"{path}, line {number}: `{name}` stands there twice; keep one")
    header[name] = value


def _header(sheet: Sheet, header: dict[str, str]) -> None:
    path = sheet.path
    if "exercise" not in header or not header["exercise"].strip():
        what = "it is an exercise file" if "kind" in header else "it does not say which exercise it answers"
        raise FileError(f"{path} is no answer sheet: {what}; start one with: graphtutor exercise start NAME")
    sheet.exercise = header["exercise"].strip()
    form = _whole(path, header, "format", FORMAT)
    if form != FORMAT:
        raise FileError(f"{path} has format {form}; this graphtutor reads format {FORMAT}: update graphtutor")
    if "version" not in header:
        raise FileError(
            f"{path} does not say which version of {sheet.exercise!r} it answers; put its `version = ...` line back"
        )
    sheet.version = _whole(path, header, "version", 1)
    sheet.attempt = max(1, _whole(path, header, "attempt", 1))
    sheet.hints = max(0, _whole(path, header, "hints", 0))
    sheet.reroll = _whole(path, header, "reroll", 0)
    sheet.student = header.get("student", "").strip()[:100]
    sheet.variant = header.get("variant", "").strip()


def _whole(path: Path, header: dict[str, str], name: str, default: int) -> int:
    text = header.get(name, str(default))
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise FileError(f"{path}: `{name}` must be a whole number, here is {text[:40]!r}")
    return int(text)


def unknown_items(sheet: Sheet, exercise: Exercise) -> Iterator[str]:
    """Yield a sentence for every answer that the exercise does not ask for."""
    known = {item.id for item in exercise.items}
    missing = known - set(sheet.answers)
    for name in sheet.answers:
        if name not in known:
            near = near_misses(name[:80], sorted(missing)) if missing else ""
            yield f"line {sheet.lines[name]}: {name[:80]!r} is not asked for and was left out{near}"
