"""SVG: for the web and for slides; text stays text."""

from __future__ import annotations

from graphtutor.export.diagram import dot
from graphtutor.export.format import Format
from graphtutor.export.graphviz_engines import draw
from graphtutor.export.moment import Moment


def _render(moment: Moment) -> bytes:
    return draw(dot(moment), "svg")


SVG = Format(name="svg", says="a drawing that scales, for the web and slides", render=_render)
