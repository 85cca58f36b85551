"""How long the command line takes to start, against the bare interpreter, `import numpy` and `import textual.app`.

python tests/benchmarks/bench_start.py [ROUNDS]     prints a Markdown table

The rounds are interleaved; a ratio is the median of the ratios of the rounds.

The home screen is run in a pseudo-terminal (Linux, macOS), until prompt, examples and exercises stand on it.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time

EXPLAIN = ["-m", "graphtutor", "explain", "f=(x+y)*z", "x=-2", "y=5", "z=-4"]
COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "python -c 'import numpy'": ["-c", "import numpy"],
    "python -c 'import textual.app'": ["-c", "import textual.app"],
    "graphtutor --help": ["-m", "graphtutor", "--help"],
    "graphtutor explain": EXPLAIN,
    "graphtutor explain --json": [*EXPLAIN, "--json"],
}
HOME = "graphtutor (home screen painted)"
PAINTED = (b"expression", b"x*x", b"add gate")
"""What stands on the home screen when it is there: the prompt, a worked example, an exercise."""
RATIOS = [
    ("graphtutor --help", "python -c pass", 3.0),
    ("graphtutor --help", "python -c 'import numpy'", None),
    ("graphtutor explain", "python -c 'import numpy'", 1.5),
    ("graphtutor explain --json", "python -c 'import numpy'", 1.5),
    (HOME, "python -c 'import textual.app'", 2.5),
]


def home(environment: dict[str, str]) -> float:
    """Return the seconds from the start of the program to its painted home screen."""
    with tempfile.TemporaryDirectory() as state:
        environment = {**environment, "TERM": "xterm-256color", "COLORTERM": "truecolor", "GRAPHTUTOR_STATE": state}
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "graphtutor"],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environment,
            start_new_session=True,
        )
        os.close(theirs)
        seen = b""
        try:
            while not all(piece in seen for piece in PAINTED):
                if not select.select([ours], [], [], 30)[0]:
                    raise TimeoutError("no home screen within 30 s")
                seen += os.read(ours, 1 << 16)
            return time.perf_counter() - start
        finally:
            process.kill()
            process.wait()
            os.close(ours)


def measure(rounds: int) -> dict[str, list[float]]:
    """Return the wall times of each command in milliseconds, round by round."""
    times: dict[str, list[float]] = {name: [] for name in (*COMMANDS, HOME)}
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}  # as an installed package
    for number in range(rounds + 1):
        for name, arguments in COMMANDS.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True, env=environment)
            if number:  # the first round fills the caches
                times[name].append(1000 * (time.perf_counter() - start))
        found = home(environment)
        if number:
            times[HOME].append(1000 * found)
    return times


def main() -> None:
    times = measure(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
    print("| command | median ms |\n|---|---|")
    for name, found in times.items():
        print(f"| `{name}` | {statistics.median(found):.0f} |")
    print("\n| command | against | ratio | goal |\n|---|---|---|---|")
    for name, against, goal in RATIOS:
        ratio = statistics.median(ours / theirs for ours, theirs in zip(times[name], times[against], strict=True))
        print(f"| `{name}` | `{against}` | {ratio:.2f} | {f'<= {goal}' if goal else ''} |")


if __name__ == "__main__":
    main()
