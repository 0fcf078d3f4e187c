"""The database and the broker end in mid-run, and come back: nobody has to do anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.conftest import unavailable
from tests.journeys.killing import RATE, check_manners
from tests.journeys.newsrooms import Growing, Newsroom, until
from tests.origin import Origin
from tests.servers import (
    Server,
    postgres_programs,
    postgresql,
    rabbitmq_program,
    rabbitmq_server,
    redis_server,
)

ROUNDS, SOURCES = 5, 24


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that another user may enter: pytest's own are closed again and again."""
    with TemporaryDirectory() as path:
        yield Path(path)


@pytest.fixture(params=["redis", "rabbitmq"])
def own_broker(
    request: pytest.FixtureRequest, tmp_path: Path, tool: Callable[[str], str]
) -> tuple[Server, str]:
    """A broker to be restarted. Redis comes back empty: what waited in it lapses and is sent
    again. RabbitMQ remembers: what it sends again may have been polled by then.
    """
    if request.param == "redis":
        return redis_server(tool("redis-server"), tmp_path)
    program = rabbitmq_program()
    if program is None:
        unavailable("RabbitMQ's server program is not installed")
    return rabbitmq_server(program, tmp_path)


def test_both_servers_are_restarted(
    tmp_path: Path, folder: Path, origin_everywhere: Origin, own_broker: tuple[Server, str]
) -> None:
    programs = postgres_programs()
    if programs is None:
        unavailable("PostgreSQL's server programs are not installed")
    database, database_url = postgresql(programs, folder)
    broker, broker_url = own_broker
    origin_everywhere.answers = Growing(ROUNDS)
    asked = origin_everywhere.answers.asked
    with database, broker:
        room = Newsroom(
            tmp_path / "house", origin_everywhere, database_url, broker_url,
            sources=SOURCES, rate=str(RATE),
        )  # fmt: skip
        with closing(room):
            for command in ("schedule", "worker", "worker"):
                room.start(command)
            for server in (broker, database):
                so_far = asked.total()
                until(lambda so_far=so_far: asked.total() > so_far + SOURCES)
                server.stop()
                server.start()
            until(lambda: room.etags() == {f'"{ROUNDS}"'}, 90)
            assert all(process.poll() is None for process in room.processes)
            room.stop()
            assert len(room.stored()["items"]) == SOURCES * ROUNDS
    check_manners(origin_everywhere)
