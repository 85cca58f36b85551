"""The sentences per language, one TOML file each. The home screen reads them too: nothing here waits for numpy."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from graphtutor.errors import InputError, near_misses

from .korean import fitted

HERE = Path(__file__).parent  # importlib.resources costs a tenth of the start of `explain`
_FIELD = re.compile(r"\\\{(\w+)\\\}")
_HEAD = re.compile(r"^\[(\w+)\]$", re.MULTILINE)


@cache
def languages() -> dict[str, str]:
    """Return the languages that explanations are written in: code -> name."""
    return {code: str(_section(code, "")["language"]) for code in _codes()}


@cache
def _codes() -> tuple[str, ...]:
    return tuple(sorted(file.stem for file in HERE.glob("*.toml")))


@cache
def _sections(code: str) -> dict[str, str]:
    """Return the file's sections unread: reading all of it would be a tenth of the start of `explain`."""
    parts = _HEAD.split((HERE / f"{code}.toml").read_text(encoding="utf-8"))
    return {"": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}


@cache
def _section(code: str, name: str) -> dict[str, Any]:
    return tomllib.loads(_sections(code).get(name, ""))


def sentence(lang: str, section: str, entry: str, /, **values: object) -> str:
    """Return a sentence of the language with the values put in. Raise `InputError` for an unknown language."""
    if lang not in _codes():
        raise InputError(
            f"unknown language {lang!r}{near_misses(lang, _codes()) or '; known are ' + ', '.join(_codes())}"
        )
    text = str(_section(lang, section)[entry]).format(**values)
    return fitted(text) if lang == "ko" else text


def key_words(lang: str, english: str) -> str:
    """Return what a key does in the language, by the English words; where it has none, those."""
    return str(_section(lang, "keys").get(english, english)) if lang in _codes() else english


def example_words(lang: str, name: str, english: str) -> str:
    """Return what one sees in an example, by its name; in English where it is not translated."""
    return str(_section(lang, "examples").get(name, english)) if lang in _codes() else english


@cache
def _errors(lang: str) -> list[tuple[re.Pattern[str], str]]:
    """Return what errors look like in English, a group for each field, and what is said instead."""
    if lang not in _codes():
        return []
    return [
        (re.compile(_FIELD.sub(r"(?P<\1>.*?)", re.escape(english)), re.DOTALL), str(said))
        for english, said in _section(lang, "errors").items()
    ]


def error_words(lang: str, english: str) -> str:
    """Return an error in the language, by its English words; where it has none, those.

    `{error}` and `{more}` in it are errors themselves, the second with what it is joined by: `; did you mean 'x'?`.
    """
    for pattern, said in _errors(lang):
        found = pattern.fullmatch(english)
        if found:
            fields = found.groupdict()
            for name, joint in (("error", ""), ("more", "; ")):
                if name in fields:
                    fields[name] = error_words(lang, joint + fields[name])
            text = said.format(**fields)
            return fitted(text) if lang == "ko" else text
    return english


def in_language(words: Mapping[str, str], lang: str) -> str:
    """Return a gate's own words in the language, in English where they are not translated."""
    text = words.get(lang, words["en"])
    return fitted(text) if lang == "ko" else text
