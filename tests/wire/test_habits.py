"""What publishers do with their entries, from the origin to the store: each item once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from html import escape
from pathlib import Path

import pytest

from aggregator.domain import ItemQuery
from aggregator.store import Store
from tests.build import NOW, declare, source
from tests.origin import Origin
from tests.wire.poller import Bench, Clock, polling

TOPICS = ("harbour tunnel", "tram strike", "snow in the hills", "new mayor", "old bridge", "river")


@dataclass(frozen=True)
class Entry:
    """An entry of the document as its publisher writes it."""

    guid: str | None
    url: str | None
    title: str
    text: str
    at: datetime | None = NOW - timedelta(days=1)

    def xml(self) -> str:
        parts = {"title": self.title, "guid": self.guid, "link": self.url, "description": self.text}
        given = "".join(f"<{k}>{escape(v)}</{k}>" for k, v in parts.items() if v is not None)
        date = f"<pubDate>{self.at:%a, %d %b %Y %H:%M:%S} GMT</pubDate>" if self.at else ""
        return f"<item>{given}{date}</item>"


USUAL = [
    Entry(
        f"id-{n}",
        f"https://p.example/news/{topic.replace(' ', '-')}",
        f"What we know of the {topic}",
        f"All about the {topic}.",
        NOW - timedelta(hours=n + 1),
    )
    for n, topic in enumerate(TOPICS)
]


def each(**changes: object) -> list[Entry]:
    """The usual entries, each changed: a text holds the old value's place, a function makes it."""
    return [
        replace(one, **{k: v(one) if callable(v) else v for k, v in changes.items()})  # type: ignore[arg-type]
        for one in USUAL
    ]


LIVE = Entry("live", "https://p.example/live", "Live: snow", "Snow falls.")
OTHER = Entry("id-0", "https://p.example/chile", "Earthquake in Chile", "A strong tremor.", NOW)
LATER = NOW + timedelta(minutes=30)


@pytest.mark.parametrize(
    ("documents", "new", "revised"),
    [
        ([USUAL, USUAL[::-1]], [6, 0], [0, 0]),
        ([USUAL, USUAL[:2], USUAL], [6, 0, 0], [0, 0, 0]),
        ([USUAL[:3], USUAL[3:], USUAL[:3]], [3, 3, 0], [0, 0, 0]),
        ([USUAL, each(at=LATER)], [6, 0], [0, 0]),
        ([USUAL, each(at=None)], [6, 0], [0, 0]),
        ([USUAL, each(guid=lambda e: f"urn:x:{e.guid}")], [6, 0], [0, 0]),
        ([USUAL[:1], [replace(USUAL[0], guid="urn:x:0")]], [1, 0], [0, 0]),
        ([USUAL, each(guid=None)], [6, 0], [0, 0]),
        ([each(guid=None), USUAL], [6, 0], [0, 0]),
        ([USUAL, each(guid=lambda e: e.url, url=lambda e: f"{e.url}?utm_source=rss")], [6, 0], [0, 0]),
        ([each(guid=lambda e: e.url), each(guid=lambda e: e.url.replace("https", "http"),
                                           url=lambda e: e.url.replace("https", "http"))], [6, 0], [0, 0]),
        ([each(guid=lambda e: e.url), each(guid=lambda e: e.url.replace("https", "http"), at=LATER)], [6, 0], [0, 0]),
        ([USUAL, each(guid=lambda e: f"cms-{e.guid}", url=lambda e: f"https://new.example/?p={e.guid}")], [6, 0], [0, 0]),
        ([USUAL, each(guid=lambda e: f"cms-{e.guid}", url=lambda e: f"https://new.example/?p={e.guid}",
                      at=LATER)], [6, 0], [0, 0]),
        ([USUAL, each(guid=lambda e: f"cms-{e.guid}", url=lambda e: f"https://new.example/?p={e.guid}",
                      title=lambda e: f"News: {e.title}")], [6, 0], [0, 6]),
        ([USUAL, each(title=lambda e: f"{e.title} - P.example", guid=lambda e: f"{e.guid}x",
                      url=lambda e: f"{e.url}-2")], [6, 0], [0, 0]),
        ([each(guid="all"), each(guid="all")], [6, 0], [0, 0]),
        ([each(guid="all")[:3], each(guid="all")[3:], each(guid="all")], [3, 3, 0], [0, 0, 0]),
        ([each(guid="all"), [replace(one, guid="all", text="Other.") for one in USUAL]], [6, 0], [0, 6]),
        ([each(guid=lambda e: e.title), each(guid="Tunnel news", title="Tunnel news")[:1]], [6, 0], [0, 1]),
        ([each(guid=lambda e: f"{e.title} {e.at}"), each(guid=lambda e: f"{e.title} {LATER}", at=LATER)], [6, 0], [0, 0]),
        ([USUAL[:1], [OTHER], USUAL[:1]], [1, 1, 0], [0, 0, 0]),
        ([[LIVE], [replace(LIVE, title="Live: trams stop", text="Trams stop.")]], [1, 0], [0, 1]),
        ([[LIVE], [replace(LIVE, title="Trams stop as snow falls", at=LATER)]], [1, 0], [0, 1]),
        ([USUAL, [replace(one, guid=f"new-{one.guid}", at=LATER, text=f"Day two: {n * 7}", title="The day in Namur") for n, one in enumerate(USUAL)]], [6, 6], [0, 0]),
    ],
    ids=[
        "reorders", "drops and returns", "shows in turns", "re-dates", "no dates any more",
        "another guid scheme", "another guid for one", "no guids any more", "guids at last",
        "guids become addresses", "https to http", "https to http, re-dated", "another system",
        "another system, re-dated", "another system, kickers added", "another system, suffix added",
        "one guid for all", "one guid for all, in turns", "one guid for all, edited",
        "guid is the headline", "guid is headline and date", "guid used again, and given back",
        "live page", "live page, re-dated", "the same pages with another day's news",
    ],
)  # fmt: skip
def test_each_item_once(  # noqa: PLR0917 - all that matters
    sqlite_store: Store,
    origin: Origin,
    tmp_path: Path,
    documents: list[list[Entry]],
    new: list[int],
    revised: list[int],
) -> None:
    clock = Clock(NOW)
    found = []
    declare(sqlite_store, source("s", url=f"{origin.url}/s"))
    with polling(sqlite_store, tmp_path, clock) as bench:
        for document in documents:
            entries = "".join(entry.xml() for entry in document)
            origin.put(
                "/s", f'<rss version="2.0"><channel><title>F</title>{entries}</channel></rss>'
            )
            (report,) = bench.poll("s")
            assert report.error is None
            found.append((report.new, report.revised))
            clock.now += timedelta(hours=1)
    assert found == list(zip(new, revised, strict=True))
    assert len(list(sqlite_store.items.find(ItemQuery()))) == sum(new)


def test_an_entry_that_stands_for_another_does_not_take_its_place(
    sqlite_store: Store, origin: Origin, tmp_path: Path
) -> None:
    """Both stay what they are, in whatever order they come back."""
    first, second = USUAL[0], OTHER
    declare(sqlite_store, source("s", url=f"{origin.url}/s"))
    with polling(sqlite_store, tmp_path, Clock(NOW)) as bench:

        def poll(bench: Bench, *entries: Entry) -> int:
            body = "".join(one.xml() for one in entries)
            origin.put("/s", f'<rss version="2.0"><channel>{body}</channel></rss>')
            return bench.poll("s")[0].new

        brought = [poll(bench, *shown) for shown in ([first], [second], [second, first], [first])]
    assert brought == [1, 1, 0, 0]
    titles = {item.title for item in sqlite_store.items.find(ItemQuery())}
    assert titles == {first.title, second.title}
