"""PDF: for LaTeX and for print; text can be selected."""

from __future__ import annotations

from graphtutor.export.diagram import dot
from graphtutor.export.format import Format
from graphtutor.export.graphviz_engines import draw
from graphtutor.export.moment import Moment


def _render(moment: Moment) -> bytes:
    return draw(dot(moment), "pdf")


PDF = Format(name="pdf", says="a page of the drawing's size, for LaTeX and print", render=_render, binary=True)
