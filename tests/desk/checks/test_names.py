"""Names of people, places and bodies."""

from __future__ import annotations

import pytest

from aggregator.desk.checks import Severity
from tests.desk.checks.newsroom import checked, marked, said, source

KNOWN = [
    # (brief, its language, source, its language)
    ("Then Helene Marsault left.", "en", "Puis Hélène Marsault partit.", "fr"),
    ("Then Marsault left.", "en", "Puis Hélène Marsault partit.", "fr"),
    ("Then H. Marsault left.", "en", "Puis Hélène Marsault partit.", "fr"),
    ("Then Helene Marsault left.", "en", "Puis H. Marsault partit.", "fr"),
    ("Then Anna von der Wiese left.", "en", "Anna Wiese ging.", "de"),
    ("Then Anna Wiese left.", "en", "Anna Gertrud von der Wiese ging.", "de"),
    ("Then Anna Wiese left.", "en", "Vertrokken: Wiese, Anna.", "nl"),
    ("Then Marsault's car left.", "en", "La voiture de Marsault partit.", "fr"),
    ("Then Minister Marsault left.", "en", "La ministre, Mme Marsault, partit.", "fr"),
    ("Afterwards it rained. Suddenly it stopped.", "en", "Il pleut.", "fr"),
    ("It ended: “Nobody came.” Then it rained.", "en", "“Nobody came.”", "en"),
    ("It rained in Belgium.", "en", "Il a plu en Belgique.", "fr"),
    ("It rained in Belgium.", "en", "Des villages belges sous la pluie.", "fr"),
    ("It rained on the Dutch coast.", "en", "Regen in den Niederlanden.", "de"),
    ("It rained on the Dutch coast.", "en", "Il a plu aux Pays-Bas.", "fr"),
    ("It rained in the United States.", "en", "Il a plu aux Etats-Unis.", "fr"),
    ("It rained in the US.", "en", "Regen in de Verenigde Staten.", "nl"),
    ("It rained in Brussels.", "en", "Il a plu à Bruxelles.", "fr"),
    ("It rained in Vienna.", "en", "In Wien hat es geregnet.", "de"),
    ("It rained in Lisbon.", "en", "Llueve en Lisboa.", "es"),
    ("It rained in Rome.", "en", "Piove a Roma.", "it"),
    ("Il pleut à Anvers.", "fr", "Het regent in Antwerpen.", "nl"),
    ("It rained on Sint-Job in June on a Monday.", "en", "Sint Job", "nl"),
    ("Help came from NATO.", "en", "L'OTAN a aidé.", "fr"),
    ("Help came from the European Union.", "en", "Hulp van de Europese Unie.", "nl"),
    ("Help came from the Ministry.", "en", "Le ministère a aidé.", "fr"),
    ("It rained on Mayor Luc Desmarais of Orvaux.", "en", "Luc Desmarais, à Orvaux, dit", "fr"),
    ("Then the Lac-Noir opened.", "en", "Dan ging de Lac-Noirtunnel open.", "nl"),
    ("It rained on Sunday in Vernay.", "en", "Regen im Vernayer Land, am Sonntag.", "de"),
    ("Who came? Us.", "en", "Personne.", "fr"),
    ("Dann war die Fahrt von Vernay zu lang.", "de", "Trop long.", "fr"),
    ("Danach sagte der Minister im Regen die Fahrt ab.", "de", "Il pleut.", "fr"),
    ("Es kostete 3 Milliarden Euro.", "de", "3 milliards d'euros", "fr"),
]


@pytest.mark.parametrize(("body", "language", "text", "other"), KNOWN)
def test_a_name_in_another_form_is_no_drift(
    body: str, language: str, text: str, other: str
) -> None:
    assert said("name", checked(body, source(text, other), language=language)) == []


UNKNOWN = [
    ("Then Marsault left.", "en", "Puis la ministre partit.", "fr", "Marsault"),
    ("Then Paul Marsault left.", "en", "Puis Hélène Marsault partit.", "fr", "Paul Marsault"),
    ("Then Anna von der Wiese left.", "en", "Es war Herbst.", "de", "Anna von der Wiese"),
    ("It rained in Belgium.", "en", "Il a plu au Luxembourg.", "fr", "Belgium"),
    ("Belgium is wet.", "en", "Il pleut.", "fr", "Belgium"),
    ("It rained on the Dutch coast.", "en", "Il a plu en Suisse.", "fr", "Dutch"),
    ("It rained in Brussels.", "en", "Il a plu à Vienne.", "fr", "Brussels"),
    ("Help came from NATO.", "en", "L'ONU a aidé.", "fr", "NATO"),
    ("Dann ging Anna Wiese.", "de", "Es war Herbst.", "de", "Anna Wiese"),
    ("It was Mr. Marsault.", "en", "Il pleut.", "fr", "Marsault"),
    ("It rained. It was Marsault.", "en", "Il pleut.", "fr", "Marsault"),
]


@pytest.mark.parametrize(("body", "language", "text", "other", "shown"), UNKNOWN)
def test_a_name_that_no_source_has_is_shown_where_it_stands(
    body: str, language: str, text: str, other: str, shown: str
) -> None:
    found = said("name", checked(body, source(text, other), language=language))
    assert [advice.severity for advice in found] == [Severity.WARN]
    assert marked(body, found) == [shown]


def test_another_spelling_is_advice_beside_that_of_the_source() -> None:
    (advice,) = said(
        "name", checked("Then Marsaud left.", source("Puis Marsault partit, hier.", "fr"))
    )
    assert advice.severity is Severity.ADVICE
    assert advice.evidence[0].passage == "Marsault"


def test_words_of_two_people_are_not_one_name() -> None:
    text = "Hélène Marsault a vu, ce jour-là, sur la route du tunnel, un certain Paul Desmarais."
    (advice,) = said("name", checked("Then Helene Desmarais left.", source(text, "fr")))
    assert advice.severity is Severity.ADVICE
    assert "together" in advice.sentence


def test_a_headline_in_title_case_says_nothing_of_names() -> None:
    rain = source("Rain fell, at last.")
    assert said("name", checked("Rain.", rain, headline="Sudden Heavy Rain Falls Over Lakes")) == []
    (advice,) = said("name", checked("Rain.", rain, headline="Sudden heavy rain falls on Vernay"))
    assert (advice.evidence[0].field, advice.evidence[0].start) == ("headline", 27)


def test_shouting_is_no_name() -> None:
    body = "It was " + "VERY " * 9 + "wet."
    assert said("name", checked(body, source("Rain."))) == []
