"""A source that hangs costs its own slot only: the others are polled on time."""

from __future__ import annotations

import signal
import time
from collections import defaultdict
from itertools import pairwise

from tests.conftest import Install
from tests.origin import Origin

SOURCES, HANGING, INTERVAL = 200, 40, 4.0


def test_forty_of_two_hundred_hang_and_the_others_are_on_time(install: Install) -> None:
    with Origin("0.0.0.0") as origin:
        house = install(allow="127.0.0.0/8")
        house.environ["AGGREGATOR_HOUR"] = "48"
        sources = []
        for number in range(SOURCES):
            path = f"/s{number}"
            origin.put(path, "<rss><channel/></rss>", ETag='"1"')
            if number < HANGING:
                origin.hanging.add(path)
            # A host of its own for each, as in the world.
            url = f"http://127.0.1.{number + 1}:{origin.port}{path}"
            sources.append(
                {"id": f"s{number}", "name": path, "url": url, "interval": f"{INTERVAL:g}s"}
            )
        house.declare(sources)
        house.run("db", "upgrade")
        service = house.start("schedule")
        time.sleep(30)
        service.send_signal(signal.SIGTERM)
        service.communicate(timeout=120)
        asked: dict[str, list[float]] = defaultdict(list)
        for path, at in origin.times:
            asked[path].append(at)
    healthy = [asked[f"/s{number}"] for number in range(HANGING, SOURCES)]
    waits = [later - earlier for times in healthy for earlier, later in pairwise(times)]
    lateness = sorted(wait - INTERVAL for wait in waits)
    assert len(waits) > 4 * len(healthy)
    assert lateness[0] > -0.1, "none is early"
    assert lateness[int(0.95 * len(lateness))] < INTERVAL
