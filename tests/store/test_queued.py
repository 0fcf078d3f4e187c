"""Tickets: what is due waits in a queue, and whoever takes it has it alone."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

from aggregator.domain import PollResult
from aggregator.store import Store
from aggregator.store.queued import PREFIX
from tests.build import LEASE, ME, NOW, declare, item, source, take

FANAL, MEUSE = source("fanal"), source("meuse")
TICKET = f"{PREFIX}1"
OTHER = f"{PREFIX}2"


def due(store: Store, ticket: str = TICKET, *, now=NOW, limit: int = 10) -> list[str]:
    return [one.source_id for one in store.queued.enqueue(now, limit, LEASE, ticket)]


def taken(store: Store, ticket: str = TICKET, owner: str = ME) -> list[str]:
    jobs = store.queued.take(["fanal", "meuse"], ticket, NOW, LEASE, owner)
    return sorted(job.source.id for job in jobs)


class TestTickets:
    def test_a_source_waits_once_and_is_taken_once(self, store: Store) -> None:
        declare(store, FANAL, MEUSE)
        assert due(store) == ["fanal", "meuse"]
        assert due(store, OTHER) == []
        assert store.queued.count(NOW) == 2
        assert taken(store) == ["fanal", "meuse"]
        assert taken(store) == [], "the message came twice"
        assert store.queued.count(NOW) == 0

    def test_new_ones_first_then_the_longest_due(self, store: Store) -> None:
        declare(store, FANAL, MEUSE, source("senne"))
        take(store, FANAL, next_poll_at=NOW + timedelta(minutes=2))
        take(store, MEUSE, next_poll_at=NOW + timedelta(minutes=1))
        later = NOW + timedelta(minutes=3)
        found = store.queued.enqueue(later, 10, LEASE, TICKET)
        assert [(one.source_id, one.is_new) for one in found] == [
            ("senne", True), ("meuse", False), ("fanal", False),
        ]  # fmt: skip

    def test_what_is_not_due_gone_or_disabled_stays(self, store: Store) -> None:
        declare(store, FANAL, MEUSE, source("off", enabled=False))
        take(store, FANAL, next_poll_at=NOW + timedelta(minutes=1))
        take(store, MEUSE, gone_at=NOW)
        assert due(store) == []

    def test_a_lost_message_lapses_and_comes_too_late(self, store: Store) -> None:
        declare(store, FANAL)
        due(store)
        later = NOW + LEASE
        assert due(store, OTHER, now=later) == ["fanal"]
        assert taken(store) == []
        assert taken(store, OTHER) == ["fanal"]

    def test_a_message_that_waits_is_prolonged(self, store: Store) -> None:
        declare(store, FANAL)
        due(store)
        store.queued.prolong(NOW + LEASE / 2, LEASE)
        assert due(store, OTHER, now=NOW + LEASE) == []

    def test_what_could_not_be_sent_is_due_as_before(self, store: Store) -> None:
        declare(store, FANAL, MEUSE)
        due(store)
        store.queued.give_back(TICKET, ["fanal"])
        assert due(store, OTHER) == ["fanal"]
        store.queued.give_back(TICKET)
        assert due(store, OTHER) == ["meuse"]

    def test_a_dead_workers_lease_lapses(self, store: Store) -> None:
        declare(store, FANAL)
        due(store)
        taken(store)
        assert due(store, OTHER, now=NOW + LEASE / 2) == []
        assert due(store, OTHER, now=NOW + LEASE) == ["fanal"]

    def test_a_worker_records_what_it_took(self, store: Store) -> None:
        declare(store, FANAL)
        due(store)
        (job,) = store.queued.take(["fanal"], TICKET, NOW, LEASE, ME)
        assert store.polls.record([PollResult(job.state, at=NOW)], ME) == [True]
        assert store.polls.record([PollResult(job.state, at=NOW)], ME) == [False]

    def test_polls_from_the_future_are_made_due(self, store: Store) -> None:
        declare(store, FANAL)
        ahead = NOW + timedelta(days=1)
        take(store, FANAL, item(), now=ahead, next_poll_at=ahead)
        assert due(store) == []
        assert store.queued.polled_ahead(NOW) == 1
        assert due(store) == ["fanal"]


class TestTurns:
    def test_one_process_at_a_time_has_a_host(self, store: Store) -> None:
        turns = store.turns
        assert set(turns.take(["a", "b"], "one", NOW, LEASE)) == {"a", "b"}
        assert set(turns.take(["b", "c"], "two", NOW, LEASE)) == {"c"}
        assert turns.keep("one", NOW, LEASE) == {"a", "b"}
        assert set(turns.take(["a"], "one", NOW, LEASE)) == {"a"}

    def test_the_next_one_waits_as_long_as_the_last_one_would(self, store: Store) -> None:
        soon = NOW + timedelta(seconds=3)
        store.turns.take(["a", "b"], "one", NOW, LEASE)
        store.turns.free({"a": soon, "b": NOW}, "one", NOW)
        assert store.turns.take(["a", "b"], "two", NOW, LEASE) == {"a": soon, "b": NOW}

    def test_a_dead_process_may_have_asked_until_its_lease_lapsed(self, store: Store) -> None:
        store.turns.take(["a"], "one", NOW, LEASE)
        assert store.turns.take(["a"], "two", NOW + LEASE / 2, LEASE) == {}
        later = NOW + LEASE + timedelta(seconds=1)
        assert store.turns.take(["a"], "two", later, LEASE) == {"a": NOW + LEASE}
        assert store.turns.keep("one", later, LEASE) == set()
        store.turns.free({"a": later}, "one", later)
        assert store.turns.take(["a"], "one", later, LEASE) == {}, "it is no longer its own"

    def test_free_rows_are_forgotten(self, store: Store) -> None:
        soon = NOW + timedelta(seconds=3)
        store.turns.take(["a"], "one", NOW, LEASE)
        store.turns.free({"a": soon}, "one", NOW)
        store.turns.forget(NOW)
        assert store.turns.take(["a"], "two", NOW, LEASE) == {"a": soon}
        store.turns.free({"a": soon}, "two", NOW)
        store.turns.forget(soon)
        assert store.turns.take(["a"], "one", soon, LEASE) == {"a": soon}


def test_quiet_polls_are_recorded_while_another_process_writes(postgres_url: str) -> None:
    """In PostgreSQL; in SQLite there is one writer in any case."""
    from aggregator.store import upgrade

    upgrade(postgres_url)
    with closing(Store(postgres_url)) as store, closing(Store(postgres_url)) as other:
        declare(store, FANAL)
        (job,) = store.polls.claim(["fanal"], NOW, LEASE, ME)
        with other._database.write():
            assert store.polls.record([PollResult(job.state, at=NOW)], ME) == [True]
