"""What the colours, roles and signs mean, as text. Pure."""

from __future__ import annotations

from rich.text import Text

from graphtutor.gates import Role
from graphtutor.tui.palette import GOLD, GRADIENT, ROLE_COLOURS, SOFT, TEXT, VALUE
from graphtutor.tui.scene import DASH, SIGNS, role_word

ROLES: dict[Role, tuple[str, str]] = {
    Role.DISTRIBUTOR: ("add", "hands the gradient on to every input"),
    Role.ADDER: ("copy", "adds up the gradients that come back"),
    Role.ROUTER: ("max", "sends the gradient one way only"),
    Role.SWITCHER: ("mul", "multiplies by the other input"),
    Role.SCALER: ("exp ...", "multiplies by one slope"),
}


def roles(lang: str, examples: bool = True) -> Text:
    """Write the five roles, each in its colour."""
    text = Text()
    for role, (gate, story) in ROLES.items():
        word = role_word(role, lang)
        text.append(word + " " * max(1, 13 - Text(word).cell_len), f"bold {ROLE_COLOURS[role]}")
        if examples:
            text.append(f"{gate:<9}", TEXT)
        text.append(f"{story}\n", SOFT)
    text.right_crop(1)
    return text


def signs() -> Text:
    """Write where the numbers stand and what the signs mean."""
    text = Text()
    rows = (
        ("above an edge", VALUE, "the value that flows forward along it"),
        ("below an edge", GRADIENT, "the gradient that flows back: the contribution of this edge"),
        (f"{DASH}", SOFT, "not computed yet; a constant never gets a gradient"),
        ("● on an edge", TEXT, "a number on its way; it is written down when it arrives"),
        ("━━► heavy edge", TEXT, "what the current step uses; the arrow points the way it moves"),
        ("┏━┓ heavy box", TEXT, "the gate that acts in the current step"),
        ("╔═╗ double box", GOLD, "the selected gate; the panel shows its numbers"),
        ("▸ in a border", GOLD, "a gate made of simpler ones: enter opens it, backspace closes it"),
        ("reversed number", TEXT, "the number that the current step brought"),
        (" ".join(SIGNS[role] for role in ROLES), TEXT, "zoomed out: the five roles, in the order above"),
    )
    for sign, style, meaning in rows:
        text.append(f"{sign:<17}", f"bold {style}")
        text.append(f"{meaning}\n", SOFT)
    text.right_crop(1)
    return text
