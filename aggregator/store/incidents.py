"""Incidents: the times in which sources failed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, insert, select, update

from aggregator.domain import Incident
from aggregator.store.database import Database
from aggregator.store.ops_schema import incidents

_FIELDS = tuple(Incident.__dataclass_fields__)
_ALL = select(*(incidents.c[name] for name in _FIELDS))


class Incidents:
    """The incidents of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self) -> list[Incident]:
        """Those that go on, the oldest first."""
        return self._read(_ALL.where(incidents.c.resolved_at.is_(None)).order_by(incidents.c.id))

    def latest(self, limit: int) -> list[Incident]:
        """Those that something happened to last, first."""
        newest = incidents.c.updated_at.desc(), incidents.c.id.desc()
        return self._read(_ALL.order_by(*newest).limit(limit))

    def of_source(self, source_id: str, limit: int) -> list[Incident]:
        """Those of one source, the last one first."""
        mine = _ALL.where(incidents.c.source_id == source_id)
        return self._read(mine.order_by(incidents.c.id.desc()).limit(limit))

    def record(self, changed: Iterable[Incident]) -> None:
        """Store these as they are now: what has no number is new."""
        with self._database.write() as connection:
            for one in changed:
                values = {name: getattr(one, name) for name in _FIELDS if name != "id"}
                if one.id is None:
                    connection.execute(insert(incidents).values(values))
                else:
                    connection.execute(
                        update(incidents).where(incidents.c.id == one.id).values(values)
                    )

    def _read(self, query: Select[Any]) -> list[Incident]:
        with self._database.read() as connection:
            return [Incident(*row) for row in connection.execute(query)]
