"""The backward pass over eager values: count the consumers, then hand gradients on as soon as all have come in."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphtutor.engine.history import ancestors, options_of
from graphtutor.engine.rules import arguments_of, contributions_of
from graphtutor.engine.run import as_float64, sum_to
from graphtutor.engine.silence import SILENT, hush, restore
from graphtutor.engine.value import COPY, GENERAL, Value


def backward(root: Value, accumulate: bool = False) -> None:
    """Set the gradient of everything `root` was made of; see `Value.backward`."""
    earlier = [(value, getattr(value, "_grad", None)) for value in ancestors(root)] if accumulate else []
    try:
        general = _count(root)
        root._grad = 1.0 if root.__class__ is Value else np.ones(root.shape)
        if general:
            token = hush(SILENT)
            try:
                _sweep(root)
            finally:
                restore(token)
        else:
            _sweep(root)
    except BaseException:  # an interrupt: the next pass must not take over what this one has counted
        for value in ancestors(root):
            value._k = 0
        raise
    for value, grad in earlier:
        if grad is not None:
            value._grad = value._grad + grad


def _sweep(root: Value) -> None:
    """Hand gradients on, each as soon as it is complete."""
    order = [root]
    ready = order.append
    general = GENERAL
    for n in order:
        b = n._b
        if b is general:
            known = n._db
            if known is None:
                _send(n, ready)
            else:
                known[0](n, ready)
            continue
        a = n._a
        if a is not None:
            g = n._grad
            a._grad += g * n._da
            k = a._k - 1
            a._k = k
            if not k:
                ready(a)
            if b is not None:
                b._grad += g * n._db
                k = b._k - 1
                b._k = k
                if not k:
                    ready(b)
        elif b is not None:
            b._grad += n._grad * n._db
            k = b._k - 1
            b._k = k
            if not k:
                ready(b)


def _count(root: Value) -> bool:
    """Give everything the root was made of its number of consumers in `_k`, and a gradient of zero.

    An array's zero is `None`. Return whether anything was applied in general.
    """
    found = False
    seen = [root]
    add = seen.append
    general = GENERAL
    for n in seen:
        a = n._a
        b = n._b
        if b is not None:
            if b is general:
                found = True
                known = n._db
                targets = _targets(n) if known is None else known[1]
                if targets is not a:  # no gradient flows to some
                    for feed in a:
                        if isinstance(feed, Value) and not feed._k:
                            feed._grad = None
                for feed in targets:
                    if feed._k:
                        feed._k += 1
                    else:
                        feed._k = 1
                        feed._grad = 0.0 if feed.__class__ is Value else None
                        add(feed)
                continue
            if b._k:
                b._k += 1
            else:
                b._k = 1
                b._grad = 0.0
                add(b)
        if a is not None:
            if a._k:
                a._k += 1
            else:
                a._k = 1
                a._grad = 0.0
                add(a)
    return found


def _targets(value: Value) -> list[Value]:
    """Return the values that a value applied in general sends gradients to."""
    return [value._a[slot] for slot in _slots(value)]


def _slots(value: Value) -> list[int]:
    flows = value._gate.flows
    return [slot for slot, feed in enumerate(value._a) if isinstance(feed, Value) and (flows is None or flows[slot])]


def _send(value: Value, ready: Any) -> None:
    """Send the contributions of a value that was applied in general and without a recipe."""
    upstream = value._grad
    for slot in _slots(value):
        feed = value._a[slot]
        part = contribution(value, value._a, slot, upstream)
        if part is not None:
            if feed._grad is not None:
                feed._grad = feed._grad + part
            elif feed._a is None and (part is upstream or part.base is not None):  # nobody else's to write into
                feed._grad = part.copy()
            else:
                feed._grad = part
        feed._k -= 1
        if not feed._k:
            if feed._grad is None:
                feed._grad = np.zeros(feed.shape)
            ready(feed)


def contribution(value: Value, feeds: tuple[Any, ...], slot: int, upstream: Any) -> Any:
    """Return upstream times local for one slot of a value, by the gate's rule on plain numbers; `None` for no flow."""
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
