"""The one door to feedgen: a feed as Atom (RFC 4287) and as RSS 2.0.

Each entry is rendered once and its markup kept, so that a document with one new entry costs one
entry: the others are put behind a head that feedgen writes anew. feedgen 1.0 writes neither the
attributes of entry links nor a complete ``atom:source`` nor ``xml:lang``; the extensions below add
what :mod:`feeds.markup` says (a test fails the day feedgen does it itself). Its RSS side switches
the process's locale for a moment: call these functions from one thread at a time.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from aggregator import __version__
from feeds.entries import Entry, Feed
from feeds.markup import NAMESPACES, atom_entry, atom_head, rss_head, rss_item

KEPT = 4000
"""So many entries are kept as they were rendered, in each format."""

_LEAST_TEXT = "(untitled)"


def atom(feed: Feed) -> bytes:
    """The Atom document, UTF-8."""
    return archive(feed, map(atom_markup, feed.entries))


def archive(feed: Feed, entries: Iterable[bytes]) -> bytes:
    """The Atom document of a feed with these entries, each as :func:`atom_markup` gives it."""
    generator = _generator(feed, "atom", "application/atom+xml")
    generator.author({"name": feed.title})
    return _filled(generator.atom_str(pretty=False), b"</feed>", entries)


def rss(feed: Feed) -> bytes:
    """The RSS 2.0 document, UTF-8."""
    generator = _generator(feed, "rss", "application/rss+xml")
    generator.description(feed.subtitle)
    generator.lastBuildDate(feed.updated_at)
    generator.ttl(5)
    return _filled(
        generator.rss_str(pretty=False), b"</channel></rss>", map(_rss_markup, feed.entries)
    )


@lru_cache(KEPT)
def atom_markup(entry: Entry) -> bytes:
    """An entry as an Atom element, for a document that declares our prefixes."""
    written = _entry(entry, _AtomEntry)
    written.author([{"name": name} for name in entry.authors])
    if entry.summary:
        written.summary(entry.summary)
    if entry.content:
        written.content(entry.content, type="html")
    elif not entry.url:
        # Without a link there has to be content (RFC 4287 section 4.1.2).
        written.content(entry.summary or entry.title or _LEAST_TEXT, type="text")
    return _serialised(written.atom_entry())


@lru_cache(KEPT)
def _rss_markup(entry: Entry) -> bytes:
    written = _entry(entry, _RssItem)
    written.guid(entry.id, permalink=False)
    written.description(entry.content or entry.summary or entry.title or _LEAST_TEXT)
    origin = _origin(entry)
    if origin:
        written.source(url=origin[0], title=origin[1])
    return _serialised(written.rss_entry())


def _filled(head: bytes, end: bytes, entries: Iterable[bytes]) -> bytes:
    """A document without entries, and its entries, as one."""
    begin, found, _ = head.rpartition(end)
    return b"".join((begin, *entries, found))


def _serialised(element: Any) -> bytes:
    """An element's bytes without the declarations that the document has around it."""
    around = etree.Element("around", nsmap=NAMESPACES)
    around.append(element)
    whole: bytes = etree.tostring(around, encoding="UTF-8", xml_declaration=False)
    return whole[whole.index(b">") + 1 : whole.rindex(b"<")]


def _generator(feed: Feed, ending: str, kind: str) -> Any:
    generator = FeedGenerator()
    generator.register_extension("ours", _FeedExtension)
    generator.ours.feed = feed
    generator.id(feed.id)
    generator.title(feed.title)
    generator.subtitle(feed.subtitle)
    generator.language(feed.language)
    # Left alone, feedgen stamps the present moment on whatever it writes.
    generator.updated(feed.updated_at)
    generator.generator("Aggregator", version=__version__)
    if feed.rights:
        generator.rights(feed.rights)
    generator.link(href=f"{feed.base_url}{feed.path}.{ending}", rel="self", type=kind)
    generator.link(href=f"{feed.base_url}/", rel="alternate", type="text/html")
    return generator


def _entry(entry: Entry, extension: type[BaseEntryExtension]) -> Any:
    written = FeedEntry()
    written.register_extension("ours", extension)
    written.ours.entry = entry
    written.id(entry.id)
    written.title(entry.title or _LEAST_TEXT)
    written.published(entry.published_at)
    written.updated(entry.updated_at)
    written.category([{"term": term} for term in entry.categories])
    if entry.url:
        written.link(href=entry.url)
    return written


def _origin(entry: Entry) -> tuple[str, str] | None:
    """RSS knows one origin: the feed that an entry was taken from, or the first that it cites."""
    if entry.source:
        return entry.source.url, entry.source.title
    return (entry.via[0].url, entry.via[0].title) if entry.via else None


class _FeedExtension(BaseExtension):  # type: ignore[misc]
    """Completes the head of a document; ``feed`` is set by :func:`_generator`."""

    feed: Feed

    def extend_ns(self) -> dict[str, str]:
        """The prefixes that entries are written with."""
        return {name: uri for name, uri in NAMESPACES.items() if name != "atom"}

    def extend_atom(self, element: Any) -> Any:
        """See :func:`feeds.markup.atom_head`."""
        atom_head(element, self.feed)
        return element

    def extend_rss(self, element: Any) -> Any:
        """See :func:`feeds.markup.rss_head`."""
        rss_head(element[0], self.feed)
        return element


class _AtomEntry(BaseEntryExtension):  # type: ignore[misc]
    """Completes an entry of Atom; ``entry`` is set by :func:`_entry`."""

    entry: Entry

    def extend_atom(self, element: Any) -> Any:
        """See :func:`feeds.markup.atom_entry`."""
        atom_entry(element, self.entry)
        return element


class _RssItem(BaseEntryExtension):  # type: ignore[misc]
    """Completes an item of RSS; ``entry`` is set by :func:`_entry`."""

    entry: Entry

    def extend_rss(self, element: Any) -> Any:
        """See :func:`feeds.markup.rss_item`."""
        rss_item(element, self.entry)
        return element
