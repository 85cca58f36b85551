"""Functions whose answer has no gradient: they answer with plain numbers, frozen at what they are now."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

import numpy as np

from graphtutor.engine.numpy_api.table import TABLE, data

_MAKERS = "zeros_like ones_like full_like empty_like"
_ANSWERS = """
shape ndim size argmax argmin argsort argpartition argwhere nonzero flatnonzero searchsorted count_nonzero digitize
all any isclose allclose array_equal iscomplexobj isrealobj iscomplex isreal isscalar array_repr array_str result_type
may_share_memory shares_memory
"""
_ELEMENTWISE = "isfinite isnan isinf signbit"


def _numbers_of(function: Any) -> Any:
    return lambda *args, **options: function(*data(args), **{name: data(value) for name, value in options.items()})


for _name in f"{_MAKERS} {_ANSWERS} {_ELEMENTWISE}".split():
    TABLE[attrgetter(_name)(np)] = _numbers_of(attrgetter(_name)(np))
