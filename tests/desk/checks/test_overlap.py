"""What is copied word for word."""

from __future__ import annotations

import random

from aggregator.desk.checks import Limits
from aggregator.desk.checks.overlap import Automaton
from tests.desk.checks.newsroom import NO_LIMITS, checked, marked, said, source

COPIED = "the old ferry between Vernay and Orvaux stopped for good last winter"
TEXT = f"Nobody had expected it, but {COPIED}, and few of those who took it were told."
OWN = " ".join(f"word{n}" for n in range(200))


def test_a_long_copied_run_is_shown_with_its_passage() -> None:
    body = f"{OWN}. We hear that {COPIED}. {OWN[:200]}"
    found = said("copy overlap", checked(body, source("Elsewhere."), source(TEXT, item=9)))
    assert marked(body, found) == [COPIED]
    assert (found[0].evidence[0].item, found[0].evidence[0].passage) == (9, COPIED)
    assert "12 words in a row" in found[0].sentence


def test_case_and_marks_do_not_hide_a_copy() -> None:
    body = f"{OWN}. {COPIED.upper().replace(' ', ', ')}."
    assert said("copy overlap", checked(body, source(TEXT)))


def test_many_short_runs_are_as_much_of_a_copy() -> None:
    words = [f"w{n}" for n in range(60)]
    body = " ".join(f"own{n} {' '.join(words[n : n + 6])}" for n in range(0, 60, 6))
    text = source(" ".join(words))
    (advice,) = said("copy overlap", checked(body, text))
    assert "6 words in a row" in advice.sentence
    assert len(advice.evidence) == 3
    tolerant = Limits(least_words=0, headline_least=0, copied_share=0.9)
    assert said("copy overlap", checked(body, text, limits=tolerant)) == []


def test_short_runs_in_a_text_of_ones_own_are_no_copy() -> None:
    assert said("copy overlap", checked(f"{OWN} the old ferry between Vernay", source(TEXT))) == []


def test_quotations_are_no_copy() -> None:
    for marks in ("“%s”", "«%s»", "„%s“", '"%s"', "'%s'"):
        body = f"{OWN}. She said {marks % COPIED}."
        assert said("copy overlap", checked(body, source(TEXT))) == []


def test_another_language_cannot_be_copied() -> None:
    assert said("copy overlap", checked(COPIED, source(TEXT, "fr"))) == []
    assert said("copy overlap", checked(COPIED, source(TEXT, "en-GB")))
    assert said("copy overlap", checked(COPIED, source(TEXT, None)))


def test_markup_is_no_text() -> None:
    body = f"{OWN}. We hear that *the old* [ferry](https://vernay.example/a) between **Vernay** and"
    body += " Orvaux stopped for good last winter"
    found = said("copy overlap", checked(body, source(TEXT)))
    assert marked(body, found)[0].startswith("the old* [ferry](https")


def test_the_automaton_finds_what_a_slow_search_finds() -> None:
    choose = random.Random(5)
    for _ in range(300):
        known = [choose.choice("abc") for _ in range(choose.randrange(1, 14))]
        text = [choose.choice("abcd") for _ in range(14)]
        runs = {tuple(known[i:j]) for i in range(len(known)) for j in range(i + 1, len(known) + 1)}
        slow = {
            at: length
            for at in range(len(text))
            for length in [
                max(
                    (n for n in range(1, at + 2) if tuple(text[at + 1 - n : at + 1]) in runs),
                    default=0,
                )
            ]
            if length
        }
        walked = list(Automaton(known).walk(text, 1))
        assert {at: length for at, length, _ in walked} == slow
        assert all(
            known[end - length : end] == text[at + 1 - length : at + 1]
            for at, length, end in walked
        )


def test_limits_are_the_newsrooms() -> None:
    assert NO_LIMITS.copied_run == Limits().copied_run
    body = f"{OWN}. {COPIED}."
    strict = Limits(least_words=0, headline_least=0, copied_run=13)
    assert said("copy overlap", checked(body, source(TEXT), limits=strict)) == []
