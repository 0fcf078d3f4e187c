"""One poll of every source by one program: ``python -m benchmarks.contenders NAME DIR PORT N``.

Prints JSON: CPU seconds of all its processes, wall seconds, peak memory in MB. For the programs
that are Python libraries the measuring starts after their imports; those written in C are
measured whole.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path


def ours(folder: Path, urls: list[str]) -> Callable[[], None]:
    """Our program, as ``aggregator poll`` does it."""
    from aggregator.cli.app import utc_now
    from aggregator.domain import Source
    from aggregator.jobs.polling import Polling
    from aggregator.settings import load
    from aggregator.store import Store, upgrade
    from aggregator.wire.filters import excluded_by

    url = f"sqlite:///{folder}/ours.db"
    environ = {
        "AGGREGATOR_DATABASE_URL": url,
        "AGGREGATOR_ALLOW_NETWORKS": "127.0.0.0/8",
        "AGGREGATOR_HOST_RATE": "0",
        "AGGREGATOR_HOST_CONNECTIONS": "20",
    }
    (folder / "sources.yaml").write_text("sources: []\n")
    settings = load(folder, environ)
    upgrade(url)
    sources = [Source(f"s{n}", f"Source {n}", feed) for n, feed in enumerate(urls)]
    with closing(Store(url)) as store:
        store.sources.declare(sources, utc_now(), excluded_by)

    def poll() -> None:
        with closing(Store(url)) as store, closing(Polling(settings, store, utc_now)) as polling:
            reports = list(polling.run(polling.claim(source.id for source in sources)))
        failed = [report for report in reports if report.error]
        assert len(reports) == len(sources), len(reports)
        assert not failed, failed[:3]

    return poll


def reader(folder: Path, urls: list[str]) -> Callable[[], None]:
    """lemon24/reader, the Python library."""
    from reader import make_reader

    path = str(folder / "reader.db")
    with make_reader(path) as opened:
        known = {feed.url for feed in opened.get_feeds()}
        for url in urls:
            if url not in known:
                opened.add_feed(url)

    def poll() -> None:
        with make_reader(path) as opened:
            opened.update_feeds(scheduled=False, workers=4)
            broken = list(opened.get_feeds(broken=True))
            assert not broken, broken[0].last_exception

    return poll


def newsboat(folder: Path, urls: list[str]) -> Callable[[], None]:
    """Newsboat (C++)."""
    (folder / "urls").write_text("".join(f"{url}\n" for url in urls))
    (folder / "config").write_text("reload-threads 4\n")
    command = ["newsboat", "-u", "urls", "-c", "cache.db", "-C", "config", "-x", "reload"]
    return lambda: _run(command, folder)


def sfeed(folder: Path, urls: list[str]) -> Callable[[], None]:
    """Sfeed_update (C and shell)."""
    feeds = "".join(f"feed f{n} '{url}'\n" for n, url in enumerate(urls))
    (folder / "rc").write_text(f"sfeedpath={folder}/sfeed\nmaxjobs=4\nfeeds() {{\n{feeds}}}\n")
    return lambda: _run(["sfeed_update", "rc"], folder)


CONTENDERS = {"ours": ours, "reader": reader, "newsboat": newsboat, "sfeed": sfeed}
COMMANDS = {"newsboat": "newsboat", "sfeed": "sfeed_update"}


def available(name: str) -> bool:
    """Whether a contender is installed here."""
    if name in COMMANDS:
        return shutil.which(COMMANDS[name]) is not None
    from importlib.util import find_spec

    return name == "ours" or find_spec(name) is not None


def _run(command: list[str], folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def _processes() -> list[list[str]]:
    """The fields of /proc/PID/stat after the name, of every process in our session."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == os.getsid(0):
            found.append(fields)
    return found


def cpu_seconds() -> float:
    """What our session's processes have used, those that ended included."""
    ticks = sum(sum(map(int, fields[11:15])) for fields in _processes())
    return ticks / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure one poll."""
    name, folder, port, count = sys.argv[1:]
    urls = [f"http://127.0.0.1:{port}/feed/{n}" for n in range(int(count))]
    poll = CONTENDERS[name](Path(folder), urls)
    cpu, wall = cpu_seconds(), time.perf_counter()
    poll()
    wall = time.perf_counter() - wall
    peaks = [resource.getrusage(who).ru_maxrss for who in (0, resource.RUSAGE_CHILDREN)]
    print(
        json.dumps({"cpu": cpu_seconds() - cpu, "wall": wall, "peak_mb": round(max(peaks) / 1024)})
    )


if __name__ == "__main__":
    main()
