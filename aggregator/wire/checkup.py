"""What is wrong with declared sources, and what would mend it (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from urllib.parse import urlsplit

from aggregator.domain import PollState, Source
from aggregator.wire.sights import FoundFeed, Sight
from aggregator.wire.spoken import contradicts

DEAD_AFTER = timedelta(days=7)
"""A source that failed for so long is taken for dead."""

SILENT_AFTER = timedelta(days=28)

_REFUSALS = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.PAYMENT_REQUIRED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.TOO_MANY_REQUESTS,
)


class Trouble(StrEnum):
    """What a finding is about."""

    DUPLICATE = "duplicate"
    LOGIN = "login"
    REFUSED = "refused"
    DEAD = "dead"
    MOVED = "moved"
    SILENT = "silent"
    LANGUAGE = "language"
    ENCODING = "encoding"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a source, in words; ``fix`` is what to set in its entry, None where
    that is for a person to decide.
    """

    source_id: str
    trouble: Trouble
    text: str
    fix: Mapping[str, object] | None = field(default=None, hash=False)


def duplicates(sources: Iterable[Source]) -> Iterator[Finding]:
    """Sources that poll one feed under addresses that differ in ``http``, ``www.`` or a last slash
    only; the first one in the file stays.
    """
    first: dict[str, Source] = {}
    for source in sources:
        if not source.enabled:
            continue
        same = first.setdefault(place(source.url), source)
        if same is not source:
            text = f"is the same feed as '{same.id}' ({same.url})"
            yield Finding(source.id, Trouble.DUPLICATE, text, {"enabled": False})


def place(url: str) -> str:
    """What is the same for every spelling of a feed's address."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    query = f"?{parts.query}" if parts.query else ""
    return f"{host}{port}{parts.path.rstrip('/')}{query}"


def by_record(source: Source, state: PollState, now: datetime) -> Iterator[Finding]:
    """What earlier polls tell of a source."""
    if not source.enabled:
        return
    if state.moved_to and state.moved_to != source.url:
        text = f"moved for good to {state.moved_to}"
        yield Finding(source.id, Trouble.MOVED, text, {"url": state.moved_to})
    if state.gone_at:
        yield Finding(source.id, Trouble.DEAD, f"is gone (HTTP 410) since {state.gone_at:%d %b %Y}")
    elif state.failures and _is_long_ago(state.succeeded_at, now, DEAD_AFTER) and state.polled_at:
        since = f"since {state.succeeded_at:%d %b %Y}" if state.succeeded_at else "ever"
        yield Finding(source.id, Trouble.DEAD, f"no good answer {since}: {state.error}")
    elif state.newest_at and _is_long_ago(state.newest_at, now, SILENT_AFTER):
        yield _silent(source, state.newest_at, now)


def by_sight(source: Source, sight: Sight, now: datetime) -> Iterator[Finding]:
    """What a look at a source just now tells."""
    feed = sight.feed
    if feed is None:
        if sight.status in _REFUSALS or (sight.status or 0) >= HTTPStatus.INTERNAL_SERVER_ERROR:
            yield Finding(source.id, Trouble.REFUSED, f"is there, but answers {sight.error}")
            return
        gone = sight.status == HTTPStatus.GONE
        text = "is gone (HTTP 410)" if gone else f"is no feed now: {sight.error}"
        yield Finding(source.id, Trouble.DEAD, text)
        return
    if sight.moved_to and sight.moved_to != source.url:
        text = f"moved for good to {sight.moved_to}"
        yield Finding(source.id, Trouble.MOVED, text, {"url": sight.moved_to})
    if feed.newest_at and _is_long_ago(feed.newest_at, now, SILENT_AFTER):
        yield _silent(source, feed.newest_at, now)
    elif not feed.items:
        yield Finding(source.id, Trouble.SILENT, "has no items at all")
    declared = source.language or feed.language
    if declared and contradicts(declared, feed.heard):
        whose = "you declare" if source.language else "the feed says"
        text = f"{whose} language {declared}, its items are in {feed.heard}"
        yield Finding(source.id, Trouble.LANGUAGE, text, {"language": feed.heard})
    if feed.is_garbled:
        text = "its texts are garbled: the encoding that it declares is not the one it is in"
        yield Finding(source.id, Trouble.ENCODING, text)


def replacement(
    source: Source, dead: Finding, feeds: Sequence[FoundFeed], now: datetime
) -> Finding:
    """The finding with the living feed of the source's site that suits it best, if there is one:
    in its language before others, and newest first.
    """
    language = (source.language or "").partition("-")[0]

    def rank(feed: FoundFeed) -> tuple[bool, datetime]:
        spoken = (feed.heard or feed.language or "").partition("-")[0]
        return not language or spoken == language, feed.newest_at or now - 2 * SILENT_AFTER

    living = [
        feed
        for feed in feeds
        if feed.items
        and place(feed.url) != place(source.url)
        and not _is_long_ago(feed.newest_at or now, now, SILENT_AFTER)
    ]
    if not living:
        return dead
    best = max(living, key=rank)
    named = f'{best.url} ("{best.title}")' if best.title else best.url
    return Finding(source.id, dead.trouble, f"{dead.text}; its site has {named}", {"url": best.url})


def _silent(source: Source, newest_at: datetime, now: datetime) -> Finding:
    weeks = (now - newest_at).days // 7
    text = f"nothing new for {weeks} weeks (its newest item is of {newest_at:%d %b %Y})"
    return Finding(source.id, Trouble.SILENT, text)


def _is_long_ago(at: datetime | None, now: datetime, patience: timedelta) -> bool:
    return at is None or now - at > patience
