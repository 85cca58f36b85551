"""Every number of a run that is known so far, as a table: what is to be seen at a glance while steps go by. Pure."""

from __future__ import annotations

from functools import partial

from rich.text import Text

from graphtutor.engine.run import Run
from graphtutor.explain.formula import called
from graphtutor.explain.words import sentence
from graphtutor.graph import Graph, Node
from graphtutor.graph.text import expression
from graphtutor.timeline import TangentTimeline, Timeline
from graphtutor.tui.cards import filled
from graphtutor.tui.cells import clip, padded, width
from graphtutor.tui.palette import FAINT, GOLD, GRADIENT, SOFT, TEXT, VALUE
from graphtutor.tui.scene import DASH

NAME, NUMBER = 10, 12
"""Columns of a name and of a number."""
GAP = 2
MARK = "►"
"""Stands before what acts."""


class Ledger:
    """The table of a graph: a row for every input and every gate but the copies, in the order they are computed in."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._nodes = [node for node in graph.nodes if node.gate.name not in ("copy", "constant")]
        self._row = {node.index: row for row, node in enumerate(self._nodes)}
        self._name = min(NAME, max((width(called(graph, node)) for node in self._nodes), default=0))
        self._run: Run | None = None
        self._written: dict[tuple[object, ...], Text] = {}
        """Rows of the run that were written."""

    def lines(
        self,
        timeline: Timeline,
        columns: int,
        rows: int,
        lang: str,
        acting: int | None = None,
        chosen: str | None = None,
    ) -> list[Text]:
        """Write the lines of the table as far as the timeline has come, in so many columns and rows.

        Where there are more rows than room, those around what acts, or is selected, page by page.
        """
        word = partial(sentence, lang, "screen")
        back = "tangent" if isinstance(timeline, TangentTimeline) else "gradient"
        room = max(0, columns - 2 - self._name - 2 * (NUMBER + GAP) - GAP)
        heads = (padded("", 2 + self._name), padded(clip(word("computes"), room), room))
        head = (" " * GAP).join(heads)
        for number in (word("value"), word(back)):
            head += " " * (GAP + NUMBER - width(number)) + number
        lines = [Text(head, FAINT, no_wrap=True)]
        size = max(1, rows - 1 if len(self._nodes) < rows else rows - 2)
        start = max(0, min(size * (self._at(acting, chosen) // size), len(self._nodes) - size))
        if timeline.run is not self._run:
            self._run, self._written = timeline.run, {}
        for node in self._nodes[start : start + size]:
            known = timeline.value_known(node.index), timeline.grad_known(node.index)
            key = node.index, known, room, lang, node.index == acting, node.key == chosen
            row = self._written.get(key)
            if row is None:
                row = self._written[key] = self._line(node, timeline.run, *key[1:])
            lines.append(row)
        if size < len(self._nodes):
            last = min(len(self._nodes), start + size)
            shown_ = word("rows", first=start + 1, last=last, all=len(self._nodes))
            lines.append(Text(f"  {shown_}", FAINT, no_wrap=True))
        return lines

    def _line(
        self, node: Node, run: Run, known: tuple[bool, bool], room: int, lang: str, acts: bool, chosen: bool
    ) -> Text:
        style = f"bold {GOLD}" if chosen else f"bold {TEXT}" if acts else TEXT
        text = Text(no_wrap=True).append(f"{MARK if acts else ' '} ", f"bold {GOLD}")
        text.append(padded(clip(called(self.graph, node), self._name), self._name + GAP), style)
        given = node.gate.is_source
        own = sentence(lang, "screen", "input") if given else expression(self.graph, node.index, lambda _: True)
        text.append(padded(clip(own, room), room), SOFT)
        numbers = run.value_at(node.index), run.grad_at(node.index)
        for there, number, colour in zip(known, numbers, (VALUE, GRADIENT), strict=True):
            written = filled(number, NUMBER) if there else DASH
            text.append(" " * (GAP + NUMBER - width(written)) + written, colour if there else FAINT)
        return text

    def _at(self, acting: int | None, chosen: str | None) -> int:
        """Return the row that is to be in sight; a copy gate's is its source's."""
        at = next((node.index for node in self._nodes if node.key == chosen), acting) if chosen else acting
        while at is not None and at not in self._row and self.graph.nodes[at].args:
            at = self.graph.nodes[at].args[0]
        return self._row.get(at, 0) if at is not None else 0
