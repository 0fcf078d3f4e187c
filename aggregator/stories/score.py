"""What to pick first: the standing of a story (pure)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from math import log2
from typing import Final

from aggregator.domain import Member, Standing

HALF_LIFE: Final = timedelta(hours=6)
"""After so long without a report a story is worth half as much."""

_LANGUAGE: Final = 0.25
"""What each further language adds: news that crosses a border is bigger than it looks."""

_COPY: Final = 0.5
"""A source that only carries somebody else's text counts half: it chose the text, no more."""

_COVERED: Final = 0.1
"""What is left of a story that we have written about."""

_HASTE: Final = timedelta(hours=1)
"""A source that follows the first one at once counts twice; what it counts more is halved with each
such time that it takes.
"""


def standing(members: Sequence[Member], languages: Sequence[str], *, covered: bool) -> Standing:
    """What speaks for a story with these members, of which there is at least one.

    Sources count with their operator's weight, each once; more languages and a quick arrival raise
    it. The headline is that of the earliest report in the first of the newsroom's ``languages``
    that any is in.
    """
    in_order = sorted(members, key=lambda member: (member.at, member.item))
    first, last = in_order[0], in_order[-1]
    arrivals: dict[str, datetime] = {}
    for member in in_order:
        arrivals.setdefault(member.source, member.at)
    spoken = list(dict.fromkeys(_primary(m.language) for m in in_order if m.language))
    strength = 0.0
    for source, at in arrivals.items():
        weight = _weight([member for member in in_order if member.source == source])
        strength += weight if source == first.source else weight * _haste(at - first.at)
    strength *= 1 + _LANGUAGE * max(0, len(spoken) - 1)
    if covered:
        strength *= _COVERED
    return Standing(
        headline=_headline(in_order, languages).item,
        first_at=first.at,
        last_at=last.at,
        spread=max(arrivals.values()) - first.at,
        sources=tuple(arrivals),
        languages=tuple(spoken),
        rank=log2(strength) + last.at.timestamp() / HALF_LIFE.total_seconds(),
    )


def teller(languages: Sequence[str]) -> Callable[[Sequence[Member], bool], Standing]:
    """:func:`standing` in a newsroom of these languages, as the store asks for it."""
    return lambda members, covered: standing(members, languages, covered=covered)


def score(rank: float, now: datetime) -> float:
    """What a rank is worth now: the number of sources it stands for, halved with each half-life.

    Ranks need no knowledge of the present, so that stories keep their order while they age and an
    index can hold it.
    """
    return float(2 ** (rank - now.timestamp() / HALF_LIFE.total_seconds()))


def explanation(standing: Standing, *, covered: bool) -> str:
    """A score in one line: ``5 sources in 40 minutes, 2 languages, not covered``."""
    said = [_count(len(standing.sources), "source")]
    if len(standing.sources) > 1:
        said[0] += f" in {_duration(standing.spread)}"
    said.append(_count(len(standing.languages), "language"))
    said.append("covered" if covered else "not covered")
    return ", ".join(said)


def _weight(of_source: Sequence[Member]) -> float:
    share = _COPY if all(member.is_copy for member in of_source) else 1.0
    return max(member.weight for member in of_source) * share


def _haste(after: timedelta) -> float:
    return float(1 + 2 ** (-after / _HASTE))


def _headline(in_order: Sequence[Member], languages: Sequence[str]) -> Member:
    for language in languages:
        for member in in_order:
            if member.language and _primary(member.language) == _primary(language):
                return member
    return in_order[0]


def _primary(tag: str) -> str:
    return tag.partition("-")[0].lower()


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _duration(span: timedelta) -> str:
    minutes = max(1, round(span / timedelta(minutes=1)))
    if minutes < 100:
        return _count(minutes, "minute")
    hours = round(span / timedelta(hours=1))
    return _count(hours, "hour") if hours < 48 else _count(round(hours / 24), "day")
