"""The whole database: copied while in use, put back, checked, moved, taken up and down."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from aggregator.domain import ItemQuery
from aggregator.errors import StoreError
from aggregator.store import Store, check, copying, downgrade, upgrade, versions
from aggregator.store import backup as backups
from aggregator.store.database import Database
from aggregator.store.schema import SCHEMA
from tests.build import NOW, declare, item, source, take
from tests.databases import away, empty_on_server, opened
from tests.desk.newsroom import DeskRoom
from tests.store.test_versions import upgraded

FANAL, MEUSE = source("fanal"), source("meuse")


def filled(url: str, folder: Path) -> None:
    """A newsroom with a story and a brief."""
    folder.mkdir(exist_ok=True)
    upgrade(url)
    with closing(Store(url)) as store:
        room = DeskRoom(store, folder)
        room.out()


def contents(url: str) -> list[object]:
    with closing(Store(url)) as store:
        items = sorted(store.items.find(ItemQuery()), key=lambda one: one.id)
        return [items, store.edition(), store.installation_id(), store.audit.latest(99)]


@pytest.fixture
def another(postgres: None) -> Iterator[str]:
    """One more empty PostgreSQL database."""
    with empty_on_server() as url:
        yield url


def test_a_backup_comes_back_as_it_was(database_url: str, tmp_path: Path, tool) -> None:
    if database_url.startswith("postgresql"):
        tool("pg_dump")
    filled(database_url, tmp_path)
    before = contents(database_url)
    file = tmp_path / "backup"
    assert backups.backup(database_url, file) == file.stat().st_size
    assert file.stat().st_mode & 0o077 == 0
    with closing(Store(database_url)) as store:
        declare(store, FANAL)
        take(store, FANAL, item("later"))
    assert contents(database_url) != before
    assert backups.restore(database_url, file) == SCHEMA
    assert contents(database_url) == before
    assert check(database_url) == []
    assert sorted(path.name for path in tmp_path.glob(".*")) == []


def test_a_backup_is_one_state_whatever_is_written_meanwhile(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/busy.db"
    upgrade(url)
    stop = threading.Event()
    with closing(Store(url)) as store:
        declare(store, FANAL)

        def poll() -> None:
            number = 0
            while not stop.is_set():
                # Each poll brings two: no state has an odd number.
                take(store, FANAL, item(f"{number}-a"), item(f"{number}-b"))
                number += 1

        writer = threading.Thread(target=poll)
        writer.start()
        try:
            files = [tmp_path / f"{number}.db" for number in range(5)]
            for file in files:
                backups.backup(url, file)
        finally:
            stop.set()
            writer.join()
    counts = []
    for file in files:
        copy = f"sqlite:///{file}"
        assert check(copy) == []
        with closing(Store(copy)) as store:
            counts.append(store.items.count())
    assert all(count % 2 == 0 for count in counts)
    assert counts == sorted(counts)
    assert counts[-1] > counts[0]


def test_restoring_refuses_what_is_no_backup_and_changes_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ours.db"
    filled(url, tmp_path / "room")
    before = contents(url)
    cut, foreign, text = tmp_path / "cut", tmp_path / "foreign", tmp_path / "text"
    backups.backup(url, cut)
    with cut.open("r+b") as file:
        file.truncate(file.seek(0, os.SEEK_END) // 2)
    with closing(sqlite3.connect(foreign)) as connection:
        connection.execute("CREATE TABLE recipes (name)")
    text.write_text("not a database")
    for bad in (cut, foreign, text, tmp_path / "none"):
        with pytest.raises(StoreError):
            backups.restore(url, bad)
    assert contents(url) == before
    assert not (tmp_path / "ours.db.before-restore").exists()


def test_restoring_to_postgresql_refuses_what_is_no_dump_and_changes_nothing(
    another: str, tmp_path: Path, tool
) -> None:
    tool("pg_restore")
    filled(another, tmp_path / "room")
    before = contents(another)
    cut, text = tmp_path / "cut", tmp_path / "text"
    backups.backup(another, cut)
    os.truncate(cut, cut.stat().st_size // 2)
    text.write_text("no dump")
    for bad, said in ((cut, "pg_restore failed: "), (text, "no dump that pg_dump made")):
        with pytest.raises(StoreError, match=said):
            backups.restore(another, bad)
    assert contents(another) == before
    assert list(tmp_path.glob(".*")) == []


def test_a_backup_goes_where_there_was_no_database(tmp_path: Path) -> None:
    url, file = f"sqlite:///{tmp_path}/ours.db", tmp_path / "backup"
    filled(url, tmp_path / "room")
    backups.backup(url, file)
    elsewhere = f"sqlite:///{tmp_path}/new/folder/ours.db"
    assert backups.restore(elsewhere, file) == SCHEMA
    assert contents(elsewhere) == contents(url)
    assert {path.name for path in (tmp_path / "new/folder").glob("*before-restore*")} == set()


def test_what_is_damaged_is_neither_backed_up_nor_restored(tmp_path: Path) -> None:
    url, file = f"sqlite:///{tmp_path}/ours.db", tmp_path / "backup"
    filled(url, tmp_path / "room")
    before = contents(url)
    backups.backup(url, file)
    harm(file)
    with pytest.raises(StoreError, match="backup: it is damaged: "):
        backups.restore(url, file)
    assert contents(url) == before
    harm(tmp_path / "ours.db")
    with pytest.raises(StoreError, match=r"ours\.db: it is damaged: "):
        backups.backup(url, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def harm(path: Path) -> None:
    """Let the page where a table begins be none."""
    with closing(sqlite3.connect(path)) as connection:
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        root = "SELECT rootpage FROM sqlite_schema WHERE name = 'sessions'"
        (number,) = connection.execute(root).fetchone()
    with path.open("r+b") as file:
        file.seek(size * (number - 1))
        file.write(b"\xff" * 8)


def test_restoring_waits_for_nobody_to_use_the_database(tmp_path: Path) -> None:
    url, file = f"sqlite:///{tmp_path}/ours.db", tmp_path / "backup"
    filled(url, tmp_path / "room")
    backups.backup(url, file)
    with closing(Store(url)) as store:
        assert store.leadership.held()
        with pytest.raises(StoreError, match="a service is running on it"):
            backups.restore(url, file)
        store.leadership.release()
        store.edition()
        with pytest.raises(StoreError, match="another process uses it"):
            backups.restore(url, file)
    assert backups.restore(url, file) == SCHEMA
    assert (tmp_path / "ours.db.before-restore").exists()


def test_a_dump_that_is_none_of_ours_is_refused_and_changes_nothing(
    postgres_url: str, another: str, tmp_path: Path, tool
) -> None:
    filled(postgres_url, tmp_path)
    before = contents(postgres_url)
    cut, foreign, newer = tmp_path / "cut", tmp_path / "foreign", tmp_path / "newer"
    backups.backup(postgres_url, cut)
    with cut.open("r+b") as file:
        file.truncate(file.seek(0, os.SEEK_END) * 2 // 3)
    with opened(another) as connection:
        connection.exec_driver_sql("CREATE TABLE recipes (name text)")
    dump(tool, another, foreign)
    with opened(another) as connection:
        connection.exec_driver_sql("DROP TABLE recipes")
    upgrade(another)
    with opened(another) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    dump(tool, another, newer)
    for bad, why in (
        (cut, "pg_restore failed"),
        (foreign, "another program's"),
        (newer, "made by a newer version"),
    ):
        with pytest.raises(StoreError, match=why):
            backups.restore(postgres_url, bad)
        assert contents(postgres_url) == before
    assert sorted(path.name for path in tmp_path.glob(".*")) == []


def dump(tool, url: str, file: Path) -> None:
    command = [tool("pg_dump"), f"--dbname={url}", "--format=custom", f"--file={file}"]
    subprocess.run(command, check=True)


def test_a_server_that_cannot_be_reached_is_no_service_that_runs(
    another: str, tmp_path: Path
) -> None:
    upgrade(another)
    backups.backup(another, tmp_path / "backup")
    with away(another), pytest.raises(StoreError, match="not currently accepting connections"):
        backups.restore(another, tmp_path / "backup")


def test_a_damaged_database_is_replaced_by_its_backup(tmp_path: Path) -> None:
    path, file = tmp_path / "ours.db", tmp_path / "backup"
    url = f"sqlite:///{path}"
    filled(url, tmp_path / "room")
    before = contents(url)
    backups.backup(url, file)
    path.write_bytes(b"SQLite format 3\0" + b"x" * 8000)
    backups.restore(url, file)
    assert contents(url) == before


BACKUP_WITHOUT_ROOM = """
import resource, sys
from pathlib import Path
from aggregator.errors import StoreError
from aggregator.store.backup import backup
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 17, 1 << 17))
try:
    backup(sys.argv[1], Path(sys.argv[2]))
except StoreError as error:
    print(error)
"""


def test_where_there_is_no_room_no_half_backup_is_left(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ours.db"
    filled(url, tmp_path / "room")
    target = tmp_path / "full" / "backup"
    target.parent.mkdir()
    target.write_bytes(b"the last good one")
    done = subprocess.run(
        [sys.executable, "-c", BACKUP_WITHOUT_ROOM, url, str(target)],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
    )
    assert "cannot be copied" in done.stdout, done.stderr
    assert [path.name for path in target.parent.iterdir()] == ["backup"]
    assert target.read_bytes() == b"the last good one"


def test_the_database_itself_is_no_place_for_its_backup(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ours.db"
    upgrade(url)
    with pytest.raises(StoreError, match="the database itself"):
        backups.backup(url, tmp_path / "ours.db")


def test_a_missing_program_is_named(
    monkeypatch: pytest.MonkeyPatch, another: str, tmp_path
) -> None:
    upgrade(another)
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(StoreError, match="postgresql-client"):
        backups.backup(another, tmp_path / "x")


def test_checking_finds_what_is_wrong(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ours.db"
    filled(url, tmp_path / "room")
    assert check(url) == []
    with closing(sqlite3.connect(tmp_path / "ours.db")) as connection:
        connection.executescript(
            "PRAGMA foreign_keys = OFF;"
            "DELETE FROM poll_states WHERE source_id = (SELECT min(source_id) FROM poll_states);"
            "UPDATE items SET source_id = 'nobody' WHERE id = 1;"
            "DELETE FROM brief_citations;"
            "UPDATE sqlite_sequence SET seq = 1 WHERE name = 'items';"
            "INSERT INTO item_words (item_words, rowid, search)"
            " SELECT 'delete', id, search FROM items WHERE id = 2;"
            "PRAGMA writable_schema = ON;"
            "UPDATE sqlite_schema SET sql = replace(sql, 'picture JSON', 'picture JSON NOT NULL')"
            " WHERE name = 'items';"
        )
    found = "\n".join(check(url))
    for sentence in (
        "the file is damaged: NULL value in items.picture",
        "sources that nothing is known of polling: 1",
        "items: row 1 points to a row of sources that is not there",
        "public briefs without a citation: 1",
        "items: the next number is 2, but",
        "the index of words has",
    ):
        assert sentence in found


def test_checking_finds_numbers_that_would_be_given_again(another: str, tmp_path: Path) -> None:
    filled(another, tmp_path)
    with psycopg.connect(another) as connection:
        connection.execute("SELECT setval(pg_get_serial_sequence('items', 'id'), 1)")
    assert [found.partition(", but")[0] for found in check(another)] == [
        "items: the next number is 2"
    ]


def test_sqlite_moves_to_postgresql(tmp_path: Path, another: str, postgres_url: str) -> None:
    url = f"sqlite:///{tmp_path}/ours.db"
    filled(url, tmp_path / "room")
    with closing(Store(url)) as store:
        declare(store, FANAL, MEUSE)
        take(store, FANAL, item(1))
        take(store, MEUSE, item(2, url="https://fanal.example/1"))
    with closing(sqlite3.connect(tmp_path / "ours.db")) as connection:
        connection.execute("UPDATE sqlite_sequence SET seq = 900 WHERE name = 'items'")
        connection.commit()
    told: dict[str, int] = {}
    total = copying.copy(url, another, told.__setitem__)
    assert total == sum(told.values())
    assert told["items"] >= 3
    assert contents(another) == contents(url)
    assert check(another) == []
    with closing(Store(another)) as store:
        declare(store, FANAL)
        take(store, FANAL, item("next"))
        assert max(one.id for one in store.items.find(ItemQuery())) == 901
    with psycopg.connect(another) as connection:
        connection.execute("DELETE FROM items WHERE id = 901")
    copying.copy(another, postgres_url)
    assert contents(postgres_url) == contents(another)
    with closing(Store(postgres_url)) as store:
        take(store, FANAL, item("one more"))
        assert max(one.id for one in store.items.find(ItemQuery())) == 902, "no number again"
    with pytest.raises(StoreError, match="in use already"):
        copying.copy(url, another)
    with pytest.raises(StoreError, match="to PostgreSQL"):
        copying.copy(another, f"sqlite:///{tmp_path}/other.db")


EARLIER = [f"{number:04}" for number in range(1, int(SCHEMA))]


@pytest.mark.parametrize("schema", EARLIER)
def test_every_earlier_schema_comes_up_and_goes_back(database_url: str, schema: str) -> None:
    upgraded(
        database_url,
        schema,
        "INSERT INTO poll_states (source_id, url, etag, failures)"
        " VALUES ('fanal', 'https://f.example/', '\"a\"', 2)",
    )
    assert check(database_url) == []
    downgrade(database_url, schema)
    with closing(Database(database_url)) as database:
        assert versions.current(database) == schema
    assert upgrade(database_url) == (schema, SCHEMA)
    assert check(database_url) == []
    with closing(Store(database_url)) as store:
        (health,) = store.sources.health()
        assert (health.source.id, health.state.etag) == ("fanal", '"a"')
        declare(store, FANAL)
        assert take(store, FANAL, item(1), now=NOW) == (1, 0)


def test_there_is_no_way_down_to_what_never_was(database_url: str) -> None:
    upgrade(database_url)
    with pytest.raises(StoreError, match="there is no schema 0099"):
        downgrade(database_url, "0099")
