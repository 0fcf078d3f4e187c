"""Fetching the articles that editors asked for, to be read at the desk."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus

from aggregator.domain import Document, Request
from aggregator.errors import AggregatorError, FetchStopped
from aggregator.store import Store
from aggregator.wire.conclude import status_line
from aggregator.wire.fetch import Fetcher
from aggregator.wire.parsers import Parsers
from aggregator.wire.robots import Robots

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
"""So long an article is waited for; then it is asked for again, as after a crash."""

_AT_ONCE = 10


class Articles:
    """The articles of one newsroom. ``attend`` is to be called now and then."""

    def __init__(
        self,
        store: Store,
        fetcher: Fetcher,
        parsers: Parsers,
        robots: Robots,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._fetcher = fetcher
        self._parsers = parsers
        self._robots = robots
        self._clock = clock

    def attend(self) -> None:
        """Begin to fetch what was asked for since the last time. Raises StoreError."""
        for item, url in self._store.article_texts.take(self._clock(), LEASE, _AT_ONCE):
            self._robots.check(url, partial(self._ask, item, url))

    def _ask(self, item: int, url: str, forbidden: str | None) -> None:
        if forbidden:
            self._keep(item, error=forbidden)
            return
        asked = self._fetcher.submit(Request(url))
        asked.add_done_callback(partial(self._answered, item))

    def _answered(self, item: int, asked: Future[Document]) -> None:
        error = asked.exception()
        if isinstance(error, FetchStopped):
            return  # whoever runs next asks when the lease is over
        if error is not None:
            self._keep(item, error=_words(error))
            return
        document = asked.result()
        if document.status != HTTPStatus.OK:
            self._keep(item, error=f"its page answers {status_line(document.status)}")
            return
        try:
            reading = self._parsers.extract(document)
        except Exception as trouble:  # noqa: BLE001 - such as no memory for a child process
            self._keep(item, error=_words(trouble))
            return
        reading.add_done_callback(partial(self._read, item))

    def _read(self, item: int, reading: Future[str]) -> None:
        error = reading.exception()
        if error is None:
            self._keep(item, text=reading.result())
        else:
            self._keep(item, error=_words(error))

    def _keep(self, item: int, *, text: str = "", error: str | None = None) -> None:
        try:
            self._store.article_texts.keep(item, self._clock(), text, error)
        except AggregatorError as trouble:
            log.warning("article of item %d not kept: %s", item, trouble)


def _words(error: BaseException) -> str:
    if isinstance(error, AggregatorError):
        return str(error)
    log.error("an article could not be read", exc_info=error)
    return f"this program failed to read it ({type(error).__name__}): please report it"
