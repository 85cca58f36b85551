"""What a gate is: a value that carries its mathematics, its story and the wrong rules people really write."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any


class Role(StrEnum):
    """What a gate does to the gradient that flows back through it."""

    DISTRIBUTOR = "distributor"
    """Hands the upstream gradient on to every input (add)."""
    ADDER = "adder"
    """Adds up the contributions that come back (copy)."""
    ROUTER = "router"
    """Sends the gradient one way and nothing the other (max)."""
    SWITCHER = "switcher"
    """Scales the gradient of one input by the value of the other (mul)."""
    SCALER = "scaler"
    """Multiplies the gradient by one slope (exp, sigmoid, ...)."""
    SOURCE = "source"
    """Has no inputs: the gradient ends here."""
    STOPPER = "stopper"
    """Lets no gradient through (a comparison)."""


Shapes = tuple[tuple[int, ...], ...]

Words = Mapping[str, str]
"""The same sentence per language code; `en` is always there."""


@dataclass(frozen=True, slots=True, eq=False)
class Wrong:
    """A wrong backward rule that people really write."""

    id: str
    """`<gate>.<mistake>`, stable: it appears in reports."""
    rule: tuple[str | None, ...]
    """The wrong contribution per input, in the expression language over the inputs, `out` and the upstream gradient `g`."""
    belief: Words
    """What somebody who writes this believes, as a clause after "you seem to ..."."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Gate:
    """Declare one operation. Everything else (parser, engine, explanation, screen, tests) reads this.

    A derivative is written once, in the product's own expression language. An elementwise gate gives `local`: the local
    gradient per input, over the inputs' names and `out`. A structured gate gives `vjp`: the contribution per input, which
    may also use the upstream gradient `g`. `None` marks an input through which no gradient flows.
    """

    name: str
    role: Role
    symbol: str
    """What is written on the gate."""
    inputs: tuple[str, ...]
    """Names of the slots, in order."""
    forward: Callable[..., Any]
    """The stable forward computation on NumPy float64 scalars and arrays. A NumPy ufunc here is also traced as this gate."""
    local: tuple[str | None, ...] = ()
    vjp: tuple[str | None, ...] | Callable[[Shapes], tuple[str | None, ...]] = ()
    """The contribution per input; a function of the inputs' shapes where the rule differs (a product of vectors or matrices)."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """What else a call may say (`axis`, `keepdims`, ...), with defaults; `...` where there is none. Rules may use the names."""
    variadic: bool = False
    """Whether the gate takes any number of inputs; its one rule then holds for input number `i` of `parts`."""
    scalar: str | None = None
    """The forward computation on Python floats, in Python with the functions of `math`, where that is faster. It may raise
    what `math` raises: the engine then falls back to `forward`. Operators have their formula."""
    formula: str = ""
    """How it is written in an expression, over the inputs' names; by default a call."""
    functions: tuple[str, ...] | None = None
    """The names by which it is called in an expression; by default the gate's own, or none where it is an operator."""
    expansion: str | None = None
    """The same function in simpler gates, where it has such a form."""
    stable: str | None = None
    """The forward computation in simpler gates, stable wherever `forward` is. Compiled code then shares with the backward pass
    what the forward pass has computed; without it the gate is called as a whole."""
    whole: bool = False
    """Whether it stays whole unless asked for: its expansion says the same in other words, but shows nothing simpler."""
    activation: bool = False
    """Whether a layer of neurons ends in it."""
    inside: Any = None
    """The graph one sees when the gate is opened: of a gate that was made by closing a part of a graph, else `None`."""
    domain: str | None = None
    """A condition over the inputs outside which the result is undefined or infinite."""
    outside: str = "domain"
    """The kind of fault that happens there: `domain` or `division by zero`."""
    kinks: tuple[str, ...] = ()
    """Expressions over the inputs that are zero where the gate is not differentiable."""
    wrong: tuple[Wrong, ...] = ()
    story: Words = field(default_factory=dict)
    """What the gate does to the gradient, as a clause after "it"."""

    def __post_init__(self) -> None:
        operator = bool(self.formula)
        if not self.formula:
            object.__setattr__(self, "formula", f"{self.name}({', '.join(self.inputs)})")
        if self.functions is None:
            object.__setattr__(self, "functions", () if operator else (self.name,))

    @property
    def is_source(self) -> bool:
        """Whether the gate has no inputs: an input or a constant."""
        return self.role is Role.SOURCE

    def rules(self, shapes: Shapes) -> tuple[str | None, ...]:
        """Return the contribution per input over the inputs, the options, `out` and `g`: `vjp`, or upstream times local."""
        if callable(self.vjp):
            return self.vjp(shapes)
        if self.vjp:
            return self.vjp * len(shapes) if self.variadic else self.vjp
        return tuple(None if slope is None else f"g * ({slope})" for slope in self.local)

    @cached_property
    def flows(self) -> tuple[bool, ...] | None:
        """Whether a gradient flows through each input; `None` where it does through all."""
        rules = self.local or (() if callable(self.vjp) else self.vjp)
        return tuple(rule is not None for rule in rules) if None in rules else None

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What a rule may speak of besides `out` and `g`."""
        return (*self.inputs, *self.options, *(("i",) if self.variadic else ()))

    @cached_property
    def template(self) -> ast.expr:
        """The formula as a syntax tree."""
        return ast.parse(self.formula, mode="eval").body

    def __repr__(self) -> str:
        return f"<gate {self.name}>"

    def __reduce__(self) -> tuple[Callable[[str], Gate], tuple[str]]:
        """Pickle a gate by name, so that a graph can go to another process."""
        from graphtutor.gates import gate

        return gate, (self.name,)
