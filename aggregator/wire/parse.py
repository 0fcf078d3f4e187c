"""A fetched document → a feed whose items are safe to store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from aggregator.domain import Document, ParsedFeed, Source
from aggregator.errors import ParseError
from aggregator.wire import jsonfeed
from aggregator.wire.clean import one_line, plain_text, web_url
from aggregator.wire.entries import MAX_TITLE, language_tag, read_entry
from aggregator.wire.hints import read_hints
from aggregator.wire.notfeed import seems_to_be
from aggregator.wire.quick import read_xml

MAX_ITEMS = 10_000


def parse(document: Document, source: Source, now: datetime) -> ParsedFeed:
    """Read RSS, Atom or JSON Feed; ``now`` bounds the dates that are believed.

    The operator's ``source.language`` is believed over the feed's own, an entry's own over both.
    Raises ParseError, saying what the document seems to be, when it is no feed.
    """
    feed, entries = _read(document)
    language = language_tag(feed.get("language"))
    found = [
        read_entry(entry, document.url, source, language, now) for entry in entries[:MAX_ITEMS]
    ]
    unusable = [index for index, item in enumerate(found) if item is None]
    return ParsedFeed(
        title=plain_text(str(feed.get("title") or ""))[:MAX_TITLE],
        items=tuple(item for item in found if item is not None),
        id=one_line(str(feed.get("id") or "")) or None,
        site=web_url(feed.get("link"), document.url),
        language=language,
        hub=_linked(feed, document.url, "hub"),
        topic=_linked(feed, document.url, "self"),
        older=_linked(feed, document.url, "prev-archive", "next"),
        hints=read_hints(feed, document.body),
        skipped=(*unusable, *range(len(found), len(entries))),
    )


def _read(document: Document) -> tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]:
    if jsonfeed.looks_like_json(document.body):
        return jsonfeed.as_feedparser(document.body)
    try:
        version, feed, entries = read_xml(document.body, document.headers.get("content-type", ""))
    except MemoryError:
        raise
    except Exception as error:
        raise ParseError(f"feedparser gave up on it: {type(error).__name__}") from error
    if not version and not entries:
        raise ParseError(seems_to_be(document))
    return feed, entries


def _linked(feed: Mapping[str, Any], base: str, *rels: str) -> str | None:
    """Where the feed's first link of the first of these relations leads."""
    links = [(link.get("rel"), link.get("href")) for link in feed.get("links", ())]
    found = (web_url(href, base) for rel in rels for kind, href in links if kind == rel)
    return next((url for url in found if url), None)
