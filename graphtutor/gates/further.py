"""The other elementwise functions that NumPy has: one row each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from graphtutor.gates.gate import Gate, Role, Wrong


def _scaler(
    name: str,
    forward: Callable[..., Any],
    slope: str,
    expansion: str | None = None,
    domain: str | None = None,
    kinks: tuple[str, ...] = (),
) -> Gate:
    return Gate(
        name=name,
        role=Role.SCALER,
        symbol=name,
        inputs=("x",),
        forward=forward,
        local=(slope,),
        expansion=expansion,
        domain=domain,
        kinks=kinks,
        story={"en": f"multiplies by its slope, {slope}", "ko": f"자신의 기울기 {slope} 을(를) 곱합니다"},
        wrong=(
            Wrong(
                f"{name}.as_value",
                ("g * out",),
                {
                    "en": f"multiply by the value of {name} instead of its slope",
                    "ko": f"{name}의 기울기가 아니라 값을 곱한 것",
                },
            ),
        ),
    )


SINH = _scaler("sinh", np.sinh, "cosh(x)", "(exp(x) - exp(-x)) / 2")
COSH = _scaler("cosh", np.cosh, "sinh(x)", "(exp(x) + exp(-x)) / 2")
ARCSIN = _scaler("arcsin", np.arcsin, "1 / sqrt(1 - x**2)", domain="abs(x) <= 1")
ARCCOS = _scaler("arccos", np.arccos, "-1 / sqrt(1 - x**2)", domain="abs(x) <= 1")
ARCTAN = _scaler("arctan", np.arctan, "1 / (1 + x**2)")
ARCSINH = _scaler("arcsinh", np.arcsinh, "1 / sqrt(x**2 + 1)")
ARCCOSH = _scaler("arccosh", np.arccosh, "1 / sqrt(x**2 - 1)", domain="x >= 1")
ARCTANH = _scaler("arctanh", np.arctanh, "1 / (1 - x**2)", domain="abs(x) < 1")
EXP2 = _scaler("exp2", np.exp2, "out * log(2)", "exp(x * log(2))")
EXPM1 = _scaler("expm1", np.expm1, "out + 1", "exp(x) - 1")
LOG1P = _scaler("log1p", np.log1p, "1 / (1 + x)", "log(1 + x)", domain="x > -1")
LOG2 = _scaler("log2", np.log2, "1 / (x * log(2))", "log(x) / log(2)", domain="x > 0")
LOG10 = _scaler("log10", np.log10, "1 / (x * log(10))", "log(x) / log(10)", domain="x > 0")
CBRT = _scaler("cbrt", np.cbrt, "1 / (3 * out**2)", domain="x != 0")
FLOOR = _scaler("floor", np.floor, "0", kinks=("sin(pi * x)",))
CEIL = _scaler("ceil", np.ceil, "0", "-floor(-x)", kinks=("sin(pi * x)",))
TRUNC = _scaler("trunc", np.trunc, "0", "sign(x) * floor(abs(x))", kinks=("sin(pi * x)",))
RINT = _scaler("rint", np.rint, "0", kinks=("cos(pi * x)",))

LOGADDEXP = Gate(
    name="logaddexp",
    role=Role.SCALER,
    symbol="logaddexp",
    inputs=("x", "y"),
    forward=np.logaddexp,
    local=("exp(x - out)", "exp(y - out)"),
    expansion="log(exp(x) + exp(y))",
    story={
        "en": "multiplies by each input's share of the total: exp(x - out), exp(y - out)",
        "ko": "각 입력에 전체에서 차지하는 몫 exp(x - out)을 곱해 줍니다",
    },
    wrong=(
        Wrong(
            "logaddexp.no_normalising",
            ("g * exp(x)", "g * exp(y)"),
            {"en": "forget to divide by the sum of the exponentials", "ko": "지수의 합으로 나누는 것을 잊은 것"},
        ),
    ),
)

ARCTAN2 = Gate(
    name="arctan2",
    role=Role.SWITCHER,
    symbol="arctan2",
    inputs=("y", "x"),
    forward=np.arctan2,
    local=("x / (x**2 + y**2)", "-y / (x**2 + y**2)"),
    domain="(x > 0) | (y != 0)",
    story={
        "en": "gives each coordinate the other one over the squared radius, with opposite signs",
        "ko": "각 좌표에 다른 좌표를 반지름의 제곱으로 나눈 값을, 부호를 달리하여 곱해 줍니다",
    },
    wrong=(
        Wrong(
            "arctan2.no_swap",
            ("g * y / (x**2 + y**2)", "-g * x / (x**2 + y**2)"),
            {
                "en": "multiply by the coordinate's own value; it is the other one's",
                "ko": "다른 좌표가 아니라 자기 값을 곱한 것",
            },
        ),
    ),
)

HYPOT = Gate(
    name="hypot",
    role=Role.SCALER,
    symbol="hypot",
    inputs=("x", "y"),
    forward=np.hypot,
    local=("x / out", "y / out"),
    expansion="sqrt(x**2 + y**2)",
    domain="(x != 0) | (y != 0)",
    story={
        "en": "gives each side its own share of the length, x/out",
        "ko": "각 변에 길이에 대한 자기 비율 x/out을 곱해 줍니다",
    },
    wrong=(
        Wrong(
            "hypot.no_division",
            ("g * x", "g * y"),
            {"en": "forget to divide by the length", "ko": "길이로 나누는 것을 잊은 것"},
        ),
    ),
)

MOD = Gate(
    name="mod",
    role=Role.SCALER,
    symbol="mod",
    inputs=("x", "y"),
    forward=np.remainder,
    local=("1", "-floor(x / y)"),
    expansion="x - y * floor(x / y)",
    domain="y != 0",
    kinks=("sin(pi * x / y)",),
    story={
        "en": "passes the gradient to x, and to y times minus the whole quotient",
        "ko": "x에는 기울기를 그대로, y에는 음의 정수 몫을 곱해 줍니다",
    },
    wrong=(
        Wrong(
            "mod.as_div",
            ("g / y", "-g * x / y**2"),
            {"en": "treat the remainder like a quotient", "ko": "나머지를 몫처럼 다룬 것"},
        ),
    ),
)
