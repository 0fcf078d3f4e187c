"""What is kept for how long. No item is ever dropped: what identifies it, its title and the first
lines that feeds carry stay, so that it is never taken for new. What a brief cites stays whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    tuple_,
    update,
)

from aggregator.domain import Republish
from aggregator.store.database import Database
from aggregator.store.desk_schema import audit, brief_citations, seen
from aggregator.store.folding import fold
from aggregator.store.ops_schema import incidents, poll_errors
from aggregator.store.schema import (
    grouping,
    items,
    ledger,
    notices,
    revisions,
    sessions,
    sources,
    stories,
    story_items,
)

_BATCH = 500
"""Rows in one transaction: no poll waits longer than for these."""

_CUT = (
    update(items)
    .where(items.c.id == bindparam("key"))
    .values(
        summary="",
        content="",
        text=bindparam("beginning"),
        search=bindparam("found_by"),
        pruned_at=bindparam("at"),
    )
)


class Retention:
    """What one database keeps."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def overdue(self, keep: Mapping[str, timedelta], now: datetime) -> dict[str, int]:
        """How many rows of each kind are older than they are to be kept."""
        with self._database.read() as connection:
            return {
                kind: connection.execute(
                    select(func.count()).select_from(_old(kind, now - age).subquery())
                ).scalar_one()
                for kind, age in keep.items()
            }

    def prune(
        self, keep: Mapping[str, timedelta], now: datetime, shorten: Callable[[str], str]
    ) -> dict[str, int]:
        """Drop what is older than it is to be kept; return how much that was, by kind.

        ``shorten`` gives the beginning of a text that feeds carry; applied twice it changes
        nothing more.
        """
        return {kind: self._prune_kind(kind, now - age, now, shorten) for kind, age in keep.items()}

    def _prune_kind(
        self, kind: str, before: datetime, now: datetime, shorten: Callable[[str], str]
    ) -> int:
        total, after, count = 0, 0, _BATCH
        while count == _BATCH:
            with self._database.write() as connection:
                if kind == "texts":
                    # What was looked through need not be again.
                    query = _old(kind, before).where(items.c.id > after).limit(_BATCH)
                    old = connection.execute(query).scalars().all()
                    _cut_texts(connection, old, now, shorten)
                    after, count = max(old, default=after), len(old)
                else:
                    count = _delete(connection, kind, before)
            total += count
        return total


def _cut_texts(
    connection: Connection, old: Sequence[int], now: datetime, shorten: Callable[[str], str]
) -> None:
    rows = connection.execute(
        select(items.c.id, items.c.title, items.c.text).where(items.c.id.in_(old))
    )
    cut = [
        {
            "key": row.id,
            "beginning": (beginning := shorten(row.text)),
            "found_by": fold(f"{row.title} {beginning}"),
            "at": now,
        }
        for row in rows
    ]
    if cut:
        connection.execute(_CUT, cut)


def _delete(connection: Connection, kind: str, before: datetime) -> int:
    table = _TABLES[kind]
    keys = [tuple(row) for row in connection.execute(_old(kind, before).limit(_BATCH))]
    if keys:
        connection.execute(delete(table).where(tuple_(*table.primary_key.columns).in_(keys)))
    return len(keys)


def _old(kind: str, before: datetime) -> Select[Any]:
    """The keys of what is older."""
    if kind == "texts":
        return select(items.c.id).where(*_old_texts(before)).order_by(items.c.id)
    table = _TABLES[kind]
    return select(*table.primary_key.columns).where(_OLD[kind](before))


def _old_texts(before: datetime) -> tuple[ColumnElement[bool], ...]:
    """Items whose text is old; not of stories that are open, which go on from it, nor of sources
    whose whole text is on our feeds.
    """
    horizon = select(grouping.c.horizon).scalar_subquery()
    is_open = (
        exists()
        .where(story_items.c.item_id == items.c.id, stories.c.id == story_items.c.story_id)
        .where(or_(stories.c.last_at >= horizon, horizon.is_(None)))
    )
    is_full = exists().where(
        sources.c.id == items.c.source_id, sources.c.republish == Republish.FULL.value
    )
    return (
        items.c.pruned_at.is_(None),
        items.c.sort_at < before,
        items.c.first_seen_at < before,
        ~_cited(items.c.id),
        ~is_open,
        ~is_full,
    )


def _cited(item: ColumnElement[int]) -> ColumnElement[bool]:
    return exists().where(brief_citations.c.item_id == item)


_TABLES: dict[str, Table] = {
    "revisions": revisions,
    "ledger": ledger,
    "notices": notices,
    "failures": poll_errors,
    "incidents": incidents,
    "seen": seen,
    "sessions": sessions,
    "audit": audit,
}
_OLD: dict[str, Callable[[datetime], ColumnElement[bool]]] = {
    "revisions": lambda before: and_(revisions.c.at < before, ~_cited(revisions.c.item_id)),
    "ledger": lambda before: and_(
        # What an editor decided is a rule for what comes; the reason of a copy is what undoes it.
        ledger.c.at < before,
        ledger.c.who.is_(None),
        ~_cited(ledger.c.item_id),
    ),
    "notices": lambda before: notices.c.at < before,
    "failures": lambda before: poll_errors.c.last_at < before,
    "incidents": lambda before: incidents.c.resolved_at < before,
    "seen": lambda before: seen.c.seen_at < before,
    "sessions": lambda before: sessions.c.expires_at < before,
    "audit": lambda before: and_(audit.c.at < before, audit.c.brief_id.is_(None)),
}
