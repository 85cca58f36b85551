"""What every screen shares: the friendly message in a terminal that is too small, and the keys to help and out."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, ClassVar

from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.geometry import Region, Size
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from graphtutor.explain.words import key_words, sentence
from graphtutor.tui.memory import Session
from graphtutor.tui.sturdy import LeftOnce, Sturdy

LEAST = Size(80, 24)


COMMON: tuple[BindingType, ...] = (
    Binding("question_mark,f1", "help", "Help", tooltip="show all keys and what the drawing means"),
    Binding("q,ctrl+q", "quit", "Quit", tooltip="leave graphtutor"),
)
"""The keys of every screen on which one does not type."""
HERE = "here"
"""The group of keys of what has the focus, on a screen where that is something one opens: a line, a tool."""
LAST = "app"
"""The last group of keys in the help, the same for every screen."""


class Covered(Container):
    """A container that only arranges: it has no ground of its own, and painting none saves a layer in every frame."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """Paint nothing: what the children leave free shows the screen."""
        return []


def let_go(app: App[Any]) -> None:
    """Let go of what Textual still remembers of screens that were left, and with it of a large graph.

    The app remembers what the mouse was last pressed on, and, having asked what is under the mouse, the screens below
    the one on top. Whoever waits for messages remembers the last one and its sender: on another theme, a screen tells
    the widgets of all others.
    """
    with suppress(ImportError):
        from textual._context import visible_screen_stack

        visible_screen_stack.set([])
    pressed: Widget | None = getattr(app, "_mouse_down_widget", None)
    if pressed is not None and not pressed.is_attached:
        app._mouse_down_widget = None
    for each in list(getattr(app, "_registry", ())):  # scroll bars, too
        each.check_idle()  # which sends a message


class Room(Sturdy, LeftOnce, Screen[None]):
    """A full screen of the application."""

    _left: Widget | None = None
    """What had the keys before there was too little room."""
    ABOUT: ClassVar[str] = ""
    """What this screen is for, in the help."""
    MOUSE: ClassVar[str] = ""
    """The entry of `[mouse]` in the words that says what the mouse does here."""
    CANVAS: ClassVar[bool] = False
    """Whether there is a graph, whose signs the help explains."""
    GROUPS: ClassVar[dict[str, str]] = {LAST: "leave help quit next_theme command_palette"}
    """The groups of keys in the help, each with its actions, all in order; `[key_groups]` is what they are called."""
    lang = "en"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012 (the base class has no ClassVar here)
    VERTICAL_BREAKPOINTS = [(0, "-low"), (32, "-high")]  # noqa: RUF012
    DEFAULT_CSS = """
    Room { background: $background; }
    Room > #tiny {
        display: none; width: 1fr; height: 1fr; content-align: center middle; text-align: center; color: $warning;
    }
    Room.tiny > * { display: none !important; }
    Room.tiny > #tiny { display: block !important; }
    """

    def compose(self) -> ComposeResult:
        """Compose the screen, and the message that replaces it when there is no room."""
        yield from self.content()
        yield Static("", id="tiny")

    def content(self) -> ComposeResult:
        """Compose the screen itself."""
        yield from ()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Paint the ground, the same line throughout."""
        strip = Strip.blank(crop.width, self.visual_style.rich_style)
        for found in self.get_line_filters():
            strip = strip.apply_filter(found, self.background_colors[1])
        return [strip] * crop.height

    def on_resize(self, event: events.Resize) -> None:
        """Say so when the terminal is too small; nothing is lost meanwhile."""
        size = event.size
        tiny = size.width < LEAST.width or size.height < LEAST.height
        if tiny and not self.has_class("tiny"):
            self._left = self.focused  # what is hidden loses the keys
        elif not tiny and self._left is not None:
            self.call_after_refresh(self._take_up, self._left)
            self._left = None
        self.set_class(tiny, "tiny")
        self.refresh_bindings()
        self._tell_size(size)

    def _take_up(self, left: Widget) -> None:
        """Give the keys back to what had them before there was too little room, unless it is gone."""
        if self.focused is None and left.is_attached:
            left.focus()

    def _tell_size(self, size: Size) -> None:
        needed, found = (f"{area.width}x{area.height}" for area in (LEAST, size))
        self.query_one("#tiny", Static).update(sentence(self.lang, "app", "too_small", needed=needed, size=found))

    def speak(self, lang: str) -> None:
        """Take another language, here and in whatever keeps words for this screen; only what is said changes."""
        self.lang = lang
        if self.is_mounted:
            self.retell()

    def retell(self) -> None:
        """Write anew, in the language, what stands on the screen."""
        self._tell_size(self.size)
        self.refresh_bindings()

    def session(self) -> Session | None:
        """Return what brings one back here after a new start; `None` where there is nothing to come back to."""
        return None

    def preferences(self) -> dict[str, Any]:
        """Return the settings that were made here."""
        return {}

    def on_unmount(self) -> None:
        """Give back what was drawn: a cache of Textual's keeps the lines of a thousand widgets that are gone."""
        self.app.call_later(let_go, self.app)
        with suppress(ImportError, AttributeError):
            from textual._styles_cache import StylesCache

            StylesCache.get_inner_outer.cache_clear()

    def action_help(self) -> None:
        """Show every key and what the colours mean."""
        from graphtutor.tui.help import HelpScreen, keys

        about = key_words(self.lang, self.ABOUT)
        self.app.push_screen(HelpScreen(about, keys(self), self.lang, self.MOUSE, self.CANVAS))

    async def action_quit(self) -> None:
        """Leave graphtutor."""
        self.app.exit()
