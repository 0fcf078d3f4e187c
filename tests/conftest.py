"""What tests share: databases, an origin on loopback, the development corpus where present."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from aggregator.store import Store, upgrade
from tests.origin import Origin
from tests.queues import URLS, answers

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
IN_CI = os.environ.get("CI") == "true"


def unavailable(reason: str) -> None:
    """A missing server or tool skips a test on a user's machine and fails it in CI."""
    if IN_CI:
        pytest.fail(f"CI must provide this: {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The development material beside the project."""
    path = Path(__file__).parents[2] / "shared"
    if not path.is_dir():
        pytest.skip("the development material is not beside the project")
    return path


@pytest.fixture
def tool():
    """Find a command that a test needs."""

    def find(name: str) -> str:
        path = shutil.which(name)
        if path is None:
            unavailable(f"the command {name} is not installed")
        return str(path)

    return find


@pytest.fixture(scope="session")
def postgres() -> str:
    """A PostgreSQL server's URL."""
    try:
        psycopg.connect(POSTGRES, connect_timeout=3).close()
    except psycopg.OperationalError:
        unavailable("no PostgreSQL server answers (set TEST_POSTGRES_URL)")
    return POSTGRES


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/test.db"
    return request.getfixturevalue("postgres_url")


@pytest.fixture
def postgres_url(postgres: str) -> Iterator[str]:
    """An empty database in PostgreSQL."""
    server = postgres
    name = f"aggregator_test_{uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield server.rpartition("/")[0] + f"/{name}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A store on each kind of database."""
    upgrade(database_url)
    opened = Store(database_url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store where the kind of database does not matter: with TEST_DATABASE=postgresql, that."""
    on_postgresql = os.environ.get("TEST_DATABASE") == "postgresql"
    url = f"sqlite:///{tmp_path}/test.db"
    if on_postgresql:
        url = request.getfixturevalue("postgres_url")
    upgrade(url)
    opened = Store(url)
    yield opened
    opened.close()


@pytest.fixture
def database_file(sqlite_store: Store, tmp_path: Path) -> Path:
    """The file of ``sqlite_store``, for tests that do something to it."""
    path = tmp_path / "test.db"
    if not path.exists():
        pytest.skip("it is about a file; tried with SQLite")
    return path


@pytest.fixture
def origin() -> Iterator[Origin]:
    """An HTTP origin on loopback."""
    with Origin() as running:
        yield running


@pytest.fixture
def origin_everywhere() -> Iterator[Origin]:
    """An HTTP origin on every address of loopback: each is a host of its own."""
    with Origin("0.0.0.0") as running:
        yield running


@pytest.fixture(params=["rabbitmq", "redis"])
def broker_url(request: pytest.FixtureRequest) -> str:
    """A broker of each kind."""
    url = URLS[request.param]
    if not answers(url):
        unavailable(f"no {request.param} answers (set TEST_{request.param.upper()}_URL)")
    return url
