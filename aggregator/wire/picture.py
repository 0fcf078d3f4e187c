"""The picture that leads an entry, with its credit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from aggregator.domain import Picture
from aggregator.wire.clean import one_line, web_url

_IMAGE_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif")
_SMALLEST = 50
"""Pixels below which an image in a text is a smiley or a button."""


def entry_picture(entry: Mapping[str, Any], html: str, base: str) -> Picture | None:
    """The best of media:content, media:thumbnail, an image enclosure, the text's first image.

    ``entry`` is feedparser's; ``html`` the entry's safe content; ``base`` resolves relative URLs.
    """
    media = [m for m in entry.get("media_content", ()) if _is_image(m)]
    media.sort(key=lambda m: -(_pixels(m.get("width")) or 0))
    chosen = _first(media, base) or _first(entry.get("media_thumbnail", ()), base)
    chosen = chosen or _first(_enclosures(entry), base)
    if chosen is None:
        return html_picture(html)
    url, attributes = chosen
    credit = one_line(str((entry.get("media_credit") or [{}])[0].get("content") or ""))
    return Picture(
        url=url,
        credit=credit[:300] or None,
        width=_pixels(attributes.get("width")),
        height=_pixels(attributes.get("height")),
    )


def html_picture(html: str) -> Picture | None:
    """The first image of safe HTML that is more than a smiley."""
    if "<img" not in html:
        return None
    for node in LexborHTMLParser(html).css("img[src]"):
        width, height = (_pixels(node.attributes.get(side)) for side in ("width", "height"))
        url = web_url(node.attributes.get("src"))
        if url and min(width or _SMALLEST, height or _SMALLEST) >= _SMALLEST:
            alt = one_line(node.attributes.get("alt") or "")[:500] or None
            return Picture(url=url, alt=alt, width=width, height=height)
    return None


def _enclosures(entry: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for link in entry.get("links", ()):
        if link.get("rel") == "enclosure" and str(link.get("type", "")).startswith("image/"):
            yield {"url": link.get("href")}


def _first(
    candidates: Iterable[Mapping[str, Any]], base: str
) -> tuple[str, Mapping[str, Any]] | None:
    for candidate in candidates:
        url = web_url(candidate.get("url"), base)
        if url:
            return url, candidate
    return None


def _is_image(media: Mapping[str, Any]) -> bool:
    kind = str(media.get("medium") or media.get("type") or "").lower()
    if kind:
        return kind.startswith("image")
    return str(media.get("url", "")).lower().partition("?")[0].endswith(_IMAGE_ENDINGS)


def _pixels(value: object) -> int | None:
    text = str(value or "").removesuffix("px")
    return int(text) if text.isdecimal() and 0 < len(text) < 6 else None
