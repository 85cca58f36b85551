"""Measure what the tutor's screen costs: frames to ANSI, steps, panning, animation, opening. Prints a Markdown table.

Milliseconds are those of the processor, so that other programs on the machine matter less; they still count, so the
last lines say what Textual needs for a screen with nothing on it. What is changed is timed until all of it is written,
with the messages, the layout and the timers in between.

python tests/benchmarks/bench_screen.py [--quick] [GATES ...]
"""

from __future__ import annotations

import asyncio
import gc
import random
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

from textual._compositor import CompositorUpdate
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Static

from graphtutor.cli.play import YOUNG
from graphtutor.tui.app import GraphtutorApp
from graphtutor.tui.canvas import GraphCanvas
from graphtutor.tui.study import study
from graphtutor.tui.tutor import TutorScreen

SIZE = (200, 50)
LENGTHS = (1000, 10_000)
"""Nodes of the graphs on which it is measured how long the event loop is blocked."""
PAUSE = 0.04
"""Seconds in which a frame is written, with two ticks of Textual's clock; on a busy machine some fall into the next."""
GATES = ("{a} + {b}", "{a} * {b}", "tanh({a})", "max({a}, {b})", "sigmoid({b})")


def random_text(nodes: int, seed: int = 7) -> str:
    """Write an expression of about so many nodes, in layers whose gates take their arguments from nearby."""
    rng = random.Random(seed)
    wide = 25 if nodes <= 1000 else 60
    row = [f"x{i}" for i in range(wide)]
    lines: list[str] = []
    # A gate brings about a quarter of a copy gate with it.
    while len(lines) * 1.25 + 2 * wide < nodes:
        made = []
        for at in range(wide):
            lines.append(
                f"g{len(lines)} = "
                + rng.choice(GATES).format(a=row[min(max(at + rng.randint(-2, 2), 0), wide - 1)], b=row[at])
            )
            made.append(lines[-1].partition(" ")[0])
        row = made
    return "\n".join([*lines, f"out = {' + '.join(row)}"])


class Measured(GraphtutorApp):
    """The app without a terminal, which turns its frames into ANSI all the same, and counts."""

    written = 0

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        if isinstance(renderable, CompositorUpdate):
            self.written += len(renderable.render_segments(self.console).encode())


def figures(seconds: list[float]) -> str:
    """Write median, 95th percentile and maximum in milliseconds."""
    ordered = sorted(1000 * s for s in seconds)
    return f"{statistics.median(ordered):.2f} / {ordered[int(len(ordered) * 0.95)]:.2f} / {ordered[-1]:.2f}"


async def ready(pilot: Pilot[None]) -> None:
    """Wait until the graph is drawn."""
    while not (isinstance(pilot.app.screen, TutorScreen) and hasattr(pilot.app.screen, "scene")):
        await pilot.pause(0.005)
    await pilot.pause()


async def frames(times: int, change: Callable[[int], object]) -> list[float]:
    """Change something `times` times; return the seconds spent until all of it is on the terminal, waiting left out."""
    found = []
    for i in range(times):
        start = time.process_time()
        change(i)
        await asyncio.sleep(PAUSE)
        found.append(time.process_time() - start)
    return found


class Empty(App[None]):
    """As many widgets as there are on a screen, in the same places, with nothing in them."""

    def __init__(self, regions: list[Region]) -> None:
        super().__init__()
        self.regions = regions

    def compose(self) -> ComposeResult:
        """Compose the widgets."""
        for region in self.regions:
            widget = Static()
            widget.styles.position = "absolute"
            widget.styles.offset = region.offset
            widget.styles.width, widget.styles.height = region.size
            yield widget


async def floor(regions: list[Region], times: int) -> list[float]:
    """Return the seconds that Textual needs for a whole frame of nothing."""
    app = Empty(regions)
    found = []
    async with app.run_test(size=SIZE) as pilot:
        for _ in range(times):
            for widget in app.screen.query("*"):
                widget.refresh()
            start = time.process_time()
            app.screen._compositor.render_full_update().render_segments(app.console)
            found.append(time.process_time() - start)
            await pilot.pause(0.02)
    return found


async def measure(nodes: int, times: int) -> dict[str, list[float] | float]:
    """Measure everything on one graph."""
    found: dict[str, list[float] | float] = {}
    text = random_text(nodes)
    start = time.perf_counter()
    app = Measured(study(text))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        found["open to first picture, s"] = time.perf_counter() - start
        await pilot.pause(0.3)
        screen = app.screen
        assert isinstance(screen, TutorScreen)
        canvas = screen.query_one(GraphCanvas)
        found["nodes"] = len(screen.study.graph.nodes)
        screen.player.animated = False
        screen.jump(screen.player.timeline.turn * 3 // 2)
        await pilot.pause(0.2)

        whole = []
        for i in range(times):
            canvas.scroll_to(40 + i * 3, 30 + i % 40, animate=False)
            for id in ("#canvas", "#head", "#transport", "#say", "#inspect"):
                screen.query_one(id).refresh()
            start = time.process_time()
            screen._compositor.render_full_update().render_segments(app.console)
            whole.append(time.process_time() - start)
            await pilot.pause(0.02)
        found["whole screen redrawn, to ANSI, ms"] = whole
        regions = [region for region, _ in screen._compositor.visible_widgets.values()]
        app.written = 0
        found["pan, ms"] = await frames(times, lambda i: canvas.pan(8 if i % 60 < 30 else -8, 0))
        found["bytes of a pan"] = app.written / times
        app.written = 0
        found["a step, all that changes, to ANSI, ms"] = await frames(times, lambda i: screen.action_forward())
        found["bytes of a step"] = app.written / times
        found["select, ms"] = await frames(times, lambda i: screen.action_choose(1))

        idle = await core(2)
        screen.player.animated = True
        screen.player.playing = True
        screen.unselect()
        screen.player.forward()
        screen.moved()
        found["animation at 30 Hz, % of a core"] = 100 * (await core(4 if times > 50 else 2) - idle)
    empty = await floor(regions, times)
    found["Textual alone: as many empty widgets redrawn, ms"] = empty
    found["whole screen / empty widgets"] = statistics.median(whole) / statistics.median(empty)
    return found


class Heart:
    """Beats in the event loop; what keeps it from beating keeps keys from being heard."""

    def __init__(self) -> None:
        self.longest = 0.0
        """The longest pause in seconds of the clock: other programs and the work beside the screen count."""
        self.busiest = 0.0
        """The most processor time that the screen's own thread took between two beats."""

    async def beat(self) -> None:
        """Beat until cancelled."""
        while True:
            then, spent = time.perf_counter(), time.thread_time()
            await asyncio.sleep(0.001)
            self.longest = max(self.longest, time.perf_counter() - then)
            self.busiest = max(self.busiest, time.thread_time() - spent)

    async def during(self, waiting: Awaitable[object]) -> str:
        """Return how long the loop was blocked at most while something was waited for."""
        self.longest = self.busiest = 0.0
        beating = asyncio.ensure_future(self.beat())
        await asyncio.sleep(0.01)
        await waiting
        beating.cancel()
        return f"{1000 * self.longest:.0f} ({1000 * self.busiest:.0f})"


async def blocked(nodes: int) -> dict[str, str]:
    """Measure how long the event loop is blocked while a graph is opened, edited and left."""
    found: dict[str, str] = {}
    text, heart = random_text(nodes), Heart()
    app = GraphtutorApp(read=lambda tell: study(text, None, tell))
    async with app.run_test(size=SIZE) as pilot:
        start = time.perf_counter()
        found["opening"] = await heart.during(ready(pilot))
        found["opening took, s"] = f"{time.perf_counter() - start:.2f}"
        await pilot.pause(0.5)
        screen = app.screen
        assert isinstance(screen, TutorScreen)

        async def typed(purpose: str, keys: str) -> None:
            (screen.action_values if purpose == "values" else screen.action_edit)()
            for key in keys:
                app.simulate_key(key)
                await pilot.pause(0.05)
            app.simulate_key("enter")
            while screen.has_class("editing") or screen._arranger.busy or not screen.ready:
                await pilot.pause(0.02)

        name = list(screen.study.graph.inputs)[3]
        screen.choose(screen.study.graph.nodes[screen.study.graph.inputs[name]].id)
        found["a value is typed"] = await heart.during(typed("values", "23"))
        found["step"] = await heart.during(stepped(pilot, screen))

        async def pressed(key: str) -> None:
            app.simulate_key(key)
            await pilot.pause(0.1)
            while screen.trials.busy or screen._arranger.busy or not screen.ready:
                await pilot.pause(0.02)
            await pilot.pause(0.3)

        found["undo"] = await heart.during(pressed("u"))
        found["redo"] = await heart.during(pressed("U"))
        screen.choose(next(n for n in screen.study.graph.nodes[nodes // 3 :] if n.gate.name == "sigmoid").id)
        for said, key in (
            ("a gate is opened", "enter"),
            ("its box is closed", "backspace"),
            ("that undone", "u"),
            ("routes", "r"),
            ("their closing", "escape"),
            ("nudge", "d"),
            ("its closing", "escape"),
            ("forward mode", "t"),
            ("another input", "T"),
            ("back to gradients", "t"),
            ("second order", "s"),
        ):
            found[said] = await heart.during(pressed(key))
        if app.screen is not screen:
            found["back from there"] = await heart.during(pressed("escape"))

        async def tried() -> None:
            await pilot.press("w")
            for _ in range(5):
                app.simulate_key("right")
                await pilot.pause(0.1)
            app.simulate_key("enter")
            while screen.tool is not None:
                await pilot.pause(0.02)
            await pilot.pause(1)

        found["what-if"] = await heart.during(tried())

        async def left() -> None:
            while app.screen is screen:
                app.simulate_key("escape")
                await pilot.pause(0.1)
            await pilot.pause(1)

        found["leaving"] = await heart.during(left())
    return found


async def stepped(pilot: Pilot[None], screen: TutorScreen) -> None:
    """Take a few steps."""
    for _ in range(10):
        screen.action_forward()
        await pilot.pause(0.02)


async def core(seconds: float) -> float:
    """Return the share of a core that is used while so much time passes."""
    start = time.process_time()
    await asyncio.sleep(seconds)
    return (time.process_time() - start) / seconds


def main() -> None:
    gc.set_threshold(YOUNG)  # as `graphtutor play` does
    print("The event loop is blocked at most so many ms by the clock (by the screen's own work), while:\n")
    columns = []
    for nodes in LENGTHS:
        gc.unfreeze()
        gc.collect()
        columns.append(asyncio.run(blocked(nodes)))
    print("| | " + " | ".join(f"{nodes:,} nodes" for nodes in LENGTHS) + f" |\n|---|{'---|' * len(LENGTHS)}")
    for said in columns[0]:
        print(f"| {said} | " + " | ".join(column.get(said, "refused") for column in columns) + " |", flush=True)
    if "--blocked" in sys.argv:
        return
    times = 30 if "--quick" in sys.argv else 200
    sizes = [int(word) for word in sys.argv[1:] if word.isdecimal()] or [100, 1000, 10_000]
    found = []
    for nodes in sizes:
        gc.unfreeze()
        gc.collect()
        found.append(asyncio.run(measure(nodes, times)))
    print(f"Median / p95 / maximum, at {SIZE[0]}x{SIZE[1]}.\n")
    print(f"| | {' | '.join(f'{size:,}' for size in sizes)} | ratio |\n|---|{'---|' * len(sizes)}---|")
    for key in found[0]:
        cells = []
        middle = []
        for column in found:
            value = column[key]
            cells.append(figures(value) if isinstance(value, list) else f"{value:,.2f}".removesuffix(".00"))
            middle.append(statistics.median(value) if isinstance(value, list) else value)
        print(f"| {key} | {' | '.join(cells)} | {middle[-1] / middle[max(0, len(middle) - 2)]:.2f} |")


if __name__ == "__main__":
    main()
