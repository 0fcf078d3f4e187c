"""The one door to feedgen: a feed as Atom (RFC 4287) and as RSS 2.0.

feedgen 1.0 writes neither the attributes of entry links nor a complete ``atom:source`` nor
``xml:lang``; the extension below does (a test fails the day feedgen does it itself). Its RSS side
switches the process's locale for a moment: call these functions from one thread at a time.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from aggregator import __version__
from aggregator.domain import Picture
from feeds.entries import Entry, EntrySource, Feed

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_MEDIA = "{http://search.yahoo.com/mrss/}"
_TOMBSTONES = "{http://purl.org/atompub/tombstones/1.0}"
_LEAST_TEXT = "(untitled)"


def atom(feed: Feed) -> bytes:
    """The Atom document, UTF-8."""
    generator = _generator(feed, "atom", "application/atom+xml")
    generator.register_extension("ours", _FeedExtension, _EntryExtension, atom=True, rss=False)
    generator.ours.feed = feed
    generator.author({"name": feed.title})
    for entry in feed.entries:
        written = _entry(generator, entry)
        written.ours.entry = entry
        written.author([{"name": name} for name in entry.authors])
        if entry.summary:
            written.summary(entry.summary)
        if entry.content:
            written.content(entry.content, type="html")
        elif not entry.url:
            # Without a link there has to be content (RFC 4287 section 4.1.2).
            written.content(entry.summary or entry.title, type="text")
    return bytes(generator.atom_str(pretty=False))


def rss(feed: Feed) -> bytes:
    """The RSS 2.0 document, UTF-8."""
    generator = _generator(feed, "rss", "application/rss+xml")
    generator.load_extension("dc", atom=False, rss=True)
    generator.description(feed.subtitle)
    generator.lastBuildDate(feed.updated_at)
    generator.ttl(5)
    for entry in feed.entries:
        written = _entry(generator, entry)
        written.guid(entry.id, permalink=False)
        written.description(entry.content or entry.summary or entry.title)
        origin = _origin(entry)
        if origin:
            written.source(url=origin[0], title=origin[1])
        written.dc.dc_creator(list(entry.authors))
    return bytes(generator.rss_str(pretty=False))


def _generator(feed: Feed, ending: str, kind: str) -> Any:
    generator = FeedGenerator()
    generator.id(feed.id)
    generator.title(feed.title)
    generator.subtitle(feed.subtitle)
    generator.language(feed.language)
    # Left alone, feedgen stamps the present moment on whatever it writes.
    generator.updated(feed.updated_at)
    generator.generator("Aggregator", version=__version__)
    generator.link(href=f"{feed.base_url}{feed.path}.{ending}", rel="self", type=kind)
    generator.link(href=f"{feed.base_url}/", rel="alternate", type="text/html")
    return generator


def _entry(generator: Any, entry: Entry) -> Any:
    written = generator.add_entry(order="append")
    written.id(entry.id)
    written.title(entry.title or _LEAST_TEXT)
    written.published(entry.published_at)
    written.updated(entry.updated_at)
    written.category([{"term": term} for term in entry.categories])
    if entry.url:
        written.link(href=entry.url)
    return written


class _FeedExtension(BaseExtension):  # type: ignore[misc]
    """Writes the tombstones (RFC 6721); ``feed`` is set by :func:`atom`."""

    feed: Feed

    def extend_ns(self) -> dict[str, str]:
        """The namespaces that the extensions write in, where anything is written in them."""
        used = {}
        if self.feed.withdrawn:
            used["at"] = _TOMBSTONES.strip("{}")
        if any(entry.picture for entry in self.feed.entries):
            used["media"] = _MEDIA.strip("{}")
        return used

    def extend_atom(self, element: Any) -> Any:
        """Add what was withdrawn."""
        for gone in self.feed.withdrawn:
            etree.SubElement(
                element, _TOMBSTONES + "deleted-entry", ref=gone.id, when=rfc3339(gone.at)
            )
        return element


class _EntryExtension(BaseEntryExtension):  # type: ignore[misc]
    """Writes what feedgen leaves out; ``entry`` is set by :func:`atom`."""

    entry: Entry

    def extend_atom(self, element: Any) -> Any:
        """Replace the links, add ``source`` and ``xml:lang``.

        While feedgen builds, its elements have no namespace yet.
        """
        entry = self.entry
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
        if entry.picture:
            _picture(element, entry.picture)
        if entry.source:
            _source(element, entry.source, entry.updated_at)
        return element


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
    content = etree.SubElement(element, _MEDIA + "content", url=picture.url, medium="image")
    for name, size in (("width", picture.width), ("height", picture.height)):
        if size:
            content.set(name, str(size))
    if picture.alt:
        _text(content, _MEDIA + "description", picture.alt)
    if picture.credit:
        _text(content, _MEDIA + "credit", picture.credit)
    etree.SubElement(element, _MEDIA + "thumbnail", url=picture.url)


def _origin(entry: Entry) -> tuple[str, str] | None:
    """RSS knows one origin: the feed that an entry was taken from, or the first that it cites."""
    if entry.source:
        return entry.source.url, entry.source.title
    return (entry.via[0].url, entry.via[0].title) if entry.via else None


def _link(parent: Any, href: str, rel: str, language: str | None, **more: str) -> None:
    link = etree.SubElement(parent, "link", href=href, rel=rel, **more)
    if language:
        link.set("hreflang", language)


def _text(parent: Any, name: str, text: str) -> None:
    etree.SubElement(parent, name).text = text


def rfc3339(value: datetime) -> str:
    """An aware time as RFC 3339 to the second, with its offset."""
    return value.isoformat(timespec="seconds")
