"""The tutor's hands: change the expression and the values, write a picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType

from graphtutor.errors import GraphtutorError, InputError
from graphtutor.examples import named
from graphtutor.explain.words import sentence
from graphtutor.expr import value
from graphtutor.graph.graph import constant_text
from graphtutor.tui.canvas import GraphCanvas
from graphtutor.tui.prompt import PromptBar
from graphtutor.tui.reading import LONG
from graphtutor.tui.study import Study, read_assignments, written_values
from graphtutor.tui.tutor.history import Point
from graphtutor.tui.tutor.keeping import Keeping

if TYPE_CHECKING:
    from graphtutor.tui.exporting import Picture


class Editing(Keeping):
    """Change what is studied."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", "Edit", tooltip="edit the expression; the graph follows"),
        Binding("v", "values", "Values", tooltip="edit the selected input's value, or all values"),
        Binding("x", "export", "Export", tooltip="write the run, or this moment, to a file: SVG, PNG, PDF, DOT"),
    ]

    _before: Point | None = None
    """What was studied before the line was opened; escape brings it back."""

    def leave(self) -> bool:
        """Close the line and take back what was typed, if it is open."""
        if not self.query_one(PromptBar).purpose:
            return super().leave()
        self.trials.stop()
        if self._before is not None:
            self.adopt(self._before.study)
        self.close_prompt()
        return True

    def action_edit(self) -> None:
        """Change the expression; the graph follows while it is typed."""
        self.open_prompt("expression", self.study.text)

    def action_values(self) -> None:
        """Change the selected input's value, or all of them."""
        node = self.study.graph.node(self.chosen) if self.chosen else None
        if node is not None and node.gate.name == "input":
            number = constant_text(self.study.run.value_at(node.index))
            self.open_prompt("value", number)
        elif not self.study.graph.inputs:
            self.notify(self.said("no_inputs"), severity="warning")
        else:
            values = written_values(self.study.graph.inputs, self.study.run.inputs)
            self.open_prompt("values", values)

    def _ask(self, purpose: str) -> tuple[str, str]:
        """Return what stands before the line, and under it."""
        if purpose == "value" and self.chosen:
            array = self.study.run.shape(self.study.graph.node(self.chosen).index) != ()
            return f"{self.chosen} =", self.said("array" if array else "value")
        return self.said(purpose), self.said("all_values" if purpose == "values" else "follows")

    def retell(self) -> None:
        """Ask anew for what is being typed."""
        super().retell()
        prompt = self.query_one(PromptBar)
        label, hint = self._ask(prompt.purpose) if prompt.purpose else ("", "")
        prompt.speak(self.lang, label, hint)

    def said(self, entry: str) -> str:
        """Return what is said about what one edits."""
        return sentence(self.lang, "editing", entry)

    def open(self) -> bool:
        """Edit the selected input's value."""
        node = self.study.graph.node(self.chosen) if self.chosen else None
        if node is None or node.gate.name != "input":
            return super().open()
        self.action_values()
        return True

    def action_export(self) -> None:
        """Write a picture of the graph."""
        from graphtutor.export import formats
        from graphtutor.tui.export_menu import ExportMenu
        from graphtutor.tui.exporting import name

        self.player.playing = False
        self.moved(follow=False)
        run, timeline = self.study.run, self.player.timeline
        cursor = self.player.visible if self.viewed() is run else len(timeline)  # another view has steps of its own
        menu = ExportMenu(
            name(run.graph), cursor, len(timeline), list(formats()), self.picture, self.app.is_web, self.lang
        )
        self.app.push_screen(menu, self._exported)

    def _exported(self, said: str | None) -> None:
        if said:
            self.notify(said, title=sentence(self.lang, "export", "written"))

    def open_prompt(self, purpose: str, text: str) -> None:
        """Open the line under the canvas."""
        self.player.playing = False
        self._before = self.point
        self.add_class("editing")
        self.refresh_bindings()
        label, hint = self._ask(purpose)
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
        if type(event) is PromptBar.Changed:
            self.attempt(event.text)

    @on(PromptBar.Submitted)
    def _submitted(self, event: PromptBar.Submitted) -> None:
        self.attempt(event.text, keep=True)

    def attempt(self, text: str, keep: bool = False) -> None:
        """Adopt what was typed, or say what is wrong and keep what was there; `keep` closes the line with it."""
        prompt = self.query_one(PromptBar)
        change = self._changing(prompt.purpose, self._before.study if self._before else self.study, text, keep)

        def adopt(study: Study) -> None:
            self.adopt(study)
            if not keep:
                prompt.say(self.study.note(self.lang) or self.said("follows"))
                return
            if self._before is not None:
                self.kept(self._before)
            self.close_prompt()

        def fail(error: Exception) -> None:
            if not isinstance(error, GraphtutorError):
                raise error
            prompt.complain(error)

        self.trials.stop()
        if self.large or len(text) > LONG:
            prompt.say(self.said("running"))
            self.trial(change, adopt, fail)
            return
        try:
            study = change()
        except GraphtutorError as error:
            fail(error)
        else:
            adopt(study)

    def _changing(self, purpose: str, start: Study, text: str, keep: bool) -> Callable[[], Study]:
        chosen = self.chosen

        def expression() -> str:
            try:
                example = named(text, start.values)
            except InputError:
                if keep:
                    raise
                return text  # the name, or an expression that begins so, is still being typed
            return example.text if example else text

        def changed() -> Study:
            if purpose == "expression":
                return start if text == start.text else start.with_text(expression())
            if purpose == "value":
                assert chosen is not None
                return start.with_values({chosen: value(text)})
            return start.with_values(read_assignments(text))

        return changed

    def picture(self, path: str, step: int | None) -> Picture:
        """Return the picture of what is known after so many steps, or of all. Raise `GraphtutorError`."""
        from graphtutor.tui.exporting import download, picture

        if self.app.is_web:
            return download(self.app, self.study.run, path, self.lang, step)
        return picture(self.study.run, path, self.lang, step)
