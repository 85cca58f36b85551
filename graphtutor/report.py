"""A run as a table of steps, or as the JSON object of `explain --json`."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from graphtutor.engine.run import Run
from graphtutor.errors import InputError, listed
from graphtutor.explain import fault_text, written
from graphtutor.explain.formula import as_one, output_called
from graphtutor.explain.glossary import glossary
from graphtutor.expr import parse

FORMAT = 1
WIDTH = 100


def as_json(run: Run, lang: str = "en") -> dict[str, Any]:
    """Return the run as JSON data: arrays as lists, `"nan"`, `"inf"`, `"-inf"` as strings, no gradient as null.

    Of a run in which gates were opened or parts closed, `expression` is what it began with, and `changes` says what was
    done then, in order: `{"expand": keys}` or `{"collapse": keys}`.
    """
    graph = run.graph
    changes = {"changes": [{way: list(keys)} for way, keys in graph.changes]} if graph.changes else {}
    return {
        "format": FORMAT,
        "expression": graph.text if graph.text is not None else str(graph),
        **changes,
        "output": {"name": graph.output_name, "value": jsonable(run.value())},
        "inputs": {
            name: {"value": jsonable(run.value_at(index)), "grad": jsonable(run.grad_at(index))}
            for name, index in graph.inputs.items()
        },
        "nodes": [
            {
                "id": node.id,
                "gate": node.gate.name,
                "role": str(node.gate.role),
                "label": node.label,
                "name": node.name,
                "shape": list(run.shape(node.index)),
                "value": jsonable(run.value_at(node.index)),
                "grad": jsonable(run.grad_at(node.index)),
            }
            for node in graph.nodes
        ],
        "edges": [
            {
                "source": graph.nodes[source].id,
                "target": graph.nodes[target].id,
                "slot": slot,
                "value": jsonable(run.value_at(source)),
                "grad": jsonable(run.contribution_at(target, slot)),
            }
            for source, target, slot in graph.edges()
        ],
        "steps": [
            {
                "index": step.index,
                "kind": step.kind,
                "node": graph.nodes[step.node].id,
                "text": said.text,
                "formula": said.formula,
                "numbers": said.numbers,
            }
            for step in run.timeline
            for said in [step.explain(lang)]
        ],
    }


def from_json(data: Mapping[str, Any]) -> Run:
    """Return the run that `as_json` (or `explain --json`) described. Raise `InputError` for anything else."""
    if data.get("format") != FORMAT:
        raise InputError(f"this is no run in format {FORMAT}: `format` is {data.get('format')!r}")
    try:
        inputs = {name: entry["value"] for name, entry in data["inputs"].items()}
        run = parse(data["expression"], names=inputs).run(inputs)
        for change in data.get("changes", []):
            for way, keys in change.items():
                run = {"expand": run.expand, "collapse": run.collapse}[way](keys or None)
        return run
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(f"this run is incomplete: {type(error).__name__} {error}") from None


def jsonable(value: Any) -> Any:
    """Return a value as JSON can hold it."""
    if value is None:
        return None
    if np.ndim(value):
        return [jsonable(part) for part in np.asarray(value)]
    number = float(value)
    if np.isfinite(number):
        return number
    return "nan" if np.isnan(number) else "inf" if number > 0 else "-inf"


def as_table(run: Run, lang: str = "en") -> Iterator[str]:
    """Yield the lines of a readable table: the inputs, every step, the gradients."""
    graph = run.graph
    rows = [(step, step.explain(lang)) for step in run.timeline]
    yield str(graph)
    yield ""
    for step, said in rows:
        head = f"{step.index + 1:>4}  {step.kind:<9} "
        yield f"{head}{said.formula}" + (f"    {said.numbers}" if said.numbers else "")
        for line in wrapped(said.text, WIDTH - 16):
            yield f"{'':16}{line}"
    yield ""
    words = glossary((said.formula for _, said in rows), lang)
    yield from words
    if words:
        yield ""
    cells = [("", "value", f"d{as_one(output_called(graph))}/d.")]
    cells += [
        (name, written(run.value_at(index), 6), written(run.grad_at(index), 6)) for name, index in graph.inputs.items()
    ]
    cells.append((output_called(graph), written(run.value(), 6), written(run.grad_at(graph.output), 6)))
    widths = [max(columns(row[i]) for row in cells) for i in range(3)]
    for row in cells:
        yield "  ".join(" " * (width - columns(cell)) + cell for cell, width in zip(row, widths, strict=True)).rstrip()


def notices(run: Run, lang: str = "en") -> Iterator[str]:
    """Yield what the reader must not overlook: the first fault, and statements that were left out."""
    if run.faults:
        yield fault_text(run, run.faults[0], lang)
    if run.graph.unused:
        yield f"{run.graph.output_name} does not use {listed(run.graph.unused)}; left out of the graph"


def wrapped(text: str, width: int) -> Iterator[str]:
    """Yield lines that take at most so many terminal cells, broken at spaces."""
    line = ""
    for word in text.split():
        if line and columns(line) + 1 + columns(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield line


def columns(text: str) -> int:
    """Return how many terminal cells a text takes; Korean and other wide characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
