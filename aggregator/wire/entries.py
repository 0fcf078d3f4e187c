"""What an entry says: feedparser's entry → an item, normalised and safe to store (pure)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from aggregator.domain import ParsedItem, Source
from aggregator.wire.clean import (
    one_line,
    plain_text,
    safe_html,
    shorten,
    text_as_html,
    text_of,
    web_url,
)
from aggregator.wire.dates import read_date
from aggregator.wire.picture import entry_picture

MAX_TITLE = 1_000
_MAX_TEXT = 20_000
_MAX_GUID = 1_000
_MAX_NAMES = 30
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")


def read_entry(
    entry: Mapping[str, Any], url: str, source: Source, language: str | None, now: datetime
) -> ParsedItem | None:
    """One entry, as feedparser gives it, normalised; None when there is nothing in it that a reader
    could see or open.

    ``url`` is the document's; ``language`` the feed's, over which the operator's is believed, and
    the entry's own over both. ``now`` bounds the dates that are believed.
    """
    link = _link(entry, url)
    own_language = _own_language(entry, language, source.language)
    summary, content = _texts(entry, link or url)
    text = text_of(content or summary)[:_MAX_TEXT]
    guid = _guid(entry.get("id"))
    title = _title(entry)[:MAX_TITLE] or shorten(text, 80) or link or guid
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
    own = language_tag(detail.get("language"))
    return own if own and own != feed_language else declared or feed_language


def language_tag(value: object) -> str | None:
    """A BCP 47 tag, or None when it does not look like one."""
    tag = str(value or "").strip().replace("_", "-")
    if not _LANGUAGE.match(tag):
        return None
    primary, dash, rest = tag.partition("-")
    return f"{primary.lower()}{dash}{rest.upper() if len(rest) == 2 else rest}"


def _date(
    entry: Mapping[str, Any], name: str, language: str | None, now: datetime
) -> datetime | None:
    raw = entry.get(name)
    return read_date(raw, entry.get(f"{name}_parsed"), language, now) if raw else None


def _authors(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """Names only: an e-mail address is nobody's byline."""
    people = entry.get("authors") or [{"name": entry.get("author")}]
    names = [one_line(plain_text(str(person.get("name") or ""))) for person in people]
    return tuple(dict.fromkeys(n[:200] for n in names if n and "@" not in n))[:_MAX_NAMES]


def _categories(entry: Mapping[str, Any]) -> tuple[str, ...]:
    labels = (plain_text(str(t.get("label") or t.get("term") or "")) for t in entry.get("tags", ()))
    return tuple(dict.fromkeys(label[:200] for label in labels if label))[:_MAX_NAMES]
