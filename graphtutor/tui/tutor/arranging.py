"""What is studied, and its arrangement on the canvas: at once, or for a large graph beside the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from rich.text import Text
from textual import events
from textual.geometry import Offset, Size

from graphtutor.engine.run import Run
from graphtutor.engine.tangents import Tangents
from graphtutor.errors import GraphtutorError, InputError
from graphtutor.explain.words import sentence
from graphtutor.graph import Graph
from graphtutor.layout import Tell as Share
from graphtutor.layout import nobody as unheard
from graphtutor.timeline import TangentTimeline, Timeline
from graphtutor.tui import raster, scene
from graphtutor.tui.beside import Beside, Job, Tell, nobody
from graphtutor.tui.canvas import GraphCanvas
from graphtutor.tui.cells import told
from graphtutor.tui.lines import Lines
from graphtutor.tui.player import Player
from graphtutor.tui.raster import Ground
from graphtutor.tui.study import LARGEST, Study
from graphtutor.tui.tutor.panes import Panes

LARGE = 400
"""Nodes from which a graph is arranged beside the screen."""
SLOW = 3000
"""Nodes from which every percent is told; to tell it takes longer than to do it where there are fewer."""
Made = TypeVar("Made")


class Arranging(Panes, inherit_bindings=False):
    """The study, its steps, and the scene that is made of it."""

    _made: Timeline | None = None
    """The steps of the next run, made together with it."""

    def __init__(self, study: Study, lang: str = "en", steps: Timeline | None = None) -> None:
        super().__init__()
        self._made = steps
        self.study = study
        self.lang = lang
        self.player = Player(self.steps())
        self.level = scene.Level.FULL
        """How closely one looks."""
        self.folded = False
        """Whether copy gates are forks of their wires."""
        self._arranging: Run | None = None
        """What is being arranged while there is nothing to be seen."""
        self._arranger = Beside(self)
        self.trials = Beside(self)
        """Where a large graph is run with other values, or another expression is read, while one types."""
        self._said = ""
        """What is done there, as the screen says it."""
        self._roomy: Run | None = None
        """The run whose numbers all have room on the canvas."""

    def draw(self) -> None:
        """Draw the moment."""

    def follow(self) -> None:
        """Bring into sight what the moment is about."""

    def head(self, columns: int) -> Text:
        """Write the line above the canvas."""
        return Text()

    def say(self) -> None:
        """Write the words under the canvas."""

    def on_resize(self, event: events.Resize) -> None:
        """Arrange for the new size; position and selection stay."""
        self.call_after_refresh(self.lay_out)

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

    def aside(self, said: str, work: Callable[[Share], Made], done: Callable[[Made], object]) -> None:
        """Do work at once, or for a large graph beside the screen, which says so and goes on hearing keys.

        Work that is still under way is given up. Nothing comes of it either where another study is shown meanwhile.
        The work is given what it may tell how much is done, if it knows.
        """
        start = self.study

        def told_share(share: str) -> None:
            self._said = f"{said}, {share}%"
            self.say()

        def hear(made: Made) -> None:
            if self.study is start:
                done(made)
            self.say()

        def fail(error: Exception) -> None:
            self.say()
            if not isinstance(error, GraphtutorError):
                raise error
            self.notify(told(error, self.lang), severity="error")

        if self.large:
            self._said = said
            self.trials.stop()
            self.trials.start(Job(lambda tell: work(lambda share: tell(f"{int(100 * share)}")), hear, fail, told_share))
            self.say()
            return
        try:
            made = work(unheard)
        except GraphtutorError as error:
            fail(error)
        else:
            done(made)

    def refuse_too_large(self, graph: Graph, said: str = "too_large", **values: object) -> None:
        """Raise `InputError` for a graph with more nodes than the screen shows, with what one can do instead."""
        count, most = f"{len(graph.nodes):,}", f"{LARGEST:,}"
        if len(graph.nodes) > LARGEST:
            raise InputError(sentence(self.lang, "opening", said, count=count, most=most, **values))

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

    def _arrangement(self, run: Run) -> Callable[[Tell], tuple[scene.Scene, Ground]]:
        lang, level, folded = self.lang, self.level, self.folded

        def work(tell: Tell) -> tuple[scene.Scene, Ground]:
            def done(share: float) -> None:
                tell(self._progress(run, 0.95 * share))

            found = scene.compose(run, lang, level=level, folded=folded, tell=done)
            tell(self._progress(run, 0.95))
            base = raster.draw(found, opens=True)
            found.index()
            return found, base

        return work

    def _progress(self, run: Run, share: float) -> str:
        count = len(run.graph.nodes)
        step = 1 if count >= SLOW else 10
        share = step * int(100 * share / step)
        return sentence(self.lang, "looking", "arranging", count=f"{count:,}", share=share)

    def _arranged(self, made: tuple[scene.Scene, Ground]) -> None:
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

        def work(tell: Tell) -> tuple[scene.Scene, Ground] | None:
            return None if not anew and scene.fits(shown) else arrange(tell)

        def done(made: tuple[scene.Scene, Ground] | None) -> None:
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

    def arranged(self, found: scene.Scene, base: Ground) -> None:
        """Show the graph as it has been arranged."""
        self._arranging = None
        self.scene, self.base = found, base
        self.query_one(GraphCanvas).show(found)
        self.draw()
        self.follow()

    @property
    def whole(self) -> bool:
        """Whether there is room for the whole graph."""
        room = self.spread
        return self.ready and self.scene.width <= room.width and self.scene.height <= room.height

    @property
    def ready(self) -> bool:
        """Whether there is a graph on the canvas."""
        return hasattr(self, "scene")
