"""The shell around one poll: fetch, parse, decide, record."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from functools import partial
from http import HTTPStatus

from aggregator.domain import (
    Decision,
    Document,
    Job,
    Outcome,
    ParsedItem,
    PollReport,
    PollState,
    Request,
    Source,
)
from aggregator.errors import AggregatorError, FetchError, FetchStopped, ParseError
from aggregator.store import Store
from aggregator.wire.decide import after_failure, after_success, decide
from aggregator.wire.fetch import Fetcher
from aggregator.wire.filters import excluded_by
from aggregator.wire.identity import body_digest, candidates, sightings
from aggregator.wire.pace import Pace
from aggregator.wire.parse import parse

log = logging.getLogger(__name__)


class Poller:
    """Polls leased sources; ``owner`` must be the name that their leases carry."""

    def __init__(
        self,
        store: Store,
        fetcher: Fetcher,
        pace: Pace,
        *,
        owner: str,
        clock: Callable[[], datetime],
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._store = store
        self._fetcher = fetcher
        self._pace = pace
        self._owner = owner
        self._clock = clock
        self._chance = chance
        # Two: a document that is slow to parse holds up one of them, not all others.
        self._recorders = ThreadPoolExecutor(2, thread_name_prefix="recorder")

    def start(self, job: Job) -> Future[PollReport]:
        """Begin a poll and return at once; the future never fails for the source's fault.

        It fails with an AggregatorError when the poll could not be recorded or was stopped; the
        source is then as due as before.
        """
        report: Future[PollReport] = Future()
        state = job.state
        asked = self._fetcher.submit(Request(job.source.url, state.etag, state.last_modified))
        asked.add_done_callback(partial(self._hand_over, job, report))
        return report

    def close(self) -> None:
        """Stop fetching at once, finish recording what was fetched, give the other leases back."""
        self._fetcher.close()
        self._recorders.shutdown(wait=True)

    def _hand_over(self, job: Job, report: Future[PollReport], answer: Future[Document]) -> None:
        self._recorders.submit(self._settle, job, report, answer)

    def _settle(self, job: Job, report: Future[PollReport], answer: Future[Document]) -> None:
        try:
            report.set_result(self._finish(job, answer))
        except AggregatorError as error:
            report.set_exception(error)
        except Exception as error:
            log.exception("source=%s this poll could not be recorded", job.source.id)
            report.set_exception(error)

    def _finish(self, job: Job, answer: Future[Document]) -> PollReport:
        try:
            document = answer.result()
        except FetchStopped:
            self._store.polls.release(job.source.id, self._owner)
            raise
        except FetchError as error:
            return self._fail(job, str(error))
        if document.status == HTTPStatus.NOT_MODIFIED:
            return self._record(job, document, after_success(job.state, document))
        if document.status != HTTPStatus.OK:
            return self._fail(job, _status_line(document.status), document)
        return self._take(job, document)

    def _take(self, job: Job, document: Document) -> PollReport:
        """A full answer: parse it, unless it is to the byte the one before."""
        digest = body_digest(document.body)
        if digest == job.state.body_digest:
            return self._record(job, document, after_success(job.state, document, digest))
        source = job.source
        try:
            feed = parse(document, source, document.fetched_at)
        except ParseError as error:
            return self._fail(job, str(error), document)
        except Exception as error:
            # A fault of ours: it must neither stop other sources nor be retried without a pause.
            log.exception("source=%s url=%s", source.id, document.url)
            reason = f"this program failed to read it ({type(error).__name__}): please report it"
            return self._fail(job, reason, document)
        known = self._store.items.known(source.id, *candidates(feed.items))
        excluded = partial(_excluded, source)
        decision = decide(sightings(feed.items, known, excluded), known)
        if feed.skipped:
            log.info("source=%s skipped=%d entries without content", source.id, feed.skipped)
        state = after_success(job.state, document, digest, feed)
        return self._record(job, document, state, decision)

    def _record(
        self,
        job: Job,
        document: Document,
        state: PollState,
        decision: Decision | None = None,
    ) -> PollReport:
        new, revised = self._store_result(job, state, document, decision or Decision())
        changed = bool(decision and (decision.new or decision.changed))
        outcome = Outcome.CHANGED if changed else Outcome.UNCHANGED
        return PollReport(job.source.id, outcome, document.status, new, revised)

    def _fail(self, job: Job, error: str, document: Document | None = None) -> PollReport:
        now = document.fetched_at if document else self._clock()
        state = after_failure(job.state, now, error, document)
        self._store_result(job, state, document, Decision())
        return PollReport(job.source.id, Outcome.FAILED, state.status, error=error)

    def _store_result(
        self, job: Job, state: PollState, document: Document | None, decision: Decision
    ) -> tuple[int, int]:
        now = state.polled_at or self._clock()
        headers = document.headers if document else {}
        due = self._pace.next_poll_at(job.source, state, headers, now, self._chance())
        return self._store.polls.record(
            replace(state, next_poll_at=due), decision, now, self._owner
        )


def _excluded(source: Source, item: ParsedItem) -> str | None:
    return excluded_by(source, item.title, item.url, item.categories)


def _status_line(status: int) -> str:
    try:
        return f"HTTP {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"HTTP {status}"
