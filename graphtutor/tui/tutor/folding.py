"""The tutor's copies: shown as gates, or folded into forks of their wires. The graph is the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType

from graphtutor.explain.moments import at_fork
from graphtutor.explain.words import sentence
from graphtutor.tui.palette import TEXT
from graphtutor.tui.tutor.zooming import Zooming


class Folding(Zooming):
    """Fold copy gates, or show them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("i", "fold", "Fold", show=False, tooltip="fold copies into forks of their wires, or show copy gates"),
    ]

    def action_fold(self) -> None:
        """Draw copy gates as forks, or as gates again, with the same things in the middle."""
        if not self.folded and not any(node.gate.name == "copy" for node in self.viewed().graph.nodes):
            self.notify(sentence(self.lang, "looking", "no_copies"), timeout=3)
            return
        self._centre = self._middle()
        self.folded = not self.folded
        self.lay_out()
        self.notify(sentence(self.lang, "looking", "folded" if self.folded else "unfolded"), timeout=2)

    def notes(self) -> list[str]:
        """Say that copies are folded."""
        return [*super().notes(), *[sentence(self.lang, "screen", "folded")] * self.folded]

    def narration(self) -> Text:
        """Tell the steps of a folded copy gate as what happens to the value that forks."""
        step = self.step
        if not self.ready or step is None or self.scene.card_of(step.node).kind != "fork":
            return super().narration()
        return Text(at_fork(self.player.moment, self.lang, self.player.flight is None), TEXT)

    # It is remembered

    def snapshot(self) -> dict[str, Any]:
        """Remember whether copies are folded."""
        return {**super().snapshot(), "folded": self.folded}

    def restore(self, view: Mapping[str, Any]) -> None:
        """Come back to it."""
        super().restore(view)
        if isinstance(view.get("folded"), bool):
            self.folded = view["folded"]
