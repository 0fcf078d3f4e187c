"""A feed as JSON Feed 1.1 (jsonfeed.org/version/1.1)."""

from __future__ import annotations

import json
from typing import Any

from feeds.documents import rfc3339
from feeds.entries import Entry, Feed


def json_feed(feed: Feed) -> bytes:
    """The JSON Feed document, UTF-8; ``_aggregator`` says where each item was taken from."""
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "description": feed.subtitle,
        "home_page_url": f"{feed.base_url}/",
        "feed_url": f"{feed.base_url}{feed.path}.json",
        "language": feed.language,
        "authors": [{"name": feed.title}],
        "items": [_item(entry) for entry in feed.entries],
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _item(entry: Entry) -> dict[str, Any]:
    source = {"id": entry.source.id, "title": entry.source.title, "feed_url": entry.source.url}
    if entry.source.site:
        source["home_page_url"] = entry.source.site
    item: dict[str, Any] = {
        "id": entry.id,
        "title": entry.title,
        "date_published": rfc3339(entry.published_at),
        "date_modified": rfc3339(entry.updated_at),
        "authors": [{"name": name} for name in entry.authors],
        "_aggregator": {"source": source},
    }
    if entry.content:
        item["content_html"] = entry.content
    else:
        item["content_text"] = entry.summary or entry.title
    optional = {
        "url": entry.url,
        "summary": entry.summary,
        "tags": list(entry.categories),
        "language": entry.language,
    }
    return item | {name: value for name, value in optional.items() if value}
