"""Where links meet the sides of a box, and how tall the box has to be for them."""

from __future__ import annotations

from collections.abc import Sequence

from .layers import Net
from .ordering import Rows
from .types import Box

LABELLED = 3
"""Rows of an outgoing link: the value, the line, the gradient."""


def attach_ports(net: Net, rows: Rows, boxes: Sequence[Box]) -> list[int]:
    """Give every hop the rows of its two ports; return the height of every node."""
    position = {node: i for row in rows for i, node in enumerate(row)}
    heights = [1] * len(net.layer)
    for node, box in enumerate(boxes):
        outgoing = sorted(net.outs[node], key=lambda hop: (position[hop.target], hop.slot))
        heights[node] = box_height(box.height, box.slots, len(outgoing), box.bare)
        for hop, row in zip(outgoing, output_rows(heights[node], len(outgoing), box.bare), strict=True):
            hop.leaves = row
        ports = slot_rows(heights[node], box.slots, box.bare)
        for hop in net.ins[node]:
            hop.enters = ports[hop.slot]
    return heights


def box_height(wanted: int, slots: int, outgoing: int, bare: bool = False) -> int:
    """Return the height that gives every slot an interior row and every outgoing link three rows of its own.

    In a bare box each has one row, be it the first or the last.

    A box that must grow gets an odd height, so that it has a middle row.
    """
    needed = max(slots, outgoing, 1) if bare else max(slots + 2 if slots else 1, LABELLED * outgoing)
    return wanted if wanted >= needed else needed | 1


def slot_rows(height: int, slots: int, bare: bool = False) -> list[int]:
    """Spread the slots over the interior rows, in a bare box over all, mirrored about the middle."""
    if bare:
        return _mirrored([(2 * i + 1) * height // (2 * slots) for i in range(slots // 2)], height, slots)
    interior = height - 2
    upper = [1 + (2 * i + 1) * interior // (2 * slots) for i in range(slots // 2)]
    return _mirrored(upper, height, slots)


def output_rows(height: int, outgoing: int, bare: bool = False) -> list[int]:
    """Spread the outgoing links, three rows each, in a bare box one, mirrored about the middle."""
    if bare:
        return slot_rows(height, outgoing, bare)
    margin = (height - LABELLED * outgoing) // 2
    upper = [margin + 1 + LABELLED * i for i in range(outgoing // 2)]
    return _mirrored(upper, height, outgoing)


def _mirrored(upper: list[int], height: int, count: int) -> list[int]:
    middle = [(height - 1) // 2] if count % 2 else []
    return [*upper, *middle, *(height - 1 - row for row in reversed(upper))]
