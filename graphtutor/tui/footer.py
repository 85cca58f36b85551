"""The line of keys at the foot of a screen, as one widget: it is drawn anew only when another key can be pressed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.text import Text
from textual import events
from textual.screen import Screen
from textual.widgets import Input, Static

from graphtutor.explain.words import key_words
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
    rank: int = 0
    """The higher, the earlier it is left out where there is no room for all."""

    @property
    def columns(self) -> int:
        """The cells that it takes."""
        return width(f"{self.shown} {self.does}")


NEEDED = ("help", "quit")
"""Actions of a screen whose keys are always shown: they lead to all others, and out."""


def fitting(keys: Sequence[Key], columns: int) -> list[Key]:
    """Return the keys that fit on so many columns: the extra ones are left out first, then the screen's."""
    found = list(keys)
    while found and sum(key.columns + 1 for key in found) - 1 > columns:
        rank = max(key.rank for key in found)
        found.remove(next(key for key in reversed(found) if key.rank == rank))
    return found


class FixedKeys(Static):
    """Show keys that never change; a click presses one."""

    ALLOW_SELECT = False

    def __init__(self, keys: Sequence[tuple[str, str, str]], lang: str, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._keys = keys
        """How each is written, what it does in English, and what Textual calls it."""
        self.speak(lang)

    def speak(self, lang: str) -> None:
        """Write the line in a language."""
        self._words = [(key_words(lang, key), key_words(lang, does)) for key, does, _ in self._keys]
        text = Text()
        for key, does in self._words:
            text.append(key, f"bold {GOLD}")
            text.append(f" {does}  ", SOFT)
        self.update(text)

    def on_click(self, event: events.Click) -> None:
        """Press the key under the mouse."""
        column = event.get_content_offset_capture(self).x
        for (key, does), (*_, press) in zip(self._words, self._keys, strict=True):
            columns = width(f"{key} {does}")
            if 0 <= column < columns:
                self.app.simulate_key(press)
            column -= columns + 2


class KeyLine(Lines):
    """Show the keys of the screen and of what has the focus; a click presses one."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    KeyLine { dock: bottom; height: 1; overflow: hidden; background: $surface; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.keys: tuple[Key, ...] = ()
        """What can be pressed; on a narrow screen more than there is room for."""
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
        lang = getattr(self.app, "lang", "en")
        typing = isinstance(self.screen.focused, Input)
        extra: tuple[str, ...] = () if typing else getattr(self.screen, "EXTRA_KEYS", ())
        for node, binding, enabled, tooltip in self.screen.active_bindings.values():
            if binding.action in keys or not (binding.show or binding.action in extra):
                continue
            rank = int(node is self.screen and binding.action not in NEEDED)
            rank = rank if binding.show else 2 + extra.index(binding.action)
            shown = self.app.get_key_display(binding)
            does, more = binding.description, tooltip
            if lang != "en":
                does, more = key_words(lang, does), key_words(lang, more)
            keys[binding.action] = Key(binding.key, shown, does, more, enabled, rank)
        if tuple(keys.values()) != self.keys:
            self.keys = tuple(keys.values())
            self.update(self.line())

    @property
    def fitting(self) -> list[Key]:
        """The keys that there is room for."""
        return fitting(self.keys, self.size.width)

    def on_resize(self) -> None:
        """Write the keys that fit now."""
        self.update(self.line())

    def line(self) -> Text:
        """Write the line."""
        text = Text(no_wrap=True)
        for key in self.fitting:
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
        for key in self.fitting:
            if start <= column < start + key.columns:
                return key
            start += key.columns + 1
        return None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Press the key under the mouse."""
        key = self.at(event.x)
        self._hover(None)  # other keys may stand there now
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
