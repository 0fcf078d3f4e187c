"""What is stored, and what is published of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aggregator.domain.documents import Picture
from aggregator.domain.sources import Source


@dataclass(frozen=True, slots=True)
class Item:
    """A stored article as one source carries it.

    ``entry_id`` is the atom:id under which we republish it, for ever: the source's own id where
    that is an IRI nobody else used, else one of ours. ``revised_at`` is when we last saw it change.
    ``excluded_by`` is the operator's filter that keeps it off the feeds, ``held`` why we do so
    ourselves until the operator releases it. ``story`` is None until it is grouped.
    """

    id: int
    source_id: str
    entry_id: str
    guid: str | None
    url: str | None
    canonical_url: str | None
    title: str
    summary: str
    content: str
    text: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    language: str | None
    published_at: datetime | None
    updated_at: datetime | None
    first_seen_at: datetime
    revised_at: datetime | None
    revision: int
    duplicate_of: int | None
    excluded_by: str | None
    picture: Picture | None
    story: int | None = None
    held: str | None = None


@dataclass(frozen=True, slots=True)
class ItemQuery:
    """Which items to list: newest first, ``limit`` None for all of them; ``held`` for only those
    that are held back.
    """

    source_id: str | None = None
    since: datetime | None = None
    search: str | None = None
    limit: int | None = None
    held: bool = False


@dataclass(frozen=True, slots=True)
class Revision:
    """One version of an item, as ``who`` (its source) had it from ``at`` on; ``number`` counts
    from 1.
    """

    number: int
    at: datetime
    who: str
    url: str | None
    title: str
    summary: str
    content: str
    authors: tuple[str, ...]
    updated_at: datetime | None
    picture: Picture | None


@dataclass(frozen=True, slots=True)
class Edition:
    """Which state of the published content the store holds; ``number`` grows with each change."""

    number: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class ListedItem:
    """An item for publishing or listing, with the source that it is credited to.

    ``feed_id`` is the source feed's own id (its URL where it has none); ``site`` its web page,
    as declared or as the feed says.
    """

    item: Item
    source: Source
    feed_id: str
    site: str | None
