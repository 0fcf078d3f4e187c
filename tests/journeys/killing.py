"""Processes killed at random while they poll.

``python -m tests.journeys.killing [--kills 50] [--rounds 20]`` does at full size what the tests do
for a few seconds: with SQLite the one process that polls is killed, with ``--database URL --broker
URL`` (an empty database) two workers are.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.journeys.newsrooms import Growing, Newsroom, crowded, gaps, until
from tests.origin import Origin

RATE = 4.0


def kill_at_random(room: Newsroom, kills: int, chance: random.Random, *commands: str) -> None:
    """Keep these processes at work and kill one of them again and again, at any moment."""
    processes = [room.start(command) for command in commands]
    for _ in range(kills):
        # It takes one a second or two to begin: some die before, some in the middle of it.
        time.sleep(chance.uniform(0.5, 4))
        victim = chance.randrange(len(commands))
        processes[victim].kill()
        processes[victim].wait()
        processes[victim] = room.start(commands[victim])


def check(room: Newsroom, origin: Origin, sources: int, rounds: int) -> None:
    """Nothing lost, nothing doubled, no host and no source asked more often than allowed."""
    guids = [row[3] for row in room.stored()["items"]]
    expected = {f"s{n}-{number}" for n in range(sources) for number in range(1, rounds + 1)}
    assert set(guids) == expected, "something was lost"
    assert len(guids) == len(expected), "something was doubled"
    assert crowded(origin.times, rate=RATE, slack=0.3) == []
    assert min(gaps(origin.times)) > 2.5, "a source was asked before it was due"


def main() -> None:
    """Run as a command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--database")
    parser.add_argument("--broker")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--sources", type=int, default=60)
    options = parser.parse_args()
    with TemporaryDirectory() as folder, Origin("0.0.0.0") as origin:
        origin.answers = Growing(options.rounds)
        database = options.database or f"sqlite:///{folder}/killing.db"
        room = Newsroom(
            Path(folder) / "house", origin, database, options.broker,
            sources=options.sources, rate=str(RATE),
        )  # fmt: skip
        with closing(room):
            polling = ("worker", "worker") if options.broker else ("schedule",)
            if options.broker:
                room.start("schedule")
            kill_at_random(room, options.kills, random.Random(8), *polling)
            until(lambda: room.etags() == {f'"{options.rounds}"'}, 300)
            room.stop()
            check(room, origin, options.sources, options.rounds)
    sys.stdout.write(
        f"{options.kills} kills, {len(origin.times)} requests in {options.rounds} rounds of "
        f"{options.sources} sources: nothing lost, nothing doubled, no host asked too often\n"
    )


if __name__ == "__main__":
    main()
