"""Stored items → a feed's values (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from aggregator.domain import Edition, Item, ListedItem, Picture, Republish
from aggregator.settings import Settings
from aggregator.wire.clean import shorten

EXCERPT_LENGTH = 300
_LEAST_ENTRIES = 50
_MOST_CHARACTERS = 256 * 1024


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


@dataclass(frozen=True, slots=True)
class Feed:
    """A published feed; ``path`` has no ending: each format adds its own. ``withdrawn`` are entries
    that were there not long ago.
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


def combined(
    listed: Iterable[ListedItem], settings: Settings, edition: Edition, installation_id: str
) -> Feed:
    """The feed of all sources, in the order given.

    Its id is made from the database's own, so neither a new address nor a new title changes it.
    """
    entries = tuple(_within_budget(entry(one, edition) for one in listed))
    return Feed(
        id=uuid5(UUID(installation_id), "/feed").urn,
        title=settings.title,
        subtitle=settings.strapline,
        base_url=settings.base_url,
        path="/feed",
        language=settings.languages[0],
        updated_at=max((e.updated_at for e in entries), default=edition.changed_at),
        entries=entries,
    )


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
    return excerpt, (item.content or item.summary) if full else ""


def _within_budget(entries: Iterable[Entry]) -> Iterable[Entry]:
    """Keep the document light: past 50 entries, stop where full texts have made it heavy."""
    characters = 0
    for count, one in enumerate(entries):
        characters += len(one.content)
        if count >= _LEAST_ENTRIES and characters > _MOST_CHARACTERS:
            return
        yield one
