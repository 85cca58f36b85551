"""`graphtutor serve`: what `graphtutor play` shows, in a browser."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from typing import Any

from graphtutor.cli import COMMANDS
from graphtutor.cli.common import add_command
from graphtutor.cli.play import add_subject, read_subject
from graphtutor.errors import InputError, MissingExtraError

PORT = 8000
OPEN = (
    "graphtutor: warning: {host} is not only this machine. Everyone who reaches this port can\n"
    "use the app as you, without a password and unencrypted, and every page they open runs a process here.\n"
    "Nothing is remembered from one page to the next."
)


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command."""
    command = add_command(commands, "serve", COMMANDS["serve"], 'graphtutor serve "f = (x + y) * z" x=-2 y=5 z=-4')
    add_subject(command)
    command.add_argument(
        "--host", default="127.0.0.1", help="the address to listen on (default: 127.0.0.1, this machine only)"
    )
    command.add_argument(
        "--port", type=int, default=PORT, help=f"the port to listen on; 0 takes a free one (default: {PORT})"
    )
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve the app until interrupted."""
    if not 0 <= arguments.port <= 65535:
        raise InputError(f"there is no port {arguments.port}; give one from 1 to 65535, or 0 for a free one")
    words = subject_words(arguments)
    read_subject(argparse.Namespace(**vars(arguments)), terminal=False)  # a mistake is said here, not in the browser
    try:
        from graphtutor.tui.serving import LOOPBACK, BrowserServer, listen, url
    except ModuleNotFoundError as error:
        if error.name not in ("aiohttp", "textual_serve"):
            raise
        raise MissingExtraError(
            "serving needs one more package; install it with: pip install 'graphtutor[serve]'"
        ) from None
    try:
        bound = listen(arguments.host, arguments.port)
    except (OSError, UnicodeError) as error:
        raise InputError(
            f"cannot listen on {arguments.host}, port {arguments.port}: {getattr(error, 'strerror', None) or error}. "
            "Give another --port, or --port 0 for a free one"
        ) from None
    subject = arguments.example or arguments.exercise or arguments.expression
    server = BrowserServer(words, arguments.host, f"graphtutor: {subject}" if subject else "graphtutor")
    if arguments.host not in LOOPBACK:
        print(OPEN.format(host=arguments.host), file=sys.stderr)
        os.environ.setdefault("GRAPHTUTOR_STATE", "")  # strangers neither see nor change what the owner did last
    with contextlib.suppress(KeyboardInterrupt):  # before the server listens to signals
        at = f"graphtutor is at {url(arguments.host, bound)} (ctrl+C ends it)"
        server.run(bound, lambda: print(at, flush=True))
    return 0


def subject_words(arguments: argparse.Namespace) -> list[str]:
    """Return the words of `graphtutor play` that show the same."""
    words = ["play"]
    for name in ("lang", "theme", "exercise", "example"):
        if getattr(arguments, name) is not None:
            words += [f"--{name}", getattr(arguments, name)]
    if arguments.ascii is not None:
        words.append("--ascii" if arguments.ascii else "--no-ascii")
    words += [f"--{way}={word}" for way, word in arguments.changes or ()]
    return words if arguments.expression is None else [*words, "--", arguments.expression, *arguments.values]
