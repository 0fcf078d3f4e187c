"""Slots of series: which brief was begun for a day, so that nobody begins a second one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select

from aggregator.domain import BriefState
from aggregator.store.database import Database
from aggregator.store.desk_schema import briefs, slots

_OVER = (BriefState.DISCARDED.value, BriefState.WITHDRAWN.value)


class Slots:
    """The slots of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def taken(
        self, series: Collection[str], since: date
    ) -> dict[tuple[str, date], tuple[int, str]]:
        """The slots of these series, ``since`` a day, that somebody began a brief for: by slug and
        day, the brief and its author.
        """
        query = (
            select(slots, briefs.c.author)
            .join(briefs, _is_begun())
            .where(slots.c.series.in_(series), slots.c.day >= since)
        )
        with self._database.read() as connection:
            rows = connection.execute(query)
            return {(row.series, row.day): (row.brief_id, row.author) for row in rows}


def brief_in(connection: Connection, slot: tuple[str, date]) -> int | None:
    """The brief that was begun for a slot; None where nobody did, or it was given up."""
    query = select(slots.c.brief_id).join(briefs, _is_begun()).where(*_is(slot))
    return connection.execute(query).scalar()


def take(connection: Connection, slot: tuple[str, date], brief_id: int) -> None:
    """Let the slot be this brief's."""
    connection.execute(delete(slots).where(*_is(slot)))
    connection.execute(insert(slots).values(series=slot[0], day=slot[1], brief_id=brief_id))


def _is_begun() -> ColumnElement[bool]:
    return and_(briefs.c.id == slots.c.brief_id, briefs.c.state.not_in(_OVER))


def _is(slot: tuple[str, date]) -> tuple[ColumnElement[bool], ...]:
    return slots.c.series == slot[0], slots.c.day == slot[1]
