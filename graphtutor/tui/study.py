"""What is on the screen: an expression, the inputs' values, the run. A change makes a new one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from graphtutor.engine.run import Run
from graphtutor.errors import GraphtutorError, InputError
from graphtutor.explain.words import sentence
from graphtutor.expr import parse, value
from graphtutor.graph import Graph
from graphtutor.graph.graph import constant_text
from graphtutor.tui.beside import Tell, nobody
from graphtutor.tui.cells import one_line

LARGEST = 20_000
"""Nodes up to which a graph is drawn."""
SMALL = (2.0, -3.0, 4.0, -1.0, 5.0, -2.0)
FINE = (0.5, -0.3, 0.8, -0.6, 0.2, 0.9, -0.4, 0.7, -0.1, 0.3)
POSITIVE = (2.0, 3.0, 0.5, 4.0, 1.5, 2.5)
_ASSIGNED = re.compile(r"([^\W\d]\w*)\s*=")


@dataclass(frozen=True, slots=True)
class Study:
    """One expression with values for all its inputs."""

    text: str
    graph: Graph
    values: dict[str, Any]
    """The inputs' values, given and made up."""
    assumed: tuple[str, ...]
    """Inputs whose value nobody gave."""
    run: Run

    def with_text(self, text: str) -> Study:
        """Return the study of another expression; inputs keep their values unless the text gives new ones."""
        kept = {name: number for name, number in self.values.items() if name not in self.assumed}
        graph = parse(text, names=kept)
        return study(text, {name: kept[name] for name in kept if name in graph.inputs and name not in graph.given})

    def with_values(self, values: Mapping[str, Any]) -> Study:
        """Return the study with some values changed."""
        graph = self.graph
        if graph.changes and any(
            np.shape(values[name]) != np.shape(self.values[name]) for name in values if name in self.values
        ):
            graph = parse(self.text, names=self.values)  # what is inside an opened gate depends on the shapes
        run = graph.run({**self.run.inputs, **values})
        assumed = tuple(name for name in self.assumed if name not in values)
        return Study(self.text, graph, {**self.values, **values}, assumed, run)

    def note(self, lang: str = "en") -> str:
        """Say which values were made up; empty when none were."""
        if not self.assumed:
            return ""
        made_up = ", ".join(f"{name} = {constant_text(self.values[name])}" for name in self.assumed[:6])
        more = len(self.assumed) - 6
        return sentence(lang, "editing", "made_up_more" if more > 0 else "made_up", values=made_up, more=more)


def study(text: str, values: Mapping[str, Any] | None = None, tell: Tell = nobody, lang: str = "en") -> Study:
    """Study an expression; inputs without a value get a small one. Raise `GraphtutorError` for a mistake.

    `tell` is told what is being done, in the language.
    """
    tell(sentence(lang, "app", "reading"))
    graph = parse(text, names=values or {})
    if len(graph.nodes) > LARGEST:
        raise InputError(
            f"this graph has {len(graph.nodes)} nodes; the screen shows up to {LARGEST}. "
            "`graphtutor explain` and `graphtutor export` take it"
        )
    given = {**graph.given, **(values or {})}
    text, graph = _without_values(text, graph)
    tell(sentence(lang, "editing", "running_nodes", count=f"{len(graph.nodes):,}"))
    missing = tuple(name for name in graph.inputs if name not in given)
    run: Run | None = None
    for numbers in (SMALL,) * (len(missing) <= len(SMALL)) + (FINE, POSITIVE):
        assumed = {name: numbers[i % len(numbers)] for i, name in enumerate(missing)}
        tried = graph.run({**given, **assumed})
        if run is None or not tried.faults:
            run, chosen = tried, assumed
        if not run.faults or not missing:
            break
    assert run is not None
    return Study(text, graph, {**given, **chosen}, missing, run)


def reopened(study: Study, changes: object, tell: Tell = nobody, lang: str = "en") -> Study:
    """Open and close the gates again that were open and closed, as `Graph.changes` has it.

    A change that is no longer possible is left out, and those after it. `tell` is told which one it is.
    """
    run = study.run
    with suppress(GraphtutorError, TypeError, ValueError):
        for number, (way, keys) in enumerate(changes if isinstance(changes, list) else (), 1):
            tell(sentence(lang, "opening", "again", number=number, count=len(changes)))  # type: ignore[arg-type]
            found = run.expand(keys) if way == "expand" else run.collapse(keys)
            if len(found.graph.nodes) > LARGEST:
                break
            run = found
    return study if run is study.run else replace(study, graph=run.graph, run=run)


def _without_values(text: str, graph: Graph) -> tuple[str, Graph]:
    """Return the expression on one line, without the values that it gives to inputs; those are shown beside it."""
    shown = one_line(text) if "\n" not in text.strip() else "; ".join(part.rstrip("; ") for part in text.splitlines())
    statements = [part.strip() for part in shown.split(";")]
    statements = [part for part in statements if part]
    kept = [part for part in statements if part.partition("=")[0].strip() not in graph.given]
    bare = Graph(graph.nodes, graph.output, graph.output_name, graph.names, {}, graph.unused, graph.text)
    if _is_cut_at_its_lines(text) and len(statements) - len(kept) == len(graph.given):  # nothing else was left out
        return one_line("; ".join(kept)), bare
    for candidate in ("; ".join(kept), str(bare)):
        try:
            found = parse(candidate, names=graph.inputs)
        except GraphtutorError:
            continue
        if (found.output_name, list(found.inputs), shape(found)) == (
            graph.output_name,
            list(graph.inputs),
            shape(graph),
        ):
            return one_line(candidate), found
    return str(bare), bare


def _is_cut_at_its_lines(text: str) -> bool:
    """Return whether every line is whole statements, so that a `;` can stand for the end of the line."""
    lines = text.strip().split("\n")
    return (
        lines == text.strip().splitlines()
        and not any(sign in text for sign in "#\\")
        and all(line.count("(") == line.count(")") and line.count("[") == line.count("]") for line in lines)
    )


def shape(graph: Graph) -> list[tuple[Any, ...]]:
    """Return the gates and how they are wired: equal for graphs that are drawn alike."""
    return [(node.gate.name, node.args, node.key) for node in graph.nodes]


def written_values(names: Iterable[str], values: Mapping[str, Any]) -> str:
    """Write values as they are typed: `x=-2  y=5`."""
    return "  ".join(f"{name}={constant_text(values[name])}" for name in names)


def read_assignments(text: str) -> dict[str, Any]:
    """Read `x=-2 y=1/3`, with spaces or commas between. Raise `InputError` where something is no value."""
    found: dict[str, Any] = {}
    marks = list(_ASSIGNED.finditer(text))
    if not marks or text[: marks[0].start()].strip():
        raise InputError("write name=number, for example x=-2 y=1/3")
    for mark, end in zip(marks, [*(m.start() for m in marks[1:]), len(text)], strict=True):
        name = mark[1]
        try:
            number = value(text[mark.end() : end].strip().rstrip(",;"))
        except InputError as error:
            raise InputError(f"{name} (column {mark.start() + 1}): {error}") from None
        if name in found:
            raise InputError(f"{name} (column {mark.start() + 1}): two values are given; give one")
        found[name] = number
    return found
