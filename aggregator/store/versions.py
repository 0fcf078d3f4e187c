"""Which schema a database has, and bringing it to ours with Alembic."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from aggregator.errors import StoreError
from aggregator.store.database import Database
from aggregator.store.schema import SCHEMA

if TYPE_CHECKING:
    from alembic.config import Config

_MIGRATIONS = Path(__file__).with_name("migrations")
TABLE = "alembic_version"
"""Where a database says which schema it has."""
_COPIED = re.compile(rf"^COPY \S+\.{TABLE} \(version_num\) FROM stdin;\n(\w+)$", re.MULTILINE)


def check(database: Database) -> None:
    """Raise StoreError, naming the remedy, unless the database has exactly our schema."""
    if database.is_sqlite:
        _check_file(database)
    with database.read() as connection:
        version = _version(connection, database.name)
    if version is None:
        raise StoreError(
            f"{database.name}: there are no tables in it yet; make them with: aggregator db upgrade"
        )
    if version != SCHEMA:
        _refuse_newer(version, database.name)
        raise StoreError(
            f"{database.name}: its schema {version} is older than this program's {SCHEMA}; "
            "bring it up to date with: aggregator db upgrade"
        )


def upgrade(database: Database) -> tuple[str | None, str]:
    """Create or migrate the tables, all or nothing; return the schema before and after.

    Raises StoreError, having changed nothing, for a newer or a foreign database.
    """
    if database.is_sqlite:
        _prepare_file(database)
    with database.write() as connection:
        before = _version(connection, database.name)
        if before is not None:
            _refuse_newer(before, database.name)
        from alembic import command  # noqa: PLC0415 - as below

        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return before, SCHEMA


def downgrade(database: Database, revision: str) -> None:
    """Take the tables back to an older schema, all or nothing, for an older program.

    What only the newer one knew is lost. Raises StoreError for a revision that is none of ours.
    """
    check(database)
    from alembic import command  # noqa: PLC0415 - as below
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - as below

    config = _config()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision not in known:
        raise StoreError(f"there is no schema {revision}; there are {', '.join(sorted(known))}")
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def current(database: Database) -> str:
    """The schema that a database has; raises StoreError for a newer or a foreign one."""
    with database.read() as connection:
        version = _version(connection, database.name)
    if version is None:
        raise StoreError(f"{database.name}: there are no tables in it")
    _refuse_newer(version, database.name)
    return version


def look_at(path: Path) -> None:
    """Raise StoreError unless the file is an SQLite database of ours that we know to read."""
    _peek(path)


def look_at_dump(version: str, path: Path) -> None:
    """Raise StoreError unless a dump is one of ours that we know to read; ``version`` is its table
    of that, as ``pg_restore`` writes it.
    """
    found = _COPIED.search(version)
    if found is None:
        raise StoreError(f"{path}: this is a dump of another program's database")
    _refuse_newer(found[1], str(path))


def _config() -> Config:
    # Alembic is slow to import (80 ms), and what is up to date does not need it.
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config


def _version(connection: Connection, name: str) -> str | None:
    tables = set(inspect(connection).get_table_names())
    if TABLE in tables:
        return connection.execute(text(f"SELECT version_num FROM {TABLE}")).scalar()  # noqa: S608 - a constant
    if tables:
        raise StoreError(
            f"{name}: this is another program's database; give one of its own in "
            "AGGREGATOR_DATABASE_URL"
        )
    return None


def _refuse_newer(version: str, name: str) -> None:
    if version == SCHEMA:
        return
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - as above

    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if version not in known:
        raise StoreError(
            f"{name}: its schema {version} was made by a newer version of this program, which "
            f"knows up to {SCHEMA}; upgrade the program, or restore a backup made with this version"
        )


def _prepare_file(database: Database) -> None:
    path = Path(str(database.url.database))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{path.parent}: cannot make this folder: {error.strerror}") from error
    if path.exists() and path.stat().st_size:
        _check_file(database)
        return
    try:
        path.touch()
    except OSError as error:
        raise StoreError(f"{path}: cannot be made: {error.strerror}") from error


def _check_file(database: Database) -> None:
    """Look at the file before anything is opened for writing: a foreign one stays untouched."""
    path = Path(str(database.url.database))
    if not path.exists():
        raise StoreError(f"{path}: there is no database; create it with: aggregator db upgrade")
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        raise StoreError(f"{path}: cannot be read: {error.strerror}") from error
    if head and head != b"SQLite format 3\0":
        raise StoreError(f"{path}: this is no SQLite database; give another file or remove it")
    _peek(path)


def _peek(path: Path) -> None:
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=30)
        try:
            found = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
            if TABLE in found:
                row = connection.execute(f"SELECT version_num FROM {TABLE}").fetchone()  # noqa: S608 - a constant
                _refuse_newer(row[0] if row else SCHEMA, str(path))
            elif found:
                raise StoreError(f"{path}: this is another program's SQLite database")
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise StoreError(f"{path}: the database cannot be read: {error}") from error
