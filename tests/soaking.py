"""Use the app at random: keys, mouse, resizes, passing time. What was done is data that can be done again."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from textual import events
from textual.command import CommandPalette
from textual.pilot import Pilot

from graphtutor.exercises import all_exercises
from graphtutor.tui.app import GraphtutorApp
from graphtutor.tui.study import study

Deed = tuple[Any, ...]
"""One thing that is done: `("key", "x")`, `("mouse", "click", column, row, ctrl)`, `("size", 80, 24)`, ..."""

SIZES = ((80, 24), (80, 24), (100, 30), (120, 40), (120, 40), (200, 60), (60, 15), (20, 5), (1, 1))
TYPED = "xyzf0123456789.,;=+-*/()[] '\"^_가⊕"
SPECIAL = [
    *("enter", "escape", "tab", "shift+tab", "up", "down", "left", "right", "home", "end", "pageup", "pagedown"),
    *(
        "backspace",
        "delete",
        "space",
        "shift+up",
        "shift+down",
        "shift+left",
        "shift+right",
        "question_mark",
        "f1",
        "f5",
    ),
    *("ctrl+p", "ctrl+a", "ctrl+u", "ctrl+w", "ctrl+x", "ctrl+v", "ctrl+t"),
]
WHEEL = ("MouseScrollDown", "MouseScrollUp", "MouseScrollLeft", "MouseScrollRight")
LEAVING = {"ctrl+q", "ctrl+c", "ctrl+z"}
LONG_SUM = " + ".join(f"tanh(x{i % 40}*y{i % 30})" for i in range(100))
"""A graph so large that work on it is done beside the screen."""
STUDIES = (
    "f = (x + y) * z; x = -2; y = 5; z = -4",
    "f = sigmoid(w0*x0 + w1*x1 + w2); w0=2; x0=-1; w1=-3; x1=-2; w2=-3",
    "W=[[.1,.5],[-.3,.8]]; x=[.2,.4]; f=softmax_cross_entropy(W@x, [1, 0])",
    "f = x*x*x + max(x, y)/y; x = 3; y = 0",
    "h = stack([relu(a*x + b), relu(c*x + d)]); f = 결과 * h[0] + sigmoid(h[1]); x=1; a=2; b=-1; c=.5; d=0; 결과=-3",
    "X=[[1, 2, 3], [4, 5, 6]]; f = mean(softmax(X @ w + b) * exp(X @ w)); w=[.1, -.2, .3]; b=1e-3",
    f"f = {LONG_SUM}",
)


class SoakedApp(GraphtutorApp):
    """The app, whose time passes when it is told to, and which is not left."""

    def __init__(self) -> None:
        super().__init__(clock=lambda: self.now)
        self.now = 0.0
        self.left = 0

    def exit(self, *_: Any, **__: Any) -> None:
        """Count what would end the app."""
        self.left += 1

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        """Open nothing."""

    def action_suspend_process(self) -> None:
        """Stay."""


@asynccontextmanager
async def soaking() -> AsyncIterator[Pilot[None]]:
    """Run the app at 80x24."""
    app = SoakedApp()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.pause()
        yield pilot


def next_deed(pilot: Pilot[None], rng: random.Random) -> Deed:
    """Choose what is done next: mostly what the screen offers."""
    app = pilot.app
    chance = rng.random()
    if chance < 0.02:
        return ("open", rng.randrange(len(STUDIES) + 5), rng.choice(("en", "en", "ko")))
    if chance < 0.04:
        return ("size", *rng.choice(SIZES))
    if chance < 0.045:
        return ("paste", rng.choice(("x = 3", "f = a*b; a=1\nb=2", "0.5", "", "'" * 200)))
    if chance < 0.05:
        return ("focus", rng.random() < 0.5)
    if isinstance(app.screen, CommandPalette) and app.size.height < 10:
        return ("key", "escape")  # Textual's list fails at "page down" where it has no room for one line
    if chance < 0.12:
        return ("time", rng.choice((0.01, 0.05, 0.2, 1.0)))
    if chance < 0.30:
        region = app.screen.region
        if app.focused is not None and app.focused.region.area and rng.random() < 0.4:  # sliders, lists, the canvas
            region = app.focused.region

        def place() -> tuple[int, int]:
            return region.x + rng.randrange(max(1, region.width)), region.y + rng.randrange(max(1, region.height))

        x, y = place()
        kind = rng.choice(("click", "click", "twice", "drag", "drag", "MouseMove", "MouseDown", "MouseUp", *WHEEL))
        if kind == "drag":
            return ("drag", x, y, *place())
        return ("mouse", kind, x, y, rng.random() < 0.1)
    if chance < 0.42:
        return ("key", rng.choice(SPECIAL))
    if chance < 0.54:
        return ("key", rng.choice(TYPED))
    offered = sorted(set(app.screen.active_bindings) - LEAVING)
    return ("key", rng.choice(offered or SPECIAL))


async def do(pilot: Pilot[None], deed: Deed) -> None:
    """Do one thing, as the terminal's driver would report it, and wait until it is done. Raises what the app raises."""
    app = pilot.app
    assert isinstance(app, SoakedApp) and app._driver is not None
    kind, *rest = deed
    send = app._driver.process_message
    if kind == "key":
        (key,) = rest
        named = key if len(key) > 1 or key.isalnum() else events.Key(key, key).key
        send(events.Key(named, key if len(key) == 1 else " " if key == "space" else None))
    elif kind == "mouse":
        name, x, y, ctrl = rest
        press = ("MouseDown", "MouseUp")
        for one in press if name == "click" else press * 2 if name == "twice" else (name,):
            send(mouse(one, x, y, ctrl))
    elif kind == "drag":
        x, y, to_x, to_y = rest
        send(mouse("MouseDown", x, y))
        send(mouse("MouseMove", (x + to_x) // 2, (y + to_y) // 2, dx=(to_x - x) // 2, dy=(to_y - y) // 2, button=1))
        send(mouse("MouseMove", to_x, to_y, dx=to_x - (x + to_x) // 2, dy=to_y - (y + to_y) // 2, button=1))
        send(mouse("MouseUp", to_x, to_y))
    elif kind == "size":
        await pilot.resize_terminal(*rest)
    elif kind == "time":
        app.now += rest[0]
        tick = getattr(app.screen, "tick", None)
        if tick is not None:
            with app._context():
                tick()
    elif kind == "paste":
        send(events.Paste(*rest))
    elif kind == "focus":
        send(events.AppFocus() if rest[0] else events.AppBlur())
    elif kind == "open":
        await go_home(pilot)
        number, *lang = rest
        app.lang = lang[0] if lang else "en"
        opened(app, number)
    await pilot.pause()
    if app._exception is not None:
        raise app._exception


def opened(app: GraphtutorApp, number: int) -> None:
    """Open one of the studies, or an exercise."""
    if number < len(STUDIES):
        app.open_study(study(STUDIES[number]))
    else:
        exercises = all_exercises()
        app.open_exercise(exercises[number * 5 % len(exercises)])


async def go_home(pilot: Pilot[None]) -> None:
    """Close every screen but the home screen."""
    app = pilot.app
    while len(app.screen_stack) > 2:
        await app.pop_screen()
        await pilot.pause()


def mouse(name: str, x: int, y: int, ctrl: bool = False, dx: int = 0, dy: int = 0, button: int | None = None) -> Any:
    """Make a mouse event as the parser of the terminal's input does."""
    pressed = button if button is not None else int(name in ("MouseDown", "MouseUp"))
    return getattr(events, name)(None, x, y, dx, dy, pressed, False, False, ctrl, x, y)


async def fails(deeds: Sequence[Deed]) -> BaseException | None:
    """Do it all in a new app; return what was raised."""
    try:
        async with soaking() as pilot:
            for deed in deeds:
                await do(pilot, deed)
    except BaseException as error:
        return error
    return None


async def smallest(deeds: list[Deed]) -> list[Deed]:
    """Leave out whatever can be left out of what makes the app fail in the same way."""
    first = await fails(deeds)
    kind = type(first)
    length = len(deeds) // 2
    while length:
        at = 0
        while at < len(deeds):
            shorter = deeds[:at] + deeds[at + length :]
            if shorter and type(await fails(shorter)) is kind:
                deeds = shorter
            else:
                at += length
        length //= 2
    return deeds
