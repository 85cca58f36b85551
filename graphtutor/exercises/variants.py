"""Numbers per student: drawn from a keyed hash on a decimal grid, reproducible whatever library changes."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

PRACTICE = b"graphtutor practice"
"""The key where a course gives none: the numbers are reproducible, and anybody can reproduce them."""
DRAWS = 400
"""How often numbers that tell too little are drawn again."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The numbers one variable may take: whole multiples of 10**-decimals."""

    low: float
    high: float
    decimals: int = 1
    avoid: tuple[float, ...] = ()

    def values(self) -> list[Decimal]:
        """Return every number that may be drawn, exactly as it is displayed."""
        unit = Decimal(1).scaleb(-self.decimals)
        first = (Decimal(repr(self.low)) / unit).to_integral_value(rounding="ROUND_CEILING")
        last = (Decimal(repr(self.high)) / unit).to_integral_value(rounding="ROUND_FLOOR")
        avoid = {Decimal(repr(number)) for number in self.avoid}
        return [step * unit for step in range(int(first), int(last) + 1) if step * unit not in avoid]


def seed(key: bytes, exercise: str, version: int, student: str, reroll: int) -> bytes:
    """Return what a variant is drawn from."""
    told = json.dumps([1, exercise, version, student, reroll], ensure_ascii=True, separators=(",", ":"))
    return hmac.new(key, told.encode(), hashlib.sha256).digest()


def draw(start: bytes, grids: Mapping[str, Grid], good: Callable[[dict[str, float]], bool]) -> dict[str, float] | None:
    """Draw one number per variable until they are good; `None` when they never are."""
    choices = {name: grid.values() for name, grid in grids.items()}
    for attempt in range(DRAWS):
        drawn: dict[str, float] = {}
        for name, values in choices.items():
            block = hmac.new(start, f"{attempt}|{name}".encode(), hashlib.sha256).digest()
            drawn[name] = float(values[int.from_bytes(block, "big") % len(values)])
        if good(drawn):
            return drawn
    return None


def tag(key: bytes, student: str, exercise: str, version: int, values: Mapping[str, float]) -> str:
    """Return the mark of a variant: it shows edited numbers and swapped sheets, and tells nothing about answers."""
    told = json.dumps([student, exercise, version, {name: repr(value) for name, value in sorted(values.items())}])
    return "v1." + hmac.new(key, told.encode(), hashlib.sha256).hexdigest()[:16]
