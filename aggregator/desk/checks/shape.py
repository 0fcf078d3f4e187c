"""Whether a brief has the form of one: lengths and reading ease."""

from __future__ import annotations

from collections.abc import Iterator

from aggregator.desk.checks.readability import ease, sentences
from aggregator.desk.checks.text import Field, paragraphs, words
from aggregator.desk.checks.values import Advice, Evidence, Limits, Severity


def shape(headline: Field, body: Field, language: str, limits: Limits) -> Iterator[Advice]:
    """Say what is too long, too short or too hard to read."""
    yield from _headline(headline, limits)
    yield from _length(body, limits)
    score = ease(body.text, language)
    if score is not None and score < limits.ease:
        yield _advice(
            "reading ease",
            f"This reads hard ({score:.0f}, news is at 45 to 60): begin with this sentence,"
            " the longest.",
            _longest_sentence(body),
        )


def _headline(headline: Field, limits: Limits) -> Iterator[Advice]:
    length = len(headline.text.strip())
    if length > limits.headline_most:
        sentence = f"The headline has {length} characters; {limits.headline_most} are enough."
        place = Evidence("headline", limits.headline_most, len(headline.text))
        yield _advice("headline", sentence, place)
    elif length < limits.headline_least:
        yield _advice("headline", "The headline is too short to say what happened.")


def _length(body: Field, limits: Limits) -> Iterator[Advice]:
    total = len(body.tokens)
    if total < limits.least_words:
        yield _advice("length", f"{total} words: a brief has {limits.least_words} at least.")
    if total > limits.most_words:
        place = Evidence("body", body.tokens[limits.most_words].start, body.tokens[-1].end)
        yield _advice("length", f"{total} words: a brief has {limits.most_words} at most.", place)
    for start, end in paragraphs(body.text):
        count = len(words(body.text[start:end]))
        if count > limits.paragraph_words:
            sentence = f"A paragraph of {count} words: divide it."
            yield _advice("paragraph", sentence, Evidence("body", start, end))


def _longest_sentence(body: Field) -> Evidence:
    found = sentences(body.text)
    return Evidence("body", *max(found, key=lambda span: len(words(body.text[slice(*span)]))))


def _advice(check: str, sentence: str, *evidence: Evidence) -> Advice:
    return Advice(check, Severity.ADVICE, sentence, evidence)
