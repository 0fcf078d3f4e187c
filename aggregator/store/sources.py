"""What operators declared, and how each source is doing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from aggregator.domain import AuditEntry, PollState, Source, SourceHealth
from aggregator.store import audit, edition
from aggregator.store.database import Database
from aggregator.store.placing import changed
from aggregator.store.rows import source_values, state_values, to_source, to_state
from aggregator.store.schema import gaps, items, poll_states, sources

Excluded = Callable[[Source, str, str | None, tuple[str, ...]], str | None]
"""(source, title, url, categories) → the filter that keeps the item off the feeds, or None."""


class Sources:
    """The sources of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def declare(self, declared: Iterable[Source], now: datetime, excluded: Excluded) -> None:
        """Make the stored sources those that the operator declared, in that order.

        A new one is due at once; one that is gone from the list is no longer polled and keeps its
        items; a changed URL starts with nothing learnt; changed filters are applied to the items
        that are there. Declaring the same again changes nothing.
        """
        with self._database.write() as connection:
            known = {row.id: row for row in connection.execute(select(sources))}
            changed = False
            kept = set()
            for position, source in enumerate(declared):
                kept.add(source.id)
                values = source_values(source) | {"position": position, "removed_at": None}
                changed |= _declare_one(connection, source, values, known.get(source.id), excluded)
            removed = {key for key, row in known.items() if row.removed_at is None} - kept
            if removed:
                connection.execute(
                    update(sources).where(sources.c.id.in_(removed)).values(removed_at=now)
                )
            if changed or removed:
                edition.bump(connection, now)

    def health(self) -> list[SourceHealth]:
        """Every declared source in the operator's order, with its poll state and its counts."""
        counts = (
            select(items.c.source_id, func.count().label("stored")).group_by(items.c.source_id)
        ).subquery()
        missed = (
            select(gaps.c.source_id, func.count().label("gaps"))
            .where(~gaps.c.filled)
            .group_by(gaps.c.source_id)
        ).subquery()
        waiting = (
            select(items.c.source_id, func.count().label("held"))
            .where(items.c.held.is_not(None))
            .group_by(items.c.source_id)
        ).subquery()
        query = (
            select(sources, poll_states, counts.c.stored, missed.c.gaps, waiting.c.held)
            .join(poll_states, poll_states.c.source_id == sources.c.id)
            .outerjoin(counts, counts.c.source_id == sources.c.id)
            .outerjoin(missed, missed.c.source_id == sources.c.id)
            .outerjoin(waiting, waiting.c.source_id == sources.c.id)
            .where(sources.c.removed_at.is_(None))
            .order_by(sources.c.position)
        )
        with self._database.read() as connection:
            return [
                SourceHealth(
                    to_source(row), to_state(row), row.stored or 0, row.gaps or 0, row.held or 0
                )
                for row in connection.execute(query)
            ]

    def names(self) -> dict[str, str]:
        """The credit of every source by its id, of those that are gone from the list, too."""
        with self._database.read() as connection:
            rows = connection.execute(select(sources.c.id, sources.c.name))
            return {row.id: row.name for row in rows}

    def poll_soon(self, source_id: str, who: str, now: datetime) -> None:
        """Have a source polled at once, also one that said that it is gone."""
        with self._database.write() as connection:
            connection.execute(
                update(poll_states)
                .where(poll_states.c.source_id == source_id)
                .values(next_poll_at=None, gone_at=None)
            )
            audit.note(connection, AuditEntry(now, who, "poll asked for", detail=source_id))


def _declare_one(
    connection: Connection,
    source: Source,
    values: dict[str, Any],
    known: Any,
    excluded: Excluded,
) -> bool:
    """Insert or update one source; return whether anything was different."""
    if known is None:
        connection.execute(insert(sources).values(values))
        fresh = PollState(source_id=source.id, url=source.url)
        connection.execute(insert(poll_states).values(state_values(fresh)))
        return True
    if all(getattr(known, name) == value for name, value in values.items()):
        return False
    connection.execute(update(sources).where(sources.c.id == source.id).values(values))
    if known.url != source.url:
        _forget(connection, source)
    if (known.include, known.exclude) != (values["include"], values["exclude"]):
        _refilter(connection, source, excluded)
    if known.weight != source.weight:
        changed(connection)  # stories are ranked anew
    return True


def _forget(connection: Connection, source: Source) -> None:
    """What was learnt at another URL says nothing about this one; a poll under way is void."""
    fresh = state_values(PollState(source_id=source.id, url=source.url))
    connection.execute(
        update(poll_states)
        .where(poll_states.c.source_id == source.id)
        .values(fresh | {"leased_by": None, "leased_until": None})
    )


def _refilter(connection: Connection, source: Source, excluded: Excluded) -> None:
    mine = select(items.c.id, items.c.title, items.c.url, items.c.categories, items.c.excluded_by)
    changed(connection)
    for row in connection.execute(mine.where(items.c.source_id == source.id)).all():
        verdict = excluded(source, row.title, row.url, tuple(row.categories))
        if verdict != row.excluded_by:
            connection.execute(
                update(items).where(items.c.id == row.id).values(excluded_by=verdict)
            )
