"""From text to a graph."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from graphtutor.errors import ExpressionError, near_misses
from graphtutor.expr import syntax
from graphtutor.gates import Gate, Role, constants, functions, gate, operators
from graphtutor.graph import Builder, Graph
from graphtutor.graph.graph import Place

MEANT = {
    "BitXor": "`^` is not a power here: write `**`",
    "FloorDiv": "`//` has no gradient; write `/`",
    "Mod": "`%` is written `mod(a, b)`",
    "BitAnd": "`&` is written `logical_and(a > 0, b > 0)`",
    "BitOr": "`|` is written `logical_or(a > 0, b > 0)`; for the absolute value write `abs(x)`",
    "LShift": "`<<` is not part of the vocabulary",
    "RShift": "`>>` is not part of the vocabulary",
    "Not": "`not` is not part of the vocabulary; turn the two branches of `where` around",
    "Invert": "`~` is written `logical_not(a > 0)`",
}

REFUSED: dict[type[ast.AST], str] = {
    ast.Import: "`import` is not an expression; the functions of the vocabulary are there without it",
    ast.ImportFrom: "`import` is not an expression; the functions of the vocabulary are there without it",
    ast.FunctionDef: "a function definition is not an expression; write its body as statements",
    ast.Lambda: "a function definition is not an expression; write its body as statements",
    ast.Attribute: "attributes (`a.b`) are not part of the vocabulary, except `.T`; write `exp(x)`, `sum(x)`",
    ast.Compare: "a comparison stands only as the first input of `where`: where(x > 0, a, b)",
    ast.IfExp: "`a if c else b` is written `where(c, a, b)`",
    ast.BoolOp: "`and` and `or` are written `logical_and(a > 0, b > 0)` and `logical_or(a > 0, b > 0)`",
    ast.JoinedStr: "text is not a number",
    ast.Tuple: "several values at once are not an expression; write one per statement",
    ast.ListComp: "a comprehension is not part of the vocabulary; write its elements out",
    ast.GeneratorExp: "a comprehension is not part of the vocabulary; write its elements out",
    ast.SetComp: "a comprehension is not part of the vocabulary; write its elements out",
    ast.DictComp: "a comprehension is not part of the vocabulary; write its elements out",
    ast.Starred: "`*` before a value is not part of the vocabulary; a product stands between two values: `x*y`",
    ast.List: "a list holds only plain numbers; to put values together write `stack([a, b])` or `concat([a, b])`",
    ast.NamedExpr: "`:=` is not part of the vocabulary; write a statement of its own: name = ...",
}


def parse(text: str, names: Iterable[str] = ()) -> Graph:
    """Read an expression: one or more statements, separated by `;` or new lines.

    A statement whose right side is a plain number, and whose name is used elsewhere, gives that input its value; the
    output is the last of the other statements. `names` are inputs although they are named constants (`e`, `pi`).
    Raise `ExpressionError`, which tells the column, for anything that is not part of the vocabulary.
    """
    return _Reader(text, set(names)).graph()


class _Call(NamedTuple):
    gate: Gate
    inputs: list[ast.expr]
    options: dict[str, Any]


class _Reader:
    def __init__(self, text: str, names: set[str]) -> None:
        self.text = text
        self.lines = text.split("\n")
        self.module = syntax.tree(text)
        self.builder = Builder()
        self.names = names

    def graph(self) -> Graph:
        statements = [self.statement(node) for node in self.module.body]
        if not statements:
            raise ExpressionError("the expression is empty; write for example: f = (x + y) * z")
        used = {n.id: n for _, value in statements for n in ast.walk(value) if isinstance(n, ast.Name)}
        self.assigned = {name for name, _ in statements if name} | self.names
        given: dict[str, Any] = {}
        others: list[tuple[str | None, ast.expr]] = []
        for name, right in statements:
            number = plain(right)
            if name and name in used and number is not None:
                given[name] = self.number(right, number)
            else:
                others.append((name, right))
        if not others:
            name, right = statements[-1]
            raise self.error(
                f"there is nothing to compute: all statements give values, and {name!r} only to others", right
            )
        self.given = set(given)
        self.later = {name: right for name, right in reversed(others) if name}  # the first statement of each name
        output = -1
        output_name = ""
        for name, right in others:
            output = self.expression(right)
            output_name = name or next(
                n for n in ("f", "out", *(f"f{i}" for i in range(9999))) if n not in self.assigned and n not in used
            )
            self.builder.name(output_name, output)
        return self.builder.finish(output, output_name, given, self.text)

    def statement(self, node: ast.stmt) -> tuple[str | None, ast.expr]:
        match node:
            case ast.Assign(targets=[ast.Name(id=name) as target], value=value):
                self.check_name(name, target)
                return name, value
            case ast.Expr(value=value):
                return None, value
            case ast.AugAssign(target=ast.Name(id=name)):
                raise self.error(f"write it out: {name} = {name} + ...", node)
            case ast.Assign(targets=[_, _, *_]):
                raise self.error("give one name per statement: a = ...; b = a", node)
            case ast.Assign() | ast.AnnAssign():
                raise self.error("the left side of `=` must be one name", node)
        said = REFUSED.get(type(node), f"`{type(node).__name__.lower()}` is not an expression")
        raise self.error(said, node)

    def check_name(self, name: str, node: ast.expr) -> None:
        if name.startswith("_"):
            raise self.error(f"a name must begin with a letter, not {name!r}", node)

    def number(self, node: ast.expr, value: Any) -> Any:
        try:
            array = np.asarray(value, dtype=np.float64)
        except OverflowError:
            raise self.error("this number is too large: float64 ends near 1.8e308", node) from None
        except (ValueError, TypeError):
            raise self.error("this is no number, nor a regular nested list of numbers", node) from None
        return float(array) if array.ndim == 0 else array

    def expression(self, root: ast.expr) -> int:
        """Add the gates of one right side; return the position of the last. Iterative, for long sums."""
        order: list[ast.expr] = []
        todo: list[ast.expr] = [root]
        conditions: set[int] = set()
        while todo:
            node = todo.pop()
            order.append(node)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                conditions.update(map(id, _conditions(node.func.id, node.args)))
            todo.extend(self.operands(node, conditions))
        made: dict[int, int] = {}
        for node in reversed(order):
            made[id(node)] = self.make(node, made)
        return made[id(root)]

    def operands(self, node: ast.expr, conditions: set[int]) -> list[ast.expr]:
        """Return what must be made before this node; refuse what is not part of the vocabulary."""
        match node:
            case ast.BinOp(left=left, op=op, right=right):
                self.operator(op, right)
                return [left, right]
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return [operand]
            case ast.UnaryOp(op=op, operand=operand):
                self.operator(op, node)
                return [operand]
            case ast.Call():
                return self.call(node).inputs
            case ast.Subscript(value=value, slice=index):
                self.index(index)
                return [value]
            case ast.Attribute(value=value, attr="T"):
                return [value]
            case ast.List() if plain(node) is not None:
                return []
            case ast.Compare(left=left, ops=[op], comparators=[right]) if id(node) in conditions:
                self.operator(op, node)
                return [left, right]
            case ast.Compare(ops=[_, _, *_]) if id(node) in conditions:
                raise self.error("one comparison at a time: where(a < b, ...)", node)
            case ast.Name(id=name):
                self.check_name(name, node)
                return []
            case ast.Constant(value=value):
                if isinstance(value, bool) or not isinstance(value, int | float):
                    raise self.error(f"{value!r} is not a real number", node)
                return []
        said = REFUSED.get(type(node), f"this ({type(node).__name__.lower()}) is not part of the vocabulary")
        raise self.error(said, node)

    def make(self, node: ast.expr, made: dict[int, int]) -> int:
        place = self.place(node)
        match node:
            case ast.BinOp(left=left, op=op, right=right):
                return self.builder.gate(self.operator(op, node), (made[id(left)], made[id(right)]), place)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return made[id(operand)]
            case ast.UnaryOp(op=op, operand=operand):
                return self.builder.gate(self.operator(op, node), (made[id(operand)],), place)
            case ast.Call():
                call = self.call(node)
                inputs = tuple(made[id(arg)] for arg in call.inputs)
                return self.builder.gate(call.gate, inputs, place, call.options)
            case ast.Subscript(value=value, slice=index):
                return self.builder.gate(gate("index"), (made[id(value)],), place, {"index": self.index(index)})
            case ast.Attribute(value=value):
                return self.builder.gate(gate("transpose"), (made[id(value)],), place)
            case ast.List():
                return self.builder.constant(self.number(node, plain(node)), place)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return self.builder.gate(self.operator(op, node), (made[id(left)], made[id(right)]), place)
            case ast.Constant(value=value):
                return self.builder.constant(self.number(node, value), place)
            case ast.Name(id=name):
                return self.variable(name, node, place)
        raise AssertionError(f"operands() let {type(node).__name__} through")

    def variable(self, name: str, node: ast.expr, place: Place) -> int:
        if name in self.builder.names:
            return self.builder.names[name]
        if name in constants() and name not in self.assigned:
            return self.builder.constant(constants()[name], place)
        own = self.later.get(name)
        if own is not None and name not in self.given and not any(n is node for n in ast.walk(own)):
            raise self.error(f"{name!r} is used before the statement that computes it; move that statement up", node)
        return self.builder.input(name, place)

    def operator(self, op: ast.AST, node: ast.expr) -> Gate:
        name = type(op).__name__
        if name not in operators():
            raise self.error(MEANT.get(name, f"this operator ({name}) is not part of the vocabulary"), node)
        return operators()[name]

    def call(self, node: ast.Call) -> _Call:
        """Return which gate a call means, what feeds its slots, and its options."""
        name, choices = self.function(node)
        args = list(node.args)
        for arg in args:
            if isinstance(arg, ast.Starred):
                raise self.error(REFUSED[ast.Starred], arg)
        named: dict[str, ast.expr] = {}
        for keyword in node.keywords:
            if keyword.arg is None:
                raise self.error("`**` before an argument is not part of the vocabulary", keyword.value)
            named[keyword.arg] = keyword.value
        if len(choices) == 1 and choices[0].variadic:
            if len(args) == 1 and isinstance(args[0], ast.List | ast.Tuple):
                args = args[0].elts
            chosen, extra = choices[0], []
            if not args:
                raise self.error(f"{name} needs at least one input: {name}([a, b])", node)
        else:
            fitting = [c for c in choices if self.fits(c, args)]
            fitting.sort(key=lambda c: (not set(named) <= set(c.options), len(args) - len(c.inputs)))
            if not fitting:
                raise self.error(self.wrong_count(name, choices, len(args)), node)
            chosen = fitting[0]
            args, extra = args[: len(chosen.inputs)], args[len(chosen.inputs) :]
        options: dict[str, Any] = {}
        for option, value in [*zip(chosen.options, extra, strict=False), *named.items()]:
            if option not in chosen.options:
                takes = f"it takes {', '.join(chosen.options)}" if chosen.options else "it takes none"
                raise self.error(f"{name} has no option {option!r}; {takes}", node)
            if option in options:
                raise self.error(f"{name} is given {option!r} twice", node)
            options[option] = self.option(value)
        for option, default in chosen.options.items():
            if default is ... and option not in options:
                raise self.error(f"{name} needs {option}=...", node)
        return _Call(chosen, args, options)

    @staticmethod
    def fits(kind: Gate, args: list[ast.expr]) -> bool:
        """Whether the gate takes these arguments: its inputs, then options, which are plain."""
        extra = args[len(kind.inputs) :]
        return len(kind.inputs) <= len(args) <= len(kind.inputs) + len(kind.options) and all(map(is_option, extra))

    def function(self, node: ast.Call) -> tuple[str, tuple[Gate, ...]]:
        """Return the called name and the gates it may mean."""
        if not isinstance(node.func, ast.Name):
            if isinstance(node.func, ast.Constant | ast.BinOp | ast.Call):
                raise self.error("a product needs its sign: write `*` before the bracket", node)
            raise self.error(REFUSED.get(type(node.func), "this cannot be called"), node)
        name = node.func.id
        choices = functions().get(name)
        if choices is None:
            if name in self.assigned or len(name) == 1:
                raise self.error(f"{name!r} is not a function; for a product write `{name}*(...)`", node)
            near = near_misses(name, functions())
            raise self.error(
                f"unknown function {name!r}{near or '; known are: ' + ', '.join(sorted(functions()))}", node
            )
        return name, choices

    @staticmethod
    def wrong_count(name: str, choices: tuple[Gate, ...], given: int) -> str:
        """Say how many inputs a function takes."""
        numbers = sorted({len(choice.inputs) for choice in choices})
        counts = " or ".join(map(str, numbers))
        nested = f"; nest them: {name}(a, {name}(b, c))" if 2 in numbers and given > 2 else ""
        return f"{name} takes {counts} input{'' if counts == '1' else 's'}, not {given}{nested}"

    def option(self, node: ast.expr) -> Any:
        """Return the value of an option: a whole number, a list of them, a number, True, False or None."""
        match node:
            case ast.Constant(value=bool() | None as value):
                return value
            case ast.List(elts=[]) | ast.Tuple(elts=[]):
                return ()
        value = plain(node)
        if value is None:
            raise self.error("an option is a plain number, a list of them, True, False or None", node)
        return tuple(value) if isinstance(value, list) else value

    def index(self, node: ast.expr) -> Any:
        """Return what stands between the brackets of `x[...]`: whole numbers, slices, lists of whole numbers."""
        if isinstance(node, ast.Tuple):
            return tuple(self.index(part) for part in node.elts)
        if isinstance(node, ast.Slice):
            bounds = [None if bound is None else self.index(bound) for bound in (node.lower, node.upper, node.step)]
            return slice(*bounds)
        match node:
            case ast.Constant(value=value) if value is None or value is ...:
                return value
            case ast.List(elts=[]):
                return []
        value = plain(node)
        try:
            whole = np.asarray(value if value is not None else 0.5)
        except (ValueError, OverflowError):
            whole = np.asarray(0.5)
        if not np.issubdtype(whole.dtype, np.integer):
            raise self.error("an index is a whole number, a slice such as 0:2, or a list of whole numbers", node)
        return value

    def place(self, node: ast.expr) -> Place:
        end_line = node.end_lineno or node.lineno
        return Place(
            node.lineno,
            syntax.column(self.lines, node.lineno, node.col_offset),
            end_line,
            syntax.column(self.lines, end_line, node.end_col_offset or node.col_offset),
        )

    def error(self, message: str, node: ast.expr | ast.stmt) -> ExpressionError:
        column = syntax.column(self.lines, node.lineno, node.col_offset)
        return ExpressionError(message, self.text, node.lineno, column + 1)


def _conditions(name: str, args: list[ast.expr]) -> list[ast.expr]:
    """Return the arguments of a call that may be comparisons: the first of `where`, all of `logical_and`."""
    if name == "where":
        return args[:1]
    choices = functions().get(name, ())
    return args if any(c.role is Role.STOPPER and isinstance(c.template, ast.Call) for c in choices) else []


def is_option(node: ast.expr) -> bool:
    """Whether this may be the value of an option: a plain number, a list of them, True, False or None."""
    return isinstance(node, ast.Constant | ast.List | ast.Tuple) or plain(node) is not None


def plain(node: ast.expr) -> Any:
    """Return the value of a plain number or nested list of numbers, signed or not; `None` for anything else."""
    todo: list[ast.expr] = [node]
    while todo:  # look before folding: a computation is not a plain number
        match todo.pop():
            case ast.Constant(value=bool()):
                return None
            case ast.Constant(value=int() | float()):
                pass
            case ast.Name(id="inf" | "nan") if isinstance(node, ast.List):
                pass
            case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=ast.Constant() | ast.Name() as operand):
                todo.append(operand)
            case ast.List(elts=elements) | ast.Tuple(elts=elements) if elements:
                todo.extend(elements)
            case _:
                return None
    return _fold(node)


def _fold(node: ast.expr) -> Any:
    match node:
        case ast.UnaryOp(op=op, operand=operand):
            value = _fold(operand)
            return -value if isinstance(op, ast.USub) else value
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return constants()[name]
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return [_fold(element) for element in elements]
    raise AssertionError("plain() let something else through")
