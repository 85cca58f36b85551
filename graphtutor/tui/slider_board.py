"""The sliders as they stand in the panel: what their keys and the mouse mean is told to the screen as messages."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Static

from graphtutor.tui.sliders import Board
from graphtutor.tui.tool import Tool

BEGINS, GOES_ON = frozenset("0123456789.-/"), frozenset("0123456789.-/+*e")
"""What a typed number begins with, and how it goes on."""


class SliderBoard(Tool):
    """The sliders in the panel."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "turn(-1)", "Input", tooltip="move the input above"),
        Binding("down", "turn(1)", "Input", tooltip="move the input below"),
        Binding("left", "step(-1)", "Less", tooltip="make the number a little less"),
        Binding("right", "step(1)", "More", tooltip="make the number a little more"),
        Binding("shift+left,pagedown", "step(-10)", "Much less", show=False, tooltip="ten steps less"),
        Binding("shift+right,pageup", "step(10)", "Much more", show=False, tooltip="ten steps more"),
        Binding("left_square_bracket", "element(-1)", "Element", show=False, tooltip="the element before, of an array"),
        Binding("right_square_bracket", "element(1)", "Element", show=False, tooltip="the next element of an array"),
        Binding("enter", "enter", "Keep", tooltip="set the number that is typed, or keep the values and close"),
        Binding("backspace", "erase", "Erase", show=False, tooltip="take back the last character of what is typed"),
        Binding("escape", "escape", "Take back", tooltip="give up what is typed, or take all changes back and close"),
    ]

    class Stepped(Message):
        """The number goes so many fine steps further."""

        def __init__(self, steps: int) -> None:
            super().__init__()
            self.steps = steps

    class Element(Message):
        """Another element of the array is wanted, so many places further."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    class Typed(Message):
        """A number is being typed; with `done` it is to be set."""

        def __init__(self, done: bool = False) -> None:
            super().__init__()
            self.done = done

    class Vain(Message):
        """A key that takes back what is typed was pressed, and nothing is."""

    class Pulled(Message):
        """The mouse chose a slider, or pulled it to a column of its bar; with `done` it let go."""

        def __init__(self, row: int, column: int | None, done: bool = False) -> None:
            super().__init__()
            self.row = row
            self.column = column
            self.done = done

    typed = ""
    drawn: Board | None = None
    """What stands on the board, to take hold of."""
    _held: int | None = None

    def show(self, drawn: Board) -> None:
        """Show the sliders."""
        self.drawn = drawn
        self.tell(drawn.text)

    def on_key(self, event: events.Key) -> None:
        """Take what a number is typed with."""
        if event.character and event.character in (GOES_ON if self.typed else BEGINS):
            event.stop()
            event.prevent_default()
            self._type(self.typed + event.character)

    def _type(self, text: str) -> None:
        self.typed = text
        self.post_message(self.Typed())

    def action_erase(self) -> None:
        """Take back the last character."""
        if self.typed:
            self._type(self.typed[:-1])
        else:
            self.post_message(self.Vain())

    async def action_enter(self) -> None:
        """Set what is typed, or keep everything."""
        if self.typed:
            self.post_message(self.Typed(done=True))
        else:
            await self.run_action("screen.whatif")

    async def action_escape(self) -> None:
        """Give up what is typed, or everything."""
        if self.typed:
            self._type("")
        else:
            await self.run_action("screen.leave")

    def action_step(self, steps: int) -> None:
        """Move the number."""
        self.typed = ""
        self.post_message(self.Stepped(steps))

    def action_turn(self, by: int) -> None:
        """Choose another slider."""
        self.typed = ""
        super().action_turn(by)

    def action_element(self, by: int) -> None:
        """Choose another element of the array."""
        self.typed = ""
        self.post_message(self.Element(by))

    def _column(self, event: events.MouseEvent) -> int:
        assert self.drawn is not None
        return int(event.screen_x) - self.query_one("#told", Static).region.x - self.drawn.left

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of a slider; beside its bar, choose it."""
        if self.drawn is None:
            return
        row = self.drawn.row_at(int(event.screen_y) - self.query_one("#told", Static).region.y)
        if row is None:
            return
        self.typed = ""
        column: int | None = self._column(event)
        if column in range(self.drawn.columns):
            self._held = row
            self.capture_mouse()
        else:
            column = None
        self.post_message(self.Pulled(row, column))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Pull the slider along."""
        if self._held is not None:
            self.post_message(self.Pulled(self._held, self._column(event)))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let go of the slider."""
        if self._held is not None:
            row, self._held = self._held, None
            self.release_mouse()
            self.post_message(self.Pulled(row, self._column(event), done=True))
