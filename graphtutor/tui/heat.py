"""An array as a heat map: a sign and a shade for every element. Pure."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import ArrayLike
from rich.text import Text

from graphtutor.explain import written
from graphtutor.explain.words import sentence
from graphtutor.tui.palette import FAINT, GRADIENT, SOFT, VALUE

SHADES = "░▒▓█"
"""From a quarter of the largest magnitude to the largest."""
ZERO = "·"
CELL = 2
ROWS = 8
"""Rows that are shown at most."""


def has_cells(value: ArrayLike | None) -> bool:
    """Return whether there is more than one element to compare."""
    return value is not None and np.asarray(value).size > 1


def heat(value: ArrayLike, columns: int, rows: int = ROWS) -> Text:
    """Draw an array of floats in at most so many columns and rows of cells; the last line says what the darkest is.

    The last axis runs to the right, all others down. `+` and `-` are the signs, `·` is zero, `?` not a number; the
    shade is the magnitude in quarters of the largest finite one, an infinity is the darkest. `...` stands for what
    there is no room for.
    """
    array = np.asarray(value, dtype=np.float64)
    array = array.reshape(-1, array.shape[-1] if array.ndim else 1)
    finite = np.abs(array[np.isfinite(array)])
    largest = float(finite.max()) if finite.size else 0.0
    high, wide = array.shape
    across = wide if wide * CELL <= columns else max(1, (columns - 4) // CELL)
    text = Text(no_wrap=True)
    for row in array[: high if high <= rows else rows - 1]:
        for number in row[:across]:
            text.append(*_cell(float(number), largest))
        text.append(" ...\n" if across < wide else "\n", FAINT)
    if high > rows:
        text.append("...\n", FAINT)
    text.append(f"{SHADES[-1]} = {written(largest)}", SOFT)
    return text


def _cell(number: float, largest: float) -> tuple[str, str]:
    """Return the two characters and the style of an element."""
    if np.isnan(number):
        return "? ", SOFT
    if number == 0:
        return f"{ZERO} ", FAINT
    part = 1.0 if np.isinf(number) else abs(number) / largest
    shade = SHADES[min(len(SHADES) - 1, int(np.ceil(part * len(SHADES))) - 1)]
    return ("+" if number > 0 else "-") + shade, VALUE if number > 0 else GRADIENT


def maps(value: ArrayLike | None, gradient: ArrayLike | None, columns: int, lang: str, back: str = "gradient") -> Text:
    """Draw a value and a gradient under each other, each where it is an array; `None` is not known yet.

    `back` is the entry of what the second is called.
    """
    word = partial(sentence, lang, "screen")
    text = Text()
    for name, array in (("value", value), (back, gradient)):
        if array is not None and has_cells(array):
            shape = "x".join(map(str, np.shape(array)))
            text.append(f"{word(name)}  {word('shape', shape=shape)}\n", FAINT)
            text.append_text(heat(array, columns))
            text.append("\n\n")
    if text:
        text.append(f"{word('shades')}\n\n", FAINT)
    return text
