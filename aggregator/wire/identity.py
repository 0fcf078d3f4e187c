"""Which item an entry is: canonical URLs, identities, digests (pure)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from operator import attrgetter

import ada_url

from aggregator.domain import KnownItem, ParsedItem, Sighting

_TRACKING = re.compile(
    r"(utm_|at_(medium|campaign|custom|link|ptr|bbc|format)|ns_(mchannel|source|campaign|linkname)"
    r"|pk_|mtm_|xtor$|fbclid$|gclid$|dclid$|msclkid$|igshid$|mc_(cid|eid)$|yclid$|wt_mc|wt\.mc"
    r"|cmpid$|cmp$|ocid$|echobox$|smid$|ftag$|guccounter$|xtref$)",
    re.IGNORECASE,
)
# The kinds of IRI (RFC 3987) that feeds use for ids, without characters that no IRI has.
_IRI = re.compile(r"(https?://|tag:|urn:[a-z0-9-]+:)[^\s<>\"{}|\\^`]+$", re.IGNORECASE)

_all_of = attrgetter(*ParsedItem.__dataclass_fields__)

Excluded = Callable[[ParsedItem], str | None]
"""An item → the operator's filter that keeps it off the feeds, or None."""


def canonical_url(url: str) -> str | None:
    """One spelling for every address of an article; None when there is none that tells articles
    apart (a bare host).

    WHATWG normal form with https for http, and without what was added to follow readers around
    (utm_…, ``#xtor=RSS-…``). Other fragments stay: some sites put several articles on a page.
    """
    try:
        parsed = ada_url.URL(url)
    except ValueError:
        return None
    href = parsed.href
    if "?" in href or "#" in href:
        parsed.search = _without_tracking(parsed.search.removeprefix("?"))
        parsed.hash = _without_tracking(parsed.hash.removeprefix("#"))
        href = parsed.href
    if href.startswith("http:"):
        parsed.protocol = "https:"  # which drops a port that is the usual one now
        href = parsed.href
    return None if href.count("/") == 3 and href.endswith("/") else href


def sightings(
    items: Sequence[ParsedItem], known: Iterable[KnownItem], excluded: Excluded
) -> list[Sighting]:
    """Give each entry of one document its identity; an entry that stands twice counts once.

    Entries with one guid and one page are the same item unless both title and text differ: the
    first one stands. A guid that different entries share tells nothing by itself: it is then
    qualified, also when an earlier document showed that it is shared. So is a URL that entries
    without a guid and with different titles share.
    """
    shared = {k.guid for k in known if k.guid and k.identity != f"guid:{k.guid}"}
    groups: dict[str, list[ParsedItem]] = defaultdict(list)
    for item in items:
        groups[key_of(item)].append(item)
    found: dict[str, Sighting] = {}
    for key, group in groups.items():
        qualified = _are_several(group) or group[0].guid in shared
        for item in group:
            identity = f"{key}\n{_qualifier(item)}" if qualified else key
            found.setdefault(identity, _sighting(item, identity, excluded))
    return list(found.values())


def candidates(items: Iterable[ParsedItem]) -> tuple[set[str], set[str]]:
    """The guids, and for items without one the identities, under which they may be stored."""
    guids, identities = set(), set()
    for item in items:
        if item.guid:
            guids.add(item.guid)
        else:
            identities |= {key_of(item), f"{key_of(item)}\n{_qualifier(item)}"}
    return guids, identities


def body_digest(body: bytes) -> str:
    """Tell whether a document is, to the byte, the one before."""
    return sha256(body).hexdigest()


def key_of(item: ParsedItem) -> str:
    """What an entry calls itself: its guid, else its address, else a digest of what it says."""
    if item.guid:
        return f"guid:{item.guid}"
    canonical = canonical_url(item.url) if item.url else None
    return f"url:{canonical}" if canonical else f"digest:{_digest(item.title, item.text)}"


def _are_several(group: Sequence[ParsedItem]) -> bool:
    """Whether entries with one key are several items."""
    several_titles = len({item.title for item in group}) > 1
    if not group[0].guid:
        return several_titles
    several_texts = len({item.text for item in group}) > 1
    return len({item.url for item in group}) > 1 or (several_titles and several_texts)


def _qualifier(item: ParsedItem) -> str:
    """What tells an item of a shared key from the others, by itself alone."""
    canonical = canonical_url(item.url) if item.url else None
    return f"{canonical or ''} {_digest(item.title)}"


def _sighting(item: ParsedItem, identity: str, excluded: Excluded) -> Sighting:
    iri = item.guid if item.guid and "\n" not in identity and _IRI.match(item.guid) else None
    return Sighting(
        item=item,
        identity=identity,
        iri=iri,
        canonical_url=canonical_url(item.url) if item.url else None,
        digest=_digest(repr(_all_of(item))),
        visible_digest=_digest(item.title, item.text),
        excluded_by=excluded(item),
    )


def _digest(*parts: str) -> str:
    return sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:32]


def _without_tracking(query: str) -> str:
    return "&".join(p for p in query.split("&") if not _TRACKING.match(p.partition("=")[0]))
