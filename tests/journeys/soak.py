"""Weeks of polling in fast time: what the service comes to hold, and whether anything is lost.

``python -m tests.journeys.soak [--days 14] [--hour 1.4] [--sources 60]`` runs ``aggregator run`` with
an hour of so many seconds and prints a line a day and the slopes of the second half; the tests run
a day of it. Each source is asked once an hour, has news every third one, rewords its last headline,
and now and then fails or sends half a document; readers come all the time.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import urllib.request
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from statistics import linear_regression, median
from tempfile import TemporaryDirectory
from typing import Any

import feedparser

from tests.build import WORDS
from tests.journeys.newsrooms import Newsroom, until
from tests.journeys.service import free_port
from tests.origin import Answer, Origin

SHOWN = 20
NEWS_EVERY = 3
"""Hours from one report of a source to its next."""


class Papers(dict[str, Answer]):
    """Sources as they are at the hour ``now``; reports are dated back, so that ``days`` have passed
    between the first one and the last.
    """

    def __init__(self, days: float) -> None:
        super().__init__()
        self.now = 0.0
        self.trouble = True
        self.asked: Counter[str] = Counter()
        self._first = datetime.now(UTC) - timedelta(days=days)

    def newest(self, name: str) -> int:
        """The number of a source's last report; they do not all come at the same time."""
        return SHOWN + int(self.now + int(name[1:]) % NEWS_EVERY) // NEWS_EVERY

    def get(self, path: str, default: Any = None) -> Any:
        if not path.startswith("/s"):
            return default
        name = path[1:]
        self.asked[name] += 1
        turn = self.asked[name] + int(name[1:])
        if self.trouble and turn % 23 == 0:
            return Answer(status=503)
        newest = self.newest(name)
        reworded = self.now % NEWS_EVERY > NEWS_EVERY / 2 or not self.trouble
        body = self._document(name, newest, reworded=reworded).encode()
        # Without this, what has no validators would be asked as seldom as its news are old.
        headers = {"Cache-Control": "max-age=1"}
        if self.trouble and turn % 29 == 0:
            return Answer(body[: len(body) // 2], headers=headers)
        if int(name[1:]) % 5:
            headers["ETag"] = f'"{newest}{reworded}"'
        return Answer(body, headers=headers)

    def expected(self, sources: int) -> set[tuple[str, str]]:
        """Every report there was."""
        names = [f"s{number}" for number in range(sources)]
        return {(name, f"{name}-{n}") for name in names for n in range(1, self.newest(name) + 1)}

    def _document(self, name: str, newest: int, *, reworded: bool) -> str:
        entries = "".join(
            self._entry(name, number, reworded=reworded and number == newest)
            for number in range(newest, newest - SHOWN, -1)
        )
        return f"<rss version='2.0'><channel><title>{name}</title>{entries}</channel></rss>"

    def _entry(self, name: str, number: int, *, reworded: bool) -> str:
        # Three sources report the same.
        chance = random.Random(f"{int(name[1:]) // 3}-{number}")
        title = " ".join(chance.choices(WORDS, k=6)).capitalize()
        text = " ".join(chance.choices(WORDS, k=120))
        at = self._first + timedelta(hours=NEWS_EVERY * (number - SHOWN))
        return (
            f"<item><guid isPermaLink='false'>{name}-{number}</guid>"
            f"<title>{title} {number}{', says the mayor' if reworded else ''}</title>"
            f"<link>http://{name}.example/{number}</link><pubDate>{format_datetime(at)}</pubDate>"
            f"<description>{text}.</description></item>"
        )


@dataclass(frozen=True, slots=True)
class Sample:
    """What the service held in the middle of a day, and what there was at its end.

    ``megabytes`` is of the process that polls, of those that answer readers, and of those that
    read documents.
    """

    polls: int
    items: int
    database: int
    megabytes: tuple[float, float, float]
    descriptors: float
    threads: float

    def __str__(self) -> str:
        polling, web, reading = self.megabytes
        return (
            f"{self.polls:6} polls {self.items:6} items {polling:6.1f} + {web:5.1f} + {reading:5.1f} MB "
            f"{self.descriptors:6.1f} descriptors {self.threads:5.1f} threads "
            f"{self.database / 1e6:7.2f} MB of database"
        )


@dataclass(frozen=True, slots=True)
class Held:
    """What a process holds: megabytes that are its own, or its share of what several have."""

    kind: int
    megabytes: float
    descriptors: int
    threads: int


class Soak:
    """A newsroom that runs in fast time, its sources and its readers; to be closed."""

    def __init__(
        self,
        folder: Path,
        origin: Origin,
        database_url: str,
        *,
        days: float,
        hour: float,
        sources: int,
    ) -> None:
        self._hour, self._sources = hour, sources
        self.papers = origin.answers = Papers(days)
        self._room = Newsroom(
            folder / "house", origin, database_url,
            sources=sources, hour=hour, interval=hour,
        )  # fmt: skip
        port = free_port()
        self._url = f"http://127.0.0.1:{port}"
        self._service = self._room.start("run", "--port", str(port))
        self._ids: dict[str, str] = {}
        until(self._is_up)
        until(lambda: len(self._stored()) >= sources * SHOWN)

    def pass_(self, hours: int) -> Sample:
        """Let hours pass, in each of which readers come."""
        held: list[list[Held]] = []
        for _ in range(hours):
            began = time.monotonic()
            self.read()
            held.append(_held(self._service.pid))
            self.papers.now += 1
            time.sleep(max(0, self._hour - (time.monotonic() - began)))
        assert self._service.poll() is None, self._room.log[-2000:]
        polling, web, reading = (
            median(sum(one.megabytes for one in then if one.kind == kind) for then in held)
            for kind in range(3)
        )
        return Sample(
            self.papers.asked.total(),
            len(self._stored()),
            self._room.house.lines("db", "size")[0]["bytes"],
            (polling, web, reading),
            median(sum(one.descriptors for one in then) for then in held),
            median(sum(one.threads for one in then) for then in held),
        )

    def read(self) -> None:
        """What readers come for is there; an entry keeps its id."""
        for path in ("/", "/feed.json", "/health", "/feed.atom"):
            with urllib.request.urlopen(self._url + path, timeout=30) as answer:
                body = answer.read()
        entries = feedparser.parse(body).entries
        assert entries
        for entry in entries:
            assert self._ids.setdefault(entry.link, entry.id) == entry.id, "an id has changed"

    def end(self) -> None:
        """Sources are well for the rest; then everything that they showed is stored, once."""
        self.papers.trouble = False
        expected = self.papers.expected(self._sources)
        until(lambda: set(self._stored()) >= expected)
        self._room.stop()
        assert self._service.returncode == 0, self._room.log[-2000:]
        stored = self._stored()
        assert set(stored) == expected
        assert len(stored) == len(expected), "something was doubled"
        assert "Traceback" not in self._room.log

    def close(self) -> None:
        """Kill what runs."""
        self._room.close()

    def _is_up(self) -> bool:
        with suppress(OSError), urllib.request.urlopen(self._url + "/feed.atom") as answer:
            return b"<entry>" in answer.read()
        return False

    def _stored(self) -> list[tuple[str, str]]:
        return [(row[0], row[3]) for row in self._room.stored()["items"]]


def _held(pid: int) -> list[Held]:
    """What a process and its descendants hold, those left out that have just ended."""
    family, found = [pid], []
    for one in family:
        process = Path(f"/proc/{one}")
        with suppress(OSError, IndexError):
            for task in (process / "task").iterdir():
                family += map(int, (task / "children").read_text().split())
            share = (process / "smaps_rollup").read_text().split("Pss:")[1].split()[0]
            command = (process / "cmdline").read_bytes()
            kind = 0 if one == pid else 1 if b"spawn_main" in command else 2
            descriptors = len(list((process / "fd").iterdir()))
            threads = len(list((process / "task").iterdir()))
            found.append(Held(kind, int(share) * 1024 / 1e6, descriptors, threads))
    return found


def slopes(samples: list[Sample]) -> str:
    """How fast grew what was held."""
    polls, days = [one.polls / 10_000 for one in samples], range(len(samples))
    memory = [
        linear_regression(polls, [one.megabytes[kind] for one in samples]).slope
        for kind in range(3)
    ]
    descriptors = linear_regression(days, [one.descriptors for one in samples]).slope
    threads = linear_regression(days, [one.threads for one in samples]).slope
    database = linear_regression(days, [one.database / 1e6 for one in samples]).slope
    return (
        f"{memory[0]:+.2f}, {memory[1]:+.2f} and {memory[2]:+.2f} MB per 10,000 polls; "
        f"{descriptors:+.2f} descriptors, {threads:+.2f} threads, {database:+.2f} MB of database a day"
    )


def main() -> None:
    """Run as a command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--hour", type=float, default=1.4)
    parser.add_argument("--sources", type=int, default=60)
    options = parser.parse_args()
    with TemporaryDirectory() as name, Origin("0.0.0.0") as origin:
        soak = Soak(
            Path(name), origin, f"sqlite:///{name}/soak.db",
            days=options.days, hour=options.hour, sources=options.sources,
        )  # fmt: skip
        with closing(soak):
            samples = []
            for day in range(1, options.days + 1):
                samples.append(soak.pass_(24))
                sys.stdout.write(f"day {day:2}: {samples[-1]}\n")
                sys.stdout.flush()
            soak.end()
    later = samples[len(samples) // 2 :]
    sys.stdout.write("nothing lost, nothing doubled, no id changed\n")
    if len(later) > 1:
        sys.stdout.write(f"slopes of the last {len(later)} days: {slopes(later)}\n")


if __name__ == "__main__":
    main()
