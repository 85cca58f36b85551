"""`graphtutor export`: a drawing in a file."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphtutor.cli import COMMANDS
from graphtutor.cli.common import add_changes, add_command, add_expression, changed, read_expression
from graphtutor.errors import InputError

if TYPE_CHECKING:
    from graphtutor.engine.run import Run
    from graphtutor.graph import Graph


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command."""
    command = add_command(
        commands,
        "export",
        COMMANDS["export"],
        'graphtutor export "f = (x + y) * z" x=-2 y=5 z=-4 -o f.svg',
    )
    add_expression(command)
    add_changes(command)
    command.add_argument(
        "-o", "--output", metavar="PATH", help="the file; its suffix says the format; - is standard output"
    )
    command.add_argument("--format", metavar="NAME", help="the format, for -o -")
    command.add_argument("--no-copies", action="store_true", help="leave out the copy gates")
    command.add_argument("--no-roles", action="store_true", help="do not write what each gate does to the gradient")
    command.add_argument("--step", type=int, metavar="N", help="draw what is known after N steps of the run")
    command.add_argument("--title", metavar="TEXT", help="a line above the drawing")
    command.add_argument("--dpi", type=int, default=160, metavar="N", help="dots per inch of a PNG (default: 160)")
    command.add_argument(
        "--rankdir", default="LR", metavar="DIR", help="LR, TB, RL or BT: where values flow (default: LR)"
    )
    command.add_argument("--transparent", action="store_true", help="no white background")
    command.add_argument("--lang", default="en", help="language of the roles: en or ko (default: en)")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Draw, and print the path."""
    from graphtutor.export import export, fonts, formats, render

    target = _target(arguments)
    drawn = _drawn(arguments)
    options = {
        "copies": not arguments.no_copies,
        "roles": not arguments.no_roles,
        "step": arguments.step,
        "title": arguments.title,
        "dpi": arguments.dpi,
        "rankdir": arguments.rankdir,
        "background": "transparent" if arguments.transparent else "white",
        "lang": arguments.lang,
    }
    if target is None:
        sys.stdout.buffer.write(render(drawn, arguments.format, **options))
    else:
        print(export(drawn, target, **options))
        if formats()[target.suffix[1:].lower()].binary and fonts.missing():
            print(
                f"graphtutor: no fonts are installed here, so the letters in {target} are boxes; "
                "apt install fonts-dejavu-core, or write an .svg",
                file=sys.stderr,
            )
    return 0


def _target(arguments: argparse.Namespace) -> Path | None:
    """Return the file to write, or `None` for standard output."""
    from graphtutor.export import formats

    output, format = arguments.output, arguments.format
    if output is None:
        raise InputError(f"where to? add -o f.svg (or {', '.join('.' + name for name in formats() if name != 'svg')})")
    if output != "-":
        path = Path(output)
        if format is not None and path.suffix.lower() != f".{format}":
            raise InputError(f"-o {output} and --format {format} contradict each other; the suffix says the format")
        return path
    if format is None:
        raise InputError("-o - needs a format: add --format svg (or dot)")
    if format in formats() and formats()[format].binary and sys.stdout.isatty():
        raise InputError(f"{format} is not for a terminal; write a file (-o f.{format}) or a pipe")
    return None


def _drawn(arguments: argparse.Namespace) -> Run | Graph:
    from graphtutor.report import notices

    graph, values = read_expression(arguments)
    if graph.inputs and not values and not graph.given:
        example = " ".join(f"{name}=1" for name in graph.inputs)
        print(
            f"graphtutor: no values are given, so there are no numbers to draw; add for example: {example}",
            file=sys.stderr,
        )
        found: Graph = changed(graph, arguments)
        return found
    result: Run = changed(graph.run(values), arguments)
    for notice in notices(result, arguments.lang):
        print(f"graphtutor: {notice}", file=sys.stderr)
    return result
