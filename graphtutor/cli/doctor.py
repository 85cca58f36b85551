"""`graphtutor doctor`: what is installed, and what that means."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from graphtutor.cli import COMMANDS
from graphtutor.cli.common import add_command


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command."""
    command = add_command(commands, "doctor", COMMANDS["doctor"], "graphtutor doctor --json")
    command.add_argument("--json", action="store_true", help="print one JSON object instead of lines")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the findings; exit 1 when something required is broken."""
    import json
    from dataclasses import asdict

    from graphtutor.installed import BROKEN, CHECKS

    found = [finding for check in CHECKS for finding in check()]
    broken = any(finding.state == BROKEN for finding in found)
    if arguments.json:
        json.dump({"format": 1, "ok": not broken, "findings": [asdict(finding) for finding in found]}, sys.stdout)
        print()
    else:
        wide = max(len(finding.topic) for finding in found)
        for finding in found:
            print(f"{finding.state:<6}  {finding.topic:<{wide}}  {finding.text}")
    return 1 if broken else 0
