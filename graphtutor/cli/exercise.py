"""`graphtutor exercise`: list, show, start, check, lint."""

from __future__ import annotations

import argparse
import json
import sys
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphtutor.cli.common import add_command
from graphtutor.errors import FileError, InputError

if TYPE_CHECKING:
    from graphtutor.exercises import Exercise, Result
    from graphtutor.exercises.sheet import Sheet

WIDTH = 88


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command and what can be done with exercises."""
    command = add_command(
        commands,
        "exercise",
        "work through exercises on answer sheets",
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
    from graphtutor.exercises import library

    check_lang(arguments.lang)
    found = library()
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
    print(f"{title}   ({exercise.id}, {exercise.points:g} points)\n")
    for paragraph in prompt.split("\n\n"):
        print(textwrap.fill(" ".join(paragraph.split()), WIDTH), end="\n\n")
    for statement in expression_of(exercise):
        print(f"    {statement}")
    print("\n    " + ", ".join(f"{name} = {constant_text(value)}" for name, value in exercise.run.inputs.items()))
    print("\nasked, in this order:")
    for line in aligned([(item.id, item.label) for item in exercise.items], indent=4):
        print(line)
    on_request = [hint for hint in hints if hint.when == "request"]
    if arguments.hint is not None:
        if not 1 <= arguments.hint <= len(on_request):
            have = f"1 to {len(on_request)}" if on_request else "no hints"
            raise InputError(f"there is no hint {arguments.hint}; this exercise has {have}")
        print()
        for number, hint in enumerate(on_request[: arguments.hint], 1):
            cost = f" (costs {hint.cost:.0%} of the points)" if hint.cost else ""
            print(textwrap.fill(f"hint {number}{cost}: {hint.text}", WIDTH, subsequent_indent="  "))
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
            print(textwrap.fill(problem, WIDTH, initial_indent="      - ", subsequent_indent="        "))
    print(f"{len(paths) - bad} of {len(paths)} exercises are good")
    return 1 if bad else 0


WORDS = {
    "correct": "right",
    "carried": "carried",
    "wrong": "wrong",
    "blank": "blank",
    "format_error": "unreadable",
    "not_reached": "missing",
    "grader_error": "our error",
}


def report(sheet: Sheet, result: Result, lang: str = "en") -> Iterator[str]:
    """Yield the lines of a checked sheet."""
    exercise = result.exercise
    yield f"{exercise.said(lang)[0]}   ({exercise.id}{', ' + sheet.student if sheet.student else ''})"
    yield ""
    rows = [
        (WORDS[item.status], item.item.id, item.given.strip()[:24] or "-", item.item.label) for item in result.items
    ]
    for line, item in zip(aligned(rows, indent=2), result.items, strict=True):
        yield line
        said = [item.diagnosis.text if item.diagnosis else "", item.note]
        yield from wrapped([text for text in said if text])
    yield ""
    if result.score is None:
        yield "The grader failed on an item, so there is no score. This is not your mistake; please report it."
    else:
        yield f"{result.score:.4g} of {result.max_score:g} points" + _summary(result)
    if any(item.status == "carried" for item in result.items):
        yield "carried: not the right number, but right for your own earlier one, so it counts."
    for finding in result.findings:
        if finding.votes >= 1.5:
            yield from wrapped([finding.text], indent=0)
    for name in dict.fromkeys(i.diagnosis.id for i in result.items if i.diagnosis):
        hint = exercise.hint_for(name, lang)
        if hint:
            yield from wrapped([f"Hint: {hint}"], indent=0)
    for note in (*sheet.notes, *result.notes):
        yield from wrapped([f"note: {note}"], indent=0)


def _summary(result: Result) -> str:
    counts = [(WORDS[status], sum(i.status == status for i in result.items)) for status in WORDS]
    return "  (" + ", ".join(f"{count} {word}" for word, count in counts if count) + ")"


def wrapped(texts: Sequence[str], indent: int = 14) -> Iterator[str]:
    """Yield texts, broken at the width and indented."""
    for text in texts:
        yield from textwrap.wrap(text, WIDTH, initial_indent=" " * indent, subsequent_indent=" " * indent)


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
