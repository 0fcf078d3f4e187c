"""What operators are told of: failures, incidents, alarms, figures; and who may read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from aggregator.domain.sources import SourceHealth


@dataclass(frozen=True, slots=True)
class PollError:
    """One and the same answer to some polls in a row, none of which was good."""

    first_at: datetime
    last_at: datetime
    times: int
    status: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """A source, and since when it fails (None: it does not, or nobody wrote it down)."""

    health: SourceHealth
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Incident:
    """A time in which a source failed, however many polls that were.

    ``cause`` is in plain words; ``replacement`` an address to try instead, where one was found.
    ``updated_at`` moves with those two and with ``resolved_at``, not with ``next_try_at``.
    ``id`` is None until it is stored.
    """

    source_id: str
    opened_at: datetime
    updated_at: datetime
    cause: str
    next_try_at: datetime | None = None
    replacement: str | None = None
    resolved_at: datetime | None = None
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that operators are told once: that it is so, and when it is over.

    ``told_at`` is None until somebody has been told; ``cleared_at`` until it is over.
    """

    key: str
    since: datetime
    text: str
    told_at: datetime | None = None
    cleared_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """Who may read the private feeds; of the token itself only a digest is kept."""

    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Queue:
    """How polling and grouping keep up: ``due`` sources wait, the longest for ``lag``; ``leased``
    are being polled; ``ungrouped`` items are in no story yet.
    """

    due: int
    lag: timedelta
    leased: int
    ungrouped: int
    polled_at: datetime | None
    new_item_at: datetime | None


@dataclass(frozen=True, slots=True)
class Size:
    """How large the database was on a day (UTC), in bytes, and how many items it had."""

    day: date
    bytes: int
    items: int


@dataclass(frozen=True, slots=True)
class Space:
    """What the database takes now: in all, by table where that can be told, and what is free on
    its disk (None: it is on a server).
    """

    bytes: int
    tables: Mapping[str, int] = field(default_factory=dict)
    free: int | None = None


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """Messages by what becomes of them: waiting for a worker, for another try, given up."""

    waiting: int
    retrying: int
    dead: int
