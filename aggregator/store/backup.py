"""A copy of the whole database while it is in use, and putting one back.

A backup is one file: an SQLite database, or a dump of PostgreSQL made by its own ``pg_dump``. It
has its name only when it is whole and on the disk.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import text, update

from aggregator.errors import StoreError
from aggregator.store import versions
from aggregator.store.database import Database, parse_url
from aggregator.store.leadership import Leadership
from aggregator.store.schema import poll_states

_DUMP = b"PGDMP"
_SQLITE = b"SQLite format 3\0"


def backup(url: str, target: Path) -> int:
    """Write one consistent state of the database to a file; return its size in bytes.

    Polling and the desk go on meanwhile. A file of that name is replaced, at the very end. Raises
    StoreError, leaving nothing behind.
    """
    parsed = parse_url(url)
    with closing(Database(url)) as database:
        versions.check(database)
        if database.is_sqlite and _is_same(Path(str(parsed.database)), target):
            raise StoreError(f"{target}: this is the database itself; name another file")
        with _whole(target) as unfinished:
            if database.is_sqlite:
                _copy_sqlite(Path(str(parsed.database)), unfinished)
            else:
                args = ["--format=custom", "--no-owner", f"--file={unfinished}"]
                _postgres(database, "pg_dump", args)
    return target.stat().st_size


def restore(url: str, source: Path) -> str:
    """Put a backup in the place of the database; return the schema that it has.

    Nothing may be running on it. An SQLite database that was there is kept beside it, as
    ``….before-restore``. Raises StoreError, having changed nothing.
    """
    head = _head(source)
    if (parsed := parse_url(url)).get_backend_name() == "sqlite":
        Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
    with closing(Database(url)) as database, _nobody_else(database):
        if database.is_sqlite:
            if head[: len(_SQLITE)] != _SQLITE:
                raise StoreError(f"{source}: this is no backup of an SQLite database")
            _restore_sqlite(source, Path(str(database.url.database)))
        else:
            if head[: len(_DUMP)] != _DUMP:
                raise StoreError(f"{source}: this is no dump that pg_dump made")
            _restore_dump(database, source)
        found = versions.current(database)
    _free(url)
    return found


def _free(url: str) -> None:
    """End the leases of whoever polled when the backup was made: they poll another database."""
    with closing(Database(url)) as database, database.write() as connection:
        connection.execute(update(poll_states).values(leased_until=None, leased_by=None))


def _is_same(one: Path, other: Path) -> bool:
    return other.exists() and one.exists() and one.samefile(other)


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(16)
    except OSError as error:
        raise StoreError(f"{path}: cannot be read: {error.strerror}") from error


@contextmanager
def _whole(target: Path) -> Iterator[Path]:
    """A file beside the target that takes its place when the block ends well; nobody else may read
    it, since it holds what lets people in.
    """
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        unfinished.touch(mode=0o600)
        yield unfinished
        with unfinished.open("rb+") as file:
            os.fsync(file.fileno())
        unfinished.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        raise StoreError(f"{target}: cannot be written: {error.strerror}") from error
    finally:
        unfinished.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Have the disk remember the names in a folder."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _copy_sqlite(source: Path, target: Path) -> None:
    """One step copies one state: with several, each write in between would begin it anew."""
    try:
        with (
            closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as origin,
            closing(sqlite3.connect(target)) as copy,
        ):
            origin.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
            _refuse_damaged(copy, source)
    except sqlite3.Error as error:
        raise StoreError(f"{source}: cannot be copied to {target.parent}: {error}") from error


def _refuse_damaged(connection: sqlite3.Connection, path: Path) -> None:
    (said,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if said != "ok":
        raise StoreError(f"{path}: it is damaged: {said}")


def _restore_sqlite(source: Path, target: Path) -> None:
    try:
        with closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as found:
            _refuse_damaged(found, source)
    except sqlite3.Error as error:
        raise StoreError(f"{source}: cannot be read: {error}") from error
    versions.look_at(source)
    before = target.stat() if target.exists() else None
    if before:
        _set_apart(target, target.with_name(f"{target.name}.before-restore"))
    with _whole(target) as unfinished:
        shutil.copyfile(source, unfinished)
        if before:
            # Else a restore by root would keep the service itself out.
            unfinished.chmod(before.st_mode & 0o7777)
            os.chown(unfinished, before.st_uid, before.st_gid)


def _set_apart(path: Path, aside: Path) -> None:
    """Give a database another name, with what is in its WAL, which belongs to no other."""
    try:
        with closing(sqlite3.connect(path, timeout=1)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise StoreError(f"{path}: another process uses it; stop that first") from error
    except sqlite3.DatabaseError:
        pass  # damaged: which may be why a backup is being restored
    for suffix in ("-wal", "-shm", ""):
        part = path.with_name(path.name + suffix)
        aside.with_name(aside.name + suffix).unlink(missing_ok=True)
        if part.exists():
            part.replace(aside.with_name(aside.name + suffix))


@contextmanager
def _nobody_else(database: Database) -> Iterator[None]:
    if not database.is_sqlite:
        database.reach()
    leadership = Leadership(database)
    if not leadership.held():
        raise StoreError(f"{database.name}: a service is running on it; stop that first")
    try:
        yield
    finally:
        leadership.release()


def _restore_dump(database: Database, source: Path) -> None:
    script = source.with_name(f".{source.name}.{os.getpid()}.sql")
    try:
        # Read to its end first: half a dump must not be stored, nor one of another program.
        _run("pg_restore", ["--no-owner", f"--file={script}", str(source)], {})
        only = ["--data-only", f"--table={versions.TABLE}", "--file=-", str(source)]
        versions.look_at_dump(_run("pg_restore", only, {}), source)
        with database.read() as connection:
            query = text("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")
            tables = ", ".join(connection.execute(query).scalars())
        drop = f"DROP TABLE {tables} CASCADE" if tables else "SELECT 1"
        options = ["-X", "-q", "-v", "ON_ERROR_STOP=1", "--single-transaction"]
        _postgres(database, "psql", [*options, "-o", os.devnull, "-c", drop, "-f", str(script)])
    finally:
        script.unlink(missing_ok=True)


def _postgres(database: Database, program: str, args: Sequence[str]) -> None:
    """Run one of PostgreSQL's programs; the password goes where other users cannot see it."""
    url = database.url.set(drivername="postgresql", password=None)
    address = f"--dbname={url.render_as_string()}"
    secret = {"PGPASSWORD": str(database.url.password)} if database.url.password else {}
    _run(program, [address, *args], secret)


def _run(program: str, args: Sequence[str], secret: dict[str, str]) -> str:
    path = shutil.which(program)
    if path is None:
        raise StoreError(
            f"this needs PostgreSQL's program {program}; install its client (Debian: "
            "apt-get install postgresql-client)"
        )
    done = subprocess.run(  # noqa: S603 - no shell, and the program is PostgreSQL's own
        [path, *args], env=os.environ | secret, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise StoreError(f"{program} failed: {said[0] if said else 'no reason given'}")
    return done.stdout
