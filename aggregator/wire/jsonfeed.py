"""JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1) → the entries that :mod:`parse` understands."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from aggregator.errors import ParseError


def looks_like_json(body: bytes) -> bool:
    """Whether a body begins as a JSON object does."""
    return body[:200].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def as_feedparser(body: bytes) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Read a JSON Feed into the shape of feedparser's feed and entries.

    Members of a wrong type count as missing; items that are no objects become empty entries, so
    that they are counted as skipped. Raises ParseError when the document is no JSON Feed.
    """
    try:
        data = json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as error:
        raise ParseError("broken JSON, not a feed") from error
    if not isinstance(data, dict) or "jsonfeed.org" not in str(data.get("version", "")):
        raise ParseError("JSON, but not a JSON Feed")
    rows = data.get("items")
    if not isinstance(rows, list):
        raise ParseError("a JSON Feed without its list of items")
    language = _text(data, "language")
    feed = {
        "id": _text(data, "feed_url"),
        "title": _text(data, "title") or "",
        "link": _text(data, "home_page_url"),
        "language": language,
        "links": [
            {"rel": "hub", "href": hub.get("url")}
            for hub in _objects(data.get("hubs"))
            if isinstance(hub.get("url"), str)
        ],
    }
    everyone = _authors(data)
    return feed, [_entry(row, everyone) if isinstance(row, dict) else {} for row in rows]


def _entry(row: Mapping[str, Any], everyone: list[dict[str, str]]) -> dict[str, Any]:
    html, text = _text(row, "content_html"), _text(row, "content_text")
    content = (
        {"value": html, "type": "text/html"} if html else {"value": text, "type": "text/plain"}
    )
    entry: dict[str, Any] = {
        "id": _identifier(row.get("id")),
        "link": _text(row, "url") or _text(row, "external_url"),
        "authors": _authors(row) or everyone,
        "tags": [{"term": tag} for tag in _list(row.get("tags")) if isinstance(tag, str)],
        "links": [
            {"rel": "enclosure", "href": part.get("url"), "type": part.get("mime_type")}
            for part in _objects(row.get("attachments"))
        ],
        "content": [content] if content["value"] else [],
    }
    for name in ("title", "summary"):
        if value := _text(row, name):
            entry[name] = value
            entry[f"{name}_detail"] = {
                "value": value,
                "type": "text/plain",
                "language": _text(row, "language"),
            }
    image = _text(row, "image") or _text(row, "banner_image")
    if image:
        entry["media_content"] = [{"url": image, "medium": "image"}]
    for ours, theirs in (("published", "date_published"), ("updated", "date_modified")):
        if value := _text(row, theirs):
            entry |= {ours: value, f"{ours}_parsed": _time_tuple(value)}
    return entry


def _authors(row: Mapping[str, Any]) -> list[dict[str, str]]:
    people = _objects(row.get("authors")) or _objects([row.get("author")])
    return [{"name": person["name"]} for person in people if isinstance(person.get("name"), str)]


def _identifier(value: object) -> str | None:
    """An id is a string; numbers are common and told to be coerced (JSON Feed 1.1, items.id)."""
    usable = isinstance(value, str | int | float) and not isinstance(value, bool)
    return str(value) if usable else None


def _text(row: Mapping[str, Any], name: str) -> str | None:
    value = row.get(name)
    return value if isinstance(value, str) and value.strip() else None


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _objects(value: object) -> list[dict[str, Any]]:
    return [part for part in _list(value) if isinstance(part, dict)]


def _time_tuple(value: str) -> Any:
    try:
        read = datetime.fromisoformat(value)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC).timetuple()
    except (ValueError, OverflowError):
        return None
