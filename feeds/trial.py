"""What a draft of the operator's files would make of what came in the last days: it is declared for
trial, every feed is asked what belongs in it, and all of that is undone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from aggregator.domain import DeclaredFeed, Source
from aggregator.settings import Settings
from aggregator.store import Store
from aggregator.wire.filters import excluded_by, verdicts
from aggregator.wire.trial import reason, refiled
from feeds.newsstand import Belonging, Newsstand


@dataclass(frozen=True, slots=True)
class Move:
    """An item of ``source``, or a brief, that would enter the feed at a path or leave it."""

    feed: str
    number: int
    title: str
    enters: bool
    why: str
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """How much belongs in a feed, or is kept off by a filter of a source, now and then."""

    name: str
    before: int
    after: int
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """What a draft would change; ``came`` is how many items each source brought.

    Of ``feeds`` all are there, of ``filters`` those of the sources whose filters change.
    """

    moves: tuple[Move, ...]
    feeds: tuple[Count, ...]
    filters: tuple[Count, ...]
    came: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _State:
    """What the files say, and what that makes of what is stored."""

    sources: Mapping[str, Source]
    declared: Mapping[str, DeclaredFeed]
    feeds: Mapping[str, Belonging]
    excluded: Mapping[int, tuple[str, str]]


def rehearse(
    store: Store, settings: Settings, draft: Settings, since: datetime, now: datetime
) -> Trial:
    """Try a draft on what came out ``since`` then; nothing is changed. Raises StoreError."""
    with store.rehearsal(since) as stage:
        before = _state(stage, settings, since, now)
        after = _state(stage, draft, since, now)
        found = [
            (path, before.feeds.get(path, Belonging()), after.feeds.get(path, Belonging()))
            for path in dict.fromkeys([*before.feeds, *after.feeds])
        ]
        moved = {item for _, was, then in found for item in was.items.keys() ^ then.items.keys()}
        titles, origins = stage.items.titles(moved), stage.items.origins(moved)
        came = stage.items.came(since)
    teller = _Teller(before, after, titles, origins)
    return Trial(
        moves=tuple(move for path, was, then in found for move in teller.moves(path, was, then)),
        feeds=tuple(Count(path, _size(was), _size(then)) for path, was, then in found),
        filters=tuple(_effects(before, after, came)),
        came=came,
    )


def _state(stage: Store, settings: Settings, since: datetime, now: datetime) -> _State:
    stage.sources.declare(settings.sources, now, excluded_by)
    newsstand = Newsstand(settings, stage)
    return _State(
        sources={one.id: one for one in settings.sources},
        declared={f"/feeds/{one.slug}": one for one in settings.feeds},
        feeds={path: newsstand.belonging(path, since) for path in newsstand.paths},
        excluded=stage.items.excluded(since),
    )


@dataclass(frozen=True, slots=True)
class _Teller:
    """What says of each move what it is and why."""

    before: _State
    after: _State
    titles: Mapping[int, str]
    origins: Mapping[int, str]

    def moves(self, path: str, was: Belonging, then: Belonging) -> Iterator[Move]:
        """What would enter a feed, then what would leave it; the newest first."""
        for enters, goes, stays in ((True, then, was), (False, was, then)):
            for number in sorted(goes.briefs.keys() - stays.briefs.keys(), reverse=True):
                headline = goes.briefs[number].wording.headline
                yield Move(path, number, headline, enters, self._feed(path) or "")
            for number in sorted(goes.items.keys() - stays.items.keys(), reverse=True):
                why = self._why(number, path) or _of_a_copy(goes.items[number], enters=enters)
                yield Move(path, number, self.titles[number], enters, why, self.origins[number])

    def _why(self, item: int, path: str) -> str | None:
        old, new = (one.sources.get(self.origins[item]) for one in (self.before, self.after))
        was, then = (one.excluded.get(item, (None, None))[1] for one in (self.before, self.after))
        feed = self.after.declared.get(path)
        return (
            reason(old, new, was, then)
            or self._feed(path)
            or (refiled(old, new, feed) if feed else None)
        )

    def _feed(self, path: str) -> str | None:
        old, new = (one.declared.get(path) for one in (self.before, self.after))
        if old == new:
            return None
        if old is None or new is None:
            return "the feed is new" if old is None else "the feed is gone"
        return "the feed's conditions"


def _of_a_copy(original: int | None, *, enters: bool) -> str:
    """What else decides: whether the article is shown already, as another source carries it."""
    return f"the same as item {original}, which {'leaves' if enters else 'enters'}"


def _effects(before: _State, after: _State, came: Mapping[str, int]) -> Iterator[Count]:
    old, new = Counter(before.excluded.values()), Counter(after.excluded.values())
    for source in after.sources.values():
        current = before.sources.get(source.id)
        was, then = (verdicts(one) if one else [] for one in (current, source))
        if was != then and came.get(source.id):
            for name in dict.fromkeys([*then, *was]):
                key = source.id, name
                yield Count(name, old[key], new[key], source.id)


def _size(belonging: Belonging) -> int:
    return len(belonging.items) + len(belonging.briefs)
