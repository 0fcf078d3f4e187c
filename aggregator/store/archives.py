"""The closed documents of the archive: written once, never changed."""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, insert, select

from aggregator.domain import Archive, ArchivedEntry
from aggregator.store import edition
from aggregator.store.database import Database
from aggregator.store.desk_schema import archives


class Archives:
    """The archives of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def names(self) -> list[str]:
        """The names of all of them, the oldest first."""
        query = select(archives.c.name).order_by(archives.c.number)
        with self._database.read() as connection:
            return list(connection.execute(query).scalars())

    def newest(self) -> Archive | None:
        """The one that was closed last, without its entries."""
        query = select(archives).order_by(archives.c.number.desc()).limit(1)
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        return _archive(row, ()) if row else None

    def get(self, name: str) -> Archive | None:
        """One of them; None when there is none of that name."""
        with self._database.read() as connection:
            row = connection.execute(_named(name)).one_or_none()
        return _archive(row, _entries(row.entries)) if row else None

    def close(self, archive: Archive, after: str | None) -> bool:
        """Keep it as the one after ``after`` (None: the first); whether it was not there before.

        Whoever comes second changes nothing.
        """
        newest = select(archives.c.name).order_by(archives.c.number.desc()).limit(1)
        packed = zlib.compress(json.dumps([_plain(one) for one in archive.entries]).encode(), 9)
        with self._database.write() as connection:
            if connection.execute(newest).scalar() != after:
                return False
            number = select(func.coalesce(func.max(archives.c.number), 0) + 1).scalar_subquery()
            values = {"last_item": archive.last_item, "last_at": archive.last_at}
            connection.execute(
                insert(archives).values(
                    values
                    | {"number": number, "name": archive.name, "entries": packed}
                    | {"closed_at": archive.closed_at}
                )
            )
            # Feeds link to the newest: a process that rendered them before must do so again.
            edition.bump(connection, archive.closed_at)
        return True


def _named(name: str) -> Select[Any]:
    return select(archives).where(archives.c.name == name)


def _archive(row: Row[Any], entries: tuple[ArchivedEntry, ...]) -> Archive:
    return Archive(row.name, row.last_item, row.last_at, row.closed_at, entries)


def _plain(entry: ArchivedEntry) -> dict[str, Any]:
    return asdict(entry) | {"updated_at": entry.updated_at.isoformat()}


def _entries(packed: bytes) -> tuple[ArchivedEntry, ...]:
    rows = json.loads(zlib.decompress(packed))
    return tuple(
        ArchivedEntry(**row | {"updated_at": datetime.fromisoformat(row["updated_at"])})
        for row in rows
    )
