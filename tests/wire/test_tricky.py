"""Pairs of entries that are easily taken for one item, or for two.

The real ones lie beside the project; those below are made up in their style.
"""

from __future__ import annotations

import json
from dataclasses import replace
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


UUID = "0f8fad5b-d9cb-469f-a165-70867728950e"
SLUGGED = {
    "a": "https://www.quai.example/politique/article/2026/01/20/le-tunnel-ouvre_6041028_823448.html",
    "b": "https://www.quai.example/politique/article/2026/01/21/la-neige-en-ardenne_6041975_823448.html",
}
TITLE = "Harbour tunnel opens a year late"
OTHER = "Snow stops the trams in the upper town"


MADE_UP: list[tuple[str, dict[str, Any], dict[str, Any], int]] = [
    ("http and https", {"url": "http://www.quai.example/1"}, {"url": "https://quai.example/1"}, 1),
    ("tracking", {"url": "https://quai.example/n=552.php?utm_source=x"}, {"url": "https://quai.example/n=552.php"}, 1),
    ("a tracking fragment", {"url": "https://quai.example/a.html"}, {"url": "https://quai.example/a.html#xtor=RSS-1"}, 1),
    ("a parameter that is the id", {"url": "https://quai.example/show?newsID=700101"}, {"url": "https://quai.example/show?newsID=700102", "title": OTHER}, 2),
    ("a section's number last", {"url": SLUGGED["a"]}, {"url": SLUGGED["b"], "title": OTHER}, 2),
    ("a section's number last, the article moved", {"url": SLUGGED["a"]}, {"url": SLUGGED["a"].replace("le-tunnel-ouvre", "un-tunnel-a-ouvert")}, 1),
    ("an AMP page elsewhere, one UUID", {"url": f"https://amp.quai.example/article/{UUID}"}, {"url": f"https://quai.example/news/tunnel-opens/{UUID}"}, 1),
    ("a lost slash", {"url": "https://amp.quai.comnews/2026/a"}, {"url": "https://www.quai.com/news/2026/a"}, 1),
    ("a UUID that several sites of one owner use", {"url": f"https://one.example/{UUID}"}, {"url": f"https://two.example/{UUID}"}, 2),
    ("Google News hides the page", {"url": "https://news.google.com/rss/articles/CBMiAU_yqLzzzz?oc=5", "title": f"{TITLE} - The Quay", "published_at": AT},
     {"url": "https://www.thequay.example/tunnel", "published_at": AT}, 1),
    ("Google News hides another publisher's page", {"url": "https://news.google.com/rss/articles/CBMiAU_yqLzzzz?oc=5", "title": f"{TITLE} - The Quay", "published_at": AT},
     {"url": "https://lantern.example/tunnel", "published_at": AT}, 2),
    ("Google News hides two publishers' pages", {"url": "https://news.google.com/rss/articles/CBMiAU_yqLzzzz", "title": f"{TITLE} - The Quay", "published_at": AT},
     {"url": "https://news.google.com/rss/articles/CBMiAU_yqLyyyy", "title": f"{TITLE} - Lantern", "published_at": AT}, 2),
    ("Google News hides another day's page", {"url": "https://news.google.com/rss/articles/CBMiAU_yqLzzzz?oc=5", "title": f"{TITLE} - The Quay", "published_at": AT},
     {"url": "https://thequay.example/tunnel", "published_at": AT.replace(day=21)}, 2),
    ("a consent page", {"url": "https://consent.quai.example/v2/x"}, {"url": "https://fr.quai.example/tunnel"}, 1),
    ("a consent page with another headline", {"url": "https://consent.quai.example/v2/x"}, {"url": "https://fr.quai.example/tunnel", "title": OTHER}, 2),
    ("a mirror host with a suffix", {"url": "https://www.bbc.co.uk/news/x-52903677"}, {"url": "https://www.bbc.com/news/x-52903677", "title": f"{TITLE} - BBC News"}, 1),
    ("a live page", {"url": "https://quai.example/live-updates-snow-falls-2505131", "title": "Live updates: snow falls"},
     {"url": "https://quai.example/live-trams-stop-in-upper-town-2505131", "title": "Live: trams have stopped"}, 1),
    ("one number, other slug, same headline", {"url": "https://quai.example/a-harbour-opens-2159062.html"}, {"url": "https://quai.example/tunnel-late-2159062.html"}, 1),
    ("one number, other slug, other headline, same text", {"url": "https://quai.example/a-harbour-opens-2159062.html", "text": "The tunnel was due last spring."},
     {"url": "https://quai.example/late-2159062.html", "title": "At last", "text": "The tunnel was due in last spring."}, 1),
    ("a number that is no article's: all else differs", {"url": "https://quai.example/topic-823448/tunnel"}, {"url": "https://quai.example/topic-823448/snow", "title": OTHER}, 2),
    ("a date is no number", {"url": "https://quai.example/20260120/letters"}, {"url": "https://quai.example/20260120/editorial"}, 2),
    ("a page a day, one headline", {"url": "https://quai.example/updates/2026-01-20"}, {"url": "https://quai.example/updates/2026-01-21"}, 2),
    ("one headline at one time, the page moved", {"url": "https://quai.example/1", "published_at": AT}, {"url": "https://cms.quai.example/?p=1", "published_at": AT}, 1),
    ("two short headlines at one time", {"url": "https://quai.example/1", "title": "Editorial", "published_at": AT}, {"url": "https://quai.example/2", "title": "Editorial", "published_at": AT}, 2),
]  # fmt: skip


def made_up(a: dict[str, Any], b: dict[str, Any], guids: str) -> list[ParsedItem]:
    """The two entries of a pair that is made up."""
    entries = [ParsedItem(**{"guid": None, "title": TITLE} | told) for told in (a, b)]
    return [replace(one, guid=one.url) for one in entries] if guids == "addresses" else entries


@pytest.mark.parametrize("guids", ["addresses", "none"])
@pytest.mark.parametrize(("why", "a", "b", "count"), MADE_UP)
def test_a_made_up_pair(  # noqa: PLR0917 - all that matters
    sqlite_store: Store, why: str, a: dict[str, Any], b: dict[str, Any], count: int, guids: str
) -> None:
    assert stored(sqlite_store, *made_up(a, b, guids)) == count, why


def test_a_section_that_looks_like_an_articles_number_joins_nothing(sqlite_store: Store) -> None:
    """As soon as two articles have it, it is known for what it is."""
    articles = [
        ParsedItem(None, f"https://quai.example/live/{word}-823448", f"Live: {word}")
        for word in ("snow", "trams", "harbour", "mayor")
    ]
    declare(sqlite_store, FANAL)
    take(sqlite_store, FANAL, *articles[:3])
    assert take(sqlite_store, FANAL, articles[3]) == (1, 0)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Harc\u00e8lement&nbsp;: l&#8217;\u00c9lys\u00e9e r\u00e9agit", "Harcèlement : l'Élysée réagit"),
        ("Two hosts &#8216;sincerely sorry&#8217;", "Two hosts 'sincerely sorry'"),
    ],
)  # fmt: skip
def test_typography_is_no_edit(sqlite_store: Store, before: str, after: str) -> None:
    declare(sqlite_store, FANAL)
    take(sqlite_store, FANAL, ParsedItem("g", None, plain_text(before)))
    assert take(sqlite_store, FANAL, ParsedItem("g", None, plain_text(after))) == (0, 0)
