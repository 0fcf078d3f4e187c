"""Headlines that recur, so that their words say nothing of what happened (pure)."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import Final

from aggregator.domain import Report
from aggregator.stories.verbatim import Verbatim
from aggregator.stories.words import Said

_SAME_DAY: Final = 12.0
"""Hours."""

_ALIKE: Final = 0.5
_FEWEST: Final = 2
_TWICE: Final = 2

# Columns that come every day under their own words. Each pattern is of one kind of column.
_RECURRENT: Final = re.compile(
    r"^(?:born on|nes? un|nes? le|geboren op|geboren am|geburtstage? am|jarig op"
    r"|(?:this|that) day in|on this day|ephemeride|ce jour-la|vandaag in de geschiedenis)\b"
    r"|\b(?:horoscoop|horoskop|horoscope|horoscopo|oroscopo"
    r"|(?:weather (?:forecast|today|report)|previsions? meteo\w*|meteo (?:du|de|a|en|pour)"
    r"|weerbericht|weersverwachting|weer(?:praatje)? (?:vandaag|morgen)|wettervorhersage"
    r"|wetter (?:heute|morgen|am|in)"
    r"|keno|euro ?millions?|lotto|loto|powerball|mega millions|lotterie|staatsloterij"
    r"|resultats? du tirage|winning numbers|lottozahlen|trekking van"
    r"|programme tv|tv (?:guide|listings|tonight|vanavond|tipps?)|fernsehprogramm"
    r"|ce soir a la tele|op tv vanavond"
    r"|word of the day|mot du jour|crossword|sudoku|wordle"
    r"|updates from around the world)\b"
    r"|(?:odds|picks|predictions)\b.*\b(?:odds|picks|predictions)\b)"
)


def is_recurrent(one: Said | Verbatim) -> bool:
    """Whether a headline is that of a daily column: horoscopes, weather, draws, birthdays; or a
    single word, which says nothing where there is no text.
    """
    is_mute = " " not in one.shown and not one.report.text
    return is_mute or bool(_RECURRENT.search(one.shown))


def parts_of_series(one: Said, other: Said) -> bool:
    """Whether two reports of one source are different parts of a series.

    They are when their headlines agree but for numbers or names on both sides ("Grades: NFC West",
    "Grades: AFC East"), or word for word on different days. Where no source is known, both may be
    of one, but only days apart can that be told from two that report the same.
    """
    if one.report.source != other.report.source:
        return False
    is_another_day = abs(one.hours - other.hours) > _SAME_DAY
    if not (one.report.source or is_another_day):
        return False
    mine, theirs = set(one.tokens), set(other.tokens)
    if mine == theirs:
        return is_another_day
    if len(mine & theirs) < _ALIKE * min(len(mine), len(theirs)):
        return False
    only_mine, only_theirs = _marks(one) - theirs, _marks(other) - mine
    return bool(only_mine and only_theirs) and _is_template(one, other)


class Refrains:
    """Texts that a source puts under one headline after the other: a motto, a cookie wall."""

    def __init__(self) -> None:
        self._count: Counter[tuple[str, str]] = Counter()

    def taken_from(self, report: Report) -> Report:
        """The report, which is open from now on: without its text if two open ones of its source
        have the same.
        """
        if self._count[report.source, report.text] >= _TWICE:
            return replace(report, text="")
        self.add(report)
        return report

    def add(self, report: Report) -> None:
        """Count the text of an open report."""
        if report.source and report.text:
            self._count[report.source, report.text] += 1

    def forget(self, report: Report) -> None:
        """Count no longer what is closed."""
        key = report.source, report.text
        self._count[key] -= 1
        if self._count[key] <= 0:
            del self._count[key]


def _marks(one: Said) -> set[str]:
    """The words of a headline that tell the parts of a series from each other."""
    return {word for word in one.tokens if word[0].isdigit()} | one.capitals


def _is_template(one: Said, other: Said) -> bool:
    """Whether the words that two headlines share stand at the same places."""
    mine, theirs = one.tokens, other.tokens
    ahead = next((n for n, (a, b) in enumerate(zip(mine, theirs, strict=False)) if a != b), 0)
    back = zip(reversed(mine), reversed(theirs), strict=False)
    behind = next((n for n, (a, b) in enumerate(back) if a != b), 0)
    return ahead + behind >= _ALIKE * min(len(mine), len(theirs))
