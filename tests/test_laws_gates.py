"""What every gate must do, whoever adds it: tested over the registry, against independent calculators."""

from __future__ import annotations

import math
import random
import re
import warnings

import numpy as np
import pytest
from oracles import DUAL, Dual, differences, dual

import graphtutor as gt
from graphtutor.engine.rules import contributions_of, in_domain, kink_distance, locals_of
from graphtutor.explain import explain, languages
from graphtutor.gates import Gate, Role, all_gates, functions
from graphtutor.timeline import Computed, Seeded, Sent, Summed

WHOLE = [gate for gate in all_gates().values() if not gate.is_source]
# The gates of numbers; those that need arrays have laws of their own.
GATES = [gate for gate in WHOLE if gate.name == "copy" or (gate.local and not gate.options and not gate.variadic)]
COMPUTING = [gate for gate in GATES if gate.name != "copy"]
WITH_EXPANSION = [gate for gate in COMPUTING if gate.expansion]
WRONGS = [(gate, wrong) for gate in GATES for wrong in gate.wrong]
BELIEFS = [(w.id, lang, w.belief.get(lang)) for gate in WHOLE for w in gate.wrong for lang in languages()]
HOLE = re.compile(r"[{}]|\bNone\b")


def by_name(value):
    return value.name if isinstance(value, Gate) else getattr(value, "id", str(value))


def points(gate: Gate, count: int = 8, digits: int = 12) -> list[tuple[float, ...]]:
    """Draw points in the gate's domain, a neighbourhood included, away from its kinks."""
    draw = random.Random(gate.name)
    found: list[tuple[float, ...]] = []
    for _ in range(2000):
        point = tuple(
            float(draw.random() < 0.5) if name == "c" else round(draw.uniform(-2.5, 2.5), digits)
            for name in gate.inputs
        )
        near = [tuple(x + d for x in point) for d in (-0.05, 0.0, 0.05)]
        calm = min(map(abs, point)) > 0.05 or gate.name == "where"
        if calm and kink_distance(gate, point) > 0.1 and all(in_domain(gate, at) for at in near):
            found.append(point)
        if len(found) == count:
            return found
    raise AssertionError(f"{gate.name} has hardly any domain")


def run_of(gate: Gate, point: tuple[float, ...]):
    return gt.parse(f"f = {as_operand(gate)}").run(dict(zip(gate.inputs, point, strict=True)))


def as_operand(gate: Gate) -> str:
    return f"where({gate.formula}, 1, 0)" if gate.role is Role.STOPPER else gate.formula


@pytest.mark.parametrize("gate", WHOLE, ids=by_name)
def test_gate_is_whole(gate):
    assert isinstance(gate.role, Role)
    assert gate.symbol.strip()
    assert gate.story["en"].strip() and gate.story["ko"].strip()
    assert re.search("[가-힣]", gate.story["ko"]), "the Korean story is not Korean"
    assert len(gate.rules(((2, 2),) * len(gate.inputs))) == len(gate.inputs)
    assert all(re.fullmatch(r"[a-z_0-9]+\.\w+", wrong.id) for wrong in gate.wrong)
    assert not HOLE.search("".join(gate.story.values()))


def test_ids_of_wrong_rules_are_unique():
    ids = [wrong.id for gate in WHOLE for wrong in gate.wrong]
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize(("wrong", "lang", "belief"), BELIEFS, ids=str)
def test_belief_is_told_in_every_language(wrong, lang, belief):
    assert belief and belief.strip() == belief
    assert not belief.endswith(".")
    assert bool(re.search("[가-힣]", belief)) == (lang == "ko")


@pytest.mark.parametrize("gate", COMPUTING, ids=by_name)
def test_value_agrees_with_the_textbook(gate):
    if gate.role is Role.STOPPER:
        expected = {
            "greater": lambda x, y: x > y,
            "greater_equal": lambda x, y: x >= y,
            "less": lambda x, y: x < y,
            "less_equal": lambda x, y: x <= y,
            "equal": lambda x, y: x == y,
            "not_equal": lambda x, y: x != y,
        }.get(gate.name) or getattr(np, gate.name)
        for point in [*points(gate), (1.0,) * len(gate.inputs)]:
            assert run_of(gate, point).value() == float(expected(*point))
        return
    if gate.functions and not set(gate.functions) & set(DUAL):
        pytest.skip("not among the dual numbers' functions; finite differences and NumPy check it")
    for point in points(gate):
        names = DUAL | {name: Dual(value) for name, value in zip(gate.inputs, point, strict=True)}
        assert run_of(gate, point).value() == pytest.approx(dual(eval(gate.formula, names)).value, rel=1e-12)


@pytest.mark.parametrize("gate", [g for g in COMPUTING if g.local], ids=by_name)
def test_local_gradient_agrees_with_centred_differences(gate):
    graph = gt.parse(f"f = {as_operand(gate)}")
    for point in points(gate):
        named = dict(zip(gate.inputs, point, strict=True))
        measured = differences(lambda at: float(graph.run(at).value()), named)
        arguments = tuple(map(np.float64, point))
        out = gate.forward(*arguments)
        for name, local in zip(gate.inputs, locals_of(gate), strict=True):
            if local is None:
                if name != "c":
                    assert measured[name] == 0
            else:
                assert float(local(*arguments, out)) == pytest.approx(measured[name], rel=1e-7, abs=1e-8), (name, point)


@pytest.mark.parametrize("gate", WITH_EXPANSION, ids=by_name)
def test_expansion_is_the_same_function(gate):
    whole, apart = gt.parse(f"f = {gate.formula}"), gt.parse(f"f = {gate.expansion}")
    assert gate.name not in {node.gate.name for node in apart.nodes}, "the expansion uses the gate itself"
    for point in points(gate):
        named = dict(zip(gate.inputs, point, strict=True))
        one, other = whole.run(named), apart.run({n: v for n, v in named.items() if n in apart.inputs})
        assert one.value() == pytest.approx(other.value(), rel=1e-10, abs=1e-12)
        for name in apart.inputs:
            assert one.grad(name) == pytest.approx(other.grad(name) or 0.0, rel=1e-9, abs=1e-11), (name, point)


@pytest.mark.parametrize(("gate", "wrong"), WRONGS, ids=by_name)
def test_wrong_rule_is_wrong_somewhere(gate, wrong):
    assert len(wrong.rule) == len(gate.inputs)
    right, mistaken = contributions_of(gate), contributions_of(gate, wrong)
    assert [r is None for r in right] == [m is None for m in mistaken]
    seen = False
    for point in points(gate) if gate.name != "copy" else [(1.0,)]:
        for upstream in (1.0, -1.7, 3.0):
            g = np.array([upstream, 2.0, -3.0]) if gate.name == "copy" else np.float64(upstream)
            arguments = tuple(map(np.float64, point))
            out = gate.forward(*arguments)
            for truth, belief in zip(right, mistaken, strict=True):
                if truth is not None and belief is not None:
                    found = float(belief(*arguments, out, g))
                    seen = seen or not math.isclose(found, float(truth(*arguments, out, g)), rel_tol=1e-6)
    assert seen, f"{wrong.id} is never wrong"


def some_run(gate: Gate):
    if gate.name == "copy":
        return gt.parse("f = x * x + x").run(x=1.5)
    return run_of(gate, points(gate, digits=1)[0])


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("gate", GATES, ids=by_name)
def test_every_step_is_explained_in_every_language(gate, lang):
    assert set(languages()) == {"en", "ko"}
    for step in some_run(gate).timeline:
        said = explain(step, lang)
        for text in (said.text, said.formula, said.numbers, *said.stages):
            assert text.strip() and not HOLE.search(text), text
        assert said.text[-1] in ".:" and "  " not in said.text
        assert bool(re.search("[가-힣]", said.text)) == (lang == "ko")
        in_english = explain(step, "en")
        assert (said.formula, said.numbers, said.stages) == (in_english.formula, in_english.numbers, in_english.stages)


# NumPy's functions of the same name, and over them the textbook's where the dual numbers know them.
CALCULATOR = (
    {name: getattr(np, name, choices[0].forward) for name, choices in functions().items()}
    | {
        name: (lambda f: lambda *args: f(*args).value if isinstance(f(*args), Dual) else f(*args))(known)
        if callable(known)
        else known
        for name, known in DUAL.items()
    }
    | {"inf": math.inf, "nan": math.nan}
)


@pytest.mark.parametrize("gate", GATES, ids=by_name)
def test_what_is_shown_is_what_is_computed(gate):
    runs = [some_run(gate)] if gate.name == "copy" else [run_of(gate, at) for at in points(gate, 5, digits=1)]
    for run in runs:
        for step in run.timeline:
            match step:
                case Computed():
                    truth = run.value_at(step.node)
                case Seeded() | Summed():
                    truth = run.grad_at(step.node)
                case Sent():
                    truth = run.contribution_at(step.node, step.slot)
            parts = step.explain().numbers.split(" = ")
            assert float(parts[-1]) == pytest.approx(truth, rel=5e-4, abs=1e-9)
            for part in parts:
                shown = float(eval(part, dict(CALCULATOR)))
                assert shown == pytest.approx(truth, rel=6e-3, abs=6e-4), step.explain().numbers


@pytest.mark.parametrize("gate", COMPUTING, ids=by_name)
def test_formula_of_a_step_with_values_put_in_gives_the_contribution(gate):
    for point in points(gate, 3, digits=1):
        run = run_of(gate, point)
        named = {node.key: run.value_at(node.index) for node in run.graph.nodes}
        for step in run.timeline:
            if isinstance(step, Sent):
                _, right = step.explain().formula.split(" = ", 1)
                for node in sorted(run.graph.nodes, key=lambda n: -len(n.key)):
                    right = right.replace(f"df/d{node.key} ", f"{run.grad_at(node.index)!r} ")
                shown = eval(right, CALCULATOR | named)
                assert shown == pytest.approx(run.contribution_at(step.node, step.slot), rel=1e-9, abs=1e-12), right


@pytest.mark.parametrize("name", ["max", "maximum", "min", "minimum"])
def test_a_tie_sends_one_half_to_each(name):
    run = gt.parse(f"f = 6 * {name}(x, y)").run(x=2, y=2)
    assert (run.grad("x"), run.grad("y")) == (3.0, 3.0)
    run = gt.parse(f"f = 6 * {name}(x, x)").run(x=2)
    assert run.grad("x") == 6.0


@pytest.mark.parametrize("name", ["relu", "abs", "sign"])
def test_slope_at_the_kink_is_zero(name):
    for zero in (0.0, -0.0):
        assert gt.parse(f"f = 5 * {name}(x)").run(x=zero).grad("x") == 0


SATURATING = {
    # gate: (value at -1000, at 1000), (slope at -1000, at 1000)
    "sigmoid": ((0.0, 1.0), (0.0, 0.0)),
    "tanh": ((-1.0, 1.0), (0.0, 0.0)),
    "softplus": ((0.0, 1000.0), (0.0, 1.0)),
    "gelu": ((0.0, 1000.0), (0.0, 1.0)),
    "erf": ((-1.0, 1.0), (0.0, 0.0)),
    "relu": ((0.0, 1000.0), (0.0, 1.0)),
    "leaky_relu": ((-10.0, 1000.0), (0.01, 1.0)),
}


@pytest.mark.parametrize("name", SATURATING)
@pytest.mark.parametrize("scale", [1, 1e150])
def test_far_out_everything_stays_finite(name, scale):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        graph = gt.parse(f"f = {name}(x)")
        for i, x in enumerate((-1000 * scale, 1000 * scale)):
            run = graph.run(x=x)
            value = SATURATING[name][0][i]
            assert run.value() == pytest.approx(value * scale if abs(value) > 1 else value)
            assert run.grad("x") == pytest.approx(SATURATING[name][1][i])
            assert run.faults == ()


@pytest.mark.parametrize("x", [-30.0, -745.0, 30.0, 36.0])
def test_sigmoid_keeps_its_small_side(x):
    value = gt.parse("f = sigmoid(x)").run(x=x).value()
    assert value == pytest.approx(math.exp(x) / (1 + math.exp(x)), rel=1e-12)


def test_corners_of_the_power():
    def at(text, **values):
        run = gt.parse(text).run(values)
        return run.value(), *(run.grad(name) for name in values)

    assert at("f = x**0", x=0) == (1.0, 0.0)
    assert at("f = x**0", x=-2) == (1.0, 0.0)
    assert at("f = x**1", x=0) == (0.0, 1.0)
    assert at("f = x**2", x=0) == (0.0, 0.0)
    assert at("f = x**2", x=-3) == (9.0, -6.0)
    assert at("f = x**3", x=-3) == (-27.0, 27.0)
    assert at("f = x**-1", x=-2) == (-0.5, -0.25)
    assert at("f = 0**y", y=2) == (0.0, 0.0)
    assert at("f = 0**y", y=0.5) == (0.0, 0.0)
    assert at("f = x**0.5", x=4) == (2.0, 0.25)
    value, slope_x, slope_y = at("f = x**y", x=2, y=3)
    assert (value, slope_x) == (8.0, 12.0) and slope_y == pytest.approx(8 * math.log(2))


def test_a_root_of_a_negative_number_is_flagged():
    run = gt.parse("f = x**(1/3)").run(x=-8)
    assert math.isnan(run.value())
    assert (run.graph.nodes[run.faults[0].node].key, run.faults[0].kind) == ("f", "domain")
    assert gt.parse("f = x**2").run(x=-8).faults == ()


@pytest.mark.parametrize(
    ("text", "values", "gate", "kind", "direction"),
    [
        ("f = 1/x", {"x": 0}, "div", "division by zero", "forward"),
        ("f = reciprocal(x)", {"x": 0}, "reciprocal", "division by zero", "forward"),
        ("f = log(x)", {"x": -1}, "log", "domain", "forward"),
        ("f = log(x)", {"x": 0}, "log", "domain", "forward"),
        ("f = sqrt(x)", {"x": -1}, "sqrt", "domain", "forward"),
        ("f = sqrt(x)", {"x": 0}, "sqrt", "overflow", "backward"),
        ("f = exp(x)", {"x": 1000}, "exp", "overflow", "forward"),
        ("f = x + y", {"x": math.nan, "y": 1}, "input", "given", "forward"),
        ("f = exp(log(x)) + 1", {"x": -1}, "log", "domain", "forward"),
    ],
)
def test_the_first_fault_is_where_it_began(text, values, gate, kind, direction):
    run = gt.parse(text).run(values)
    first = run.faults[0]
    assert (run.graph.nodes[first.node].gate.name, first.kind, first.direction) == (gate, kind, direction)
    assert len(run.faults) == 1


def test_no_log_zero():
    run = gt.parse("f = xlogy(x, y)").run(x=0, y=0)
    assert run.value() == 0.0
    assert gt.parse("f = xlogy(p, q)").run(p=0.5, q=0.25).value() == pytest.approx(0.5 * math.log(0.25))
