"""A source's login goes to its own origin, and nowhere else: not along redirects, not into logs."""

from __future__ import annotations

import logging
from contextlib import closing
from pathlib import Path

import pytest

from aggregator.domain import Source
from aggregator.errors import FetchError
from aggregator.jobs.polling import Polling
from aggregator.settings import SOURCES, validate
from aggregator.store import Store
from aggregator.wire.credentials import credential, origin
from tests.build import declare, source
from tests.origin import Origin
from tests.wire.poller import Clock, polling, rss


def test_what_is_sent_depends_on_what_the_variable_holds() -> None:
    one = source(auth="env:X")
    basic = credential(one, {"env:X": "anna:pä ss"})
    assert basic is not None
    assert basic.header == "Basic YW5uYTpww6Qgc3M="
    assert "YW5u" not in repr(basic)
    token = credential(one, {"env:X": "abc-123"})
    assert token is not None
    assert (token.origin, token.header) == ("https://fanal.example:443", "Bearer abc-123")
    assert credential(source(), {}) is None
    with pytest.raises(FetchError, match="the environment has no X; set it where"):
        credential(one, {})


@pytest.mark.parametrize(
    ("url", "spelling"),
    [
        ("HTTPS://A.example/x", "https://a.example:443"),
        ("http://a.example:80", "http://a.example:80"),
        ("https://a.example:80/", "https://a.example:80"),
    ],
)
def test_origins(url: str, spelling: str) -> None:
    assert origin(url) == spelling


def sent(origin_: Origin, path: str) -> list[str | None]:
    return [headers.get("Authorization") for asked, headers in origin_.requests if asked == path]


def private(origin_: Origin, path: str) -> Source:
    return source("private", url=origin_.url + path, auth="env:FANAL_LOGIN")


def test_a_login_stays_at_its_origin(
    sqlite_store: Store, origin: Origin, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with Origin() as other:
        other.put("/there", rss(1))
        origin.put("/moved", b"", status=302, Location="/out")
        origin.put("/out", b"", status=302, Location=f"{other.url}/there")
        environ = {"AGGREGATOR_ALLOW_NETWORKS": "127.0.0.0/8", "AGGREGATOR_HOST_RATE": "0"}
        text = (
            f"sources: [{{id: private, name: P, url: '{origin.url}/moved', auth: env:FANAL_LOGIN}}]"
        )
        settings = validate(tmp_path, environ | {"FANAL_LOGIN": "anna:s3cret"}, {SOURCES: text})
        assert "s3cret" not in repr(settings)
        declare(sqlite_store, *settings.sources, source("open", url=other.url + "/there"))
        with closing(Polling(settings, sqlite_store, Clock())) as polling_:
            reports = list(polling_.run(polling_.claim(["private", "open"])))
        assert [report.error for report in reports] == [None, None]
        assert sent(origin, "/moved") == sent(origin, "/out") == ["Basic YW5uYTpzM2NyZXQ="]
        assert sent(other, "/there") == [None, None]
        assert sent(origin, "/robots.txt") in ([], [None])
    for secret in ("s3cret", "YW5uYTpzM2NyZXQ="):
        assert secret not in caplog.text
        assert secret not in str(sqlite_store.sources.health())


def test_without_its_variable_it_is_not_asked(
    sqlite_store: Store, origin: Origin, tmp_path: Path
) -> None:
    declare(sqlite_store, private(origin, "/f"))
    with polling(sqlite_store, tmp_path, Clock()) as bench:
        (report,) = bench.poll("private")
    assert report.error == (
        "auth: the environment has no FANAL_LOGIN; set it where the service starts"
    )
    assert origin.requests == []
