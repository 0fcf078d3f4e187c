"""Numbers and dates that no cited source has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from aggregator.desk.checks.dates import Day, Mention, implied, is_said, mentions
from aggregator.desk.checks.numbers import Figure, figures
from aggregator.desk.checks.sources import Reading
from aggregator.desk.checks.text import Field
from aggregator.desk.checks.values import Advice, Evidence, Severity

_DIGITS = (1, 2, 3, 4)
_SMALL = 20
"""What is less is not rounded."""
_MOST = 200
"""A brief with more different dates than this is none; comparing them all would take for ever."""


class Said:
    """The numbers and dates of all sources."""

    def __init__(self, readings: Sequence[Reading]) -> None:
        self._units: dict[float, dict[str, tuple[Reading, Figure]]] = {}
        self.days: set[Day] = set()
        for reading in readings:
            for figure in reading.figures:
                for value in figure.values:
                    self._units.setdefault(value, {}).setdefault(figure.unit, (reading, figure))
            self.days.update(day for m in reading.dates for day in m.readings)
        on = {reading.source.on for reading in readings if reading.source.on}
        self.days |= implied(self.days, on)
        # A number may be a part of a date only: "the year 2025".
        for day in self.days:
            for part in (day.year, day.day):
                if part is not None:
                    self._units.setdefault(float(part), {})

    def has(self, figure: Figure) -> bool:
        """Whether a source has a number, with its unit or without any."""
        return any(
            not figure.unit or not units or figure.unit in units or "" in units
            for value in figure.values
            if (units := self._units.get(value)) is not None
        )

    def nearest(self, figure: Figure) -> tuple[Reading, Figure] | None:
        """The number of a source that is the same with another unit, or this before rounding."""
        same = [self._units[value] for value in sorted(figure.values) if self._units.get(value)]
        if same:
            return next(iter(same[0].values()))
        exact = [self._rounded[value] for value in sorted(figure.values) if value in self._rounded]
        return next(iter(self._units[exact[0]].values())) if exact else None

    @cached_property
    def _rounded(self) -> dict[float, float]:
        """What the numbers of the sources become with fewer digits, and which became it."""
        return {
            float(f"{value:.{digits}g}"): value
            for digits in _DIGITS
            for value, units in self._units.items()
            if units and value >= _SMALL
        }


def drift(field: Field, said: Said, language: str) -> Iterator[Advice]:
    """Say which numbers and dates of a field no source has, however they are written."""
    words = field.words
    dates = mentions(words)
    dated = {n for mention in dates for n in range(mention.first, mention.end)}
    numbers = [
        figure
        for figure in figures(words, language)
        if dated.isdisjoint(range(figure.first, figure.end)) and not figure.trivial
    ]
    different = {mention.readings: mention for mention in reversed(dates)}
    wrong = [m for m in list(different.values())[-_MOST:] if not is_said(m, said.days)]
    unknown = _different(figure for figure in numbers if not said.has(figure))
    yield from (_date(field, mention) for mention in sorted(wrong, key=lambda m: m.first))
    yield from (_number(field, figure, said) for figure in unknown)


def _different(numbers: Iterable[Figure]) -> list[Figure]:
    found: dict[tuple[frozenset[float], str], Figure] = {}
    for figure in numbers:
        found.setdefault((figure.values, figure.unit), figure)
    return list(found.values())


def _date(field: Field, mention: Mention) -> Advice:
    place = _place(field, mention.first, mention.end)
    sentence = f"{_shown(field, place)}: no cited source has this date."
    return Advice("date", Severity.WARN, sentence, (place,))


def _number(field: Field, figure: Figure, said: Said) -> Advice:
    place = _place(field, figure.first, figure.end)
    shown = _shown(field, place)
    near = said.nearest(figure)
    if near is None:
        return Advice("number", Severity.WARN, f"{shown}: no cited source has it.", (place,))
    reading, other = near
    beside = reading.evidence(field.name, place.start, place.end, other.first, other.end)
    same = not figure.values.isdisjoint(other.values)
    sentence = f"{shown}: {reading.source.source} has “{beside.passage}”."
    sentence += " Is the unit right?" if same else " Is it rounded on purpose?"
    return Advice("number", Severity.WARN if same else Severity.ADVICE, sentence, (beside,))


def _place(field: Field, first: int, end: int) -> Evidence:
    return Evidence(field.name, field.tokens[first].start, field.tokens[end - 1].end)


def _shown(field: Field, place: Evidence) -> str:
    return field.text[place.start : place.end]
