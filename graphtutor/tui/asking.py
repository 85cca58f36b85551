"""The line under the canvas that asks for a number before it is revealed."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Static

from graphtutor.tui.cells import clip, width
from graphtutor.tui.palette import GOLD, SOFT
from graphtutor.tui.score import MARK

BEGINS = set("0123456789.+-−–(=[")
"""What a guess may begin with; until it has begun, every other key is the tutor's."""


class Guess(Input):
    """Where the guess is typed. While it is empty the keys of the tutor work as ever."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Answer", tooltip="check what is typed"),
        Binding("space", "give_up", "Show", tooltip="show the answer; the step comes back later"),
        Binding("f2", "hint", "Hint", tooltip="what the gate does; once more, the numbers put in"),
        Binding("escape", "stop", "Stop", tooltip="clear the line, or stop asking; the score is kept"),
    ]

    class Hinted(Message):
        """A hint is wanted."""

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Take what can be typed, at first only what a number can begin with."""
        return super().check_consume_key(key, character) and (bool(self.value) or character in BEGINS)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the arrows and the like to the tutor while there is nothing to move in."""
        if action == "give_up":
            return not self.value
        return bool(self.value) or not action.startswith(("cursor_", "home", "end"))

    async def _on_key(self, event: events.Key) -> None:
        if event.is_printable and not self.check_consume_key(event.key, event.character):
            event.prevent_default()  # bubbles on to the tutor's keys
            return
        await super()._on_key(event)

    def action_give_up(self) -> None:
        """Show the answer."""
        self.post_message(self.Submitted(self, MARK))

    def action_hint(self) -> None:
        """Ask for a hint."""
        self.post_message(self.Hinted())

    async def action_stop(self) -> None:
        """Clear the line; an empty one is left."""
        if self.value:
            self.value = ""
        else:
            await self.run_action("screen.leave")


class AskBar(Vertical):
    """The question and the line for the guess."""

    DEFAULT_CSS = """
    AskBar { height: 2; display: none; background: $panel; padding: 0 1; }
    AskBar #question { height: 1; }
    AskBar Horizontal { height: 1; }
    AskBar #mark { width: 2; color: $accent; text-style: bold; }
    AskBar Guess, AskBar Guess:focus { width: 1fr; height: 1; border: none; padding: 0; background: $background; }
    """

    class Guessed(Message):
        """A guess was made; `?` to see the answer."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Begun(Message):
        """Something was typed."""

    def compose(self) -> ComposeResult:
        """Compose the question and the line."""
        yield Static(id="question")
        with Horizontal():
            yield Static("► ", id="mark")
            yield Guess(id="guess", select_on_focus=False)

    def ask(self, asked: str, symbol: str, columns: int) -> None:
        """Write what is asked for on so many columns, with the symbol for it where there is room."""
        tail = f"   {symbol} = ?" if symbol and width(asked) + width(symbol) + 7 <= columns else " = ?"
        self._write(Text(f"{clip(asked, columns - len(tail))}{tail}", f"bold {GOLD}", no_wrap=True))

    def tell(self, text: str) -> None:
        """Write what happens on the way to the next question."""
        self._write(Text(text, SOFT, no_wrap=True))

    def _write(self, text: Text) -> None:
        self.query_one("#question", Static).update(text, layout=False)

    def clear(self) -> None:
        """Empty the line."""
        line = self.query_one(Guess)
        with line.prevent(Input.Changed):
            line.value = ""
        self.refresh_bindings()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.refresh_bindings()
        if event.value:
            self.post_message(self.Begun())

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Guessed(event.value))
