"""OPML 2.0: lists of feeds from other programs and for them (pure).

A list comes from strangers, so expat gets it in small pieces and is stopped at the first sign of
a document type: no entity is ever defined, and nothing outside is ever asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import format_datetime
from html import unescape
from itertools import chain
from urllib.parse import urlsplit
from xml.etree import ElementTree
from xml.parsers import expat

from aggregator.domain import Source
from aggregator.errors import AggregatorError

_PIECE = 4096
_DEEPEST = 50


@dataclass(frozen=True, slots=True)
class Limits:
    """What a list may be at most: bytes, and outlines in it, folders included."""

    size: int
    outlines: int


AT_COMMAND = Limits(8 << 20, 20_000)
"""For whoever may run commands here: the largest public lists have 5,000 feeds and 2 MB."""

IN_BROWSER = Limits(1 << 20, 1_000)
"""For what is uploaded: a session that was stolen must not fill the machine."""


class OpmlRefused(AggregatorError):
    """The list cannot be read, or is not read for safety's sake; the text says why and where."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """One feed of a list; ``folders`` has its categories, the nearest folder's path first."""

    url: str
    name: str
    site: str | None = None
    language: str | None = None
    folders: tuple[str, ...] = ()


def read_opml(body: bytes, limits: Limits) -> list[Subscription]:
    """The feeds of a list in its order, each address once, with every folder that it is in.

    Raises OpmlRefused.
    """
    if len(body) > limits.size:
        raise OpmlRefused(f"the list is larger than {limits.size >> 10} KiB")
    reader = _Reader(limits)
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = reader.refuse
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    try:
        for at in range(0, len(body), _PIECE):
            parser.Parse(body[at : at + _PIECE], False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        words = expat.ErrorString(error.code) or "it makes no sense"
        raise OpmlRefused(
            f"line {error.lineno}: this is not XML that can be read: {words}"
        ) from None
    except LookupError as error:
        raise OpmlRefused(f"this is not XML that can be read: {error}") from None
    if not reader.is_opml:
        raise OpmlRefused("this is XML, but no OPML list of feeds")
    return list(reader.found.values())


class _Reader:
    """What expat calls; every folder and category that a feed is under becomes one of its own."""

    def __init__(self, limits: Limits) -> None:
        self.found: dict[str, Subscription] = {}
        self.is_opml = False
        self._limits = limits
        self._count = 0
        self._depth = 0
        self._folders: list[str | None] = []

    def refuse(self, *_of: object) -> None:
        raise OpmlRefused("the list has a document type (DTD); such lists are not read")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth == 1:
            self.is_opml = tag.lower() == "opml"
        if self._depth > _DEEPEST:
            raise OpmlRefused(f"the list is nested deeper than {_DEEPEST} levels")
        if tag.lower() != "outline":
            return
        self._count += 1
        if self._count > self._limits.outlines:
            raise OpmlRefused(f"the list has more than {self._limits.outlines:,} outlines")
        given = {name.lower(): _line(value) for name, value in attributes.items()}
        text = given.get("text") or given.get("title") or ""
        url = given.get("xmlurl")
        self._folders.append(None if url else text)
        if url:
            self._add(url, text, given)

    def end(self, tag: str) -> None:
        self._depth -= 1
        if tag.lower() == "outline":
            self._folders.pop()

    def _add(self, url: str, text: str, given: dict[str, str]) -> None:
        categories = chain.from_iterable(
            path.strip().strip("/").split("/") for path in given.get("category", "").split(",")
        )
        named = [*filter(None, self._folders), *(c.strip() for c in categories)]
        before = self.found.get(url)
        known = before.folders if before else ()
        folders = tuple(dict.fromkeys(name for name in (*known, *named) if name))
        if before:
            self.found[url] = replace(before, folders=folders)
            return
        self.found[url] = Subscription(
            url=url,
            name=text or urlsplit(url).netloc or url,
            site=given.get("htmlurl") or None,
            language=given.get("language") or None,
            folders=folders,
        )


def _line(value: str) -> str:
    """An attribute as one line of text; some programs escape twice."""
    text = unescape(value) if "&" in value else value
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def write_opml(title: str, sources: Iterable[Source], now: datetime | None = None) -> bytes:
    """A list of sources, in folders by their first category; the others stand in ``category``. It
    says that it was made ``now``, if anything.
    """
    root = ElementTree.Element("opml", version="2.0")
    head = ElementTree.SubElement(root, "head")
    ElementTree.SubElement(head, "title").text = title
    if now:
        ElementTree.SubElement(head, "dateCreated").text = format_datetime(now, usegmt=True)
    body = ElementTree.SubElement(root, "body")
    folders: dict[str, ElementTree.Element] = {}
    for source in sources:
        place = body
        if source.categories:
            name = source.categories[0]
            if name not in folders:
                folders[name] = ElementTree.SubElement(body, "outline", text=name, title=name)
            place = folders[name]
        ElementTree.SubElement(place, "outline", _attributes(source))
    ElementTree.indent(root)
    text: str = ElementTree.tostring(root, encoding="unicode")
    return f"<?xml version='1.0' encoding='utf-8'?>\n{text}\n".encode()


def _attributes(source: Source) -> dict[str, str]:
    given = {
        "type": "rss",
        "text": source.name,
        "title": source.name,
        "xmlUrl": source.url,
        "htmlUrl": source.site,
        "language": source.language,
        "category": ",".join(source.categories),
    }
    return {name: value for name, value in given.items() if value}
