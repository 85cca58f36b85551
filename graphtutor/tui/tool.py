"""What can stand in the panel instead of the arithmetic: a text with keys of its own."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widgets import Static

CLOSE = Binding("escape", "screen.leave", "Close", tooltip="close the panel and go back to the steps")


class Tool(VerticalScroll, can_focus=True, inherit_bindings=False):
    """A text in the panel. What its keys mean is told to the screen as messages."""

    BINDINGS: ClassVar[list[BindingType]] = [CLOSE]
    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Tool { height: 1fr; padding: 0 1; scrollbar-size: 1 1; scrollbar-gutter: stable; }
    Tool > Static { height: auto; }
    """

    class Turned(Message):
        """A key asks for another one of what is shown: so many places further."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    class Ready(Message):
        """There is room for a text, or another room than before."""

    def on_resize(self) -> None:
        """Ask for the text that fits."""
        self.post_message(self.Ready())

    def compose(self) -> ComposeResult:
        """Compose the text."""
        yield Static(id="told")

    def tell(self, text: Text) -> None:
        """Show a text."""
        self.query_one("#told", Static).update(text)

    def action_turn(self, by: int) -> None:
        """Ask for another one."""
        self.post_message(self.Turned(by))
