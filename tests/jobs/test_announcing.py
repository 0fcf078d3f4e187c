"""Telling a hub of what was published: a real one on loopback."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from aggregator.domain import DeclaredFeed
from aggregator.jobs.announcing import Announcer
from aggregator.store import Store
from tests.feeds.newsroom import MONDE, SETTINGS, Newsroom
from tests.jobs.hub import Hub
from tests.journeys.service import free_port


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub() as running:
        yield running


@pytest.fixture
def newsroom(sqlite_store: Store, hub: Hub) -> Newsroom:
    address = hub.url.removeprefix("http://").strip("/")
    feeds = (DeclaredFeed("briefs", "Briefs"),)
    settings = replace(SETTINGS, hub=hub.url, allow_networks=(address,), feeds=feeds)
    return Newsroom(sqlite_store, settings)


@pytest.fixture
def announcer(newsroom: Newsroom) -> Iterator[Announcer]:
    running = Announcer(newsroom.settings, newsroom.store, newsroom.clock)
    yield running
    running.stop()


def eventually(announcer: Announcer, done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not done():
        assert time.monotonic() < deadline
        announcer.wake()
        time.sleep(0.02)


def test_the_hub_is_told_of_each_edition_once(
    newsroom: Newsroom, announcer: Announcer, hub: Hub
) -> None:
    eventually(announcer, lambda: len(hub.asked) == 1)
    newsroom.take(MONDE, 1)
    newsroom.publish(1)
    eventually(announcer, lambda: len(hub.asked) == 2)
    for _ in range(10):
        announcer.wake()
        time.sleep(0.02)
    assert len(hub.asked) == 2, "nothing has changed since"
    told = hub.asked[-1]
    assert told["hub.mode"] == "publish"
    # The test's hub keeps the last of several.
    assert told["hub.url"] == told["hub.topic"] == "https://n.example/feeds/briefs.json"


def test_a_hub_that_does_not_take_it_is_told_again(
    newsroom: Newsroom, announcer: Announcer, hub: Hub
) -> None:
    hub.status = 503
    eventually(announcer, lambda: len(hub.asked) == 2)
    hub.status = 204
    newsroom.take(MONDE, 1)
    eventually(announcer, lambda: len(hub.asked) == 3)


def test_a_hub_that_cannot_be_reached_is_told_when_it_can(
    newsroom: Newsroom, announcer: Announcer, hub: Hub, caplog: pytest.LogCaptureFixture
) -> None:
    settings = replace(newsroom.settings, hub=f"http://127.0.0.1:{free_port()}/")
    elsewhere = Announcer(settings, newsroom.store, newsroom.clock)
    try:
        eventually(elsewhere, lambda: "it is told again later" in caplog.text)
    finally:
        elsewhere.stop()
    assert "is not a public address" in caplog.text


def test_every_feed_says_where_its_hub_is(newsroom: Newsroom, hub: Hub) -> None:
    answer = newsroom.client.get("/feed.atom")
    assert (
        answer.headers["Link"]
        == f'<https://n.example/feed.atom>; rel="self", <{hub.url}>; rel="hub"'
    )
    assert newsroom.read().feed.links[-1].href == hub.url
    assert f'href="{hub.url}" rel="hub"' in newsroom.client.get("/feed.rss").text
    assert newsroom.json()["hubs"] == [{"type": "WebSub", "url": hub.url}]
