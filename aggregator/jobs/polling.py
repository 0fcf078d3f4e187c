"""Polls in this process: leased, started, renewed while they last."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from queue import Empty, SimpleQueue
from uuid import uuid4

from aggregator.domain import Job, Outcome, PollReport
from aggregator.settings import Settings
from aggregator.store import Store
from aggregator.wire.fetch import Fetcher
from aggregator.wire.guard import Guard
from aggregator.wire.pace import Pace
from aggregator.wire.parsers import Parsers
from aggregator.wire.poll import Poller

LEASE = timedelta(minutes=2)
"""How long a source stays ours without a sign of life: so long a killed process delays it."""

RENEW_EVERY = timedelta(seconds=20)


class Polling:
    """The poller of one process and the leases that it holds; to be closed."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        clock: Callable[[], datetime],
        parsers: Parsers | None = None,
    ) -> None:
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
        self._store = store
        self._clock = clock
        self._under_way: set[Future[PollReport]] = set()
        fetcher = Fetcher(
            user_agent=settings.user_agent,
            guard=Guard.allowing(settings.allow_networks),
            utc_now=clock,
            timeout=settings.fetch_timeout.total_seconds(),
            max_bytes=settings.fetch_max_bytes,
            host_connections=settings.host_connections,
            host_rate=settings.host_rate,
        )
        pace = Pace(settings.default_interval, settings.hour)
        self._poller = Poller(
            store, fetcher, parsers or Parsers(), pace, owner=self.owner, clock=clock
        )

    @property
    def under_way(self) -> int:
        """How many polls have been started and have not ended."""
        return len(self._under_way)

    def claim_due(self, *, limit: int | None = None, ids: Iterable[str] | None = None) -> list[Job]:
        """Lease due sources: of all or of the named ones, at most ``limit``."""
        return self._store.polls.claim_due(self._clock(), limit, LEASE, self.owner, ids=ids)

    def claim(self, ids: Iterable[str]) -> list[Job]:
        """Lease the named sources, due or not."""
        return self._store.polls.claim(ids, self._clock(), LEASE, self.owner)

    def start(self, jobs: Iterable[Job], ended: Callable[[PollReport], None]) -> None:
        """Start polls; ``ended`` gets each one's report, in another thread, and must be quick."""
        for job in jobs:
            report = self._poller.start(job)
            self._under_way.add(report)
            report.add_done_callback(partial(self._end, job, ended))

    def leads(self) -> bool:
        """Whether this process is the one that polls, or becomes it now."""
        return self._store.leadership.held()

    def clock_jumped(self, by: timedelta) -> None:
        """Keep every interval what it is although the wall clock was moved."""
        self._store.polls.shift(by)

    def renew(self) -> None:
        """Say that we are alive and still at it."""
        if self._under_way:
            self._store.polls.renew(self._clock(), LEASE, self.owner)

    def run(self, jobs: list[Job]) -> Iterator[PollReport]:
        """Poll them all, and give each one's report as it ends."""
        ended: SimpleQueue[PollReport] = SimpleQueue()
        self.start(jobs, ended.put)
        left, renewed_at = len(jobs), self._clock()
        while left:
            if self._clock() - renewed_at >= RENEW_EVERY:
                self.renew()
                renewed_at = self._clock()
            with suppress(Empty):
                yield ended.get(timeout=RENEW_EVERY.total_seconds())
                left -= 1

    def close(self) -> None:
        """Stop: what was fetched is recorded, what was not is due again."""
        self._poller.close()

    def _end(
        self, job: Job, ended: Callable[[PollReport], None], future: Future[PollReport]
    ) -> None:
        self._under_way.discard(future)
        error = future.exception()
        if error is None:
            ended(future.result())
        else:
            ended(PollReport(job.source.id, Outcome.FAILED, error=str(error)))
