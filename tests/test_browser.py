"""`graphtutor serve`: its mistakes, who it answers to, and the app in a real browser."""

from __future__ import annotations

import asyncio
import base64
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from emulator import Emulator

from graphtutor.cli import main

aiohttp = pytest.importorskip("aiohttp", reason="the extra `serve` is not installed")
pytest.importorskip("textual_serve", reason="the extra `serve` is not installed")

from graphtutor.cli import parser  # noqa: E402
from graphtutor.cli.serve import subject_words  # noqa: E402
from graphtutor.tui.memory import FILE, LOG  # noqa: E402
from graphtutor.tui.serving import command, is_own  # noqa: E402

DEADLINE = 60
"""Seconds until a test gives up on what it waits for."""
WORDS = ["f = (x + y) * z", "x=-2", "y=5", "z=-4"]


@contextmanager
def serving(*words: str, folder: Path | None = None) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run `graphtutor serve` on a free port; yield its address and the process."""
    path = os.pathsep.join(filter(None, [str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH")]))
    process = subprocess.Popen(
        [sys.executable, "-m", "graphtutor", "serve", "--port", "0", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"http://\S+", line)
        assert found, (line, process.stderr and process.stderr.read())
        yield found[0], process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


# The command line


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--port", "70000"], "no port 70000"),
        (["--port", "http"], "invalid int value"),
        (["--host", "no.such.host.invalid"], "cannot listen on no.such.host.invalid"),
        (["f = x ^ 2"], "column"),
        (["--example", "nothing"], "nothing"),
        (["f = x", "--lang", "tlh"], "unknown language"),
    ],
)
def test_a_mistake_is_one_paragraph_and_exit_2(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        code = main(["serve", *words])
    except SystemExit as leaving:
        code = leaving.code  # type: ignore[assignment]
    shown = capsys.readouterr()
    assert code == 2 and said in shown.err and "Traceback" not in shown.err and not shown.out


def test_a_port_in_use_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert main(["serve", "--port", str(taken.getsockname()[1])]) == 2
    said = capsys.readouterr().err
    assert "in use" in said and "--port 0" in said


def test_a_missing_extra_is_one_sentence_with_the_command() -> None:
    code = (
        "import sys; sys.modules['aiohttp'] = None; from graphtutor.cli import main; sys.exit(main(['serve', 'f = x']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 2 and "pip install 'graphtutor[serve]'" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "words",
    [
        WORDS,
        [],
        ["--example", "xor", "--lang", "ko"],
        ["--exercise", "1"],
        ["q = x*y; f = sigmoid(q)", "x=1", "--expand", "--collapse", "q"],
        ["--", "-x*y", "x=1"],
        ["f = x; y'$(touch broken)`touch broken`", "x = 1"],
    ],
)
def test_what_is_served_is_what_play_is_asked_for(words: list[str], tmp_path: Path) -> None:
    served = parser("serve").parse_args(["serve", *words])
    line = shlex.split(command(subject_words(served)))
    asked = parser("play").parse_args(line[line.index("play") :])
    expected = parser("play").parse_args(["play", *words])
    assert vars(asked) == vars(expected)


def test_the_shell_sees_one_word_per_argument(tmp_path: Path) -> None:
    line = command(["play", "--example", "$(touch broken); touch broken & `touch broken` ' \" \\"])
    done = subprocess.run(line, shell=True, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2 and "touch broken" in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("host", "origin", "loopback", "own"),
    [
        ("127.0.0.1:8000", None, True, True),
        ("localhost:9000", "http://localhost:9000", True, True),  # through a tunnel
        ("[::1]:8000", "http://[::1]:8000", True, True),
        ("127.0.0.1:8000", "http://evil.example", True, False),
        ("127.0.0.1:8000", "http://127.0.0.1:9999", True, False),
        ("127.0.0.1:8000", "null", True, False),
        ("evil.example:8000", "http://evil.example:8000", True, False),
        ("classroom.example:8000", "http://classroom.example:8000", False, True),
        ("classroom.example:8000", "http://evil.example", False, False),
        ("[", None, True, False),
    ],
)
def test_a_foreign_page_is_not_answered(host: str, origin: str | None, loopback: bool, own: bool) -> None:
    assert is_own(host, origin, loopback) is own


# The server


async def test_only_its_own_page_may_run_the_app() -> None:
    with serving(*WORDS) as (address, _):
        async with aiohttp.ClientSession() as session:
            async with session.get(address) as page:
                text = await page.text()
                assert page.status == 200 and "<title>graphtutor: f = (x + y) * z</title>" in text
                assert "http://" not in text and "https://" not in text, "nothing is loaded from elsewhere"
            for headers in ({"Origin": "http://evil.example"}, {"Host": "evil.example"}):
                with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
                    await session.ws_connect(address + "ws", headers=headers)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize(("host", "forgets"), [("127.0.0.1", False), ("0.0.0.0", True)])
async def test_strangers_share_no_state_with_the_owner(
    host: str, forgets: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GRAPHTUTOR_STATE", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with serving("--host", host, *WORDS) as (address, process):
        async with aiohttp.ClientSession() as session, session.ws_connect(address + "ws?width=80&height=24") as page:
            await page.receive(DEADLINE)
            app = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[0]
            assert (b"GRAPHTUTOR_STATE=" in Path(f"/proc/{app}/environ").read_bytes().split(b"\0")) is forgets


async def test_it_warns_where_others_reach_it_and_ends_cleanly_with_a_page_open() -> None:
    with serving("--host", "0.0.0.0", *WORDS) as (address, process):
        assert address.startswith("http://127.0.0.1:")
        async with aiohttp.ClientSession() as session, session.ws_connect(address + "ws?width=80&height=24") as page:
            assert (await page.receive(DEADLINE)).type == aiohttp.WSMsgType.BINARY
            process.send_signal(signal.SIGINT)
            while not (await page.receive(DEADLINE)).type & aiohttp.WSMsgType.CLOSE:
                pass
        assert await asyncio.to_thread(process.wait, DEADLINE) == 0
        assert process.stderr is not None
        warning = process.stderr.read()
        assert "0.0.0.0 is not only this machine" in warning and "without a password" in warning
        assert "Traceback" not in warning


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
async def test_an_app_does_not_outlive_a_server_that_was_killed_and_calls_that_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRAPHTUTOR_STATE", str(tmp_path))
    with serving(*WORDS) as (address, process):
        async with aiohttp.ClientSession() as session, session.ws_connect(address + "ws?width=80&height=24") as page:
            await page.receive(DEADLINE)
            app = Path("/proc", Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[0])
            assert app.exists()
            process.kill()
            async with asyncio.timeout(DEADLINE):
                while app.exists():
                    await asyncio.sleep(0)
    assert not (tmp_path / LOG).exists() and (tmp_path / FILE).exists()


def test_on_this_machine_only_it_does_not_warn() -> None:
    with serving(*WORDS) as (_, process):
        process.send_signal(signal.SIGINT)
        assert process.wait(DEADLINE) == 0
        assert process.stderr is not None and process.stderr.read() == ""


# The browser


class Tab:
    """A page of a headless Chromium, driven over its debugging protocol; the screen is read from what it was sent."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket
        self._number = 0
        self.screen = Emulator(1, 1)

    def _sent(self, event: dict[str, Any]) -> None:
        found = event.get("params", {})
        if event.get("method") == "Network.webSocketCreated":
            size = re.search(r"width=(\d+)&height=(\d+)", found["url"])
            assert size
            self.screen.resize(int(size[1]), int(size[2]))
        elif event.get("method") == "Network.webSocketFrameReceived" and found["response"]["opcode"] == 2:
            self.screen.feed(base64.b64decode(found["response"]["payloadData"]))

    async def do(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and return its result."""
        self._number += 1
        await self._socket.send_json({"id": self._number, "method": method, "params": parameters})
        while True:
            event = await self._socket.receive_json(timeout=DEADLINE)
            if event.get("id") == self._number:
                assert "error" not in event, event
                return event["result"]  # type: ignore[no-any-return]
            self._sent(event)

    async def until(self, true: Callable[[Emulator], object], what: str) -> None:
        """Wait until the screen shows it."""
        try:
            async with asyncio.timeout(DEADLINE):
                while not true(self.screen):
                    self._sent(await self._socket.receive_json())
        except TimeoutError:
            raise AssertionError(f"{what} did not appear:\n{self.screen.text}") from None

    async def see(self, text: str) -> None:
        """Wait for a text."""
        await self.until(lambda screen: text in screen.text, repr(text))

    async def run(self, script: str) -> Any:
        """Return what a script in the page says."""
        found = await self.do("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    async def key(self, key: str, code: int, text: str = "") -> None:
        """Press a key."""
        pressed = {"key": key, "code": key, "windowsVirtualKeyCode": code}
        await self.do("Input.dispatchKeyEvent", type="keyDown", text=text, **pressed)
        await self.do("Input.dispatchKeyEvent", type="keyUp", **pressed)

    async def click(self, column: int, row: int) -> None:
        """Click into a cell."""
        left, top, width, height = await self.run(
            "(b => [b.left, b.top, b.width, b.height])(document.querySelector('.xterm-screen').getBoundingClientRect())"
        )
        x, y = left + width * (column + 0.5) / self.screen.columns, top + height * (row + 0.5) / self.screen.rows
        await self.do("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
        for action in ("mousePressed", "mouseReleased"):
            await self.do("Input.dispatchMouseEvent", type=action, x=x, y=y, button="left", clickCount=1)

    async def picture(self) -> tuple[bytes, int]:
        """Return a PNG of the page, and how many colours it has."""
        data = (await self.do("Page.captureScreenshot", format="png"))["data"]
        colours = await self.run(
            f"""(async () => {{
                const image = new Image(); image.src = "data:image/png;base64,{data}"; await image.decode();
                const canvas = new OffscreenCanvas(image.width, image.height), context = canvas.getContext("2d");
                context.drawImage(image, 0, 0);
                const pixels = new Uint32Array(context.getImageData(0, 0, image.width, image.height).data.buffer);
                return new Set(pixels).size;
            }})()"""
        )
        return base64.b64decode(data), colours


@asynccontextmanager
async def browsing(folder: Path) -> AsyncIterator[Tab]:
    """Start a headless Chromium with one empty page of 1280x800."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        pytest.skip("chromium is not installed")
    process = await asyncio.create_subprocess_exec(
        program,
        *("--headless", "--no-sandbox", "--disable-dev-shm-usage", "--no-first-run", "--window-size=1280,800"),
        *("--remote-debugging-port=0", f"--user-data-dir={folder / 'profile'}", "about:blank"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stderr is not None
        said = b""
        async with asyncio.timeout(DEADLINE):
            while not (found := re.search(rb"ws://([\d.:]+)/\S+", said)):
                line = await process.stderr.readline()
                if not line:
                    pytest.skip("chromium does not start here: " + said.decode(errors="replace")[-500:])
                said += line
        draining = asyncio.create_task(process.stderr.read())
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://{found[1].decode()}/json/list") as pages:
                address = next(page["webSocketDebuggerUrl"] for page in await pages.json() if page["type"] == "page")
            async with session.ws_connect(address, max_msg_size=0) as socket:
                tab = Tab(socket)
                for domain in ("Page", "Network", "Runtime"):
                    await tab.do(f"{domain}.enable")
                yield tab
        process.terminate()
        await draining
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_the_app_is_watched_and_worked_in_a_browser(tmp_path: Path) -> None:
    async with browsing(tmp_path) as tab:
        with serving(*WORDS, folder=tmp_path) as (address, _):
            downloads = tmp_path / "downloads"
            await tab.do("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(downloads))
            await tab.do("Page.navigate", url=address)
            await tab.see("╭distributor╮")
            await tab.see("space Play")
            assert await tab.run("document.body.classList.contains('-first-byte')")
            assert await tab.run("document.title") == "graphtutor: f = (x + y) * z"

            await tab.key("End", 35)  # without a click: the page has the focus
            await tab.see("-4 * 1 = -4")
            column, row = tab.screen.find("┏distributor")
            await tab.click(column + 2, row + 1)
            await tab.see("╔distributor╗")
            await tab.see("add1 = x + y")

            picture, colours = await tab.picture()
            (tmp_path / "browser.png").write_bytes(picture)
            assert colours > 50, "the page is blank"

            await tab.key("x", 88, "x")
            await tab.see("browser's downloads")
            await tab.key("Enter", 13, "\r")
            await tab.see("f.svg (")
            async with asyncio.timeout(DEADLINE):
                while not (downloads / "f.svg").is_file():
                    await tab.run("new Promise(done => setTimeout(done, 20))")
            assert "<svg" in (downloads / "f.svg").read_text()
            assert not (tmp_path / "f.svg").exists(), "nothing is written where the server runs"

            await tab.key("q", 81, "q")
            async with asyncio.timeout(DEADLINE):
                while not await tab.run("document.body.classList.contains('-closed')"):
                    pass
