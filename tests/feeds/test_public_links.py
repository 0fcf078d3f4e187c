"""What else a newsroom publishes of itself: its sources, and feeds of its parts."""

from __future__ import annotations

from dataclasses import replace

from aggregator.domain import DeclaredFeed
from aggregator.settings.opml import AT_COMMAND, read_opml
from aggregator.store import Store
from feeds import create_app
from tests.build import source
from tests.feeds.newsroom import SETTINGS, Newsroom


def test_the_sources_are_a_list_that_readers_can_take(sqlite_store: Store) -> None:
    followed = (
        source("fanal", name="Le Fanal"),
        source("paid", auth="env:PAID"),
        source("off", enabled=False),
    )
    room = Newsroom(sqlite_store, sources=followed)
    answer = room.client.get("/sources.opml")
    assert answer.content_type == "text/x-opml; charset=utf-8"
    assert [one.name for one in read_opml(answer.data, AT_COMMAND)] == ["Le Fanal"]
    assert "/sources.opml" in room.press.paths()


def test_pages_lead_to_declared_feeds(sqlite_store: Store) -> None:
    feeds = (DeclaredFeed("sport", "Sport & games"),)
    app = create_app(replace(SETTINGS, feeds=feeds), sqlite_store, lambda: None)
    page = app.test_client().get("/").text
    assert 'title="Test' not in page
    assert '(Sport &amp; games)" href="/feeds/sport.atom"' in page
