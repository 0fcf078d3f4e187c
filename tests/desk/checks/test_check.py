"""The checks together: the example that it all began with, and hostile texts."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.desk.checks import Limits, Published, Severity, SourceText, check
from aggregator.desk.checks.sources import _read
from aggregator.domain import Wording
from tests.desk.checks.newsroom import checked, marked, said, source

TUNNEL = SourceText(
    3,
    "Le Fanal",
    "fr",
    "Le tunnel du Lac-Noir ouvre après neuf ans de travaux",
    "Le tunnel du Lac-Noir, long de 14 kilomètres, a été ouvert lundi par la ministre des"
    " transports, Hélène Marsault. Les automobilistes gagneront 40 minutes entre Vernay et"
    " Port-Alban. Le chantier a coûté 2,3 milliards d'euros. « C'est un grand jour », a-t-elle dit.",
    on=date(2025, 6, 24),
)
BODY = """According to French newspaper *Le Fanal*, the Lac-Noir tunnel, 14 km long, has been open \
to traffic since Monday, 23 June 2025.

Minister Helene Marsault cut the ribbon. Drivers save forty minutes on their way from Vernay to \
Port-Alban. The works took nine years and [cost](https://fanal.example/2/300) €2.3bn.

(QG - Source: Le Fanal - Picture: © Unsplash)"""
BRIEF = Wording(headline="The Lac-Noir tunnel opens after nine years", body=BODY, byline="QG")


def test_a_good_brief_from_another_language_needs_no_advice() -> None:
    assert check(BRIEF, [TUNNEL]) == ()


def test_what_went_wrong_is_underlined() -> None:
    body = BODY.replace("14 km", "15 km").replace("Port-Alban", "Port-Breton")
    body = body.replace("23 June", "27 June").replace("According to French newspaper ", "In ")
    found = check(replace(BRIEF, body=body), [TUNNEL])
    assert [advice.check for advice in found] == ["date", "number", "name"]
    assert marked(body, found) == ["27 June 2025", "15 km", "Port-Breton"]


def test_a_brief_without_text_is_not_read_yet() -> None:
    assert check(Wording(headline="A headline"), [TUNNEL]) == ()


def test_without_sources_there_are_no_facts_to_compare() -> None:
    assert {advice.check for advice in checked("In 2025 Marsault said “no more”.")} == set()


class TestAttribution:
    """The text itself says where it comes from."""

    FOUND = said("attribution", checked("It rained.", source("Rain.", name="Vernay Post")))

    def test_a_text_that_names_no_source_is_told_how(self) -> None:
        assert [a.severity for a in self.FOUND] == [Severity.WARN]
        assert "According to Vernay Post" in self.FOUND[0].sentence

    @pytest.mark.parametrize(
        ("name", "body"),
        [
            ("Vernay Post", "It rained, says the Vernay Post."),
            ("Le Fanal.fr - Actualités", "According to Le Fanal, it rained."),
            ("RTB Info | Monde", "It rained, RTB Info reports."),
            ("Écho", "According to L'Echo, it rained."),
        ],
    )
    def test_a_source_is_named_as_people_name_it(self, name: str, body: str) -> None:
        assert said("attribution", checked(body, source("Rain.", name=name))) == []

    def test_one_of_several_is_enough(self) -> None:
        sources = source("Rain.", name="Le Fanal"), source("Rain.", name="Vernay Post")
        assert said("attribution", checked("According to Le Fanal, it rained.", *sources)) == []

    def test_the_closing_line_does_not_count(self) -> None:
        body = "It rained.\n\n(QG - Source: Vernay Post)"
        assert said("attribution", checked(body, source("Rain.", name="Vernay Post")))

    @pytest.mark.parametrize(
        ("language", "words"),
        [("fr", "Selon Le Fanal"), ("nl", "Volgens Le Fanal"), ("de", "Laut Le Fanal")],
    )
    def test_the_example_is_in_the_language_of_the_brief(self, language: str, words: str) -> None:
        rain = source("Rain.", name="Le Fanal")
        (advice,) = said("attribution", checked("Text.", rain, language=language))
        assert words in advice.sentence

    def test_an_attribution_is_no_fact_but_what_follows_a_stop_is(self) -> None:
        rain = source("Rain.", name="Le Fanal")
        body = "According to French newspaper Le Fanal, it rained."
        assert said("name", checked(body, rain)) == []
        body = "According to police, 45 people, says Le Fanal, came."
        assert marked(body, said("number", checked(body, rain))) == ["45"]


class TestPublished:
    """A duplicate of what is out already."""

    OLD = Published(
        41,
        "Lac-Noir tunnel open to traffic",
        "The tunnel between Vernay and Port-Alban was opened by minister Helene Marsault.",
        date(2025, 6, 23),
    )
    OTHER = Published(42, "Rain expected", "It will rain in the hills.", date(2025, 6, 24))

    def test_the_most_alike_is_named(self) -> None:
        found = check(BRIEF, [TUNNEL], [self.OTHER, self.OLD])
        assert [(a.check, a.brief) for a in found] == [("duplicate", 41)]
        assert "23 Jun 2025" in found[0].sentence
        assert found[0].evidence[0].passage == self.OLD.headline

    def test_other_news_is_no_duplicate(self) -> None:
        assert check(BRIEF, [TUNNEL], [self.OTHER]) == ()

    def test_a_translation_is_no_duplicate(self) -> None:
        assert check(BRIEF, [TUNNEL], [replace(self.OLD, language="fr")]) == ()

    def test_days_of_a_series_are_not_alike(self) -> None:
        one = Published(
            5, "Born on January 20: Ada Lind", "The painter of harbours is 70.", date(2025, 1, 20)
        )
        body = "The first to swim across the Lac-Noir turns 45."
        found = checked(body, source(body), headline="Born on January 21: Bo Quist", recent=[one])
        assert said("duplicate", found) == []


def random_words(choose: random.Random, count: int) -> str:
    """Text with names and numbers in it, of few words more often than of many."""
    return " ".join(
        str(choose.randrange(3000))
        if n % 40 == 0
        else ("N" if n % 15 == 0 else "") + f"w{int(choose.paretovariate(0.4)) % 9000}x"
        for n in range(count)
    )


def test_a_brief_against_twenty_sources_takes_a_moment() -> None:
    choose = random.Random(3)
    sources = [source(random_words(choose, 2000), item=n) for n in range(20)]
    body = f"{sources[4].text[:600]}. {random_words(choose, 200)}"
    best = 9.0
    for _ in range(5):
        _read.cache_clear()
        start = time.process_time()
        assert checked(body, *sources, limits=Limits())
        best = min(best, time.process_time() - start)
    # 50 ms on a quiet machine; ours is seldom quiet.
    assert best < 0.2


HOSTILE = [
    "“",
    "'a ",
    "‘a’b ",
    "[",
    "](",
    "<",
    "1 234 ",
    "two hundred and ",
    "Ab of ",
    "23 June ",
    "12/12 ",
    " \n",
    "- ",
    "e\u0301",
    "a!",
    "Ab cd Ab. ",
    "€1bn ",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_hostile_text_does_not_hang(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    start = time.process_time()
    checked(f"Some text. {text}", source(text), source("Another text.", "fr"))
    assert time.process_time() - start < 8


def test_many_different_facts_do_not_hang() -> None:
    names = " and ".join(f"Na{n:x}m Su{n:x}n" for n in range(5000))
    numbers = " ".join(f"{n} June {n}" for n in range(9000))
    quotes = " ".join(f"“q{n} r”" for n in range(9000))
    start = time.process_time()
    for text in (f"x {names}", f"x {numbers}", quotes):
        found = checked(text, source("Nothing. " * 11_000))
        assert len(found) <= 20 * 6
    assert time.process_time() - start < 15


PIECES = st.sampled_from(
    [*HOSTILE, "Le Fanal ", "Lac-Noir ", "15 km ", "“x” ", ". ", "’s ", "\u2028"]
)


@settings(max_examples=60)
@given(st.lists(PIECES | st.text(max_size=5), max_size=40).map("".join), st.text(max_size=60))
def test_whatever_is_typed_is_read_and_every_place_is_in_it(body: str, headline: str) -> None:
    wording = Wording(headline=headline, body=body, language="fr")
    found = check(wording, [TUNNEL], [TestPublished.OLD], Limits(least_words=0))
    assert found == check(wording, [TUNNEL], [TestPublished.OLD], Limits(least_words=0))
    for place in (place for advice in found for place in advice.evidence):
        assert 0 <= place.start <= place.end <= len(getattr(wording, place.field))
