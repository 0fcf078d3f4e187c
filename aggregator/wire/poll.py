"""The shell around one poll: fetch, parse, decide, record."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime
from functools import partial
from http import HTTPStatus

from aggregator.domain import Document, Job, ParsedItem, Ping, PollReport, Request, Source
from aggregator.errors import AggregatorError, FetchError, FetchStopped, ParseError, ParserDied
from aggregator.store import Store
from aggregator.wire.conclude import Answer, status_line
from aggregator.wire.credentials import credential
from aggregator.wire.fetch import Fetcher
from aggregator.wire.history import History
from aggregator.wire.identity import body_digest, marks
from aggregator.wire.pace import Pace
from aggregator.wire.parsers import Parsers
from aggregator.wire.reading import Reading
from aggregator.wire.recorder import Recorder
from aggregator.wire.robots import Robots

log = logging.getLogger(__name__)

_TRIES = 3
"""So often is the same document read although its reader dies: the machine may be to blame."""


class Poller:
    """Polls leased sources; ``owner`` must be the name that their leases carry.

    Three stages, none of which waits for another: the fetcher's thread, the parsers' processes,
    the recorder's thread. ``secrets`` is what sources' ``auth`` stands for.
    """

    def __init__(
        self,
        store: Store,
        fetcher: Fetcher,
        parsers: Parsers,
        robots: Robots,
        pace: Pace,
        *,
        owner: str,
        clock: Callable[[], datetime],
        chance: Callable[[], float] = random.random,
        secrets: Mapping[str, str] | None = None,
    ) -> None:
        self.secrets = secrets or {}
        self._store = store
        self._fetcher = fetcher
        self._pace = pace
        self._owner = owner
        self._clock = clock
        self._chance = chance
        self._parsers = parsers
        self._robots = robots
        self._recorder = Recorder(store, pace, owner, chance)
        self._history = History(fetcher, self._parsers, self._knows)

    def start(self, job: Job) -> Future[PollReport]:
        """Begin a poll and return at once; the future never fails for the source's fault.

        It fails with an AggregatorError when the poll could not be recorded or was stopped; the
        source is then as due as before.
        """
        reported: Future[PollReport] = Future()
        request = self._pace.request(job.state, self._clock())
        if job.source.auth:
            try:
                request = replace(request, credential=credential(job.source, self.secrets))
            except FetchError as error:
                self._recorder.put(Answer(job, self._clock(), error=str(error)), reported)
                return reported
        self._robots.check(request.url, partial(self._ask, job, reported, request))
        return reported

    def deliver(self, job: Job, ping: Ping) -> Future[PollReport]:
        """Take a document that a hub brought for a leased source; as :meth:`start` otherwise."""
        reported: Future[PollReport] = Future()
        headers = {"content-type": ping.content_type}
        url = job.state.address or job.source.url
        document = Document(url, HTTPStatus.OK, headers, ping.body, ping.received_at)
        answer = Answer(job, ping.received_at, document, ping=ping.id)
        self._parse(answer, document, reported, b"")
        return reported

    def close(self) -> None:
        """Stop fetching at once, record what was fetched, give the other leases back."""
        self._fetcher.close()
        self._parsers.close()
        self._recorder.close()

    def _ask(
        self, job: Job, reported: Future[PollReport], request: Request, forbidden: str | None
    ) -> None:
        if forbidden:
            self._recorder.put(Answer(job, self._clock(), error=forbidden), reported)
            return
        asked = self._fetcher.submit(request)
        asked.add_done_callback(partial(self._answered, job, reported))

    def _answered(self, job: Job, reported: Future[PollReport], asked: Future[Document]) -> None:
        """Decide whether there is something to read; runs in the fetcher's thread."""
        error = asked.exception()
        if isinstance(error, FetchStopped):
            self._give_back(job, reported, error)
            return
        if error is not None:
            reason = str(error) if isinstance(error, FetchError) else _our_fault(job, error)
            self._recorder.put(Answer(job, self._clock(), error=reason), reported)
            return
        document = asked.result()
        answer = Answer(job, document.fetched_at, document)
        if document.status != HTTPStatus.OK:
            fine = document.status == HTTPStatus.NOT_MODIFIED
            wrong = None if fine else status_line(document.status)
            self._recorder.put(Answer(job, answer.at, document, error=wrong), reported)
            return
        digest = body_digest(document.body)
        answer = Answer(job, answer.at, document, digest)
        if digest == job.state.unreadable and job.state.failures >= _TRIES:
            self._recorder.put(replace(answer, error=job.state.error), reported)
        elif digest == job.state.body_digest:
            self._recorder.put(answer, reported)
        else:
            self._parse(answer, document, reported, job.state.seen)

    def _parse(
        self, answer: Answer, document: Document, reported: Future[PollReport], seen: bytes
    ) -> None:
        try:
            reading = self._parsers.submit(document, answer.job.source, seen)
        except Exception as trouble:  # noqa: BLE001 - such as no memory for a child process
            reading = Future()
            reading.set_exception(trouble)
        reading.add_done_callback(partial(self._read, answer, reported))

    def _read(self, answer: Answer, reported: Future[PollReport], reading: Future[Reading]) -> None:
        """Take what was read, or why it could not be; runs in the parsers' thread."""
        source = answer.job.source
        error = reading.exception()
        if error is not None:
            self._recorder.put(_unreadable(answer, error), reported)
            return
        found = reading.result()
        if found.feed.skipped:
            log.info("source=%s skipped=%d empty entries", source.id, len(found.feed.skipped))

        def record(whole: Reading) -> None:
            self._recorder.put(replace(answer, reading=whole), reported)

        if answer.ping is None and self._has_gap(answer.job, found):
            log.warning("source=%s nothing in common with its last document", source.id)
            self._history.fill(source, found, record)
        else:
            record(found)

    def _has_gap(self, job: Job, found: Reading) -> bool:
        if not job.state.entries or found.known or not found.feed.items or not found.feed.older:
            return False
        return not self._knows(job.source, found.feed.items)

    def _knows(self, source: Source, items: Sequence[ParsedItem]) -> bool:
        """Whether one of the items is stored, or the database cannot tell."""
        try:
            return any(self._store.items.known({source.id: marks(items)}).values())
        except AggregatorError:
            return True

    def _give_back(self, job: Job, reported: Future[PollReport], error: BaseException) -> None:
        now = self._clock()
        try:
            if isinstance(error, FetchStopped) and error.asked:
                # Its server was asked: that it was in vain gives no right to ask again at once.
                due = self._pace.next_poll_at(job.source, job.state, {}, now, self._chance())
                self._store.polls.postpone({job.source.id: due}, self._owner)
            else:
                self._store.polls.release(job.source.id, self._owner)
        except AggregatorError as trouble:
            error = trouble
        reported.set_exception(error)


def _unreadable(answer: Answer, error: BaseException) -> Answer:
    if isinstance(error, ParserDied):
        last = answer.job.state.failures >= _TRIES - 1
        return replace(
            answer, error=f"quarantined until it changes: {error}" if last else str(error)
        )
    if isinstance(error, OSError):
        # Nothing is known of the document: this machine has no more descriptors, say.
        return replace(
            answer, digest=None, error=f"no process could read it: {error.strerror or error}"
        )
    known = isinstance(error, ParseError)
    return replace(answer, error=str(error) if known else _our_fault(answer.job, error))


def _our_fault(job: Job, error: BaseException) -> str:
    """A fault of ours: it must neither stop other sources nor be retried without a pause."""
    log.error("source=%s", job.source.id, exc_info=error)
    return f"this program failed to read it ({type(error).__name__}): please report it"
