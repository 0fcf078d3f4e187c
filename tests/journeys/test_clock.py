"""The real service while its wall clock is set: two hours back, a day ahead, and right again."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

from tests.conftest import Install
from tests.origin import Origin

SOURCES = 5


def test_polling_goes_on_at_its_pace_whatever_the_clock_says(
    shared: Path, tool, origin: Origin, install: Install, tmp_path: Path
) -> None:
    library, offset = tmp_path / "clockshift.so", tmp_path / "offset"
    source = shared / "tools" / "clockshift.c"
    subprocess.run(
        [tool("gcc"), "-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"], check=True
    )
    offset.write_text("0")
    house = install(allow="127.0.0.0/8")
    house.environ |= {"LD_PRELOAD": str(library), "CLOCK_FILE": str(offset)}
    house.environ["AGGREGATOR_HOUR"] = "24"
    house.declare(
        [
            {
                "id": f"s{n}", "name": f"S {n}", "interval": "2s",
                "url": origin.put(f"/s{n}", "<rss><channel/></rss>", ETag='"1"'),
            }
            for n in range(SOURCES)
        ]
    )  # fmt: skip
    house.run("db", "upgrade")
    service = house.start("schedule")
    try:
        polled(origin, 1)
        for seconds in (-7200, 0, 86400, 0):
            offset.write_text(str(seconds))
            before = polls(origin)
            started = time.monotonic()
            polled(origin, before // SOURCES + 3)
            took = time.monotonic() - started
            # Three rounds at one in two seconds, the first of them under way already.
            assert 3 < took < 15, took
    finally:
        service.send_signal(signal.SIGTERM)
        log = service.communicate(timeout=120)[1]
    assert "the clock was moved by -1 day, 22:00:00" in log
    assert "Traceback" not in log


def polls(origin: Origin) -> int:
    return sum(path.startswith("/s") for path, _ in origin.requests)


def polled(origin: Origin, rounds: int) -> None:
    """Wait until every source was polled so many times."""
    deadline = time.monotonic() + 30
    while polls(origin) < rounds * SOURCES:
        assert time.monotonic() < deadline, "polling stopped"
        time.sleep(0.05)
