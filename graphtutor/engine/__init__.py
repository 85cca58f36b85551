"""From a graph and inputs to a run: every value, every contribution, every gradient."""

from __future__ import annotations

from graphtutor.engine.run import Fault, Run, run
from graphtutor.engine.value import Value, apply, var

__all__ = ["Fault", "Run", "Value", "apply", "run", "var"]
