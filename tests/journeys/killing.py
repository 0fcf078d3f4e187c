"""Processes killed at random while they poll.

With SQLite the one process that polls is killed; with ``--database URL --broker URL`` (an empty
database) two workers are; with ``--machines``, which needs a network of its own, they are on two
machines with servers of their own: origins see two addresses. At full size, what the tests do for a
few seconds:

``python -m tests.journeys.killing [--kills 50] [--rounds 20]``,
``unshare --net python -m tests.journeys.killing --machines``
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.journeys.machines import NETWORK, Machine, addresses_of_ours, machines
from tests.journeys.newsrooms import HOSTS, Growing, Newsroom, crowded, gaps, until
from tests.origin import Origin
from tests.servers import postgres_programs, postgresql, redis_server

RATE = 1.0
"""Requests a second that a host may get: the default. A busy machine is late by parts of a second."""

HERE = Machine("127.0.0.1", ())
TWO = (HERE, HERE)


@dataclass(frozen=True, slots=True)
class _Stage:
    """Where it takes place; ``options`` are those of the newsroom."""

    database: str
    broker: str | None = None
    machines: Sequence[Machine] = TWO
    options: dict[str, Any] = field(default_factory=dict)


def kill_at_random(
    room: Newsroom,
    kills: int,
    chance: random.Random,
    command: str = "worker",
    where: Sequence[Machine] = TWO,
) -> None:
    """Keep the command at work on each machine and kill one of them again and again, at any
    moment.
    """
    processes = [room.start(command, wrap=machine.wrap) for machine in where]
    for _ in range(kills):
        # It takes one a second or two to begin: some die before, some in the middle of it.
        time.sleep(chance.uniform(0.5, 4))
        victim = chance.randrange(len(where))
        processes[victim].kill()
        processes[victim].wait()
        processes[victim] = room.start(command, wrap=where[victim].wrap)


def check(room: Newsroom, origin: Origin, sources: int, rounds: int) -> None:
    """Nothing lost, nothing doubled, no host and no source asked more often than allowed."""
    guids = [row[3] for row in room.stored()["items"]]
    expected = {f"s{n}-{number}" for n in range(sources) for number in range(1, rounds + 1)}
    assert set(guids) == expected, "something was lost"
    assert len(guids) == len(expected), "something was doubled"
    check_manners(origin)
    assert min(gaps(origin.times)) > 2.5, "a source was asked before it was due"


def check_manners(origin: Origin) -> None:
    """No host was asked more often than allowed, whoever asked."""
    found = crowded(origin.times, rate=RATE, slack=1.0)
    assert not found, f"(host, seconds that six requests took): {found}"


@contextmanager
def _machines(folder: Path) -> Iterator[_Stage]:
    """Two machines, and servers that they reach."""
    ours, programs, redis = (
        addresses_of_ours(HOSTS),
        postgres_programs(),
        shutil.which("redis-server"),
    )
    assert programs and redis, "PostgreSQL's and Redis's server programs are not installed"
    database, database_url = postgresql(programs, folder, ours[0])
    broker, broker_url = redis_server(redis, folder, ours[0])
    with database, broker, machines(2) as two:
        yield _Stage(database_url, broker_url, two, {"hosts": ours, "allow": NETWORK})


def _kill(stage: _Stage, folder: Path, kills: int, rounds: int, sources: int) -> int:
    """Do all of it; return how many requests there were."""
    with Origin("0.0.0.0") as origin:
        origin.answers = Growing(rounds)
        room = Newsroom(
            folder / "house", origin, stage.database, stage.broker,
            sources=sources, rate=str(RATE), **stage.options,
        )  # fmt: skip
        with closing(room):
            if stage.broker:
                room.start("schedule")
            command = "worker" if stage.broker else "schedule"
            kill_at_random(room, kills, random.Random(8), command, stage.machines)
            until(lambda: room.etags() == {f'"{rounds}"'}, 300)
            room.stop()
            check(room, origin, sources, rounds)
            assert "Traceback" not in room.log, room.log
        assert {machine.address for machine in stage.machines} <= origin.clients
        return len(origin.times)


def main() -> None:
    """Run as a command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--database", help="URL of an empty database")
    parser.add_argument("--broker", help="URL of a broker")
    parser.add_argument("--machines", action="store_true", help="two machines, and own servers")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--sources", type=int, default=60)
    options = parser.parse_args()
    size = options.kills, options.rounds, options.sources
    with TemporaryDirectory() as name:
        folder = Path(name)
        if options.machines:
            with _machines(folder) as stage:
                requests = _kill(stage, folder, *size)
        elif options.broker:
            requests = _kill(_Stage(options.database, options.broker), folder, *size)
        else:
            database = options.database or f"sqlite:///{folder}/killing.db"
            requests = _kill(_Stage(database, machines=(HERE,)), folder, *size)
    sys.stdout.write(
        f"{options.kills} kills, {requests} requests in {options.rounds} rounds of "
        f"{options.sources} sources: nothing lost, nothing doubled, no host asked too often\n"
    )


if __name__ == "__main__":
    main()
