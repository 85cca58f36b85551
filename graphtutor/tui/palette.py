"""The colours: one table for the canvas, one theme for everything around it."""

from __future__ import annotations

from enum import IntEnum, auto

from rich.style import Style
from textual.theme import Theme

from graphtutor.gates import Role

BACKGROUND = "#0d1117"
SURFACE = "#151b23"
PANEL = "#1c2430"
TEXT = "#e6edf3"
SOFT = "#9aa7b5"
FAINT = "#5d6b7a"
VALUE = "#56d364"
GRADIENT = "#ff7b72"
ACCENT = "#79c0ff"
GOLD = "#f2cc60"

ROLE_COLOURS: dict[Role, str] = {
    Role.DISTRIBUTOR: "#56d4dd",
    Role.ADDER: "#d2a8ff",
    Role.ROUTER: "#ffa657",
    Role.SWITCHER: "#f6a4cf",
    Role.SCALER: "#8fb8ff",
    Role.SOURCE: SOFT,
    Role.STOPPER: SOFT,
}


class Ink(IntEnum):
    """What a cell of the canvas is drawn as; an index into `STYLES`."""

    BLANK = 0
    WIRE = auto()
    FORWARD = auto()
    BACKWARD = auto()
    FRAME = auto()
    INPUT = auto()
    CONSTANT = auto()
    SYMBOL = auto()
    KEY = auto()
    DISTRIBUTOR = auto()
    ADDER = auto()
    ROUTER = auto()
    SWITCHER = auto()
    SCALER = auto()
    SOURCE = auto()
    STOPPER = auto()
    VALUE = auto()
    GRADIENT = auto()
    UNKNOWN = auto()
    NEW_VALUE = auto()
    NEW_GRADIENT = auto()
    ACTING = auto()
    SELECTED = auto()
    CHOSEN = auto()
    TOKEN_FORWARD = auto()
    TOKEN_BACKWARD = auto()
    ASKED = auto()
    QUESTION = auto()
    RIGHT = auto()
    WRONG = auto()


_INKS: dict[Ink, str] = {
    Ink.BLANK: FAINT,
    Ink.WIRE: "#6b7a8c",
    Ink.FORWARD: f"bold {VALUE}",
    Ink.BACKWARD: f"bold {GRADIENT}",
    Ink.FRAME: "#8b9aab",
    Ink.INPUT: f"bold {TEXT}",
    Ink.CONSTANT: SOFT,
    Ink.SYMBOL: f"bold {TEXT}",
    Ink.KEY: FAINT,
    Ink.DISTRIBUTOR: ROLE_COLOURS[Role.DISTRIBUTOR],
    Ink.ADDER: ROLE_COLOURS[Role.ADDER],
    Ink.ROUTER: ROLE_COLOURS[Role.ROUTER],
    Ink.SWITCHER: ROLE_COLOURS[Role.SWITCHER],
    Ink.SCALER: ROLE_COLOURS[Role.SCALER],
    Ink.SOURCE: SOFT,
    Ink.STOPPER: SOFT,
    Ink.VALUE: VALUE,
    Ink.GRADIENT: GRADIENT,
    Ink.UNKNOWN: FAINT,
    Ink.NEW_VALUE: f"bold reverse {VALUE}",
    Ink.NEW_GRADIENT: f"bold reverse {GRADIENT}",
    Ink.ACTING: "bold #ffffff",
    Ink.SELECTED: f"bold {GOLD}",
    Ink.CHOSEN: f"bold reverse {GOLD}",
    Ink.TOKEN_FORWARD: "bold #aff5b4",
    Ink.TOKEN_BACKWARD: "bold #ffb3ad",
    Ink.ASKED: f"bold {GOLD}",
    Ink.QUESTION: f"bold reverse {GOLD}",
    Ink.RIGHT: f"bold {VALUE}",
    Ink.WRONG: f"bold {GRADIENT}",
}

STYLES: tuple[Style, ...] = tuple(Style.parse(f"{_INKS[ink]} on {BACKGROUND}") for ink in Ink)
"""One style per ink, all on the same background, so that runs of blanks join their neighbours."""

ROLE_INKS: dict[Role, Ink] = {role: Ink[role.name] for role in Role}

THEME = Theme(
    name="graphtutor",
    primary=ACCENT,
    secondary="#d2a8ff",
    accent=GOLD,
    foreground=TEXT,
    background=BACKGROUND,
    surface=SURFACE,
    panel=PANEL,
    success=VALUE,
    warning=GOLD,
    error=GRADIENT,
    dark=True,
    variables={
        "footer-key-foreground": GOLD,
        "footer-description-foreground": SOFT,
        "footer-background": SURFACE,
        "footer-item-background": SURFACE,
        "footer-key-background": SURFACE,
        "footer-description-background": SURFACE,
        "border": "#36414f",
        "border-blurred": "#2a3441",
        "input-selection-background": "#2f5f8f",
        "scrollbar": "#2a3441",
        "scrollbar-hover": "#3d4a5a",
        "scrollbar-active": ACCENT,
        "scrollbar-background": BACKGROUND,
        "scrollbar-background-hover": BACKGROUND,
        "scrollbar-background-active": BACKGROUND,
        "scrollbar-corner-color": BACKGROUND,
    },
)
