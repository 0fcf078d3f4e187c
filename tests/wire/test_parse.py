"""From a document to a feed: each file of tests/documents says what must hold of it."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.domain import Hints, Picture
from aggregator.errors import ParseError
from aggregator.wire.parse import parse
from tests.build import NOW, document, source

DOCUMENTS = Path(__file__).parents[1] / "documents"
_RULE = re.compile(r"^\s*(feed|item (\d+)|items|skipped)(?: (\w+))?: (.*)$", re.MULTILINE)
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def rules(text: str) -> list[tuple[str, str | None, str, object]]:
    """``item 0 title: "Head"`` → ("item 0", "0", "title", "Head"); the values are JSON."""
    comment = text[text.index("<!--") : text.index("-->")]
    return [(m[1], m[2], m[3], json.loads(m[4])) for m in _RULE.finditer(comment)]


@pytest.mark.parametrize("path", sorted(DOCUMENTS.glob("*.xml")), ids=lambda p: p.stem)
def test_what_the_document_says_of_itself_holds(path: Path) -> None:
    body = path.read_bytes()
    expected = rules(body.decode("latin-1") if b"iso-8859-1" in body[:99] else body.decode())
    assert expected
    feed = parse(document(body), source(language=None), NOW)
    for subject, number, name, value in expected:
        if subject == "items":
            assert len(feed.items) == value
        elif subject == "skipped":
            assert len(feed.skipped) == value
        else:
            owner = feed if number is None else feed.items[int(number)]
            found = getattr(owner, name)
            if name == "picture":
                found = found and [found.url, found.credit]
            if name.endswith("_at"):
                found = found and found.isoformat()
            assert (list(found) if isinstance(found, tuple) else found) == value, (subject, name)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "an empty document, not a feed"),
        (b"  \n", "an empty document, not a feed"),
        (b"<html><body>Back soon</body></html>", "an HTML page, not a feed, and it names no feed"),
        (
            b'<!doctype html><html><head><link rel="alternate" type="application/rss+xml" '
            b'href="/rss.xml"></head></html>',
            "an HTML page, not a feed: is it https://fanal.example/rss.xml ?",
        ),
        (
            b'<html><link rel="alternate" hreflang="nl" href="/nl"><link rel="alternate" '
            b'type="application/atom+xml" href="/a"><link rel="alternate" '
            b'type="application/atom+xml" href="/a"></html>',
            "an HTML page, not a feed: is it https://fanal.example/a ?",
        ),
        (b'{"a": 1}', "JSON, but not a JSON Feed"),
        (b'{"version": ', "broken JSON, not a feed"),
        (
            b'{"version": "https://jsonfeed.org/version/1.1", "items": {}}',
            "a JSON Feed without its list of items",
        ),
        (b"%PDF-1.7 ...", "a PDF file, not a feed"),
        (b"\x89PNG\r\n\x1a\n", "a picture file, not a feed"),
        (b"<opml version='2.0'><body/></opml>", "an OPML list of feeds, not a feed"),
        (b"<urlset><url/></urlset>", "a sitemap, not a feed"),
        (b"<note><to>you</to></note>", "an XML document of another kind (<note>), not a feed"),
        (b"hello", "plain text or unknown data, not a feed"),
    ],
)
def test_what_is_no_feed_is_named(body: bytes, reason: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse(document(body, content_type="text/html"), source(), NOW)
    assert reason in str(caught.value)


def test_a_feed_without_entries_is_a_feed() -> None:
    empty = b"<rss version='2.0'><channel><title>T</title></channel></rss>"
    assert parse(document(empty), source(), NOW).items == ()


def test_a_document_cut_in_the_middle_gives_its_whole_entries() -> None:
    entries = "".join(f"<item><title>T{n}</title><guid>{n}</guid></item>" for n in range(5))
    cut = f"<rss version='2.0'><channel><title>T</title>{entries}<item><title>half"
    assert [i.guid for i in parse(document(cut), source(), NOW).items][:5] == list("01234")


def test_a_path_or_url_as_body_is_never_opened(tmp_path: Path) -> None:
    feed = tmp_path / "feed.xml"
    feed.write_text("<rss version='2.0'><channel><item><title>no</title></item></channel></rss>")
    for body in (str(feed), feed.as_uri(), "http://127.0.0.1:9/feed"):
        with pytest.raises(ParseError):
            parse(document(body), source(), NOW)


@pytest.mark.parametrize("name", ["utf-8", "utf-16", "iso-8859-1", "windows-1252", "shift_jis"])
def test_encodings(name: str) -> None:
    word = "東京" if name == "shift_jis" else "é ü"
    text = (
        f'<?xml version="1.0" encoding="{name}"?><rss version="2.0"><channel>'
        f"<item><title>{word}</title></item></channel></rss>"
    )
    read = parse(document(text.encode(name), content_type="application/rss+xml"), source(), NOW)
    assert read.items[0].title == word


def test_the_operators_language_beats_the_feeds_and_an_entrys_own_beats_both() -> None:
    body = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><id>urn:f</id><title>F</title>'
        "<entry><id>urn:1</id><title>A</title></entry>"
        '<entry xml:lang="nl-be"><id>urn:2</id><title>B</title></entry></feed>'
    )
    read = parse(document(body), source(language="fr"), NOW)
    assert [i.language for i in read.items] == ["fr", "nl-BE"]


def test_what_a_feed_says_of_its_rhythm() -> None:
    head = (
        "<ttl>90</ttl><skipHours><hour>3</hour><hour> 24 </hour><hour>25</hour></skipHours>"
        "<skipDays><day>Sunday</day><day>saturday</day><day>Someday</day></skipDays>"
    )
    body = f"<rss version='2.0'><channel>{head}<item><title>a</title></item></channel></rss>"
    hints = parse(document(body), source(), NOW).hints
    assert hints == Hints(timedelta(minutes=90), skip_hours=(0, 3), skip_days=(5, 6))


def test_a_picture_without_an_address_is_passed_over() -> None:
    media = "".join(
        f'<media:content medium="image" width="{width}" url="{url}"/>'
        for width, url in ((900, "data:image/png;base64,AAAA"), (800, "/b.jpg"), (700, "/c.jpg"))
    )
    body = (
        '<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><item><title>a</title>'
        f"<link>https://p.example/a</link>{media}</item></channel></rss>"
    )
    (item,) = parse(document(body), source(), NOW).items
    assert item.picture == Picture("https://p.example/b.jpg", width=800)


def test_ids_of_any_length_stay_apart() -> None:
    guids = [f"{'x' * 5000}{end}" for end in "ab"]
    entries = "".join(f"<item><guid>{guid}</guid><title>a</title></item>" for guid in guids)
    body = f"<rss version='2.0'><channel>{entries}</channel></rss>"
    found = {item.guid or "" for item in parse(document(body), source(), NOW).items}
    assert len(found) == 2
    assert all(len(guid) < 100 for guid in found)


def test_json_feed() -> None:
    body = json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "J",
            "home_page_url": "https://j.example/",
            "language": "en",
            "items": [
                {"id": 7, "url": "https://j.example/7", "title": "Seven",
                 "content_html": "<p>x</p>",
                 "date_published": "2026-01-19T10:00:00+01:00", "tags": ["a"],
                 "authors": [{"name": "Ana"}], "image": "https://j.example/i.jpg"},
                "nonsense",
                {"id": "8", "content_text": "1 < 2"},
            ],
        }
    )  # fmt: skip
    feed = parse(document(body), source(), NOW)
    first, second = feed.items
    assert (first.guid, first.title, first.content, first.authors) == (
        "7",
        "Seven",
        "<p>x</p>",
        ("Ana",),
    )
    assert first.published_at and first.published_at.isoformat() == "2026-01-19T09:00:00+00:00"
    assert first.picture and first.picture.url == "https://j.example/i.jpg"
    assert (second.title, second.content, feed.skipped) == ("1 < 2", "1 &lt; 2", (1,))


@given(st.binary(max_size=300), st.sampled_from(["", "text/xml", "application/json"]))
def test_no_bytes_raise_anything_but_a_parse_error(body: bytes, kind: str) -> None:
    for wrapped in (
        body,
        b"<rss><channel><item><title>" + body,
        b'{"version":"jsonfeed.org",' + body,
    ):
        try:
            feed = parse(document(wrapped, content_type=kind), source(), NOW)
        except ParseError:
            continue
        for item in feed.items:
            assert not _ILLEGAL.search(item.title + item.summary + item.content + item.text)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5),
                    lambda inner: st.lists(inner, max_size=3), max_leaves=6))  # fmt: skip
def test_no_json_feed_member_of_a_wrong_type_loses_the_others(value: object) -> None:
    names = (
        "title",
        "url",
        "content_html",
        "authors",
        "tags",
        "image",
        "date_published",
        "attachments",
    )
    hostile = {"id": "x", **dict.fromkeys(names, value)}
    body = json.dumps(
        {
            "version": "https://jsonfeed.org/version/1",
            "items": [hostile, {"id": "1", "title": "ok"}],
        }
    )
    assert parse(document(body), source(), NOW).items[-1].title == "ok"
