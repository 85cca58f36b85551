"""The application: which screen is first, the theme, the commands of the palette."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from graphtutor.tui import themes
from graphtutor.tui.home import HomeScreen
from graphtutor.tui.palette import COLOURS, THEMES
from graphtutor.tui.study import Study
from graphtutor.tui.tutor import TutorScreen

if TYPE_CHECKING:
    from graphtutor.exercises import Exercise


class GraphtutorApp(App[None]):
    """graphtutor in a terminal."""

    TITLE = "graphtutor"
    ENABLE_COMMAND_PALETTE = True
    PAUSE_GC_ON_SCROLL: ClassVar[bool] = True
    CSS = """
    Input, Input:focus, OptionList, OptionList:focus { background-tint: $background 0%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+t", "next_theme", "Theme", show=False, tooltip="the next theme: dark, light, ..."),
        Binding("ctrl+p", "command_palette", "Commands", show=False, tooltip="find a command by its name"),
    ]

    def __init__(
        self,
        study: Study | None = None,
        exercise: Exercise | None = None,
        lang: str = "en",
        clock: Callable[[], float] = time.monotonic,
        theme: str | None = None,
    ) -> None:
        super().__init__()
        for name in THEMES:
            self.register_theme(themes.textual_theme(name))
        self.theme = theme or THEMES[0]
        self.lang = lang
        self.clock = clock
        self._study = study
        self._exercise = exercise

    def on_mount(self) -> None:
        """Open the home screen, and what was asked for on top of it."""
        if self._study is not None:
            self.open_study(self._study)
        elif self._exercise is not None:
            self.open_exercise(self._exercise)
        else:
            self.open_home()

    def open_home(self) -> None:
        """Show the home screen."""
        self.push_screen(HomeScreen(self.lang))

    def come_home(self, _: object = None) -> None:
        """Show the home screen when the last screen above it was left; it may not have been opened yet."""
        if not any(isinstance(screen, HomeScreen) for screen in self.screen_stack):
            self.open_home()

    @on(HomeScreen.Taken)
    def _taken(self, event: HomeScreen.Taken) -> None:
        self.open_exercise(event.exercise)

    def open_exercise(self, exercise: Exercise) -> None:
        """Show an exercise."""
        from graphtutor.tui.exercise import ExerciseScreen

        self.push_screen(ExerciseScreen(exercise, self.lang), self.come_home)

    @on(HomeScreen.Opened)
    def _opened(self, event: HomeScreen.Opened) -> None:
        self.open_study(event.study)

    def open_study(self, study: Study) -> None:
        """Show the tutor on an expression."""
        self.push_screen(TutorScreen(study, self.lang, self.clock), self.come_home)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return what the names are where a theme does not say."""
        return COLOURS[THEMES[0]]

    def watch_theme(self, name: str) -> None:
        """Change the colours of everything that is on the screen."""
        if name in THEMES:
            themes.wear(self, name)

    def action_next_theme(self) -> None:
        """Take the next theme and say which it is."""
        at = THEMES.index(self.theme) if self.theme in THEMES else -1
        self.wear(THEMES[(at + 1) % len(THEMES)])

    def wear(self, name: str) -> None:
        """Take a theme and say so."""
        self.theme = name
        self.clear_notifications()
        self.notify(f"theme: {name}", timeout=2)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Yield the palette's commands: what the keys of the screen do."""
        for active in screen.active_bindings.values():
            binding = active.binding
            if binding.tooltip and active.enabled:
                run = partial(self.run_action, binding.action, screen)
                yield SystemCommand(binding.description, f"{binding.tooltip} ({self.get_key_display(binding)})", run)
        for name in THEMES:
            if name != self.theme:
                yield SystemCommand(f"Theme: {name}", "change the colours (ctrl+t)", partial(self.wear, name))
