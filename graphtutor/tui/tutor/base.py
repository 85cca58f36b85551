"""What everything one can do in the tutor shares: the study, the player, the selection, and how the moment is drawn.

A module beside this one adds one thing to do, as a subclass with its own keys. Where several have a say, in what stands
out, what is said, what is written in the panel, where escape leads, each extends what `super()` answers.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.geometry import Offset, Size
from textual.message import Message
from textual.messages import Update
from textual.widget import Widget
from textual.widgets import Static

from graphtutor.engine.run import Run
from graphtutor.engine.tangents import Tangents
from graphtutor.errors import GraphtutorError, InputError
from graphtutor.explain import Explanation, fault_text
from graphtutor.explain.moments import announce, conclude
from graphtutor.explain.words import sentence
from graphtutor.graph import Graph
from graphtutor.timeline import Seeded, Sent, Step, Summed, TangentTimeline, Timeline
from graphtutor.tui import inspector, intro, legend, motion, raster, scene
from graphtutor.tui.beside import Beside, Job, Tell, nobody
from graphtutor.tui.canvas import GraphCanvas
from graphtutor.tui.cells import clip, told, width
from graphtutor.tui.footer import KeyLine
from graphtutor.tui.grid import Raster
from graphtutor.tui.ledger import Ledger
from graphtutor.tui.lines import Kept, Lines
from graphtutor.tui.palette import GOLD, TEXT, VALUE
from graphtutor.tui.place import BESIDE, LOW
from graphtutor.tui.player import Player
from graphtutor.tui.prompt import PromptBar
from graphtutor.tui.room import Covered, Room
from graphtutor.tui.study import LARGEST, Study, shape, written_values
from graphtutor.tui.transport import Transport

LONGEST_GAP = 0.2
"""Seconds that pass at most between two pictures, so that nothing jumps after the terminal was busy."""
FRAMES = 30
"""Pictures per second while something moves."""
WORDY = ("ko",)
"""Languages whose sentences take more cells."""
AMPLE = Size(160, 45)
"""A terminal in which there is room for the table of all numbers, too."""
LARGE = 400
"""Nodes from which a graph is arranged beside the screen."""
WAITING = ("leave", "quit", "help", "edit", "theme")
"""What can be done while it is."""
Made = TypeVar("Made")


class Legend(Kept, Static):
    """What the roles mean."""


class Table(Lines):
    """The table of all numbers; what it shows depends on its size."""

    class Resized(Message):
        """There is another room for the table."""

    def on_resize(self) -> None:
        """Tell that the size is another."""
        self.post_message(self.Resized())


class TutorBase(Room, inherit_bindings=False):
    """The parts of the tutor's screen and its state."""

    DEFAULT_CSS = """
    TutorBase #head { height: 1; background: $surface; padding: 0 1; }
    TutorBase #body { height: 1fr; layout: vertical; }
    TutorBase #main { width: 1fr; height: 1fr; }
    TutorBase GraphCanvas { height: 1fr; }
    TutorBase #head { overflow: hidden; }
    TutorBase #say { height: 3; padding: 0 1; scrollbar-gutter: stable; }
    TutorBase #panel { height: LOW; background: $surface; }
    TutorBase #inspect { height: 1fr; padding: 0 1; scrollbar-gutter: stable; }
    TutorBase #legend { display: none; height: auto; padding: 1 2; border-top: solid $border; }
    TutorBase.-high #say { height: 4; padding: 1 1 0 1; }
    TutorBase.-wordy #say { height: 4; }
    TutorBase.-wordy.-high #say { height: 5; }
    TutorBase.-wide #body { layout: horizontal; }
    TutorBase.-wide #panel { width: BESIDE; height: 1fr; }
    TutorBase.-wide #inspect { padding: 1 2; }
    TutorBase.-wide.-high Transport { height: 2; }
    TutorBase.-wide.-high.-above Transport { height: 1; }
    TutorBase.-wide.-above #body { layout: vertical; }
    TutorBase.-wide.-above #panel { width: 1fr; layout: horizontal; }
    TutorBase.-wide.-above #legend { width: BESIDE; height: 1fr; border: none; }
    TutorBase.-wide.-high #legend { display: block; }
    TutorBase #ledger { display: none; height: 1fr; padding: 1 2; overflow: hidden; }
    TutorBase.-above #ledger { width: 1fr; }
    TutorBase.-ample #ledger { display: block; }
    TutorBase.-ample.tooling #ledger { display: none; }
    TutorBase.-high SearchBar { height: 4; }
    TutorBase.editing #say { display: none; }
    TutorBase.tooling #inspect, TutorBase.-wide.-high.tooling #legend { display: none; }
    TutorBase.-narrow.tooling #say { display: none; }
    TutorBase.-wide Tool { padding: 0 2; }
    TutorBase.-wide.-high Tool { padding: 1 2; }
    TutorBase.-narrow.tooling #panel { height: 7; }
    TutorBase.-narrow.-high.tooling #panel { height: 12; }
    """.replace("BESIDE", str(BESIDE)).replace("LOW", str(LOW))

    _made: Timeline | None = None
    """The steps of the next run, made together with it."""

    def __init__(
        self,
        study: Study,
        lang: str = "en",
        clock: Callable[[], float] = time.monotonic,
        *,
        steps: Timeline | None = None,
    ) -> None:
        super().__init__()
        self._made = steps
        self.study = study
        self.lang = lang
        self.player = Player(self.steps())
        self.chosen: str | None = None
        """The key of the selected node."""
        self.veiled = False
        """Whether numbers that the learner is to find stay hidden."""
        self.level = scene.Level.FULL
        """How closely one looks."""
        self.folded = False
        """Whether copy gates are forks of their wires."""
        self._clock = clock
        self._then = 0.0
        self._arranging: Run | None = None
        """What is being arranged while there is nothing to be seen."""
        self._arranger = Beside(self)
        self.trials = Beside(self)
        """Where a large graph is run with other values, or another expression is read, while one types."""
        self._said = ""
        """What is done there, as the screen says it."""
        self._explained: tuple[Step, Explanation] | None = None
        """The step of the moment in words, while the moment is drawn."""
        self._ledger: Ledger | None = None
        self._roomy: Run | None = None
        """The run whose numbers all have room on the canvas."""

    def content(self) -> ComposeResult:
        """Compose the screen."""
        yield Lines(id="head")
        with Covered(id="body"):
            with Covered(id="main"):
                yield GraphCanvas(id="canvas")
                yield Transport(self.lang, id="transport")
                yield Lines(id="say")
                yield from self.under()
            with Covered(id="panel"):
                yield Lines(id="inspect")
                yield Table(id="ledger")
                yield Legend(legend.roles(self.lang, examples=False), id="legend")
        yield KeyLine()

    def under(self) -> ComposeResult:
        """Compose the lines under the canvas that are there only while they are needed."""
        yield PromptBar(self.lang, id="prompt")

    def on_mount(self) -> None:
        """Show the start of the run, paused."""
        self.player.animated &= self.app.animation_level == "full"
        self.timer = self.set_interval(1 / FRAMES, self.tick, pause=True)
        self.set_class(self.lang in WORDY, "-wordy")
        self.query_one(GraphCanvas).focus()
        self.begin()

    def begin(self) -> None:
        """Go to the start of the run."""
        self.player.timeline.seek(0)

    def on_resize(self, event: events.Resize) -> None:
        """Arrange for the new size; position and selection stay."""
        super().on_resize(event)
        self.set_class(event.size.width >= AMPLE.width and event.size.height >= AMPLE.height, "-ample")
        self.call_after_refresh(self.lay_out)

    def retell(self) -> None:
        """Write anew what is said, and arrange the boxes, whose words may be longer; everything else stays."""
        super().retell()
        self.set_class(self.lang in WORDY, "-wordy")
        self.query_one(Transport).speak(self.lang)
        self.query_one(Legend).update(legend.roles(self.lang, examples=False))
        self._ledger = None
        self.draw()
        self.call_after_refresh(self.call_after_refresh, self.reword, self.query_one(GraphCanvas).scroll_offset)

    def reword(self, sight: Offset) -> None:
        """Arrange the boxes for other words, with the same in sight."""
        if self.small:
            self.lay_out()
            self.query_one(GraphCanvas).scroll_to(*sight, animate=False)
        elif self.ready:
            self._make_room(anew=True)
        else:
            self._arranging = None
            self.lay_out()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the keys to the line while one types in it; while a large graph is arranged, one can leave or edit.

        Where there is no room to show what a key does, only leaving graphtutor works.
        """
        if self.has_class("tiny"):
            return action == "quit"
        if self._arranging is not None and action not in WAITING:
            return False
        return not (self.has_class("editing") and action in ("choose", "help"))

    # What is shown

    def notes(self) -> list[str]:
        """Return what is unusual about the view, in words that stand before the expression."""
        return []

    def viewed(self) -> Run:
        """Return the numbers on the canvas."""
        return self.study.run

    def steps(self) -> Timeline:
        """Return the steps of what is viewed, with a cursor of the screen's own, so that it keeps no run alive."""
        run = self.viewed()
        made, self._made = self._made, None
        if made is not None and made.run is run:
            return made
        return TangentTimeline(run) if isinstance(run, Tangents) else Timeline(run)

    def steps_of(self, study: Study) -> Callable[[], Timeline]:
        """Return what makes the steps that are viewed of another study; it may be called beside the screen."""
        return lambda: Timeline(study.run)

    @property
    def large(self) -> bool:
        """Whether what is studied is so large that work on it is done beside the screen."""
        return len(self.study.graph.nodes) >= LARGE

    def trial(
        self, change: Callable[[], Study], done: Callable[[Study], object], failed: Callable[[Exception], object]
    ) -> None:
        """Make another study beside the screen. Of those that wait for their turn, only the newest is made."""
        self._said = ""

        def work(tell: Tell) -> tuple[Study, Timeline]:
            study = change()
            return study, self.steps_of(study)()

        def hear(made: tuple[Study, Timeline]) -> None:
            study, self._made = made
            done(study)

        self.trials.start(Job(work, hear, failed, nobody))

    def aside(self, said: str, work: Callable[[], Made], done: Callable[[Made], object]) -> None:
        """Do work at once, or for a large graph beside the screen, which says so and goes on hearing keys.

        Work that is still under way is given up. Nothing comes of it either where another study is shown meanwhile.
        """
        start = self.study

        def hear(made: Made) -> None:
            if self.study is start:
                done(made)
            self._say()

        def fail(error: Exception) -> None:
            self._say()
            if not isinstance(error, GraphtutorError):
                raise error
            self.notify(told(error, self.lang), severity="error")

        if self.large:
            self._said = said
            self.trials.stop()
            self.trials.start(Job(lambda tell: work(), hear, fail, nobody))
            self._say()
            return
        try:
            made = work()
        except GraphtutorError as error:
            fail(error)
        else:
            done(made)

    def refuse_too_large(self, graph: Graph) -> None:
        """Raise `InputError` for a graph with more nodes than the screen shows."""
        count = len(graph.nodes)
        if count > LARGEST:
            raise InputError(sentence(self.lang, "opening", "too_large", count=count, most=LARGEST))

    @property
    def under_way(self) -> str:
        """What is done beside the screen, in words; empty when nothing is."""
        return self._said if self.trials.busy else ""

    @property
    def small(self) -> bool:
        """Whether the graph is arranged at once."""
        return len(self.viewed().graph.nodes) < LARGE

    @property
    def spread(self) -> Size:
        """The room that the canvas has for the graph."""
        return self.query_one(GraphCanvas).size

    def composed(self, least: int = scene.LEAST, before: scene.Scene | None = None) -> scene.Scene:
        """Compose the scene for that room; see `scene.fitting`."""
        columns, rows = self.spread
        return scene.fitting(
            self.viewed(),
            self.lang,
            columns,
            least=least,
            level=self.level,
            before=before,
            folded=self.folded,
            rows=rows,
        )

    def lay_out(self) -> None:
        """Arrange the graph for the room there is, and draw; a large graph beside the screen, which stays awake."""
        run, canvas = self.viewed(), self.query_one(GraphCanvas)
        if self.small:
            self._arranger.stop()
            found = self.composed()
            self.arranged(found, raster.draw(found, opens=True))
        elif self.ready and self.scene.run.graph is run.graph and self.seen_as(self.scene):
            same = self.scene.run is run  # long wires are not made to fit the screen
            self.arranged(self.scene if same else scene.carried(self.scene, run), self.base)
            self._make_room()
        elif self._arranging is not run:
            self._arranging = run
            self.player.playing = False
            vars(self).pop("scene", None)
            self.query_one("#head", Lines).update(self.head(self.size.width - 2))
            canvas.wait(self._progress(run, 0.0))
            self._arranger.stop()
            self._arranger.start(Job(self._arrangement(run), self._arranged, self._unarranged, canvas.wait))

    def seen_as(self, found: scene.Scene) -> bool:
        """Return whether a scene is drawn in the way that is asked for."""
        return found.level is self.level and found.folded is self.folded

    def _arrangement(self, run: Run) -> Callable[[Tell], tuple[scene.Scene, Raster]]:
        lang, level, folded = self.lang, self.level, self.folded

        def work(tell: Tell) -> tuple[scene.Scene, Raster]:
            def done(share: float) -> None:
                tell(self._progress(run, 0.8 * share))

            found = scene.compose(run, lang, level=level, folded=folded, tell=done)
            tell(self._progress(run, 0.8))
            base = raster.draw(found, opens=True)
            tell(self._progress(run, 0.95))
            found.index()
            return found, base

        return work

    def _progress(self, run: Run, share: float) -> str:
        count = f"{len(run.graph.nodes):,}"
        return sentence(self.lang, "looking", "arranging", count=count, share=10 * int(10 * share))

    def _arranged(self, made: tuple[scene.Scene, Raster]) -> None:
        self._roomy = self._arranging
        self.arranged(*made)
        self.refresh_bindings()

    def _unarranged(self, error: Exception) -> None:
        self.query_one(GraphCanvas).wait(sentence(self.lang, "looking", "not_arranged"))
        raise error

    def _make_room(self, anew: bool = False) -> None:
        """Arrange a large graph `anew`, or where numbers have too little room; what is shown stays meanwhile."""
        shown, run, arrange = self.scene, self.viewed(), self._arrangement(self.viewed())
        self._arranger.stop()
        if run is self._roomy and not anew:
            return

        def work(tell: Tell) -> tuple[scene.Scene, Raster] | None:
            return None if not anew and scene.fits(shown) else arrange(tell)

        def done(made: tuple[scene.Scene, Raster] | None) -> None:
            if run is self.viewed():
                self._roomy = run
                if made is not None:
                    self.arranged(*made)

        self._arranger.start(Job(work, done, self.fail, nobody))

    @staticmethod
    def fail(error: Exception) -> None:
        """Take an error that nobody can do anything about."""
        raise error

    def on_unmount(self) -> None:
        """Let the thread go; nobody waits for it."""
        self._arranger.stop()
        self.trials.stop()

    def arranged(self, found: scene.Scene, base: Raster) -> None:
        """Show the graph as it has been arranged."""
        self._arranging = None
        self.scene, self.base = found, base
        self.query_one(GraphCanvas).show(found)
        self.draw()
        self.follow()

    @property
    def ready(self) -> bool:
        """Whether there is a graph on the canvas."""
        return hasattr(self, "scene")

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
        self._say()
        panel.update(arithmetic)
        self._explained = None
        self.together(canvas, transport, head, say, panel, ledger)

    def together(self, *widgets: Widget) -> None:
        """Show in one picture what has changed; each widget for itself would report too late for the next one."""
        for widget in widgets:
            if widget.display:
                self.post_message(Update(widget))

    @on(Table.Resized)
    def _keep_ledger(self) -> None:
        """Bring the table of all numbers up to date, where it is shown."""
        if not self.has_class("-ample") or not self.ready:
            return
        step, lines = self.step, self.query_one("#ledger", Lines)
        timeline = self.player.timeline.at(self.player.visible)
        if self._ledger is None or self._ledger.graph is not timeline.run.graph:
            self._ledger = Ledger(timeline.run.graph)
        columns, rows = lines.content_size
        acting = step.node if step else None
        lines.update(self._ledger.text(timeline, columns, rows, self.lang, acting, self.chosen))

    def _say(self) -> None:
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
        else:  # the corner of a drawing is often empty
            canvas.follow([self.scene.order[0]])

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
            return intro.welcome(self.study.graph, compact, self.lang, level=self.level)
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

    def leave(self) -> bool:
        """Leave what is open or selected; return whether there was anything. The screen itself comes last."""
        if self.under_way:
            self.trials.stop()
            self._say()
            return True
        if self.chosen:
            self.choose(None)
            return True
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
