"""A feed as JSON Feed 1.1 (jsonfeed.org/version/1.1)."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from feeds.documents import KEPT
from feeds.entries import Entry, Feed
from feeds.markup import rfc3339


def json_feed(feed: Feed) -> bytes:
    """The JSON Feed document, UTF-8; ``_aggregator`` says where each item was taken from
    (``source``) or what it rests on (``citations``).
    """
    document: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "description": feed.subtitle,
        "home_page_url": f"{feed.base_url}/",
        "feed_url": f"{feed.base_url}{feed.path}.json",
        "language": feed.language,
        "authors": [{"name": feed.title}],
    }
    if feed.hub:
        document["hubs"] = [{"type": "WebSub", "url": feed.hub}]
    if feed.rights:
        document["_aggregator"] = {"rights": feed.rights}
    head = _dumped(document | {"items": []}).removesuffix(b"]}")
    return b"".join((head, b",".join(map(_markup, feed.entries)), b"]}"))


@lru_cache(KEPT)
def _markup(entry: Entry) -> bytes:
    return _dumped(_item(entry))


def _dumped(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _item(entry: Entry) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": entry.id,
        "title": entry.title,
        "date_published": rfc3339(entry.published_at),
        "date_modified": rfc3339(entry.updated_at),
        "authors": [{"name": name} for name in entry.authors],
        "_aggregator": _origins(entry),
    }
    if entry.content:
        item["content_html"] = entry.content
    else:
        item["content_text"] = entry.summary or entry.title or "(untitled)"
    optional = {
        "url": entry.url,
        "summary": entry.summary,
        "tags": list(entry.categories),
        "language": entry.language,
        "external_url": entry.via[0].url if entry.via else None,
        "image": entry.picture.url if entry.picture else None,
    }
    return item | {name: value for name, value in optional.items() if value}


def _origins(entry: Entry) -> dict[str, Any]:
    origins: dict[str, Any] = {}
    if entry.source:
        origins["source"] = {
            "id": entry.source.id,
            "title": entry.source.title,
            "feed_url": entry.source.url,
        }
        if entry.source.site:
            origins["source"]["home_page_url"] = entry.source.site
    if entry.via:
        origins["citations"] = [
            {"url": via.url, "title": via.title, "language": via.language} for via in entry.via
        ]
    if entry.picture and entry.picture.credit:
        origins["image_credit"] = entry.picture.credit
    if entry.related:
        origins["related"] = list(entry.related)
    if entry.rights:
        origins["rights"] = entry.rights
    return origins
