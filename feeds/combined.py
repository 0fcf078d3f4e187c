"""The combined feed: briefs, and what the sources say where no brief does (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID, uuid5

from aggregator.domain import Brief, Edition, ListedItem
from aggregator.settings import Settings
from feeds.briefs import brief_entry, tombstone
from feeds.entries import Entry, Feed, entry

_LEAST_ENTRIES = 50
_MOST_CHARACTERS = 256 * 1024


def combined(
    listed: Iterable[ListedItem],
    settings: Settings,
    edition: Edition,
    installation_id: str,
    *,
    briefs: Sequence[Brief] = (),
    withdrawn: Iterable[Brief] = (),
) -> Feed:
    """The feed of the newsroom, the newest first; a brief stands in place of the items that it
    cites, and of their copies.

    Its id is made from the database's own, so neither a new address nor a new title changes it.
    """
    told = {cited.item for brief in briefs for cited in brief.wording.citations}
    left = [one for one in listed if not {one.item.id, one.item.duplicate_of} & told]
    ours = [
        brief_entry(brief, settings.base_url, hotlink=settings.hotlink_pictures) for brief in briefs
    ]
    mixed = sorted(
        [*ours, *(entry(one, edition) for one in left)],
        key=lambda one: one.published_at,
        reverse=True,
    )
    entries = tuple(_within_budget(mixed[: settings.feed_entries]))
    return Feed(
        id=uuid5(UUID(installation_id), "/feed").urn,
        title=settings.title,
        subtitle=settings.strapline,
        base_url=settings.base_url,
        path="/feed",
        language=settings.languages[0],
        updated_at=max((e.updated_at for e in entries), default=edition.changed_at),
        entries=entries,
        withdrawn=tuple(tombstone(brief) for brief in withdrawn),
    )


def _within_budget(entries: Iterable[Entry]) -> Iterable[Entry]:
    """Keep the document light: past 50 entries, stop where full texts have made it heavy."""
    characters = 0
    for count, one in enumerate(entries):
        characters += len(one.content)
        if count >= _LEAST_ENTRIES and characters > _MOST_CHARACTERS:
            return
        yield one
