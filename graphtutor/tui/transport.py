"""The line that says where in the run one is; its bar is clicked and dragged to go elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from rich.text import Text
from textual import events
from textual.message import Message

from graphtutor.explain.words import sentence
from graphtutor.tui.cells import clip, padded, width
from graphtutor.tui.lines import Lines
from graphtutor.tui.palette import FAINT, GOLD, GRADIENT, SOFT, TEXT, VALUE

LEAST_BAR = 4
"""Columns below which there is no bar."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What the line shows."""

    cursor: int = 0
    total: int = 0
    turn: int = 0
    """How many steps the forward pass has."""
    gates: tuple[int, ...] = ()
    """The cursors at which a gate is done."""
    playing: bool = False
    speed: float = 1.0
    looping: bool = False
    animated: bool = True


def position(cursor: int, total: int, turn: int, lang: str = "en") -> tuple[str, str]:
    """Return the step and the pass in words: `step 4/13`, `backward pass`."""
    side = "forward_pass" if cursor <= turn else "backward_pass"
    side = "start" if cursor == 0 else "end" if cursor == total else side
    return f"{sentence(lang, 'screen', 'step')} {cursor}/{total}", sentence(lang, "screen", side)


def bar(at: Situation, columns: int) -> Text:
    """Draw how far the run has come: the forward pass green, the backward pass red, what is to come thin.

    Ticks stand where a gate is done, as long as they can be told apart, and a longer one where the passes meet.
    """
    text = Text()
    if columns < LEAST_BAR or not at.total:
        return text
    done, middle = (round(columns * part / at.total) for part in (at.cursor, at.turn))
    ticks = {round(columns * gate / at.total) for gate in at.gates} if columns >= 2 * len(at.gates) else set()
    cells = []
    for end in range(1, columns + 1):
        reached = end <= done
        colour = FAINT if not reached else VALUE if end <= middle else GRADIENT
        if end == middle and 0 < at.turn < at.total:
            cells.append((colour, "╋" if reached else "┼"))
        elif end in ticks and end < columns:
            cells.append((colour, "┷" if reached else "┴"))
        else:
            cells.append((colour, "━" if reached else "─"))
    for colour, run in groupby(cells, itemgetter(0)):
        text.append("".join(sign for _, sign in run), colour)
    return text


def sought(column: int, columns: int, total: int) -> int:
    """Return the cursor up to which the bar is full when this column of it is the last full one."""
    return 0 if column <= 0 else round(min(1.0, (column + 1) / columns) * total)


class Transport(Lines):
    """Show play state, position, pass, speed; under the mouse, what happens there.

    Where there are two lines, the bar has the second for itself.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Transport { height: 1; overflow: hidden; background: $surface; padding: 0 1; }
    """

    class Sought(Message):
        """The bar was clicked, or dragged to another step."""

        def __init__(self, cursor: int) -> None:
            super().__init__()
            self.cursor = cursor

    def __init__(self, lang: str = "en", *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lang = lang
        self._at = Situation()
        self._tell: Callable[[int], str] = str
        self._view = ""
        self._bar = (0, 0)
        self._dragged = False
        self._hovered: int | None = None

    def speak(self, lang: str) -> None:
        """Write the line in another language."""
        self._lang = lang
        self.update(self.line())

    def show(self, at: Situation, tell: Callable[[int], str], view: str = "") -> None:
        """Show another situation; `tell` says what happens in the step that leads to a cursor, `view` the zoom."""
        self._tell = tell
        if (at, view) != (self._at, self._view):
            if not self._dragged and not (at.playing and self._at.playing):
                self._hovered = None  # a mouse at rest hides no longer where keys have led
            self._at, self._view = at, view
            self.update(self.line())

    def on_resize(self) -> None:
        """Make the bar as long as there is room."""
        self.update(self.line())

    def line(self) -> Text:
        """Write the line. Where the bar stands does not depend on the position, so that it can be dragged."""
        at = self._at
        step, side = position(at.cursor, at.total, at.turn, self._lang)
        text = Text(no_wrap=True)
        state = sentence(self._lang, "screen", "playing" if at.playing else "paused")
        text.append(padded(f"{'►' if at.playing else '‖'} {state}", 10), f"bold {GOLD}" if at.playing else SOFT)
        longest = position(at.total, at.total, at.turn, self._lang)[0]
        text.append(f" {padded(step, width(longest))} ", f"bold {TEXT}")
        colour = SOFT if at.cursor in (0, at.total) else VALUE if at.cursor <= at.turn else GRADIENT
        text.append(f" {padded(side, 13)} ", colour)
        words = ("loop",) * at.looping + ("still",) * (not at.animated)
        flags = " ".join((f" {at.speed:g}x", *(sentence(self._lang, "screen", word) for word in words)))
        view = f" │ {self._view}" if self._view else ""
        lines = self.size.height > 1
        if self._hovered is not None:
            there = f"{self._hovered}/{at.total} {self._tell(self._hovered)}"
            room = self.size.width - width(flags + view) if lines else text.cell_len
            text = Text("→ ", GOLD, no_wrap=True)
            text.append(clip(there, room - 3), TEXT)
            text.pad_right(room - text.cell_len)
        if lines:
            text.append(" " * max(0, self.size.width - text.cell_len - width(flags + view)))
            text.append(f"{flags}{view}\n", SOFT)
            self._bar = (0, self.size.width)
            return text.append_text(bar(at, self.size.width))
        columns = self.size.width - text.cell_len - max(width(flags), len(" 0.25x")) - width(view) - 1
        self._bar = (text.cell_len, columns)
        text.append_text(bar(at, columns))
        text.append(flags + view, SOFT)
        return text

    def _under(self, event: events.MouseEvent) -> int | None:
        """Return the cursor that the mouse points at; `None` beside the bar, unless it is being dragged."""
        start, columns = self._bar
        column = int(event.screen_x - self.content_region.x - start)
        line = event.screen_y == self.content_region.bottom - 1
        if columns < LEAST_BAR or not (self._dragged or (line and 0 <= column < columns)):
            return None
        return sought(column, columns, self._at.total)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of the bar."""
        cursor = self._under(event)
        if cursor is not None:
            self._dragged = True
            self.capture_mouse()
            self._seek(cursor)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag the position along, or tell the step under the mouse."""
        cursor = self._under(event)
        if self._dragged and cursor is not None:
            self._seek(cursor)
        self._hover(cursor)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let go of the bar."""
        self._dragged = False
        self.release_mouse()
        self._hover(self._under(event))

    def on_leave(self) -> None:
        """Show the position again."""
        if not self._dragged:
            self._hover(None)

    def _seek(self, cursor: int) -> None:
        if cursor != self._at.cursor:
            self.post_message(self.Sought(cursor))

    def _hover(self, cursor: int | None) -> None:
        if cursor != self._hovered:
            self._hovered = cursor
            self.update(self.line())
