"""A newsroom on several processes, and an origin whose documents grow with each request."""

from __future__ import annotations

import subprocess
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import case, select

from aggregator.store import Store
from aggregator.store.queued import PREFIX
from aggregator.store.schema import items, poll_states, revisions
from tests.databases import opened
from tests.journeys.service import Installation
from tests.origin import Answer, Origin
from tests.queues import forget

HOSTS = 6
"""So many names the origin has."""

LOOPBACKS = tuple(f"127.0.0.{n + 1}" for n in range(HOSTS))


class Growing(dict[str, Answer]):
    """At each request a source has one more item, up to so many; its first one is reworded once.

    Whoever asks with the last validator gets a 304, when there is nothing more.
    """

    def __init__(self, rounds: int) -> None:
        super().__init__()
        self.rounds = rounds
        self.asked: Counter[str] = Counter()

    def get(self, path: str, default: Any = None) -> Any:
        if not path.startswith("/s"):
            return default
        self.asked[path] += 1
        version = min(self.asked[path], self.rounds)
        return Answer(_document(path[1:], version).encode(), headers={"ETag": f'"{version}"'})


class Newsroom:
    """The program's processes on one database, with or without a queue; to be closed."""

    def __init__(
        self,
        folder: Path,
        origin: Origin,
        database_url: str,
        broker_url: str | None = None,
        *,
        sources: int,
        rate: str = "0",
        hour: float = 36,
        interval: float | None = None,
        hosts: Sequence[str] = LOOPBACKS,
        allow: str = "127.0.0.0/8",
    ) -> None:
        self.url = database_url
        self.broker_url = broker_url
        self.processes: list[subprocess.Popen[str]] = []
        self.house = house = Installation(folder, allow=allow, database_url=database_url)
        house.environ |= {"AGGREGATOR_HOUR": str(hour), "AGGREGATOR_HOST_RATE": rate}
        if broker_url:
            house.environ["AGGREGATOR_BROKER_URL"] = broker_url
        addresses = [f"http://{host}:{origin.port}" for host in hosts]
        house.declare(
            [
                {"id": f"s{n}", "name": f"S {n}", "url": f"{addresses[n % HOSTS]}/s{n}",
                 "interval": f"{interval or hour / 12}s"}
                for n in range(sources)
            ]
        )  # fmt: skip
        house.run("db", "upgrade")
        with closing(Store(database_url)) as store:
            self._queue = f"aggregator.{store.installation_id()[:8]}"

    def start(self, *command: str, wrap: Sequence[str] = ()) -> subprocess.Popen[str]:
        """Start one of the program's processes, under another command if need be; it is killed in
        the end.
        """
        with (self.house.folder / "log").open("ab") as log:
            process = self.house.start(*command, output=log, wrap=wrap)
        self.processes.append(process)
        return process

    @property
    def log(self) -> str:
        """What all processes have said."""
        return (self.house.folder / "log").read_text()

    def etags(self) -> set[str | None]:
        """The validators that the sources have by now."""
        return {row[0] for row in self._rows(select(poll_states.c.etag))}

    def stored(self) -> dict[str, list[tuple[Any, ...]]]:
        """What polling has left, without what must differ: numbers, times, whether a source was
        asked once more, and whether it waits in a queue to be.
        """
        said = ("source_id", "identity", "entry_id", "guid", "url", "canonical_url", "title",
                "summary", "content", "text", "search", "revision", "digest")  # fmt: skip
        learnt = ("source_id", "url", "etag", "body_digest", "failures", "error", "seen",
                  "entries", "compared")  # fmt: skip
        worker = poll_states.c.leased_by
        held = case((worker.startswith(PREFIX), None), else_=worker)
        versions = select(items.c.source_id, items.c.guid, revisions.c.number, revisions.c.title)
        queries = {
            "items": select(*(items.c[name] for name in said)),
            "revisions": versions.join(revisions, revisions.c.item_id == items.c.id),
            "poll_states": select(*(poll_states.c[name] for name in learnt), held),
        }
        return {name: sorted(map(tuple, self._rows(q)), key=repr) for name, q in queries.items()}

    def stop(self) -> None:
        """End the processes as an operator does, so that nothing is left leased."""
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(timeout=120)

    def close(self) -> None:
        """Kill what runs and leave nothing in the broker."""
        for process in self.processes:
            process.kill()
            process.wait()
        if self.broker_url:
            forget(self.broker_url, self._queue)

    def _rows(self, query: Any) -> list[Any]:
        with opened(self.url) as connection:
            return list(connection.execute(query))


def gaps(asked: list[tuple[str, float]]) -> list[float]:
    """The times between two requests for the same source."""
    last: dict[str, float] = {}
    found = []
    for path, at in asked:
        if path in last:
            found.append(at - last[path])
        last[path] = at
    return found


def crowded(asked: list[tuple[str, float]], *, rate: float, slack: float) -> list[Any]:
    """Where a host was asked oftener than ``rate`` a second: six starts within too short a time."""
    by_host: dict[int, list[float]] = defaultdict(list)
    for path, at in asked:
        by_host[int(path.removeprefix("/s")) % HOSTS].append(at)
    least = 5 / rate - slack
    return [
        (host, last - first)
        for host, times in by_host.items()
        for first, last in zip(times, times[5:], strict=False)
        if last - first < least
    ]


def until(true: Callable[[], object], seconds: float = 240, *, every: float = 0.2) -> None:
    """Wait for it; fails when it takes longer."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(every)


def _document(name: str, version: int) -> str:
    entries = "".join(
        f"<item><guid isPermaLink='false'>{name}-{n}</guid><title>{_title(name, n, version)}</title>"
        f"<link>http://{name}.example/{n}</link><description>Report {n} of {name}.</description>"
        "</item>"
        for n in range(1, version + 1)
    )
    return f"<rss version='2.0'><channel><title>{name}</title>{entries}</channel></rss>"


def _title(name: str, number: int, version: int) -> str:
    if number == 1 and version >= 3:
        return f"Quite another headline of {name}"
    return f"Report number {number} that {name} has"
