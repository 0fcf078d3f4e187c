"""What Atom and RSS say that feedgen has no words for, as lxml elements (pure).

While feedgen builds, the elements of Atom and RSS have no namespace yet: it writes ``xmlns`` last.
"""

from __future__ import annotations

import mimetypes
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from aggregator.domain import Picture
from feeds.entries import Entry, EntrySource, Feed

NAMESPACES = {
    "media": "http://search.yahoo.com/mrss/",
    "at": "http://purl.org/atompub/tombstones/1.0",
    "fh": "http://purl.org/syndication/history/1.0",
    "dc": "http://purl.org/dc/elements/1.1/",
    "atom": "http://www.w3.org/2005/Atom",
}
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def atom_head(element: Any, feed: Feed) -> None:
    """Add to a feed where its hub and its archives are, and what was withdrawn (RFC 6721)."""
    for rel, href in _documents(feed).items():
        _link(element, href, rel, None)
    if feed.current:
        etree.SubElement(element, _name("fh", "archive"))
    for gone in feed.withdrawn:
        etree.SubElement(element, _name("at", "deleted-entry"), ref=gone.id, when=rfc3339(gone.at))


def rss_head(channel: Any, feed: Feed) -> None:
    """Add to a channel where its hub is."""
    if feed.hub:
        etree.SubElement(channel, _name("atom", "link"), href=feed.hub, rel="hub")


def atom_entry(element: Any, entry: Entry) -> None:
    """Replace an entry's links by whole ones; add ``xml:lang``, ``rights``, picture, ``source``."""
    for link in element.findall("link"):
        element.remove(link)
    if entry.language:
        element.set(_XML_LANG, entry.language)
    if entry.url:
        # Of our own pages we know what they are.
        known = {} if entry.source else {"type": "text/html"}
        _link(element, entry.url, "alternate", entry.language, **known)
    for via in entry.via:
        _link(element, via.url, "via", via.language, type="text/html", title=via.title)
    for url in entry.related:
        _link(element, url, "related", None)
    if entry.rights:
        _text(element, "rights", entry.rights)
    if entry.picture:
        _picture(element, entry.picture)
    if entry.source:
        _source(element, entry.source, entry.updated_at)


def rss_item(element: Any, entry: Entry) -> None:
    """Add to an item its authors (``author`` wants addresses) and its picture."""
    for name in entry.authors:
        _text(element, _name("dc", "creator"), name)
    if entry.picture:
        # The length of what others serve is not known; readers take 0 for that.
        length = str(entry.picture_bytes)
        kind = mimetypes.guess_type(urlsplit(entry.picture.url).path)[0] or "image/jpeg"
        etree.SubElement(element, "enclosure", url=entry.picture.url, length=length, type=kind)
        _picture(element, entry.picture)


def rfc3339(value: datetime) -> str:
    """An aware time as RFC 3339 to the second, with its offset."""
    return value.isoformat(timespec="seconds")


def _documents(feed: Feed) -> dict[str, str]:
    paths = {
        "current": feed.current,
        "prev-archive": feed.previous,
        "next-archive": feed.following,
    }
    links = {rel: f"{feed.base_url}{path}" for rel, path in paths.items() if path}
    return links | ({"hub": feed.hub} if feed.hub else {})


def _source(element: Any, origin: EntrySource, updated_at: datetime) -> None:
    source = etree.SubElement(element, "source")
    _text(source, "id", origin.id)
    _text(source, "title", origin.title)
    # The source's feed was as new as this entry when the entry was taken from it.
    _text(source, "updated", rfc3339(updated_at))
    _link(source, origin.url, "self", None)
    if origin.site:
        _link(source, origin.site, "alternate", None)


def _picture(element: Any, picture: Picture) -> None:
    """A picture as Media RSS 1.5 has it, with who is to be credited."""
    content = etree.SubElement(element, _name("media", "content"), url=picture.url, medium="image")
    for name, size in (("width", picture.width), ("height", picture.height)):
        if size:
            content.set(name, str(size))
    if picture.alt:
        _text(content, _name("media", "description"), picture.alt)
    if picture.credit:
        _text(content, _name("media", "credit"), picture.credit)
    etree.SubElement(element, _name("media", "thumbnail"), url=picture.url)


def _name(prefix: str, local: str) -> str:
    return f"{{{NAMESPACES[prefix]}}}{local}"


def _link(parent: Any, href: str, rel: str, language: str | None, **more: str) -> None:
    link = etree.SubElement(parent, "link", href=href, rel=rel, **more)
    if language:
        link.set("hreflang", language)


def _text(parent: Any, name: str, text: str) -> None:
    etree.SubElement(parent, name).text = text
