"""What the app remembers from one start to the next: settings, recent expressions, where one was. Pure of the screen.

One JSON file in the platform's folder for state. It is written whole or not at all. A file that cannot be read is put
aside, and one that cannot be written is done without; both are said once, and neither stops the app.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from graphtutor.errors import GraphtutorError, InputError
from graphtutor.explain.words import languages

FILE = "memory.json"
LOG = "error.log"
FORMAT = 1
RECENT = 12
"""How many recent expressions are kept."""


def folder() -> Path | None:
    """Return where the app keeps its state: `GRAPHTUTOR_STATE`, nowhere when that is empty, else the platform's."""
    told = os.environ.get("GRAPHTUTOR_STATE")
    if told is not None:
        return Path(told) if told else None
    from platformdirs import user_state_path

    return user_state_path("graphtutor", appauthor=False)


@dataclass(frozen=True, slots=True)
class Saved:
    """An expression with the values of its inputs, as text, so that it can be read back as it was typed."""

    text: str
    values: dict[str, str]

    @classmethod
    def of(cls, text: str, values: Mapping[str, Any]) -> Saved:
        """Save an expression and its values."""
        from graphtutor.graph.graph import constant_text

        return cls(text, {name: constant_text(number) for name, number in values.items()})

    def numbers(self) -> dict[str, Any]:
        """Return the values. Raise `GraphtutorError` for one that is none."""
        from graphtutor.graph.graph import constant_value

        try:
            return {name: constant_value(text) for name, text in self.values.items()}
        except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
            raise InputError(f"the values that were remembered for {self.text!r} cannot be read") from None


@dataclass(frozen=True, slots=True)
class Session:
    """Where one was in the tutor."""

    saved: Saved
    view: dict[str, Any] = field(default_factory=dict)
    """What the screen needs to look as it did: the position in the run, what is selected, what is in sight."""
    ended: bool = False
    """Whether the app was left in the ordinary way."""


class Memory:
    """What is remembered. Without a folder nothing is written."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self.settings: dict[str, Any] = {}
        self.recent: list[Saved] = []
        """Expressions, the latest first."""
        self.session: Session | None = None
        self.trouble = ""
        """What went wrong with the file, to be said once."""
        self._written = b""
        if folder is not None:
            self._read(folder / FILE)

    def opened(self, saved: Saved) -> None:
        """Put an expression first among the recent ones."""
        self.recent = [saved, *(known for known in self.recent if known.text != saved.text)][:RECENT]

    def setting(self, name: str, default: Any) -> Any:
        """Return a setting; what is no value of the default's kind is not taken."""
        found = self.settings.get(name, default)
        kinds = (int, float) if type(default) is float else type(default)
        return found if isinstance(found, kinds) or default is None else default

    @property
    def language(self) -> str:
        """The language that was chosen, English without one; one that is no longer there is not taken."""
        found = str(self.setting("language", "en"))
        return found if found in languages() else "en"

    def save(self) -> None:
        """Write the file, if anything changed."""
        if self.folder is None:
            return
        content = json.dumps(
            {
                "format": FORMAT,
                "settings": self.settings,
                "recent": [asdict(saved) for saved in self.recent],
                "session": asdict(self.session) if self.session else None,
            },
            ensure_ascii=False,
            indent=1,
        ).encode()
        if content == self._written:
            return
        from graphtutor.export.files import write_whole

        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_whole(self.folder / FILE, content)
            self._written = content
        except (OSError, GraphtutorError) as error:
            reason = f"{self.folder}: {getattr(error, 'strerror', None) or error}"
            self.trouble = f"nothing is remembered for the next time: {reason}"
            self.folder = None

    def report(self, text: str) -> Path | None:
        """Write down an error of the app; return where, or `None` where nothing can be written."""
        if self.folder is None:
            return None
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            path = self.folder / LOG
            with path.open("a", encoding="utf-8") as file:
                file.write(text.rstrip() + "\n\n")
        except OSError:
            return None
        return path

    def _read(self, path: Path) -> None:
        try:
            content = path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            self.trouble = f"what was remembered cannot be read: {error.strerror}"
            self.folder = None
            return
        try:
            self._take(json.loads(content))
            self._written = content
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            self.settings, self.recent, self.session = {}, [], None
            aside = path.with_suffix(".damaged")
            self.trouble = f"what was remembered is damaged, so this is a fresh start; the file is now {aside}"
            try:
                path.replace(aside)
            except OSError as error:
                self.trouble = f"what was remembered is damaged and cannot be replaced: {error.strerror}"
                self.folder = None

    def _take(self, found: Any) -> None:
        if found["format"] != FORMAT:
            raise ValueError("another format")
        self.settings = dict(found["settings"])
        self.recent = [_saved(entry) for entry in found["recent"]][:RECENT]
        session = found["session"]
        if session is not None:
            self.session = Session(_saved(session["saved"]), dict(session["view"]), session["ended"] is True)


def _saved(found: Any) -> Saved:
    text, values = found["text"], found["values"]
    if not isinstance(text, str) or not all(isinstance(part, str) for pair in values.items() for part in pair):
        raise TypeError("no expression")
    return Saved(text, dict(values))
