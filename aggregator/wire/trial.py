"""What other sources and filters would have made of the items that came (pure)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from aggregator.domain import Item, PollState, Republish, Source
from aggregator.wire.filters import excluded_by


@dataclass(frozen=True, slots=True)
class Move:
    """An item that would enter the feeds or leave them, and why."""

    item: Item
    enters: bool
    why: str


@dataclass(frozen=True, slots=True)
class Load:
    """How often a host is asked in a day, now and then."""

    host: str
    before: float
    after: float


def moves(
    items: Iterable[Item], before: Mapping[str, Source], after: Mapping[str, Source]
) -> list[Move]:
    """Which of the stored items would enter or leave the feeds if the sources were ``after``.

    What a removed source brought stays as it is: its items are kept.
    """
    found = []
    for item in items:
        old, new = before.get(item.source_id), after.get(item.source_id)
        if new is None or old is None or item.held:
            continue
        was, then = _kept_off(old, item), _kept_off(new, item)
        if (was is None) != (then is None):
            found.append(Move(item, then is None, then or f"no longer {was}"))
    return found


def loads(
    before: Iterable[Source],
    after: Iterable[Source],
    states: Mapping[str, PollState],
    default: timedelta,
) -> list[Load]:
    """The hosts that would be asked more or less often, by the intervals and paces of the sources;
    what servers and feeds ask for may make that less.
    """
    old, new = (_per_host(sources, states, default) for sources in (before, after))
    hosts = sorted(old.keys() | new.keys())
    return [Load(h, old[h], new[h]) for h in hosts if abs(old[h] - new[h]) >= 0.5]


def _kept_off(source: Source, item: Item) -> str | None:
    if source.republish is Republish.NONE:
        return "republish: none"
    return excluded_by(source, item.title, item.url, item.categories)


def _per_host(
    sources: Iterable[Source], states: Mapping[str, PollState], default: timedelta
) -> defaultdict[str, float]:
    count: defaultdict[str, float] = defaultdict(float)
    for source in sources:
        if source.enabled:
            state = states.get(source.id)
            pace = state.pace if state and state.url == source.url else None
            count[urlsplit(source.url).netloc] += timedelta(days=1) / (
                source.interval or pace or default
            )
    return count
