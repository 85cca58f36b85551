"""From a step to words, a formula and numbers, in the learner's language."""

from __future__ import annotations

from graphtutor.explain.steps import Explanation, explain, fault_text
from graphtutor.explain.words import languages, written

__all__ = ["Explanation", "explain", "fault_text", "languages", "written"]
