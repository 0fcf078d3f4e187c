"""Empty databases for tests: an SQLite file, or with TEST_DATABASE=postgresql one of a server's."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
from sqlalchemy import Connection, NullPool, create_engine

from aggregator.store.database import parse_url

SERVER = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
ON_POSTGRESQL = os.environ.get("TEST_DATABASE") == "postgresql"


@contextmanager
def empty_database(file: Path) -> Iterator[str]:
    """The URL of a database that is nobody else's, of the kind that TEST_DATABASE names; where that
    is SQLite, it is this file.
    """
    if not ON_POSTGRESQL:
        yield f"sqlite:///{file}"
        return
    with empty_on_server() as url:
        yield url


@contextmanager
def empty_on_server() -> Iterator[str]:
    """The URL of a new database in PostgreSQL; it is dropped in the end, whoever is in it."""
    name = f"aggregator_test_{uuid4().hex[:12]}"
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield SERVER.rpartition("/")[0] + f"/{name}"
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def away(url: str) -> Iterator[None]:
    """Nobody can open this database meanwhile: the file is moved, or the server lets nobody in and
    ends whoever was.
    """
    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite":
        with _moved(Path(str(parsed.database))):
            yield
        return
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f'ALTER DATABASE "{parsed.database}" ALLOW_CONNECTIONS false')
        ends = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s"
        server.execute(ends, [parsed.database])
        try:
            yield
        finally:
            server.execute(f'ALTER DATABASE "{parsed.database}" ALLOW_CONNECTIONS true')


@contextmanager
def _moved(file: Path) -> Iterator[None]:
    """With what SQLite keeps beside it."""
    gone = file.with_name("away.db")
    ends = [end for end in ("", "-wal", "-shm") if file.with_name(file.name + end).exists()]
    for end in ends:
        file.with_name(file.name + end).rename(gone.with_name(gone.name + end))
    try:
        yield
        assert not file.exists(), "nobody makes another one in its place"
    finally:
        for end in ends:
            gone.with_name(gone.name + end).rename(file.with_name(file.name + end))


@contextmanager
def opened(url: str) -> Iterator[Connection]:
    """A database behind the program's back; what is done to it is committed in the end."""
    engine = create_engine(parse_url(url), poolclass=NullPool)
    with engine.begin() as connection:
        yield connection
