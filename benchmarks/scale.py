"""One process beside a queue and workers: polls a second, and what the queue costs a poll.

``python -m benchmarks.scale --database postgresql://… --broker amqp://… [--sources 2000]
[--rounds 3] [--workers 1,2,4]`` polls every source of a fast origin on loopback once a round, after
a first round that stores all of it: by one process on SQLite, by one on PostgreSQL, and by so many
workers through the queue. A tenth of the sources have one new entry in each round. The database
must be an empty one of its own; it is emptied again and again. Prints a line for each: polls a
second and milliseconds of CPU time a poll, of all its processes.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from aggregator.cli.app import uptime, utc_now
from aggregator.cli.worker import queue_of
from aggregator.domain import Source
from aggregator.jobs.polling import Polling
from aggregator.jobs.queueing import Queueing
from aggregator.settings import Settings, load
from aggregator.store import Store, upgrade
from aggregator.wire.filters import excluded_by

TICK = os.sysconf("SC_CLK_TCK")


class Tell:
    """The origin, told what to answer."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin
        assert process.stdout
        self._in, self._out = process.stdin, process.stdout
        self.port = self._out.readline().strip()

    def mode(self, mode: str) -> None:
        """From now on."""
        print(mode, file=self._in, flush=True)
        self._out.readline()


def cpu_of(pid: int) -> float:
    """Seconds of CPU time that a process and all below it have used."""
    total = 0.0
    for child in Path(f"/proc/{pid}/task").glob("*/children"):
        total += sum(cpu_of(int(one)) for one in child.read_text().split())
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    # Its own, and that of children that have ended.
    return total + sum(map(int, fields[11:15])) / TICK


def settings_of(folder: Path, database: str, broker: str | None) -> Settings:
    """A newsroom without a limit for hosts."""
    (folder / "sources.yaml").write_text("sources: []\n")
    environ = {
        "AGGREGATOR_DATABASE_URL": database,
        "AGGREGATOR_ALLOW_NETWORKS": "127.0.0.0/8",
        "AGGREGATOR_HOST_RATE": "0",
        "AGGREGATOR_HOST_CONNECTIONS": "50",
    }
    return load(folder, environ | ({"AGGREGATOR_BROKER_URL": broker} if broker else {}))


@contextmanager
def filled(settings: Settings, port: str, count: int) -> Iterator[Store]:
    """A new store with so many sources, a hundred to a host (127.0.0.1 and so on)."""
    if settings.database_url.startswith("postgresql"):
        with psycopg.connect(settings.database_url, autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
    upgrade(settings.database_url)
    hosts = max(1, count // 100)
    sources = [
        Source(
            f"s{n}",
            f"S {n}",
            f"http://127.0.{n % hosts // 250}.{n % hosts % 250 + 1}:{port}/feed/{n}",
        )
        for n in range(count)
    ]
    with closing(Store(settings.database_url)) as store:
        store.sources.declare(sources, utc_now(), excluded_by)
        yield store


def single(settings: Settings, tell: Tell, count: int, rounds: int) -> tuple[float, float]:
    """Seconds a round, and of CPU time, of one process that polls by itself."""
    with (
        filled(settings, tell.port, count) as store,
        closing(Polling(settings, store, utc_now)) as polling,
    ):

        def once() -> None:
            jobs = polling.claim(f"s{n}" for n in range(count))
            assert sum(1 for _ in polling.run(jobs)) == count

        return timed(once, tell, rounds, [os.getpid()])


def queued(
    settings: Settings, tell: Tell, count: int, rounds: int, workers: int
) -> tuple[float, float]:
    """The same of so many workers, and of the scheduler that sends to them."""
    environ = os.environ | {
        "AGGREGATOR_DATABASE_URL": settings.database_url,
        "AGGREGATOR_BROKER_URL": str(settings.broker_url),
        "AGGREGATOR_ALLOW_NETWORKS": "127.0.0.0/8",
        "AGGREGATOR_HOST_RATE": "0",
        "AGGREGATOR_HOST_CONNECTIONS": "50",
        "AGGREGATOR_CONFIG": str(settings.config_dir),
    }
    with (
        filled(settings, tell.port, count) as store,
        closing(queue_of(settings, store)) as queue,
    ):
        command = [sys.executable, "-m", "aggregator", "worker"]
        quiet = subprocess.DEVNULL
        running = [subprocess.Popen(command, env=environ, stderr=quiet) for _ in range(workers)]
        scheduler = Queueing(settings, store, queue, clock=utc_now, monotonic=uptime)

        def once() -> None:
            make_due(settings.database_url)
            left = count
            while left:
                scheduler.dispatch(lambda _report: None)
                time.sleep(0.1)
                left = unpolled(settings.database_url)

        try:
            return timed(once, tell, rounds, [os.getpid(), *(one.pid for one in running)])
        finally:
            for one in running:
                one.terminate()
            for one in running:
                one.wait()


def timed(
    once: Callable[[], None], tell: Tell, rounds: int, pids: list[int]
) -> tuple[float, float]:
    """Seconds a round and of CPU time a round, after a first one that stores everything."""
    tell.mode("etag 0")
    once()
    started, before = time.perf_counter(), sum(map(cpu_of, pids))
    for number in range(rounds):
        tell.mode(f"tenth {number + 1}")
        once()
    took, used = time.perf_counter() - started, sum(map(cpu_of, pids)) - before
    return took / rounds, used / rounds


def make_due(url: str) -> None:
    """Everything is due now."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("UPDATE poll_states SET next_poll_at = now()")


def unpolled(url: str) -> int:
    """How many are still to be polled in this round."""
    query = "SELECT count(*) FROM poll_states WHERE next_poll_at <= now() OR leased_by IS NOT NULL"
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def show(name: str, count: int, found: tuple[float, float]) -> None:
    """One line of the table."""
    wall, cpu = found
    print(
        f"{name:28} {count / wall:8.0f} polls/s  {1000 * cpu / count:6.2f} ms CPU a poll",
        flush=True,
    )


def main() -> None:
    """Run as a command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--database", required=True, help="an empty PostgreSQL database's URL")
    parser.add_argument("--broker", required=True)
    parser.add_argument("--sources", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", default="1,2,4")
    options = parser.parse_args()
    count, rounds = options.sources, options.rounds
    command = [sys.executable, "-m", "benchmarks.origin", "--everywhere"]
    with (
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as origin,
        TemporaryDirectory() as path,
    ):
        tell, folder = Tell(origin), Path(path)
        sqlite = settings_of(folder, f"sqlite:///{folder}/bench.db", None)
        show("one process, SQLite", count, single(sqlite, tell, count, rounds))
        postgresql = settings_of(folder, options.database, None)
        show("one process, PostgreSQL", count, single(postgresql, tell, count, rounds))
        many = settings_of(folder, options.database, options.broker)
        for workers in map(int, options.workers.split(",")):
            show(f"queue, {workers} worker(s)", count, queued(many, tell, count, rounds, workers))
        assert origin.stdin
        origin.stdin.close()


if __name__ == "__main__":
    main()
