"""The help: every key of the screen below, read from its bindings, and what the drawing means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from graphtutor.explain.words import key_words, sentence
from graphtutor.tui import legend
from graphtutor.tui.cells import width
from graphtutor.tui.palette import GOLD, SOFT, TEXT
from graphtutor.tui.room import HERE, LAST, Room
from graphtutor.tui.sturdy import LeftOnce

Keys = dict[str, list[tuple[str, str]]]
"""For every group the keys, each with what it does."""


def keys(room: Room) -> Keys:
    """Return what every key of a screen does, in the order of its groups: `{"time": [("space", "play or pause")]}`."""
    order = {action: group for group, actions in room.GROUPS.items() for action in actions.split()}
    found: dict[str, dict[str, tuple[list[str], str]]] = {group: {} for group in room.GROUPS}
    for active in sorted(room.active_bindings.values(), key=lambda active: rank(list(order), active.binding.action)):
        binding = active.binding
        if not binding.tooltip or not active.enabled:
            continue  # without one it is the framework's own, as in every line to type in
        opened = HERE in room.GROUPS and active.node not in (room, room.app)
        group = HERE if opened else order.get(named(binding.action), LAST)
        shown, _ = found[group].setdefault(binding.tooltip, ([], key_words(room.lang, binding.tooltip)))
        key = room.app.get_key_display(binding)
        if key not in shown:
            shown.append(key)
    return {group: [(" ".join(keys), said) for keys, said in rows.values()] for group, rows in found.items() if rows}


def rank(order: list[str], action: str) -> int:
    """Return the place of an action in an order; what is not in it, as what has the focus, comes first, as it is."""
    name = named(action)
    return order.index(name) if name in order else -1


def named(action: str) -> str:
    """Return the name in an action: `forward` of `screen.forward(True)`."""
    return action.partition("(")[0].rpartition(".")[2]


def columns(rows: list[tuple[Text, Text]], least: int = 0) -> Table:
    """Lay out what is explained, in `least` cells or more, beside its explanation, which stays in its column."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, min_width=least)
    table.add_column()
    for row in rows:
        table.add_row(*row)
    return table


def halved(sizes: list[int]) -> int:
    """Return how many of the first parts are together about as long as the others."""
    return min(range(len(sizes) + 1), key=lambda n: (max(sum(sizes[:n]), sum(sizes[n:])), -n))


def under_headings(parts: Mapping[str, Table | Text]) -> Group:
    """Write parts below their headings."""
    found: list[Table | Text] = []
    for heading, part in parts.items():
        found += [Text(f"\n{heading}", f"bold {GOLD}"), part]
    return Group(*found)


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
    HelpScreen Static { width: 1fr; height: auto; padding-right: 1; }
    HelpScreen Container { width: 1fr; height: auto; }
    HelpScreen.-wide VerticalScroll { width: 118; }
    HelpScreen.-wide #keys, HelpScreen.-roomy #keys, HelpScreen.-roomy #parts { layout: horizontal; }
    HelpScreen.-wide #rest, HelpScreen.-roomy #rest, HelpScreen.-roomy #signs { padding-left: 2; }
    HelpScreen.-roomy VerticalScroll { width: 194; max-height: 100%; }
    HelpScreen.-roomy #keys { width: 2fr; }
    """
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (112, "-wide"), (170, "-roomy")]  # noqa: RUF012 (the base class has no ClassVar here)

    def __init__(self, about: str, keys: Keys, lang: str = "en", mouse: str = "", canvas: bool = True) -> None:
        """Show what a screen is for, its keys by group, what the mouse does there, and the signs of a `canvas`."""
        super().__init__()
        self._about = about
        self._keys = keys
        self._lang = lang
        self._mouse = mouse
        self._canvas = canvas

    def compose(self) -> ComposeResult:
        """Compose the text."""
        with VerticalScroll() as page:
            page.border_title = f" {sentence(self._lang, 'screen', 'help')} "
            page.border_subtitle = f" {sentence(self._lang, 'screen', 'help_keys')} "
            yield Static(Text(f"\n{self._about}", TEXT), id="about")
            with Container(id="parts"):
                half = halved([len(rows) + 2 for rows in self._keys.values()])
                with Container(id="keys"):
                    yield Static(self.what_keys_do(slice(half)))
                    yield Static(self.what_keys_do(slice(half, None)), id="rest")
                yield Static(self.what_signs_mean(), id="signs")

    def what_keys_do(self, groups: slice) -> Group:
        """Write some of the groups of keys."""
        least = max((width(shown) for rows in self._keys.values() for shown, _ in rows), default=0)
        parts = {}
        for group in list(self._keys)[groups]:
            rows = [(Text(shown, f"bold {TEXT}"), Text(said, SOFT)) for shown, said in self._keys[group]]
            parts[sentence(self._lang, "key_groups", group)] = columns(rows, least)
        return under_headings(parts)

    def what_signs_mean(self) -> Group:
        """Write what the mouse does, and what stands on the canvas, where there is one."""
        parts: dict[str, Table | Text] = {}
        if self._mouse:
            parts["mouse"] = Text(sentence(self._lang, "mouse", self._mouse), SOFT)
        if self._canvas:
            parts |= {"canvas": columns(legend.signs(self._lang)), "roles": legend.roles(self._lang)}
        headed = {sentence(self._lang, "screen", entry): part for entry, part in parts.items()}
        return Group(under_headings(headed), Text())

    def action_leaf(self, by: int) -> None:
        """Scroll."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)

    async def action_dismiss(self, result: None = None) -> None:
        """Close the help."""
        self.dismiss()
