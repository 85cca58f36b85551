"""What the tutor says around its questions: how to answer, the score, the hints, the summary. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from graphtutor.exercises.practice import Outcome, Practice, Settled
from graphtutor.exercises.questions import Question
from graphtutor.explain.words import sentence
from graphtutor.tui.palette import ACCENT, GOLD, GRADIENT, SOFT, TEXT, VALUE

MARK = "?"
SIGNS = {Outcome.ONCE: ("✓", VALUE), Outcome.HINTED: ("~", GOLD), Outcome.SHOWN: ("○", GRADIENT)}
WORDS = {Outcome.ONCE: "once", Outcome.HINTED: "helped", Outcome.SHOWN: "shown"}


def how_to(lang: str, asked: Question | None) -> Text:
    """Write how a question is answered, and what the signs of the score mean."""
    text = Text()
    how = sentence(lang, "asking", "how_shape" if asked and asked.shape else "how")
    if asked and asked.element:
        how += f" {sentence(lang, 'asking', 'how_element')}"
    before, mark, after = how.partition(MARK)
    text.append(before, SOFT)
    text.append(mark, f"bold {GOLD}")
    text.append(f"{after}\n", SOFT)
    for outcome, (sign, colour) in SIGNS.items():
        text.append(sign, f"bold {colour}")
        text.append(f" {sentence(lang, 'asking', WORDS[outcome])}   ", SOFT)
    text.append(f"{sentence(lang, 'asking', 'streak')}: ", TEXT)
    text.append(f"{sentence(lang, 'asking', 'streak_is')}\n", SOFT)
    text.append_text(keys(lang, ("space", "show"), ("f2", "hint"), ("A", "backward_only"), ("esc", "stop")))
    return text


def score(practice: Practice, lang: str, full: bool) -> Text:
    """Write the score on one line, in full or in signs."""
    text = Text()
    for outcome, (sign, colour) in SIGNS.items():
        text.append(f"{sign} {practice.outcomes[outcome]}", f"bold {colour}")
        text.append(f" {sentence(lang, 'asking', WORDS[outcome])}  " if full else "  ", SOFT)
    streak = f"{sentence(lang, 'asking', 'streak')} {practice.streak}"
    text.append(sentence(lang, "asking", "in_a_row", count=practice.streak) if full else streak, TEXT)
    return text


def hints(said: Sequence[str], lang: str) -> Text:
    """Write hints, one below the other."""
    return Text("\n").join(Text(f"{sentence(lang, 'asking', 'hint_is')}: {hint}", ACCENT) for hint in said)


def settled(how: Settled, why: str, lang: str) -> Text:
    """Say that a guess is right, or give the answer away; whether the question comes back; why it is the answer."""
    sign, colour = SIGNS[how.outcome]
    entry = "right" if how.outcome is Outcome.ONCE else WORDS[how.outcome]
    text = Text(f"{sign} {sentence(lang, 'asking', entry)}", f"bold {colour}")
    if how.returns:
        text.append(f" ({sentence(lang, 'asking', 'comes_back')})", SOFT)
    return text.append(": ", f"bold {colour}").append(why, TEXT)


def end(practice: Practice, lang: str) -> Text:
    """Say that the run is over, with the score and what one can do now."""
    text = Text(f"{sentence(lang, 'asking', 'over')} ", f"bold {GOLD}")
    text.append_text(score(practice, lang, full=True))
    text.append("\n")
    text.append_text(keys(lang, ("a", "again"), ("N", "renewed"), ("left", "back"), ("esc", "stop")))
    return text


def summary(practice: Practice, lang: str) -> Text:
    """Write what came back, the longest row, and how often which misconception gave a guess."""
    text = Text()
    back = practice.returned.total()
    if back:
        once = practice.returned[Outcome.ONCE]
        text.append(f"{sentence(lang, 'asking', 'came_back', count=back, once=once)} ", TEXT)
    text.append(sentence(lang, "asking", "longest", count=practice.longest), TEXT)
    for times, belief in practice.findings():
        text.append(f"\n{times}x ", f"bold {GRADIENT}")
        text.append(belief, TEXT)
    return text


def keys(lang: str, *pairs: tuple[str, str]) -> Text:
    """Write keys and what they do."""
    text = Text()
    for key, entry in pairs:
        text.append(key, f"bold {GOLD}")
        text.append(f" {sentence(lang, 'asking', entry)}   ", SOFT)
    return text
