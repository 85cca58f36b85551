"""The few exceptions of graphtutor; each subclasses the builtin that callers already catch."""

from __future__ import annotations

from collections.abc import Iterable


class GraphtutorError(Exception):
    """Report a mistake of the user's: what is wrong, where, and what to do. The command line prints it and exits 2."""


class ExpressionError(GraphtutorError, ValueError):
    """Report an expression that cannot be read, with the place in the text."""

    def __init__(
        self, message: str, text: str | None = None, line: int | None = None, column: int | None = None
    ) -> None:
        self.message = message
        self.text = text
        self.line = line
        """1-based line in the text."""
        self.column = column
        """1-based column in that line, counted in characters."""
        super().__init__(message + self._where())

    def _where(self) -> str:
        if self.text is None or self.line is None or self.column is None:
            return ""
        lines = self.text.split("\n")
        source = lines[self.line - 1] if self.line <= len(lines) else ""
        start = max(0, self.column - 1 - 50)
        shown = source[start : start + 90].replace("\t", " ")
        from unicodedata import east_asian_width  # here and below: not needed to start

        before = sum(2 if east_asian_width(character) in "WF" else 1 for character in source[start : self.column - 1])
        place = f"line {self.line}, column {self.column}" if len(lines) > 1 else f"column {self.column}"
        return f" ({place})\n    {shown}\n    {' ' * before}^"


class InputError(GraphtutorError, ValueError):
    """Report inputs that do not fit the graph: a missing value, an unknown name, a value that is no number."""


class FileError(GraphtutorError, OSError):
    """Report a file that cannot be read, understood or written."""


class MissingExtraError(GraphtutorError, ImportError):
    """Report that an optional dependency is needed, with the command that installs it."""


def shorten(text: str, longest: int = 40) -> str:
    """Quote a user's text, cut where it is long."""
    text = text.strip()
    return repr(text if len(text) <= longest else text[: longest - 3] + "...")


def listed(words: Iterable[str], most: int = 10, longest: int = 40) -> str:
    """List words with commas, cut where they are many or long."""
    every = list(words)
    shown = [word if len(word) <= longest else word[: longest - 3] + "..." for word in every[:most]]
    return ", ".join(shown) + (f" and {len(every) - most} more" if len(every) > most else "")


def near_misses(word: str, choices: Iterable[str], alike: float = 0.6) -> str:
    """Return `; did you mean 'a' or 'b'?`, or an empty string when nothing is so much `alike`, from 0 to 1."""
    import difflib

    short = [choice for choice in choices if len(choice) <= 100]
    found = difflib.get_close_matches(word[:100], short, n=3, cutoff=alike)
    return f"; did you mean {' or '.join(repr(name) for name in found)}?" if found else ""
