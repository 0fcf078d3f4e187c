"""Which item an entry is: identities, digests (pure)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from operator import attrgetter

from aggregator.domain import KnownItem, Marks, ParsedItem, Sighting
from aggregator.wire.address import canonical_url
from aggregator.wire.article import article_of
from aggregator.wire.headline import headline_key
from aggregator.wire.likeness import likeness
from aggregator.wire.matching import ALIKE

# The kinds of IRI (RFC 3987) that feeds use for ids, without characters that no IRI has.
_IRI = re.compile(r"(https?://|tag:|urn:[a-z0-9-]+:)[^\s<>\"{}|\\^`]+$", re.IGNORECASE)

_all_of = attrgetter(*ParsedItem.__dataclass_fields__)

Excluded = Callable[[ParsedItem], str | None]
"""An item → the operator's filter that keeps it off the feeds, or None."""


def sightings(
    items: Sequence[ParsedItem], known: Iterable[KnownItem], excluded: Excluded
) -> list[Sighting]:
    """Give each entry of one document its identity; an entry that stands twice counts once.

    Entries with one guid and one page are the same item unless both title and text differ: the
    first one stands. A guid that different entries share tells nothing by itself: it is then
    qualified, also when an earlier document showed that it is shared. So is a URL that entries
    without a guid and with different titles share.
    """
    known = list(known)
    shared = {k.guid for k in known if k.guid and "\n" in k.identity}
    bare = {k.guid: k for k in known if k.identity == f"guid:{k.guid}"}
    groups: dict[str, list[ParsedItem]] = defaultdict(list)
    for item in items:
        groups[key_of(item)].append(item)
    found: dict[str, Sighting] = {}
    for key, group in groups.items():
        qualified = _are_several(group) or group[0].guid in shared
        for item in group:
            reused = item.guid in bare and _is_another(item, bare[item.guid])
            identity = f"{key}\n{_qualifier(item)}" if qualified or reused else key
            found.setdefault(identity, _sighting(item, identity, excluded))
    return list(found.values())


def marks(items: Iterable[ParsedItem]) -> Marks:
    """What the items may be stored under."""
    guids, identities, urls, articles, headlines = (set[str | None]() for _ in range(5))
    for item in items:
        canonical = canonical_url(item.url) if item.url else None
        urls.add(canonical)
        articles.add(article_of(canonical))
        headlines.add(headline_key(item.title, canonical, item.published_at))
        guids.add(item.guid)
        if not item.guid:
            identities |= {key_of(item), f"{key_of(item)}\n{_qualifier(item)}"}
    found = (guids, identities, urls, articles, headlines)
    return Marks(*(frozenset(mark for mark in kind if mark) for kind in found))


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


def _is_another(item: ParsedItem, known: KnownItem) -> bool:
    """Whether an entry took over the guid of another article: page, number, date, title and text
    differ.

    A headline alone may be rewritten wholly, and a page may move; one of the five stays.
    """
    canonical = canonical_url(item.url) if item.url else None
    if canonical is None or known.canonical_url is None or canonical == known.canonical_url:
        return False
    article = article_of(canonical)
    if article and article == article_of(known.canonical_url):
        return False
    if item.published_at == known.published_at and item.published_at:
        return False
    return likeness(item.title, known.title) < ALIKE and likeness(item.text, known.text) < ALIKE


def _qualifier(item: ParsedItem) -> str:
    """What tells an item of a shared key from the others, by itself alone."""
    canonical = canonical_url(item.url) if item.url else None
    return f"{canonical or ''} {_digest(item.title)}"


def _sighting(item: ParsedItem, identity: str, excluded: Excluded) -> Sighting:
    iri = item.guid if item.guid and "\n" not in identity and _IRI.match(item.guid) else None
    canonical = canonical_url(item.url) if item.url else None
    return Sighting(
        item=item,
        identity=identity,
        iri=iri,
        canonical_url=canonical,
        article=article_of(canonical),
        headline=headline_key(item.title, canonical, item.published_at),
        digest=_digest("\0".join(map(str, _all_of(item)))),  # no text has that character
        excluded_by=excluded(item),
    )


def _digest(*parts: str) -> str:
    return sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:32]
