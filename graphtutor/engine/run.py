"""One forward and one backward pass with given inputs, all values and contributions kept."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from graphtutor.engine.rules import arguments_of, contributions_of, in_domain, locals_of
from graphtutor.errors import ExpressionError, InputError, listed, near_misses, shorten
from graphtutor.gates import Gate, Wrong
from graphtutor.graph import Graph, Node

if TYPE_CHECKING:
    from graphtutor.timeline import Timeline

Array = Any
"""A float64 scalar or array."""
Send = Callable[[Node, tuple[Array, ...], Array, Array, list[bool]], tuple[Array | None, ...]]
"""From a gate, its arguments, its value, its upstream gradient and what depends on an input to the contributions."""
Gather = Callable[[Node, list[Array]], Array | None]
"""From a node and the contributions that came back to its gradient."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A place where a number stopped being finite although everything it was made of still was."""

    node: int
    kind: str
    """`given` (the input itself), `division by zero`, `domain`, `overflow` or `undefined`."""
    direction: str
    """`forward` or `backward`."""
    slot: int | None = None
    """The slot whose contribution it is, in the backward direction."""


class Run:
    """The numbers of one forward and one backward pass. Made by `Graph.run`."""

    def __init__(
        self,
        graph: Graph,
        values: list[Array],
        grads: list[Array | None],
        contributions: list[tuple[Array | None, ...]],
        faults: tuple[Fault, ...],
    ) -> None:
        self.graph = graph
        self._values = values
        self._grads = grads
        self._contributions = contributions
        self.faults = faults
        """Where numbers stopped being finite, in order; the first is where it began."""

    def value(self, name: str | None = None) -> Any:
        """Return the value of a name, a key (`mul1`) or an id (`n3`): a float or an ndarray. By default the output's.

        Raise `InputError` for an unknown name.
        """
        return self.value_at(self._find(name))

    def grad(self, name: str) -> Any:
        """Return d(output)/d(name): a float or an ndarray, or `None` where no gradient arrives.

        Raise `InputError` for an unknown name.
        """
        return self.grad_at(self._find(name))

    def value_at(self, index: int) -> Any:
        """Return the value of the node at this position."""
        return plain(self._values[index])

    def grad_at(self, index: int) -> Any:
        """Return the gradient of the node at this position, or `None`; of a copy gate, the total."""
        return plain(self._grads[index])

    def contribution_at(self, target: int, slot: int) -> Any:
        """Return upstream times local on the edge into this slot, or `None`."""
        return plain(self._contributions[target][slot])

    def local_at(self, target: int, slot: int) -> Any:
        """Return the local gradient of the slot of an elementwise gate, or `None`; a copy gate's is 1."""
        node = self.graph.nodes[target]
        if node.gate.name == "copy":
            return 1.0
        if node.gate.inside is not None:
            from graphtutor.engine.composite import slopes

            return plain(slopes(node.gate, self.arguments(target))[slot])
        rules = locals_of(node.gate)
        local = rules[slot] if rules else None
        if local is None:
            return None
        with np.errstate(all="ignore"):
            return plain(as_float64(local(*self.arguments(target), *node.settings.values(), self._values[target])))

    def pulled(self, target: int, slot: int, upstream: Array) -> Any:
        """Return what the gate at `target` sends into this slot for any upstream gradient of its output's shape.

        Rules are linear in the upstream gradient: this is the vector-Jacobian product. `None` where no gradient flows.
        """
        node = self.graph.nodes[target]
        if node.gate.name == "copy":
            return upstream
        arguments = self.arguments(target)
        rule = contributions_of(node.gate, None, tuple(np.shape(a) for a in arguments))[slot]
        if rule is None or not self.graph.depends[node.args[slot]]:
            return None
        with np.errstate(all="ignore"):
            part = rule(*arguments_of(node.gate, arguments, node.settings, slot), self._values[target], upstream)
            return plain(sum_to(as_float64(part), np.shape(arguments[slot])))

    def arguments(self, index: int) -> tuple[Array, ...]:
        """Return the values in the slots of the node at this position."""
        return tuple(self._values[arg] for arg in self.graph.nodes[index].args)

    def shape(self, index: int) -> tuple[int, ...]:
        """Return the shape of the value of the node at this position; `()` for a number."""
        return tuple(np.shape(self._values[index]))

    @property
    def inputs(self) -> dict[str, Any]:
        """The inputs' values, by name."""
        return {name: self.value_at(index) for name, index in self.graph.inputs.items()}

    @cached_property
    def timeline(self) -> Timeline:
        """The steps of this run in order, with a cursor that moves both ways."""
        from graphtutor.timeline import Timeline

        return Timeline(self)

    def backward_graph(self, *names: str) -> Graph:
        """Return the backward pass as a graph of gates; see `graphtutor.engine.second.backward_graph`."""
        from graphtutor.engine.second import backward_graph

        return backward_graph(self, *names)

    def expand(self, which: Collection[str] | str | None = None) -> Run:
        """Return the run with composite gates spelled out; see `graphtutor.engine.expand.expand`."""
        from graphtutor.engine.expand import expand

        return expand(self, which)

    def collapse(self, which: Collection[str] | str | None = None) -> Run:
        """Return the run with parts closed into one box each; see `graphtutor.engine.collapse.collapse`."""
        from graphtutor.engine.collapse import collapse

        return collapse(self, which)

    def _find(self, name: str | None) -> int:
        if name is None:
            return self.graph.output
        try:
            return self.graph.node(name).index
        except KeyError:
            known = [node.key for node in self.graph.nodes if node.name]
            raise InputError(
                f"there is no {shorten(name)} in this graph{near_misses(name, known) or '; it has ' + listed(known)}"
            ) from None


def run(graph: Graph, inputs: Mapping[str, Any]) -> Run:
    """Run a graph forward and backward; see `Graph.run`."""
    return backward(graph, *forward(graph, bind(graph, inputs)))


def bind(graph: Graph, inputs: Mapping[str, Any]) -> dict[str, Array]:
    """Return a float64 value for every input of the graph; given values override the text's own."""
    for name in inputs:
        if name not in graph.inputs:
            known = list(graph.inputs)
            hint = near_misses(name, known) or (f"; the inputs are {listed(known)}" if known else "; it has no inputs")
            why = f" (statement {name!r} is not used by {graph.output_name})" if name in graph.unused else ""
            raise InputError(
                f"a value is given for {shorten(name)}, which is not an input of this expression{why}{hint}"
            )
    bound = {}
    missing = [name for name in graph.inputs if name not in inputs and name not in graph.given]
    if missing:
        example = " ".join(f"{name}=1" for name in missing[:10] if len(name) <= 40)
        raise InputError(f"no value is given for {listed(missing)}; add for example: {example or 'x=1'}")
    for name in graph.inputs:
        value = inputs.get(name, graph.given.get(name))
        try:
            if value is None:  # NumPy would make NaN of it
                raise TypeError
            array = np.array(value, dtype=np.float64)
        except (TypeError, ValueError, OverflowError):
            raise InputError(
                f"the value of {name!r} is no number, nor a regular list of numbers: {value!r:.60}"
            ) from None
        if array.size == 0:
            raise InputError(f"the value of {name!r} is empty; give at least one number")
        bound[name] = array[()]
    return bound


def forward(graph: Graph, inputs: Mapping[str, Array]) -> tuple[list[Array], list[Fault]]:
    """Compute every value. Faults are recorded, never raised."""
    values: list[Array] = []
    faults: list[Fault] = []
    with np.errstate(all="ignore"):
        for node in graph.nodes:
            if node.gate.name == "input":
                value = inputs[node.key]
            elif node.gate.name == "constant":
                value = as_float64(node.constant)
            else:
                arguments = tuple(values[arg] for arg in node.args)
                value = _compute(graph, node, arguments)
                if not finite(value) and all(map(finite, arguments)):
                    faults.append(Fault(node.index, _kind(node.gate, arguments, value), "forward"))
            if node.gate.is_source and not finite(value):
                faults.append(Fault(node.index, "given", "forward"))
            values.append(value)
    return values, faults


def _compute(graph: Graph, node: Node, arguments: tuple[Array, ...]) -> Array:
    try:
        return as_float64(node.gate.forward(*arguments, **node.settings if node.gate.options else {}))
    except (ValueError, IndexError, TypeError) as error:
        said = misfit(f"the {node.gate.symbol} gate ({node.key})", arguments, error)
        where = node.place
        if graph.text is None or where is None:
            raise InputError(said) from None
        raise ExpressionError(said, graph.text, where.line, where.column + 1) from None


def misfit(gate: str, arguments: tuple[Array, ...], error: Exception) -> str:
    """Say which shapes do not fit which gate."""
    shapes = " and ".join(str(np.shape(argument)) for argument in arguments)
    wants = f"cannot combine the shapes {shapes}" if len(arguments) > 1 else f"does not fit the shape {shapes}"
    tells = len(arguments) == 1 or isinstance(error, np.exceptions.AxisError)
    return f"{gate} {wants}: {error}" if tells else f"{gate} {wants}"


def backward(
    graph: Graph,
    values: list[Array],
    faults: Sequence[Fault] = (),
    *,
    seed: Array | None = None,
    send: Send | None = None,
    gather: Gather | None = None,
) -> Run:
    """Send the gradient from the output back to the inputs, in reverse order. No recursion.

    `seed` is the output's gradient, by default 1 in every element. `send` and `gather` say what a gate sends to its
    slots and what arrives at a node, by default the truth; `engine.wrong` gives others.
    """
    send, gather = send or contributions, gather or gathered
    found = list(faults)
    uses = graph.uses
    grads: list[Array | None] = [None] * len(values)
    parts: list[tuple[Array | None, ...]] = [(None,) * len(node.args) for node in graph.nodes]
    if graph.depends[graph.output]:
        grads[graph.output] = as_float64(np.ones(np.shape(values[graph.output])) if seed is None else seed)
    with np.errstate(all="ignore"):
        for node in reversed(graph.nodes):
            index = node.index
            if index != graph.output and uses[index]:
                arrived = [parts[edge.target][edge.slot] for edge in uses[index]]
                grads[index] = gather(node, [part for part in arrived if part is not None])
            upstream = grads[index]
            if upstream is None or node.gate.is_source:
                continue
            if node.gate.name == "copy":
                parts[index] = (upstream,)
                continue
            arguments = tuple(values[arg] for arg in node.args)
            sent = parts[index] = send(node, arguments, values[index], upstream, graph.depends)
            if finite(upstream) and finite(values[index]) and all(map(finite, arguments)):
                found += [
                    Fault(index, _kind(node.gate, arguments, part), "backward", slot)
                    for slot, part in enumerate(sent)
                    if part is not None and not finite(part)
                ]
    return Run(graph, values, grads, parts, tuple(found))


def contributions(
    node: Node, arguments: tuple[Array, ...], out: Array, upstream: Array, depends: list[bool]
) -> tuple[Array | None, ...]:
    """Return what a gate sends to each slot, `None` where no gradient flows."""
    gate = node.gate
    if gate.inside is not None:
        from graphtutor.engine.composite import pull

        parts = pull(gate, arguments, upstream)
        return tuple(part if depends[arg] else None for part, arg in zip(parts, node.args, strict=True))
    rules = contributions_of(gate, shapes=tuple(a.shape for a in arguments))
    settings = node.settings if gate.options else {}
    return tuple(
        sum_to(as_float64(rule(*arguments_of(gate, arguments, settings, slot), out, upstream)), arguments[slot].shape)
        if rule is not None and depends[arg]
        else None
        for slot, (rule, arg) in enumerate(zip(rules, node.args, strict=True))
    )


def gathered(node: Node, parts: list[Array], wrong: Wrong | None = None) -> Array | None:
    """Return what arrives at a node: the one contribution, or what a copy gate makes of all of them."""
    if not parts:
        return None
    if node.gate.name != "copy":
        return parts[0]
    combine = contributions_of(node.gate, wrong)[0]
    assert combine is not None
    return as_float64(combine(None, None, np.stack(parts)))


def sum_to(gradient: Array, shape: tuple[int, ...]) -> Array:
    """Sum a gradient over the axes along which a value of this shape was broadcast; broadcasting is copying."""
    if gradient.shape == shape:
        return gradient
    gradient = np.asarray(gradient)
    if gradient.ndim < len(shape) or any(
        have < want for have, want in zip(gradient.shape[::-1], shape[::-1], strict=False)
    ):
        return np.broadcast_to(gradient, shape).copy()  # a rule such as `1` that did not grow to the value's shape
    extra = gradient.ndim - len(shape)
    axes = (
        *range(extra),
        *(extra + axis for axis, size in enumerate(shape) if size == 1 and gradient.shape[extra + axis] != 1),
    )
    return as_float64(gradient.sum(axis=axes).reshape(shape))


def _kind(gate: Gate, arguments: tuple[Array, ...], result: Array) -> str:
    if gate.inside is not None:
        from graphtutor.engine.composite import fault

        return fault(gate, arguments, result)
    if not in_domain(gate, arguments):
        return gate.outside
    return not_finite(result)


def not_finite(result: Array) -> str:
    """Return the kind of fault that a result shows by itself."""
    return "undefined" if np.isnan(result).any() else "overflow"


def finite(value: Array) -> bool:
    """Whether every element is neither NaN nor infinite."""
    if value.__class__ is np.float64:
        return math.isfinite(value)
    return bool(np.isfinite(value).all())


def as_float64(value: Any) -> Array:
    """Return the value as a float64 scalar or array."""
    return value if value.__class__ is np.float64 else np.asarray(value, dtype=np.float64)[()]


def plain(value: Array | None) -> Any:
    """Return a float for a number, the array for an array, `None` for none."""
    if value.__class__ is np.float64:
        return float(value)
    if value is None or np.ndim(value):
        return value
    return float(value)
