"""What a host's robots.txt says is asked for once a day, and not guessed."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from datetime import timedelta

import pytest

from aggregator.wire.fetch import Fetcher
from aggregator.wire.guard import Guard
from aggregator.wire.robots import Robots
from tests.origin import Origin
from tests.wire.poller import Clock

DAY = timedelta(days=1)
NO = "User-agent: Aggregator\nDisallow: /\n"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def fetcher(clock: Clock) -> Iterator[Fetcher]:
    guard = Guard.allowing(["127.0.0.0/8"])
    made = Fetcher(user_agent="Aggregator/9", guard=guard, utc_now=clock, host_rate=0)
    yield made
    made.close()


@pytest.fixture
def robots(fetcher: Fetcher, clock: Clock) -> Robots:
    return Robots({}, fetcher, "Aggregator", day=DAY, clock=clock)


def verdict(robots: Robots, url: str) -> str | None:
    found: Future[str | None] = Future()
    robots.check(url, found.set_result)
    return found.result(timeout=10)


def test_what_was_found_is_told_until_it_is_kept(
    robots: Robots, origin: Origin, clock: Clock
) -> None:
    origin.put("/robots.txt", NO)
    assert "disallows it" in (verdict(robots, f"{origin.url}/a") or "")
    told = robots.changed()
    assert [file.text for file in told.values()] == [NO]
    clock.now += DAY
    origin.put("/robots.txt", "")
    assert verdict(robots, f"{origin.url}/a") is None
    robots.kept(told)
    assert [file.text for file in robots.changed().values()] == [None], "it was found meanwhile"
    robots.kept(robots.changed())
    assert robots.changed() == {}


def test_who_was_not_asked_has_not_said_that_all_is_allowed(
    robots: Robots, fetcher: Fetcher, origin: Origin
) -> None:
    fetcher.close()
    assert verdict(robots, f"{origin.url}/a") is None, "that poll is stopped as well"
    assert robots.changed() == {}
