"""One machine or many: what is stored is the same, and hosts are asked no more often."""

from __future__ import annotations

import random
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import Databases, unavailable
from tests.journeys.killing import HERE, RATE, check, kill_at_random
from tests.journeys.newsrooms import Growing, Newsroom, until
from tests.origin import Origin

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
    sources, rounds = 1_000, 5
    found = []
    for url, broker in ((f"sqlite:///{tmp_path}/one.db", None), (postgres_url, broker_url)):
        growing.answers = Growing(rounds)
        room = newsroom(growing, url, broker, sources=sources)
        room.start("schedule")
        if broker:
            room.start("worker")
            room.start("worker")
        until(lambda room=room: room.etags() == {f'"{rounds}"'}, 240, every=1)
        room.stop()
        found.append(room.stored())
    one, many = found
    assert len(one["items"]) == sources * rounds
    assert len(one["revisions"]) == sources
    for table, rows in one.items():
        assert rows == many[table], table


def test_workers_may_be_killed_at_any_moment(
    newsroom: Callable[..., Newsroom], postgres_url: str, broker_url: str, growing: Origin
) -> None:
    """At full size: ``python -m tests.journeys.killing``."""
    room = newsroom(growing, postgres_url, broker_url, sources=SOURCES, rate=str(RATE))
    room.start("schedule")
    kill_at_random(room, 6, random.Random(8))
    until(lambda: room.etags() == {f'"{ROUNDS}"'})
    room.stop()
    check(room, growing, SOURCES, ROUNDS)
    assert "Traceback" not in room.log


def test_the_one_process_that_polls_may_be_killed_at_any_moment(
    databases: Databases, newsroom: Callable[..., Newsroom], tmp_path: Path, growing: Origin
) -> None:
    """At full size: ``python -m tests.journeys.killing``."""
    with databases(tmp_path / "one.db") as url:
        room = newsroom(growing, url, sources=SOURCES, rate=str(RATE))
        kill_at_random(room, 6, random.Random(8), "schedule", [HERE])
        until(lambda: room.etags() == {f'"{ROUNDS}"'})
        room.stop()
        check(room, growing, SOURCES, ROUNDS)
    assert "Traceback" not in room.log


def test_workers_on_two_machines_may_be_killed(tool: Callable[[str], str]) -> None:
    """Each has an address of its own, and hosts see no more requests than from one of them."""
    own = [tool("unshare"), "--net"]
    if subprocess.run([*own, "true"], check=False, stderr=subprocess.DEVNULL).returncode:
        unavailable("network namespaces cannot be made here: that takes root")
    for name in ("ip", "nsenter", "redis-server"):
        tool(name)
    size = ["--kills", "5", "--rounds", "4", "--sources", "36"]
    killing = [sys.executable, "-m", "tests.journeys.killing", "--machines", *size]
    done = subprocess.run([*own, *killing], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    assert "nothing lost, nothing doubled, no host asked too often" in done.stdout


def test_workers_follow_the_files(
    newsroom: Callable[..., Newsroom], postgres_url: str, broker_url: str, growing: Origin
) -> None:
    """A login that is declared while they run is in their environment, and counts at once."""
    room = newsroom(growing, postgres_url, broker_url, sources=0)
    room.house.environ["PAPER_LOGIN"] = "desk:four purple tractors"
    room.start("schedule")
    room.start("worker")
    until(lambda: "working" in room.log)
    paper = {"id": "paper", "name": "The Paper", "url": f"{growing.url}/s1", "interval": "3s"}
    room.house.declare([paper | {"auth": "env:PAPER_LOGIN"}])
    until(lambda: growing.requests)
    room.stop()
    login = b64encode(b"desk:four purple tractors").decode()
    assert {headers["Authorization"] for _, headers in growing.requests} == {f"Basic {login}"}
