"""The help: every key of the screen below, read from its bindings, and what the drawing means."""

from __future__ import annotations

from typing import Any, ClassVar

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from graphtutor.explain.words import key_words, sentence
from graphtutor.tui import legend
from graphtutor.tui.palette import GOLD, SOFT, TEXT
from graphtutor.tui.sturdy import LeftOnce


def keys(screen: Screen[Any]) -> list[tuple[str, str]]:
    """Return what every key of a screen does, in the order of its bindings: `space`, `play or pause`."""
    lang = getattr(screen.app, "lang", "en")
    found: dict[str, tuple[list[str], str]] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        if (
            not binding.tooltip or not active.enabled
        ):  # without one it is the framework's own, as in every line to type in
            continue
        shown, _ = found.setdefault(binding.action, ([], key_words(lang, binding.tooltip)))
        key = screen.app.get_key_display(binding)
        if key not in shown:
            shown.append(key)
    return [(" ".join(shown), said) for shown, said in found.values()]


def columns(rows: list[tuple[Text, Text]]) -> Table:
    """Lay out what is explained beside its explanation, which stays in its column where it is broken."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column()
    for row in rows:
        table.add_row(*row)
    return table


class HelpScreen(LeftOnce, ModalScreen[None]):
    """Show the keys and the legend over the screen they belong to."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1,enter,space", "dismiss", "Close"),
        Binding("down,j", "leaf(1)", "Down", show=False),
        Binding("up,k", "leaf(-1)", "Up", show=False),
        Binding("pagedown", "leaf(10)", "Page down", show=False),
        Binding("pageup", "leaf(-10)", "Page up", show=False),
    ]
    DEFAULT_CSS = """
    HelpScreen { align: center middle; background: $background 70%; }
    HelpScreen VerticalScroll {
        width: 78; max-width: 100%; height: auto; max-height: 94%; background: $surface;
        border: round $accent; border-title-color: $accent; border-title-style: bold;
        border-subtitle-color: $soft; padding: 0 1 0 2; scrollbar-size: 1 1;
    }
    HelpScreen Static { height: auto; padding-right: 1; }
    HelpScreen.-roomy VerticalScroll { width: 156; layout: horizontal; }
    HelpScreen.-roomy Static { width: 1fr; }
    HelpScreen.-roomy #signs { padding-left: 3; }
    """
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (160, "-roomy")]  # noqa: RUF012 (the base class has no ClassVar here)

    def __init__(self, about: str, keys: list[tuple[str, str]], lang: str = "en") -> None:
        super().__init__()
        self._about = about
        self._keys = keys
        self._lang = lang

    def compose(self) -> ComposeResult:
        """Compose the text."""
        with VerticalScroll() as page:
            page.border_title = f" {sentence(self._lang, 'screen', 'help')} "
            page.border_subtitle = f" {sentence(self._lang, 'screen', 'help_keys')} "
            yield Static(self.what_keys_do(), id="keys")
            yield Static(self.what_signs_mean(), id="signs")

    def text(self) -> Group:
        """Write the help."""
        return Group(self.what_keys_do(), self.what_signs_mean())

    def what_keys_do(self) -> Group:
        """Write what the screen is for, and its keys."""
        keys = [(Text(shown, f"bold {TEXT}"), Text(said, SOFT)) for shown, said in self._keys]
        return Group(Text(f"\n{self._about}", TEXT), self._parts({"keys": columns(keys)}))

    def what_signs_mean(self) -> Group:
        """Write what the mouse does, and what stands on the canvas."""
        parts: dict[str, Table | Text] = {
            "mouse": Text(sentence(self._lang, "screen", "mouse_does"), SOFT),
            "canvas": columns(legend.signs(self._lang)),
            "roles": legend.roles(self._lang),
        }
        return Group(self._parts(parts), Text())

    def _parts(self, parts: dict[str, Table | Text]) -> Group:
        """Write parts below their headings."""
        found: list[Table | Text] = []
        for entry, part in parts.items():
            found += [Text(f"\n{sentence(self._lang, 'screen', entry)}", f"bold {GOLD}"), part]
        return Group(*found)

    def action_leaf(self, by: int) -> None:
        """Scroll."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)

    async def action_dismiss(self, result: None = None) -> None:
        """Close the help."""
        self.dismiss()
