"""How large the database becomes (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aggregator.domain import Size


@dataclass(frozen=True, slots=True)
class Forecast:
    """Bytes a day, and how large that makes the database in a month and in a year; ``days_left`` is
    when its disk is full (None: never at this pace, or not known).
    """

    per_day: int
    in_month: int
    in_year: int
    days_left: int | None


def forecast(sizes: Sequence[Size], now: int, free: int | None) -> Forecast | None:
    """The same growth as from the first noted day to the last; None before there are two days."""
    if len(sizes) < 2:
        return None
    first, last = sizes[0], sizes[-1]
    days = (last.day - first.day).days
    per_day = max(0, (last.bytes - first.bytes) // days)
    left = free // per_day if free is not None and per_day else None
    return Forecast(per_day, now + 30 * per_day, now + 365 * per_day, left)
