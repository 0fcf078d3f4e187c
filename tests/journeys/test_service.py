"""The running service, as its operators and subscribers meet it."""

from __future__ import annotations

import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import feedparser
import pytest

from tests.cli.test_users import users
from tests.conftest import Install
from tests.jobs.hub import Hub
from tests.journeys.service import Installation, free_port
from tests.origin import Origin

RSS = """<rss version="2.0"><channel><title>Le Fanal</title><link>https://fanal.example/</link>
<description/><language>fr</language>{items}</channel></rss>"""
ITEM = """<item><title>Titre {n} &amp; « suite »</title><link>https://fanal.example/{n}</link>
<guid isPermaLink="false">tag:fanal.example,2026:{n}</guid>
<pubDate>Mon, 19 Jan 2026 {n:02}:00:00 +0000</pubDate><description>Texte {n}.</description></item>"""


def rss(*numbers: int) -> str:
    return RSS.format(items="".join(ITEM.format(n=n) for n in numbers))


def get(url: str) -> bytes:
    """GET, trying again for a minute while nobody listens yet."""
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(url, timeout=10) as response:
                return bytes(response.read())
        except OSError:
            if time.monotonic() > deadline:
                raise


def wait_for(url: str, text: bytes) -> bytes:
    """GET until the body has the text, for half a minute."""
    deadline = time.monotonic() + 30
    while text not in (body := get(url)):
        assert time.monotonic() < deadline, body
    return body


@pytest.fixture
def house(install: Install, origin: Origin) -> Installation:
    house = install(allow=f"127.0.0.1:{origin.port}")
    house.environ["AGGREGATOR_HOUR"] = "12"
    # Longer than a busy machine takes until the service is stopped.
    house.environ["AGGREGATOR_FETCH_TIMEOUT"] = "100s"
    house.declare(
        [
            {"id": "fanal", "name": "Le Fanal", "url": origin.put("/fanal", rss(1, 2), ETag='"1"'), "interval": "1s"},
            {"id": "slow", "name": "Slow", "url": f"{origin.url}/slow"},
            {"id": "away", "name": "Away", "url": "http://127.0.0.1:1/feed"},
        ]
    )  # fmt: skip
    origin.hanging.add("/slow")
    house.run("db", "upgrade")
    return house


@pytest.fixture
def running(house: Installation) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    port = free_port()
    process = house.start("run", "--port", str(port))
    yield f"http://127.0.0.1:{port}", process
    process.kill()
    process.communicate()


def test_run_polls_serves_and_stops_in_the_middle_of_a_poll(
    running: tuple[str, subprocess.Popen[str]], house: Installation, origin: Origin
) -> None:
    url, process = running
    body = wait_for(f"{url}/feed.atom", b"Titre 2")
    entries = feedparser.parse(BytesIO(body)).entries
    assert [e.title for e in entries] == ["Titre 2 & « suite »", "Titre 1 & « suite »"]

    origin.put("/fanal", rss(2, 3), ETag='"2"')
    wait_for(f"{url}/feed.atom", b"Titre 3")
    assert b"Titre 3" in get(f"{url}/")
    deadline = time.monotonic() + 30
    while not all(item["story"] for item in house.lines("items")):
        assert time.monotonic() < deadline, "the service groups what it stores"

    process.send_signal(signal.SIGTERM)
    _, log = process.communicate(timeout=120)
    assert process.returncode == 0
    assert "Traceback" not in log
    assert 'source=away outcome=failed error="127.0.0.1 is not a public address' in log
    slow = next(s for s in house.lines("sources", "list") if s["id"] == "slow")
    assert (slow["state"], slow["failures"]) == ("new", 0), "who was interrupted did not fail"


def test_a_killed_service_loses_and_doubles_nothing(house: Installation, origin: Origin) -> None:
    for round_ in range(4):
        origin.put("/fanal", rss(*range(1, 3 + 2 * round_)), ETag=f'"{round_}"')
        process = house.start("schedule")
        deadline = time.monotonic() + 20
        while len(house.lines("items")) < 2 + 2 * round_ and round_ < 3:
            assert time.monotonic() < deadline
        process.kill()
        process.communicate()
    # What the killed process held is free again when its lease has lapsed.
    guids = [item["guid"] for item in house.lines("items")]
    assert len(guids) == len(set(guids)) >= 6


def test_readers_see_the_same_entries(
    running: tuple[str, subprocess.Popen[str]], tool, tmp_path: Path
) -> None:
    url = f"{running[0]}/feed.atom"
    body = wait_for(url, b"Titre 2")
    expected = sorted(e.title for e in feedparser.parse(BytesIO(body)).entries)

    rc = tmp_path / "sfeedrc"
    rc.write_text(f"sfeedpath={tmp_path}/sfeed\nfeeds() {{ feed ours '{url}'; }}\n")
    subprocess.run([tool("sfeed_update"), rc], check=True, capture_output=True, timeout=300)
    rows = (tmp_path / "sfeed" / "ours").read_text().splitlines()
    assert sorted(row.split("\t")[1] for row in rows) == expected
    assert {row.split("\t")[5] for row in rows} == {
        "tag:fanal.example,2026:1", "tag:fanal.example,2026:2",
    }  # fmt: skip

    (tmp_path / "urls").write_text(f"{url}\n")
    newsboat = [
        tool("newsboat"),
        "-u",
        tmp_path / "urls",
        "-c",
        tmp_path / "cache.db",
        "-C",
        "/dev/null",
    ]
    subprocess.run([*newsboat, "-x", "reload"], check=True, capture_output=True, timeout=300)
    import sqlite3

    connection = sqlite3.connect(tmp_path / "cache.db")
    found = connection.execute("SELECT title, guid FROM rss_item").fetchall()
    connection.close()
    assert sorted(title for title, _ in found) == expected
    assert {guid for _, guid in found} == {f"tag:fanal.example,2026:{n}" for n in (1, 2)}


def test_the_hub_is_told_of_what_a_command_publishes(house: Installation, origin: Origin) -> None:
    with Hub() as hub:
        house.environ["AGGREGATOR_HUB"] = hub.url
        house.environ["AGGREGATOR_ALLOW_NETWORKS"] += f",{hub.url.removeprefix('http://')[:-1]}"
        # As in real life: a beat is 5 seconds.
        del house.environ["AGGREGATOR_HOUR"]
        house.declare([{"id": "fanal", "name": "Le Fanal", "url": f"{origin.url}/fanal"}])
        house.run("poll", "fanal")
        assert users(house, "add", "anna", "--name", "Anna", "--role", "publisher") == (0, "")
        (house.folder / "body.md").write_text("It is open.\n")
        wording = ("--editor", "anna", "--headline", "Tunnel", "--body", "body.md", "--item", "1")
        brief = house.run("briefs", "new", *wording).stdout.strip()
        process = house.start("schedule", output=subprocess.DEVNULL)
        try:
            _until(lambda: len(hub.asked) == 1)
            house.run("briefs", "publish", brief, "--editor", "anna")
            published = time.monotonic()
            _until(lambda: len(hub.asked) == 2)
            assert time.monotonic() - published < 10
        finally:
            process.terminate()
            process.wait(60)
    assert {told["hub.mode"] for told in hub.asked} == {"publish"}


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)
