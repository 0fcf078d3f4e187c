"""The one door to feedparser, and short ways through it for what entries mostly are made of.

It spends its time on what few elements need: here they go round that, and the others go its way.
What comes of it is the same (a test compares the two on every capture).
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from types import SimpleNamespace
from typing import Any, NamedTuple
from weakref import proxy
from xml.sax.expatreader import ExpatParser
from xml.sax.handler import feature_string_interning

import feedparser

# An id is never relative (RFC 4287 section 4.2.6); feedparser would resolve it all the same.
feedparser.mixin._FeedParserMixin.can_be_relative_uri.discard("id")
# It copies each text's few attributes, all of them text, with deepcopy: a tenth of its time.
feedparser.mixin.copy = SimpleNamespace(deepcopy=lambda attributes: type(attributes)(attributes))

# It maps each character of every text; a character that the map lacks costs an exception.
_cp1252 = feedparser.mixin._cp1252
feedparser.mixin._cp1252 = {code: code for code in range(0x2100)} | _cp1252
# In UTF-8 each character from U+0080 to U+00BF begins so, and no other.
_MAYBE_BROKEN = b"\xc2"


def _quick_join(base: str, uri: str, join: Callable[[str, str], str]) -> str:
    """Feedparser joins the base with nothing at every tag; mostly there is no base either, and
    then it only mends addresses with too many slashes.
    """
    return join(base, uri) if base or ":///" in uri else uri


feedparser.mixin._urljoin = partial(_quick_join, join=feedparser.mixin._urljoin)

# Its dictionaries keep what some elements are called under other names, and answer to both. Here
# they are asked for the one only; so a missing date is not answered with another one either.
_OTHER_NAMES = {
    name: kept if isinstance(kept, str) else kept[0]
    for name, kept in feedparser.FeedParserDict.keymap.items()
}


def _keep_as(self: dict[str, Any], name: str, value: Any) -> None:
    dict.__setitem__(self, _OTHER_NAMES.get(name, name), value)


feedparser.FeedParserDict.__setitem__ = _keep_as
for _name in ("__getitem__", "__contains__", "get", "setdefault"):
    delattr(feedparser.FeedParserDict, _name)
feedparser.FeedParserDict.__hash__ = object.__hash__

_REFERENCE = re.compile(rb"&#(?:x([0-9a-f]+)|([0-9]+));", re.IGNORECASE)


class _Tag(NamedTuple):
    """What an element is to feedparser: the name that its methods end in, two of these, and whether
    it ends a text input or an image (which some feeds do not close).
    """

    name: str
    start: Callable[[Any, dict[str, str]], None] | None
    end: Callable[[Any], None] | None
    ends_textinput: bool
    ends_image: bool


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

    driver: ExpatParser
    baseuri: str
    lang: str | None
    contentparams: dict[str, Any]

    def __init__(self, *arguments: Any) -> None:
        self._tags: dict[str, _Tag | None] = {}
        super().__init__(*arguments)

    def track_namespace(self, prefix: str | None, uri: str) -> None:
        """Note a namespace: from now on names may mean something else."""
        self._tags.clear()
        super().track_namespace(prefix, uri)

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """Take the beginning of an element."""
        try:
            tag = self._tags[name]
        except KeyError:
            tag = self._look_up(name)
        given = _plain(attributes) if attributes else attributes
        if tag is None or given is None or self.baseuri or self.incontent or self.decls:
            self.driver.start_element_ns(name, attributes)
            return
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

    def end(self, name: str) -> None:
        """Take the end of an element."""
        try:
            tag = self._tags[name]
        except KeyError:
            tag = self._look_up(name)
        in_markup = self.incontent and self.contentparams.get("type") == _XHTML
        if tag is None or in_markup or self.svgOK:
            self.driver.end_element_ns(name)
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
        if self.incontent and self.contentparams.get("type") == _XHTML:
            super().characters(text)
        elif self.elementstack:
            self.elementstack[-1][2].append(text)

    def push_content(self, tag: str, attrs_d: dict[str, str], default: str, text: int) -> None:
        """Begin an element that has a text of some type."""
        if attrs_d or "_" in (self.lang or ""):
            super().push_content(tag, attrs_d, default, text)
            return
        self.incontent += 1
        self.contentparams = {
            "type": default, "language": self.lang, "base": self.baseuri, "base64": 0
        }  # fmt: skip
        self.elementstack.append([tag, text, []])

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
            unsure = about.get("type") == "text/plain" and not self.version.startswith("atom")
            if unsure and ("</" in text or "&" in text) and self.looks_like_html(text):
                about["type"] = "text/html"
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
            entry.setdefault("content", []).append({**self.contentparams, "value": text})
        elif element == "link":
            if not self.inimage:
                if "&" in text:
                    text = re.sub("&([A-Za-z0-9_]+);", r"&\g<1>", text.replace("&amp;", "&"))
                entry["link"] = text
                if text:
                    entry["links"][-1]["href"] = text
        else:
            element = "summary" if element == "description" else element
            depths = self.property_depth_map.setdefault(entry, {})
            if depths.get(element) is None or self.depth <= depths[element]:
                depths[element] = self.depth
                entry[element] = text
            if self.incontent:
                entry[f"{element}_detail"] = {**self.contentparams, "value": text}

    def _look_up(self, name: str) -> _Tag | None:
        """What an element of this name is, None where it is better left to feedparser."""
        *before, local = name.split()[:2]
        namespace = "".join(before)
        prefix = self._matchnamespaces.get(namespace.lower())
        if not prefix and namespace:
            used = self.namespaces_in_use.items()
            prefix = next((given for given, uri in used if given and uri == namespace), None)
        full = (f"{prefix}:{local}" if prefix else local).lower()
        known, _, suffix = full.rpartition(":")
        known = self.namespacemap.get(known, known)
        tag = None
        odd = full in _FAR_REACHING or "backend.userland.com" in namespace.lower()
        if not odd and name.count(" ") < 3:
            called = f"{known}_{suffix}" if known else suffix
            tag = _Tag(
                called,
                getattr(type(self), f"_start_{called}", None),
                getattr(type(self), f"_end_{called}", None),
                not known and full not in _IN_TEXTINPUT,
                not known and full not in _IN_IMAGE,
            )
        self._tags[name] = tag
        return tag


feedparser.api.StrictFeedParser = _QuickParser


class _Driver(ExpatParser):
    """SAX's driver of expat, which hands elements to the parser above as expat names them."""

    _parser: Any
    _cont_handler: Any

    def reset(self) -> None:
        """Begin a document."""
        super().reset()
        self._cont_handler.driver = proxy(self)
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._cont_handler.begin
        self._parser.EndElementHandler = self._cont_handler.end


def create_parser() -> ExpatParser:
    """What SAX asks a driver's module for (``xml.sax.make_parser``)."""
    driver = _Driver()
    driver.setFeature(feature_string_interning, True)
    return driver


feedparser.api.PREFERRED_XML_PARSERS = [__name__]


def _plain(attributes: dict[str, str]) -> dict[str, str] | None:
    """Attributes as feedparser passes them on, None where it must look at them itself."""
    given = {}
    for name, value in attributes.items():
        key = name.lower()
        if " " in key or key in _FAR_REACHING:  # the space is for those of a namespace
            return None
        given[key] = value.lower() if key in {"rel", "type"} else value
    return given


def _mended(text: str) -> str:
    """Feedparser's cures: of UTF-8 that was taken for Latin-1 and encoded again, and of Windows
    characters. A text that needs one has characters from U+0080 to U+00BF.
    """
    if text.isascii() or _MAYBE_BROKEN not in text.encode("utf-8", "replace"):
        return text
    with suppress(ValueError):
        text = text.encode("iso-8859-1").decode("utf-8")
    return text.translate(_cp1252)


def read_xml(
    body: bytes, content_type: str
) -> tuple[str, Mapping[str, Any], Sequence[Mapping[str, Any]]]:
    """A document's format ("" when it has none), what is said of the feed, and its entries.

    Nothing is sanitised or resolved. Raises whatever feedparser raises.
    """
    try:
        read = _parsed(body, content_type)
    except (OverflowError, ValueError):
        # It raises at a reference to no character, such as "&#xD800;" or "&#999999999999;".
        possible = _REFERENCE.sub(_to_a_character, body)
        if possible == body:
            raise
        read = _parsed(possible, content_type)
    return read.get("version") or "", read.feed, read.entries


def _parsed(body: bytes, content_type: str) -> Any:
    # Bytes only: feedparser takes a string for a URL or a file. Not the document's URL either: it
    # would resolve guids against it. Its sanitiser costs half its time, and ours is stricter.
    return feedparser.parse(
        io.BytesIO(body),
        response_headers={"content-type": content_type},
        sanitize_html=False,
        resolve_relative_uris=False,
    )


def _to_a_character(reference: re.Match[bytes]) -> bytes:
    """A numeric reference; where there is no such character, one to U+FFFD."""
    hexadecimal, decimal = (digits and digits.lstrip(b"0") for digits in reference.groups())
    if len(hexadecimal or decimal or b"") > 7:
        return b"&#xFFFD;"
    number = int(hexadecimal or b"0", 16) or int(decimal or b"0")
    is_one = number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF
    return reference[0] if is_one else b"&#xFFFD;"
