"""Made-up briefs and sources to check."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from aggregator.desk.checks import Advice, Limits, Published, SourceText, check
from aggregator.domain import Wording

# Far from every limit, so that a table's short texts are about one thing.
NO_LIMITS = Limits(least_words=0, headline_least=0)


def source(
    text: str,
    language: str | None = "en",
    *,
    name: str = "Vernay Post",
    title: str = "",
    item: int = 7,
    on: date | None = None,
) -> SourceText:
    return SourceText(item, name, language, title, text, on=on)


def checked(
    body: str,
    *sources: SourceText,
    language: str = "en",
    headline: str = "",
    limits: Limits = NO_LIMITS,
    recent: Sequence[Published] = (),
) -> tuple[Advice, ...]:
    wording = Wording(headline=headline, body=body, language=language)
    return check(wording, sources, recent, limits)


def said(kind: str, found: Sequence[Advice]) -> list[Advice]:
    return [advice for advice in found if advice.check == kind]


def marked(body: str, found: Sequence[Advice]) -> list[str]:
    """What a page would underline in a body."""
    return [
        body[place.start : place.end]
        for advice in found
        for place in advice.evidence
        if place.field == "body"
    ]
