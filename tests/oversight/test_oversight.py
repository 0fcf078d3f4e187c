"""Incidents and alarms: from what polls say to what operators hear, by a real mail server."""

from __future__ import annotations

import json
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from aggregator.domain import Alarm, Incident, PollState, Queue, SourceHealth, Trouble
from aggregator.jobs.oversight import Oversight
from aggregator.jobs.telling import Teller
from aggregator.oversight.alarms import conditions, in_words
from aggregator.oversight.alarms import review as review_alarms
from aggregator.oversight.causes import cause
from aggregator.oversight.incidents import review
from aggregator.oversight.limits import Limits
from aggregator.settings.operations import Alerting
from aggregator.store import Store
from aggregator.wire.fetch import Fetcher
from aggregator.wire.guard import Guard
from tests.build import NOW, declare, item, source, take
from tests.feeds.desk import SETTINGS
from tests.journeys.service import free_port
from tests.store.test_operations import fail, succeed

HOUR = timedelta(hours=1)
LIMITS = Limits()
CALM = Queue(0, timedelta(0), 0, 0, NOW, NOW)


def health(**state: Any) -> SourceHealth:
    fanal = source("fanal", enabled=state.pop("enabled", True))
    return SourceHealth(fanal, PollState("fanal", fanal.url, **state), 0)


@pytest.mark.parametrize(
    ("state", "reason", "remedy"),
    [
        ({"error": "the host's name was not found"}, "name is not known", "Check the URL"),
        ({"error": "HTTP 404 Not Found", "status": 404}, "nothing at its address", "new address"),
        ({"error": "HTTP 410 Gone", "status": 410, "gone_at": NOW}, "gone for good", "another"),
        ({"error": "HTTP 502 Bad Gateway", "status": 502}, "in trouble", "comes back by itself"),
        ({"error": "odd"}, "could not be read: odd", "Look at the document"),
        ({"enabled": False}, "disabled", "enabled: true"),
        ({"moved_to": "https://new.example/"}, "moved for good", "Accept"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(
    state: dict[str, Any], reason: str, remedy: str
) -> None:
    found = cause(health(failures=state.get("error") is not None, **state))
    assert found is not None
    assert reason in found.reason
    assert remedy in found.remedy


def test_a_good_source_has_nothing_wrong_and_a_page_may_name_the_feed() -> None:
    assert cause(health(succeeded_at=NOW)) is None
    page = health(failures=1, error="an HTML page, not a feed: is it https://x.example/feed ?")
    found = cause(page)
    assert found is not None
    assert found.replacement == "https://x.example/feed"


def test_an_incident_begins_after_some_tries_or_some_time_and_ends_with_a_good_poll() -> None:
    once = health(failures=1, error="no answer")
    assert review([Trouble(once, NOW)], [], NOW + HOUR, LIMITS) == []
    (long,) = review([Trouble(once, NOW)], [], NOW + 2 * HOUR, LIMITS)
    assert (long.opened_at, long.updated_at) == (NOW, NOW + 2 * HOUR)
    thrice = health(failures=3, error="no answer", next_poll_at=NOW + HOUR)
    (opened,) = review([Trouble(thrice, NOW)], [], NOW, LIMITS)
    assert opened.next_try_at == NOW + HOUR
    opened = replace(opened, id=1)
    assert review([Trouble(thrice, NOW)], [opened], NOW + HOUR, LIMITS) == []
    later = health(failures=4, error="no answer", next_poll_at=NOW + 3 * HOUR)
    (tried,) = review([Trouble(later, NOW)], [opened], NOW + HOUR, LIMITS)
    assert (tried.next_try_at, tried.updated_at) == (NOW + 3 * HOUR, opened.updated_at)
    moved = health(
        failures=5, error="HTTP 404 Not Found", status=404, moved_to="https://n.example/"
    )
    (news,) = review([Trouble(moved, NOW)], [opened], NOW + HOUR, LIMITS)
    assert (news.replacement, news.updated_at) == ("https://n.example/", NOW + HOUR)
    (over,) = review([Trouble(health(succeeded_at=NOW), None)], [opened], NOW + HOUR, LIMITS)
    assert over.resolved_at == NOW + HOUR
    gone = health(status=410, gone_at=NOW, error="HTTP 410 Gone")
    (at_once,) = review([Trouble(gone, NOW)], [], NOW, LIMITS)
    assert "gone for good" in at_once.cause
    (removed,) = review([], [opened], NOW + HOUR, LIMITS)
    assert removed.resolved_at == NOW + HOUR


def test_alarms_say_what_is_wrong_now() -> None:
    failing = Trouble(health(failures=9, error="no answer"), NOW - 6 * HOUR)
    silent = replace(CALM, new_item_at=NOW - HOUR, lag=HOUR)
    assert set(conditions([failing], silent, 1 << 20, NOW, LIMITS)) == {
        "source:fanal", "silence", "lag", "disk",
    }  # fmt: skip
    good = Trouble(health(succeeded_at=NOW), None)
    assert conditions([good], CALM, None, NOW, LIMITS) == {}
    assert conditions([], silent, None, NOW, replace(LIMITS, lag=2 * HOUR)) == {}


def test_what_nobody_was_told_of_needs_no_end() -> None:
    told, untold = Alarm("a", NOW, "A", told_at=NOW), Alarm("b", NOW, "B")
    kept, forgotten = review_alarms({}, [told, untold], NOW + HOUR)
    assert kept == [replace(told, cleared_at=NOW + HOUR)]
    assert forgotten == ["b"]
    back, _ = review_alarms({"a": "A"}, kept, NOW + 2 * HOUR)
    assert back == [told]


def test_times_in_words() -> None:
    spans = [timedelta(0), timedelta(seconds=1), 1.5 * HOUR, HOUR, 26 * HOUR, 49 * HOUR]
    assert [in_words(span) for span in spans] == [
        "0 seconds", "1 second", "90 minutes", "1 hour", "26 hours", "2 days",
    ]  # fmt: skip


class Postbox:
    """A mail server's handler that keeps what comes; it can be out of order."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.works = True

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if not self.works:
            return "451 try again later"
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 kept"


@pytest.fixture
def postbox() -> Iterator[tuple[Postbox, str]]:
    box = Postbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield box, f"127.0.0.1:{controller.port}"
    controller.stop()


class Hook(HTTPServer):
    """A webhook that keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.status = 204
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                assert self.headers["Content-Type"] == "application/json"
                hook.told.append(json.loads(self.rfile.read(length)))
                self.send_response(hook.status)
                self.end_headers()

            def log_message(self, *_args: Any) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)


@pytest.fixture
def hook() -> Iterator[Hook]:
    running = Hook()
    thread = Thread(target=running.serve_forever, args=(0.02,))
    thread.start()
    yield running
    running.shutdown()
    thread.join()
    running.server_close()


class Room:
    """A watch over a store with a clock that is set by hand."""

    def __init__(self, store: Store, fetcher: Fetcher, **alerting: Any) -> None:
        self.now = NOW
        self.store = store
        nowhere = Alerting((), "", "127.0.0.1:25", "none", None, None, None)
        settings = replace(SETTINGS, alerting=replace(nowhere, **alerting))
        teller = Teller(lambda: settings, fetcher, lambda: self.now)
        self.oversight = Oversight(store, lambda: Limits(disk=0), teller, lambda: self.now)

    def look(self, at: datetime) -> None:
        self.now = at
        self.oversight.look()


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    guard = Guard.allowing(["127.0.0.0/8"])
    with closing(Fetcher(user_agent="x", guard=guard, utc_now=lambda: NOW, host_rate=0)) as one:
        yield one


def test_each_alarm_is_told_once_with_its_end(
    store: Store, fetcher: Fetcher, postbox: tuple[Postbox, str], hook: Hook
) -> None:
    box, server = postbox
    room = Room(
        store,
        fetcher,
        mail_to=("ops@example.org",),
        mail_from="aggregator@example.org",
        server=server,
        webhook=f"http://127.0.0.1:{hook.server_port}/hook",
    )
    declare(store, source("fanal"))
    fail(store, "fanal", NOW, "no answer\r\nBcc: everybody@example.org")
    for hours in (5, 6, 7):
        room.look(NOW + hours * HOUR)
    (letter,) = [one for one in box.letters if "fanal" in str(one["Subject"])]
    subject = "[Aggregator] Alarm: source fanal has been failing since 20 Jan 09:00 UTC"
    assert str(letter["Subject"]).strip() == subject
    assert letter["To"] == "ops@example.org"
    assert "/ops/" in letter.get_content()
    assert letter["Bcc"] is None
    succeed(store, "fanal", NOW + 8 * HOUR)
    for hours in (8, 9):
        room.look(NOW + hours * HOUR)
    told = [one for one in hook.told if one["key"] == "source:fanal"]
    assert [one["state"] for one in told] == ["alarm", "over"]
    assert len([one for one in box.letters if "fanal" in str(one["Subject"])]) == 2
    assert "source:fanal" not in {alarm.key for alarm in store.alarms.all()}


def test_what_did_not_arrive_is_told_again(
    sqlite_store: Store, fetcher: Fetcher, postbox: tuple[Postbox, str]
) -> None:
    box, server = postbox
    room = Room(
        sqlite_store, fetcher, mail_to=("o@example.org",), mail_from="a@example.org", server=server
    )
    fanal = source("fanal")
    declare(sqlite_store, fanal)
    take(sqlite_store, fanal, item(1), next_poll_at=NOW + 9 * HOUR)
    box.works = False
    room.look(NOW + HOUR)
    assert box.letters == []
    box.works = True
    room.look(NOW + HOUR)
    room.look(NOW + 2 * HOUR)
    (letter,) = box.letters
    assert "nothing new came from any source" in letter["Subject"]


@pytest.fixture
def certificate(
    tmp_path: Path, tool: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> ssl.SSLContext:
    """A mail server's, which this process trusts."""
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        [tool("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", "/CN=mail", "-addext", "subjectAltName=IP:127.0.0.1", "-out", cert, "-keyout", key],
        check=True, capture_output=True,
    )  # fmt: skip
    monkeypatch.setenv("SSL_CERT_FILE", str(cert))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_mail_server_may_want_tls_and_a_login(
    sqlite_store: Store, fetcher: Fetcher, certificate: ssl.SSLContext, security: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def is_known(_server: Any, _session: Any, _envelope: Any, _mechanism: Any, data: Any) -> Any:
        known = (data.login, data.password) == (b"ops", b"hush")
        return AuthResult(success=known, handled=False)

    options = {
        "starttls": {"tls_context": certificate, "require_starttls": True},
        "tls": {"ssl_context": certificate, "auth_require_tls": False},
    }[security]
    box = Postbox()
    controller = Controller(
        box, hostname="127.0.0.1", port=free_port(), authenticator=is_known, auth_required=True,
        **options,
    )  # fmt: skip
    controller.start()
    try:
        server = f"127.0.0.1:{controller.port}"
        declare(sqlite_store, source("fanal"))
        fail(sqlite_store, "fanal", NOW)

        def letters(hours: int, password: str) -> int:
            room = Room(
                sqlite_store, fetcher, mail_to=("o@example.org",), mail_from="a@example.org",
                server=server, security=security, user="ops", password=password,
            )  # fmt: skip
            room.look(NOW + hours * HOUR)
            return len(box.letters)

        assert letters(9, "wrong") == 0
        with monkeypatch.context() as other:
            other.delenv("SSL_CERT_FILE")
            assert letters(10, "hush") == 0, "its certificate is nobody's"
        assert letters(11, "hush") > 0
    finally:
        controller.stop()


def test_one_way_to_tell_is_enough(
    sqlite_store: Store, fetcher: Fetcher, postbox: tuple[Postbox, str], hook: Hook,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    box, server = postbox
    hook.status = 500
    room = Room(
        sqlite_store, fetcher, mail_to=("o@example.org",), mail_from="a@example.org",
        server=server, webhook=f"http://127.0.0.1:{hook.server_port}/hook",
    )  # fmt: skip
    declare(sqlite_store, source("fanal"))
    fail(sqlite_store, "fanal", NOW)
    for hours in (9, 10):
        room.look(NOW + hours * HOUR)
    about = [one for one in box.letters if "fanal" in str(one["Subject"])]
    assert (len(about), len([one for one in hook.told if one["key"] == "source:fanal"])) == (1, 1)
    assert "told by one way only: the webhook answered HTTP 500" in caplog.text


def test_an_alarm_that_is_over_is_forgotten_when_that_was_told(
    sqlite_store: Store, fetcher: Fetcher, hook: Hook
) -> None:
    room = Room(sqlite_store, fetcher, webhook=f"http://127.0.0.1:{hook.server_port}/hook")
    declare(sqlite_store, source("fanal"))
    fail(sqlite_store, "fanal", NOW)
    hook.status = 503
    room.look(NOW + 9 * HOUR)
    succeed(sqlite_store, "fanal", NOW + 10 * HOUR)
    for hours in (10, 11):
        room.look(NOW + hours * HOUR)
    assert "source:fanal" not in {alarm.key for alarm in sqlite_store.alarms.all()}


def test_incidents_are_stored_as_they_come_and_go(sqlite_store: Store, fetcher: Fetcher) -> None:
    room = Room(sqlite_store, fetcher)
    declare(sqlite_store, source("fanal"))
    for hour in range(3):
        fail(sqlite_store, "fanal", NOW + hour * HOUR, "HTTP 404 Not Found", 404)
        room.look(NOW + hour * HOUR)
    (incident,) = sqlite_store.incidents.open()
    assert isinstance(incident, Incident)
    assert incident.opened_at == NOW
    assert "There is nothing at its address any more." in incident.cause
    succeed(sqlite_store, "fanal", NOW + 4 * HOUR)
    room.look(NOW + 4 * HOUR)
    (over,) = sqlite_store.incidents.latest(5)
    assert (over.id, over.resolved_at) == (incident.id, NOW + 4 * HOUR)
    assert sqlite_store.figures.sizes(5)[0].day == NOW.date()


def test_a_webhook_inside_is_refused_unless_it_is_allowed(
    sqlite_store: Store, hook: Hook, caplog: pytest.LogCaptureFixture
) -> None:
    guard = Guard.allowing([])
    address = f"http://127.0.0.1:{hook.server_port}/secret"
    with closing(Fetcher(user_agent="x", guard=guard, utc_now=lambda: NOW)) as strict:
        room = Room(sqlite_store, strict, webhook=address)
        declare(sqlite_store, source("fanal"))
        fail(sqlite_store, "fanal", NOW)
        room.look(NOW + 9 * HOUR)
    assert hook.told == []
    assert "is not a public address" in caplog.text
    assert "secret" not in caplog.text
