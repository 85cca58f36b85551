"""Read a TOML file of a stranger's: capped in size and depth, and every mistake is one sentence with the line."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from graphtutor.errors import FileError

LARGEST = 256 * 1024
"""The largest file that is read, in bytes."""
DEEPEST = 16
"""The deepest dotted key; tomllib takes seconds for thousands of dots."""

_PART = r"""(?:(?<![\w-])[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+"""
_DEEP = re.compile(f"(?:{_PART}){{{DEEPEST + 1}}}")


def read_capped(path: Path) -> bytes:
    """Return a file's bytes. Raise `FileError` when it is missing, a folder, or larger than `LARGEST`."""
    try:
        if path.is_dir():
            raise FileError(f"{path} is a folder; a file is expected")
        if not path.is_file() and path.exists():
            raise FileError(f"{path} is not a regular file")
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except FileError:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FileError(f"{path} cannot be read: {reason.lower()}") from None
    if len(data) > LARGEST:
        raise FileError(f"{path} is too large: at most {LARGEST // 1024} KiB are read")
    return data


def decode(path: Path, data: bytes) -> str:
    """Return the text of a file, with Unix line ends and without a byte order mark."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FileError(f"{path}, line {line}: this is not UTF-8 text; save the file as UTF-8") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_toml(path: Path) -> tuple[dict[str, Any], str]:
    """Return what a TOML file holds, and its text. Raise `FileError` for anything that cannot be read."""
    text = decode(path, read_capped(path))
    deep = _DEEP.search(text)
    if deep:
        line = text.count("\n", 0, deep.start()) + 1
        raise FileError(f"{path}, line {line}: a key with more than {DEEPEST} dots; exercises need at most two")
    try:
        return tomllib.loads(text), text
    except tomllib.TOMLDecodeError as error:
        raise FileError(_explained(path, str(error))) from None
    except RecursionError:
        raise FileError(f"{path} is nested too deeply; exercises are flat: write lists and tables plainly") from None
    except (ValueError, OverflowError) as error:
        raise FileError(f"{path} is not TOML that can be read: {error}") from None


def line_of(text: str, key: str) -> int | None:
    """Return the 1-based line on which a key (or a table of this name) is written; `None` when it is not found."""
    name = re.escape(key)
    found = re.search(rf"""(?m)^[ \t]*(?:\[+[^\]\n]*\b{name}["']?\s*\]|["']?{name}["']?[ \t]*[=.])""", text)
    return text.count("\n", 0, found.start()) + 1 if found else None


def _explained(path: Path, said: str) -> str:
    place = re.search(r" \(at line (\d+), column (\d+)\)$", said)
    if place:
        reason = said[: place.start()]
        where = f"{path}, line {place.group(1)}, column {place.group(2)}"
    else:
        reason, where = said.removesuffix(" (at end of document)"), f"{path}, at the end"
    hint = next(
        (advice for sign, advice in _ADVICE if sign in reason),
        "texts stand in quotes, numbers have digits on both sides",
    )
    return f"{where}: this is not TOML: {reason[:1].lower()}{reason[1:]}; {hint}"


_ADVICE = (
    ("Cannot overwrite", "a key stands there twice; keep one"),
    ("Cannot declare", "a table stands there twice; keep one"),
    ("Cannot mutate", "a table stands there twice; keep one"),
    ("Expected '='", "write key = value"),
    ("Unterminated string", "close the text with the quotes it was opened with"),
    ("Illegal character", "close the text on the same line, or write it between three quotes"),
    ("Expected newline", "one key = value per line"),
)
