"""What tests share: databases, an origin on loopback, the development corpus where present."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Protocol

import psycopg
import pytest
from hypothesis import settings

from aggregator.store import Store, upgrade
from tests.databases import ON_POSTGRESQL, SERVER, empty_database, empty_on_server
from tests.journeys.service import DATABASE, Installation
from tests.origin import Origin
from tests.queues import URLS, answers

IN_CI = os.environ.get("CI") == "true"

# How long one example takes tells how busy the machine is; a test as a whole has its timeout.
settings.register_profile("unhurried", settings(), deadline=None)
settings.load_profile("unhurried")

Databases = Callable[[Path], AbstractContextManager[str]]


class Install(Protocol):
    """What makes an installation in a folder of this name."""

    def __call__(self, name: str = "house", *, allow: str) -> Installation: ...


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With TEST_DATABASE=postgresql only those run that take a database of that kind: the others
    would do once more what they do without it.
    """
    if not ON_POSTGRESQL:
        return
    others = [item for item in items if "databases" not in getattr(item, "fixturenames", ())]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if "databases" in getattr(item, "fixturenames", ())]
    for item in items:
        if (mark := item.get_closest_marker("sqlite")) is not None:
            (reason,) = mark.args
            item.add_marker(pytest.mark.skip(reason=f"tried with SQLite: {reason}"))


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
def postgres() -> None:
    """A PostgreSQL server that answers."""
    try:
        psycopg.connect(SERVER, connect_timeout=3).close()
    except psycopg.OperationalError:
        unavailable("no PostgreSQL server answers (set TEST_POSTGRES_URL)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/test.db"
    return request.getfixturevalue("postgres_url")


@pytest.fixture
def postgres_url(postgres: None) -> Iterator[str]:
    """An empty database in PostgreSQL."""
    with empty_on_server() as url:
        yield url


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A store on each kind of database."""
    upgrade(database_url)
    opened = Store(database_url)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest) -> Databases:
    """What makes empty databases where their kind does not matter: with TEST_DATABASE=postgresql
    in PostgreSQL, else a file with the name that it is given.
    """
    if ON_POSTGRESQL:
        request.getfixturevalue("postgres")
    return empty_database


@pytest.fixture
def usual_url(databases: Databases, tmp_path: Path) -> Iterator[str]:
    """An empty database where its kind does not matter."""
    with databases(tmp_path / "test.db") as url:
        yield url


@pytest.fixture
def sqlite_store(usual_url: str) -> Iterator[Store]:
    """A store where the kind of database does not matter: with TEST_DATABASE=postgresql, that."""
    upgrade(usual_url)
    opened = Store(usual_url)
    yield opened
    opened.close()


@pytest.fixture
def install(databases: Databases, tmp_path: Path) -> Iterator[Install]:
    """What makes installations where the kind of database does not matter."""
    with ExitStack() as stack:

        def make(name: str = "house", *, allow: str) -> Installation:
            folder = tmp_path / name
            url = stack.enter_context(databases(folder / DATABASE))
            return Installation(folder, allow=allow, database_url=url if ON_POSTGRESQL else None)

        yield make


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
