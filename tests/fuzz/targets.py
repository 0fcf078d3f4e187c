"""What must hold whatever the bytes: each target takes an input and fails where something does not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path

import ada_url
from selectolax.lexbor import LexborHTMLParser

from aggregator.desk.markdown import has_pictures, links, to_html, to_text
from aggregator.domain import ParsedFeed, ParsedItem
from aggregator.errors import ConfigError, ParseError
from aggregator.settings.editing import with_sources
from aggregator.settings.feeds import read_feeds
from aggregator.settings.opml import IN_BROWSER, OpmlRefused, read_opml
from aggregator.settings.site import read_site
from aggregator.settings.sources import read_sources
from aggregator.wire import fresh
from aggregator.wire.address import canonical_url, normal_form
from aggregator.wire.clean import legal, safe_html, web_url
from aggregator.wire.identity import key_of
from aggregator.wire.parse import parse
from aggregator.wire.reading import read
from tests.build import NOW, document, source

SOURCE = source()
TYPES = (
    "", "application/rss+xml", "text/xml; charset=utf-8", "application/feed+json", "text/html; charset=windows-1252",
    'application/atom+xml; charset="utf-16"', "text/xml; charset=iso-8859-1", "text/plain; charset=nonsense",
)  # fmt: skip
HOUR = timedelta(hours=1)
NOWHERE = Path("config")
ACTIVE = {
    "script",
    "style",
    "iframe",
    "object",
    "embed",
    "svg",
    "math",
    "form",
    "base",
    "meta",
    "link",
}


def parser(data: bytes) -> None:
    """A document becomes a feed of items that are safe to store, or a ParseError."""
    given = document(data[1:], content_type=TYPES[data[0] % len(TYPES)] if data else "")
    try:
        feed = parse(given, SOURCE, NOW)
    except ParseError:
        return
    assert_legal([feed.title, feed.id or "", feed.language or ""])
    assert_web([feed.site, feed.hub, feed.topic, feed.older])
    for item in feed.items:
        assert_item(item)


def splitter(data: bytes) -> None:
    """A document read in parts says what it says as a whole, whatever was seen before."""
    if len(data) < 2:
        return
    given = document(data[2:], content_type=TYPES[data[0] % len(TYPES)])
    pieces = fresh.split(given.body, given.headers["content-type"])
    if pieces is None:
        return
    assert pieces.only(range(len(pieces.entries))) == given.body.removeprefix(b"\xef\xbb\xbf")
    whole = parse(given, SOURCE, NOW)
    first = read(given, SOURCE, b"", NOW)
    assert first.feed == whole
    if not first.seen:
        return
    remembered = fresh.unpacked(first.seen)
    digests = [fresh.digest(raw) for raw in pieces.entries]
    keys = {
        raw: key
        for place, (raw, key) in enumerate(remembered.keys.items())
        if data[1] >> place % 8 & 1
    }
    found = read(given, SOURCE, fresh.Seen(remembered.context, keys).packed(), NOW)
    expected = in_places(whole)
    if found.known:
        expected = [i for i, raw in zip(expected, digests, strict=True) if raw not in keys]
    assert list(found.feed.items) == [item for item in expected if item is not None]
    assert about(found.feed) == about(whole)


def address(data: bytes) -> None:
    """One spelling is its own spelling, and what is not parsed is what a parser would leave."""
    url = text_of(data)
    once = canonical_url.__wrapped__(url)
    assert once is None or canonical_url.__wrapped__(once) == once, once
    plain, found = normal_form(url), web_url(url, "https://a.example/b/c")
    try:
        expected = str(ada_url.URL(url).href)
    except ValueError:
        expected = None
    assert plain == expected
    assert_web([found])


def markdown(data: bytes) -> None:
    """Nothing that an editor types can run, and all its readers agree on it."""
    typed = text_of(data)
    html = to_html(typed)
    assert_safe(html)
    assert safe_html(html, "") == html
    to_text(typed)
    has_pictures(typed)
    links(typed)


def config(data: bytes) -> None:
    """A file, an override or a list of feeds is read, or refused with its reasons; never an error."""
    kind, text = data[0] % 5 if data else 0, text_of(data[1:])
    match kind:
        case 0:
            sources, problems = read_sources(NOWHERE / "sources.yaml", HOUR, text)
            if not problems:
                add_one(text, [one.id for one in sources])
        case 1:
            _, problems = read_site(NOWHERE / "aggregator.yaml", {}, text)
        case 2:
            _, problems = read_feeds(NOWHERE / "feeds.yaml", {"fanal"}, set(), text)
        case 3:
            name, _, value = text.partition("=")
            _, problems = read_site(NOWHERE / "aggregator.yaml", {f"AGGREGATOR_{name}": value}, "")
        case _:
            problems = []
            try:
                for one in read_opml(data[1:], IN_BROWSER):
                    assert_legal([one.name])
            except OpmlRefused as refused:
                problems = [str(refused)]
    assert all(problems)


def add_one(text: str, ids: list[str]) -> None:
    """What a command adds to a file that can be read is in it, and all else stays."""
    new = {"id": "added-by-a-command", "name": "Added", "url": "https://added.example/feed"}
    if new["id"] in ids:
        return
    try:
        added = with_sources(text, [new])
    except ConfigError:
        return
    again, problems = read_sources(NOWHERE / "sources.yaml", HOUR, added)
    assert problems == [], problems
    assert [one.id for one in again] == [*ids, new["id"]]


def text_of(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def in_places(feed: ParsedFeed) -> list[ParsedItem | None]:
    items = iter(feed.items)
    count = len(feed.items) + len(feed.skipped)
    return [None if at in feed.skipped else next(items) for at in range(count)]


def about(feed: ParsedFeed) -> tuple[object, ...]:
    return (feed.title, feed.id, feed.site, feed.language, feed.hub, feed.hints)


def assert_item(item: ParsedItem) -> None:
    said = (item.guid, item.title, item.text, item.summary, item.content)
    assert_legal([part or "" for part in (*said, *item.authors, *item.categories)])
    assert_web([item.url, item.picture and item.picture.url])
    for html in (item.summary, item.content):
        assert_safe(html)
    for at in (item.published_at, item.updated_at):
        assert at is None or at.tzinfo is not None
    assert key_of(item)


def assert_legal(texts: Iterable[str]) -> None:
    for text in texts:
        assert legal(text) == text, text
        text.encode()


def assert_web(urls: Iterable[str | None]) -> None:
    for url in urls:
        assert url is None or url.startswith(("https://", "http://")), url


def assert_safe(html: str) -> None:
    assert_legal([html])
    if "<" not in html:
        return
    for node in LexborHTMLParser(html).css("*"):
        assert node.tag not in ACTIVE, html
        for name, value in node.attributes.items():
            assert not name.startswith("on"), html
            if name in {"href", "src", "cite"}:
                assert scheme(value or "") in {"https:", "http:", "mailto:"}, html


def scheme(href: str) -> str | None:
    """As browsers see it, whatever spaces and line ends are in it; None where they see no address."""
    try:
        return str(ada_url.URL(href).protocol)
    except ValueError:
        return None


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target for target in (parser, splitter, address, markdown, config)
}
