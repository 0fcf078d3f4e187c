"""What other sources and filters would make of what came, and of what is asked for (pure)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from aggregator.domain import DeclaredFeed, PollState, Republish, Source


@dataclass(frozen=True, slots=True)
class Load:
    """How often a host is asked in a day, now and then."""

    host: str
    before: float
    after: float


def reason(old: Source | None, new: Source | None, was: str | None, then: str | None) -> str | None:
    """Why readers would no longer see an item, or see it again; None where that is not because of
    its source.

    ``old`` and ``new`` are its source as declared now and in the draft, ``was`` and ``then`` the
    filters that keep it off.
    """
    if new is None:
        return None  # What a removed source brought stays as it is.
    if old is None:
        return "its source is declared again"
    was, then = was or _held_back(old), then or _held_back(new)
    return (then or f"no longer {was}") if was != then else None


def refiled(old: Source | None, new: Source | None, feed: DeclaredFeed) -> str | None:
    """What a feed goes by and is otherwise declared of an item's source in the draft; or None."""
    if old is None or new is None:
        return None
    if feed.categories and old.categories != new.categories:
        return f"categories: {', '.join(new.categories) or 'none'}"
    if feed.languages and old.language != new.language:
        return f"language: {new.language or 'none'}"
    return None


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


def _held_back(source: Source) -> str | None:
    return "republish: none" if source.republish is Republish.NONE else None


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
