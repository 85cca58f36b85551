"""What must not fail: an error is said and written down, and the screen stays; a screen is left only once."""

from __future__ import annotations

from typing import Any

from textual.await_complete import AwaitComplete
from textual.message import Message
from textual.message_pump import MessagePump


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
