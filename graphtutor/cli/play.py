"""`graphtutor play`: the tutor on an expression, an exercise, or the home screen."""

from __future__ import annotations

import argparse
import gc
import os
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from graphtutor.cli import COMMANDS
from graphtutor.cli.common import (
    add_changes,
    add_command,
    add_expression,
    changed,
    expression_text,
    is_exercise,
    read_expression,
    read_values,
)
from graphtutor.errors import InputError, shorten

if TYPE_CHECKING:
    from graphtutor.engine.run import Run
    from graphtutor.exercises import Exercise
    from graphtutor.tui.app import GraphtutorApp
    from graphtutor.tui.beside import Tell
    from graphtutor.tui.study import Study

NO_HOME = (
    "graphtutor: the home screen needs a terminal, and this is not one.\n"
    'try: graphtutor explain "f = (x + y) * z" x=-2 y=5 z=-4'
)
YOUNG = 20_000
"""New objects after which Python looks for garbage. A step makes hundreds, few of them in cycles: at the usual 700 it
would look through the rows of the screen several times a second, and be felt."""
NO_SCREEN = "graphtutor: this is not a terminal, so here are the steps as `graphtutor explain` prints them."


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command."""
    command = add_command(
        commands,
        "play",
        COMMANDS["play"],
        'graphtutor play "f = (x + y) * z" x=-2 y=5 z=-4',
    )
    add_subject(command)
    command.add_argument("--list", action="store_true", help="list the worked examples and stop")
    command.set_defaults(run=run)


def add_subject(command: argparse.ArgumentParser) -> None:
    """Add the arguments that say what is played; without them, the home screen is."""
    add_expression(command, optional=True)
    add_changes(command)
    command.add_argument(
        "--exercise", metavar="NAME", help="play an exercise: a number, an id, a file; its id alone does too"
    )
    command.add_argument("--example", metavar="NAME", help="play a worked example, whatever files are called so")
    command.add_argument("--lang", help="language of the screen: en or ko (default: the last, at first en)")
    command.add_argument(
        "--theme", metavar="NAME", help="dark, light, high-contrast or colour-blind (default: the last)"
    )
    command.add_argument(
        "--ascii",
        action=argparse.BooleanOptionalAction,
        help="draw with ASCII signs only, for terminals without box drawing (default: as the locale says)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Open the screen; where there is no terminal, print what `explain` prints."""
    if arguments.list:
        print_examples()
        return 0
    # Textual draws on standard error; in a browser its driver needs no terminal.
    served = "TEXTUAL_DRIVER" in os.environ
    terminal = served or all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))
    if not terminal:
        found, _, _ = read_subject(arguments, terminal)
        if found is not None:
            return print_steps(found, arguments)
        print(NO_HOME, file=sys.stderr)
        return 2
    if served:
        end_with_the_server()
    gc.disable()  # what a start makes is needed, and looking through it for garbage takes long
    try:
        app = application(arguments, served)
    finally:
        gc.freeze()
        gc.set_threshold(YOUNG)
        gc.enable()
    app.run()
    if app.mistake is not None:
        raise app.mistake
    return app.return_code or 0


def application(arguments: argparse.Namespace, served: bool) -> GraphtutorApp:
    """Return the app that shows what is played. Raise `GraphtutorError` for a mistake."""
    from graphtutor.tui.memory import Memory, folder

    memory = Memory(folder())
    arguments.lang = arguments.lang or memory.language
    found, exercise, read = read_subject(arguments, terminal=True)

    from graphtutor.tui.app import GraphtutorApp
    from graphtutor.tui.ascii import wanted

    ascii = arguments.ascii if arguments.ascii is not None else memory.setting("ascii", None)
    if ascii is None:
        ascii = not served and wanted(os.environ)
    return GraphtutorApp(
        found,
        exercise,
        arguments.lang,
        theme=arguments.theme,
        ascii=ascii is True,
        memory=memory,
        sturdy=True,
        read=read,
    )


def end_with_the_server() -> None:
    """End this process when the one that serves it is gone without having said so."""
    import signal
    import threading
    import time

    def watch(server: int) -> None:
        while os.getppid() == server:
            time.sleep(1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, args=(os.getppid(),), daemon=True).start()


def read_subject(
    arguments: argparse.Namespace, terminal: bool
) -> tuple[Study | None, Exercise | None, Callable[[Tell], Study] | None]:
    """Return what is played: an expression with its run, an exercise, what reads a long expression, or nothing.

    A long expression is read while the screen says so, if it can be read at all. Raise `GraphtutorError`.
    """
    verify_language(arguments.lang)
    verify_theme(arguments.theme)
    chosen = [f"--{kind} {name}" for kind in ("example", "exercise") if (name := getattr(arguments, kind)) is not None]
    if chosen and arguments.expression is not None and is_value(arguments.expression):
        arguments.expression, arguments.values = None, [arguments.expression, *arguments.values]
    if arguments.expression is not None:
        chosen.append(f"the expression {shorten(arguments.expression)}")
    if len(chosen) > 1:
        hint = "; a value for the example is written name=number, as in x=2" if arguments.example is not None else ""
        raise InputError(f"give {' or '.join(chosen)}, not both{hint}")
    if arguments.example is not None:
        from graphtutor.examples import example

        arguments.expression = example(arguments.example).text
    elif arguments.expression is not None and is_exercise(arguments):
        arguments.expression, arguments.exercise = None, arguments.expression
    if arguments.exercise is not None:
        if arguments.values:
            raise InputError(f"{arguments.exercise} is an exercise with numbers of its own; leave the values out")
        from graphtutor.exercises import load

        return None, load(arguments.exercise), None
    if arguments.expression is None:
        return None, None, None
    if terminal and is_long(arguments):
        return None, None, lambda tell: read_study(arguments, tell)
    return read_study(arguments), None, None


def is_value(word: str) -> bool:
    """Return whether a word is `x=1`, however it is spaced, or a slip in it such as `x=1,5` or `x=six`."""
    try:
        read_values([word])
    except InputError:
        return re.fullmatch(r"\w+=[\w.,\[\]-]*", word) is not None
    return True


def is_long(arguments: argparse.Namespace) -> bool:
    """Return whether the expression takes long to read. Raise `GraphtutorError` where it cannot be read."""
    from graphtutor.tui.reading import LONG

    text = expression_text(arguments)
    if len(text) <= LONG:
        return False
    from graphtutor.expr import syntax

    syntax.tree(text)
    read_values(arguments.values)
    return True


def print_examples() -> None:
    """Print the worked examples under their headings, then the gates that can be watched alone."""
    import textwrap

    from graphtutor.examples import EXAMPLES, GROUPS, gates_alone
    from graphtutor.explain.words import sentence

    for group in GROUPS:
        print(f"{sentence('en', 'groups', group)}:")
        for known in EXAMPLES:
            if known.group == group:
                print(f"  {known.name:<27} {known.title}")
                print(textwrap.indent(textwrap.fill(known.story, 72), " " * 30))
        print()
    print(f"{sentence('en', 'groups', 'alone')}:")
    print(textwrap.indent(textwrap.fill(", ".join(known.name for known in gates_alone()), 96), "  "))
    print("\nwatch one:  graphtutor play xor")


def verify_language(lang: str | None) -> None:
    """Raise `InputError` for a language that is not there."""
    if lang is None:
        return
    from graphtutor.errors import near_misses
    from graphtutor.explain.words import languages

    if lang not in languages():
        known = ", ".join(languages())
        raise InputError(f"unknown language {lang!r}{near_misses(lang, languages()) or f'; known are {known}'}")


def verify_theme(theme: str | None) -> None:
    """Raise `InputError` for a theme that is not there."""
    if theme is None:
        return
    from graphtutor.errors import near_misses
    from graphtutor.tui.palette import THEMES

    if theme not in THEMES:
        known = f"; known are {', '.join(THEMES)}"
        raise InputError(f"unknown theme {theme!r}{near_misses(theme, THEMES) or known}")


def read_study(arguments: argparse.Namespace, tell: Tell | None = None) -> Study:
    """Read the expression and its values; missing values get small ones. What is to be open or closed is."""
    from graphtutor.tui.beside import nobody
    from graphtutor.tui.study import study

    lang = arguments.lang or "en"
    found = study(expression_text(arguments), read_values(arguments.values), tell or nobody, lang)
    if not arguments.changes:
        return found
    run: Run = changed(found.run, arguments)
    return replace(found, graph=run.graph, run=run)


def print_steps(found: Study, arguments: argparse.Namespace) -> int:
    """Print the run as `explain` does; say why on standard error."""
    from graphtutor.report import as_table, notices

    lang = arguments.lang or "en"
    graph, values = read_expression(arguments)
    result: Run = changed(graph.run({**values, **{name: found.values[name] for name in found.assumed}}), arguments)
    print(NO_SCREEN, file=sys.stderr)
    for line in as_table(result, lang):
        print(line)
    if found.assumed:
        print(f"graphtutor: {found.note(lang)}", file=sys.stderr)
    for notice in notices(result, lang):
        print(f"graphtutor: {notice}", file=sys.stderr)
    return 0
