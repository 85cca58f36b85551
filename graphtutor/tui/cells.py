"""Text in terminal cells: how wide, cut to fit, and the mark under a mistake."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size

from graphtutor.errors import ExpressionError
from graphtutor.explain.words import error_words, sentence


def width(text: str) -> int:
    """Return how many cells a text takes; Korean and other wide characters take two."""
    return cell_len(text)


def clip(text: str, longest: int) -> str:
    """Return the text, ended by an ellipsis where it is too long."""
    if len(text) > 8 * max(longest, 1):  # measuring all of a long text takes long
        text = text[: 4 * max(longest, 1)]
    elif cell_len(text) <= longest:
        return text
    return set_cell_size(text, longest - 1).rstrip() + "…"


def padded(text: str, columns: int) -> str:
    """Return the text with spaces behind it up to so many cells."""
    return text + " " * (columns - cell_len(text))


def one_line(text: str) -> str:
    """Return text on one line, with control characters made harmless."""
    return "".join(c if c.isprintable() else " " for c in " ".join(text.split()))


def told(error: Exception, lang: str) -> str:
    """Return what an error says, without the place in the text."""
    return error_words(lang, error.message if isinstance(error, ExpressionError) else str(error))


def marked(error: Exception, columns: int = 76, lang: str = "en") -> tuple[str, str]:
    """Return the piece of the text that an error is about with a mark under it, and the message.

    The first is empty when the error has no place. It is two lines: the piece, and `^` under the column.
    """
    if not isinstance(error, ExpressionError):
        return "", told(error, lang)
    if error.text is None or error.line is None or error.column is None:
        return "", told(error, lang)
    lines = error.text.split("\n")
    source = lines[error.line - 1] if error.line <= len(lines) else ""
    source = "".join(c if c.isprintable() else " " for c in source)
    at = max(0, error.column - 1)
    start = at
    while start and cell_len(source[start - 1 : at]) < columns // 2:
        start -= 1
    piece = clip(source[start:], columns)
    return f"{piece}\n{' ' * cell_len(source[start:at])}^", sentence(
        lang, "app", "column", column=error.column, message=told(error, lang)
    )
