"""The export menu: what is drawn, in which format, into which file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, Static

from graphtutor.errors import GraphtutorError, InputError
from graphtutor.explain.words import sentence
from graphtutor.tui.beside import Beside, Job, nobody
from graphtutor.tui.cells import width
from graphtutor.tui.exporting import Picture
from graphtutor.tui.footer import FixedKeys
from graphtutor.tui.palette import GOLD, SOFT, TEXT
from graphtutor.tui.prompt import complaint
from graphtutor.tui.sturdy import LeftOnce, Sturdy

KEYS = (
    ("enter", "Write", "enter"),
    ("tab", "Next", "tab"),
    ("left/right", "Choose", "right"),
    ("esc", "Close", "escape"),
)
Pictures = Callable[[str, int | None], Picture]
"""Returns what draws and saves, under a name, what is known after so many steps, or all. Raises `GraphtutorError`."""


class Choice(Widget, can_focus=True):
    """One of a few words; the chosen one stands in brackets."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,space", "move(1)", "Choose", tooltip="the next one"),
        Binding("left", "move(-1)", "Choose", show=False, tooltip="the one before"),
    ]
    DEFAULT_CSS = "Choice { height: 1; width: 1fr; } Choice:focus { background: $highlight; }"

    class Changed(Message):
        """Another word was chosen."""

    def __init__(self, words: list[str], at: int = 0, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.words = words
        self.at = at

    @property
    def word(self) -> str:
        """The chosen word."""
        return self.words[self.at]

    def choose(self, at: int) -> None:
        """Choose a word by its place."""
        if at != self.at:
            self.at = at
            self.refresh()
            self.post_message(self.Changed())

    def render(self) -> Text:
        """Return the line."""
        text = Text(no_wrap=True)
        for i, word in enumerate(self.words):
            text.append(f"[{word}]" if i == self.at else f" {word} ", f"bold {GOLD}" if i == self.at else SOFT)
            text.append(" ")
        return text

    def action_move(self, by: int) -> None:
        """Choose the next word."""
        self.choose((self.at + by) % len(self.words))

    def on_click(self, event: events.Click) -> None:
        """Choose the word under the mouse."""
        x = event.get_content_offset_capture(self).x
        for i, word in enumerate(self.words):
            x -= width(word) + 3
            if x < 0:
                self.choose(i)
                return


class ExportMenu(Sturdy, LeftOnce, ModalScreen[str | None]):
    """Ask what to write where; the result says what was written, `None` when nothing was."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "write", "Write", priority=True, tooltip="write the file; asks before it replaces one"),
        Binding("tab,down", "app.focus_next", "Next", priority=True, tooltip="go to the next line"),
        Binding("shift+tab,up", "app.focus_previous", "Previous", show=False, priority=True, tooltip="go back a line"),
        Binding("escape", "close", "Close", tooltip="write nothing"),
    ]
    DEFAULT_CSS = """
    ExportMenu { align: center middle; background: $background 70%; }
    ExportMenu #menu {
        width: 74; max-width: 100%; height: auto; background: $surface; border: round $accent; padding: 1 2;
        border-title-color: $accent; border-title-style: bold;
    }
    ExportMenu Horizontal { height: 1; }
    ExportMenu .asked { width: 8; color: $soft; }
    ExportMenu #line, ExportMenu #line:focus {
        width: 1fr; height: 1; border: none; padding: 0; background: $background;
    }
    ExportMenu #told { height: auto; min-height: 2; margin-top: 1; }
    ExportMenu #keys { margin-top: 1; }
    """

    def __init__(
        self,
        name: str,
        cursor: int,
        total: int,
        formats: list[str],
        pictures: Pictures,
        web: bool = False,
        lang: str = "en",
    ) -> None:
        super().__init__()
        self._lang = lang
        self._name = name
        self._cursor = cursor
        self._between = 0 < cursor < total
        self._total = total
        self._formats = formats
        self._pictures = pictures
        self._beside = Beside(self)
        self._web = web
        self._agreed = ""
        """The file that may be replaced."""
        self._doing = ""
        """What is under way, in words."""

    def compose(self) -> ComposeResult:
        """Compose the menu."""
        whats = [self._word("run"), self._word("moment", step=self._cursor, total=self._total)][: 1 + self._between]
        with Vertical(id="menu") as menu:
            menu.border_title = f" {self._word('title')} "
            with Horizontal():
                yield Static(self._word("what"), classes="asked")
                yield Choice(whats, len(whats) - 1, id="what")
            with Horizontal():
                yield Static(self._word("format"), classes="asked")
                yield Choice(self._formats, self._formats.index("svg"), id="format")
            with Horizontal():
                yield Static(self._word("file"), classes="asked")
                yield Input(self.suggestion(len(whats) > 1, "svg"), id="line", select_on_focus=False)
            yield Static(id="told")
            yield FixedKeys(KEYS, self._lang, id="keys")

    def _word(self, entry: str, **values: object) -> str:
        return sentence(self._lang, "export", entry, **values)

    def on_mount(self) -> None:
        """Begin at the file's name: enter alone writes what is suggested."""
        self.query_one(Input).focus()
        self.say()

    def suggestion(self, moment: bool, format: str) -> str:
        """Return a file name to start from."""
        return f"{self._name}{f'-step{self._cursor}' if moment else ''}.{format}"

    @property
    def moment(self) -> bool:
        """Whether only what is known at the moment is drawn."""
        return self.query_one("#what", Choice).at == 1

    @property
    def named(self) -> str:
        """The name that was typed; without an ending, with that of the format."""
        typed = self.query_one(Input).value.strip()
        whole = not Path(typed).name or Path(typed).suffix or is_folder(typed)
        return typed if whole else f"{typed.rstrip('.')}.{self.query_one('#format', Choice).word}"

    def say(self) -> None:
        """Say what would happen, or what is under way."""
        text = Text()
        named = self.named
        if self._beside.busy:
            text.append(sentence(self._lang, "beside", "under_way", doing=self._doing), f"bold {GOLD}")
        elif self._web:
            text.append(self._word("downloads"), SOFT)
        elif exists(named):
            text.append(self._word("exists", name=Path(named).name), GOLD)
        elif named:
            text.append(self._word("place", path=place(named)), TEXT)
        self.query_one("#told", Static).update(text)

    @on(Choice.Changed)
    def _chosen(self) -> None:
        line = self.query_one(Input)
        path = Path(line.value.strip())
        format = self.query_one("#format", Choice).word
        ours = {self.suggestion(moment, known) for moment in (False, True) for known in self._formats}
        new = self.suggestion(self.moment, format) if path.name in ours else f"{path.stem}.{format}"
        line.value = str(path.with_name(new)) if path.name else new
        line.cursor_position = len(line.value)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        suffix = Path(event.value.strip()).suffix[1:].lower()
        if suffix in self._formats:
            choice = self.query_one("#format", Choice)
            with choice.prevent(Choice.Changed):
                choice.choose(self._formats.index(suffix))
        self._agreed = ""
        self.say()

    def action_write(self) -> None:
        """Draw beside the screen, and write, unless a file would be lost that one has not agreed to lose."""
        named = self.named
        if self._beside.busy:
            return
        if not self._web and exists(named) and self._agreed != named:
            self._agreed = named
            self.query_one("#told", Static).update(Text(self._word("agree", name=Path(named).name), f"bold {GOLD}"))
            return
        try:
            picture = self._pictures(named, self._cursor if self.moment else None)
        except (OSError, ValueError, RuntimeError) as error:  # the last for an unknown ~name
            self._complain(error)
            return

        def save(content: bytes) -> None:
            try:
                self.dismiss(picture.save(content))
            except GraphtutorError as error:
                self._complain(error)

        self._doing = self._word("drawing", name=Path(named).name)
        self._beside = Beside(self)  # not behind one that was stopped
        self._beside.start(Job(lambda tell: picture.draw(), save, self._complain, nobody, large=False))
        self.say()

    def _complain(self, error: Exception) -> None:
        """Say what is wrong; the menu stays."""
        if not isinstance(error, (OSError, ValueError, ImportError, RuntimeError)):
            raise error
        told = self.query_one("#told", Static)
        known = error if isinstance(error, GraphtutorError) else InputError(str(error))
        told.update(complaint(known, max(20, told.size.width), self._lang))

    def action_close(self) -> None:
        """Stop drawing, or write nothing."""
        if self._beside.busy:
            self._stop()
            self.say()
        else:
            self.dismiss(None)

    def _stop(self) -> None:
        from graphtutor.export import graphviz_engines

        if self._beside.busy:
            self._beside.stop()
            graphviz_engines.stop()

    def on_unmount(self) -> None:
        """Let nothing go on that nobody waits for."""
        self._stop()


def is_folder(typed: str) -> bool:
    """Return whether a name that was typed is that of a folder."""
    try:
        return Path(typed).expanduser().is_dir()
    except (OSError, ValueError, RuntimeError):
        return False


def place(typed: str) -> str:
    """Return the whole path of a name that was typed; what is no name stays as it is."""
    try:
        return str(Path(typed).expanduser().absolute())
    except (OSError, ValueError, RuntimeError):
        return typed


def exists(typed: str) -> bool:
    """Return whether a name that was typed is that of a file; what is no name is none."""
    try:
        return bool(typed) and Path(typed).expanduser().is_file()
    except (OSError, ValueError, RuntimeError):
        return False
