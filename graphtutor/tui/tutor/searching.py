"""Search: type what a gate is called, walk from hit to hit, keep one or go back to where one was."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.geometry import Offset
from textual.message import Message
from textual.widgets import Input, Static

from graphtutor.explain.words import sentence
from graphtutor.timeline import Step
from graphtutor.tui import finding, raster
from graphtutor.tui.canvas import GraphCanvas
from graphtutor.tui.cells import clip, width
from graphtutor.tui.inspector import headline
from graphtutor.tui.palette import GOLD, SOFT
from graphtutor.tui.tutor.tools import Tools


class SearchLine(Input):
    """The line to type in; its keys go from hit to hit."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,down", "turn(1)", "Next", key_display="enter", tooltip="the next hit; the only one is kept"),
        Binding("up", "turn(-1)", "Previous", tooltip="the hit before"),
        Binding("tab", "keep", "Keep", tooltip="stay at this hit and close the search"),
        Binding("escape", "screen.leave", "Cancel", tooltip="go back to what was selected before"),
    ]

    class Turned(Message):
        """A key asks for another hit: so many places further."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    class Kept(Message):
        """The hit is to stay selected."""

    def action_turn(self, by: int) -> None:
        """Ask for another hit."""
        self.post_message(self.Turned(by))

    def action_keep(self) -> None:
        """Ask to stay here."""
        self.post_message(self.Kept())


class SearchBar(Vertical):
    """The line with its label, and how many hits there are."""

    DEFAULT_CSS = """
    SearchBar { height: 3; display: none; background: $panel; padding: 0 1; border-top: solid $accent; }
    SearchBar Horizontal { height: 1; }
    SearchBar #sought { width: auto; color: $accent; text-style: bold; padding-right: 1; }
    SearchBar Input, SearchBar Input:focus {
        width: 1fr; height: 1; border: none; padding: 0; background: $background;
    }
    SearchBar #hits { height: auto; }
    """

    def __init__(self, lang: str = "en", *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lang = lang

    def compose(self) -> ComposeResult:
        """Compose the line and the remark under it."""
        with Horizontal():
            yield Static(sentence(self._lang, "search", "find"), id="sought")
            yield SearchLine(id="searched", select_on_focus=False)
        yield Static(id="hits")

    def speak(self, lang: str) -> None:
        """Ask in another language."""
        self._lang = lang
        self.query_one("#sought", Static).update(sentence(lang, "search", "find"))

    def say(self, text: Text) -> None:
        """Write a remark under the line."""
        self.query_one("#hits", Static).update(text)


class Searching(Tools):
    """Find gates by what they are called."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "Search", show=False, tooltip="find gates by name, gate, symbol or role"),
    ]

    _hits: tuple[str, ...] = ()
    """The ids of what is called what was typed."""
    _from: tuple[str | None, Offset] | None = None
    """What was selected and in sight before; `None` while nothing is searched."""

    def under(self) -> ComposeResult:
        """Compose the line, hidden."""
        yield from super().under()
        yield SearchBar(self.lang, id="search")

    def action_search(self) -> None:
        """Open the line."""
        canvas = self.query_one(GraphCanvas)
        self._from = self.chosen, canvas.scroll_offset
        self._hits = ()
        self.player.playing = False
        self.add_class("editing")
        self.query_one(SearchBar).display = True
        line = self.query_one(SearchLine)
        with line.prevent(Input.Changed):
            line.value = ""
        self._tell_hits()
        self.set_focus(line)  # at once: what is typed quickly belongs to the line
        self.refresh_bindings()
        self.moved(follow=False)

    def _close(self) -> None:
        self._from = None
        self._hits = ()
        self.remove_class("editing")
        self.query_one(SearchBar).display = False
        (self.tool or self.query_one(GraphCanvas)).focus()
        self.refresh_bindings()
        self.draw()

    @on(Input.Changed, "#searched")
    def _typed_search(self, event: Input.Changed) -> None:
        event.stop()
        if self._from is None:
            return
        self._hits = tuple(finding.found(self.scene, event.value, self.lang))
        if self._hits:
            self._go(self._chosen_id if self._chosen_id in self._hits else self._hits[0])
        else:
            self._return()
        self._tell_hits()

    @on(SearchLine.Turned)
    def _turned_search(self, event: SearchLine.Turned) -> None:
        if len(self._hits) == 1:
            self._close()
        elif self._hits:
            at = self._hits.index(self._chosen_id) if self._chosen_id in self._hits else -1
            self._go(self._hits[(at + event.by) % len(self._hits)])
            self._tell_hits()

    @on(SearchLine.Kept)
    def _kept_search(self) -> None:
        self._close()

    def retell(self) -> None:
        """Say anew what was found."""
        super().retell()
        self.query_one(SearchBar).speak(self.lang)
        self._tell_hits()

    def _go(self, id: str) -> None:
        self.choose(id)
        self.follow()

    def _return(self) -> None:
        """Select what was selected before, and show what was in sight."""
        assert self._from is not None
        key, offset = self._from
        self.choose(self.study.graph.node(key).id if key else None)
        self.query_one(GraphCanvas).scroll_to(*offset, animate=False)

    def _tell_hits(self) -> None:
        """Say how many hits there are, and what the current one is."""
        text = Text(no_wrap=True)
        columns = max(20, self.query_one("#main").size.width - 2)
        if self._hits and self._chosen_id in self._hits:
            at = self._hits.index(self._chosen_id) + 1
            text.append(sentence(self.lang, "search", "at", at=at, count=len(self._hits)), f"bold {GOLD}")
            text.append("   ", SOFT)
            graph = self.study.graph
            text.append_text(headline(graph.node(self._chosen_id), graph, self.lang, self.folded))
        elif self._query():
            before, _, after = sentence(self.lang, "search", "nothing", query="\0").partition("\0")
            text.append(before, SOFT)
            text.append(clip(self._query(), columns - width(after) - text.cell_len), f"bold {GOLD}")
            text.append(after, SOFT)
        else:
            text.append(sentence(self.lang, "search", "hint"), SOFT)
        self.query_one(SearchBar).say(text)

    def _query(self) -> str:
        return self.query_one(SearchLine).value.strip()

    def choose(self, id: str | None) -> None:
        """Select a node; while one searches, the line keeps the keys."""
        super().choose(id)
        self.call_after_refresh(self._keep_line)

    def _keep_line(self) -> None:
        if self._from is not None:
            self.query_one(SearchLine).focus()

    def marks(self, step: Step | None) -> raster.Marks:
        """Mark the other hits."""
        marks = super().marks(step)
        if not self._hits or self._chosen_id not in self._hits:
            return marks
        size = self.query_one(GraphCanvas).size
        others = finding.beside(self.scene, list(self._hits), self._chosen_id, size.width, size.height)
        return replace(marks, asked=[*marks.asked, *others])

    def leave(self) -> bool:
        """Close the line and go back to where one was."""
        if self._from is None:
            return super().leave()
        self._return()
        self._close()
        return True
