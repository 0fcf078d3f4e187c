"""Quotations are exact, or looked at."""

from __future__ import annotations

import pytest

from aggregator.desk.checks import Severity
from aggregator.desk.checks.quotes import quotations
from tests.desk.checks.newsroom import checked, marked, said, source

MARKS = ["“%s”", "«%s»", "« %s »", "„%s“", "„%s”", '"%s"', "'%s'", "‘%s’", "‹%s›", "»%s«", "”%s”"]


@pytest.mark.parametrize("marks", MARKS)
def test_every_style_of_quotation_mark_is_read(marks: str) -> None:
    body = f"She said {marks % 'nobody came home'} and left."
    assert [q.text.strip() for q in quotations(body)] == ["nobody came home"]
    assert said("quotation", checked(body, source("“Nobody came home.”"))) == []
    found = said("quotation", checked(body, source("“Everybody came home.”")))
    assert [advice.severity for advice in found] == [Severity.WARN]
    assert marked(body, found) == [marks % "nobody came home"]


@pytest.mark.parametrize(
    "text", ["It's the dogs' day, isn't it", "L’eau n’est pas l’air", '5" or 6']
)
def test_apostrophes_and_inches_quote_nothing(text: str) -> None:
    assert quotations(text) == []


def test_apostrophes_stand_within_quotations() -> None:
    assert [q.text for q in quotations("So 'it's over' and ‘it’s done’.")] == [
        "it's over",
        "it’s done",
    ]


def test_what_was_cut_out_of_a_quotation_is_not_missed() -> None:
    text = source("“Nobody came home that night, as far as I know.”")
    assert said("quotation", checked("“Nobody came … as far as [we] know”", text)) == []
    assert said("quotation", checked("“Nobody went … as far as I know”", text)) != []


def test_a_quotation_from_another_language_is_to_be_checked() -> None:
    body = "“Nobody came home,” she said."
    (advice,) = said("quotation", checked(body, source("« Personne n'est rentré »", "fr")))
    assert advice.severity is Severity.ADVICE
    assert "translated quotation: check it" in advice.sentence


def test_a_quotation_left_in_its_language_is_exact() -> None:
    body = "« Personne n’est rentré », she said."
    assert said("quotation", checked(body, source("“Personne n'est rentré.”", "fr"))) == []


def test_one_word_in_quotation_marks_is_no_translated_quotation() -> None:
    assert said("quotation", checked("The “miracle” tunnel", source("Le tunnel", "fr"))) == []
