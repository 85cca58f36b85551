"""A line to type in, with a label before it and what is wrong under it."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Static

from graphtutor.tui.cells import marked
from graphtutor.tui.palette import GRADIENT, SOFT, VALUE


class Line(Input):
    """One line to type in, whose footer says what enter and escape do."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Done", tooltip="keep what is typed"),
        Binding("escape", "screen.leave", "Cancel", tooltip="take back what is typed"),
    ]


class PromptBar(Vertical):
    """Ask for a text. It is hidden until `ask` is called; `complain` and `say` write under the line."""

    DEFAULT_CSS = """
    PromptBar { height: auto; display: none; background: $panel; padding: 0 1; border-top: solid $accent; }
    PromptBar.open { display: block; }
    PromptBar Horizontal { height: 1; }
    PromptBar #asked { width: auto; color: $accent; text-style: bold; padding-right: 1; }
    PromptBar Input { width: 1fr; height: 1; border: none; padding: 0; background: $background; }
    PromptBar Input:focus { border: none; }
    PromptBar #answer { height: auto; min-height: 2; max-height: 6; color: $foreground; }
    """

    class Changed(Message):
        """The text changed."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Submitted(Changed):
        """Enter was pressed."""

    def __init__(self, lang: str = "en", *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lang = lang
        self.purpose = ""
        """What is being asked for; empty while hidden."""
        self._wrong: Exception | None = None

    def compose(self) -> ComposeResult:
        """Compose the line and the message."""
        with Horizontal():
            yield Static("", id="asked")
            yield Line(id="line", select_on_focus=False)
        yield Static("", id="answer")

    def ask(self, purpose: str, label: str, text: str, hint: str) -> None:
        """Open the line with a text to change."""
        self.purpose = purpose
        self.add_class("open")
        self.query_one("#asked", Static).update(Text(label))
        line = self.query_one("#line", Input)
        with line.prevent(Input.Changed):
            line.value = text
        line.cursor_position = len(text)
        self.say(hint)
        line.focus()

    def speak(self, lang: str, label: str, hint: str) -> None:
        """Ask in another language; what is wrong is said again, in place of the hint."""
        self._lang = lang
        self.query_one("#asked", Static).update(Text(label))
        if self._wrong is None:
            self.say(hint)
        else:
            self.complain(self._wrong)

    def close(self) -> None:
        """Hide the line."""
        self.purpose = ""
        self.remove_class("open")

    def say(self, text: str, good: bool = False) -> None:
        """Write a remark under the line."""
        self._wrong = None
        self.query_one("#answer", Static).update(Text(text, f"bold {VALUE}" if good else SOFT))

    def complain(self, error: Exception) -> None:
        """Write under the line what is wrong, and where."""
        self._wrong = error
        self.query_one("#answer", Static).update(complaint(error, max(20, self.size.width - 4), self._lang))

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        if self.purpose:
            self.post_message(self.Changed(event.value))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self.purpose:
            self.post_message(self.Submitted(event.value))


def complaint(error: Exception, columns: int, lang: str = "en") -> Text:
    """Write an error: the piece of the text, a mark under the column, the message."""
    piece, message = marked(error, columns, lang)
    text = Text()
    if piece:
        shown, mark = piece.split("\n")
        text.append(f"{shown}\n", SOFT)
        text.append(f"{mark}\n", f"bold {GRADIENT}")
    text.append(message, f"bold {GRADIENT}")
    return text
