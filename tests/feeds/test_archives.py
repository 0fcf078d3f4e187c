"""History: a window of a week, and archives of each month behind it (RFC 5005)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any

import feedparser
import pytest
from lxml import etree

from aggregator.domain import Republish
from aggregator.store import Store
from feeds import archives
from tests.build import declare
from tests.feeds.newsroom import MONDE, PAULA, RTL, SETTINGS, Newsroom

ATOM = "{http://www.w3.org/2005/Atom}"
BASE = SETTINGS.base_url


@pytest.fixture
def newsroom(store: Store) -> Newsroom:
    return Newsroom(store)


def links(newsroom: Newsroom, path: str) -> dict[str, str]:
    root = etree.fromstring(newsroom.client.get(path).data)
    return {
        link.get("rel"): link.get("href").removeprefix(BASE) for link in root.findall(f"{ATOM}link")
    }


class Subscriber:
    """Follows RFC 5005: reads back until it meets an archive that it has read; the newest wins."""

    def __init__(self, newsroom: Newsroom) -> None:
        self._newsroom = newsroom
        self._read: set[str] = set()
        self.entries: dict[str, Any] = {}

    def poll(self) -> int:
        """Returns how many documents were read."""
        path: str | None = "/feed.atom"
        count = 0
        while path and path not in self._read:
            count += 1
            if path != "/feed.atom":
                self._read.add(path)
            read = feedparser.parse(BytesIO(self._newsroom.client.get(path).data))
            for entry in read.entries:
                known = self.entries.get(entry.id)
                if known is None or entry.updated_parsed > known.updated_parsed:
                    self.entries[entry.id] = entry
            path = links(self._newsroom, path).get("prev-archive")
        return count


def test_the_feed_holds_a_week_and_fifty_entries_at_least(newsroom: Newsroom) -> None:
    for number in range(60):
        newsroom.take(MONDE, number)
        newsroom.later(hours=1)
    assert len(newsroom.ids()) == 60, "all of a week"
    newsroom.later(days=30)
    newsroom.take(MONDE, 100)
    assert len(newsroom.ids()) == 50, "then the newest"
    for number in range(200, 330):
        newsroom.take(MONDE, number)
    assert len(newsroom.ids()) == 131


def test_who_comes_back_after_a_year_misses_nothing(newsroom: Newsroom) -> None:
    daily, yearly = Subscriber(newsroom), Subscriber(newsroom)
    yearly.poll()
    for month in range(13):
        for number in range(3):
            newsroom.take(RTL, month * 10 + number)
            newsroom.later(days=5)
            daily.poll()
        # Brought late, with an old date: it came out now all the same.
        old = newsroom.clock.now - timedelta(days=200)
        newsroom.take(MONDE, month, published_at=old)
        newsroom.later(days=16)
        daily.poll()
    assert 10 < yearly.poll() < 20
    assert set(yearly.entries) == set(daily.entries)
    assert len(yearly.entries) == 13 * 4
    assert links(newsroom, "/archive/2026/03.atom") == {
        "self": "/archive/2026/03.atom",
        "alternate": "/",
        "current": "/feed.atom",
        "prev-archive": "/archive/2026/02.atom",
        "next-archive": "/archive/2026/04.atom",
    }


def test_a_closed_archive_never_changes_and_a_correction_comes_again(newsroom: Newsroom) -> None:
    newsroom.take(MONDE, 1, 2)
    brief = newsroom.publish(1)
    newsroom.later(days=30)
    newsroom.take(MONDE, *range(10, 70))
    path = "/archive/2026/01.atom"
    before = newsroom.client.get(path)
    assert b"history/1.0" in before.data
    assert b"fh:archive" in before.data
    assert brief.uid not in newsroom.ids()

    newsroom.desk.correct(brief.id, brief.version, brief.wording, "It opened in May.", PAULA)
    newsroom.take(MONDE, 2, title="Another title", text="Something else entirely was said")
    after = newsroom.client.get(path)
    assert (after.data, after.headers["ETag"]) == (before.data, before.headers["ETag"])
    assert after.headers["Last-Modified"] == before.headers["Last-Modified"]
    assert {brief.uid, "tag:le-monde,2026:2"} <= set(newsroom.ids()), "what changed is current"

    late = Subscriber(newsroom)
    late.poll()
    assert "It opened in May." in late.entries[brief.uid].content[0].value
    assert late.entries["tag:le-monde,2026:2"].title == "Another title"


def test_what_may_not_be_shown_any_more_leaves_the_archive(newsroom: Newsroom) -> None:
    newsroom.take(MONDE, 1)
    newsroom.take(RTL, 2)
    brief = newsroom.publish(1)
    newsroom.later(days=40)
    newsroom.take(MONDE, 3)
    path = "/archive/2026/01.atom"
    assert newsroom.ids(path) == [brief.uid, "tag:rtl,2026:2"]
    newsroom.desk.withdraw(brief.id, brief.version, "It was wrong", PAULA)
    silent = RTL.__class__(
        **{f: getattr(RTL, f) for f in RTL.__dataclass_fields__} | {"republish": Republish.NONE}
    )
    declare(newsroom.store, MONDE, silent, now=newsroom.clock.now)
    assert newsroom.ids(path) == []
    assert f'ref="{brief.uid}"' in newsroom.client.get(path).text


def test_the_archive_says_no_more_than_its_source_allows_today(store: Store) -> None:
    newsroom = Newsroom(store, sources=(MONDE, replace(RTL, republish=Republish.FULL)))
    newsroom.take(RTL, 1, content="<p>Said in full</p>")
    newsroom.later(days=40)
    newsroom.take(RTL, 2)
    path = "/archive/2026/01.atom"
    assert b"Said in full" in newsroom.client.get(path).data
    declare(newsroom.store, MONDE, replace(RTL, republish=Republish.LINK), now=newsroom.clock.now)
    assert newsroom.ids(path) == ["tag:rtl,2026:1"]
    assert b"Said in full" not in newsroom.client.get(path).data


def test_a_full_month_has_several_documents(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MOST", 20)
    for batch in range(5):
        newsroom.take(MONDE, *range(batch * 10, batch * 10 + 10))
        newsroom.later(hours=2)
    newsroom.take(MONDE, 99)
    client = Subscriber(newsroom)
    client.poll()
    assert len(client.entries) == 51
    for path, count in (
        ("/archive/2026/01.atom", 20),
        ("/archive/2026/01-2.atom", 20),
        ("/archive/2026/01-3.atom", 11),
    ):
        assert len(newsroom.ids(path)) == count
    assert links(newsroom, "/archive/2026/01.atom")["next-archive"] == "/archive/2026/01-2.atom"
    assert set(newsroom.press.paths()) >= {
        "/archive/2026/01.atom",
        "/archive/2026/01-3.atom",
        "/feed.rss",
    }


@pytest.mark.parametrize("name", ["2025/12", "2026/13", "x/y", "2026/01-7"])
def test_there_is_no_archive_of_what_never_was(newsroom: Newsroom, name: str) -> None:
    newsroom.take(MONDE, 1)
    assert newsroom.client.get(f"/archive/{name}.atom").status_code == 404
