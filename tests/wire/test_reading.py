"""Reading only what is new gives what reading everything gives."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from aggregator.domain import Document, ParsedFeed, ParsedItem
from aggregator.errors import ParseError
from aggregator.wire import fresh
from aggregator.wire.parse import parse
from aggregator.wire.reading import Reading, read
from tests.build import NOW, document, source

RSS = '<?xml version="1.0"?><rss version="2.0"><channel><title>F</title>{}</channel></rss>'

ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title>{}</feed>'


def entry(number: int, title: str = "T", guid: str | None = None) -> str:
    return (
        f"<item><title>{title} {number}</title><link>https://f.example/{number}</link>"
        f"<guid>{guid or number}</guid><description>Text {number}</description></item>"
    )


def rss(*entries: str) -> Document:
    return document(RSS.format("".join(entries)), content_type="application/rss+xml")


def after(first: Document, second: Document) -> Reading:
    seen = read(first, source(), b"", NOW).seen
    assert seen
    return read(second, source(), seen, NOW)


def titles(reading: Reading) -> list[str]:
    return [item.title for item in reading.feed.items]


def test_only_new_and_changed_entries_are_parsed() -> None:
    found = after(rss(entry(1), entry(2)), rss(entry(3), entry(2, "New"), entry(1)))
    assert (titles(found), found.known) == (["T 3", "New 2"], 1)


def test_what_was_read_is_remembered_and_what_left_is_forgotten() -> None:
    first, second = rss(entry(1), entry(2)), rss(entry(3), entry(2))
    found = after(first, second)
    again = read(second, source(), found.seen, NOW)
    assert (again.feed.items, again.known) == ((), 2)
    returned = read(first, source(), found.seen, NOW)
    assert titles(returned) == ["T 1"]


@pytest.mark.parametrize(
    "second",
    [
        rss(entry(1), entry(2, guid="1")),
        document(RSS.format(entry(1) + entry(2)).replace("F<", "F</title><language>fr</language><title><")),
        document(RSS.format(entry(1) + entry(2)), url="https://other.example/"),
        document(RSS.format(entry(1) + entry(2)).replace('"2.0"', '"2.0" xml:lang="nl"')),
    ],
    ids=["a guid that is still there", "another language", "another address", "another root"],
)  # fmt: skip
def test_everything_is_parsed_where_a_part_could_mean_something_else(second: Document) -> None:
    found = after(rss(entry(1)), second)
    assert found.known == 0
    assert found.feed.items == parse(second, source(), NOW).items


def test_where_cutting_and_parsing_disagree_everything_is_parsed_each_time() -> None:
    body = ATOM.format(
        '<subtitle type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><entry>x</entry></div>'
        "</subtitle><entry><title>T 1</title></entry>"
    )
    first = read(document(body), source(), b"", NOW)
    assert titles(first)[0] == "T 1"
    again = read(document(body), source(), first.seen, NOW)
    assert (again.known, again.feed.items) == (0, first.feed.items)


def test_an_entry_by_the_name_that_another_format_gives_it_is_one() -> None:
    body = ATOM.format("<entry><title>T 1</title></entry><item><title>T 2</title></item>{}")
    first = read(document(body.format("")), source(), b"", NOW)
    assert titles(first) == ["T 1", "T 2"]
    again = read(
        document(body.format("<item><title>T 3</title></item>")), source(), first.seen, NOW
    )
    assert (again.known, titles(again)) == (2, ["T 3"])


def test_what_only_its_entries_tell_to_be_a_feed_stays_one_without_new_entries() -> None:
    # Found by fuzzing: the namespace is none that tells the version.
    one = '<rdf:RDF xmlns:rdf="r" xmlns="x"><channel><title>F</title></channel><item><link>https://f.example/1</link></item><!--{}--></rdf:RDF>'
    found = after(document(one.format(1)), document(one.format(2)))
    assert [item.url for item in found.feed.items] == ["https://f.example/1"]


@pytest.mark.parametrize(
    "body",
    [
        "<!DOCTYPE rss>" + RSS.format(entry(1)),
        RSS.format("<item><title>a</title><item><title>b</title></item></item>"),
        RSS.format("<item/>" + entry(1)),
        RSS.format("<item><title>a</title><entry/></item>"),
        RSS.format(entry(1)) + "<",
        RSS.format('<item xml:base="https://b.example/"><title>a</title></item>'),
        RSS.format(entry(1)).replace("?>", " encoding='koi8-r'?>"),
        RSS.format(entry(1)).encode().replace(b"T 1", b"\xff"),
        "<html><item>a</item></html>",
        "",
    ],
)
def test_odd_documents_are_not_split(body: str | bytes) -> None:
    data = body.encode() if isinstance(body, str) else body
    assert fresh.split(data, "application/rss+xml") is None


def test_header_and_document_must_agree_on_the_encoding() -> None:
    data = RSS.format(entry(1)).encode()
    assert fresh.split(data, "text/xml; charset=UTF-8")
    assert fresh.split(data, "text/xml; charset=iso-8859-1") is None


def test_tags_in_comments_and_cdata_are_no_entries() -> None:
    inside = "<!-- <item> --><![CDATA[</item><item>]]><?x <item> ?>"
    pieces = fresh.split(RSS.format(f"{entry(1)}<x>{inside}</x>{entry(2)}").encode(), "")
    assert pieces
    assert [piece[:13] for piece in pieces.entries] == [b"<item><title>"] * 2
    assert pieces.only([]).count(b"<title>") == 1


def captures(shared: Path) -> list[tuple[str, Document]]:
    rows = json.loads((shared / "corpus" / "manifest.json").read_text())
    rows = rows if isinstance(rows, list) else rows["feeds"]
    return [
        (
            row["file"],
            Document(
                "https://source.example/feed",
                200,
                {"content-type": row.get("serve_content_type") or ""},
                (shared / "corpus" / row["file"]).read_bytes(),
                NOW,
            ),
        )
        for row in rows
    ]


def test_in_parts_or_whole_every_capture_reads_the_same(shared: Path) -> None:
    """Whatever part of a document was seen before, the rest is read as it is in the whole."""
    chance = random.Random(7)
    split = 0
    for name, one in captures(shared):
        try:
            whole = parse(one, source(), NOW)
        except ParseError:
            continue
        first = read(one, source(), b"", NOW)
        assert first.feed == whole, name
        if not first.seen:
            continue
        split += 1
        remembered = fresh.unpacked(first.seen)
        pieces = fresh.split(one.body, one.headers["content-type"])
        assert pieces
        digests = [fresh.digest(raw) for raw in pieces.entries]
        for share in (1.0, 0.97, 0.5, 0.5, 0.1):
            keys = {raw: key for raw, key in remembered.keys.items() if chance.random() < share}
            found = read(one, source(), fresh.Seen(remembered.context, keys).packed(), NOW)
            left = [i for i, raw in zip(entries_of(whole), digests, strict=True) if raw not in keys]
            expected = left if found.known else entries_of(whole)
            assert list(found.feed.items) == [i for i in expected if i is not None], name
            assert about(found.feed) == about(whole), name
            assert fresh.unpacked(found.seen).keys == remembered.keys, name
    assert split > 150


def entries_of(feed: ParsedFeed) -> list[ParsedItem | None]:
    items = iter(feed.items)
    count = len(feed.items) + len(feed.skipped)
    return [None if at in feed.skipped else next(items) for at in range(count)]


def about(feed: ParsedFeed) -> tuple[object, ...]:
    return (feed.title, feed.id, feed.site, feed.language, feed.hub, feed.hints)
