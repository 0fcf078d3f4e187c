"""Keeps the published documents ready: made once for each edition, not for each request."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta

from aggregator.domain import Edition
from aggregator.errors import StoreError
from aggregator.settings import Settings
from aggregator.store import Store
from feeds.combined import combined
from feeds.documents import atom, rss
from feeds.entries import Feed
from feeds.jsonfeed import json_feed
from feeds.representation import Representation

log = logging.getLogger(__name__)

Render = Callable[[Feed], bytes]

_HTML = "text/html; charset=utf-8"
_MOST_READY = 500
"""So many documents and pages are kept ready."""

_TOMBSTONES_KEPT = timedelta(days=30)


class Press:
    """The documents of one site; safe to ask from several threads.

    ``formats`` has what each format's documents are made with; pages are added by the site.
    """

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings = settings
        self._store = store
        self._lock = threading.Lock()
        self._ready: dict[str, tuple[Edition, Representation]] = {}
        self._feed: tuple[Edition, Feed] | None = None
        self.formats: dict[str, tuple[Render, str]] = {
            "atom": (atom, "application/atom+xml; charset=utf-8"),
            "rss": (rss, "application/rss+xml; charset=utf-8"),
            "json": (json_feed, "application/feed+json; charset=utf-8"),
        }

    def document(self, name: str) -> Representation:
        """The document of a format, as of now; as :meth:`page` otherwise."""
        render, content_type = self.formats[name]
        return self._ready_for(name, lambda edition: render(self._feed_of(edition)), content_type)

    def page(
        self, name: str, render: Callable[[], bytes], content_type: str = _HTML
    ) -> Representation:
        """A page, as of now; ``render`` may raise what says that there is none.

        When the database is away, the last good one; raises StoreError when there is none.
        """
        return self._ready_for(f"page:{name}", lambda _edition: render(), content_type)

    def _ready_for(
        self, name: str, make: Callable[[Edition], bytes], content_type: str
    ) -> Representation:
        try:
            edition = self._store.edition()
            ready = self._ready.get(name)
            if ready is None or ready[0] != edition:
                with self._lock:
                    ready = self._made(name, edition, make, content_type)
        except StoreError as error:
            ready = self._ready.get(name)
            if ready is None:
                raise
            log.warning("serving the last good %s document: %s", name, error)
        return ready[1]

    def _made(
        self, name: str, edition: Edition, make: Callable[[Edition], bytes], content_type: str
    ) -> tuple[Edition, Representation]:
        before = self._ready.pop(name, None)
        if before is None or before[0] != edition:
            # Else it was made by another thread while this one waited.
            try:
                body = make(edition)
            except StoreError:
                if before:
                    self._ready[name] = before
                raise
            same = before is not None and before[1].identity == body
            # What readers see may be the same although something changed: so is Last-Modified.
            made = before[1] if before and same else None
            before = edition, made or Representation.of(body, content_type, edition.changed_at)
        self._ready[name] = before
        while len(self._ready) > _MOST_READY:
            # The one that was made longest ago; a crowd's page is made again at each edition.
            del self._ready[next(iter(self._ready))]
        return before

    def _feed_of(self, edition: Edition) -> Feed:
        if self._feed is None or self._feed[0] != edition:
            count = self._settings.feed_entries
            self._feed = (
                edition,
                combined(
                    self._store.items.latest(count),
                    self._settings,
                    edition,
                    self._store.installation_id(),
                    briefs=self._store.briefs.published(count),
                    withdrawn=self._store.briefs.withdrawn(edition.changed_at - _TOMBSTONES_KEPT),
                ),
            )
        return self._feed[1]
