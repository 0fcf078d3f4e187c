"""What a published feed is made of, and a stored item as its entry (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from aggregator.domain import Edition, Item, ListedItem, Picture, Republish
from aggregator.wire.clean import legal, shorten

EXCERPT_LENGTH = 300


_NEVER = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class EntrySource:
    """Where an entry was taken from (RFC 4287 section 4.2.11)."""

    id: str
    title: str
    url: str
    site: str | None


@dataclass(frozen=True, slots=True)
class Via:
    """An original that an entry rests on (link relation ``via``, RFC 4287 section 4.2.7.2)."""

    url: str
    title: str
    language: str | None


@dataclass(frozen=True, slots=True)
class Tombstone:
    """An entry that was withdrawn (RFC 6721)."""

    id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a published feed; ``summary`` is plain text, ``content`` safe HTML.

    ``source`` is where it was taken from; a brief, which was written here, has none but ``via``.
    ``related`` is for further reading; ``rights`` who may do what with it, in words;
    ``picture_bytes`` is 0 where nobody knows.
    """

    id: str
    title: str
    url: str | None
    published_at: datetime
    updated_at: datetime
    summary: str
    content: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    language: str | None
    source: EntrySource | None
    via: tuple[Via, ...] = ()
    picture: Picture | None = None
    picture_bytes: int = 0
    related: tuple[str, ...] = ()
    rights: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A published feed; ``path`` has no ending: each format adds its own. ``withdrawn`` are entries
    that were there not long ago; ``hub`` tells subscribers of changes (WebSub).

    ``current``, ``previous`` and ``following`` are the documents around an archive's, as paths
    (RFC 5005 section 4): ``current`` is set in those of the archive alone.
    """

    id: str
    title: str
    subtitle: str
    base_url: str
    path: str
    language: str
    updated_at: datetime
    entries: tuple[Entry, ...]
    withdrawn: tuple[Tombstone, ...] = ()
    rights: str | None = None
    hub: str | None = None
    current: str | None = None
    previous: str | None = None
    following: str | None = None


def last_change(updates: Iterable[datetime], withdrawn: Iterable[Tombstone]) -> datetime:
    """When a feed changed last, from when its entries did; without any, when the last of them was
    withdrawn. One that never had any keeps its bytes, too, whatever changes elsewhere.
    """
    return max(updates, default=max((one.at for one in withdrawn), default=_NEVER))


def entry(listed: ListedItem, edition: Edition) -> Entry:
    """One item as its source's ``republish`` allows.

    ``updated`` moves only when the source's does or when we saw a revision, never past the edition.
    """
    item, source = listed.item, listed.source
    published_at = min(item.published_at or item.first_seen_at, edition.changed_at)
    stated = item.updated_at or published_at
    updated_at = max(stated, item.revised_at) if item.revised_at else stated
    summary, content = _texts(item, source.republish)
    return Entry(
        id=item.entry_id,
        title=item.title,
        url=item.url,
        published_at=published_at,
        updated_at=min(max(updated_at, published_at), edition.changed_at),
        summary=summary,
        content=content,
        authors=item.authors or (source.name,),
        categories=item.categories,
        language=item.language,
        source=EntrySource(listed.feed_id, source.name, source.url, listed.site),
    )


def _texts(item: Item, republish: Republish) -> tuple[str, str]:
    if republish is Republish.LINK:
        return "", ""
    excerpt = shorten(item.text, EXCERPT_LENGTH)
    full = republish is Republish.FULL
    # What was stored before 1.0.0 may hold characters that spoil a feed.
    return excerpt, legal(item.content or item.summary) if full else ""
