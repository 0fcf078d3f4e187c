"""Canonical URLs: one spelling for every address of an article (pure)."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qs, unquote

import ada_url

REMEMBERED = 8192
"""For so many items it is kept what their addresses and headlines say: a batch of first polls has
about as many, and asks it of each more than once.
"""

_TRACKING = re.compile(
    r"(utm_|at_(medium|campaign|custom|link|ptr|bbc|format)|ns_(mchannel|source|campaign|linkname)"
    r"|pk_|mtm_|xtor$|fbclid$|gclid$|dclid$|msclkid$|igshid$|mc_(cid|eid)$|yclid$|wt_mc|wt\.mc"
    r"|cmpid$|cmp$|ocid$|ncid$|ito$|echobox$|smid$|ftag$|guccounter$|guce_|xtref$|traffic_source$"
    r"|wpisrc$|tpcc$|amp$|:~:)",
    re.IGNORECASE,
)
# What means something elsewhere, but not with these values.
_TRACKING_VALUE = re.compile(
    r"(output(type)?=amp|(ref|source|src|from|via|origin|partner|feed|medium)"
    r"=(rss|rss[-_]?feed|feed|newsletter|twitter|facebook))$",
    re.IGNORECASE,
)
_PLACES_ON_A_PAGE = {"comments", "respond", "commentaires", "top", "main", "content"}

_VARIANT_HOST = re.compile(r"(?:www\d?|m|mobile|amp)\.(?=[^.]+\.[^.])")
_GLUED_HOST = re.compile(r"(amp\.[\w.-]+?\.com)(?!munity|pany|pare|puter|sec|mbank)([a-z]+)$")
_MIRRORS = {"bbc.com": "bbc.co.uk", "edition.cnn.com": "cnn.com"}
# Dots that are left to go up by (when ".amp" is taken from "..amp") would be followed at the end.
_VARIANT_PATH = re.compile(
    r"(?:/amp|/index\.(?:x?html?|php|aspx?)|/+|/(?:\.|%2[eE]){1,2})$|\.amp(?=\.html?$|$)"
)

# The greater part of all addresses: in WHATWG's normal form, without query or fragment (unless the
# path has dots to go up by, or the host is encoded).
_NORMAL = re.compile(r"(https?:)//([a-z0-9.-]+\.[a-z]{2,})(/[\w/~!$'()*+,;=:@.-]*)", re.ASCII)

_REDIRECTORS = (
    (re.compile(r"google\.[a-z.]+/url$"), ("q", "url")),
    (re.compile(r"consent\."), ("url", "continue", "redirect", "done")),
    (re.compile(r"bing\.com/news/apiclick\.aspx$"), ("url",)),
    (re.compile(r"lm?\.facebook\.com/l\.php$"), ("u",)),
    (re.compile(r"out\.reddit\.com(?:/|$)"), ("url",)),
    (re.compile(r"t\.umblr\.com/redirect$"), ("z",)),
)
_AMP_CACHE = re.compile(r"(?:google\.[a-z.]+/amp|[^/]+\.cdn\.ampproject\.org/[a-z])/(s/)?(.+\..+)")
_GOOGLE_NEWS = re.compile(r"news\.google\.com/(?:\w+/)*articles/(CBMi[\w-]+)")
_HIDING = re.compile(r"https://(?:news\.google\.com/(?:\w+/)*articles/|consent\.)")


class _Address(NamedTuple):
    """The parts of an address in WHATWG's terms, and the whole in its normal form."""

    protocol: str
    host: str
    pathname: str
    search: str
    hash: str
    href: str


def normal_form(url: str, base: str | None = None) -> str | None:
    """An address, taken as relative to ``base``, as WHATWG's parser leaves it; None for what it
    cannot read.
    """
    parts = _parts(url, base)
    return parts and parts.href


def _parts(url: str, base: str | None = None) -> _Address | None:
    plain = _NORMAL.fullmatch(url)
    if plain and "/." not in url and "xn--" not in url:
        # Parsing takes much longer.
        return _Address(plain[1], plain[2], plain[3], "", "", url)
    try:
        read = ada_url.URL(url, base)
    except ValueError:
        return None
    return _Address(read.protocol, read.host, read.pathname, read.search, read.hash, read.href)


# A poll asks for each of its items several times.
@lru_cache(REMEMBERED)
def canonical_url(url: str) -> str | None:
    """One spelling for every address of an article; None when there is none that tells articles
    apart (a bare host). It is a key to compare, not an address to visit.

    WHATWG normal form with https for http; taken out of redirectors that name their target; without
    what says how it is shown (``www.``, ``m.``, AMP, index pages, a last slash) and what was added
    to follow readers around (utm_…, ``#xtor=RSS-…``). Parameters are sorted, unknown ones stay, and
    so do other fragments: some sites put several articles on a page.
    """
    target = _target(url)
    if target is None:
        return None
    parsed, host, path = target
    if parsed.protocol not in {"http:", "https:"}:
        return parsed.href
    query = _without_tracking(parsed.search.removeprefix("?"), ordered=True)
    fragment = _without_tracking(parsed.hash.removeprefix("#"))
    if fragment.lower() in _PLACES_ON_A_PAGE:
        fragment = ""
    if not (path or query or fragment):
        return None
    query, fragment = query and f"?{query}", fragment and f"#{fragment}"
    # Parsed once more: a port that was unusual for http may be the usual one now.
    return normal_form(f"https://{host}{path or '/'}{query}{fragment}")


def hides_target(canonical: str) -> bool:
    """Whether a canonical URL is that of a redirector that does not say where it leads: a newer
    Google News id, a consent page.
    """
    return _HIDING.match(canonical) is not None


def _target(url: str) -> tuple[_Address, str, str] | None:
    """What an address leads to, as far as it says so itself, with its plain host and path.

    Redirectors may be nested: Google News in a consent page in an AMP cache. What is in one is
    shorter than it, so there is an end.
    """
    while parsed := _parts(url):
        # With http this port is named; with https it is not.
        host, path = _mended(parsed.host.removesuffix(":443"), parsed.pathname)
        host, path = _plain_host(host), _plain_path(path)
        inner = _inner(host + path, parsed.search)
        if inner is None:
            return parsed, host, path
        url = inner
    return None


def _inner(place: str, search: str) -> str | None:
    news = _GOOGLE_NEWS.match(place)
    if news:
        return _google_news(news[1])
    cached = _AMP_CACHE.match(place)
    if cached:
        return f"http{'s' if cached[1] else ''}://{cached[2]}{search}"
    for redirector, names in _REDIRECTORS:
        if redirector.match(place):
            given = parse_qs(search.removeprefix("?"))
            return next((url for n in names for url in given.get(n, ()) if _is_web(url)), None)
    return None


def _google_news(name: str) -> str | None:
    """The address in an id of Google News up to 2024: base64 of a message (protocol buffers)
    whose field 4 it is; newer ids do not hold it.
    """
    try:
        message = urlsafe_b64decode(name + "=" * (-len(name) % 4))
    except ValueError:
        return None
    length, start = message[3], 4
    if length >= 0x80 and len(message) > 4:
        length, start = length & 0x7F | message[4] << 7, 5
    url = unquote(message[start : start + length].decode("ascii", "replace"))
    return url if _is_web(url) and "\ufffd" not in url else None


def _is_web(url: str) -> bool:
    return url.startswith(("https://", "http://"))


def _mended(host: str, path: str) -> tuple[str, str]:
    """Some AMP links lost the slash after their host: ``amp.paper.comsociety/2020``."""
    glued = _GLUED_HOST.match(host)
    return (glued[1], f"/{glued[2]}{path}") if glued else (host, path)


def _plain_host(host: str) -> str:
    while _VARIANT_HOST.match(host):
        host = host.partition(".")[2]
    return _MIRRORS.get(host, host)


def _plain_path(path: str) -> str:
    while True:
        plain = _VARIANT_PATH.sub("", path)
        if plain == path:
            return path
        path = plain


def _without_tracking(query: str, *, ordered: bool = False) -> str:
    if not query:
        return ""
    kept = [
        part
        for part in query.split("&")
        if not _TRACKING.match(part.partition("=")[0]) and not _TRACKING_VALUE.match(part)
    ]
    return "&".join(sorted(kept) if ordered else kept)
