"""Write NumPy source: what is computed with operands is written down as calls of ufuncs into buffers.

The rules of the gates are functions of anything that behaves like an array (`rules.compiled`), so they are run once on
operands, and what they did is the source. Every operand holds an example, which says shapes. Two kinds of lines come
out: those that make buffers and views of them, once, and those that compute, at every call. Equal computations are
shared, unused ones are left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from graphtutor.engine.operands import Operand, ValuesNeededError
from graphtutor.engine.rules import compiled, rule, vocabulary
from graphtutor.engine.run import as_float64
from graphtutor.engine.shortcuts import SPECIAL
from graphtutor.gates import Gate, gate

FLOAT64 = np.dtype(np.float64)
BOOL = np.dtype(bool)
INFIX = {"add": "+", "sub": "-", "mul": "*", "div": "/", "neg": "-"}


@dataclass(slots=True)
class Line:
    """One line of the source."""

    target: str
    into: str
    """The statement that writes into the buffer `target`, or makes `target`."""
    fresh: str
    """The statement that makes a new `target`."""
    roots: tuple[str, ...]
    """The lines that must come before."""


@dataclass(slots=True)
class Setup:
    """How a buffer or a view of one is made."""

    text: str
    uses: tuple[str, ...] = ()


@dataclass
class Writer:
    """Collects lines. `call` computes a gate, `source` writes everything down."""

    lines: list[Line] = field(default_factory=list)
    setup: dict[str, Setup] = field(default_factory=dict)
    space: dict[str, Any] = field(default_factory=dict)
    """What the source calls from outside: functions and constants."""
    eager: bool = False
    """Whether every line makes a new array, as where results are handed out one by one."""
    late: bool = False
    """Whether the second half is being written, which only gradients come from."""
    seed: Operand | None = None
    """The upstream gradient where it is one number, which is 1 where the backward pass begins."""
    _known: dict[Any, Operand] = field(default_factory=dict)
    _inside: dict[int, str] = field(default_factory=dict)
    _keep: list[Any] = field(default_factory=list)
    _count: int = 0

    def __post_init__(self) -> None:
        def call(kind: Gate) -> Callable[..., Any]:
            return lambda *args, **options: self.call(kind, *args, **options)

        self.meaning = vocabulary(call)

    # Operands

    def argument(self, name: str, example: Any) -> Operand:
        """Return an operand that is an argument of the source."""
        return Operand(self, name, example)

    def constant(self, value: Any) -> Operand:
        """Return an operand whose value is known now."""
        value = as_float64(value)
        key = ("constant", value.shape, value.tobytes())
        if key not in self._known:
            name = self.outside(np.array(value) if value.ndim else value)
            self._known[key] = Operand(self, name, value, number=value)
        return self._known[key]

    def placed(self, example: Any, setup: str, uses: tuple[str, ...], root: str = "") -> Operand:
        """Return an operand that is a part of a buffer, made once by this expression."""
        name = self._name("s")
        self.setup[name] = Setup(setup, uses)
        found = Operand(self, name, example, root)
        found.static = True
        return found

    def outside(self, value: Any) -> str:
        """Return the name under which the source finds this object."""
        if id(value) not in self._inside:
            self._inside[id(value)] = self._name("k")
            self.space[self._inside[id(value)]] = value
            self._keep.append(value)
        return self._inside[id(value)]

    def _name(self, letter: str) -> str:
        self._count += 1
        return f"{letter}{self._count}"

    def operand(self, value: Any) -> Operand:
        """Return the value as an operand."""
        return value if isinstance(value, Operand) else self.constant(value)

    def line(self, target: str, into: str, fresh: str, roots: tuple[str, ...]) -> None:
        """Write a line; see `Line`."""
        self.lines.append(Line(target, into, fresh, roots))

    # What is computed

    def rule(self, text: str, names: Sequence[str], *arguments: Any) -> Operand:
        """Compute a rule of our own on operands. A rule that looks at values is called as a whole."""
        try:
            return self.operand(compiled(text, tuple(names), self.meaning)(*arguments))
        except ValuesNeededError:
            places = [place for place, argument in enumerate(arguments) if isinstance(argument, Operand)]

        def function(*given: Any) -> Any:
            full = list(arguments)
            for place, value in zip(places, given, strict=True):
                full[place] = value
            return as_float64(rule(text, tuple(names))(*full))

        return self.whole(function, *(arguments[place] for place in places))

    def call(self, kind: Gate, *arguments: Any, **options: Any) -> Any:
        """Compute a gate."""
        args = tuple(map(self.operand, arguments))
        key = (kind.name, tuple(arg.name for arg in args), repr(options))
        if key not in self._known:
            self._known[key] = self._call(kind, args, options)
            self._keep.append(options)
        return self._known[key]

    def _call(self, kind: Gate, args: tuple[Operand, ...], options: dict[str, Any]) -> Operand:
        with np.errstate(all="ignore"):
            if args and not kind.variadic and all(arg.number is not None for arg in args):
                return self.constant(kind.forward(*(arg.number for arg in args), **options))
            special = SPECIAL.get(kind.name)
            if special is not None:
                found = special(self, *args, **{**kind.options, **options})
                if found is not None:
                    return self.operand(found)
            if kind.stable is not None:
                return self.rule(kind.stable, kind.names, *args, *{**kind.options, **options}.values())
            if isinstance(kind.forward, np.ufunc):
                return self.ufunc(kind.forward, *args, infix=INFIX.get(kind.name))
            return self.whole(lambda *x: as_float64(kind.forward(*x, **options)), *args)

    def ufunc(self, function: np.ufunc, *args: Operand, infix: str | None = None) -> Operand:
        """Write the call of a ufunc. What was only broadcast is computed before it is, and stays so."""
        thin = [self._number(arg if arg.thin is None else arg.thin) for arg in args]
        example = function(*(arg.example for arg in thin))
        shape = np.broadcast_shapes(*(arg.shape for arg in args))
        words = [self._array(arg) if np.ndim(example) else arg.name for arg in thin]
        roots = tuple(arg.root for arg in thin)
        if np.ndim(example):
            found = self.buffer(np.shape(example), example)
            call = f"{self.outside(function)}({', '.join(words)}"
            word = "out=" if function in (np.maximum, np.minimum) else ""  # which want it said
            self.line(found.name, f"{call}, {word}{found.name})", f"{found.name} = {call})", roots)
        else:
            said = f"{self.outside(function)}({', '.join(words)})"
            if infix is not None:
                said = f"{words[0]} {infix} {words[1]}" if len(words) == 2 else f"{infix}{words[0]}"
            found = self.assign(said, example, roots)
        return self.broadcast(found, shape)

    def masked(self, x: Operand, mask: Operand) -> Operand:
        """Write the product with yes and no, which a ufunc takes as 1 and 0."""
        thin = x if x.thin is None else x.thin
        example = np.multiply(thin.example, mask.example)
        if not example.ndim:
            return self.assign(f"{thin.name} * {mask.name}", example, (thin.root, mask.root))
        found = self.buffer(example.shape, example)
        multiply = f"{self.outside(np.multiply)}({self._array(thin)}"
        fresh = f"{found.name} = {multiply}, {mask.name})"
        if mask.shape == found.shape:  # a ufunc that has to convert is slow
            self.space["f8"] = FLOAT64
            fresh = f"{found.name} = {mask.name}.astype(f8); {multiply}, {found.name}, {found.name})"
        self.line(found.name, f"{multiply}, {mask.name}, {found.name})", fresh, (thin.root, mask.root))
        return self.broadcast(found, np.broadcast_shapes(x.shape, mask.shape))

    def seeded(self, x: Operand) -> Operand | None:
        """Write the product with the seed, which is nothing to compute where that is 1."""
        seed = self.seed
        if seed is None or x.thin is not None or x.name not in self.setup:
            return None
        found = self.buffer(x.shape, x.example)
        text = f"{found.name} = {x.name} if {seed.name} == 1.0 else {self.outside(np.multiply)}({seed.name}, {x.name})"
        self.line(found.name, text, text, (x.root,))
        return found

    def whole(self, function: Callable[..., Any], *args: Operand) -> Operand:
        """Write the call of any function of arrays."""
        args = tuple(map(self.solid, args))
        with np.errstate(all="ignore"):
            example = function(*(arg.example for arg in args))
        return self.assign(
            f"{self.outside(function)}({', '.join(arg.name for arg in args)})", example, tuple(arg.root for arg in args)
        )

    def assign(self, text: str, example: Any, roots: tuple[str, ...]) -> Operand:
        """Write a line that makes something new."""
        name = self._name("t")
        self.line(name, f"{name} = {text}", f"{name} = {text}", roots)
        return Operand(self, name, example, name)

    def buffer(self, shape: tuple[int, ...], example: Any) -> Operand:
        """Return a buffer; the line that writes it is the caller's."""
        name = self._name("b")
        kind = ", bool" if example.dtype == bool else ""
        self.setup[name] = Setup(f"empty({shape}{kind})")
        found = Operand(self, name, example, name)
        found.static = found.buffer = not self.eager
        return found

    def view(self, x: Operand, text: str, example: Any) -> Operand:
        """Return a view of an operand: `text` with `{}` for its name. Made once where the operand is a buffer."""
        if not x.static:
            return self.assign(text.format(x.name), example, (x.root,))
        return self.placed(example, text.format(x.name), (x.name,), x.root)

    def broadcast(self, x: Operand, shape: tuple[int, ...]) -> Operand:
        """Return the operand as if it had this shape; nothing is computed before somebody needs it."""
        if x.shape == shape:
            return x
        found = Operand(self, f"{x.name}_{'_'.join(map(str, shape))}", np.broadcast_to(x.example, shape), x.root)
        found.thin = x if x.thin is None else x.thin
        return found

    def solid(self, x: Operand) -> Operand:
        """Return the operand with all its elements."""
        if x.thin is None:
            return self._number(x)
        key = ("solid", x.name)
        if key not in self._known:
            self.space["broadcast_to"] = np.broadcast_to
            self._known[key] = self.view(self._number(x.thin), f"broadcast_to({{}}, {x.shape})", x.example)
        return self._known[key]

    def _array(self, arg: Operand) -> str:
        """Return a word for a call with arrays: a ufunc takes a number fastest as an array."""
        if arg.number is None or arg.ndim:
            return arg.name
        key = ("array", arg.name)
        if key not in self._known:
            self._known[key] = Operand(self, self.outside(np.array(arg.number)), arg.example)
        return self._known[key].name

    def _number(self, arg: Operand) -> Operand:
        """Return yes and no as 1 and 0."""
        if np.result_type(arg.example) is not BOOL:
            return arg
        key = ("number", arg.name)
        if key not in self._known:
            self._known[key] = self.assign(
                f"{self.outside(as_float64)}({arg.name})", as_float64(arg.example), (arg.root,)
            )
        return self._known[key]

    def sum_to(self, x: Operand, shape: tuple[int, ...]) -> Operand:
        """Sum over the axes along which something of this shape was broadcast."""
        if x.shape == shape:
            return x
        if len(x.shape) < len(shape) or any(a < b for a, b in zip(x.shape[::-1], shape[::-1], strict=False)):
            return self.broadcast(x, shape)
        extra = len(x.shape) - len(shape)
        axes = (*range(extra), *(extra + n for n, size in enumerate(shape) if size == 1 and x.shape[extra + n] != 1))
        if x.thin is not None and not x.thin.ndim:  # so many times the same number
            times = int(np.prod([x.shape[n] for n in axes], dtype=int))
            return self.broadcast(self.call(gate("mul"), x.thin, float(times)), shape)
        total = self.call(gate("sum"), x, axis=axes[0] if len(axes) == 1 else axes)
        return self.operand(self.call(gate("reshape"), total, shape=shape))

    def total(self, parts: Sequence[Operand]) -> Operand:
        """Add up what meets at a copy gate."""
        found = parts[0]
        for part in parts[1:]:
            found = self.call(gate("add"), found, part)
        return found

    # Where the results go

    def store(self, x: Operand, setup: str, uses: tuple[str, ...]) -> str:
        """Let the operand be computed into a part of a buffer, which this expression makes; return the line."""
        x = self.solid(x)
        if x.buffer and x.example.dtype != bool:
            self.setup[x.name] = Setup(setup, uses)
            x.buffer = False
            return x.root
        place = self._name("s")
        self.setup[place] = Setup(setup, uses)
        self.space["copyto"] = np.copyto
        text = f"copyto({place}, {x.name})"
        self.line(place, text, text, (x.root,))
        return place

    def source(
        self,
        opening: Sequence[str],
        results: Sequence[Operand | None],
        *,
        closing: str = "({},)",
        fresh: bool,
        stored: Sequence[str] = (),
        once: Sequence[str] = (),
    ) -> Callable[[], Any]:
        """Compile; return a function that makes buffers and returns the function that computes.

        `opening` are the first lines of that function, its head among them. It returns the results, `closing` with `{}`
        for all of them or for each: with `fresh` floats and arrays of their own, otherwise what lies in the buffers, to
        be overwritten by the next call. `stored` are lines to keep for what they write, `once` statements to run when
        the buffers are made.
        """
        solid = [None if x is None else self.solid(x) for x in results]
        needed = {x.root for x in solid if x is not None} | set(stored)
        kept = self._needed(self.lines, needed)
        text = "\n".join([*opening, *once, *(line.into for line in kept), *(x.name for x in solid if x is not None)])
        live = self._live(text)
        viewed = {name for setup in live.values() for name in setup.uses}
        words: list[str] = []
        own: set[str] = set()
        for x in solid:
            if x is None:
                words.append("None")
            elif not fresh:
                words.append(x.name)
            elif not x.ndim:
                words.append(f"float({x.name})")
            elif x.buffer and x.name not in viewed | own:
                own.add(x.name)
                words.append(x.name)
            else:
                words.append(f"{x.name}.copy()")
        body = [line.fresh if line.target in own else line.into for line in kept]
        code = ["def make():"]
        code += [f" {name} = {setup.text}" for name, setup in live.items() if name not in own]
        code += [f" {text}" for text in once]
        said = closing.format(*words) if fresh else closing.format(", ".join(words))
        code += [
            f" {opening[0]}",
            *(f"  {text}" for text in (*opening[1:], *body) if text),
            f"  return {said}",
            " return run",
        ]
        self.space |= {"empty": np.empty, "float": float, "float64": np.float64, "ndarray": np.ndarray, "f8": FLOAT64}
        self.text = "\n".join(code)
        exec(compile(self.text, "<numpy>", "exec"), self.space)
        return self.space["make"]  # type: ignore[no-any-return]

    def halves(
        self, arguments: Sequence[str], out: Operand, turn: int, parts: Sequence[Operand]
    ) -> tuple[list[str], list[str], list[str]]:
        """Return an eager source in two halves, divided at line `turn`, and the names that the second takes over.

        The first computes `out` of the arguments, the second the parts.
        """
        late = self._needed(self.lines[turn:], {part.root for part in parts})
        early = {line.target for line in self.lines[:turn]}
        roots = {root for line in late for root in line.roots} | {part.root for part in parts}
        taken = sorted(roots & early)
        first = [line.fresh for line in self._needed(self.lines[:turn], {out.root, *taken})]
        second = [line.fresh for line in late]
        words = set(re.findall(r"\w+", " ".join([*second, *(part.name for part in parts)])))
        return first, second, [*(name for name in arguments if name in words), *taken]

    @staticmethod
    def _needed(lines: Sequence[Line], wanted: set[str]) -> list[Line]:
        """Leave out the lines that nothing wanted depends on; add what the others depend on to `wanted`."""
        kept = []
        for line in reversed(lines):
            if line.target in wanted:
                wanted.update(line.roots)
                kept.append(line)
        return kept[::-1]

    def _live(self, text: str) -> dict[str, Setup]:
        words = set(re.findall(r"\w+", text))
        live: dict[str, Setup] = {}
        for name in reversed(self.setup):
            if name in words:
                live[name] = self.setup[name]
                words.update(self.setup[name].uses)
        return {name: live[name] for name in reversed(live)}
