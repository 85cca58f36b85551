"""The gates that make one number out of many: sum, mean, max, min, prod, logsumexp; with `axis` and `keepdims`."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphtutor.gates.gate import Gate, Role, Wrong

_OPTIONS = {"axis": None, "keepdims": False}

SUM = Gate(
    name="sum",
    role=Role.DISTRIBUTOR,
    symbol="sum",
    inputs=("x",),
    options=_OPTIONS,
    forward=lambda x, axis=None, keepdims=False: np.sum(x, axis=axis, keepdims=keepdims),
    vjp=("spread(g, x, axis)",),
    story={
        "en": "hands its upstream gradient on, unchanged, to every element that was summed",
        "ko": "상류에서 온 기울기를 그대로 더해진 모든 원소에 나누어 줍니다",
    },
    wrong=(
        Wrong(
            "sum.averages",
            ("spread(g, x, axis) / count(x, axis)",),
            {
                "en": "share the gradient of a sum out; every element gets all of it",
                "ko": "합의 기울기를 원소 수로 나눈 것 (각 원소가 전부를 받습니다)",
            },
        ),
    ),
)

MEAN = Gate(
    name="mean",
    role=Role.DISTRIBUTOR,
    symbol="mean",
    inputs=("x",),
    options=_OPTIONS,
    forward=lambda x, axis=None, keepdims=False: np.mean(x, axis=axis, keepdims=keepdims),
    vjp=("spread(g, x, axis) / count(x, axis)",),
    stable="sum(x, axis=axis, keepdims=keepdims) / count(x, axis)",
    expansion="sum(x, axis=axis, keepdims=keepdims) / count(x, axis)",
    story={
        "en": "hands every element the same share, the upstream gradient divided by their number",
        "ko": "상류에서 온 기울기를 원소의 수로 나누어 모든 원소에 똑같이 줍니다",
    },
    wrong=(
        Wrong(
            "mean.no_count",
            ("spread(g, x, axis)",),
            {"en": "forget to divide by the number of elements", "ko": "원소의 수로 나누는 것을 잊은 것"},
        ),
    ),
)

PROD = Gate(
    name="prod",
    role=Role.SWITCHER,
    symbol="prod",
    inputs=("x",),
    options=_OPTIONS,
    forward=lambda x, axis=None, keepdims=False: np.prod(x, axis=axis, keepdims=keepdims),
    vjp=("spread(g, x, axis) * others(x, out, axis)",),
    story={
        "en": "gives each element the upstream gradient times the product of all the others",
        "ko": "각 원소에 상류에서 온 기울기와 나머지 모든 원소의 곱을 곱해 줍니다",
    },
    wrong=(
        Wrong(
            "prod.with_own",
            ("spread(g * out, x, axis)",),
            {
                "en": "multiply by the whole product; the element itself must be left out",
                "ko": "자기 자신을 빼지 않고 전체 곱을 곱한 것",
            },
        ),
    ),
)


def _extreme(name: str, forward: Any, sign: str, side: str, side_ko: str) -> Gate:
    return Gate(
        name=name,
        role=Role.ROUTER,
        symbol=name,
        inputs=("x",),
        options=_OPTIONS,
        forward=lambda x, axis=None, keepdims=False: forward(x, axis=axis, keepdims=keepdims),
        vjp=("spread(g, x, axis) * winners(x, out, axis)",),
        kinks=(f"margin({sign}x, axis)",),
        story={
            "en": f"sends the whole gradient to the {side} element and nothing to the others (a tie: equal shares)",
            "ko": f"기울기를 모두 가장 {side_ko} 원소에 보내고 나머지에는 보내지 않습니다 (같으면 똑같이 나눕니다)",
        },
        wrong=(
            Wrong(
                f"{name}.all",
                ("spread(g, x, axis)",),
                {
                    "en": f"send the gradient to every element; only the {side} gets it",
                    "ko": "모든 원소에 기울기를 보낸 것",
                },
            ),
            Wrong(
                f"{name}.averages",
                ("spread(g, x, axis) / count(x, axis)",),
                {
                    "en": f"share the gradient out; only the {side} element gets it",
                    "ko": "기울기를 모든 원소에 나눈 것",
                },
            ),
        ),
    )


MAX = _extreme("max", np.max, "", "largest", "큰")
MIN = _extreme("min", np.min, "-", "smallest", "작은")


def _logsumexp(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    top = np.max(x, axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0.0)
    total = np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True)) + top
    return total if keepdims else np.squeeze(total, axis=axis)


LOGSUMEXP = Gate(
    name="logsumexp",
    role=Role.SCALER,
    symbol="logsumexp",
    inputs=("x",),
    options=_OPTIONS,
    forward=_logsumexp,
    vjp=("spread(g, x, axis) * exp(x - spread(out, x, axis))",),
    expansion="log(sum(exp(x), axis=axis, keepdims=keepdims))",
    story={
        "en": "multiplies by the softmax of its input: each element gets its share of the total",
        "ko": "입력의 softmax를 곱합니다: 각 원소가 자기 몫만큼 받습니다",
    },
    wrong=(
        Wrong(
            "logsumexp.no_normalising",
            ("spread(g, x, axis) * exp(x)",),
            {"en": "forget to divide by the sum of the exponentials", "ko": "지수의 합으로 나누는 것을 잊은 것"},
        ),
    ),
)
