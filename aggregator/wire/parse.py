"""The one door to feedparser: a fetched document → a feed whose items are safe to store."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from hashlib import sha256
from types import SimpleNamespace
from typing import Any

import feedparser

from aggregator.domain import Document, ParsedFeed, ParsedItem, Source
from aggregator.errors import ParseError
from aggregator.wire import jsonfeed
from aggregator.wire.clean import (
    one_line,
    plain_text,
    safe_html,
    shorten,
    text_as_html,
    web_url,
)
from aggregator.wire.dates import read_date
from aggregator.wire.hints import read_hints
from aggregator.wire.notfeed import seems_to_be
from aggregator.wire.picture import entry_picture

# An id is never relative (RFC 4287 section 4.2.6); feedparser would resolve it all the same.
feedparser.mixin._FeedParserMixin.can_be_relative_uri.discard("id")
# It copies each text's few attributes, all of them text, with deepcopy: a tenth of its time.
feedparser.mixin.copy = SimpleNamespace(deepcopy=lambda attributes: type(attributes)(attributes))

# It maps each character of every text; a character that the map lacks costs an exception.
_cp1252 = feedparser.mixin._cp1252
feedparser.mixin._cp1252 = {code: code for code in range(0x2100)} | _cp1252


def _quick_join(base: str, uri: str, join: Callable[[str, str], str]) -> str:
    """Feedparser joins the base with nothing at every tag; mostly there is no base either."""
    return join(base, uri) if base or uri else ""


feedparser.mixin._urljoin = partial(_quick_join, join=feedparser.mixin._urljoin)


def _quick_get(
    self: dict[str, Any],
    key: str,
    default: Any = None,
    slow: Any = feedparser.FeedParserDict.get,
) -> Any:
    """Feedparser looks every key up under several names, which few keys have, and for a missing
    date answers with another one.
    """
    return slow(self, key, default) if key in _ALIASED else dict.get(self, key, default)


_ALIASED = {*feedparser.FeedParserDict.keymap, "category", "enclosures", "license"}
feedparser.FeedParserDict.get = _quick_get

MAX_ITEMS = 10_000
_MAX_TEXT = 20_000
_MAX_TITLE = 1_000
_MAX_GUID = 1_000
_MAX_NAMES = 30
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")


def parse(document: Document, source: Source, now: datetime) -> ParsedFeed:
    """Read RSS, Atom or JSON Feed; ``now`` bounds the dates that are believed.

    The operator's ``source.language`` is believed over the feed's own, an entry's own over both.
    Raises ParseError, saying what the document seems to be, when it is no feed.
    """
    feed, entries = _read(document)
    language = _language(feed.get("language"))
    found = [_item(entry, document.url, source, language, now) for entry in entries[:MAX_ITEMS]]
    unusable = [index for index, item in enumerate(found) if item is None]
    return ParsedFeed(
        title=plain_text(str(feed.get("title") or ""))[:_MAX_TITLE],
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


def _read(document: Document) -> tuple[Mapping[str, Any], list[Mapping[str, Any]]]:
    if jsonfeed.looks_like_json(document.body):
        feed, rows = jsonfeed.as_feedparser(document.body)
        return feed, list(rows)
    # Bytes only: feedparser takes a string for a URL or a file. Not the document's URL either: it
    # would resolve guids against it. Its sanitiser costs half its time, and ours is stricter.
    headers = {"content-type": document.headers.get("content-type", "")}
    try:
        read = feedparser.parse(
            io.BytesIO(document.body),
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except MemoryError:
        raise
    except Exception as error:
        raise ParseError(f"feedparser gave up on it: {type(error).__name__}") from error
    if not read.get("version") and not read.entries:
        raise ParseError(seems_to_be(document))
    return read.feed, read.entries


def _item(
    entry: Mapping[str, Any], url: str, source: Source, language: str | None, now: datetime
) -> ParsedItem | None:
    """One entry, or None when there is nothing in it that a reader could see or open."""
    link = _link(entry, url)
    own_language = _own_language(entry, language, source.language)
    summary, content = _texts(entry, link or url)
    text = plain_text(content or summary)[:_MAX_TEXT]
    guid = _guid(entry.get("id"))
    title = _title(entry)[:_MAX_TITLE] or shorten(text, 80) or link or guid
    if not title:
        return None
    updated_at = _date(entry, "updated", own_language, now)
    published_at = _date(entry, "published", own_language, now) or updated_at
    return ParsedItem(
        guid=guid,
        url=link,
        title=title,
        summary=summary,
        content=content,
        text=text,
        authors=_authors(entry),
        categories=_categories(entry),
        language=own_language,
        published_at=published_at,
        updated_at=updated_at if updated_at != published_at else None,
        picture=entry_picture(entry, content or summary, link or url),
    )


def _link(entry: Mapping[str, Any], base: str) -> str | None:
    """Where the article is: what a feed service says it was, else the first page it links to."""
    original = entry.get("feedburner_origlink") or entry.get("pheedo_origlink")
    alternates = [link for link in entry.get("links", ()) if link.get("rel") == "alternate"]
    alternates.sort(key=lambda link: "html" not in str(link.get("type") or "html"))
    links = [original, *(link.get("href") for link in alternates), entry.get("link")]
    return next((url for url in (web_url(link, base) for link in links) if url), None)


def _guid(value: object) -> str | None:
    guid = one_line(str(value or ""))
    if len(guid) > _MAX_GUID:
        return f"sha256:{sha256(guid.encode()).hexdigest()}"
    return guid or None


def _title(entry: Mapping[str, Any]) -> str:
    detail = entry.get("title_detail") or {}
    value = str(entry.get("title") or "")
    return one_line(value) if detail.get("type") == "text/plain" else plain_text(value)


def _texts(entry: Mapping[str, Any], base: str) -> tuple[str, str]:
    """Summary and content as safe HTML; what is said twice is said once."""
    constructs = [c for c in entry.get("content", ()) if c.get("value")]
    fullest = max(constructs, key=lambda c: len(c["value"]), default=None)
    content = _html(fullest, base) if fullest else ""
    detail = entry.get("summary_detail") or {"value": entry.get("summary"), "type": "text/html"}
    summary = _html(detail, base) if detail.get("value") else ""
    if summary and (summary == content or (fullest and detail["value"] == fullest["value"])):
        return "", content
    return (summary, content) if content or summary else ("", "")


def _html(construct: Mapping[str, Any], base: str) -> str:
    value = str(construct["value"])
    if construct.get("type") == "text/plain":
        return text_as_html(value)
    return safe_html(value, web_url(construct.get("base"), base) or base)


def _own_language(
    entry: Mapping[str, Any], feed_language: str | None, declared: str | None
) -> str | None:
    detail = entry.get("title_detail") or entry.get("summary_detail") or {}
    own = _language(detail.get("language"))
    return own if own and own != feed_language else declared or feed_language


def _language(value: object) -> str | None:
    """A BCP 47 tag, or None when it does not look like one."""
    tag = str(value or "").strip().replace("_", "-")
    if not _LANGUAGE.match(tag):
        return None
    primary, dash, rest = tag.partition("-")
    return f"{primary.lower()}{dash}{rest.upper() if len(rest) == 2 else rest}"


def _date(
    entry: Mapping[str, Any], name: str, language: str | None, now: datetime
) -> datetime | None:
    raw, parsed = (entry.get(key) for key in (name, f"{name}_parsed"))
    return read_date(raw, parsed, language, now)


def _authors(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """Names only: an e-mail address is nobody's byline."""
    people = entry.get("authors") or [{"name": entry.get("author")}]
    names = [one_line(plain_text(str(person.get("name") or ""))) for person in people]
    return tuple(dict.fromkeys(n[:200] for n in names if n and "@" not in n))[:_MAX_NAMES]


def _categories(entry: Mapping[str, Any]) -> tuple[str, ...]:
    labels = (plain_text(str(t.get("label") or t.get("term") or "")) for t in entry.get("tags", ()))
    return tuple(dict.fromkeys(label[:200] for label in labels if label))[:_MAX_NAMES]


def _linked(feed: Mapping[str, Any], base: str, *rels: str) -> str | None:
    """Where the feed's first link of the first of these relations leads."""
    links = [(link.get("rel"), link.get("href")) for link in feed.get("links", ())]
    found = (web_url(href, base) for rel in rels for kind, href in links if kind == rel)
    return next((url for url in found if url), None)
