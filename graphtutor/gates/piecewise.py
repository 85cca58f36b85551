"""The gates that choose: max, min, where, relu and the comparisons."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphtutor.gates.gate import Gate, Role, Wrong

MAXIMUM = Gate(
    name="maximum",
    role=Role.ROUTER,
    symbol="max",
    inputs=("x", "y"),
    scalar="x if x >= y or x != x else y",
    forward=np.maximum,
    formula="max(x, y)",
    functions=("max", "maximum"),
    local=("where(x > y, 1, where(x == y, 0.5, 0))", "where(y > x, 1, where(x == y, 0.5, 0))"),
    expansion="where(x > y, x, where(x < y, y, (x + y) / 2))",
    whole=True,
    kinks=("x - y",),
    story={
        "en": "sends the whole gradient to the larger input and nothing to the other (a tie: one half to each)",
        "ko": "기울기를 모두 큰 쪽 입력에 보내고 다른 쪽에는 보내지 않습니다 (같으면 반씩)",
    },
    wrong=(
        Wrong(
            "max.both",
            ("g", "g"),
            {
                "en": "send the gradient both ways at a max gate; only the larger input gets it",
                "ko": "max 게이트에서 양쪽 모두에 기울기를 보낸 것",
            },
        ),
        Wrong(
            "max.wrong_branch",
            ("where(x > y, 0, g)", "where(y > x, 0, g)"),
            {"en": "route the gradient to the loser of a max gate", "ko": "max 게이트에서 작은 쪽에 기울기를 보낸 것"},
        ),
        Wrong(
            "max.split_half",
            ("g / 2", "g / 2"),
            {"en": "split the gradient in halves at a max gate", "ko": "max 게이트에서 기울기를 반씩 나눈 것"},
        ),
    ),
)

MINIMUM = Gate(
    name="minimum",
    role=Role.ROUTER,
    symbol="min",
    inputs=("x", "y"),
    scalar="x if x <= y or x != x else y",
    forward=np.minimum,
    formula="min(x, y)",
    functions=("min", "minimum"),
    local=("where(x < y, 1, where(x == y, 0.5, 0))", "where(y < x, 1, where(x == y, 0.5, 0))"),
    expansion="where(x < y, x, where(x > y, y, (x + y) / 2))",
    whole=True,
    kinks=("x - y",),
    story={
        "en": "sends the whole gradient to the smaller input and nothing to the other (a tie: one half to each)",
        "ko": "기울기를 모두 작은 쪽 입력에 보내고 다른 쪽에는 보내지 않습니다 (같으면 반씩)",
    },
    wrong=(
        Wrong(
            "min.both",
            ("g", "g"),
            {
                "en": "send the gradient both ways at a min gate; only the smaller input gets it",
                "ko": "min 게이트에서 양쪽 모두에 기울기를 보낸 것",
            },
        ),
        Wrong(
            "min.wrong_branch",
            ("where(x < y, 0, g)", "where(y < x, 0, g)"),
            {"en": "route the gradient to the loser of a min gate", "ko": "min 게이트에서 큰 쪽에 기울기를 보낸 것"},
        ),
        Wrong(
            "min.split_half",
            ("g / 2", "g / 2"),
            {"en": "split the gradient in halves at a min gate", "ko": "min 게이트에서 기울기를 반씩 나눈 것"},
        ),
    ),
)


def _where(c: Any, x: Any, y: Any) -> Any:
    return np.where(np.asarray(c, dtype=bool), np.asarray(x), y)[()]


WHERE = Gate(
    name="where",
    role=Role.ROUTER,
    symbol="where",
    inputs=("c", "x", "y"),
    forward=_where,
    local=(None, "where(c, 1, 0)", "where(c, 0, 1)"),
    story={
        "en": "sends the gradient to the branch that was taken and nothing to the other",
        "ko": "선택된 쪽으로만 기울기를 보냅니다",
    },
    wrong=(
        Wrong(
            "where.both",
            (None, "g", "g"),
            {"en": "send the gradient down both branches of where", "ko": "where의 두 갈래 모두에 기울기를 보낸 것"},
        ),
        Wrong(
            "where.wrong_branch",
            (None, "where(c, 0, g)", "where(c, g, 0)"),
            {
                "en": "send the gradient down the branch that was not taken",
                "ko": "선택되지 않은 갈래에 기울기를 보낸 것",
            },
        ),
    ),
)

RELU = Gate(
    name="relu",
    role=Role.ROUTER,
    activation=True,
    symbol="relu",
    inputs=("x",),
    scalar="0.0 if x <= 0 else x",
    forward=lambda x: np.maximum(x, 0.0),
    local=("where(x > 0, 1, 0)",),
    stable="max(x, 0)",
    expansion="where(x > 0, x, 0)",
    whole=True,
    kinks=("x",),
    story={
        "en": "lets the gradient through where its input was positive and blocks it elsewhere",
        "ko": "입력이 양수였던 곳만 기울기를 통과시키고 나머지는 막습니다",
    },
    wrong=(
        Wrong(
            "relu.always_on",
            ("g",),
            {"en": "let the gradient through a relu that was off", "ko": "꺼져 있던 relu로 기울기를 통과시킨 것"},
        ),
        Wrong(
            "relu.inverted",
            ("where(x > 0, 0, g)",),
            {"en": "turn the relu's mask around", "ko": "relu의 마스크를 반대로 쓴 것"},
        ),
        Wrong(
            "relu.gates_on_grad",
            ("where(g > 0, g, 0)",),
            {
                "en": "gate on the sign of the gradient; the relu gates on the sign of its input",
                "ko": "입력의 부호가 아니라 기울기의 부호로 막은 것",
            },
        ),
        Wrong(
            "relu.times_value",
            ("g * out",),
            {
                "en": "multiply by the relu's value; its slope is 0 or 1",
                "ko": "relu의 기울기(0 또는 1)가 아니라 값을 곱한 것",
            },
        ),
    ),
)

LEAKY_RELU = Gate(
    name="leaky_relu",
    role=Role.SCALER,
    activation=True,
    symbol="leaky relu",
    inputs=("x",),
    scalar="x if x > 0 else 0.01 * x",
    forward=lambda x: np.where(np.asarray(x) > 0, x, 0.01 * x)[()],
    local=("where(x > 0, 1, 0.01)",),
    expansion="where(x > 0, x, 0.01 * x)",
    whole=True,
    kinks=("x",),
    story={
        "en": "multiplies by 1 where its input was positive and by 0.01 elsewhere",
        "ko": "입력이 양수이면 1, 아니면 0.01을 곱합니다",
    },
    wrong=(
        Wrong(
            "leaky_relu.as_relu",
            ("where(x > 0, g, 0)",),
            {
                "en": "block the gradient of a negative input; a leaky relu lets 0.01 of it through",
                "ko": "음의 입력에서 0.01 배가 아니라 0으로 막은 것",
            },
        ),
        Wrong(
            "leaky_relu.always_on",
            ("g",),
            {"en": "forget the slope 0.01 of a negative input", "ko": "음의 입력에서 기울기 0.01을 잊은 것"},
        ),
    ),
)

ABS = Gate(
    name="abs",
    role=Role.SCALER,
    symbol="abs",
    inputs=("x",),
    scalar="abs(x)",
    forward=np.absolute,
    local=("sign(x)",),
    expansion="max(x, -x)",
    whole=True,
    kinks=("x",),
    story={"en": "multiplies by the sign of its input", "ko": "입력의 부호를 곱합니다"},
    wrong=(
        Wrong(
            "abs.no_sign",
            ("g",),
            {
                "en": "forget that abs turns the gradient of a negative input",
                "ko": "음의 입력에서 부호가 바뀌는 것을 잊은 것",
            },
        ),
        Wrong(
            "abs.times_value",
            ("g * x",),
            {"en": "multiply by abs' input; its slope is only the sign", "ko": "부호가 아니라 입력값을 곱한 것"},
        ),
    ),
)

SIGN = Gate(
    name="sign",
    role=Role.SCALER,
    symbol="sign",
    inputs=("x",),
    forward=np.sign,
    local=("0",),
    expansion="where(x > 0, 1, where(x < 0, -1, 0))",
    whole=True,
    kinks=("x",),
    story={
        "en": "is flat on either side of zero, so its slope is 0",
        "ko": "0의 양쪽에서 평평하므로 기울기가 0입니다",
    },
    wrong=(
        Wrong(
            "sign.as_value",
            ("g * out",),
            {
                "en": "multiply by the sign itself; a step is flat, its slope is 0",
                "ko": "기울기 0이 아니라 부호를 곱한 것",
            },
        ),
    ),
)

_STOPS = {"en": "answers yes or no, so no gradient passes", "ko": "참과 거짓만 답하므로 기울기가 지나가지 않습니다"}


def _comparison(name: str, symbol: str, forward: Any) -> Gate:
    return Gate(
        name=name,
        role=Role.STOPPER,
        symbol=symbol,
        inputs=("x", "y"),
        forward=forward,
        formula=f"x {symbol} y",
        functions=(name,),
        local=(None, None),
        kinks=("x - y",),
        story=_STOPS,
    )


GREATER = _comparison("greater", ">", np.greater)
GREATER_EQUAL = _comparison("greater_equal", ">=", np.greater_equal)
LESS = _comparison("less", "<", np.less)
LESS_EQUAL = _comparison("less_equal", "<=", np.less_equal)
EQUAL = _comparison("equal", "==", np.equal)
NOT_EQUAL = _comparison("not_equal", "!=", np.not_equal)


def _logical(name: str, symbol: str, inputs: tuple[str, ...], forward: Any) -> Gate:
    return Gate(
        name=name,
        role=Role.STOPPER,
        symbol=symbol,
        inputs=inputs,
        forward=forward,
        local=(None,) * len(inputs),
        story=_STOPS,
    )


LOGICAL_AND = _logical("logical_and", "and", ("x", "y"), np.logical_and)
LOGICAL_OR = _logical("logical_or", "or", ("x", "y"), np.logical_or)
LOGICAL_XOR = _logical("logical_xor", "xor", ("x", "y"), np.logical_xor)
LOGICAL_NOT = _logical("logical_not", "not", ("x",), np.logical_not)
