"""Which item an entry is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.domain import Decision, KnownItem, ParsedItem
from aggregator.wire.decide import decide
from aggregator.wire.identity import canonical_url, sightings
from tests.build import item


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://www.Example.org:80/a/../b", "https://www.example.org/b"),
        ("https://example.org/a?utm_source=x&id=3&fbclid=y", "https://example.org/a?id=3"),
        ("https://example.org/a#xtor=RSS-3208", "https://example.org/a"),
        ("https://example.org/live#post-7", "https://example.org/live#post-7"),
        ("https://example.org/news?newsID=700101", "https://example.org/news?newsID=700101"),
        ("https://example.org/a?ref=1&source=2", "https://example.org/a?ref=1&source=2"),
        ("https://example.org/a?at_medium=RSS&at_campaign=KARANGA", "https://example.org/a"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
        ("https://example.org/", None),
        ("https://example.org/?utm_source=x", None),
        ("no url", None),
    ],
)
def test_one_spelling_for_every_address_of_an_article(url: str, expected: str | None) -> None:
    assert canonical_url(url) == expected


@given(st.text(max_size=60), st.text(max_size=20))
def test_a_canonical_url_is_its_own_canonical_url(path: str, query: str) -> None:
    once = canonical_url(f"https://example.org/{path}?{query}")
    assert once is None or canonical_url(once) == once


def found(*items: ParsedItem, known: tuple[KnownItem, ...] = ()) -> list[str]:
    return [s.identity for s in sightings(items, known, lambda _: None)]


def remembered(*items: ParsedItem) -> tuple[KnownItem, ...]:
    return tuple(
        KnownItem(n, s.identity, s.item.guid, s.canonical_url, s.digest, s.visible_digest)
        for n, s in enumerate(sightings(items, (), lambda _: None))
    )


def test_a_guid_comes_before_a_url_before_the_text() -> None:
    bare = ParsedItem(guid=None, url=None, title="Only a title")
    identities = found(item(1), item(2, guid=None), bare)
    assert [i.split(":")[0] for i in identities] == ["guid", "url", "digest"]


def test_an_entry_that_stands_twice_counts_once() -> None:
    assert len(found(item(1), item(1))) == 1


def test_entries_that_share_one_guid_are_told_apart() -> None:
    assert len(set(found(*(item(n, guid="same") for n in range(10))))) == 10


PAGE = "https://fanal.example/live"


def brought(known_items: list[ParsedItem], now: list[ParsedItem]) -> Decision:
    known = remembered(*known_items)
    return decide(sightings(now, known, lambda _: None), known)


def test_one_guid_and_one_page_are_one_item_unless_title_and_text_differ() -> None:
    first = item(1, guid="s", url=PAGE)
    retitled = item(1, guid="s", url=PAGE, title="Retitled")
    assert [s.item for s in sightings([first, retitled], (), lambda _: None)] == [first]
    assert len(found(first, item(2, guid="s", url=PAGE), item(3, guid="s", url=PAGE))) == 3


def test_items_that_share_guid_and_page_are_found_again_one_by_one() -> None:
    several = [item(n, guid="s", url=PAGE) for n in range(4)]
    for one in several:
        assert (brought(several, [one]).new, brought(several, [one]).unchanged) == ((), 1)
    more = brought(several[:1], several)
    assert ([s.item for s in more.new], more.unchanged) == (several[1:], 1)


def test_an_edited_item_of_a_shared_guid_is_found_by_its_page() -> None:
    several = [item(n, guid="s") for n in range(3)]
    edited = [several[0], item(1, guid="s", title="Edited"), several[2]]
    after = brought(several, edited)
    assert (after.new, after.unchanged, len(after.changed)) == ((), 2, 1)


@pytest.mark.parametrize(
    "shared",
    [
        {"guid": "s", "url": None},
        {"guid": None, "url": "https://a.example/live"},
        {"guid": None, "url": "https://a.example/"},
    ],
)
def test_entries_that_only_their_titles_tell_apart_are_all_kept(shared: dict) -> None:
    assert len(found(*(item(n, **shared) for n in range(5)))) == 5


def test_a_shared_guid_stays_useless_when_an_entry_comes_alone() -> None:
    first, second, third = (item(n, guid="same") for n in (1, 2, 3))
    known = remembered(first, second)
    brought = decide(sightings([third], known, lambda _: None), known)
    assert [s.item for s in brought.new] == [third]
    again = decide(sightings([second], known, lambda _: None), known)
    assert (again.new, again.unchanged) == ((), 1)


def test_an_item_known_before_its_guid_was_shared_is_found_again() -> None:
    first, second = item(1, guid="same"), item(2, guid="same")
    known = remembered(first)
    brought = decide(sightings([first, second], known, lambda _: None), known)
    assert ([s.item for s in brought.new], brought.unchanged) == ([second], 1)


def test_a_guid_that_is_an_iri_can_be_an_atom_id_and_others_cannot() -> None:
    guids = [
        "tag:a,2026:1",
        "https://a/1",
        "urn:isbn:1",
        "1234",
        "javascript:alert(1)",
        "http://a b",
    ]
    items = [item(n, guid=guid) for n, guid in enumerate(guids)]
    iris = [s.iri for s in sightings(items, (), lambda _: None)]
    assert iris == ["tag:a,2026:1", "https://a/1", "urn:isbn:1", None, None, None]
