"""The application: which screen is first, the theme, the commands of the palette."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import App, SystemCommand
from textual.screen import Screen

from graphtutor.tui.home import HomeScreen
from graphtutor.tui.palette import THEME
from graphtutor.tui.study import Study
from graphtutor.tui.tutor import TutorScreen

if TYPE_CHECKING:
    from graphtutor.exercises import Exercise


class GraphtutorApp(App[None]):
    """graphtutor in a terminal."""

    TITLE = "graphtutor"
    ENABLE_COMMAND_PALETTE = True
    PAUSE_GC_ON_SCROLL: ClassVar[bool] = True

    def __init__(
        self,
        study: Study | None = None,
        exercise: Exercise | None = None,
        lang: str = "en",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self.lang = lang
        self.clock = clock
        self._study = study
        self._exercise = exercise

    def on_mount(self) -> None:
        """Open the home screen, and what was asked for on top of it."""
        self.register_theme(THEME)
        self.theme = THEME.name
        self.open_home()

    def open_home(self) -> None:
        """Show the home screen, and on top of it what was asked for."""
        self.push_screen(HomeScreen(self.lang))
        if self._study is not None:
            self.open_study(self._study)
        if self._exercise is not None:
            self.open_exercise(self._exercise)

    @on(HomeScreen.Taken)
    def _taken(self, event: HomeScreen.Taken) -> None:
        self.open_exercise(event.exercise)

    def open_exercise(self, exercise: Exercise) -> None:
        """Show an exercise."""
        from graphtutor.tui.exercise import ExerciseScreen

        self.push_screen(ExerciseScreen(exercise, self.lang))

    @on(HomeScreen.Opened)
    def _opened(self, event: HomeScreen.Opened) -> None:
        self.open_study(event.study)

    def open_study(self, study: Study) -> None:
        """Show the tutor on an expression."""
        self.push_screen(TutorScreen(study, self.lang, self.clock))

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Yield the palette's commands: what the keys of the screen do."""
        for active in screen.active_bindings.values():
            binding = active.binding
            if binding.tooltip and active.enabled:
                run = partial(self.run_action, binding.action, screen)
                yield SystemCommand(binding.description, f"{binding.tooltip} ({self.get_key_display(binding)})", run)
