"""Known items + a parsed document + now → what to record (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

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


def decide(sightings: Iterable[Sighting], known: Iterable[KnownItem]) -> Decision:
    """Sort what a document carries into new items, changed items and the rest."""
    stored = list(known)
    by_identity = {item.identity: item for item in stored}
    by_place: dict[tuple[str | None, str | None], KnownItem]
    by_place = {(item.guid, item.canonical_url): item for item in stored if item.guid}
    new, changed, unchanged = [], [], 0
    for sighting in sightings:
        # An item stored before its guid turned out to be shared still stands under the bare guid.
        place = (sighting.item.guid, sighting.canonical_url)
        match = by_identity.get(sighting.identity) or by_place.get(place)
        if match is None:
            new.append(sighting)
        elif match.digest == sighting.digest:
            unchanged += 1
        else:
            visible = match.visible_digest != sighting.visible_digest
            changed.append(Change(match.id, sighting, visible))
    return Decision(tuple(new), tuple(changed), unchanged)


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
