"""Which stored item each entry of a document is (pure)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from datetime import datetime
from typing import TypeVar

from aggregator.domain import KnownItem, ParsedItem, Sighting
from aggregator.wire.address import canonical_url, hides_target
from aggregator.wire.article import article_of, is_live, slug_of
from aggregator.wire.flood import MANY
from aggregator.wire.headline import headline_of, without_publisher
from aggregator.wire.likeness import likeness, words

ALIKE = 0.3
"""Of the four-letter sequences of two texts: versions of one text mostly share more."""

_SAME = 0.8
"""So much two texts share that say the same."""

Either = KnownItem | Sighting
Key = Callable[[Either], Hashable | None]
Found = dict[str, KnownItem]
T = TypeVar("T", KnownItem, Sighting)


def matches(sightings: Iterable[Sighting], known: Iterable[KnownItem]) -> Found:
    """Which stored item each sighting is, by the sighting's identity; no item twice.

    Where several items share a guid, an identity holds the title; after an edit, or for an item
    that was stored before its guid was shared, guid and page find it: the one that says the same,
    else the only one left, if there is only one entry left for it too.
    """
    # In an order that is not the document's: feeds reorder their entries.
    stored = sorted({item.id: item for item in known}.values(), key=lambda item: item.id)
    if not stored:
        return {}
    seen = sorted(sightings, key=lambda sighting: sighting.identity)
    by_identity = {item.identity: item for item in stored}
    found = {s.identity: by_identity[s.identity] for s in seen if s.identity in by_identity}
    spare, left = _left(seen, stored, found, _place)
    for place, entries in left.items():
        there = spare.get(place, [])
        for entry in list(entries):
            said = entry.item.title, entry.item.text
            same = next((item for item in there if (item.title, item.text) == said), None)
            if same:
                found[entry.identity] = same
                there.remove(same)
                entries.remove(entry)
        if len(there) == len(entries) == 1:
            found[entries[0].identity] = there[0]
    if len(found) == min(len(seen), len(stored)):
        return found
    return found | _renamed(seen, stored, found)


def _renamed(seen: list[Sighting], known: list[KnownItem], found: Found) -> Found:
    """Which stored items came back under a new guid, a new address or both.

    Where one key of an entry leads to one item, and what else they say agrees, it is the item.
    Where many entries of a document agree with items in less than that, the source changed its
    system: then they are the items, too.
    """
    sure: Found = {}
    for key, agree in (
        (_page, _is_same_page),
        (_own_articles(seen, known), _is_same_article),
        (_dated_headline, _is_same_headline),
    ):
        sure |= _pairs(seen, known, found | sure, key, agree)
    likely: Found = {}
    for key, agree in ((_page, _says_the_same), (_headline, _says_the_same), (_date, _is_alike)):
        likely |= _pairs(seen, known, found | sure | likely, key, agree)
    unknown = len(seen) - len(found) - len(sure)
    return sure | likely if len(likely) >= MANY and 2 * len(likely) >= unknown else sure


def _pairs(
    seen: list[Sighting],
    known: list[KnownItem],
    found: Found,
    key: Key,
    agree: Callable[[KnownItem, Sighting], bool],
) -> Found:
    """The pairs of one entry and one item, both left, that alone have a key and agree."""
    spare, left = _left(seen, known, found, key)
    return {
        entries[0].identity: spare[place][0]
        for place, entries in left.items()
        if len(entries) == len(spare.get(place, ())) == 1 and agree(spare[place][0], entries[0])
    }


def _left(
    seen: list[Sighting],
    known: list[KnownItem],
    found: Found,
    key: Key,
) -> tuple[dict[Hashable, list[KnownItem]], dict[Hashable, list[Sighting]]]:
    """The items and the entries that have not found each other yet, by a key."""
    taken = {item.id for item in found.values()}
    return (
        _by_key((item for item in known if item.id not in taken), key),
        _by_key((entry for entry in seen if entry.identity not in found), key),
    )


def _by_key(values: Iterable[T], key: Key) -> dict[Hashable, list[T]]:
    groups: dict[Hashable, list[T]] = defaultdict(list)
    for value in values:
        place = key(value)
        if place is not None:
            groups[place].append(value)
    return groups


def _own_articles(seen: list[Sighting], known: list[KnownItem]) -> Key:
    """A key: the article's number, as far as it is one; a section's is shared by many."""
    counts = [Counter(map(_article, group)) for group in (seen, known)]
    shared = {number for count in counts for number, times in count.items() if times > 1}

    def own_article(one: Either) -> str | None:
        number = _article(one)
        return None if number in shared else number

    return own_article


def _article(one: Either) -> str | None:
    return article_of(one.canonical_url)


def _place(one: Either) -> Hashable | None:
    guid = _said(one).guid
    return (guid, one.canonical_url) if guid else None


def _said(one: Either) -> KnownItem | ParsedItem:
    """What it says: guid, title, text and date, wherever they are."""
    return one.item if isinstance(one, Sighting) else one


def _page(one: Either) -> str | None:
    return one.canonical_url


def _headline(one: Either) -> str | None:
    return headline_of(_said(one).title, one.canonical_url)


def _dated_headline(one: Either) -> Hashable | None:
    headline = _headline(one)
    return (headline, _date(one)) if headline else None


def _date(one: Either) -> datetime | None:
    return _said(one).published_at


def _is_same_page(item: KnownItem, entry: Sighting) -> bool:
    """A page carries something new every day, under a guid and a date of its own; but a guid that
    is the address says no more than the address.
    """
    if _is_address(item) and _is_address(entry):
        return True
    if _date(item) and _date(entry):
        return _date(item) == _date(entry)
    return _bare_title(item) == _bare_title(entry)


def _is_same_article(item: KnownItem, entry: Sighting) -> bool:
    """The same number and something else: headline, text or slug; of live pages only the number
    stays.
    """
    redated = _date(item) and _date(entry) and _date(item) != _date(entry)
    if redated and not (_is_address(item) or _is_address(entry)):
        return False
    slugs = [slug_of(one.canonical_url or "") for one in (item, entry)]
    titles = [_said(one).title for one in (item, entry)]
    live = all(is_live(title) or is_live(slug) for title, slug in zip(titles, slugs, strict=True))
    return live or _is_alike(item, entry) or likeness(*slugs) >= ALIKE


def _is_same_headline(item: KnownItem, entry: Sighting) -> bool:
    """With one date, or on one page; or where an address hides which page it is: then the publisher
    that the headline names must be the one whose page it is.
    """
    hidden = [bool(url and hides_target(url)) for url in (item.canonical_url, entry.canonical_url)]
    if not any(hidden):
        return _date(item) is not None or _page(item) == _page(entry)
    page = None if all(hidden) else (entry if hidden[0] else item).canonical_url
    return words(without_publisher(item.title, page)) == words(
        without_publisher(entry.item.title, page)
    )


def _says_the_same(item: KnownItem, entry: Sighting) -> bool:
    """The same headline and text; where there is no text, the same page or no other date."""
    if _bare_title(item) != _bare_title(entry):
        return False
    if not item.text and not entry.item.text:
        return item.canonical_url == entry.canonical_url or _date(item) == _date(entry)
    return likeness(item.text, entry.item.text) >= _SAME


def _is_alike(item: KnownItem, entry: Sighting) -> bool:
    return (
        likeness(item.title, entry.item.title) >= ALIKE
        or likeness(item.text, entry.item.text) >= ALIKE
    )


def _bare_title(one: Either) -> str:
    return words(without_publisher(_said(one).title, one.canonical_url))


def _is_address(one: Either) -> bool:
    """Whether an id says no more than the address does."""
    guid = _said(one).guid
    return guid is None or canonical_url(guid) == one.canonical_url
