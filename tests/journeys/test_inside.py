"""Our own network, as the whole program sees it: nothing asks inside, nothing listens outside."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Install
from tests.journeys.service import Installation, free_port
from tests.journeys.test_service import get
from tests.origin import Origin

REFUSED = "is not a public address"


@pytest.fixture
def inside() -> Iterator[Origin]:
    """What must not be asked: it answers whatever it is asked."""
    with Origin() as running:
        for path in ("/", "/f", "/robots.txt", "/favicon.ico", "/feed"):
            running.put(path, "<rss version='2.0'><channel><title>Inside</title></channel></rss>")
        yield running


@pytest.fixture
def house(install: Install, origin: Origin) -> Installation:
    return install(allow=f"127.0.0.1:{origin.port}")


def asked(inside: Origin) -> list[str]:
    return [path for path, _ in inside.requests] + inside.heads


def test_no_command_asks_inside(house: Installation, origin: Origin, inside: Origin) -> None:
    house.declare([{"id": "inside", "name": "I", "url": f"{inside.url}/f"}])
    house.run("db", "upgrade")
    origin.put("/site", f'<link rel="alternate" type="application/rss+xml" href="{inside.url}/f">')
    for command in (
        ("poll",),
        ("poll", "inside"),
        ("sources", "check", "--online"),
        ("sources", "discover", f"{inside.url}/"),
        ("sources", "discover", f"{origin.url}/site"),
        ("sources", "add", f"{inside.url}/f?other", "--yes"),
        ("sources", "add", f"{origin.url}/site", "--yes"),
        ("sources", "import", f"{inside.url}/f"),
    ):
        done = house.run(*command, expect=None)
        assert "Traceback" not in done.stderr, command
        assert "Inside" not in done.stdout + done.stderr, command
    assert asked(inside) == []
    (listed,) = house.lines("sources", "list")
    assert REFUSED in listed["error"]


def test_no_document_makes_us_ask_inside(
    house: Installation, origin: Origin, inside: Origin
) -> None:
    to = f"{inside.url}/f"
    named = (
        f"<link rel='hub' href='{to}'/><link rel='self' href='{to}'/><link rel='next' href='{to}'/>"
        f"<link rel='prev-archive' href='{to}'/><icon>{to}</icon><logo>{to}</logo>"
        f"<link href='{to}'/><entry><id>{{0}}</id><title>T{{0}}</title><link href='{to}?{{0}}'/>"
        f"<link rel='enclosure' type='image/png' href='{to}'/><content src='{to}'/></entry>"
    )
    feed = "<?xml-stylesheet href='{1}'?><feed xmlns='http://www.w3.org/2005/Atom'><title>F</title>{0}</feed>"
    urls = [origin.put("/a", feed.format(named.format(1), to))]
    urls += [
        origin.put(f"/{status}", "", status=status, Location=to)
        for status in (301, 302, 303, 307, 308)
    ]
    urls.append(
        origin.put(
            "/refresh", f"<meta http-equiv='refresh' content='0;url={to}'>", Refresh=f"0;url={to}"
        )
    )
    urls.append(origin.put("/link", feed.format("", to), Link=f"<{to}>; rel=hub, <{to}>; rel=self"))
    origin.put("/robots.txt", "", status=302, Location=f"{inside.url}/robots.txt")
    house.declare([{"id": f"s{n}", "name": "S", "url": url} for n, url in enumerate(urls)])
    house.run("db", "upgrade")
    for number in range(6):
        # What is gone since last time has the archives looked for; a redirect is believed in time.
        origin.put("/a", feed.format(named.format(number), to))
        house.run("poll", expect=None)
    assert asked(inside) == []
    found = {source["id"]: source for source in house.lines("sources", "list")}
    assert found["s0"]["items"] == 6
    assert all(found[f"s{n}"]["state"] == "failing" for n in range(1, 6))


def test_the_service_listens_on_loopback_alone(house: Installation) -> None:
    house.declare([])
    house.run("db", "upgrade")
    port = free_port()
    service = house.start("run", "--port", str(port))
    try:
        get(f"http://127.0.0.1:{port}/health")
        assert listening(port) == {"127.0.0.1"}
    finally:
        service.terminate()
        service.communicate(timeout=60)


def listening(port: int) -> set[str]:
    """The addresses on which somebody listens at a port (Linux, proc(5))."""
    found = set()
    for table, family in (("tcp", socket.AF_INET), ("tcp6", socket.AF_INET6)):
        path = Path("/proc/net") / table
        for line in path.read_text().splitlines()[1:] if path.exists() else ():
            _, local, _, state, *_ = line.split()
            address, _, number = local.partition(":")
            if state == "0A" and int(number, 16) == port:
                words = [bytes.fromhex(address[n : n + 8])[::-1] for n in range(0, len(address), 8)]
                found.add(socket.inet_ntop(family, b"".join(words)))
    return found
