"""What operators are told, as it is stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from aggregator.domain import Alarm, Gap, Incident, PollResult
from aggregator.store import Store
from tests.build import LEASE, ME, NOW, declare, item, source, take

HOUR = timedelta(hours=1)


def fail(store: Store, key: str, at, error: str = "no answer", status: int | None = None) -> None:
    (job,) = store.polls.claim([key], at, LEASE, ME)
    state = replace(
        job.state,
        polled_at=at,
        next_poll_at=at + HOUR,
        error=error,
        status=status,
        failures=job.state.failures + 1,
    )
    assert store.polls.record([PollResult(state, before=job.state)], ME) == [True]


def succeed(store: Store, key: str, at) -> None:
    (job,) = store.polls.claim([key], at, LEASE, ME)
    state = replace(job.state, polled_at=at, succeeded_at=at, error=None, failures=0)
    assert store.polls.record([PollResult(state, before=job.state)], ME) == [True]


def test_the_same_failure_again_is_the_same_row(store: Store) -> None:
    declare(store, source("fanal"))
    for hour in range(3):
        fail(store, "fanal", NOW + hour * HOUR)
    fail(store, "fanal", NOW + 3 * HOUR, "HTTP 500 Internal Server Error", 500)
    last, first = store.failures.of_source("fanal", 10)
    assert (first.times, first.first_at, first.last_at) == (3, NOW, NOW + 2 * HOUR)
    assert (last.times, last.status) == (1, 500)
    (trouble,) = store.failures.troubles()
    assert trouble.since == NOW


def test_a_failure_after_a_success_is_another_and_begins_anew(store: Store) -> None:
    declare(store, source("fanal"))
    fail(store, "fanal", NOW)
    succeed(store, "fanal", NOW + HOUR)
    assert store.failures.troubles()[0].since is None
    fail(store, "fanal", NOW + 2 * HOUR)
    assert [one.times for one in store.failures.of_source("fanal", 10)] == [1, 1]
    assert store.failures.troubles()[0].since == NOW + 2 * HOUR


def test_incidents_and_alarms_come_back_as_they_were_stored(store: Store) -> None:
    declare(store, source("fanal"))
    store.incidents.record([Incident("fanal", NOW, NOW, "It is down.", NOW + HOUR, "https://x/")])
    (found,) = store.incidents.open()
    assert found.cause == "It is down."
    store.incidents.record([replace(found, resolved_at=NOW + HOUR)])
    assert store.incidents.open() == []
    assert store.incidents.latest(5) == store.incidents.of_source("fanal", 5)
    store.alarms.put(Alarm("lag", NOW, "late"))
    store.alarms.put(Alarm("lag", NOW, "late", told_at=NOW))
    assert store.alarms.all() == [Alarm("lag", NOW, "late", told_at=NOW)]
    store.alarms.drop("lag")
    assert store.alarms.all() == []


def test_a_token_lets_in_until_it_is_revoked(store: Store) -> None:
    assert store.tokens.add("reader", "digest", "ops", NOW)
    assert not store.tokens.add("reader", "other", "ops", NOW)
    assert store.tokens.admits("digest")
    assert not store.tokens.admits("other")
    assert [one.name for one in store.tokens.all()] == ["reader"]
    assert store.tokens.revoke("reader", "ops", NOW)
    assert not store.tokens.revoke("reader", "ops", NOW)
    assert not store.tokens.admits("digest")
    assert [one.action for one in store.audit.latest(5)] == ["token revoked", "token made"]


def test_figures_say_what_waits_and_what_came(store: Store) -> None:
    fanal, other = source("fanal"), source("other")
    declare(store, fanal, other)
    for day in range(3):
        take(store, fanal, *[item(f"{day}-{n}") for n in range(day + 1)], now=NOW + day * 24 * HOUR)
    later = NOW + 2 * 24 * HOUR
    queue = store.figures.queue(later + HOUR)
    assert (queue.due, queue.leased, queue.ungrouped) == (2, 0, 6)
    assert (queue.polled_at, queue.new_item_at) == (later, later)
    counts = store.figures.per_day(["fanal", "other"], NOW + 24 * HOUR)
    assert counts == {
        "fanal": {(NOW + 24 * HOUR).date(): 2, later.date(): 3},
    }


def test_lag_is_that_of_the_longest_overdue(store: Store) -> None:
    declare(store, source("fanal"))
    take(store, source("fanal"), next_poll_at=NOW + HOUR)
    assert store.figures.queue(NOW + HOUR / 2).due == 0
    assert store.figures.queue(NOW + 3 * HOUR).lag == 2 * HOUR


def test_sizes_are_noted_once_a_day_and_by_table(store: Store) -> None:
    store.figures.note_size(NOW.date())
    store.figures.note_size(NOW.date())
    (size,) = store.figures.sizes(5)
    assert size.bytes > 0
    assert size.items == 0
    space = store.figures.space()
    assert space.tables["items"] > 0
    assert space.bytes >= max(space.tables.values())


def test_gaps_are_listed(store: Store) -> None:
    fanal = source("fanal")
    declare(store, fanal)
    (job,) = store.polls.claim(["fanal"], NOW, LEASE, ME)
    gap = Gap(NOW - HOUR, NOW, filled=False)
    state = replace(job.state, polled_at=NOW, succeeded_at=NOW)
    store.polls.record([PollResult(state, gap=gap)], ME)
    assert store.figures.gaps("fanal", 5) == [gap]


def test_a_gone_source_is_polled_again_when_asked_for(store: Store) -> None:
    declare(store, source("fanal"))
    take(store, source("fanal"), gone_at=NOW, next_poll_at=NOW + 24 * HOUR)
    assert store.polls.claim_due(NOW + 48 * HOUR, 5, LEASE, ME) == []
    store.sources.poll_soon("fanal", "olga", NOW)
    (job,) = store.polls.claim_due(NOW + HOUR, 5, LEASE, ME)
    assert job.source.id == "fanal"
    assert store.audit.latest(1)[0].who == "olga"
