"""The command line: the only place that parses arguments. A command is a module with `add` and a `run` of its own."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

from graphtutor import __version__

COMMANDS = ("play", "explain", "export", "check", "exercise", "grade", "doctor")
"""The modules of this package that are commands, in the order of `--help`."""

DONE, WRONG, USAGE = 0, 1, 2
"""Exit codes: done; the answer or the check is wrong; the input or the usage is wrong."""


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one paragraph and say where to look."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """Read values that stand after an option (`-o f.svg x=1`) as well; argparse leaves them over."""
        found, rest = super().parse_known_args(args, namespace)
        late = [word for word in rest if "=" in word and not word.startswith("-")]
        if late and isinstance(getattr(found, "values", None), list):
            found.values += late
            rest = [word for word in rest if word not in late]
        return found, rest

    def error(self, message: str) -> NoReturn:
        """Print the error and leave with exit code 2."""
        print(f"{self.prog}: {message}\ntry: {self.prog} --help", file=sys.stderr)
        raise SystemExit(USAGE)


def parser(command: str | None = None) -> argparse.ArgumentParser:
    """Return the parser with all commands, or with the one that is asked for, so that no other one is imported."""
    top = Parser(
        prog="graphtutor",
        description="See a computational graph, watch values flow forward and gradients flow back, and be asked.",
        epilog='start with:  graphtutor play "f = (x + y) * z" x=-2 y=5 z=-4\n'
        "without a command: the home screen, with examples, exercises and a prompt",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"graphtutor {__version__}")
    commands = top.add_subparsers(metavar="COMMAND", parser_class=Parser)
    for name in (command,) if command in COMMANDS else COMMANDS:
        import_module(f"graphtutor.cli.{name}").add(commands)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code. A user's mistake is one paragraph on standard error."""
    from graphtutor.errors import GraphtutorError

    words = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal or pipe without UTF-8 shows \u escapes
            stream.reconfigure(errors="backslashreplace")
    try:
        words = words or ["play"]
        arguments = parser(words[0]).parse_args(words)
        if not hasattr(arguments, "run"):
            parser().error("a command is missing")
        code: int = arguments.run(arguments)
        sys.stdout.flush()
        return code
    except GraphtutorError as error:
        print(f"graphtutor: {error}", file=sys.stderr)
        return USAGE
    except BrokenPipeError:  # the reader (`| head`) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        return 130
