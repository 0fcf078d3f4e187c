"""What each editor has looked at."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, func, insert, select

from aggregator.domain import Look
from aggregator.store.database import Database
from aggregator.store.desk_schema import looks, seen
from aggregator.store.schema import grouping, story_items


class Looks:
    """The looks of all editors."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def last(self, username: str) -> Look | None:
        """When this editor last looked at the wire; None: never."""
        query = select(looks.c.at, looks.c.next_story).where(looks.c.username == username)
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        return Look(row.at, row.next_story) if row else None

    def now(self, now: datetime) -> Look:
        """What a look at the wire is ``now``."""
        with self._database.read() as connection:
            return Look(now, connection.execute(select(grouping.c.next_story)).scalar_one())

    def keep(self, username: str, look: Look) -> None:
        """Remember it as this editor's last."""
        self._replace(looks, {"username": username}, at=look.at, next_story=look.next_story)

    def open(self, username: str, story_id: int, last_item: int, now: datetime) -> None:
        """Note that an editor has seen a story, up to its item ``last_item``, ``now``."""
        key = {"username": username, "story_id": story_id}
        self._replace(seen, key, seen_at=now, last_item=last_item)

    def seen(self, username: str, story_id: int) -> tuple[datetime, int] | None:
        """When this editor last opened a story, and its newest item then; None: never."""
        mine = seen.c.username == username, seen.c.story_id == story_id
        with self._database.read() as connection:
            row = connection.execute(select(seen).where(*mine)).one_or_none()
        return (row.seen_at, row.last_item) if row else None

    def newest_item(self, story_id: int) -> int:
        """The last item that came into a story, shown or hidden; 0 when it has none."""
        query = select(func.max(story_items.c.item_id)).where(story_items.c.story_id == story_id)
        with self._database.read() as connection:
            return connection.execute(query).scalar() or 0

    def _replace(self, table: Table, key: dict[str, Any], **values: Any) -> None:
        with self._database.write() as connection:
            same = [table.c[name] == value for name, value in key.items()]
            connection.execute(delete(table).where(*same))
            connection.execute(insert(table).values(**key, **values))
