"""The home screen: a prompt, what one did lately, worked examples, exercises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from threading import Thread
from typing import ClassVar

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.geometry import Region, Size
from textual.message import Message
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from graphtutor.errors import GraphtutorError, InputError
from graphtutor.examples import EXAMPLES, Example
from graphtutor.examples import named as example_of
from graphtutor.exercises.catalogue import catalogue
from graphtutor.exercises.catalogue import named as exercise_of
from graphtutor.explain.words import languages, sentence
from graphtutor.gates import Role
from graphtutor.tui import recent, shelf
from graphtutor.tui.cells import clip, width
from graphtutor.tui.footer import FixedKeys
from graphtutor.tui.memory import Memory, Saved
from graphtutor.tui.palette import ACCENT, FAINT, GOLD, GRADIENT, ROLE_COLOURS, SOFT, TEXT, VALUE
from graphtutor.tui.prompt import complaint
from graphtutor.tui.room import LEAST, Room

WARM_AFTER = 0.3
"""Seconds after which what the tutor needs is read in the background, so that the first expression opens at once."""
KEYS = (
    ("enter", "Open", "enter"),
    ("tab", "Next", "tab"),
    ("up/down", "Choose", "down"),
    ("ctrl+p", "Commands", "ctrl+p"),
    ("F1", "Help", "f1"),
    ("ctrl+q", "Quit", "ctrl+q"),
)


LISTS = ("recent", "examples", "exercises")
NAMED = {example.name: example for example in EXAMPLES}
OFFERED = EXAMPLES[0].text
"""What enter opens while nothing is typed; it stands in the prompt and shows how expressions and values are written."""


def banner(lang: str, plain: bool = False) -> Text:
    """Draw the title; `plain`: for a terminal that may not have the letters of every language."""
    text = Text()
    frame = ROLE_COLOURS[Role.DISTRIBUTOR]
    rows = (
        (("  x ──╮ ", SOFT), ("╭───╮", frame), ("  3", VALUE)),
        (("      ├►", SOFT), ("│ + ├", frame), ("────► f", SOFT)),
        (("  y ──╯ ", SOFT), ("╰───╯", frame), (" -4", GRADIENT)),
    )
    names = {code: sentence("en", "languages", code) for code in languages()} if plain else languages()
    known = " · ".join(names.values())
    words = (sentence(lang, "home", "language", names=known), "graphtutor", sentence(lang, "home", "tagline"))
    for row, word in zip(rows, words, strict=True):
        line = Text()
        for piece, style in row:
            line.append(piece, style)
        line.append(" " * (24 - line.cell_len))
        line.append(word, f"bold {ACCENT}" if word == "graphtutor" else SOFT)
        text.append_text(line)
        text.append("\n")
    text.right_crop(1)
    return text


OPEN = Binding("enter", "open", "Open", tooltip="open what is typed or chosen")


class Prompt(Input):
    """The line for an expression, whose enter is in the help."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Open", tooltip="open what is typed; while nothing is, the example in the prompt")
    ]


class Choices(OptionList):
    """A list, perhaps with headings: entries that cannot be chosen, each in sight with the entry below it.

    It leaves a page alone while there is no room to show one: Textual's fails then.
    """

    BINDINGS: ClassVar[list[BindingType]] = [replace(OPEN, action="select")]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether a key does something."""
        return bool(self.size.area) and super().check_action(action, parameters)

    @property
    def at_first(self) -> bool:
        """Whether nothing that can be chosen stands above what is highlighted."""
        return all(option.disabled for option in self.options[: self.highlighted])

    def scroll_to_highlight(self, top: bool = False) -> None:
        """Scroll to what is highlighted, and to the heading above it."""
        super().scroll_to_highlight(top)
        above = (self.highlighted or 0) - 1
        if self.is_mounted and above >= 0 and self.options[above].disabled:
            self.scroll_to_region(Region(0, self.rows(above), 1, 1), animate=False, force=True, immediate=True)

    def rows(self, entries: int | None = None) -> int:
        """Return how many rows so many entries take, or all; none of their lines is broken."""
        return sum(str(option.prompt).count("\n") + 1 for option in self.options[:entries])

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many rows it would take: a grid tells the width of its first column, where lines would break."""
        return self.rows()


class HomeScreen(Room, inherit_bindings=False):
    """Choose what to watch or to answer."""

    ABOUT = "Type an expression, or choose one that you had before, a worked example or an exercise."
    MOUSE = "home"
    GROUPS: ClassVar[dict[str, str]] = {
        "home": "submit select open focus_next focus_previous up down clear",
        **Room.GROUPS,
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        OPEN,
        Binding("tab", "app.focus_next", "Next", tooltip="go to the next part of the screen"),
        Binding("shift+tab", "app.focus_previous", "Previous", show=False, tooltip="go to the previous part"),
        # With priority: they move the focus, and keys typed right behind them must go to where it moves.
        Binding(
            "up", "up", "Up", show=False, priority=True, tooltip="go up in a list; from the first entry to the prompt"
        ),
        Binding(
            "down",
            "down",
            "Down",
            show=False,
            priority=True,
            tooltip="go down in a list; from the prompt to the first list",
        ),
        Binding("escape", "clear", "Clear", show=False, tooltip="clear the prompt and go to it"),
        Binding("f1", "help", "Help", tooltip="show this help"),
        Binding("ctrl+q", "quit", "Quit", tooltip="leave graphtutor"),
    ]
    DEFAULT_CSS = """
    HomeScreen #banner { height: 3; margin: 1 0; padding: 0 1; }
    HomeScreen Input { margin: 0 1; border: round $border; background: $background; height: 3;
        border-title-color: $soft; }
    HomeScreen Input:focus { border: round $accent; border-title-color: $accent; }
    HomeScreen #remark { height: auto; min-height: 2; max-height: 5; margin: 0 2; }
    HomeScreen #lists {
        layout: grid; grid-size: 2 2; grid-columns: 22fr 17fr; grid-rows: auto 1fr; height: 1fr; margin: 0 1;
    }
    HomeScreen #recent { column-span: 2; height: auto; max-height: 5; }
    HomeScreen.-high #recent { max-height: 8; }
    HomeScreen.fresh #recent { display: none; }
    HomeScreen.fresh #lists, HomeScreen.-wide.fresh #lists { grid-size: 2 1; grid-columns: 22fr 17fr; grid-rows: 1fr; }
    HomeScreen.-wide #lists { grid-size: 3 1; grid-columns: 4fr 5fr 3fr; grid-rows: 1fr; }
    HomeScreen.-wide #recent { column-span: 1; height: 1fr; max-height: 100%; }
    HomeScreen.-low.-narrow #banner { margin: 0; }
    HomeScreen OptionList {
        border: round $border; background: $background; width: 1fr; height: 1fr; padding: 0;
        border-title-color: $soft; scrollbar-size: 1 1;
    }
    HomeScreen OptionList:focus { border: round $accent; border-title-color: $accent; }
    HomeScreen OptionList > .option-list--option { padding: 0 0 0 1; }
    HomeScreen OptionList > .option-list--option-disabled { color: $soft; }
    HomeScreen OptionList > .option-list--option-highlighted { background: $background; text-style: none; }
    HomeScreen OptionList:focus > .option-list--option-highlighted { background: $highlight; text-style: bold; }
    HomeScreen #keys { height: 1; background: $surface; padding: 0 1; }
    HomeScreen.-wide #lists { margin: 0 1 1 1; }
    """

    class Opened(Message):
        """An expression was chosen; `failed` hears what is wrong with it."""

        def __init__(self, saved: Saved, failed: Callable[[GraphtutorError], object]) -> None:
            super().__init__()
            self.saved = saved
            self.failed = failed

    class Taken(Message):
        """An exercise was chosen."""

        def __init__(self, path: Path) -> None:
            super().__init__()
            self.path = path

    class Resumed(Message):
        """The last session is to go on."""

    def __init__(self, lang: str = "en", memory: Memory | None = None) -> None:
        super().__init__()
        self.lang = lang
        self.memory = memory or Memory()
        self._recent: list[recent.Entry] = []
        self._wrong: GraphtutorError | None = None
        """What is said to be wrong with what was opened."""

    def content(self) -> ComposeResult:
        """Compose the screen."""
        yield Static(banner(self.lang, getattr(self.app, "plain", False)), id="banner")
        yield Prompt(placeholder=OFFERED, id="prompt", select_on_focus=False)
        yield Static(self.hint, id="remark")
        with Container(id="lists"):
            for name in LISTS:
                choices = Choices(id=name)
                choices.border_title = self._title(name)
                yield choices
        yield FixedKeys(KEYS, self.lang, id="keys")

    @property
    def hint(self) -> Text:
        """What can be typed, and what enter opens."""
        typed = self.query_one(Input).value.strip() if self.is_mounted else ""
        return Text(sentence(self.lang, "home", "typed" if typed else "hint"), SOFT)

    def _title(self, entry: str) -> str:
        return f" {sentence(self.lang, 'home', entry)} "

    def on_mount(self) -> None:
        """Begin at the prompt."""
        self.query_one(Input).border_title = self._title("expression")
        self._fill("#examples", self._examples(LEAST.width // 2))  # keys typed meanwhile find them
        self.fill_recent()
        self.query_one(Input).focus()
        self.set_timer(WARM_AFTER, warm)

    def on_resize(self, event: events.Resize) -> None:
        """Write the lists for the room there is."""
        super().on_resize(event)
        self.call_after_refresh(self.fill)

    def on_screen_resume(self) -> None:
        """Offer what was done meanwhile."""
        if self.is_mounted and self._recent != recent.entries(self.memory):
            self.fill_recent()

    def fill_recent(self) -> None:
        """Write what one did lately; without anything, there is no such list."""
        self._recent = recent.entries(self.memory)
        self.set_class(not self._recent, "fresh")
        columns = max(20, self.query_one("#recent").size.width - 2)
        self._fill("#recent", [Option(recent.line(entry, columns, self.lang)) for entry in self._recent])

    def fill(self) -> None:
        """Write the lists, keeping what is highlighted."""
        self.fill_recent()
        columns = max(20, self.query_one("#examples").size.width - 2)
        self._fill("#examples", self._examples(columns))
        columns = max(12, self.query_one("#exercises").size.width - 2)
        texts = [shelf.entry(exercise, self.lang, columns) for exercise in catalogue()]
        texts = texts or [Text(sentence(self.lang, "home", "none"), SOFT)]
        self._fill("#exercises", [Option(text) for text in texts])

    def _examples(self, columns: int) -> list[Option]:
        """Return the examples under their headings; an example's id is its name."""
        found = []
        for group, examples in groupby(EXAMPLES, key=attrgetter("group")):
            found.append(Option(heading_text(group, columns, self.lang), disabled=True))
            found += [Option(example_text(example, columns, self.lang), id=example.name) for example in examples]
        return found

    def _fill(self, id: str, entries: list[Option]) -> None:
        """Write a list; what was highlighted stays so, at first the first entry that can be chosen."""
        options = self.query_one(id, OptionList)
        at = options.highlighted
        options.clear_options()
        options.add_options(entries)
        if at is None:
            options.action_first()
        else:
            options.highlighted = min(at, len(entries) - 1) if entries else None

    def retell(self) -> None:
        """Write everything anew; what is typed and highlighted stays."""
        super().retell()
        self.query_one("#banner", Static).update(banner(self.lang, getattr(self.app, "plain", False)))
        self.query_one(FixedKeys).speak(self.lang)
        self.query_one(Input).border_title = self._title("expression")
        for name in LISTS:
            self.query_one(f"#{name}").border_title = self._title(name)
        self.fill()
        self.remark()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        self.open_text(event.value)

    @on(Input.Changed)
    def _changed(self) -> None:
        self._wrong = None
        self.query_one("#remark", Static).update(self.hint)

    @on(OptionList.OptionSelected, "#examples")
    def _example(self, event: OptionList.OptionSelected) -> None:
        self.open_text(NAMED[str(event.option_id)].text)

    @on(OptionList.OptionSelected, "#recent")
    def _again(self, event: OptionList.OptionSelected) -> None:
        entry = self._recent[event.option_index]
        self.post_message(self.Resumed() if entry.resumes else self.Opened(entry.saved, self.complain))

    def on_descendant_focus(self) -> None:
        """Say under the prompt what is highlighted where one is now."""
        self.remark()

    @on(OptionList.OptionHighlighted)
    def remark(self) -> None:
        """Say under the prompt what is highlighted, or else what is wrong with what was typed."""
        focused = self.focused
        if not isinstance(focused, OptionList) or focused.highlighted is None:
            if self._wrong is not None:
                self.complain(self._wrong)
                return
            said = self.hint
        elif focused.id == "recent":
            self._wrong = None
            said = recent.remark(self._recent[focused.highlighted], self.memory, self.lang)
        elif focused.id == "examples":
            said = Text(NAMED[str(focused.options[focused.highlighted].id)].text, VALUE)
        else:
            said = Text(sentence(self.lang, "home", "asks"), SOFT)
        self.query_one("#remark", Static).update(said)

    @on(OptionList.OptionSelected, "#exercises")
    def _exercise(self, event: OptionList.OptionSelected) -> None:
        if catalogue():
            self.post_message(self.Taken(catalogue()[event.option_index].path))

    def open_text(self, text: str) -> None:
        """Open the tutor on what was typed, an expression or a name, or say under the prompt what is wrong.

        Where nothing was typed, open what the prompt offers.
        """
        text = text if text.strip() else OFFERED
        exercise = exercise_of(text.strip())
        if exercise is not None:
            self.post_message(self.Taken(exercise.path))
            return
        try:
            known = example_of(text)
        except InputError as error:
            self.complain(error)
        else:
            self.post_message(self.Opened(Saved(known.text if known else text, {}), self.complain))

    def complain(self, error: GraphtutorError) -> None:
        """Say under the prompt what is wrong."""
        self._wrong = error
        self.query_one("#remark", Static).update(complaint(error, max(20, self.size.width - 6), self.lang))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let keys that come before there is a prompt be."""
        return self.is_mounted

    def action_open(self) -> None:
        """Open what is typed."""
        self.open_text(self.query_one(Input).value)

    def action_up(self) -> None:
        """Go up in a list, from its first entry to the prompt."""
        if isinstance(self.focused, Choices) and not self.focused.at_first:
            self.focused.action_cursor_up()
        else:
            self.query_one(Input).focus()

    def action_down(self) -> None:
        """Go down in a list, from the prompt to the first list."""
        if isinstance(self.focused, OptionList):
            self.focused.action_cursor_down()
        else:
            self.query_one("#recent" if self._recent else "#examples").focus()

    def action_clear(self) -> None:
        """Clear the prompt."""
        prompt = self.query_one(Input)
        prompt.value = ""
        prompt.focus()


def example_text(example: Example, columns: int, lang: str = "en") -> Text:
    """Write an example on two lines: the expression with its values, what one sees."""
    values = " ".join(f"{name}={value}" for name, value in example.values)
    text = Text(clip(example.title, columns), TEXT)
    room = columns - text.cell_len - 3
    if room > 8:
        values = clip(values, room)
        text.append(" " * (columns - 1 - text.cell_len - width(values)))
        text.append(values, VALUE)
    text.append(f"\n{clip(shelf.about(example, lang), columns)}", SOFT)
    return text


def heading_text(group: str, columns: int, lang: str = "en") -> Text:
    """Write the heading of a group of examples: its name on a line."""
    text = Text("─ ", FAINT).append(f"{sentence(lang, 'groups', group)} ", f"bold {GOLD}")
    return text.append("─" * max(0, columns - 1 - text.cell_len), FAINT)


def warm() -> None:
    """Import the tutor, and with it numpy, beside what is going on."""
    Thread(target=import_module, args=("graphtutor.tui.tutor",), daemon=True).start()
