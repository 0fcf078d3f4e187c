"""Watches: the pages of cited reports, looked at after publishing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update

from aggregator.domain import Watch
from aggregator.store import alerts
from aggregator.store.database import Database
from aggregator.store.desk_schema import brief_citations, briefs, watches

_FIELDS = tuple(Watch.__dataclass_fields__)
_COLUMNS = tuple(watches.c[name] for name in _FIELDS)


class Watches:
    """The watches of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(
        self, since: datetime, until: datetime, now: datetime, lease: timedelta, limit: int
    ) -> list[Watch]:
        """The pages to be looked at ``now``, at most ``limit``, the longest due first: those that
        a brief cites which went out ``since`` then and ``until`` then.

        Until a look is recorded, or the ``lease`` is over, nobody else takes them.
        """
        due = or_(watches.c.url.is_(None), watches.c.next_at <= now)
        cited = (
            select(brief_citations.c.url.label("cited"), *_COLUMNS)
            .select_from(briefs)
            .join(brief_citations, alerts.CITED)
            .outerjoin(watches, watches.c.url == brief_citations.c.url)
            .where(brief_citations.c.url.is_not(None), due)
            .where(briefs.c.published_at >= since, briefs.c.published_at <= until)
            .distinct()
            .order_by(watches.c.next_at.nulls_first(), brief_citations.c.url)
            .limit(limit)
        )
        # Read first: at nearly every beat there is nothing to look at, and nothing to be locked.
        with self._database.read() as connection:
            if not connection.execute(cited.limit(1)).first():
                return []
        with self._database.write() as connection:
            found = [_watch(row) for row in connection.execute(cited)]
            for watch in found:
                _put(connection, watch.url, {"next_at": now + lease})
        return found

    def record(self, looks: Sequence[Watch], now: datetime) -> None:
        """Store what looks taught; alert the briefs that cite what is gone now."""
        with self._database.write() as connection:
            for watch in looks:
                _put(connection, watch.url, {name: getattr(watch, name) for name in _FIELDS})
            gone = [watch.url for watch in looks if watch.gone_at]
            if gone:
                alerts.pages_gone(connection, gone, now)


def _put(connection: Connection, url: str, values: dict[str, Any]) -> None:
    done = connection.execute(update(watches).where(watches.c.url == url).values(values))
    if done.rowcount == 0:
        connection.execute(insert(watches).values({"url": url, "misses": 0} | values))


def _watch(row: Any) -> Watch:
    if row.url is None:
        return Watch(row.cited)
    return Watch(**{name: getattr(row, name) for name in _FIELDS})
