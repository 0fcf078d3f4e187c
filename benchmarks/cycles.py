"""Many sources, again and again, in one process: how long a cycle takes, and whether memory grows.

``python -m benchmarks.cycles [--sources 10000] [--cycles 20]`` polls every source of a fast origin
on loopback once a cycle; a tenth of them have one new entry each time. Prints a line a cycle and
the slope of the resident memory over the second half.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from statistics import linear_regression
from tempfile import TemporaryDirectory

from aggregator.cli.app import utc_now
from aggregator.domain import Source
from aggregator.jobs.polling import Polling
from aggregator.settings import load
from aggregator.store import Store, upgrade
from aggregator.wire.filters import excluded_by


def resident_mb() -> float:
    """What this process holds in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


def run(folder: Path, port: str, count: int, cycles: int, tell: subprocess.Popen[str]) -> None:
    """Poll all sources so many times."""
    assert tell.stdin
    assert tell.stdout
    url = f"sqlite:///{folder}/bench.db"
    (folder / "sources.yaml").write_text("sources: []\n")
    environ = {
        "AGGREGATOR_DATABASE_URL": url,
        "AGGREGATOR_ALLOW_NETWORKS": "127.0.0.0/8",
        "AGGREGATOR_HOST_RATE": "0",
        "AGGREGATOR_HOST_CONNECTIONS": "50",
    }
    settings = load(folder, environ)
    upgrade(url)
    sources = [
        Source(f"s{n}", f"Source {n}", f"http://127.0.0.1:{port}/feed/{n}") for n in range(count)
    ]
    sizes = []
    with closing(Store(url)) as store:
        store.sources.declare(sources, utc_now(), excluded_by)
        with closing(Polling(settings, store, utc_now)) as polling:
            for cycle in range(cycles):
                print(f"tenth {cycle}", file=tell.stdin, flush=True)
                tell.stdout.readline()
                started = time.perf_counter()
                jobs = polling.claim(source.id for source in sources)
                outcomes = Counter(report.outcome.value for report in polling.run(jobs))
                sizes.append(resident_mb())
                took = time.perf_counter() - started
                line = f"cycle {cycle + 1:3}: {took:6.1f} s  {sizes[-1]:6.1f} MB  {dict(outcomes)}"
                print(line, flush=True)
    later = sizes[len(sizes) // 2 :]
    if len(later) > 1:
        slope = linear_regression(range(len(later)), later).slope
        print(f"slope over the last {len(later)} cycles: {slope:+.2f} MB a cycle")


def main() -> None:
    """Run as a command."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--sources", type=int, default=10_000)
    parser.add_argument("--cycles", type=int, default=20)
    options = parser.parse_args()
    command = [sys.executable, "-m", "benchmarks.origin"]
    with (
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as tell,
        TemporaryDirectory() as folder,
    ):
        assert tell.stdin
        assert tell.stdout
        port = tell.stdout.readline().strip()
        run(Path(folder), port, options.sources, options.cycles, tell)
        tell.stdin.close()


if __name__ == "__main__":
    main()
