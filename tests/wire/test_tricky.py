"""Pairs of entries that are easily taken for one item, or for two.

The real ones lie beside the project; those below are made up in their style.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from aggregator.domain import ItemQuery, ParsedItem
from aggregator.store import Store
from aggregator.wire.clean import plain_text, web_url
from tests.build import declare, source, take

FANAL = source("fanal")
AT = datetime(2026, 1, 20, 8, 15, tzinfo=UTC)
PAIRS = 42


def stored(store: Store, *entries: ParsedItem) -> int:
    """How many items entries come to that one source brings one after the other."""
    declare(store, FANAL)
    for entry in entries:
        take(store, FANAL, entry)
    return len(list(store.items.find(ItemQuery())))


def entry(told: dict[str, Any], number: str, guids: str) -> ParsedItem:
    """An entry of a pair as a feed brings it; what has no address gets one of its own."""
    guid = told.get("guid")
    url = web_url(told.get("url") or (None if guid else f"https://made-up.example/{number}"))
    when = told.get("time")
    at = datetime.fromisoformat(when).replace(tzinfo=UTC) if when else None
    given = guid or (url if guids == "addresses" else None)
    return ParsedItem(
        given, url, plain_text(told["title"]), text=told.get("text", ""), published_at=at
    )


@pytest.mark.parametrize("guids", ["addresses", "none"])
@pytest.mark.parametrize("number", range(1, PAIRS + 1))
def test_a_real_pair(shared: Path, sqlite_store: Store, number: int, guids: str) -> None:
    lines = (shared / "stories" / "tricky_pairs.jsonl").read_text().splitlines()
    pair = json.loads(lines[number - 1])
    entries = [entry(pair[side], side, guids) for side in ("a", "b")]
    assert stored(sqlite_store, *entries) == (1 if pair["verdict"] == "ITEM" else 2), pair["why"]
