"""Moving a selection over the cards. Pure geometry."""

from __future__ import annotations

from graphtutor.tui.scene import OUTPUT, Scene

DIRECTIONS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}


def after(scene: Scene, chosen: str | None, by: int) -> str:
    """Return the card `by` places further in reading order."""
    cards = scene.order
    if chosen in scene.cards and scene.cards[chosen].kind == "fork":
        chosen = scene.linked(chosen, forwards=False)[0]
    if chosen not in cards:
        return cards[0 if by > 0 else -1]
    return cards[(cards.index(chosen) + by) % len(cards)]


Taken = dict[tuple[str, str], str]
"""From which card one went last in which direction, and where to."""


def towards(scene: Scene, chosen: str | None, direction: str, taken: Taken | None = None) -> str:
    """Return the nearest card in a direction; left and right prefer the ones a wire leads to.

    Where several wires lead there and one is back after having taken one, the next is taken, in the order of the
    slots: so left, right, left, right visits every input of a gate. `taken` is what was taken so far; it is kept up.
    """
    if chosen not in scene.cards or chosen == OUTPUT:
        return after(scene, None, 1)
    dx, dy = DIRECTIONS[direction]
    best = _nearest(scene, chosen, dx, dy)
    if taken is not None and dx:
        wired = [id for id in dict.fromkeys(scene.linked(chosen, dx > 0)) if id != OUTPUT]
        last = taken.get((chosen, direction))
        if last in wired:
            best = wired[(wired.index(last) + 1) % len(wired)]
        taken[chosen, direction] = best
    return best


def _nearest(scene: Scene, chosen: str, dx: int, dy: int) -> str:
    here = _middle(scene, chosen)
    wired = scene.linked(chosen, dx > 0) if dx else []
    best = chosen
    least = float("inf")
    for id in scene.order:
        there = _middle(scene, id)
        along = (there[0] - here[0]) * dx + (there[1] - here[1]) * 2 * dy
        across = abs((there[1] - here[1]) * 2 * dx) + abs((there[0] - here[0]) * dy)
        if id == chosen or along <= 0:
            continue
        cost = along + 2 * across - (1000 if id in wired else 0)
        if cost < least:
            best, least = id, cost
    return best


def _middle(scene: Scene, id: str) -> tuple[float, float]:
    at = scene.cards[id].place
    return at.x + at.width / 2, at.y + at.height / 2
