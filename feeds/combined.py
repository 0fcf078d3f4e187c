"""What goes into the feeds: briefs, and what the sources say where no brief does (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from aggregator.desk.markdown import to_text
from aggregator.domain import Brief, DeclaredFeed, Edition, Editor, EntryKind, ListedItem
from aggregator.settings import Settings
from aggregator.store.folding import words
from feeds.briefs import brief_entry, tombstone
from feeds.entries import Entry, Feed, entry, last_change

WINDOW = timedelta(days=7)
"""What came out or changed so lately is in the combined feed, as far as it has room."""

_LEAST_ENTRIES = 50
_MOST_BYTES = 384 * 1024
_MARKUP = 900
"""Bytes of an entry besides its texts, about."""


@dataclass(frozen=True, slots=True)
class Material:
    """What a feed may be made of, the newest first."""

    listed: Sequence[ListedItem] = ()
    briefs: Sequence[Brief] = ()
    withdrawn: Sequence[Brief] = ()
    editors: Mapping[str, Editor] = field(default_factory=dict)


def combined(
    material: Material, settings: Settings, edition: Edition, installation_id: str
) -> Feed:
    """The feed of the newsroom, the newest first: what came out or was corrected within a week, and
    50 entries at least.

    A brief stands in place of the items that it cites, and of their copies. The feed's id is made
    from the database's own, so neither a new address nor a new title changes it.
    """
    since = edition.changed_at - WINDOW
    lately = sorted(
        entries(material, settings, edition), key=lambda one: one.updated_at, reverse=True
    )
    kept = [one for at, one in enumerate(lately) if at < _LEAST_ENTRIES or one.updated_at >= since]
    chosen = _within_budget(kept[: settings.feed_entries])
    return _feed(chosen, material, settings, uuid5(UUID(installation_id), "/feed"))


def declared(
    feed: DeclaredFeed,
    material: Material,
    settings: Settings,
    edition: Edition,
    installation_id: str,
) -> Feed:
    """A feed of feeds.yaml, of what it has in it, the newest first."""
    path = f"/feeds/{feed.slug}"
    newest = sorted(
        entries(material, settings, edition), key=lambda one: one.published_at, reverse=True
    )
    whole = _feed(
        _within_budget(newest[: feed.size]),
        material,
        settings,
        uuid5(UUID(installation_id), path),
    )
    return replace(
        whole,
        title=f"{settings.title}: {feed.title}",
        subtitle=feed.description or settings.strapline,
        language=feed.language or settings.languages[0],
        path=path,
    )


def entries(material: Material, settings: Settings, edition: Edition) -> list[Entry]:
    """The entries of it all, in no order."""
    told = told_by(material.briefs)
    ours = {brief.id: brief for brief in material.briefs}
    left = {
        one.item.id: one
        for one in material.listed
        if not {one.item.id, one.item.duplicate_of} & told
    }
    return [
        *(made_of(brief, material, settings) for brief in ours.values()),
        *(entry(one, edition) for one in left.values()),
    ]


def told_by(briefs: Iterable[Brief]) -> set[int]:
    """The items that these briefs stand in place of, as of their copies."""
    return {cited.item for brief in briefs for cited in brief.wording.citations}


def made_of(brief: Brief, material: Material, settings: Settings) -> Entry:
    """A brief's entry."""
    return brief_entry(
        brief,
        settings.base_url,
        rights=settings.rights,
        editors=material.editors,
        hotlink=settings.hotlink_pictures,
    )


def answers(brief: Brief, feed: DeclaredFeed, origins: Mapping[int, str]) -> bool:
    """Whether a declared feed has a brief; ``origins`` are the sources of the items it cites."""
    wording = brief.wording
    if EntryKind.BRIEFS not in feed.kinds or (feed.series and wording.series not in feed.series):
        return False
    has = {name.lower() for name in (wording.kicker, *wording.categories)}
    if feed.categories and not has & {name.lower() for name in feed.categories}:
        return False
    if feed.languages and not any(_is_in(wording.language, tag) for tag in feed.languages):
        return False
    if feed.sources and not {origins.get(one.item) for one in wording.citations} & {*feed.sources}:
        return False
    return not feed.search or _has_words(f"{wording.headline} {to_text(wording.body)}", feed.search)


def _feed(
    chosen: Iterable[Entry],
    material: Material,
    settings: Settings,
    feed_id: UUID,
) -> Feed:
    found = sorted(chosen, key=lambda one: one.published_at, reverse=True)
    withdrawn = tuple(tombstone(brief) for brief in material.withdrawn)
    return Feed(
        id=feed_id.urn,
        title=settings.title,
        subtitle=settings.strapline,
        base_url=settings.base_url,
        path="/feed",
        language=settings.languages[0],
        updated_at=last_change((one.updated_at for one in found), withdrawn),
        entries=tuple(found),
        withdrawn=withdrawn,
        rights=settings.rights,
        hub=settings.hub,
    )


def _within_budget(chosen: Iterable[Entry]) -> Iterable[Entry]:
    """Keep the document light: past 50 entries, stop where it has become heavy."""
    size = 0
    for count, one in enumerate(chosen):
        size += _MARKUP + len(one.content.encode()) + len(one.summary.encode())
        if count >= _LEAST_ENTRIES and size > _MOST_BYTES:
            return
        yield one


def _is_in(language: str, tag: str) -> bool:
    return f"{language}-".lower().startswith(f"{tag}-".lower())


def _has_words(text: str, typed: str) -> bool:
    """As the search for items has it: whole words, the last of which may be a beginning."""
    *whole, last = words(typed) or [""]
    said = words(text)
    return bool(last) and {*whole} <= {*said} and any(word.startswith(last) for word in said)


def month_after(at: datetime) -> datetime:
    """When the month of a time ends, both in UTC."""
    first = at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first + timedelta(days=32)).replace(day=1)
