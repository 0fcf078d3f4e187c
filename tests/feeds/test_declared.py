"""The feeds of feeds.yaml, and what an entry of a brief says in each format."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import etree

from aggregator.domain import DeclaredFeed, EntryKind, HostedPicture, Rendition
from aggregator.store import Store
from tests.feeds.newsroom import MONDE, PAULA, RTL, SETTINGS, Newsroom

ATOM = "{http://www.w3.org/2005/Atom}"
MEDIA = "{http://search.yahoo.com/mrss/}"
OURS = f"https://n.example/pictures/{'0' * 32}-1280.jpg"
FEEDS = {
    "category": DeclaredFeed("category", "Belgium", categories=("belgium",)),
    "transport": DeclaredFeed("transport", "Transport", categories=("TRANSPORT",)),
    "french": DeclaredFeed("french", "En français", language="fr", languages=("fr",)),
    "flemish": DeclaredFeed("flemish", "Vlaams", languages=("nl",)),
    "monde": DeclaredFeed("monde", "Le Monde", sources=("le-monde",)),
    "daily": DeclaredFeed("daily", "Daily", series=("born-on",)),
    "words": DeclaredFeed("words", "Tunnels", search="opens tunnel"),
    "briefs": DeclaredFeed("briefs", "Ours", kinds=(EntryKind.BRIEFS,)),
    "items": DeclaredFeed("items", "Theirs", kinds=(EntryKind.ITEMS,), size=10),
}


@pytest.fixture
def newsroom(store: Store) -> Newsroom:
    settings = replace(SETTINGS, feeds=tuple(FEEDS.values()), rights="© The newsroom")
    return Newsroom(store, settings)


def test_each_feed_has_what_was_declared(newsroom: Newsroom) -> None:
    newsroom.take(MONDE, 1, 2)
    newsroom.take(RTL, 3)
    ours = newsroom.publish(1)
    daily = newsroom.publish(3, kicker="Born today", series="born-on", headline="Born on Monday")
    two = "tag:le-monde,2026:2"
    expected = {
        # A brief stands in for an item where it is itself.
        "category": ["tag:rtl,2026:3"],
        "transport": [ours.uid],
        "french": ["tag:le-monde,2026:1", two, "tag:rtl,2026:3"],
        "flemish": [],
        "monde": [ours.uid, two],
        "daily": [daily.uid],
        "words": [ours.uid],
        "briefs": [daily.uid, ours.uid],
        "items": ["tag:le-monde,2026:1", two, "tag:rtl,2026:3"],
    }
    for slug, ids in expected.items():
        assert sorted(newsroom.ids(f"/feeds/{slug}.atom")) == sorted(ids), slug
        assert sorted(newsroom.ids(f"/feeds/{slug}.rss")) == sorted(ids), slug
        assert sorted(one["id"] for one in newsroom.json(f"/feeds/{slug}.json")["items"]) == sorted(
            ids
        )
    assert newsroom.client.get("/feeds/none.atom").status_code == 404


def test_each_feed_is_one_of_its_own(newsroom: Newsroom) -> None:
    read = newsroom.read("/feeds/french.atom").feed
    assert (read.title, read.language) == ("Aggregator: En français", "fr")
    assert read.links[0].href == "https://n.example/feeds/french.atom"
    assert len({newsroom.read(f"/feeds/{slug}.atom").feed.id for slug in FEEDS}) == len(FEEDS)


def test_what_was_withdrawn_is_said_where_it_was(newsroom: Newsroom) -> None:
    newsroom.take(MONDE, 1)
    brief = newsroom.publish(1)
    newsroom.desk.withdraw(brief.id, brief.version, "Wrong", PAULA)
    for slug, count in (("monde", 1), ("flemish", 0)):
        assert newsroom.client.get(f"/feeds/{slug}.atom").text.count("at:deleted-entry") == count


def test_an_entry_says_all_there_is(newsroom: Newsroom) -> None:
    newsroom.store.editors.add(PAULA, "x", newsroom.clock.now)
    newsroom.take(MONDE, 1)
    newsroom.take(RTL, 2)
    brief = newsroom.publish(1, 2)
    newsroom.later(hours=1)
    newsroom.desk.correct(
        brief.id, brief.version, brief.wording, "The tunnel has two tubes.", PAULA
    )
    hosted = HostedPicture("0" * 32, (Rendition(1280, 800, 90, 110),))
    newsroom.store.pictures.keep("https://p.example/x.jpg", hosted, newsroom.clock.now)
    root = etree.fromstring(newsroom.client.get("/feed.atom").data)
    entry = root.find(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}id") == brief.uid
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Paula Ek"
    assert entry.findtext(f"{ATOM}rights") == "© The newsroom"
    assert entry.findtext(f"{ATOM}published") < entry.findtext(f"{ATOM}updated")
    found = [(one.get("rel"), one.get("href")) for one in entry.findall(f"{ATOM}link")]
    assert found == [
        ("alternate", f"https://n.example/news/2026/01/20/{brief.slug}"),
        ("via", "https://le-monde.example/1"),
        ("via", "https://rtl.example/2"),
        ("related", "https://maps.example/tunnel"),
    ]
    content = entry.findtext(f"{ATOM}content")
    assert content.startswith("<p><em>The tunnel has two tubes.</em></p>")
    assert "From Le Monde, also RTL" in content
    assert "(PE - Sources: Le Monde, RTL" in content, "the initials stay"
    assert entry.find(f"{MEDIA}thumbnail").get("url") == OURS
    item = etree.fromstring(newsroom.client.get("/feed.rss").data).find("channel/item")
    assert dict(item.find("enclosure").attrib) == {
        "url": OURS, "length": "110", "type": "image/jpeg",
    }  # fmt: skip
    assert item.findtext(f"{MEDIA}content/{MEDIA}credit") == "© Unsplash"
    assert item.findtext("{http://purl.org/dc/elements/1.1/}creator") == "Paula Ek"
    said = newsroom.json()["items"][0]["_aggregator"]
    assert [one["url"] for one in said["citations"]] == [
        href for rel, href in found if rel == "via"
    ]
    assert (said["related"], said["rights"]) == (["https://maps.example/tunnel"], "© The newsroom")


def test_one_without_entries_stays_as_it_is(newsroom: Newsroom) -> None:
    """To the byte, whatever else is published."""
    empty = [path for path in newsroom.press.feeds if path.startswith("/feeds/flemish.")]
    before = [newsroom.client.get(path).data for path in empty]
    newsroom.later(minutes=5)
    newsroom.take(MONDE, 99)
    assert newsroom.ids("/feeds/flemish.atom") == []
    assert [newsroom.client.get(path).data for path in empty] == before
    assert len(empty) == 3
