"""Declaring sources, and finding items."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from aggregator.domain import ItemQuery, ParsedItem, PollResult, Republish, Source, SourceStatus
from aggregator.store import Store
from tests.build import LEASE, ME, NOW, decision, declare, item, source, take

FANAL, MEUSE = source("fanal"), source("meuse")


def titles(store: Store, **query: object) -> list[str]:
    return [i.title for i in store.items.find(ItemQuery(**query))]  # type: ignore[arg-type]


def hold_back(store: Store, of: Source, *items: ParsedItem) -> None:
    """Record a poll whose items are all held back."""
    (job,) = store.polls.claim([of.id], NOW, LEASE, ME)
    found = decision(store, of, items)
    held = replace(found, new=tuple(replace(one, held="old") for one in found.new))
    store.polls.record([PollResult(replace(job.state, polled_at=NOW), held)], ME)


class TestDeclaring:
    def test_the_operators_order_and_words_are_kept(self, store: Store) -> None:
        full = source(
            "zeta", language="nl", categories=("a", "b"), interval=timedelta(minutes=15),
            republish=Republish.FULL, include=("x",), exclude=("y",), weight=2.5, site="https://z/",
        )  # fmt: skip
        declare(store, full, FANAL)
        assert [one.source for one in store.sources.health()] == [full, FANAL]

    def test_declaring_the_same_again_changes_nothing(self, store: Store) -> None:
        declare(store, FANAL, MEUSE)
        before = store.edition()
        declare(store, FANAL, MEUSE, now=NOW + timedelta(days=1))
        assert store.edition() == before

    def test_any_difference_makes_a_new_edition(self, store: Store) -> None:
        declare(store, FANAL)
        before = store.edition()
        declare(store, replace(FANAL, name="Le Fanal"))
        assert store.edition().number > before.number

    def test_the_editions_time_never_goes_back(self, store: Store) -> None:
        declare(store, FANAL)
        declare(store, MEUSE, now=NOW - timedelta(days=1))
        assert store.edition().changed_at == NOW

    def test_a_removed_source_keeps_its_items_and_may_come_back(self, store: Store) -> None:
        declare(store, FANAL)
        take(store, FANAL, item(1))
        declare(store)
        assert store.sources.health() == []
        assert titles(store) == ["Title 1"]
        declare(store, FANAL)
        assert [one.items for one in store.sources.health()] == [1]
        assert take(store, FANAL, item(1)) == (0, 0)

    def test_changed_filters_apply_to_what_is_there(self, store: Store) -> None:
        declare(store, FANAL)
        take(store, FANAL, item(1, title="Horoscope"), item(2, title="News"))
        declare(store, replace(FANAL, exclude=("horoscope",)))
        assert [one.item.title for one in store.items.latest(10)] == ["News"]
        assert len(titles(store)) == 2
        declare(store, FANAL)
        assert len(store.items.latest(10)) == 2

    def test_what_is_held_back_is_counted_and_released(self, store: Store) -> None:
        declare(store, FANAL, MEUSE)
        hold_back(store, FANAL, item(1), item(2))
        hold_back(store, MEUSE, item(4, url="https://meuse.example/4"))
        take(store, FANAL, item(3))
        assert [one.held for one in store.sources.health()] == [2, 1]
        assert titles(store, held=True, source_id="fanal") == ["Title 2", "Title 1"]
        assert [one.item.title for one in store.items.latest(10)] == ["Title 3"]
        assert store.items.release("fanal", NOW) == 2
        assert [one.held for one in store.sources.health()] == [0, 1]
        assert len(store.items.latest(10)) == 3

    def test_a_copy_stands_in_for_an_original_that_is_held(self, store: Store) -> None:
        declare(store, FANAL, MEUSE)
        hold_back(store, FANAL, item(1))
        take(store, MEUSE, item(2, url="https://fanal.example/1"))
        assert [one.item.title for one in store.items.latest(10)] == ["Title 2"]

    def test_the_state_in_one_word(self, store: Store) -> None:
        declare(store, FANAL, MEUSE, source("off", enabled=False), source("gone"), source("bad"))
        take(store, FANAL)
        take(store, source("gone"), gone_at=NOW, failures=2)
        take(store, source("bad"), failures=1, error="HTTP 500")
        states = {one.source.id: one.status for one in store.sources.health()}
        assert states == {
            "fanal": SourceStatus.OK,
            "meuse": SourceStatus.NEW,
            "off": SourceStatus.DISABLED,
            "gone": SourceStatus.GONE,
            "bad": SourceStatus.FAILING,
        }


class TestFinding:
    def test_newest_first_over_page_ends(self, store: Store) -> None:
        declare(store, FANAL)
        many = [item(n, published_at=NOW - timedelta(minutes=n // 3)) for n in range(1203)]
        take(store, FANAL, *many)
        found = list(store.items.find(ItemQuery()))
        assert len({i.id for i in found}) == 1203
        assert [i.published_at for i in found] == sorted(
            (i.published_at for i in found if i.published_at), reverse=True
        )
        for limit in (0, 500, 777, 1000):
            assert len(list(store.items.find(ItemQuery(limit=limit)))) == limit

    def test_words_are_found_without_their_accents_and_in_any_order(self, store: Store) -> None:
        declare(store, FANAL)
        take(store, FANAL, item(1, title="L'Élysée et l'œuvre"), item(2, title="100% sûr"))
        assert titles(store, search="OEUVRE elysee") == ["L'Élysée et l'œuvre"]
        assert titles(store, search="100%") == ["100% sûr"]
        assert titles(store, search="%") == ["100% sûr"]
        assert titles(store, search="'; DROP TABLE items; --") == []

    def test_by_source_and_age(self, store: Store) -> None:
        declare(store, FANAL, MEUSE)
        take(store, FANAL, item(1), item(2, published_at=NOW - timedelta(days=2)))
        take(store, MEUSE, item(3, url="https://meuse.example/3"))
        assert set(titles(store, source_id="fanal")) == {"Title 1", "Title 2"}
        assert set(titles(store, since=NOW - timedelta(days=1))) == {"Title 1", "Title 3"}

    def test_what_may_not_be_republished_is_not_latest_but_its_copy_may_be(
        self, store: Store
    ) -> None:
        declare(store, replace(FANAL, republish=Republish.NONE), MEUSE)
        take(store, FANAL, item(1))
        take(store, MEUSE, item(2, url="https://fanal.example/1"))
        assert [one.item.title for one in store.items.latest(10)] == ["Title 2"]
