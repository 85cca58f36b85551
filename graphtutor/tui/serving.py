"""The same application in a browser, through textual-serve: one process of the app per open page."""

from __future__ import annotations

import asyncio
import html
import logging
import shlex
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web
from textual_serve.server import Server

LOOPBACK = ("127.0.0.1", "localhost", "::1")
PAGE = Path(__file__).with_name("page.html")
GRACE = 3.0
"""Seconds that the open pages get to end their app when the server ends."""


def command(words: Sequence[str]) -> str:
    """Return the shell's command line that runs graphtutor with these arguments, quoted.

    The working folder is not on the path (`-P`), as when the installed `graphtutor` runs: its `random.py` is not ours.
    """
    package = str(Path(__file__).parents[2])
    code = f"import sys; sys.path.insert(0, {package!r}); from graphtutor.cli import main; sys.exit(main())"
    line = [sys.executable, "-P", "-c", code, *words]
    return subprocess.list2cmdline(line) if sys.platform == "win32" else f"exec {shlex.join(line)}"


def listen(host: str, port: int) -> socket.socket:
    """Return a socket bound to the address; port 0 takes a free one. Raise `OSError` where that does not work."""
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    return socket.create_server(address[:2], family=family)


def url(host: str, bound: socket.socket) -> str:
    """Return the address to open in a browser on this machine."""
    name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://{f'[{name}]' if ':' in name else name}:{bound.getsockname()[1]}/"


def is_own(host: str, origin: str | None, loopback: bool) -> bool:
    """Return whether a request comes from the page that was served, not from a foreign one that is open beside it.

    Any web page may open a WebSocket to this machine: its own name is in `Origin`. A page whose name was pointed at
    this machine's address gives itself away in `Host`.
    """
    try:
        name = urlsplit(f"//{host}").hostname
        asking = host if origin is None else urlsplit(origin).netloc
    except ValueError:
        return False
    return asking == host and (name in LOOPBACK or not loopback)


class BrowserServer(Server):
    """Serve the app, to pages that it sent itself."""

    def __init__(self, words: Sequence[str], host: str, title: str) -> None:
        super().__init__(command(words), host=host, title=title)
        self._pages: set[asyncio.Task[object]] = set()

    def run(self, bound: socket.socket, ready: Callable[[], None]) -> None:
        """Serve on the socket until interrupted; `ready` is called once pages are answered and ctrl+C ends it well."""
        logging.basicConfig(level="ERROR", format="graphtutor: %(message)s")

        @web.middleware
        async def guard(
            request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
        ) -> web.StreamResponse:
            if not is_own(request.host, request.headers.get("Origin"), self.host in LOOPBACK):
                raise web.HTTPForbidden(text="graphtutor answers only to its own page")
            return await handler(request)

        app = web.Application(middlewares=[guard])
        app.add_routes(
            [
                web.get("/", self.handle_index),
                web.get("/ws", self.handle_websocket),
                web.get("/download/{key}", self.handle_download),
                web.static("/static", self.statics_path),
            ]
        )
        app.on_shutdown.append(self.on_shutdown)
        web.run_app(app, sock=bound, print=lambda _: ready(), access_log=None, shutdown_timeout=GRACE)

    async def handle_index(self, request: web.Request) -> web.Response:
        """Return the page that holds the terminal."""
        page = PAGE.read_text(encoding="utf-8").replace("{title}", html.escape(self.title))
        return web.Response(text=page, content_type="text/html")

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Run one app for one page."""
        task = asyncio.current_task()
        assert task is not None
        self._pages.add(task)
        try:
            return await super().handle_websocket(request)
        finally:
            self._pages.discard(task)

    async def on_shutdown(self, app: web.Application) -> None:
        """End the apps of the open pages."""
        for page in self._pages:
            page.cancel()
        if self._pages:
            await asyncio.wait(self._pages, timeout=GRACE)
