"""Daily series: what is due when, and under what headline (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True, slots=True)
class Series:
    """A series that comes on ``weekdays`` (0 is Monday) at the newsroom's local time ``at``.

    ``headline`` is how its headlines begin; in it, {date} stands for the day and month, {weekday}
    for the name of the day and {year} for the year: "Born on {date}: ".
    """

    slug: str
    title: str
    kicker: str
    headline: str
    language: str = "en"
    at: time = time(10)
    weekdays: frozenset[int] = EVERY_DAY


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a brief: the local ``day``, when it goes out (UTC), the beginning of its headline
    and the ``brief`` that fills it, None while it is empty.
    """

    series: str
    day: date
    at: datetime
    headline: str
    brief: int | None = None


def slots(
    series: Iterable[Series],
    first: date,
    days: int,
    planned: Mapping[tuple[str, date], int],
    zone: ZoneInfo,
) -> tuple[Slot, ...]:
    """The slots of so many days from the first on, by time.

    ``planned`` has the briefs that fill some, by slug and local date.
    """
    week = [first + timedelta(days=n) for n in range(days)]
    found = [
        Slot(
            one.slug,
            day,
            instant(day, one.at, zone),
            headline_for(one, day),
            planned.get((one.slug, day)),
        )
        for one in series
        for day in week
        if day.weekday() in one.weekdays
    ]
    return tuple(sorted(found, key=lambda slot: (slot.at, slot.series)))


def headline_for(series: Series, day: date) -> str:
    """How the headline of a day begins, in the series' language: "Born on January 20: "."""
    # Slow to import (0.2 s), and whoever reads the settings reads what a series is.
    from aggregator.desk.cldr import day_and_month, weekday_name  # noqa: PLC0415

    values = {
        "{date}": day_and_month(day, series.language),
        "{weekday}": weekday_name(day, series.language),
        "{year}": str(day.year),
    }
    headline = series.headline
    for placeholder, value in values.items():
        headline = headline.replace(placeholder, value)
    return headline


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """A local time as UTC.

    One that comes twice (clocks go back) is the first; one that does not come (clocks go forward)
    is as much later as they were moved, as PEP 495 has it: 02h30 becomes 03h30.
    """
    return datetime.combine(day, at.replace(tzinfo=None, fold=0), zone).astimezone(UTC)
