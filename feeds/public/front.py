"""The front page: the newest entries, by day, in the newsroom's zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from flask import render_template

from aggregator.settings import Settings
from feeds.entries import Entry, Feed

_SHOWN = 60
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


@dataclass(frozen=True, slots=True)
class _Row:
    entry: Entry
    time: str
    iso: str
    language: str | None


def front_page(feed: Feed, settings: Settings) -> str:
    """The page as HTML; it depends on the feed and the settings alone."""
    zone, own = settings.time_zone, settings.languages[0]
    days = [
        (_day(day), [_row(entry, zone, own) for entry in entries])
        for day, entries in groupby(
            feed.entries[:_SHOWN], lambda e: e.published_at.astimezone(zone).date()
        )
    ]
    sources = sum(source.enabled for source in settings.sources)
    return render_template("front.html", feed=feed, days=days, sources=sources)


def newsroom_time(value: datetime, zone: ZoneInfo) -> str:
    """An aware time the way the newsroom writes it: ``23 Jun 2025 15h30``."""
    local = value.astimezone(zone)
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year} {local:%Hh%M}"


def _row(entry: Entry, zone: ZoneInfo, own_language: str) -> _Row:
    foreign = entry.language and _primary(entry.language) != _primary(own_language)
    return _Row(
        entry=entry,
        time=newsroom_time(entry.published_at, zone),
        iso=entry.published_at.isoformat(timespec="seconds"),
        language=entry.language if foreign else None,
    )


def _primary(tag: str) -> str:
    return tag.partition("-")[0].lower()


def _day(day: date) -> str:
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"
