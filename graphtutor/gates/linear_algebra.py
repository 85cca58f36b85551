"""What solves linear equations: inverse, determinant, solve, Cholesky. A singular matrix gives nan, never an error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from graphtutor.gates.gate import Gate, Role, Shapes, Wrong


def _or_nan(function: Callable[..., Any], shape: Callable[..., tuple[int, ...]]) -> Callable[..., Any]:
    def forward(*arrays: Any) -> Any:
        try:
            return function(*arrays)
        except np.linalg.LinAlgError as error:
            if not any(
                word in str(error) for word in ("ingular", "positive definite")
            ):  # not square, not a matrix: the shapes are wrong
                raise
            return np.full(shape(*arrays), np.nan)

    return forward


INV = Gate(
    name="inv",
    role=Role.SWITCHER,
    symbol="inv",
    inputs=("x",),
    forward=_or_nan(np.linalg.inv, np.shape),
    vjp=("-swap(out) @ g @ swap(out)",),
    story={
        "en": "multiplies by its own transpose from both sides, with the sign turned, as -1/x**2 does for a number",
        "ko": "숫자의 -1/x**2처럼, 부호를 바꾸어 자기 전치를 양쪽에서 곱합니다",
    },
    wrong=(
        Wrong(
            "inv.no_transpose",
            ("-out @ g @ out",),
            {"en": "forget to transpose the inverse", "ko": "역행렬을 전치하는 것을 잊은 것"},
        ),
    ),
)

DET = Gate(
    name="det",
    role=Role.SWITCHER,
    symbol="det",
    inputs=("x",),
    forward=np.linalg.det,
    vjp=("column(column(g * out)) * swap(inv(x))",),
    story={
        "en": "gives each element its cofactor: the determinant times the transposed inverse",
        "ko": "각 원소에 여인수, 곧 행렬식과 전치한 역행렬의 곱을 줍니다",
    },
    wrong=(
        Wrong(
            "det.no_transpose",
            ("column(column(g * out)) * inv(x)",),
            {"en": "forget to transpose the inverse", "ko": "역행렬을 전치하는 것을 잊은 것"},
        ),
    ),
)

LOGABSDET = Gate(
    name="logabsdet",
    role=Role.SCALER,
    symbol="log |det|",
    inputs=("x",),
    forward=lambda x: np.linalg.slogdet(x)[1],
    vjp=("column(column(g)) * swap(inv(x))",),
    expansion="log(abs(det(x)))",
    story={
        "en": "multiplies by the transposed inverse, as 1/x does for a number",
        "ko": "숫자의 1/x처럼 전치한 역행렬을 곱합니다",
    },
    wrong=(
        Wrong(
            "logabsdet.no_transpose",
            ("column(column(g)) * inv(x)",),
            {"en": "forget to transpose the inverse", "ko": "역행렬을 전치하는 것을 잊은 것"},
        ),
    ),
)


def _solve_rules(shapes: Shapes) -> tuple[str, str]:
    if len(shapes[1]) == 1:
        return "-column(solve(swap(x), g)) @ row(out)", "solve(swap(x), g)"
    return "-solve(swap(x), g) @ swap(out)", "solve(swap(x), g)"


def _solved(x: Any, y: Any) -> tuple[int, ...]:
    """Return the shape of the solution: a stack where either side is one."""
    if np.ndim(y) == 1:
        return tuple(np.shape(x)[:-1])
    return (*np.broadcast_shapes(np.shape(x)[:-2], np.shape(y)[:-2]), *np.shape(y)[-2:])


SOLVE = Gate(
    name="solve",
    role=Role.SWITCHER,
    symbol="solve",
    inputs=("x", "y"),
    forward=_or_nan(np.linalg.solve, _solved),
    vjp=_solve_rules,
    story={
        "en": "solves the transposed equations with the upstream gradient on the right side",
        "ko": "상류에서 온 기울기를 우변에 놓고 전치한 방정식을 풉니다",
    },
    wrong=(
        Wrong(
            "solve.no_transpose",
            ("-column(solve(x, g)) @ row(out)", "solve(x, g)"),
            {"en": "forget to transpose the matrix of the equations", "ko": "방정식의 행렬을 전치하는 것을 잊은 것"},
        ),
    ),
)

PINV = Gate(
    name="pinv",
    role=Role.SWITCHER,
    symbol="pinv",
    inputs=("x",),
    forward=np.linalg.pinv,
    # Golub and Pereyra, The differentiation of pseudo-inverses, 1973; where the rank stays the same
    vjp=(
        "(swap(g) - x @ out @ swap(g)) @ out @ swap(out) - swap(out) @ g @ swap(out)"
        " + swap(out) @ out @ (swap(g) - swap(g) @ out @ x)",
    ),
    story={
        "en": "turns the gradient as the inverse does, and adds what the missing directions change",
        "ko": "역행렬처럼 기울기를 보내고, 빠진 방향이 바꾸는 몫을 더합니다",
    },
    wrong=(
        Wrong(
            "pinv.as_inv",
            ("-swap(out) @ g @ swap(out)",),
            {"en": "treat the matrix as if it had an inverse", "ko": "역행렬이 있는 것처럼 다룬 것"},
        ),
    ),
)

CHOLESKY = Gate(
    name="cholesky",
    role=Role.SWITCHER,
    symbol="cholesky",
    inputs=("x",),
    forward=_or_nan(np.linalg.cholesky, np.shape),
    # Murray, Differentiation of the Cholesky decomposition, arXiv:1602.07527, section 3. Only the lower half is read.
    vjp=("2 * triangle(out) * (swap(inv(out)) @ symmetric(swap(out) @ g * triangle(out)) @ inv(out))",),
    story={
        "en": "takes the lower half of out.T @ g and multiplies by the inverted root from both sides, as 1/(2*sqrt(x)) does for a number",
        "ko": "숫자의 1/(2*sqrt(x))처럼, out.T @ g의 아래 절반을 취하고 역제곱근을 양쪽에서 곱합니다",
    },
    wrong=(
        Wrong(
            "cholesky.no_half",
            ("swap(inv(out)) @ (swap(out) @ g) @ inv(out)",),
            {
                "en": "forget that the root stands on both sides and only its lower half is free",
                "ko": "제곱근이 양쪽에 있고 아래 절반만 자유롭다는 것을 잊은 것",
            },
        ),
    ),
)
