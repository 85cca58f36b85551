"""The options of a drawing, the same for every format; a format uses those that mean something to it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from graphtutor.errors import InputError, near_misses

RANKDIRS = ("LR", "TB", "RL", "BT")
LEAST_DPI, MOST_DPI = 10, 2400


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a drawing is made."""

    copies: bool = True
    """Whether copy gates are drawn; without them a value that is used several times fans out directly."""
    roles: bool = True
    """Whether each gate says its role."""
    step: int | None = None
    """How many steps of the run have happened; only what is known then is written. `None`: all of them."""
    title: str | None = None
    """A line above the drawing."""
    rankdir: str = "LR"
    """Where the values flow: `LR` (left to right), `TB`, `RL` or `BT`."""
    dpi: int = 160
    """Dots per inch of a PNG."""
    background: str = "white"
    """`white` or `transparent`."""
    lang: str = "en"
    """The language in which the roles are written."""

    def __post_init__(self) -> None:
        from graphtutor.explain import languages

        _verify("rankdir", self.rankdir, RANKDIRS)
        _verify("background", self.background, ("white", "transparent"))
        _verify("lang", self.lang, tuple(languages()))
        if not _whole(self.dpi) or not LEAST_DPI <= self.dpi <= MOST_DPI:
            raise InputError(f"dpi must be a whole number from {LEAST_DPI} to {MOST_DPI}, not {self.dpi!r}")
        if self.step is not None and not _whole(self.step):
            raise InputError(f"step must be a whole number, not {self.step!r}")


def options(given: dict[str, Any]) -> Options:
    """Return the options. Raise `TypeError` for one that is not there, `InputError` for a value it cannot have."""
    legal = [field.name for field in dataclasses.fields(Options)]
    for name in given:
        if name not in legal:
            raise TypeError(
                f"export has no option {name!r}{near_misses(name, legal) or '; the options are ' + ', '.join(legal)}"
            )
    return Options(**given)


def _verify(name: str, value: object, legal: tuple[str, ...]) -> None:
    if value not in legal:
        raise InputError(f"{name} must be one of {', '.join(legal)}, not {value!r}")


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
