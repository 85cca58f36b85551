"""The map of a large drawing in a frame, kept until something else is to be seen on it. Pure."""

from __future__ import annotations

from textual.geometry import Size

from graphtutor.explain.words import sentence
from graphtutor.tui.cells import clip, width
from graphtutor.tui.grid import Raster
from graphtutor.tui.miniature import BACKWARD, FORWARD, SELECTED, Miniature, View
from graphtutor.tui.palette import Ink

FRAME = Size(2, 2)
"""Cells that the border takes."""


class Minimap:
    """A miniature with what is laid over it, in a frame."""

    def __init__(self, lang: str = "en") -> None:
        self._title = f"─ {sentence(lang, 'screen', 'map')} (m) "
        self._words = sentence(lang, "screen", "step"), sentence(lang, "screen", "picked")
        self.miniature: Miniature | None = None
        self._view: View | None = None
        self._drawn = Raster(0, 0)

    def draw(self, miniature: Miniature, view: View) -> Raster:
        """Draw a miniature with a view over it."""
        if miniature is not self.miniature or view != self._view:
            self.miniature, self._view = miniature, view
            step, picked = self._words
            below = f" {BACKWARD if view.backward else FORWARD} {step} {SELECTED} {picked} "
            self._drawn = framed(miniature.draw(view), self._title, below)
        return self._drawn


def framed(inside: Raster, title: str, below: str) -> Raster:
    """Draw a frame around a map, with a title above and a remark below."""
    raster = Raster(inside.width + FRAME.width, inside.height + FRAME.height)
    right, bottom = raster.width - 1, raster.height - 1
    raster.write(0, 0, f"╭{'─' * inside.width}╮", Ink.FRAME)
    raster.write(0, bottom, f"╰{'─' * inside.width}╯", Ink.FRAME)
    raster.write(1, 0, clip(title, inside.width), Ink.SELECTED)
    remark = clip(below, inside.width)
    raster.write(right - width(remark), bottom, remark, Ink.KEY)
    sides = slice(1, bottom), [0, right]
    raster.chars[sides], raster.inks[sides] = ord("│"), Ink.FRAME
    within = slice(1, bottom), slice(1, right)
    raster.chars[within], raster.inks[within] = inside.chars, inside.inks
    return raster
