"""`graphtutor explain`: every step, printed."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from graphtutor.cli import COMMANDS
from graphtutor.cli.common import add_changes, add_command, add_expression, read_run


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command."""
    command = add_command(
        commands,
        "explain",
        COMMANDS["explain"],
        'graphtutor explain "f = (x + y) * z" x=-2 y=5 z=-4',
    )
    add_expression(command)
    add_changes(command)
    command.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    command.add_argument("--lang", default="en", help="language of the sentences: en or ko (default: en)")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the run as a table or as JSON; faults go to standard error too."""
    from graphtutor.report import as_json, as_table, notices

    result = read_run(arguments)
    if arguments.json:
        import json

        utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
        json.dump(as_json(result, arguments.lang), sys.stdout, ensure_ascii=not utf8, allow_nan=False)
        print()
    else:
        for line in as_table(result, arguments.lang):
            print(line)
    for notice in notices(result, arguments.lang):
        print(f"graphtutor: {notice}", file=sys.stderr)
    return 0
