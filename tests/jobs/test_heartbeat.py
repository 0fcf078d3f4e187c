"""The heartbeat goes on, and goes on politely, whatever happens to the clock."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from aggregator.jobs.heartbeat import Heartbeat
from aggregator.jobs.polling import Polling, lease_of
from aggregator.settings import load
from aggregator.store import Store, upgrade
from tests.build import NOW, declare, source
from tests.journeys.newsrooms import until
from tests.origin import Origin

HOUR = timedelta(hours=1)


@dataclass
class Clocks:
    """A wall clock that can be set, and one that cannot."""

    wall: datetime = NOW
    steady: float = 1000.0

    def pass_(self, by: timedelta) -> None:
        self.wall += by
        self.steady += by.total_seconds()

    def now(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.steady


@dataclass
class House:
    """A scheduler over one store, beaten by hand."""

    store: Store
    clocks: Clocks
    polling: Polling
    heartbeat: Heartbeat
    origin: Origin
    polled: list[int] = field(default_factory=list)

    def beat(self) -> int:
        """Beat once and wait for its polls; how many requests were made."""
        before = self.requests()
        self.heartbeat.beat()
        deadline = time.monotonic() + 20
        while self.polling.under_way:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        return self.requests() - before

    def requests(self) -> int:
        return sum(path.startswith("/s") for path, _ in self.origin.requests)


def settings(folder: Path, origin: Origin, **more: str):
    (folder / "sources.yaml").write_text("sources: []\n")
    environ = {"AGGREGATOR_ALLOW_NETWORKS": "127.0.0.0/8", "AGGREGATOR_HOST_RATE": "0"}
    return load(folder, environ | more)


@pytest.fixture
def house(sqlite_store: Store, origin: Origin, tmp_path: Path) -> Iterable[House]:
    clocks = Clocks()
    feeds = [origin.put(f"/s{n}", "<rss><channel/></rss>", ETag='"1"') for n in range(10)]
    declare(sqlite_store, *(source(f"s{n}", url=url) for n, url in enumerate(feeds)))
    polling = Polling(settings(tmp_path, origin), sqlite_store, clocks.now)
    heartbeat = Heartbeat(
        polling, timedelta(seconds=5), hour=HOUR, clock=clocks.now, monotonic=clocks.monotonic
    )
    with closing(polling):
        yield House(sqlite_store, clocks, polling, heartbeat, origin)


JUMPS = [timedelta(hours=-2), timedelta(days=1), timedelta(days=-300), timedelta(hours=1)]


@pytest.mark.parametrize("jump", JUMPS, ids=str)
def test_a_clock_that_is_set_neither_stops_polling_nor_causes_a_storm(
    house: House, jump: timedelta
) -> None:
    assert house.beat() == 10
    house.clocks.wall += jump
    house.clocks.pass_(timedelta(minutes=5))
    assert house.beat() == 0, "no poll is early"
    house.clocks.pass_(timedelta(minutes=55))
    assert house.beat() == 10, "no poll is forgotten"
    house.clocks.wall -= jump
    house.clocks.pass_(timedelta(minutes=5))
    assert house.beat() == 0
    house.clocks.pass_(timedelta(hours=2))
    assert house.beat() == 10


def test_after_a_night_asleep_each_source_is_polled_once(house: House) -> None:
    """Both clocks have gone on, so nothing was set: what is due is due, and due once."""
    house.beat()
    house.clocks.pass_(timedelta(hours=8))
    assert [house.beat(), house.beat()] == [10, 0]


def test_a_lease_that_nobody_here_knows_of_lapses(house: House) -> None:
    """As when the database goes away after it has leased a source and before it says so."""
    house.origin.hanging.add("/s0")  # so that there is always something to prolong
    house.store.polls.claim(["s1"], house.clocks.now(), lease_of(HOUR), house.polling.owner)
    house.heartbeat.beat()
    until(lambda: house.requests() == 9)
    for _ in range(3):
        house.clocks.pass_(timedelta(minutes=1))
        house.heartbeat.beat()
    until(lambda: "/s1" in {path for path, _ in house.origin.requests})
    assert house.requests() == 10, "what is at work stays leased"


def test_one_of_two_schedulers_leads_until_it_goes(house: House, tmp_path: Path) -> None:
    url = house.store._database.url.render_as_string(hide_password=False)
    with closing(Store(url)) as store:
        second = Polling(settings(tmp_path, house.origin), store, house.clocks.now)
        with closing(second):
            assert house.polling.leads()
            assert not second.leads()
            house.store.leadership.release()
            assert second.leads()
            assert not house.polling.leads()


def test_leadership_on_every_database(database_url: str) -> None:
    upgrade(database_url)
    with closing(Store(database_url)) as first, closing(Store(database_url)) as second:
        assert [first.leadership.held() for _ in range(3)] == [True] * 3
        assert not second.leadership.held()
        first.leadership.release()
        assert second.leadership.held()
        assert not first.leadership.held()
        second.close()
        assert first.leadership.held()
