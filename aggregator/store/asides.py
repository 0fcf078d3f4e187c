"""What a poll brings besides items: gaps, and what it tells of hubs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert

from aggregator.domain import PollResult
from aggregator.store.schema import gaps, pings
from aggregator.store.subscriptions import end_for

_HUB_PAUSE = timedelta(days=7)
"""So long a hub that failed us is not asked again."""


def polled_at(result: PollResult) -> datetime:
    """When the document came."""
    at = result.at or result.state.polled_at
    if at is None:
        raise ValueError(f"{result.state.source_id}: a poll's result without the poll's time")
    return at


def store_gaps(connection: Connection, results: Sequence[PollResult]) -> None:
    """Note what was missed between two polls, or found in archives."""
    found = [
        {
            "source_id": result.state.source_id,
            "before_at": result.gap.before_at,
            "after_at": result.gap.after_at,
            "filled": result.gap.filled,
        }
        for result in results
        if result.gap
    ]
    if found:
        connection.execute(insert(gaps), found)


def store_hubs(connection: Connection, results: Sequence[PollResult]) -> None:
    """Drop the deliveries that were read; note the hubs that had not told."""
    for result in results:
        if result.ping is not None:
            connection.execute(delete(pings).where(pings.c.id == result.ping))
        if result.hub_failed:
            reason = "a poll found what the hub had not told of"
            end_for(connection, result.state.source_id, reason, polled_at(result) + _HUB_PAUSE)
