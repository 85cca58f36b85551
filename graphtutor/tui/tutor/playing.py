"""The tutor's time: play, pause, step, jump."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType

from graphtutor.tui.transport import Transport
from graphtutor.tui.tutor.base import TutorBase


class Playing(TutorBase):
    """Move through the run."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "play", "Play", tooltip="play or pause; at the end, play again"),
        Binding("right,n", "forward", "Step", tooltip="one step forward"),
        Binding("left,p", "back", "Back", tooltip="one step back: the last step is undone"),
        Binding("home,g", "first", "First", show=False, tooltip="go to the start"),
        Binding("end,G", "last", "Last", show=False, tooltip="go to the end"),
        Binding("b", "turn", "Backward", show=False, tooltip="go to where the backward pass begins"),
        Binding("plus,equals_sign", "faster(1)", "Faster", show=False, tooltip="play faster"),
        Binding("minus", "faster(-1)", "Slower", show=False, tooltip="play slower"),
    ]

    def action_play(self) -> None:
        """Play or pause."""
        self.unselect()
        self.player.toggle()
        self.moved()

    def action_forward(self) -> None:
        """Take a step."""
        self.unselect()
        self.player.playing = False
        self.player.forward()
        self.moved()

    def action_back(self) -> None:
        """Take the last step back."""
        self.unselect()
        self.player.playing = False
        self.player.back()
        self.moved()

    def action_first(self) -> None:
        """Go to the start."""
        self.jump(0)

    def action_last(self) -> None:
        """Go to the end."""
        self.jump(len(self.player.timeline))

    def action_turn(self) -> None:
        """Go to where the backward pass begins."""
        self.jump(self.player.timeline.turn)

    def jump(self, cursor: int) -> None:
        """Go to where so many steps have happened."""
        self.unselect()
        self.player.playing = False
        self.player.seek(cursor)
        self.moved()

    def action_faster(self, by: int) -> None:
        """Change the speed."""
        self.player.faster(by)
        self.moved(follow=False)

    @on(Transport.Sought)
    def _sought(self, event: Transport.Sought) -> None:
        self.jump(event.cursor)
