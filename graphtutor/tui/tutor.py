"""The tutor: a graph, a run played over it, and the arithmetic beside it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import ClassVar

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.widgets import Footer, Static

from graphtutor.errors import GraphtutorError, InputError
from graphtutor.explain import fault_text
from graphtutor.expr import value
from graphtutor.graph.graph import constant_text
from graphtutor.timeline import Seeded, Sent, Step, Summed
from graphtutor.tui import inspector, legend, raster, scene, steer
from graphtutor.tui.canvas import GraphCanvas
from graphtutor.tui.cells import clip, width
from graphtutor.tui.palette import GOLD, SOFT, TEXT, VALUE
from graphtutor.tui.player import Player
from graphtutor.tui.prompt import PromptBar
from graphtutor.tui.room import COMMON, Room
from graphtutor.tui.study import Study, read_assignments, shape, written_values
from graphtutor.tui.transport import Transport

LONGEST_GAP = 0.2
"""Seconds that pass at most between two pictures, so that nothing jumps after the terminal was busy."""
FRAMES = 30
"""Pictures per second while something moves."""


class TutorScreen(Room, inherit_bindings=False):
    """Play a run over its graph."""

    ABOUT = "Watch values flow forward and gradients flow back, one step at a time, in both directions."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "play", "Play", tooltip="play or pause; at the end, play again"),
        Binding("right,n", "forward", "Step", tooltip="one step forward"),
        Binding("left,p", "back", "Back", tooltip="one step back: the last step is undone"),
        Binding("home,g", "first", "First", show=False, tooltip="go to the start"),
        Binding("end,G", "last", "Last", show=False, tooltip="go to the end"),
        Binding("b", "turn", "Backward", show=False, tooltip="go to where the backward pass begins"),
        Binding("plus,equals_sign", "faster(1)", "Faster", show=False, tooltip="play faster"),
        Binding("minus", "faster(-1)", "Slower", show=False, tooltip="play slower"),
        Binding("tab", "choose(1)", "Gate", tooltip="select the next gate; the panel shows its numbers"),
        Binding("shift+tab", "choose(-1)", "Previous", show=False, tooltip="select the previous gate"),
        Binding("up,k", "steer('up')", "Above", show=False, tooltip="select the gate above"),
        Binding("down,j", "steer('down')", "Below", show=False, tooltip="select the gate below"),
        Binding("h", "steer('left')", "Left", show=False, tooltip="select the gate that feeds this one"),
        Binding("l", "steer('right')", "Right", show=False, tooltip="select the gate that this one feeds"),
        Binding("e", "edit", "Edit", tooltip="edit the expression; the graph follows"),
        Binding("v", "values", "Values", tooltip="edit the selected input's value, or all values"),
        Binding("enter", "open", "Value", show=False, tooltip="edit the selected input's value"),
        Binding("x", "export", "Export", tooltip="write the graph to a file: SVG, PNG, PDF, DOT"),
        Binding("shift+left", "pan(-8,0)", "View left", show=False, tooltip="move the view left"),
        Binding("shift+right", "pan(8,0)", "View right", show=False, tooltip="move the view right"),
        Binding("shift+up", "pan(0,-4)", "View up", show=False, tooltip="move the view up"),
        Binding("shift+down", "pan(0,4)", "View down", show=False, tooltip="move the view down"),
        Binding("pageup", "leaf(-1)", "Panel up", show=False, tooltip="scroll the words and the panel up"),
        Binding("pagedown", "leaf(1)", "Panel down", show=False, tooltip="scroll the words and the panel down"),
        Binding("escape", "leave", "Home", show=False, tooltip="close the line, unselect, or go back home"),
        *COMMON,
    ]
    DEFAULT_CSS = """
    TutorScreen #head { height: 1; background: $surface; padding: 0 1; }
    TutorScreen #body { height: 1fr; layout: vertical; }
    TutorScreen #main { width: 1fr; height: 1fr; }
    TutorScreen GraphCanvas { height: 1fr; }
    TutorScreen #saying { height: 3; padding: 0 1; scrollbar-size: 1 1; scrollbar-gutter: stable; }
    TutorScreen #panel { height: 4; background: $surface; }
    TutorScreen #side { height: 1fr; padding: 0 1; scrollbar-size: 1 1; scrollbar-gutter: stable; }
    TutorScreen #legend { display: none; height: auto; padding: 1 2; border-top: solid $border; }
    TutorScreen.-high #saying { height: 4; padding: 1 1 0 1; }
    TutorScreen.-wide #body { layout: horizontal; }
    TutorScreen.-wide #panel { width: 54; height: 1fr; }
    TutorScreen.-wide #side { padding: 1 2; }
    TutorScreen.-wide.-high #legend { display: block; }
    TutorScreen.editing #saying { display: none; }
    """

    def __init__(self, study: Study, lang: str = "en", clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self.study = study
        self.lang = lang
        self.player = Player(study.run.timeline)
        self.chosen: str | None = None
        """The key of the selected node."""
        self._clock = clock
        self._then = 0.0
        self._before: Study | None = None
        self._written: dict[str, Text] = {}

    def content(self) -> ComposeResult:
        """Compose the screen."""
        yield Static(id="head")
        with Container(id="body"):
            with Vertical(id="main"):
                yield GraphCanvas(id="canvas")
                yield Transport(id="transport")
                with VerticalScroll(id="saying", can_focus=False):
                    yield Static(id="say")
                yield PromptBar(id="prompt")
            with Vertical(id="panel"):
                with VerticalScroll(id="side", can_focus=False):
                    yield Static(id="inspect")
                yield Static(legend.roles(self.lang, examples=False), id="legend")
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        """Show the start of the run, paused."""
        self.player.animated = self.app.animation_level != "none"
        self.timer = self.set_interval(1 / FRAMES, self.tick, pause=True)
        self.query_one(GraphCanvas).focus()
        self.study.run.timeline.seek(0)

    def on_resize(self, event: events.Resize) -> None:
        """Arrange for the new size; position and selection stay."""
        super().on_resize(event)
        self.call_after_refresh(self.lay_out)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the keys to the line while one types in it."""
        return not (self.has_class("editing") and action in ("choose", "help"))

    # What is shown

    def lay_out(self) -> None:
        """Arrange the graph for the room there is, and draw."""
        canvas = self.query_one(GraphCanvas)
        self.scene = scene.fitting(self.study.run, self.lang, canvas.size.width)
        self.base = raster.draw(self.scene)
        canvas.show(self.scene)
        self.draw()
        self.follow()

    def draw(self) -> None:
        """Draw the moment: canvas, head, position, words, arithmetic."""
        if not hasattr(self, "scene"):
            return
        timeline = self.player.timeline
        cursor = timeline.cursor
        step = self.player.flight.step if self.player.flight else timeline.current
        timeline.seek(self.player.visible)
        numbers, totals = self.scene.numbers(timeline), self.scene.totals(timeline)
        arithmetic = self.inspection(step)
        timeline.seek(cursor)
        new = set(scene.reveals(self.scene, step)) if self.player.flight is None else set()
        marks = raster.Marks(
            acting=self.scene.card_of(step.node).id if step else None,
            chosen=self.study.graph.node(self.chosen).id if self.chosen else None,
            hot=self.scene.wires_of(step),
            backward=isinstance(step, Sent | Seeded | Summed),
            new=new,
        )
        canvas = self.query_one(GraphCanvas)
        canvas.paint(raster.paint(self.base, self.scene, numbers, totals, marks))
        self.fly()
        self.query_one(Transport).show(cursor, len(timeline), timeline.turn, self.player.playing, self.player.speed)
        self.write("#head", self.head())
        self.write("#say", self.narration())
        self.write("#inspect", arithmetic)

    def write(self, id: str, text: Text) -> None:
        """Change what stands in a part of the screen, if it changed: every change of words costs a new layout."""
        if self._written.get(id) != text:
            self._written[id] = text
            self.query_one(id, Static).update(text, layout=id != "#head")

    def fly(self) -> None:
        """Draw the tokens."""
        flight = self.player.flight
        canvas = self.query_one(GraphCanvas)
        if flight is None:
            canvas.fly({})
        else:
            wires = () if isinstance(flight.step, Summed) else self.scene.wires_of(flight.step)
            canvas.fly(raster.tokens(self.scene, wires, flight.progress, flight.backward))

    def follow(self) -> None:
        """Bring what acts, or what is selected, into sight."""
        canvas = self.query_one(GraphCanvas)
        step = self.player.flight.step if self.player.flight else self.player.timeline.current
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

    def head(self) -> Text:
        """Write the expression and the inputs' values on one line."""
        columns = self.size.width - 2
        values = written_values(self.study.graph.inputs, self.study.run.inputs)
        room = max(columns * 3 // 5, columns - width(values) - 4)
        text = Text(clip(self.study.text, room), f"bold {TEXT}", no_wrap=True)
        values = clip(values, max(0, columns - text.cell_len - 4))
        text.append(" " * (columns - text.cell_len - width(values)))
        text.append(values, VALUE)
        return text

    def narration(self) -> Text:
        """Write what happens in a sentence."""
        timeline = self.player.timeline
        step = self.player.flight.step if self.player.flight else timeline.current
        if step is not None:
            return Text(step.explain(self.lang).text, TEXT)
        text = Text()
        if self.study.note:
            text.append(f"{self.study.note} Press v to change them.\n", GOLD)
        for fault in self.study.run.faults[:1]:
            text.append(f"{fault_text(self.study.run, fault, self.lang)}\n", GOLD)
        text.append("Press ", SOFT)
        text.append("space", f"bold {GOLD}")
        text.append(" to watch values flow forward and gradients flow back, or ", SOFT)
        text.append("→", f"bold {GOLD}")
        text.append(" for one step.", SOFT)
        return text

    def inspection(self, step: Step | None) -> Text:
        """Write the arithmetic of the selected gate, or of the step."""
        timeline = self.player.timeline
        compact = not self.has_class("-wide")
        if self.chosen:
            return inspector.gate_card(self.study.graph.node(self.chosen), timeline, self.lang, compact)
        if step is None:
            return inspector.welcome(self.study.graph, compact)
        arrived = self.player.flight is None
        return inspector.step_card(step, step.explain(self.lang), timeline, self.lang, compact, arrived)

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
        self.draw()
        if follow:
            self.query_one("#side").scroll_home(animate=False)
            self.query_one("#saying").scroll_home(animate=False)
            self.follow()

    # Keys

    def action_play(self) -> None:
        """Play or pause."""
        self.unselect()
        self.player.toggle()
        self.moved()

    def action_forward(self) -> None:
        """Take a step."""
        self.unselect()
        self.player.playing = False
        self.player.forward()
        self.moved()

    def action_back(self) -> None:
        """Take the last step back."""
        self.unselect()
        self.player.playing = False
        self.player.back()
        self.moved()

    def action_first(self) -> None:
        """Go to the start."""
        self.jump(0)

    def action_last(self) -> None:
        """Go to the end."""
        self.jump(len(self.player.timeline))

    def action_turn(self) -> None:
        """Go to where the backward pass begins."""
        self.jump(self.player.timeline.turn)

    def jump(self, cursor: int) -> None:
        """Go to where so many steps have happened."""
        self.unselect()
        self.player.playing = False
        self.player.seek(cursor)
        self.moved()

    def action_faster(self, by: int) -> None:
        """Change the speed."""
        self.player.faster(by)
        self.moved(follow=False)

    def unselect(self) -> None:
        """Give the panel back to the step."""
        self.chosen = None

    def choose(self, id: str | None) -> None:
        """Select a node by id."""
        self.chosen = self.study.graph.node(id).key if id is not None and id != scene.OUTPUT else None
        if id == scene.OUTPUT:
            self.chosen = self.study.graph.nodes[self.study.graph.output].key
        self.draw()
        self.query_one("#side").scroll_home(animate=False)

    def action_choose(self, by: int) -> None:
        """Select the next gate in reading order."""
        self.choose(steer.after(self.scene, self._chosen_id, by))
        self.follow()

    def action_steer(self, direction: str) -> None:
        """Select the nearest gate in a direction."""
        self.choose(steer.towards(self.scene, self._chosen_id or self._acting_id, direction))
        self.follow()

    @property
    def _chosen_id(self) -> str | None:
        return self.study.graph.node(self.chosen).id if self.chosen else None

    @property
    def _acting_id(self) -> str | None:
        step = self.player.timeline.current
        return self.scene.card_of(step.node).id if step else None

    def action_pan(self, dx: int, dy: int) -> None:
        """Move the view."""
        self.query_one(GraphCanvas).pan(dx, dy)

    def action_leaf(self, by: int) -> None:
        """Scroll the panel; the words too, where they are longer than their room."""
        for panel in (self.query_one("#saying"), self.query_one("#side")):
            panel.scroll_relative(y=by * max(1, panel.size.height - 1), animate=False)

    def action_leave(self) -> None:
        """Close the prompt, unselect, or go back."""
        prompt = self.query_one(PromptBar)
        if prompt.purpose:
            if self._before is not None:
                self.adopt(self._before)
            self.close_prompt()
        elif self.chosen:
            self.choose(None)
        else:
            self.player.playing = False
            self.dismiss()

    @on(GraphCanvas.Picked)
    def _picked(self, event: GraphCanvas.Picked) -> None:
        self.choose(event.card)
        if event.chain == 2:
            self.action_open()

    @on(Transport.Sought)
    def _sought(self, event: Transport.Sought) -> None:
        self.jump(event.cursor)

    # Editing

    def action_edit(self) -> None:
        """Change the expression; the graph follows while it is typed."""
        self.open_prompt(
            "expression", "expression", self.study.text, "The graph follows. enter keeps it, esc takes it back."
        )

    def action_values(self) -> None:
        """Change the selected input's value, or all of them."""
        node = self.study.graph.node(self.chosen) if self.chosen else None
        if node is not None and node.gate.name == "input":
            number = constant_text(self.study.run.value_at(node.index))
            self.open_prompt("value", f"{node.key} =", number, "A number, a fraction such as 1/3. The graph follows.")
        elif not self.study.graph.inputs:
            self.notify("this expression has no inputs; press e to edit it", severity="warning")
        else:
            values = written_values(self.study.graph.inputs, self.study.run.inputs)
            self.open_prompt(
                "values", "values", values, "name=number; fractions are fine. enter keeps, esc takes back."
            )

    def action_open(self) -> None:
        """Edit the selected input's value."""
        node = self.study.graph.node(self.chosen) if self.chosen else None
        if node is not None and node.gate.name == "input":
            self.action_values()

    def action_export(self) -> None:
        """Write a picture of the graph."""
        from graphtutor.tui.exporting import hint, suggestion

        try:
            self.open_prompt("export", "write to", suggestion(self.study.graph), hint())
        except GraphtutorError as error:
            self.notify(str(error), severity="error")

    def open_prompt(self, purpose: str, label: str, text: str, hint: str) -> None:
        """Open the line under the canvas."""
        self.player.playing = False
        self._before = self.study if purpose != "export" else None
        self.add_class("editing")
        self.refresh_bindings()
        self.query_one(PromptBar).ask(purpose, label, text, hint)
        self.moved(follow=False)

    def close_prompt(self) -> None:
        """Close the line."""
        self._before = None
        self.query_one(PromptBar).close()
        self.remove_class("editing")
        self.refresh_bindings()
        self.query_one(GraphCanvas).focus()
        self.draw()

    @on(PromptBar.Changed)
    def _typed(self, event: PromptBar.Changed) -> None:
        if type(event) is PromptBar.Changed and self.query_one(PromptBar).purpose != "export":
            self.attempt(event.text)

    @on(PromptBar.Submitted)
    def _submitted(self, event: PromptBar.Submitted) -> None:
        prompt = self.query_one(PromptBar)
        if prompt.purpose == "export":
            self.export(event.text)
        elif self.attempt(event.text):
            self.close_prompt()

    def attempt(self, text: str) -> bool:
        """Adopt what was typed, or say what is wrong and keep what was there."""
        prompt = self.query_one(PromptBar)
        start = self._before or self.study
        try:
            self.adopt(self._changed(prompt.purpose, start, text))
        except GraphtutorError as error:
            prompt.complain(error)
            return False
        prompt.say(self.study.note or "The graph follows. enter keeps it, esc takes it back.")
        return True

    def _changed(self, purpose: str, start: Study, text: str) -> Study:
        if purpose == "expression":
            return start if text == start.text else start.with_text(text)
        if purpose == "value":
            assert self.chosen is not None
            return start.with_values({self.chosen: value(text)})
        return start.with_values(read_assignments(text))

    def adopt(self, study: Study) -> None:
        """Show another study at a position that makes sense: the same step, the end, or the start."""
        if study is self.study:
            return
        old = self.player.timeline
        cursor, ended = old.cursor, old.cursor == len(old)
        same = shape(study.graph) == shape(self.study.graph)
        if self.chosen and self.chosen not in {node.key for node in study.graph.nodes}:
            self.chosen = None
        self.study = study
        pace = self.player.pace
        self.player = Player(study.run.timeline, self.player.animated)
        self.player.pace = pace
        self.player.seek(cursor if same else len(study.run.timeline) if ended else 0)
        self.lay_out()

    def export(self, path: str) -> None:
        """Export to a file and say what was written where."""
        from graphtutor.tui.exporting import write

        prompt = self.query_one(PromptBar)
        try:
            said = write(self.study.run, path, self.lang)
        except (GraphtutorError, OSError) as error:
            prompt.complain(error if isinstance(error, GraphtutorError) else InputError(str(error)))
            return
        self.close_prompt()
        self.notify(said, title="written")
