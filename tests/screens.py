"""An app without a terminal: opened, worked by keys, and read as text. Time stands still unless a test lets it pass."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from textual.pilot import Pilot

from graphtutor.tui.app import GraphtutorApp
from graphtutor.tui.study import study
from graphtutor.tui.tutor import TutorScreen

SMALL, LARGE, HUGE = (80, 24), (120, 40), (200, 60)
SUM_TIMES = "f = (x + y) * z; x = -2; y = 5; z = -4"


def lines(pilot: Pilot[None]) -> list[str]:
    """Return what is on the screen, as text."""
    return ["".join(segment.text for segment in strip) for strip in pilot.app.screen._compositor.render_strips()]


def shown(pilot: Pilot[None]) -> str:
    return "\n".join(lines(pilot))


@asynccontextmanager
async def opened(
    text: str | None = SUM_TIMES, size: tuple[int, int] = SMALL, **options: Any
) -> AsyncIterator[Pilot[None]]:
    app = GraphtutorApp(study(text) if text else None, clock=lambda: 0.0, **options)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        yield pilot


def tutor(pilot: Pilot[None]) -> TutorScreen:
    assert isinstance(pilot.app.screen, TutorScreen)
    return pilot.app.screen


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Press keys that are not typed into a line; waits less than `pilot.press`, except where a screen may change."""
    for key in keys:
        pilot.app.simulate_key(key)
        await pilot.pause(None if key in ("enter", "escape", "q", "question_mark", "f1") else 0)
    await settled(pilot)


async def settled(pilot: Pilot[None]) -> None:
    """Wait until nothing is under way: on a busy machine a pause ends before."""
    for _ in range(100):
        await pilot.pause()
        screen = pilot.app.screen
        waiting = screen._dirty_widgets or screen._layout_required or screen._repaint_required or screen._callbacks
        if not waiting and all(pump._message_queue.empty() for pump in (pilot.app, screen, *screen.walk_children())):
            return
