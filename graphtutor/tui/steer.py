"""Moving a selection over the cards. Pure geometry."""

from __future__ import annotations

from graphtutor.tui.scene import Scene, Wire

DIRECTIONS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}


def after(scene: Scene, chosen: str | None, by: int) -> str:
    """Return the card `by` places further in reading order."""
    cards = scene.order
    if chosen not in cards:
        return cards[0 if by > 0 else -1]
    return cards[(cards.index(chosen) + by) % len(cards)]


def towards(scene: Scene, chosen: str | None, direction: str) -> str:
    """Return the nearest card in a direction; left and right prefer the ones a wire leads to."""
    if chosen not in scene.order:
        return after(scene, None, 1)
    dx, dy = DIRECTIONS[direction]
    here = _middle(scene, chosen)
    wired = {wire.source if dx < 0 else wire.target for wire in scene.wires if dx and _end(wire, dx) == chosen}
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


def _end(wire: Wire, dx: int) -> str:
    return wire.target if dx < 0 else wire.source


def _middle(scene: Scene, id: str) -> tuple[float, float]:
    at = scene.cards[id].place
    return at.x + at.width / 2, at.y + at.height / 2
