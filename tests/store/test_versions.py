"""Which databases are opened, which are refused, and that a refused one is left as it was."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from aggregator.domain import Hints, PollResult
from aggregator.errors import StoreError
from aggregator.store import Store, downgrade, upgrade, versions
from aggregator.store.backup import backup
from aggregator.store.database import Database
from aggregator.store.schema import SCHEMA, metadata
from tests.build import LEASE, ME, NOW, item, source, take


def url(path: Path) -> str:
    return f"sqlite:///{path}"


def test_the_migrations_lead_to_the_tables_that_the_code_expects(database_url: str) -> None:
    assert upgrade(database_url) == (None, SCHEMA)
    database = Database(database_url)
    with database.write() as connection:
        opts = {"compare_type": False, "include_name": _is_ours}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, metadata) == []
    database.close()
    assert ScriptDirectory(str(versions._MIGRATIONS)).get_current_head() == SCHEMA


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """What items are found by is the migrations' own: SQLAlchemy has no words for it."""
    ours = {"table": ("item_words", "brief_words"), "index": ("ix_items_words", "ix_brief_texts_w")}
    return not str(name).startswith(ours.get(kind, ("-",)))


def test_upgrading_twice_changes_nothing(database_url: str) -> None:
    upgrade(database_url)
    first = Store(database_url)
    uid = first.installation_id()
    first.close()
    assert upgrade(database_url) == (SCHEMA, SCHEMA)
    second = Store(database_url)
    assert second.installation_id() == uid
    second.close()


def test_a_missing_database_is_not_made_by_opening_it(tmp_path: Path) -> None:
    with pytest.raises(
        StoreError, match="there is no database; create it with: aggregator db upgrade"
    ):
        Store(url(tmp_path / "none.db"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_an_empty_postgresql_is_refused_with_the_remedy(database_url: str) -> None:
    with pytest.raises(StoreError, match="aggregator db upgrade"):
        Store(database_url)


@pytest.mark.parametrize(
    "content", [b"not a database at all, sorry", b"SQLite format 3\0" + b"x" * 999]
)
def test_a_file_that_is_no_database_is_refused_and_left_alone(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "x.db"
    path.write_bytes(content)
    for attempt in (Store, upgrade):
        with pytest.raises(StoreError, match=r"x\.db"):
            attempt(url(path))
    assert path.read_bytes() == content


@pytest.mark.parametrize("statements", ["CREATE TABLE recipes (name)"])
def test_another_programs_database_is_refused_and_left_alone(
    tmp_path: Path, statements: str
) -> None:
    path = tmp_path / "x.db"
    connection = sqlite3.connect(path)
    connection.executescript(statements)
    connection.close()
    before = path.read_bytes()
    for attempt in (Store, upgrade):
        with pytest.raises(StoreError, match="another program's"):
            attempt(url(path))
    assert path.read_bytes() == before


def test_another_programs_postgresql_is_refused_and_left_alone(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE TABLE recipes (name text)")
    for attempt in (Store, upgrade):
        with pytest.raises(StoreError, match="another program's"):
            attempt(postgres_url)
    with psycopg.connect(postgres_url) as connection:
        tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        assert connection.execute(tables).fetchall() == [("recipes",)]


def test_an_older_database_is_refused_with_the_remedy(database_url: str) -> None:
    upgrade(database_url)
    downgrade(database_url, "0012")
    with pytest.raises(
        StoreError, match=r"its schema 0012 is older .* with: aggregator db upgrade"
    ):
        Store(database_url)


def test_what_has_no_tables_yet_cannot_be_backed_up(postgres_url: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there are no tables in it"):
        backup(postgres_url, tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


def test_a_newer_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    upgrade(url(path))
    connection = sqlite3.connect(path)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    for attempt in (Store, upgrade):
        with pytest.raises(StoreError, match="newer version of this program"):
            attempt(url(path))
    assert path.read_bytes() == before


def test_a_server_that_does_not_answer_is_named_without_its_password() -> None:
    with pytest.raises(StoreError) as caught:
        Store("postgresql://someone:hush@127.0.0.1:1/none")
    assert "127.0.0.1" in str(caught.value)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("bad", ["", "mysql://x/y", "sqlite://", "sqlite:///:memory:", "nonsense"])
def test_other_urls_are_refused(bad: str) -> None:
    with pytest.raises(StoreError, match="AGGREGATOR_DATABASE_URL"):
        Store(bad)


FANAL = (
    "INSERT INTO sources (id, position, name, url, categories, republish, include, exclude, enabled,"
    " weight) VALUES ('fanal', 0, 'Fanal', 'https://f.example/', '[]', 'link', '[]', '[]', true, 1)"
)


def upgraded(database_url: str, schema: str, *statements: str) -> None:
    """Make a database of an older schema, put something into it, and upgrade it."""
    if database_url.startswith("sqlite"):
        Path(database_url.removeprefix("sqlite:///")).touch()
    database = Database(database_url)
    with database.write() as connection:
        config = versions._config()
        config.attributes["connection"] = connection
        command.upgrade(config, schema)
        for statement in (FANAL, *statements):
            connection.execute(text(statement))
    database.close()
    assert upgrade(database_url) == (schema, SCHEMA)


def test_a_database_of_the_first_schema_keeps_what_it_knows(database_url: str) -> None:
    upgraded(
        database_url,
        "0001",
        "INSERT INTO poll_states (source_id, url, etag, failures)"
        " VALUES ('fanal', 'https://f.example/', '\"a\"', 2)",
    )
    with closing(Store(database_url)) as store:
        (job,) = store.polls.claim_due(NOW, 10, LEASE, ME)
        assert (job.state.etag, job.state.failures) == ('"a"', 2)
        assert (job.state.seen, job.state.hints, job.state.pushed) == (b"", Hints(), False)
        assert store.polls.record([PollResult(replace(job.state, polled_at=NOW))], ME) == [True]


def test_items_of_an_older_schema_are_no_edits_of_themselves(database_url: str) -> None:
    """What counts as an edit was defined otherwise when they were stored."""
    one = item(1)
    upgraded(
        database_url,
        "0002",
        "INSERT INTO poll_states (source_id, url, failures, succeeded_at)"
        " VALUES ('fanal', 'https://f.example/', 0, '2026-01-20 08:00:00')",
        "INSERT INTO items (source_id, identity, entry_id, guid, url, canonical_url, title, summary,"
        " content, text, search, authors, categories, first_seen_at, sort_at, revision, digest,"
        f" visible_digest) VALUES ('fanal', 'guid:{one.guid}', 'e', '{one.guid}', '{one.url}',"
        f" '{one.url}', '{one.title}', '{one.summary}', '', '{one.text}', '', '[]', '[]',"
        " '2026-01-20 08:00:00', '2026-01-20 08:00:00', 1, 'then', 'then')",
    )
    fanal = source("fanal")
    with closing(Store(database_url)) as store:
        assert take(store, fanal, one) == (0, 0)
        assert take(store, fanal, replace(one, categories=("politics",))) == (0, 0)
        assert take(store, fanal, replace(one, summary=f"{one.summary}<p>7 comments</p>")) == (0, 0)
        assert take(store, fanal, replace(one, title="Corrected")) == (0, 1)
