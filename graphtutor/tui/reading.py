"""The screen that is there while a long expression is read and run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Static

from graphtutor.errors import GraphtutorError
from graphtutor.explain.words import sentence
from graphtutor.tui.beside import Beside, Job, Tell
from graphtutor.tui.footer import KeyLine
from graphtutor.tui.palette import SOFT
from graphtutor.tui.room import COMMON, Room

if TYPE_CHECKING:
    from graphtutor.timeline import Timeline
    from graphtutor.tui.study import Study

LONG = 30_000
"""Characters from which an expression is not read at once."""
Read = Callable[[Tell], "Study"]
"""Reads and runs an expression, and says what it is doing. Raises `GraphtutorError`."""


class ReadingScreen(Room, inherit_bindings=False):
    """Read and run an expression in a thread, and say so."""

    ABOUT = "A long expression is read and run; then the graph is arranged."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Cancel", tooltip="leave it, and go back"),
        *COMMON,
    ]
    DEFAULT_CSS = """
    ReadingScreen #read { height: 1fr; content-align: center middle; }
    """

    class Over(Message):
        """There is something to show instead."""

        def __init__(self, then: Callable[[], object]) -> None:
            super().__init__()
            self.then = then

    def __init__(
        self,
        read: Read,
        opened: Callable[[Study, Timeline], object],
        failed: Callable[[GraphtutorError], object],
        lang: str = "en",
    ) -> None:
        super().__init__()
        self.lang = lang
        self._read = read
        self._opened = opened
        self._failed = failed
        self._beside = Beside(self)
        self._over: ReadingScreen.Over | None = None

    def content(self) -> ComposeResult:
        """Compose the screen."""
        yield Static(id="read")
        yield KeyLine()

    def on_mount(self) -> None:
        """Begin."""
        self.retell()
        self._beside.start(Job(self._work, self._done, self._fail, self._say))

    def retell(self) -> None:
        """Say what is done; how far it is comes next."""
        super().retell()
        self._say(sentence(self.lang, "app", "reading"))

    def _work(self, tell: Tell) -> tuple[Study, Timeline]:
        from graphtutor.timeline import Timeline

        study = self._read(tell)
        return study, Timeline(study.run)

    def on_unmount(self) -> None:
        """Nobody waits for it any more."""
        self._beside.stop()

    def _say(self, text: str) -> None:
        self.query_one("#read", Static).update(Text(text, SOFT))

    def _done(self, made: tuple[Study, Timeline]) -> None:
        self._hand_on(lambda: self._opened(*made))

    def _fail(self, error: Exception) -> None:
        def then() -> None:
            if not isinstance(error, GraphtutorError):
                raise error
            self._failed(error)

        self._hand_on(then)

    def _hand_on(self, then: Callable[[], object]) -> None:
        self._over = self.Over(then)
        self.on_screen_resume()

    def on_screen_resume(self, event: events.ScreenResume | None = None) -> None:
        """Hand on what has come, unless something stands above this screen."""
        if self._over is not None and self.app.screen is self:
            over, self._over = self._over, None
            self.post_message(over)

    def action_leave(self) -> None:
        """Leave it."""
        self._beside.stop()
        self.dismiss()
