"""The operator's files are edited while the service runs."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest

from aggregator.settings import SITE, SOURCES
from aggregator.store import Store
from tests.conftest import Install
from tests.journeys.service import Installation, free_port
from tests.journeys.test_service import get as served
from tests.journeys.test_service import rss
from tests.origin import Origin
from tests.settings.test_wrong_configs import WRONG

# The environment of an installation has host_rate, and wins over what a file says.
_REFUSED = [row for row in WRONG if "host_rate:" not in row[1]]
SAMPLE = _REFUSED[:: len(_REFUSED) // 6]
PROMISED = 5
"""Seconds after which a change counts."""


def eventually(holds: Callable[[], object], seconds: float = 60) -> float:
    """Wait until it holds; how many seconds that took."""
    started = time.monotonic()
    while not holds():
        assert time.monotonic() - started < seconds, "it did not happen in time"
        time.sleep(0.05)
    return time.monotonic() - started


class Running:
    """A command that stays up, with what it said so far."""

    def __init__(self, house: Installation, *args: str) -> None:
        self._log = house.folder / "log"
        with self._log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "aggregator", *args],
                cwd=house.folder, env=house.environ, stderr=log,
            )  # fmt: skip

    @property
    def said(self) -> str:
        return self._log.read_text()


@contextmanager
def running(house: Installation, *args: str) -> Iterator[Running]:
    service = Running(house, *args)
    try:
        yield service
    finally:
        service.process.terminate()
        assert service.process.wait(120) == 0, service.said[-3000:]


@pytest.fixture
def house(install: Install, origin: Origin) -> Installation:
    house = install(allow=f"127.0.0.1:{origin.port}")
    house.declare([entry(origin, "a")])
    house.run("db", "upgrade")
    return house


def entry(origin: Origin, key: str) -> dict[str, object]:
    return {"id": key, "name": key.upper(), "url": origin.put(f"/{key}", rss(1), ETag='"1"')}


def asked(origin: Origin, key: str) -> int:
    return sum(path == f"/{key}" for path, _ in origin.requests)


def get(url: str) -> str:
    return served(url).decode()


@pytest.mark.timeout(900)
def test_edits_count_within_seconds_or_are_refused_while_the_service_goes_on(
    house: Installation, origin: Origin
) -> None:
    port = free_port()
    site = f"http://127.0.0.1:{port}"
    config = house.folder / "config"
    good = {name: (config / name).read_text() for name in (SOURCES, SITE)}

    def state() -> dict:
        return dict(json.loads(get(f"{site}/health"))["config"])

    with running(house, "run", "--port", str(port)) as service:
        eventually(lambda: "serving on" in service.said and asked(origin, "a"), 60)
        for file, text, told in SAMPLE:
            (config / file).write_text(text)
            line = f"config refused, the one before goes on: config/{file}:{told}"
            assert eventually(lambda line=line: line in service.said) < PROMISED
            # The web is another process, and looks for itself.
            assert eventually(lambda: state()["problems"] == 1) < PROMISED
            (config / file).write_text(good[file])
            eventually(lambda: state()["problems"] == 0)
        house.declare([entry(origin, "a"), entry(origin, "b")])
        assert eventually(lambda: asked(origin, "b")) < PROMISED
        (config / SITE).write_text("title: Another title\nhost_rate: 7\n")
        service.process.send_signal(signal.SIGHUP)
        eventually(lambda: "Another title" in get(f"{site}/"))
        assert state()["waiting_for_restart"] == []  # the environment has host_rate, and wins
        house.declare([entry(origin, "b")])
        eventually(lambda: "1 sources removed" in service.said)
        assert "Titre 1" in get(f"{site}/feed.json"), "what a removed source brought stays"
        assert (asked(origin, "a"), asked(origin, "b")) == (1, 1)
        assert "Traceback" not in service.said
    with closing(Store(house.database_url)) as store:
        noted = [one.detail for one in store.audit.latest(9) if one.action == "files taken up"]
    # What counted and no other, each once; two that came at once may be in one entry.
    assert sorted(", ".join(noted).split(", ")) == ["1 sources added", "1 sources removed", "title"]


@pytest.mark.timeout(900)
def test_a_thousand_sources_are_polled_once_each_while_the_file_changes(
    house: Installation, origin: Origin
) -> None:
    house.environ["AGGREGATOR_HOST_CONNECTIONS"] = "20"
    many = [entry(origin, f"s{n}") for n in range(1000)]
    house.declare(many)
    with running(house, "schedule") as service:
        eventually(lambda: len(origin.requests) > 200, 120)
        # A hundred go, fifty come, the others change places and names.
        kept = [one | {"name": "Renamed"} for one in reversed(many[:900])]
        new = [entry(origin, f"new{n}") for n in range(50)]
        house.declare(kept + new)
        said = "50 sources added, 100 sources removed"
        assert eventually(lambda: said in service.said) < PROMISED
        everyone = {str(one["id"]) for one in kept + new}
        eventually(lambda: everyone <= {path[1:] for path, _ in origin.requests}, 240)
        eventually(lambda: service.said.count(" outcome=") >= len(origin.requests), 240)
    counts = Counter(path for path, _ in origin.requests)
    assert set(counts.values()) == {1}, "no poll doubled"
    with closing(Store(house.database_url)) as store:
        health = store.sources.health()
        assert store.items.count() == len(origin.requests), "and none lost, of the removed neither"
    assert {one.source.id for one in health} == everyone
    assert all(
        one.items == 1 and one.source.name in ("Renamed", one.source.id.upper()) for one in health
    )
