"""What the colours, roles and signs mean, as text. Pure."""

from __future__ import annotations

from rich.text import Text

from graphtutor.explain.words import sentence
from graphtutor.gates import Role
from graphtutor.tui.cells import width
from graphtutor.tui.palette import GOLD, GRADIENT, ROLE_COLOURS, SOFT, TEXT, VALUE
from graphtutor.tui.scene import SIGNS, role_word

ROLES: dict[Role, str] = {
    Role.DISTRIBUTOR: "add",
    Role.ADDER: "copy",
    Role.ROUTER: "max",
    Role.SWITCHER: "mul",
    Role.SCALER: "exp ...",
}
"""The roles, each with a gate that has it."""
STYLES = {
    "above": VALUE,
    "below": GRADIENT,
    "border": TEXT,
    "unknown": SOFT,
    "token": TEXT,
    "heavy_edge": TEXT,
    "heavy_box": TEXT,
    "double_box": GOLD,
    "opens": GOLD,
    "fork": TEXT,
    "reversed": TEXT,
    "score": VALUE,
}
"""The signs on the canvas, each in its colour."""


def roles(lang: str, examples: bool = True) -> Text:
    """Write the five roles, each in its colour, with the sign that stands for it from afar."""
    text = Text()
    for role, gate in ROLES.items():
        word = f"{SIGNS[role]} {role_word(role, lang)}"
        text.append(word + " " * max(1, 14 - width(word)), f"bold {ROLE_COLOURS[role]}")
        if examples:
            text.append(f"{gate:<9}", TEXT)
        text.append(f"{sentence(lang, 'role_stories', role)}\n", SOFT)
    text.right_crop(1)
    return text


def signs(lang: str = "en") -> list[tuple[Text, Text]]:
    """Return the signs on the canvas, where the numbers stand among them, each with what it means."""
    rows = [(*sentence(lang, "signs", entry).split("|"), style) for entry, style in STYLES.items()]
    rows.append((" ".join(SIGNS[role] for role in ROLES), sentence(lang, "signs", "dots"), TEXT))
    return [(Text(sign, f"bold {style}"), Text(meaning, SOFT)) for sign, meaning, style in rows]
