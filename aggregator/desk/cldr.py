"""The one door to Babel: how languages write dates, numbers, units and places (Unicode CLDR)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from babel.units import format_unit

from aggregator.stories.letters import fold

LANGUAGES = ("en", "fr", "nl", "de", "es", "it")
"""The languages whose numbers, dates and places are compared with each other."""

_POWERS = (3, 6, 9, 12)
_UNITS = {
    "length-kilometer": "km", "length-meter": "metre", "length-centimeter": "cm",
    "length-mile": "mile", "length-foot": "foot", "mass-kilogram": "kg", "mass-gram": "gram",
    "mass-tonne": "tonne", "area-hectare": "ha", "volume-liter": "litre",
    "duration-year": "year", "duration-month": "month", "duration-week": "week",
    "duration-day": "day", "duration-hour": "hour", "duration-minute": "minute",
    "duration-second": "second", "power-megawatt": "MW", "power-gigawatt": "GW",
    "temperature-celsius": "degree",
}  # fmt: skip
_SHORT = {"length-kilometer", "length-centimeter", "mass-kilogram", "area-hectare"}
"""Units whose sign is no word of any language; others are read when they are written out."""


@cache
def months() -> dict[str, int]:
    """The folded name of a month, in full or short, in any of our languages → its number."""
    return {
        word: number
        for width in ("abbreviated", "wide")
        for language in LANGUAGES
        for number, name in _locale(language).months["format"][width].items()
        for word in [fold(name).rstrip(".")]
    } | {"sept": 9}


@cache
def weekdays() -> dict[str, int]:
    """The folded name of a weekday in any of our languages → 0 for Monday to 6."""
    return {
        fold(name): number
        for language in LANGUAGES
        for number, name in _locale(language).days["format"]["wide"].items()
    }


@cache
def scales(language: str) -> dict[str, float]:
    """The folded words for thousands, millions and so on in a language → what they multiply by.

    They are not the same everywhere: a German Billion is a thousand English ones.
    """
    return {
        word: 10.0**power
        for width in ("long", "short")
        for patterns in _locale(language).compact_decimal_formats[width].values()
        for power in _POWERS
        if (pattern := patterns.get(str(10**power)))
        and len(word := fold(pattern.pattern).strip("0 .'\xa0")) > 1
        and " " not in word
    }


@cache
def units() -> dict[str, str]:
    """The folded word for a unit of measure in any of our languages → one sign for it."""
    return {
        word: sign
        for language in LANGUAGES
        for unit, sign in _UNITS.items()
        for width in (("long", "short") if unit in _SHORT else ("long",))
        for count in (1, 2)
        for word in fold(format_unit(count, unit, width, locale=language)).split()[1:2]
        if word not in {"metric", "metrische"}
    }


def places() -> Iterator[tuple[str, str]]:
    """The names of countries (by ISO 3166 code) and of the cities that time zones are named for
    (by zone): a code and one folded name of it in one of our languages, for each.
    """
    for language in LANGUAGES:
        locale = _locale(language)
        for code, name in locale.territories.items():
            if code.isalpha():
                yield code, fold(name)
        for zone, names in locale.time_zones.items():
            yield zone, fold(names.get("city", ""))
            # CLDR leaves out the names that are as in the zone's own.
            yield zone, fold(zone.rpartition("/")[2].replace("_", " "))


def day_and_month(day: date, language: str) -> str:
    """A day as a language writes it: "January 20", "20 janvier", "1er janvier"."""
    written = format_skeleton("MMMMd", day, locale=_locale(language))
    # A Frenchman says so, though CLDR does not.
    return written.replace("1 ", "1er ", 1) if day.day == 1 and known(language) == "fr" else written


def weekday_name(day: date, language: str) -> str:
    """The name of a weekday: "Monday", "lundi"."""
    return format_date(day, "EEEE", locale=_locale(language))


def short_day(day: date, language: str) -> str:
    """A day in short, the same order everywhere: "23 Jun 2025", "23 juin 2025"."""
    return format_date(day, "d MMM y", locale=_locale(language))


def whole_day(day: date, language: str) -> str:
    """A day in full: "Tuesday 20 January 2026", "mardi 20 janvier 2026"."""
    return format_date(day, "EEEE d MMMM y", locale=_locale(language))


def month_and_year(day: date, language: str) -> str:
    """The month that a day is in: "January 2026", "janvier 2026"."""
    return format_date(day, "LLLL y", locale=_locale(language))


def language_name(tag: str) -> str:
    """What a language is called by those who speak it: "français"; the tag where we do not know."""
    try:
        name = Locale.parse(tag.replace("_", "-"), sep="-").get_language_name()
    except (UnknownLocaleError, ValueError):
        name = None
    return name or tag


def known(language: str | None) -> str:
    """The one of our languages that a tag such as ``fr-BE`` is of, else English."""
    base = (language or "")[:2].lower()
    return base if base in LANGUAGES else "en"


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(known(language))
