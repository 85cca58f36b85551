"""The exercises and examples as the home screen lists them."""

from __future__ import annotations

from rich.text import Text

from graphtutor.examples import EXAMPLES, Example
from graphtutor.exercises.catalogue import Listed
from graphtutor.explain.words import example_words, in_language, sentence
from graphtutor.gates import gate
from graphtutor.tui.cells import clip
from graphtutor.tui.palette import SOFT, TEXT


def entry(exercise: Listed, lang: str, columns: int) -> Text:
    """Write an exercise on two lines: its title, what it asks."""
    number = f"{exercise.number:>2}. " if exercise.number is not None else ""
    text = Text(clip(number + exercise.said(lang), columns), TEXT)
    kind = f"{' ' * len(number)}{sentence(lang, 'kinds', exercise.kind)}"
    text.append(f"\n{clip(kind, columns)}", SOFT)
    return text


def about(example: Example, lang: str) -> str:
    """Say in a line what one sees."""
    if example in EXAMPLES or lang == "en":
        return example_words(lang, example.name, example.about)
    alone = gate(example.name)
    return f"{sentence(lang, 'roles', alone.role)}: {in_language(alone.story, lang)}"
