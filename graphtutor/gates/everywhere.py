"""The wrong rules that no single gate owns: they can be made at every gate, or at the start."""

from __future__ import annotations

from graphtutor.gates.gate import Wrong

GENERIC = (
    Wrong(
        "any.upstream_only",
        ("g",),
        {
            "en": "pass the upstream gradient on without multiplying by the local gradient",
            "ko": "국소 기울기를 곱하지 않고 상류에서 온 기울기를 그대로 보낸 것",
        },
    ),
    Wrong(
        "any.local_only",
        ("local",),
        {
            "en": "write the local gradient alone, without multiplying by the upstream gradient",
            "ko": "상류에서 온 기울기를 곱하지 않고 국소 기울기만 쓴 것",
        },
    ),
    Wrong(
        "any.adds_upstream",
        ("g + local",),
        {
            "en": "add the upstream and the local gradient; along a path they multiply",
            "ko": "상류에서 온 기울기와 국소 기울기를 더한 것 (한 경로 안에서는 곱합니다)",
        },
    ),
    Wrong(
        "any.divides",
        ("g / local",),
        {
            "en": "divide the upstream gradient by the local gradient; along a path they multiply",
            "ko": "상류에서 온 기울기를 국소 기울기로 나눈 것 (한 경로 안에서는 곱합니다)",
        },
    ),
    Wrong(
        "any.sign",
        ("-g * local",),
        {"en": "turn the sign of the gradient", "ko": "기울기의 부호를 뒤집은 것"},
    ),
)
"""Mistakes that can be made at every gate, over the upstream gradient `g` and the local gradient `local`."""

SEED_IS_VALUE = Wrong(
    "bp.seed_is_value",
    ("out",),
    {
        "en": "start the backward pass with the output's value; it starts with 1",
        "ko": "역전파를 1이 아니라 출력의 값으로 시작한 것",
    },
)
"""Start with something else than 1."""
