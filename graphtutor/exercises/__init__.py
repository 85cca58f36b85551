"""Exercises: data files, answer sheets, grading with partial credit, results.

`load("3")` gives an `Exercise`; `check_item` judges one answer, `grade_answers` a whole set, `library()` lists what there is.
Nothing is imported before it is asked for; pydantic only when an exercise file is read.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graphtutor.exercises.exercise import Exercise as Exercise
    from graphtutor.exercises.exercise import Hint as Hint
    from graphtutor.exercises.grading import ItemResult as ItemResult
    from graphtutor.exercises.grading import Result as Result
    from graphtutor.exercises.grading import Status as Status
    from graphtutor.exercises.grading import check_item as check_item
    from graphtutor.exercises.grading import grade_answers as grade_answers
    from graphtutor.exercises.items import Item as Item
    from graphtutor.exercises.library import library as library
    from graphtutor.exercises.library import load as load

_WHERE = {
    "Exercise": "exercise",
    "Hint": "exercise",
    "Item": "items",
    "ItemResult": "grading",
    "Result": "grading",
    "Status": "grading",
    "check_item": "grading",
    "grade_answers": "grading",
    "library": "library",
    "load": "library",
}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'graphtutor.exercises' has no attribute {name!r}")
    found = getattr(import_module(f"graphtutor.exercises.{_WHERE[name]}"), name)
    globals()[name] = found
    return found
