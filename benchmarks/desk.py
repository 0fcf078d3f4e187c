"""The desk's pages over many items, asked through the real application.

``python -m benchmarks.desk [--items 200000] [--stories 20000] [--rounds 30] [--keep FILE]``
makes an SQLite database and prints, for each page, the median and the 95th percentile in
milliseconds, the median of the processor's time alone (on a busy machine that says more), and its
size. ``--keep`` leaves the database there, or uses the one that is there.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from math import log2
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, text, update

from aggregator.desk.passwords import hash_password
from aggregator.domain import Editor, Role, Source
from aggregator.settings import load
from aggregator.store import Store, schema, search, upgrade
from aggregator.stories.score import HALF_LIFE
from feeds import create_app

NOW = datetime(2026, 1, 20, 9, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"
LANGUAGES = ("en", "fr", "nl", "de", "es")
SOURCES = tuple(
    Source(
        f"paper-{n}", f"Paper {n}", f"https://paper-{n}.example/feed",
        language=LANGUAGES[n % 5], categories=(("news", "sport", "culture")[n % 3],),
    )
    for n in range(200)
)  # fmt: skip
_CHUNK = 5000
_AT_ONCE = 50
_SPAN = timedelta(days=90)


class Words:
    """A language of made-up words, some of them much more frequent than others, as in any."""

    def __init__(self) -> None:
        self._random = random.Random(1)
        letters = "abcdefghijklmnopqrstuvwxyz"
        lengths = range(2, 11)
        self.all = [
            "".join(self._random.choices(letters, k=self._random.choice(lengths)))
            for _ in range(40_000)
        ]
        self._weights = list(accumulate(1 / (n + 1) for n in range(len(self.all))))

    def some(self, count: int) -> str:
        """So many of them, as a text has them."""
        return " ".join(self._random.choices(self.all, cum_weights=self._weights, k=count))


def fill(url: str, items: int, stories: int) -> None:
    """Make a newsroom whose stories, of ten items each, came in over three months."""
    upgrade(url)
    store = Store(url)
    store.sources.declare(SOURCES, NOW, lambda *_: None)
    store.editors.add(Editor("anna", "Anna", "A", Role.EDITOR), hash_password(PASSWORD), NOW)
    words = Words()
    members = [_member(n, items, stories) for n in range(1, items + 1)]
    with store._database.write() as connection:
        for start in range(0, items, _CHUNK):
            part = [_item(member, words) for member in members[start : start + _CHUNK]]
            connection.execute(insert(schema.items), part)
        connection.execute(insert(schema.stories), _stories(members))
        connection.execute(insert(schema.story_items), members)
        connection.execute(insert(schema.ledger), [_entry(member) for member in members])
        connection.execute(
            update(schema.grouping).values(
                last_item=items, next_story=stories + 1, reports=items, newest=NOW,
                horizon=NOW - timedelta(days=7),
            )
        )  # fmt: skip
        search.index(connection, 0, items)
        connection.execute(text(_SEEN))
    store.close()


_SEEN = "INSERT INTO seen SELECT 'anna', id, last_at, headline FROM stories WHERE id % 3 = 0"


def _member(item: int, items: int, stories: int) -> dict[str, Any]:
    """Some fifty stories run at the same time."""
    size, n = items // stories, item - 1
    story = n // (size * _AT_ONCE) * _AT_ONCE + n % _AT_ONCE + 1
    at = NOW - _SPAN * (1 - item / items)
    return {
        "item_id": item, "story_id": min(story, stories), "at": at, "is_pinned": False,
        "is_mute": False,
    }  # fmt: skip


def _item(member: dict[str, Any], words: Words) -> dict[str, Any]:
    n, at = member["item_id"], member["at"]
    paper = SOURCES[n * 7 % len(SOURCES)]
    title, said = words.some(9), words.some(150)
    page = f"https://{paper.id}.example/{n}"
    picture = {"url": f"{page}.jpg", "alt": title, "credit": "A. Photographer"}
    return {
        "id": n, "source_id": paper.id, "identity": page, "entry_id": page, "guid": page,
        "url": page, "canonical_url": page, "title": title, "summary": f"<p>{said[:300]}</p>",
        "content": f"<p>{said}</p>", "text": said, "search": f"{title} {said}",
        "authors": ["A. B."],
        "categories": ["news"], "language": paper.language, "published_at": at, "first_seen_at": at,
        "sort_at": at, "revision": 1, "digest": "",
        "picture": picture | {"width": None, "height": None} if n % 2 else None,
    }  # fmt: skip


def _stories(members: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for member in members:
        found[member["story_id"]].append(member)
    return [_story(story, mine) for story, mine in sorted(found.items())]


def _story(story: int, members: list[dict[str, Any]]) -> dict[str, Any]:
    papers = [SOURCES[member["item_id"] * 7 % len(SOURCES)] for member in members]
    last = members[-1]["at"]
    return {
        "id": story, "headline": members[0]["item_id"], "first_at": members[0]["at"],
        "last_at": last,
        "spread": last - members[0]["at"], "is_covered": story % 20 == 0,
        "sources": list(dict.fromkeys(paper.id for paper in papers)),
        "languages": list(dict.fromkeys(paper.language for paper in papers)),
        "rank": log2(1 + story % 9) + last.timestamp() / HALF_LIFE.total_seconds(),
    }  # fmt: skip


def _entry(member: dict[str, Any]) -> dict[str, Any]:
    item = member["item_id"]
    return {
        "at": member["at"], "item_id": item, "rule": "joined", "story_id": member["story_id"],
        "evidence": {"like": max(1, item - 1), "score": 0.9},
    }  # fmt: skip


def log_in(app: Flask) -> FlaskClient:
    """A browser that is logged in."""
    client = app.test_client()
    csrf = re.search(r'name="csrf" value="([^"]+)"', client.get("/desk/login").text)
    assert csrf
    form = {"csrf": csrf[1], "username": "anna", "password": PASSWORD}
    assert client.post("/desk/login", data=form).status_code == 303
    return client


def pages(stories: int) -> dict[str, str]:
    """What is asked for: what editors ask most, and what is hardest to find."""
    words = Words().all
    middle = stories // 2
    return {
        "the wire": "/desk/",
        "its last pages": "/desk/?until=2025-11-01",
        "stories of one source": "/desk/?source=paper-7",
        "of one category and language": "/desk/?category=sport&language=nl",
        "unseen, not covered": "/desk/?show=unseen&covered=no",
        "closed": "/desk/?state=closed",
        "a language that nobody writes": "/desk/?language=xx",
        "search: a rare word": f"/desk/?q={words[9000]}",
        "search: the most frequent word": f"/desk/?q={words[0]}",
        "search: three words": f"/desk/?q={words[3]}+{words[40]}+{words[300]}",
        "search: the first letter of a word": f"/desk/?q={words[1][:1]}",
        "search: its first two": f"/desk/?q={words[1][:2]}",
        "search: nothing found": "/desk/?q=zzzzzzzzzzzzz",
        "what is new": "/desk/wire/news?since=" + str(stories - 500),
        "a story": f"/desk/stories/{middle}",
    }


def measure(client: FlaskClient, path: str, rounds: int) -> tuple[list[float], float, int]:
    """Milliseconds that each of the rounds took, of which the processor, and the page's size."""
    took, worked, size = [], [], 0
    for _ in range(rounds):
        before, idle = perf_counter(), process_time()
        response = client.get(path)
        took.append((perf_counter() - before) * 1000)
        worked.append((process_time() - idle) * 1000)
        assert response.status_code == 200, (path, response.status_code)
        size = len(response.data)
    return took, median(worked), size


def main() -> None:
    """Run as a command."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--items", type=int, default=200_000)
    parser.add_argument("--stories", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        file = options.keep or Path(folder) / "desk.db"
        if not file.exists():
            before = perf_counter()
            fill(f"sqlite:///{file}", options.items, options.stories)
            print(f"made in {perf_counter() - before:.0f} s, {file.stat().st_size / 1e6:.0f} MB")
        store = Store(f"sqlite:///{file}")
        config = Path(__file__).parents[1] / "config"
        settings = replace(load(config, {}), base_url="http://localhost", sources=SOURCES)
        client = log_in(create_app(settings, store, lambda: NOW))
        for name, path in pages(options.stories).items():
            took, worked, size = measure(client, path, options.rounds)
            slow = quantiles(took, n=20)[-1]
            figures = f"{median(took):7.1f} {slow:7.1f} {worked:7.1f} ms"
            print(f"{name:36} {figures}  {size / 1024:6.0f} KiB")
        store.close()


if __name__ == "__main__":
    main()
