"""Any request to any route: an answer that is meant, protected, and no error of ours."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes, unquote_to_bytes, urlsplit

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import Headers
from werkzeug.test import create_environ, run_wsgi_app

from aggregator.domain import Role, Subscription
from aggregator.store import Store
from feeds import create_app
from feeds.press import Press
from feeds.ready import ReadyAnswers
from tests.build import NOW
from tests.desk.newsroom import DeskRoom
from tests.feeds.desk import SETTINGS, Desk, hire
from tests.feeds.test_routes import VALUES

CONFIG = Path(__file__).parents[2] / "config"
RUNS = int(os.environ.get("FUZZ_RUNS", "300"))
"""How many lists of requests; ``make fuzz`` asks for more."""
CPU_SECONDS = 10
PEOPLE = {"ed": Role.EDITOR, "pia": Role.PUBLISHER, "ops": Role.OPERATOR}
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "BREW")
TOPIC, TOKEN = "https://hub.example/topic", "token-of-the-hub"
PLACES = VALUES | {"token": TOKEN, "name": "site.css", "day": "2026-01-20"}
FILES = {"file", "picture", "note"}
KINDS = {
    "text/html", "text/plain", "text/css", "text/javascript", "application/json", "application/xml",
    "application/atom+xml", "application/rss+xml", "application/feed+json", "text/x-opml", "image/x-icon", "image/svg+xml", "image/jpeg", "image/png",
}  # fmt: skip
"""What we answer with: documents of our own making, never what a source or a browser sent."""
URLENCODED = "application/x-www-form-urlencoded"

# What views read; a name that is missing here is still sent as ``field``.
FIELDS = (
    "q", "source", "category", "language", "since", "until", "state", "covered", "claimed", "unseen",
    "page", "after", "at", "said", "saved", "author", "next", "username", "password", "old", "new",
    "again", "item", "other", "version", "do", "headline", "kicker", "byline", "body", "series",
    "categories", "picture", "alt", "credit", "publish_at", "reason", "note", "add", "number", "take_over",
    "text", "revision", "save", "brief", "file", "hub.topic", "hub.mode", "hub.lease_seconds", "hub.challenge",
)  # fmt: skip
MEANT = (
    b"1", b"2", b"0", b"en", b"fr", b"courant", b"transport", b"yes", b"published", b"today", b"2026-01-20",
    b"2026-01-20T10:00", b"ed", b"save", b"publish", b"schedule", b"submit", b"recall", b"correct", b"withdraw",
    b"discard", b"add", b"add:2", b"up:1", b"down:1", b"remove:1", b"subscribe", b"denied", TOPIC.encode(),
    b"sources: []", b"0.5_1", b"The tunnel", b"upload", b"series", b"born-on", b"AP",
)  # fmt: skip
HOSTILE = (
    b"", b" ", b"\0", b"a\0b", b"\xff\xfe", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", "\u202e\u2028\ufffe".encode(), b"-1", b"9" * 5000,
    b"2147483648", b"9223372036854775808", b"1e999", b"nan", b"inf_1", b"-inf_1", b"nan_1", "\u0663".encode(), "\u00b2".encode(), b"' OR 1=1 --",
    b'"', b"%", b"_", b"\\", b"*", b"a*", b"NEAR(", b'"a" OR', b"(" * 300, b"a AND", b"{{7*7}}", b"%s%n", b"<script>alert(1)</script>",
    b"../../etc/passwd", b"//evil.example", b"\\\\evil", b"/\t/evil.example", b"javascript:alert(1)", b"https:evil",
    b"a\r\nSet-Cookie: x=1", b"\x1b[31m", b"0001-01-01", b"9999-12-31T23:59", b"0001-01-01T00:00+23:59",
    b"9999-12-31T23:59-23:59", b"2026-03-29T02:30", b"2026-13-45", b"sources: [", b"sources: &a [*a]", b"a: &a [*a, *a]",
    b"!!python/object:os.system x", b"[" * 2000, b"[a](" * 500, b"> " * 500, b"x" * 100_000, b"a b " * 3000,
    b"http://[::1", b"http://[v1.x]/", b"https://\xe2\x84\xaa.example/", b"http://x:99999/", b"http://u:p@x/",
)  # fmt: skip
HEADERS = (
    "Host", "Accept", "Accept-Encoding", "Accept-Language", "A-IM", "If-None-Match", "If-Modified-Since", "If-Match",
    "Range", "If-Range", "Cookie", "Authorization", "Origin", "Referer", "Sec-Fetch-Site", "Sec-Fetch-Dest", "User-Agent",
    "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "X-Csrf-Token", "X-Hub-Signature",
    "X-Http-Method-Override", "Content-Type", "Content-Encoding", "Transfer-Encoding", "Expect", "Upgrade",
)  # fmt: skip
ODD_HEADERS = (
    '"a", W/"b', "*", '"', "W/", "gzip;q=x", "br;q=1e9", "*;q=0", "bytes=0-", "bytes=9-1,-", "feed", "feed;q=", "Bearer ", "Basic !!!",
    "Basic \xff", "sha1=", "sha256=00", "sha3_512=\xe9", "evil.example", "evil.example:99999", "[::1", "a b", "x" * 8000, "null",
    "Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "Sun, 99 Foo 99999 99:99:99 -9999", "\xe9\xff", "a=b; a; =; \"=\"",
    "session=x", "__Host-session=\xff", "text/plain; charset=nonsense", "text/plain; charset=\"", "multipart/form-data",
    "multipart/form-data; boundary=", "multipart/form-data; boundary=b", "application/x-www-form-urlencoded; charset=utf-16",
    "application/json", "100-continue", "chunked", "websocket",
)  # fmt: skip


def values(meant: tuple[bytes, ...] = MEANT) -> st.SearchStrategy[bytes]:
    """What is meant, what is hostile, and anything."""
    return st.one_of(st.sampled_from(meant), st.sampled_from(HOSTILE), st.binary(max_size=40))


def pairs() -> st.SearchStrategy[list[tuple[str, bytes]]]:
    return st.lists(st.tuples(st.sampled_from((*FIELDS, "field", "\ufffd")), values()), max_size=6)


@dataclass(frozen=True)
class Asked:
    """One request; ``path`` and ``query`` as bytes, the names of ``form`` twice where drawn twice."""

    who: str | None
    method: str
    rule: str
    path: bytes
    query: list[tuple[str, bytes]]
    headers: dict[str, str]
    form: list[tuple[str, bytes]] | bytes
    multipart: bool
    has_token: bool


class Room:
    """The application as it is served, over a newsroom that each example finds as it was."""

    def __init__(self, store: Store, folder: Path) -> None:
        newsroom = DeskRoom(store, folder)
        newsroom.out()
        store.subscriptions.put(
            Subscription("courant", "https://h.example/", TOPIC, TOKEN, "s", NOW)
        )
        shutil.copytree(CONFIG, folder / "config")
        kept = {"config_dir": folder / "config", "pictures_dir": folder / "pictures"}
        self.desk = Desk(store, now=newsroom.now)
        made = replace(SETTINGS, base_url=self.desk.base_url, **kept)
        press = Press(made, store)
        self.desk.app = create_app(made, store, lambda: newsroom.now, press)
        self.wsgi = ReadyAnswers(self.desk.app, press)
        rules = self.desk.app.url_map.iter_rules()
        self.routes = sorted({(one.rule, how) for one in rules for how in one.methods or ()})
        self.cookies, self.tokens = dict[str, str](), dict[str, bytes]()
        for name, role in PEOPLE.items():
            hire(store, name, role)
            browser = self.desk.browser(name)
            self.cookies[name] = "; ".join(f"{k}={v}" for k, v in browser.cookies().items())
            self.tokens[name] = browser.csrf().encode()
        for path in press.feeds:
            browser.get(path)
        press.refresh()
        self._database, self._copy = folder / "test.db", folder / "copy.db"
        if self._database.exists():
            copy(self._database, self._copy)

    def renew(self) -> None:
        """Undo what the examples before did, where the database is a file."""
        if self._copy.exists():
            copy(self._copy, self._database)

    def answer(self, asked: Asked) -> tuple[int, Headers, bytes]:
        """Ask; return the status, the headers and the body."""
        chunks, status, headers = run_wsgi_app(self.wsgi, self._environ(asked), buffered=True)
        return int(status.split()[0]), headers, b"".join(chunks)

    def _environ(self, asked: Asked) -> dict[str, Any]:
        headers = dict(asked.headers)
        fields = asked.form if isinstance(asked.form, list) else None
        if asked.who:
            headers["Cookie"] = self.cookies[asked.who]
            token = self.tokens[asked.who] if asked.has_token else b"x"
            if fields is None:
                headers["X-Csrf-Token"] = token.decode()
            else:
                fields = [("csrf", token), *fields]
        if fields is not None:
            body, kind = multipart(fields) if asked.multipart else (encoded(fields), URLENCODED)
            headers["Content-Type"] = kind
        else:
            body = asked.form
        environ = create_environ("/", self.desk.base_url, method=asked.method, data=body)
        environ["PATH_INFO"] = asked.path.decode("latin-1")
        environ["QUERY_STRING"] = encoded(asked.query).decode()
        environ["REMOTE_ADDR"] = "192.0.2.1"
        for name, value in headers.items():
            key = name.upper().replace("-", "_")
            environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
        return environ


def copy(one: Path, other: Path) -> None:
    with closing(sqlite3.connect(one)) as source, closing(sqlite3.connect(other)) as target:
        target.execute("PRAGMA synchronous = OFF")
        source.backup(target)


def encoded(fields: list[tuple[str, bytes]]) -> bytes:
    said = (f"{quote_from_bytes(name.encode())}={quote_from_bytes(of)}" for name, of in fields)
    return "&".join(said).encode()


def multipart(fields: list[tuple[str, bytes]]) -> tuple[bytes, str]:
    """A body and its type; some fields are sent as files."""
    parts = []
    for name, value in fields:
        file = '; filename="../x.jpg"' if name in FILES else ""
        head = f'--b\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
        parts.append(head.encode() + value + b"\r\n")
    return b"".join(parts) + b"--b--\r\n", "multipart/form-data; boundary=b"


@st.composite
def requests(draw: st.DrawFn, routes: list[tuple[str, str]]) -> Asked:
    """A request to one of the routes, or to nearly one."""
    rule, method = draw(st.sampled_from(routes))

    def filled(match: re.Match[str]) -> str:
        known = str(PLACES.get(match[1], "nothing")).encode()
        value = known if draw(st.integers(0, 5)) else draw(values((known,)))
        return quote_from_bytes(value, safe="")

    path = unquote_to_bytes(re.sub(r"<(?:[^<>]*:)?(\w+)>", filled, rule))
    if not draw(st.integers(0, 20)):
        path += draw(values((b"/", b"//", b"/..", b";x", b".")))
    headers = st.one_of(
        st.sampled_from(ODD_HEADERS),
        st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=30),
    )
    # What PATH_INFO and headers can hold, a server has let through: no CR, LF or NUL in a header.
    return Asked(
        who=draw(st.sampled_from((None, *PEOPLE))),
        method=method if draw(st.integers(0, 9)) else draw(st.sampled_from(METHODS)),
        rule=rule,
        path=path,
        query=draw(pairs()),
        headers=draw(st.dictionaries(st.sampled_from(HEADERS), headers, max_size=4)),
        form=draw(st.one_of(pairs(), pairs(), values())),
        multipart=draw(st.booleans()),
        has_token=draw(st.integers(0, 9)) > 0,
    )


@pytest.mark.timeout(600 + RUNS)
def test_no_request_is_an_error_of_ours_or_goes_unprotected(
    sqlite_store: Store, tmp_path: Path
) -> None:
    room = Room(sqlite_store, tmp_path)

    @settings(max_examples=RUNS, suppress_health_check=list(HealthCheck))
    @given(st.lists(requests(room.routes), min_size=1, max_size=4))
    def ask(several: list[Asked]) -> None:
        room.renew()
        for asked in several:
            began = time.process_time()
            status, headers, body = room.answer(asked)
            assert status < 500, body
            assert time.process_time() - began < CPU_SECONDS
            policy = headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Referrer-Policy"] in {"no-referrer", "same-origin"}
            assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
            assert not headers.get("Location", "").startswith(("//", "/\\", "javascript:"))
            assert "evil" not in urlsplit(headers.get("Location", "")).netloc
            assert asked.method != "HEAD" or not body
            assert not any(c in value for value in headers.values() for c in "\r\n\0")
            assert headers.get("Content-Type", "text/html").partition(";")[0] in KINDS
            event(f"{status}")

    ask()
    assert {editor.username for editor in sqlite_store.editors.all()} == set(PEOPLE)
