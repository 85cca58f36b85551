"""What every gate must do with arrays and options, whoever adds it: tested over the registry."""

from __future__ import annotations

import random
import re
from functools import cache

import networkx as nx
import numpy as np
import pytest
from arrays import close, skeleton, slopes, through_json

import graphtutor as gt
from graphtutor.engine.expand import expand
from graphtutor.engine.rules import in_domain, kink_distance, rule
from graphtutor.engine.value import apply
from graphtutor.engine.wrong import backward
from graphtutor.explain import languages
from graphtutor.gates import Role, all_gates
from graphtutor.graph.view import from_networkx
from graphtutor.report import as_json, from_json

GATES = [gate for gate in all_gates().values() if not gate.is_source and gate.name != "copy"]
ELEMENTWISE = [gate for gate in GATES if gate.local]

AXES = [{}, {"axis": 0}, {"axis": -1, "keepdims": True}, {"axis": (0, 2)}, {"axis": (-1, 0), "keepdims": True}]
REDUCED = [([(4,)], {}), ([(2, 3)], {"axis": 1}), ([()], {}), *(([(2, 3, 2)], options) for options in AXES)]
PRODUCTS = [
    ((3,), (3,)),
    ((2, 3), (3,)),
    ((3,), (3, 2)),
    ((2, 3), (3, 4)),
    ((2, 2, 3), (3,)),
    ((3,), (2, 3, 2)),
    ((2, 2, 3), (3, 2)),
    ((2, 3), (2, 3, 2)),
    ((2, 2, 3), (2, 3, 2)),
    ((1, 2, 3), (4, 3, 2)),
    ((2, 1, 2, 3), (4, 3, 2)),
]
DOTS = [
    ((), ()),
    ((), (3,)),
    ((2, 3), ()),
    ((), (2, 2, 2)),
    ((2, 1, 2), ()),
    ((3,), (3,)),
    ((2, 3), (3,)),
    ((3,), (3, 2)),
    ((2, 3), (3, 4)),
    ((2, 2, 3), (3,)),
    ((3,), (2, 3, 2)),
    ((2, 2, 3), (3, 2)),
    ((2, 3), (2, 3, 2)),
    ((2, 2, 3), (4, 3, 2)),
]
PLACES = [
    (slice(None, None, -1), slice(1, None)),
    1,
    -1,
    (slice(None), 0),
    (Ellipsis, None, 1),
    (None, 1, -1),
    slice(0, 2, 2),
    [0, 2, 0],
    ([0, 1], [1, 1]),
    ([[0, 1], [2, 2]], slice(0, 1)),
]
LOSSES = [([(4,), (4,)], {}), ([(2, 3), (2, 3)], {}), ([(2, 3), (3,)], {}), ([(3,), (2, 3)], {})]
SOFTMAXES = [([(4,)], {}), ([(2, 3)], {}), ([(2, 3)], {"axis": 0}), ([(2, 2, 2)], {"axis": 1})]
SQUARES = [([(3, 3)], {}), ([(2, 2, 2)], {})]

SAMPLES = {
    **dict.fromkeys(("sum", "mean", "max", "min", "prod", "logsumexp"), REDUCED),
    **dict.fromkeys(("softmax", "log_softmax"), SOFTMAXES),
    "sort": [([(5,)], {}), ([(3, 4)], {"axis": 0}), ([(2, 3, 2)], {"axis": -2})],
    "reshape": [
        ([(2, 3)], {"shape": (3, 2)}),
        ([(2, 3)], {"shape": -1}),
        ([(6,)], {"shape": (1, -1, 2)}),
        ([()], {"shape": (1, 1)}),
    ],
    "transpose": [
        ([(2, 3)], {}),
        ([(4,)], {}),
        ([(2, 3, 4)], {"axes": (1, 2, 0)}),
        ([(2, 3, 4)], {"axes": (-1, 0, 1)}),
    ],
    "index": [([(3, 4)], {"index": place}) for place in PLACES],
    "scatter": [([(3,)], {"index": [0, 2, 2], "shape": (4,)}), ([(2,)], {"index": (slice(0, 2), 1), "shape": (3, 2)})],
    "broadcast": [([(3,)], {"shape": (2, 3)}), ([(2, 1)], {"shape": (2, 4)}), ([()], {"shape": 3})],
    "collect": [([(2, 3)], {"shape": (3,)}), ([(2, 4)], {"shape": (2, 1)}), ([(3,)], {"shape": ()})],
    "concat": [
        ([(2,), (3,), (1,)], {}),
        ([(2, 3), (2, 1)], {"axis": -1}),
        ([(2, 1, 2)] * 3, {"axis": 1}),
        ([(3,)], {}),
    ],
    "stack": [([(2,), (2,)], {}), ([(2, 3), (2, 3)], {"axis": -1}), ([(), (), ()], {}), ([(2, 3)] * 2, {"axis": 1})],
    "matmul": [(list(shapes), {}) for shapes in PRODUCTS],
    "dot": [(list(shapes), {}) for shapes in DOTS],
    "outer": [([(2,), (3,)], {}), ([(2, 2), (3,)], {}), ([(), (3,)], {})],
    "entropy": [([(4,)], {}), ([(2, 3)], {"base": 2})],
    "cross_entropy": [([(4,), (4,)], {}), ([(2, 3), (3,)], {"base": 2})],
    "kl": [([(4,), (4,)], {}), ([(2, 3), (2, 3)], {"base": 10})],
    **dict.fromkeys(("mse", "bce", "bce_logits"), LOSSES),
    "softmax_cross_entropy": [*LOSSES, ([(2, 2, 3), (2, 2, 3)], {}), ([(2, 2, 3), (3,)], {})],
    **dict.fromkeys(("inv", "det", "logabsdet", "cholesky"), SQUARES),
    "solve": [([(3, 3), (3,)], {}), ([(3, 3), (3, 2)], {}), ([(2, 2, 2), (2, 2, 3)], {})],
    "pinv": [([(3, 2)], {}), ([(2, 3)], {}), ([(2, 3, 2)], {})],
}
"""Shapes and options for every structured gate; a new one needs a line here."""

LIKE_NUMPY = {
    **{
        name: getattr(np, name)
        for name in ("sum", "mean", "max", "min", "prod", "sort", "transpose", "matmul", "dot", "outer")
    },
    "reshape": lambda x, shape: x.reshape(shape),
    "index": lambda x, index: x[index],
    "broadcast": np.broadcast_to,
    "concat": lambda *parts, axis=0: np.concatenate(parts, axis),
    "stack": lambda *parts, axis=0: np.stack(parts, axis),
    **{name: getattr(np.linalg, name) for name in ("inv", "det", "solve", "pinv", "cholesky")},
    "logabsdet": lambda x: np.log(np.abs(np.linalg.det(x))),
    "logsumexp": lambda x, **options: np.log(np.sum(np.exp(x), **options)),
    "softmax": lambda z, axis=-1: np.exp(z) / np.exp(z).sum(axis=axis, keepdims=True),
    "log_softmax": lambda z, axis=-1: z - np.log(np.exp(z).sum(axis=axis, keepdims=True)),
    "entropy": lambda p, base=np.e: -(p * np.log(p)).sum() / np.log(base),
    "cross_entropy": lambda p, q, base=np.e: -(p * np.log(q)).sum() / np.log(base),
    "kl": lambda p, q, base=np.e: (p * np.log(p / q)).sum() / np.log(base),
    "mse": lambda p, t: ((p - t) ** 2).mean(),
    "bce": lambda p, t: -(t * np.log(p) + (1 - t) * np.log(1 - p)).mean(),
    "bce_logits": lambda z, t: np.mean(-t * np.log(1 / (1 + np.exp(-z))) - (1 - t) * np.log(1 / (1 + np.exp(z)))),
    "softmax_cross_entropy": lambda z, t: np.mean(-(t * np.log(np.exp(z) / np.exp(z).sum(-1, keepdims=True))).sum(-1)),
}


def name_of(value):
    return getattr(value, "name", None) or getattr(value, "id", str(value))


@cache
def scalars(gate):
    """Draw points where an elementwise gate is defined, not close to a kink."""
    draw = random.Random(gate.name)
    found = []
    for _ in range(4000):
        point = tuple(float(draw.random() < 0.5) if name == "c" else draw.uniform(-2.5, 2.5) for name in gate.inputs)
        near = [tuple(x + d for x in point) for d in (-0.25, 0.0, 0.25)]
        calm = min(map(abs, point)) > 0.05 or "c" in gate.inputs or gate.name.startswith("logical")
        gentle = abs(gate.forward(*point)) < 6 if all(in_domain(gate, at) for at in near) else False
        if calm and gentle and kink_distance(gate, point) > 0.1:
            found.append(point)
    assert len(found) > 20, f"{gate.name} has hardly any domain"
    return found


@cache
def cases(gate):
    """Return samples: the arguments, the options."""
    draw = np.random.default_rng(len(gate.name))
    if gate.local:
        points = np.array(scalars(gate)[:6])
        flat = [([*column], {}) for column in (points.T, points[:1].T)]
        square = [([*points.T.reshape(len(gate.inputs), 2, 3)], {})]
        return [*flat, *square, ([*(column[0] for column in points.T)], {})]
    assert gate.name in SAMPLES, f"add samples of shapes and options for {gate.name}"
    found = []
    for shapes, options in SAMPLES[gate.name]:
        arrays = []
        for slot, shape in enumerate(shapes):
            name = "parts" if gate.variadic else gate.inputs[slot]
            array = (
                draw.uniform(0.15, 0.85, shape)
                if name in ("p", "q", "probability", "target")
                else draw.normal(size=shape)
            )
            if gate.name == "cholesky":
                array = array @ np.swapaxes(array, -1, -2)
            if gate.name in ("inv", "det", "logabsdet", "solve", "cholesky") and not slot:
                array = array + 2 * np.eye(shape[-1])
            arrays.append(array[()])
        found.append((arrays, options))
    return found


ALL = [
    pytest.param(gate, n, id=f"{gate.name}-{n}")
    for gate in GATES
    for n in range(len(cases(gate)))
    if gate.role is not Role.STOPPER
]


def program(gate, arguments, options):
    """Return a scalar function of the gate's inputs, made of it and weights, for plain arrays and for values."""
    out = np.asarray(gate.forward(*arguments, **options))
    draw = np.random.default_rng(5)
    weights = draw.uniform(0.5, 1.5, out.shape) * draw.choice([-1, 1], out.shape)

    def loss(*inputs):
        if any(isinstance(x, gt.Value) for x in inputs):
            return np.sum(apply(gate, *inputs, **options) * weights)
        return np.sum(gate.forward(*inputs, **options) * weights)

    return loss


def differentiable(gate, arguments):
    return tuple(n for n in range(len(arguments)) if gate.variadic or gate.inputs[n] != "c")


def graph_of(gate, n):
    arguments, options = cases(gate)[n]
    return gt.trace(program(gate, arguments, options), *arguments)


def test_every_gate_has_samples():
    assert all(len(cases(gate)) > 1 for gate in GATES)


@pytest.mark.parametrize(("gate", "n"), ALL)
def test_value_is_numpy_s(gate, n):
    arguments, options = cases(gate)[n]
    like = LIKE_NUMPY.get(gate.name) or getattr(np, gate.name, None)
    out = gate.forward(*arguments, **options)
    if like is not None:
        expected = like(*arguments, **options)
        assert np.shape(out) == np.shape(expected)
        np.testing.assert_allclose(out, expected, rtol=1e-12, atol=1e-14)
    assert apply(gate, *arguments, **options).shape == np.shape(out)


@pytest.mark.parametrize(("gate", "n"), ALL)
def test_gradient_is_the_slope_of_the_value(gate, n):
    arguments, options = cases(gate)[n]
    loss = program(gate, arguments, options)
    measured = slopes(loss, arguments)
    chosen = differentiable(gate, arguments)
    for slot, gradient in zip(chosen, gt.grad(loss, chosen)(*arguments), strict=True):
        close(gradient, measured[slot])
    graph, inputs = gt.trace(loss, *arguments)
    run = graph.run(inputs)
    for slot, name in enumerate(inputs):
        if slot in chosen:
            close(run.grad(name), measured[slot])


@pytest.mark.parametrize(("gate", "n"), ALL)
def test_second_derivative_is_the_slope_of_the_gradient(gate, n):
    arguments, options = cases(gate)[n]
    loss = program(gate, arguments, options)
    chosen = differentiable(gate, arguments)
    draw = np.random.default_rng(3)
    ways = [draw.normal(size=np.shape(arguments[slot])) for slot in chosen]

    def along(*inputs):
        return sum(np.sum(np.sin(part) * way) for part, way in zip(gt.grad(loss, chosen)(*inputs), ways, strict=True))

    found = gt.grad(along, chosen)(*arguments)
    measured = slopes(along, arguments)
    for slot, gradient in zip(chosen, found, strict=True):
        close(gradient, measured[slot], 1e-5)


TWO = [gate for gate in ELEMENTWISE if len(gate.inputs) == 2 and gate.role is not Role.STOPPER]


@pytest.mark.parametrize(
    "shapes", [((), (3,)), ((2, 3), ()), ((3,), (2, 3)), ((2, 1), (1, 3)), ((2, 1, 2), (3, 1)), ((1,), (4,))], ids=str
)
@pytest.mark.parametrize("gate", TWO, ids=name_of)
def test_broadcasting_is_copying(gate, shapes):
    one, other = scalars(gate)[0]
    near = np.random.default_rng(1)
    arguments = [(x + near.uniform(-0.03, 0.03, shape))[()] for x, shape in zip((one, other), shapes, strict=True)]
    loss = program(gate, arguments, {})
    assert np.shape(gate.forward(*arguments)) == np.broadcast_shapes(*shapes)
    for found, measured in zip(gt.grad(loss, (0, 1))(*arguments), slopes(loss, arguments), strict=True):
        close(found, measured)
    names = [gt.var(name, x) for name, x in zip("xy", arguments, strict=True)]
    loss(*names).backward()
    for value, found in zip(names, gt.grad(loss, (0, 1))(*arguments), strict=True):
        np.testing.assert_array_equal(value.grad, found)


@pytest.mark.parametrize(("gate", "n"), [case for case in ALL if case.values[0].expansion])
def test_expansion_is_the_same_function(gate, n):
    graph, inputs = graph_of(gate, n)
    whole = graph.run(inputs)
    apart = expand(whole, [gate.name])
    assert gate.name not in {node.gate.name for node in apart.graph.nodes}
    close(apart.value(), whole.value(), 1e-12)
    for name in inputs:
        zero = np.zeros(np.shape(whole.value(name)))  # a flat gate sends zeros, its expansion need not send anything
        close(
            zero if apart.grad(name) is None else apart.grad(name),
            zero if whole.grad(name) is None else whole.grad(name),
            1e-9,
        )
    arguments, options = cases(gate)[n]
    spelled = rule(gate.expansion, gate.names)(*arguments, *{**gate.options, **options}.values())
    close(spelled, gate.forward(*arguments, **options), 1e-12)


WRONGS = [pytest.param(gate, wrong, id=wrong.id) for gate in GATES for wrong in gate.wrong]


@pytest.mark.parametrize(("gate", "wrong"), WRONGS)
def test_wrong_rule_is_wrong_somewhere(gate, wrong):
    for n in range(len(cases(gate))):
        graph, inputs = graph_of(gate, n)
        right = graph.run(inputs)
        mistaken = backward(right, wrong)
        if any(  # NaN where the shapes do not fit: as good a way to be wrong
            not np.allclose(mistaken.grad(name), right.grad(name), 1e-6, 1e-9)
            for name in inputs
            if right.grad(name) is not None
        ):
            return
    raise AssertionError(f"{wrong.id} is right everywhere")


@pytest.mark.parametrize("lang", sorted(languages()))
@pytest.mark.parametrize(("gate", "n"), ALL)
def test_every_step_is_explained(gate, n, lang):
    graph, inputs = graph_of(gate, n)
    for step in graph.run(inputs).timeline:
        said = step.explain(lang)
        assert said.text and said.formula and said.numbers
        assert "{" not in said.text and "axis=axis" not in said.formula + said.numbers


@pytest.mark.parametrize("gate", ELEMENTWISE, ids=name_of)
def test_large_arrays_are_explained(gate):
    if gate.role is Role.STOPPER:
        return
    arguments = [np.tile(column, 4) for column in np.array(scalars(gate)[:5]).T]
    graph, inputs = gt.trace(program(gate, arguments, {}), *arguments)
    for step in graph.run(inputs).timeline:
        assert len(step.explain("en").text) < 700


@pytest.mark.parametrize(("gate", "n"), [case for case in ALL if case.values[0].name != "scatter"])
def test_graph_comes_back_from_text_json_and_networkx(gate, n):
    graph, inputs = graph_of(gate, n)
    assert skeleton(gt.parse(str(graph), names=inputs)) == skeleton(graph)
    run = graph.run(inputs)
    data = through_json(as_json(run))
    again = from_json(data)
    assert skeleton(again.graph) == skeleton(graph)
    assert through_json(as_json(again)) == data
    links = through_json(nx.node_link_data(graph.to_networkx(), edges="links"))
    view = nx.node_link_graph(links, edges="links")
    assert skeleton(from_networkx(view)) == skeleton(graph)


PROGRAMS = """
f = sum(x[0])
f = sum(x[-1, 1:])
f = sum(x[::-2, ..., None])
f = x[1, -1] * x[0][0]
f = sum(x[[0, 1, 0]])
f = sum(x[[[0, 1], [1, 0]], :2])
f = sum(x[None, 0])
f = sum(x[...])
f = mean((x @ [[1], [2], [3]])**2, axis=0)[0]
f = sum(max(x, axis=1, keepdims=True) - min(x, axis=[0, 1]))
f = sum(logsumexp(x, axis=-1)); x = [[1, 2, 3], [4, 5.5, -6e-9]]
h = softmax(x); f = entropy(h, base=2) + sum(h.T @ h)
f = sum(reshape(x, [3, 2]) @ transpose(x, [1, 0]).T)
f = sum(stack([x, x * 2], axis=1) - [0.1, -inf, nan])
f = sum(concat([x, -x], axis=-1)[:, 1:-1])
f = sum(where(x > 0, x, where(logical_or(x < -1, x == 2), -x, 0)))
t = greater(x, 0); f = sum(where(t, x, 2) * t)
f = dot(x[0], x[1]) + sum(broadcast(x[0], shape=[2, 2, 3]))
f = mse(x, [[1, 2, 3], [4, 5, 6]]) + bce_logits(x, 1) + kl(softmax(x[0]), [0.2, 0.3, 0.5])
W = [[0.1, 0.5], [-0.3, 0.8]]; b = [0.2, 0.4]; f = sum((W @ b)**2)
f = det(x @ x.T) + sum(solve(x @ x.T, [1, 2])) + sum(inv(x @ x.T))
f = sum(sort(x, axis=0)) + sum(prod(x, axis=[0, -1]))
""".strip().split("\n")


@pytest.mark.parametrize("text", PROGRAMS)
def test_program_is_what_it_is_written_as(text):
    graph = gt.parse(text)
    assert skeleton(gt.parse(str(graph))) == skeleton(graph)
    inputs = {} if "x" not in graph.inputs or "x" in graph.given else {"x": [[0.5, -2.0, 3.0], [1.5, 0.25, 2.0]]}
    run = graph.run(inputs)
    data = through_json(as_json(run))
    assert through_json(as_json(from_json(data))) | {"expression": ""} == data | {"expression": ""}
    view = nx.node_link_graph(through_json(nx.node_link_data(graph.to_networkx(), edges="links")), edges="links")
    assert skeleton(from_networkx(view)) == skeleton(graph)


NONSENSE = {
    "f = x[0.5]": "whole number",
    "f = x[[1, [2]]]": "whole number",
    "f = x[y]": "whole number",
    "f = sum(x, axis=y)": "plain number",
    "f = sum(x, axes=0)": "axis, keepdims",
    "f = sum(x, 0, axis=1)": "twice",
    "f = reshape(x)": "shape",
    "f = logical_and(x, 1) + (x > 0)": "comparison",
    "f = concat()": "at least one",
}


@pytest.mark.parametrize(("text", "said"), NONSENSE.items())
def test_nonsense_is_refused_with_its_column(text, said):
    with pytest.raises(gt.GraphtutorError, match=said) as error:
        gt.parse(text)
    assert error.value.column


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("x % y", "mod(x, y)"),
        ("where((x > 0) & (y > 0), x, y)", "where(logical_and(x > 0, y > 0), x, y)"),
        ("where(x > 0 and y > 0, x, y)", "where(logical_and(x > 0, y > 0), x, y)"),
        ("where((x > 0) | (y > 0), x, y)", "where(logical_or(x > 0, y > 0), x, y)"),
        ("where(~(x > 0), x, y)", "where(logical_not(x > 0), x, y)"),
        ("np.exp(x) + y", "exp(x) + y"),
        ("x.sum() + y", "sum(x) + y"),
    ],
)
def test_what_is_refused_says_what_to_write_and_that_is_read(wrong, right):
    function = re.search(r"[a-z_]+(?=\()", right.replace("where(", "")).group()
    with pytest.raises(gt.GraphtutorError, match=rf"`.*{function}\(.*`"):
        gt.parse(f"f = {wrong}")
    run = gt.parse(f"f = {right}").run(x=3.5, y=2.0)
    expected = {
        "mod": 1.5,
        "logical_and": 3.5,
        "logical_or": 3.5,
        "logical_not": 2.0,
        "exp": np.exp(3.5) + 2,
        "sum": 5.5,
    }
    assert run.value() == pytest.approx(expected[function])


SHAPES = {
    "f = sum(a + b)": ("+", "(2,) and (3,)", 9),
    "f = sum(2 * a @ b)": ("@", "(2,) and (3,)", 9),
    "f = mse(a, b)": ("MSE", "(2,) and (3,)", 5),
    "f = sum(concat([a, 1]))": ("concat", "(2,) and ()", 9),
    "f = sum(a, axis=1)": ("sum", "(2,)", 5),
    "f = a[5]": ("[ ]", "(2,)", 5),
    "f = sum(reshape(a, [3]))": ("reshape", "(2,)", 9),
    "f = sum(reshape(a, 1.5))": ("reshape", "(2,)", 9),
    "f = sum(inv(a))": ("inv", "(2,)", 9),
}


@pytest.mark.parametrize(("text", "said"), SHAPES.items())
def test_shape_error_names_the_gate_the_shapes_and_the_place(text, said):
    symbol, shapes, column = said
    graph = gt.parse(text)
    inputs = {name: value for name, value in {"a": [1, 2], "b": [1, 2, 3]}.items() if name in graph.inputs}
    with pytest.raises(gt.GraphtutorError) as error:
        graph.run(inputs)
    assert f"the {symbol} gate" in str(error.value) and shapes in str(error.value)
    assert error.value.column == column
    with pytest.raises(gt.GraphtutorError, match="gate"):
        gt.var("a", [1, 2]) + gt.var("b", [1, 2, 3])


def run(text, **inputs):
    return gt.parse(text).run(inputs)


def test_ties_are_shared():
    assert run("f = max(x)", x=[2, 1, 2]).grad("x").tolist() == [0.5, 0, 0.5]
    assert run("f = sum(max(x, axis=0))", x=[[2, 1], [2, 3], [2, 3]]).grad("x").tolist() == [
        [1 / 3, 0],
        [1 / 3, 0.5],
        [1 / 3, 0.5],
    ]
    assert run("f = sum(maximum(x, y))", x=[1, 2, 3], y=[1, 0, 5]).grad("x").tolist() == [0.5, 1, 0]
    assert run("f = sum(relu(x) + abs(x))", x=[0, -1, 1]).grad("x").tolist() == [0, -1, 2]


def test_nothing_times_the_log_of_nothing_is_nothing():
    p = [0, 0.5, 0.5]
    assert run("f = entropy(p)", p=p).value() == pytest.approx(np.log(2))
    assert run("f = cross_entropy([0, 1], q)", q=[0, 1]).value() == 0
    assert run("f = cross_entropy([0, 1], q)", q=[0, 1]).grad("q").tolist() == [0, -1]
    assert run("f = kl([0, 1], q)", q=[0.5, 0.5]).grad("q").tolist() == [0, -2]
    assert run("f = softmax_cross_entropy(z, [0, 1])", z=[-1e308, 1e308]).value() == 0
    assert run("f = bce(p, [0, 1])", p=[0, 1]).value() == 0
    assert run("f = bce(p, [0, 1])", p=[0, 1]).grad("p").tolist() == [0.5, -0.5]


def test_losses_are_means_and_the_softmax_one_sums_over_the_last_axis():
    z, t = np.arange(24.0).reshape(2, 3, 4) / 7, np.eye(4)[[[0, 1, 2], [3, 0, 1]]]
    assert run("f = mse(z, t)", z=z, t=t).value() == pytest.approx(((z - t) ** 2).sum() / 24)
    entropies = np.log(np.exp(z).sum(-1)) - (z * t).sum(-1)
    assert run("f = softmax_cross_entropy(z, t)", z=z, t=t).value() == pytest.approx(entropies.sum() / 6)
    softmax = np.exp(z) / np.exp(z).sum(-1, keepdims=True)
    close(run("f = softmax_cross_entropy(z, t)", z=z, t=t).grad("z"), (softmax - t) / 6, 1e-14)
    assert run("f = softmax_cross_entropy(z, t)", z=z[0, 0], t=t[0, 0]).value() == pytest.approx(entropies[0, 0])


@pytest.mark.parametrize("size", [50, 800, 1e15])
def test_large_logits_stay_finite_and_right(size):
    z = np.array([size, -size, 0.0])
    assert run("f = softmax_cross_entropy(z, [0, 1, 0])", z=z).value() == pytest.approx(2 * size)
    close(run("f = softmax_cross_entropy(z, [0, 1, 0])", z=z).grad("z"), [1, -1, 0], 1e-12)
    assert run("f = bce_logits(z, [0, 1, 1])", z=z).value() == pytest.approx((2 * size + np.log(2)) / 3)
    close(run("f = bce_logits(z, [0, 1, 1])", z=z).grad("z"), [1 / 3, -1 / 3, -1 / 6], 1e-12)
    assert run("f = logsumexp(z)", z=z).value() == pytest.approx(size)
    assert not run("f = sum(log_softmax(z) * softmax(z)) + sum(sigmoid(z) + softplus(z))", z=z).faults


def test_product_with_zeros_gives_each_element_the_product_of_the_others():
    assert run("f = prod(x)", x=[0, 2, 3]).grad("x").tolist() == [6, 0, 0]
    assert run("f = sum(prod(x, axis=1))", x=[[0, 0, 3], [1, 0, 3]]).grad("x").tolist() == [[0, 0, 0], [0, 3, 0]]
    assert not run("f = prod(x)", x=[0, 2, 3]).faults
    close(gt.hessian(np.prod)(np.array([0.0, 2.0, 3.0])), [[0, 3, 2], [3, 0, 0], [2, 0, 0]])


FAULTS = {
    "f = sum(1 / x)": ("div1", "division by zero"),
    "f = sum(log(x - 1))": ("log1", "domain"),
    "f = sum(exp(x * 1000))": ("exp1", "overflow"),
    "f = sum(inv(x[:2] @ [[0, 0]]))": ("inv1", "undefined"),
    "f = sum(x * [1, 2, inf])": ("constant1", "given"),
}


@pytest.mark.parametrize(("text", "fault"), FAULTS.items())
def test_first_element_that_stops_being_finite_is_flagged(text, fault):
    x = [[0.0], [0.0]] if "inv" in text else [0.0, 1.0, 2.0]
    found = run(text, x=x)
    assert (found.graph.nodes[found.faults[0].node].key, found.faults[0].kind) == fault


def test_slope_that_is_not_finite_is_flagged_going_back():
    found = run("f = sum(sqrt(x))", x=[0.0, 1.0])
    assert [(fault.direction, fault.slot) for fault in found.faults] == [("backward", 0)]
    assert found.grad("x")[1] == 0.5


def test_gradient_that_no_path_carries_is_none():
    assert run("f = sum(where(x > y, 1, 2) * y)", x=[1, 2], y=[2, 1]).grad("x") is None
