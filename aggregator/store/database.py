"""One database, two kinds: how connections are opened, transactions begun, trouble named."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError

from aggregator.errors import StoreBusy, StoreError

if TYPE_CHECKING:
    from psycopg.abc import Buffer

BUSY_TIMEOUT_MS = 30_000
_PARAMETERS = 20_000
_WRITER_LOCK_KEY = 7_201_640_418_315

T = TypeVar("T")


class Database:
    """Read and write transactions on SQLite or PostgreSQL.

    On both there is one writer at a time, so that "is this article known?" and "store it" cannot
    be interleaved by two polls: in SQLite because it can only be so (``BEGIN IMMEDIATE``: a
    transaction that reads before it writes would otherwise fail at once, whatever the timeout),
    in PostgreSQL by a transaction-scoped advisory lock. It also makes items visible in the order
    of their numbers, which grouping goes by. What only moves leases and poll states does without.
    """

    def __init__(self, url: str) -> None:
        self.url = parse_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._writing = threading.Lock()
        if self.is_sqlite:
            # SQLite before 3.51.3 may corrupt a WAL when two connections write or checkpoint at
            # once: one connection writes and checkpoints, the others cannot.
            self._writer = _sqlite_engine(self.url, begin="BEGIN IMMEDIATE", pool_size=1)
            self._reader = _sqlite_engine(self.url, begin="BEGIN", pool_size=8)
        else:
            self._writer = self._reader = _postgres_engine(self.url)

    @property
    def name(self) -> str:
        """The database as messages name it: a path, or a URL without its password."""
        if self.is_sqlite:
            return str(self.url.database)
        return self.url.render_as_string(hide_password=True)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database and changes nothing.

        Raises StoreError when the database cannot be used.
        """
        with self._named_trouble(), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def write(self, *, alone: bool = True) -> Iterator[Connection]:
        """A transaction that is stored as a whole when the block ends, or not at all.

        Not ``alone``: in PostgreSQL others may write meanwhile; rows that both want are locked.
        Raises StoreBusy when another process keeps the database locked, StoreError otherwise.
        """
        with self._named_trouble(), self._writing, self._writer.begin() as connection:
            if alone and not self.is_sqlite:
                connection.execute(
                    text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITER_LOCK_KEY}
                )
            yield connection

    @contextmanager
    def aside(self) -> Iterator[Connection]:
        """A transaction that may make temporary tables, which are gone with it: nothing of it is
        stored. Raises StoreError.
        """
        engine = self._writer
        if self.is_sqlite:
            engine = _sqlite_engine(self.url, begin="BEGIN", pool_size=1)
        try:
            # What is not committed when the connection is closed is rolled back.
            with self._named_trouble(), engine.connect() as connection:
                if self.is_sqlite:
                    connection.exec_driver_sql("PRAGMA query_only = OFF")
                yield connection
        finally:
            if self.is_sqlite:
                engine.dispose()

    def session(self) -> Connection:
        """A PostgreSQL session outside any transaction, for locks that last as long as it does."""
        return self._writer.connect().execution_options(isolation_level="AUTOCOMMIT")

    def reach(self) -> None:
        """Raise StoreError, which says why, unless a connection can be made."""
        with self.read():
            pass

    def close(self) -> None:
        """Close every connection."""
        self._reader.dispose()
        self._writer.dispose()

    @contextmanager
    def _named_trouble(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            reason = str(error.orig).strip().splitlines()[0] if str(error.orig) else "no reason"
            if isinstance(error, OperationalError) and "locked" in reason:
                raise StoreBusy(f"{self.name}: another process keeps it locked") from error
            raise StoreError(f"{self.name}: {reason}") from error


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Values in parts that one statement can carry as parameters, two for each."""
    for start in range(0, len(values), _PARAMETERS // 2):
        yield values[start : start + _PARAMETERS // 2]


def parse_url(url: str) -> URL:
    """Read a database URL; raises StoreError unless it names an SQLite file or PostgreSQL."""
    example = "sqlite:///var/aggregator.db or postgresql+psycopg://user@host/name"
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise StoreError(f"AGGREGATOR_DATABASE_URL is no database URL; right: {example}") from error
    if backend == "postgresql":
        if find_spec("psycopg") is None:
            raise StoreError(
                "PostgreSQL needs one more package: pip install 'psycopg[binary]>=3.2'"
            )
        return parsed.set(drivername="postgresql+psycopg")
    if backend != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise StoreError(f"AGGREGATOR_DATABASE_URL names no SQLite file or PostgreSQL; {example}")
    return parsed.set(drivername="sqlite+pysqlite", database=str(Path(parsed.database)))


def _postgres_engine(url: URL) -> Engine:
    """PostgreSQL has no NUL in text, and whoever typed an address with one would be told that the
    database is away: there it becomes what browsers make of it, and is found nowhere.
    """
    from psycopg.types.string import StrDumperUnknown  # noqa: PLC0415 - who has SQLite does without

    class Text(StrDumperUnknown):
        def dump(self, obj: str) -> Buffer | None:
            return super().dump(obj.replace("\0", "\ufffd"))

    engine = create_engine(
        url,
        pool_size=8,
        max_overflow=8,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 10},
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.adapters.register_dumper(str, Text)

    return engine


def _sqlite_engine(url: URL, *, begin: str, pool_size: int) -> Engine:
    def connect() -> sqlite3.Connection:
        # mode=rw: a file that was moved away is an error, not an empty database in its place.
        # The driver would begin transactions by itself, and never an immediate one.
        uri = f"{Path(str(url.database)).resolve().as_uri()}?mode=rw"
        return sqlite3.connect(
            uri,
            uri=True,
            timeout=BUSY_TIMEOUT_MS / 1000,
            isolation_level=None,
            check_same_thread=False,
        )

    engine = create_engine(
        url, creator=connect, pool_size=pool_size, max_overflow=0, json_deserializer=_from_json
    )
    writes = begin == "BEGIN IMMEDIATE"

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        for pragma in _pragmas(writes=writes):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _from_json(text: str) -> Any:
    """What SQLite keeps as JSON; of a source it is mostly three empty lists."""
    return [] if text == "[]" else json.loads(text)


def _pragmas(*, writes: bool) -> list[str]:
    common = ["foreign_keys = ON", f"busy_timeout = {BUSY_TIMEOUT_MS}"]
    if not writes:
        return [*common, "query_only = ON", "wal_autocheckpoint = 0"]
    # FULL: with NORMAL a power cut loses polls that were already acknowledged.
    # New items touch many pages of many indexes: kept in memory, written to the file more seldom.
    cache = ["cache_size = -32000", "wal_autocheckpoint = 4000"]
    return [*common, *cache, "journal_mode = WAL", "synchronous = FULL"]
