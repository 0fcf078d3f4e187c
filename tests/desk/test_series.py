"""Daily series: what is due when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from aggregator.desk.series import Series, headline_for, instant, slots

BRUSSELS = ZoneInfo("Europe/Brussels")
BORN = Series("born", "Born on", "Born on", "Born on {date}: ")
RIP = Series("rip", "RIP", "RIP", "RIP: ", at=time(18), weekdays=frozenset({0, 4}))


@pytest.mark.parametrize(
    ("template", "language", "day", "headline"),
    [
        ("Born on {date}: ", "en", date(2025, 1, 20), "Born on January 20: "),
        ("Né un {date} : ", "fr", date(2025, 1, 20), "Né un 20 janvier : "),
        ("Né un {date} : ", "fr-BE", date(2025, 8, 1), "Né un 1er août : "),
        ("Né un {date} : ", "fr", date(2025, 8, 21), "Né un 21 août : "),
        ("Geboren op {date}: ", "nl", date(2025, 3, 1), "Geboren op 1 maart: "),
        ("Geboren am {date}: ", "de", date(2025, 3, 1), "Geboren am 1. März: "),
        ("{weekday}, {year}: ", "en", date(2025, 6, 23), "Monday, 2025: "),
        ("RIP: ", "en", date(2025, 6, 23), "RIP: "),
        ("{date.year} {else}", "en", date(2025, 6, 23), "{date.year} {else}"),
    ],
)
def test_a_headline_begins_in_the_language_of_its_series(
    template: str, language: str, day: date, headline: str
) -> None:
    assert headline_for(replace(BORN, headline=template, language=language), day) == headline


def test_the_week_has_its_slots_by_time_empty_or_filled() -> None:
    planned = {("born", date(2025, 6, 24)): 12, ("rip", date(2025, 6, 24)): 13}
    week = slots([RIP, BORN], date(2025, 6, 23), 7, planned, BRUSSELS)
    assert [(slot.series, slot.day.day) for slot in week] == [
        ("born", 23), ("rip", 23), ("born", 24), ("born", 25), ("born", 26), ("born", 27),
        ("rip", 27), ("born", 28), ("born", 29),
    ]  # fmt: skip
    assert [slot.brief for slot in week if slot.brief] == [12]
    assert week[0].at == datetime(2025, 6, 23, 8, tzinfo=UTC)
    assert week[0].headline == "Born on June 23: "


def test_ten_o_clock_is_ten_o_clock_in_summer_and_winter() -> None:
    week = slots([BORN], date(2025, 10, 25), 2, {}, BRUSSELS)
    assert [slot.at.hour for slot in week] == [8, 9]
    assert [slot.at.astimezone(BRUSSELS).hour for slot in week] == [10, 10]


@pytest.mark.parametrize(
    ("day", "at", "hour"),
    [
        (date(2025, 3, 30), time(2, 30), 1),  # does not come: 03h30 in summer time
        (date(2025, 10, 26), time(2, 30), 0),  # comes twice: the first, in summer time
        (date(2025, 10, 26), time(2, 30, fold=1), 0),
        (date(2025, 3, 30), time(3, 30), 1),
    ],
)
def test_a_time_that_comes_twice_or_never(day: date, at: time, hour: int) -> None:
    assert instant(day, at, BRUSSELS) == datetime(
        day.year, day.month, day.day, hour, 30, tzinfo=UTC
    )
