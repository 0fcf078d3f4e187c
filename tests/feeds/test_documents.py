"""The published documents, as their readers' software sees them."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import feedparser
import pytest
from feedgen.feed import FeedGenerator
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from aggregator.domain import Edition, Item, ListedItem, Picture, Republish
from aggregator.settings import load
from aggregator.wire.clean import one_line
from feeds.combined import Material, combined
from feeds.documents import atom, rss
from feeds.jsonfeed import json_feed
from tests.build import NOW, source

SETTINGS = load(Path(__file__).parents[2] / "config", {"AGGREGATOR_TITLE": "Tést & Co"})
EDITION = Edition(7, NOW)
UID = "6f2a2f3e-5c6c-4a55-9d55-2a1df3f0a001"
ATOM = "{http://www.w3.org/2005/Atom}"
MEDIA = "{http://search.yahoo.com/mrss/}"


def listed(number: int = 1, republish: Republish = Republish.FULL, **changes: object) -> ListedItem:
    item = Item(
        id=number,
        source_id="fanal",
        entry_id=f"tag:fanal.example,2026:{number}",
        guid=None,
        url=f"https://fanal.example/{number}?a=1&b=2",
        canonical_url=None,
        title=f"Un <titre> & «{number}»",
        summary="<p>Sum</p>",
        content="<p>Corps &amp; <em>âme</em></p>",
        text="Corps & âme " * 60,
        authors=("Ana Ruiz", "Bo Ek"),
        categories=("politics", "x & y"),
        language="fr",
        published_at=NOW - timedelta(hours=number),
        updated_at=None,
        first_seen_at=NOW - timedelta(minutes=number),
        revised_at=None,
        revision=1,
        duplicate_of=None,
        excluded_by=None,
        picture=None,
    )
    return ListedItem(
        replace(item, **changes),  # type: ignore[arg-type]
        source(name="Le Fanal", republish=republish, site="https://fanal.example/"),
        "tag:fanal.example,2020:feed",
        "https://fanal.example/",
    )


def feed(*items: ListedItem):
    return combined(Material(items), SETTINGS, EDITION, UID)


def test_feedparser_reads_back_what_went_in() -> None:
    read = feedparser.parse(BytesIO(atom(feed(listed(1), listed(2)))))
    assert not read.bozo
    assert [e.id for e in read.entries] == ["tag:fanal.example,2026:1", "tag:fanal.example,2026:2"]
    entry = read.entries[0]
    assert entry.title == "Un <titre> & «1»"
    assert entry.link == "https://fanal.example/1?a=1&b=2"
    assert entry.published == "2026-01-20T08:00:00+00:00"
    assert [a.name for a in entry.authors] == ["Ana Ruiz", "Bo Ek"]
    assert [t.term for t in entry.tags] == ["politics", "x & y"]
    assert entry.content[0].value == "<p>Corps &amp; <em>âme</em></p>"
    assert entry.content[0].language == "fr"
    assert entry.source.id == "tag:fanal.example,2020:feed"
    assert entry.source.title == "Le Fanal"


def test_each_entry_has_its_typed_link_once_and_its_whole_source() -> None:
    root = etree.fromstring(atom(feed(listed(1))))
    entry = root.find(f"{ATOM}entry")
    links = [dict(link.attrib) for link in entry.findall(f"{ATOM}link")]
    assert links == [
        {"href": "https://fanal.example/1?a=1&b=2", "rel": "alternate", "hreflang": "fr"}
    ]
    assert [child.tag.removeprefix(ATOM) for child in entry.find(f"{ATOM}source")] == [
        "id", "title", "updated", "link", "link",
    ]  # fmt: skip


def test_feedgen_still_leaves_out_what_our_extension_adds() -> None:
    """The day this fails, feedgen writes link attributes itself and the extension can shrink."""
    generator = FeedGenerator()
    generator.id("urn:x")
    generator.title("x")
    entry = generator.add_entry()
    entry.id("urn:y")
    entry.title("y")
    entry.content("z")
    entry.link(href="https://x.example/", rel="via", hreflang="fr")
    assert b"hreflang" not in generator.atom_str()


def test_the_same_items_give_the_same_bytes() -> None:
    for render in (atom, rss, json_feed):
        assert render(feed(listed(1), listed(2))) == render(feed(listed(1), listed(2)))


def test_the_feeds_id_outlives_title_and_address() -> None:
    moved = replace(SETTINGS, title="Other", base_url="https://other.example")
    assert combined(Material(), moved, EDITION, UID).id == feed().id


@pytest.mark.parametrize(
    ("republish", "summary", "content"),
    [
        (Republish.LINK, False, False),
        (Republish.EXCERPT, True, False),
        (Republish.FULL, True, True),
    ],
)
def test_each_source_is_republished_as_far_as_it_allows(republish, summary, content) -> None:
    entry = etree.fromstring(atom(feed(listed(1, republish)))).find(f"{ATOM}entry")
    assert (entry.find(f"{ATOM}summary") is not None) is summary
    assert (entry.find(f"{ATOM}content") is not None) is content
    if summary:
        text = entry.findtext(f"{ATOM}summary")
        assert len(text) <= 300
        assert text.endswith("…")


def test_one_item_with_a_character_that_xml_has_not_spoils_no_feed() -> None:
    made = feed(
        listed(1, content="<p>l\x17uomo</p>"), listed(2, content="", summary="<p>a\ufffe</p>")
    )
    shown = [one.content[0].value for one in feedparser.parse(BytesIO(atom(made))).entries]
    assert shown == ["<p>luomo</p>", "<p>a</p>"]
    assert b"luomo" in rss(made)


def test_updated_moves_with_a_revision_and_never_into_the_future() -> None:
    revised = feed(listed(1, revised_at=NOW - timedelta(minutes=5))).entries[0]
    assert revised.updated_at == NOW - timedelta(minutes=5)
    ahead = feed(listed(1, updated_at=NOW + timedelta(days=3))).entries[0]
    assert ahead.updated_at == NOW


def test_an_entry_without_a_link_has_content() -> None:
    entry = etree.fromstring(atom(feed(listed(1, Republish.LINK, url=None)))).find(f"{ATOM}entry")
    assert entry.find(f"{ATOM}link") is None
    assert entry.findtext(f"{ATOM}content")


def test_what_rests_on_nothing_names_no_source() -> None:
    (entry,) = feed(listed()).entries
    ours = replace(entry, source=None, via=())
    (read,) = etree.fromstring(rss(replace(feed(), entries=(ours,)))).iter("item")
    assert read.find("source") is None


def test_a_hub_is_named_in_every_format() -> None:
    hub = "https://hub.example/"
    told = combined(Material([listed()]), replace(SETTINGS, hub=hub), EDITION, UID)
    for write in (atom, rss):
        links = feedparser.parse(BytesIO(write(told))).feed.links
        assert [link.href for link in links if link.rel == "hub"] == [hub]
    assert json.loads(json_feed(told))["hubs"] == [{"type": "WebSub", "url": hub}]


def test_of_a_picture_is_said_what_is_known() -> None:
    whole = Picture("https://p.example/x.jpg", "A tunnel", "© Ana", width=640)
    for known, said in ((whole, ["A tunnel", "© Ana"]), (Picture(whole.url, width=640), [])):
        (entry,) = feed(listed()).entries
        shown = replace(feed(), entries=(replace(entry, picture=known),))
        for write in (atom, rss):
            (content,) = etree.fromstring(write(shown)).iter(f"{MEDIA}content")
            assert dict(content.attrib) == {"url": whole.url, "medium": "image", "width": "640"}
            assert [element.text for element in content] == said


def test_rss_names_the_source_and_keeps_the_ids() -> None:
    read = feedparser.parse(BytesIO(rss(feed(listed(1)))))
    assert not read.bozo
    entry = read.entries[0]
    assert (entry.id, entry.guidislink) == ("tag:fanal.example,2026:1", False)
    assert entry.source.title == "Le Fanal"
    assert entry.link == "https://fanal.example/1?a=1&b=2"
    assert read.feed.links[0].rel in ("self", "alternate")


@given(st.text(max_size=80), st.text(max_size=80))
def test_no_text_can_break_a_feed(title: str, text: str) -> None:
    hostile = listed(1, title=one_line(title), text=one_line(text), content=one_line(text))
    root = etree.fromstring(atom(feed(hostile)))
    assert (root.findtext(f"{ATOM}entry/{ATOM}title") or "") == (one_line(title) or "(untitled)")
    etree.fromstring(rss(feed(hostile)))
    json.loads(json_feed(feed(hostile)))


def test_the_atom_schema_finds_nothing_wrong(shared: Path, tool, tmp_path: Path) -> None:
    path = tmp_path / "feed.atom"
    path.write_bytes(atom(feed(listed(1), listed(2, Republish.LINK), listed(3, language=None))))
    schema = shared / "tools" / "schema" / "atom.rnc"
    done = subprocess.run([tool("jing"), "-c", schema, path], capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("", 0)


def test_the_json_feed_check_finds_nothing_wrong(shared: Path, tmp_path: Path) -> None:
    path = tmp_path / "feed.json"
    path.write_bytes(json_feed(feed(listed(1), listed(2, Republish.LINK, url=None))))
    check = shared / "tools" / "check_jsonfeed.py"
    done = subprocess.run([sys.executable, check, path], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
