"""exp, log and the gates whose slope is told by their own output."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from graphtutor.gates.gate import Gate, Role, Wrong

EXP = Gate(
    name="exp",
    role=Role.SCALER,
    symbol="exp",
    inputs=("x",),
    scalar="exp(x)",
    forward=np.exp,
    local=("out",),
    story={
        "en": "multiplies by its own output: exp is its own slope",
        "ko": "자기 출력을 곱합니다: exp는 자기 자신이 기울기입니다",
    },
    wrong=(
        Wrong(
            "exp.power_rule",
            ("g * x * exp(x - 1)",),
            {"en": "use the power rule on exp: x*exp(x-1)", "ko": "exp에 거듭제곱 규칙 x*exp(x-1)을 쓴 것"},
        ),
        Wrong(
            "exp.uses_input",
            ("g * x",),
            {"en": "multiply by exp's input; its slope is its output", "ko": "exp의 출력이 아니라 입력을 곱한 것"},
        ),
        Wrong(
            "exp.as_one",
            ("g",),
            {
                "en": "pass the gradient through exp as if its slope were 1",
                "ko": "exp의 기울기를 1로 여겨 그대로 보낸 것",
            },
        ),
    ),
)

LOG = Gate(
    name="log",
    role=Role.SCALER,
    symbol="log",
    inputs=("x",),
    scalar="log(x)",
    forward=np.log,
    local=("1 / x",),
    domain="x > 0",
    story={
        "en": "divides by its input: the slope of log is 1/x",
        "ko": "입력으로 나눕니다: log의 기울기는 1/x입니다",
    },
    wrong=(
        Wrong(
            "log.not_inverted",
            ("g * x",),
            {"en": "multiply by log's input; its slope is 1/x", "ko": "1/x이 아니라 x를 곱한 것"},
        ),
        Wrong(
            "log.uses_output",
            ("g / out",),
            {"en": "divide by log's output; its slope is 1 over the input", "ko": "입력이 아니라 출력으로 나눈 것"},
        ),
    ),
)

SQRT = Gate(
    name="sqrt",
    role=Role.SCALER,
    symbol="sqrt",
    inputs=("x",),
    scalar="sqrt(x)",
    forward=np.sqrt,
    local=("1 / (2 * out)",),
    expansion="x ** 0.5",
    whole=True,
    domain="x >= 0",
    story={
        "en": "divides by twice its output: the slope of sqrt is 1/(2*sqrt(x))",
        "ko": "출력의 두 배로 나눕니다: sqrt의 기울기는 1/(2*sqrt(x))입니다",
    },
    wrong=(
        Wrong(
            "sqrt.no_half",
            ("g / out",),
            {"en": "forget the one half in the slope of sqrt", "ko": "sqrt의 기울기에서 1/2을 잊은 것"},
        ),
        Wrong(
            "sqrt.not_inverted",
            ("g * out / 2",),
            {"en": "multiply by sqrt(x) where the slope divides by it", "ko": "sqrt(x)로 나누지 않고 곱한 것"},
        ),
    ),
)

SIGMOID_WRONG = (
    Wrong(
        "sigmoid.uses_input",
        ("g * x * (1 - x)",),
        {
            "en": "put the input into s*(1-s); s is the sigmoid's output",
            "ko": "s*(1-s)에 출력이 아니라 입력을 넣은 것",
        },
    ),
    Wrong(
        "sigmoid.of_output",
        ("g * sigmoid(out) * (1 - sigmoid(out))",),
        {
            "en": "apply the sigmoid once more to its output before s*(1-s)",
            "ko": "이미 나온 출력에 시그모이드를 한 번 더 적용한 것",
        },
    ),
    Wrong(
        "sigmoid.as_value",
        ("g * out",),
        {
            "en": "multiply by the sigmoid's value instead of its slope s*(1-s)",
            "ko": "기울기 s*(1-s)가 아니라 시그모이드 값을 곱한 것",
        },
    ),
)


def _sigmoid(x: Any) -> Any:
    small = np.exp(-np.abs(x))  # never overflows, on either side
    return np.where(np.asarray(x) >= 0, 1 / (1 + small), small / (1 + small))[()]


SIGMOID = Gate(
    name="sigmoid",
    role=Role.SCALER,
    activation=True,
    symbol="sigmoid",
    inputs=("x",),
    scalar="1 / (1 + exp(-x)) if x >= 0 else exp(x) / (1 + exp(x))",
    forward=_sigmoid,
    local=("out * (1 - out)",),
    stable="exp(min(x, 0)) / (1 + exp(-abs(x)))",
    expansion="1 / (1 + exp(-x))",
    story={
        "en": "multiplies by out*(1-out): at most 1/4, and near 0 once it is saturated",
        "ko": "out*(1-out)을 곱합니다: 커도 1/4이고, 포화되면 0에 가깝습니다",
    },
    wrong=SIGMOID_WRONG,
)

TANH = Gate(
    name="tanh",
    role=Role.SCALER,
    activation=True,
    symbol="tanh",
    inputs=("x",),
    scalar="tanh(x)",
    forward=np.tanh,
    local=("1 - out**2",),
    expansion="2 / (1 + exp(-2 * x)) - 1",
    story={
        "en": "multiplies by 1-out**2: 1 at zero, near 0 once it is saturated",
        "ko": "1-out**2을 곱합니다: 0에서는 1, 포화되면 0에 가깝습니다",
    },
    wrong=(
        Wrong(
            "tanh.uses_input",
            ("g * (1 - x**2)",),
            {"en": "put the input into 1-t**2; t is tanh's output", "ko": "1-t**2에 출력이 아니라 입력을 넣은 것"},
        ),
        Wrong(
            "tanh.no_square",
            ("g * (1 - out)",),
            {"en": "forget the square in 1-t**2", "ko": "1-t**2의 제곱을 잊은 것"},
        ),
    ),
)

SOFTPLUS = Gate(
    name="softplus",
    role=Role.SCALER,
    activation=True,
    symbol="softplus",
    inputs=("x",),
    scalar="log1p(exp(-abs(x))) + (x if x > 0 else 0.0)",
    forward=lambda x: np.logaddexp(0.0, x),
    local=("sigmoid(x)",),
    stable="logaddexp(0, x)",
    expansion="log(1 + exp(x))",
    story={"en": "multiplies by sigmoid(x), which is its slope", "ko": "자신의 기울기인 sigmoid(x)를 곱합니다"},
    wrong=(
        Wrong(
            "softplus.as_value",
            ("g * out",),
            {
                "en": "multiply by softplus' value instead of its slope sigmoid(x)",
                "ko": "기울기 sigmoid(x)가 아니라 softplus 값을 곱한 것",
            },
        ),
        Wrong(
            "softplus.slope_of_sigmoid",
            ("g * sigmoid(x) * (1 - sigmoid(x))",),
            {
                "en": "use the slope of the sigmoid; the slope of softplus is the sigmoid itself",
                "ko": "시그모이드의 기울기를 쓴 것 (softplus의 기울기는 시그모이드 자체입니다)",
            },
        ),
    ),
)

_erf_elementwise = np.frompyfunc(math.erf, 1, 1)


def _erf(x: Any) -> Any:
    return np.asarray(_erf_elementwise(x), dtype=np.float64)[()]


ERF = Gate(
    name="erf",
    role=Role.SCALER,
    symbol="erf",
    inputs=("x",),
    scalar="erf(x)",
    forward=_erf,
    local=("2 * exp(-x**2) / sqrt(pi)",),
    story={
        "en": "multiplies by 2*exp(-x**2)/sqrt(pi), the slope of the error function",
        "ko": "오차 함수의 기울기 2*exp(-x**2)/sqrt(pi)를 곱합니다",
    },
    wrong=(
        Wrong(
            "erf.no_factor",
            ("g * exp(-x**2)",),
            {"en": "forget the factor 2/sqrt(pi) of the error function", "ko": "오차 함수의 2/sqrt(pi)를 잊은 것"},
        ),
    ),
)

GELU = Gate(
    name="gelu",
    role=Role.SCALER,
    activation=True,
    symbol="gelu",
    inputs=("x",),
    scalar="x * (1 + erf(x / sqrt(2))) / 2",
    forward=lambda x: (
        x * (1 + _erf(x / math.sqrt(2))) / 2
    ),  # the exact form (Hendrycks & Gimpel 2016), PyTorch's default
    local=("(1 + erf(x / sqrt(2))) / 2 + x * exp(-x**2 / 2) / sqrt(2 * pi)",),
    expansion="x * (1 + erf(x / sqrt(2))) / 2",
    story={
        "en": "multiplies by P + x*p, with the normal distribution's cumulative P and density p at x",
        "ko": "x 에서의 정규분포 누적값 P와 밀도 p로 만든 P + x*p를 곱합니다",
    },
    wrong=(
        Wrong(
            "gelu.no_product_rule",
            ("g * (1 + erf(x / sqrt(2))) / 2",),
            {
                "en": "forget the second term of the product rule in gelu",
                "ko": "gelu에서 곱의 미분의 둘째 항을 잊은 것",
            },
        ),
    ),
)
