"""What operators are told of their sources."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select

from aggregator.domain import Notice, NoticeKind
from aggregator.store.database import Database
from aggregator.store.schema import notices

_EVENT = timedelta(days=1)
"""So long a thing that goes on is one event."""

_FIELDS = tuple(notices.c[name] for name in Notice.__dataclass_fields__)


class Notices:
    """The notices of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def since(self, start: datetime) -> list[Notice]:
        """The notices from then on, the newest first."""
        newest_first = notices.c.at.desc(), notices.c.id.desc()
        query = select(*_FIELDS).where(notices.c.at >= start).order_by(*newest_first)
        with self._database.read() as connection:
            return [Notice(s, at, NoticeKind(k), t) for s, at, k, t in connection.execute(query)]


def add(connection: Connection, found: Iterable[Notice]) -> None:
    """Store notices, less those of a source and kind that it had within the last day."""
    for notice in found:
        told = select(notices.c.id).where(
            notices.c.at > notice.at - _EVENT,
            notices.c.source_id == notice.source_id,
            notices.c.kind == notice.kind.value,
        )
        if connection.execute(told.limit(1)).first() is None:
            values = {name: getattr(notice, name) for name in Notice.__dataclass_fields__}
            connection.execute(insert(notices).values(values | {"kind": notice.kind.value}))
