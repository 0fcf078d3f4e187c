"""Known items + a parsed document + now → what to record (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from aggregator.domain import (
    Change,
    Decision,
    Document,
    KnownItem,
    ParsedFeed,
    PollState,
    Sighting,
)
from aggregator.wire.correction import corrects_itself
from aggregator.wire.matching import matches
from aggregator.wire.pace import fresh_for
from aggregator.wire.visible import reads_otherwise
from aggregator.wire.websub import link_to

_GONE = 410
_SIGHTINGS = 3


def decide(sightings: Iterable[Sighting], known: Iterable[KnownItem]) -> Decision:
    """Sort what a document carries into new items, changed items and the rest."""
    seen = list(sightings)
    found = matches(seen, known)
    new, changed, unchanged, renamed = [], [], 0, 0
    for sighting in seen:
        match = found.get(sighting.identity)
        if match is None:
            new.append(sighting)
        elif match.digest == sighting.digest:
            unchanged += 1
        else:
            changed.append(_change(match, sighting))
            renamed += match.guid != sighting.item.guid
    return Decision(tuple(new), tuple(changed), unchanged, renamed)


def _change(known: KnownItem, sighting: Sighting) -> Change:
    # What was pruned cannot be compared any more.
    visible = known.pruned_at is None and reads_otherwise(known, sighting)
    item = sighting.item
    corrected = visible and corrects_itself(
        f"{known.title}\n{known.text}", f"{item.title}\n{item.text}"
    )
    return Change(known.id, sighting, visible, corrected)


def after_failure(
    state: PollState, now: datetime, error: str, document: Document | None = None
) -> PollState:
    """What a failed poll teaches: validators and digest stay, the failure counts.

    A 410 has to be confirmed by a second one before the source counts as gone (RFC 9110 15.5.11).
    A request to slow down (429, or 503 with Retry-After) is no failure: the source is not broken.
    When a source fails at the address that a permanent redirect named, the declared one is asked
    again.
    """
    status = document.status if document else None
    gone = status == _GONE and state.status == _GONE
    failed = replace(
        state,
        polled_at=now,
        status=status,
        failures=state.failures + (not _is_asked_to_wait(document)),
        error=error,
        gone_at=now if gone else None,
    )
    if failed.address and failed.failures >= _SIGHTINGS:
        return replace(failed, address=None, moved_to=None, moved_seen=0)
    return failed


def _is_asked_to_wait(document: Document | None) -> bool:
    if document is None:
        return False
    return document.status == 429 or (document.status == 503 and "retry-after" in document.headers)


def after_success(
    state: PollState,
    document: Document,
    digest: str | None = None,
    feed: ParsedFeed | None = None,
    **more: Any,
) -> PollState:
    """What a good answer teaches; ``digest`` is None for a 304, ``feed`` where nothing was parsed;
    ``more`` is what else changes.

    Validators that a 304 carries replace the stored ones, those of a 200 always do
    (RFC 9111 section 3.2); what a 304 does not say of its freshness stays as it was (4.3.4).
    """
    headers, now = document.headers, document.fetched_at
    not_modified = digest is None
    etag, last_modified = headers.get("etag"), headers.get("last-modified")
    fresh = fresh_for(headers, now)
    learnt: dict[str, Any] = {
        "etag": etag or (state.etag if not_modified else None),
        "last_modified": last_modified or (state.last_modified if not_modified else None),
        "fresh_for": state.fresh_for if not_modified and fresh is None else fresh,
        "body_digest": digest or state.body_digest,
        "polled_at": now,
        "succeeded_at": now,
        "full_at": state.full_at if not_modified else now,
        "status": document.status,
        "failures": 0,
        "error": None,
        "gone_at": None,
    }
    if feed is not None:
        learnt |= {
            "changed_at": now,
            "newest_at": _newest(state, feed, now),
            "feed_id": feed.id,
            "feed_site": feed.site,
            "hints": feed.hints,
            "hub": feed.hub or link_to(headers, "hub"),
            "topic": feed.topic or link_to(headers, "self"),
        }
    return replace(state, **learnt, **_moved(state, document.moved_to), **more)


def _newest(state: PollState, feed: ParsedFeed, now: datetime) -> datetime | None:
    """The date of the newest item seen so far; now, for new items that have none."""
    dates = [item.published_at for item in feed.items if item.published_at]
    if not dates and feed.items and state.full_at:
        dates = [now]
    return max([*dates, *([state.newest_at] if state.newest_at else [])], default=None)


def _moved(state: PollState, moved_to: str | None) -> dict[str, Any]:
    """Count permanent redirects to one place; after three, ask there.

    Only on the same host: elsewhere it is the operator who says yes, by changing sources.yaml.
    """
    if moved_to is None:
        # Asked at its new address, a source redirects no more.
        return {} if state.address else {"moved_to": None, "moved_seen": 0}
    seen = state.moved_seen + 1 if moved_to == state.moved_to else 1
    settled = seen >= _SIGHTINGS and _host(moved_to) == _host(state.url)
    address = moved_to if settled else state.address
    return {"moved_to": moved_to, "moved_seen": seen, "address": address}


def _host(url: str) -> tuple[str | None, int | None]:
    parts = urlsplit(url)
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    return parts.hostname, None if parts.port == usual else parts.port
