"""Days, months and weekdays, however they are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from aggregator.desk.checks.text import places_of
from aggregator.desk.cldr import months, weekdays

_NUMERIC = re.compile(r"([0-9]{1,4})[/.-]([0-9]{1,2})(?:[/.-]([0-9]{2,4}))?")
_ORDINALS = {"st", "nd", "rd", "th", "er", "e", "ste"}
_LINKS = {"de", "of", "the", "den", "del"} | _ORDINALS
_ALSO_WORDS = {"may", "march", "mars", "mag", "set", "mar", "sept", "dec", "jan", "august", "mai"}
"""Months that are names or other words too: only beside a day or a year do they say when."""
_WEEK = timedelta(days=6)


class Day(NamedTuple):
    """What a date says; what it leaves open is None. ``weekday`` 0 is Monday."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None

    def agrees(self, other: Day) -> bool:
        """Whether both may speak of the same time, each saying what the other says at least."""
        if self.weekday is not None:
            return self.weekday in (other.weekday, other.falls_on)
        same = all(a in (b, None) or b is None for a, b in zip(self[:2], other[:2], strict=True))
        return same and other.month is not None and self.day in (None, other.day)

    @property
    def falls_on(self) -> int | None:
        """The weekday of a whole date."""
        return self.whole.weekday() if self.whole else None

    @property
    def whole(self) -> date | None:
        """The date, where nothing of it is open and there is such a day."""
        try:
            return date(self.year, self.month, self.day)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            return None


class Mention(NamedTuple):
    """A date in a text: what it may mean (03/04 two things) and its words."""

    readings: tuple[Day, ...]
    first: int
    end: int


def mentions(words: Sequence[str]) -> list[Mention]:
    """The dates of a text, given as its folded words."""
    named = _named()
    places = places_of(words, lambda word: word in named or "0" <= word[0] <= "9")
    return [mention for at in places for mention in [_mention(words, at)] if mention]


def implied(said: Iterable[Day], published: Iterable[date]) -> set[Day]:
    """What days sources speak of without a date, from the days they were published: yesterday,
    today and tomorrow, and the weekdays they name, since an editor makes "23 June" of "lundi".
    """
    named = {day.weekday for day in said}
    return {
        Day(day.year, day.month, day.day)
        for on in published
        if date.min + _WEEK < on < date.max - _WEEK
        for away in range(-_WEEK.days, _WEEK.days + 1)
        for day in [on + timedelta(days=away)]
        if abs(away) <= 1 or day.weekday() in named
    }


def is_said(mention: Mention, said: Iterable[Day]) -> bool:
    """Whether one of the days agrees with a mention."""
    return any(reading.agrees(day) for day in said for reading in mention.readings)


@cache
def _named() -> frozenset[str]:
    return frozenset(months()) | frozenset(weekdays())


def _mention(words: Sequence[str], at: int) -> Mention | None:
    word = words[at]
    if word in months():
        return _written(words, at)
    if word in weekdays():
        return Mention((Day(weekday=weekdays()[word]),), at, at + 1)
    return _numeric(word, at)


def _written(words: Sequence[str], at: int) -> Mention | None:
    """The date around the name of a month: "le 1er juin 2025", "June 23, 2025", "in June"."""
    first, end, day = at, at + 1, None
    before = _skip(words, at - 1, -1)
    after = _skip(words, at + 1, 1)
    if _is_day(words, before):
        first, day = before, int(words[before])
    elif _is_day(words, after):
        day = int(words[after])
        end = after + 1
        while end < len(words) and words[end] in _ORDINALS:
            end += 1
    year = None
    place = _skip(words, end, 1)
    if place < len(words) and len(words[place]) == 4 and words[place].isdecimal():
        year, end = int(words[place]), place + 1
    if day is None and year is None and (len(words[at]) < 4 or words[at] in _ALSO_WORDS):
        return None
    return Mention((Day(year, months()[words[at]], day),), first, end)


def _skip(words: Sequence[str], at: int, step: int) -> int:
    """The place of the next word that is no "of", "the" or "er"; three are looked at."""
    for _ in range(2):
        if 0 <= at < len(words) and words[at] in _LINKS:
            at += step
    return at


def _is_day(words: Sequence[str], at: int) -> bool:
    return (
        0 <= at < len(words)
        and len(words[at]) <= 2
        and words[at].isdecimal()
        and (0 < int(words[at]) <= 31)
    )


def _numeric(word: str, at: int) -> Mention | None:
    """A date in figures: 2025-06-23, 23/06/2025, 23.06.25, 23/06, and 06/23 as Americans do."""
    match = _NUMERIC.fullmatch(word)
    if not match or (match[3] is None and "/" not in word):
        return None
    one, two, three = int(match[1]), int(match[2]), int(match[3]) if match[3] else None
    orders: list[tuple[int | None, int, int]]
    if len(match[1]) == 4:
        orders = [(one, two, three or 0)]
    else:
        year = three + 2000 if three is not None and three < 100 else three
        orders = [(year, two, one), (year, one, two)]
    readings = tuple(
        Day(year, month, day)
        for year, month, day in dict.fromkeys(orders)
        if 1 <= month <= 12 and 1 <= day <= 31
    )
    return Mention(readings, at, at + 1) if readings else None
