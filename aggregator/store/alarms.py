"""Alarms: what operators are being told, so that they are told once."""

from __future__ import annotations

from sqlalchemy import delete, insert, select, update

from aggregator.domain import Alarm
from aggregator.store.database import Database
from aggregator.store.ops_schema import alarms

_FIELDS = tuple(Alarm.__dataclass_fields__)


class Alarms:
    """The alarms of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Alarm]:
        """Every alarm that goes on or whose end has still to be told, the oldest first."""
        query = select(*(alarms.c[name] for name in _FIELDS))
        with self._database.read() as connection:
            return [Alarm(*row) for row in connection.execute(query.order_by(alarms.c.since))]

    def put(self, alarm: Alarm) -> None:
        """Store an alarm as it is now."""
        values = {name: getattr(alarm, name) for name in _FIELDS}
        with self._database.write() as connection:
            mine = alarms.c.key == alarm.key
            if connection.execute(update(alarms).where(mine).values(values)).rowcount == 0:
                connection.execute(insert(alarms).values(values))

    def drop(self, key: str) -> None:
        """Forget an alarm: its end was told, or nobody was ever told of it."""
        with self._database.write() as connection:
            connection.execute(delete(alarms).where(alarms.c.key == key))
