"""What is asked for each poll must not take longer the more is stored."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import pytest
from sqlalchemy import event

from aggregator.domain import ItemQuery, Place, WireQuery
from aggregator.store import Store
from tests.build import NOW, declare, item, source, take
from tests.feeds.desk import hire

pytestmark = pytest.mark.sqlite("its plans; test_plans_postgresql.py has the others")


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


def scans(plans: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The steps that read all items, or all notices."""
    return [(step, said) for step, said in plans if step.startswith(("SCAN items", "SCAN notices"))]


def test_recording_reads_no_table_as_a_whole(sqlite_store: Store, plans) -> None:
    fanal = source()
    declare(sqlite_store, fanal)
    take(sqlite_store, fanal, item(1), item(2, guid=None))
    plans.clear()
    take(sqlite_store, fanal, item(1, title="New"), item(3), item(4, guid=None))
    assert plans
    assert scans(plans) == []


def test_what_finds_items_again_reads_no_table_as_a_whole(sqlite_store: Store, plans) -> None:
    """By their number, by their headline, and among the last ones of the source."""
    fanal = source()
    declare(sqlite_store, fanal)
    title = "The harbour tunnel opens a year late"
    take(sqlite_store, fanal, *(item(f"a-{n}-{n}23456", title=f"{title}, {n}") for n in range(9)))
    plans.clear()
    take(sqlite_store, fanal, item("b-123456", title=title), item("c-1", title=f"{title}, 2"))
    sqlite_store.items.recent(fanal.id, 5)
    sqlite_store.items.release(fanal.id, NOW)
    sqlite_store.notices.since(NOW)
    used = " ".join(step for step, _ in plans)
    assert "ix_items_article" in used
    assert "ix_items_headline" in used
    assert scans(plans) == []


def test_the_wire_is_read_along_the_rank_and_by_words(sqlite_store: Store, plans) -> None:
    fanal, now = source(), NOW
    declare(sqlite_store, fanal)
    hire(sqlite_store)
    plans.clear()
    for query in (
        WireQuery(),
        WireQuery(after=Place(1.0, 1), unseen=True),
        WireQuery(sources=["fanal"], language="fr", covered=False, since=now),
        WireQuery(search="tunnel opens"),
    ):
        sqlite_store.wire.find(query, "quentin")
        sqlite_store.wire.count(replace(query, made_from=1), "quentin")
    sqlite_store.wire.titles(40)
    sqlite_store.looks.newest_item(1)
    sqlite_store.items.of_story(1, 100)
    sqlite_store.stories.ledgers([1])
    list(sqlite_store.items.find(ItemQuery(search="tunnel opens", limit=5)))
    tables = ("items", "story_items", "stories", "ledger", "seen")
    read = {step for step, _ in plans if step.startswith(tuple(f"SCAN {t}" for t in tables))}
    assert read <= {"SCAN items USING INDEX ix_items_sort_at_id"}
    steps = [step for step, _ in plans]
    assert any("item_words VIRTUAL TABLE INDEX" in step for step in steps)
    assert any("ix_stories_rank" in step for step in steps)
