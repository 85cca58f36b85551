"""The application: which screen is first, the theme, what is remembered, the commands of the palette."""

from __future__ import annotations

import re
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.command import CommandPalette, Provider
from textual.dom import DOMNode
from textual.filter import LineFilter
from textual.message import Message
from textual.notifications import Notify, SeverityLevel
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, OptionList

from graphtutor.errors import GraphtutorError
from graphtutor.explain.words import error_words, languages, sentence
from graphtutor.tui import ascii as ascii_signs
from graphtutor.tui import themes
from graphtutor.tui.ascii import AsciiSigns
from graphtutor.tui.beside import Tell, nobody
from graphtutor.tui.cells import marked, told
from graphtutor.tui.home import HomeScreen
from graphtutor.tui.memory import Memory, Saved
from graphtutor.tui.palette import COLOURS, THEMES
from graphtutor.tui.reading import LONG, Read, ReadingScreen
from graphtutor.tui.room import Room
from graphtutor.tui.sturdy import LeftOnce, Remark, Sturdy

if TYPE_CHECKING:
    from graphtutor.exercises import Exercise
    from graphtutor.timeline import Timeline
    from graphtutor.tui.study import Study


SAVE_AFTER = 1.0
"""Seconds after a change until it is written to the disk; more changes may come meanwhile."""
LOOPS = ("_process_messages_loop", "run_process_messages")
"""Functions of Textual that end when a handler has failed."""
ERRORS_IN_A_ROW = 5
"""Unexpected errors within a minute after which going on is of no use."""


class Palette(LeftOnce, CommandPalette):
    """The commands; the second half of a double click does not carry one out again."""

    async def _on_message(self, message: Message) -> None:
        if self.is_active or not isinstance(message, OptionList.OptionSelected | Input.Submitted):
            await super()._on_message(message)


WORDED = {"⏎": "enter", "⌫": "backspace"}
"""What keys are called whose signs few know, and browsers draw wider than a cell."""
ANSWERS = "answers"
"""The setting with what was answered in exercises, by their ids."""
MOST_KEPT = 100
"""Exercises that are remembered; the ones answered last."""


def described() -> type[Provider]:
    """Return what finds the commands, which is needed only once somebody looks for one."""
    from graphtutor.tui.commands import Described

    return Described


class GraphtutorApp(Sturdy, App[None]):
    """graphtutor in a terminal.

    `memory` is what is remembered from earlier starts; without one, nothing is. `lang` and `theme` win over it.
    A `sturdy` app goes on after an unexpected error, with a message; otherwise, as in a test, the error ends it.
    `ascii` draws with ASCII signs only.
    `read` reads the expression to begin with, where that takes long; a mistake in it ends the app.
    """

    TITLE = "graphtutor"
    ENABLE_COMMAND_PALETTE = True
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {described}
    PAUSE_GC_ON_SCROLL: ClassVar[bool] = True
    CSS = """
    Input, Input:focus, OptionList, OptionList:focus { background-tint: $background 0%; }
    CommandPalette > Vertical { width: 96; max-width: 100%; }
    Toast { padding: 0 1; }
    Panes.-narrow ToastRack { margin-bottom: 9; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True, tooltip="leave graphtutor"),  # said as everywhere
        Binding("ctrl+t", "next_theme", "Theme", show=False, tooltip="the next theme: dark, light, ..."),
        Binding(
            "ctrl+p",
            "command_palette",
            "Commands",
            show=False,
            tooltip="find a command by its name; themes and the language too",
        ),
    ]

    def __init__(
        self,
        study: Study | None = None,
        exercise: Exercise | None = None,
        lang: str | None = None,
        clock: Callable[[], float] = time.monotonic,
        theme: str | None = None,
        ascii: bool = False,
        memory: Memory | None = None,
        sturdy: bool = False,
        read: Read | None = None,
    ) -> None:
        super().__init__()
        self.memory = memory or Memory()
        self.sturdy = sturdy
        self._saving: Timer | None = None
        self._errors: list[float] = []
        for name in THEMES:
            self.register_theme(themes.textual_theme(name))
        remembered = self.memory.setting("theme", THEMES[0])
        self.theme = theme or (remembered if remembered in THEMES else THEMES[0])
        self._ascii = AsciiSigns(enabled=ascii)
        self.lang = lang or self.memory.language
        self.clock = clock
        self._study = study
        self._exercise = exercise
        self._read = read
        self.mistake: GraphtutorError | None = None
        """What was wrong with the expression that the app was started with."""

    def on_mount(self) -> None:
        """Open the home screen, and what was asked for on top of it."""
        if self._study is not None:
            self.open_study(self._study)
        elif self._exercise is not None:
            self.open_exercise(self._exercise)
        elif self._read is not None:
            self.read(self._read, self.give_up, long=True)
        else:
            self.open_home()
        self.say_trouble()

    def open_home(self) -> None:
        """Show the home screen."""
        self.push_screen(HomeScreen(self.lang, self.memory))

    def come_home(self, _: object = None) -> None:
        """Show the home screen when the last screen above it was left; it may not have been opened yet."""
        if not any(isinstance(screen, Room) for screen in self.screen_stack):
            self.open_home()

    @on(HomeScreen.Taken)
    def _taken(self, event: HomeScreen.Taken) -> None:
        self.take(event.path)

    def take(self, path: Path) -> None:
        """Show the exercise in a file, or say what is wrong with it."""
        from graphtutor.exercises import load

        try:
            self.open_exercise(load(path))
        except GraphtutorError as error:
            self.notify(told(error, self.lang), severity="error")

    def open_exercise(self, exercise: Exercise) -> None:
        """Show an exercise."""
        from graphtutor.tui.exercise import ExerciseScreen

        kept = self.memory.setting(ANSWERS, {}).get(exercise.id)
        self.push_screen(ExerciseScreen(exercise, self.lang, kept), self.come_home)

    def keep_answers(self, id: str, kept: dict[str, Any]) -> None:
        """Remember where one is in an exercise; nothing, where nothing is left to do."""
        others = {known: found for known, found in self.memory.setting(ANSWERS, {}).items() if known != id}
        others |= {id: kept} if kept else {}
        self.memory.settings[ANSWERS] = dict(list(others.items())[-MOST_KEPT:])
        self.remember()

    @on(HomeScreen.Resumed)
    def _resumed(self) -> None:
        self.resume()

    @on(HomeScreen.Opened)
    def _opened(self, event: HomeScreen.Opened) -> None:
        self.open_saved(event.saved, event.failed)

    def open_saved(self, saved: Saved, failed: Callable[[GraphtutorError], object] | None = None) -> None:
        """Show the tutor on an expression, or say what is wrong with it."""

        def read(tell: Tell) -> Study:
            from graphtutor.tui.study import study

            return study(saved.text, saved.numbers(), tell, self.lang)

        self.read(read, failed, long=len(saved.text) > LONG)

    def read(
        self,
        read: Read,
        failed: Callable[[GraphtutorError], object] | None = None,
        view: dict[str, Any] | None = None,
        *,
        long: bool,
    ) -> None:
        """Read an expression and show it; a long one beside a screen that says so."""
        failed = failed or self.complain
        if long:
            self.push_screen(
                ReadingScreen(read, partial(self.open_study, view=view), failed, self.lang), self.come_home
            )
            return
        try:
            found = read(nobody)
        except GraphtutorError as error:
            failed(error)
        else:
            self.open_study(found, view=view)

    @on(ReadingScreen.Over)
    def _over(self, event: ReadingScreen.Over) -> None:
        self.pop_screen()
        try:
            event.then()
        finally:
            if self.mistake is None:
                self.come_home()

    def complain(self, error: GraphtutorError) -> None:
        """Say what is wrong with an expression, and where."""
        self.notify("\n".join(filter(None, marked(error, 34, self.lang))), severity="error")

    def give_up(self, error: GraphtutorError) -> None:
        """End the app: there is something wrong with what it was started for."""
        self.mistake = error
        self.exit(return_code=2)

    def open_study(self, study: Study, steps: Timeline | None = None, *, view: dict[str, Any] | None = None) -> None:
        """Show the tutor on an expression, as it was seen before if that is known; `steps` are its run's."""
        from graphtutor.tui.tutor import TutorScreen

        self.push_screen(TutorScreen(study, self.lang, self.clock, view, steps), self.come_home)

    # What is remembered

    def resume(self) -> None:
        """Go on where the last session was; say so where its expression is no longer understood."""
        session = self.memory.session
        if session is None:
            return
        changes = session.view.get("changes")

        def read(tell: Tell) -> Study:
            from graphtutor.tui.study import reopened, study

            found = study(session.saved.text, session.saved.numbers(), tell, self.lang)
            assumed = tuple(name for name in found.values if name in list(session.view.get("assumed") or ()))
            return reopened(replace(found, assumed=assumed), changes, tell, self.lang)

        work = len(session.saved.text) * (1 + len(changes if isinstance(changes, list) else ()))
        self.read(read, view=session.view, long=work > LONG)

    def remember(self) -> None:
        """Write down soon where one is; what changes until then is written at once with it."""
        if self._saving is None:
            self._saving = self.set_timer(SAVE_AFTER, self.save)

    def save(self, ended: bool = False) -> None:
        """Write down where one is, now."""
        if self._saving is not None:
            self._saving.stop()
            self._saving = None
        rooms = [screen for screen in reversed(self.screen_stack) if isinstance(screen, Room)]
        for room in rooms:
            session = room.session()
            if session is not None:
                self.memory.settings.update(room.preferences())
                self.memory.session = session
                break
        if ended and self.memory.session is not None:
            self.memory.session = replace(self.memory.session, ended=True)
        self.memory.save()
        self.say_trouble()

    def say_trouble(self) -> None:
        """Say once what is wrong with the memory."""
        if self.memory.trouble:
            self.notify(error_words(self.lang, self.memory.trouble), severity="warning", timeout=10)
            self.memory.trouble = ""

    def exit(self, *arguments: Any, **options: Any) -> None:
        """Leave, having written down where one was."""
        self.save(ended=True)
        super().exit(*arguments, **options)

    # What goes wrong

    async def _dispatch_action(self, namespace: DOMNode, action_name: str, params: Any) -> bool:
        try:
            return await super()._dispatch_action(namespace, action_name, params)
        except Exception as error:
            if not self.take_error(error):
                raise
            return True

    def _handle_exception(self, error: Exception) -> None:
        """Take an error where the loop that met it goes on; where it ends, leave with everything written down."""
        if isinstance(error, BrokenPipeError) and self.is_web:  # the page was closed: nobody is there to be told
            self.exit()
            return
        dying = error.__traceback__ is not None and error.__traceback__.tb_frame.f_code.co_name in LOOPS
        if not dying and self.take_error(error):
            return
        if self.sturdy:
            self.save()
            self._return_code = 1
            self.panic(f"graphtutor: {self.report(error)} {self.said('kept')}")
        else:
            super()._handle_exception(error)

    def take_error(self, error: Exception) -> bool:
        """Say that something failed and write down what; return whether to go on."""
        now = time.monotonic()
        self._errors = [*(then for then in self._errors if then > now - 60), now]
        if not self.sturdy or len(self._errors) > ERRORS_IN_A_ROW:
            return False
        self.save()
        self.notify(self.report(error), title=self.said("failed"), severity="error", timeout=10)
        return True

    def report(self, error: Exception) -> str:
        """Write down an unexpected error and return what to say of it."""
        path = self.memory.report("".join(traceback.format_exception(error)))
        said = self.said("error", error=f"{type(error).__name__}: {error}")
        return f"{said} {self.said('details', path=path)}" if path else said

    def said(self, entry: str, **values: object) -> str:
        """Return a sentence of the app in its language."""
        return sentence(self.lang, "app", entry, **values)

    # Colours

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return what the names are where a theme does not say."""
        return COLOURS[THEMES[0]]

    def watch_theme(self, name: str) -> None:
        """Change the colours of everything that is on the screen."""
        if name in THEMES:
            themes.wear(self, name)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return what is done to everything that is drawn."""
        return [*super().get_line_filters(), self._ascii] if self._ascii.enabled else super().get_line_filters()

    def get_key_display(self, binding: Binding) -> str:
        """Return what a key is called."""
        shown = re.sub(r"^\^(?=.)", "ctrl+", super().get_key_display(binding))  # as everywhere else on the screens
        shown = WORDED.get(shown, shown)
        return ascii_signs.key(shown) if self._ascii.enabled else shown

    @property
    def plain(self) -> bool:
        """Whether only ASCII signs are drawn."""
        return self._ascii.enabled

    def draw_in_ascii(self, ascii: bool) -> None:
        """Draw with ASCII signs only, or with all, from now on."""
        self._ascii.enabled = self.memory.settings["ascii"] = ascii
        self.remember()
        themes.wear(self, self.theme)
        self.screen.refresh_bindings()

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Say one thing at a time, as it is written: names and arrays have brackets of their own."""
        self.clear_notifications()
        seconds = self.NOTIFICATION_TIMEOUT if timeout is None else timeout
        self.post_message(Notify(Remark(message, title, severity, seconds)))

    def _start_widget(self, parent: Widget, widget: Widget) -> None:
        """Start a widget as a part of its parent: it remembers for good where it was started.

        A screen that hears of another size lays out the screens below it as well. A scroll bar that those need then
        would never let go of the screen, which may be left long before.
        """
        with parent._context():
            super()._start_widget(parent, widget)

    def action_next_theme(self) -> None:
        """Take the next theme and say which it is."""
        at = THEMES.index(self.theme) if self.theme in THEMES else -1
        self.wear(THEMES[(at + 1) % len(THEMES)])

    def wear(self, name: str) -> None:
        """Take a theme and say so."""
        self.theme = name
        self.memory.settings["theme"] = name
        self.remember()
        self.notify(self.said("theme", name=sentence(self.lang, "themes", name)), timeout=2)

    def speak(self, lang: str) -> None:
        """Say everything on every screen in another language from now on, and say which it is."""
        self.lang = self.memory.settings["language"] = lang
        self.remember()
        for screen in self.screen_stack:
            if isinstance(screen, Room):
                screen.speak(lang)
        self.notify(self.said("language", name=languages()[lang]), timeout=2)

    def action_command_palette(self) -> None:
        """Show the commands, asked for in the language of the screens."""
        if self.use_command_palette and not isinstance(self.screen, CommandPalette):
            self.push_screen(Palette(placeholder=sentence(self.lang, "palette", "search")))

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Yield the palette's commands."""
        from graphtutor.tui import commands

        yield from commands.actions(self, screen)
        signs = "signs_all" if self._ascii.enabled else "signs_ascii"
        title, about = (sentence(self.lang, "palette", entry) for entry in (signs, f"{signs}_about"))
        yield SystemCommand(title, about, partial(self.draw_in_ascii, not self._ascii.enabled))
        yield from commands.themes(self, self.theme)
        yield from commands.tongues(self)
        yield from commands.openings(self)
