"""Leasing due sources, and recording what their polls brought."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, insert, or_, select, true, update

from aggregator.domain import Decision, Job, PollState, Sighting
from aggregator.errors import LeaseLost
from aggregator.store import edition
from aggregator.store.database import Database
from aggregator.store.rows import (
    item_values,
    new_item_values,
    own_entry_id,
    state_values,
    to_job,
)
from aggregator.store.schema import items, poll_states, revisions, sources

_SAID = ("url", "title", "summary", "content", "authors", "updated_at", "picture")


class Polls:
    """The polls of one database; ``owner`` names the process that holds a lease."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim_due(
        self,
        now: datetime,
        limit: int | None,
        lease: timedelta,
        owner: str,
        *,
        ids: Iterable[str] | None = None,
    ) -> list[Job]:
        """Lease due sources that nobody else holds, the longest due first: up to ``limit`` of all
        or of the named ones.

        A lease that lapsed is anybody's. A last poll that lies in the future was made by a clock
        that has been set back since: such a source counts as due.
        """
        state = poll_states.c
        due = or_(state.next_poll_at.is_(None), state.next_poll_at <= now, state.polled_at > now)
        named = true() if ids is None else state.source_id.in_(list(ids))
        return self._claim(and_(due, named, state.gone_at.is_(None)), now, limit, lease, owner)

    def claim(self, ids: Iterable[str], now: datetime, lease: timedelta, owner: str) -> list[Job]:
        """Lease the named sources, due or not, as far as they are enabled and nobody holds them."""
        return self._claim(poll_states.c.source_id.in_(list(ids)), now, None, lease, owner)

    def renew(self, now: datetime, lease: timedelta, owner: str) -> None:
        """Prolong every lease that the owner holds: what waits for its turn stays its own."""
        with self._database.write() as connection:
            connection.execute(
                update(poll_states)
                .where(poll_states.c.leased_by == owner)
                .values(leased_until=now + lease)
            )

    def release(self, source_id: str, owner: str) -> None:
        """Give a lease back without a poll: the source is as due as it was before."""
        with self._database.write() as connection:
            connection.execute(
                update(poll_states)
                .where(poll_states.c.source_id == source_id, poll_states.c.leased_by == owner)
                .values(leased_by=None, leased_until=None)
            )

    def record(
        self, state: PollState, decision: Decision, now: datetime, owner: str
    ) -> tuple[int, int]:
        """Store what one poll brought, all or nothing, and end its lease.

        Returns how many items are new and how many were revised. Raises LeaseLost, having stored
        nothing, when the lease lapsed and somebody else took the source over.
        """
        with self._database.write() as connection:
            _store_state(connection, state, owner)
            new = _store_new(connection, state.source_id, decision.new, now)
            for change in decision.changed:
                if change.visible:
                    _keep_revision(connection, change.item_id)
                _overwrite(connection, change.item_id, change.sighting, now, visible=change.visible)
            if new or decision.changed:
                edition.bump(connection, now)
        return len(new), sum(change.visible for change in decision.changed)

    def _claim(
        self,
        wanted: ColumnElement[bool],
        now: datetime,
        limit: int | None,
        lease: timedelta,
        owner: str,
    ) -> list[Job]:
        state = poll_states.c
        # Beyond ``now + lease`` a lease was given by a clock that was ahead.
        free = or_(
            state.leased_until.is_(None),
            state.leased_until <= now,
            state.leased_until > now + lease,
        )
        chosen = (
            select(state.source_id)
            .join(sources, sources.c.id == state.source_id)
            .where(wanted, free, sources.c.enabled, sources.c.removed_at.is_(None))
            .order_by(state.next_poll_at.nulls_first(), state.source_id)
            .limit(limit)
        )
        # One statement for both databases. ``free`` stands in it twice because PostgreSQL checks
        # the outer condition again after waiting for another scheduler's lock.
        leased = (
            update(poll_states)
            .where(state.source_id.in_(chosen), free)
            .values(leased_until=now + lease, leased_by=owner)
            .returning(poll_states)
        )
        with self._database.write() as connection:
            states = {row.source_id: row for row in connection.execute(leased)}
            rows = connection.execute(
                select(sources).where(sources.c.id.in_(states)).order_by(sources.c.position)
            )
            return [to_job(row, states[row.id]) for row in rows]


def _store_state(connection: Connection, state: PollState, owner: str) -> None:
    done = connection.execute(
        update(poll_states)
        .where(poll_states.c.source_id == state.source_id, poll_states.c.leased_by == owner)
        .values(state_values(state) | {"leased_by": None, "leased_until": None})
    )
    if done.rowcount != 1:
        raise LeaseLost(f"{state.source_id}: another process took this poll over")


def _store_new(
    connection: Connection, source_id: str, sightings: tuple[Sighting, ...], now: datetime
) -> list[int]:
    if not sightings:
        return []
    entry_ids = _entry_ids(connection, source_id, sightings)
    rows = [
        new_item_values(source_id, sighting, entry_id, now)
        for sighting, entry_id in zip(sightings, entry_ids, strict=True)
    ]
    ids = list(connection.execute(insert(items).returning(items.c.id), rows).scalars())
    _mark_duplicates(connection, ids)
    return ids


def _entry_ids(
    connection: Connection, source_id: str, sightings: tuple[Sighting, ...]
) -> list[str]:
    """The atom:id of each new item: its own where it is an IRI that nobody used before."""
    wanted = [sighting.iri for sighting in sightings]
    query = select(items.c.entry_id).where(items.c.entry_id.in_([iri for iri in wanted if iri]))
    taken = set(connection.execute(query).scalars())
    chosen = []
    for iri, sighting in zip(wanted, sightings, strict=True):
        usable = iri is not None and iri not in taken
        entry_id = iri if iri and usable else own_entry_id(source_id, sighting.identity)
        taken.add(entry_id)
        chosen.append(entry_id)
    return chosen


def _mark_duplicates(connection: Connection, ids: list[int]) -> None:
    """Point each new item at the first item of another source that has its canonical URL."""
    first = items.alias()
    original = (
        select(first.c.id)
        .where(
            first.c.canonical_url == items.c.canonical_url,
            first.c.source_id != items.c.source_id,
            first.c.id < items.c.id,
            first.c.duplicate_of.is_(None),
        )
        .order_by(first.c.id)
        .limit(1)
        .scalar_subquery()
    )
    connection.execute(update(items).where(items.c.id.in_(ids)).values(duplicate_of=original))


def _keep_revision(connection: Connection, item_id: int) -> None:
    """Copy what the item says now, before it is overwritten."""
    at = items.c.revised_at
    said = select(
        items.c.id,
        items.c.revision,
        # The version was there since the last revision, or from the start.
        func.coalesce(at, items.c.first_seen_at),
        *(items.c[name] for name in _SAID),
    ).where(items.c.id == item_id)
    connection.execute(insert(revisions).from_select(["item_id", "number", "at", *_SAID], said))


def _overwrite(
    connection: Connection, item_id: int, sighting: Sighting, now: datetime, *, visible: bool
) -> None:
    values: dict[str, Any] = item_values(sighting)
    if visible:
        values |= {"revision": items.c.revision + 1, "revised_at": now}
    if sighting.item.published_at:
        # A source that re-dates its items does not make them news again: the first date stays.
        published_at = func.coalesce(items.c.published_at, sighting.item.published_at)
        values["published_at"] = published_at
    connection.execute(update(items).where(items.c.id == item_id).values(values))
