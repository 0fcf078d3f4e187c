"""Leases, and recording what polls bring: the same on SQLite and PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.domain import Hints, ItemQuery, Notice, NoticeKind, PollResult, Source
from aggregator.store import Store
from tests.build import LEASE, ME, NOW, decision, declare, item, source, take

FANAL, MEUSE = source("fanal"), source("meuse")


def ids(jobs: list) -> list[str]:
    return [job.source.id for job in jobs]


def poll_at(store: Store, of: Source, next_poll_at, now=NOW) -> None:
    take(store, of, now=now, next_poll_at=next_poll_at)


class TestLeases:
    def test_a_new_source_is_due_at_once_and_leased_to_one(self, store: Store) -> None:
        declare(store, FANAL, MEUSE)
        assert ids(store.polls.claim_due(NOW, 10, LEASE, "one")) == ["fanal", "meuse"]
        assert store.polls.claim_due(NOW, 10, LEASE, "two") == []

    def test_the_limit_takes_the_longest_due(self, store: Store) -> None:
        declare(store, FANAL, MEUSE)
        poll_at(store, FANAL, NOW + timedelta(minutes=20))
        poll_at(store, MEUSE, NOW + timedelta(minutes=10))
        later = NOW + timedelta(hours=1)
        assert ids(store.polls.claim_due(later, 1, LEASE, ME)) == ["meuse"]

    def test_what_is_not_due_stays(self, store: Store) -> None:
        declare(store, FANAL)
        poll_at(store, FANAL, NOW + timedelta(minutes=10))
        assert store.polls.claim_due(NOW + timedelta(minutes=9), 10, LEASE, ME) == []
        assert store.polls.claim_due(NOW + timedelta(minutes=10), 10, LEASE, ME, ids=["x"]) == []
        assert ids(store.polls.claim_due(NOW + timedelta(minutes=10), 10, LEASE, ME)) == ["fanal"]

    def test_a_lapsed_lease_is_anybodys(self, store: Store) -> None:
        declare(store, FANAL)
        store.polls.claim_due(NOW, 10, LEASE, "dead")
        assert ids(store.polls.claim_due(NOW + LEASE, 10, LEASE, "alive")) == ["fanal"]

    def test_a_renewed_lease_is_not(self, store: Store) -> None:
        declare(store, FANAL)
        store.polls.claim_due(NOW, 10, LEASE, "slow")
        store.polls.renew(["fanal"], NOW + LEASE / 2, LEASE, "slow")
        assert store.polls.claim_due(NOW + LEASE, 10, LEASE, "other") == []

    def test_a_released_source_is_as_due_as_before(self, store: Store) -> None:
        declare(store, FANAL)
        store.polls.claim_due(NOW, 10, LEASE, ME)
        store.polls.release("fanal", ME)
        assert ids(store.polls.claim_due(NOW, 10, LEASE, ME)) == ["fanal"]

    def test_a_poll_from_the_future_counts_as_due(self, store: Store) -> None:
        """The clock was a day ahead, then set right: polling must not sleep until then."""
        declare(store, FANAL)
        ahead = NOW + timedelta(days=1)
        poll_at(store, FANAL, ahead + timedelta(hours=1), now=ahead)
        assert ids(store.polls.claim_due(NOW, 10, LEASE, ME)) == ["fanal"]

    def test_a_lease_from_the_future_is_void(self, store: Store) -> None:
        declare(store, FANAL)
        store.polls.claim_due(NOW + timedelta(days=1), 10, LEASE, "dead")
        assert ids(store.polls.claim_due(NOW, 10, LEASE, ME)) == ["fanal"]

    @pytest.mark.parametrize("change", [{"enabled": False}, None])
    def test_disabled_and_removed_sources_are_never_claimed(
        self, store: Store, change: dict | None
    ) -> None:
        declare(store, FANAL)
        declare(store, *([replace(FANAL, **change)] if change else []))
        assert store.polls.claim_due(NOW, 10, LEASE, ME) == []
        assert store.polls.claim(["fanal"], NOW, LEASE, ME) == []

    def test_gone_sources_are_not_due(self, store: Store) -> None:
        declare(store, FANAL)
        take(store, FANAL, gone_at=NOW)
        assert store.polls.claim_due(NOW + timedelta(days=400), 10, LEASE, ME) == []

    def test_who_lost_the_lease_records_nothing(self, store: Store) -> None:
        declare(store, FANAL)
        (job,) = store.polls.claim_due(NOW, 10, LEASE, "slow")
        store.polls.claim_due(NOW + LEASE, 10, LEASE, "quick")
        brought = decision(store, FANAL, [item()])
        lost = PollResult(replace(job.state, polled_at=NOW), brought)
        assert store.polls.record([lost], "slow") == [False]
        assert store.items.count() == 0

    def test_a_changed_url_voids_the_poll_under_way_and_what_was_learnt(self, store: Store) -> None:
        declare(store, FANAL)
        take(
            store, FANAL, item(), etag='"a"', body_digest="d", next_poll_at=NOW + timedelta(days=1)
        )
        moved = replace(FANAL, url="https://fanal.example/new")
        (job,) = store.polls.claim(["fanal"], NOW, LEASE, ME)
        declare(store, moved)
        assert store.polls.record([PollResult(job.state)], ME) == [False]
        (fresh,) = store.polls.claim_due(NOW, 10, LEASE, ME)
        assert (fresh.state.etag, fresh.state.body_digest) == (None, None)
        assert store.items.count() == 1


class TestRecording:
    def test_what_a_poll_changed_is_stored_though_the_clock_jumped_meanwhile(
        self, store: Store
    ) -> None:
        declare(store, FANAL)
        take(store, FANAL, etag='"a"', hub="https://hub.example/", next_poll_at=NOW + LEASE)
        (job,) = store.polls.claim(["fanal"], NOW, LEASE, ME)
        store.polls.shift(timedelta(days=1))
        after = replace(job.state, etag='"b"', hub=None, failures=1)
        assert store.polls.record([PollResult(after, before=job.state)], ME) == [True]
        (again,) = store.polls.claim(["fanal"], NOW, LEASE, ME)
        assert again.state == after

    def test_polling_twice_stores_nothing_twice(self, store: Store) -> None:
        declare(store, FANAL)
        assert take(store, FANAL, item(1), item(2)) == (2, 0)
        before = store.edition()
        assert take(store, FANAL, item(1), item(2), now=NOW + timedelta(hours=1)) == (0, 0)
        assert store.edition() == before

    def test_a_change_that_readers_see_is_a_revision_of_the_same_item(self, store: Store) -> None:
        declare(store, FANAL)
        take(store, FANAL, item(1))
        (first,) = store.items.find(ItemQuery())
        later = NOW + timedelta(hours=1)
        assert take(store, FANAL, item(1, title="Corrected"), now=later) == (0, 1)
        (second,) = store.items.find(ItemQuery())
        assert (second.id, second.entry_id) == (first.id, first.entry_id)
        assert (second.title, second.revision, second.revised_at) == ("Corrected", 2, later)

    def test_a_change_that_nobody_sees_is_stored_without_a_revision(self, store: Store) -> None:
        declare(store, FANAL)
        take(store, FANAL, item(1))
        assert take(store, FANAL, item(1, categories=("politics",))) == (0, 0)
        (stored,) = store.items.find(ItemQuery())
        assert (stored.categories, stored.revision) == (("politics",), 1)

    def test_a_source_that_redates_its_items_does_not_make_them_news(self, store: Store) -> None:
        declare(store, FANAL)
        take(store, FANAL, item(1))
        take(store, FANAL, item(1, published_at=NOW, title="New title"))
        (stored,) = store.items.find(ItemQuery())
        assert stored.published_at == NOW - timedelta(hours=1)

    def test_the_same_article_in_two_sources_is_marked(self, store: Store) -> None:
        declare(store, FANAL, MEUSE)
        take(store, FANAL, item(1))
        take(store, MEUSE, item(9, url="http://fanal.example/1?utm_source=rss#xtor=RSS-1"))
        copy, first = sorted(store.items.find(ItemQuery()), key=lambda i: -i.id)
        assert (copy.duplicate_of, first.duplicate_of) == (first.id, None)
        third = source("third")
        declare(store, FANAL, MEUSE, third)
        take(store, third, item(5, url="https://fanal.example/1"))
        assert [i.duplicate_of for i in store.items.find(ItemQuery(source_id="third"))] == [
            first.id
        ]
        assert [listed.item.id for listed in store.items.latest(10)] == [first.id]

    def test_two_items_of_one_source_at_one_url_are_both_kept(self, store: Store) -> None:
        declare(store, FANAL)
        page = "https://fanal.example/live"
        take(store, FANAL, item(1, url=page), item(2, url=page))
        assert [i.duplicate_of for i in store.items.find(ItemQuery())] == [None, None]

    def test_an_entry_id_is_the_sources_own_and_never_used_twice(self, store: Store) -> None:
        declare(store, FANAL, MEUSE)
        take(store, FANAL, item(1), item(2, guid="no iri"))
        take(store, MEUSE, item(1, url="https://meuse.example/other"))
        entry_ids = {(i.source_id, i.guid): i.entry_id for i in store.items.find(ItemQuery())}
        own = "tag:fanal.example,2026:1"
        assert entry_ids["fanal", own] == own
        assert entry_ids["fanal", "no iri"].startswith("urn:uuid:")
        assert entry_ids["meuse", own].startswith("urn:uuid:")

    def test_pictures_dates_and_names_come_back_as_they_went_in(self, store: Store) -> None:
        from aggregator.domain import Picture

        declare(store, FANAL)
        sent = item(
            1,
            authors=("Ana Ruiz", "Łukasz Ø"),
            categories=("sport",),
            language="fr-BE",
            updated_at=NOW - timedelta(minutes=1),
            picture=Picture("https://fanal.example/p.jpg", "alt", "© AFP", 800, 600),
        )
        take(store, FANAL, sent)
        (stored,) = store.items.find(ItemQuery())
        for name in ("authors", "categories", "language", "updated_at", "picture", "published_at"):
            assert getattr(stored, name) == getattr(sent, name)

    def test_what_a_feed_says_of_its_rhythm_comes_back(self, store: Store) -> None:
        declare(store, FANAL)
        for hints in (
            Hints(timedelta(minutes=90), skip_hours=(0, 3), skip_days=(5, 6)),
            Hints(skip_hours=(4,)),
            Hints(),
        ):
            take(store, FANAL, hints=hints)
            assert store.sources.health()[0].state.hints == hints

    def test_naive_times_are_refused(self, store: Store) -> None:
        declare(store, FANAL)
        naive = NOW.replace(tzinfo=None)
        with pytest.raises(Exception, match="naive time"):
            take(store, FANAL, item(1, published_at=naive))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sets(st.integers(0, 12), max_size=8), max_size=8))
def test_whatever_the_documents_every_item_is_stored_exactly_once(
    sqlite_store: Store, documents: list[set[int]]
) -> None:
    every = source(f"s{abs(hash(str(documents))) % 10**9}")
    declare(sqlite_store, every)
    for numbers in documents:
        shown = [item(f"{every.id}-{n}", guid=f"{every.id}-{n}") for n in sorted(numbers)]
        take(sqlite_store, every, *shown)
    stored = [i.guid for i in sqlite_store.items.find(ItemQuery(source_id=every.id))]
    assert sorted(stored) == sorted({f"{every.id}-{n}" for numbers in documents for n in numbers})


class TestNotices:
    def told(self, at: datetime, kind: NoticeKind = NoticeKind.FLOOD, of: str = "fanal") -> Notice:
        return Notice(of, at, kind, "held back 7 of 9 new items")

    def record(self, store: Store, *found: Notice) -> None:
        for notice in found:
            (job,) = store.polls.claim([notice.source_id], notice.at, LEASE, ME)
            state = replace(job.state, polled_at=notice.at)
            store.polls.record([PollResult(state, notice=notice)], ME)

    def test_an_event_is_told_once(self, store: Store) -> None:
        declare(store, FANAL, MEUSE)
        first, again, next_day = (self.told(NOW + timedelta(hours=h)) for h in (0, 23, 24))
        other = self.told(NOW + timedelta(hours=1), NoticeKind.RENAMED)
        meuse = self.told(NOW + timedelta(hours=2), of="meuse")
        self.record(store, first, other, meuse, again, next_day)
        assert store.notices.since(NOW) == [next_day, meuse, other, first]
        assert store.notices.since(NOW + timedelta(hours=2)) == [next_day, meuse]

    def test_a_poll_that_is_not_recorded_tells_nothing(self, store: Store) -> None:
        declare(store, FANAL)
        (job,) = store.polls.claim_due(NOW, 10, LEASE, "slow")
        store.polls.claim_due(NOW + LEASE, 10, LEASE, "quick")
        lost = PollResult(replace(job.state, polled_at=NOW), notice=self.told(NOW))
        assert store.polls.record([lost], "slow") == [False]
        assert store.notices.since(NOW) == []


class TestHistory:
    def test_every_version_is_kept_in_order(self, store: Store) -> None:
        declare(store, FANAL)
        for hour, title in enumerate(("Tunnel opens", "Tunnel opens late", "Tunnel is late")):
            take(store, FANAL, item(1, title=title), now=NOW + timedelta(hours=hour))
        take(store, FANAL, item(1, title="Tunnel is late!"), now=NOW + timedelta(hours=5))
        (one,) = store.items.find(ItemQuery())
        versions = store.items.revisions(one.id)
        assert [(v.number, v.who, v.title, v.at) for v in versions] == [
            (1, "fanal", "Tunnel opens", NOW),
            (2, "fanal", "Tunnel opens late", NOW + timedelta(hours=1)),
            (3, "fanal", "Tunnel is late!", NOW + timedelta(hours=2)),
        ]
        assert store.items.revisions(999) == []
