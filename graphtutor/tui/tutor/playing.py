"""The tutor's time: play, pause, step, jump."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType

from graphtutor.explain.words import sentence
from graphtutor.tui.transport import Transport
from graphtutor.tui.tutor.base import TutorBase

SPACE = "play or pause, tokens in the air too; at the end, play again"


class Playing(TutorBase):
    """Move through the run."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "play", "Play", tooltip=SPACE),
        Binding("space", "pause", "Pause", tooltip=SPACE),
        Binding("right,n", "forward", "Step", tooltip="one step forward, edge by edge"),
        Binding("left,p", "back", "Back", tooltip="one step back: the last step is undone"),
        Binding("full_stop", "forward(True)", "Gate on", show=False, tooltip="all steps of the next gate together"),
        Binding("comma", "back(True)", "Gate back", show=False, tooltip="all steps of the last gate undone together"),
        Binding("right_square_bracket", "side(1)", "Next pass", show=False, tooltip="go to the end of this pass"),
        Binding("left_square_bracket", "side(-1)", "Last pass", show=False, tooltip="go to the start of this pass"),
        Binding("home,g", "first", "First", show=False, tooltip="go to the start"),
        Binding("end,G", "last", "Last", show=False, tooltip="go to the end"),
        Binding("b", "turn", "Backward", show=False, tooltip="go to where the backward pass begins"),
        Binding("plus,equals_sign", "faster(1)", "Faster", show=False, tooltip="play at a higher speed"),
        Binding("minus", "faster(-1)", "Slower", show=False, tooltip="play at a lower speed"),
        Binding("o", "loop", "Loop", show=False, tooltip="repeat: at the end, play again from the start; on or off"),
        Binding("M", "motion", "Motion", show=False, tooltip="reduced motion: still pictures instead of animation"),
    ]

    _told_playing = False
    """Whether the last line was told that it plays."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Call the same key by what it does now: what plays can be paused, what does not can be played."""
        if action in ("play", "pause") and self.player.playing is not (action == "pause"):
            return False
        return super().check_action(action, parameters)

    def draw(self) -> None:
        """Draw the moment, and say in the last line what its key does now."""
        super().draw()
        if self._told_playing is not self.player.playing:
            self._told_playing = self.player.playing
            self.refresh_bindings()

    def action_play(self) -> None:
        """Play, from where one is or, at the end, from the start."""
        self.unselect()
        self.player.toggle()
        self.moved()

    def action_pause(self) -> None:
        """Stop where one is, in the air too."""
        self.action_play()

    def action_forward(self, gate: bool = False) -> None:
        """Take a step, or all steps of the next gate."""
        self.unselect()
        self.player.playing = False
        self._move_time(partial(self.player.forward, gate))

    def action_back(self, gate: bool = False) -> None:
        """Take the last step back, or all steps of the last gate."""
        self.unselect()
        self.player.playing = False
        self._move_time(partial(self.player.back, gate))

    def action_side(self, by: int) -> None:
        """Go to where a pass begins or ends."""
        timeline = self.player.timeline
        ends = (0, timeline.turn, len(timeline))
        if by > 0:
            self.jump(next((end for end in ends if end > timeline.cursor), ends[-1]))
        else:
            self.jump(next((end for end in reversed(ends) if end < timeline.cursor), 0))

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
        self._move_time(partial(self.player.seek, cursor))

    def _move_time(self, move: Callable[[], object]) -> None:
        """Go somewhere in time; where there is nowhere further to go, say so."""
        player = self.player
        before = player.timeline.cursor, player.flight
        move()
        cursor = player.timeline.cursor
        if (cursor, player.flight) == before and player.flight is None:
            here = {player.timeline.turn: "at_turn", len(player.timeline): "at_end", 0: "at_start"}.get(cursor)
            if here:
                self.notify(sentence(self.lang, "looking", here), timeout=2)
        self.moved()

    def action_faster(self, by: int) -> None:
        """Change the speed."""
        self.player.faster(by)
        self.moved(follow=False)

    def action_loop(self) -> None:
        """Play again and again, or not."""
        self.player.looping = not self.player.looping
        self.moved(follow=False)

    def action_motion(self) -> None:
        """Let tokens travel, or show what they bring at once."""
        self.animated = not self.animated

    @property
    def animated(self) -> bool:
        """Whether tokens travel; otherwise every step is a still picture."""
        return self.player.animated

    @animated.setter
    def animated(self, animated: bool) -> None:
        self.player.animate(animated)
        if self.is_mounted:
            self.moved(follow=False)

    @on(Transport.Sought)
    def _sought(self, event: Transport.Sought) -> None:
        if self.check_action("seek", (event.cursor,)):
            self.jump(event.cursor)
