"""Which stored item each entry is, whatever the document."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.domain import Decision, ParsedItem
from aggregator.wire.decide import decide
from aggregator.wire.flood import MANY
from aggregator.wire.identity import marks, sightings
from tests.wire.test_identity import brought, remembered
from tests.wire.test_tricky import MADE_UP, made_up

AT = datetime(2026, 1, 20, 8, tzinfo=UTC)
TITLES = (
    "Harbour tunnel opens a year late",
    "Harbour tunnel opens at last, a year late",
    "Live: snow in the upper town",
    "Editorial",
)
entries = st.builds(
    ParsedItem,
    guid=st.sampled_from([None, "1", "2", "https://a.example/1", "https://a.example/x-1234567"]),
    url=st.sampled_from(
        [None, "https://a.example/1", "http://a.example/1", "https://a.example/x-1234567",
         "https://a.example/the-snow-falls-1234567", "https://news.google.com/rss/articles/CBMiAU"]
    ),
    title=st.sampled_from(TITLES),
    text=st.sampled_from(["", "The tunnel was due in spring.", "Up to ten centimetres."]),
    published_at=st.sampled_from([None, AT, AT + timedelta(days=1)]),
)  # fmt: skip
documents = st.lists(entries, max_size=7)


def sorted_out(decision: Decision) -> tuple[set[str], set[tuple[int, str]], int, int]:
    changes = {(change.item_id, change.sighting.identity) for change in decision.changed}
    return {s.identity for s in decision.new}, changes, decision.unchanged, decision.renamed


@given(documents, documents)
def test_no_entry_is_lost_or_doubled_and_no_item_taken_twice(
    before: list[ParsedItem], now: list[ParsedItem]
) -> None:
    known = remembered(*before)
    seen = sightings(now, known, lambda _: None)
    decision = decide(seen, known)
    changed = [change.sighting for change in decision.changed]
    assert len(decision.new) + len(changed) + decision.unchanged == len(seen)
    assert len({s.identity for s in (*decision.new, *changed)}) == len(decision.new) + len(changed)
    assert len({change.item_id for change in decision.changed}) == len(changed)
    assert len(changed) + decision.unchanged <= len(known)


@given(documents, documents, st.randoms(use_true_random=False))
def test_the_order_of_entries_does_not_matter(before, now, random) -> None:
    known = list(remembered(*before))
    seen = sightings(now, known, lambda _: None)
    once = sorted_out(decide(seen, known))
    random.shuffle(seen)
    random.shuffle(known)
    assert sorted_out(decide(seen, known)) == once


@given(*[st.lists(entries, max_size=MANY - 1)] * 2)
def test_marks_find_every_item_that_an_entry_may_be(
    before: list[ParsedItem], now: list[ParsedItem]
) -> None:
    """Except in a flood, when a date alone may do."""
    named = marks(now)
    known = remembered(*before)
    found = [
        one
        for one, was in zip(known, sightings(before, (), lambda _: None), strict=True)
        if one.guid in named.guids
        or one.identity in named.identities
        or one.canonical_url in named.urls
        or was.article in named.articles
        or was.headline in named.headlines
    ]
    by_marks, by_all = (
        sorted_out(decide(sightings(now, k, lambda _: None), k)) for k in (found, known)
    )
    assert by_marks == by_all


@given(documents)
def test_the_same_document_again_is_nothing_new(document: list[ParsedItem]) -> None:
    known = remembered(*document)
    again = decide(sightings(document, known, lambda _: None), known)
    assert (again.new, again.changed, again.unchanged) == ((), (), len(known))


@pytest.mark.parametrize("guids", ["addresses", "none"])
@pytest.mark.parametrize(("why", "a", "b", "count"), MADE_UP)
def test_which_of_two_entries_came_first_does_not_matter(
    why: str, a: dict[str, Any], b: dict[str, Any], count: int, guids: str
) -> None:
    one, other = made_up(a, b, guids)
    for first, second in ((one, other), (other, one)):
        assert 1 + len(brought([first], [second]).new) == count, why


NUMBERED = "https://a.example/harbour-tunnel-opens-late-1234567"
MOVED = "https://a.example/snow-stops-the-trams-1234567"
LATER = AT + timedelta(days=1)


@pytest.mark.parametrize(
    ("before", "now", "same"),
    [
        # With ids of their own, articles of two days are two.
        ({"published_at": AT}, {"published_at": AT}, True),
        ({"published_at": AT}, {"published_at": LATER}, False),
        ({"published_at": AT}, {"published_at": None}, True),
        ({"published_at": None}, {"published_at": LATER}, True),
        ({"published_at": AT, "guid": None}, {"published_at": LATER}, True),
        ({"published_at": AT}, {"published_at": LATER, "guid": None}, True),
        # Headline, text or slug has to agree,
        ({}, {"title": "Snow"}, False),
        ({"text": "It was due in spring."}, {"title": "Snow", "text": "It was due in spring!"}, True),
        ({}, {"title": "Snow", "url": NUMBERED.replace("late", "later")}, True),
        # if only just,
        ({"title": "abcdefghi"}, {"title": "abcdefwxyz"}, True),
        ({"text": "abcdefghi"}, {"title": "Snow", "text": "abcdefwxyz"}, True),
        ({"url": "https://a.example/abc-de-fgh-1234567"},
         {"title": "Snow", "url": "https://a.example/abc-dex-y-1234567"}, True),
        # but of live pages.
        ({"title": "Live: the tunnel"}, {"title": "Snow, live"}, True),
        ({"title": "Live: the tunnel"}, {"title": "Snow"}, False),
        ({}, {"title": "Snow, live"}, False),
        ({"title": "Live: the tunnel"},
         {"title": "Snow", "url": "https://a.example/live-snow-stops-trams-1234567"}, True),
    ],
)  # fmt: skip
def test_of_two_pages_with_one_number_something_else_agrees(
    before: dict, now: dict, same: bool
) -> None:
    was = ParsedItem(**{"guid": "1", "url": NUMBERED, "title": TITLES[0]} | before)
    came = ParsedItem(**{"guid": "2", "url": MOVED, "title": TITLES[0]} | now)
    assert (not brought([was], [came]).new) == same


def test_a_number_that_two_articles_have_is_no_articles() -> None:
    snow, trams, mayor = (
        ParsedItem(None, f"https://a.example/live/{word}-823448", f"Live: {word}")
        for word in ("snow", "trams", "mayor")
    )
    assert not brought([snow], [trams]).new
    both = brought([snow, trams], [snow, mayor])
    assert ([s.item for s in both.new], both.unchanged) == ([mayor], 1)
