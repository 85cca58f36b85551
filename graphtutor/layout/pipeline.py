"""Lay out a graph of gates from left to right: layers, order, rows, routes, columns."""

from __future__ import annotations

from collections.abc import Sequence

from .layers import Hop, Net, build_net
from .ordering import order_layers
from .placement import place_rows
from .ports import attach_ports
from .routing import route_channel
from .types import Box, Cell, Layout, Link, Placed, Route, Tell, nobody

LEAD = 1
"""Columns of bare line before a label, and after it, unless told otherwise."""
ARROW = 1
"""Columns between the last track and the next layer."""


def arrange(boxes: Sequence[Box], links: Sequence[Link], gap: int = 1, lead: int = LEAD, tell: Tell = nobody) -> Layout:
    """Place the boxes and route the links; raise ValueError for a graph with a cycle or a link that fits no slot.

    Boxes keep off each other, routes keep off boxes and meet only at right-angled crossings, and nothing touches a
    link's label cells. The same input gives the same layout. `gap` rows stay free between boxes, and a link has
    `lead` columns of bare line before its label, and after it. `tell` is told now and then how much is done.
    """
    net = build_net(boxes, links, gap)
    rows = order_layers(net, [box.slots for box in boxes], lambda share: tell(0.05 + 0.55 * share))
    heights = attach_ports(net, rows, boxes)
    tops = place_rows(net, rows, heights, lambda share: tell(0.6 + 0.3 * share))
    hops = [[hop for node in row for hop in net.outs[node]] for row in rows]
    channels = []
    for done, channel_hops in enumerate(hops):
        tell(0.9 + 0.1 * done / len(hops))
        channels.append(route_channel([_ends(hop, tops) for hop in channel_hops]))
    reaches = [_reach(net, row, boxes, links, lead) for row in rows]
    lefts: list[int] = []
    width = 0
    for reach, channel in zip(reaches, channels, strict=True):
        lefts.append(width)
        width += reach + channel.tracks + ARROW
    if rows:
        width -= ARROW

    placed = {box.id: Placed(lefts[net.layer[i]], tops[i], box.width, heights[i]) for i, box in enumerate(boxes)}
    corners: dict[Hop, list[Cell]] = {}
    for channel_hops, channel, left, reach in zip(hops, channels, lefts, reaches, strict=True):
        for hop, turns in zip(channel_hops, channel.turns, strict=True):
            corners[hop] = [(left + reach + turn.track, y) for turn in turns for y in (turn.start, turn.end)]
    routes = tuple(
        _route(chain, corners, tops, placed[link.source], placed[link.target], lead)
        for chain, link in zip(net.chains, links, strict=True)
    )
    height = max(
        [at.y + at.height for at in placed.values()] + [y + 1 for route in routes for _, y in route.points], default=0
    )
    return Layout(placed, routes, width, height, sum(channel.crossings for channel in channels))


def _ends(hop: Hop, tops: Sequence[int]) -> tuple[int, int]:
    return tops[hop.source] + hop.leaves, tops[hop.target] + hop.enters


def _reach(net: Net, row: Sequence[int], boxes: Sequence[Box], links: Sequence[Link], lead: int) -> int:
    """Return the columns that a layer's boxes take together with the labels right behind them."""
    reach = 1
    for node in row:
        if node < net.boxes:
            labels = [links[hop.link].label for hop in net.outs[node]]
            # Without a label one lead is enough.
            reach = max(
                reach, boxes[node].width + max((lead + label + lead * (label > 0) for label in labels), default=0)
            )
    return reach


def _route(
    chain: list[Hop], corners: dict[Hop, list[Cell]], tops: Sequence[int], source: Placed, target: Placed, lead: int
) -> Route:
    x = source.x + source.width
    start = (x, _ends(chain[0], tops)[0])
    end = (target.x - 1, _ends(chain[-1], tops)[1])
    points = (start, *(corner for hop in chain for corner in corners[hop]), end)
    return Route(points, (x + lead, start[1]))
