"""From a wrong answer to the misconception that produces exactly this number.

A gate is judged with the learner's own upstream gradient, so that one early mistake is named once, not at every gate
behind it. The wrong rules are declared by the gates; those of no gate stand in `gates.everywhere`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar
from weakref import WeakKeyDictionary

import numpy as np

from graphtutor.engine.run import Run
from graphtutor.engine.wrong import (
    backward,
    combined,
    declared,
    generic,
    misconceptions,
    right,
)
from graphtutor.explain.formula import label, names, substitute, written_formula
from graphtutor.explain.words import in_language, sentence
from graphtutor.gates import Gate, all_gates
from graphtutor.gates.everywhere import GENERIC, SEED_IS_VALUE
from graphtutor.graph import Graph

RTOL = 0.01
"""Three significant figures, or an exact fraction, are always near enough."""
ATOL = 5e-4
"""Near zero, an answer may be off by this share of the largest number of the exercise."""
SLACK = 1.5
"""How much wider the tolerance is where a learner's own rounded number is the base."""
SURE = 1.5
"""From so many votes on, a misconception is told as one ("you seem to ..."), below as a likeness."""


Found = TypeVar("Found")


def _kept(find: Callable[[Run], Found]) -> Callable[[Run], Found]:
    """Find something out about a run once, and know it for as long as the run is there: a large one is let go of."""
    known: WeakKeyDictionary[Run, Found] = WeakKeyDictionary()

    def found(run: Run) -> Found:
        if run not in known:
            known[run] = find(run)
        return known[run]

    return found


MISTAKEN = (
    *("add", "sub", "mul", "div", "pow", "maximum", "minimum"),
    *("neg", "square", "reciprocal", "exp", "log", "log2", "log10", "sqrt", "abs"),
    *("sigmoid", "tanh", "softplus", "relu", "sin", "cos", "tan"),
)
"""The gates that a wrong value is compared with. Others give it by chance: nobody takes a product for a hypotenuse."""

Candidates = Iterable[tuple[str, float]]
"""Misconceptions, and the number that each gives."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """When two numbers count as the same."""

    rtol: float
    atol: float

    def near(self, answer: float, truth: float, slack: float = 1.0) -> bool:
        """Whether the answer is as good as this truth."""
        return abs(answer - truth) <= slack * max(self.rtol * abs(truth), self.atol)


def tolerance(numbers: Iterable[float], rtol: float = RTOL) -> Tolerance:
    """Return the tolerance of an exercise whose true numbers are these."""
    return Tolerance(rtol, ATOL * max((abs(number) for number in numbers), default=1.0) or ATOL)


def gradient_tolerance(run: Run, rtol: float = RTOL) -> Tolerance:
    """Return the tolerance for the gradients of a run."""
    return tolerance(_gradients(run), rtol)


def value_tolerance(run: Run, rtol: float = RTOL) -> Tolerance:
    """Return the tolerance for the computed values of a run."""
    return tolerance(_values(run), rtol)


@_kept
def _gradients(run: Run) -> tuple[float, ...]:
    """Return the largest contribution, if there is one."""
    nodes = run.graph.nodes
    parts = (run.contribution_at(node.index, slot) for node in nodes for slot in range(len(node.args)))
    return _largest(float(part) for part in parts if part is not None)


@_kept
def _values(run: Run) -> tuple[float, ...]:
    """Return the largest computed value, if there is one."""
    return _largest(float(run.value_at(node.index)) for node in run.graph.nodes if not node.gate.is_source)


def _largest(numbers: Iterable[float]) -> tuple[float, ...]:
    found = max(map(abs, numbers), default=None)
    return () if found is None else (found,)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What produces exactly the learner's number."""

    id: str
    """The misconception: `mul.no_swap`, `any.sign`, `fan.last_wins`, `fwd.swapped`, ..."""
    text: str
    """The sentence to show, in the learner's language."""
    node: int
    """The position of the gate where it happened."""
    also: tuple[str, ...] = ()
    """Other misconceptions that give the same number here."""

    @property
    def ids(self) -> tuple[str, ...]:
        """Every misconception that gives the number, the likeliest first."""
        return self.id, *self.also


def diagnose(
    run: Run,
    target: int,
    slot: int,
    answer: float,
    upstream: float | None = None,
    lang: str = "en",
    accept: Tolerance | None = None,
) -> Diagnosis | None:
    """Name the misconception behind a wrong gradient on the edge into this slot of the gate at `target`.

    `upstream` is the learner's own upstream gradient at that gate; without it (not asked, or blank) the true one is
    taken, and mistakes made further up are looked for too. `None` when the answer is right, or nothing known gives it.
    """
    true = run.grad_at(target)
    correct = run.contribution_at(target, slot)
    if true is None or correct is None:
        return None
    accept = accept or gradient_tolerance(run)
    if not math.isfinite(answer) or accept.near(answer, correct):
        return None
    is_output = target == run.graph.output
    own = true if upstream is None or is_output else upstream
    if accept.near(answer, right(run, target, slot, own), SLACK):
        return None
    levels: list[Candidates] = [_at_gate(run, target, slot, own), _anywhere(run, target, slot, own)]
    if own != true:
        levels += [_at_gate(run, target, slot, true), _anywhere(run, target, slot, true)]
    if upstream is None and not is_output:
        levels.append(_further_up(run, lambda followed: followed.contribution_at(target, slot)))
    found = matched(levels, answer, correct if own == true else right(run, target, slot, own), accept)
    return named(found, target, lang, accept.near(-answer, correct)) if found else None


def diagnose_total(
    run: Run,
    copy: int,
    answer: float,
    contributions: Sequence[float | None] | None = None,
    lang: str = "en",
    accept: Tolerance | None = None,
) -> Diagnosis | None:
    """Name the misconception behind a wrong total at the copy gate at this position.

    `contributions` are the learner's own, one per use in the order of `graph.uses[copy]`; `None` where one is missing.
    """
    accept = accept or gradient_tolerance(run)
    true = [run.contribution_at(edge.target, edge.slot) for edge in run.graph.uses[copy]]
    given = contributions or [None] * len(true)
    known = [(mine, part) for mine, part in zip(given, true, strict=True) if part is not None]
    own = [part if mine is None else mine for mine, part in known]
    total = float(run.grad_at(copy))
    if not math.isfinite(answer) or accept.near(answer, total) or accept.near(answer, combined(run, copy, own), SLACK):
        return None
    levels: list[Candidates] = [_at_copy(run, copy, own), [("any.sign", -combined(run, copy, own))]]
    if any(mine is not None and mine != part for mine, part in known):
        levels.append(_at_copy(run, copy, [part for _, part in known]))
    if all(mine is None for mine, _ in known):
        levels.append(_further_up(run, lambda followed: followed.grad_at(copy)))
    found = matched(levels, answer, combined(run, copy, own), accept)
    return named(found, copy, lang, accept.near(-answer, total)) if found else None


def diagnose_value(
    run: Run,
    node: int,
    answer: float,
    arguments: Sequence[float | None] | None = None,
    lang: str = "en",
    accept: Tolerance | None = None,
) -> Diagnosis | None:
    """Name what a wrong forward value of the gate at this position looks like: another gate, inputs swapped, a sign.

    `arguments` are the learner's own values in the gate's slots; `None` where there is none.
    """
    accept = accept or value_tolerance(run)
    gate = run.graph.nodes[node].gate
    true = [float(argument) for argument in run.arguments(node)]
    own = [t if mine is None else mine for mine, t in zip(arguments or [None] * len(true), true, strict=True)]
    correct = float(run.value_at(node))
    if not math.isfinite(answer) or accept.near(answer, correct):
        return None
    swapped = [("fwd.swapped", _computed(gate, own[::-1]))] if len(own) == 2 else []
    levels: list[Candidates] = [swapped, [("any.sign", -_computed(gate, own))], by_other_gates(gate, own, accept)]
    found = matched(levels, answer, _computed(gate, own), accept)
    if not found:
        return None
    wrong_sign = accept.near(-answer, correct)
    if found[0].startswith("fwd."):
        return Diagnosis(found[0], forward_text(found[0], run.graph, node, lang), node, tuple(found[1:]))
    return named(found, node, lang, wrong_sign)


def prefer(diagnosis: Diagnosis, contradictions: Callable[[str], int], lang: str = "en") -> Diagnosis:
    """Keep, of misconceptions that give the same number, those that the learner's other answers contradict least."""
    if not diagnosis.also:
        return diagnosis
    counts = {rule_id: contradictions(rule_id) for rule_id in diagnosis.ids}
    kept = [rule_id for rule_id in diagnosis.ids if counts[rule_id] == min(counts.values())]
    if len(kept) == len(counts):
        return diagnosis
    if kept[0] not in misconceptions():
        return Diagnosis(diagnosis.id, diagnosis.text, diagnosis.node, tuple(kept[1:]))
    wrong_sign = diagnosis.text.startswith(sentence(lang, "diagnosis", "wrong_sign"))
    return named(kept, diagnosis.node, lang, wrong_sign)


@dataclass(frozen=True, slots=True)
class Finding:
    """What the wrong answers of a whole sheet have in common."""

    id: str
    votes: float
    """One per gate that shows it, shared where several misconceptions explain the same number."""
    text: str


def findings(diagnoses: Iterable[Diagnosis], lang: str = "en") -> list[Finding]:
    """Add up the diagnoses of one sheet, the likeliest first; two gates that agree make it sure."""
    per_gate: dict[int, list[Diagnosis]] = {}
    for diagnosis in diagnoses:
        per_gate.setdefault(diagnosis.node, []).append(diagnosis)
    votes: dict[str, float] = {}
    texts: dict[str, dict[str, None]] = {}
    """What was said of a number that no wrong rule gives: another text for every gate."""
    for at_gate in per_gate.values():
        for diagnosis in at_gate:
            texts.setdefault(diagnosis.id, {})[diagnosis.text] = None
    for at_gate in per_gate.values():
        agreed = [i for i in at_gate[0].ids if all(i in other.ids for other in at_gate[1:])]
        groups = [agreed] if agreed else [list(diagnosis.ids) for diagnosis in at_gate]
        share: dict[str, float] = {}
        for ids in groups:
            for rule_id in ids:
                share[rule_id] = max(share.get(rule_id, 0.0), 1 / len(ids))
        for rule_id, vote in share.items():
            votes[rule_id] = votes.get(rule_id, 0.0) + vote
    known = misconceptions()
    ordered = sorted(votes.items(), key=lambda pair: -pair[1])
    return [
        Finding(
            rule_id,
            vote,
            sentence(
                lang,
                "diagnosis",
                "seems" if vote >= SURE else "looks",
                belief=in_language(known[rule_id].belief, lang),
            )
            if rule_id in known
            else " ".join(texts[rule_id]),
        )
        for rule_id, vote in ordered
        if rule_id in known or rule_id in texts
    ]


def _at_gate(run: Run, target: int, slot: int, upstream: float) -> Iterator[tuple[str, float]]:
    """Yield what the gate's own wrong rules give, and at the output a wrong start."""
    for wrong in run.graph.nodes[target].gate.wrong:
        value = declared(run, wrong, target, slot, upstream)
        if value is not None:
            yield wrong.id, value
    if target == run.graph.output:
        yield SEED_IS_VALUE.id, right(run, target, slot, float(run.value_at(target)))


def _anywhere(run: Run, target: int, slot: int, upstream: float) -> Iterator[tuple[str, float]]:
    local = run.local_at(target, slot)
    if local is not None:
        for wrong in GENERIC:
            yield wrong.id, generic(wrong, upstream, local)


def _at_copy(run: Run, copy: int, parts: list[float]) -> list[tuple[str, float]]:
    if len(parts) < 2:
        return []
    return [(wrong.id, combined(run, copy, parts, wrong)) for wrong in run.graph.nodes[copy].gate.wrong]


def _further_up(run: Run, pick: Callable[[Run], float]) -> Iterator[tuple[str, float]]:
    """Yield what arrives here when a wrong rule is followed everywhere; the generic rules last."""
    for rule_id, followed in _all_followed(run):
        yield rule_id, pick(followed)


@_kept
def _all_followed(run: Run) -> tuple[tuple[str, Run], ...]:
    present = {wrong.id for node in run.graph.nodes for wrong in node.gate.wrong}
    ids = [rule_id for rule_id in misconceptions() if rule_id in present or rule_id.startswith(("any.", "bp."))]
    return tuple((rule_id, backward(run, rule_id)) for rule_id in ids)


def matched(levels: Sequence[Candidates], answer: float, correct: float, accept: Tolerance) -> list[str]:
    """Return the rules of the first level that give the answer; a rule that happens to be right here is none."""
    for level in levels:
        found = [
            rule_id
            for rule_id, value in level
            if math.isfinite(value) and accept.near(answer, value, SLACK) and not accept.near(value, correct)
        ]
        if found:
            return found
    return []


def named(ids: list[str], node: int, lang: str, wrong_sign: bool) -> Diagnosis:
    """Say which misconceptions these are, the likeliest first."""
    said = [sentence(lang, "diagnosis", "wrong_sign")] if wrong_sign else []
    if ids[0] != "any.sign" or not wrong_sign:
        belief = in_language(misconceptions()[ids[0]].belief, lang)
        said.append(sentence(lang, "diagnosis", "looks", belief=belief))
    return Diagnosis(ids[0], " ".join(said), node, tuple(ids[1:]))


def _computed(gate: Gate, arguments: Sequence[float]) -> float:
    with np.errstate(all="ignore"):
        return float(gate.forward(*(np.float64(argument) for argument in arguments)))


def by_other_gates(gate: Gate, arguments: Sequence[float], accept: Tolerance) -> Iterator[tuple[str, float]]:
    """Yield what other well-known gates make of the same values; a 0, or an input handed through, tells nothing."""
    for name in MISTAKEN:
        other = all_gates()[name]
        if other is not gate and len(other.inputs) == len(arguments):
            value = _computed(other, arguments)
            if not any(accept.near(value, plain) for plain in (0.0, *arguments)):
                yield f"fwd.as_{other.name}", value


_FORWARD = {
    "en": {
        "swapped": "This is {formula} with its two inputs swapped.",
        "as": "This is {other}; the gate is {formula}.",
    },
    "ko": {
        "swapped": "{formula} 의 두 입력을 바꾸어 계산한 값입니다.",
        "as": "{other} 의 값입니다. 이 게이트는 {formula} 입니다.",
    },
}


def forward_text(rule_id: str, graph: Graph, at: int, lang: str) -> str:
    """Say what a wrong value of the gate at this position looks like, by the id that `by_other_gates` or a swap gave.

    It is said with the names of what arrives at the gate.
    """
    node = graph.nodes[at]
    formula = written_formula(node, names(graph, node))
    words = _FORWARD.get(lang, _FORWARD["en"])
    if rule_id == "fwd.swapped":
        return words["swapped"].format(formula=formula)
    other = all_gates()[rule_id.removeprefix("fwd.as_")]
    put = dict(zip(other.inputs, (label(graph, arg) for arg in node.args), strict=True))
    return words["as"].format(other=substitute(other.formula, put), formula=formula)
