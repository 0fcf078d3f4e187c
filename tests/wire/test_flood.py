"""What a source brings at once: what is held back, and what its operator is told."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.domain import Decision, ItemQuery, NoticeKind, PollState
from aggregator.store import Store
from aggregator.wire.flood import CAP, MANY, hold
from aggregator.wire.identity import sightings
from tests.build import NOW, declare, item, source
from tests.origin import Origin
from tests.wire.poller import Bench, Clock, polling

DAY = timedelta(days=1)
KNOWN = PollState("fanal", "https://fanal.example/feed", succeeded_at=NOW, newest_at=NOW, entries=9)


def brought(*ages: timedelta | None, renamed: int = 0) -> Decision:
    """New entries, each so much older than the last good poll; None is one without a date."""
    items = [item(n, published_at=None if age is None else NOW - age) for n, age in enumerate(ages)]
    return Decision(tuple(sightings(items, (), lambda _: None)), renamed=renamed)


def held(decision: Decision, before: PollState = KNOWN, entries: int = 10) -> list[int]:
    """The places of the entries that wait."""
    after, _ = hold(decision, before, entries, NOW)
    assert [replace(s, held=None) for s in after.new] == list(decision.new)
    return [n for n, s in enumerate(after.new) if s.held]


def test_the_first_polls_of_a_source_are_no_flood() -> None:
    many = brought(*[9 * DAY] * 300)
    assert held(many, PollState("fanal", "https://fanal.example/feed"), 300) == []
    assert held(many, replace(KNOWN, entries=0), 300) == []


def test_of_many_that_are_mostly_new_the_old_ones_wait() -> None:
    assert held(brought(*[9 * DAY] * 6, timedelta(0), None)) == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("ages", "entries"),
    [
        ([9 * DAY] * (MANY - 1), 10),  # a few late ones
        ([9 * DAY] * 10, 50),  # a batch, in a feed that goes on as before
        ([DAY] * 10, 10),  # dated by the day
        ([None] * 50, 50),  # without dates nothing is old
    ],
)
def test_what_is_no_flood(ages: list[timedelta | None], entries: int) -> None:
    assert held(brought(*ages), entries=entries) == []


def test_a_source_whose_dates_lag_is_measured_by_itself() -> None:
    """Such as one that publishes rulings when they are a month old."""
    lagging = replace(KNOWN, newest_at=NOW - 30 * DAY)
    assert held(brought(*[28 * DAY] * 10), lagging) == []
    assert len(held(brought(*[40 * DAY] * 10), lagging)) == 10


def test_beyond_the_cap_the_oldest_wait() -> None:
    ages = [timedelta(minutes=n) for n in range(CAP + 3)]
    assert held(brought(*ages), entries=500) == [CAP, CAP + 1, CAP + 2]
    assert held(brought(*reversed(ages)), entries=500) == [0, 1, 2]
    assert held(brought(*[None] * (CAP + 2)), entries=500) == [CAP, CAP + 1], "the last ones"


@given(st.lists(st.sampled_from([None, timedelta(0), 3 * DAY]), max_size=CAP + 20))
def test_never_more_than_the_cap_is_pushed_out(ages: list[timedelta | None]) -> None:
    assert len(ages) - len(held(brought(*ages))) <= CAP


@pytest.mark.parametrize(
    ("decision", "kind"),
    [
        (brought(*[timedelta(0)] * 10), None),
        (brought(renamed=MANY - 1), None),
        (brought(renamed=MANY), NoticeKind.RENAMED),
        (brought(*[9 * DAY] * 10, renamed=MANY), NoticeKind.FLOOD),
    ],
)
def test_one_notice_a_poll(decision: Decision, kind: NoticeKind | None) -> None:
    _, notice = hold(decision, KNOWN, 10, NOW)
    assert (notice and notice.kind) == kind
    if kind is NoticeKind.FLOOD:
        assert notice is not None
        assert notice.text == (
            "held back 10 of 10 new items that came at once; "
            "5 items came back under new ids and are the old ones still"
        )


def feed(name: str, *numbers: int, at: datetime) -> str:
    """A feed of these entries, each an hour older than the one before it."""
    entries = "".join(
        f"<item><title>The council met, part {n}</title><guid>{name}-{n}</guid>"
        f"<link>https://p.example/{n}</link>"
        f"<pubDate>{at - n * timedelta(hours=1):%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
        for n in numbers
    )
    return f'<rss version="2.0"><channel><title>F</title>{entries}</channel></rss>'


class TestPolls:
    @pytest.fixture
    def clock(self) -> Clock:
        return Clock()

    @pytest.fixture
    def bench(self, sqlite_store: Store, tmp_path: Path, clock: Clock):
        with polling(sqlite_store, tmp_path, clock) as running:
            yield running

    def test_a_flood_is_stored_and_held_back_until_the_operator_says_otherwise(
        self, sqlite_store: Store, origin: Origin, bench: Bench
    ) -> None:
        fanal = source("s", url=origin.put("/s", feed("a", 0, 1, 2, at=NOW)))
        declare(sqlite_store, fanal)
        bench.poll("s")
        origin.put("/s", feed("a", *range(200), at=NOW))
        assert bench.poll("s")[0].new == 197
        shown = {one.item.guid for one in sqlite_store.items.latest(500)}
        assert shown == {f"a-{n}" for n in range(25)}, "those of the day before are not old"
        assert len(list(sqlite_store.items.find(ItemQuery(held=True)))) == 175
        declare(sqlite_store, replace(fanal, exclude=("part 7",)))
        declare(sqlite_store, fanal)
        assert len(sqlite_store.items.latest(500)) == 25, "filters release nothing"
        origin.put("/s", feed("a", *range(200), at=NOW).replace("met", "meets"))
        assert bench.poll("s")[0].revised == 200
        assert len(sqlite_store.items.latest(500)) == 25, "nor do revisions"
        before = sqlite_store.edition()
        declare(sqlite_store, replace(fanal, exclude=("part 19",)))
        assert sqlite_store.items.release("s", NOW) == 175
        assert len(sqlite_store.items.latest(500)) == 200 - 11, "what filters hide stays hidden"
        assert sqlite_store.edition().number > before.number
        assert sqlite_store.items.release("s", NOW) == 0

    def test_the_operator_is_told_once_a_day(
        self,
        sqlite_store: Store,
        origin: Origin,
        bench: Bench,
        clock: Clock,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        declare(sqlite_store, source("s", url=origin.put("/s", feed("a", 0, at=NOW))))
        bench.poll("s")
        with caplog.at_level(logging.WARNING):
            for hours, name in ((1, "b"), (2, "c"), (20, "d"), (30, "e")):
                clock.now = NOW + timedelta(hours=hours)
                # Other articles each time: ids, addresses, dates and headlines.
                old = feed(name, *range(100, 120), at=NOW - timedelta(minutes=hours))
                old = old.replace("The council met", f"News {name} {name * 9}")
                origin.put("/s", old.replace("p.example/", f"p.example/{name}/"))
                assert bench.poll("s")[0].new == 20
        told = [notice.at for notice in sqlite_store.notices.since(NOW)]
        assert told == [NOW + timedelta(hours=30), NOW + timedelta(hours=1)]
        assert len([r for r in caplog.records if "held back" in r.message]) == 2
        assert sqlite_store.sources.health()[0].held == 80

    def test_new_ids_for_old_items_are_told_and_nothing_is_shown_as_new(
        self, sqlite_store: Store, origin: Origin, bench: Bench
    ) -> None:
        declare(sqlite_store, source("s", url=origin.put("/s", feed("a", *range(9), at=NOW))))
        bench.poll("s")
        origin.put("/s", feed("b", *range(9), at=NOW))
        for _ in range(2):
            assert bench.poll("s")[0].new == 0
        (notice,) = sqlite_store.notices.since(NOW)
        assert notice.kind is NoticeKind.RENAMED
        assert "9 items came back under new ids" in notice.text
