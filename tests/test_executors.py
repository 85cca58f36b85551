"""Every executor of a compiled graph gives what `Graph.run` gives: values, gradients, contributions, faults."""

from __future__ import annotations

import gc
import math
import random
from typing import Any

import numpy as np
import pytest

import graphtutor as gt
from graphtutor.engine import compiled
from graphtutor.engine.run import Run
from graphtutor.errors import InputError
from graphtutor.gates import all_gates, functions

UNARY = (
    "exp",
    "sin",
    "cos",
    "tanh",
    "sigmoid",
    "relu",
    "leaky_relu",
    "softplus",
    "gelu",
    "square",
    "abs",
    "erf",
    "sign",
)
BINARY: dict[str, Any] = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: y - x,
    "mul": lambda x, y: x * y * 0.7,
    "maximum": lambda x, y: gt.maximum(x, y),
    "minimum": lambda x, y: gt.minimum(x, y),
    "hypot": lambda x, y: gt.hypot(x, y),
}


def random_graph(seed: int, gates: int = 40, where: bool = False) -> Any:
    """Return a random graph of numbers with fan-out, constants and ties."""
    rng = random.Random(seed)
    values: list[Any] = [gt.var(f"x{n}", rng.uniform(-1, 1)) for n in range(4)]
    for _ in range(gates):
        x, y = rng.choice(values[-8:]), rng.choice([*values[-8:], rng.choice([0.5, 2.0, -1.0])])
        choice = rng.random()
        if choice < 0.3:
            made = getattr(gt, rng.choice(UNARY))(x)
        elif where and choice < 0.4:
            made = gt.where(x > y, x * 2, y if isinstance(y, gt.Value) else x)
        elif choice < 0.5:
            made = x / (gt.square(y) + 1.5) if isinstance(y, gt.Value) else x / 3
        elif choice < 0.6:
            made = x**2
        else:
            made = BINARY[rng.choice(sorted(BINARY))](x, y)
        values.append(gt.tanh(made) if rng.random() < 0.3 else made)
    return sum(values[4:], values[0] * 0.1).graph


def same(found: Any, true: Any) -> bool:
    if found is None or true is None:
        return found is true
    return np.shape(found) == np.shape(true) and np.allclose(found, true, rtol=1e-9, atol=1e-12, equal_nan=True)


def assert_same(found: Run, true: Run) -> None:
    for node in true.graph.nodes:
        index = node.index
        assert same(found.value_at(index), true.value_at(index)), f"value of {node.key}"
        assert same(found.grad_at(index), true.grad_at(index)), f"gradient of {node.key}"
        for slot in range(len(node.args)):
            assert same(found.contribution_at(index, slot), true.contribution_at(index, slot)), (
                f"slot {slot} of {node.key}"
            )
    assert found.faults == true.faults


def assert_program(graph: Any, inputs: dict[str, Any]) -> None:
    true = graph.run(inputs)
    program = graph.compile()
    assert_same(program.run(inputs), true)
    assert_same(program.run(inputs), true)
    with np.errstate(all="ignore"):
        value, grads = program.value_and_grad(inputs)
    assert same(value, true.value())
    assert list(grads) == list(graph.inputs)
    assert all(same(grad, true.grad(name)) for name, grad in grads.items())


def numbers(graph: Any, seed: int) -> dict[str, Any]:
    rng = random.Random(seed)
    return {name: rng.uniform(-2, 2) for name in graph.inputs}


@pytest.mark.parametrize("seed", range(25))
def test_straight_line_python_is_graph_run(seed: int) -> None:
    graph = random_graph(seed)
    assert_program(graph, numbers(graph, seed))


def test_straight_line_python_is_cut_into_parts_that_agree() -> None:
    graph = random_graph(1, gates=900)
    assert_program(graph, numbers(graph, 1))


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize("batched", [("x0",), ("x1", "x3"), ("x0", "x1", "x2", "x3")])
def test_groups_over_a_batch_are_graph_run(
    seed: int, batched: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled, "MANY", 0)
    graph = random_graph(seed, where=seed % 2 == 1)
    inputs = numbers(graph, seed)
    rng = np.random.default_rng(seed)
    arrays = {name: rng.normal(size=(5,)) for name in batched if name in inputs}
    assert_program(graph, inputs | arrays)


def test_a_batch_may_have_any_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "MANY", 0)
    graph = random_graph(3)
    assert_program(graph, numbers(graph, 3) | {"x0": np.linspace(-1, 1, 6).reshape(2, 3)})


def test_a_layer_and_long_sums_over_a_batch_are_graph_run() -> None:
    rng = random.Random(0)
    weights: list[Any] = []

    def neuron(xs: list[Any]) -> Any:
        own = [gt.var(f"w{len(weights) + n}", rng.uniform(-1, 1)) for n in range(len(xs) + 1)]
        weights.extend(own)
        return gt.relu(sum((w * x for w, x in zip(own, xs, strict=False)), own[-1]))

    xs = [gt.var("x0", 0.1), gt.var("x1", 0.2)]
    for _ in range(2):
        xs = [neuron(xs) for _ in range(4)]
    graph = (sum(xs) + sum(w * w for w in weights) * 0.01).graph
    inputs = {w.name: w.value for w in weights}
    assert_program(graph, inputs | {"x0": np.linspace(-1, 1, 7), "x1": np.linspace(2, -1, 7)})


@pytest.mark.parametrize("seed", range(10))
def test_straight_line_numpy_is_graph_run(seed: int) -> None:
    graph = random_graph(seed, where=True)
    arrays = {"x1": np.linspace(-1, 1, 3), "x0": np.linspace(0.5, 2, 2)[:, None]}
    assert_program(
        graph, numbers(graph, seed) | {name: array for name, array in arrays.items() if name in graph.inputs}
    )


ARRAYS = [
    "sum((W @ x)**2)",
    "softmax_cross_entropy(x @ W + v, softmax(x, axis=-1))",
    "mean(sigmoid(W) * softplus(W.T)) + sum(max(W, axis=0)) + sum(min(x))",
    "sum(logsumexp(W, axis=1) * v[0:3]) + prod(v)",
    "sum(softmax(W, axis=0) * log_softmax(W, axis=1) * W)",
    "sum(reshape(W, shape=[9])[2:5] * v) + dot(x, v) + mse(x, v)",
    "sum(where(W > v, W, v * 2)) + sum(concat(x, v)) + sum(stack(x, v))",
    "bce_logits(x, sigmoid(v)) + sum(W * 1.0) / 4 + sum(x**3) + kl(softmax(x), softmax(v))",
    "W * x + v",
    "x",
    "sum(x + v)",
    "3 + 0 * sum(x)",
]


@pytest.mark.parametrize("text", ARRAYS)
def test_arrays_are_graph_run(text: str) -> None:
    graph = gt.parse(f"f = {text}")
    rng = np.random.default_rng(len(text))
    known = {"W": rng.normal(size=(3, 3)), "x": rng.normal(size=3), "v": rng.normal(size=3)}
    assert_program(graph, {name: known[name] for name in graph.inputs})


@pytest.mark.parametrize(
    "name", sorted(name for name, kind in all_gates().items() if kind.local and name in functions())
)
def test_every_elementwise_gate_agrees_on_numbers_arrays_and_batches(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = all_gates()[name]
    count = len(kind.inputs)
    if name == "where" or kind.options or None in kind.local:
        pytest.skip("has no plain call on numbers")
    graph = gt.parse(f"f = {name}({', '.join('xyz'[:count])})")
    for points in ([0.7, 1.9], [-0.4, 2.0], [0.5, 0.5], [0.0, 0.0], [-3.0, 0.0], [800.0, -800.0], [math.inf, math.nan]):
        assert_program(graph, dict(zip("xyz", points[:count], strict=False)))
    inputs = {"x": np.array([0.5, -0.4, 0.0, 800.0]), "y": 0.5}
    assert_program(graph, {name: inputs[name] for name in graph.inputs})
    monkeypatch.setattr(compiled, "MANY", 0)
    assert_program(graph, {name: inputs[name] for name in graph.inputs})


@pytest.mark.parametrize(
    ("text", "x"),
    [
        ("1 / x", 0.0),
        ("log(x)", -1.0),
        ("log(x) * 0", 0.0),
        ("exp(x) - exp(x)", 1000.0),
        ("x**0.5", -2.0),
        ("abs(x)", math.nan),
    ],
)
def test_faults_are_those_of_graph_run(text: str, x: float) -> None:
    graph = gt.parse(f"f = {text}")
    assert_program(graph, {"x": x})
    assert_program(graph, {"x": np.array([x, 1.0])})
    assert graph.compile().run(x=x).faults


@pytest.mark.parametrize("inputs", [{"x": 2.0, "y": 3.0}, {"x": np.arange(3.0), "y": 3.0}])
@pytest.mark.parametrize("many", [0, 100])
def test_a_run_keeps_its_numbers_when_the_program_runs_again(
    inputs: dict[str, Any], many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled, "MANY", many)
    graph = gt.parse("f = exp(x * y) + x")
    program = graph.compile()
    first = program.run(inputs)
    value, (_, grads) = first.value(), program.value_and_grad(inputs)
    others = [program.run(x=np.asarray(inputs["x"]) + n, y=5.0) for n in range(3)]
    program.value_and_grad(x=np.asarray(inputs["x"]) + 7, y=5.0)
    del others
    program.run(x=np.asarray(inputs["x"]) * 0, y=0.0)
    assert_same(first, graph.run(inputs))
    assert same(value, graph.run(inputs).value())
    assert all(same(grad, graph.run(inputs).grad(name)) for name, grad in grads.items())


def test_a_run_keeps_its_inputs_when_the_caller_writes_into_them() -> None:
    program = gt.parse("f = sum(x**2)").compile()
    x = np.array([1.0, 2.0])
    run = program.run(x=x)
    x[:] = 9
    assert run.value_at(run.graph.inputs["x"]).tolist() == [1, 2]
    run.value_at(run.graph.inputs["x"])[:] = 7
    assert run.grad("x").tolist() == [2, 4]


def test_gradients_are_arrays_of_their_own() -> None:
    program = gt.parse("f = sum(x + y)").compile()
    _, grads = program.value_and_grad(x=np.ones(2), y=np.ones(2))
    grads["x"] *= 5
    assert grads["y"].tolist() == [1, 1]


def test_other_shapes_compile_again() -> None:
    program = gt.parse("f = sum(x * y)").compile()
    for shape in ((), (2,), (2, 3), (2,)):
        x = np.full(shape, 2.0)[()]
        value, grads = program.value_and_grad(x=x, y=3.0)
        assert value == 6 * x.size
        assert same(grads["x"], np.full(shape, 3.0)[()])
        assert program.run(x=x.tolist(), y=3).value() == value


def test_shapes_that_do_not_fit_are_refused_as_by_graph_run() -> None:
    graph = gt.parse("f = sum(x @ y)")
    for call in (graph.run, graph.compile().run, graph.compile().value_and_grad):
        with pytest.raises((InputError, gt.GraphtutorError), match="cannot combine the shapes"):
            call(x=np.ones((2, 3)), y=np.ones(2))


def test_inputs_are_checked_as_by_graph_run() -> None:
    program = gt.parse("f = x * y; y = 2").compile()
    assert program.value_and_grad(x=3) == (6.0, {"x": 2.0, "y": 3.0})
    for call in (program.run, program.value_and_grad):
        with pytest.raises(InputError, match="not an input"):
            call(x=1.0, z=2.0)
        with pytest.raises(InputError, match="no value is given for x"):
            call(y=1.0)
        with pytest.raises(InputError, match="is no number"):
            call(x="a")


def test_only_the_wanted_gradients_are_computed() -> None:
    program = gt.compile(lambda w, x: np.sum(np.tanh(x @ w)), np.ones(3), np.ones((2, 3)), wrt=["w"])
    value, grads = program.value_and_grad(w=np.ones(3), x=np.ones((2, 3)))
    assert list(grads) == ["w"]
    assert same(value, 2 * math.tanh(3))
    with pytest.raises(InputError, match="no input 'v'"):
        program.graph.compile(wrt=["v"])


def test_a_chain_of_100_000_gates_needs_no_recursion() -> None:
    x = y = gt.var("x", 0.5)
    for _ in range(50_000):
        y = y * 1.00001 + 0.000001
    y.backward()
    with gt.without_collection():
        value, grads = y.graph.compile().value_and_grad(x=0.5)
    assert same(value, y.value)
    assert same(grads["x"], x.grad)


def test_collection_goes_on_after_an_error() -> None:
    assert gc.isenabled()
    with pytest.raises(KeyError), gt.without_collection():
        assert not gc.isenabled()
        raise KeyError
    assert gc.isenabled()
    gc.disable()
    try:
        with gt.without_collection():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


@pytest.mark.parametrize("text", ARRAYS)
def test_eager_arrays_are_graph_run_the_first_time_and_later(text: str) -> None:
    graph = gt.parse(f"f = {text}")
    rng = np.random.default_rng(len(text))
    known = {"W": rng.normal(size=(3, 3)), "x": rng.normal(size=3), "v": rng.normal(size=3)}
    inputs = {name: known[name] for name in graph.inputs}
    true = graph.run(inputs)
    space = {name: getattr(gt, name) for name in functions()}
    for _ in range(3):
        values = {name: gt.var(name, value) for name, value in inputs.items()}
        made = eval(text.replace("[9]", "(9,)"), space | values)
        made.backward()
        assert same(made.value, true.value())
        for name, value in values.items():
            assert same(value.grad, true.grad(name))


def test_eager_gradients_of_leaves_are_arrays_of_their_own() -> None:
    for _ in range(3):
        x, y = gt.var("x", [1.0, 2.0]), gt.var("y", [3.0, 4.0])
        (x + y).backward()
        x.grad[:] = 9
        assert y.grad.tolist() == [1, 1]
