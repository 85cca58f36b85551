"""Read what a learner typed as an answer."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from graphtutor.errors import InputError
from graphtutor.expr import number

LONGEST = 200
"""The longest answer, in characters."""

_COMMA = re.compile(r"([+-]?)(\d*),(\d+)")
_SIGNS = str.maketrans({"\u2044": "/", "\u2012": "-", "\u2010": "-", "\u2011": "-", "\ufe63": "-", "\u2014": "-"})


class Read(NamedTuple):
    """A number, and what had to be assumed to read it."""

    number: float
    note: str = ""


def is_blank(text: str) -> bool:
    """Whether nothing was answered: empty, or `?` for "skip"."""
    return text.strip() in ("", "?")


def read_number(text: str) -> Read:
    """Read a number as typed: fractions, products, a Unicode minus, a decimal comma where it can mean nothing else.

    Raise `InputError` when it is no finite number.
    """
    if len(text) > LONGEST:
        raise InputError(f"the answer is too long: at most {LONGEST} characters are read")
    plain = unicodedata.normalize("NFKC", text).translate(_SIGNS).strip()
    if plain.startswith("="):
        plain = plain[1:].strip()
    comma = _COMMA.fullmatch(plain.replace("\u2212", "-"))
    if comma is None:
        return Read(number(plain))
    sign, whole, decimals = comma.groups()
    if len(decimals) == 3 and whole not in ("", "0"):
        raise InputError(f"{plain!r} may be {whole}.{decimals} or {whole}{decimals}; write a decimal point, no comma")
    return Read(number(f"{sign}{whole or '0'}.{decimals}"), f"{plain} was read as {sign}{whole or '0'}.{decimals}")
