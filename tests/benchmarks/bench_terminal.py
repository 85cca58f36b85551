"""The app in a real pseudo-terminal of 200x50: key to last byte, time to the first graph, animation, stalls.

python tests/benchmarks/bench_terminal.py [GATES ...]     prints a Markdown table; without numbers 1000 and 10000

Needs Linux. On a busy machine read the processor's time, and compare the rest with the bare import in the first row and
with the key of an app of Textual alone.
"""

from __future__ import annotations

import fcntl
import os
import pty
import random
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable, Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from emulator import Emulator

from graphtutor.cli.play import YOUNG

COLUMNS, ROWS = 200, 50
QUIET = 0.06
"""Seconds without a byte after which a frame is taken to be complete."""
PATIENCE = 180.0
PAN = {"shift+right": b"\x1b[1;2C", "shift+left": b"\x1b[1;2D", "shift+down": b"\x1b[1;2B", "shift+up": b"\x1b[1;2A"}
STEP = {"right": b"\x1b[C", "left": b"\x1b[D"}
SELECT = {"tab": b"\t", "shift+tab": b"\x1b[Z"}
BARE = """
import gc
from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.strip import Strip
from textual.widget import Widget

STYLES = [Style.parse(f"{colour} on #0d1117") for colour in ("#56d364", "#f6a4cf", "#8796a5", "#6b7a8c")]

class Page(Widget):
    turn = 0
    def render_line(self, y):
        return Strip([Segment(f"{self.turn + y + x:>10}", STYLES[(x + y) % 4]) for x in range(20)], 200)

class Bare(App):
    def compose(self):
        yield Page()
    def on_key(self, event):
        page = self.query_one(Page)
        page.turn += 1
        page.refresh()

gc.set_threshold(YOUNG)
Bare().run()
""".replace("YOUNG", str(YOUNG))
"""An app of Textual and nothing else, which writes every row of the screen anew for a key: what the machine takes."""
REDUCED = b"M"
"""The key that switches motion off and on."""


def layered(count: int, seed: int = 7) -> str:
    """Write an expression of about so many nodes in layers of 25, each gate fed from nearby, mostly one layer back."""
    rng = random.Random(seed)
    wide = 25 if count <= 2000 else 60
    names = [f"x{i}" for i in range(wide)]
    lines = [f"{name} = {rng.randint(-9, 9) / 10}" for name in names]
    unused = dict.fromkeys(names)
    while len(names) < 0.59 * count:  # the rest are copy gates and the sum at the end
        layer, at = divmod(len(names), wide)
        found = []
        for _ in range(2):
            back = min(layer, rng.choice((1, 1, 1, 1, 2, 3)))
            found.append(names[(layer - back) * wide + min(max(at + rng.randint(-4, 4), 0), wide - 1)])
        form = rng.choice(("{} + {}", "{} * {}", "max({}, {})", "tanh({})"))
        for name in found[: form.count("{}")]:
            unused.pop(name, None)
        names.append(f"g{len(names)}")
        lines.append(f"{names[-1]} = {form.format(*found)}")
        unused[names[-1]] = None
    return "\n".join([*lines, "f = " + " + ".join(unused)])


class Terminal:
    """A program in a pseudo-terminal, and what its screen shows."""

    def __init__(self, words: list[str]) -> None:
        environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "GRAPHTUTOR_STATE": ""}
        for name in ("COLUMNS", "LINES", "NO_COLOR", "TEXTUAL_ANIMATIONS", "PYTHONDONTWRITEBYTECODE"):
            environment.pop(name, None)
        self.screen = Emulator(COLUMNS, ROWS)
        self.started = time.perf_counter()
        self.pid, self.file = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
            os.execvpe(words[0], words, environment)
        self.bytes = 0

    def read(self, seconds: float) -> bytes:
        """Return what is written within the time, as soon as there is anything; nothing when the program has ended."""
        if not select.select([self.file], [], [], seconds)[0]:
            return b""
        try:
            data = os.read(self.file, 1 << 20)
        except OSError:
            return b""
        self.bytes += len(data)
        return data

    def until(self, true: Callable[[Emulator], object], seconds: float = PATIENCE) -> float | None:
        """Return when the last byte came after which it is true; `None` when that does not happen in time."""
        end = time.perf_counter() + seconds
        while not self.ended and time.perf_counter() < end:
            if data := self.read(0.2):
                now = time.perf_counter()
                self.screen.feed(data)
                if true(self.screen):
                    return now
        return None

    def settle(self, seconds: float = 1.0) -> None:
        """Read until nothing is written for a while."""
        while data := self.read(seconds):
            self.screen.feed(data)

    def press(self, key: bytes) -> tuple[float, int]:
        """Press a key; return the seconds until the last byte of the frame, and its bytes."""
        written = bytearray()
        start = last = time.perf_counter()
        os.write(self.file, key)
        while data := self.read(QUIET if written else 1.0):
            last = time.perf_counter()
            written += data  # read later: the program must not wait for this emulator, which is slower than a terminal
        self.screen.feed(bytes(written))
        return last - start, len(written)

    @property
    def ended(self) -> bool:
        """Whether the program has ended."""
        try:
            return os.waitpid(self.pid, os.WNOHANG)[0] != 0
        except ChildProcessError:
            return True

    def cpu(self) -> float:
        """Return the seconds of processor time used so far."""
        threads = Path(f"/proc/{self.pid}/task").glob("*/schedstat")
        return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9

    def close(self) -> None:
        """End the program."""
        if not self.ended:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.file)


def percentile(times: list[float], share: float) -> float:
    """Return the value below which that share lies."""
    return sorted(times)[min(len(times) - 1, int(share * len(times)))]


def painted(screen: Emulator) -> bool:
    """Return whether the graph is on the screen: boxes with a gate's name or role in their frame."""
    return any(word in screen.text for word in ("distributor", "switcher", "─ g", "●")) and "╭" in screen.text


def row(what: str, goal: str, times: Iterable[float], cpu: float | None = None) -> None:
    """Print a line of the table from seconds."""
    found = [1000 * time for time in times]
    high = f"{percentile(found, 0.95):.0f} ms" if len(found) > 9 else ""
    used = "" if cpu is None else f"{1000 * cpu:.0f} ms"
    print(
        f"| {what} | {goal} | {statistics.median(found):.0f} ms | {high} | {max(found):.0f} ms | {used} |", flush=True
    )


def measure(count: int, folder: Path) -> None:
    """Print the lines of one size."""
    from graphtutor.expr import parse

    text = layered(count)
    path = folder / f"{count}.txt"
    path.write_text(text)
    gates = f"{len(parse(text).nodes):,} gates"
    words = [sys.executable, "-m", "graphtutor", "play", str(path)]
    goal = "<= 1000 ms" if count <= 2000 else ""
    terminal = opening(words, gates, goal)
    if terminal is None:
        return
    if count > 2000:
        loading(words, gates)
    terminal.settle()
    terminal.press(REDUCED)  # with motion the last byte of a step comes when its token has arrived
    terminal.settle()
    for what, keys in (("pan", PAN), ("step", STEP), ("select", SELECT)):
        keyed(terminal, f"{gates}: {what}, key to last byte", keys)
    terminal.press(REDUCED)
    terminal.settle()
    playing(terminal, gates)
    terminal.close()


def opening(words: list[str], gates: str, goal: str, rounds: int = 3) -> Terminal | None:
    """Print how long it takes until the graph is seen; return the last of the apps that were opened."""
    since_start, since_byte, cpu = [], [], 0.0
    for number in range(rounds):
        terminal = Terminal(words)
        first = terminal.until(lambda screen: True)
        seen = terminal.until(painted)
        if first is None or seen is None:
            print(f"| {gates} | | not shown: {' '.join(terminal.screen.text.split())[:160]} | | | |", flush=True)
            terminal.close()
            return None
        since_start.append(seen - terminal.started)
        since_byte.append(seen - first)
        cpu = terminal.cpu()
        if number < rounds - 1:
            terminal.close()
    row(f"{gates}: first graph after the app's first byte", goal, since_byte)
    row(f"{gates}: first graph after the process was started", "", since_start, cpu)
    return terminal


def loading(words: list[str], gates: str) -> None:
    """Print how fast help opens and closes while the graph is being read and laid out."""
    terminal = Terminal(words)
    terminal.until(lambda screen: "Quit" in screen.text)
    times = []
    while not painted(terminal.screen) and not terminal.ended:
        for key, true in ((b"?", lambda s: "esc closes" in s.text), (b"\x1b", lambda s: "esc closes" not in s.text)):
            start = time.perf_counter()
            os.write(terminal.file, key)
            seen = terminal.until(true, 20)
            times.append((seen or time.perf_counter()) - start)
        terminal.settle(0.05)
    terminal.close()
    if times:
        row(f"{gates}: help opens or closes while loading ({len(times)} keys)", "never blocked", times)


def keyed(terminal: Terminal, what: str, keys: dict[str, bytes], presses: int = 80, goal: str = "p95 <= 25 ms") -> None:
    """Print how long the frame takes that a key asks for."""
    times, sizes = [], []
    start = terminal.cpu()
    order = list(keys.values())
    for i in range(presses):
        spent, size = terminal.press(order[i * len(order) // presses])
        if size:
            times.append(spent)
            sizes.append(size)
    if times:
        used = (terminal.cpu() - start) / presses
        row(f"{what} ({statistics.median(sizes) / 1000:.1f} kB)", goal, times, used)
    else:
        print(f"| {what} | {goal} | no byte came | | | |", flush=True)
    terminal.settle(0.3)


def playing(terminal: Terminal, gates: str, seconds: float = 5) -> None:
    """Print the share of a core that the animation takes."""
    os.write(terminal.file, b" ")
    end = time.perf_counter() + 0.5
    while time.perf_counter() < end:
        terminal.read(0.1)
    start, spent, writes, before = time.perf_counter(), terminal.cpu(), 0, terminal.bytes
    while time.perf_counter() < start + seconds:
        writes += bool(terminal.read(0.1))
    seconds = time.perf_counter() - start
    share = (terminal.cpu() - spent) / seconds
    rate = f"{writes / seconds:.0f} writes and {(terminal.bytes - before) / seconds / 1000:.0f} kB a second"
    print(f"| {gates}: playing, {rate} | <= 15 % of a core | {100 * share:.1f} % | | | |", flush=True)


def main() -> None:
    counts = [int(word) for word in sys.argv[1:]] or [1000, 10000]
    print("| what | goal | median | p95 | max | processor's time |\n|---|---|---|---|---|---|")
    bare, homes = [], []
    for _ in range(5):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", "import textual.app"], check=True)
        bare.append(time.perf_counter() - start)
        terminal = Terminal([sys.executable, "-m", "graphtutor"])
        seen = terminal.until(lambda screen: "expression" in screen.text and "Quit" in screen.text)
        assert seen is not None, terminal.screen.text
        homes.append(seen - terminal.started)
        terminal.close()
    row("`python -c 'import textual.app'`", "", bare)
    row("`graphtutor` to a painted home screen", "", homes)
    ratios = [home / alone for home, alone in zip(homes, bare, strict=True)]
    print(f"| home against the bare import | <= 2.5 | {statistics.median(ratios):.2f} | | {max(ratios):.2f} | |")
    terminal = Terminal([sys.executable, "-c", BARE])
    terminal.until(lambda screen: "19" in screen.text)
    keyed(terminal, "Textual alone, every row anew, key to last byte", STEP, goal="")
    terminal.close()
    with tempfile.TemporaryDirectory() as folder:
        for count in counts:
            measure(count, Path(folder))


if __name__ == "__main__":
    main()
