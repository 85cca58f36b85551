"""The colours: names that the screen is written in, and what each name is in every theme. Pure.

A name such as `GOLD` is the string `"$gold"`, so `f"bold {GOLD}"` can stand wherever a style can: Textual looks it up
in the theme's variables, Rich in the styles that `graphtutor.tui.themes` hands to it, and the canvas in `STYLES`.
"""

from __future__ import annotations

import re
from enum import IntEnum, auto

from rich.style import Style

from graphtutor.gates import Role

THEMES = ("dark", "light", "high-contrast", "colour-blind")
"""The themes, in the order of the columns below. The last is made of the colours of Okabe and Ito (2008)."""

_TABLE = """
    background        #0d1117  #ffffff  #000000  #0b0e14
    surface           #151b23  #f3f5f8  #141414  #141921
    panel             #1c2430  #e7ebf0  #1f1f1f  #1b212b
    highlight         #182c40  #d3e5fa  #00307a  #10324c
    border            #36414f  #b6bfca  #ffffff  #3d4857
    border-blurred    #2a3441  #d0d7de  #b0b0b0  #2c3643
    selection         #2f5f8f  #9cc7f5  #0050c8  #24597d
    thumb             #2a3441  #c5ccd4  #b0b0b0  #2c3643
    thumb-hover       #3d4a5a  #a4adb8  #ffffff  #3d4857
    foreground        #e6edf3  #1b2026  #ffffff  #f0f3f6
    soft              #a3b0be  #4a5462  #f0f0f0  #adb9c6
    faint             #8796a5  #5a6472  #d8d8d8  #929fae
    value             #56d364  #116329  #5cff6b  #56b4e9
    gradient          #ff7b72  #b3191f  #ff9d94  #f47c3c
    blue              #79c0ff  #0a58b0  #8fd3ff  #7cc7f2
    gold              #f2cc60  #7a5200  #ffe34d  #f0e442
    wire              #6b7a8c  #7b8794  #c8c8c8  #74828f
    frame             #8b9aab  #5d6875  #ffffff  #93a1b0
    acting            #ffffff  #000000  #ffffff  #ffffff
    token-forward     #aff5b4  #0b4a1e  #b6ffbe  #a8dbf7
    token-backward    #ffb3ad  #8a0f14  #ffd0cb  #ffc09a
    distributor       #56d4dd  #0b5f68  #5cf4ff  #2fc499
    adder             #d2a8ff  #6b2fb8  #e0c0ff  #d893ba
    router            #ffa657  #8a4300  #ffb870  #e69f00
    switcher          #f6a4cf  #9c1f6b  #ffb3dc  #e6b3cf
    scaler            #8fb8ff  #2849a8  #a9c8ff  #8aa8f0
"""

COLOURS: dict[str, dict[str, str]] = {theme: {} for theme in THEMES}
"""For every theme, the colour of each name, as `#rrggbb`."""
for _name, *_colours in (_row.split() for _row in _TABLE.strip().splitlines()):
    for _theme, _colour in zip(THEMES, _colours, strict=True):
        COLOURS[_theme][_name] = _colour

BACKGROUND = "$background"
TEXT = "$foreground"
SOFT = "$soft"
FAINT = "$faint"
VALUE = "$value"
GRADIENT = "$gradient"
ACCENT = "$blue"
GOLD = "$gold"

ROLE_COLOURS: dict[Role, str] = {
    Role.DISTRIBUTOR: "$distributor",
    Role.ADDER: "$adder",
    Role.ROUTER: "$router",
    Role.SWITCHER: "$switcher",
    Role.SCALER: "$scaler",
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
    Ink.WIRE: "$wire",
    Ink.FORWARD: f"bold {VALUE}",
    Ink.BACKWARD: f"bold {GRADIENT}",
    Ink.FRAME: "$frame",
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
    Ink.ACTING: "bold $acting",
    Ink.SELECTED: f"bold {GOLD}",
    Ink.CHOSEN: f"bold reverse {GOLD}",
    Ink.TOKEN_FORWARD: "bold $token-forward",
    Ink.TOKEN_BACKWARD: "bold $token-backward",
    Ink.ASKED: f"bold {GOLD}",
    Ink.QUESTION: f"bold reverse {GOLD}",
    Ink.RIGHT: f"bold {VALUE}",
    Ink.WRONG: f"bold {GRADIENT}",
}

STYLES: list[Style] = []
"""One style per ink of the theme in use, all on the same background, so that runs of blanks join their neighbours."""

REVERSED: tuple[bool, ...] = tuple("reverse" in _INKS[ink] for ink in Ink)
"""Whether an ink paints its cells' ground, so that a blank beside it is not the same in it."""

ROLE_INKS: dict[Role, Ink] = {role: Ink[role.name] for role in Role}


def style(words: str, theme: str) -> Style:
    """Return what a style written with names is in a theme: `"bold $gold on $background"`."""
    return Style.parse(re.sub(r"\$([\w-]+)", lambda name: COLOURS[theme][name[1]], words))


def paint_with(theme: str) -> None:
    """Draw the canvas in the colours of a theme from now on."""
    STYLES[:] = [style(f"{_INKS[ink]} on {BACKGROUND}", theme) for ink in Ink]


paint_with(THEMES[0])
