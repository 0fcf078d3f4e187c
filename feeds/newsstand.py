"""The feeds of an edition, made from what is stored; each once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from aggregator.domain import Brief, DeclaredFeed, Edition, EntryKind, ListedItem
from aggregator.settings import Settings
from aggregator.store import Store
from feeds.archives import Archives
from feeds.combined import WINDOW, Material, answers, combined, declared, told_by
from feeds.entries import Feed

COMBINED = "/feed"

_TOMBSTONES_KEPT = timedelta(days=30)
_BRIEFS = 500
"""So many briefs are looked at for a declared feed; of a series, so many of its own."""


@dataclass(frozen=True, slots=True)
class Belonging:
    """What belongs in a feed: items, each with the item that it is a copy of, and briefs."""

    items: Mapping[int, int | None] = field(default_factory=dict)
    briefs: Mapping[int, Brief] = field(default_factory=dict)


class Newsstand:
    """The feeds of one newsroom, by their paths without ending; not to be asked by two threads."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings = settings
        self._store = store
        self._declared = {f"/feeds/{feed.slug}": feed for feed in settings.feeds}
        self._made: tuple[Edition | None, dict[str, Feed]] = (None, {})
        self.archives = Archives(settings, store)
        self.paths = (COMBINED, *self._declared)

    def feed(self, path: str, edition: Edition) -> Feed:
        """The feed at one of ``paths``. Raises StoreError."""
        if self._made[0] != edition:
            self._made = edition, {}
        known = self._made[1]
        if path not in known:
            found = self._declared.get(path)
            known[path] = self._selected(found, edition) if found else self._combined(edition)
        return known[path]

    def belonging(self, path: str, since: datetime) -> Belonging:
        """What came out since then and belongs in the feed at ``path``, whether it still has room
        for it or not; nothing, where there is no such feed. Raises StoreError.
        """
        if path not in self.paths:
            return Belonging()
        feed = self._declared.get(path)
        briefs = self._briefs(feed)
        told = told_by(briefs)
        with_items = feed is None or _has_items(feed)
        found = self._store.items.belonging(since, feed) if with_items else {}
        return Belonging(
            {item: original for item, original in found.items() if not {item, original} & told},
            {one.id: one for one in briefs if one.published_at and one.published_at >= since},
        )

    def _combined(self, edition: Edition) -> Feed:
        count, since = self._settings.feed_entries, edition.changed_at - WINDOW
        items = self._store.items
        material = self._material(
            [*items.latest(count), *items.revised(since, count)],
            [*self._briefs(None), *self._store.briefs.corrected(since)],
            self._withdrawn(edition),
        )
        made = combined(material, self._settings, edition, self._store.installation_id())
        return replace(made, previous=self.archives.newest(edition))

    def _selected(self, feed: DeclaredFeed, edition: Edition) -> Feed:
        material = self._material(
            self._store.items.latest(feed.size, feed) if _has_items(feed) else [],
            self._briefs(feed),
            self._answering(self._withdrawn(edition), feed),
        )
        uid = self._store.installation_id()
        return declared(feed, material, self._settings, edition, uid)

    def _briefs(self, feed: DeclaredFeed | None) -> list[Brief]:
        """Those that are out, of a declared feed or of the combined one."""
        if feed is None:
            return self._store.briefs.published(self._settings.feed_entries)
        published = self._store.briefs.published(_BRIEFS, series=feed.series or None)
        return self._answering(published, feed)

    def _answering(self, briefs: Sequence[Brief], feed: DeclaredFeed) -> list[Brief]:
        cited = {one.item for brief in briefs for one in brief.wording.citations}
        origins = self._store.items.origins(cited) if feed.sources else {}
        return [brief for brief in briefs if answers(brief, feed, origins)]

    def _withdrawn(self, edition: Edition) -> list[Brief]:
        return self._store.briefs.withdrawn(edition.changed_at - _TOMBSTONES_KEPT)

    def _material(
        self, listed: Sequence[ListedItem], briefs: Sequence[Brief], withdrawn: Sequence[Brief]
    ) -> Material:
        editors = {one.username: one for one in self._store.editors.all()}
        return Material(listed, briefs, withdrawn, editors)


def _has_items(feed: DeclaredFeed) -> bool:
    return EntryKind.ITEMS in feed.kinds and not feed.series
