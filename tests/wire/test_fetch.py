"""The one door to the network, against a real origin on loopback."""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aggregator.domain import Document, Request
from aggregator.errors import FetchError, FetchRefused, FetchStopped
from aggregator.wire.budgets import Budgets
from aggregator.wire.fetch import Fetcher
from aggregator.wire.guard import Guard
from tests.origin import Origin

AGENT = "Aggregator/9 (+https://news.example/about)"


@pytest.fixture
def fetcher(origin: Origin) -> Iterator[Callable[..., Fetcher]]:
    made: list[Fetcher] = []

    def make(**options: Any) -> Fetcher:
        options = {
            "host_rate": 0,
            "timeout": 10,
            "guard": Guard.allowing(["127.0.0.0/8"]),
        } | options
        made.append(Fetcher(user_agent=AGENT, utc_now=lambda: datetime.now(UTC), **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


def get(fetcher: Fetcher, url: str, **validators: str) -> Document:
    return fetcher.submit(Request(url, **validators)).result(timeout=30)


@pytest.fixture
def raw() -> Iterator[Callable[[bytes], str]]:
    """Serve bytes as they are, once or more often, then hold the connection open."""
    servers: list[socket.socket] = []
    done = threading.Event()

    def serve(answer: bytes, *, close: bool = True) -> str:
        server = socket.create_server(("127.0.0.1", 0))
        servers.append(server)

        def run() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65536)
                    connection.sendall(answer)
                    if not close:
                        done.wait(20)

        threading.Thread(target=run, daemon=True).start()
        return f"http://127.0.0.1:{server.getsockname()[1]}/"

    yield serve
    done.set()
    for server in servers:
        server.shutdown(socket.SHUT_RDWR)
        server.close()


def test_what_goes_over_the_wire(fetcher, origin: Origin) -> None:
    url = origin.put("/feed", "body")
    get(fetcher(), url)
    (path, headers), *_ = origin.requests
    assert path == "/feed"
    assert dict(headers) == {
        "Host": f"127.0.0.1:{origin.port}",
        "User-Agent": AGENT,
        "Accept-Encoding": "gzip, br",
        "Accept": headers["Accept"],
    }
    assert "application/atom+xml" in headers["Accept"]


@pytest.mark.parametrize("etag", ['"a"', 'W/"a"', '"v1, odd value;x-gzip"', "bare", '"caf\xe9"'])
def test_validators_go_back_byte_for_byte(fetcher, origin: Origin, etag: str) -> None:
    url = origin.put("/feed", "body", ETag=etag, Last_Modified="2026-01-20 10:00:00 +0000")
    first = get(fetcher(), url)
    assert first.headers["etag"] == etag
    again = get(fetcher(), url, etag=etag, last_modified=first.headers["last-modified"])
    assert (again.status, again.body) == (304, b"")
    sent = origin.requests[-1][1]
    assert sent["If-None-Match"] == etag
    assert sent["If-Modified-Since"] == "2026-01-20 10:00:00 +0000"


def test_gzip_and_brotli_are_unpacked(fetcher, origin: Origin) -> None:
    url = origin.put("/gz", gzip.compress(b"body" * 100), Content_Encoding="gzip")
    assert get(fetcher(), url).body == b"body" * 100
    stream = b"\x8b\x01\x80body\x03"
    url = origin.put("/br", stream, Content_Encoding="br")
    assert get(fetcher(), url).body == b"body"


def test_an_answer_that_unpacks_too_large_is_stopped_in_time(fetcher, origin: Origin) -> None:
    bomb = gzip.compress(b" " * (64 << 20), 9)
    url = origin.put("/bomb", bomb, Content_Encoding="gzip")
    with pytest.raises(FetchError, match="larger than 1024 KiB"):
        get(fetcher(max_bytes=1 << 20), url)


def test_an_answer_that_is_sent_too_large_is_stopped_in_time(fetcher, origin: Origin) -> None:
    url = origin.put("/big", b"x" * 2_000_000)
    with pytest.raises(FetchError, match="larger than 1024 KiB"):
        get(fetcher(max_bytes=1 << 20), url)


def test_hanging_and_dripping_answers_end_at_the_deadline(fetcher, origin: Origin, raw) -> None:
    origin.hanging.add("/hang")
    drip = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nx", close=False)
    quick = fetcher(timeout=0.5)
    for url in (f"{origin.url}/hang", drip):
        with pytest.raises(FetchError, match="no complete answer within"):
            get(quick, url)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", "cut off"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n", "cut off"),
        (b"", "without an answer"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
            "cannot be undone",
        ),
    ],
)
def test_broken_answers_are_errors_with_a_reason(fetcher, raw, answer: bytes, reason: str) -> None:
    with pytest.raises(FetchError, match=reason):
        get(fetcher(), raw(answer))


def test_who_does_not_answer_is_named(fetcher) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(FetchError, match="refused the connection or cannot be reached"):
        get(fetcher(), f"http://127.0.0.1:{port}/")


def test_redirects_are_followed_and_only_permanent_ones_remembered(fetcher, origin: Origin) -> None:
    end = origin.put("/end", "body", ETag='"e"')
    origin.put("/b", "never read", status=308, Location="/end")
    origin.put("/a", "never read", status=301, Location="/b")
    found = get(fetcher(), f"{origin.url}/a")
    assert (found.url, found.body, found.moved_to) == (end, b"body", end)
    origin.put("/b", "", status=302, Location="/end")
    assert get(fetcher(), f"{origin.url}/a").moved_to == f"{origin.url}/b"
    origin.put("/a", "", status=307, Location="/b")
    origin.put("/b", "", status=301, Location="/end")
    assert get(fetcher(), f"{origin.url}/a").moved_to is None
    assert get(fetcher(), f"{origin.url}/a", etag='"e"').status == 304


def test_a_redirects_own_body_is_not_unpacked(fetcher, origin: Origin) -> None:
    origin.put("/end", "body")
    bomb = gzip.compress(b" " * (64 << 20), 9)
    url = origin.put("/bomb", bomb, status=302, Location="/end", Content_Encoding="gzip")
    assert get(fetcher(), url).body == b"body"


def test_five_hops_are_enough(fetcher, origin: Origin) -> None:
    origin.put("/0", "body")
    for number in range(1, 7):
        origin.put(f"/{number}", "", status=302, Location=f"/{number - 1}")
    assert get(fetcher(), f"{origin.url}/5").body == b"body"
    with pytest.raises(FetchError, match="redirected more than 5 times"):
        get(fetcher(), f"{origin.url}/6")
    origin.put("/lost", "", status=302)
    with pytest.raises(FetchError, match="without saying where"):
        get(fetcher(), f"{origin.url}/lost")


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://x/",
        "gopher://x/",
        "javascript:1",
        "http://u:p@x/",
        "http:///x",
        "//x",
        "",
    ],
)
def test_only_web_addresses_are_asked(fetcher, origin: Origin, url: str) -> None:
    with pytest.raises(FetchRefused) as caught:
        get(fetcher(), url)
    assert "u:p" not in str(caught.value)
    if url not in ("", "//x", "http:///x"):
        origin.put("/r", "", status=302, Location=url)
        with pytest.raises(FetchError):
            get(fetcher(), f"{origin.url}/r")


def test_no_spelling_of_an_inner_address_is_ever_connected_to(fetcher, origin: Origin) -> None:
    canary = socket.create_server(("127.0.0.1", 0))
    canary.setblocking(False)
    port = canary.getsockname()[1]
    guarded = fetcher(guard=Guard.allowing([f"127.0.0.1:{origin.port}"]))
    reasons = set()
    spellings = [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f.1",
        "017700000001",
        "0",
        "localhost",
        "[::ffff:127.0.0.1]",
    ]
    for number, host in enumerate(spellings):
        inner = f"http://{host}:{port}/x"
        origin.put(f"/{number}", "", status=302, Location=inner)
        for url in (inner, f"{origin.url}/{number}"):
            with pytest.raises(FetchRefused) as caught:
                get(guarded, url)
            reasons.add(str(caught.value).partition(" is not ")[2])
    with pytest.raises(BlockingIOError):
        canary.accept()
    canary.close()
    assert len(reasons) == 1, "the same words whatever listens there"


def test_the_environments_proxy_is_not_used(fetcher, origin: Origin, monkeypatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert get(fetcher(), origin.put("/x", "body")).body == b"body"


def test_an_inner_port_tells_nothing_whether_it_is_open_or_closed(fetcher) -> None:
    guarded = fetcher(guard=Guard())
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        ports = [listening.getsockname()[1]]
        with socket.create_server(("127.0.0.1", 0)) as gone:
            ports.append(gone.getsockname()[1])
        said = set()
        for port in ports:
            with pytest.raises(FetchRefused) as caught:
                get(guarded, f"http://127.0.0.1:{port}/")
            said.add(str(caught.value))
        # Nothing was connected to, so that there is no answer whose time could tell either.
        with pytest.raises(BlockingIOError):
            listening.accept()
    assert len(said) == 1


def test_what_a_netrc_holds_goes_nowhere(fetcher, origin: Origin, tmp_path, monkeypatch) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login anna password secret\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    assert get(fetcher(), origin.put("/x", "body")).body == b"body"
    assert "Authorization" not in origin.requests[-1][1]


def test_a_hanging_host_delays_no_other(fetcher, origin: Origin) -> None:
    origin.hanging.add("/hang")
    one = fetcher(host_connections=2)
    waiting = [one.submit(Request(f"{origin.url}/hang")) for _ in range(20)]
    with Origin() as other:
        assert get(one, other.put("/quick", "body")).body == b"body"
    assert len([path for path, _ in origin.requests if path == "/hang"]) <= 2
    one.close()
    for future in waiting:
        assert isinstance(future.exception(timeout=5), FetchStopped)
    assert isinstance(one.submit(Request(origin.url)).exception(), FetchStopped)


def test_there_are_so_many_connections_in_all(fetcher, origin_everywhere: Origin) -> None:
    port = origin_everywhere.port
    origin_everywhere.hanging.add("/hang")
    origin_everywhere.put("/quick", "body")
    one = fetcher(max_connections=2)
    hanging = [one.submit(Request(f"http://127.0.0.{n}:{port}/hang")) for n in (1, 2)]
    quick = one.submit(Request(f"http://127.0.0.3:{port}/quick"))
    with pytest.raises(TimeoutError):
        quick.result(timeout=0.5)
    origin_everywhere.release.set()
    assert quick.result(timeout=10).body == b"body"
    assert all(isinstance(one.exception(timeout=10), FetchError) for one in hanging)


def test_who_asked_us_to_slow_down_is_asked_less_often(fetcher, origin: Origin) -> None:
    budgets = Budgets.of(timedelta(hours=1), timedelta(seconds=0.2), {}, ())
    one = fetcher(host_rate=5, budgets=budgets)
    assert get(one, origin.put("/busy", "", 429)).status == 429
    for future in [one.submit(Request(f"{origin.url}/{n}")) for n in range(2)]:
        future.result(timeout=10)
    (_, asked), *later = origin.times
    assert [at - asked > wait for (_, at), wait in zip(later, (0.35, 0.75), strict=True)] == [
        True
    ] * 2


def test_the_bodies_of_errors_are_not_read(fetcher, origin: Origin) -> None:
    found = get(fetcher(), origin.put("/x", b"x" * 5_000_000, status=500, Retry_After="7"))
    assert (found.status, found.body, found.headers["retry-after"]) == (500, b"", "7")


def test_file_descriptors_do_not_pile_up(fetcher, origin: Origin) -> None:
    one = fetcher()
    urls = [origin.put(f"/{n}", "body", status=200 if n % 3 else 404) for n in range(150)]
    for url in urls[:30]:
        get(one, url)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for future in [one.submit(Request(url)) for url in urls]:
        future.result(timeout=30)
    assert len(list(Path("/proc/self/fd").iterdir())) <= before + 4
