"""Work that takes longer than a frame, done in a thread beside the screen, which stays awake."""

from __future__ import annotations

import gc
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.message_pump import MessagePump

Tell = Callable[[str], None]
"""Says how far the work is. Nobody may wait for it any more: then it raises, and the work ends."""


def nobody(text: str) -> None:
    """Tell nobody."""


class Stopped(Exception):
    """Nobody waits for the work any more."""


@dataclass(eq=False, slots=True)
class Job:
    """What is to be done, and who hears of it. Only `work` runs in the thread."""

    work: Callable[[Tell], Any]
    done: Callable[[Any], object]
    failed: Callable[[Exception], object]
    told: Callable[[str], object]
    large: bool = True
    """Whether much is made; the collector is then not to look through it."""
    wanted: bool = True
    said: str = ""


class Beside:
    """A place beside a screen where one job is done at a time. Of those that wait, only the newest is done."""

    def __init__(self, screen: MessagePump) -> None:
        self._screen = screen
        self._running: Job | None = None
        self._next: Job | None = None

    @property
    def busy(self) -> bool:
        """Whether anything is to come that somebody waits for."""
        return self._next is not None or (self._running is not None and self._running.wanted)

    def start(self, job: Job) -> None:
        """Do a job as soon as the one before has ended."""
        if self._running is not None:
            self._next = job
            return
        self._running = job
        Thread(target=self._do, args=(job,), daemon=True).start()

    def stop(self) -> None:
        """Let nothing more come of what was started."""
        self._next = None
        if self._running is not None:
            self._running.wanted = False

    def _do(self, job: Job) -> None:
        def tell(text: str) -> None:
            if not job.wanted:
                raise Stopped
            if text != job.said:
                job.said = text
                self._later(self._told, job, text)

        from graphtutor.engine.value import without_collection  # numpy comes with it

        try:
            with without_collection():  # it would hold up the screen, too
                try:
                    found = job.work(tell)
                finally:
                    if job.wanted and job.large:  # the canvas lets go of it
                        gc.freeze()  # or all that was made would be looked through at the end
        except Exception as error:
            self._later(self._ended, job, job.failed, error)
        else:
            self._later(self._ended, job, job.done, found)

    def _later(self, call: Callable[..., object], *arguments: Any) -> None:
        with suppress(RuntimeError):  # the app was left meanwhile
            self._screen.call_later(call, *arguments)

    def _told(self, job: Job, text: str) -> None:
        if job.wanted:
            job.told(text)

    def _ended(self, job: Job, hear: Callable[[Any], object], what: Any) -> None:
        self._running, following = None, self._next
        self._next = None
        if following is not None:
            self.start(following)
        if job.wanted:
            hear(what)
