"""Hosts that several processes share: what one has no use for, the others get."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta

from aggregator.errors import StoreError
from aggregator.jobs.turns import SharedHosts
from aggregator.store import Store
from aggregator.wire.leased import LeasedHosts
from tests.journeys.newsrooms import until

LEASE = timedelta(seconds=3)


def utc_now() -> datetime:
    return datetime.now(UTC)


def shared(
    store: Store, hosts: LeasedHosts[str], holder: str, remember: Callable[[], None]
) -> closing[SharedHosts]:
    return closing(
        SharedHosts(
            store,
            hosts,
            holder,
            LEASE,
            clock=utc_now,
            monotonic=time.monotonic,
            recall=lambda _owners: {},
            remember=remember,
            granted=lambda: None,
        )
    )


def test_an_idle_host_is_given_back_though_the_store_was_away(store: Store) -> None:
    """Kept by mistake, its lease would be prolonged with the others, and nobody could ask there."""
    mine = LeasedHosts[str](2, 0)
    failures = ["the database system is shutting down"]
    tried = list[str]()

    def remember() -> None:
        tried.append("idle")
        if failures:
            raise StoreError(failures.pop())

    with shared(store, mine, "one", remember):
        for name in ("busy", "idle"):
            mine.add(name, "work")
        until(lambda: mine.take(time.monotonic()) and mine.take(time.monotonic()), 10, every=0.05)
        mine.finished("idle")
        until(lambda: store.turns.take(["idle"], "two", utc_now(), LEASE), 20)
        assert len(tried) > 1
        assert not store.turns.take(["busy"], "two", utc_now(), LEASE), "it is still at work"
