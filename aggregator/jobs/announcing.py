"""Telling a hub that something was published (WebSub section 7), within seconds of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from datetime import datetime

from aggregator.domain import Document, Edition, Request
from aggregator.jobs.background import Background
from aggregator.settings import Settings
from aggregator.store import Store
from aggregator.wire.fetch import Fetcher
from aggregator.wire.guard import Guard
from aggregator.wire.websub import announcement

log = logging.getLogger(__name__)

_MOST_SKIPPED = 120
"""Beats that are let pass, at most, after a hub did not take it: ten minutes."""

_PATIENCE = 60


class Announcer(Background):
    """Tells the hub of a new edition when it is woken.

    Whoever leads wakes it at each beat. A hub that does not take it is told again, later each time.
    """

    def __init__(self, settings: Settings, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._form = announcement(topics(settings))
        self._hub = str(settings.hub)
        self._told: Edition | None = None
        self._failures = 0
        self._skip = 0
        self._fetcher = Fetcher(
            user_agent=settings.user_agent,
            guard=Guard.allowing(settings.allow_networks),
            utc_now=clock,
            timeout=settings.fetch_timeout.total_seconds(),
        )
        super().__init__("announcing", "the hub could not be told")

    def stop(self) -> None:
        """Tell nothing more; what is being told is cut short."""
        self._stopped.set()
        self._fetcher.close()
        super().stop()

    def _turn(self) -> None:
        if self._skip:
            self._skip -= 1
            return
        edition = self._store.edition()
        if edition == self._told:
            return
        trouble = self._announce()
        if trouble:
            self._failures += 1
            log.warning("hub=%s %s; it is told again later", self._hub, trouble)
        else:
            self._told, self._failures = edition, 0
        self._skip = min(_MOST_SKIPPED, (1 << min(self._failures, 10)) - 1)

    def _announce(self) -> str:
        """Tell the hub; what went wrong, "" for nothing."""
        asked: Future[Document] = self._fetcher.submit(Request(self._hub, form=self._form))
        wait([asked], timeout=_PATIENCE)
        if not asked.done():
            return "the hub does not answer"
        error = asked.exception()
        if error:
            return str(error)
        status = asked.result().status
        return "" if 200 <= status < 300 else f"the hub answered HTTP {status}"


def topics(settings: Settings) -> Sequence[str]:
    """The addresses of everything that can be subscribed to."""
    paths = ["/feed", *(f"/feeds/{feed.slug}" for feed in settings.feeds)]
    endings = ("atom", "rss", "json")
    return [f"{settings.base_url}{path}.{ending}" for path in paths for ending in endings]
