"""Rows of inks, texts in paragraphs, words in rows: each against what Rich, Textual or plain code makes of it."""

from __future__ import annotations

import copy
import random

import numpy as np
import pytest
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.strip import Strip

from graphtutor.tui import grid, palette
from graphtutor.tui.lines import _paragraphs, _segments
from graphtutor.tui.palette import STYLES, Ink
from graphtutor.tui.rows import Inked, Pens, Row

RUNS = [("  ", int(Ink.BLANK)), ("╭─ 가나 ─╮", int(Ink.SWITCHER)), (" 12.5 ", int(Ink.NEW_VALUE)), ("─", int(Ink.WIRE))]
COLUMNS = 19


def console() -> Console:
    return Console(color_system="truecolor", force_terminal=True, width=80)


def strip() -> Strip:
    return Strip([Segment(text, STYLES[ink]) for text, ink in RUNS])


def test_a_row_of_inks_is_written_as_the_strip_it_stands_for() -> None:
    row = Inked(RUNS, COLUMNS, Pens(STYLES))
    assert row.render(console()) == strip().render(console())
    assert row.cell_length == strip().cell_length == COLUMNS


def test_a_row_keeps_the_inks_of_the_theme_it_was_made_in() -> None:
    row, written = Inked(RUNS, COLUMNS, Pens(STYLES)), strip().render(console())
    try:
        palette.paint_with(palette.THEMES[1])
        assert strip().render(console()) != written
        assert row.render(console()) == written
        assert row == Inked(RUNS, COLUMNS, row._pens)
    finally:
        palette.paint_with(palette.THEMES[0])


def test_whoever_asks_for_more_finds_the_segments() -> None:
    def row() -> Inked:
        return Inked(RUNS, COLUMNS, Pens(STYLES))

    assert list(row()) == list(strip())
    assert row().text == strip().text and len(row()) == len(RUNS) and row()
    assert list(row().crop(3, 8)) == list(strip().crop(3, 8))
    assert [list(part) for part in row().divide([4, 9, COLUMNS])] == [
        list(part) for part in strip().divide([4, 9, COLUMNS])
    ]
    red = Style(bgcolor="red")
    assert list(row().apply_style(red)) == list(strip().apply_style(red))
    assert list(Strip.join([row(), row()])) == [*strip(), *strip()]
    assert row() == strip()
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        row().nothing_of_the_kind  # noqa: B018
    assert list(copy.copy(row())) == list(strip())


def test_what_lies_behind_the_end_of_a_row_is_empty() -> None:
    row = Row([Segment("abc")], 3)
    assert row.crop(0, 0).cell_length == row.crop(2, 1).cell_length == 0
    assert row.crop(1, 3).text == "bc" and row.crop(0).text == "abc" and row.crop(-2, 2).text == "ab"


def spanned(seed: int) -> Text:
    """Return a text with styles on random pieces of it, some of which overlap or lie on the ends of lines."""
    rng = random.Random(seed)
    plain = "".join(rng.choice("ab 가\n\n") for _ in range(rng.randint(0, 60)))
    text = Text(plain, rng.choice(("", "bold")), no_wrap=rng.random() < 0.5)
    for _ in range(rng.randint(0, 8)):
        start = rng.randint(0, len(plain))
        text.stylize(rng.choice(("red", "italic", "on blue")), start, start + rng.randint(0, 20))
    return text


@pytest.mark.parametrize("seed", range(60))
def test_paragraphs_are_those_of_rich(seed: int) -> None:
    text = spanned(seed)
    found, told = _paragraphs(text), list(text.split("\n", allow_blank=True))
    assert [part.plain for part in found] == [part.plain for part in told]
    for mine, its in zip(found, told, strict=True):
        assert mine.style == its.style
        assert list(mine.render(console(), end="")) == list(its.render(console(), end=""))


@pytest.mark.parametrize("seed", range(60))
def test_pieces_of_a_line_are_those_of_rich(seed: int) -> None:
    ground = Style(color="green", bgcolor="black")
    for line in _paragraphs(spanned(seed)):
        line.style = ""  # a paragraph's own style is part of the ground
        mine = [piece for segment in _segments(line, console(), ground) for piece in cells(segment)]
        its = Segment.apply_style(line.render(console(), end=""), ground)
        assert mine == [piece for segment in its for piece in cells(segment)]


def cells(segment: Segment) -> list[tuple[str, Style | None]]:
    return [(character, segment.style) for character in segment.text]


@pytest.mark.parametrize("seed", range(40))
def test_words_are_written_as_one_by_one(seed: int) -> None:
    rng = random.Random(seed)
    once, each = grid.blank(4, 12), grid.blank(4, 12)
    words = [
        (row, start, "".join(rng.choice("a1가 ") for _ in range(rng.randint(0, 4))), rng.choice(list(Ink)))
        for row in range(4)
        for start in (rng.randint(-6, 2), rng.randint(5, 14))
    ]
    words = [word for word in words if word[2]]
    grid.write_all(once, words)
    for row, start, text, ink in words:
        grid.write(each.chars[row], each.inks[row], start, text, ink)
    assert np.array_equal(once.chars, each.chars) and np.array_equal(once.inks, each.inks)
