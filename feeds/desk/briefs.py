"""The briefs: a list of them, and what has to be looked at again at its top."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, g, make_response, redirect, render_template, request

from aggregator.desk.naming import path
from aggregator.domain import Brief, BriefQuery, BriefState
from aggregator.errors import DeskRefused
from feeds.desk.slots import empty_slots
from feeds.desk.times import clock_time
from feeds.desk.wire_query import number_in
from feeds.desk.writing import Writing
from feeds.public.times import newsroom_time

_SHOWN = 200
_LONGEST = 64


@dataclass(frozen=True, slots=True)
class Row:
    """A brief in the list, in the words that the page has."""

    id: int
    headline: str
    language: str
    state: str
    byline: str
    author: str
    when: str
    edited: str
    path: str | None


def brief_list(desk: Blueprint, writing: Writing) -> None:
    """Add /desk/briefs and what is done there."""

    @desk.get("/briefs")
    def briefs() -> str:
        """The briefs that were edited last, in a state or by somebody."""
        return _page(writing)

    @desk.post("/alerts/<int(max=2147483647):alert_id>/dismiss")
    def dismiss(alert_id: int) -> Response:
        """Say that a brief needs no change."""
        try:
            writing.store.alerts.dismiss(alert_id, g.editor.username, writing.clock())
        except DeskRefused as refused:
            return make_response(_page(writing, "; ".join(refused.reasons.values())), 409)
        back = number_in(request.form.get("brief", ""))
        return make_response(redirect(f"/desk/briefs/{back}" if back else "/desk/briefs", 303))


def to_row(brief: Brief, zone: ZoneInfo, now: datetime) -> Row:
    """A brief as the list shows it."""
    wording = brief.wording
    return Row(
        id=brief.id,
        headline=wording.headline or "(no headline yet)",
        language=wording.language,
        state=brief.state.value,
        byline=wording.byline,
        author=brief.author,
        when=_when(brief, zone),
        edited=clock_time(brief.edited_at, zone, now),
        path=path(brief),
    )


def _when(brief: Brief, zone: ZoneInfo) -> str:
    """When it came, comes or went."""
    if brief.withdrawn_at:
        return f"withdrawn {newsroom_time(brief.withdrawn_at, zone)}"
    if brief.published_at:
        return f"out since {newsroom_time(brief.published_at, zone)}"
    return f"goes out {newsroom_time(brief.publish_at, zone)}" if brief.publish_at else ""


def _page(writing: Writing, problem: str = "") -> str:
    zone, now = writing.settings.time_zone, writing.clock()
    state, author = request.args.get("state", ""), request.args.get("author", "").strip()
    states = (BriefState(state),) if state in list(BriefState) else ()
    query = BriefQuery(states, author=author[:_LONGEST] or None, limit=_SHOWN)
    alerts = writing.alerts()
    return render_template(
        "desk/briefs.html",
        rows=[to_row(brief, zone, now) for brief in writing.store.briefs.find(query)],
        alerts=alerts,
        alerted={alert.id: newsroom_time(alert.at, zone) for alert, _, _ in alerts},
        slots=empty_slots(writing),
        states=[one.value for one in BriefState],
        state=states[0].value if states else "",
        author=author,
        problem=problem,
    )
