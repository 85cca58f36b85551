"""The engine against its peers, as medians of ratios measured side by side in one process.

    python tests/benchmarks/bench_engine.py [--quick] [W1 W2 W3 W4 ...]

Prints a Markdown table: how many times the peer's time is ours, and for NumPy by hand how many times its time we take.
Peers are optional: what is not installed is left out (`pip install micrograd autograd casadi "jax[cpu]" torch`).
"""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import random
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from itertools import pairwise
from typing import Any

for _library in ("OPENBLAS", "OMP", "MKL", "VECLIB_MAXIMUM"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")
os.environ.setdefault("JAX_ENABLE_X64", "1")


import numpy as np  # noqa: E402  one thread must be said before

import graphtutor as gt  # noqa: E402

Work = Callable[[], object]
QUICK = False


def peer(name: str) -> Any:
    """Return the module, or `None` when it is not installed."""
    try:
        found = importlib.import_module(name)
    except ImportError:
        return None
    if name == "torch":
        found.set_num_threads(1)
    return found


def ratio(ours: Work, theirs: Work, seconds: float = 2.0, least: int = 1) -> float:
    """Return the median of theirs / ours over interleaved rounds, in about so many seconds.

    A side runs at least so often in a row, as in a loop of training steps, after the garbage of the other is collected:
    so it pays for its own.
    """

    def clock(work: Work, repeat: int) -> float:
        if least > 1:
            gc.collect()
        start = time.perf_counter()
        for _ in range(repeat):
            work()
        return (time.perf_counter() - start) / repeat

    for _ in range(3):
        once = clock(ours, 1), clock(theirs, 1)
    repeats = [max(least, int(0.005 / t)) for t in once]
    round_time = sum(n * t for n, t in zip(repeats, once, strict=True))
    rounds = 5 if QUICK else max(5, min(201, int(seconds / round_time)))
    found = []
    for _ in range(rounds):
        mine = clock(ours, repeats[0])
        found.append(clock(theirs, repeats[1]) / mine)
    return statistics.median(found)


def row(work: str, against: str, number: float, goal: str = "") -> None:
    """Print one line of the table."""
    print(f"| {work} | {against} | {number:,.3g} | {goal} |", flush=True)


# W1: graphs of numbers


def program(gates: int) -> Callable[[list[Any], Callable[[Any], Any]], Any]:
    """Return a random scalar program of so many gates, as a function of leaves of any library."""
    rng = random.Random(gates)
    lines = []
    count, made = 4, 0
    while made < gates:
        a, b = (rng.randrange(max(0, count - 20), count) for _ in range(2))
        text, cost = rng.choice(
            [
                (f"(V[{a}] + V[{b}]) * 0.5", 2),
                (f"(V[{a}] - V[{b}]) * 0.5", 2),
                (f"V[{a}] * V[{b}]", 1),
                (f"relu(V[{a}])", 1),
                (f"V[{a}] ** 2", 1),
            ]
        )
        lines.append(f"    V.append({text})")
        count += 1
        made += cost
    lines.append(f"    V.append({' + '.join(f'V[{n}]' for n in range(max(0, count - 20), count))})")
    parts = []
    for start in range(0, len(lines), 1000):
        space: dict[str, Any] = {}
        exec("def part(V, relu):\n" + "\n".join(lines[start : start + 1000]), space)
        parts.append(space["part"])

    def build(leaves: list[Any], relu: Callable[[Any], Any]) -> Any:
        values = list(leaves)
        for part in parts:
            part(values, relu)
        return values[-1]

    return build


def readme(leaves: list[Any], relu: Callable[[Any], Any]) -> Any:
    """Compute the expression of micrograd's README: 24 gates."""
    a, b = leaves[:2]
    c = a + b
    d = a * b + b**3
    c = c + (c + 1)
    c = c + (1 + c + (-a))
    d = d + (d * 2 + relu(b + a))
    d = d + (3 * d + relu(b - a))
    e = c - d
    f = e**2
    g = f / 2.0
    return g + 10.0 / f


DATA = [-4.0, 2.0, 1.5, 0.75]
SIZES: dict[int, str] = {24: "5", 100: "5", 1000: "5", 10_000: "10", 100_000: "10"}


def hinge(x: Any) -> Any:
    return x * (x > 0)


def scalar_graph(gates: int) -> Any:
    return readme if gates == 24 else program(gates)


def names(count: int) -> list[str]:
    return [f"x{n}" for n in range(count)]


def w1() -> None:
    """Measure graphs of numbers, built and differentiated once, and run again with new inputs.

    micrograd comes first: what the other peers load makes Python collect garbage more rarely, which helps micrograd.
    """
    sizes = [gates for gates in SIZES if not QUICK or gates <= 10_000]
    if micrograd := peer("micrograd.engine"):
        for gates in sizes:
            against_micrograd(micrograd, gates)
    for gates in sizes:
        if gates <= 10_000:
            other_peers(gates)


def against_micrograd(micrograd: Any, gates: int) -> None:
    """Measure one graph of numbers against micrograd."""
    build, data = scalar_graph(gates), inputs_of(gates)
    ours, least = one_shot(build, data), 3 if gates >= 1000 else 1

    def recorded() -> None:
        with gt.without_collection():
            ours()

    def theirs() -> None:
        build([micrograd.Value(x) for x in data], micrograd.Value.relu).backward()

    title, goal = f"W1 one-shot, {gates:,} gates", f"≥ {SIZES[gates]}"
    row(title, "micrograd", ratio(ours, theirs, 4, least), goal)
    row(f"{title}, `gt.without_collection()`", "micrograd", ratio(recorded, theirs, 4, least), goal)
    with paused():
        row(f"{title}, collection off for both", "micrograd", ratio(ours, theirs, 4, least))
    if gates <= 10_000:
        compiled, inputs = one_graph(build, data)
        title, goal = f"W1 rerun, {gates:,} gates", "≥ 15" if gates >= 100 else ""
        kept = ratio(lambda: compiled.run(inputs), theirs, 3, least)
        row(f"{title}, everything kept", "micrograd", kept, goal)
        lean = ratio(lambda: compiled.value_and_grad(inputs), theirs, 3, least)
        row(f"{title}, gradients of the inputs", "micrograd", lean)


def inputs_of(gates: int) -> list[float]:
    return DATA if gates == 24 else [x / 8 for x in DATA]


def one_shot(build: Any, data: list[float]) -> Work:
    return lambda: build([gt.var(tag, x) for tag, x in zip(names(4), data, strict=True)], gt.relu).backward()


def one_graph(build: Any, data: list[float]) -> tuple[Any, dict[str, float]]:
    graph = build([gt.var(tag, x) for tag, x in zip(names(4), data, strict=True)], gt.relu).graph
    return graph.compile(), {tag: x for tag, x in zip(names(4), data, strict=True) if tag in graph.inputs}


def other_peers(gates: int) -> None:
    """Measure one graph of numbers against torch, autograd, jax and CasADi."""
    torch, autograd, jax, casadi = peer("torch"), peer("autograd"), peer("jax"), peer("casadi")
    build, data = scalar_graph(gates), inputs_of(gates)
    ours, title = one_shot(build, data), f"W1 one-shot, {gates:,} gates"
    if torch and gates <= 1000:

        def tensors() -> None:
            build([torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in data], torch.relu).backward()

        row(title, "torch", ratio(ours, tensors, 1))
    if autograd and gates <= 1000:
        grad = autograd.grad(lambda *xs: build(list(xs), hinge), (0, 1, 2, 3))
        row(title, "autograd", ratio(ours, lambda: grad(*data), 1))
    compiled, inputs = one_graph(build, data)

    def lean() -> Any:
        return compiled.value_and_grad(inputs)

    title = f"W1 rerun, {gates:,} gates, gradients of the inputs"
    if jax and gates <= 1000:
        both = jax.jit(jax.value_and_grad(lambda *xs: build(list(xs), jax.nn.relu), (0, 1, 2, 3)))
        xs = [np.float64(x) for x in data]
        row(title, "jax jit", ratio(lean, lambda: jax.block_until_ready(both(*xs)), 1))
    if casadi:
        symbols = [casadi.SX.sym(tag) for tag in names(4)]
        value = build(symbols, lambda x: casadi.fmax(x, 0))
        gradient = casadi.vertsplit(casadi.gradient(value, casadi.vertcat(*symbols)))
        machine = casadi.Function("f", symbols, [value, *gradient])
        row(title, "CasADi", ratio(lean, lambda: machine(*data), 1))


def paused() -> AbstractContextManager[None]:
    """Pause garbage collection."""
    return gt.without_collection() if gc.isenabled() else nullcontext()


# W2: micrograd's demo


def w2() -> None:
    """Measure one step of an MLP(2, [16, 16, 1]) on 100 moons, of numbers and of arrays."""
    micrograd, torch, jax = peer("micrograd.nn"), peer("torch"), peer("jax")
    rng = np.random.default_rng(0)
    points, sides = rng.normal(size=(100, 2)), np.sign(rng.normal(size=100))
    random.seed(1337)
    sizes = [2, 16, 16, 1]
    weights = [[rng.uniform(-1, 1, n + 1).tolist() for _ in range(m)] for n, m in pairwise(sizes)]

    parameters: list[Any] = []

    def neuron(xs: list[Any], row: list[float], last: bool) -> Any:
        own = [gt.var(f"w{len(parameters) + n}", w) for n, w in enumerate(row)]
        parameters.extend(own)
        total = sum((w * x for w, x in zip(own, xs, strict=False)), own[-1])
        return total if last else gt.relu(total)

    xs = [gt.var("x0", 0.5), gt.var("x1", -0.5)]
    for layer in weights:
        xs = [neuron(xs, row, layer is weights[-1]) for row in layer]
    loss = gt.relu(1 - gt.var("y", 1.0) * xs[0]) * 0.01 + sum(p * p for p in parameters) * 1e-6
    one = loss.graph.compile(wrt=[p.name for p in parameters])
    batch = {p.name: p.value for p in parameters} | {"x0": points[:, 0].copy(), "x1": points[:, 1].copy(), "y": sides}

    def lifted() -> Any:
        return one.run(batch)

    def by_hand() -> Any:
        z1 = points @ w1 + b1
        h1 = np.maximum(z1, 0)
        z2 = h1 @ w2_ + b2
        h2 = np.maximum(z2, 0)
        margin = 1 - sides * (h2 @ w3 + b3)
        total = np.maximum(margin, 0).sum() * 0.01 + 1e-4 * (
            sum((w * w).sum() for w in (w1, b1, w2_, b2, w3)) + b3 * b3
        )
        g = (margin > 0) * sides * -0.01
        g2 = np.multiply.outer(g, w3) * (z2 > 0)
        g1 = (g2 @ w2_.T) * (z1 > 0)
        return total, (
            points.T @ g1 + 2e-4 * w1, g1.sum(0) + 2e-4 * b1, h1.T @ g2 + 2e-4 * w2_, g2.sum(0) + 2e-4 * b2,
            h2.T @ g + 2e-4 * w3, g.sum() + 2e-4 * b3,
        )  # fmt: skip

    (w1, b1), (w2_, b2), (w3, b3) = (
        (np.array([row[:-1] for row in layer]).T.squeeze().copy(), np.array([row[-1] for row in layer]).squeeze())
        for layer in weights
    )
    b3 = float(b3)

    def model(
        w1: Any, b1: Any, w2: Any, b2: Any, w3: Any, b3: Any, x: Any, y: Any, relu: Any = gt.relu, np: Any = np
    ) -> Any:
        score = relu(relu(x @ w1 + b1) @ w2 + b2) @ w3 + b3
        squares = sum(np.sum(w * w) for w in (w1, b1, w2, b2, w3)) + b3 * b3
        return np.sum(relu(1 - y * score)) * 0.01 + 1e-4 * squares

    leaves = [w1, b1, w2_, b2, w3, b3]
    tags = ["w1", "b1", "w2", "b2", "w3", "b3"]
    arrays = gt.compile(model, *leaves, points, sides, wrt=tags)
    inputs = dict(zip([*tags, "x", "y"], [*leaves, points, sides], strict=True))
    value, grads = arrays.value_and_grad(inputs)
    truth = by_hand()
    assert np.isclose(value, truth[0]) and all(np.allclose(a, b) for a, b in zip(grads.values(), truth[1], strict=True))
    assert np.isclose(lifted().value().sum(), truth[0])

    def step() -> Any:
        return arrays.value_and_grad(inputs)

    if micrograd:
        net = micrograd.MLP(2, [16, 16, 1])
        value_of = peer("micrograd.engine").Value

        def theirs() -> None:
            scores = [net([value_of(a), value_of(b)]) for a, b in points.tolist()]
            losses = [(1 - y * s).relu() for y, s in zip(sides.tolist(), scores, strict=True)]
            total = sum(losses) * 0.01 + 1e-4 * sum(p * p for p in net.parameters())
            net.zero_grad()
            total.backward()

        row(
            "W2 scalars, one sample's graph over the batch, everything kept",
            "micrograd",
            ratio(lifted, theirs, 20),
            "≥ 1,000",
        )
        row("W2 array gates, rerun", "micrograd", ratio(step, theirs, 20), "≥ 10,000")
    row("W2 array gates, rerun", "time of NumPy by hand", 1 / ratio(step, by_hand), "≤ 1.2")
    row("W2 scalars over the batch, everything kept", "time of NumPy by hand", 1 / ratio(lifted, by_hand))
    if torch:
        ts = [torch.tensor(leaf, dtype=torch.float64, requires_grad=True) for leaf in leaves]
        tx, ty = torch.tensor(points), torch.tensor(sides)

        def tensors() -> None:
            for t in ts:
                t.grad = None
            model(*ts, tx, ty, torch.relu, torch).backward()

        row("W2 array gates, rerun", "torch", ratio(step, tensors), "≥ 1")
        row("W2 scalars over the batch, everything kept", "torch", ratio(lifted, tensors))
    if jax:
        both = jax.jit(jax.value_and_grad(lambda *ws: model(*ws, jax.nn.relu, jax.numpy), (0, 1, 2, 3, 4, 5)))
        row(
            "W2 array gates, rerun",
            "jax jit",
            ratio(step, lambda: jax.block_until_ready(both(*leaves, points, sides))),
            "≥ 1",
        )
        device = [jax.numpy.asarray(x) for x in (*leaves, points, sides)]
        row(
            "W2 array gates, rerun",
            "jax jit, its own arrays",
            ratio(step, lambda: jax.block_until_ready(both(*device))),
        )


# W3: a vectorised network


def w3() -> None:
    """Measure one gradient of a 64-64-10 MLP with softmax cross entropy, 32 samples."""
    torch, jax, autograd = peer("torch"), peer("jax"), peer("autograd")
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(32, 64)), np.eye(10)[rng.integers(0, 10, 32)]
    leaves = [rng.normal(size=(64, 64)) / 8, np.zeros(64), rng.normal(size=(64, 10)) / 8, np.zeros(10)]
    w1, b1, w2, b2 = leaves
    tags = ["w1", "b1", "w2", "b2"]

    def loss(w1: Any, b1: Any, w2: Any, b2: Any, x: Any, y: Any) -> Any:
        return gt.softmax_cross_entropy(gt.relu(x @ w1 + b1) @ w2 + b2, y)

    def by_hand() -> Any:
        z1 = x @ w1 + b1
        h = np.maximum(z1, 0)
        z = h @ w2 + b2
        s = z - z.max(axis=1, keepdims=True)
        e = np.exp(s)
        t = e.sum(axis=1, keepdims=True)
        value = -(y * (s - np.log(t))).sum() / 32
        dz = (e / t - y) / 32
        dh = dz @ w2.T
        dh *= z1 > 0
        return value, (x.T @ dh, dh.sum(axis=0), h.T @ dz, dz.sum(axis=0))

    compiled = gt.compile(loss, *leaves, x, y, wrt=tags)
    inputs = dict(zip([*tags, "x", "y"], [*leaves, x, y], strict=True))
    value, grads = compiled.value_and_grad(inputs)
    truth = by_hand()
    assert np.isclose(value, truth[0]) and all(np.allclose(a, b) for a, b in zip(grads.values(), truth[1], strict=True))

    def eager() -> None:
        ws = [gt.var(tag, leaf) for tag, leaf in zip(tags, leaves, strict=True)]
        loss(*ws, x, y).backward()

    def step() -> Any:
        return compiled.value_and_grad(inputs)

    row("W3 compiled", "time of NumPy by hand", 1 / ratio(step, by_hand), "≤ 1.1")
    row("W3 compiled, everything kept", "time of NumPy by hand", 1 / ratio(lambda: compiled.run(inputs), by_hand))
    row("W3 eager", "time of NumPy by hand", 1 / ratio(eager, by_hand), "≤ 1.4")
    if torch:
        ts = [torch.tensor(leaf, requires_grad=True) for leaf in leaves]
        tx, ty = torch.tensor(x), torch.tensor(y)

        def tensors() -> None:
            for t in ts:
                t.grad = None
            z = torch.relu(tx @ ts[0] + ts[1]) @ ts[2] + ts[3]
            torch.nn.functional.cross_entropy(z, ty).backward()

        row("W3 compiled", "torch", ratio(step, tensors))
        row("W3 eager", "torch", ratio(eager, tensors))
    if jax:

        def jax_loss(w1: Any, b1: Any, w2: Any, b2: Any, x: Any, y: Any) -> Any:
            z = jax.nn.relu(x @ w1 + b1) @ w2 + b2
            return -(y * jax.nn.log_softmax(z)).sum() / 32

        both = jax.jit(jax.value_and_grad(jax_loss, (0, 1, 2, 3)))
        device = [jax.numpy.asarray(a) for a in (*leaves, x, y)]
        row("W3 compiled", "jax jit, its own arrays", ratio(step, lambda: jax.block_until_ready(both(*device))))
    if autograd:
        anp = importlib.import_module("autograd.numpy")

        def autograd_loss(ws: Any) -> Any:
            z = anp.maximum(x @ ws[0] + ws[1], 0) @ ws[2] + ws[3]
            s = z - anp.max(z, axis=1, keepdims=True)
            return -anp.sum(y * (s - anp.log(anp.sum(anp.exp(s), axis=1, keepdims=True)))) / 32

        grad = autograd.value_and_grad(autograd_loss)
        row("W3 eager", "autograd", ratio(eager, lambda: grad(leaves)))


# W4: a deep chain


def w4() -> None:
    """Measure a chain of 100,000 gates: time, and memory per gate."""
    micrograd = peer("micrograd.engine")
    gates = 100_000

    def chain(x: Any) -> Any:
        for _ in range(gates // 2):
            x = x * 0.999 + 0.001
        return x

    def ours() -> None:
        chain(gt.var("x", 1.5)).backward()

    def recorded() -> None:
        with gt.without_collection():
            ours()

    if micrograd:

        def theirs() -> None:
            chain(micrograd.Value(1.5)).backward()

        row("W4 chain of 100,000 gates", "micrograd", ratio(ours, theirs, 10, 3), "≥ 20")
        row(
            "W4 chain of 100,000 gates, `gt.without_collection()`",
            "micrograd",
            ratio(recorded, theirs, 10, 3),
            "≥ 20",
        )
        row("W4 bytes per gate", "micrograd", memory(lambda: chain(micrograd.Value(1.5)), gates))
    row("W4 bytes per gate", "eager values", memory(lambda: chain(gt.var("x", 1.5)), gates), "≤ 160")


def memory(make: Callable[[], Any], gates: int) -> float:
    """Return the bytes per gate that a recorded graph holds after its backward pass."""
    import tracemalloc

    gc.collect()
    tracemalloc.start()
    made = make()
    made.backward()
    gc.collect()
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return held / gates


# W5: the command line


def w5() -> None:
    """Measure the start of the command line against a bare NumPy import."""

    def start(*words: str) -> Work:
        return lambda: subprocess.run([sys.executable, *words], check=True, capture_output=True)

    numpy = start("-c", "import numpy")
    explain = start("-m", "graphtutor", "explain", "f=(x+y)*z", "x=-2", "y=5", "z=-4")
    row("`graphtutor explain`", "time of `import numpy`", 1 / ratio(explain, numpy, 10), "≤ 1.5")


WORKS = {"W1": w1, "W2": w2, "W3": w3, "W4": w4, "W5": w5}


def main() -> None:
    """Run each work in a process of its own, in a thread with room for micrograd's recursion."""
    global QUICK
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("works", nargs="*", metavar="W", help=f"any of {', '.join(WORKS)}; default: all")
    parser.add_argument("--quick", action="store_true", help="few rounds, and nothing above 10,000 gates in W1")
    words = parser.parse_args()
    QUICK = words.quick
    works = words.works or list(WORKS)
    if works[0] in WORKS:
        print("| work | against | ratio | goal |\n|---|---|---|---|", flush=True)
        for name in works:  # each in a process of its own, where nothing of the others is loaded
            subprocess.run([sys.executable, __file__, *(["--quick"] if QUICK else []), f"only-{name}"], check=True)
        return
    sys.setrecursionlimit(1_000_000)
    threading.stack_size(512 * 1024 * 1024)
    worker = threading.Thread(target=WORKS[works[0].removeprefix("only-")])
    worker.start()
    worker.join()


if __name__ == "__main__":
    main()
