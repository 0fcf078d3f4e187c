"""Whether we have published this already."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache

from aggregator.desk.checks.text import Field, unmarked
from aggregator.desk.checks.values import Advice, Evidence, Limits, Published, Severity
from aggregator.domain import Report
from aggregator.stories.words import said

_SOME_DAY = datetime(2000, 1, 1, tzinfo=UTC)
"""A report has a time, of which its words do not depend."""


def repeated(
    headline: Field, body: Field, language: str, recent: Iterable[Published], limits: Limits
) -> list[Advice]:
    """Say which recent brief in the same language is most like this one, if one is like enough:
    the cosine of their rare words (see :mod:`aggregator.stories.words`).
    """
    mine = _weights(headline.text, body.text, language)
    alike = [
        (_cosine(mine, _published(one)), one) for one in recent if one.language[:2] == language[:2]
    ]
    share, most = max(alike, key=lambda pair: (pair[0], pair[1].id), default=(0.0, None))
    if most is None or share < limits.alike:
        return []
    sentence = f"We published “{most.headline}” on {most.on:%d %b %Y}: is there news in this?"
    place = Evidence("headline", 0, len(headline.text), passage=most.headline)
    return [Advice("duplicate", Severity.WARN, sentence, (place,), brief=most.id)]


@lru_cache(maxsize=1000)
def _published(brief: Published) -> dict[int, float]:
    # The same briefs are compared again with each draft.
    return _weights(brief.headline, unmarked(brief.body), brief.language)


def _weights(title: str, text: str, language: str) -> dict[int, float]:
    return said(Report(0, "", _SOME_DAY, language, title, text)).all


def _cosine(one: dict[int, float], other: dict[int, float]) -> float:
    return sum(weight * other.get(word, 0.0) for word, weight in one.items())
