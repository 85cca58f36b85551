"""The tutor's notebook: take a number or a formula along."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.binding import Binding, BindingType

from graphtutor.explain.formula import called, label
from graphtutor.explain.words import sentence
from graphtutor.graph.graph import constant_text
from graphtutor.timeline import Computed, Sent, Step
from graphtutor.tui.cells import clip, one_line
from graphtutor.tui.inspector import computes
from graphtutor.tui.study import written_values
from graphtutor.tui.tutor.base import TutorBase


class Copying(TutorBase):
    """Copy to the clipboard."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "y",
            "copy_value",
            "Copy value",
            show=False,
            tooltip="copy the gate's value or the step's result to the clipboard",
        ),
        Binding(
            "Y", "copy_formula", "Copy formula", show=False, tooltip="copy its formula, or the expression with values"
        ),
    ]

    def action_copy_value(self) -> None:
        """Copy a number with every digit."""
        if self.chosen:
            graph, node = self.study.graph, self.study.graph.node(self.chosen)
            known = self.player.timeline.value_known(node.index) and not self.veiled
            name = self._called("value", key=called(graph, node))
            self._copy(self.study.run.value_at(node.index) if known else None, name)
        elif self.step is not None and self.player.flight is None and not self.veiled:
            what, entry, names = result(self.step)
            self._copy(what, self._called(entry, **names))
        else:
            self._copy(None, self._called("number"))

    def action_copy_formula(self) -> None:
        """Copy a formula, or the expression with its values, which reads back as it is."""
        graph = self.study.graph
        if self.chosen and not graph.node(self.chosen).gate.is_source:
            self._copy(computes(graph.node(self.chosen), graph), self._called("formula"))
        elif self.step is not None and not self.chosen:
            self._copy(self.step.explain(self.lang).formula, self._called("formula"))
        else:
            values = written_values(graph.inputs, self.study.run.inputs).replace("  ", "; ")
            self._copy(f"{self.study.text}; {values}" if values else self.study.text, self._called("expression"))

    def _called(self, entry: str, **names: str) -> str:
        return sentence(self.lang, "copying", entry, **names)

    def _copy(self, what: Any, name: str) -> None:
        if what is None:
            self.notify(self._called("unknown", name=name), severity="warning", timeout=3)
            return
        text = what if isinstance(what, str) else constant_text(what)
        self.app.copy_to_clipboard(text)
        self.notify(clip(one_line(text), 60), title=self._called("copied", name=name), timeout=3)


def result(step: Step) -> tuple[Any, str, dict[str, str]]:
    """Return the number that a step brought, and what it is: the entry of its name, what is put into that."""
    run, name = step.run, label(step.run.graph, step.node)
    match step:
        case Computed():
            return run.value_at(step.node), "value", {"key": name}
        case Sent() if run.graph.nodes[step.node].gate.name == "copy":  # the total, of what it copied
            name = label(run.graph, step.edge.source)
            return run.contribution_at(step.node, step.slot), "gradient", {"key": name}
        case Sent():
            names = {"key": name, "target": label(run.graph, step.edge.source)}
            return run.contribution_at(step.node, step.slot), "sent", names
        case _:
            return run.grad_at(step.node), "gradient", {"key": name}
