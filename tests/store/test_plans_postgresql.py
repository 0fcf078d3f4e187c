"""What PostgreSQL reads for each poll, each look at the queue and each search, by EXPLAIN."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import event

from aggregator.domain import ItemQuery
from aggregator.store import Store, upgrade
from aggregator.store.queued import PREFIX
from tests.build import LEASE, ME, NOW, item, source, take

ROWS = 20_000
_FILLING = (
    "INSERT INTO sources (id, position, name, url, categories, republish, include, exclude,"
    " enabled, weight) SELECT 's' || n, n, 'S', 'https://s' || n || '.example/f', '[]', 'link',"
    f" '[]', '[]', true, 1 FROM generate_series(1, {ROWS}) n",
    # All are polled a day from now but a hundred; fifty are leased.
    "INSERT INTO poll_states (source_id, url, next_poll_at, polled_at, failures, pushed,"
    " moved_seen, seen, entries, compared, leased_by, leased_until)"
    " SELECT 's' || n, 'https://s' || n || '.example/f',"
    " timestamptz '2026-01-20 09:00Z' + CASE WHEN n % 200 = 0 THEN interval '-1 minute' ELSE"
    " n * interval '5 seconds' END, timestamptz '2026-01-20 08:00Z', 0, false, 0, '', 0, 0,"
    " CASE WHEN n % 401 = 0 THEN 'somebody' END,"
    " CASE WHEN n % 401 = 0 THEN timestamptz '2026-01-20 09:01Z' END"
    f" FROM generate_series(1, {ROWS}) n",
    "INSERT INTO items (source_id, identity, entry_id, guid, url, canonical_url, title, summary,"
    " content, text, search, authors, categories, first_seen_at, sort_at, revision, digest)"
    " SELECT 's' || n, 'i' || n, 'urn:x:' || n, 'g' || n, 'https://s/' || n, 's/' || n, 'T', '',"
    " '', '', 'report number ' || n, '[]', '[]', timestamptz '2026-01-20 08:00Z',"
    f" timestamptz '2026-01-20 08:00Z', 1, 'd' FROM generate_series(1, {ROWS}) n",
    "ANALYZE",
)


@pytest.fixture
def filled(postgres_url: str) -> Iterator[Store]:
    """A store with so many rows that reading all of them would show."""
    upgrade(postgres_url)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        for statement in _FILLING:
            connection.execute(statement)
    with closing(Store(postgres_url)) as store:
        yield store


@pytest.fixture
def plans(filled: Store) -> list[str]:
    """The plans of all statements that are run, as PostgreSQL explains them."""
    found: list[str] = []

    def explain(_connection, cursor, statement, parameters, _context, executemany) -> None:
        wanted = statement.lstrip().startswith(("SELECT", "WITH", "UPDATE", "DELETE"))
        if wanted and not executemany and "advisory" not in statement:
            with closing(cursor.connection.cursor()) as own:
                own.execute(f"EXPLAIN {statement}", parameters)
                found.append("\n".join(row[0] for row in own.fetchall()))

    event.listen(filled._database._writer, "before_cursor_execute", explain)
    return found


def used(plans: list[str]) -> set[str]:
    """The indexes that are used."""
    return set(re.findall(r"(?:using|on) ((?:ix|uq|pk)_\w+)", "\n".join(plans)))


def whole(plans: list[str]) -> list[str]:
    """The plans that read a large table as a whole."""
    return [plan for plan in plans if re.search(r"Seq Scan on (items|poll_states|sources)", plan)]


def test_the_scheduler_reads_only_what_is_due(filled: Store, plans: list[str]) -> None:
    ticket = f"{PREFIX}1"
    found = filled.queued.enqueue(NOW, 60, LEASE, ticket)
    assert len(found) == 60
    filled.queued.count(NOW)
    filled.queued.prolong(NOW, LEASE)
    filled.queued.take([one.source_id for one in found], ticket, NOW, LEASE, ME)
    filled.queued.give_back(ticket)
    filled.polls.renew([one.source_id for one in found], NOW, LEASE, ME)
    assert whole(plans) == []
    assert {"ix_poll_states_due", "ix_poll_states_leased"} <= used(plans)


def test_a_poll_reads_its_own_rows(filled: Store, plans: list[str]) -> None:
    at = NOW + timedelta(seconds=1)
    title = "The harbour tunnel opens a year late"
    take(filled, source("s7"), item("a-1-123456", title=title), item(2, guid=None), now=at)
    take(filled, source("s7"), item("b-1-123456", title=title), item(3, guid=None), now=at)
    filled.items.recent("s7", 5)
    assert whole(plans) == []
    assert {"ix_items_canonical_url", "ix_items_article", "ix_items_headline"} <= used(plans)


def test_words_are_found_through_their_index(filled: Store, plans: list[str]) -> None:
    assert [one.guid for one in filled.items.find(ItemQuery(search="number 777", limit=5))]
    assert "ix_items_words" in used(plans)


def test_the_feed_reads_the_newest_items(filled: Store, plans: list[str]) -> None:
    assert len(filled.items.latest(100)) == 100
    assert "ix_items_sort_at_id" in used(plans)
    assert not [plan for plan in plans if "Seq Scan on items" in plan]
