"""Close parts of a graph into one box each: what was opened, a statement, a neuron or a layer.

- What was opened closes to the very gate that it was.
- A statement is a named gate with the unnamed gates that only it depends on, constants and copies between them
  included. It ends at the inputs, at other named values, and at a value that is used several times: so it has one
  output, and nothing leaves it and comes back.
- A neuron is an activation of a sum of products (`relu(w1*x1 + w2*x2 + b)`), a layer one with a matrix product
  (`relu(W @ x + b)`), each value in it used once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from graphtutor.engine.composite import composite
from graphtutor.engine.run import Run
from graphtutor.errors import InputError, listed, near_misses
from graphtutor.gates import gate
from graphtutor.graph import Builder, Graph, Node
from graphtutor.graph.build import CONSTANT, COPY, INPUT, rebuild, with_change
from graphtutor.graph.graph import Whole

ADD = gate("add")
PRODUCTS = {gate("mul"): "neuron", gate("matmul"): "layer", gate("dot"): "layer"}
KINDS = ("neuron", "layer")


@dataclass(frozen=True, slots=True)
class Box:
    """A part of a graph that can be closed."""

    kind: str
    """`opened`, `statement`, `neuron` or `layer`."""
    root: int
    """Its output."""
    members: frozenset[int]
    whole: Whole | None = None
    """What it was, where it was opened."""


def collapse(run: Run, which: Collection[str] | str | None = None) -> Run:
    """Return the run of the graph in which parts are closed into one box each; values and gradients stay the same.

    `which` names boxes as `collapsible` lists them, or kinds (`neuron`, `layer`); by default all that was opened is
    closed again. A box stands where its output stood, with its name and key; the contributions on its edges are the
    sums over the ways inside. Raise `InputError` for what cannot be closed.
    """
    return collapse_graph(run.graph, which).run(run.inputs)


def collapse_graph(graph: Graph, which: Collection[str] | str | None = None) -> Graph:
    """Do so with a graph alone."""
    if which is None:
        outer = dict.fromkeys(node.within[0] for node in graph.nodes if node.within)
        return _noted(graph, _closed(graph, [_opened_box(graph, whole) for whole in outer]), ()) if outer else graph
    for word in (which,) if isinstance(which, str) else which:
        boxes = _named(graph)
        chosen = [boxes[word]] if word in boxes else [box for box in _patterns(graph) if box.kind == word]
        if not chosen:
            raise InputError(_cannot(graph, word, boxes))
        graph = _noted(graph, _closed(graph, chosen), (word,))
    return graph


def collapsible(of: Run | Graph) -> dict[str, tuple[str, ...]]:
    """Return the boxes that can be closed, by key, with the keys of the nodes that go into each; the smallest first.

    A key that names several boxes, one in the other, means the innermost.
    """
    graph = of.graph if isinstance(of, Run) else of
    boxes = sorted(_named(graph).items(), key=lambda item: len(item[1].members))
    return {key: tuple(graph.nodes[index].key for index in sorted(box.members)) for key, box in boxes}


def _named(graph: Graph) -> dict[str, Box]:
    """Return the boxes by key: of several with one key what was opened last, then the statement, then the pattern."""
    boxes: dict[str, Box] = {}
    for node in graph.nodes:
        for whole in reversed(node.within):
            if whole.key == node.key and node.key not in boxes:
                boxes[node.key] = _opened_box(graph, whole)
    for box in (*_statements(graph), *_patterns(graph)):
        boxes.setdefault(graph.nodes[box.root].key, box)
    return boxes


def _opened_box(graph: Graph, whole: Whole) -> Box:
    members = {node.index for node in graph.nodes if whole in node.within}
    root = next(index for index in members if graph.nodes[index].key == whole.key)
    return Box("opened", root, _with_copies(graph, members), whole)


def _statements(graph: Graph) -> Iterator[Box]:
    owner: list[int | None] = [None] * len(graph.nodes)
    members: dict[int, set[int]] = {}
    for node in reversed(graph.nodes):
        users = {owner[edge.target] for edge in graph.uses[node.index]}
        if node.gate is INPUT or (len(users) != 1 and node.name is None and node.index != graph.output):
            continue
        if node.gate not in (COPY, CONSTANT) and (node.name is not None or node.index == graph.output):
            owner[node.index] = node.index
        else:
            owner[node.index] = users.pop()
        if (at := owner[node.index]) is not None:
            members.setdefault(at, set()).add(node.index)
    for root in sorted(members):
        yield from _fit(graph, Box("statement", root, frozenset(members[root])))


def _patterns(graph: Graph) -> Iterator[Box]:
    """Yield the neurons and layers."""
    for node in graph.nodes:
        if not node.gate.activation:
            continue
        members, kinds, todo = {node.index}, set(), [node.args[0]]
        while todo:
            part = graph.nodes[todo.pop()]
            if part.gate is ADD or part.gate in PRODUCTS:
                members.add(part.index)
            if part.gate is ADD:
                todo += part.args
            elif part.gate in PRODUCTS:
                kinds.add(PRODUCTS[part.gate])
        if kinds:
            kind = "layer" if "layer" in kinds else "neuron"
            yield from _fit(graph, Box(kind, node.index, _with_copies(graph, members)))


def _with_copies(graph: Graph, members: set[int]) -> frozenset[int]:
    """Add the copies and constants that only the members use."""
    found = set(members)
    for index in {arg for member in members for arg in graph.nodes[member].args}:
        if graph.nodes[index].gate in (COPY, CONSTANT) and all(use.target in members for use in graph.uses[index]):
            found.add(index)
    return frozenset(found)


def _fit(graph: Graph, box: Box) -> Iterator[Box]:
    """Yield the box if closing it shows something new, and it cuts through nothing that was opened."""
    nodes = graph.nodes
    gates = [nodes[index] for index in box.members if nodes[index].gate not in (COPY, CONSTANT)]
    alone = len(gates) == 1 and gates[0].gate.inside is not None
    fed = any(arg not in box.members for index in box.members for arg in nodes[index].args)
    if fed and not alone and all(_is_in(gates, whole) or _holds(graph, box, whole) for whole in _wholes(gates)):
        yield box


def _wholes(gates: list[Node]) -> set[Whole]:
    return {whole for node in gates for whole in node.within}


def _is_in(gates: list[Node], whole: Whole) -> bool:
    return all(whole in node.within for node in gates)


def _holds(graph: Graph, box: Box, whole: Whole) -> bool:
    return all(node.index in box.members for node in graph.nodes if whole in node.within)


def _closed(graph: Graph, boxes: Iterable[Box]) -> Graph:
    """Return the graph with boxes closed, none of which is in another."""
    closed = {box.root: _gate_of(graph, box) for box in boxes}

    def put(builder: Builder, at: Node, made: dict[int, int]) -> int | None:
        if at.index not in closed:
            return None
        node, feeds = closed[at.index]
        return builder.again(
            node, [made[graph.node(f).index] if isinstance(f, str) else builder.constant(f) for f in feeds]
        )

    return rebuild(graph, put)


def _gate_of(graph: Graph, box: Box) -> tuple[Node, tuple[Any, ...]]:
    """Return the node that stands for a box, and what feeds its slots: keys, and constants."""
    root, whole = graph.nodes[box.root], box.whole
    if whole is not None:
        outer = root.within[: root.within.index(whole)]
        return Node(root.index, whole.gate, (), root.key, None, None, whole.place, whole.options, outer), whole.feeds
    gates = [graph.nodes[index] for index in box.members if graph.nodes[index].gate not in (COPY, CONSTANT)]
    outer = tuple(whole for whole in root.within if _is_in(gates, whole) and not _holds(graph, box, whole))
    inside = _inside(graph, box, len(outer))
    made_of = composite(box.kind, _symbol(box, root), inside)
    return Node(root.index, made_of, (), root.key, None, None, root.place, (), outer), tuple(inside.inputs)


def _inside(graph: Graph, box: Box, depth: int) -> Graph:
    """Return the members as a graph of their own, whose inputs have the keys of what feeds the box."""
    builder = Builder()
    made: dict[int, int] = {}
    for index in sorted(box.members):
        node = graph.nodes[index]
        for arg in node.args:
            source = graph.origin(arg)
            if arg not in made and source.index not in box.members:
                made[arg] = builder.input(source.key)
        if node.gate is COPY:
            made[index] = made[node.args[0]]
        else:
            made[index] = builder.again(node, [made[arg] for arg in node.args])
            builder[made[index]].within = node.within[depth:]
    root = graph.nodes[box.root]
    for index in sorted(box.members - {box.root}):
        name = graph.nodes[index].name
        if name is not None and graph.names.get(name) == index:
            builder.names[name] = made[index]
    return builder.finish(made[box.root], root.key)


def _symbol(box: Box, root: Node) -> str:
    return root.key if box.kind == "statement" else f"{root.gate.symbol} {box.kind}"


def _noted(graph: Graph, found: Graph, keys: tuple[str, ...]) -> Graph:
    """Note the change, unless nothing is open or closed any more: then it is the graph of the text again."""
    changed = any(node.within or node.gate.inside is not None for node in found.nodes)
    found.changes = with_change(graph.changes, ("collapse", keys)) if changed else ()
    return found


def _cannot(graph: Graph, word: str, boxes: dict[str, Box]) -> str:
    if word in KINDS:
        example = {"neuron": "relu(w1*x1 + w2*x2 + b)", "layer": "relu(W @ x + b)"}[word]
        return f"there is no {word} in this graph; one looks like {example}"
    hint = near_misses(word, boxes) or (f"; there are {listed(boxes)}" if boxes else "")
    if any(node.key == word for node in graph.nodes):
        return f"{word!r} cannot be closed into a box{hint}"
    return f"there is no {word!r} in this graph{hint}"
