"""The worker's side of a queue: polls what its messages name."""

from __future__ import annotations

import threading
from contextlib import suppress
from queue import Empty, SimpleQueue

from aggregator.domain import PollReport
from aggregator.jobs.heartbeat import log_report
from aggregator.jobs.polling import Polling
from aggregator.jobs.queue import Batch, Kind
from aggregator.store import Store

_LOOK_EVERY = 0.5


class Working:
    """Handles messages, in as many threads as there are; each returns when its polls have ended."""

    def __init__(self, store: Store, polling: Polling) -> None:
        self._store = store
        self._polling = polling
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Handle nothing more; what is under way is the polling's to end."""
        self._stopping.set()

    def handle(self, batch: Batch) -> None:
        """Do what a message asks for. Raises StoreError: the message is to come again."""
        if self._stopping.is_set():
            self._store.queued.give_back(batch.ticket, batch.ids)
        elif batch.kind is Kind.ERRANDS:
            self._polling.subscribe()
            self._polling.attend_to_pages()
        else:
            self._poll(batch)

    def _poll(self, batch: Batch) -> None:
        jobs = self._polling.take(batch.ids, batch.ticket)
        ended: SimpleQueue[PollReport] = SimpleQueue()
        if batch.kind is Kind.DELIVER:
            pings = self._store.subscriptions.delivered(
                len(jobs), of=[job.source.id for job in jobs]
            )
            left = self._polling.deliver(jobs, pings, ended.put)
        else:
            self._polling.start(jobs, ended.put)
            left = len(jobs)
        while left and not self._stopping.is_set():
            with suppress(Empty):
                log_report(ended.get(timeout=_LOOK_EVERY))
                left -= 1
