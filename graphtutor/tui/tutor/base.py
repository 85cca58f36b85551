"""What everything one can do in the tutor shares: the study, the player, the selection, and how the moment is drawn.

A module beside this one adds one thing to do, as a subclass with its own keys. Where several have a say, in what stands
out, what is said, what is written in the panel, where escape leads, each extends what `super()` answers.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from rich.text import Text
from textual import on

from graphtutor.explain import Explanation, fault_text
from graphtutor.explain.formula import output_called
from graphtutor.explain.moments import announce, conclude
from graphtutor.explain.words import sentence
from graphtutor.timeline import Seeded, Sent, Step, Summed, Timeline
from graphtutor.tui import inspector, intro, motion, raster, scene
from graphtutor.tui.canvas import GraphCanvas
from graphtutor.tui.cells import clip, width
from graphtutor.tui.ledger import Ledger
from graphtutor.tui.lines import Lines
from graphtutor.tui.palette import GOLD, TEXT, VALUE
from graphtutor.tui.study import Study, shape, written_values
from graphtutor.tui.transport import Transport
from graphtutor.tui.tutor.arranging import Arranging
from graphtutor.tui.tutor.panes import Table

LONGEST_GAP = 0.2
"""Seconds that pass at most between two pictures, so that nothing jumps after the terminal was busy."""
MANY = 4
"""Statements that are named at most."""
FRAMES = 30
"""Pictures per second while something moves."""
WAITING = ("leave", "quit", "help", "edit", "theme")
"""What can be done while it is."""


class TutorBase(Arranging, inherit_bindings=False):
    """The moment: how it is drawn and said, how time passes, what is selected."""

    def __init__(
        self,
        study: Study,
        lang: str = "en",
        clock: Callable[[], float] = time.monotonic,
        *,
        steps: Timeline | None = None,
    ) -> None:
        super().__init__(study, lang, steps)
        self.chosen: str | None = None
        """The key of the selected node."""
        self.veiled = False
        """Whether numbers that the learner is to find stay hidden."""
        self._clock = clock
        self._then = 0.0
        self._explained: tuple[Step, Explanation] | None = None
        """The step of the moment in words, while the moment is drawn."""
        self._ledger: Ledger | None = None

    def on_mount(self) -> None:
        """Show the start of the run, paused."""
        self.player.animated &= self.app.animation_level == "full"
        self.timer = self.set_interval(1 / FRAMES, self.tick, pause=True)
        self.query_one(GraphCanvas).focus()
        self.begin()

    def begin(self) -> None:
        """Go to the start of the run."""
        self.player.timeline.seek(0)

    def retell(self) -> None:
        """Write anew what is said, and arrange the boxes, whose words may be longer; everything else stays."""
        super().retell()
        self._ledger = None
        self.draw()
        self.call_after_refresh(self.call_after_refresh, self.reword, self.query_one(GraphCanvas).scroll_offset)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a large graph is arranged, one can leave or edit.

        Where there is no room to show what a key does, only leaving graphtutor works.
        """
        if self.has_class("tiny"):
            return action == "quit"
        return self._arranging is None or action in WAITING

    # What is shown

    def notes(self) -> list[str]:
        """Return what is unusual about the view, in words that stand before the expression."""
        return []

    def draw(self) -> None:
        """Draw the moment: canvas, head, position, words, arithmetic."""
        if not self.ready:
            return
        timeline = self.player.timeline
        cursor = timeline.cursor
        step = self.step
        timeline.seek(self.player.visible)
        numbers, totals = self.scene.numbers(timeline), self.scene.totals(timeline)
        arithmetic = self.inspection(step)
        marks = self.marks(step)
        timeline.seek(cursor)
        self._keep_ledger()
        canvas, transport = self.query_one(GraphCanvas), self.query_one(Transport)
        head, say, panel, ledger = (self.query_one(id, Lines) for id in ("#head", "#say", "#inspect", "#ledger"))
        canvas.paint(raster.paint(self.base, self.scene, numbers, totals, marks))
        self.motion = motion.Motion(self.scene, self.player.moment, self.base)
        self.fly()
        level = sentence(self.lang, "screen", self.level.name.lower())
        transport.show(self.player.situation, partial(self.player.tell, lang=self.lang), level)
        head.update(self.head(self.size.width - 2))
        self.say()
        panel.update(arithmetic)
        self._explained = None
        self.together(canvas, transport, head, say, panel, ledger)

    @on(Table.Resized)
    def _keep_ledger(self) -> None:
        """Bring the table of all numbers up to date, where it is shown."""
        if not self.has_class("-ample") or self.has_class("-untabled") or not self.ready:
            return
        step, lines = self.step, self.query_one("#ledger", Lines)
        timeline = self.player.timeline.at(self.player.visible)
        if self._ledger is None or self._ledger.graph is not timeline.run.graph:
            self._ledger = Ledger(timeline.run.graph)
        columns, rows = lines.content_size
        acting = step.node if step else None
        lines.update(self._ledger.lines(timeline, columns, rows, self.lang, acting, self.chosen))

    def say(self) -> None:
        """Write what is done beside the screen, or what happens."""
        doing = self.under_way
        said = sentence(self.lang, "beside", "under_way", doing=doing) if doing else ""
        self.query_one("#say", Lines).update(Text(said, GOLD) if said else self.narration())

    def explained(self, step: Step) -> Explanation:
        """Return a step in words; those of the current one are worked out once for a picture."""
        if self._explained is not None and self._explained[0] is step:
            return self._explained[1]
        said = step.explain(self.lang)
        if step is self.step:
            self._explained = step, said
        return said

    def marks(self, step: Step | None) -> raster.Marks:
        """Return what stands out at the moment, with the timeline where the numbers on the canvas are known."""
        return raster.Marks(
            acting=self.scene.card_of(step.node).id if step else None,
            chosen=self.study.graph.node(self.chosen).id if self.chosen else None,
            hot=motion.hot(self.scene, self.player.moment),
            backward=isinstance(step, Sent | Seeded | Summed),
            new={number for moved in self.player.moment for number in scene.reveals(self.scene, moved)}
            if self.player.flight is None
            else set(),
        )

    def fly(self) -> None:
        """Draw what the gate does at the moment over the canvas."""
        self.query_one(GraphCanvas).fly(self.motion.at(self.player.at))

    @property
    def step(self) -> Step | None:
        """The step that the words and the panel are about; `None` at the start."""
        return self.player.moment[-1] if self.player.moment else None

    def follow(self) -> None:
        """Bring what acts, or what is selected, into sight."""
        if not self.ready:
            return
        canvas = self.query_one(GraphCanvas)
        step = self.in_sight()
        if self.chosen:
            id = self.study.graph.node(self.chosen).id
            canvas.follow([id], id)
        elif step is not None:
            acting = self.scene.card_of(step.node).id
            ends = {
                end
                for i in self.scene.wires_of(step)
                for end in (self.scene.wires[i].source, self.scene.wires[i].target)
            }
            canvas.follow({acting, *ends}, acting)
        else:
            canvas.open_at(self.scene.order[0])

    def in_sight(self) -> Step | None:
        """Return the step to be brought into sight: what is in the air, or happened last."""
        return self.step

    def head(self, columns: int) -> Text:
        """Write on one line of so many columns what is unusual about the view, the expression and its values."""
        notes = self.notes()
        if notes and columns > 40:
            text = Text("  ".join([*notes, ""]), f"bold {GOLD}", no_wrap=True)
            return text.append_text(self.expression(columns - text.cell_len))
        return self.expression(columns)

    def expression(self, columns: int) -> Text:
        """Write the expression and the inputs' values on a line of so many columns."""
        values = written_values(self.study.graph.inputs, self.study.run.inputs)
        room = max(columns * 3 // 5, columns - width(values) - 4)
        text = Text(clip(self.study.text, room), f"bold {TEXT}", no_wrap=True)
        values = clip(values, max(0, columns - text.cell_len - 4))
        text.append(" " * (columns - text.cell_len - width(values)))
        text.append(values, VALUE)
        return text

    def narration(self) -> Text:
        """Write what happens in a sentence."""
        if self.step is not None:
            moment = self.player.moment
            arrived = self.player.flight is None
            said = conclude(moment, self.lang, self.explained) if arrived else announce(moment, self.lang)
            return Text(said, TEXT)
        text = Text()
        if self.study.assumed:
            text.append(f"{self.study.note(self.lang)} {sentence(self.lang, 'editing', 'press_v')}\n", GOLD)
        for fault in self.study.run.faults[:1]:
            text.append(f"{fault_text(self.study.run, fault, self.lang)}\n", GOLD)
        unused = self.study.graph.unused
        if unused:
            names = ", ".join(unused[:MANY]) + ", ..." * (len(unused) > MANY)
            output = output_called(self.study.graph)
            text.append(f"{sentence(self.lang, 'editing', 'unused', output=output, names=names)}\n", GOLD)
        text.append_text(intro.press(self.lang))
        return text

    def inspection(self, step: Step | None) -> Text:
        """Write the arithmetic of the selected gate, or of the step."""
        timeline = self.player.timeline
        compact = not self.has_class("-wide")
        if self.chosen:
            node = self.study.graph.node(self.chosen)
            return inspector.gate_card(node, timeline, self.lang, compact, self.veiled, self.folded)
        if step is None:
            low = self.has_class("-above")
            return intro.welcome(self.study.graph, compact, self.lang, "", self.level, self.folded, low, self.whole)
        arrived = self.player.flight is None
        said = self.explained(step)
        return inspector.step_card(step, said, timeline, self.lang, compact, arrived, self.veiled, self.folded)

    # Time

    def tick(self) -> None:
        """Let as much time pass as has passed."""
        now = self._clock()
        if now > self._then:
            self.advance(min(LONGEST_GAP, now - self._then))
        self._then = now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        flight, cursor, playing = self.player.flight, self.player.timeline.cursor, self.player.playing
        self.player.advance(seconds)
        if (self.player.flight, self.player.timeline.cursor, self.player.playing) == (flight, cursor, playing):
            if flight is not None:
                self.fly()
            return
        self.moved(follow=self.player.timeline.cursor != cursor)

    def moved(self, follow: bool = True) -> None:
        """Draw after the cursor moved, and keep time running only while something moves."""
        if self.player.moving:
            self._then = self._clock()
            self.timer.resume()
        else:
            self.timer.pause()
        if follow:  # first, so that nothing is drawn for a view that is left
            self.query_one("#inspect").scroll_home(animate=False)
            self.query_one("#say").scroll_home(animate=False)
            self.follow()
        self.draw()

    # What is selected

    def unselect(self) -> None:
        """Give the panel back to the step."""
        self.chosen = None

    def choose(self, id: str | None) -> None:
        """Select a node by id."""
        self.chosen = self.study.graph.node(id).key if id is not None and id != scene.OUTPUT else None
        if id == scene.OUTPUT:
            self.chosen = self.study.graph.nodes[self.study.graph.output].key
        self.draw()
        self.query_one("#inspect").scroll_home(animate=False)

    @property
    def _chosen_id(self) -> str | None:
        return self.study.graph.node(self.chosen).id if self.chosen else None

    @property
    def stands_at(self) -> str | None:
        """The id of the node that the keys for another one go from, where one is shown."""
        return self._chosen_id

    def leave(self) -> bool:
        """Leave what is open or selected; return whether there was anything. The screen itself comes last."""
        if self.under_way:
            self.trials.stop()
            self.say()
            return True
        if self.chosen:
            self.choose(None)
            return True
        return False

    @property
    def going_back(self) -> bool:
        """Whether a change is being taken back or made again beside the screen."""
        return False

    def open(self) -> bool:
        """Open what is selected; return whether there is anything to open."""
        return False

    # What is studied

    def adopt(self, study: Study) -> None:
        """Show another study at a position that makes sense: the same step, the end, or the start."""
        if study is self.study:
            return
        old = self.player.timeline
        cursor, ended = old.cursor, old.cursor == len(old)
        same = study.graph is self.study.graph or shape(study.graph) == shape(self.study.graph)
        if self.chosen and not same and self.chosen not in {node.key for node in study.graph.nodes}:
            self.chosen = None
        self.study = study
        self.player = self.player.on(self.steps())
        self.player.seek(cursor if same else len(self.player.timeline) if ended else 0)
        self.lay_out()
