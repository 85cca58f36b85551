"""Use the app at random for long: no exception, and no memory that is not given back.

python tests/benchmarks/bench_soak.py [EVENTS [SEED]]     2000 events by default

On a failure it looks for the fewest events that repeat it.
"""

from __future__ import annotations

import asyncio
import gc
import heapq
import os
import random
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

from textual._context import visible_screen_stack

sys.path.insert(0, str(Path(__file__).parents[1]))
from soaking import STUDIES, Deed, do, go_home, next_deed, smallest, soaking

WARM = 0.25
"""The share of the events after which the memory is what it may be."""
LAST = 3.0
"""Seconds in which timers that know a screen, and work beside one, come to their end before the memory is measured."""


def forget_waiting() -> None:
    """Drop what only this test holds: Textual's Pilot leaves a cancelled timer of 30 s for every key, which knows the
    screen, and the screens under the one that the mouse was last sent to are remembered for the sender."""
    visible_screen_stack.set([])
    scheduled = getattr(asyncio.get_running_loop(), "_scheduled", [])
    scheduled[:] = [handle for handle in scheduled if not handle.cancelled()]
    heapq.heapify(scheduled)


TOUR = (
    "end r escape w right escape d escape t t a escape s escape i i m z Z f slash escape x escape question_mark escape"
)
"""Keys that load and fill once what everything there is needs."""


def resident() -> float:
    """Return the memory of this process in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def tour() -> Iterator[Deed]:
    """Go once through what there is: memory that is taken for the first time later would look like growth."""
    yield "size", 200, 60
    for number in range(len(STUDIES)):
        yield "open", number, "en"
        yield from (("key", key) for key in TOUR.split())
    yield "size", 80, 24


async def soak(count: int, seed: int) -> tuple[list[tuple[int, float, float, int]], list[Deed], BaseException | None]:
    """Return the memory at home now and then (events, traced MB, resident MB, objects), what was done, the error."""
    rng, done, found = random.Random(seed), list[Deed](), list[tuple[int, float, float, int]]()
    try:
        async with soaking() as pilot:
            for deed in tour():
                await do(pilot, deed)
            await go_home(pilot)
            for number in range(1, count + 1):
                done.append(next_deed(pilot, rng))
                await do(pilot, done[-1])
                if number % max(1, int(count * WARM / 2)) == 0:
                    done.append(("size", 80, 24))
                    await do(pilot, done[-1])
                    await go_home(pilot)
                    await asyncio.sleep(LAST)
                    done.append(("mouse", "MouseMove", 0, 0, False))
                    await do(pilot, done[-1])  # the app remembers the last message and its sender, a screen
                    forget_waiting()
                    gc.collect()
                    found.append((number, tracemalloc.get_traced_memory()[0] / 1e6, resident(), len(gc.get_objects())))
                    print("| {} | {:.1f} | {:.0f} | {:,} |".format(*found[-1]), flush=True)
    except BaseException as error:
        return found, done, error
    return found, done, None


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for name in ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
            os.environ[name] = folder
        start = time.perf_counter()
        tracemalloc.start()
        print("| events | traced MB | resident MB | objects |\n|---|---|---|---|")
        found, done, error = asyncio.run(soak(count, seed))
        tracemalloc.stop()
        print(f"\n{len(done)} events in {time.perf_counter() - start:.0f} s, seed {seed}")
        if error is not None:
            print(f"{type(error).__name__}: {error}\nlooking for the fewest events that repeat it ...", flush=True)
            for deed in asyncio.run(smallest(done)):
                print(f"    {deed!r},")
            raise SystemExit(1)
        warm = next(row for row in found if row[0] >= count * WARM)
        growth = [100 * (found[-1][i] / warm[i] - 1) for i in (1, 2)]
        print(
            f"growth since event {warm[0]}: traced {growth[0]:+.1f} %, resident {growth[1]:+.1f} % (goal: at most 20 %)"
        )


if __name__ == "__main__":
    main()
