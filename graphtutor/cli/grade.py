"""`graphtutor grade`: folders of answer sheets, graded at once."""

from __future__ import annotations

import argparse
import os
from collections import Counter
from pathlib import Path
from typing import Any

from graphtutor.cli import COMMANDS
from graphtutor.cli.common import add_command
from graphtutor.cli.exercise import add_lang, add_sources, check_lang, read_key, warn
from graphtutor.errors import FileError

SHOWN = 10


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command."""
    command = add_command(commands, "grade", COMMANDS["grade"], "graphtutor grade submissions/ -o results.jsonl")
    command.add_argument(
        "paths", metavar="PATH", type=Path, nargs="+", help="answer sheets, or folders of them (*.toml, also below)"
    )
    command.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        type=Path,
        default=Path("results.jsonl"),
        help="where to write (default: results.jsonl)",
    )
    command.add_argument(
        "--format",
        metavar="NAME",
        action="append",
        help="what to write beside it: csv (per item, and per student), or jsonl for nothing more (default: csv)",
    )
    add_sources(command)
    add_lang(command)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Grade, write the results whole, print a summary; 2 when not one sheet could be graded."""
    from graphtutor.exercises.results import as_jsonl
    from graphtutor.exercises.submission import Grader
    from graphtutor.exercises.writing import write_file

    check_lang(arguments.lang)
    output = arguments.output / "results.jsonl" if arguments.output.is_dir() else arguments.output
    reports = chosen(arguments.format or ["csv"])
    if not os.access(output.parent, os.W_OK):
        raise FileError(f"{output} cannot be written: the folder {str(output.parent)!r} is missing or not writable")
    grader = Grader(arguments.exercises, read_key(arguments.key), arguments.lang)
    records = list(grader.records(arguments.paths))
    if not records:
        raise FileError("there is no answer sheet here: no *.toml in " + ", ".join(map(str, arguments.paths)))
    write_file(output, as_jsonl(records))
    written = [output]
    for ending, report in reports.items():
        written.append(output.with_name(output.stem + ending))
        write_file(written[-1], report(records))
    summarize(records)
    print("wrote " + ", ".join(map(str, written)))
    return 0 if any(record["status"] == "graded" for record in records) else 2


def chosen(names: list[str]) -> dict[str, Any]:
    """Return the reports of these formats."""
    from graphtutor.errors import InputError, near_misses
    from graphtutor.exercises.results import REPORTS

    found: dict[str, Any] = {}
    for name in names:
        if name not in REPORTS:
            near = near_misses(name, REPORTS) or "; known are " + ", ".join(REPORTS)
            raise InputError(f"unknown format {name!r}{near}")
        found |= REPORTS[name]
    return found


def summarize(records: list[dict[str, Any]]) -> None:
    """Print what came out per exercise; what could not be graded goes to standard error."""
    by_exercise: dict[str, list[dict[str, Any]]] = {}
    for record in records:
        if record["status"] == "graded":
            by_exercise.setdefault(record["exercise"], []).append(record)
    graded = sum(map(len, by_exercise.values()))
    print(f"{graded} of {len(records)} sheets graded")
    for name, of_it in sorted(by_exercise.items()):
        mean = sum(record["score"] for record in of_it) / len(of_it)
        common = Counter(record["findings"][0]["id"] for record in of_it if record["findings"]).most_common(3)
        told = "; most common: " + ", ".join(f"{rule} ({count})" for rule, count in common) if common else ""
        print(f"  {name}: {len(of_it)} sheets, mean {mean:.3g} of {of_it[0]['max_score']:g}{told}")
    left = [record for record in records if record["status"] != "graded"]
    for record in left[:SHOWN]:
        warn(record["reason"])
    if len(left) > SHOWN:
        warn(f"and {len(left) - SHOWN} more sheets that could not be graded; the results hold every reason")
