"""What a rule is run on while its source is written: operands, which know their shape but not their value."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from graphtutor.gates import gate

if TYPE_CHECKING:
    from graphtutor.engine.writer import Writer


class ValuesNeededError(TypeError):
    """The rule looks at values, not only at shapes."""


class Operand:
    """Something computed: a name in the source, and an example of its value."""

    __slots__ = ("buffer", "example", "mask", "name", "number", "root", "static", "thin", "writer")
    __array_ufunc__ = None  # NumPy's numbers leave operators to us

    def __init__(self, writer: Writer, name: str, example: Any, root: str = "", number: Any = None) -> None:
        self.writer = writer
        self.name = name
        self.example = example
        self.root = root
        """The line that computes it; it may be a view of what that line wrote."""
        self.number = number
        """Its value, where that is known now."""
        self.static = False
        """Whether it lies in a buffer, so that views of it are made only once."""
        self.buffer = False
        """Whether it is a whole buffer of its own."""
        self.thin: Operand | None = None
        """The same before it was broadcast to its shape."""
        self.mask: Operand | None = None
        """Where it is 1; elsewhere it is 0."""

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(np.shape(self.example))

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def T(self) -> Operand:
        return self.writer.operand(self.writer.call(gate("transpose"), self))

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise ValuesNeededError(self.name)

    def __bool__(self) -> bool:
        raise ValuesNeededError(self.name)

    def __getitem__(self, index: Any) -> Operand:
        return self.writer.operand(self.writer.call(gate("index"), self, index=index))


def _operator(kind: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    def there(self: Operand, *others: Any) -> Any:
        return self.writer.call(gate(kind), self, *others)

    def back(self: Operand, other: Any) -> Any:
        return self.writer.call(gate(kind), other, self)

    return there, back


for _name, _kind in {
    "add": "add", "sub": "sub", "mul": "mul", "truediv": "div", "pow": "pow", "matmul": "matmul", "mod": "mod",
}.items():  # fmt: skip
    _there, _back = _operator(_kind)
    setattr(Operand, f"__{_name}__", _there)
    setattr(Operand, f"__r{_name}__", _back)
for _name, _kind in {
    "neg": "neg", "abs": "abs", "gt": "greater", "ge": "greater_equal", "lt": "less", "le": "less_equal", "eq": "equal",
    "ne": "not_equal",
}.items():  # fmt: skip
    setattr(Operand, f"__{_name}__", _operator(_kind)[0])
