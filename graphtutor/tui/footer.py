"""The line of keys at the foot of a screen, as one widget: it is drawn anew only when another key can be pressed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rich.text import Text
from textual import events
from textual.screen import Screen

from graphtutor.tui.cells import width
from graphtutor.tui.lines import Lines
from graphtutor.tui.palette import GOLD, SOFT


@dataclass(frozen=True, slots=True)
class Key:
    """One key and what it does."""

    press: str
    """The key as Textual calls it."""
    shown: str
    does: str
    tooltip: str
    enabled: bool

    @property
    def columns(self) -> int:
        """The cells that it takes."""
        return width(f"{self.shown} {self.does}")


class KeyLine(Lines):
    """Show the keys of the screen and of what has the focus; a click presses one."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    KeyLine { dock: bottom; height: 1; overflow: hidden; background: $surface; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.keys: tuple[Key, ...] = ()
        self._hovered: Key | None = None

    def on_mount(self) -> None:
        """Follow what can be pressed."""
        self.screen.bindings_updated_signal.subscribe(self, self.look_up)

    def on_unmount(self) -> None:
        """Stop doing so."""
        self.screen.bindings_updated_signal.unsubscribe(self)

    def look_up(self, screen: Screen[Any]) -> None:
        """Look up, once what is going on is done, which keys can be pressed."""
        if self.app.app_focus:
            self.call_after_refresh(self._look_up)

    def _look_up(self) -> None:
        if not self.is_attached:
            return
        keys: dict[str, Key] = {}  # several keys may do the same: the first stands for all
        for _, binding, enabled, tooltip in self.screen.active_bindings.values():
            if binding.show and binding.action not in keys:
                shown = self.app.get_key_display(binding)
                keys[binding.action] = Key(binding.key, shown, binding.description, tooltip, enabled)
        if tuple(keys.values()) != self.keys:
            self.keys = tuple(keys.values())
            self.update(self.line())

    def line(self) -> Text:
        """Write the line."""
        text = Text(no_wrap=True)
        for key in self.keys:
            dim = "" if key.enabled else "dim "
            under = "underline " if key == self._hovered else ""
            text.append(key.shown, f"{dim}bold {GOLD}")
            text.append(" ")
            text.append(key.does, f"{dim}{under}{SOFT}")
            text.append(" ")
        return text

    def at(self, column: int) -> Key | None:
        """Return the key that stands in a column, or `None`."""
        start = 0
        for key in self.keys:
            if start <= column < start + key.columns:
                return key
            start += key.columns + 1
        return None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Press the key under the mouse."""
        key = self.at(event.x)
        if key is not None and key.enabled:
            self.app.simulate_key(key.press)
        elif key is not None:
            self.app.bell()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Underline the key under the mouse and say more about it."""
        self._hover(self.at(event.x))

    def on_leave(self) -> None:
        """Forget the mouse."""
        self._hover(None)

    def _hover(self, key: Key | None) -> None:
        if key != self._hovered:
            self._hovered = key
            self.tooltip = key.tooltip if key else None
            self.update(self.line())
