"""What became of an answer, in words: for the exercises and for the questions asked in the tutor."""

from __future__ import annotations

from rich.text import Text

from graphtutor.exercises import ItemResult, Status
from graphtutor.explain.words import error_words, sentence
from graphtutor.tui.palette import ACCENT, GOLD, GRADIENT, SOFT, TEXT, VALUE

SKIPPED = "○"
"""What stands for an answer that was skipped, wherever it stands."""
HEADS = {
    Status.CORRECT: ("✓", "right", VALUE),
    Status.CARRIED: ("~", "carried_right", VALUE),
    Status.BLANK: (SKIPPED, "skipped", GRADIENT),
    Status.FORMAT_ERROR: ("!", "not_counted", GOLD),
}


def verdict(judged: ItemResult, numbers: str = "", hint: str = "", lang: str = "en", name: str = "") -> Text:
    """Write whether an answer is right, what it looks like where it is not, and a hint.

    `numbers` is the arithmetic, to be shown when the answer is right; `name` what was asked for, where it is only a
    part of the item.
    """
    text = Text()
    given = judged.given.strip()
    name = name or judged.item.id
    sign, entry, style = HEADS.get(judged.status, ("✗", "not_right", GRADIENT))
    text.append(f"{sign} {sentence(lang, 'asking', entry)}: ", f"bold {style}")
    if judged.status is Status.BLANK:
        text.append(name, TEXT)
    elif judged.status is not Status.FORMAT_ERROR:
        text.append(f"{name} = {given}", TEXT)
    if judged.status is Status.CORRECT and numbers:
        text.append(f"   {numbers}", SOFT)
    if judged.text:
        text.append("" if judged.status is Status.FORMAT_ERROR else "\n")
        text.append(error_words(lang, judged.text), GOLD)
    if hint and not judged.ok:
        text.append(f"\n{sentence(lang, 'asking', 'hint_is')}: {hint}", ACCENT)
    return text
