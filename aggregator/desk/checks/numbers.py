"""Numbers with their units, however they are written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from aggregator.desk.checks.number_words import number_words
from aggregator.desk.checks.text import places_of
from aggregator.desk.cldr import known, scales, units

_LITERAL = re.compile(r"[0-9]{1,3}(?:[^0-9][0-9]{3})*(?:[.,][0-9]+)?|[0-9]+(?:[.,][0-9]+)?")
_SEPARATOR = re.compile(r"[^0-9]")
_CURRENCIES = {
    "EUR": "€ eur euro euros",
    "USD": "$ usd us$ dollar dollars dolar dolares dollaro dollari",
    "GBP": "£ gbp pound pounds livre livres pond pfund libra libras sterlina sterline sterling",
    "CHF": "chf franc francs frank franken franco francos franchi",
    "JPY": "¥ jpy yen yens",
}
_PREFIXED = {*"€$£¥", "eur", "usd", "gbp", "chf"}
_PERCENT = {"%", "percent", "procent", "prozent", "pct"}
_PER, _CENT = {"per", "pour", "por"}, {"cent", "ciento", "cento"}
_SIGNS = {"°": "degree", "h": "hour", "uur": "hour", "uhr": "hour", "annees": "year"} | {
    "jahren": "year", "jaren": "year", "monaten": "month", "tagen": "day", "anni": "year",
}  # fmt: skip
_SCALES = {
    "en": {"bn": 1e9, "tn": 1e12, "k": 1e3, "mn": 1e6, "millions": 1e6, "billions": 1e9},
    "fr": {"k": 1e3, "mds": 1e9, "bn": 1e9, "mio": 1e6, "mrd": 1e9},
}
_LINKS = {"d", "de", "di", "us"}
_AND = {"and", "et", "und", "en", "y", "e"}


class Figure(NamedTuple):
    """A number: what it may mean ("2,300" two things), its unit or "", and its words."""

    values: frozenset[float]
    unit: str
    first: int
    end: int

    @property
    def trivial(self) -> bool:
        """Whether it says no more than an article does."""
        return self.values <= {0.0, 1.0}


@cache
def measures() -> dict[str, str]:
    """Folded words and signs of units and currencies → one name for each."""
    money = {word: code for code, names in _CURRENCIES.items() for word in names.split()}
    return units() | _SIGNS | money | dict.fromkeys(_PERCENT, "%")


def figures(words: Sequence[str], language: str | None) -> list[Figure]:
    """The numbers of a text, given as its folded words, in figures or in words.

    ``language`` says what its number words mean: a German "Billion" is a thousand English ones.
    """
    named = number_words(language)
    found: list[Figure] = []
    for at in places_of(words, lambda word: word in named or "0" <= word[0] <= "9"):
        done = found[-1].end if found else 0
        if at >= done:
            money = words[at - 1] if at > done and words[at - 1] in _PREFIXED else ""
            figure = _figure(words, at, known(language), measures().get(money, ""))
            if figure:
                found.append(figure)
    return found


def readings(literal: str) -> frozenset[float]:
    """What a number in figures may mean: "2,300" is 2300, or 2.3 to a Frenchman."""
    if not _LITERAL.fullmatch(literal):
        return frozenset()
    marks = _SEPARATOR.findall(literal)
    whole = float(_SEPARATOR.sub("", literal))
    if not marks:
        return frozenset({whole})
    tail = len(_SEPARATOR.split(literal)[-1])
    decimal = whole / 10.0**tail
    if len(set(marks)) > 1:
        # The last mark is of another kind: it divides the fraction, but for "1 234'567".
        return frozenset({decimal if marks[-1] in ".," else whole})
    if tail != 3 or literal[0] == "0":
        return frozenset({decimal})
    several = len(marks) > 1 or marks[0] not in ".,"
    return frozenset({whole} if several else {whole, decimal})


def _figure(words: Sequence[str], first: int, language: str, money: str) -> Figure | None:
    """The number that begins at a word, with the currency that stands before it or ""."""
    named = number_words(language)
    if words[first] in named:
        value, end = _spelled(words, first, named)
        values = frozenset({value})
    else:
        values, end = frozenset(readings(words[first])), first + 1
    if not values:
        return None
    by, end = _scale(words, end, language, money)
    values = frozenset(round(value * by, 6) for value in values)
    unit, end = (money, end) if money else _unit(words, end)
    return Figure(values, unit, first, end)


def _spelled(words: Sequence[str], first: int, named: dict[str, float]) -> tuple[float, int]:
    """The number that words say, and where they end: what follows must be smaller ("twenty two")
    or multiply ("two hundred"); "two three" are two numbers.
    """
    total, last, at = 0.0, named[words[first]], first + 1
    while at < len(words):
        joined = words[at] in _AND and at + 1 < len(words) and last >= 20
        word = words[at + 1] if joined else words[at]
        value = named.get(word)
        if value is None:
            break
        if value in {100.0, 1000.0} and last < value:
            last *= value
        elif value == 20.0 and last == 4.0:  # quatre-vingts
            last = 80.0
        elif value and _fits(last, value):
            total, last = total + last, value
        else:
            break
        at += 2 if joined else 1
    return total + last, at


def _fits(last: float, value: float) -> bool:
    """Whether a number may follow another as a part of it."""
    if last >= 100:
        return value < 100 or (last >= 1000 and value < 1000)
    # Teens follow in French only: soixante-dix, quatre-vingt-dix-sept.
    return (
        (last >= 20 and value < 10)
        or (last in {60.0, 80.0} and value < 20)
        or (last == 10.0 and value in {7.0, 8.0, 9.0})
    )


def _scale(words: Sequence[str], at: int, language: str, money: str) -> tuple[float, int]:
    """What the words after a number multiply it by ("billion", "mil millones"), and their end."""
    by, factors = 1.0, _factors(language)
    for _ in range(2):
        word = words[at] if at < len(words) else ""
        following = measures().get(words[at + 1]) if at + 1 < len(words) else None
        factor = factors.get(word, 1e6 if word == "m" and (money or following) else None)
        if factor is None:
            break
        by, at = by * factor, at + 1
    return by, at


@cache
def _factors(language: str) -> dict[str, float]:
    return scales(language) | _SCALES.get(language, {})


def _unit(words: Sequence[str], at: int) -> tuple[str, int]:
    """The unit that follows a number, or "", and the end of it."""
    skipped = at + (at < len(words) and words[at] in _LINKS)
    if skipped >= len(words):
        return "", at
    word, following = words[skipped], words[skipped + 1 : skipped + 2]
    if word in _PREFIXED and following and "0" <= following[0][0] <= "9":
        return "", at  # it is the next number's
    if word in _PER and following and following[0] in _CENT:
        return "%", skipped + 2
    unit = measures().get(word, "")
    return unit, skipped + 1 if unit else at
