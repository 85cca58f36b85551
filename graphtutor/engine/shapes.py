"""What rules may ask about shapes, and the compounds of gates that they share. Shapes are fixed numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

Function = Callable[..., Any]


def dims(x: Any) -> tuple[int, ...]:
    """Return the shape of an array or value."""
    return tuple(x.shape)


def size(x: Any) -> int:
    """Return the number of elements."""
    return int(np.prod(x.shape, dtype=int))


def rows(x: Any) -> int:
    """Return the number of vectors that lie along the last axis."""
    return int(np.prod(x.shape[:-1], dtype=int))


def count(x: Any, axis: Any) -> int:
    """Return how many elements one reduction along `axis` takes together."""
    if axis is None:
        return size(x)
    return int(np.prod([x.shape[a] for a in np.atleast_1d(axis)], dtype=int))


def kept(x: Any, axis: Any) -> tuple[int, ...]:
    """Return the shape after a reduction along `axis` that keeps the dimensions."""
    if axis is None:
        return (1,) * len(x.shape)
    axes = {int(a) % len(x.shape) for a in np.atleast_1d(axis)}
    return tuple(1 if a in axes else length for a, length in enumerate(x.shape))


def inverse(axes: Any) -> tuple[int, ...] | None:
    """Return the permutation that undoes `axes`."""
    return None if axes is None else tuple(int(a) for a in np.argsort([a % len(axes) for a in axes]))


def nats(base: float | None) -> float:
    """Return how many nats one unit of a logarithm to this base is."""
    return 1.0 if base is None else float(np.log(base))


def winners(x: Any, out: Any, axis: Any) -> Any:
    """Return each element's share in the extreme value: 1, or an equal part among equals. No gradient flows here."""
    array, best = _numbers(x), _numbers(out)
    ties = array == best.reshape(kept(array, axis))
    return ties / ties.sum(axis=None if axis is None else tuple(np.atleast_1d(axis)), keepdims=True)


def margin(x: Any, axis: Any) -> Any:
    """Return by how much each element is larger than the largest of those it is compared with."""
    array = _numbers(x)
    axes = tuple(range(array.ndim)) if axis is None else tuple(int(a) % array.ndim for a in np.atleast_1d(axis))
    together = count(array, axis)
    if together < 2:
        return np.full(array.shape, np.inf)
    moved = np.moveaxis(array, axes, range(-len(axes), 0))
    ordered = np.sort(moved.reshape(*moved.shape[: -len(axes)], together), axis=-1)
    first, second = (ordered[..., -n].reshape(kept(array, axis)) for n in (1, 2))
    return np.where(array == first, array - second, array - first)


def gaps(x: Any, axis: int) -> Any:
    """Return the differences of all pairs that are sorted together."""
    array = np.moveaxis(_numbers(x), axis, -1)
    above, below = np.triu_indices(array.shape[-1], 1)
    return array[..., above] - array[..., below] if len(above) else np.full(array.shape, np.inf)


def order(x: Any, axis: int) -> tuple[Any, ...]:
    """Return the index that sorts."""
    array = _numbers(x)
    places = list(np.indices(array.shape, sparse=True))
    places[axis] = np.argsort(array, axis=axis, kind="stable")
    return tuple(places)


def _numbers(x: Any) -> Any:
    return np.asarray(getattr(x, "value", x))


def part_of(parts: Any, i: int, axis: int) -> tuple[slice, ...]:
    """Return the index of part number `i` in the concatenation of the parts."""
    at = axis % len(parts[i].shape)
    start = sum(part.shape[at] for part in parts[:i])
    return (*(slice(None),) * at, slice(start, start + parts[i].shape[at]))


def layer_of(out: Any, i: int, axis: int) -> tuple[Any, ...]:
    """Return the index of part number `i` in the stack of the parts."""
    return (*(slice(None),) * (axis % len(out.shape)), i)


def triangle(x: Any) -> Any:
    """Return ones below the diagonal of a matrix, one half on it, zeros above."""
    ones = np.ones(x.shape[-2:])
    return (np.tril(ones) + np.tril(ones, -1)) / 2


STATIC: Mapping[str, Function] = {
    f.__name__: f
    for f in (dims, size, rows, count, kept, inverse, nats, winners, margin, gaps, order, part_of, layer_of, triangle)
}


def compounds(call: Mapping[str, Function]) -> dict[str, Function]:
    """Return the compounds of gates, made of the given functions (plain NumPy ones, or ones that record)."""
    reshape, transpose, broadcast, matmul, where, prod = (
        call[name] for name in ("reshape", "transpose", "broadcast", "matmul", "where", "prod")
    )

    def spread(g: Any, x: Any, axis: Any) -> Any:
        """Copy what was reduced along `axis` back to the shape of x."""
        return broadcast(reshape(g, shape=kept(x, axis)), shape=dims(x))

    def others(x: Any, out: Any, axis: Any) -> Any:
        """Return for each element the product of those it is multiplied with, itself left out."""
        if np.all(_numbers(x)):
            return spread(out, x, axis) / x
        axes = range(len(x.shape)) if axis is None else [int(a) % len(x.shape) for a in np.atleast_1d(axis)]
        back = (*(a for a in range(len(x.shape)) if a not in axes), *axes)
        moved, together = transpose(x, axes=back), count(x, axis)
        lead = moved.shape[: len(moved.shape) - len(axes)]
        rows = reshape(moved, shape=(*lead, 1, together))
        left_out = prod(where(np.eye(together), 1.0, rows), axis=-1)
        return transpose(reshape(left_out, shape=moved.shape), axes=inverse(back))

    def swap(x: Any) -> Any:
        """Transpose the last two axes."""
        rank = len(x.shape)
        return x if rank < 2 else transpose(x, axes=(*range(rank - 2), rank - 1, rank - 2))

    def symmetric(x: Any) -> Any:
        """Return the mean of a matrix and its transpose."""
        return (x + swap(x)) / 2

    def row(x: Any) -> Any:
        """Make a vector (or a stack of them) a stack of matrices with one row each."""
        return reshape(x, shape=(*x.shape[:-1], 1, x.shape[-1]))

    def column(x: Any) -> Any:
        """Make a vector (or a stack of them) a stack of matrices with one column each."""
        return reshape(x, shape=(*x.shape, 1))

    def unrow(x: Any) -> Any:
        """Make a stack of matrices with one row each a stack of vectors."""
        return reshape(x, shape=(*x.shape[:-2], x.shape[-1]))

    def uncolumn(x: Any) -> Any:
        """Make a stack of matrices with one column each a stack of vectors."""
        return reshape(x, shape=x.shape[:-1])

    def _flat(x: Any, y: Any) -> tuple[Any, Any, tuple[int, ...]]:
        length, rank = y.shape[-2], len(y.shape)
        order = (rank - 2, *range(rank - 2), rank - 1)
        return reshape(x, shape=(-1, length)), reshape(transpose(y, axes=order), shape=(length, -1)), order

    def dot_left(g: Any, x: Any, y: Any) -> Any:
        """Return the gradient of `dot(x, y)` for x, of any rank."""
        flat_x, flat_y, _ = _flat(x, y)
        return reshape(matmul(reshape(g, shape=(flat_x.shape[0], -1)), swap(flat_y)), shape=dims(x))

    def dot_right(g: Any, x: Any, y: Any) -> Any:
        """Return the gradient of `dot(x, y)` for y, of any rank above one."""
        if len(y.shape) == 1:
            flat = reshape(x, shape=(-1, y.shape[0]))
            return matmul(swap(flat), reshape(g, shape=(-1,)))
        flat_x, _, order = _flat(x, y)
        turned = matmul(swap(flat_x), reshape(g, shape=(flat_x.shape[0], -1)))
        moved = reshape(turned, shape=tuple(y.shape[a] for a in order))
        return transpose(moved, axes=inverse(order))

    return {f.__name__: f for f in (spread, others, swap, symmetric, row, column, unrow, uncolumn, dot_left, dot_right)}
