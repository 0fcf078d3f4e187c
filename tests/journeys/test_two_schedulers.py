"""Two schedulers on one database: one polls, and the other takes over when it is killed."""

from __future__ import annotations

import time
from pathlib import Path

from tests.journeys.service import Installation
from tests.origin import Origin

SOURCES = 10


def test_each_source_is_polled_once_and_the_second_takes_over(
    database_url: str, origin: Origin, tmp_path: Path
) -> None:
    house = Installation(tmp_path / "house", allow="127.0.0.0/8", database_url=database_url)
    house.environ["AGGREGATOR_HOUR"] = "36"
    feed = "<rss><channel/></rss>"
    house.declare(
        [
            {"id": f"s{n}", "name": f"S {n}", "url": origin.put(f"/s{n}", feed, ETag='"1"'), "interval": "3s"}
            for n in range(SOURCES)
        ]
    )  # fmt: skip
    house.run("db", "upgrade")
    first = house.start("schedule")
    try:
        until(lambda: len(origin.times) >= SOURCES)
        second = house.start("schedule")
        try:
            before = len(origin.times)
            until(lambda: len(origin.times) >= before + 3 * SOURCES)
            assert gaps(origin)[0] > 2.5, "nobody is asked by both"
            first.kill()
            killed = time.monotonic()
            until(lambda: any(at > killed + 1 for _, at in origin.times))
            assert time.monotonic() - killed < 10
        finally:
            second.kill()
            log = second.communicate()[1]
        assert "standing by: another process polls" in log
    finally:
        first.kill()
        first.communicate()


def gaps(origin: Origin) -> list[float]:
    """The times between two requests for the same source, shortest first."""
    last: dict[str, float] = {}
    found = []
    for path, at in origin.times:
        if path in last:
            found.append(at - last[path])
        last[path] = at
    return sorted(found)


def until(true) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)
