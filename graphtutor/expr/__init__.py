"""From text, and from Python, to a graph."""

from __future__ import annotations

from graphtutor.expr.numbers import number, value
from graphtutor.expr.parse import parse

__all__ = ["number", "parse", "value"]
