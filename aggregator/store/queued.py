"""Polls that wait in a queue: leased in the queue's name until a worker takes them.

A ticket is the name of such a lease. A message carries it with the sources' ids; whoever gets the
message takes what the ticket still holds. So a message that comes twice, or too late, is in vain.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Index,
    Select,
    and_,
    func,
    select,
    text,
    true,
    union_all,
    update,
)

from aggregator.domain import Due, Job
from aggregator.store.database import Database, chunks
from aggregator.store.rows import SOURCE_COLUMNS, STATE_COLUMNS, to_job
from aggregator.store.schema import poll_states, sources

PREFIX = "queue:"
"""What every ticket begins with, and no worker's name."""

_CLOCKS_DIFFER = timedelta(minutes=1)
_STATE = poll_states.c
_FREE, _LEASED = text("leased_by IS NULL AND gone_at IS NULL"), text("leased_by IS NOT NULL")
# What is due, and what is leased, are few of many.
Index("ix_poll_states_due", _STATE.next_poll_at, sqlite_where=_FREE, postgresql_where=_FREE)
Index("ix_poll_states_leased", _STATE.leased_by, sqlite_where=_LEASED, postgresql_where=_LEASED)
_IS_QUEUED = _STATE.leased_by.startswith(PREFIX)


class Queued:
    """The queued polls of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def enqueue(self, now: datetime, limit: int, lease: timedelta, ticket: str) -> list[Due]:
        """Lease up to ``limit`` due sources to a ticket: new ones first, then the longest due.

        A lease that lapsed is anybody's.
        """
        with self._database.write(alone=False) as connection:
            found = connection.execute(_due(now, limit)).all()
            ids = [row.source_id for row in found]
            for part in chunks(ids):
                connection.execute(
                    update(poll_states)
                    .where(_STATE.source_id.in_(part))
                    .values(leased_until=now + lease, leased_by=ticket)
                )
        return [Due(row.source_id, row.address or row.url, row.polled_at is None) for row in found]

    def take(
        self, ids: Collection[str], ticket: str, now: datetime, lease: timedelta, owner: str
    ) -> list[Job]:
        """Hand the sources that the ticket still holds over to a worker."""
        taken = (
            update(poll_states)
            .where(_STATE.source_id.in_(list(ids)), _STATE.leased_by == ticket)
            .values(leased_until=now + lease, leased_by=owner)
            .returning(*STATE_COLUMNS)
        )
        with self._database.write(alone=False) as connection:
            states = {row[0]: row for row in connection.execute(taken)}
            declared = select(*SOURCE_COLUMNS).where(sources.c.id.in_(list(states)))
            return [to_job(row, states[row[0]]) for row in connection.execute(declared)]

    def give_back(self, ticket: str, ids: Collection[str] | None = None) -> None:
        """End a ticket's leases, or those of these sources: they are as due as they were before."""
        named = true() if ids is None else _STATE.source_id.in_(list(ids))
        with self._database.write(alone=False) as connection:
            connection.execute(
                update(poll_states)
                .where(named, _STATE.leased_by == ticket)
                .values(leased_until=None, leased_by=None)
            )

    def prolong(self, now: datetime, lease: timedelta) -> None:
        """Prolong every ticket: their messages are still there."""
        with self._database.write(alone=False) as connection:
            connection.execute(
                update(poll_states).where(_IS_QUEUED).values(leased_until=now + lease)
            )

    def count(self, now: datetime) -> int:
        """How many polls wait in the queue."""
        query = select(func.count()).select_from(poll_states)
        with self._database.read() as connection:
            waiting = query.where(_IS_QUEUED, _STATE.leased_until > now)
            return connection.execute(waiting).scalar_one()

    def polled_ahead(self, now: datetime) -> int:
        """Make due what was last polled in the future, by a clock that was set back while nobody
        was there to see it; return how many that were. It reads every row: for a start.
        """
        with self._database.write(alone=False) as connection:
            ahead = update(poll_states).where(_STATE.polled_at > now + _CLOCKS_DIFFER)
            return connection.execute(ahead.values(next_poll_at=now, polled_at=now)).rowcount


def _due(now: datetime, limit: int) -> Select[tuple[str, str, str | None, datetime | None]]:
    """Three short walks, each along an index: what is new, what is due, whose lease lapsed.

    One condition for all would make PostgreSQL read the whole table, millions of rows at each beat.
    """
    free = and_(_STATE.leased_by.is_(None), _STATE.gone_at.is_(None))
    due = _STATE.next_poll_at <= now
    lapsed = and_(_STATE.leased_by.is_not(None), _STATE.leased_until <= now)
    again = and_(lapsed, _STATE.gone_at.is_(None), due | _STATE.next_poll_at.is_(None))
    walks = union_all(
        _walk(and_(free, _STATE.next_poll_at.is_(None)), limit),
        _walk(and_(free, due), limit),
        _walk(again, limit),
    ).subquery()
    return (
        select(_STATE.source_id, _STATE.url, _STATE.address, _STATE.polled_at)
        .join(walks, walks.c.source_id == _STATE.source_id)
        .order_by(walks.c.next_poll_at.nulls_first(), _STATE.source_id)
        .limit(limit)
    )


def _walk(wanted: ColumnElement[bool], limit: int) -> Select[tuple[str, datetime | None]]:
    walk = (
        select(_STATE.source_id, _STATE.next_poll_at)
        .join(sources, sources.c.id == _STATE.source_id)
        .where(wanted, sources.c.enabled, sources.c.removed_at.is_(None))
        .order_by(_STATE.next_poll_at)
        .limit(limit)
        .subquery()
    )
    return select(walk.c.source_id, walk.c.next_poll_at)
