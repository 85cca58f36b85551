"""The operators: + - * / ** and the sign."""

from __future__ import annotations

import numpy as np

from graphtutor.gates.gate import Gate, Role, Wrong

ADD = Gate(
    name="add",
    role=Role.DISTRIBUTOR,
    symbol="+",
    inputs=("x", "y"),
    forward=np.add,
    formula="x + y",
    local=("1", "1"),
    story={
        "en": "hands its upstream gradient on, unchanged, to every input",
        "ko": "상류에서 온 기울기를 그대로 모든 입력에 건넵니다",
    },
    wrong=(
        Wrong(
            "add.as_mul",
            ("g * y", "g * x"),
            {
                "en": "treat an add gate like a mul gate and multiply by the other input",
                "ko": "덧셈 게이트를 곱셈 게이트처럼 다루어 다른 입력을 곱한 것",
            },
        ),
        Wrong(
            "add.splits_half",
            ("g / 2", "g / 2"),
            {
                "en": "share the gradient out at an add gate; each input gets all of it, not a half",
                "ko": "덧셈 게이트에서 기울기를 반씩 나눈 것 (각 입력이 전부를 받습니다)",
            },
        ),
    ),
)

SUB = Gate(
    name="sub",
    role=Role.DISTRIBUTOR,
    symbol="-",
    inputs=("x", "y"),
    forward=np.subtract,
    formula="x - y",
    local=("1", "-1"),
    story={
        "en": "hands its upstream gradient on to the first input as it is, to the second with the sign turned",
        "ko": "상류에서 온 기울기를 첫째 입력에는 그대로, 둘째 입력에는 부호를 바꾸어 줍니다",
    },
    wrong=(
        Wrong(
            "sub.no_sign",
            ("g", "g"),
            {"en": "forget the minus sign of what is subtracted", "ko": "빼는 쪽의 음의 부호를 잊은 것"},
        ),
        Wrong(
            "sub.sign_flipped",
            ("-g", "g"),
            {
                "en": "put the minus sign on the wrong input of a subtraction",
                "ko": "뺄셈에서 음의 부호를 다른 입력에 붙인 것",
            },
        ),
    ),
)

MUL = Gate(
    name="mul",
    role=Role.SWITCHER,
    symbol="*",
    inputs=("x", "y"),
    forward=np.multiply,
    formula="x * y",
    local=("y", "x"),
    story={
        "en": "gives each input its upstream gradient times the value of the other input",
        "ko": "각 입력에 상류에서 온 기울기와 다른 입력의 값을 곱해 줍니다",
    },
    wrong=(
        Wrong(
            "mul.no_swap",
            ("g * x", "g * y"),
            {
                "en": "multiply by the input's own value at a mul gate; it is the other input's value",
                "ko": "곱셈 게이트에서 다른 입력이 아니라 자기 값을 곱한 것",
            },
        ),
        Wrong(
            "mul.as_add",
            ("g", "g"),
            {
                "en": "treat a mul gate like an add gate and pass the gradient on unchanged",
                "ko": "곱셈 게이트를 덧셈 게이트처럼 다루어 기울기를 그대로 보낸 것",
            },
        ),
    ),
)

DIV = Gate(
    name="div",
    role=Role.SWITCHER,
    symbol="/",
    inputs=("x", "y"),
    forward=np.divide,
    formula="x / y",
    local=("1 / y", "-x / y**2"),
    expansion="x * reciprocal(y)",
    whole=True,
    domain="y != 0",
    outside="division by zero",
    story={
        "en": "multiplies by 1/denominator on the way to the numerator, and by -numerator/denominator**2 on the way to the denominator",
        "ko": "분자에는 1/분모, 분모에는 -분자/분모**2을 곱해 줍니다",
    },
    wrong=(
        Wrong(
            "div.no_sign",
            ("g / y", "g * x / y**2"),
            {"en": "forget the minus sign of the denominator's gradient", "ko": "분모 기울기의 음의 부호를 잊은 것"},
        ),
        Wrong(
            "div.no_square",
            ("g / y", "-g * x / y"),
            {
                "en": "divide by y instead of y squared in the denominator's gradient",
                "ko": "분모 기울기에서 y 제곱이 아니라 y로 나눈 것",
            },
        ),
        Wrong(
            "div.as_mul",
            ("g * y", "g * x"),
            {"en": "treat a division like a multiplication", "ko": "나눗셈을 곱셈처럼 다룬 것"},
        ),
    ),
)

POW = Gate(
    name="pow",
    role=Role.SCALER,
    symbol="**",
    inputs=("x", "y"),
    forward=np.power,
    formula="x ** y",
    # d(x**y)/dx at y = 0 is 0 for every x, also where x**(y - 1) is infinite; 0 log 0 is 0 for the exponent.
    local=("where(y == 0, 0, y * x**(y - 1))", "where(out == 0, 0, out * log(x))"),
    domain="(x > 0) | ((x < 0) & (y == floor(y))) | ((x == 0) & (y >= 0))",
    story={
        "en": "multiplies by the slope of the power: for the base, bring the exponent down and lower it by one; for the exponent, its output times the log of the base",
        "ko": "거듭제곱의 기울기를 곱합니다: 밑에 대해서는 지수를 앞으로 내리고 하나 줄이며, 지수에 대해서는 출력에 밑의 log를 곱합니다",
    },
    wrong=(
        Wrong(
            "pow.no_factor",
            ("g * x**(y - 1)", "xlogy(g * out, x)"),
            {
                "en": "lower the exponent without bringing it down as a factor",
                "ko": "지수를 앞에 곱하지 않고 하나 줄이기만 한 것",
            },
        ),
        Wrong(
            "pow.exponent_kept",
            ("g * y * x**y", "xlogy(g * out, x)"),
            {
                "en": "bring the exponent down without lowering it by one",
                "ko": "지수를 앞에 곱했지만 하나 줄이지 않은 것",
            },
        ),
        Wrong(
            "pow.as_value",
            ("g * out", "g * out"),
            {
                "en": "multiply by the value of the power instead of its slope",
                "ko": "거듭제곱의 기울기가 아니라 값을 곱한 것",
            },
        ),
    ),
)

NEG = Gate(
    name="neg",
    role=Role.SCALER,
    symbol="neg",
    inputs=("x",),
    forward=np.negative,
    formula="-x",
    local=("-1",),
    expansion="-1 * x",
    whole=True,
    story={"en": "multiplies by -1: the gradient changes its sign", "ko": "-1을 곱합니다: 기울기의 부호가 바뀝니다"},
    wrong=(
        Wrong(
            "neg.no_sign",
            ("g",),
            {
                "en": "forget that a minus sign turns the gradient too",
                "ko": "음의 부호가 기울기도 뒤집는다는 것을 잊은 것",
            },
        ),
    ),
)

SQUARE = Gate(
    name="square",
    role=Role.SCALER,
    symbol="square",
    inputs=("x",),
    scalar="x * x",
    forward=np.square,
    local=("2 * x",),
    expansion="x * x",
    whole=True,
    story={"en": "multiplies by 2x, the slope of a square", "ko": "제곱의 기울기 2x를 곱합니다"},
    wrong=(
        Wrong(
            "sq.no_factor2",
            ("g * x",),
            {"en": "forget the factor 2 of a square's slope", "ko": "제곱의 기울기에서 2를 잊은 것"},
        ),
        Wrong(
            "sq.value",
            ("g * out",),
            {
                "en": "multiply by the square itself instead of its slope 2x",
                "ko": "기울기 2x가 아니라 제곱 값을 곱한 것",
            },
        ),
    ),
)

RECIPROCAL = Gate(
    name="reciprocal",
    role=Role.SCALER,
    symbol="1/x",
    inputs=("x",),
    scalar="1 / x",
    forward=np.reciprocal,
    local=("-1 / x**2",),
    expansion="1 / x",
    whole=True,
    domain="x != 0",
    outside="division by zero",
    story={"en": "multiplies by -1/x**2, the slope of 1/x", "ko": "1/x의 기울기 -1/x**2을 곱합니다"},
    wrong=(
        Wrong(
            "inv.no_sign",
            ("g / x**2",),
            {"en": "forget the minus sign in the slope of 1/x", "ko": "1/x의 기울기에서 음의 부호를 잊은 것"},
        ),
        Wrong(
            "inv.no_square",
            ("-g / x",),
            {
                "en": "divide by x instead of x squared in the slope of 1/x",
                "ko": "1/x의 기울기에서 x 제곱이 아니라 x로 나눈 것",
            },
        ),
    ),
)
