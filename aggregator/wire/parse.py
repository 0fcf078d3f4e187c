"""The one door to feedparser: a fetched document → a feed whose items are safe to store."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import partial
from types import SimpleNamespace
from typing import Any, NamedTuple

import feedparser

from aggregator.domain import Document, ParsedFeed, Source
from aggregator.errors import ParseError
from aggregator.wire import jsonfeed
from aggregator.wire.clean import one_line, plain_text, web_url
from aggregator.wire.entries import MAX_TITLE, language_tag, read_entry
from aggregator.wire.hints import read_hints
from aggregator.wire.notfeed import seems_to_be

# An id is never relative (RFC 4287 section 4.2.6); feedparser would resolve it all the same.
_FeedParserMixin = feedparser.mixin._FeedParserMixin
_FeedParserMixin.can_be_relative_uri.discard("id")
# It copies each text's few attributes, all of them text, with deepcopy: a tenth of its time.
feedparser.mixin.copy = SimpleNamespace(deepcopy=lambda attributes: type(attributes)(attributes))
# It looks for a parser that is not there on the disk, for each document.
feedparser.api.PREFERRED_XML_PARSERS = []

# It maps each character of every text; a character that the map lacks costs an exception.
_cp1252 = feedparser.mixin._cp1252
feedparser.mixin._cp1252 = {code: code for code in range(0x2100)} | _cp1252
_MAPPED = re.compile(f"[{''.join(map(chr, _cp1252))}]")


def _quick_join(base: str, uri: str, join: Callable[[str, str], str]) -> str:
    """Feedparser joins the base with nothing at every tag; mostly there is no base either, and
    then it only mends addresses with too many slashes.
    """
    return join(base, uri) if base or ":///" in uri else uri


feedparser.mixin._urljoin = partial(_quick_join, join=feedparser.mixin._urljoin)


def _quicken(name: str) -> None:
    """Have a method of FeedParserDict do what dict does, except for keys with several names, which
    few are. So a missing date is not answered with another one either.
    """
    slow, quick = getattr(feedparser.FeedParserDict, name), getattr(dict, name)

    def method(self: dict[str, Any], key: str, *rest: Any) -> Any:
        return slow(self, key, *rest) if key in _ALIASED else quick(self, key, *rest)

    setattr(feedparser.FeedParserDict, name, method)


_ALIASED = {*feedparser.FeedParserDict.keymap, "category", "enclosures", "license"}
for _name in ("get", "__getitem__", "__setitem__", "__contains__", "setdefault"):
    _quicken(_name)


class _Tag(NamedTuple):
    """What an element is to feedparser: the name that its methods end in, two of these, and whether
    it ends a text input or an image (which some feeds do not close).
    """

    name: str
    start: Callable[[Any, dict[str, str]], None] | None
    end: Callable[[Any], None] | None
    ends_textinput: bool
    ends_image: bool


_Name = tuple[str | None, str]
_IN_TEXTINPUT = {"title", "link", "description", "name"}
_IN_IMAGE = {"title", "link", "description", "url", "href", "width", "height"}
# Elements and attributes that change what others mean.
_FAR_REACHING = {"rss", "feed", "svg", "math", "div", "xhtml:div", "base", "lang", "xmlns"}
_XHTML = "application/xhtml+xml"


class _QuickParser(feedparser.api.StrictFeedParser):  # type: ignore[misc]
    """Feedparser's reader of well-formed documents, with short ways through the methods where it
    spends its time. They are for what entries mostly are made of; all else (``xml:base``, markup
    that is not escaped, base64, what is said of the feed) goes feedparser's way.
    """

    def __init__(self, *arguments: Any) -> None:
        self._tags: dict[_Name, _Tag | None] = {}
        super().__init__(*arguments)

    def track_namespace(self, prefix: str | None, uri: str) -> None:
        """Note a namespace: from now on names may mean something else."""
        self._tags.clear()
        super().track_namespace(prefix, uri)

    def startElementNS(self, name: _Name, qname: None, attrs: Any) -> None:  # noqa: N802 - SAX's
        """Take the beginning of an element."""
        tag = self._tags[name] if name in self._tags else self._look_up(name)
        given = {key.lower(): value for (space, key), value in attrs.items() if not space}
        odd = len(given) < len(attrs) or not _FAR_REACHING.isdisjoint(given)
        if tag is None or odd or self.baseuri or self.incontent or self.decls:
            super().startElementNS(name, qname, attrs)
            return
        for key in given.keys() & {"rel", "type"}:
            given[key] = given[key].lower()
        self.depth += 1
        self.basestack.append(self.baseuri)
        self.langstack.append(self.lang)
        if tag.ends_textinput:
            self.intextinput = 0
        if tag.ends_image:
            self.inimage = 0
        try:
            if tag.start is not None:
                tag.start(self, given)
                return
        except AttributeError:
            pass  # feedparser, too, treats it like an element that it does not know
        if given:
            self._get_context()[tag.name] = given
        else:
            self.push(tag.name, 1)

    def endElementNS(self, name: _Name, qname: None) -> None:  # noqa: N802 - SAX's
        """Take the end of an element."""
        tag = self._tags[name] if name in self._tags else self._look_up(name)
        in_markup = self.incontent and self.contentparams.get("type") == _XHTML
        if tag is None or in_markup or self.svgOK:
            super().endElementNS(name, qname)
            return
        try:
            if tag.end is None:
                self.pop(tag.name)
            else:
                tag.end(self)
        except AttributeError:
            self.pop(tag.name)
        self.basestack.pop()
        if self.basestack and self.basestack[-1]:
            self.baseuri = self.basestack[-1]
        self.langstack.pop()
        if self.langstack:
            self.lang = self.langstack[-1]
        self.depth -= 1

    def characters(self, text: str) -> None:
        """Take text, or a part of it."""
        if self.incontent or not self.elementstack:
            super().characters(text)
        else:
            self.elementstack[-1][2].append(text)

    def pop(self, element: str, strip_whitespace: int = 1) -> str | None:
        """End an element; its text goes where it belongs."""
        if not self.elementstack or self.elementstack[-1][0] != element:
            return None
        about = self.contentparams  # empty but in texts
        odd = about and (about.get("base64") or about.get("type") == _XHTML)
        asked_more = self.sanitize_html or self.resolve_relative_uris  # by somebody, not by us
        if odd or asked_more or self.baseuri or not self.inentry or self.insource:
            ended: str | None = super().pop(element, strip_whitespace)
            return ended
        _, expecting_text, pieces = self.elementstack.pop()
        text = "".join(pieces).strip()
        if not expecting_text:
            return text
        if text and element in self.can_be_relative_uri:
            text = self.resolve_uri(text)
        if about:
            if about.get("type") == "text/plain" and not self.version.startswith("atom"):
                about["type"] = "text/html" if self.looks_like_html(text) else "text/plain"
            about.pop("mode", None)
            about.pop("base64", None)
        text = _mended(text)
        again = element == "title" and -1 < self.title_depth <= self.depth
        if not again and element not in {"category", "tags", "itunes_keywords"}:
            self._keep(element, text)
        return text

    def _keep(self, element: str, text: str) -> None:
        entry = self.entries[-1]
        if element == "content":
            entry.setdefault("content", []).append(type(entry)(self.contentparams, value=text))
        elif element == "link":
            if not self.inimage:
                entry["link"] = re.sub("&([A-Za-z0-9_]+);", r"&\g<1>", text.replace("&amp;", "&"))
                if entry["link"]:
                    entry["links"][-1]["href"] = entry["link"]
        else:
            element = "summary" if element == "description" else element
            depths = self.property_depth_map.setdefault(entry, {})
            if depths.get(element) is None or self.depth <= depths[element]:
                depths[element] = self.depth
                entry[element] = text
            if self.incontent:
                entry[f"{element}_detail"] = type(entry)(self.contentparams, value=text)

    def _look_up(self, name: _Name) -> _Tag | None:
        """What an element of this name is, None where it is better left to feedparser."""
        namespace, local = name[0] or "", name[1]
        prefix = self._matchnamespaces.get(namespace.lower())
        if not prefix and namespace:
            used = self.namespaces_in_use.items()
            prefix = next((known for known, uri in used if known and uri == namespace), None)
        full = (f"{prefix}:{local}" if prefix else local).lower()
        before, _, suffix = full.rpartition(":")
        before = self.namespacemap.get(before, before)
        tag = None
        if full not in _FAR_REACHING and "backend.userland.com" not in namespace.lower():
            called = f"{before}_{suffix}" if before else suffix
            tag = _Tag(
                called,
                getattr(type(self), f"_start_{called}", None),
                getattr(type(self), f"_end_{called}", None),
                not before and full not in _IN_TEXTINPUT,
                not before and full not in _IN_IMAGE,
            )
        self._tags[name] = tag
        return tag


feedparser.api.StrictFeedParser = _QuickParser


def _mended(text: str) -> str:
    """Feedparser's cures: of UTF-8 that was taken for Latin-1 and encoded again, and of Windows
    characters.
    """
    if text.isascii():
        return text
    with suppress(ValueError):
        text = text.encode("iso-8859-1").decode("utf-8")
    return text.translate(_cp1252) if _MAPPED.search(text) else text


MAX_ITEMS = 10_000


def parse(document: Document, source: Source, now: datetime) -> ParsedFeed:
    """Read RSS, Atom or JSON Feed; ``now`` bounds the dates that are believed.

    The operator's ``source.language`` is believed over the feed's own, an entry's own over both.
    Raises ParseError, saying what the document seems to be, when it is no feed.
    """
    feed, entries = _read(document)
    language = language_tag(feed.get("language"))
    found = [
        read_entry(entry, document.url, source, language, now) for entry in entries[:MAX_ITEMS]
    ]
    unusable = [index for index, item in enumerate(found) if item is None]
    return ParsedFeed(
        title=plain_text(str(feed.get("title") or ""))[:MAX_TITLE],
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
    # Plain dicts: a FeedParserDict looks each key up under other names, too.
    return read.feed, [dict(entry) for entry in read.entries]


def _linked(feed: Mapping[str, Any], base: str, *rels: str) -> str | None:
    """Where the feed's first link of the first of these relations leads."""
    links = [(link.get("rel"), link.get("href")) for link in feed.get("links", ())]
    found = (web_url(href, base) for rel in rels for kind, href in links if kind == rel)
    return next((url for url in found if url), None)
