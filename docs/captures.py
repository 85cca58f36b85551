"""Draw the pictures of the screen in this folder anew: `python docs/captures.py`."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable
from operator import itemgetter
from pathlib import Path
from typing import Any

os.environ["GRAPHTUTOR_STATE"] = ""  # nothing of this machine's settings

from graphtutor.tui.app import GraphtutorApp
from graphtutor.tui.study import study

HERE = Path(__file__).parent
FIRST = "f = (x + y) * z; x=-2; y=5; z=-4"
SHARED = "f = (a + b) * max(a, c); a=2; b=-1; c=0.5"
FRAMES = 8
"""Pictures of the animation per second."""

Act = Callable[[Any, Any], Any]


async def capture(name: str, expression: str | None, size: tuple[int, int], keys: list[str], theme: str = "") -> None:
    """Press keys and write what stands on the screen then."""
    app = GraphtutorApp(study(expression) if expression else None, clock=lambda: 0.0)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        if theme:
            app.theme = theme
        if hasattr(app.screen, "player"):
            app.screen.player.animated = False
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
        (HERE / f"{name}.svg").write_text(joined([app.export_screenshot(title="graphtutor")]), encoding="utf-8")


async def film(name: str, expression: str, size: tuple[int, int]) -> None:
    """Play a whole run and write it as one animated picture."""
    app = GraphtutorApp(study(expression), clock=lambda: 0.0)
    frames = []
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        screen = app.screen
        await pilot.press("space")
        while screen.player.moving:
            screen.advance(1 / FRAMES)
            await pilot.pause()
            frames.append(app.export_screenshot(title="graphtutor"))
    frames += frames[-1:] * FRAMES * 2
    (HERE / f"{name}.svg").write_text(joined(frames), encoding="utf-8")


def joined(frames: list[str]) -> str:
    """Join screenshots of one size: what several show stands there once, and is seen while they are.

    Grounds come first, whenever they are seen: one that comes later would hide words that stand since before.
    Nothing is fetched from elsewhere: the font is the reader's own.
    """
    seen: dict[str, list[int]] = {}
    for number, frame in enumerate(frames):
        styles = dict(re.findall(r"\.terminal-\d+-(r\d+) \{ (.*?) \}", frame))
        body = frame[frame.index('clip-terminal)">') :]
        for element in re.findall(r"<rect [^>]*/>|<text .*?</text>", body):
            kind = re.search(r'class="terminal-\d+-(r\d+)"', element)
            element = re.sub(r' clip-path="[^"]*"', "", element)
            if kind:
                element = element.replace(kind[0], f'style="{styles[kind[1]]}"')
            seen.setdefault(element, []).append(number)
    groups: dict[tuple[bool, tuple[int, ...]], list[str]] = {}
    for element, numbers in seen.items():
        groups.setdefault((element.startswith("<text"), tuple(numbers)), []).append(element)
    parts = [_group(groups[key], key[1], len(frames)) for key in sorted(groups, key=itemgetter(0))]
    first = frames[0]
    head, body = first[: first.index("<style>")], first[first.index("</defs>") + 7 :]
    window = body[: body.index("<g ")]
    window = re.sub(r'class="terminal-\d+-title"', 'style="font: bold 18px arial"', window)
    window = re.sub(r' clip-path="[^"]*"', "", window)
    place = re.search(r'<g transform="(translate\([^"]*\))" clip-path', first)
    assert place is not None
    lines = "\n".join(parts)
    return (
        f"{head}<style>text {{ font-family: monospace; font-size: 20px; white-space: pre }}</style>\n{window}"
        f'<g transform="{place[1]}">\n{lines}\n</g>\n</svg>\n'
    )


def _group(elements: list[str], numbers: tuple[int, ...], count: int) -> str:
    inside = "".join(elements)
    if len(numbers) == count:
        return f"<g>{inside}</g>"
    times, values, shown = ["0"], ["visible" if 0 in numbers else "hidden"], 0 in numbers
    for number in range(1, count):
        if (number in numbers) is not shown:
            shown = not shown
            times.append(f"{number / count:.4f}")
            values.append("visible" if shown else "hidden")
    animate = (
        f'<animate attributeName="visibility" calcMode="discrete" dur="{count / FRAMES:.2f}s" repeatCount="indefinite" '
        f'keyTimes="{";".join(times)}" values="{";".join(values)}"/>'
    )
    return f'<g visibility="hidden">{animate}{inside}</g>'


async def main() -> None:
    """Draw all of them."""
    await film("backprop", FIRST, (80, 24))
    await capture("home", None, (120, 36), [])
    await capture("tutor", SHARED, (140, 40), ["end", "left", "left", "left"])
    await capture("predict", FIRST, (100, 30), ["b", "a", "enter", "1", "enter"])
    await capture("light", FIRST, (100, 30), ["end", "left"], "light")


if __name__ == "__main__":
    asyncio.run(main())
