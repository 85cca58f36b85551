"""softmax and its relatives, and the measures of information: in nats unless a base is given; 0 log 0 = 0."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphtutor.gates.gate import Gate, Role, Wrong


def _xlogy(x: Any, y: Any) -> Any:
    x, y = np.broadcast_arrays(np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64))
    return np.where(x == 0, 0.0, x * np.log(np.where(x == 0, 1.0, y)))


def _log_softmax(z: Any, axis: int = -1) -> Any:
    shifted = z - np.max(z, axis=axis, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))


XLOGY = Gate(
    name="xlogy",
    scalar="0.0 if x == 0 else x * log(y)",
    role=Role.SWITCHER,
    symbol="x log y",
    inputs=("x", "y"),
    forward=lambda x, y: _xlogy(x, y)[()],
    local=("log(y)", "where(x == 0, 0, x / y)"),
    domain="(y > 0) | (x == 0)",
    story={
        "en": "multiplies by the log of the second input on the way to the first, and by first/second on the way to the second; 0 log 0 counts as 0",
        "ko": "첫째 입력에는 둘째의 log, 둘째 입력에는 첫째/둘째를 곱합니다 (0 log 0은 0)",
    },
    wrong=(
        Wrong(
            "xlogy.no_swap",
            ("g * log(y)", "g / y"),
            {"en": "forget the factor x in the slope of x*log(y)", "ko": "x*log(y)의 기울기에서 x를 잊은 것"},
        ),
    ),
)

SOFTMAX = Gate(
    name="softmax",
    role=Role.SCALER,
    symbol="softmax",
    inputs=("z",),
    options={"axis": -1},
    forward=lambda z, axis=-1: np.exp(_log_softmax(z, axis)),
    vjp=("out * (g - sum(g * out, axis=axis, keepdims=True))",),
    stable="exp((z - max(z, axis=axis, keepdims=True))) / sum(exp((z - max(z, axis=axis, keepdims=True))), axis=axis, keepdims=True)",
    expansion="exp(z) / sum(exp(z), axis=axis, keepdims=True)",
    story={
        "en": "gives each input its probability times how far its upstream gradient lies above their average, weighted by the probabilities: raising one lowers the others",
        "ko": "상류에서 온 각 기울기를 확률로 가중한 평균과 비교합니다: 하나가 오르면 다른 것은 내려갑니다",
    },
    wrong=(
        Wrong(
            "softmax.elementwise",
            ("g * out * (1 - out)",),
            {
                "en": "treat softmax like a sigmoid, element by element; its outputs are coupled",
                "ko": "softmax를 시그모이드처럼 원소마다 따로 미분한 것",
            },
        ),
        Wrong(
            "softmax.no_coupling",
            ("g * out",),
            {"en": "forget that the outputs share one sum", "ko": "출력들이 하나의 합을 나눈다는 것을 잊은 것"},
        ),
    ),
)

LOG_SOFTMAX = Gate(
    name="log_softmax",
    role=Role.SCALER,
    symbol="log softmax",
    inputs=("z",),
    options={"axis": -1},
    forward=_log_softmax,
    vjp=("g - exp(out) * sum(g, axis=axis, keepdims=True)",),
    stable="(z - max(z, axis=axis, keepdims=True)) - log(sum(exp((z - max(z, axis=axis, keepdims=True))), axis=axis, keepdims=True))",
    expansion="z - logsumexp(z, axis=axis, keepdims=True)",
    story={
        "en": "passes the gradient on and takes the probabilities' share of its sum away",
        "ko": "기울기를 그대로 보내되, 그 합에서 확률만큼의 몫을 뺍니다",
    },
    wrong=(
        Wrong(
            "log_softmax.no_sum",
            ("g - exp(out)",),
            {
                "en": "subtract the probabilities without the sum of the gradient",
                "ko": "기울기의 합을 곱하지 않고 확률을 뺀 것",
            },
        ),
    ),
)

ENTROPY = Gate(
    name="entropy",
    role=Role.SCALER,
    symbol="entropy",
    inputs=("p",),
    options={"base": None},
    forward=lambda p, base=None: -np.sum(_xlogy(p, p)) / (1.0 if base is None else np.log(base)),
    vjp=("-g * (log(p) + 1) / nats(base)",),
    expansion="-sum(xlogy(p, p)) / nats(base)",
    domain="p >= 0",
    story={
        "en": "multiplies by -(log p + 1): the rarer, the more it would add",
        "ko": "-(log p + 1)을 곱합니다: 드물수록 더 많이 늘어납니다",
    },
    wrong=(
        Wrong(
            "entropy.no_product_rule",
            ("-g * log(p) / nats(base)",),
            {
                "en": "forget the second term of the product rule in p log p",
                "ko": "p log p에서 곱의 미분의 둘째 항을 잊은 것",
            },
        ),
    ),
)

CROSS_ENTROPY = Gate(
    name="cross_entropy",
    role=Role.SCALER,
    symbol="cross entropy",
    inputs=("p", "q"),
    options={"base": None},
    forward=lambda p, q, base=None: -np.sum(_xlogy(p, q)) / (1.0 if base is None else np.log(base)),
    vjp=("-g * log(q) / nats(base)", "-g * where(p == 0, 0, p / q) / nats(base)"),
    expansion="-sum(xlogy(p, q)) / nats(base)",
    domain="(q > 0) | (p == 0)",
    story={
        "en": "multiplies by -p/q on the way to the prediction q, steeper the less it expected the truth p, and by -log q on the way to p",
        "ko": "예측 q 쪽으로는 참 p를 덜 예상했을수록 가파른 -p/q를, p 쪽으로는 -log q를 곱합니다",
    },
    wrong=(
        Wrong(
            "cross_entropy.no_division",
            ("-g * log(q) / nats(base)", "-g * p / nats(base)"),
            {"en": "forget to divide by the prediction q", "ko": "예측 q로 나누는 것을 잊은 것"},
        ),
        Wrong(
            "cross_entropy.no_sign",
            ("g * log(q) / nats(base)", "g * where(p == 0, 0, p / q) / nats(base)"),
            {"en": "forget the minus sign of the cross entropy", "ko": "교차 엔트로피의 음의 부호를 잊은 것"},
        ),
    ),
)

KL = Gate(
    name="kl",
    role=Role.SCALER,
    symbol="KL",
    inputs=("p", "q"),
    options={"base": None},
    forward=lambda p, q, base=None: np.sum(_xlogy(p, p) - _xlogy(p, q)) / (1.0 if base is None else np.log(base)),
    vjp=("g * (log(p / q) + 1) / nats(base)", "-g * where(p == 0, 0, p / q) / nats(base)"),
    expansion="(sum(xlogy(p, p)) - sum(xlogy(p, q))) / nats(base)",
    domain="((q > 0) & (p > 0)) | (p == 0)",
    story={
        "en": "multiplies by -p/q on the way to the prediction q, like cross entropy, and by log(p/q) + 1 on the way to the truth p",
        "ko": "예측 q 쪽으로는 교차 엔트로피처럼 -p/q를, 참 p 쪽으로는 log(p/q) + 1을 곱합니다",
    },
    wrong=(
        Wrong(
            "kl.turned",
            ("-g * q / p / nats(base)", "g * (log(q / p) + 1) / nats(base)"),
            {
                "en": "take the divergence the other way around, from q to p",
                "ko": "KL을 반대 방향(q에서 p로)으로 계산한 것",
            },
        ),
    ),
)
