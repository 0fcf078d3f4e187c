"""Moving a newsroom to another database: every row, under the same numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

from sqlalchemy import Column, Connection, Table, bindparam, func, select, text, update

from aggregator.errors import StoreError
from aggregator.store import desk_schema, ops_schema, versions
from aggregator.store.database import Database
from aggregator.store.schema import metadata

_BATCH = 1000
# Their import is what puts their tables into the metadata.
_ALSO = (desk_schema.briefs, ops_schema.incidents)


def copy(
    source_url: str, target_url: str, tell: Callable[[str, int], None] = lambda _name, _count: None
) -> int:
    """Copy one consistent state into an empty PostgreSQL database; return how many rows.

    ``tell`` gets each table's name and number of rows. Raises StoreError, having stored nothing.
    """
    with closing(Database(source_url)) as source, closing(Database(target_url)) as target:
        versions.check(source)
        if target.is_sqlite:
            raise StoreError(f"{target.name}: copy to PostgreSQL; for SQLite there is db backup")
        versions.upgrade(target)
        with source.read() as origin, target.write() as goal:
            _refuse_used(goal, target.name)
            total = 0
            for table in metadata.sorted_tables:
                count = _copy_table(origin, goal, table)
                tell(table.name, count)
                total += count
            for table in metadata.sorted_tables:
                _point_to_itself(origin, goal, table)
                _count_on(origin, goal, table, is_sqlite=source.is_sqlite)
    return total


def _refuse_used(goal: Connection, name: str) -> None:
    for table in ("sources", "items", "briefs", "editors"):
        if goal.execute(select(func.count()).select_from(metadata.tables[table])).scalar_one():
            raise StoreError(f"{name}: it is in use already; give an empty database")


def _copy_table(origin: Connection, goal: Connection, table: Table) -> int:
    goal.execute(table.delete())  # what the migrations put there
    mine = {column.name for column in _to_itself(table)}
    count = 0
    for rows in origin.execute(select(table)).partitions(_BATCH):
        values = [
            {name: None if name in mine else value for name, value in row._mapping.items()}
            for row in rows
        ]
        goal.execute(table.insert(), values)
        count += len(values)
    stored = goal.execute(select(func.count()).select_from(table)).scalar_one()
    if stored != count:
        raise StoreError(f"{table.name}: {stored} rows arrived of {count}; nothing is stored")
    return count


def _to_itself(table: Table) -> list[Column[Any]]:
    """The columns that point to other rows of the table, which may not be there yet."""
    return [
        column
        for column in table.columns
        if any(key.column.table is table for key in column.foreign_keys)
    ]


def _point_to_itself(origin: Connection, goal: Connection, table: Table) -> None:
    """Every such table has one key, its number."""
    for column in _to_itself(table):
        key = table.c.id
        point = (
            update(table).where(key == bindparam("row")).values({column.name: bindparam("other")})
        )
        query = select(key.label("row"), column.label("other")).where(column.is_not(None))
        for rows in origin.execute(query).partitions(_BATCH):
            goal.execute(point, [dict(row._mapping) for row in rows])


def _count_on(origin: Connection, goal: Connection, table: Table, *, is_sqlite: bool) -> None:
    """Let numbering go on where it stopped, also past rows that were deleted."""
    column = table.autoincrement_column
    if column is None:
        return
    name = _sequence(goal, table, column)
    last = max(_given(origin, table, column, is_sqlite=is_sqlite))
    if name and last:
        goal.execute(text("SELECT setval(:name, :last)"), {"name": name, "last": last})


def _given(
    origin: Connection, table: Table, column: Column[Any], *, is_sqlite: bool
) -> Iterator[int]:
    yield origin.execute(select(func.max(column))).scalar() or 0
    if is_sqlite:
        query = text("SELECT seq FROM sqlite_sequence WHERE name = :table")
        yield origin.execute(query, {"table": table.name}).scalar() or 0
    elif name := _sequence(origin, table, column):
        query = text(f"SELECT last_value FROM {name} WHERE is_called")  # noqa: S608 - of the catalogue
        yield origin.execute(query).scalar() or 0


def _sequence(connection: Connection, table: Table, column: Column[Any]) -> str | None:
    """What numbers a column in PostgreSQL; None for a key that is no number."""
    query = text("SELECT pg_get_serial_sequence(:table, :column)")
    names = {"table": table.name, "column": column.name}
    return connection.execute(query, names).scalar()
