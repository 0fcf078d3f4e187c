"""Keeps the published documents ready: made once for each edition, not for each request."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from aggregator.domain import Edition
from aggregator.errors import StoreError
from aggregator.settings import Settings
from aggregator.store import Store
from feeds.documents import atom, rss
from feeds.entries import Feed, combined
from feeds.jsonfeed import json_feed
from feeds.representation import Representation

log = logging.getLogger(__name__)

Render = Callable[[Feed], bytes]


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
        """The document of a format, as of now.

        When the database is away, the last good one; raises StoreError when there is none.
        """
        try:
            edition = self._store.edition()
            ready = self._ready.get(name)
            if ready is None or ready[0] != edition:
                with self._lock:
                    ready = self._ready[name] = self._made(name, edition, self._ready.get(name))
        except StoreError as error:
            ready = self._ready.get(name)
            if ready is None:
                raise
            log.warning("serving the last good %s document: %s", name, error)
        return ready[1]

    def _made(
        self, name: str, edition: Edition, before: tuple[Edition, Representation] | None
    ) -> tuple[Edition, Representation]:
        if before and before[0] == edition:
            return before  # made by another thread while this one waited
        render, content_type = self.formats[name]
        body = render(self._current_feed(edition))
        if before and before[1].identity == body:
            return edition, before[1]  # nothing that readers see changed: nor does Last-Modified
        return edition, Representation.of(body, content_type, edition.changed_at)

    def _current_feed(self, edition: Edition) -> Feed:
        if self._feed is None or self._feed[0] != edition:
            listed = self._store.items.latest(self._settings.feed_entries)
            uid = self._store.installation_id()
            self._feed = edition, combined(listed, self._settings, edition, uid)
        return self._feed[1]
