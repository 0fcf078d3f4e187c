"""What a look at an address found (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aggregator.domain import Document


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed that was looked at.

    ``url`` is where it is for good (permanent redirects followed); ``language`` is what it says of
    itself, ``heard`` what its items are written in; ``newest_at`` the date of its newest item.
    """

    url: str
    title: str
    site: str | None
    language: str | None
    heard: str | None
    items: int
    newest_at: datetime | None
    is_garbled: bool = False


@dataclass(frozen=True, slots=True)
class Sight:
    """What is at an address: a feed, or a page, or the reason why there is neither."""

    url: str
    feed: FoundFeed | None = None
    page: Document | None = None
    error: str | None = None
    status: int | None = None
    moved_to: str | None = None
