"""Lengths and reading ease."""

from __future__ import annotations

import pytest

from aggregator.desk.checks import Advice, Limits, Severity
from aggregator.desk.checks.readability import ease, sentences, syllables
from tests.desk.checks.newsroom import checked, marked, said, source

RAIN = source("Rain.", name="Vernay Post")


def read(body: str, headline: str = "The old ferry stops for good") -> tuple[Advice, ...]:
    return checked(f"Vernay Post: {body}", RAIN, headline=headline, limits=Limits(copied_share=1))


def test_a_brief_has_some_words_and_not_too_many() -> None:
    assert "22 words" in said("length", read("rain " * 20))[0].sentence
    assert said("length", read("rain " * 60)) == []
    (long,) = said("length", read("rain fell. " * 150))
    assert long.severity is Severity.ADVICE
    assert long.evidence[0].start == len("Vernay Post: ") + len("rain fell. " * 124)


def test_the_closing_line_is_not_counted() -> None:
    body = "rain " * 20 + "\n\n(QG - Source: Vernay Post)"
    assert "22 words" in said("length", read(body))[0].sentence


def test_a_long_paragraph_is_underlined() -> None:
    body = f"{'rain fell. ' * 20}\n\nSo {'much rain fell. ' * 30}"
    (advice,) = said("paragraph", read(body))
    assert marked(f"Vernay Post: {body}", [advice])[0].startswith("So much")
    assert said("paragraph", read(body.replace(" So", "\n\nSo").replace("much rain", "rain"))) == []


@pytest.mark.parametrize(
    ("headline", "words"),
    [("Rain", "too short"), ("Rain " * 20, "99 characters"), ("The old ferry stops", "too short")],
)
def test_a_headline_has_a_length(headline: str, words: str) -> None:
    assert words in said("headline", read("rain " * 60, headline))[0].sentence


def test_a_good_headline_needs_no_advice() -> None:
    assert said("headline", read("rain " * 60)) == []


EASY = {
    "en": "The dog ran to the sea. It was hot. A boy sat on the sand and ate an egg. " * 3,
    "fr": "Le chien court vers la mer. Il fait chaud. Un petit garçon dort sur le sable. " * 3,
    "nl": "De hond liep naar de zee. Het was warm. Een kind zat op het zand en at. " * 3,
    "de": "Der Hund lief zum See. Es war heiß. Ein Kind saß im Sand und aß ein Ei. " * 3,
}
HARD = {
    "en": "Institutional considerations notwithstanding, administrative harmonisation necessitates"
    " interdepartmental deliberations regarding implementation. " * 4,
    "fr": "L'harmonisation administrative nécessite indubitablement des délibérations"
    " interministérielles approfondies concernant l'application réglementaire. " * 4,
    "nl": "Administratieve harmonisatie veronderstelt interdepartementale beraadslagingen omtrent"
    " toepasbaarheidsvoorwaarden. " * 5,
    "de": "Verwaltungsvereinheitlichung erfordert ressortübergreifende Abstimmungsverfahren"
    " hinsichtlich Durchführungsbestimmungen. " * 6,
}


@pytest.mark.parametrize("language", EASY)
def test_reading_ease_tells_easy_from_hard(language: str) -> None:
    easy, hard = ease(EASY[language], language), ease(HARD[language], language)
    assert easy is not None
    assert hard is not None
    assert easy > 70
    assert hard < 20


def test_each_language_has_a_formula_of_its_own() -> None:
    # 40 words of one syllable in sentences of four: what is left are the constants.
    text = "Dat was wat lang. " * 10
    assert [round(ease(text, language) or 0, 1) for language in ("en", "fr", "nl", "de")] == [
        118.2,
        129.3,
        126.1,
        117.5,
    ]
    assert ease(text, "es") is None
    assert ease("Too short.", "en") is None


def test_a_hard_text_is_told_where_to_begin() -> None:
    body = f"It rained. {HARD['en']}"
    (advice,) = said("reading ease", read(body))
    assert "Institutional" in marked(f"Vernay Post: {body}", [advice])[0]
    assert said("reading ease", read(EASY["en"])) == []


@pytest.mark.parametrize(
    ("language", "word", "count"),
    [
        ("en", "rain", 1), ("en", "stopped", 1), ("en", "wanted", 2), ("en", "table", 2), ("en", "make", 1), ("en", "the", 1),
        ("en", "minister", 3), ("fr", "ministre", 2), ("fr", "eau", 1), ("fr", "rivière", 2),
        ("fr", "parlent", 1), ("fr", "été", 2), ("nl", "zee", 1), ("nl", "koningin", 3),
        ("de", "Häuser", 2), ("de", "Theater", 3), ("de", "See", 1), ("en", "hmm", 1),
    ],
)  # fmt: skip
def test_syllables_are_groups_of_vowels(language: str, word: str, count: int) -> None:
    assert syllables(word, language) == count


def test_sentences_end_at_stops_and_paragraphs_but_not_in_numbers() -> None:
    text = "It fell 2.5 metres. “Why?” Nobody knew\n\nThe end"
    found = [text[start:end].strip() for start, end in sentences(text)]
    assert found == ["It fell 2.5 metres.", "“Why?”", "Nobody knew", "The end"]
