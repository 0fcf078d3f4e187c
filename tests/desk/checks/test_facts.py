"""Numbers and dates, however they are written."""

from __future__ import annotations

from datetime import date

import pytest

from aggregator.desk.checks import Severity
from aggregator.desk.checks.numbers import figures, readings
from aggregator.desk.checks.text import words
from tests.desk.checks.newsroom import checked, marked, said, source

SAME = [
    # (brief, its language, source, its language)
    ("some 2,300 homes", "en", "quelque 2.300 foyers", "fr"),
    ("some 2,300 homes", "en", "quelque 2 300 foyers", "fr"),
    ("some 2,300 homes", "en", "quelque 2\u202f300 foyers", "fr"),
    ("some 2,300 homes", "en", "etwa 2'300 Haushalte", "de"),
    ("some 2300 homes", "en", "ongeveer 2.300 gezinnen", "nl"),
    ("it weighs 6.4 kg", "en", "il pèse 6,4 kg", "fr"),
    ("all 1,234,567.5 points", "en", "1.234.567,5 punten", "nl"),
    ("2.3 billion litres", "en", "2,3 milliards de litres", "fr"),
    ("2.3 billion litres", "en", "2,3 miljard liter", "nl"),
    ("2.3 billion litres", "en", "2.300 millones de litros", "es"),
    ("2.3 billion litres", "en", "2,3 Mrd. Liter", "de"),
    ("two trillion trees", "en", "2 Billionen Bäume", "de"),
    ("two billion trees", "en", "dos mil millones de árboles", "es"),
    ("€4.1bn was spent", "en", "4,1 milliards d'euros ont été dépensés", "fr"),
    ("€4.1bn was spent", "en", "4,1 Milliarden Euro", "de"),
    ("€4 billion was spent", "en", "4 mil millones de euros", "es"),
    ("€3m was spent", "en", "3 millions d'euros", "fr"),
    ("$40,000 is missing", "en", "il manque 40 000 dollars", "fr"),
    ("EUR 500 each", "en", "500 euro per persoon", "nl"),
    ("4 M€ ont disparu", "fr", "€4 million has gone", "en"),
    ("14 km of road", "en", "14 kilomètres de route", "fr"),
    ("a 14-kilometre road", "en", "een weg van 14 kilometer", "nl"),
    ("14 km of road", "en", "une route de 14, dit-elle", "fr"),
    ("nine years of work", "en", "neun Jahre Arbeit", "de"),
    ("down by 5%", "en", "en baisse de 5 pour cent", "fr"),
    ("down by 5 per cent", "en", "5 procent lager", "nl"),
    ("down by 5 percent", "en", "um 5 Prozent gesunken", "de"),
    ("two people", "en", "deux personnes", "fr"),
    ("twelve people", "en", "12 personen", "nl"),
    ("97 people", "en", "quatre-vingt-dix-sept personnes", "fr"),
    ("71 people", "en", "soixante et onze personnes", "fr"),
    ("80 people", "en", "quatre-vingts personnes", "fr"),
    ("23 people", "en", "dreiundzwanzig Menschen", "de"),
    ("23 people", "en", "drieëntwintig mensen", "nl"),
    ("21 people", "en", "ventuno persone", "it"),
    ("22 people", "en", "veintidós personas", "es"),
    ("205 people", "en", "two hundred and five people", "en"),
    ("500 people", "en", "fünfhundert Menschen", "de"),
    ("a thousand people", "en", "mille personnes", "fr"),
    ("three thousand people", "en", "3.000 mensen", "nl"),
    ("one tunnel and a lake", "en", "le tunnel", "fr"),
    # Dates
    ("on 23 June 2025", "en", "le 23 juin 2025", "fr"),
    ("on June 23, 2025", "en", "le 23/06", "fr"),
    ("on June 23rd", "en", "am 23. Juni", "de"),
    ("on 23 June 2025", "en", "op 23-06-2025", "nl"),
    ("on 23 June 2025", "en", "el 23 de junio de 2025", "es"),
    ("on 23 June 2025", "en", "2025-06-23", "en"),
    ("on 1 June", "en", "le 1er juin", "fr"),
    ("in June 2025", "en", "le 23 juin", "fr"),
    ("in 2025", "en", "le 23/06/2025", "fr"),
    ("on 4 March", "en", "on 03/04", "en"),
    ("on Monday", "en", "lundi", "fr"),
    ("on Monday", "en", "maandag", "nl"),
    ("on Monday", "en", "am 23. Juni 2025", "de"),
    ("They march on.", "en", "Ils marchent.", "fr"),
    ("It may rain.", "en", "Il pleut.", "fr"),
]


@pytest.mark.parametrize(("body", "language", "text", "other"), SAME)
def test_the_same_fact_in_another_form_is_no_drift(
    body: str, language: str, text: str, other: str
) -> None:
    found = checked(body, source(text, other), language=language)
    assert [*said("number", found), *said("date", found)] == []


DRIFT = [
    ("some 2,400 homes", "quelque 2.300 foyers", "number", "2,400"),
    ("some 23 homes", "quelque 2.300 foyers", "number", "23"),
    ("2.3 million litres", "2,3 milliards de litres", "number", "2.3 million litres"),
    ("€4.1bn was spent", "4,1 milliards de dollars", "number", "4.1bn"),
    ("14 miles of road", "14 kilomètres de route", "number", "14 miles"),
    ("down by 5%", "en baisse de 5 euros", "number", "5%"),
    ("up by 5 euros", "en hausse de 5 pour cent", "number", "5 euros"),
    ("4.1 billion dollars", "4,1 milliards d'euros", "number", "4.1 billion dollars"),
    ("three people", "deux personnes", "number", "three"),
    ("two three", "vingt-trois", "number", "two"),
    ("on 24 June 2025", "le 23 juin 2025", "date", "24 June 2025"),
    ("on 23 June 2024", "le 23 juin 2025", "date", "23 June 2024"),
    ("on 23 July", "le 23 juin 2025", "date", "23 July"),
    ("on 31/12", "le 23 juin", "date", "31/12"),
    ("on Tuesday", "lundi", "date", "Tuesday"),
    ("in July", "le 23 juin", "date", "July"),
    ("on 23 June", "en juin", "date", "23 June"),
]


@pytest.mark.parametrize(("body", "text", "kind", "shown"), DRIFT)
def test_a_fact_that_no_source_has_is_shown_where_it_stands(
    body: str, text: str, kind: str, shown: str
) -> None:
    found = said(kind, checked(body, source(text, "fr")))
    assert found[0].severity is Severity.WARN
    assert marked(body, found)[0] == shown


def test_a_number_that_was_rounded_is_advice_beside_the_exact_one() -> None:
    (advice,) = said("number", checked("some 2,300 homes", source("2.314 foyers", "fr")))
    assert advice.severity is Severity.ADVICE
    assert (advice.evidence[0].item, advice.evidence[0].passage) == (7, "2.314")


def test_another_unit_is_shown_beside_that_of_the_source() -> None:
    (advice,) = said("number", checked("14 miles", source("Après 14 kilomètres, fin.", "fr")))
    assert advice.evidence[0].passage == "14 kilomètres"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("on 23 June", "lundi"),  # that week's
        ("on 24 June 2025", "hier"),  # the day before
        ("on Wednesday", "aujourd'hui"),  # the day itself
    ],
)
def test_a_day_may_be_told_from_when_a_source_was_published(body: str, text: str) -> None:
    on = date(2025, 6, 25)
    assert said("date", checked(body, source(text, "fr", on=on))) == []
    assert said("date", checked(body, source(text, "fr"))) != []


def test_a_day_far_from_publishing_is_no_such_day() -> None:
    assert said("date", checked("on 2 June", source("lundi", "fr", on=date(2025, 6, 25)))) != []


def test_each_fact_is_said_once() -> None:
    body = "9 lions, then 9 lions again on Monday and on Monday."
    found = checked(body, source("Des lions.", "fr"))
    assert (len(said("number", found)), len(said("date", found))) == (1, 1)


@pytest.mark.parametrize(
    ("literal", "meant"),
    [
        ("2,300", {2300.0, 2.3}),
        ("2,30", {2.3}),
        ("0,300", {0.3}),
        ("1.234.567", {1234567.0}),
        ("1.234,5", {1234.5}),
        ("1,234.5", {1234.5}),
        ("1,234.567", {1234.567}),
        ("12", {12.0}),
        ("23/06", set()),
    ],
)
def test_what_figures_may_mean(literal: str, meant: set[float]) -> None:
    assert readings(literal) == meant


def test_a_sign_belongs_to_the_number_after_it() -> None:
    found = figures(words("4.1 then 5 £6, 7 euros 8"), "en")
    assert [(min(f.values), f.unit) for f in found] == [
        (4.1, ""),
        (5.0, ""),
        (6.0, "GBP"),
        (7.0, "EUR"),
        (8.0, ""),
    ]
