"""The tutor's screen as an arrangement of panes: canvas, scrub bar, words, panel, table, keys."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.geometry import Size
from textual.message import Message
from textual.messages import Update
from textual.widget import Widget
from textual.widgets import Static

from graphtutor.tui import legend
from graphtutor.tui.canvas import GraphCanvas
from graphtutor.tui.footer import KeyLine
from graphtutor.tui.lines import Kept, Lines
from graphtutor.tui.place import BESIDE, LOW
from graphtutor.tui.prompt import PromptBar
from graphtutor.tui.room import Covered, Room
from graphtutor.tui.transport import Transport

WORDY = ("ko",)
"""Languages whose sentences take more cells."""
AMPLE = Size(160, 45)
"""A terminal in which there is room for the table of all numbers, too."""


class Legend(Kept, Static):
    """What the roles mean."""


class Table(Lines):
    """The table of all numbers; what it shows depends on its size."""

    class Resized(Message):
        """There is another room for the table."""

    def on_resize(self) -> None:
        """Tell that the size is another."""
        self.post_message(self.Resized())


class Panes(Room, inherit_bindings=False):
    """What stands where."""

    DEFAULT_CSS = """
    Panes #head { height: 1; background: $surface; padding: 0 1; }
    Panes #body { height: 1fr; layout: vertical; }
    Panes #main { width: 1fr; height: 1fr; }
    Panes GraphCanvas { height: 1fr; }
    Panes #head { overflow: hidden; }
    Panes #say { height: 3; padding: 0 1; }
    Panes #panel { height: LOW; background: $surface; }
    Panes #inspect { height: 1fr; padding: 0 1; }
    Panes #legend { display: none; height: auto; padding: 1 2; border-top: solid $border; }
    Panes.-high #say { height: 4; padding: 1 1 0 1; }
    Panes.-wordy #say { height: 4; }
    Panes.-wordy.-high #say { height: 5; }
    Panes.-wide #body { layout: horizontal; }
    Panes.-wide #panel { width: BESIDE; height: 1fr; }
    Panes.-wide #inspect { padding: 1 2; }
    Panes.-wide.-high Transport { height: 2; }
    Panes.-wide.-high.-above Transport { height: 1; }
    Panes.-wide.-above #body { layout: vertical; }
    Panes.-wide.-above #panel { width: 1fr; layout: horizontal; }
    Panes.-wide.-above #legend { width: BESIDE; height: 1fr; border: none; }
    Panes.-wide.-high #legend { display: block; }
    Panes #ledger { display: none; height: 1fr; padding: 1 2; overflow: hidden; }
    Panes.-above #ledger { width: 1fr; }
    Panes.-ample #ledger { display: block; }
    Panes.-ample.tooling #ledger, Panes.-ample.-untabled #ledger { display: none; }
    Panes.-high SearchBar { height: 4; }
    Panes.editing #say { display: none; }
    Panes.tooling #inspect, Panes.-wide.-high.tooling #legend { display: none; }
    Panes.-narrow.tooling #say { display: none; }
    Panes.-wide Tool { padding: 0 2; }
    Panes.-wide.-high Tool { padding: 1 2; }
    Panes.-narrow.tooling #panel { height: 7; }
    Panes.-narrow.-high.tooling #panel { height: 12; }
    """.replace("BESIDE", str(BESIDE)).replace("LOW", str(LOW))

    lang = "en"

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
        """Make room for long sentences."""
        self.set_class(self.lang in WORDY, "-wordy")

    def retell(self) -> None:
        """Say what stands in the panes in the language that was chosen."""
        super().retell()
        self.set_class(self.lang in WORDY, "-wordy")
        self.query_one(Transport).speak(self.lang)
        self.query_one(Legend).update(legend.roles(self.lang, examples=False))

    def on_resize(self, event: events.Resize) -> None:
        """Show the table where there is room for it."""
        self.set_class(event.size.width >= AMPLE.width and event.size.height >= AMPLE.height, "-ample")

    def together(self, *widgets: Widget) -> None:
        """Show in one picture what has changed; each widget for itself would report too late for the next one."""
        for widget in widgets:
            if widget.display:
                self.post_message(Update(widget))
