"""The tutor's table of every number that is known so far: shown where there is room, unless it was put away."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.binding import Binding, BindingType

from graphtutor.explain.words import sentence
from graphtutor.tui.memory import Memory
from graphtutor.tui.tutor.keeping import Keeping
from graphtutor.tui.tutor.panes import AMPLE


class Tabled(Keeping):
    """Show the table, or put it away."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "V",
            "table",
            "Table",
            show=False,
            tooltip="the table of every value and gradient, in a large terminal: on or off",
        ),
    ]

    @property
    def tabled(self) -> bool:
        """Whether the table is shown where there is room."""
        return not self.has_class("-untabled")

    def action_table(self) -> None:
        """Show the table, or put it away; where there is no room, say so."""
        if not self.has_class("-ample"):
            needed, size = (f"{area.width}x{area.height}" for area in (AMPLE, self.size))
            self.notify(sentence(self.lang, "looking", "no_table", needed=needed, size=size), timeout=4)
        elif self.has_class("tooling"):
            self.notify(sentence(self.lang, "looking", "table_covered"), timeout=3)
        else:
            self.set_class(self.tabled, "-untabled")
            self.draw()

    def preferences(self) -> dict[str, Any]:
        """Remember whether it was put away."""
        return {**super().preferences(), "table": self.tabled}

    def prefer(self, memory: Memory) -> None:
        """Put it away, where it was before."""
        super().prefer(memory)
        self.set_class(memory.setting("table", True) is False, "-untabled")
