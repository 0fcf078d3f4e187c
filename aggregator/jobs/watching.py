"""Looking whether what published briefs rest on is still there: some looks a day, for a week."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from queue import Empty, SimpleQueue

from aggregator.domain import Document, Watch
from aggregator.store import Store
from aggregator.wire.fetch import Fetcher
from aggregator.wire.robots import Robots
from aggregator.wire.watching import AGAIN, FIRST, FOR, after_look, question

log = logging.getLogger(__name__)

_AT_ONCE = 20
"""Looks that are begun together; those of one host wait for their turns besides."""

_PAUSE = 1 / 60
"""Of an hour, between two questions what is due: it means going through what is published."""


class Watching:
    """The watches of one newsroom. ``attend`` is to be called now and then."""

    def __init__(
        self,
        store: Store,
        fetcher: Fetcher,
        robots: Robots,
        hour: timedelta,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._fetcher = fetcher
        self._robots = robots
        self._hour = hour
        self._clock = clock
        self._asked_at: datetime | None = None
        self._looked: SimpleQueue[Watch] = SimpleQueue()

    def attend(self) -> None:
        """Record what was seen since the last time, then begin the looks that are due.

        Raises StoreError.
        """
        self._record()
        now, hour = self._clock(), self._hour
        # A clock that was set back must not stop it.
        if self._asked_at and abs(now - self._asked_at) < hour * _PAUSE:
            return
        self._asked_at = now
        since, until = now - FOR * hour, now - FIRST * hour
        for watch in self._store.watches.take(since, until, now, AGAIN * hour, _AT_ONCE):
            self._robots.check(watch.url, partial(self._ask, watch))

    def _record(self) -> None:
        looks: list[Watch] = []
        with suppress(Empty):
            while True:
                looks.append(self._looked.get_nowait())
        if looks:
            self._store.watches.record(looks, self._clock())
        for watch in looks:
            if watch.gone_at:
                log.warning("cited page gone: %s (HTTP %s)", watch.url, watch.status)

    def _ask(self, watch: Watch, forbidden: str | None) -> None:
        if forbidden:
            self._note(watch, None)
            return
        asked = self._fetcher.submit(question(watch))
        asked.add_done_callback(partial(self._answered, watch))

    def _answered(self, watch: Watch, asked: Future[Document]) -> None:
        self._note(watch, None if asked.exception() else asked.result())

    def _note(self, watch: Watch, document: Document | None) -> None:
        # Not stored here: this is the fetcher's thread, which has others to serve.
        self._looked.put(after_look(watch, document, self._clock(), self._hour))
