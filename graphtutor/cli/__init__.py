"""The command line: the only place that parses arguments. A command is a module with `add` and a `run` of its own."""

from __future__ import annotations

import argparse
import io
import os
import sys
from importlib import import_module

from graphtutor import __version__

TYPE_CHECKING = False  # not typing's own: importing typing is a fifth of the time of `--help`
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, NoReturn

COMMANDS = {
    "play": "watch a run on its graph, step by step",
    "serve": "the same as play, in a browser",
    "explain": "print every step of a run in words and numbers",
    "export": "draw the graph with its values and gradients into a file: DOT, SVG, PNG, PDF",
    "check": "compare gradients with centred differences; exit 1 when they disagree",
    "exercise": "work through exercises on answer sheets",
    "grade": "grade folders of answer sheets",
    "doctor": "say what is installed and what that means",
}
"""The modules of this package that are commands, and what they do, in the order of `--help`."""

DONE, WRONG, USAGE = 0, 1, 2
"""Exit codes: done; the answer or the check is wrong; the input or the usage is wrong."""


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one paragraph and say where to look."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """Read values that stand after an option (`-o f.svg x=1`) as well; argparse leaves them over.

        An option that may stand alone (`--expand`) takes the next word only where that can be a name.
        """
        words = list(sys.argv[1:] if args is None else args)
        alone = {
            name: action.const for action in self._actions if action.nargs == "?" for name in action.option_strings
        }
        for i, word in enumerate(words):
            if word in alone and not (i + 1 < len(words) and words[i + 1].isidentifier()):
                words[i] = f"{word}={alone[word]}"
        found, rest = super().parse_known_args(words, namespace)
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
    """Return the parser that knows all commands by name, or the one that is asked for with its arguments.

    Only that one is imported: `--help` imports none.
    """
    top = Parser(
        prog="graphtutor",
        description="See a computational graph, watch values flow forward and gradients flow back, and be asked.",
        epilog='start with:  graphtutor play "f = (x + y) * z" x=-2 y=5 z=-4\n'
        "without a command: the home screen, with examples, exercises and a prompt",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"graphtutor {__version__}")
    commands = top.add_subparsers(metavar="COMMAND", parser_class=Parser)
    if command in COMMANDS:
        import_module(f"graphtutor.cli.{command}").add(commands)
    else:
        for name, says in COMMANDS.items():
            commands.add_parser(name, help=says)
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
