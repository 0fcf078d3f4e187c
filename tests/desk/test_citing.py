"""In which order a story's sources are credited."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from aggregator.desk.citing import citation, in_order
from aggregator.store import Store
from tests.desk.newsroom import DeskRoom


def test_originals_first_then_by_the_newsrooms_languages(
    sqlite_store: Store, tmp_path: Path
) -> None:
    room = DeskRoom(sqlite_store, tmp_path)
    (one, *_) = room.store.items.listed([1])

    def said(number: int, language: str | None, original: int | None = None):
        item = replace(one.item, id=number, language=language, duplicate_of=original)
        return replace(one, item=item)

    reports = [said(1, "fr"), said(2, "en", 1), said(3, "nl"), said(4, None), said(5, "en-GB")]

    def order(*languages: str) -> list[int]:
        return [report.item.id for report in in_order(reports, languages)]

    assert order("en", "fr") == [5, 1, 3, 4, 2]
    assert order("nl-BE") == [3, 1, 4, 5, 2]


def test_a_citation_is_the_item_as_it_is_now(sqlite_store: Store, tmp_path: Path) -> None:
    room = DeskRoom(sqlite_store, tmp_path)
    (one,) = room.store.items.listed([2])
    made = citation(one)
    assert (made.item, made.source, made.url) == (2, "Herald", "https://herald.example/2")
    assert made.seen_at == one.item.first_seen_at
    later = replace(one, item=replace(one.item, revised_at=room.now))
    assert citation(later).seen_at == room.now
