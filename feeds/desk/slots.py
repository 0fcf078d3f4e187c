"""The slots of the newsroom's series that nobody has filled yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, g, make_response, redirect

from aggregator.desk.series import Series, Slot, headline_for, slots
from aggregator.domain import BriefQuery, BriefState, Wording
from feeds.desk.writing import Writing
from feeds.public.times import newsroom_time

_DAYS = 7
_LOOKED_AT = 50
_PLANNED = (BriefState.SCHEDULED, BriefState.PUBLISHED, BriefState.CORRECTED)


@dataclass(frozen=True, slots=True)
class EmptySlot:
    """A slot as the page shows it; ``begun`` is the brief that ``author`` began for it, if any."""

    series: str
    title: str
    language: str
    day: str
    hour: str
    time: str
    headline: str
    begun: int | None
    author: str


def slot_pages(desk: Blueprint, writing: Writing) -> None:
    """Add what fills a slot."""

    @desk.post("/slots/<slug>/<day>")
    def fill(slug: str, day: str) -> Response:
        """Begin a draft for a slot, its time prefilled; or go to what somebody began for it."""
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
        begun = writing.desk.begin_for_slot((series.slug, on), g.editor, wording)
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
    taken = writing.store.slots.taken(list(named), first)
    return [
        _empty(slot, named[slot.series], taken.get((slot.series, slot.day)), zone)
        for slot in found
        if slot.brief is None and slot.at > now
    ]


def _empty(slot: Slot, series: Series, taken: tuple[int, str] | None, zone: ZoneInfo) -> EmptySlot:
    return EmptySlot(
        series=slot.series,
        title=series.title,
        language=series.language,
        day=slot.day.isoformat(),
        hour=f"{series.at:%H:%M}",
        time=newsroom_time(slot.at, zone),
        headline=slot.headline,
        begun=taken[0] if taken else None,
        author=taken[1] if taken else "",
    )


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
