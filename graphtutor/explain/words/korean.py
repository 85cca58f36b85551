"""Korean particles: which of two forms follows a word depends on whether it ends in a consonant as it is read."""

from __future__ import annotations

import re

_EITHER = re.compile(r"(\w+) (을|이|은)\((를|가|는)\)")
_DIGITS = "013678"
"""Digits whose names end in a consonant: 영, 일, 삼, 육, 칠, 팔. So do 십, 백, 천 and 만."""
_LETTERS = "lmnr"
"""Letters whose names do: 엘, 엠, 엔, 알."""
_CLOSED, _OPEN = "lmn", "adfhijorsuvwxyz"
"""Last letters of longer names that are read with a consonant, and without; the others may be either."""


def fitted(text: str) -> str:
    """Return a text with the right one of each pair of particles, where the word before it says which that is.

    A text writes both: `3 을(를)` becomes `3을`, `x 을(를)` becomes `x를`; what can be read either way stays.
    """
    return _EITHER.sub(_fit, text) if "(" in text else text


def _fit(found: re.Match[str]) -> str:
    word, closed, open_ = found.groups()
    ends = ends_in_consonant(word)
    return found[0] if ends is None else word + (closed if ends else open_)


def ends_in_consonant(word: str) -> bool | None:
    """Return whether a word or a number ends in a consonant as it is read in Korean; `None` where that is not known."""
    last = word[-1].lower()
    if "가" <= last <= "힣":
        return (ord(last) - ord("가")) % 28 > 0
    if last.isascii() and last.isdigit():
        return last in _DIGITS
    if not (last.isascii() and last.isalpha()):
        return None
    name = re.split(r"[\d_]", word)[-1]
    if len(name) == 1:
        return last in _LETTERS
    return True if last in _CLOSED else False if last in _OPEN else None
