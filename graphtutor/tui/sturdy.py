"""Go on after an unexpected error: what failed is said and written down, and the screen stays."""

from __future__ import annotations

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
