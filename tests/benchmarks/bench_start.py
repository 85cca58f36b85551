"""How long the command line takes to start, against the bare interpreter and `import numpy`.

python tests/benchmarks/bench_start.py [ROUNDS]     prints a Markdown table; the rounds are interleaved
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

EXPLAIN = ["-m", "graphtutor", "explain", "f=(x+y)*z", "x=-2", "y=5", "z=-4"]
COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "python -c 'import numpy'": ["-c", "import numpy"],
    "graphtutor --help": ["-m", "graphtutor", "--help"],
    "graphtutor explain": EXPLAIN,
    "graphtutor explain --json": [*EXPLAIN, "--json"],
}
RATIOS = [
    ("graphtutor --help", "python -c pass", 3.0),
    ("graphtutor --help", "python -c 'import numpy'", None),
    ("graphtutor explain", "python -c 'import numpy'", 1.5),
    ("graphtutor explain --json", "python -c 'import numpy'", 1.5),
]


def measure(rounds: int) -> dict[str, float]:
    """Return the median wall time of each command in milliseconds."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}  # as an installed package
    for number in range(rounds + 1):
        for name, arguments in COMMANDS.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True, env=environment)
            if number:  # the first round fills the caches
                times[name].append(1000 * (time.perf_counter() - start))
    return {name: statistics.median(found) for name, found in times.items()}


def main() -> None:
    medians = measure(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
    print("| command | median ms |\n|---|---|")
    for name, median in medians.items():
        print(f"| `{name}` | {median:.0f} |")
    print("\n| command | against | ratio | goal |\n|---|---|---|---|")
    for name, against, goal in RATIOS:
        print(f"| `{name}` | `{against}` | {medians[name] / medians[against]:.2f} | {f'<= {goal}' if goal else ''} |")


if __name__ == "__main__":
    main()
