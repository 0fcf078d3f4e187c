"""WebSub: subscribed where a source has a hub, and polled as before where the hub fails us."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.error import HTTPError

import pytest
from werkzeug.serving import make_server

from aggregator.domain import SourceHealth
from aggregator.jobs.polling import Polling
from aggregator.settings import load
from aggregator.store import Store
from aggregator.wire.websub import is_signed, lease, link_to
from feeds import create_app
from tests.build import declare, source
from tests.jobs.hub import Hub
from tests.journeys.service import free_port
from tests.origin import Origin
from tests.wire.poller import Clock, rss

DAY = timedelta(days=1)


class Newsroom:
    """Scheduler and site over one store, on a clock that is set by hand."""

    def __init__(self, store: Store, polling: Polling, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        self._polling = polling

    def beat(self) -> None:
        """What a heartbeat does, and wait for what it started."""
        self._polling.subscribe()
        self._polling.take_deliveries(100, lambda _report: None)
        self._polling.start_due(100, lambda _report: None)
        until(lambda: not self._polling.under_way)

    def health(self) -> SourceHealth:
        return self.store.sources.health()[0]


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub() as running:
        yield running


@pytest.fixture
def newsroom(sqlite_store: Store, tmp_path: Path) -> Iterator[Newsroom]:
    clock, port = Clock(), free_port()
    (tmp_path / "sources.yaml").write_text("sources: []\n")
    environ = {
        "AGGREGATOR_ALLOW_NETWORKS": "127.0.0.0/8",
        "AGGREGATOR_HOST_RATE": "0",
        "AGGREGATOR_BASE_URL": f"http://127.0.0.1:{port}",
    }
    settings = load(tmp_path, environ)
    server = make_server(
        "127.0.0.1", port, create_app(settings, sqlite_store, clock), threaded=True
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    polling = Polling(settings, sqlite_store, clock)
    yield Newsroom(sqlite_store, polling, clock)
    polling.close()
    server.shutdown()
    thread.join()
    server.server_close()


def feed(hub: Hub, origin: Origin, *numbers: int) -> str:
    head = f'<atom:link rel="hub" href="{hub.url}"/><atom:link rel="self" href="{origin.url}/s"/>'
    return rss(*numbers, head=head)


@pytest.fixture
def subscribed(newsroom: Newsroom, hub: Hub, origin: Origin) -> Newsroom:
    """A source with a hub that has confirmed."""
    url = origin.put("/s", feed(hub, origin, 1), ETag='"1"')
    declare(newsroom.store, source("s", url=url, interval=timedelta(minutes=30)))
    newsroom.beat()
    newsroom.beat()
    until(lambda: hub.confirmed)
    return newsroom


def polls(origin: Origin) -> int:
    return sum(path == "/s" for path, _ in origin.requests)


def test_what_the_hub_delivers_is_stored_without_a_poll(
    subscribed: Newsroom, hub: Hub, origin: Origin
) -> None:
    before = polls(origin)
    assert hub.publish(feed(hub, origin, 2, 3).encode()) == 202
    subscribed.beat()
    assert subscribed.health().items == 3
    assert polls(origin) == before
    hub.publish(feed(hub, origin, 3).encode())
    hub.publish(b"no feed at all")
    subscribed.beat()
    subscribed.beat()
    assert subscribed.health().items == 3, "twice is once, and nonsense is nothing"
    assert subscribed.store.subscriptions.delivered(10) == []


def test_a_subscribed_source_is_polled_once_a_day(
    subscribed: Newsroom, hub: Hub, origin: Origin
) -> None:
    for _ in range(4 * 24):
        subscribed.clock.now += timedelta(minutes=30)
        subscribed.beat()
    assert polls(origin) == 3


@pytest.mark.parametrize(("secret", "method"), [("wrong", "sha256"), (None, "sha1")])
def test_what_is_not_signed_is_ignored(
    subscribed: Newsroom, hub: Hub, origin: Origin, secret: str | None, method: str
) -> None:
    hub.publish(feed(hub, origin, 666).encode(), secret, method)
    subscribed.beat()
    assert subscribed.health().items == 1


def test_a_delivery_that_is_too_large_is_refused(
    subscribed: Newsroom, hub: Hub, origin: Origin
) -> None:
    with pytest.raises(HTTPError, match="413"):
        hub.publish(feed(hub, origin, 666).encode() + b" " * (10 << 20))
    subscribed.beat()
    assert subscribed.health().items == 1


def test_nobody_can_subscribe_us_to_something_else(subscribed: Newsroom, hub: Hub) -> None:
    (form,) = hub.confirmed.values()
    assert not hub.verify(form, hub_topic="https://evil.example/")
    assert not hub.verify(form, hub_mode="unsubscribe")
    stranger = form | {"hub.callback": form["hub.callback"] + "x"}
    assert not hub.verify(stranger)


def test_a_hub_may_say_no_later_on(subscribed: Newsroom, hub: Hub, origin: Origin) -> None:
    (form,) = hub.confirmed.values()
    assert subscribed.health().state.pushed
    assert not hub.verify(form, hub_mode="denied"), "that is no challenge to answer"
    assert not subscribed.health().state.pushed


def test_the_lease_is_renewed_before_it_runs_out(subscribed: Newsroom, hub: Hub) -> None:
    (form,) = hub.confirmed.values()
    subscribed.clock.now += 6 * DAY
    subscribed.beat()
    assert len(hub.asked) == 1
    subscribed.clock.now += DAY
    subscribed.beat()
    until(lambda: len(hub.asked) == 2)
    assert hub.asked[1]["hub.callback"] == form["hub.callback"]


def test_a_hub_that_did_not_tell_is_dropped_for_polling(
    subscribed: Newsroom, hub: Hub, origin: Origin
) -> None:
    subscribed.clock.now += timedelta(hours=1)
    subscribed.beat()
    origin.put("/s", feed(hub, origin, 1, 2), ETag='"2"')
    subscribed.clock.now += DAY
    subscribed.beat()
    assert subscribed.health().items == 2
    assert not subscribed.health().state.pushed
    before = polls(origin)
    for _ in range(4):
        subscribed.clock.now += timedelta(minutes=35)
        subscribed.beat()
    assert polls(origin) == before + 4
    assert len(hub.asked) == 1
    subscribed.clock.now += 8 * DAY
    subscribed.beat()
    until(lambda: len(hub.asked) == 2)


def test_a_hub_that_refuses_leaves_polling_as_it_is(
    newsroom: Newsroom, hub: Hub, origin: Origin
) -> None:
    hub.status = 500
    url = origin.put("/s", feed(hub, origin, 1), ETag='"1"')
    declare(newsroom.store, source("s", url=url, interval=timedelta(minutes=30)))
    newsroom.beat()
    for _ in range(20):
        newsroom.clock.now += timedelta(minutes=35)
        newsroom.beat()
    assert polls(origin) == 21
    until(lambda: 3 <= len(hub.asked) <= 5)
    assert not newsroom.health().state.pushed


def test_a_hub_that_dies_leaves_polling_when_its_lease_is_over(
    subscribed: Newsroom, hub: Hub, origin: Origin
) -> None:
    hub.status = 500
    for _ in range(12):
        subscribed.clock.now += DAY
        subscribed.beat()
    until(lambda: not subscribed.health().state.pushed)
    before = polls(origin)
    for _ in range(4):
        subscribed.clock.now += timedelta(minutes=35)
        subscribed.beat()
    assert polls(origin) >= before + 4


@pytest.mark.parametrize(
    ("given", "days"), [(None, 10), ("864000", 10), ("x", 10), ("9" * 50, 10), ("99999999", 30)]
)
def test_leases_are_sane(given: str | None, days: int) -> None:
    assert lease(given) == days * DAY
    assert lease("1") == timedelta(minutes=5)


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ('<https://hub.example/>; rel="hub"', "https://hub.example/"),
        (
            '<https://a.example/>; rel=self, <https://hub.example/>; rel="hub"',
            "https://hub.example/",
        ),
        ('<https://hub.example/>; rel="other hub"; title="x"', "https://hub.example/"),
        ('<javascript:alert(1)>; rel="hub"', None),
        ('<https://a.example/>; rel="self"', None),
        ("", None),
    ],
)
def test_hubs_are_found_in_headers_too(header: str, found: str | None) -> None:
    assert link_to({"link": header}, "hub") == found


@pytest.mark.parametrize("signature", [None, "", "sha256", "sha256=", "sha256=é", "md5=x"])
def test_what_looks_like_no_signature_is_none(signature: str | None) -> None:
    assert not is_signed(b"body", signature, "secret")
