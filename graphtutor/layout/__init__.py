"""Place gates and route edges in whole terminal cells: pure geometry, no drawing."""

from __future__ import annotations

from .pipeline import arrange
from .types import Box, Layout, Link, Placed, Route, Tell, nobody

__all__ = ["Box", "Layout", "Link", "Placed", "Route", "Tell", "arrange", "nobody"]
