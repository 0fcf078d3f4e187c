"""What is asked for each poll must not take longer the more is stored."""

from __future__ import annotations

from contextlib import closing

import pytest
from sqlalchemy import event

from aggregator.store import Store
from tests.build import declare, item, source, take


@pytest.fixture
def plans(sqlite_store: Store):
    """The query plans of all statements that are run, as SQLite explains them."""
    found: list[tuple[str, str]] = []
    database = sqlite_store._database

    def explain(_connection, cursor, statement, parameters, _context, executemany) -> None:
        if executemany or not statement.lstrip().startswith(("SELECT", "WITH", "UPDATE")):
            return
        with closing(cursor.connection.cursor()) as own:
            rows = own.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
        found.extend((row[3], statement) for row in rows)

    for engine in (database._writer, database._reader):
        event.listen(engine, "before_cursor_execute", explain)
    return found


def test_recording_reads_no_table_as_a_whole(sqlite_store: Store, plans) -> None:
    fanal = source()
    declare(sqlite_store, fanal)
    take(sqlite_store, fanal, item(1), item(2, guid=None))
    plans.clear()
    take(sqlite_store, fanal, item(1, title="New"), item(3), item(4, guid=None))
    scans = [(step, statement) for step, statement in plans if "SCAN items" in step]
    assert plans
    assert scans == []
