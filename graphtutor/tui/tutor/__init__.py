"""The tutor: a graph, a run played over it, and the arithmetic beside it. One module per thing one can do there."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from graphtutor.tui.room import COMMON, HERE, Room
from graphtutor.tui.tutor.copying import Copying
from graphtutor.tui.tutor.editing import Editing
from graphtutor.tui.tutor.folding import Folding
from graphtutor.tui.tutor.mapping import Mapped
from graphtutor.tui.tutor.nudging import Nudging
from graphtutor.tui.tutor.opening import Opening
from graphtutor.tui.tutor.playing import Playing
from graphtutor.tui.tutor.predicting import Predicting
from graphtutor.tui.tutor.routes import Routes
from graphtutor.tui.tutor.searching import Searching
from graphtutor.tui.tutor.tabling import Tabled
from graphtutor.tui.tutor.viewing import Viewing
from graphtutor.tui.tutor.views import Views
from graphtutor.tui.tutor.whatif import WhatIf
from graphtutor.tui.tutor.zooming import Zooming


class TutorScreen(
    Predicting,
    Searching,
    Editing,
    Opening,
    Copying,
    Routes,
    Nudging,
    WhatIf,
    Views,
    Folding,
    Zooming,
    Mapped,
    Tabled,
    Viewing,
    Playing,
):
    """Play a run over its graph."""

    ABOUT = "Watch values flow forward and gradients flow back, one step at a time, in both directions."
    EXTRA_KEYS = ("whatif", "routes", "nudge", "tangents", "second", "search")
    """Actions whose keys stand in the last line too, the first of them first, where there is room."""
    MOUSE = "tutor"
    CANVAS = True
    GROUPS: ClassVar[dict[str, str]] = {
        HERE: "",
        "time": "play pause forward back side first last turn faster loop motion",
        "gates": "choose steer search open close_box",
        "explore": "whatif nudge routes tangents another second",
        "ask": "predict backward_only renew",
        "edit": "edit values undo redo copy_value copy_formula export",
        "view": "zoom fit pan centre follow map fold table leaf",
        **Room.GROUPS,
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "open",
            "Open",
            show=False,
            tooltip="open an input's value, or expand a composite gate in place",
        ),
        Binding("escape", "leave", "Home", show=False, tooltip="close the line, unselect, or go back home"),
        *COMMON,
    ]

    def action_open(self) -> None:
        """Open what is selected."""
        self.open()

    def action_leave(self) -> None:
        """Leave what is open, or the screen."""
        if not self.leave():
            self.player.playing = False
            self.dismiss()
