"""A place for trying what other sources would make of the items of the last days: temporary copies
stand in front of the tables that declaring sources changes, for one connection. Every statement
is the same there, nobody waits for it and nothing of it is stored.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection, bindparam, text

from aggregator.store.database import Database
from aggregator.store.schema import grouping, installation, items, poll_states, sources
from aggregator.store.types import UtcDateTime

_COPIED = (installation, sources, poll_states, grouping)
_LEFT_OUT = ("summary", "content", "text")
"""What decides about no feed. What is searched comes last, where reading the others skips it."""


@contextmanager
def rehearsal(database: Database, since: datetime) -> Iterator[Database]:
    """The same database, for one thread: without the older items, and with what is changed in it
    undone in the end. Raises StoreError.
    """
    with database.aside() as connection:
        for table in _COPIED:
            _copy(connection, table.name, "*")
        _copy_items(connection, since)
        yield _Stage(database, connection)


class _Stage(Database):
    """One open transaction in the place of a database."""

    def __init__(self, database: Database, connection: Connection) -> None:
        self.url, self.is_sqlite = database.url, database.is_sqlite
        self._connection = connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        yield self._connection

    @contextmanager
    def write(self, *, alone: bool = True) -> Iterator[Connection]:  # noqa: ARG002 - it is alone
        yield self._connection


def _copy_items(connection: Connection, since: datetime) -> None:
    """Those since then, what they are copies of, and what briefs cite."""
    kept = [one.name for one in items.c if one.name not in (*_LEFT_OUT, "search")]
    columns = ", ".join([*kept, *(f"'' AS {name}" for name in _LEFT_OUT), "search"])
    which = (
        "WHERE sort_at >= :since"
        " OR id IN (SELECT duplicate_of FROM items WHERE sort_at >= :since)"
        " OR id IN (SELECT item_id FROM brief_citations)"
    )
    _copy(connection, "items", columns, which, since)
    for key in ("id", "source_id"):
        connection.execute(text(f"CREATE INDEX staged_items_{key} ON items ({key})"))


def _copy(
    connection: Connection, table: str, columns: str, which: str = "", since: datetime | None = None
) -> None:
    """Until the transaction ends, ``table`` means the copy, in SQLite as in PostgreSQL."""
    query = f"SELECT {columns} FROM {table} {which}"  # noqa: S608 - all of it is ours
    statement = text(f"CREATE TEMPORARY TABLE {table} AS {query}")
    if since is not None:
        statement = statement.bindparams(bindparam("since", since, UtcDateTime))
    connection.execute(statement)
