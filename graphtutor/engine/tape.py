"""The backward pass over eager values: count the consumers, then hand gradients on as soon as all of them have come in."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphtutor.engine.rules import arguments_of, contributions_of
from graphtutor.engine.run import as_float64, sum_to
from graphtutor.engine.value import COPY, Value, feeds_of, options_of


def backward(root: Value, accumulate: bool = False) -> None:
    """Set the gradient of everything `root` was made of; see `Value.backward`."""
    earlier: list[tuple[Value, Any]] = []
    seen = _count(root, earlier if accumulate else None)
    root._grad = 1.0 if root.__class__ is Value else np.ones(root.shape)
    order = [root]
    ready = order.append
    for n in order:
        a = n._a
        if a.__class__ is tuple:
            _general(n, ready)
            continue
        g = n._grad
        if a is not None:
            a._grad += g * n._da
            a._k = k = a._k - 1
            if not k:
                ready(a)
        b = n._b
        if b is not None:
            b._grad += g * n._db
            b._k = k = b._k - 1
            if not k:
                ready(b)
    assert len(order) == len(seen)
    for value, grad in earlier:
        if grad is not None and value._grad is not None:
            value._grad = value._grad + grad


def _count(root: Value, earlier: list[tuple[Value, Any]] | None) -> list[Value]:
    """Return everything the root was made of, each with its number of consumers in `_k` and its gradient at zero."""
    if earlier is not None:
        earlier.append((root, root._grad))
    seen = [root]
    add = seen.append
    for n in seen:
        a = n._a
        if a.__class__ is tuple:
            inputs = [feed for feed in a if isinstance(feed, Value)]
        else:
            if a is not None:
                if a._k:
                    a._k += 1
                else:
                    if earlier is not None:
                        earlier.append((a, a._grad))
                    a._k = 1
                    a._grad = 0.0
                    add(a)
            b = n._b
            if b is not None:
                if b._k:
                    b._k += 1
                else:
                    if earlier is not None:
                        earlier.append((b, b._grad))
                    b._k = 1
                    b._grad = 0.0
                    add(b)
            continue
        for feed in inputs:
            if not feed._k:
                if earlier is not None:
                    earlier.append((feed, feed._grad))
                feed._grad = 0.0 if feed.__class__ is Value else np.zeros(feed.shape)
                add(feed)
            feed._k += 1
    return seen


def _general(value: Value, ready: Any) -> None:
    """Send the contributions of a value that was applied in general."""
    feeds = feeds_of(value)
    for slot, feed in enumerate(feeds):
        if not isinstance(feed, Value):
            continue
        part = contribution(value, feeds, slot, value._grad)
        if part is not None:
            feed._grad = feed._grad + part
        feed._k -= 1
        if not feed._k:
            ready(feed)


def contribution(value: Value, feeds: tuple[Any, ...], slot: int, upstream: Any) -> Any:
    """Return upstream times local for one slot of a value, by the gate's rule on plain numbers; `None` where none flows."""
    kind = value._gate
    if kind is COPY:
        return upstream
    data = tuple(as_float64(feed._data if isinstance(feed, Value) else feed) for feed in feeds)
    shapes = tuple(part.shape for part in data)
    rule = contributions_of(kind, None, shapes)[slot]
    if rule is None:
        return None
    settings = {**kind.options, **options_of(value)}
    with np.errstate(all="ignore"):
        sent = rule(*arguments_of(kind, data, settings, slot), as_float64(value._data), as_float64(upstream))
        part = sum_to(as_float64(sent), shapes[slot])
    return part if part.ndim else float(part)
