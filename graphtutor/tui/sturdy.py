"""What must not fail: errors are said and written down, screens are left once, remarks end, and the app goes on."""

from __future__ import annotations

from typing import Any

from textual.await_complete import AwaitComplete
from textual.message import Message
from textual.message_pump import MessagePump
from textual.notifications import Notification


class Sturdy(MessagePump):
    """A part of the screen whose own handlers may fail without taking the app with them.

    Textual ends the loop of a widget whose handler raised, and the app with it; so the error is taken before that.
    """

    async def _on_message(self, message: Message) -> None:
        try:
            await super()._on_message(message)
        except Exception as error:
            take = getattr(self.app, "take_error", None)
            if take is None or not take(error):
                raise


class LeftOnce(MessagePump):
    """A screen that a second key or click, already on its way, does not leave again: that would close the one below."""

    is_active: bool

    def dismiss(self, result: Any = None) -> AwaitComplete:
        """Leave the screen."""
        if not self.is_active:
            return AwaitComplete()
        left: AwaitComplete = super().dismiss(result)  # type: ignore[misc] # of Textual's screen, which comes after
        return left


class Remark(Notification):
    """A short remark over the screen.

    When it ends between the question whether it has and the one how long it has left, Textual sets a timer of less than
    no time, which never ends and holds up everything.
    """

    SHORTEST = 0.01

    @property
    def time_left(self) -> float:
        """The seconds until it ends, never none."""
        return max(super().time_left, self.SHORTEST)

    @property
    def has_expired(self) -> bool:
        """Whether it has ended."""
        return super().time_left <= 0
