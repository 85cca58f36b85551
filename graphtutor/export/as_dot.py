"""DOT: the text Graphviz draws from. Needs no program."""

from __future__ import annotations

from graphtutor.export.diagram import dot
from graphtutor.export.format import Format
from graphtutor.export.moment import Moment


def _render(moment: Moment) -> bytes:
    return dot(moment).encode()


DOT = Format(name="dot", says="Graphviz's own text, to be edited or drawn elsewhere", render=_render)
