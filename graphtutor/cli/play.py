"""`graphtutor play`: the tutor on an expression, an exercise, or the home screen."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from graphtutor.cli.common import add_command, add_expression, expression_text, read_values
from graphtutor.errors import InputError

if TYPE_CHECKING:
    from graphtutor.tui.study import Study

NO_HOME = (
    "graphtutor: the home screen needs a terminal, and this is not one.\n"
    'try: graphtutor explain "f = (x + y) * z" x=-2 y=5 z=-4'
)
NO_SCREEN = "graphtutor: this is not a terminal, so here are the steps as `graphtutor explain` prints them."


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command."""
    command = add_command(
        commands,
        "play",
        "watch a run on its graph, step by step",
        'graphtutor play "f = (x + y) * z" x=-2 y=5 z=-4',
    )
    add_expression(command, optional=True)
    command.add_argument("--exercise", metavar="NAME", help="play an exercise instead of an expression")
    command.add_argument("--lang", default="en", help="language of the sentences: en or ko (default: en)")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Open the screen; where there is no terminal, print what `explain` prints."""
    verify_language(arguments.lang)
    if arguments.exercise is not None and arguments.expression is not None:
        raise InputError("give an expression or --exercise, not both")
    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    if arguments.expression is None and not terminal:
        print(NO_HOME, file=sys.stderr)
        return 2
    found = read_study(arguments) if arguments.expression is not None else None
    if found is not None and not terminal:
        return print_steps(found, arguments.lang)

    exercise = None
    if arguments.exercise is not None:
        from graphtutor.exercises.library import load

        exercise = load(arguments.exercise)

    from graphtutor.tui.app import GraphtutorApp

    app = GraphtutorApp(found, exercise, arguments.lang)
    app.run()
    return app.return_code or 0


def verify_language(lang: str) -> None:
    """Raise `InputError` for a language that is not there."""
    from graphtutor.errors import near_misses
    from graphtutor.explain import languages

    if lang not in languages():
        known = ", ".join(languages())
        raise InputError(f"unknown language {lang!r}{near_misses(lang, languages()) or f'; known are {known}'}")


def read_study(arguments: argparse.Namespace) -> Study:
    """Read the expression and its values; missing values get small ones."""
    from graphtutor.tui.study import study

    return study(expression_text(arguments.expression), read_values(arguments.values))


def print_steps(found: Study, lang: str) -> int:
    """Print the run as `explain` does; say why on standard error."""
    from graphtutor.report import as_table, notices

    print(NO_SCREEN, file=sys.stderr)
    for line in as_table(found.run, lang):
        print(line)
    if found.note:
        print(f"graphtutor: {found.note}", file=sys.stderr)
    for notice in notices(found.run, lang):
        print(f"graphtutor: {notice}", file=sys.stderr)
    return 0
