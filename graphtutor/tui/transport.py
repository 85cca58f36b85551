"""The line that says where in the run one is; a click on its bar goes there."""

from __future__ import annotations

from rich.text import Text
from textual import events
from textual.message import Message
from textual.widget import Widget

from graphtutor.tui.palette import FAINT, GOLD, GRADIENT, SOFT, TEXT, VALUE


def position(cursor: int, total: int, turn: int) -> tuple[str, str]:
    """Return the step and the pass in words: `step 4/13`, `backward pass`."""
    if cursor == 0:
        return f"step 0/{total}", "start"
    if cursor == total:
        return f"step {total}/{total}", "end of the backward pass" if total > turn else "end"
    return f"step {cursor}/{total}", "forward pass" if cursor <= turn else "backward pass"


def bar(cursor: int, total: int, turn: int, columns: int) -> Text:
    """Draw how far the run has come: the forward pass green, the backward pass red, what is to come thin."""
    text = Text()
    if columns < 4 or not total:
        return text
    done, middle = (round(columns * part / total) for part in (cursor, turn))
    text.append("━" * min(done, middle), VALUE)
    text.append("━" * max(0, done - middle), GRADIENT)
    text.append("─" * (columns - done), FAINT)
    return text


class Transport(Widget):
    """Show play state, position, pass and speed."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Transport { height: 1; background: $surface; padding: 0 1; }
    """

    class Sought(Message):
        """The bar was clicked."""

        def __init__(self, cursor: int) -> None:
            super().__init__()
            self.cursor = cursor

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._state = (0, 0, 0, False, 1.0)
        self._bar = (0, 0)

    def show(self, cursor: int, total: int, turn: int, playing: bool, speed: float) -> None:
        """Show another position."""
        state = (cursor, total, turn, playing, speed)
        if state != self._state:
            self._state = state
            self.refresh()

    def render(self) -> Text:
        """Return the line."""
        cursor, total, turn, playing, speed = self._state
        step, side = position(cursor, total, turn)
        text = Text(no_wrap=True)
        text.append("► playing " if playing else "‖ paused  ", f"bold {GOLD}" if playing else SOFT)
        text.append(f" {step} ", f"bold {TEXT}")
        colour = SOFT if cursor in (0, total) else VALUE if cursor <= turn else GRADIENT
        text.append(f" {side} ", colour)
        pace = f" {speed:g}x"
        columns = self.size.width - text.cell_len - len(pace) - 1
        self._bar = (text.cell_len, columns)
        text.append_text(bar(cursor, total, turn, columns))
        text.append(pace, SOFT)
        return text

    def on_click(self, event: events.Click) -> None:
        """Go to where the bar was clicked."""
        start, columns = self._bar
        total = self._state[1]
        at = event.get_content_offset(self)
        if at is not None and columns > 0 and start <= at.x < start + columns:
            self.post_message(self.Sought(round((at.x - start + 0.5) / columns * total)))
