"""What happened in a step: a sentence that names the role, the formula, the numbers substituted."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from graphtutor.engine.run import Fault, Run
from graphtutor.explain import forward
from graphtutor.explain.formula import (
    as_one,
    bracketed,
    called,
    gradient_called,
    joined,
    label,
    names,
    numbers,
    output_called,
    parsed,
    simple,
    substitute,
    written_formula,
)
from graphtutor.explain.numerals import written
from graphtutor.explain.reasons import why_sent, why_summed
from graphtutor.explain.words import in_language, sentence
from graphtutor.gates import Role
from graphtutor.graph import Edge, Graph, Node
from graphtutor.timeline import Computed, Pushed, Seeded, SeededTangent, Sent, Step, Summed


@dataclass(frozen=True, slots=True)
class Explanation:
    """A step in words."""

    text: str
    """One or a few sentences."""
    formula: str
    """The step in symbols: `df/dq = df/df * z`."""
    numbers: str
    """The same with numbers: `1 * (-4) = -4`."""
    stages: tuple[str, ...] = ()
    """The chain rule from symbols to the result, one rewriting after the other."""

    def __str__(self) -> str:
        return f"{self.text}\n{self.formula}\n{self.numbers}"


def explain(step: Step, lang: str = "en") -> Explanation:
    """Explain a step. Raise `InputError` for a language that is not there."""
    match step:
        case SeededTangent():
            said = Explanation(*forward.seeded(step, lang))
        case Pushed():
            said = Explanation(*forward.pushed(step, lang))
        case Computed():
            said = _computed(step, lang)
        case Seeded():
            said = _seeded(step, lang)
        case Summed():
            said = _summed(step, lang)
        case Sent():
            said = _sent(step, lang)
        case _:
            raise TypeError(f"no explanation for {step!r}")
    faults = [fault_text(step.run, fault, lang) for fault in step.run.faults if _belongs(fault, step)]
    if not faults:
        return said
    return Explanation(" ".join([said.text, *faults]), said.formula, said.numbers, said.stages)


def _belongs(fault: Fault, step: Step) -> bool:
    if fault.node != step.node:
        return False
    if fault.direction == "forward":  # where a gate has no value, what its slope sends back means nothing
        return isinstance(step, Computed) or (isinstance(step, Sent) and fault.kind == "domain")
    return isinstance(step, Sent) and step.slot == fault.slot


def _computed(step: Step, lang: str) -> Explanation:
    run, graph = step.run, step.run.graph
    node = graph.nodes[step.node]
    value = written(run.value_at(step.node))
    if node.gate.name == "copy":
        source = label(graph, step.node)
        text = sentence(lang, "step", "computed_copy", source=source, count=len(graph.uses[step.node]))
        users = ", ".join(_users(run, step.node))
        return Explanation(text, f"{source} -> {users}", value, (f"{source} -> {users}", f"{source} = {value}"))
    formula = written_formula(node, names(graph, node))
    filled = written_formula(node, _numbers(run, node), choose=False)
    if node.gate.role is Role.STOPPER:  # `(1 > 0) = 1`, not `1 > 0 = 1`
        filled = f"({filled})"
    key = called(graph, node)
    text = sentence(lang, "step", "computed", gate=node.gate.symbol, key=key)
    stages = (f"{key} = {formula}", f"{key} = {filled} = {value}")
    return Explanation(text, stages[0], f"{filled} = {value}", stages)


def _seeded(step: Step, lang: str) -> Explanation:
    out = output_called(step.run.graph)
    text = sentence(lang, "step", "seeded" if step.run.shape(step.node) == () else "seeded_array", key=out)
    seed = written(step.run.grad_at(step.node))
    left = gradient_called(step.run.graph, out)
    return Explanation(text, left, seed, (f"{left} = {seed}",))


def _sent(step: Sent, lang: str) -> Explanation:
    run, graph = step.run, step.run.graph
    node = graph.nodes[step.node]
    contribution = run.contribution_at(step.node, step.slot)
    local = run.local_at(step.node, step.slot)
    upstream = run.grad_at(step.node)
    target = label(graph, node.args[step.slot])
    left = contribution_label(run, step.edge)
    sent = written(contribution)
    if node.gate.name == "copy":
        text = sentence(lang, "step", "sent_copy", contribution=sent, target=target)
        symbols, sum_ = _sum(run, step.node)
        return Explanation(text, f"{left} = {symbols}", sum_, (f"{left} = {symbols}", f"{left} = {sum_}"))
    common = {
        "gate": node.gate.symbol,
        "role": sentence(lang, "roles", node.gate.role),
        "story": in_language(node.gate.story, lang),
        "contribution": sent,
        "target": target,
    }
    key = _upstream_label(run, node)
    above = gradient_called(graph, key)
    chain = f"{left} = {above} * {forward.partial(node, step.slot, target, key)}"
    reason = why_sent(run, step.node, step.slot, lang)
    if local is None:
        text = _joined(sentence(lang, "step", "sent_vjp", **common), reason)
        if node.gate.inside is not None:
            return Explanation(text, chain, sent, (chain, f"{left} = {sent}"))
        shapes = tuple(run.shape(arg) for arg in node.args)
        rule = node.gate.rules(shapes)[step.slot] or ""
        symbols = _readable(substitute(rule, names(graph, node) | {"g": above, "i": str(step.slot)}))
        filled = _readable(substitute(rule, _numbers(run, node) | {"g": written(upstream), "i": str(step.slot)}))
        stages: tuple[str, ...] = (chain, f"{left} = {symbols}", f"{left} = {filled} = {sent}")
        return Explanation(text, stages[1], f"{filled} = {sent}", stages)

    factor = written(local)
    rule = node.gate.local[step.slot] or ""  # a closed box has no text of its own
    symbols = substitute(rule, names(graph, node)) if rule else f"d{as_one(key)}/d{target}"
    filled = substitute(rule, _numbers(run, node)) if rule else factor
    text = _joined(sentence(lang, "step", "sent", upstream=written(upstream), local=factor, **common), reason)
    narrow, wide = run.shape(node.args[step.slot]), run.shape(step.node)
    if narrow != wide:
        text += " " + sentence(
            lang, "why", "broadcast", target=target, narrow=shape_text(narrow), wide=shape_text(wide)
        )
    slope = forward.partial(node, step.slot, target, key)
    times = f"{written(upstream)} * "
    summed = _summed_over(narrow, wide)
    product = f"{summed.format(times + bracketed(factor))} = {sent}"
    ways = [*((symbols,) if rule else ()), *((filled,) if not simple(filled) and filled != symbols else ()), factor]
    own = written_formula(node, names(graph, node))
    own = own if isinstance(parsed(own), ast.Call) else f"({own})"
    rules = [*((f"∂{own}/{slope.partition('/')[2]}",) if rule else ()), *dict.fromkeys(ways)]
    rules = [f"{slope} = {way}" for way in rules]
    stages = (chain, f"{left} = {summed.format(times + slope)}", *_folded(slope, rules), f"{left} = {product}")
    if not simple(filled) and filled != factor:
        product = f"{summed.format(times + _factor(filled))} = {product}"
    formula = summed.format(f"{above} * {_factor(symbols)}")
    return Explanation(text, f"{left} = {formula}", product, stages)


def _summed_over(narrow: tuple[int, ...], wide: tuple[int, ...]) -> str:
    """Return what a product of the wide shape is put in to get the gradient of a value that was broadcast to it."""
    if narrow == wide:
        return "{}"
    if not narrow:
        return "sum({})"
    extra = len(wide) - len(narrow)
    axes = (*range(extra), *(extra + i for i, n in enumerate(narrow) if n == 1 and wide[extra + i] != 1))
    axis = str(axes[0]) if len(axes) == 1 else str(axes)
    return f"sum({{}}, axis={axis}{', keepdims=True' if len(axes) > extra else ''})"


def _folded(slope: str, rules: list[str], room: int = 48) -> tuple[str, ...]:
    """Join equations with the same left side on lines that are not too long: `∂q/∂x = ∂(x * y)/∂x = y = -4`."""
    lines = [rules[0]]
    for rule in rules[1:]:
        right = rule.removeprefix(slope)
        if len(lines[-1]) + len(right) <= room:
            lines[-1] += right
        else:
            lines.append(rule)
    return tuple(lines)


def _joined(text: str, reason: str) -> str:
    return f"{text} {reason}" if reason else text


def _readable(rule: str) -> str:
    """Leave out what says nothing to a reader: that a reduction has no axis, or a logarithm no base."""
    return re.sub(r" [*/] nats\(None\)|, None(?=\))", "", rule)


def _summed(step: Step, lang: str) -> Explanation:
    run, graph = step.run, step.run.graph
    node = graph.nodes[step.node]
    target = label(graph, step.node)
    count = sum(run.contribution_at(edge.target, edge.slot) is not None for edge in graph.uses[step.node])
    text = sentence(
        lang,
        "step",
        "summed" if count > 1 else "summed_one",
        role=sentence(lang, "roles", node.gate.role),
        story=in_language(node.gate.story, lang),
        count=count,
        target=target,
        total=written(run.grad_at(step.node)),
    )
    left = gradient_called(graph, target)
    symbols, sum_ = _sum(run, step.node)
    stages = (f"{left} = {symbols}", f"{left} = {sum_}")
    return Explanation(_joined(text, why_summed(run, step.node, lang)), stages[0], sum_, stages)


def _sum(run: Run, copy: int) -> tuple[str, str]:
    """Write what comes back to a copy gate as a sum, in symbols and in numbers with the total."""
    edges = [edge for edge in run.graph.uses[copy] if run.contribution_at(edge.target, edge.slot) is not None]
    parts = [written(run.contribution_at(edge.target, edge.slot)) for edge in edges]
    numbers = joined(parts, "+")
    symbols = " + ".join(contribution_label(run, edge) for edge in edges)
    return symbols, f"{numbers} = {written(run.grad_at(copy))}"


def contribution_label(run: Run, edge: Edge) -> str:
    """Return what a contribution is called: `df/dx`, or `df/dx[via mul1]` where x goes several ways."""
    graph = run.graph
    base = gradient_called(graph, label(graph, edge.source))
    if graph.nodes[edge.source].gate.name != "copy":
        return base
    return f"{base}[via {user_called(graph, edge)}]"


def user_called(graph: Graph, edge: Edge) -> str:
    """Return what a gate that uses a value is called, with the slot where it uses it more than once."""
    user = graph.nodes[edge.target]
    key = called(graph, user)
    return f"{key} slot {edge.slot}" if user.args.count(edge.source) > 1 else key


def _users(run: Run, index: int) -> list[str]:
    return [user_called(run.graph, edge) for edge in run.graph.uses[index]]


def _upstream_label(run: Run, node: Node) -> str:
    return output_called(run.graph) if node.index == run.graph.output else node.key


def _numbers(run: Run, node: Node) -> dict[str, str]:
    values = [written(run.value_at(arg)) for arg in node.args]
    return numbers(run.graph, node, values, written(run.value_at(node.index)))


def shape_text(shape: tuple[int, ...]) -> str:
    """Write a shape: `3`, `2x3`, or `one number`."""
    return "x".join(map(str, shape)) or "one number"


def _factor(text: str) -> str:
    """Bracket a formula that would fall apart as a factor of a product."""
    if text.startswith("-"):
        return bracketed(text)
    tree = parsed(text)
    loose = isinstance(tree, ast.BinOp) and not isinstance(tree.op, ast.Pow | ast.Mult)
    return f"({text})" if loose else text


def fault_text(run: Run, fault: Fault, lang: str = "en") -> str:
    """Say where and why a number stopped being finite."""
    graph = run.graph
    node = graph.nodes[fault.node]
    if fault.kind == "given":
        return sentence(lang, "fault", "given", key=node.key, value=written(run.value_at(fault.node)))
    words = {  # a constant is called as the gate calls that input: `x > 0`, not `-1 > 0`
        name: name if graph.nodes[arg].gate.name == "constant" else label(graph, arg)
        for name, arg in zip(node.gate.inputs, node.args, strict=False)
    }
    values = {words[name]: written(run.value_at(arg)) for name, arg in zip(words, node.args, strict=False)}
    shown = {label(graph, arg) for arg in node.args} if fault.kind != "domain" else values
    arguments = ", ".join(f"{name} = {value}" for name, value in values.items() if name in shown)
    put = names(graph, node)
    return sentence(
        lang,
        "fault",
        _fault_entry(fault, node),
        gate=node.gate.symbol,
        formula=f"{called(graph, node)} = {written_formula(node, put)}",
        domain=substitute(node.gate.domain, words) if node.gate.domain else "",
        arguments=arguments,
        here=f" ({arguments})" if arguments else "",
    )


def _fault_entry(fault: Fault, node: Node) -> str:
    if fault.direction == "backward":
        return "backward"
    several = node.gate.domain is not None and "|" in node.gate.domain  # too long a condition to help anybody
    return "undefined" if fault.kind == "domain" and several else fault.kind
