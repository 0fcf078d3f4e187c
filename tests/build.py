"""Values for tests, made through the public functions that make them in the program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from aggregator.domain import Decision, Document, ParsedItem, PollResult, PollState, Source
from aggregator.store import Store
from aggregator.wire.decide import decide
from aggregator.wire.filters import excluded_by
from aggregator.wire.identity import marks, sightings

NOW = datetime(2026, 1, 20, 9, 0, tzinfo=UTC)
LEASE = timedelta(minutes=2)
ME = "test:1"
WORDS = [
    "harbour",
    "tunnel",
    "minister",
    "vote",
    "storm",
    "museum",
    "record",
    "train",
    "bridge",
    "court",
    "water",
    "prize",
    "school",
    "river",
    "budget",
    "strike",
    "hospital",
    "factory",
    "island",
    "airport",
    "election",
    "forest",
    "satellite",
    "opera",
    "refugee",
    "mayor",
]
"""Of made-up headlines."""


def source(key: str = "fanal", **changes: Any) -> Source:
    return replace(Source(key, key.title(), f"https://{key}.example/feed"), **changes)


def item(number: int | str = 1, **changes: Any) -> ParsedItem:
    base = ParsedItem(
        guid=f"tag:fanal.example,2026:{number}",
        url=f"https://fanal.example/{number}",
        title=f"Title {number}",
        text=f"Text {number}",
        summary=f"<p>Text {number}</p>",
        published_at=NOW - timedelta(hours=1),
    )
    return replace(base, **changes)


def document(
    body: bytes | str, url: str = "https://fanal.example/feed", **headers: str
) -> Document:
    data = body.encode() if isinstance(body, str) else body
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Document(url, 200, named, data, NOW)


def declare(store: Store, *sources: Source, now: datetime = NOW) -> None:
    store.sources.declare(sources, now, excluded_by)


def decision(store: Store, of: Source, items: Sequence[ParsedItem]) -> Decision:
    """What a document with these items means for what is stored."""
    known = store.items.known({of.id: marks(items)}).get(of.id, [])
    found = sightings(items, known, lambda i: excluded_by(of, i.title, i.url, i.categories))
    return decide(found, known)


def take(
    store: Store, of: Source, *items: ParsedItem, now: datetime = NOW, **state: Any
) -> tuple[int, int]:
    """Lease a source and record a poll that brought these items."""
    (job,) = store.polls.claim([of.id], now, LEASE, ME)
    learnt: PollState = replace(job.state, polled_at=now, succeeded_at=now, **state)
    found = decision(store, of, items)
    assert store.polls.record([PollResult(learnt, found, before=job.state)], ME) == [True]
    return len(found.new), sum(change.visible for change in found.changed)
