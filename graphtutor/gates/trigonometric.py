"""sin, cos and tan."""

from __future__ import annotations

import numpy as np

from graphtutor.gates.gate import Gate, Role, Wrong

SIN = Gate(
    name="sin",
    role=Role.SCALER,
    symbol="sin",
    inputs=("x",),
    scalar="sin(x)",
    forward=np.sin,
    local=("cos(x)",),
    story={"en": "multiplies by cos(x), the slope of sin", "ko": "sin의 기울기 cos(x)를 곱합니다"},
    wrong=(
        Wrong(
            "sin.as_value",
            ("g * out",),
            {"en": "multiply by sin(x) itself; its slope is cos(x)", "ko": "기울기 cos(x)가 아니라 sin(x)를 곱한 것"},
        ),
        Wrong(
            "sin.sign_flipped",
            ("-g * cos(x)",),
            {
                "en": "put a minus sign on the slope of sin; it belongs to cos",
                "ko": "sin의 기울기에 음의 부호를 붙인 것 (cos의 것입니다)",
            },
        ),
    ),
)

COS = Gate(
    name="cos",
    role=Role.SCALER,
    symbol="cos",
    inputs=("x",),
    scalar="cos(x)",
    forward=np.cos,
    local=("-sin(x)",),
    story={"en": "multiplies by -sin(x), the slope of cos", "ko": "cos의 기울기 -sin(x)를 곱합니다"},
    wrong=(
        Wrong(
            "cos.no_sign",
            ("g * sin(x)",),
            {"en": "forget the minus sign in the slope of cos", "ko": "cos의 기울기에서 음의 부호를 잊은 것"},
        ),
        Wrong(
            "cos.as_value",
            ("g * out",),
            {
                "en": "multiply by cos(x) itself; its slope is -sin(x)",
                "ko": "기울기 -sin(x)가 아니라 cos(x)를 곱한 것",
            },
        ),
    ),
)

TAN = Gate(
    name="tan",
    role=Role.SCALER,
    symbol="tan",
    inputs=("x",),
    scalar="tan(x)",
    forward=np.tan,
    local=("1 + out**2",),
    expansion="sin(x) / cos(x)",
    domain="cos(x) != 0",
    story={"en": "multiplies by 1+out**2, the slope of tan", "ko": "tan의 기울기 1+out**2을 곱합니다"},
    wrong=(
        Wrong(
            "tan.no_square",
            ("g / cos(x)",),
            {
                "en": "forget the square in the slope 1/cos(x)**2 of tan",
                "ko": "tan의 기울기 1/cos(x)**2에서 제곱을 잊은 것",
            },
        ),
    ),
)
