"""The gates that move elements and change none: reshape, transpose, indexing, concat, stack, broadcast."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphtutor.gates.gate import Gate, Role, Wrong


def _ints(value: Any) -> tuple[int, ...]:
    parts = np.atleast_1d(value)
    if parts.size and np.any(parts != np.round(parts)):
        raise ValueError(f"{value} is no shape: it must be whole numbers")
    return tuple(int(part) for part in parts)


RESHAPE = Gate(
    name="reshape",
    role=Role.ROUTER,
    symbol="reshape",
    inputs=("x",),
    options={"shape": ...},
    forward=lambda x, shape: np.reshape(x, _ints(shape)),
    vjp=("reshape(g, shape=dims(x))",),
    story={
        "en": "moves every element's gradient back to where the element came from",
        "ko": "각 원소의 기울기를 원래 자리로 되돌려 보냅니다",
    },
)

TRANSPOSE = Gate(
    name="transpose",
    role=Role.ROUTER,
    symbol="T",
    inputs=("x",),
    options={"axes": None},
    forward=lambda x, axes=None: np.transpose(x, axes),
    vjp=("transpose(g, axes=inverse(axes))",),
    story={
        "en": "turns the gradient back the way it turned the value",
        "ko": "값을 뒤집은 방향의 반대로 기울기를 되돌립니다",
    },
    wrong=(
        Wrong(
            "transpose.not_undone",
            ("reshape(g, shape=dims(x))",),
            {"en": "pass the gradient on without transposing it back", "ko": "기울기를 다시 전치하지 않고 보낸 것"},
        ),
    ),
)

INDEX = Gate(
    name="index",
    role=Role.ROUTER,
    symbol="[ ]",
    inputs=("x",),
    formula="x[index]",
    options={"index": ...},
    forward=lambda x, index: np.asarray(x)[index],
    vjp=("scatter(g, index=index, shape=dims(x))",),
    story={
        "en": "sends the gradient to the elements that were picked and nothing to the others",
        "ko": "선택된 원소에만 기울기를 보내고 나머지에는 보내지 않습니다",
    },
    wrong=(
        Wrong(
            "index.all",
            ("broadcast(sum(g), shape=dims(x))",),
            {
                "en": "send the gradient to every element, also to those that were not picked",
                "ko": "선택되지 않은 원소에도 기울기를 보낸 것",
            },
        ),
    ),
)


def _scatter(x: Any, index: Any, shape: Any) -> Any:
    out = np.zeros(_ints(shape) if np.size(shape) else (), dtype=np.float64)
    np.add.at(out, index, x)
    return out


SCATTER = Gate(
    name="scatter",
    role=Role.ROUTER,
    symbol="scatter",
    inputs=("x",),
    options={"index": ..., "shape": ...},
    functions=(),
    formula="scatter(x)",
    forward=_scatter,
    vjp=("g[index]",),
    story={
        "en": "picks each element's gradient from the place it was put",
        "ko": "각 원소가 놓인 자리에서 기울기를 가져옵니다",
    },
)

BROADCAST = Gate(
    name="broadcast",
    role=Role.ADDER,
    symbol="broadcast",
    inputs=("x",),
    options={"shape": ...},
    forward=lambda x, shape: np.broadcast_to(x, _ints(shape)),
    vjp=("collect(g, shape=dims(x))",),
    story={
        "en": "copied its value, so it adds up the gradients of all the copies",
        "ko": "값을 복사했으므로 모든 사본의 기울기를 더합니다",
    },
    wrong=(
        Wrong(
            "broadcast.averages",
            ("collect(g, shape=dims(x)) * size(x) / size(g)",),
            {
                "en": "average the gradients of the copies that broadcasting made; they add up",
                "ko": "사본들의 기울기를 더하지 않고 평균한 것",
            },
        ),
    ),
)


def _collect(x: Any, shape: Any) -> Any:
    x = np.asarray(x)
    shape = tuple(shape)
    extra = x.ndim - len(shape)
    axes = (
        *range(extra),
        *(extra + axis for axis, size in enumerate(shape) if size == 1 and x.shape[extra + axis] != 1),
    )
    return x.sum(axis=axes).reshape(shape)


COLLECT = Gate(
    name="collect",
    role=Role.DISTRIBUTOR,
    symbol="collect",
    inputs=("x",),
    options={"shape": ...},
    functions=("collect",),
    forward=_collect,
    vjp=("broadcast(g, shape=dims(x))",),
    story={
        "en": "summed over the copies, so each of them gets the whole gradient",
        "ko": "사본들을 더했으므로 각 사본이 기울기 전부를 받습니다",
    },
)

CONCAT = Gate(
    name="concat",
    role=Role.ROUTER,
    symbol="concat",
    inputs=("parts",),
    variadic=True,
    options={"axis": 0},
    forward=lambda *parts, axis=0: np.concatenate(parts, axis=axis),
    vjp=("g[part_of(parts, i, axis)]",),
    story={
        "en": "cuts the gradient at the seams and sends every part its own piece",
        "ko": "이어 붙인 자리에서 기울기를 잘라 각 부분에 자기 몫을 보냅니다",
    },
)

STACK = Gate(
    name="stack",
    role=Role.ROUTER,
    symbol="stack",
    inputs=("parts",),
    variadic=True,
    options={"axis": 0},
    forward=lambda *parts, axis=0: np.stack(parts, axis=axis),
    vjp=("g[layer_of(out, i, axis)]",),
    story={
        "en": "sends every part the layer of the gradient that is its own",
        "ko": "각 부분에 자기 층의 기울기를 보냅니다",
    },
)

SORT = Gate(
    name="sort",
    role=Role.ROUTER,
    symbol="sort",
    inputs=("x",),
    options={"axis": -1},
    forward=lambda x, axis=-1: np.sort(x, axis=axis),
    vjp=("scatter(g, index=order(x, axis), shape=dims(x))",),
    kinks=("gaps(x, axis)",),
    story={
        "en": "sends every gradient back to the place its element had before sorting",
        "ko": "각 기울기를 정렬하기 전의 자리로 되돌려 보냅니다",
    },
    wrong=(
        Wrong(
            "sort.not_undone",
            ("g",),
            {"en": "pass the gradient on without undoing the sorting", "ko": "정렬을 되돌리지 않고 기울기를 보낸 것"},
        ),
    ),
)
