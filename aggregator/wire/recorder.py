"""Recording polls: one thread writes what has come in meanwhile, all in one transaction."""

from __future__ import annotations

import logging
import random
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from aggregator.domain import KnownItem, Notice, Outcome, PollReport, PollResult
from aggregator.errors import AggregatorError, LeaseLost, StoreBusy
from aggregator.store import Store
from aggregator.wire.conclude import Answer, conclude, report
from aggregator.wire.flood import MANY
from aggregator.wire.identity import marks
from aggregator.wire.pace import Pace

log = logging.getLogger(__name__)

BATCH = 200
"""Polls per transaction: so many wait while one is written, and no reader waits long."""

_RECENT = 1000
"""So many of a source's items are looked through when it seems to have changed all ids."""

_LINGER = 0.05


class Recorder:
    """Records the answers that it is given; ``owner`` must be the name that their leases carry."""

    def __init__(
        self,
        store: Store,
        pace: Pace,
        owner: str,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._store = store
        self._pace = pace
        self._owner = owner
        self._chance = chance
        self._waiting: deque[tuple[Answer, Future[PollReport]]] = deque()
        self._ready = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def put(self, answer: Answer, reported: Future[PollReport]) -> None:
        """Record the answer soon; the future gets the report, or the AggregatorError that kept it
        from being recorded.
        """
        with self._ready:
            self._waiting.append((answer, reported))
            # Who waits for more is not woken by each of them.
            if len(self._waiting) in (1, BATCH):
                self._ready.notify()

    def close(self) -> None:
        """Record what is there, then stop."""
        with self._ready:
            self._closing = True
            self._ready.notify()
        self._thread.join()

    def _run(self) -> None:
        while True:
            with self._ready:
                while not self._waiting and not self._closing:
                    self._ready.wait()
                # A transaction costs as much as ten polls in it: see who else comes.
                self._ready.wait_for(self._is_full, _LINGER)
                count = min(BATCH, len(self._waiting))
                batch = [self._waiting.popleft() for _ in range(count)]
            if not batch:
                return
            self._record(batch)

    def _is_full(self) -> bool:
        return self._closing or len(self._waiting) >= BATCH

    def _record(self, batch: Sequence[tuple[Answer, Future[PollReport]]]) -> None:
        try:
            known = self._known(batch)
            concluded = [self._conclude(answer, known) for answer, _ in batch]
            results = [result for result, _ in concluded]
            stored = self._store.polls.record(results, self._owner)
            self._log_notices([result.notice for result in results if result.notice])
        except Exception as error:  # noqa: BLE001 - it goes to whoever waits for the report
            self._trouble(batch, error)
            return
        for (answer, reported), (result, outcome), done in zip(
            batch, concluded, stored, strict=True
        ):
            if done:
                reported.set_result(report(answer, result, outcome))
            else:
                name = answer.job.source.id
                reported.set_exception(LeaseLost(f"{name}: another process took this poll over"))

    def _log_notices(self, found: Sequence[Notice]) -> None:
        """Say once what the store had not been told within a day."""
        if found:
            kept = self._store.notices.since(min(notice.at for notice in found))
            for notice in found:
                if notice in kept:
                    log.warning("source=%s %s", notice.source_id, notice.text)

    def _trouble(
        self, batch: Sequence[tuple[Answer, Future[PollReport]]], error: Exception
    ) -> None:
        """A batch was not stored: if one poll is to blame, the others must not suffer for it."""
        if len(batch) > 1 and not isinstance(error, StoreBusy):
            for one in batch:
                self._record([one])
            return
        for answer, reported in batch:
            if not isinstance(error, AggregatorError):
                log.error("source=%s not recorded", answer.job.source.id, exc_info=error)
            reported.set_exception(error)

    def _known(
        self, batch: Sequence[tuple[Answer, Future[PollReport]]]
    ) -> dict[str, list[KnownItem]]:
        wanted = {
            answer.job.source.id: marks(answer.reading.items)
            for answer, _ in batch
            if answer.reading and answer.reading.items
        }
        found = self._store.items.known(wanted) if wanted else {}
        for answer, _ in batch:
            source = answer.job.source.id
            if _is_flood(answer, found.get(source, [])):
                found.setdefault(source, []).extend(self._store.items.recent(source, _RECENT))
        return found

    def _conclude(
        self, answer: Answer, known: dict[str, list[KnownItem]]
    ) -> tuple[PollResult, Outcome]:
        mine = known.get(answer.job.source.id, [])
        return conclude(answer, mine, self._pace, self._chance())


def _is_flood(answer: Answer, known: Sequence[KnownItem]) -> bool:
    """Whether a source that we know suddenly brings mostly what we do not know."""
    items = answer.reading.items if answer.reading else ()
    return bool(answer.job.state.entries) and len(items) >= MANY and 2 * len(known) < len(items)
