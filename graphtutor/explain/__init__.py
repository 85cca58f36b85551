"""From a step to words, a formula and numbers, in the learner's language."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graphtutor.explain.numerals import written as written
    from graphtutor.explain.steps import Explanation as Explanation
    from graphtutor.explain.steps import explain as explain
    from graphtutor.explain.steps import fault_text as fault_text
    from graphtutor.explain.words import languages as languages

_WHERE = {
    "Explanation": "steps",
    "explain": "steps",
    "fault_text": "steps",
    "languages": "words",
    "written": "numerals",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for: the home screen takes only the words, and must not wait for numpy."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
    return found
