"""What is said while the tokens of a gate are under way, and once they have arrived."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from graphtutor.explain import forward
from graphtutor.explain.formula import called, label, output_called
from graphtutor.explain.numerals import written
from graphtutor.explain.steps import Explanation, explain
from graphtutor.explain.words import in_language, sentence
from graphtutor.timeline import Computed, Pushed, Seeded, SeededTangent, Sent, Step, Summed


def announce(steps: Sequence[Step], lang: str = "en") -> str:
    """Say what the gate of these steps is about to do, and no number that it has not brought yet."""
    step = steps[0]
    run, graph = step.run, step.run.graph
    node = graph.nodes[step.node]
    copy = node.gate.name == "copy"
    role = {"role": sentence(lang, "roles", node.gate.role), "story": in_language(node.gate.story, lang)}
    match step:
        case SeededTangent():
            return sentence(lang, "forward", "announce_seed", seed=forward.tangents_of(step).label)
        case Pushed() if not copy:
            return sentence(lang, "forward", "announce", gate=node.gate.symbol, key=called(graph, node))
        case Computed() if copy:
            source = label(graph, step.node)
            return sentence(lang, "moment", "copying", source=source, count=len(graph.uses[step.node]))
        case Computed():
            return sentence(lang, "moment", "computing", gate=node.gate.symbol, key=called(graph, node))
        case Seeded():
            return sentence(lang, "moment", "seeding", key=output_called(graph))
        case Summed():
            count = sum(run.contribution_at(edge.target, edge.slot) is not None for edge in graph.uses[step.node])
            return sentence(lang, "moment", "summing", count=count, target=label(graph, step.node), **role)
        case Sent() if copy:
            return sentence(lang, "moment", "passing", target=label(graph, step.node))
        case _:
            upstream = written(run.grad_at(step.node))
            return sentence(lang, "moment", "sending", gate=node.gate.symbol, upstream=upstream, **role)


def at_fork(steps: Sequence[Step], lang: str = "en", arrived: bool = True) -> str:
    """Say what happens in these steps of a copy gate that is drawn as a fork; no number before it is there."""
    step = steps[0]
    run, graph = step.run, step.run.graph
    name = label(graph, step.node)
    uses = graph.uses[step.node]
    if isinstance(step, Computed):
        entry = "pushing" if isinstance(step, Pushed) else "copying"
        return sentence(lang, "fork", entry, source=name, count=len(uses))
    total = written(run.grad_at(step.node))
    if isinstance(step, Sent):
        return sentence(lang, "fork", "passed" if arrived else "passing", target=name, total=total)
    count = sum(run.contribution_at(use.target, use.slot) is not None for use in uses)
    entry = "summing" if not arrived else "summed" if count > 1 else "summed_one"
    return sentence(lang, "fork", entry, target=name, count=count, total=total)


def conclude(steps: Sequence[Step], lang: str = "en", known: Callable[[Step], Explanation] | None = None) -> str:
    """Say what happened in all of these steps of one gate; what holds for several is said once.

    `known` returns what `explain` would, for one who has it already.
    """
    told = (known(step) if known else explain(step, lang) for step in steps)
    sentences = (part for said in told for part in re.split(r"(?<=\.) ", said.text))
    return " ".join(dict.fromkeys(sentences))
