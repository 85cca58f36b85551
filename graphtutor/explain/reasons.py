"""Why a gradient is 0, 1, halved or tiny: one sentence that is true of the numbers of this run, or none."""

from __future__ import annotations

import numpy as np

from graphtutor.engine.run import Run
from graphtutor.engine.shapes import count
from graphtutor.explain.formula import called, label
from graphtutor.explain.numerals import written
from graphtutor.explain.words import sentence
from graphtutor.graph import Node

FLAT = 0.01
"""The slope below which a sigmoid or tanh is called saturated."""
_SATURATING = ("sigmoid", "tanh")
_EXTREMES = {"maximum": "larger", "minimum": "smaller", "max": "largest", "min": "smallest"}


def why_sent(run: Run, target: int, slot: int, lang: str) -> str:
    """Say why what a gate sends into a slot is 0, or why its local gradient is what it is; empty where it is plain."""
    upstream = run.grad_at(target)
    if upstream is not None and not np.any(upstream):
        return sentence(lang, "why", "upstream_zero")
    node = run.graph.nodes[target]
    if node.gate.name == "copy":
        return ""
    local = run.local_at(target, slot)
    if local is None:
        return _structured(run, node, slot, lang)
    if run.shape(target) == ():
        return _number(run, node, slot, float(local), lang)
    return _elements(run, node, slot, np.broadcast_to(local, run.shape(target)), lang)


def why_summed(run: Run, node: int, lang: str) -> str:
    """Say so when contributions cancel."""
    parts = [run.contribution_at(edge.target, edge.slot) for edge in run.graph.uses[node]]
    total = run.grad_at(node)
    if total is None or np.any(total) or not any(part is not None and np.any(part) for part in parts):
        return ""
    return sentence(lang, "why", "cancel")


def why_gradient(run: Run, index: int, lang: str) -> str:
    """Say why a node has no gradient, or the gradient 0; empty where it has another."""
    graph = run.graph
    node = graph.nodes[index]
    gradient = run.grad_at(index)
    if gradient is None:
        if node.gate.name == "constant":
            return sentence(lang, "why", "none_constant")
        return sentence(
            lang, "why", "none_condition" if graph.depends[index] else "none_constants", key=called(graph, node)
        )
    if np.any(gradient) or not graph.uses[index]:
        return ""
    if node.gate.name == "copy":
        return why_summed(run, index, lang) or sentence(lang, "why", "all_zero")
    use = graph.uses[index][0]
    if graph.nodes[use.target].gate.name == "copy":
        return why_gradient_of_copy(run, use.target, lang)
    return why_sent(run, use.target, use.slot, lang)


def why_gradient_of_copy(run: Run, copy: int, lang: str) -> str:
    """Say why the total of a copy gate is 0."""
    return why_summed(run, copy, lang) or sentence(lang, "why", "all_zero")


def _named(run: Run, index: int) -> str:
    """Write a value with its name: `y = 5`; a constant as its number."""
    name, value = label(run.graph, index), written(run.value_at(index))
    return name if name == value else f"{name} = {value}"


def _number(run: Run, node: Node, slot: int, local: float, lang: str) -> str:
    gate, args = node.gate.name, node.args
    here = _named(run, args[slot])
    put = {
        "target": label(run.graph, args[slot]),
        "here": here,
        "key": called(run.graph, node),
        "local": written(local),
    }
    put["gate"] = node.gate.symbol
    values = [float(run.value_at(arg)) for arg in args]
    if any(map(np.isnan, [*values, local])):
        return ""
    if gate == "relu":
        x = values[0]
        return sentence(lang, "why", "relu_open" if x > 0 else "relu_kink" if x == 0 else "relu_closed", **put)
    if gate in ("maximum", "minimum"):
        if values[0] == values[1]:
            return sentence(lang, "why", "tie", value=written(values[0]), **put)
        other = _named(run, args[1 - slot])
        return sentence(lang, "why", f"{_EXTREMES[gate]}_{'won' if local else 'lost'}", other=other, **put)
    if gate == "where":
        return sentence(lang, "why", "taken" if local else "not_taken", **put)
    if gate == "add" or (gate == "sub" and slot == 0):
        return sentence(lang, "why", "one", **put)
    if gate == "neg" or (gate == "sub" and slot == 1):
        return sentence(lang, "why", "minus_one", **put)
    if gate == "mul" and local == 0:
        return sentence(lang, "why", "factor_zero", other=_named(run, args[1 - slot]), **put)
    if gate in _SATURATING and local < FLAT:
        return sentence(lang, "why", "saturated", **put)
    if gate == "abs" and values[0] == 0:
        return sentence(lang, "why", "abs_kink", **put)
    return sentence(lang, "why", "local_zero", **put) if local == 0 else ""


def _elements(run: Run, node: Node, slot: int, local: np.ndarray, lang: str) -> str:
    gate = node.gate.name
    put = {
        "target": label(run.graph, node.args[slot]),
        "gate": node.gate.symbol,
        "key": called(run.graph, node),
        "all": local.size,
    }
    if gate == "add" or (gate == "sub" and slot == 0):
        return sentence(lang, "why", "one", **put)
    if gate == "neg" or (gate == "sub" and slot == 1):
        return sentence(lang, "why", "minus_one", **put)
    if gate in _SATURATING:
        flat = int(np.count_nonzero(local < FLAT))
        return sentence(lang, "why", "saturated_some", count=flat, **put) if flat else ""
    zero = int(np.count_nonzero(local == 0))
    if not zero:
        return ""
    entry = {"relu": "relu_some", "maximum": "lost_some", "minimum": "lost_some"}.get(gate, "zero_some")
    return sentence(lang, "why", entry, count=zero, **put)


def _structured(run: Run, node: Node, slot: int, lang: str) -> str:
    gate = node.gate.name
    put = {"target": label(run.graph, node.args[slot]), "gate": node.gate.symbol, "key": called(run.graph, node)}
    value = np.asarray(run.value_at(node.args[slot]))
    if gate == "sum":
        return sentence(lang, "why", "sum", **put)
    if gate == "mean":
        return sentence(lang, "why", "mean", all=count(value, node.settings["axis"]), **put)
    if gate not in ("max", "min", "index"):
        return ""
    share = np.asarray(run.pulled(node.index, slot, np.ones(run.shape(node.index))[()]))
    lost = int(np.count_nonzero(share == 0))
    if gate == "index":
        return sentence(lang, "why", "not_picked", count=lost, all=value.size, **put) if lost else ""
    if np.count_nonzero(share) == 1 and value.ndim:
        at = [int(i) for i in np.argwhere(share)[0]]
        best = written(value[tuple(at)])
        return sentence(lang, "why", f"{_EXTREMES[gate]}_at", at=at, best=best, **put)
    return sentence(lang, "why", "lost_some", count=lost, all=value.size, **put) if lost else ""
