"""The slots of the newsroom's series that nobody has filled yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, Response, abort, g, make_response, redirect

from aggregator.desk.series import Series, headline_for, slots
from aggregator.domain import BriefQuery, BriefState, Wording
from feeds.desk.writing import Writing
from feeds.public.times import newsroom_time

_DAYS = 7
_LOOKED_AT = 50
_PLANNED = (BriefState.SCHEDULED, BriefState.PUBLISHED, BriefState.CORRECTED)


@dataclass(frozen=True, slots=True)
class EmptySlot:
    """A slot as the page shows it."""

    series: str
    title: str
    language: str
    day: str
    time: str
    headline: str


def slot_pages(desk: Blueprint, writing: Writing) -> None:
    """Add what fills a slot."""

    @desk.post("/slots/<slug>/<day>")
    def fill(slug: str, day: str) -> Response:
        """Begin a draft for a slot; its time is prefilled."""
        series = next((one for one in writing.settings.series if one.slug == slug), None)
        on = _day(day)
        if series is None or on is None:
            abort(404, "There is no such slot.")
        wording = Wording(
            headline=headline_for(series, on),
            kicker=series.kicker,
            language=series.language,
            series=series.slug,
        )
        begun = writing.desk.begin_from_nothing(g.editor, wording)
        at = f"{on}T{series.at:%H:%M}"
        return make_response(redirect(f"/desk/briefs/{begun.id}?at={at}", 303))


def empty_slots(writing: Writing) -> list[EmptySlot]:
    """Those of the coming week, by time."""
    series, zone, now = writing.settings.series, writing.settings.time_zone, writing.clock()
    if not series:
        return []
    named = {one.slug: one for one in series}
    first = now.astimezone(zone).date()
    found = slots(series, first, _DAYS, _planned(writing, series), zone)
    return [
        EmptySlot(
            series=slot.series,
            title=named[slot.series].title,
            language=named[slot.series].language,
            day=slot.day.isoformat(),
            time=newsroom_time(slot.at, zone),
            headline=slot.headline,
        )
        for slot in found
        if slot.brief is None and slot.at > now
    ]


def _planned(writing: Writing, series: tuple[Series, ...]) -> dict[tuple[str, date], int]:
    """The briefs that fill slots, by series and day."""
    zone = writing.settings.time_zone
    found: dict[tuple[str, date], int] = {}
    for one in series:
        for brief in writing.store.briefs.find(BriefQuery(_PLANNED, one.slug, limit=_LOOKED_AT)):
            at = brief.publish_at
            day = brief.day or (at.astimezone(zone).date() if at else None)
            if day is not None:
                found[one.slug, day] = brief.id
    return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
