"""The audit log: who did what at the desk, and when."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, insert, select

from aggregator.domain import AuditEntry
from aggregator.store.database import Database
from aggregator.store.desk_schema import audit


class Audit:
    """The audit log of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_brief(self, brief_id: int) -> list[AuditEntry]:
        """What was done with a brief, the first thing first."""
        return self._read(select(audit).where(audit.c.brief_id == brief_id).order_by(audit.c.id))

    def latest(self, limit: int) -> list[AuditEntry]:
        """What was done at the desk, the last thing first."""
        return self._read(select(audit).order_by(audit.c.id.desc()).limit(limit))

    def add(self, entry: AuditEntry) -> None:
        """Write down what was done elsewhere, such as to a file."""
        with self._database.write() as connection:
            note(connection, entry)

    def _read(self, query: Select[Any]) -> list[AuditEntry]:
        with self._database.read() as connection:
            return [
                AuditEntry(row.at, row.who, row.action, row.brief_id, row.story_id, row.detail)
                for row in connection.execute(query)
            ]


def note(connection: Connection, entry: AuditEntry) -> None:
    """Write down what is done in this transaction."""
    connection.execute(
        insert(audit).values(
            at=entry.at,
            who=entry.who,
            action=entry.action,
            brief_id=entry.brief,
            story_id=entry.story,
            detail=entry.detail,
        )
    )
