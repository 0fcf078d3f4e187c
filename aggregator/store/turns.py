"""Whose turn it is with a host: of all processes on one database, one at a time may ask it.

A host here is whoever limits our requests to it (an owner, in :mod:`aggregator.wire.budgets`). The
row is there as long as it says something: while the host is leased and until it may be asked.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Table, Text, bindparam, case, delete, or_, update
from sqlalchemy.dialects import postgresql, sqlite

from aggregator.store.database import Database, chunks
from aggregator.store.schema import metadata
from aggregator.store.types import UtcDateTime

host_turns = Table(
    "host_turns",
    metadata,
    Column("owner", Text, primary_key=True),
    Column("free_at", UtcDateTime, nullable=False),
    Column("leased_until", UtcDateTime),
    Column("leased_by", Text, index=True),
)
_ROW = host_turns.c
_FREE = (
    update(host_turns)
    .where(_ROW.owner == bindparam("key"), _ROW.leased_by == bindparam("by"))
    .values(free_at=bindparam("at"), leased_by=None, leased_until=None)
)


class Turns:
    """The hosts of one database; ``holder`` names the process that has them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._insert: Any = sqlite.insert if database.is_sqlite else postgresql.insert

    def take(
        self, owners: Collection[str], holder: str, now: datetime, lease: timedelta
    ) -> dict[str, datetime]:
        """Lease those hosts that nobody else has, and tell from when on each may be asked.

        A lease that lapsed is anybody's, from the moment when it did.
        """
        # Always in one order: else two processes could each wait for a row of the other's.
        rows = [
            {"owner": owner, "leased_by": holder, "leased_until": now + lease, "free_at": now}
            for owner in sorted(owners)
        ]
        found: dict[str, datetime] = {}
        with self._database.write(alone=False) as connection:
            for part in chunks(rows):
                put = self._insert(host_turns).values(list(part))
                lapsed = _ROW.leased_by.is_not(None) & (_ROW.leased_by != holder)
                taken = put.on_conflict_do_update(
                    index_elements=[_ROW.owner],
                    set_={
                        "leased_by": holder,
                        "leased_until": put.excluded.leased_until,
                        "free_at": case((lapsed, _ROW.leased_until), else_=_ROW.free_at),
                    },
                    where=or_(
                        _ROW.leased_by.is_(None), _ROW.leased_by == holder, _ROW.leased_until <= now
                    ),
                ).returning(_ROW.owner, _ROW.free_at)
                found |= {row.owner: row.free_at for row in connection.execute(taken)}
        return found

    def keep(self, holder: str, now: datetime, lease: timedelta) -> set[str]:
        """Prolong the holder's leases; tell which those are."""
        with self._database.write(alone=False) as connection:
            kept = update(host_turns).where(_ROW.leased_by == holder)
            kept_ids = kept.values(leased_until=now + lease).returning(_ROW.owner)
            return set(connection.execute(kept_ids).scalars())

    def free(self, free_at: Mapping[str, datetime], holder: str, now: datetime) -> None:
        """Let others have these hosts, each from its time on."""
        later = [
            {"key": owner, "by": holder, "at": at}
            for owner, at in sorted(free_at.items())
            if at > now
        ]
        at_once = [owner for owner, at in free_at.items() if at <= now]
        with self._database.write(alone=False) as connection:
            if later:
                connection.execute(_FREE, later)
            for part in chunks(at_once):
                gone = delete(host_turns).where(_ROW.owner.in_(part), _ROW.leased_by == holder)
                connection.execute(gone)

    def forget(self, now: datetime) -> None:
        """Drop the rows of hosts that anybody may ask by now."""
        with self._database.write(alone=False) as connection:
            connection.execute(
                delete(host_turns).where(_ROW.leased_by.is_(None), _ROW.free_at <= now)
            )
