"""`graphtutor exercise`: list, show, start, check, lint."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphtutor.cli import COMMANDS
from graphtutor.cli.common import add_command
from graphtutor.errors import FileError, InputError

if TYPE_CHECKING:
    from graphtutor.exercises import Exercise, Result
    from graphtutor.exercises.sheet import Sheet

WIDTH = 88
SURE = 1.5


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command and what can be done with exercises."""
    command = add_command(
        commands,
        "exercise",
        COMMANDS["exercise"],
        "graphtutor exercise start 3 && graphtutor exercise check bp.mul.01.toml",
    )
    command.set_defaults(run=lambda _: command.error("say what to do: list, show, start, check or lint"))
    verbs = command.add_subparsers(metavar="WHAT", parser_class=type(command))

    verb = add_command(verbs, "list", "list the exercises", "graphtutor exercise list")
    verb.add_argument("--json", action="store_true", help="print one JSON array instead of the table")
    add_lang(verb)
    verb.set_defaults(run=run_list)

    verb = add_command(
        verbs, "show", "show an exercise: what is given and what is asked", "graphtutor exercise show 3 --hint 1"
    )
    add_name(verb)
    verb.add_argument("--hint", metavar="N", type=int, help="show the first N hints too")
    add_lang(verb)
    verb.set_defaults(run=run_show)

    verb = add_command(
        verbs, "start", "write an answer sheet to fill in", "graphtutor exercise start 3 -o answers.toml"
    )
    add_name(verb)
    verb.add_argument(
        "-o", "--output", metavar="FILE", type=Path, help="where to write it (default: the exercise's id, .toml)"
    )
    verb.add_argument("--force", action="store_true", help="overwrite a file that is there already")
    verb.set_defaults(run=run_start)

    verb = add_command(
        verbs,
        "check",
        "check an answer sheet, and name the mistake behind a wrong gradient",
        "graphtutor exercise check answers.toml",
    )
    verb.add_argument("file", metavar="FILE", type=Path, help="an answer sheet; it says which exercise it answers")
    verb.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    add_lang(verb)
    add_sources(verb)
    verb.set_defaults(run=run_check)

    verb = add_command(verbs, "lint", "prove that exercise files are good", "graphtutor exercise lint my-exercises/")
    verb.add_argument(
        "paths", metavar="PATH", type=Path, nargs="*", help="exercise files or folders (default: our own)"
    )
    verb.set_defaults(run=run_lint)


def add_name(verb: argparse.ArgumentParser) -> None:
    """Add the exercise's name and what its numbers depend on."""
    verb.add_argument("name", metavar="NAME", help="a number, an id, a file name, or the path of an exercise file")
    verb.add_argument("--student", metavar="ID", default="", help="whose numbers, where they are drawn per student")
    verb.add_argument("--reroll", metavar="N", type=int, default=0, help="draw other numbers (default: 0)")
    add_key(verb)


def add_key(verb: argparse.ArgumentParser) -> None:
    """Add the course's key."""
    verb.add_argument("--key", metavar="FILE", type=Path, help="the course's secret, from which numbers are drawn")


def add_sources(verb: argparse.ArgumentParser) -> None:
    """Add where the exercises are that sheets answer."""
    verb.add_argument(
        "--exercises", metavar="PATH", type=Path, action="append", default=[], help="your own exercise files or folders"
    )
    add_key(verb)


def add_lang(verb: argparse.ArgumentParser) -> None:
    """Add the language."""
    verb.add_argument("--lang", default="en", help="language: en or ko (default: en)")


def read_key(path: Path | None) -> bytes:
    """Return the course's key, the practice key without one."""
    from graphtutor.exercises.toml import read_capped
    from graphtutor.exercises.variants import PRACTICE

    if path is None:
        return PRACTICE
    key = read_capped(path).strip()
    if len(key) < 16:
        raise FileError(f"{path} is too short for a key: at least 16 bytes, for example: openssl rand -hex 32 > {path}")
    return key


def load(arguments: argparse.Namespace) -> Exercise:
    """Return the exercise that was named."""
    from graphtutor.exercises import load

    if arguments.reroll < 0:
        raise InputError("--reroll must be 0 or more")
    return load(arguments.name, arguments.student, arguments.reroll, read_key(arguments.key))


def check_lang(lang: str) -> None:
    """Refuse an unknown language."""
    from graphtutor.explain.words import sentence

    sentence(lang, "diagnosis", "wrong_sign")


def run_list(arguments: argparse.Namespace) -> int:
    """Print every exercise."""
    from graphtutor.exercises import all_exercises

    check_lang(arguments.lang)
    found = all_exercises()
    if arguments.json:
        rows = [
            {
                "number": one.number,
                "id": one.id,
                "title": one.said(arguments.lang)[0],
                "kind": one.kind,
                "points": one.points,
                "skills": list(one.skills),
            }
            for one in found
        ]
        print(json.dumps(rows, ensure_ascii=False))
        return 0
    table = [("#", "id", "title", "kind", "points")]
    table += [
        (str(e.number or ""), e.id, e.said(arguments.lang)[0], e.kind.replace("_", " "), f"{e.points:g}") for e in found
    ]
    for line in aligned(table, right=(0, 4)):
        print(line)
    print("\nlook at one:  graphtutor exercise show 1      work on it:  graphtutor exercise start 1")
    return 0


def run_show(arguments: argparse.Namespace) -> int:
    """Print an exercise."""
    from graphtutor.exercises.sheet import expression_of
    from graphtutor.graph.graph import constant_text

    check_lang(arguments.lang)
    exercise = load(arguments)
    title, prompt, hints = exercise.said(arguments.lang)
    on_request = [hint for hint in hints if hint.when == "request"]
    if arguments.hint is not None and not 1 <= arguments.hint <= len(on_request):
        count = len(on_request)
        have = "no hints" if not count else "one hint" if count == 1 else f"{count} hints"
        raise InputError(f"there is no hint {arguments.hint}; this exercise has {have}")
    print(f"{title}   ({exercise.id}, {exercise.points:g} points)\n")
    for paragraph in prompt.split("\n\n"):
        print("\n".join(wrapped(paragraph)), end="\n\n")
    for statement in expression_of(exercise):
        print(f"    {statement}")
    print("\n    " + ", ".join(f"{name} = {constant_text(value)}" for name, value in exercise.run.inputs.items()))
    if exercise.variant:
        print()
        print("\n".join(wrapped(DRAWN)))
    print("\nasked, in this order:")
    for line in aligned([(item.id, item.label_in(arguments.lang)) for item in exercise.items], indent=4):
        print(line)
    if arguments.hint is not None:
        print()
        for number, hint in enumerate(on_request[: arguments.hint], 1):
            cost = f" (costs {hint.cost:.0%} of the points)" if hint.cost else ""
            print("\n".join(wrapped(f"hint {number}{cost}: {hint.text}", hanging=2)))
    elif on_request:
        many = f"1 to {len(on_request)}" if len(on_request) > 1 else "1"
        print(f"\nhints: add --hint {many}      work on it: graphtutor exercise start {arguments.name}")
    return 0


def run_start(arguments: argparse.Namespace) -> int:
    """Write an empty answer sheet."""
    from graphtutor.exercises.sheet import blank_sheet
    from graphtutor.exercises.writing import write_file

    student = arguments.student.strip()
    if len(student) > 100 or not student.isprintable():
        raise InputError("--student must be one short line of printable characters")
    exercise = load(arguments)
    path = arguments.output or Path(f"{exercise.id}.toml")
    if path.is_dir():
        path = path / f"{exercise.id}.toml"
    write_file(path, blank_sheet(exercise, student), overwrite=arguments.force)
    print(f"wrote {path}: fill in {len(exercise.items)} answers, then:  graphtutor exercise check {path}")
    return 0


def run_check(arguments: argparse.Namespace) -> int:
    """Grade one sheet and print every answer's fate; 0 when all is right, 1 otherwise."""
    from graphtutor.exercises.results import graded
    from graphtutor.exercises.submission import Grader

    check_lang(arguments.lang)
    grader = Grader(arguments.exercises, read_key(arguments.key), arguments.lang)
    sheet, result = grader.grade(arguments.file)
    if arguments.json:
        print(json.dumps(graded(sheet, result), ensure_ascii=False, allow_nan=False))
    else:
        for line in report(sheet, result, arguments.lang):
            print(line)
    return 0 if result.ok else 1


def run_lint(arguments: argparse.Namespace) -> int:
    """Check exercise files; 0 when all are good, 1 otherwise."""
    from graphtutor.exercises.library import shipped
    from graphtutor.exercises.lint import lint
    from graphtutor.exercises.submission import sheets

    paths = list(sheets(arguments.paths)) if arguments.paths else list(shipped())
    if not paths:
        raise FileError("there is no exercise file to check")
    bad = 0
    for path, problems in lint(paths):
        bad += bool(problems)
        print(f"{'bad ' if problems else 'good'}  {path}")
        for problem in problems:
            print("\n".join(wrapped(f"- {problem}", indent=6, hanging=8)))
    print(f"{len(paths) - bad} of {len(paths)} exercises are good")
    return 1 if bad else 0


DRAWN = (
    "The numbers are drawn: --student ID gives every student their own, --reroll 1 others to practise (here, and with "
    "start); in `graphtutor play --exercise` f4 draws others."
)

WORDS = {
    "en": {
        "correct": "right",
        "carried": "carried",
        "wrong": "wrong",
        "blank": "blank",
        "format_error": "unreadable",
        "not_reached": "missing",
        "grader_error": "our error",
        "score": "{score} of {most} points",
        "failed": "The grader failed on an item, so there is no score. This is not your mistake; please report it.",
        "explain": "carried: not the right number, but right for your own earlier one, so it counts.",
        "hint": "Hint: {text}",
        "note": "note: {text}",
    },
    "ko": {
        "correct": "맞음",
        "carried": "이어짐",
        "wrong": "틀림",
        "blank": "빈칸",
        "format_error": "못 읽음",
        "not_reached": "없음",
        "grader_error": "채점 오류",
        "score": "{most} 점 만점에 {score} 점",
        "failed": "채점기가 한 항목에서 실패해 점수가 없습니다. 여러분의 잘못이 아니니 알려 주세요.",
        "explain": "이어짐: 정답은 아니지만 자신의 앞선 답에서 바르게 이어졌으므로 점수가 됩니다.",
        "hint": "도움말: {text}",
        "note": "참고: {text}",
    },
}
"""What the report of a checked sheet says."""


def report(sheet: Sheet, result: Result, lang: str = "en") -> Iterator[str]:
    """Yield the lines of a checked sheet."""
    from graphtutor.exercises import Status

    exercise, words = result.exercise, WORDS.get(lang, WORDS["en"])
    yield f"{exercise.said(lang)[0]}   ({exercise.id}{', ' + sheet.student if sheet.student else ''})"
    yield ""
    rows = [
        (words[item.status], item.item.id, item.given.strip()[:24] or "-", item.item.label_in(lang))
        for item in result.items
    ]
    for line, item in zip(aligned(rows, indent=2), result.items, strict=True):
        yield line
        for text in (item.diagnosis.text if item.diagnosis else "", item.note):
            yield from wrapped(text, indent=14)
    yield ""
    if result.score is None:
        yield from wrapped(words["failed"])
    else:
        counts = [(result.count(status), words[status]) for status in Status]
        told = ", ".join(f"{count} {word}" for count, word in counts if count)
        yield words["score"].format(score=f"{result.score:.4g}", most=f"{result.max_score:g}") + f"  ({told})"
    if any(item.status == "carried" for item in result.items):
        yield from wrapped(words["explain"])
    for finding in result.findings:
        if finding.votes >= SURE:
            yield from wrapped(finding.text)
    for name in dict.fromkeys(item.diagnosis.id for item in result.items if item.diagnosis):
        hint = exercise.hint_for(name, lang)
        if hint:
            yield from wrapped(words["hint"].format(text=hint))
    for note in (*sheet.notes, *result.notes):
        yield from wrapped(words["note"].format(text=note))


def wrapped(text: str, indent: int = 0, hanging: int = 0) -> Iterator[str]:
    """Yield a text as lines, broken between words by the columns they take; nothing for no text."""
    from graphtutor.report import columns

    line, used = "", 0
    for word in text.split():
        if line and used + 1 + columns(word) > WIDTH:
            yield line
            line = ""
        if line:
            line, used = f"{line} {word}", used + 1 + columns(word)
        else:
            line = " " * indent + word
            used = columns(line)
            indent = max(indent, hanging)
    if line:
        yield line


def aligned(rows: Sequence[Sequence[str]], right: Sequence[int] = (), indent: int = 0) -> Iterator[str]:
    """Yield rows as lines with their cells under each other; Korean takes two columns per character."""
    from graphtutor.report import columns

    widths = [max(columns(row[i]) for row in rows) for i in range(len(rows[0]))] if rows else []
    for row in rows:
        cells = [
            " " * (width - columns(cell)) + cell if i in right else cell + " " * (width - columns(cell))
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield (" " * indent + "  ".join(cells)).rstrip()


def warn(text: str) -> None:
    """Print one paragraph on standard error."""
    print(f"graphtutor: {text}", file=sys.stderr)
