"""Keeps the published documents ready: made once for each edition, not for each request."""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from functools import partial

from aggregator.domain import Edition
from aggregator.errors import StoreError
from aggregator.settings import Settings
from aggregator.store import Store
from feeds.delta import Past
from feeds.documents import atom, rss
from feeds.entries import Feed
from feeds.jsonfeed import json_feed
from feeds.keep import Keep
from feeds.newsstand import COMBINED, Newsstand
from feeds.representation import Representation

log = logging.getLogger(__name__)

Make = Callable[[Edition], bytes]

HTML = "text/html; charset=utf-8"
ATOM = "application/atom+xml; charset=utf-8"
FORMATS: dict[str, tuple[Callable[[Feed], bytes], str]] = {
    "atom": (atom, ATOM),
    "rss": (rss, "application/rss+xml; charset=utf-8"),
    "json": (json_feed, "application/feed+json; charset=utf-8"),
}
_MOST_READY = 500
"""So many documents and pages are kept ready."""


class Press:
    """The documents of one site by their paths; safe to ask from several threads.

    Who asks for one gets it as of now. ``fresh`` has those that are ready, as of the last
    :meth:`refresh`: whoever looks there pays nothing, and must see to it that refreshing goes on.
    """

    def __init__(self, settings: Settings, store: Store, keep: Keep | None = None) -> None:
        self._settings = settings
        self._store = store
        self._keep = keep
        self._lock = threading.Lock()
        self._newsstand = Newsstand(settings, store)
        self._ready: dict[str, tuple[Edition | None, Representation]] = {}
        self._pasts: dict[str, Past] = defaultdict(Past)
        self._news: dict[tuple[str, str], Representation] = {}
        self._edition: Edition | None = None
        self.fresh: dict[str, Representation] = {}
        self.feeds = {
            f"{path}.{ending}": (path, ending)
            for path in self._newsstand.paths
            for ending in FORMATS
        }
        """The feeds' paths: each as the newsstand knows it, and its format."""
        self.listings: list[Callable[[], Iterable[str]]] = [lambda: self.feeds, self._archives]
        """What gives the paths of public documents: whoever publishes more adds to it."""

    def paths(self) -> list[str]:
        """The path of every public document there is now, each once. Raises StoreError."""
        return list(dict.fromkeys(path for listing in self.listings for path in listing()))

    def feed(self, path: str) -> Representation:
        """The feed at one of ``feeds``; as :meth:`page` otherwise."""
        content_type = FORMATS[self.feeds[path][1]][1]
        return self._ready_for(path, partial(self._render, path), content_type, self._links(path))

    def page(
        self, path: str, render: Callable[[], bytes], content_type: str = HTML
    ) -> Representation:
        """A page, as of now; ``render`` may raise what says that there is none.

        When the database is away, the last good one; raises StoreError when there is none.
        """
        return self._ready_for(path, lambda _edition: render(), content_type)

    def current(self) -> Feed:
        """The combined feed as of now, for what renders a page: the press lets one at a time."""
        return self._newsstand.feed(COMBINED, self._store.edition())

    def archive(self, name: str) -> Representation | None:
        """A document of the archive, such as ``2026/01``; None when there is none."""
        try:
            return self._ready_for(f"/archive/{name}.atom", partial(self._archive, name), ATOM)
        except LookupError:
            return None

    def news(self, path: str, etags: Collection[str]) -> Representation | None:
        """Of the feed that is ready, only what somebody who has one of these ETags has not; None
        where nothing is known of those.
        """
        with self._lock:
            edition, ready = self._ready.get(path, (None, None))
            known = self._pasts[path].known(etags)
            if edition is None or ready is None or known is None:
                return None
            if (ready.etag, known) not in self._news:
                self._news[ready.etag, known] = self._made_news(path, known, edition)
            return self._news[ready.etag, known]

    def refresh(self) -> None:
        """Make the feeds that are asked for again, if something has changed. Raises StoreError."""
        edition = self._store.edition()
        if edition == self._edition:
            return
        fresh = {}
        for path in self.feeds:
            if path in self._ready:
                fresh[path] = self.feed(path)
        if any(self._ready[path][0] != edition for path in fresh):
            # Something changed again meanwhile, or the database went away: at the next look.
            return
        with self._lock:
            self._edition, self.fresh = edition, fresh
            self._news.clear()
        self._newsstand.archives.close_due(edition)

    def _ready_for(
        self, path: str, make: Make, content_type: str, links: str = ""
    ) -> Representation:
        try:
            edition = self._store.edition()
            ready = self._ready.get(path)
            if ready is None or ready[0] != edition:
                with self._lock:
                    ready = self._made(path, edition, make, content_type, links)
        except StoreError as error:
            ready = self._ready.get(path)
            kept = ready[1] if ready else self._kept(path)
            if kept is None:
                raise
            log.warning("serving the last good %s: %s", path, error)
            return kept
        return ready[1]

    def _made(
        self, path: str, edition: Edition, make: Make, content_type: str, links: str
    ) -> tuple[Edition | None, Representation]:
        before = self._ready.get(path)
        if before is None or before[0] != edition:
            # Else it was made by another thread while this one waited.
            last = before[1] if before else self._kept(path)
            try:
                body = make(edition)
            except StoreError:
                raise
            except Exception:
                self._forget(path)
                raise
            if last is None or last.identity != body:
                last = Representation.of(body, content_type, edition.changed_at, links)
                if self._keep:
                    self._keep.put(path, last, links)
            # What readers see may be the same although something changed: so is Last-Modified.
            before = edition, last
            self._ready.pop(path, None)
            self._ready[path] = before
            self._note(path, edition, last)
        if edition == self._edition:
            self.fresh[path] = before[1]
        while len(self._ready) > _MOST_READY:
            # The one that was made longest ago; a crowd's page is made again at each edition.
            gone = next(iter(self._ready))
            del self._ready[gone]
            self.fresh.pop(gone, None)
        return before

    def _render(self, path: str, edition: Edition) -> bytes:
        name, ending = self.feeds[path]
        return FORMATS[ending][0](self._newsstand.feed(name, edition))

    def _archive(self, name: str, edition: Edition) -> bytes:
        self._newsstand.archives.close_due(edition)
        head = self._newsstand.feed(COMBINED, edition)
        found = self._newsstand.archives.document(name, head, edition)
        if found is None:
            raise LookupError(name)
        return found

    def _archives(self) -> list[str]:
        return self._newsstand.archives.paths(self._store.edition())

    def _note(self, path: str, edition: Edition, ready: Representation) -> None:
        """Remember what a feed had, for :meth:`news`."""
        if path in self.feeds:
            feed = self._newsstand.feed(self.feeds[path][0], edition)
            self._pasts[path].note(ready.etag, feed)

    def _made_news(self, path: str, known: str, edition: Edition) -> Representation:
        name, ending = self.feeds[path]
        render, content_type = FORMATS[ending]
        news = self._pasts[path].news(known, self._newsstand.feed(name, edition))
        return Representation.of(render(news), content_type, edition.changed_at)

    def _links(self, path: str) -> str:
        hub = self._settings.hub
        own = f"{self._settings.base_url}{path}"
        return f'<{own}>; rel="self", <{hub}>; rel="hub"' if hub else ""

    def _kept(self, path: str) -> Representation | None:
        return self._keep.get(path) if self._keep else None

    def _forget(self, path: str) -> None:
        """There is no such document any more."""
        self._ready.pop(path, None)
        self.fresh.pop(path, None)
        if self._keep:
            self._keep.drop(path)
