"""Figures for operators: how polling keeps up, what comes in, how large it all is."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, and_, func, insert, or_, select, text, update

from aggregator.domain import Gap, Queue, Size, Space
from aggregator.store.database import Database, chunks
from aggregator.store.ops_schema import sizes
from aggregator.store.schema import gaps, grouping, items, poll_states, sources

_TABLE_BYTES = text("SELECT name, sum(pgsize) FROM dbstat GROUP BY name")
_INDEX_OF = text("SELECT name, tbl_name FROM sqlite_master")
_RELATIONS = text(
    "SELECT relname, pg_total_relation_size(oid) FROM pg_class"
    " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
)


class Figures:
    """The figures of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def queue(self, now: datetime) -> Queue:
        """How polling and grouping keep up."""
        state = poll_states.c
        polled = and_(sources.c.enabled, sources.c.removed_at.is_(None), state.gone_at.is_(None))
        joined = poll_states.join(sources, sources.c.id == state.source_id)
        free = or_(state.leased_until.is_(None), state.leased_until <= now)
        due = select(func.count(), func.min(state.next_poll_at)).select_from(joined)
        due = due.where(polled, free, or_(state.next_poll_at.is_(None), state.next_poll_at <= now))
        leased = select(func.count()).select_from(poll_states).where(state.leased_until > now)
        last = select(func.max(state.polled_at))
        done = select(func.max(grouping.c.last_item)).scalar_subquery()
        waiting = select(func.count()).select_from(items).where(items.c.id > done)
        newest = select(items.c.first_seen_at).order_by(items.c.id.desc()).limit(1)
        with self._database.read() as connection:
            count, oldest = connection.execute(due).one()
            return Queue(
                due=count,
                lag=max(now - oldest, timedelta(0)) if oldest else timedelta(0),
                leased=connection.execute(leased).scalar_one(),
                ungrouped=connection.execute(waiting).scalar_one(),
                polled_at=connection.execute(last).scalar_one(),
                new_item_at=connection.execute(newest).scalar_one_or_none(),
            )

    def per_day(self, source_ids: Collection[str], start: datetime) -> dict[str, dict[date, int]]:
        """How many new items each of these sources brought, by day (UTC), from then on."""
        found: dict[str, dict[date, int]] = {}
        with self._database.read() as connection:
            day = func.date(items.c.first_seen_at)
            if not self._database.is_sqlite:
                day = func.date(func.timezone("UTC", items.c.first_seen_at))
            query = (
                select(items.c.source_id, day, func.count())
                .where(items.c.id > _last_before(connection, start))
                .group_by(items.c.source_id, day)
            )
            for part in chunks(list(source_ids)):
                for name, when, count in connection.execute(
                    query.where(items.c.source_id.in_(part))
                ):
                    on = when if isinstance(when, date) else date.fromisoformat(when)
                    found.setdefault(name, {})[on] = count
        return found

    def gaps(self, source_id: str, limit: int) -> list[Gap]:
        """Where items of a source may have come and gone unseen, the last time first."""
        query = (
            select(gaps.c.after_at, gaps.c.before_at, gaps.c.filled)
            .where(gaps.c.source_id == source_id)
            .order_by(gaps.c.before_at.desc())
            .limit(limit)
        )
        with self._database.read() as connection:
            return [Gap(*row) for row in connection.execute(query)]

    def size(self) -> int:
        """Bytes that the database takes; what is quick to ask for."""
        if self._database.is_sqlite:
            path = Path(str(self._database.url.database))
            files = (path, path.with_name(path.name + "-wal"))
            return sum(file.stat().st_size for file in files if file.exists())
        with self._database.read() as connection:
            query = text("SELECT pg_database_size(current_database())")
            return int(connection.execute(query).scalar_one())

    def free(self) -> int | None:
        """Bytes free where the database lies; None when that is on a server."""
        if not self._database.is_sqlite:
            return None
        return shutil.disk_usage(Path(str(self._database.url.database)).parent).free

    def space(self) -> Space:
        """What the database takes by table, indexes included: goes through all of it."""
        with self._database.read() as connection:
            if not self._database.is_sqlite:
                rows = connection.execute(_RELATIONS).all()
                return Space(self.size(), {row[0]: row[1] for row in rows})
            owner = {row[0]: row[1] for row in connection.execute(_INDEX_OF)}
            tables: dict[str, int] = {}
            for name, size in connection.execute(_TABLE_BYTES):
                table = owner.get(name, name)
                tables[table] = tables.get(table, 0) + size
        return Space(self.size(), tables, self.free())

    def sizes(self, limit: int) -> list[Size]:
        """How large it was on the last days that this was noted, the first one first."""
        query = select(sizes.c.day, sizes.c.bytes, sizes.c["items"])
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(sizes.c.day.desc()).limit(limit)).all()
        return [Size(*row) for row in reversed(rows)]

    def note_size(self, day: date) -> None:
        """Note how large it is on this day; the last note of a day counts."""
        size = self.size()
        with self._database.write() as connection:
            count = connection.execute(select(func.count(items.c.id))).scalar_one()
            values = {"bytes": size, "items": count}
            done = connection.execute(update(sizes).where(sizes.c.day == day).values(values))
            if done.rowcount == 0:
                connection.execute(insert(sizes).values(day=day, **values))


def _last_before(connection: Connection, start: datetime) -> int:
    """The highest number of an item that was there by then: numbers rise with the time.

    Found by halving, from the key alone; the time has no index of its own.
    """
    low = 0
    high = connection.execute(select(func.max(items.c.id))).scalar() or 0
    while low < high:
        middle = (low + high + 1) // 2
        query = select(items.c.first_seen_at).where(items.c.id <= middle, items.c.id > low)
        seen = connection.execute(query.order_by(items.c.id.desc()).limit(1)).scalar()
        if seen is None or seen < start:
            low = middle
        else:
            high = middle - 1
    return low
