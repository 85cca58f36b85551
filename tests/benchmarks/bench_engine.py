"""The engine against its peers, as medians of ratios measured side by side in one process.

    python tests/benchmarks/bench_engine.py

Peers are optional: what is not installed is left out (`pip install micrograd autograd torch jax casadi`).
"""

from __future__ import annotations

import gc
import random
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import graphtutor as gt


def program(gates: int, seed: int) -> list[Callable[[list[Any], Callable[[Any], Any]], None]]:
    """Return a random scalar program of so many gates, as functions that fill a list of values of any library."""
    rng = random.Random(seed)
    lines = []
    count, made = 4, 0
    while made < gates:
        a, b = (rng.randrange(max(0, count - 20), count) for _ in range(2))
        text, cost = rng.choice(
            [
                (f"(V[{a}] + V[{b}]) * 0.5", 2),
                (f"(V[{a}] - V[{b}]) * 0.5", 2),
                (f"V[{a}] * V[{b}]", 1),
                (f"relu(V[{a}])", 1),
                (f"V[{a}] ** 2", 1),
            ]
        )
        lines.append(f"    V[{count}] = {text}")
        count += 1
        made += cost
    lines.append(f"    V[{count}] = {' + '.join(f'V[{n}]' for n in range(max(0, count - 20), count))}")
    parts = []
    for start in range(0, len(lines), 1000):
        space: dict[str, Any] = {}
        exec("def part(V, relu):\n" + "\n".join(lines[start : start + 1000]), space)
        parts.append(space["part"])
    return parts


def build(parts: list[Any], leaves: list[Any], relu: Callable[[Any], Any]) -> Any:
    """Run the program on values of any library."""
    values: dict[int, Any] = dict(enumerate(leaves))
    for part in parts:
        part(values, relu)
    return values[len(values) - 1]


def ratio(ours: Callable[[], object], theirs: Callable[[], object], rounds: int) -> float:
    """Return the median of theirs / ours over interleaved rounds."""
    found = []
    for _ in range(rounds):
        times = []
        for work in (ours, theirs):
            gc.collect()
            start = time.perf_counter()
            work()
            times.append(time.perf_counter() - start)
        found.append(times[1] / times[0])
    return statistics.median(found)


def one_shot(gates: int, paused: bool) -> float:
    """W1: build, forward, backward, once."""
    from micrograd.engine import Value

    rows = program(gates, gates)
    data = [0.5, -0.25, 1.5, 0.75]
    repeat = max(1, 3000 // gates)

    def ours() -> None:
        for _ in range(repeat):
            build(rows, [gt.var(f"x{i}", x) for i, x in enumerate(data)], gt.relu).backward()

    def theirs() -> None:
        for _ in range(repeat):
            build(rows, [Value(x) for x in data], Value.relu).backward()

    sys.setrecursionlimit(1_000_000)
    if paused:
        gc.disable()
    try:
        return ratio(ours, theirs, 21 if gates <= 1000 else 7)
    finally:
        gc.enable()


def main() -> None:
    """Print a Markdown table."""
    import threading

    threading.stack_size(512 * 1024 * 1024)
    print("| work | micrograd / graphtutor, collection on | paused |\n|---|---|---|")

    def table() -> None:
        for gates in (24, 100, 1000, 10_000, 100_000):
            print(f"| W1 one-shot, {gates:,} gates | {one_shot(gates, False):.1f} | {one_shot(gates, True):.1f} |", flush=True)

    worker = threading.Thread(target=table)
    worker.start()
    worker.join()


if __name__ == "__main__":
    main()
