"""Lay out a graph of gates from left to right: layers, order, rows, routes, columns."""

from __future__ import annotations

from collections.abc import Sequence

from .layers import Net, build_net
from .ordering import Rows, order_layers
from .placement import place_rows
from .ports import attach_ports
from .routing import Channel, route_channel
from .types import Box, Cell, Layout, Link, Placed, Route

ARROW = 1
"""Free columns between the last track and the next layer."""


def arrange(boxes: Sequence[Box], links: Sequence[Link]) -> Layout:
    """Place the boxes and route the links; raise ValueError for a graph with a cycle or a link that fits no slot.

    Boxes keep off each other, routes keep off boxes and meet only at right-angled crossings, and nothing touches a
    link's label cells. The same input gives the same layout.
    """
    net = build_net(boxes, links)
    rows = order_layers(net, [box.slots for box in boxes])
    heights = attach_ports(net, rows, boxes)
    tops = place_rows(net, rows, heights)
    channels = _route(net, rows, tops)
    lefts, tracks, width = _columns(net, rows, boxes, links, channels)
    placed = {
        box.id: Placed(lefts[net.layer[i]], tops[i], box.width, heights[i]) for i, box in enumerate(boxes)
    }
    points = _trace(net, rows, tops, channels, tracks)
    routes = []
    for link, corners in zip(links, points, strict=True):
    ...
