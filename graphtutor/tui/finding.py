"""Which cards are called what one types. Pure."""

from __future__ import annotations

from graphtutor.gates import Role
from graphtutor.tui.scene import OUTPUT, Card, Scene, role_word


def found(scene: Scene, text: str, lang: str = "en") -> list[str]:
    """Return the ids of the cards that are called this, in reading order.

    A card is called by its name, key, gate, symbol and role, and an input or a constant by that word. What is called
    exactly so comes alone; where nothing is, what begins so; where nothing does, what contains it.
    """
    sought = text.strip().casefold()
    if not sought:
        return []
    forks = [id for id, card in scene.cards.items() if card.kind == "fork"]
    words = {id: _words(scene, scene.cards[id], lang) for id in (*scene.order, *forks)}
    for fits in (str.__eq__, str.startswith, str.__contains__):
        hits = [id for id, called in words.items() if any(fits(word, sought) for word in called)]
        if hits:
            return hits
    return []


def _words(scene: Scene, card: Card, lang: str) -> set[str]:
    node = scene.run.graph.nodes[card.node]
    words = {node.key, node.name or "", node.label, node.gate.name, node.gate.symbol}
    if node.gate.role is not Role.SOURCE:
        words |= {role_word(node.gate.role, lang), role_word(node.gate.role, "en")}
    if card.node == scene.run.graph.output:
        words |= {scene.cards[OUTPUT].label, "output"}
    return {word.casefold() for word in words if word}


def beside(scene: Scene, hits: list[str], current: str, columns: int, rows: int) -> list[str]:
    """Return the other hits that can be in sight together with the current one, in a window of this size."""
    here = scene.cards[current].place
    return [
        id
        for id in hits
        if id != current
        and abs(scene.cards[id].place.x - here.x) < columns
        and abs(scene.cards[id].place.y - here.y) < rows
    ]
