"""The shell around one poll: fetch, parse, decide, record."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime
from functools import partial
from http import HTTPStatus

from aggregator.domain import Document, Job, PollReport
from aggregator.errors import AggregatorError, FetchError, FetchStopped, ParseError, ParserDied
from aggregator.store import Store
from aggregator.wire.conclude import Answer, status_line
from aggregator.wire.fetch import Fetcher
from aggregator.wire.identity import body_digest
from aggregator.wire.pace import Pace
from aggregator.wire.parsers import Parsers
from aggregator.wire.reading import Reading
from aggregator.wire.recorder import Recorder

log = logging.getLogger(__name__)


class Poller:
    """Polls leased sources; ``owner`` must be the name that their leases carry.

    Three stages, none of which waits for another: the fetcher's thread, the parsers' processes,
    the recorder's thread.
    """

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
        self._parsers = Parsers()
        self._recorder = Recorder(store, pace, owner, chance)

    def start(self, job: Job) -> Future[PollReport]:
        """Begin a poll and return at once; the future never fails for the source's fault.

        It fails with an AggregatorError when the poll could not be recorded or was stopped; the
        source is then as due as before.
        """
        reported: Future[PollReport] = Future()
        asked = self._fetcher.submit(self._pace.request(job.state, self._clock()))
        asked.add_done_callback(partial(self._answered, job, reported))
        return reported

    def close(self) -> None:
        """Stop fetching at once, record what was fetched, give the other leases back."""
        self._fetcher.close()
        self._parsers.close()
        self._recorder.close()

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
        if digest == job.state.poison:
            reason = "quarantined: this is still the document that took its reader down"
            self._recorder.put(Answer(job, answer.at, document, error=reason), reported)
        elif digest == job.state.body_digest:
            self._recorder.put(answer, reported)
        else:
            try:
                reading = self._parsers.submit(document, job.source, job.state.seen)
            except Exception as trouble:  # noqa: BLE001 - such as no memory for a child process
                reading = Future()
                reading.set_exception(trouble)
            reading.add_done_callback(partial(self._read, answer, reported))

    def _read(self, answer: Answer, reported: Future[PollReport], reading: Future[Reading]) -> None:
        job, at, document, digest = answer.job, answer.at, answer.document, answer.digest
        error = reading.exception()
        if error is None:
            found = reading.result()
            if found.feed.skipped:
                empty = len(found.feed.skipped)
                log.info("source=%s skipped=%d entries without content", job.source.id, empty)
            done = Answer(job, at, document, digest, found)
        elif isinstance(error, ParserDied):
            reason = f"quarantined until it changes: {error}"
            done = Answer(job, at, document, digest, error=reason, deadly=True)
        else:
            reason = str(error) if isinstance(error, ParseError) else _our_fault(job, error)
            done = Answer(job, at, document, digest, error=reason)
        self._recorder.put(done, reported)

    def _give_back(self, job: Job, reported: Future[PollReport], error: BaseException) -> None:
        try:
            self._store.polls.release(job.source.id, self._owner)
        except AggregatorError as trouble:
            error = trouble
        reported.set_exception(error)


def _our_fault(job: Job, error: BaseException) -> str:
    """A fault of ours: it must neither stop other sources nor be retried without a pause."""
    log.error("source=%s", job.source.id, exc_info=error)
    return f"this program failed to read it ({type(error).__name__}): please report it"
