"""Other people's readers subscribe over HTTP: they agree, and end with exactly what they should."""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import feedparser
import pytest

from aggregator.store import Store
from tests.feeds.newsroom import MONDE, PAULA, RTL, SETTINGS, Newsroom
from tests.feeds.serving import serving
from tests.journeys.service import free_port


class Seen(NamedTuple):
    """An entry as a reader shows it; ``at`` is when it was published, in seconds."""

    id: str
    title: str
    link: str
    at: int


@pytest.fixture
def newsroom(sqlite_store: Store) -> Iterator[Newsroom]:
    port = free_port()
    newsroom = Newsroom(sqlite_store, replace(SETTINGS, base_url=f"http://127.0.0.1:{port}"))
    newsroom.take(MONDE, 1, 2, 3)
    newsroom.take(RTL, 4)
    with serving(newsroom.app, port):
        yield newsroom


def by_feedparser(url: str, _folder: Path, _tool) -> set[Seen]:
    entries = feedparser.parse(url).entries
    return {
        Seen(e.id, e.title, e.link, int(datetime(*e.published_parsed[:6], tzinfo=UTC).timestamp()))
        for e in entries
    }


def by_reader(url: str, folder: Path, _tool) -> set[Seen]:
    reader = pytest.importorskip("reader")
    with reader.make_reader(str(folder / "reader.db")) as opened:
        opened.add_feed(url)
        opened.update_feed(url)
        assert opened.get_feed(url).last_exception is None
        return {
            Seen(e.id, e.title, e.link, int(e.published.timestamp())) for e in opened.get_entries()
        }


def by_newsboat(url: str, folder: Path, tool) -> set[Seen]:
    (folder / "urls").write_text(f"{url}\n")
    cache = folder / "cache.db"
    command = [tool("newsboat"), "-u", folder / "urls", "-c", cache, "-C", "/dev/null"]
    subprocess.run([*command, "-x", "reload"], check=True, capture_output=True, timeout=300)
    connection = sqlite3.connect(cache)
    rows = connection.execute("SELECT guid, title, url, pubDate FROM rss_item").fetchall()
    connection.close()
    return {Seen(*row) for row in rows}


def by_sfeed(url: str, folder: Path, tool) -> set[Seen]:
    rc = folder / "sfeedrc"
    rc.write_text(f"sfeedpath={folder}/sfeed\nfeeds() {{ feed ours '{url}'; }}\n")
    subprocess.run([tool("sfeed_update"), rc], check=True, capture_output=True, timeout=300)
    rows = [line.split("\t") for line in (folder / "sfeed" / "ours").read_text().splitlines()]
    return {Seen(row[5], row[1], row[2], int(row[0])) for row in rows}


@pytest.mark.parametrize("ending", ["atom", "rss"])
@pytest.mark.parametrize("read", [by_feedparser, by_reader, by_newsboat, by_sfeed])
def test_every_reader_sees_the_same(
    newsroom: Newsroom, tmp_path: Path, tool, read, ending: str
) -> None:
    newsroom.later(minutes=3)
    brief = newsroom.publish(1, headline="« Été » & <tunnel>")
    base = newsroom.settings.base_url
    at = int(newsroom.clock.now.timestamp())
    items = {
        Seen(f"tag:{of.id},2026:{n}", f"Title {n}", f"https://{of.id}.example/{n}", at - 180)
        for of, n in ((MONDE, 2), (MONDE, 3), (RTL, 4))
    }
    ours = Seen(brief.uid, "« Été » & <tunnel>", f"{base}/news/2026/01/20/{brief.slug}", at)
    assert read(f"{base}/feed.{ending}", tmp_path, tool) == items | {ours}


def test_who_polls_ends_with_exactly_what_it_should(newsroom: Newsroom, tmp_path: Path) -> None:
    """Across a correction, a withdrawal and 200 new briefs."""
    reader = pytest.importorskip("reader")
    url = f"{newsroom.settings.base_url}/feed.atom"
    with reader.make_reader(str(tmp_path / "reader.db")) as opened:
        opened.add_feed(url)
        wrong, right = newsroom.publish(1), newsroom.publish(2)
        opened.update_feed(url)
        before = {entry.id: entry for entry in opened.get_entries()}
        newsroom.later(minutes=10)
        newsroom.desk.correct(right.id, right.version, right.wording, "It has two tubes.", PAULA)
        newsroom.desk.withdraw(wrong.id, wrong.version, "It was wrong", PAULA)
        opened.update_feed(url)
        published = set()
        for number in range(200):
            newsroom.later(minutes=1)
            published.add(newsroom.publish(4, headline=f"Brief {number}").uid)
            if number % 50 == 0:
                opened.update_feed(url)
        opened.update_feed(url)
        after = {entry.id: entry for entry in opened.get_entries()}
    # The item that the withdrawn brief stood for is there by itself; RTL's was covered later. This
    # reader keeps what it has: the feed has not.
    assert set(after) == {*before, *published, "tag:le-monde,2026:1"}
    assert "It has two tubes." in after[right.uid].content[0].value
    assert after[right.uid].updated > after[right.uid].published == before[right.uid].published
    assert set(newsroom.ids()) == {
        *published, right.uid, "tag:le-monde,2026:1", "tag:le-monde,2026:3",
    }  # fmt: skip
