"""Pairs on which grouping goes wrong easily: the development material's, and our own like them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from aggregator.domain import Report
from aggregator.stories.encoder import Encoder, load_encoder
from tests.conftest import unavailable
from tests.stories.build import grouped

STORY_ONE_LANGUAGE = [30, 33, 37]
STORY_ACROSS = [31, 32]
DIFFERENT = [3, 5, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 34, 35, 36, 38, 40, 41]
TAKEN_FOR_ONE = 36
NOT_SCATTERED = [1, 4, 6, 7, 9, 10, 12, 27, 28, 29, 39, 42]


@cache
def encoder() -> Encoder | None:
    return load_encoder()


@pytest.fixture(params=["lexical", "encoded"])
def either(request: pytest.FixtureRequest) -> Encoder | None:
    """With the encoder, and without it."""
    if request.param == "encoded" and encoder() is None:
        unavailable("the extra multilingual is not installed")
    return encoder() if request.param == "encoded" else None


@pytest.fixture(scope="module")
def pairs(shared: Path) -> dict[int, list[Report]]:
    """The two reports of each pair of the development material."""
    lines = (shared / "stories" / "tricky_pairs.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return {row["n"]: [as_report(n, row["ab"[n]]) for n in (0, 1)] for row in rows}


def as_report(n: int, end: dict[str, Any]) -> Report:
    at = datetime(2023, 6, 1, tzinfo=UTC) + timedelta(hours=n)
    if "time" in end:
        told = datetime.fromisoformat(end["time"])
        at = told if told.tzinfo else told.replace(tzinfo=UTC)
    source = end.get("source") or urlsplit(end.get("url", "")).netloc
    return Report(n, source, at, None, end["title"], end.get("text", ""))


@pytest.mark.parametrize("n", STORY_ONE_LANGUAGE + NOT_SCATTERED)
def test_one_story(pairs: dict[int, list[Report]], n: int, either: Encoder | None) -> None:
    one, other = grouped(*pairs[n], encoder=either)
    assert one == other


@pytest.mark.parametrize("n", STORY_ACROSS)
def test_one_story_across_languages(pairs: dict[int, list[Report]], n: int) -> None:
    if encoder() is None:
        unavailable("the extra multilingual is not installed")
    one, other = grouped(*pairs[n], encoder=encoder())
    assert one == other


@pytest.mark.parametrize("n", DIFFERENT)
def test_two_stories(
    pairs: dict[int, list[Report]], n: int, either: Encoder | None, request: pytest.FixtureRequest
) -> None:
    if n == TAKEN_FOR_ONE and either:
        # Two lawsuits of one man in two languages on one day, of which only his name is shared. With
        # names that everybody knows left out of `name_share` it scores 0.55 instead of 0.78, still
        # above what is joined, and multi2023 gets 0.759 across languages instead of 0.783.
        request.applymarker(pytest.mark.xfail(strict=True, reason="not told apart yet"))
    one, other = grouped(*pairs[n], encoder=either)
    assert one != other


@dataclass(frozen=True)
class Made:
    """Two headlines that we made up, and what they are."""

    one: str
    other: str
    same: bool
    hours: float = 1
    sources: tuple[str, str] = ("The Harbour Post", "Valley Courier")
    languages: tuple[str, str] = ("en", "en")
    text: str = ""

    def reports(self) -> list[Report]:
        start = datetime(2026, 3, 2, 12, tzinfo=UTC)
        return [
            Report(n, source, start + timedelta(hours=n * self.hours), language, title, self.text)
            for n, (source, language, title) in enumerate(
                zip(self.sources, self.languages, (self.one, self.other), strict=True)
            )
        ]


SELF = ("The Harbour Post", "The Harbour Post")
MADE = {
    "a death, in other words": Made(
        "Arlo Benting, singer of the Larks, dies in a sailing accident",
        "Singer Arlo Benting killed in sailing accident at 58",
        same=True,
    ),
    "a toll that rises": Made(
        "Rescuers in Marvanta count 140 dead after dam burst",
        "Dam burst: at least 410 dead in Marvanta alone",
        same=True,
    ),
    "born on a day": Made(
        "Born on March 2: Ada Quill, Tom Brask, Lena Foss",
        "Born on March 4: Otto Verne, Pia Moll",
        same=False,
        hours=48,
    ),
    "nés un jour": Made(
        "Nés un 2 mars : ces vedettes fêtent leur anniversaire",
        "Nés un 4 mars : ces vedettes fêtent leur anniversaire",
        same=False,
        hours=48,
        languages=("fr", "fr"),
    ),
    "weather of two towns": Made(
        "Les prévisions météo du lundi 2 mars à Brelan",
        "Les prévisions météo du lundi 2 mars à Ostrevant",
        same=False,
        languages=("fr", "fr"),
    ),
    "horoscopes": Made(
        "Leo Daily Horoscope – March 2 2026", "Virgo Daily Horoscope – March 2 2026", same=False
    ),
    "a draw": Made(
        "Winning numbers of the Lotto draw on Monday",
        "Winning numbers of the Lotto draw on Wednesday",
        same=False,
        hours=48,
    ),
    "a numbered diary": Made(
        "Diary of a lighthouse keeper, part 12: the storm",
        "Diary of a lighthouse keeper, part 13: the baker",
        same=False,
        hours=24,
        sources=SELF,
    ),
    "grades of two leagues": Made(
        "Season grades: Northern League",
        "Season grades: Southern League",
        same=False,
        sources=SELF,
        text="With the season complete, our editors hand out the grades",
    ),
    "a weekly column": Made(
        "The garden in your window", "The garden in your window", same=False, hours=72, sources=SELF
    ),
    "one word": Made("Editorial", "Editorial", same=False),
    "one person, two events": Made(
        "Macron opens rebuilt railway bridge in Lorraine",
        "Publisher sues Macron over unfinished memoirs",
        same=False,
    ),
}
ACROSS = {
    "a tax": Made(
        "Florence to charge day visitors five euros from next spring",
        "Florence va faire payer cinq euros aux visiteurs d'un jour dès le printemps",
        same=True,
        languages=("en", "fr"),
    ),
    "an election": Made(
        "Präsidentin von Lettland tritt nach Korruptionsvorwürfen zurück",
        "President of Latvia resigns over corruption allegations",
        same=True,
        languages=("de", "en"),
    ),
}


@pytest.mark.parametrize("made", MADE.values(), ids=MADE)
def test_what_we_made_up(made: Made, either: Encoder | None) -> None:
    one, other = grouped(*made.reports(), encoder=either)
    assert (one == other) == made.same


@pytest.mark.parametrize("made", ACROSS.values(), ids=ACROSS)
def test_what_we_made_up_across_languages(made: Made) -> None:
    if encoder() is None:
        unavailable("the extra multilingual is not installed")
    one, other = grouped(*made.reports(), encoder=encoder())
    assert one == other
