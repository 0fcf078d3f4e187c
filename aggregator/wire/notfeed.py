"""What a document that is no feed seems to be, in an operator's words."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

from aggregator.domain import Document
from aggregator.wire.clean import one_line, web_url

_MAX_LOOK = 500_000
_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json")
_MAGIC = {
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"PK\x03\x04": "a ZIP",
}
_ROOT = re.compile(rb"<([A-Za-z_][\w.:-]*)[\s/>]")
_KNOWN_ROOTS = {"opml": "an OPML list of feeds", "urlset": "a sitemap", "sitemapindex": "a sitemap"}


def seems_to_be(document: Document) -> str:
    """One line for the operator: what came instead of a feed and, for a page, where its feed is."""
    body = document.body
    if not body.strip():
        return "an empty document, not a feed"
    for magic, name in _MAGIC.items():
        if body.startswith(magic):
            return f"{name} file, not a feed"
    start = body[:2000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] in (b"{", b"["):
        return "JSON, but not a JSON Feed"
    if b"<html" in body[:5000].lower() or b"<!doctype html" in start.lower():
        return _html_page(document)
    root = _ROOT.search(start)
    if root:
        name = one_line(root[1].decode("ascii", "replace"))[:60]
        other = f"an XML document of another kind (<{name}>)"
        return f"{_KNOWN_ROOTS.get(name.lower(), other)}, not a feed"
    return "plain text or unknown data, not a feed"


def advertised_feeds(document: Document) -> list[str]:
    """The feeds that an HTML page names in its head (link rel=alternate), absolute, in order."""
    page = LexborHTMLParser(document.body[:_MAX_LOOK])
    found = []
    for link in page.css("link[rel~=alternate][href]"):
        kind = (link.attributes.get("type") or "").partition(";")[0].strip().lower()
        url = web_url(link.attributes.get("href"), document.url)
        if kind in _FEED_TYPES and url and url not in found:
            found.append(url)
    return found


def _html_page(document: Document) -> str:
    feeds = advertised_feeds(document)
    if not feeds:
        return "an HTML page, not a feed, and it names no feed of its own"
    return f"an HTML page, not a feed: is it {' or '.join(feeds[:3])} ?"
