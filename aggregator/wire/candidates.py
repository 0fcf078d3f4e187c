"""Where a site's feeds may be: what its page names, and where they mostly are (pure)."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from aggregator.domain import Document
from aggregator.wire.clean import web_url
from aggregator.wire.domains import registrable_domain
from aggregator.wire.notfeed import advertised_feeds

MOST = 12
"""So many addresses of one site are tried."""

_MAX_LOOK = 500_000
_LIKE_A_FEED = re.compile(
    r"(/(rss|atom|feeds?)([/._-]|$)|\.(rss|atom|rdf)$|/(index|feed|rss|atom)\.(xml|json)$"
    r"|[?&](format|output(type)?)=(rss|atom|xml))",
    re.IGNORECASE,
)
_OF_COMMENTS = re.compile(r"comment|reactie|commentaire", re.IGNORECASE)
_PLACES = (
    *("feed", "rss", "feed.xml", "rss.xml", "atom.xml", "index.xml", "feed.json"),
    *("feeds", "rss/index.xml", "index.rdf"),
)


def named(page: Document) -> list[str]:
    """The feeds that a page names in its head, then those that it links to, absolute; what looks
    like a feed of comments comes last.
    """
    found = [*advertised_feeds(page), *_linked(page)]
    return sorted(dict.fromkeys(found), key=lambda url: bool(_OF_COMMENTS.search(url)))[:MOST]


def usual(url: str) -> list[str]:
    """Where feeds mostly are, beside this address and at its site's root."""
    parts = urlsplit(url)
    folder = urljoin(url, ".") if parts.path else url
    bases = dict.fromkeys((folder, f"{parts.scheme}://{parts.netloc}/"))
    return [urljoin(base, place) for base in bases for place in _PLACES][:MOST]


def _linked(page: Document) -> list[str]:
    html = LexborHTMLParser(page.body[:_MAX_LOOK])
    own = _owner(page.url)
    found = []
    for link in html.css("a[href]"):
        url = web_url(link.attributes.get("href"), page.url)
        if url and _LIKE_A_FEED.search(url) and _owner(url) == own:
            found.append(url)
    return found


def _owner(url: str) -> str:
    host = urlsplit(url).netloc.lower()
    return registrable_domain(host) or host
