"""The gates without inputs, and the copy gate that every fan-out shows."""

from __future__ import annotations

from typing import Any

from graphtutor.gates.gate import Gate, Role, Wrong


def _no_forward(*_: Any) -> Any:
    raise TypeError("the value of an input or a constant is given, not computed")


INPUT = Gate(
    name="input",
    role=Role.SOURCE,
    symbol="",
    inputs=(),
    forward=_no_forward,
    functions=(),
    story={
        "en": "is given; its gradient is what we are after",
        "ko": "주어진 값이며, 이 값의 기울기가 우리가 구하려는 것입니다",
    },
)

CONSTANT = Gate(
    name="constant",
    role=Role.SOURCE,
    symbol="",
    inputs=(),
    forward=_no_forward,
    functions=(),
    story={"en": "never changes, so it has no gradient", "ko": "변하지 않으므로 기울기가 없습니다"},
)

COPY = Gate(
    name="copy",
    role=Role.ADDER,
    symbol="copy",
    inputs=("x",),
    forward=lambda x: x,
    functions=(),
    # Here `g` is the stack of the contributions that come back, one per use, first use first.
    vjp=("sum(g, axis=0)",),
    story={
        "en": "adds up the contributions that come back from every place its value went to",
        "ko": "값이 나간 모든 곳에서 돌아오는 기여를 더합니다",
    },
    wrong=(
        Wrong(
            "fan.last_wins",
            ("g[-1]",),
            {
                "en": "keep only the last contribution at the copy gate, where all of them add up",
                "ko": "복사 게이트에서 모든 기여를 더하지 않고 마지막 기여만 남긴 것",
            },
        ),
        Wrong(
            "fan.first_only",
            ("g[0]",),
            {
                "en": "keep only the first contribution at the copy gate, where all of them add up",
                "ko": "복사 게이트에서 모든 기여를 더하지 않고 첫 기여만 남긴 것",
            },
        ),
        Wrong(
            "fan.product",
            ("prod(g, axis=0)",),
            {
                "en": "multiply the contributions of parallel paths; along a path one multiplies, between paths one adds",
                "ko": "나란한 경로의 기여를 곱한 것 (한 경로 안에서는 곱하고, 경로끼리는 더합니다)",
            },
        ),
        Wrong(
            "fan.mean",
            ("mean(g, axis=0)",),
            {
                "en": "average the contributions at the copy gate, where they add up",
                "ko": "복사 게이트에서 기여를 더하지 않고 평균한 것",
            },
        ),
    ),
)
