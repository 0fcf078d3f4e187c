"""Known items + a parsed document + now → what to record (pure)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from aggregator.domain import (
    Change,
    Decision,
    Document,
    KnownItem,
    ParsedFeed,
    PollState,
    Sighting,
)

_GONE = 410

T = TypeVar("T")


def decide(sightings: Iterable[Sighting], known: Iterable[KnownItem]) -> Decision:
    """Sort what a document carries into new items, changed items and the rest."""
    seen = list(sightings)
    matches = _matches(seen, list(known))
    new, changed, unchanged = [], [], 0
    for sighting in seen:
        match = matches.get(sighting.identity)
        if match is None:
            new.append(sighting)
        elif match.digest == sighting.digest:
            unchanged += 1
        else:
            visible = match.visible_digest != sighting.visible_digest
            changed.append(Change(match.id, sighting, visible))
    return Decision(tuple(new), tuple(changed), unchanged)


def _matches(seen: list[Sighting], known: list[KnownItem]) -> dict[str, KnownItem]:
    """Which stored item each sighting is, by the sighting's identity.

    Where several items share a guid, an identity holds the title; after an edit, or for an item
    that was stored before its guid was shared, guid and page find it: the one that says the same,
    else the only one left, if there is only one entry left for it too.
    """
    by_identity = {item.identity: item for item in known}
    found = {s.identity: by_identity[s.identity] for s in seen if s.identity in by_identity}
    taken = {item.id for item in found.values()}
    spare = _by_place((k.guid, k.canonical_url, k) for k in known if k.id not in taken)
    left = _by_place(
        (s.item.guid, s.canonical_url, s) for s in seen if s.identity not in found and s.item.guid
    )
    for place, entries in left.items():
        stored = spare.get(place, [])
        for entry in list(entries):
            same = next((k for k in stored if k.visible_digest == entry.visible_digest), None)
            if same:
                found[entry.identity] = same
                stored.remove(same)
                entries.remove(entry)
        if len(stored) == len(entries) == 1:
            found[entries[0].identity] = stored[0]
    return found


def _by_place(rows: Iterable[tuple[str | None, str | None, T]]) -> dict[object, list[T]]:
    places: dict[object, list[T]] = defaultdict(list)
    for guid, url, value in rows:
        places[guid, url].append(value)
    return places


def after_failure(
    state: PollState, now: datetime, error: str, document: Document | None = None
) -> PollState:
    """What a failed poll teaches: validators and digest stay, the failure counts.

    A 410 has to be confirmed by a second one before the source counts as gone (RFC 9110 15.5.11).
    """
    status = document.status if document else None
    gone = status == _GONE and state.status == _GONE
    return replace(
        state,
        polled_at=now,
        status=status,
        failures=state.failures + 1,
        error=error,
        gone_at=now if gone else None,
        moved_to=document.moved_to if document else state.moved_to,
    )


def after_success(
    state: PollState,
    document: Document,
    digest: str | None = None,
    feed: ParsedFeed | None = None,
) -> PollState:
    """What a good answer teaches; ``digest`` is None for a 304, ``feed`` where nothing was parsed.

    Validators that a 304 carries replace the stored ones, those of a 200 always do
    (RFC 9111 section 3.2).
    """
    headers = document.headers
    not_modified = digest is None
    etag, last_modified = headers.get("etag"), headers.get("last-modified")
    learnt = replace(
        state,
        etag=etag or (state.etag if not_modified else None),
        last_modified=last_modified or (state.last_modified if not_modified else None),
        body_digest=digest or state.body_digest,
        polled_at=document.fetched_at,
        succeeded_at=document.fetched_at,
        status=document.status,
        failures=0,
        error=None,
        gone_at=None,
        moved_to=document.moved_to,
    )
    if feed is None:
        return learnt
    return replace(learnt, changed_at=document.fetched_at, feed_id=feed.id, feed_site=feed.site)
