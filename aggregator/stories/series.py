"""Headlines that recur, so that their words say nothing of what happened (pure)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from aggregator.stories.verbatim import Verbatim
from aggregator.stories.words import Said

_SAME_DAY: Final = timedelta(hours=12)
_ALIKE: Final = 0.5

# Columns that come every day under their own words. Each pattern is of one kind of column.
_RECURRENT: Final = re.compile(
    r"^(?:born on|nes? un|nes? le|geboren op|geboren am|geburtstage? am|jarig op"
    r"|(?:this|that) day in|on this day|ephemeride|ce jour-la|vandaag in de geschiedenis)\b"
    r"|\bhoroscoop|\bhoroskop|\bhoroscope|\bhoroscopo|\boroscopo"
    r"|\b(?:weather (?:forecast|today|report)|previsions? meteo(?:rologiques?)?"
    r"|meteo (?:du|de|a|en|pour)"
    r"|weerbericht|weersverwachting|weer(?:praatje)? (?:vandaag|morgen)|wettervorhersage"
    r"|wetter (?:heute|morgen|am|in))\b"
    r"|\b(?:keno|euro ?millions?|lotto|loto|powerball|mega millions|lotterie|staatsloterij)\b"
    r"|\b(?:resultats? du tirage|winning numbers|lottozahlen|trekking van)\b"
    r"|\b(?:programme tv|tv (?:guide|listings|tonight|vanavond|tipps?)|fernsehprogramm"
    r"|ce soir a la tele|op tv vanavond)\b"
    r"|\b(?:odds|picks|predictions)\b.*\b(?:odds|picks|predictions)\b"
    r"|\b(?:word of the day|mot du jour|crossword|sudoku|wordle)\b"
    r"|\bupdates from around the world\b"
)


def is_recurrent(one: Said | Verbatim) -> bool:
    """Whether a headline is that of a daily column: horoscopes, weather, draws, birthdays."""
    return bool(_RECURRENT.search(one.shown))


def parts_of_series(one: Said, other: Said) -> bool:
    """Whether two reports of one source are different parts of a series.

    They are when their headlines agree but for numbers or names on both sides ("Grades: NFC West",
    "Grades: AFC East"), or word for word on different days.
    """
    if not one.report.source or one.report.source != other.report.source:
        return False
    mine, theirs = set(one.tokens), set(other.tokens)
    if mine == theirs:
        return abs(one.report.at - other.report.at) > _SAME_DAY
    if len(mine & theirs) < _ALIKE * min(len(mine), len(theirs)):
        return False
    only_mine, only_theirs = _marks(one) - theirs, _marks(other) - mine
    return bool(only_mine and only_theirs) and _is_template(one, other)


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
