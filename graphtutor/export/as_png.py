"""PNG: pixels, as many as `dpi` says."""

from __future__ import annotations

from graphtutor.export.diagram import dot
from graphtutor.export.format import Format
from graphtutor.export.graphviz_engines import draw
from graphtutor.export.moment import Moment


def _render(moment: Moment) -> bytes:
    return draw(dot(moment, dpi=moment.options.dpi), "png")


PNG = Format(name="png", says="pixels, for everything that takes no SVG", render=_render, binary=True)
