"""Oracles that share no code with the product: plain Python, centred finite differences, dual numbers."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import Any


def strict_json(text: str) -> Any:
    """Read JSON as the standard has it: no NaN, no Infinity, no key twice."""

    def refuse(word: str) -> Any:
        raise ValueError(f"{word} is not JSON")

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len({key for key, _ in pairs}) == len(pairs), f"a key twice: {pairs}"
        return dict(pairs)

    return json.loads(text, parse_constant=refuse, object_pairs_hook=unique)


def differences(function: Callable[[Mapping[str, float]], float], point: Mapping[str, float]) -> dict[str, float]:
    """Return the gradient by centred differences at two step sizes, extrapolated (Richardson): error O(h**4)."""

    def slope(name: str, h: float) -> float:
        return (function({**point, name: point[name] + h}) - function({**point, name: point[name] - h})) / (2 * h)

    found = {}
    for name, at in point.items():
        h = 1e-3 * max(1.0, abs(at))
        found[name] = (4 * slope(name, h / 2) - slope(name, h)) / 3
    return found


class Dual:
    """A number and its derivative in one direction: `a + b*eps` with `eps**2 = 0`."""

    def __init__(self, value: float, slope: float = 0.0) -> None:
        self.value = value
        self.slope = slope

    def __add__(self, other: Any) -> Dual:
        o = dual(other)
        return Dual(self.value + o.value, self.slope + o.slope)

    def __sub__(self, other: Any) -> Dual:
        o = dual(other)
        return Dual(self.value - o.value, self.slope - o.slope)

    def __mul__(self, other: Any) -> Dual:
        o = dual(other)
        return Dual(self.value * o.value, self.slope * o.value + self.value * o.slope)

    def __truediv__(self, other: Any) -> Dual:
        o = dual(other)
        return Dual(self.value / o.value, (self.slope * o.value - self.value * o.slope) / (o.value * o.value))

    def __pow__(self, other: Any) -> Dual:
        o = dual(other)
        value = math.pow(self.value, o.value)
        slope = 0.0
        if self.slope and o.value:
            slope += o.value * math.pow(self.value, o.value - 1) * self.slope
        if o.slope and value:
            slope += value * math.log(self.value) * o.slope
        return Dual(value, slope)

    def __radd__(self, other: Any) -> Dual:
        return dual(other) + self

    def __rsub__(self, other: Any) -> Dual:
        return dual(other) - self

    def __rmul__(self, other: Any) -> Dual:
        return dual(other) * self

    def __rtruediv__(self, other: Any) -> Dual:
        return dual(other) / self

    def __rpow__(self, other: Any) -> Dual:
        return dual(other) ** self

    def __neg__(self) -> Dual:
        return Dual(-self.value, -self.slope)

    def __pos__(self) -> Dual:
        return self

    def __gt__(self, other: Any) -> bool:
        return self.value > dual(other).value

    def __ge__(self, other: Any) -> bool:
        return self.value >= dual(other).value

    def __lt__(self, other: Any) -> bool:
        return self.value < dual(other).value

    def __le__(self, other: Any) -> bool:
        return self.value <= dual(other).value


def dual(value: Any) -> Dual:
    return value if isinstance(value, Dual) else Dual(float(value))


def _lift(value: Callable[[float], float], slope: Callable[[float], float]) -> Callable[[Any], Dual]:
    def function(x: Any) -> Dual:
        x = dual(x)
        return Dual(value(x.value), slope(x.value) * x.slope)

    return function


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


def _density(x: float) -> float:
    return math.exp(-x * x / 2) / math.sqrt(2 * math.pi)


def _cumulative(x: float) -> float:
    return math.erfc(-x / math.sqrt(2)) / 2


def _sign(x: float) -> float:
    return math.copysign(1.0, x) if x else 0.0


def _choose(first: bool, second: bool, x: Dual, y: Dual) -> Dual:
    if first:
        return x
    if second:
        return y
    return Dual(x.value, (x.slope + y.slope) / 2)  # a tie: one half to each


def _max(x: Any, y: Any) -> Dual:
    x, y = dual(x), dual(y)
    return _choose(x.value > y.value, y.value > x.value, x, y)


def _min(x: Any, y: Any) -> Dual:
    x, y = dual(x), dual(y)
    return _choose(x.value < y.value, y.value < x.value, x, y)


def _xlogy(x: Any, y: Any) -> Dual:
    x, y = dual(x), dual(y)
    return Dual(x.value * math.log(y.value), x.slope * math.log(y.value) + x.value / y.value * y.slope)


DUAL: dict[str, Any] = {
    "exp": _lift(math.exp, math.exp),
    "log": _lift(math.log, lambda x: 1 / x),
    "sqrt": _lift(math.sqrt, lambda x: 0.5 / math.sqrt(x)),
    "square": _lift(lambda x: x * x, lambda x: 2 * x),
    "reciprocal": _lift(lambda x: 1 / x, lambda x: -1 / (x * x)),
    "abs": _lift(abs, _sign),
    "sign": _lift(_sign, lambda x: 0.0),
    "sin": _lift(math.sin, math.cos),
    "cos": _lift(math.cos, lambda x: -math.sin(x)),
    "tan": _lift(math.tan, lambda x: 1 / math.cos(x) ** 2),
    "tanh": _lift(math.tanh, lambda x: 1 / math.cosh(x) ** 2 if abs(x) < 300 else 0.0),
    "sigmoid": _lift(_sigmoid, lambda x: _sigmoid(x) * _sigmoid(-x)),
    "softplus": _lift(lambda x: max(x, 0.0) + math.log1p(math.exp(-abs(x))), _sigmoid),
    "relu": _lift(lambda x: x if x > 0 else 0.0, lambda x: 1.0 if x > 0 else 0.0),
    "leaky_relu": _lift(lambda x: x if x > 0 else 0.01 * x, lambda x: 1.0 if x > 0 else 0.01),
    "erf": _lift(math.erf, lambda x: 2 / math.sqrt(math.pi) * math.exp(-x * x)),
    "gelu": _lift(lambda x: x * _cumulative(x), lambda x: _cumulative(x) + x * _density(x)),
    "max": _max,
    "maximum": _max,
    "min": _min,
    "minimum": _min,
    "where": lambda c, x, y: dual(x) if (c.value if isinstance(c, Dual) else c) else dual(y),
    "xlogy": _xlogy,
    "pi": math.pi,
    "e": math.e,
}
"""The vocabulary on dual numbers, from the textbook."""


def by_duals(program: str, point: Mapping[str, float]) -> tuple[float, dict[str, float]]:
    """Run a program (our own text) as Python on dual numbers; return the last name's value and its gradient."""
    code = compile(program, "<program>", "exec")
    output = program.replace("\n", ";").rstrip("; ").split(";")[-1].partition("=")[0].strip()
    gradient = {}
    value = math.nan
    for name in point:
        names: dict[str, Any] = DUAL | {n: Dual(v, float(n == name)) for n, v in point.items()}
        exec(code, names)
        result = dual(names[output])
        value, gradient[name] = result.value, result.slope
    return value, gradient


def by_python(program: str, point: Mapping[str, float]) -> float:
    """Run a program (our own text) as Python on plain numbers; return the last name's value."""
    output = program.replace("\n", ";").rstrip("; ").split(";")[-1].partition("=")[0].strip()
    names: dict[str, Any] = DUAL | {name: Dual(value) for name, value in point.items()}
    exec(compile(program, "<program>", "exec"), names)
    return dual(names[output]).value
