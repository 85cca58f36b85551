"""Write a file whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from graphtutor.errors import FileError


def verify_writable(path: Path) -> None:
    """Raise `FileError` where no file can be written, before time is spent on drawing it."""
    try:
        if path.is_dir():
            raise FileError(f"{path} is a folder; give the name of a file in it")
        if path.exists() and not path.is_file():
            raise FileError(f"{path} is no ordinary file; give the name of one")
        if not path.parent.is_dir():
            raise FileError(f"{path} cannot be written: there is no folder {str(path.parent)!r}")
    except (OSError, ValueError) as error:
        raise _refusal(path, error) from None


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or, on any failure, as it was before."""
    try:
        target = path.resolve()  # a symbolic link stays, and what it points at is replaced
        draft = target.with_name(f".graphtutor-{secrets.token_hex(8)}.tmp")
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as file:
                file.write(content)
            if target.exists():
                draft.chmod(target.stat().st_mode & 0o777)
            draft.replace(target)
        except BaseException:
            with contextlib.suppress(OSError):
                draft.unlink()
            raise
    except (OSError, ValueError) as error:
        raise _refusal(path, error) from None


def _refusal(path: Path, error: OSError | ValueError) -> FileError:
    if isinstance(error, FileError):
        return error
    reason = getattr(error, "strerror", None) or str(error)
    return FileError(f"{str(path)!r} cannot be written: {reason[:1].lower()}{reason[1:]}")
