"""One machine or many: what is stored is the same, and hosts are asked no more often."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.journeys.killing import RATE, check, kill_at_random
from tests.journeys.newsrooms import Growing, Newsroom, until
from tests.origin import Origin

# Seconds for the tests themselves; a busy machine takes ten to start a process.
pytestmark = pytest.mark.timeout(300)
ROUNDS = 4
SOURCES = 48


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Callable[..., Newsroom]]:
    """Make newsrooms that are closed in the end."""
    made: list[Newsroom] = []

    def make(*args: object, **options: object) -> Newsroom:
        made.append(Newsroom(tmp_path / f"house{len(made)}", *args, **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def growing(origin_everywhere: Origin) -> Origin:
    """An origin of several hosts whose documents grow with each request."""
    origin_everywhere.answers = Growing(ROUNDS)
    return origin_everywhere


def test_two_workers_leave_the_rows_that_one_process_leaves(
    newsroom: Callable[..., Newsroom],
    postgres_url: str,
    broker_url: str,
    tmp_path: Path,
    growing: Origin,
) -> None:
    found = []
    for url, broker in ((f"sqlite:///{tmp_path}/one.db", None), (postgres_url, broker_url)):
        growing.answers = Growing(ROUNDS)
        room = newsroom(growing, url, broker, sources=SOURCES)
        room.start("schedule")
        if broker:
            room.start("worker")
            room.start("worker")
        until(lambda room=room: room.etags() == {f'"{ROUNDS}"'})
        room.stop()
        found.append(room.stored())
    one, many = found
    assert len(one["items"]) == SOURCES * ROUNDS
    assert len(one["revisions"]) == SOURCES
    for table, rows in one.items():
        assert rows == many[table], table


def test_workers_may_be_killed_at_any_moment(
    newsroom: Callable[..., Newsroom], postgres_url: str, broker_url: str, growing: Origin
) -> None:
    """At full size: ``python -m tests.journeys.killing``."""
    room = newsroom(growing, postgres_url, broker_url, sources=SOURCES, rate=str(RATE))
    room.start("schedule")
    kill_at_random(room, 6, random.Random(8), "worker", "worker")
    until(lambda: room.etags() == {f'"{ROUNDS}"'})
    room.stop()
    check(room, growing, SOURCES, ROUNDS)
    assert "Traceback" not in room.log


def test_the_one_process_that_polls_may_be_killed_at_any_moment(
    newsroom: Callable[..., Newsroom], tmp_path: Path, growing: Origin
) -> None:
    """At full size: ``python -m tests.journeys.killing``."""
    url = f"sqlite:///{tmp_path}/one.db"
    room = newsroom(growing, url, sources=SOURCES, rate=str(RATE))
    kill_at_random(room, 6, random.Random(8), "schedule")
    until(lambda: room.etags() == {f'"{ROUNDS}"'})
    room.stop()
    check(room, growing, SOURCES, ROUNDS)
    assert "Traceback" not in room.log
