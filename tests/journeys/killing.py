"""Workers killed at random while they poll.

``python -m tests.journeys.killing --database URL --broker URL [--kills 50] [--rounds 20]`` does at
full size what the tests do for a few seconds, on an empty database of that URL.

``unshare --net python -m tests.journeys.killing --machines`` has both workers on machines of their
own, with servers of its own: origins see two addresses.
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

_HERE = Machine("127.0.0.1", ())


@dataclass(frozen=True, slots=True)
class _Stage:
    """Where it takes place; ``options`` are those of the newsroom."""

    database: str
    broker: str
    workers: Sequence[Machine] = (_HERE, _HERE)
    options: dict[str, Any] = field(default_factory=dict)


def kill_at_random(
    room: Newsroom, kills: int, chance: random.Random, where: Sequence[Machine] = (_HERE, _HERE)
) -> None:
    """Keep a worker at work on each machine and kill one of them again and again, at any moment."""
    workers = [room.start("worker", wrap=machine.wrap) for machine in where]
    for _ in range(kills):
        # It takes a worker a second or two to begin: some die before, some in the middle of it.
        time.sleep(chance.uniform(0.5, 4))
        victim = chance.randrange(len(workers))
        workers[victim].kill()
        workers[victim].wait()
        workers[victim] = room.start("worker", wrap=where[victim].wrap)


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
            room.start("schedule")
            kill_at_random(room, kills, random.Random(8), stage.workers)
            until(lambda: room.etags() == {f'"{rounds}"'}, 300)
            room.stop()
            check(room, origin, sources, rounds)
            assert "Traceback" not in room.log, room.log
        assert {machine.address for machine in stage.workers} <= origin.clients
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
        elif options.database and options.broker:
            requests = _kill(_Stage(options.database, options.broker), folder, *size)
        else:
            parser.error("give --database and --broker, or --machines")
    sys.stdout.write(
        f"{options.kills} kills, {requests} requests in {options.rounds} rounds of "
        f"{options.sources} sources: nothing lost, nothing doubled, no host asked too often\n"
    )


if __name__ == "__main__":
    main()
