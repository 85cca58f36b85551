"""Find exercise files, read them, and make exercises of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphtutor.engine.rules import kink_distance
from graphtutor.engine.run import Run
from graphtutor.engine.wrong import backward, misconceptions
from graphtutor.errors import FileError, GraphtutorError, near_misses
from graphtutor.exercises.catalogue import number_of
from graphtutor.exercises.catalogue import shipped as shipped
from graphtutor.exercises.exercise import Exercise, Hint
from graphtutor.exercises.items import ASKED, Item
from graphtutor.exercises.toml import line_of, read_toml
from graphtutor.exercises.variants import PRACTICE, Grid, draw, seed, tag
from graphtutor.explain.diagnosis import gradient_tolerance
from graphtutor.graph import Graph

if TYPE_CHECKING:
    from graphtutor.exercises.schema import AnyExercise

KINK_MARGIN = 0.2
"""Drawn numbers keep so far from where a gate is not differentiable."""
APART = 3.0
"""A target misconception's number differs from the truth, and from another target's, by so many tolerances."""


@dataclass(frozen=True, eq=False)
class Source:
    """An exercise file that was read and checked, before numbers are drawn."""

    path: Path
    model: AnyExercise
    graph: Graph
    grids: Mapping[str, Grid]
    fixed: Mapping[str, float]

    def exercise(self, student: str = "", reroll: int = 0, key: bytes = PRACTICE) -> Exercise:
        """Make the exercise; where numbers are drawn, those of this student."""
        model = self.model
        if not self.grids:
            student, reroll = "", 0
        values = self._values(student, reroll, key)
        try:
            run = self.graph.run(values)
        except GraphtutorError as error:
            raise self._error("vars", str(error)) from None
        self._check_numbers(run)
        numeric = model.kind != "gate_roles"
        items = self._items(run)
        return Exercise(
            id=model.id,
            version=model.version,
            kind=model.kind,
            title=model.title,
            prompt=model.prompt,
            points=model.points,
            skills=model.skills,
            run=run,
            items=items,
            hints=tuple(Hint(hint.text, hint.when, hint.cost) for hint in model.hints),
            targets=_targets(model),
            attempts=model.grading.attempts,
            weights=model.ask.weights,
            words={lang: words.model_dump() for lang, words in model.words.items()},
            path=self.path,
            number=number_of(self.path),
            student=student,
            reroll=reroll,
            variant=tag(key, student, model.id, model.version, values) if self.grids else "",
            **(model.grading.model_dump(exclude={"attempts"}) if numeric else {}),
        )

    def _values(self, student: str, reroll: int, key: bytes) -> dict[str, float]:
        if not self.grids:
            return dict(self.fixed)
        model = self.model
        targets = _targets(model)

        def good(drawn: dict[str, float]) -> bool:
            run = self.graph.run({**self.fixed, **drawn})
            return _usable(run) and (model.kind != "edge_gradients" or _tells_apart(run, self._items(run), targets))

        drawn = draw(seed(key, model.id, model.version, student, reroll), self.grids, good)
        if drawn is None:
            raise self._error(
                "vars",
                "no numbers were found that tell the target misconceptions apart; widen the ranges or drop a target",
            )
        return {**self.fixed, **drawn}

    def _items(self, run: Run) -> tuple[Item, ...]:
        items = tuple(ASKED[self.model.kind](run))
        if len({item.id for item in items}) < len(items):
            raise self._error("expr", "two items would have the same name; do not call a gate `total`")
        if not items:
            raise self._error("expr", "there is nothing to ask; write an expression with at least one gate and input")
        wanted = self.model.ask.items
        by_id = {item.id: item for item in items}
        for name in [*(() if wanted == "all" else wanted), *self.model.ask.weights]:
            if name not in by_id:
                hint = near_misses(name, by_id) or "; there are " + ", ".join(by_id)
                raise self._error(
                    "items" if name not in self.model.ask.weights else name, f"there is no item {name!r}{hint}"
                )
        return items if wanted == "all" else tuple(item for item in items if item.id in wanted)

    def _check_numbers(self, run: Run) -> None:
        if any(run.shape(node.index) for node in self.graph.nodes):
            raise self._error("expr", "exercises are about single numbers; arrays cannot be asked for yet")
        if run.faults:
            from graphtutor.explain import fault_text

            raise self._error("vars", fault_text(run, run.faults[0]))

    def _error(self, key: str, message: str) -> FileError:
        return _error(self.path, self.path.read_text(encoding="utf-8-sig"), key, message)


def load(name: str | Path, student: str = "", reroll: int = 0, key: bytes = PRACTICE) -> Exercise:
    """Return an exercise by number (`3`), id, file name (with or without `.toml`), or the path of any TOML file.

    Raise `FileError` when there is none, or when its file is wrong.
    """
    return read(find(name)).exercise(student, reroll, key)


def all_exercises() -> list[Exercise]:
    """Return the exercises that come with graphtutor, in teaching order."""
    return [read(path).exercise() for path in shipped()]


@cache
def ids() -> dict[str, Path]:
    """Return the shipped exercises by id."""
    return {str(read_toml(path)[0].get("id", path.stem)): path for path in shipped()}


def find(name: str | Path) -> Path:
    """Return the file of an exercise; see `load`."""
    word = str(name).strip()
    own = shipped()
    if word.isdecimal():
        for path in own:
            if number_of(path) == int(word):
                return path
        raise FileError(f"there is no exercise {word}; they are numbered 1 to {len(own)}: graphtutor exercise list")
    for path in own:
        if word in (path.name, path.stem, re.sub(r"^\d+-", "", path.stem)):
            return path
    if word in ids():
        return ids()[word]
    try:
        if Path(word).exists():
            return Path(word)
    except (OSError, ValueError):
        pass
    known = [*ids(), *(path.stem for path in own)]
    near = near_misses(word[:80], known) or "; graphtutor exercise list shows them"
    what = "file" if word.endswith(".toml") or "/" in word else "exercise"
    raise FileError(f"there is no {what} {word[:80]!r}{near}")


@cache
def _read_once(path: Path, changed: int) -> Source:
    from pydantic import ValidationError

    from graphtutor.exercises.schema import adapter

    table, text = read_toml(path)
    if "exercise" in table and "answers" in table:
        raise FileError(f"{path} is an answer sheet, not an exercise; check it with: graphtutor exercise check {path}")
    try:
        model = adapter.validate_python(table)
    except ValidationError as error:
        raise _invalid(path, text, error.errors(), table) from None
    return _source(path, text, model)


def read(path: Path) -> Source:
    """Read and check an exercise file; once, while it does not change. Raise `FileError` for anything wrong in it."""
    try:
        changed = path.stat().st_mtime_ns
    except (OSError, ValueError):
        changed = 0
    return _read_once(path, changed)


def _source(path: Path, text: str, model: AnyExercise) -> Source:
    from graphtutor.exercises.schema import Uniform
    from graphtutor.expr import parse

    try:
        graph = parse(model.graph.expr, names=model.vars)
    except GraphtutorError as error:
        raise _error(path, text, "expr", str(error)) from None
    unknown = [name for name in model.vars if name not in graph.inputs]
    if unknown:
        near = near_misses(unknown[0], graph.inputs) or "; its inputs are " + ", ".join(graph.inputs)
        raise _error(path, text, unknown[0], f"the expression has no input {unknown[0]!r}{near}")
    for rule_id in (*_targets(model), *_diagnosed(model)):
        if rule_id not in misconceptions() and not rule_id.startswith(("fwd.", "role.")):
            near = near_misses(rule_id, misconceptions())
            raise _error(path, text, "targets", f"there is no misconception {rule_id!r}{near}")
    grids = {
        name: Grid(*spec.uniform, spec.decimals, spec.avoid)
        for name, spec in model.vars.items()
        if isinstance(spec, Uniform)
    }
    fixed = {name: float(spec) for name, spec in model.vars.items() if not isinstance(spec, Uniform)}
    return Source(path, model, graph, grids, fixed)


def _targets(model: AnyExercise) -> tuple[str, ...]:
    return model.diagnose.targets if model.kind == "edge_gradients" else ()


def _diagnosed(model: AnyExercise) -> Iterator[str]:
    for hint in model.hints:
        if hint.when.startswith("diagnosed:"):
            yield hint.when.removeprefix("diagnosed:")


def _usable(run: Run) -> bool:
    """Whether drawn numbers are finite and keep away from every kink."""
    return not run.faults and all(
        kink_distance(node.gate, run.arguments(node.index)) >= KINK_MARGIN
        for node in run.graph.nodes
        if node.gate.kinks
    )


def _tells_apart(run: Run, items: tuple[Item, ...], targets: tuple[str, ...]) -> bool:
    """Whether every target misconception shows where it is made, far enough from the truth and from every other one."""
    accept = gradient_tolerance(run)
    gates = {item.id: run.graph.nodes[item.node].gate for item in items}
    present = {wrong.id for gate in gates.values() for wrong in gate.wrong}
    truth = {i.id: float(run.contribution_at(*i.edge) if i.edge else run.grad_at(i.node)) for i in items}
    numbers: dict[str, dict[str, float]] = {}
    for rule_id in present | set(targets):
        made = backward(run, rule_id)
        numbers[rule_id] = {i.id: made.contribution_at(*i.edge) if i.edge else made.grad_at(i.node) for i in items}
    for target in targets:
        made_at = {key for key, gate in gates.items() if misconceptions()[target] in gate.wrong}
        siblings = {wrong.id for key in made_at for wrong in gates[key].wrong} | {""}
        own = numbers.pop(target)
        for rule_id, other in (("", truth), *numbers.items()):
            at = made_at if made_at and rule_id in siblings else truth
            if all(accept.near(own[key], other[key], APART) for key in at):
                return False
    return True


def _invalid(path: Path, text: str, errors: list[Any], table: dict[str, Any]) -> FileError:
    errors.sort(key=lambda error: error["type"] in ("model_type", "float_type"))  # a union's other branch says more
    first = errors[0]
    loc = _place(first, table)
    key = next((part for part in reversed(loc) if not part.isdigit()), "")
    said = str(first["msg"]).removeprefix("Value error, ")
    match first["type"]:
        case "union_tag_not_found":
            said, key = 'the key `kind` is missing; write for example kind = "edge_gradients"', "id"
        case "union_tag_invalid":
            from graphtutor.exercises.schema import KINDS

            given = str(table.get("kind"))
            said, key = (
                f"unknown kind {given[:40]!r}{near_misses(given, KINDS) or '; known are ' + ', '.join(KINDS)}",
                "kind",
            )
        case "missing":
            said = f"the key `{'.'.join(loc)}` is missing"
        case "extra_forbidden":
            from graphtutor.exercises import schema

            fields = {n for m in vars(schema).values() if hasattr(m, "model_fields") for n in m.model_fields}
            said = f"there is no key `{'.'.join(loc)}`{near_misses(key, fields)}"
        case _:
            said = f"`{'.'.join(loc)}`: {said[:1].lower()}{said[1:]}" if loc else said
    others = len({tuple(_place(error, table)) for error in errors}) - 1
    more = f" (and {others} more)" if others else ""
    return _error(path, text, key, said + more)


def _place(error: Any, table: dict[str, Any]) -> list[str]:
    """Return the keys that lead to a mistake, without the names that pydantic gives to the branches of unions."""
    loc = [str(part) for part in error["loc"]]
    if loc and loc[0] == str(table.get("kind")):
        loc = loc[1:]
    noise = re.compile(r"Uniform|float|constrained-float|function-.*|literal\[.*|tuple\[.*")
    return [part for part in loc if not noise.fullmatch(part)]


def _error(path: Path, text: str, key: str, message: str) -> FileError:
    line = line_of(text, key) if key else None
    return FileError(f"{path}, line {line}: {message}" if line else f"{path}: {message}")
