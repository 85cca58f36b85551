"""The products of vectors and matrices: `@` and `dot`."""

from __future__ import annotations

import numpy as np

from graphtutor.gates.gate import Gate, Role, Shapes, Wrong


def _rules(shapes: Shapes) -> tuple[str, str]:
    """Return products with the other factor, turned so that the shapes fit."""
    match tuple(len(shape) for shape in shapes):
        case (0, _) | (_, 0):
            return "g * y", "g * x"
        case (1, 1):
            return "g * y", "g * x"
        case (2, 1):
            return "outer(g, y)", "x.T @ g"
        case (1, 2):
            return "y @ g", "outer(x, g)"
        case (2, 2):
            return "g @ y.T", "x.T @ g"
        case (1, _):
            return "unrow(row(g) @ swap(y))", "column(x) @ row(g)"
        case (_, 1):
            return "column(g) @ row(y)", "uncolumn(swap(x) @ column(g))"
    return "g @ swap(y)", "swap(x) @ g"


_STORY = {
    "en": "gives each factor its upstream gradient times the other factor, transposed so that the shapes fit",
    "ko": "각 인수에 상류에서 온 기울기와, 모양이 맞도록 전치한 다른 인수를 곱해 줍니다",
}

MATMUL = Gate(
    name="matmul",
    role=Role.SWITCHER,
    symbol="@",
    inputs=("x", "y"),
    formula="x @ y",
    functions=("matmul",),
    forward=np.matmul,
    vjp=_rules,
    story=_STORY,
    wrong=(
        Wrong(
            "matmul.no_transpose",
            ("g @ y", "x @ g"),
            {"en": "forget to transpose the other factor", "ko": "다른 인수를 전치하는 것을 잊은 것"},
        ),
        Wrong(
            "matmul.wrong_order",
            ("swap(y) @ g", "g @ swap(x)"),
            {"en": "multiply in the wrong order", "ko": "곱하는 순서를 바꾼 것"},
        ),
    ),
)


DOT = Gate(
    name="dot",
    role=Role.SWITCHER,
    symbol="dot",
    inputs=("x", "y"),
    forward=np.dot,
    vjp=lambda shapes: _rules(shapes) if min(map(len, shapes)) < 2 or max(map(len, shapes)) == 2 else _stacked(shapes),
    story=_STORY,
    wrong=(
        Wrong(
            "dot.no_swap",
            ("g * x", "g * y"),
            {
                "en": "multiply by the vector's own values at a dot gate; it is the other vector's values",
                "ko": "다른 벡터가 아니라 자기 값을 곱한 것",
            },
        ),
    ),
)


def _stacked(shapes: Shapes) -> tuple[str, str]:
    """Sum over the last axis of x and the last but one of y; the other axes stand side by side."""
    return "dot_left(g, x, y)", "dot_right(g, x, y)"


def _flattened() -> tuple[str, str]:
    """Read anything but a vector as the vector of its elements, as `outer` does."""
    return "reshape(g @ reshape(y, shape=-1), shape=dims(x))", "reshape(g.T @ reshape(x, shape=-1), shape=dims(y))"


OUTER = Gate(
    name="outer",
    role=Role.SWITCHER,
    symbol="outer",
    inputs=("x", "y"),
    forward=np.outer,
    vjp=lambda shapes: ("g @ y", "g.T @ x") if all(len(shape) == 1 for shape in shapes) else _flattened(),
    story={
        "en": "gives each vector the upstream matrix times the other vector",
        "ko": "각 벡터에 상류에서 온 행렬과 다른 벡터를 곱해 줍니다",
    },
    wrong=(
        Wrong(
            "outer.sums",
            ("sum(g, axis=1)", "sum(g, axis=0)"),
            {
                "en": "sum the gradient without weighting it by the other vector",
                "ko": "다른 벡터로 가중하지 않고 더한 것",
            },
        ),
    ),
)
