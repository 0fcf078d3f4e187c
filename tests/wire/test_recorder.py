"""Polls are recorded many at once; one that cannot be stored costs no other anything."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from datetime import timedelta

import pytest
from sqlalchemy import text

from aggregator.domain import Job, PollReport
from aggregator.errors import LeaseLost, StoreError
from aggregator.store import Store
from aggregator.wire.conclude import Answer
from aggregator.wire.pace import Pace
from aggregator.wire.reading import read
from aggregator.wire.recorder import Recorder
from tests.build import LEASE, ME, NOW, declare, document, source
from tests.databases import opened
from tests.wire.poller import rss

HOUR = timedelta(hours=1)


@pytest.fixture
def recorder(sqlite_store: Store) -> Iterator[Recorder]:
    running = Recorder(sqlite_store, Pace(HOUR), ME, lambda: 0.5)
    yield running
    running.close()


def recorded(recorder: Recorder, *answers: Answer) -> list[Future[PollReport]]:
    reported = [Future[PollReport]() for _ in answers]
    for answer, future in zip(answers, reported, strict=True):
        recorder.put(answer, future)
    for future in reported:
        future.exception(timeout=30)
    return reported


def leased(store: Store, *ids: str) -> list[Job]:
    declare(store, *map(source, ids))
    return sorted(store.polls.claim(ids, NOW, LEASE, ME), key=lambda job: job.source.id)


def brought(job: Job) -> Answer:
    """A document with two entries."""
    page = document(rss(1, 2))
    return Answer(job, NOW, page, "digest", read(page, job.source, b"", NOW))


def test_what_cannot_be_stored_costs_no_other_poll_anything(
    sqlite_store: Store, recorder: Recorder, usual_url: str
) -> None:
    with_news, without = leased(sqlite_store, "a", "b")
    with opened(usual_url) as connection:
        connection.execute(text("ALTER TABLE items RENAME TO elsewhere"))
    news, failed = recorded(
        recorder, brought(with_news), Answer(without, NOW, error="no answer came")
    )
    assert isinstance(news.exception(), StoreError)
    assert failed.result().error == "no answer came"
    with opened(usual_url) as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO items"))
    assert [one.state.failures for one in sqlite_store.sources.health()] == [0, 1]


def test_who_lost_its_lease_is_told_so(sqlite_store: Store, recorder: Recorder) -> None:
    ours, theirs = leased(sqlite_store, "a", "b")
    sqlite_store.polls.release("b", ME)
    sqlite_store.polls.claim(["b"], NOW, LEASE, "another:1")
    kept, lost = recorded(recorder, brought(ours), brought(theirs))
    assert kept.result().new == 2
    with pytest.raises(LeaseLost, match="b: another process took this poll over"):
        lost.result()
