"""Leasing due sources, and recording what their polls brought."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Update,
    and_,
    bindparam,
    func,
    insert,
    or_,
    select,
    true,
    update,
)

from aggregator.domain import Change, Job, LedgerEntry, PollResult, PollState, Sighting
from aggregator.store import alerts, asides, edition, failures, notices
from aggregator.store.database import Database, chunks
from aggregator.store.placing import note
from aggregator.store.rows import (
    SAID,
    SOURCE_COLUMNS,
    STATE_COLUMNS,
    STATE_FIELDS,
    item_values,
    new_item_values,
    own_entry_id,
    state_values,
    to_job,
)
from aggregator.store.schema import items, poll_states, revisions, sources

_CLOCKS_DIFFER = timedelta(minutes=1)
"""So much do the clocks of good machines differ, or a good clock from itself when it is set."""

# Not ``pushed``: a hub may confirm or fail while a poll is under way.
_LEARNT = [name for name in STATE_FIELDS if name not in {"source_id", "url", "pushed"}]
_learnt_of = attrgetter(*_LEARNT)
# These the leader moves meanwhile when the clock jumps.
_ALWAYS_STORED = {"polled_at", "next_poll_at"}
_SHIFT = (
    update(poll_states)
    .where(poll_states.c.source_id == bindparam("key"))
    .values(polled_at=bindparam("polled_at"), next_poll_at=bindparam("next_poll_at"))
)
_POSTPONE = (
    update(poll_states)
    .where(poll_states.c.source_id == bindparam("key"), poll_states.c.leased_by == bindparam("by"))
    .values(next_poll_at=bindparam("next_poll_at"), leased_by=None, leased_until=None)
)
_MARK_DUPLICATE = (
    update(items).where(items.c.id == bindparam("key")).values(duplicate_of=bindparam("original"))
)


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
        that was set back while nobody was there to see it: such a source counts as due.
        """
        state = poll_states.c
        ahead = state.polled_at > now + _CLOCKS_DIFFER
        due = or_(state.next_poll_at.is_(None), state.next_poll_at <= now, ahead)
        named = true() if ids is None else state.source_id.in_(list(ids))
        return self._claim(and_(due, named, state.gone_at.is_(None)), now, limit, lease, owner)

    def claim(self, ids: Iterable[str], now: datetime, lease: timedelta, owner: str) -> list[Job]:
        """Lease the named sources, due or not, as far as they are enabled and nobody holds them."""
        return self._claim(poll_states.c.source_id.in_(list(ids)), now, None, lease, owner)

    def renew(self, ids: Sequence[str], now: datetime, lease: timedelta, owner: str) -> None:
        """Prolong these leases of the owner's: what waits for its turn stays its own.

        Not all that it holds: where the database went away just then, it holds some that it does
        not know of. They lapse.
        """
        with self._database.write(alone=False) as connection:
            for part in chunks(ids):
                connection.execute(
                    update(poll_states)
                    .where(poll_states.c.source_id.in_(part), poll_states.c.leased_by == owner)
                    .values(leased_until=now + lease)
                )

    def shift(self, by: timedelta) -> None:
        """Move every poll, last and next, by so much: the clock jumped, and intervals must stay
        what they are.
        """
        times = select(poll_states.c.source_id, poll_states.c.polled_at, poll_states.c.next_poll_at)
        with self._database.write() as connection:
            moved = [
                {
                    "key": row.source_id,
                    "polled_at": row.polled_at and row.polled_at + by,
                    "next_poll_at": row.next_poll_at and row.next_poll_at + by,
                }
                for row in connection.execute(times)
            ]
            if moved:
                connection.execute(_SHIFT, moved)

    def postpone(self, until: Mapping[str, datetime], owner: str) -> None:
        """Give leases back without a poll: these sources are due at these times instead."""
        rows = [{"key": name, "by": owner, "next_poll_at": at} for name, at in until.items()]
        with self._database.write(alone=False) as connection:
            connection.execute(_POSTPONE, rows)

    def release(self, source_id: str, owner: str) -> None:
        """Give a lease back without a poll: the source is as due as it was before."""
        with self._database.write(alone=False) as connection:
            connection.execute(
                update(poll_states)
                .where(poll_states.c.source_id == source_id, poll_states.c.leased_by == owner)
                .values(leased_by=None, leased_until=None)
            )

    def record(self, results: Sequence[PollResult], owner: str) -> list[bool]:
        """Store what these polls brought, all of them or none, and end their leases.

        On PostgreSQL those without news have a transaction of their own, after the others: they
        need not wait until nobody else writes items.

        Returns for each whether it was stored: it is not when its lease lapsed and somebody else
        took the source over.
        """
        if not results:
            return []
        loud = [r for r in results if self._database.is_sqlite or _is_loud(r)]
        quiet = [r for r in results if not self._database.is_sqlite and not _is_loud(r)]
        held = self._record(loud, owner, alone=True) | self._record(quiet, owner, alone=False)
        return [result.state.source_id in held for result in results]

    def _record(self, results: Sequence[PollResult], owner: str, *, alone: bool) -> set[str]:
        """Store these in one transaction; tell which were."""
        if not results:
            return set()
        with self._database.write(alone=alone) as connection:
            held = _held(connection, [result.state.source_id for result in results], owner)
            stored = [result for result in results if result.state.source_id in held]
            if stored:
                _store_states(connection, stored)
                _store_new(connection, stored)
                asides.store_gaps(connection, stored)
                asides.store_hubs(connection, stored)
                failures.add(connection, stored)
                notices.add(connection, (r.notice for r in stored if r.notice))
                changed = [(c, asides.polled_at(r)) for r in stored for c in r.decision.changed]
                for change, now in changed:
                    if change.visible:
                        _keep_revision(connection, change.item_id)
                    _overwrite(connection, change, now)
                visible = [(change.item_id, now) for change, now in changed if change.visible]
                alerts.items_revised(connection, dict(visible))
                if changed or any(result.decision.new for result in stored):
                    edition.bump(connection, max(asides.polled_at(result) for result in stored))
        return held

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
            .returning(*STATE_COLUMNS)
        )
        with self._database.write() as connection:
            # All at once: read one by one, each row would cost a call through three layers.
            states = {row[0]: row for row in connection.execute(leased).all()}
            if not states:
                return []
            # By the lease, not by their names, which would be a parameter each; the same moment
            # may have brought this owner others.
            named = (
                select(*SOURCE_COLUMNS)
                .join(poll_states, state.source_id == sources.c.id)
                .where(state.leased_by == owner, state.leased_until == now + lease)
                .order_by(sources.c.position)
            )
            rows = connection.execute(named).all()
            return [to_job(row, states[row[0]]) for row in rows if row[0] in states]


def _held(connection: Connection, source_ids: list[str], owner: str) -> set[str]:
    """Which of the sources the owner still has leased."""
    query = select(poll_states.c.source_id).where(
        poll_states.c.source_id.in_(source_ids), poll_states.c.leased_by == owner
    )
    return set(connection.execute(query).scalars().all())


def _is_loud(result: PollResult) -> bool:
    """Whether a poll changes more than its source's own rows."""
    return bool(result.decision.new or result.decision.changed or result.hub_failed)


def _store_states(connection: Connection, results: list[PollResult]) -> None:
    """Store what the polls changed: mostly five of nearly thirty columns."""
    rows: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for result in results:
        names = _changed(result.before, result.state)
        rows[names].append(state_values(result.state, names) | {"key": result.state.source_id})
    for names, values in rows.items():
        connection.execute(_end_of_poll(names), values)


def _changed(before: PollState | None, after: PollState) -> tuple[str, ...]:
    if before is None:
        return tuple(_LEARNT)
    values = zip(_LEARNT, _learnt_of(before), _learnt_of(after), strict=True)
    return tuple(name for name, old, new in values if old != new or name in _ALWAYS_STORED)


@lru_cache(maxsize=200)
def _end_of_poll(names: tuple[str, ...]) -> Update:
    values: dict[str, Any] = {name: bindparam(name) for name in names}
    values |= {"leased_by": None, "leased_until": None}
    return update(poll_states).where(poll_states.c.source_id == bindparam("key")).values(values)


def _store_new(connection: Connection, results: list[PollResult]) -> None:
    new = [(result, sighting) for result in results for sighting in result.decision.new]
    if not new:
        return
    entry_ids = _entry_ids(connection, [(r.state.source_id, sighting) for r, sighting in new])
    rows = [
        new_item_values(result.state.source_id, sighting, entry_id, asides.polled_at(result))
        for (result, sighting), entry_id in zip(new, entry_ids, strict=True)
    ]
    before = connection.execute(select(func.max(items.c.id))).scalar() or 0
    connection.execute(insert(items), rows)
    at = max(asides.polled_at(result) for result, _ in new)
    _mark_duplicates(connection, [s.canonical_url for _, s in new if s.canonical_url], before, at)


def _entry_ids(connection: Connection, new: list[tuple[str, Sighting]]) -> list[str]:
    """The atom:id of each new item: its own where it is an IRI that nobody used before."""
    taken = set[str]()
    for part in chunks([sighting.iri for _, sighting in new if sighting.iri]):
        query = select(items.c.entry_id).where(items.c.entry_id.in_(part))
        taken |= set(connection.execute(query).scalars())
    chosen = []
    for source_id, sighting in new:
        iri = sighting.iri
        usable = iri is not None and iri not in taken
        entry_id = iri if iri and usable else own_entry_id(source_id, sighting.identity)
        taken.add(entry_id)
        chosen.append(entry_id)
    return chosen


def _mark_duplicates(connection: Connection, urls: list[str], before: int, at: datetime) -> None:
    """Point each item newer than ``before`` at the first one of another source at its address."""
    originals: dict[str, tuple[int, str]] = {}
    duplicates, noted = [], []
    columns = (items.c.id, items.c.source_id, items.c.canonical_url, items.c.duplicate_of)
    for part in chunks(list(dict.fromkeys(urls))):
        # Not "AND duplicate_of IS NULL": SQLite would take that index, which has nearly all.
        query = select(*columns).where(items.c.canonical_url.in_(part)).order_by(items.c.id)
        for item_id, source_id, url, duplicate_of in connection.execute(query):
            if duplicate_of is not None:
                continue
            first, of = originals.setdefault(url, (item_id, source_id))
            if item_id > before and of != source_id:
                duplicates.append({"key": item_id, "original": first})
                noted.append(
                    LedgerEntry(at, item_id, "same page", other=first, evidence={"page": url})
                )
    if duplicates:
        connection.execute(_MARK_DUPLICATE, duplicates)
        note(connection, noted)


def _keep_revision(connection: Connection, item_id: int) -> None:
    """Copy what the item says now, before it is overwritten."""
    at = items.c.revised_at
    said = select(
        items.c.id,
        items.c.revision,
        # The version was there since the last revision, or from the start.
        func.coalesce(at, items.c.first_seen_at),
        *(items.c[name] for name in SAID),
    ).where(items.c.id == item_id)
    connection.execute(insert(revisions).from_select(["item_id", "number", "at", *SAID], said))


def _overwrite(connection: Connection, change: Change, now: datetime) -> None:
    values: dict[str, Any] = item_values(change.sighting) | {"pruned_at": None}
    if change.visible:
        values |= {"revision": items.c.revision + 1, "revised_at": now}
        values |= {"corrected_at": now} if change.corrected else {}
    published_at = change.sighting.item.published_at
    if published_at:
        # A source that re-dates its items does not make them news again: the first date stays.
        values["published_at"] = func.coalesce(items.c.published_at, published_at)
    connection.execute(update(items).where(items.c.id == change.item_id).values(values))
