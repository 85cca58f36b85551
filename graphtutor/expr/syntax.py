"""Read text with Python's own parser, never run it; say what is wrong in the words of a person who types formulas."""

from __future__ import annotations

import ast
import re
import warnings

from graphtutor.errors import ExpressionError

LONGEST = 500_000
"""The longest text that is read, in characters. Bigger graphs come from Python."""

_PRODUCT = re.compile(
    r"(?<![\w.])((?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)\s*(?=[A-Za-z_(\u0370-\uffff])(?![eE][+-]?\d)(?![jJ]\b)([\w.]*)"
)
_STATEMENT = re.compile(r"[\w)\]]\s+([^\W\d]\w*)\s*=(?!=)")


def tree(text: str) -> ast.Module:
    """Return the syntax tree of the statements; line and column numbers are those of the text as given."""
    if not text.strip():
        raise ExpressionError("the expression is empty; write for example: f = (x + y) * z")
    if len(text) > LONGEST:
        raise ExpressionError(
            f"the expression is too long: {len(text):,} characters, at most {LONGEST:,} are read; "
            "build big graphs from Python"
        )
    if "\0" in text:
        raise ExpressionError("the expression holds a zero byte; it must be plain text")
    lines = text.split("\n")
    bare = "\n".join(line.lstrip() for line in lines)
    try:
        with warnings.catch_warnings():  # `2(x)` makes Python warn on standard error
            warnings.simplefilter("ignore")
            module = ast.parse(bare)
    except SyntaxError as error:
        raise _explain(text, lines, error) from None
    except (RecursionError, MemoryError):
        raise ExpressionError(
            "the expression is nested too deeply; name its parts in statements of their own"
        ) from None
    except UnicodeEncodeError:
        raise ExpressionError("the expression holds bytes that are not UTF-8 text") from None
    except ValueError as error:
        raise ExpressionError(f"the expression cannot be read: {error}") from None
    return module


def _explain(text: str, lines: list[str], error: SyntaxError) -> ExpressionError:
    line = min(error.lineno or 1, len(lines))
    source = lines[line - 1]
    indent = len(source) - len(source.lstrip())
    column = min((error.offset or 1) + indent, len(source) + 1)
    said = error.msg or ""
    if "too many nested parentheses" in said or "too complex" in said or "stack overflow" in said:
        return ExpressionError("the expression is nested too deeply; name its parts in statements of their own")
    for missing in _STATEMENT.finditer(source.partition("#")[0]):
        before, name = source[: missing.start(1)], missing.group(1)
        if before.count("(") == before.count(")"):
            said = f"a `;` is missing before the next statement: write `; {name} = ...`"
            return ExpressionError(said, text, line, len(before) + 1)
    for found in _PRODUCT.finditer(source):
        number, rest = found.group(1), found.group(2)
        written = f"{number}*{rest}" if rest else f"{number}*("
        return ExpressionError(f"a product needs its sign: write `{written}`", text, line, found.start() + 1)
    if "leading zeros" in said:
        return ExpressionError("a number must not begin with 0; write `7`, not `07`", text, line, column)
    if "was never closed" in said or "unexpected EOF" in said:
        return ExpressionError("a bracket is opened and never closed", text, line, column)
    if "unmatched" in said or "does not match" in said:
        return ExpressionError("a bracket is closed that does not match an open one", text, line, column)
    if "Exceeds the limit" in said:
        return ExpressionError("a number has too many digits", text, line, column)
    if any(gap.start() < column <= gap.end() for gap in re.finditer(r"[\w)\]]\s+[\w(]", source)):
        return ExpressionError("an operator is missing between two values; write for example `x*y`", text, line, column)
    if "invalid non-printable" in said or "invalid character" in said:
        return ExpressionError(
            f"this character means nothing in an expression: {source[column - 1 : column]!r}", text, line, column
        )
    if "cannot assign" in said:
        return ExpressionError("the left side of `=` must be one name", text, line, column)
    return ExpressionError("this is not an expression", text, line, column)


def column(lines: list[str], line: int, offset: int) -> int:
    """Turn a byte offset of a syntax node into a 0-based column of the text as given."""
    source = lines[line - 1]
    bare = source.lstrip()
    if source.isascii():
        return len(source) - len(bare) + offset
    return len(source) - len(bare) + len(bare.encode()[:offset].decode(errors="ignore"))
