"""Write files whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from graphtutor.errors import FileError


def write_file(path: Path, parts: Iterable[str], *, overwrite: bool = True) -> None:
    """Write the parts beside the path, then put the file in its place. Raise `FileError`, with nothing left behind."""
    if not overwrite and path.exists():
        raise _exists(path)
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.", suffix=".part")
    except (OSError, ValueError) as error:
        raise _cannot(path, error) from None
    try:
        with open(handle, "w", encoding="utf-8", newline="") as file:  # noqa: PTH123 - a file descriptor
            file.writelines(parts)
        Path(name).chmod(0o666 & ~_umask())
        if overwrite:
            os.replace(name, path)  # noqa: PTH105
        else:
            _place(Path(name), path)
    except OSError as error:
        raise error if isinstance(error, FileError) else _cannot(path, error) from None
    finally:
        Path(name).unlink(missing_ok=True)


def _place(made: Path, path: Path) -> None:
    try:
        path.hardlink_to(made)  # fails where somebody else was faster
    except FileExistsError:
        raise _exists(path) from None
    except OSError:  # a file system without links
        made.replace(path)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _exists(path: Path) -> FileError:
    return FileError(f"{path} is there already; choose another name with -o, or overwrite it with --force")


def _cannot(path: Path, error: Exception) -> FileError:
    reason = getattr(error, "strerror", None) or str(error)
    return FileError(f"{path} cannot be written: {reason.lower()}")
