"""Closing a gap: following a source's older documents back to what is known (RFC 5005)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from http import HTTPStatus

from aggregator.domain import Document, ParsedItem, Request, Source
from aggregator.wire.fetch import Fetcher
from aggregator.wire.parsers import Parsers
from aggregator.wire.reading import Reading

log = logging.getLogger(__name__)

MAX_DOCUMENTS = 10
"""Older documents that are asked for to close one gap."""

Done = Callable[[Reading], None]


class History:
    """Follows ``prev-archive`` and ``next`` links; ``knows`` tells whether one of a source's items
    is stored.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        parsers: Parsers,
        knows: Callable[[Source, Sequence[ParsedItem]], bool],
    ) -> None:
        self._fetcher = fetcher
        self._parsers = parsers
        self._knows = knows

    def fill(self, source: Source, reading: Reading, done: Done) -> None:
        """Add to the reading what older documents have, as far back as needed; then ``done`` gets
        it, in whatever thread. Where they end or fail before that, it stays ``filled`` False.
        """
        self._follow(source, reading, reading.feed.older, done, 0)

    def _follow(
        self, source: Source, reading: Reading, url: str | None, done: Done, followed: int
    ) -> None:
        if url is None or followed == MAX_DOCUMENTS:
            done(reading)
            return
        asked = self._fetcher.submit(Request(url))
        asked.add_done_callback(partial(self._fetched, source, reading, done, followed))

    def _fetched(
        self,
        source: Source,
        reading: Reading,
        done: Done,
        followed: int,
        asked: Future[Document],
    ) -> None:
        if asked.exception() or asked.result().status != HTTPStatus.OK:
            done(reading)
            return
        page = self._parsers.submit(asked.result(), source, b"")
        page.add_done_callback(partial(self._parsed, source, reading, done, followed))

    def _parsed(
        self,
        source: Source,
        reading: Reading,
        done: Done,
        followed: int,
        page: Future[Reading],
    ) -> None:
        try:
            feed = page.result().feed
            joined = self._knows(source, feed.items)
        except Exception as error:  # noqa: BLE001 - the gap stays, the newest document counts
            log.warning("source=%s an older document could not be used: %s", source.id, error)
            done(reading)
            return
        more = replace(reading, older=reading.older + feed.items, filled=joined)
        following = None if joined else feed.older
        self._follow(source, more, following, done, followed + 1)
