"""What several commands share: reading an expression with its values, from the command line or a file."""

from __future__ import annotations

import argparse
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphtutor.errors import FileError, InputError, shorten

if TYPE_CHECKING:
    from graphtutor.engine.run import Run
    from graphtutor.graph import Graph

LARGEST_FILE = 4 * 1024 * 1024
ALL = "all"
"""What `--expand` alone means."""


def add_command(
    commands: argparse._SubParsersAction[Any], name: str, help: str, example: str
) -> argparse.ArgumentParser:
    """Add a command whose `--help` shows an example."""
    return commands.add_parser(  # type: ignore[no-any-return]
        name,
        help=help,
        description=help[0].upper() + help[1:] + ".",
        epilog=f"example:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def add_expression(command: argparse.ArgumentParser, *, optional: bool = False) -> None:
    """Add the arguments `EXPR | FILE` and `x=1 ...`."""
    command.add_argument(
        "expression",
        metavar="EXPR|FILE",
        nargs="?" if optional else None,
        help='an expression such as "f = (x + y) * z", a text file that holds one, or the name of a worked example '
        "(graphtutor play --list)",
    )
    command.add_argument(
        "values", metavar="x=1", nargs="*", help="values of the inputs; they override the expression's own"
    )


def read_expression(arguments: argparse.Namespace) -> tuple[Graph, dict[str, Any]]:
    """Return the graph, and the values given beside the expression."""
    from graphtutor.expr import parse

    values = read_values(arguments.values)
    return parse(expression_text(arguments), names=values), values


def read_run(arguments: argparse.Namespace) -> Run:
    """Return the run of the expression with the values given beside it, opened and closed as asked for."""
    graph, values = read_expression(arguments)
    found: Run = changed(graph.run(values), arguments)
    return found


def add_changes(command: argparse.ArgumentParser) -> None:
    """Add `--expand` and `--collapse`; they work in the order in which they are given."""
    command.add_argument(
        "--expand",
        metavar="NAME",
        nargs="?",
        const=ALL,
        dest="changes",
        action="append",
        type=lambda word: ("expand", word),
        help="spell out the composite gates in simpler ones: all, or those of this gate or name (sigmoid, sigmoid1); "
        "may be repeated",
    )
    command.add_argument(
        "--collapse",
        metavar="NAME",
        dest="changes",
        action="append",
        type=lambda word: ("collapse", word),
        help="show a statement as one box, or all that is a neuron or a layer; may be repeated",
    )


def changed(run: Run | Graph, arguments: argparse.Namespace) -> Any:
    """Return the run, or the graph, as `--expand` and `--collapse` ask for it."""
    for way, word in arguments.changes or ():
        which = None if way == "expand" and word == ALL else word
        run = run.expand(which) if way == "expand" else run.collapse(which)
    return run


def read_values(words: list[str]) -> dict[str, Any]:
    """Read `x=1` words; lists and fractions are fine."""
    from graphtutor.expr import value

    values: dict[str, Any] = {}
    for word in words:
        name, sign, text = word.partition("=")
        if not sign or not name.strip().isidentifier():
            raise InputError(
                f"{shorten(word)} is not a value; write name=number, for example x=-2 (and quote the expression)"
            )
        if name.strip() in values:
            raise InputError(f"two values are given for {shorten(name)}; give one")
        try:
            values[name.strip()] = value(text)
        except InputError as error:
            raise InputError(f"the value of {shorten(name)}: {error}") from None
    return values


def expression_text(arguments: argparse.Namespace) -> str:
    """Return the expression: what the file of that name holds, that of the worked example, or the word itself.

    Raise `FileError` for a file that cannot be read, `InputError` for an exercise or what is nearly an example.
    """
    from graphtutor.examples import named

    word = arguments.expression
    path = file_of(word)
    if path is not None:
        return read_text(path)
    example = named(word, given_names(arguments))
    if example is not None:
        return example.text
    if is_exercise(arguments):
        raise InputError(f"{word} is an exercise; work on it with: graphtutor play {word}")
    return str(word)


def is_exercise(arguments: argparse.Namespace) -> bool:
    """Return whether the word names an exercise, no file, and is no expression with values for its names."""
    from graphtutor.examples import is_given
    from graphtutor.exercises.catalogue import named

    word = arguments.expression
    if not re.fullmatch(r"\w+([-.]\w+)+", word) or file_of(word) is not None:
        return False
    return named(word) is not None and not is_given(re.split("[-.]", word), given_names(arguments))


def given_names(arguments: argparse.Namespace) -> set[str]:
    """Return the names of the values given beside the expression."""
    return {word.partition("=")[0].strip() for word in arguments.values}


def file_of(word: str) -> Path | None:
    """Return the file or folder of this name, `None` for another text. Raise `FileError` for a file that is missing."""
    try:
        path = Path(word)
        looks_like_a_path = "=" not in word and "\n" not in word
        is_file = looks_like_a_path and path.is_file()
        is_folder = looks_like_a_path and path.is_dir() and (word[:1] in ("/", ".", "~") or word[-1:] in ("/", os.sep))
    except (OSError, ValueError):  # too long or impossible as a path: an expression then
        return None
    if is_file or is_folder:
        return path
    in_folder = "/" in word and re.fullmatch(r"\.[A-Za-z]\w*", path.suffix)
    if looks_like_a_path and (path.suffix in (".txt", ".gt", ".py", ".toml") or in_folder):
        raise FileError(f"there is no file {shorten(word)}")
    return None


def read_text(path: Path) -> str:
    """Return a file's text. Raise `FileError` when it is missing, too large or not text."""
    try:
        if path.is_dir():
            raise FileError(f"{path} is a folder; a file is expected")
        if path.stat().st_size > LARGEST_FILE:
            raise FileError(f"{path} is too large: at most {LARGEST_FILE // 2**20} MiB are read")
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileError(f"{path} is not UTF-8 text (byte {error.start})") from None
    except OSError as error:
        if isinstance(error, FileError):
            raise
        raise FileError(f"{path} cannot be read: {(error.strerror or str(error)).lower()}") from None
