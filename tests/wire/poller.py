"""A poller over a real store and a real origin, for tests of what polls do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from aggregator.domain import PollReport
from aggregator.jobs.polling import Polling
from aggregator.settings import load
from aggregator.store import Store
from aggregator.wire.parsers import Parsers
from tests.build import NOW


class Clock:
    """A clock that is set by hand."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


class Bench:
    """Polls by name, one after the other."""

    def __init__(self, polling: Polling) -> None:
        self._polling = polling

    def poll(self, *ids: str) -> list[PollReport]:
        return list(self._polling.run(self._polling.claim(ids)))

    def due(self) -> list[str]:
        """Poll what is due; which sources that were."""
        jobs = self._polling.claim_due()
        list(self._polling.run(jobs))
        return sorted(job.source.id for job in jobs)

    def start_due(self, limit: int) -> None:
        """Start what is due as the scheduler does, without waiting for it."""
        self._polling.start_due(limit, lambda _report: None)


@contextmanager
def polling(
    store: Store, folder: Path, clock: Clock, parsers: Parsers | None = None, **environ: str
) -> Iterator[Bench]:
    (folder / "sources.yaml").write_text("sources: []\n")
    given: dict[str, Any] = {
        "AGGREGATOR_ALLOW_NETWORKS": "127.0.0.0/8",
        "AGGREGATOR_HOST_RATE": "0",
    }
    running = Polling(load(folder, given | environ), store, clock, parsers)
    try:
        yield Bench(running)
    finally:
        running.close()


def rss(*numbers: int, head: str = "") -> str:
    """A feed of these entries."""
    entries = "".join(
        f"<item><title>Title {n}</title><guid>g{n}</guid><link>https://p.example/{n}</link>"
        f"<description>Text {n}</description></item>"
        for n in numbers
    )
    atom = 'xmlns:atom="http://www.w3.org/2005/Atom"'
    return f'<rss version="2.0" {atom}><channel><title>F</title>{head}{entries}</channel></rss>'
