"""Where the operator draws the lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Limits:
    """A source has an incident after ``tries`` failures or after failing for ``failing``.

    Operators are woken when one fails for ``long_failing``, when nothing new came from anywhere for
    ``silence``, when the longest overdue poll waits for ``lag``, when fewer than ``disk`` bytes are
    free.
    """

    tries: int = 3
    failing: timedelta = timedelta(hours=2)
    long_failing: timedelta = timedelta(hours=6)
    silence: timedelta = timedelta(hours=1)
    lag: timedelta = timedelta(minutes=15)
    disk: int = 1 << 30
