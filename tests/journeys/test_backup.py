"""A backup taken while everything is polled, restored elsewhere: the same newsroom."""

from __future__ import annotations

import threading
import urllib.request

from tests.conftest import Install
from tests.journeys.service import Installation, free_port
from tests.origin import Origin

SOURCES, ITEMS = 40, 10


def feed(number: int, items: int) -> str:
    entries = "".join(
        f"<item><guid>g{number}-{n}</guid><title>Report {n} of {number}</title>"
        f"<link>https://s{number}.example/{n}</link></item>"
        for n in range(items)
    )
    return f"<rss version='2.0'><channel><title>S{number}</title>{entries}</channel></rss>"


def served(place: Installation) -> tuple[list[dict[str, object]], bytes]:
    """The items, and the feed to the byte."""
    port = free_port()
    process = place.start("serve", "--port", str(port))
    try:
        assert process.stderr
        while "serving on" not in process.stderr.readline():
            assert process.poll() is None
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/feed.atom", timeout=30) as answer:
            body = answer.read()
    finally:
        process.terminate()
        process.communicate(timeout=120)
    return place.lines("items", "--limit", "10000"), body


def test_a_backup_under_load_is_the_same_newsroom_elsewhere(
    origin: Origin, install: Install
) -> None:
    sources = []
    for number in range(SOURCES):
        url = origin.put(f"/{number}", feed(number, ITEMS), Content_Type="application/rss+xml")
        sources.append({"id": f"s{number}", "name": f"S{number}", "url": url})
    here = install("here", allow="127.0.0.0/8")
    here.declare(sources)
    here.run("db", "upgrade")
    polling = threading.Thread(target=lambda: here.run("poll"))
    polling.start()
    backups = []
    while polling.is_alive():
        backups.append(f"backup-{len(backups)}.db")
        here.run("db", "backup", backups[-1])
    polling.join()
    here.run("items", "--limit", "1")  # groups what has come
    here.run("db", "backup", "whole.db")
    items, body = served(here)
    assert len(items) == SOURCES * ITEMS

    there = install("there", allow="127.0.0.0/8")
    there.declare(sources)
    there.run("db", "restore", str(here.folder / "whole.db"))
    there.run("db", "check")
    assert served(there) == (items, body)

    # What was copied in the middle of it is a part of the same, and goes on to become all of it.
    known = {one["guid"]: one["id"] for one in items}
    middle = backups[len(backups) // 2]
    there.run("db", "restore", str(here.folder / middle))
    there.run("db", "check")
    then = there.lines("items", "--limit", "10000")
    assert all(known[one["guid"]] == one["id"] for one in then)
    there.run("poll")
    again = there.lines("items", "--limit", "10000")
    assert {one["guid"] for one in again} == set(known)
    kept = {one["guid"]: one["id"] for one in again}
    assert all(kept[one["guid"]] == one["id"] for one in then)
