"""Signs for terminals that have no box drawing: one translation of what is drawn, after everything else.

Every sign keeps its width, so nothing moves. Thin, heavy and double lines stay different. Letters of any script stay as
they are: they are the learner's own names and words.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_SIGNS = {
    # thin, heavy, double and dashed lines: along, upright, corners and crossings; a turn is not a crossing
    "-": "─╴╶▁▔⎯",
    "|": "│╵╷▏▕▎▍‖↕",
    "+": "├┤┬┴┼┷┯┠┨┿╂┌┐└┘◇",
    "=": "━╸╺═╍",
    ",": "┏┓",
    "`": "┗┛",
    "#": "┃┣┫┳┻╋╹╻█▓▉▊▋▌▐▄▀▆▇",
    "%": "║╔╗╚╝╠╣╦╩╬",
    ">": "►▶▸→⇒▷›»",
    "<": "◄◀◂←⇐◁‹«",
    "^": "▲↑△▴",
    "v": "▼↓▽▾",
    "o": "○•◯",
    "O": "●◉",
    "*": "◆★✱×",
    ".": "╭╮╌┄┈·░▂▃",
    ":": "╎┆┊▒▅",
    "x": "✗✘",
    "X": "✕╳",
    "/": "✓✔÷",
    "d": "∂",
    "f": "ƒ",
    "S": "Σ∑",
    "'": "╰╯‘’′",
    '"': "“”″",
    "~": "≈…",
    **dict(zip("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹", strict=True)),
}


class _Table(dict[int, str]):
    """A table for `str.translate` that works out what stands for a sign when it is first met."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        self[code] = found = sign if sign.isascii() else _standin(sign)
        return found


def _standin(sign: str) -> str:
    wide = cell_len(sign)
    if unicodedata.category(sign)[0] in "LMN" or not wide:
        return sign if wide or unicodedata.category(sign)[0] == "M" else ""
    if "\u2800" <= sign <= "\u28ff":  # Braille: the more dots, the darker
        return " .:o@"[(ord(sign) - 0x2800).bit_count() + 1 >> 1]
    plain = unicodedata.normalize("NFKD", sign)
    if plain.isascii() and len(plain) == wide:
        return plain
    dash = unicodedata.category(sign) == "Pd" or sign == "\u2212"
    return ("-" if dash else " " if sign.isspace() else "?").ljust(wide)


_TABLE = _Table({ord(sign): plain for plain, signs in _SIGNS.items() for sign in signs})
ARROWS = {"←": "left", "→": "right", "↑": "up", "↓": "down"}
KEYS = {"←": "<-", "→": "->", "↑": "up", "↓": "down", "⇥": "tab"}
"""What keys are called where there are no signs for them."""


def key(shown: str) -> str:
    """Return what a key is called in ASCII: `←` is `<-`, `shift+←` is `shift+left`; `shift+v` would be another key."""
    held, plus, last = shown.rpartition("+")
    return f"{held}{plus}{ARROWS.get(last, last)}" if held else KEYS.get(shown, shown)


def translate(text: str) -> str:
    """Return the text in ASCII signs, as wide as before; letters stay."""
    return text if text.isascii() else text.translate(_TABLE)


class AsciiSigns(LineFilter):
    """Translate what is drawn."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments in ASCII signs."""
        return [Segment(translate(text), style, control) for text, style, control in segments]


def wanted(environment: Mapping[str, str]) -> bool:
    """Return whether the terminal says that it has no more than ASCII.

    It is so where the locale names another encoding than UTF-8, or is `C`, and for terminals that never had boxes. A
    locale that is not set at all says nothing: most terminals are UTF-8.
    """
    if environment.get("TERM", "") in ("dumb", "vt52", "vt100", "vt220", "ansi"):
        return True
    locale = next((environment[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if environment.get(name)), "")
    return bool(locale) and "utf8" not in locale.lower().replace("-", "")
