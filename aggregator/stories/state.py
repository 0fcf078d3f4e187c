"""What a grouping gives out and what it goes on from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aggregator.stories.report import Report


@dataclass(frozen=True, slots=True)
class Placement:
    """An item's story, and why: ``rule`` is new, joined, series, late or regrouped; ``evidence``
    says what it rests on, in values that JSON has.
    """

    item: int
    story: int
    rule: str
    evidence: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a store keeps of a grouped report, to go on from: ``edges`` are the earlier reports that
    it was found to be like, with their scores; ``vector`` what the encoder said (int8).
    """

    report: Report
    story: int
    edges: Mapping[int, float] = field(default_factory=dict)
    vector: bytes | None = None
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """Where a grouping stands: the number of the next story, of reports so far, the newest
    report's time, the time before which reports are closed, and the items that wait for a repair.
    """

    next_story: int = 1
    count: int = 0
    newest: datetime | None = None
    horizon: datetime | None = None
    touched: tuple[int, ...] = ()
