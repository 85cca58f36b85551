"""`numpy.einsum` as what it abbreviates: diagonals, sums, transposes and matrix products, two operands at a time."""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_letters
from typing import Any

import numpy as np

from graphtutor.engine.numpy_api.moving import diagonal, reshape, transpose
from graphtutor.engine.numpy_api.reducing import SUM
from graphtutor.engine.numpy_api.table import apply_gate, array, implements

Labels = tuple[str, ...]
ELLIPSIS = "..."


@implements("einsum")
def einsum(*operands: Any, optimize: Any = None, order: Any = None) -> Any:
    terms, result, arrays = _read(operands)
    shapes = (zip(term, x.shape, strict=True) for term, x in zip(terms, arrays, strict=True))
    sizes: dict[str, int] = {}
    for label, length in (pair for shape in shapes for pair in shape):
        if sizes.setdefault(label, length) != length and 1 not in (length, sizes[label]):
            raise ValueError(f"the index {label!r} of einsum has the lengths {sizes[label]} and {length}")
        sizes[label] = max(sizes[label], length)
    todo = [_single(term, x, sizes) for term, x in zip(terms, arrays, strict=True)]
    while len(todo) > 1:
        (left, x), (right, y), *rest = todo
        wanted = {*result, *(label for term, _ in rest for label in term)}
        todo = [_pair(left, x, right, y, wanted), *rest]
    term, x = todo[0]
    x = SUM(x, axis=tuple(i for i, label in enumerate(term) if label not in result))
    term = tuple(label for label in term if label in result)
    x = transpose(x, [term.index(label) for label in result if label in term])
    shape = [sizes[label] for label in result]
    return (
        x if list(x.shape) == shape else reshape(x, [n if c in term else 1 for n, c in zip(shape, result, strict=True)])
    )


def _read(operands: Sequence[Any]) -> tuple[list[Labels], Labels, list[Any]]:
    """Return the labels of every operand, those of the result, and the operands."""
    if isinstance(operands[0], str):
        texts, arrow, result = operands[0].replace(" ", "").partition("->")
        inputs = [_split(text) for text in texts.split(",")]
        output = _split(result) if arrow else None
        arrays = [array(x) for x in operands[1:]]
    else:  # einsum(x, [0, 1], y, [1, 2], [0, 2])
        pairs = len(operands) // 2
        inputs = [_lettered(sublist) for sublist in operands[1 : 2 * pairs : 2]]
        output = _lettered(operands[-1]) if len(operands) % 2 else None
        arrays = [array(x) for x in operands[0 : 2 * pairs : 2]]
    if len(inputs) != len(arrays):
        raise ValueError(f"einsum names {len(inputs)} operands, and {len(arrays)} are given")
    terms, hidden = [], 0
    for term, x in zip(inputs, arrays, strict=True):
        rank = x.ndim - len(term) + (ELLIPSIS in term)
        if rank < 0 or (rank and ELLIPSIS not in term):
            raise ValueError(f"einsum names {len(term)} axes of an array of shape {x.shape}")
        terms.append(_spread(term, rank))
        hidden = max(hidden, rank if ELLIPSIS in term else 0)
    if output is None:
        letters = [label for term in inputs for label in term if label != ELLIPSIS]
        output = (ELLIPSIS, *sorted(label for label in letters if letters.count(label) == 1))
    return terms, _spread(output, hidden), arrays


def _split(text: str) -> Labels:
    before, dots, after = text.partition(ELLIPSIS)
    return (*before, ELLIPSIS, *after) if dots else tuple(text)


def _lettered(numbers: Sequence[Any]) -> Labels:
    return tuple(ELLIPSIS if n is Ellipsis else ascii_letters[n] for n in numbers)


def _spread(term: Labels, rank: int) -> Labels:
    """Replace the dots by labels of their own, counted from the right."""
    own = tuple(str(n) for n in reversed(range(rank)))
    return tuple(part for label in term for part in (own if label == ELLIPSIS else (label,)))


def _single(term: Labels, x: Any, sizes: dict[str, int]) -> tuple[Labels, Any]:
    """Take the diagonal where a label stands twice; drop axes of length one that others stretch."""
    for label in dict.fromkeys(term):
        while term.count(label) > 1:
            first = term.index(label)
            second = term.index(label, first + 1)
            x = diagonal(x, 0, first, second)
            term = (*(c for i, c in enumerate(term) if i not in (first, second)), label)
    kept = [i for i, label in enumerate(term) if x.shape[i] == sizes[label]]
    if len(kept) < len(term):
        x = reshape(x, [x.shape[i] for i in kept])
    return tuple(term[i] for i in kept), x


def _pair(left: Labels, x: Any, right: Labels, y: Any, wanted: set[str]) -> tuple[Labels, Any]:
    """Multiply two operands, summing over what is not wanted any more: a stack of matrix products."""
    left, x = _summed(left, x, {*wanted, *right})
    right, y = _summed(right, y, {*wanted, *left})
    stacked = [c for c in left if c in right and c in wanted]
    inner = [c for c in left if c in right and c not in wanted]
    rows, columns = [c for c in left if c not in right], [c for c in right if c not in left]
    x, shape_x = _grouped(left, x, stacked, rows, inner)
    y, shape_y = _grouped(right, y, stacked, inner, columns)
    product = apply_gate("matmul", x, y)
    lengths = [*shape_x[0], *shape_x[1], *shape_y[2]]
    return (*stacked, *rows, *columns), reshape(product, lengths)


def _summed(term: Labels, x: Any, wanted: set[str]) -> tuple[Labels, Any]:
    axes = tuple(i for i, label in enumerate(term) if label not in wanted)
    return (tuple(c for c in term if c in wanted), SUM(x, axis=axes)) if axes else (term, x)


def _grouped(term: Labels, x: Any, *groups: list[str]) -> tuple[Any, list[list[int]]]:
    """Bring the axes into three groups, each made one axis; return the lengths within each group."""
    lengths = [[x.shape[term.index(label)] for label in group] for group in groups]
    moved = transpose(x, [term.index(label) for group in groups for label in group])
    return reshape(moved, [int(np.prod(group, dtype=int)) for group in lengths]), lengths
