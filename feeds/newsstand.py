"""The feeds of an edition, made from what is stored; each once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from aggregator.domain import Brief, DeclaredFeed, Edition, EntryKind, ListedItem
from aggregator.settings import Settings
from aggregator.store import Store
from feeds.archives import Archives
from feeds.combined import WINDOW, Material, answers, combined, declared
from feeds.entries import Feed

COMBINED = "/feed"

_TOMBSTONES_KEPT = timedelta(days=30)
_BRIEFS = 500
"""So many briefs are looked at for a declared feed; of a series, so many of its own."""


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

    def _combined(self, edition: Edition) -> Feed:
        count, since = self._settings.feed_entries, edition.changed_at - WINDOW
        items, briefs = self._store.items, self._store.briefs
        material = self._material(
            [*items.latest(count), *items.revised(since, count)],
            [*briefs.published(count), *briefs.corrected(since)],
            self._withdrawn(edition),
        )
        made = combined(material, self._settings, edition, self._store.installation_id())
        return replace(made, previous=self.archives.newest(edition))

    def _selected(self, feed: DeclaredFeed, edition: Edition) -> Feed:
        with_items = EntryKind.ITEMS in feed.kinds and not feed.series
        published = self._store.briefs.published(_BRIEFS, series=feed.series or None)
        material = self._material(
            self._store.items.latest(feed.size, feed) if with_items else [],
            self._answering(published, feed),
            self._answering(self._withdrawn(edition), feed),
        )
        uid = self._store.installation_id()
        return declared(feed, material, self._settings, edition, uid)

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
