"""Pages of articles: whether they are still there, and what they say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Watch:
    """The page of a report that a published brief cites, and what looking at it showed.

    ``status`` is that of the last answer, ``misses`` how many answers in a row said that the page
    is not there; ``gone_at`` is when that was certain, and then ``next_at`` is None.
    """

    url: str
    next_at: datetime | None = None
    looked_at: datetime | None = None
    status: int | None = None
    misses: int = 0
    etag: str | None = None
    last_modified: str | None = None
    gone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ArticleText:
    """An item's whole article for reading at the desk, as plain text: paragraphs divided by line
    ends. ``ended_at`` is when it came or, with an ``error``, could not be had; None while it is
    waited for.
    """

    item: int
    asked_at: datetime
    asked_by: str
    ended_at: datetime | None = None
    text: str = ""
    error: str | None = None
