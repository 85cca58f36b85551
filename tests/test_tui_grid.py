"""Rows of cells become runs of one ink: nothing is lost, and a blank joins its neighbour only where nobody sees it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphtutor.tui import grid
from graphtutor.tui.grid import BLANK, TAIL, Cells, Raster
from graphtutor.tui.palette import REVERSED, Ink

SIGN = st.tuples(st.sampled_from("─x7"), st.sampled_from([ink for ink in Ink if ink is not Ink.BLANK]))
CELL = SIGN | st.tuples(st.just(" "), st.sampled_from(Ink))
ROWS = st.integers(1, 12).flatmap(lambda n: st.lists(st.lists(CELL, min_size=n, max_size=n), min_size=1, max_size=4))


def cells_of(rows: list[list[tuple[str, Ink]]]) -> Cells:
    return Cells(
        np.array([[ord(character) for character, _ in row] for row in rows], np.uint32),
        np.array([[ink for _, ink in row] for row in rows], np.uint8),
    )


@given(ROWS)
def test_every_character_keeps_its_ink_and_blanks_are_seen_as_they_were(rows: list[list[tuple[str, Ink]]]) -> None:
    for row, runs in zip(rows, grid.runs(cells_of(rows)), strict=True):
        assert all(before[1] != after[1] for before, after in pairwise(runs))
        inks = [ink for text, ink in runs for _ in text]
        assert "".join(text for text, _ in runs) == "".join(character for character, _ in row)
        for (character, own), ink in zip(row, inks, strict=True):
            if character == " ":
                assert REVERSED[ink] == REVERSED[own]
            else:
                assert ink == own


def test_a_row_without_columns_has_no_runs() -> None:
    assert grid.runs(grid.blank(2, 0)) == [[], []]


@pytest.mark.parametrize(("left", "right", "said"), [(0, 4, "a글b"), (1, 4, "글b"), (2, 4, " b"), (0, 2, "a ")])
def test_half_a_wide_character_at_an_edge_is_a_blank(left: int, right: int, said: str) -> None:
    raster = Raster(4, 1)
    raster.write(0, 0, "a글b", Ink.KEY)
    assert "".join(text for text, _ in grid.cut(raster, 0, left, right)) == said


def test_what_is_laid_over_rows_goes_as_far_as_they_do() -> None:
    under, over = grid.blank(2, 5), grid.blank(2, 3)
    over.chars[:] = [[ord("a"), ord("b"), ord("c")], [ord("글"), TAIL, ord("d")]]
    over.inks[:] = Ink.KEY
    grid.lay(under, 3, over)
    assert "".join(map(chr, under.chars[0])) == "   ab"
    assert under.inks[0].tolist() == [0, 0, 0, Ink.KEY, Ink.KEY]
    grid.lay(under, 7, over)
    assert under.chars[:, :3].tolist() == [[BLANK] * 3] * 2
