"""When a source's failing becomes an incident, and when that is over (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from aggregator.domain import Incident, SourceStatus, Trouble
from aggregator.oversight.causes import cause
from aggregator.oversight.limits import Limits


def review(
    troubles: Iterable[Trouble], known: Iterable[Incident], now: datetime, limits: Limits
) -> list[Incident]:
    """What of the open incidents changes, and which begin; ``troubles`` has every declared source.

    One entry a source, however often it fails: it ends with the first good poll, or when the source
    is not to be polled any more.
    """
    left = {incident.source_id: incident for incident in known}
    changed = list(_changed(troubles, left, now, limits))
    return changed + [_resolved(incident, now) for incident in left.values()]


def _changed(
    troubles: Iterable[Trouble], left: dict[str, Incident], now: datetime, limits: Limits
) -> Iterator[Incident]:
    for trouble in troubles:
        incident = left.pop(trouble.health.source.id, None)
        status = trouble.health.status
        fails = status in (SourceStatus.FAILING, SourceStatus.GONE)
        if incident is None:
            if fails and _is_one(trouble, now, limits):
                yield _opened(trouble, now)
        elif not fails:
            yield _resolved(incident, now)
        elif (as_it_is := _continued(incident, trouble, now)) != incident:
            yield as_it_is


def _is_one(trouble: Trouble, now: datetime, limits: Limits) -> bool:
    if trouble.health.status is SourceStatus.GONE:
        return True
    lasts = trouble.since is not None and now - trouble.since >= limits.failing
    return lasts or trouble.health.state.failures >= limits.tries


def _opened(trouble: Trouble, now: datetime) -> Incident:
    begun = Incident(trouble.health.source.id, trouble.since or now, now, "")
    return _continued(begun, trouble, now)


def _continued(incident: Incident, trouble: Trouble, now: datetime) -> Incident:
    found = cause(trouble.health)
    reason = f"{found.reason} {found.remedy}" if found else incident.cause
    replacement = found.replacement if found else None
    news = (reason, replacement) != (incident.cause, incident.replacement)
    gone = trouble.health.status is SourceStatus.GONE
    return replace(
        incident,
        cause=reason,
        replacement=replacement,
        next_try_at=None if gone else trouble.health.state.next_poll_at,
        updated_at=now if news else incident.updated_at,
    )


def _resolved(incident: Incident, now: datetime) -> Incident:
    return replace(incident, resolved_at=now, updated_at=now, next_try_at=None)
