"""Text on the screen, kept as the lines it was drawn as: a change costs the paragraphs that are new, and no layout.

A `Static` draws all its lines and their ground again when one changes, which for a screen that changes with every key
costs more than everything else.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple, Self

from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Span, Text
from textual.cache import LRUCache
from textual.filter import ANSIToTruecolor
from textual.geometry import Region, Size
from textual.messages import Update
from textual.reactive import Reactive
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget

from graphtutor.tui.palette import STYLES, Ink
from graphtutor.tui.rows import Row

PARAGRAPHS = 300
"""Paragraphs that are kept as they were drawn."""

_INDEXED = re.compile(r"\S*(?<=[\w)\]])\[[^][]*\]")
"""A name with an index, or with the gate that a contribution comes through."""
_JOIN = "\ue000"
"""Stands for a space at which no line ends; Rich would end one at a no-break space."""

Paragraph = tuple[str, str | Style, tuple[Span, ...]]
"""What a paragraph's lines follow from, on one ground."""


class Line(NamedTuple):
    """A line as wide as the widget."""

    strip: Strip
    start: int
    """The character of its paragraph that it starts with."""
    paragraph: int


class Ground(NamedTuple):
    """What lines are drawn on; on another one all are drawn again."""

    style: Style
    worn: Style
    """The blank style of the theme."""
    left: int
    top: int
    columns: int
    rows: int
    width: int


class Kept(Widget):
    """A widget whose rows are taken as they were until it is refreshed: to ask for them costs more than to draw one."""

    _kept: tuple[object, list[Strip]] | None = None

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Draw again."""
        self._kept = None
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the rows."""
        key = crop, self.outer_size, self.get_line_filters()
        if self._kept is None or self._kept[0] != key:
            self._kept = key, super().render_lines(crop)
        return self._kept[1]


class Lines(ScrollView, can_focus=False, inherit_bindings=False):
    """Show a text, wrapped to the width there is and scrolled where it is longer than the room.

    The place of the bar is kept, and the bar stays there, unseen while all is in sight: when it came and went with the
    text, the screen would be laid out anew, which takes two frames.
    """

    DEFAULT_CSS = """
    Lines {
        scrollbar-size: 1 1; overflow: hidden scroll; scrollbar-background: transparent;
        scrollbar-background-hover: transparent; scrollbar-background-active: transparent;
    }
    """
    virtual_size = Reactive(Size(0, 0), repaint=False)

    def __init__(self, text: Text | None = None, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._text: Text | Sequence[Text] = text or Text()
        self._ground: Ground | None = None
        self._lines: list[Line] = []
        self._blank = Strip([])
        self._drawn: LRUCache[Paragraph, list[tuple[Strip, int]]] = LRUCache(PARAGRAPHS)

    @property
    def text(self) -> Text:
        """What is shown."""
        return self._text if isinstance(self._text, Text) else Text("\n").join(self._text)

    def update(self, text: Text | Sequence[Text]) -> None:
        """Show another text, or other paragraphs; only lines that differ are drawn again."""
        if text == self._text:
            return
        self._text = text
        if self._ground is None:
            return
        before = self._seen(self._ground)
        self._wrap(self._ground)
        changed = [
            y for y, (old, new) in enumerate(zip(before, self._seen(self._ground), strict=True)) if old is not new
        ]
        if changed:
            left, width = self._ground.left, self._ground.width  # whole rows, so that Textual need not cut them
            self.refresh(*(Region(-left, y, width, 1) for y in changed))

    def render(self) -> Text:
        """Return the whole text."""
        return self.text

    def on_resize(self) -> None:
        """Wrap the text to the new width."""
        self._wrap(self._standing())
        self.refresh()

    def selection_updated(self, selection: Selection | None) -> None:
        """Draw what is selected."""
        self._wrap(self._standing())
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return a line of the room with the places in the text at which its characters stand."""
        at = y + self.scroll_offset.y
        if self._ground is None or at >= len(self._lines):
            return self._blank
        strip, start, paragraph = self._lines[at]
        left, columns = self._ground.left, self._ground.columns
        return strip.crop(left, left + columns).apply_offsets(start, paragraph)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return lines of the widget as they were drawn."""
        ground = self._standing()
        if ground != self._ground:
            self._wrap(ground)
        rows = [self._blank] * ground.top + self._seen(ground)
        rows += [self._blank] * (crop.bottom - len(rows))
        strips = rows[crop.y : crop.bottom]
        for found in self.get_line_filters():
            if not isinstance(found, ANSIToTruecolor):  # there is nothing for it in colours of our own
                background = self.background_colors[1]
                strips = [strip.apply_filter(found, background) for strip in strips]
        if crop.column_span != (0, ground.width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def _seen(self, ground: Ground) -> list[Strip]:
        """Return the lines that are in sight, and the blank ones under them."""
        top = self.scroll_offset.y
        strips = [line.strip for line in self._lines[top : top + ground.rows]]
        return strips + [self._blank] * (ground.rows - len(strips))

    def _standing(self) -> Ground:
        """Return the ground there is at the moment."""
        gutter = self.styles.gutter
        room = self.outer_size.region.shrink(gutter).shrink(
            self.scrollbar_gutter
        )  # where it stands would be searched for
        style, worn = self.visual_style.rich_style, STYLES[Ink.BLANK]
        return Ground(style, worn, gutter.left, gutter.top, room.width, room.height, self.outer_size.width)

    def _wrap(self, ground: Ground) -> None:
        """Divide the text into lines."""
        if ground != self._ground:
            self._ground = ground
            self._drawn.clear()
            self._blank = Row([Segment(" " * ground.width, ground.style)], ground.width)
        selection = self.text_selection
        self._lines = []
        if ground.columns <= 0:
            return
        for number, paragraph in enumerate(_paragraphs(self._text)):
            span = selection.get_span(number) if selection else None
            if span is not None or "\t" in paragraph.plain:
                paragraph = paragraph.copy()
                paragraph.expand_tabs(8)
                if span is not None:
                    start, end = span
                    colour = self.background_colors[1]
                    colour += self.screen.get_component_styles("screen--selection").background
                    paragraph.stylize(Style(bgcolor=colour.rich_color), start, len(paragraph) if end == -1 else end)
            key = paragraph.plain, paragraph.style, tuple(paragraph.spans)
            drawn = self._drawn.get(key)
            if drawn is None:
                drawn = self._draw(paragraph, ground)
                self._drawn.set(key, drawn)
            self._lines += [Line(strip, start, number) for strip, start in drawn]
        rows = len(self._lines)
        if self.styles.overflow_y == "hidden":
            return
        if rows <= ground.rows:
            rows = 0  # so that the bar is not drawn anew for every text that is all in sight
        self.virtual_size = Size(ground.columns, rows)
        bar = self.vertical_scrollbar
        if (bar.window_virtual_size, bar.window_size) != (rows, ground.rows):
            bar.window_virtual_size, bar.window_size = rows, ground.rows
            self.screen.post_message(Update(bar))  # in the picture of the text
        self.scroll_y = min(self.scroll_y, self.max_scroll_y)

    def _draw(self, paragraph: Text, ground: Ground) -> list[tuple[Strip, int]]:
        """Return a paragraph's lines, each with the character that it starts with."""
        console = self.app.console
        style = ground.style + console.get_style(paragraph.style)
        fits = paragraph.cell_len <= ground.columns
        drawn: list[tuple[Strip, int]] = []
        at = 0
        for line in [paragraph] if fits else _wrapped(paragraph, console, ground.columns):
            at = max(at, paragraph.plain.find(line.plain, at))
            segments = [Segment(" " * ground.left, ground.style)] if ground.left else []
            segments += _segments(line, console, style)
            after = ground.width - ground.left - line.cell_len
            if after > 0:
                segments.append(Segment(" " * after, ground.style))
            drawn.append((Row(segments, ground.width), at))
            at += len(line)
        return drawn


def _paragraphs(text: Text | Sequence[Text]) -> Sequence[Text]:
    """Return the paragraphs of a text. Rich's own makes two texts of each."""
    if not isinstance(text, Text):
        return text
    lines = text.plain.split("\n")
    starts = list(accumulate((len(line) + 1 for line in lines[:-1]), initial=0))
    spans: list[list[Span]] = [[] for _ in lines]
    for start, end, style in text.spans:
        for i in range(bisect_right(starts, start) - 1, bisect_left(starts, end)):
            first, last = max(start - starts[i], 0), min(end - starts[i], len(lines[i]))
            if first < last:
                spans[i].append(Span(first, last, style))
    paragraphs = [text.blank_copy(line) for line in lines]
    for paragraph, found in zip(paragraphs, spans, strict=True):
        paragraph.spans = found
    return paragraphs


def _wrapped(paragraph: Text, console: Console, columns: int) -> Iterable[Text]:
    """Divide a paragraph into lines, but no name such as `W[1, 0]` or `df/dx[via f]` that fits on one."""
    plain = paragraph.plain
    whole = _INDEXED.sub(lambda name: name[0].replace(" ", _JOIN if cell_len(name[0]) <= columns else " "), plain)
    if whole == plain:
        return paragraph.wrap(console, columns, no_wrap=False)
    paragraph = paragraph.copy()
    paragraph.plain = whole
    lines = paragraph.wrap(console, columns, no_wrap=False)
    for line in lines:
        line.plain = line.plain.replace(_JOIN, " ")
    return lines


def _segments(line: Text, console: Console, ground: Style) -> Iterable[Segment]:
    """Return the pieces of a line, each in its style on a ground.

    What was appended piece by piece needs no sorting out of what lies over what.
    """
    ends = [0, *(span.end for span in line.spans)]
    if any(span.start < end for span, end in zip(line.spans, ends, strict=False)):
        return Segment.apply_style(line.render(console), ground)
    text, found, at = line.plain, [], 0
    for start, end, style in line.spans:
        if start > at:
            found.append(Segment(text[at:start], ground))
        found.append(Segment(text[start:end], ground + console.get_style(style)))
        at = end
    if at < len(text):
        found.append(Segment(text[at:], ground))
    return found
