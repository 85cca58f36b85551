"""As much of a terminal as Textual's output needs: what the screen shows after the bytes that were written to it."""

from __future__ import annotations

import codecs
import re
import unicodedata

_PART = re.compile(
    r"\x1b\[(\d*);?(\d*)H"  # the cursor goes to a row and column
    r"|\x1b\[[?>=<]?[0-9;:]*[ $]?[A-Za-z~]"  # colours, modes: nothing to read
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][A-Z0-9]|\x1b[=>78cM]"
    r"|[\r\n]|[^\x1b\r\n]"
)
_UNFINISHED = re.compile(r"\x1b(?:\[[^A-Za-z~]*|\][^\x07]*|[()]?)\Z")


class Emulator:
    """A screen of cells that bytes are written to."""

    def __init__(self, columns: int, rows: int) -> None:
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._rest = ""
        self.resize(columns, rows)

    def resize(self, columns: int, rows: int) -> None:
        """Take another size; the screen is blank until it is written again."""
        self.columns, self.rows = columns, rows
        self.cells = [[" "] * columns for _ in range(rows)]
        self.row = self.column = 0

    def feed(self, data: bytes) -> None:
        """Write bytes; a sequence that is cut off waits for its end."""
        text = self._rest + self._decode(data)
        cut = _UNFINISHED.search(text)
        self._rest = text[cut.start() :] if cut else ""
        for part in _PART.finditer(text[: cut.start()] if cut else text):
            if part[1] is not None:
                self.row, self.column = int(part[1] or 1) - 1, int(part[2] or 1) - 1
            elif part[0] == "\r":
                self.column = 0
            elif part[0] == "\n":
                self.row += 1
            elif part[0][0] != "\x1b":
                self._put(part[0])

    def _put(self, character: str) -> None:
        wide = 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if unicodedata.combining(character) or not (self.row < self.rows and self.column + wide <= self.columns):
            return
        self.cells[self.row][self.column : self.column + wide] = [character] + [""] * (wide - 1)
        self.column += wide

    @property
    def lines(self) -> list[str]:
        """The rows of the screen."""
        return ["".join(row) for row in self.cells]

    @property
    def text(self) -> str:
        """The whole screen."""
        return "\n".join(self.lines)

    def find(self, text: str) -> tuple[int, int]:
        """Return the column and row, in cells from 0, of the first place where the text stands."""
        for y, row in enumerate(self.cells):
            x = "".join(row).find(text)
            if x >= 0:
                start = 0
                while len("".join(row[:start])) < x:
                    start += 1
                return start, y
        raise AssertionError(f"{text!r} is not on the screen:\n{self.text}")
