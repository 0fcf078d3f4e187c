"""The scheduler's side of a queue: what is due is leased to tickets and sent to workers."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from math import ceil
from typing import TypeVar
from uuid import uuid4

from aggregator.domain import Due, PollReport
from aggregator.jobs.polling import PATIENCE, lease_of
from aggregator.jobs.queue import Batch, Kind, Queue
from aggregator.settings import Settings
from aggregator.store import Store
from aggregator.store.queued import PREFIX
from aggregator.wire.budgets import Budgets, host_of

T = TypeVar("T")

log = logging.getLogger(__name__)

BATCH = 100
"""Sources in a message at most: a few kilobytes, some seconds of a worker's time."""

_SMALLEST = 10
_SPREAD = 16
"""What is due at one beat becomes so many messages, so that all workers have some of it."""

AHEAD = timedelta(minutes=2)
"""So much work may wait in the queue: what waits in the database is in nobody's way."""

_AT_LEAST = 2_000
"""Polls that may wait in any case, until it is known how much is done in a minute."""

_WINDOW = 60.0
_ERRANDS_EVERY = 10.0
_DELIVERIES = 200


class Queueing:
    """Sends due polls of one store to a queue."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        queue: Queue,
        *,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float],
    ) -> None:
        self._store = store
        self._queue = queue
        self._clock = clock
        self._monotonic = monotonic
        # Longer than what waits takes: else it would be sent again while it waits.
        self._lease = lease_of(settings.hour) + AHEAD * (settings.hour / timedelta(hours=1))
        self._hour = settings.hour
        self._spacing = timedelta(seconds=1 / settings.host_rate if settings.host_rate else 0)
        self._budgets = Budgets.of(settings.hour, self._spacing, settings.limit_owners, ())
        self._hosts_free: dict[str, datetime] = {}
        self._sent = 0
        self._taken: deque[tuple[float, int]] = deque()
        self._prolonged = monotonic()
        self._errands = self._prolonged
        self._leads = False

    def renew(self) -> None:
        """Nothing here is ours: tickets belong to whoever gets them."""

    def leads(self) -> bool:
        """Whether this process is the one that dispatches, or becomes it now."""
        before, self._leads = self._leads, self._store.leadership.held()
        if self._leads and not before:
            self._budgets.know(self._store.hosts.budgets())
            ahead = self._store.queued.polled_ahead(self._clock())
            if ahead:
                log.warning("%d sources were polled in the future; they are due now", ahead)
        return self._leads

    def clock_jumped(self, by: timedelta) -> None:
        """Keep every interval what it is although the wall clock was moved."""
        self._store.polls.shift(by)

    def adopt(self, settings: Settings) -> None:
        """Nothing that may change while it runs is ours: workers have it."""

    def dispatch(self, ended: Callable[[PollReport], None]) -> None:  # noqa: ARG002 - reports end at the workers
        """Send what hubs delivered and what is due, as far as there is room in the queue.

        Raises QueueError when the broker is away: what was to be sent is due as before.
        """
        waiting = self._queue.counts().waiting
        if waiting:
            self._prolong()
        self._send_deliveries()
        self._send_errands()
        room = self._room(self._store.queued.count(self._clock()))
        if room > 0:
            self._send_due(room)

    def _send_due(self, room: int) -> None:
        now, ticket = self._clock(), _ticket()
        found = self._store.queued.enqueue(now, room, self._lease, ticket)
        prompt, later = self._by_host(found, now)
        if later:
            self._store.polls.postpone(later, ticket)
        for part in self._batches(prompt):
            batch = Batch(Kind.POLL, tuple(due.source_id for due in part), ticket)
            self._send(batch, urgent=part[0].is_new)
        self._sent += len(prompt)

    def _batches(self, prompt: list[Due]) -> Iterator[list[Due]]:
        """New ones first, and a host's all in one message as far as that may be: one worker then
        has them, and none waits for another.
        """

        def host(due: Due) -> tuple[bool, str]:
            return not due.is_new, self._owner(due)

        size = min(BATCH, max(_SMALLEST, ceil(len(prompt) / _SPREAD)))
        batch: list[Due] = []
        for _, those in groupby(sorted(prompt, key=host), key=host):
            for due in those:
                if len(batch) == BATCH:
                    yield batch
                    batch = []
                batch.append(due)
            if len(batch) >= size:
                yield batch
                batch = []
        if batch:
            yield batch

    def _send_deliveries(self) -> None:
        waiting = self._store.subscriptions.waiting(_DELIVERIES)
        if waiting:
            ticket = _ticket()
            jobs = self._store.polls.claim(waiting, self._clock(), self._lease, ticket)
            for part in _parts([job.source.id for job in jobs], _SMALLEST):
                self._send(Batch(Kind.DELIVER, tuple(part), ticket), urgent=True)
            self._sent += len(jobs)

    def _send_errands(self) -> None:
        """What need not be done with every beat, by whichever worker is free."""
        now = self._monotonic()
        if now - self._errands >= _ERRANDS_EVERY * (self._hour / timedelta(hours=1)):
            self._errands = now
            self._store.turns.forget(self._clock())
            self._send(Batch(Kind.ERRANDS), urgent=True)

    def _send(self, batch: Batch, *, urgent: bool) -> None:
        try:
            self._queue.send(batch, urgent=urgent)
        except Exception:
            self._store.queued.give_back(batch.ticket)
            raise

    def _by_host(
        self, found: Sequence[Due], now: datetime
    ) -> tuple[list[Due], dict[str, datetime]]:
        """What may be asked within a minute, and when the rest is due instead."""
        free, later = self._hosts_free, dict[str, datetime]()
        prompt = []
        for due in found:
            owner = self._owner(due)
            at = max(now, free.get(owner, now))
            if self._spacing and at - now >= PATIENCE:
                later[due.source_id] = at
            else:
                prompt.append(due)
            free[owner] = at + max(self._spacing, self._budgets.spacing(owner, now))
        self._hosts_free = {owner: at for owner, at in free.items() if at > now}
        return prompt, later

    def _owner(self, due: Due) -> str:
        return self._budgets.owner(host_of(due.url))

    def _prolong(self) -> None:
        """Messages that still wait keep their sources; what the broker lost lapses."""
        now = self._monotonic()
        if now - self._prolonged >= self._lease.total_seconds() / 3:
            self._prolonged = now
            self._store.queued.prolong(self._clock(), self._lease)

    def _room(self, queued: int) -> int:
        """How much more may wait: as much as workers took off the queue lately in that time."""
        now = self._monotonic()
        self._taken.append((now, self._sent - queued))
        while now - self._taken[0][0] > _WINDOW:
            self._taken.popleft()
        then, before = self._taken[0]
        rate = (self._sent - queued - before) / (now - then) if now > then else 0.0
        return max(_AT_LEAST, int(rate * AHEAD.total_seconds())) - queued


def _parts(values: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]


def _ticket() -> str:
    return f"{PREFIX}{uuid4().hex}"
