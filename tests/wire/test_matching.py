"""Which stored item each entry is, whatever the document."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from aggregator.domain import Decision, ParsedItem
from aggregator.wire.decide import decide
from aggregator.wire.identity import sightings
from tests.wire.test_identity import remembered

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


@given(documents)
def test_the_same_document_again_is_nothing_new(document: list[ParsedItem]) -> None:
    known = remembered(*document)
    again = decide(sightings(document, known, lambda _: None), known)
    assert (again.new, again.changed, again.unchanged) == ((), (), len(known))
