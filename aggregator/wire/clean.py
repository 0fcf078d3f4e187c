"""The one door to nh3: strangers' HTML made safe, and plain text out of it."""

from __future__ import annotations

import re
from html import escape, unescape
from typing import Any

import nh3

from aggregator.wire.address import normal_form

MAX_HTML = 100_000
"""Characters of one HTML field that are kept: cleaning takes quadratic time in nested tags."""

_TAGS = {
    *("p", "br", "hr", "div", "span", "blockquote", "pre", "h2", "h3", "h4", "h5", "h6"),
    *(
        "a",
        "em",
        "strong",
        "b",
        "i",
        "u",
        "s",
        "small",
        "sub",
        "sup",
        "mark",
        "code",
        "kbd",
        "samp",
    ),
    *("abbr", "cite", "q", "time", "del", "ins", "var", "ul", "ol", "li", "dl", "dt", "dd"),
    *(
        "figure",
        "figcaption",
        "img",
        "table",
        "caption",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "th",
        "td",
    ),
}
_ATTRIBUTES = {
    "*": {"lang", "dir", "title"},
    "a": {"href", "hreflang"},
    "img": {"src", "alt", "width", "height"},
    "time": {"datetime"},
    "blockquote": {"cite"},
    "q": {"cite"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start", "reversed"},
}
_NOT_IN_IRIS = re.compile(r"""[][{}|\\^`"<>]|%(?![0-9A-Fa-f]{2})""")
_HIDDEN = {"script", "style", "noscript", "template", "iframe", "object", "svg", "math", "title"}
_SCHEMES = {"http", "https", "mailto"}
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PIXEL = re.compile(r"""<img\b[^>]*\b(?:width|height)="[01](?:px)?"[^>]*>""")
_BREAK = re.compile(r"<(?=(?:br|/?p|/?div|/?li|/?h\d|/?td|/?tr|/?dd|/?dt|hr)\b)", re.IGNORECASE)
_TAG = re.compile(r"""<[^>"]*(?:"[^"]*"[^>"]*)*>""")
# What it misses (an address written in some odd way) is dropped, not kept as it is. It begins with
# a plain character because that is what the search can jump to.
_MAYBE_RELATIVE = re.compile(
    r"""=(?:(?<=href=)|(?<=src=)|(?<=cite=)|(?<=\s=))"""
    r"""\s*(?:["'](?!https?://|mailto:)|(?!["']|https?://|mailto:|\s))""",
    re.IGNORECASE,
)


def _cleaner(relative: Any, tags: set[str] = _TAGS) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=tags,
        attributes=_ATTRIBUTES,
        clean_content_tags=_HIDDEN,
        url_schemes=_SCHEMES,
        url_relative=relative,
        link_rel="noopener noreferrer",
    )


_HTML = _cleaner("deny")
_WITHOUT_PICTURES = _cleaner("deny", _TAGS - {"img"})
_TEXT = nh3.Cleaner(tags=set(), clean_content_tags=_HIDDEN)


def legal(text: str) -> str:
    """Drop the characters that XML 1.0 cannot carry (section 2.2): one would spoil a feed."""
    # Printable characters are legal, and that is the quicker question.
    return text if text.isprintable() else _NOT_XML.sub("", text)


def safe_html(html: str, base: str) -> str:
    """Keep what a news article needs, with absolute http(s) links; nothing left can run.

    ``base`` is the absolute URL that relative ones are resolved against.
    """
    cleaned = _cleaned(legal(html[:MAX_HTML]), base)
    kept = legal(cleaned)
    if kept != cleaned:
        # A reference such as "&#1;" became what XML cannot carry; without it, an attribute may say
        # something else than was looked at.
        kept = _cleaned(kept, base)
    return _PIXEL.sub("", kept).strip()


def _cleaned(html: str, base: str) -> str:
    if not _MAYBE_RELATIVE.search(html):
        return _HTML.clean(html)
    try:
        # A cleaner for one base costs more to make than to use.
        return _cleaner(("rewrite_with_base", base)).clean(html)
    except ValueError:  # a base that nh3 cannot read: then no relative link can be right
        return _HTML.clean(html)


def without_pictures(html: str) -> str:
    """Safe HTML that has a browser load nothing from anywhere."""
    return _WITHOUT_PICTURES.clean(html)


def text_as_html(text: str) -> str:
    """Plain text as safe HTML."""
    return escape(legal(text[:MAX_HTML]), quote=False).strip()


def plain_text(html: str) -> str:
    """HTML → its text on one line."""
    if "<" not in html:
        return one_line(unescape(html))
    spaced = _BREAK.sub(" <", html[:MAX_HTML])
    return one_line(unescape(_TEXT.clean(spaced)))


def text_of(safe: str) -> str:
    """HTML that :func:`safe_html` made → its text on one line: quick, since its tags are sound."""
    return one_line(unescape(_TAG.sub("", _BREAK.sub(" <", safe))))


def one_line(text: str) -> str:
    """Collapse white space and drop what XML cannot carry."""
    if text.isprintable() and "  " not in text:
        return text.strip()  # all other white space is not printable
    return " ".join(legal(text).split())


def shorten(text: str, limit: int) -> str:
    """Cut at a word's end within ``limit`` characters, with an ellipsis where it was cut."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    head, _, _ = cut.rpartition(" ")
    return f"{(head or cut).rstrip(' ,;:.-–—')}…"


def web_url(url: str | None, base: str = "") -> str | None:
    """An absolute http(s) URL in WHATWG form, or None when it is anything else.

    What browsers take although no address may have it (RFC 3987) is encoded, as validators want it.
    """
    cleaned = legal(url).strip() if url else ""
    href = normal_form(cleaned, base or None) if cleaned else None
    if href is None or not href.startswith(("http://", "https://")) or len(href) > 4000:
        return None
    host = href.index("/", len("https://"))
    return href[:host] + _NOT_IN_IRIS.sub(lambda found: f"%{ord(found[0]):02X}", href[host:])
