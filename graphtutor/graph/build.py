"""From gates in the order they were written to a graph: leave out what is unused, order, name, insert copy gates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphtutor.gates import Gate, gate
from graphtutor.graph.graph import Change, Graph, Node, Place, Whole

INPUT = gate("input")
CONSTANT = gate("constant")
COPY = gate("copy")


@dataclass(slots=True)
class _Raw:
    gate: Gate
    args: tuple[int, ...]
    constant: Any
    place: Place | None
    name: str | None = None
    options: tuple[tuple[str, Any], ...] = ()
    key: str | None = None
    within: tuple[Whole, ...] = ()


class Builder:
    """Collect gates one after the other; a value may be used any number of times. `finish` makes the graph."""

    def __init__(self) -> None:
        self._raw: list[_Raw] = []
        self._inputs: dict[str, int] = {}
        self.names: dict[str, int] = {}
        """What each name means so far."""
        self.origins: list[int] = []
        """After `finish`: for each node of the graph, the position it was added at (a copy gate's is its source's)."""

    def __len__(self) -> int:
        return len(self._raw)

    def __getitem__(self, index: int) -> _Raw:
        return self._raw[index]

    def input(self, name: str, place: Place | None = None) -> int:
        """Return the input of this name; add it on first use."""
        if name not in self._inputs:
            self._inputs[name] = self._append(_Raw(INPUT, (), None, place, name))
        return self._inputs[name]

    def constant(self, value: Any, place: Place | None = None) -> int:
        """Add a constant: a float or a float64 array."""
        return self._append(_Raw(CONSTANT, (), value, place))

    def gate(
        self, kind: Gate, args: tuple[int, ...], place: Place | None = None, options: Mapping[str, Any] | None = None
    ) -> int:
        """Add a gate whose slots are fed by the given earlier gates."""
        if kind.name == "neg" and self._raw[args[0]].gate is CONSTANT:  # a minus sign before a number is part of it
            return self.constant(-self._raw[args[0]].constant, place)
        said = tuple((name, options[name]) for name in kind.options if name in options) if options else ()
        said = tuple((name, value) for name, value in said if not _same(value, kind.options[name]))
        return self._append(_Raw(kind, args, None, place, None, said))

    def again(self, node: Node, args: Sequence[int]) -> int:
        """Add the gate or constant of a finished graph once more, with its key and the name that somebody gave it."""
        if node.gate is CONSTANT:
            at = self.constant(node.constant, node.place)
        else:
            at = self._append(_Raw(node.gate, tuple(args), None, node.place, None, node.options, node.key))
        self._raw[at].within = node.within
        return at

    def name(self, name: str, index: int) -> None:
        """Let a name mean this gate from here on."""
        self.names.pop(name, None)
        self.names[name] = index

    def _append(self, raw: _Raw) -> int:
        self._raw.append(raw)
        return len(self._raw) - 1

    def finish(
        self, output: int, output_name: str, given: Mapping[str, Any] | None = None, text: str | None = None
    ) -> Graph:
        """Make the graph of what the output depends on."""
        raw = self._raw
        used = _ancestors(raw, output)
        given_names = {raw[index].name for index in used if raw[index].gate is INPUT}
        renamed: dict[str, int] = {}
        for name, index in self.names.items():
            if raw[index].name is None and raw[index].gate is not CONSTANT:
                fresh = raw[index].name = self._unlike(name, given_names)
                if fresh != name:
                    renamed[fresh] = index
        if output_name in given_names and raw[output].name is not None:
            output_name = str(raw[output].name)
        consumers: Counter[int] = Counter(arg for index in used for arg in raw[index].args)
        shared = {i for i, count in consumers.items() if count > 1 and raw[i].gate is not CONSTANT}
        written_again = {arg for i in used if raw[i].gate.inside is not None for arg in _repeated(raw[i])}
        self._name_shared(shared | {i for i in written_again if raw[i].gate is not CONSTANT}, output_name)

        inputs, others = self._order(used, output)
        nodes: list[Node] = []
        self.origins = []
        feed: dict[int, int] = {}  # raw position -> position of the node that its consumers read
        where: dict[int, int] = {}  # raw position -> position of its own node
        counts: Counter[str] = Counter()
        taken = {raw[i].name for i in used if raw[i].name} | set(self.names)
        keys = {key for i in used if (key := raw[i].key) is not None}
        reserved = keys and keys | _hidden([g for i in used for g in (raw[i].gate, *(w.gate for w in raw[i].within))])
        keys |= {str(raw[i].name) for i in inputs}

        def add(index: int, kind: Gate, args: tuple[int, ...], name: str | None = None) -> int:
            item = raw[index]
            own = kind is item.gate  # not the copy gate behind it
            spoken = kind.functions[0] if kind.functions else kind.name
            counts[spoken] += 1
            if kind is INPUT and name:
                key = name
            elif own and item.key is not None:
                key = item.key
            else:
                while f"{spoken}{counts[spoken]}" in reserved:
                    counts[spoken] += 1
                key = _free(name, f"{spoken}{counts[spoken]}", keys, taken)
            keys.add(key)
            constant = item.constant if kind is CONSTANT else None
            options, within = (item.options, item.within) if own else ((), ())
            nodes.append(Node(len(nodes), kind, args, key, name, constant, item.place, options, within))
            self.origins.append(index)
            return len(nodes) - 1

        for i in inputs:
            where[i] = feed[i] = add(i, INPUT, (), raw[i].name)
        for i in inputs:
            if i in shared:
                feed[i] = add(i, COPY, (where[i],))
        for i in others:
            item = raw[i]
            if item.gate is CONSTANT and i != output:
                continue  # placed right before each use: a constant is repeated, never copied
            args = []
            for arg in item.args:
                if raw[arg].gate is CONSTANT:
                    args.append(add(arg, CONSTANT, ()))
                else:
                    args.append(feed[arg])
            where[i] = feed[i] = add(i, item.gate, tuple(args), item.name)
            if i in shared:
                feed[i] = add(i, COPY, (where[i],))

        names = {name: where[i] for name, i in {**self.names, **self._inputs, **renamed}.items() if i in where}
        unused = tuple(name for name, i in self.names.items() if i not in used)
        kept = {name: value for name, value in (given or {}).items() if self._inputs.get(name) in where}
        return Graph(tuple(nodes), where[output], output_name, names, kept, unused, text)

    def _unlike(self, name: str, given_names: set[str | None]) -> str:
        """Return the name, or `name2`, ... where an input has it already (`x = x + x`)."""
        fresh, number = name, 1
        while fresh in given_names or (number > 1 and fresh in self.names):
            number += 1
            fresh = f"{name}{number}"
        return fresh

    def _name_shared(self, shared: set[int], output_name: str) -> None:
        """Name every value that is used several times, so that it can be written down."""
        taken = set(self._inputs) | set(self.names) | {output_name}
        number = 0
        for index in sorted(shared):
            if self._raw[index].name is None:
                key = self._raw[index].key
                if key is not None and key not in taken:
                    self._raw[index].name = key
                    continue
                number += 1
                while f"t{number}" in taken:
                    number += 1
                self._raw[index].name = f"t{number}"

    def _order(self, used: set[int], output: int) -> tuple[list[int], list[int]]:
        """Order named gates as written, each right after the unnamed gates it is made of; inputs by first use."""
        inputs: list[int] = []
        others: list[int] = []
        done: set[int] = set()
        roots = [i for i in sorted(used) if self._raw[i].name is not None and self._raw[i].gate is not INPUT]
        for root in [*roots, output]:
            stack = [root]
            while stack:
                index = stack[-1]
                if index in done:
                    stack.pop()
                    continue
                waiting = [arg for arg in self._raw[index].args if arg not in done]
                if waiting:
                    stack.extend(reversed(waiting))
                    continue
                stack.pop()
                done.add(index)
                (inputs if self._raw[index].gate is INPUT else others).append(index)
        return inputs, others


def rebuild(graph: Graph, put: Callable[[Builder, Node, dict[int, int]], int | None]) -> Graph:
    """Make the graph again with some of its gates replaced. The others keep their names and keys.

    `put` may add something in place of a gate, given where the nodes before it stand in the builder, and return where
    its output is; with `None` the gate stays. What nothing reads any more is left out.
    """
    builder = Builder()
    made: dict[int, int] = {}
    for node in graph.nodes:
        if node.gate is INPUT:
            made[node.index] = builder.input(node.key, node.place)
        elif node.gate is COPY:
            made[node.index] = made[node.args[0]]
        else:
            at = None if node.gate is CONSTANT else put(builder, node, made)
            made[node.index] = builder.again(node, [made[arg] for arg in node.args]) if at is None else at
    used = _ancestors(builder._raw, made[graph.output])
    for name, index in graph.names.items():
        if name not in graph.inputs and made[index] in used:
            builder.names.setdefault(name, made[index])
    found = builder.finish(made[graph.output], graph.output_name, graph.given, graph.text or str(graph))
    found.unused = graph.unused
    found.changes = graph.changes
    found.derivative = graph.derivative
    return found


_BACK = {"expand": "collapse", "collapse": "expand"}


def with_change(changes: tuple[Change, ...], change: Change) -> tuple[Change, ...]:
    """Add a change to what was done since the text was read; what was done and undone at once is left out."""
    if changes and changes[-1] == (_BACK[change[0]], change[1]):
        return changes[:-1]
    return (*changes, change)


def _ancestors(raw: list[_Raw], output: int) -> set[int]:
    found = {output}
    stack = [output]
    while stack:
        for arg in raw[stack.pop()].args:
            if arg not in found:
                found.add(arg)
                stack.append(arg)
    return found


def _repeated(item: _Raw) -> Iterator[int]:
    """Yield what feeds a slot of a closed box that is used several times inside: with a name it is written once."""
    for arg, start in zip(item.args, item.gate.inside.inputs.values(), strict=True):
        inside, index = item.gate.inside, start
        while inside is not None:
            edge = inside.uses[index][0]
            reader = inside.nodes[edge.target].gate
            if reader is COPY:
                yield arg
            inside = reader.inside
            index = list(inside.inputs.values())[edge.slot] if inside is not None else 0


def _hidden(kinds: list[Gate]) -> set[str]:
    """Return the keys inside closed boxes: they come back when a box is opened."""
    insides = {id(kind.inside): kind.inside for kind in kinds if kind.inside is not None}
    keys: set[str] = set()
    while insides:
        _, inside = insides.popitem()
        for node in inside.nodes:
            if not node.gate.is_source and node.gate is not COPY:
                keys.add(node.key)
            for kind in (node.gate, *(whole.gate for whole in node.within)):
                if kind.inside is not None:
                    insides[id(kind.inside)] = kind.inside
    return keys


def _free(name: str | None, fallback: str, keys: set[str], taken: set[str | None]) -> str:
    """Return the name, or the fallback, changed until no other node is called so."""
    if name is not None and name not in keys:
        return name
    key = fallback
    while key in keys or key in taken:
        key += "_"
    return key


def _same(value: Any, default: Any) -> bool:
    return type(value) is type(default) and bool(value == default)
